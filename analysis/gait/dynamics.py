"""The watch's own running dynamics: cleaning, balance, trends over a run, comparison at matched speed and grade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from stridelab.analysis.gait.coefficients import FloatArray
from stridelab.channels import CHANNELS
from stridelab.samples import seconds

DYNAMICS: Final = (
    "cadence_spm",
    "ground_contact_time_ms",
    "ground_contact_balance_pct",
    "vertical_oscillation_mm",
    "vertical_ratio_pct",
    "step_length_mm",
)

SLOWEST_RUN_MPS: Final = 1.5
SLOWEST_RUN_SPM: Final = 130.0
"""Slower samples are walked or stood, and watches repeat old values then (convention)."""

SETTLING_S: Final = 5.0
"""After a stop the watch's own averages need this long to hold only the new steps (convention)."""

STUCK_SAMPLES: Final = 15
"""As many equal values in a row, where the speed changes meanwhile, are a stuck sensor (convention)."""

SPEED_BIN_MPS: Final = 0.25
GRADE_BIN_PCT: Final = 2.0
LEAST_BIN_S: Final = 20.0
"""Cells in which form is compared between runs, and the time a cell needs (convention)."""


def cleaned(records: pd.DataFrame) -> pd.DataFrame:
    """The dynamics channels of a run with what is no running taken out.

    Parameters
    ----------
    records
        Index ``timestamp``; of the channels in `DYNAMICS` those that are there, and ``speed_mps`` where it is known.

    Returns
    -------
    DataFrame
        The same index, the dynamics that are there; NaN where the runner stood or walked, in the first 5 s after that,
        where a value lies outside its channel's range or is 0, and in runs of 15 equal values while the speed changes.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=20, freq="s", tz="UTC")
    >>> run = pd.DataFrame({"speed_mps": [3.0] * 10 + [0.0] * 2 + [3.0] * 8, "cadence_spm": 170.0}, index=times)
    >>> int(cleaned(run)["cadence_spm"].notna().sum())
    14
    """
    given = {name: _values(records, name) for name in DYNAMICS if name in records}
    if len(records) == 0:
        return pd.DataFrame(given, index=records.index)
    speed = _values(records, "speed_mps")
    # NaN is not below.
    running = ~(speed < SLOWEST_RUN_MPS) & ~(_values(records, "cadence_spm") < SLOWEST_RUN_SPM)
    # Seconds since the last sample that was not run, or since a pause of the recording.
    time = seconds(pd.DatetimeIndex(records.index))
    stopped = ~running | np.append(False, np.diff(time) > 10)
    last = np.maximum.accumulate(np.where(stopped, time, -np.inf))
    running &= time - last >= SETTLING_S
    finite = np.where(np.isfinite(speed), speed, np.nanmedian(speed) if np.isfinite(speed).any() else 0.0)
    clean = {}
    for name, raw in given.items():
        channel = CHANNELS[name]
        plausible = (raw > 0) & (raw >= channel.low) & (raw <= channel.high)
        clean[name] = values = np.where(running & plausible, raw, np.nan)
        if name != "cadence_spm" and "speed_mps" in records:
            values[_stuck(values, finite)] = np.nan
    return pd.DataFrame(clean, index=records.index)


def _stuck(values: FloatArray, speed: FloatArray) -> Any:
    """Which samples lie in a run of equal values while the speed changes by more than 5 %."""
    change = np.append(True, values[1:] != values[:-1])
    start = np.flatnonzero(change)
    length = np.diff(np.append(start, len(values)))
    long = length >= STUCK_SAMPLES
    if not long.any():
        return np.zeros(len(values), dtype=bool)
    low, high = np.minimum.reduceat(speed, start), np.maximum.reduceat(speed, start)
    stuck = long & (high - low > 0.05 * np.maximum(high, 0.1))
    return np.repeat(stuck, length)


