"""A history with days that have not been: sessions that are planned, and rest on every other day.

So a plan is judged by the rules themselves, and there is no second account of what they say.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from stridelab.activity import WELLNESS_COLUMNS, empty_table
from stridelab.analysis.days import daily_table
from stridelab.analysis.history import LOG_COLUMNS, History
from stridelab.analysis.session_loads import ZONE_COLUMNS

USUAL_D: Final = 28
"""Days before the plan whose runs say what is usual (a convention, the window of most rules)."""

HARD_RPE: Final = 8.0
"""Effort of a session that is planned as hard; the rules call 7 of 10 and more hard."""

_ADDITIVE: Final = (
    "load",
    "trimp_banister",
    "trimp_edwards",
    "trimp_lucia",
    "heart_rate_tss",
    "power_tss",
    "running_tss",
    "running_power_score",
    "mechanical_load_m4",
    "mechanical_load_m7",
    "mechanical_load_m10",
    "steps",
)
"""What a longer run has more of; a planned run is given the runner's own median by kilometre."""

_SUMMED: Final = (
    "timer_time_s",
    "distance_m",
    *(name for name in _ADDITIVE if name != "steps"),  # those of a day are the watch's own
    "session_rpe_load",
    "time_over_threshold_s",
)
"""What the daily table sums over the sessions of a day, under the same name."""

_COPIED: Final = (
    "device",
    "dynamics_source",
    "load_method",
    "mechanical_load_basis",
    "mechanical_load_coverage",
    "utc_offset_s",
)
"""What is taken from the latest run, so that no rule sees a change of device."""

_RECENT_D: Final = 35


@dataclass(frozen=True, slots=True)
class Planned:
    """A run that is thought of.

    Parameters
    ----------
    day
        When.
    distance_m, speed_mps
        How far, how fast.
    hard
        Whether it is to be a hard session.
    """

    day: date
    distance_m: float
    speed_mps: float
    hard: bool = False


@dataclass(frozen=True)
class Usual:
    """What the runs of the `USUAL_D` days before the plan are like; NaN where there were none.

    Parameters
    ----------
    runs
        How many there were.
    distance_m, speed_mps
        Median distance and speed.
    weekly_runs, weekly_distance_m
        Mean number and distance of a week.
    long_share
        Share of the longest run in the distance of its week, mean.
    start_s
        Median start, seconds after midnight of the local clock.
    per_metre
        Median of what a longer run has more of, for each metre.
    copied
        What is taken from the latest run.
    """

    runs: int = 0
    distance_m: float = float("nan")
    speed_mps: float = float("nan")
    weekly_runs: float = float("nan")
    weekly_distance_m: float = float("nan")
    long_share: float = float("nan")
    start_s: float = 8 * 3600.0
    per_metre: Mapping[str, float] = field(default_factory=dict)
    copied: Mapping[str, Any] = field(default_factory=dict)


def usual_runs(history: History, first: date) -> Usual:
    """What is usual before a day."""
    activities = history.activities
    age = (pd.Timestamp(first) - activities["local_date"]).dt.days
    runs = activities[
        (activities["family"] == "run") & age.between(1, USUAL_D) & (activities["distance_m"] > 0)
    ].sort_values("start_time")
    if runs.empty:
        return Usual()
    distance, week = runs["distance_m"], (age[runs.index] - 1) // 7
    weekly = distance.groupby(week)
    local = runs["start_time"] + pd.to_timedelta(runs["utc_offset_s"].fillna(0.0), unit="s")
    seconds = (local - local.dt.normalize()).dt.total_seconds()
    additive = [name for name in _ADDITIVE if name in runs]
    per_metre = runs[additive].astype("float64").div(distance, axis=0).median()
    latest = runs.iloc[-1]
    return Usual(
        runs=len(runs),
        distance_m=float(distance.median()),
        speed_mps=float((distance / runs["timer_time_s"].where(runs["timer_time_s"] > 0)).median()),
        weekly_runs=len(runs) / (USUAL_D / 7),
        weekly_distance_m=float(distance.sum()) / (USUAL_D / 7),
        long_share=float((weekly.max() / weekly.sum()).mean()),
        start_s=float(seconds.median()),
        per_metre={str(name): float(value) for name, value in per_metre.items() if np.isfinite(value)},
        copied={name: latest[name] for name in _COPIED if name in runs},
    )


