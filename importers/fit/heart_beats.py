"""Single heart beats: RR intervals with honest times, and the heart rate of a swim strap laid onto the records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import RR_COLUMNS, empty_table
from stridelab.channels import CHANNELS
from stridelab.frames import frame_of
from stridelab.importers.fit.decode import FitMessages, Table
from stridelab.importers.fit.tables import flat, times
from stridelab.samples import MAX_SAMPLE_DURATION_S

FloatArray = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

TOLERANCE_S: Final = 2.0
"""How far beats may lie outside the records they were written between: a strap sends late, a watch writes late."""

RR_RANGE_MS: Final = (60_000 / CHANNELS["heart_rate_bpm"].high, 60_000 / CHANNELS["heart_rate_bpm"].low)
"""Intervals outside the range of a plausible heart rate are missed or doubled beats: NaN, their time still passes."""

HOLD_S: Final = 5.0
"""A beat's heart rate holds until the next beat, at most this long (as in Garmin's own merging)."""

_FIRST_SPAN: Final = 256
_MAX_PLACES: Final = 256  # a field has 255 bytes at most


# ---------------------------------------------------------------- RR intervals


def rr_intervals(messages: FitMessages, rows_of: dict[str, Rows], start: datetime) -> pd.DataFrame:
    """RR intervals of one part of a file (`RR_COLUMNS`): the time at which each interval ended, and its length.

    ``hrv`` messages have no time of their own, but lie in the file between the records of their moment. A plain sum of
    the intervals drifts away from these wherever beats were missed, counted twice, or recording was paused. So the sum
    is cut into the longest pieces that fit between the records around them (within `TOLERANCE_S`), and each piece is
    placed in the middle of where it fits. Within a piece, times differ by exactly the intervals; a step in time that is
    longer than the interval at its end means that beats are missing before it.

    ``beat_intervals`` and ``raw_bbi`` messages have a time, from which their intervals count; they are used where there
    are no ``hrv`` messages.

    Parameters
    ----------
    messages
        The file.
    rows_of
        Rows that belong to the part, by message name.
    start
        When the first interval begins, where the part has no record with a time.

    Returns
    -------
    DataFrame
        An interval that is no plausible heart rate (`RR_RANGE_MS`) is NaN.
    """
    if len(rows_of.get("hrv", ())):
        interval_s, message = _intervals(messages.table("hrv"), rows_of["hrv"])
        end_s = _placed(messages, rows_of, interval_s, message, _epoch_s(np.datetime64(start.replace(tzinfo=None))))
    else:
        for name in ("beat_intervals", "raw_bbi"):
            if len(rows_of.get(name, ())):
                interval_s, end_s = _timed(messages.table(name), rows_of[name])
                break
        else:
            return empty_table(RR_COLUMNS)
    interval_ms = np.round(interval_s * 1000, 3)
    plausible = (interval_ms >= RR_RANGE_MS[0]) & (interval_ms <= RR_RANGE_MS[1])
    stamps = np.round(end_s * 1000).astype("datetime64[ms]")
    rr_ms = np.where(plausible, interval_ms, np.nan)
    return frame_of({"time": stamps, "rr_ms": rr_ms})


def _placed(
    messages: FitMessages, rows_of: dict[str, Rows], interval_s: FloatArray, message: Rows, start_s: float
) -> FloatArray:
    """End of each interval, seconds since the epoch, from the records around its message."""
    elapsed = np.cumsum(interval_s)
    if not len(elapsed):
        return elapsed
    at, time_s = _record_times(messages, rows_of)
    if not len(at):
        return start_s + elapsed
    offsets = messages.table("hrv").offsets[rows_of["hrv"]]
    after = np.searchsorted(at, offsets)
    bounded = np.concatenate([[-np.inf], time_s, [np.inf]])
    # Of each message, its last interval: all others end before it.
    last = np.append(np.flatnonzero(np.diff(message)), len(message) - 1)
    own = message[last]
    low = bounded[after[own]] - elapsed[last]
    high = np.maximum(bounded[after[own]], bounded[after[own] + 1]) - elapsed[last]
    shift = _piecewise(low - TOLERANCE_S, high + TOLERANCE_S)
    position = np.searchsorted(last, np.arange(len(elapsed)))
    placed: FloatArray = np.maximum.accumulate(elapsed + shift[position])
    return placed


def _piecewise(low: FloatArray, high: FloatArray) -> FloatArray:
    """Values that change as seldom as possible and lie between ``low`` and ``high``, each in the middle of its range.

    One pass a piece: from where it begins, the highest lower and the lowest upper bound so far, until they cross.
    """
    values = np.empty(len(low))
    begin = 0
    while begin < len(low):
        span, end = _FIRST_SPAN, begin
        while end == begin:
            floor = np.maximum.accumulate(low[begin : begin + span])
            ceiling = np.minimum.accumulate(high[begin : begin + span])
            crossed = np.flatnonzero(floor > ceiling)
            if len(crossed):
                end = begin + max(int(crossed[0]), 1)
            elif begin + span >= len(low):
                end = len(low)
            span *= 4
        bottom, top = floor[end - begin - 1], ceiling[end - begin - 1]
        if np.isfinite(bottom) and np.isfinite(top):
            values[begin:end] = (bottom + top) / 2
        elif np.isfinite(bottom):
            values[begin:end] = bottom + TOLERANCE_S
        else:
            values[begin:end] = top - TOLERANCE_S
        begin = end
    return values


def _timed(table: Table, rows: Rows) -> tuple[FloatArray, FloatArray]:
    """Intervals and their ends from messages that have a time of their own, in milliseconds."""
    interval_ms, message = _intervals(table, rows)
    if not len(interval_ms):
        return interval_ms, interval_ms
    begin_s = _epoch_s(times(table, "timestamp")[rows]) + _milliseconds(table, rows) / 1000
    elapsed = np.cumsum(interval_ms) / 1000
    first = np.searchsorted(message, message)
    before = elapsed[first] - interval_ms[first] / 1000
    end_s = begin_s[message] + elapsed - before
    known = np.isfinite(end_s)
    return interval_ms[known] / 1000, end_s[known]


def _intervals(table: Table, rows: Rows) -> tuple[FloatArray, Rows]:
    """All intervals in file order, and the position in ``rows`` of the message that each belongs to."""
    values, owner = flat(table, "time", rows)
    kept = values > 0
    return values[kept], owner[kept]


def _record_times(messages: FitMessages, rows_of: dict[str, Rows]) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Position in the file and time of the records that have one."""
    rows = rows_of.get("record", np.zeros(0, dtype=np.intp))
    if not len(rows):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    table = messages.table("record")
    time_s = _epoch_s(times(table, "timestamp")[rows])
    known = np.isfinite(time_s)
    return table.offsets[rows][known], time_s[known]


