"""`History`: all that rules, reports, plans and dashboards see of an athlete.

Tables in, tables out; nothing here reads a file or a store. Days and findings are computed from it, never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from stridelab.activity import SET_COLUMNS, UTC_MS, WELLNESS_COLUMNS, empty_table
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