class Future:
    """A history and some days behind it, on which sessions can be tried.

    Parameters
    ----------
    history
        Up to the day before ``first``, with at least one activity.
    first, last
        First and last day to come.
    """

    def __init__(self, history: History, first: date, last: date) -> None:
        self.history, self.first, self.last = history, first, last
        self.usual = usual_runs(history, first)
        # Only the new days are made; some weeks before them say what is usual for the state of a day.
        known = history.activities
        since = min(pd.Timestamp(first) - pd.Timedelta(days=_RECENT_D), known["local_date"].max())
        free = pd.date_range(first, last, freq="D", unit="ms")
        rest = pd.DataFrame({"date": free, "kind": "rest"}).reindex(columns=list(LOG_COLUMNS)).astype(dict(LOG_COLUMNS))
        recent = known[known["local_date"] >= since]
        table = daily_table(recent, empty_table(WELLNESS_COLUMNS), rest, until=last)
        new = table.loc[pd.Timestamp(first) :].reindex(columns=history.days.columns)
        self._days = pd.concat([history.days, new.astype(history.days.dtypes.to_dict())])

    def with_runs(self, planned: Sequence[Planned]) -> History:
        """The history with these runs on their days, and rest on every other day to come.

        What no run of the past measured is NaN in a planned one, so that a rule which needs it is not evaluated.

        Parameters
        ----------
        planned
            Those outside the days to come are left out.
        """
        rows = [_row(one, i, self.usual) for i, one in enumerate(planned) if self.first <= one.day <= self.last]
        if not rows:
            return dataclasses.replace(self.history, days=self._days)
        known = self.history.activities
        added = pd.DataFrame(rows).reindex(columns=known.columns).astype(known.dtypes.to_dict())
        activities = pd.concat([known, added], ignore_index=True)
        days = self._days.copy()
        made = pd.DataFrame(rows).reindex(columns=list(dict.fromkeys((*_SUMMED, "local_date"))))
        by_day = made.groupby("local_date")
        trained = by_day[list(_SUMMED)].sum(min_count=1)
        trained["timer_time_run_s"], trained["distance_run_m"] = trained["timer_time_s"], trained["distance_m"]
        trained["longest_run_m"], trained["sessions"] = by_day["distance_m"].max(), by_day.size()
        trained["load_coverage"] = trained["trimp_banister"].notna().astype("float64")
        trained[["ascent_m", *ZONE_COLUMNS]] = np.nan
        names = [name for name in trained if name in days]
        place = pd.DatetimeIndex(days.index).get_indexer(pd.DatetimeIndex(trained.index))
        for name in names:
            column = days[name].to_numpy(copy=True)
            column[place] = trained[name].to_numpy()
            days[name] = column
        for name, said in (("state", "trained"), ("state_basis", "recorded")):
            text = days[name].to_numpy(copy=True)
            text[place] = said
            days[name] = text
        unknown = np.full((len(rows), self.history.best_efforts.shape[1]), np.nan)
        best_efforts = np.vstack([self.history.best_efforts, unknown])
        return dataclasses.replace(self.history, activities=activities, days=days, best_efforts=best_efforts)


def _row(one: Planned, number: int, usual: Usual) -> dict[str, Any]:
    lasting = one.distance_m / one.speed_mps
    offset = usual.copied.get("utc_offset_s", 0.0)
    local = datetime.combine(one.day, datetime.min.time()) + timedelta(seconds=usual.start_s)
    start = pd.Timestamp(local, tz="UTC") - pd.Timedelta(seconds=0.0 if np.isnan(offset) else offset)
    load = {name: rate * one.distance_m for name, rate in usual.per_metre.items()}
    return {
        **usual.copied,
        **load,
        "activity_id": f"planned-{number}",
        "start_time": start.as_unit("ms"),
        "local_date": pd.Timestamp(one.day).as_unit("ms"),
        "sport": "running",
        "sub_sport": "generic",
        "family": "run",
        "title": "planned",
        "timer_time_s": lasting,
        "elapsed_time_s": lasting,
        "distance_m": one.distance_m,
        "average_speed_mps": one.speed_mps,
        "rpe": HARD_RPE if one.hard else np.nan,
        "session_rpe_load": HARD_RPE * lasting / 60 if one.hard else np.nan,
        "time_over_threshold_s": lasting if one.hard else 0.0,
        "heart_rate_coverage": 1.0 if "trimp_banister" in load else 0.0,
    }
