"""Samples in time: cleaning the index of a recording, and how long each sample counts.

Every time-weighted number of stridelab (load, zones, means) weights by `sample_durations_s`, so that a gap or a
pause is handled once, here.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.channels import CHANNELS
from stridelab.issues import Issue, IssueCode

MAX_SAMPLE_DURATION_S: Final = 10.0
"""A sample stands for at most this long: smart recording writes every 1 to 8 s, a longer silence is a gap."""

MAX_DAYS_FROM_MEDIAN: Final = 7
"""A sample further than this from the median time of its recording has a corrupt time (convention)."""

FloatArray = npt.NDArray[np.float64]

_UTC_MS: Final = pd.DatetimeTZDtype("ms", "UTC")


def sample_durations_s(timestamps: pd.DatetimeIndex, pauses: pd.DataFrame | None = None) -> FloatArray:
    """Seconds that each sample stands for.

    A sample lasts until the next one, at most `MAX_SAMPLE_DURATION_S`, and nothing of it inside a pause; the last one
    lasts the median interval. One sample alone lasts 0 s, because nothing is known of its interval.

    Parameters
    ----------
    timestamps
        Ascending, unique, shape ``(n_samples,)``.
    pauses
        Columns ``start`` and ``end``; may overlap, may be empty; None is no pause.

    Returns
    -------
    ndarray
        Seconds, shape ``(n_samples,)``, all finite and not negative.

    Examples
    --------
    >>> times = pd.to_datetime([0, 1, 2, 60], unit="s", utc=True)
    >>> sample_durations_s(times)
    array([ 1.,  1., 10.,  1.])
    """
    n = len(timestamps)
    if n < 2:
        return np.zeros(n)
    start = seconds(timestamps)
    interval = np.diff(start)
    last = min(float(np.median(interval)), MAX_SAMPLE_DURATION_S)
    lasting = np.append(np.minimum(interval, MAX_SAMPLE_DURATION_S), last)
    if pauses is None or pauses.empty:
        return lasting
    moment, paused = _pause_clock(pauses)
    return np.asarray(lasting - (np.interp(start + lasting, moment, paused) - np.interp(start, moment, paused)))


def paused_before_s(moment_s: FloatArray, pauses: pd.DataFrame) -> FloatArray:
    """Seconds of pause before each moment (seconds since the epoch); overlapping pauses count once."""
    return np.asarray(np.interp(moment_s, *_pause_clock(pauses)), dtype=np.float64)


def _pause_clock(pauses: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """When each pause begins and ends (seconds since the epoch), and the seconds of pause until then."""
    begin = seconds(pd.DatetimeIndex(pauses["start"]))
    order = np.argsort(begin, kind="stable")
    begin = begin[order]
    end = np.maximum.accumulate(seconds(pd.DatetimeIndex(pauses["end"]))[order])
    # Each pause starts no earlier than the end of all before it; one wholly inside another has length 0.
    begin = np.maximum(begin, np.append(-np.inf, end[:-1]))
    end = np.maximum(begin, end)
    edges = np.column_stack([begin, end]).ravel()
    total = np.column_stack([np.append(0, np.cumsum(end - begin)[:-1]), np.cumsum(end - begin)]).ravel()
    return edges, total


def seconds(timestamps: pd.DatetimeIndex) -> FloatArray:
    """Seconds since the epoch, shape ``(n_samples,)``; NaT becomes NaN."""
    # Whatever the zone, these count from the epoch in UTC.
    result = timestamps.as_unit("ms").asi8 / 1000.0
    if timestamps.hasnans:
        result[timestamps.isna()] = np.nan
    return result


def utc_index(times: npt.NDArray[np.datetime64] | pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Index ``timestamp`` in ``datetime64[ms, UTC]`` from UTC times; finer fractions are rounded."""
    index = times if isinstance(times, pd.DatetimeIndex) else pd.DatetimeIndex(times)
    if index.dtype == _UTC_MS:
        return index if index.name == "timestamp" else index.rename("timestamp")
    index = index.tz_localize("UTC") if index.tz is None else index.tz_convert("UTC")
    if index.unit in ("us", "ns"):
        index = index.round("ms")
    return index.as_unit("ms").rename("timestamp")


