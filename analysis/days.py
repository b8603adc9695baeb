"""The daily table: what was done on each local date, and whether a day without training was rest or is unknown."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.day_wellness import wellness_of_days
from stridelab.analysis.session_loads import ZONE_COLUMNS
from stridelab.sports import FAMILIES, IMPACT
from stridelab.wellness import shows_wearing

DAY_LOADS: Final = (
    "load",
    "trimp_banister",
    "trimp_edwards",
    "trimp_lucia",
    "heart_rate_tss",
    "power_tss",
    "running_tss",
    "running_power_score",
    "session_rpe_load",
    "time_over_threshold_s",
)
MECHANICAL_LOADS: Final = ("mechanical_load_m4", "mechanical_load_m7", "mechanical_load_m10")
"""Loads that the daily table sums. Only impact makes a mechanical load, so a day without foot sports has 0 of it."""

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

ACTIVE_RECOVERY_SHARE: Final = 0.2
"""Non-impact work below this share of the median training-day load is recovery, not training (convention)."""

ASSUMED_REST_GAP_D: Final = 14
ASSUMED_REST_WINDOW_D: Final = 28
ASSUMED_REST_ACTIVITIES: Final = 4
"""Rest is assumed between two activities at most 14 days apart with at least 4 activities in the 28 days around."""

# Files from devices whose clock was never set carry dates near FIT's epoch (31 December 1989); FIT counts a time below
# 0x10000000 seconds as "since power-up". They are kept as activities but belong to no day.
FIRST_REAL_DATE: Final = pd.Timestamp("1998-07-05")


def daily_table(
    activities: pd.DataFrame, wellness: pd.DataFrame, log: pd.DataFrame, *, until: date | None = None
) -> pd.DataFrame:
    """One row a local date, from the first activity to ``until``.

    Parameters
    ----------
    activities
        `stridelab.analysis.history.ACTIVITY_COLUMNS`, loads included.
    wellness, log
        What the device and the athlete say of days without training.
    until
        Last day; by default that of the last activity. Activities after it are left out.

    Returns
    -------
    DataFrame
        Index ``local_date`` (daily, without holes). ``state`` is ``trained``, ``active_recovery``, ``rest`` or
        ``unknown``; ``state_basis`` says why: ``recorded`` (there is an activity), ``logged``, ``worn``, ``assumed``,
        or empty for unknown. Unknown is never rest. Each of `DAY_LOADS` and `MECHANICAL_LOADS` is the sum over the
        sessions that have one, 0 on rest days, NaN on unknown days and where no session of the day has it (mechanical
        load is 0 where none was on foot). ``load_coverage`` is the share of the day's timer time with a heart-rate
        load (``trimp_banister``), NaN on days without a session. Recorded times and distances are 0 without a session,
        and NaN where the sessions of that day did not measure them. Wellness values and their sources are those of
        `stridelab.analysis.day_wellness.wellness_of_days`.
    """
    dated = activities[activities["local_date"] >= FIRST_REAL_DATE]
    if until is not None:
        dated = dated[dated["local_date"] <= pd.Timestamp(until)]
    if dated.empty:
        return pd.DataFrame(index=pd.DatetimeIndex([], dtype="datetime64[ms]", name="local_date"))
    last = dated["local_date"].max() if until is None else pd.Timestamp(until)
    index = pd.date_range(dated["local_date"].min(), last, freq="D", unit="ms", name="local_date")
    columns, on_foot = _sums(dated, index)
    state, basis = _states(columns, on_foot, index, wellness, log)
    resting = (columns["sessions"] == 0) & (state == "rest")
    for name in (*DAY_LOADS, *MECHANICAL_LOADS):
        columns[name][resting] = 0.0
    found = wellness_of_days(wellness, index)
    return pd.DataFrame({"state": state, "state_basis": basis, **columns, **found}, index=index)


def _sums(dated: pd.DataFrame, index: pd.DatetimeIndex) -> tuple[dict[str, Any], BoolArray]:
    """Every sum by day, and on which days a foot sport was done; shape ``(n_days,)`` each."""
    n = len(index)
    place = (dated["local_date"].to_numpy().astype("datetime64[D]") - index[0].to_datetime64()).astype("timedelta64[D]")
    day = place.astype(np.intp)
    family = dated["family"].to_numpy()

    def total(name: str, rows: BoolArray | slice = slice(None), *, nothing: float = 0.0) -> FloatArray:
        """Sums by day: ``nothing`` on a day without such an activity, NaN where none of its activities measured it."""
        value, at = dated[name].to_numpy(dtype=np.float64)[rows], day[rows]
        known = np.isfinite(value)
        sums = np.bincount(at[known], value[known], minlength=n)
        measured, there = np.bincount(at[known], minlength=n), np.bincount(at, minlength=n)
        return np.where(measured > 0, sums, np.where(there > 0, np.nan, nothing))

    columns: dict[str, Any] = {"sessions": np.bincount(day, minlength=n)}
    columns |= {name: total(name) for name in ("timer_time_s", "distance_m", "ascent_m", *ZONE_COLUMNS)}
    for each in FAMILIES:
        own = family == each
        columns[f"timer_time_{each}_s"] = total("timer_time_s", own)
        columns[f"distance_{each}_m"] = total("distance_m", own)
    longest = np.where(np.bincount(day[family == "run"], minlength=n) > 0, np.nan, 0.0)
    np.fmax.at(longest, day[family == "run"], dated["distance_m"].to_numpy(dtype=np.float64)[family == "run"])
    columns["longest_run_m"] = longest
    loads = [name for name in (*DAY_LOADS, *MECHANICAL_LOADS) if name in dated]
    columns |= {name: np.full(n, np.nan) for name in (*DAY_LOADS, *MECHANICAL_LOADS)}
    columns |= {name: total(name, nothing=np.nan) for name in loads}
    on_foot = np.bincount(day, dated["family"].map(IMPACT).ne("none").to_numpy(), minlength=n) > 0
    for name in MECHANICAL_LOADS:
        columns[name][(columns["sessions"] > 0) & ~on_foot] = 0.0
    timed = dated["timer_time_s"].where(dated["trimp_banister"].notna(), 0.0).to_numpy(dtype=np.float64)
    covered = np.bincount(day, np.nan_to_num(timed), minlength=n)
    lasting = columns["timer_time_s"]
    columns["load_coverage"] = np.divide(covered, lasting, out=np.full(n, np.nan), where=lasting > 0)
    return columns, on_foot


def _states(
    columns: dict[str, Any], on_foot: BoolArray, index: pd.DatetimeIndex, wellness: pd.DataFrame, log: pd.DataFrame
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.str_]]:
    """State and basis of each day by CONTRACTS section 5: recorded before logged before worn before assumed."""
    trained = columns["sessions"] > 0
    load = columns["trimp_banister"]
    loaded = load[trained & np.isfinite(load)]
    typical = float(np.median(loaded)) if len(loaded) else float("nan")
    easy = (load < ACTIVE_RECOVERY_SHARE * typical) & (columns["load_coverage"] > 0)
    logged = index.isin(log.loc[log["kind"] == "rest", "date"])
    worn = index.isin(wellness.loc[shows_wearing(wellness), "local_date"])
    choices = [
        ("active_recovery", "recorded", trained & easy & ~on_foot),
        ("trained", "recorded", trained),
        ("rest", "logged", logged),
        ("rest", "worn", worn),
        ("rest", "assumed", rest_may_be_assumed(columns["sessions"])),
    ]
    holds = [mask for *_, mask in choices]
    state = np.select(holds, [state for state, *_ in choices], "unknown")
    return state, np.select(holds, [basis for _, basis, _ in choices], "")


def rest_may_be_assumed(sessions: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Days without an activity that an active athlete's record lets us take for rest.

    Parameters
    ----------
    sessions
        Number of activities on each day, shape ``(n_days,)``.

    Returns
    -------
    ndarray of bool
        True where the day has no activity, lies between two activities at most 14 days apart, and the 28 days around it
        (14 before, itself, 13 after) hold at least 4 activities.

    Examples
    --------
    >>> rest_may_be_assumed(np.array([1, 0, 1, 1, 0, 1, 0]))
    array([False,  True, False, False,  True, False, False])
    """
    day = np.arange(len(sessions))
    active = np.flatnonzero(sessions > 0)
    after = np.searchsorted(active, day)
    between = (sessions == 0) & (after > 0) & (after < len(active))
    gap = np.zeros(len(day), dtype=np.int64)
    gap[between] = active[after[between]] - active[after[between] - 1]
    total = np.append(0, np.cumsum(sessions))
    half = ASSUMED_REST_WINDOW_D // 2
    around = total[np.minimum(day + half, len(day))] - total[np.maximum(day - half, 0)]
    return np.asarray(between & (gap <= ASSUMED_REST_GAP_D) & (around >= ASSUMED_REST_ACTIVITIES))