@dataclass(frozen=True, slots=True)
class Balance:
    """Ground contact balance: the left foot's share of contact.

    Parameters
    ----------
    left_pct, spread_pct
        Mean and standard deviation of the left share.
    asymmetric_share
        Share of samples further than 1 point from even (Garmin's own bound for "fair" is 50.8 %; a convention here).
    samples
        How many hold a value.
    """

    left_pct: float
    spread_pct: float
    asymmetric_share: float
    samples: int


def balance(clean: pd.DataFrame) -> Balance:
    """Left against right over a run.

    Parameters
    ----------
    clean
        From `cleaned`; without ``ground_contact_balance_pct`` every number is NaN.

    Examples
    --------
    >>> balance(pd.DataFrame({"ground_contact_balance_pct": [49.0, 50.0, 51.5]})).left_pct.__round__(2)
    50.17
    """
    values = _values(clean, "ground_contact_balance_pct")
    values = values[np.isfinite(values)]
    if not len(values):
        return Balance(float("nan"), float("nan"), float("nan"), 0)
    return Balance(float(values.mean()), float(values.std()), float((np.abs(values - 50) > 1).mean()), len(values))


@dataclass(frozen=True, slots=True)
class Trend:
    """Last fifth of a run against its first.

    Parameters
    ----------
    first, last, change_pct
        Medians of the fifths, and the change in per cent of the first.
    speed_change_pct
        The same of speed: a change of form at a changed speed is no fatigue.
    matched
        Whether the speed stayed within 3 %.
    """

    first: float
    last: float
    change_pct: float
    speed_change_pct: float
    matched: bool


def trends(records: pd.DataFrame, *, clean: pd.DataFrame | None = None) -> dict[str, Trend]:
    """Change of each dynamics channel from the first to the last fifth of what was run.

    Parameters
    ----------
    records
        As of `cleaned`. A channel with fewer than 50 clean samples, or none in one of the fifths, has no trend.
    clean
        `cleaned` of them, or some of its columns, where that is known already.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=1000, freq="s", tz="UTC")
    >>> run = pd.DataFrame({"speed_mps": 3.0, "ground_contact_time_ms": np.linspace(240, 260, 1000)}, index=times)
    >>> trend = trends(run)["ground_contact_time_ms"]
    >>> round(trend.change_pct, 1), trend.matched
    (6.6, True)
    """
    clean = cleaned(records) if clean is None else clean
    speed = _values(records, "speed_mps")
    found = {}
    for name in clean.columns:
        at = np.flatnonzero(np.isfinite(clean[name].to_numpy()))
        fifth = len(at) // 5
        if fifth < 10:
            continue
        values = clean[name].to_numpy()
        first, last = float(np.median(values[at[:fifth]])), float(np.median(values[at[-fifth:]]))
        early, late = (float(np.median(speed[part])) for part in (at[:fifth], at[-fifth:]))
        faster = 100 * (late / early - 1) if early > 0 else float("nan")
        found[str(name)] = Trend(first, last, 100 * (last / first - 1), faster, bool(abs(faster) <= 3))
    return found


def form_cells(records: pd.DataFrame, duration_s: FloatArray, *, grade_pct: Any = None) -> pd.DataFrame:
    """Form of one run by cells of speed and grade, so that it can be compared with another run.

    Parameters
    ----------
    records
        As of `cleaned`, with ``speed_mps``.
    duration_s
        How long each sample lasts, shape ``(n,)``.
    grade_pct
        Of each sample; None takes all of it to be level, which the column ``grade_known`` says.

    Returns
    -------
    DataFrame
        Index ``speed_mps``, ``grade_pct`` (the cells' middles); ``duration_s``, the median of each channel, and
        ``grade_known``. Cells with less than 20 s are left out.
    """
    clean = cleaned(records)
    speed = _values(records, "speed_mps")
    grade = np.zeros(len(speed)) if grade_pct is None else np.asarray(grade_pct, dtype=np.float64)
    frame = clean.assign(
        cell_speed=(np.floor(speed / SPEED_BIN_MPS) + 0.5) * SPEED_BIN_MPS,
        cell_grade=np.rint(grade / GRADE_BIN_PCT) * GRADE_BIN_PCT,
        lasting=duration_s,
    ).dropna(subset=["cell_speed", "cell_grade"])
    frame = frame[frame[list(clean.columns)].notna().any(axis=1)]
    groups = frame.groupby(["cell_speed", "cell_grade"])
    cells = groups[list(clean.columns)].median()
    cells.insert(0, "duration_s", groups["lasting"].sum())
    cells["grade_known"] = grade_pct is not None
    cells.index.names = ["speed_mps", "grade_pct"]
    return cells[cells["duration_s"] >= LEAST_BIN_S]


