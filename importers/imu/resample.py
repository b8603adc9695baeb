"""Samples at their own times to samples at a constant rate: what was lost stays lost, and all of it is reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

FloatArray = npt.NDArray[np.float64]

MAX_BRIDGED_S: Final = 0.05
"""Longest silence that is interpolated across: a quarter of a runner's ground contact. Convention of this project."""

MAX_BRIDGED_INTERVALS: Final = 2.5
"""At low rates one lost sample is bridged all the same: a silence of up to so many intervals."""

EVEN_WITHIN: Final = 0.5
"""Samples are even if each is within this share of an interval of where a constant rate would have it."""

SAME_S: Final = 1e-9
"""Times that are no further apart are one time."""

MAX_GROWTH: Final = 20
"""More samples than this many times those measured are not made: a time far away from the others is a fault."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """Samples at a constant rate.

    Parameters
    ----------
    values
        Shape ``(n_samples, k)``; NaN in gaps.
    rate_hz, begin_s
        Constant rate, and time of the first sample.
    resampled
        Whether they are interpolated; else they are the measured ones in their order.
    interpolated_share
        Share of the samples that lie in no gap, yet further than a quarter of an interval from a measured one.
    largest_gap_s
        Longest time between two measured samples.
    gaps, gap_s
        Number of silences too long to bridge, and seconds in them.
    jitter_ms
        Standard deviation of the measured intervals.
    duplicates, backwards
        Samples left out because another has their time, and places where time ran backwards.
    """

    values: FloatArray
    rate_hz: float
    begin_s: float
    resampled: bool
    interpolated_share: float
    largest_gap_s: float
    gaps: int
    gap_s: float
    jitter_ms: float
    duplicates: int
    backwards: int


def at_constant_rate(time_s: FloatArray, values: FloatArray, *, nominal_hz: float | None = None) -> Sampled | None:
    """Samples at the constant rate that their times tell.

    Even samples stay as they are: the rate is their number over their time. Others are interpolated by PCHIP (Fritsch
    and Carlson 1980, SIAM J Numer Anal 17:238), which does not overshoot, onto a grid with the rate of their median
    interval, or with the nominal one where that is within 2 %. A silence longer than `MAX_BRIDGED_S` and than
    `MAX_BRIDGED_INTERVALS` is a gap: no value is made in it.

    Parameters
    ----------
    time_s
        Shape ``(n,)``, in any order, NaN for a sample without a time, which is left out.
    values
        Shape ``(n, k)``; a row with NaN is no sample, unless its whole column is.
    nominal_hz
        Declared rate.

    Returns
    -------
    Sampled or None
        None for fewer than two samples with a time.

    Examples
    --------
    >>> time = np.array([0.0, 0.01, 0.02, 0.04, 0.05, 1.0, 1.01])
    >>> found = at_constant_rate(time, np.arange(7.0)[:, None])
    >>> found.rate_hz, found.gaps, len(found.values), int(np.isnan(found.values).sum())
    (100.0, 1, 102, 94)
    """
    present: npt.NDArray[np.bool_] = np.asarray(np.isfinite(values).any(axis=0))
    good = np.isfinite(time_s) & np.isfinite(values[:, present]).all(axis=1)
    time, kept = time_s[good], values[good]
    backwards = int((np.diff(time) < 0).sum())
    time = _spread(time) if not backwards else time
    if backwards:
        order = np.argsort(time, kind="stable")
        time, kept = time[order], kept[order]
    last_of_its_time = np.append(np.diff(time) > SAME_S, True)[: len(time)]
    duplicates = int((~last_of_its_time).sum())
    time, kept = time[last_of_its_time], kept[last_of_its_time]
    if len(time) < 2 or not present.any():
        return None
    steps = np.diff(time)
    interval = _interval(steps, nominal_hz)
    bridged_s = max(MAX_BRIDGED_S, MAX_BRIDGED_INTERVALS * interval)
    gaps = steps > bridged_s
    about = {
        "largest_gap_s": float(steps.max()),
        "gaps": int(gaps.sum()),
        "gap_s": float(steps[gaps].sum()),
        "jitter_ms": 1000 * float(steps[~gaps].std()) if not gaps.all() else float("nan"),
        "duplicates": duplicates,
        "backwards": backwards,
    }
    span_s = float(time[-1] - time[0])
    mean = span_s / (len(time) - 1)
    if not 0 < span_s / interval < MAX_GROWTH * len(time) + 1000:
        return None
    off = time - (time[0] + mean * np.arange(len(time)))
    if not gaps.any() and np.abs(off).max() <= EVEN_WITHIN * mean:
        return Sampled(kept, 1 / mean, float(time[0]), False, 0.0, **about)  # type: ignore[arg-type]
    count = int(np.floor(span_s / interval + 1e-6)) + 1
    grid = time[0] + interval * np.arange(count)
    made = _interpolated(time, kept, grid, present)
    after = np.clip(np.searchsorted(time, grid, side="left"), 1, len(time) - 1)
    nearest = np.minimum(np.abs(grid - time[after - 1]), np.abs(time[after] - grid))
    inside = gaps[after - 1] & (nearest > 0.25 * interval)
    made[inside] = np.nan
    share = float(((nearest > 0.25 * interval) & ~inside).mean())
    return Sampled(made, 1 / interval, float(time[0]), True, share, **about)  # type: ignore[arg-type]


def onto(time_s: FloatArray, values: FloatArray, grid_s: FloatArray) -> FloatArray:
    """Another sensor's samples on a grid, shape ``(len(grid_s), k)``: NaN outside them and in their gaps.

    Parameters
    ----------
    time_s, values
        As `at_constant_rate`.
    grid_s
        Ascending.
    """
    good = np.isfinite(time_s) & np.isfinite(values).all(axis=1)
    time, kept = time_s[good], values[good]
    order = np.argsort(time, kind="stable")
    time, kept = time[order], kept[order]
    single = np.append(np.diff(time) > SAME_S, True)[: len(time)]
    time, kept = time[single], kept[single]
    made = np.full((len(grid_s), values.shape[1]), np.nan)
    if len(time) < 2:
        return made
    steps = np.diff(time)
    interval = float(np.median(steps))
    within = (grid_s >= time[0] - interval / 2) & (grid_s <= time[-1] + interval / 2)
    made[within] = _pchip(time, kept, np.clip(grid_s[within], time[0], time[-1]))
    after = np.clip(np.searchsorted(time, grid_s, side="left"), 1, len(time) - 1)
    nearest = np.minimum(np.abs(grid_s - time[after - 1]), np.abs(time[after] - grid_s))
    silent = steps[after - 1] > max(MAX_BRIDGED_S, MAX_BRIDGED_INTERVALS * interval)
    made[silent & (nearest > 0.25 * interval)] = np.nan
    return made


def _spread(time: FloatArray) -> FloatArray:
    """Times that come in packets, several samples under one time, spread evenly up to the next packet's."""
    steps = np.diff(time)
    if not len(steps) or (steps == 0).mean() < 0.4:
        return time
    first = np.flatnonzero(np.append(True, steps > 0))
    if len(first) < 3:
        return time
    per_sample = (time[first[-1]] - time[first[0]]) / (first[-1] - first[0])
    place = np.append(first, len(time))
    ends = np.append(time[first], time[first[-1]] + per_sample * (len(time) - first[-1]))
    return np.asarray(np.interp(np.arange(len(time)), place, ends), dtype=np.float64)


def _interval(steps: FloatArray, nominal_hz: float | None) -> float:
    """Interval of the grid: the nominal one if the median agrees with it, else the median, unrounded."""
    middle = float(np.median(steps))
    near = steps[(steps > 0.5 * middle) & (steps < 1.5 * middle)]
    # The mean of the intervals near the median is finer than the resolution of the times.
    interval = float(near.mean()) if len(near) else middle
    if nominal_hz and abs(interval * nominal_hz - 1) <= 0.02:
        return 1 / nominal_hz
    whole = round(1 / interval)
    return 1 / whole if whole and abs(interval * whole - 1) <= 0.002 else interval


def _interpolated(time: FloatArray, values: FloatArray, grid: FloatArray, present: npt.NDArray[np.bool_]) -> FloatArray:
    made = np.full((len(grid), values.shape[1]), np.nan)
    made[:, present] = _pchip(time, values[:, present], grid)
    return made


def _pchip(time: FloatArray, values: FloatArray, grid: FloatArray) -> FloatArray:
    with np.errstate(all="ignore"):  # scipy divides by slopes that may be 0, and then takes another formula
        return np.asarray(PchipInterpolator(time, values, axis=0)(grid), dtype=np.float64)
