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
from stridelab.analysis.days import daily_table
from stridelab.analysis.heart_rate_limits import with_heart_rate_limits
from stridelab.analysis.pace import DURATIONS_S
from stridelab.analysis.session_loads import HEART_RATE_LOADS, OTHER_LOADS, ZONE_COLUMNS, session_loads
from stridelab.analysis.thresholds import with_threshold_speed
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
    # The shoes of a run, where they are assigned.
    "gear_id": "object",
    "average_vertical_ratio_pct": "float64",
    "average_ground_contact_balance_pct": "float64",
    "average_power_w": "float64",
    "average_temperature_c": "float64",
    "max_20min_heart_rate_bpm": "float64",
    "heart_rate_quality": "float64",
    "rpe": "float64",
    # Effort (analysis.effort). Coverage is the share of timer time that went in, 0 to 1.
    "normalized_power_w": "float64",
    "power_score_mean_w": "float64",
    "power_coverage": "float64",
    "normalized_graded_speed_mps": "float64",
    "graded_speed_coverage": "float64",
    "grade_basis": "object",
    "efficiency_factor": "float64",
    "decoupling_pct": "float64",
    # Form (analysis.form).
    "steps": "float64",
    "flat_speed_mps": "float64",
    "flat_cadence_spm": "float64",
    "flat_ground_contact_time_ms": "float64",
    "flat_vertical_ratio_pct": "float64",
    "flat_ground_contact_balance_pct": "float64",
    "ground_contact_drift_pct": "float64",
    "rearfoot_share_pct": "float64",
    "dynamics_source": "object",
    "device": "object",
    "mechanical_load_m4": "float64",
    "mechanical_load_m7": "float64",
    "mechanical_load_m10": "float64",
    "mechanical_load_basis": "object",
    "mechanical_load_coverage": "float64",
    # Loads that depend on the athlete's values of that day (analysis.session_loads).
    "trimp_edwards": "float64",
    "trimp_lucia": "float64",
    "heart_rate_tss": "float64",
    "power_tss": "float64",
    "running_tss": "float64",
    "running_power_score": "float64",
    "session_rpe_load": "float64",
    "time_over_threshold_s": "float64",
    "load": "float64",
    "load_method": "object",
    "load_uncertainty_pct": "float64",
}
"""Columns of `History.activities`, one row each activity that counts (no duplicates, none excluded)."""

DEPENDENT_COLUMNS: Final = (
    *ZONE_COLUMNS,
    *HEART_RATE_LOADS,
    *OTHER_LOADS,
    "load",
    "load_method",
    "load_uncertainty_pct",
)
"""Those of `ACTIVITY_COLUMNS` that depend on the athlete's values; the others follow from the recording alone."""

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
SNOOZE_COLUMNS: Final[Mapping[str, str]] = {
    "rule_id": "object",
    "since": "datetime64[ms]",
    "until": "datetime64[ms]",
    "why": "object",
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
    best_efforts
        Farthest distance of each activity in each of `stridelab.analysis.pace.DURATIONS_S`, shape ``(n_activities,
        n_durations)``, NaN where there is none: `stridelab.analysis.pace.all_time` of rows is a curve of their best.
    snoozes
        Rules that the athlete put to sleep for some days (`SNOOZE_COLUMNS`).
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
    best_efforts: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, len(DURATIONS_S))))
    snoozes: pd.DataFrame = field(default_factory=lambda: empty_table(SNOOZE_COLUMNS))


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
    snoozes: pd.DataFrame | None = None,
    until: date | None = None,
    best_efforts: npt.NDArray[np.float64] | None = None,
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
    sets, wellness, log, tags, gear, settings, snoozes
        See `History`; None is none.
    until
        Last day; by default that of the last activity. What comes after it is left out.
    best_efforts
        As of `History`, in the order of ``sessions``; None is none.
    """
    wellness = empty_table(WELLNESS_COLUMNS) if wellness is None else wellness
    log = empty_table(LOG_COLUMNS) if log is None else log
    order = np.argsort(sessions["start_time"].to_numpy(), kind="stable") if len(sessions) else np.array([], dtype=int)
    activities, histograms = typed_activities(sessions.iloc[order]), heart_rate_seconds[order]
    curves = np.full((len(order), len(DURATIONS_S)), np.nan) if best_efforts is None else best_efforts[order]
    if until is not None:
        kept = (activities["local_date"] <= pd.Timestamp(until)).to_numpy()
        activities, histograms, curves = activities[kept].reset_index(drop=True), histograms[kept], curves[kept]
    last = until or (activities["local_date"].max().date() if len(activities) else date.min)
    athlete = with_heart_rate_limits(athlete, activities, wellness, on=last)
    athlete = with_threshold_speed(athlete, activities["local_date"].to_numpy(), curves, on=last)
    activities = _with_rated_exertion(activities, log)
    activities = activities.assign(**session_loads(activities, histograms, athlete))
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
        best_efforts=curves,
        snoozes=empty_table(SNOOZE_COLUMNS) if snoozes is None else snoozes,
    )


def typed_activities(sessions: pd.DataFrame) -> pd.DataFrame:
    """A table with exactly `ACTIVITY_COLUMNS` and their dtypes; what is missing is NaN or None."""
    table = sessions.reindex(columns=list(ACTIVITY_COLUMNS)).reset_index(drop=True).astype(dict(ACTIVITY_COLUMNS))
    text = [name for name, dtype in ACTIVITY_COLUMNS.items() if dtype == "object"]
    table[text] = table[text].astype(object).where(table[text].notna(), None)
    return table


def _with_rated_exertion(activities: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """The athlete's own ratings in the place of the device's.

    One without an activity is of that day's session, of several the longest: it says of which as little as people do.
    """
    rated = log[(log["kind"] == "rpe") & log["value"].between(0, 10)]
    if rated.empty or activities.empty:
        return activities
    by_length = activities.sort_values("timer_time_s", na_position="first")
    longest = by_length.groupby("local_date")["activity_id"].last()
    of = rated["activity_id"].where(rated["activity_id"].notna(), rated["date"].map(longest))
    said = rated["value"].set_axis(pd.Index(of, dtype="object"))
    said = said[said.index.notna() & ~said.index.duplicated(keep="last")]
    own = activities["activity_id"].map(said).astype("float64")
    return activities.assign(rpe=own.where(own.notna(), activities["rpe"]))
