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
from stridelab.analysis.days import DAY_LOADS, MECHANICAL_LOADS, daily_table, rest_may_be_assumed
from stridelab.analysis.history import LOG_COLUMNS, History

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

    Unknown days of the past are rest where another session would let them be assumed to be, as those since the last one
    (`stridelab.analysis.days.rest_may_be_assumed`); ``assumed_days`` counts them.

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
        self._past, self.assumed_days = _up_to_the_first_run(history.days)
        # Only the new days are made; some weeks before them say what is usual for the state of a day.
        since = min(pd.Timestamp(first) - pd.Timedelta(days=_RECENT_D), history.activities["local_date"].max())
        self._recent = history.activities[history.activities["local_date"] >= since]
        free = pd.DataFrame({"date": pd.date_range(first, last, freq="D", unit="ms"), "kind": "rest"})
        self._rest = free.reindex(columns=list(LOG_COLUMNS)).astype(dict(LOG_COLUMNS))

    def with_runs(self, planned: Sequence[Planned]) -> History:
        """The history with these runs on their days, and rest on every other day to come.

        What no run of the past measured is NaN in a planned one, so that a rule which needs it is not evaluated.

        Parameters
        ----------
        planned
            Those outside the days to come are left out.
        """
        known = self.history.activities
        rows = [_row(one, i, self.usual) for i, one in enumerate(planned) if self.first <= one.day <= self.last]
        added = pd.DataFrame(rows, columns=known.columns).astype(known.dtypes.to_dict()) if rows else known.iloc[:0]
        recent = pd.concat([self._recent, added], ignore_index=True)
        table = daily_table(recent, empty_table(WELLNESS_COLUMNS), self._rest, until=self.last)
        new = table.loc[pd.Timestamp(self.first) :].reindex(columns=self._past.columns)
        curves = np.full((len(rows), self.history.best_efforts.shape[1]), np.nan)
        return dataclasses.replace(
            self.history,
            activities=pd.concat([known, added], ignore_index=True),
            days=pd.concat([self._past, new.astype(self._past.dtypes.to_dict())]),
            best_efforts=np.vstack([self.history.best_efforts, curves]),
        )


def _up_to_the_first_run(days: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The days of the past as they will look after another run: some are assumed to be rest then."""
    sessions = days["sessions"].to_numpy(dtype=np.int64)
    assumed = rest_may_be_assumed(np.append(sessions, 1))[:-1] & (days["state"] == "unknown").to_numpy()
    if not assumed.any():
        return days, 0
    days = days.copy()
    days.loc[assumed, ["state", "state_basis"]] = "rest", "assumed"
    days.loc[assumed, [name for name in (*DAY_LOADS, *MECHANICAL_LOADS) if name in days]] = 0.0
    return days, int(assumed.sum())


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