def clean_records(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Issue]]:
    """Records with an ascending, unique index and plausible values, and what was put right.

    Samples without a time are left out, and so are those days away from the rest (a corrupt time); backward times are
    sorted, of equal times the last valid value of each column wins, channel values outside their plausible range become
    NaN, and a column without any value is left out.

    Parameters
    ----------
    frame
        Index ``timestamp`` (`utc_index`), in the order of the file.

    Returns
    -------
    records, issues
        A new frame, and one issue for each kind of repair with its count.
    """
    issues: list[Issue] = []
    if not _is_in_order(pd.DatetimeIndex(frame.index)):
        frame, issues = _put_in_order(frame)
    frame, masked = mask_implausible(frame)
    issues += masked
    values = frame.to_numpy(dtype=np.float64)
    some = np.isfinite(values).any(axis=0) if len(values) else np.zeros(values.shape[1], dtype=np.bool_)
    if not some.all():
        frame = frame.loc[:, some]
    frame.index = utc_index(pd.DatetimeIndex(frame.index))
    return frame, issues


def _is_in_order(index: pd.DatetimeIndex) -> bool:
    """Whether every sample has a time after the one before, and none is days away from the others."""
    # Whatever the zone, these count from the epoch in UTC.
    stamps = index.asi8.view(f"datetime64[{index.unit}]")
    if not len(stamps) or index.hasnans or not (stamps[1:] > stamps[:-1]).all():
        return False
    # Of ascending times the ends are furthest from the median.
    median = stamps[len(stamps) // 2]
    return bool(max(stamps[-1] - median, median - stamps[0]) <= np.timedelta64(MAX_DAYS_FROM_MEDIAN, "D"))


def _put_in_order(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Issue]]:
    issues: list[Issue] = []
    index = pd.DatetimeIndex(frame.index)
    untimed = np.asarray(index.isna())
    if untimed.any():
        issues.append(Issue(IssueCode.NO_TIME, "warning", None, f"{int(untimed.sum())} samples have no time."))
        frame = frame.loc[~untimed]
        index = pd.DatetimeIndex(frame.index)
    strayed = _strayed(index)
    if strayed.any():
        message = f"{int(strayed.sum())} samples lie more than {MAX_DAYS_FROM_MEDIAN} days from the others."
        issues.append(Issue(IssueCode.IMPLAUSIBLE_VALUE, "warning", None, message))
        frame = frame.loc[~strayed]
        index = pd.DatetimeIndex(frame.index)
    if not index.is_monotonic_increasing:
        backwards = int((np.diff(index.asi8) < 0).sum())
        issues.append(Issue(IssueCode.TIME_BACKWARDS, "warning", None, f"Time runs backwards {backwards} times."))
        frame = frame.sort_index(kind="stable")
        index = pd.DatetimeIndex(frame.index)
    if not index.is_unique:
        extra = int(index.duplicated().sum())
        issues.append(Issue(IssueCode.DUPLICATE_TIME, "info", None, f"{extra} samples repeat a time."))
        frame = _last_valid(frame)
    return frame, issues


def _last_valid(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a time, with the last valid value of each column; the index is ascending."""
    index = pd.DatetimeIndex(frame.index)
    first = np.flatnonzero(np.append(True, index.asi8[1:] != index.asi8[:-1]))
    values = frame.to_numpy(dtype=np.float64)
    row = np.where(np.isnan(values), -1, np.arange(len(values))[:, None])
    last = np.maximum.reduceat(row, first, axis=0)
    found = np.where(last < 0, np.nan, np.take_along_axis(values, np.maximum(last, 0), axis=0))
    return pd.DataFrame(found, index=index[first], columns=frame.columns)


def _strayed(index: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
    time_s = seconds(index)
    if not len(time_s):
        return np.zeros(0, dtype=np.bool_)
    return np.asarray(np.abs(time_s - np.median(time_s)) > MAX_DAYS_FROM_MEDIAN * 86400)


def mask_implausible(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Issue]]:
    """Mask channel values outside `Channel.low` to `Channel.high` in a copy; one issue for each column touched."""
    found = [name for name in frame.columns if name in CHANNELS]
    channels = frame if len(found) == frame.shape[1] else frame[found]
    values = channels.to_numpy(dtype=np.float64)
    low = np.array([CHANNELS[name].low for name in found])
    high = np.array([CHANNELS[name].high for name in found])
    # NaN is neither below nor above.
    wrong = (values < low) | (values > high)
    if not wrong.any():
        return frame.copy(deep=False), []
    issues: list[Issue] = []
    masked = frame.copy()
    for i in np.flatnonzero(wrong.any(axis=0)).tolist():
        channel, out = CHANNELS[found[i]], values[wrong[:, i], i]
        worst = out[np.argmax(np.abs(out))]
        span = f"{channel.low:g} to {channel.high:g} {channel.unit}"
        message = f"{len(out)} values of {channel.column} lie outside {span} (for instance {worst:g})."
        issues.append(Issue(IssueCode.IMPLAUSIBLE_VALUE, "warning", None, message))
        masked[channel.column] = np.where(wrong[:, i], np.nan, values[:, i])
    return masked, issues
