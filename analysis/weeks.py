"""The weekly table: ISO weeks (Monday to Sunday) summed from days and activities."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from stridelab.analysis.chronic import chronic_table
from stridelab.analysis.days import DAY_LOADS, MECHANICAL_LOADS
from stridelab.analysis.history import History
from stridelab.analysis.session_loads import ZONE_COLUMNS
from stridelab.sports import FAMILIES

SUMMED: Final = (
    "sessions",
    "timer_time_s",
    "distance_m",
    "ascent_m",
    *(f"timer_time_{family}_s" for family in FAMILIES),
    *(f"distance_{family}_m" for family in FAMILIES),
    *ZONE_COLUMNS,
)


def weekly_table(history: History) -> pd.DataFrame:
    """One row an ISO week, from the first day of the history to its last.

    Returns
    -------
    DataFrame
        Index ``week`` (``2026-W47``); ``monday``; the sums of the daily table; every load (sum of the known
        daily ones, NaN where no day of the week has one), ``load_coverage`` (share of the week's timer time with a
        heart-rate load), ``longest_run_m``; days by state (``trained_days``, ``active_recovery_days``, ``rest_days``,
        ``unknown_days``) and ``assumed_days`` (rest that was assumed); ``ctl``, ``atl``, ``tsb`` at the week's last
        day; ``strength_sessions``.
    """
    days = history.days
    if days.empty:
        return pd.DataFrame(index=pd.Index([], name="week", dtype="str"))
    index = pd.DatetimeIndex(days.index)
    monday = (index - pd.to_timedelta(index.day_of_week, unit="D")).as_unit("ms")
    grouped = days.groupby(monday)
    weeks = grouped[list(SUMMED)].sum()
    loads = [name for name in (*DAY_LOADS, *MECHANICAL_LOADS) if name in days]
    weeks[loads] = grouped[loads].sum(min_count=1)
    covered = (days["timer_time_s"] * days["load_coverage"].fillna(0.0)).groupby(monday).sum()
    weeks["load_coverage"] = covered / weeks["timer_time_s"].replace(0.0, np.nan)
    weeks["longest_run_m"] = grouped["longest_run_m"].max()
    for state in ("trained", "active_recovery", "rest", "unknown"):
        weeks[f"{state}_days"] = (days["state"] == state).groupby(monday).sum()
    weeks["assumed_days"] = (days["state_basis"] == "assumed").groupby(monday).sum()
    weeks[["ctl", "atl", "tsb"]] = chronic_table(days)[["ctl", "atl", "tsb"]].groupby(monday).last()
    strength = history.activities.loc[history.activities["family"] == "strength", "local_date"]
    strength_monday = strength - pd.to_timedelta(strength.dt.day_of_week, unit="D")
    weeks["strength_sessions"] = strength.groupby(strength_monday).size().reindex(weeks.index, fill_value=0)
    weeks.insert(0, "monday", weeks.index)
    weeks.index = pd.Index([iso_week(day) for day in weeks["monday"]], name="week", dtype="str")
    return weeks


def iso_week(day: pd.Timestamp) -> str:
    """ISO week of a date, as people write it.

    Examples
    --------
    >>> iso_week(pd.Timestamp("2026-11-22"))
    '2026-W47'
    """
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