# ---------------------------------------------------------------- heart rate of a swim strap


@dataclass(frozen=True, slots=True)
class StrapHeartRate:
    """Heart rate that a strap kept to itself under water and sent afterwards: one value a beat, times ascending."""

    time_s: FloatArray
    heart_rate_bpm: FloatArray


def strap_heart_rate(messages: FitMessages) -> StrapHeartRate | None:
    """Beats of the ``hr`` messages of a file (HRM-Swim, HRM-Tri, HRM-Pro); None where there are none.

    A first message gives a time and the strap's clock; each further one packs eight beats, as the lowest 12 bits of
    that clock (4 s until they roll over), which the decoder unrolls, and the heart rate at each. The strap begins
    before the session.
    """
    if not messages.count("hr"):
        return None
    table = messages.table("hr")
    rows = np.arange(len(table))
    clock_s, clock_row = flat(table, "event_timestamp", rows)
    rate, rate_row = flat(table, "filtered_bpm", rows)
    # A beat is what has the same place in its message in both.
    _, of_clock, of_rate = np.intersect1d(_place(clock_row), _place(rate_row), assume_unique=True, return_indices=True)
    clock_s, row, rate = clock_s[of_clock], clock_row[of_clock], rate[of_rate]
    fraction_s = table.columns.get("fractional_timestamp", np.zeros(0))
    utc_s = _epoch_s(times(table, "timestamp"))
    if len(fraction_s) == len(utc_s) and fraction_s.dtype.kind in "uif":
        utc_s = utc_s + np.nan_to_num(fraction_s.astype(np.float64))
    # From each beat back to the last one whose message has a time.
    anchor = np.maximum.accumulate(np.where(np.isfinite(utc_s[row]) & np.isfinite(clock_s), np.arange(len(row)), -1))
    time_s = utc_s[row[anchor]] + clock_s - clock_s[anchor]
    limits = CHANNELS["heart_rate_bpm"]
    kept = (anchor >= 0) & np.isfinite(time_s) & (rate >= limits.low) & (rate <= limits.high)
    order = np.argsort(time_s[kept], kind="stable")
    return StrapHeartRate(time_s[kept][order], rate[kept][order]) if kept.any() else None


def on_records(strap: StrapHeartRate, time_s: FloatArray) -> FloatArray:
    """Mean heart rate over the time from the sample before to each sample, at most `MAX_SAMPLE_DURATION_S`.

    Parameters
    ----------
    strap
        Beats.
    time_s
        Times of the samples, ascending, shape ``(n_samples,)``.

    Returns
    -------
    ndarray
        Beats a minute; NaN where no beat was within `HOLD_S` before.
    """
    if not len(time_s):
        return np.zeros(0)
    begin = np.append(time_s[:1] - 1, np.maximum(time_s[:-1], time_s[1:] - MAX_SAMPLE_DURATION_S))
    lasting = np.minimum(np.diff(strap.time_s, append=np.inf), HOLD_S)
    edges = np.column_stack([strap.time_s, strap.time_s + lasting]).ravel()
    covered = np.column_stack([np.append(0, np.cumsum(lasting)[:-1]), np.cumsum(lasting)]).ravel()
    weighted = np.cumsum(lasting * strap.heart_rate_bpm)
    total = np.column_stack([np.append(0, weighted[:-1]), weighted]).ravel()
    seconds = np.interp(time_s, edges, covered) - np.interp(begin, edges, covered)
    summed = np.interp(time_s, edges, total) - np.interp(begin, edges, total)
    mean: FloatArray = np.divide(summed, seconds, out=np.full(len(time_s), np.nan), where=seconds > 1e-6)
    return mean


def _place(row: Rows) -> Rows:
    """A number for each value of a column of arrays: its row and its place in it."""
    return row * _MAX_PLACES + np.arange(len(row)) - np.searchsorted(row, row)


# ---------------------------------------------------------------- small things


def _epoch_s(moments: Any) -> Any:
    """Seconds since the epoch; NaT becomes NaN."""
    values = np.asarray(moments, dtype="datetime64[ms]")
    return np.where(np.isnat(values), np.nan, values.astype(np.int64) / 1000.0)[()]


def _milliseconds(table: Table, rows: Rows) -> FloatArray:
    found = table.columns.get("timestamp_ms")
    if found is None or found.ndim != 1 or found.dtype.kind not in "uif":
        return np.zeros(len(rows))
    return np.nan_to_num(found[rows].astype(np.float64))
