"""`History`: all that rules, reports, plans and dashboards see of an athlete.

Tables in, tables out; nothing here reads a file or a store. Days and findings are computed from it, never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import SET_COLUMNS, UTC_MS, WELLNESS_COLUMNS, empty_table
from stridelab.analysis.days import ZONE_COLUMNS, daily_table
from stridelab.analysis.heart_rate_limits import with_heart_rate_limits
from stridelab.analysis.load import banister_weight_per_min, zone_of
from stridelab.athlete import Athlete

ACTIVITY_COLUMNS: Final[Mapping[str, str]] = {
    "activity_id": "object",
    "parent_id": "object",
    "start_time": UTC_MS,
    "local_date": "datetime64[ms]",
    "utc_offset_s": "float64",
    "sport": "object",
    "sub_sport": "object",
    "family": "object",
    "title": "object",
    "timer_time_s": "float64",
    "elapsed_time_s": "float64",
    "distance_m": "float64",
    "ascent_m": "float64",
    # Load and intensity, from the session's heart rate and the athlete's values on that day (analysis.load).
    "trimp_banister": "float64",
    "heart_rate_zone_1_s": "float64",
    "heart_rate_zone_2_s": "float64",
    "heart_rate_zone_3_s": "float64",
    "heart_rate_zone_4_s": "float64",
    "heart_rate_zone_5_s": "float64",
    # Share of timer time, 0 to 1, with a plausible heart rate.
    "heart_rate_coverage": "float64",
    "average_heart_rate_bpm": "float64",
    "max_30s_heart_rate_bpm": "float64",
    "average_speed_mps": "float64",
    "average_cadence_spm": "float64",
    "average_ground_contact_time_ms": "float64",
    "average_vertical_oscillation_mm": "float64",
    "average_step_length_mm": "float64",
}
"""Columns of `History.activities`, one row each activity that counts (no duplicates, none excluded)."""

LOG_COLUMNS: Final[Mapping[str, str]] = {
    "date": "datetime64[ms]",
    "kind": "object",
    "value": "float64",
    "body_site": "object",
    "side": "object",
    "activity_id": "object",
    "text": "object",
}
TAG_COLUMNS: Final[Mapping[str, str]] = {"date": "datetime64[ms]", "activity_id": "object", "tag": "object"}
GEAR_COLUMNS: Final[Mapping[str, str]] = {
    "gear_id": "object",
    "kind": "object",
    "name": "object",
    "since": "datetime64[ms]",
    "retired": "datetime64[ms]",
    "distance_m": "float64",
}
HISTORY_SET_COLUMNS: Final[Mapping[str, str]] = {"activity_id": "object", "local_date": "datetime64[ms]", **SET_COLUMNS}


@dataclass(frozen=True, eq=False)
class History:
    """One athlete's past, as tables.

    Parameters
    ----------
    athlete
        The person and their dated values; ``heart_rate`` values used for the loads are among them, with origin.
    activities
        `ACTIVITY_COLUMNS`, sorted by ``start_time``.
    days
        One row a local date from the first activity to the last day; see `stridelab.analysis.days`.
    sets
        Strength sets with the activity they belong to.
    wellness
        Long table of `stridelab.activity.WELLNESS_COLUMNS`.
    log, tags, gear
        What the athlete wrote.
    settings
        The user's thresholds and switches for rules; empty is the published defaults.
    """

    athlete: Athlete
    activities: pd.DataFrame = field(default_factory=lambda: empty_table(ACTIVITY_COLUMNS))
    days: pd.DataFrame = field(default_factory=pd.DataFrame)
    sets: pd.DataFrame = field(default_factory=lambda: empty_table(HISTORY_SET_COLUMNS))
    wellness: pd.DataFrame = field(default_factory=lambda: empty_table(WELLNESS_COLUMNS))
    log: pd.DataFrame = field(default_factory=lambda: empty_table(LOG_COLUMNS))
    tags: pd.DataFrame = field(default_factory=lambda: empty_table(TAG_COLUMNS))
    gear: pd.DataFrame = field(default_factory=lambda: empty_table(GEAR_COLUMNS))
    settings: Mapping[str, Any] = field(default_factory=dict)


MIN_HEART_RATE_COVERAGE: Final = 0.5
"""With a heart rate over less of its time than this, a session gets no heart-rate load: NaN, not a small number.

