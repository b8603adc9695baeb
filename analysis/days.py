"""The daily table: what was done on each local date, and whether a day without training was rest or is unknown."""

from __future__ import annotations

from datetime import date
from typing import Final

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
    days = _sums(dated, index)
    days.insert(0, "state", "unknown")
    days.insert(1, "state_basis", "")
    _set_states(days, dated, wellness, log)
    idle = days["sessions"] == 0
    days.loc[idle & (days["state"] == "rest"), [*DAY_LOADS, *MECHANICAL_LOADS]] = 0.0
    return days.join(wellness_of_days(wellness, index))


def _sums(dated: pd.DataFrame, index: pd.DatetimeIndex) -> pd.DataFrame:
    days = _totals(dated, ["timer_time_s", "distance_m", "ascent_m", *ZONE_COLUMNS], index)
    for family in FAMILIES:
        own = _totals(dated[dated["family"] == family], ["timer_time_s", "distance_m"], index)
        days[f"timer_time_{family}_s"], days[f"distance_{family}_m"] = own["timer_time_s"], own["distance_m"]
    by_day = dated.groupby("local_date")
    runs = dated[dated["family"] == "run"].groupby("local_date")
    days["longest_run_m"] = runs["distance_m"].max().reindex(index, fill_value=0.0)
    days.insert(0, "sessions", by_day.size().reindex(index, fill_value=0))
    loads = [name for name in (*DAY_LOADS, *MECHANICAL_LOADS) if name in dated]
    days[[*DAY_LOADS, *MECHANICAL_LOADS]] = (
        by_day[loads].sum(min_count=1).reindex(index=index, columns=[*DAY_LOADS, *MECHANICAL_LOADS])
    )
    no_impact = dated["family"].map(IMPACT).eq("none").groupby(dated["local_date"]).all()
    days.loc[no_impact.reindex(index, fill_value=False), list(MECHANICAL_LOADS)] = 0.0
    covered = dated["timer_time_s"].where(dated["trimp_banister"].notna(), 0.0).groupby(dated["local_date"]).sum()
    days["load_coverage"] = covered.reindex(index) / days["timer_time_s"].replace(0.0, np.nan)
    return days


def _totals(activities: pd.DataFrame, columns: list[str], index: pd.DatetimeIndex) -> pd.DataFrame:
    """Sums by day: 0 on a day without such an activity, NaN where none of its activities measured it."""
    measured = activities.groupby("local_date")[columns].sum(min_count=1)
    totals = measured.reindex(index)
    totals[~index.isin(measured.index)] = 0.0
    return totals


def _set_states(days: pd.DataFrame, dated: pd.DataFrame, wellness: pd.DataFrame, log: pd.DataFrame) -> None:
    """Fill ``state`` and ``state_basis`` by CONTRACTS section 5: recorded before logged before worn before assumed."""
    index = pd.DatetimeIndex(days.index)
    trained = days["sessions"].to_numpy() > 0
    impact_free = dated["family"].map(IMPACT).eq("none").groupby(dated["local_date"]).all()
    load = days["trimp_banister"]
    typical = float(load[trained].median())
    easy = (load < ACTIVE_RECOVERY_SHARE * typical) & (days["load_coverage"] > 0)
    recovery = easy.to_numpy() & impact_free.reindex(index, fill_value=False).to_numpy(dtype=bool)
    logged = index.isin(log.loc[log["kind"] == "rest", "date"])
    worn = index.isin(wellness.loc[shows_wearing(wellness), "local_date"])
    choices = [
        ("active_recovery", "recorded", trained & recovery),
        ("trained", "recorded", trained),
        ("rest", "logged", logged),
        ("rest", "worn", worn),
        ("rest", "assumed", rest_may_be_assumed(days["sessions"].to_numpy())),
    ]
    holds = [mask for *_, mask in choices]
    days["state"] = np.select(holds, [state for state, *_ in choices], "unknown")
    days["state_basis"] = np.select(holds, [basis for _, basis, _ in choices], "")


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