def matched_change(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float]:
    """Change of form between two runs at the same speeds and grades.

    Parameters
    ----------
    before, after
        From `form_cells`.

    Returns
    -------
    dict
        Mean difference (after minus before) by channel, over the cells that both runs have, weighted by the shorter of
        the two times. Empty where they share none: runs at different speeds cannot be compared.

    Examples
    --------
    >>> matched_change(pd.DataFrame(), pd.DataFrame())
    {}
    """
    if before.empty or after.empty:
        return {}
    both = before.add_suffix("_before").join(after.add_suffix("_after"), how="inner")
    weight = np.minimum(_values(both, "duration_s_before"), _values(both, "duration_s_after"))
    changes = {}
    for name in DYNAMICS:
        difference = _values(both, f"{name}_after") - _values(both, f"{name}_before")
        known = np.isfinite(difference)
        if known.any():
            changes[name] = float(np.average(difference[known], weights=weight[known]))
    return changes


@dataclass(frozen=True, slots=True)
class Drift:
    """Slow change of technique over weeks.

    Parameters
    ----------
    per_week, low, high
        Theil–Sen slope a week and its 95 % interval.
    confidence
        One minus the two-sided p-value of Kendall's τ: how sure it is that there is a drift at all.
    runs, weeks
        How many runs over how long.
    """

    per_week: float
    low: float
    high: float
    confidence: float
    runs: int
    weeks: float


def technique_drift(day: Any, value: Any) -> Drift:
    """Whether a number of form drifts over weeks.

    Parameters
    ----------
    day
        Days since any start, one a run, shape ``(n_runs,)``.
    value
        The number at matched speed and grade (`form_cells`), else a change of speed looks like one of form; NaN is left
        out.

    Returns
    -------
    Drift
        NaN, and no confidence, with fewer than 6 runs or less than 2 weeks.

    Notes
    -----
    Theil–Sen slope (Sen 1968) and Kendall's τ (Kendall 1938): one odd run moves neither.

    Examples
    --------
    >>> drift = technique_drift(np.arange(0, 70, 7), 250 - np.arange(10.0))
    >>> round(drift.per_week, 2), drift.confidence > 0.99
    (-1.0, True)
    """
    days, values = np.asarray(day, dtype=np.float64), np.asarray(value, dtype=np.float64)
    known = np.isfinite(days) & np.isfinite(values)
    days, values = days[known], values[known]
    weeks = float(np.ptp(days) / 7) if len(days) else 0.0
    nan = float("nan")
    if len(days) < 6 or weeks < 2:
        return Drift(nan, nan, nan, 0.0, len(days), weeks)
    slope, _, low, high = stats.theilslopes(values, days / 7, 0.95)
    p = float(stats.kendalltau(days, values).pvalue) if np.ptp(values) > 0 else 1.0
    return Drift(float(slope), float(low), float(high), 1 - p, len(days), weeks)


def _values(frame: pd.DataFrame, name: str) -> FloatArray:
    return frame[name].to_numpy(dtype=np.float64) if name in frame else np.full(len(frame), np.nan)