A convention of this project. Above it the load is that of the time with a heart rate; nothing is filled in.
"""


def build_history(
    athlete: Athlete,
    sessions: pd.DataFrame,
    heart_rate_seconds: npt.NDArray[np.float64],
    *,
    sets: pd.DataFrame | None = None,
    wellness: pd.DataFrame | None = None,
    log: pd.DataFrame | None = None,
    tags: pd.DataFrame | None = None,
    gear: pd.DataFrame | None = None,
    settings: Mapping[str, Any] | None = None,
    until: date | None = None,
) -> History:
    """A history from sessions and what the athlete wrote: loads, zones, heart-rate limits and days are computed here.

    Parameters
    ----------
    athlete
        Values as given or read; missing heart-rate limits are estimated or assumed, and labelled so.
    sessions
        One row an activity that counts, from `stridelab.analysis.session.session_row`.
    heart_rate_seconds
        Shape ``(n_sessions, 256)``, from `stridelab.analysis.session.heart_rate_seconds`, in the order of ``sessions``.
    sets, wellness, log, tags, gear, settings
        See `History`; None is none.
    until
        Last day; by default that of the last activity. What comes after it is left out.
    """
    wellness = empty_table(WELLNESS_COLUMNS) if wellness is None else wellness
    log = empty_table(LOG_COLUMNS) if log is None else log
    order = np.argsort(sessions["start_time"].to_numpy(), kind="stable") if len(sessions) else np.array([], dtype=int)
    activities, histograms = typed_activities(sessions.iloc[order]), heart_rate_seconds[order]
    if until is not None:
        kept = (activities["local_date"] <= pd.Timestamp(until)).to_numpy()
        activities, histograms = activities[kept].reset_index(drop=True), histograms[kept]
    last = until or (activities["local_date"].max().date() if len(activities) else date.min)
    athlete = with_heart_rate_limits(athlete, activities, wellness, on=last)
    activities = _with_loads(activities, histograms, athlete)
    return History(
        athlete=athlete,
        activities=activities,
        days=daily_table(activities, wellness, log, until=until),
        sets=empty_table(HISTORY_SET_COLUMNS) if sets is None else sets,
        wellness=wellness,
        log=log,
        tags=empty_table(TAG_COLUMNS) if tags is None else tags,
        gear=empty_table(GEAR_COLUMNS) if gear is None else gear,
        settings={} if settings is None else settings,
    )


def typed_activities(sessions: pd.DataFrame) -> pd.DataFrame:
    """A table with exactly `ACTIVITY_COLUMNS` and their dtypes; what is missing is NaN or None."""
    table = sessions.reindex(columns=list(ACTIVITY_COLUMNS)).reset_index(drop=True).astype(dict(ACTIVITY_COLUMNS))
    text = [name for name, dtype in ACTIVITY_COLUMNS.items() if dtype == "object"]
    table[text] = table[text].astype(object).where(table[text].notna(), None)
    return table


def _with_loads(activities: pd.DataFrame, histograms: npt.NDArray[np.float64], athlete: Athlete) -> pd.DataFrame:
    """TRIMP and zones of every session: one product of histograms and weights for each set of athlete values."""
    n = len(activities)
    beats = np.arange(histograms.shape[1], dtype=np.float64)
    trimp, zones = np.full(n, np.nan), np.full((n, 5), np.nan)
    days = [stamp.date() for stamp in activities["local_date"]]
    values = pd.DataFrame(
        {
            "resting": [athlete.number("resting_heart_rate_bpm", day) for day in days],
            "maximal": [athlete.number("max_heart_rate_bpm", day) for day in days],
            "sex": [athlete.text("sex", day) or "unspecified" for day in days],
        }
    )
    recorded = (activities["heart_rate_coverage"] >= MIN_HEART_RATE_COVERAGE).to_numpy()
    for _, same in values.groupby(["resting", "maximal", "sex"]):
        rows = same.index.to_numpy()
        resting, maximal, sex = same.iloc[0]
        weight = banister_weight_per_min(beats, resting_heart_rate_bpm=resting, max_heart_rate_bpm=maximal, sex=sex)
        trimp[rows] = histograms[rows] @ weight / 60
        in_zone = np.equal.outer(zone_of(beats, max_heart_rate_bpm=maximal), np.arange(1, 6)).astype(np.float64)
        zones[rows] = histograms[rows] @ in_zone
    activities = activities.copy()
    activities["trimp_banister"] = np.where(recorded, trimp, np.nan)
    activities[list(ZONE_COLUMNS)] = np.where((histograms.sum(axis=1) > 0)[:, None], zones, np.nan)
    return activities
