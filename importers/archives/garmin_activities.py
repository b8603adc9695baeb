"""What a Garmin account export says of activities: their totals, the gear that was worn, personal records.

Units are those found in real exports: milliseconds, centimetres, tenths of m/s, and calories times 4.19002.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from stridelab.activity import (
    GEAR_ACTIVITY_COLUMNS,
    PERSONAL_RECORD_COLUMNS,
    SERVICE_GEAR_COLUMNS,
    Activity,
    ReadResult,
    Source,
    empty_table,
)
from stridelab.importers.archives.sports import sport_of
from stridelab.importers.archives.summaries import summaries_result, summary_activity
from stridelab.importers.archives.values import day, moment, number, records, text, within

KJ_PER_KCAL: Final = 4.19002
"""``calories`` over this gives kcal (checked on a real record)."""

_QUARTER_HOUR_MS: Final = 900_000
_MAX_OFFSET_MS: Final = 14 * 3_600_000
_CONTAINER: Final = "multi_sport"

# Totals under FIT's names for a session, with the factor to FIT's unit (bpm, m/s, strides/min, mm, ms, %).
_TOTALS: Final = (
    ("avgHr", "avg_heart_rate", 1.0),
    ("maxHr", "max_heart_rate", 1.0),
    ("calories", "total_calories", 1 / KJ_PER_KCAL),
    ("avgSpeed", "enhanced_avg_speed", 10.0),
    ("maxSpeed", "enhanced_max_speed", 10.0),
    ("avgGradeAdjustedSpeed", "avg_grade_adjusted_speed", 10.0),
    ("avgPower", "avg_power", 1.0),
    ("maxPower", "max_power", 1.0),
    ("normPower", "normalized_power", 1.0),
    ("avgRunCadence", "avg_running_cadence", 1.0),
    ("maxRunCadence", "max_running_cadence", 1.0),
    ("avgVerticalOscillation", "avg_vertical_oscillation", 10.0),
    ("avgGroundContactTime", "avg_stance_time", 1.0),
    ("avgVerticalRatio", "avg_vertical_ratio", 1.0),
    ("avgStrideLength", "avg_step_length", 10.0),
    ("minElevation", "enhanced_min_altitude", 0.01),
    ("maxElevation", "enhanced_max_altitude", 0.01),
    ("aerobicTrainingEffect", "total_training_effect", 1.0),
    ("anaerobicTrainingEffect", "total_anaerobic_training_effect", 1.0),
    ("activityTrainingLoad", "training_load_peak", 1.0),
    ("vO2MaxValue", "device:vo2max_mlkgmin", 1.0),
    ("workoutRpe", "workout_rpe", 1.0),
    ("workoutFeel", "workout_feel", 1.0),
    ("differenceBodyBattery", "difference_body_battery", 1.0),
    ("steps", "total_steps", 1.0),
    ("avgRespirationRate", "enhanced_avg_respiration_rate", 1.0),
)


def summarized_activities(value: Any, source: Source) -> ReadResult:
    """The totals of every activity; containers of a multisport are left out, or their legs would count twice."""
    found: list[Activity] = []
    skipped = 0
    for position, item in enumerate(_summarized(value)):
        kind = item.get("activityType")
        name = text(kind if isinstance(kind, str) else within(kind, "typeKey"))
        if item.get("parent") is True or name == _CONTAINER:
            continue
        activity = _activity(item, name or text(item.get("sportType")), source, position)
        if activity is None:
            skipped += 1
        else:
            found.append(activity)
    return summaries_result(source, found, skipped=skipped)


def _summarized(value: Any) -> Iterator[dict[str, Any]]:
    """Activities however they are wrapped: in an object in a list, in an object, or as a bare list."""
    for item in records(value):
        if "summarizedActivitiesExport" in item:
            yield from records(item["summarizedActivitiesExport"])
        elif "activityId" in item:
            yield item


def _activity(item: dict[str, Any], sport: str, source: Source, position: int) -> Activity | None:
    begin = item.get("beginTimestamp") if moment(item.get("beginTimestamp")) else item.get("startTimeGmt")
    start = moment(begin)
    if start is None:
        return None
    summary: dict[str, Any] = {name: number(item.get(key)) * factor for key, name, factor in _TOTALS}
    for zone in range(7):
        summary[f"time_in_heart_rate_zone_{zone}_s"] = number(item.get(f"hrTimeInZone_{zone}")) / 1000
    summary["exercise_sets"] = [
        {
            "category": text(one.get("category")),
            "exercise": text(one.get("subCategory")),
            "sets": number(one.get("sets")),
            "repetitions": number(one.get("reps")),
            "max_weight_kg": number(one.get("maxWeight")) / 1000,
            "duration_s": number(one.get("duration")) / 1000,
        }
        for one in records(item.get("summarizedExerciseSets"))
    ]
    elapsed_s = number(item.get("elapsedDuration")) / 1000
    timer_s = number(item.get("duration")) / 1000
    service_id = number(item.get("activityId"))
    return summary_activity(
        source,
        position,
        start,
        sport=sport_of(sport),
        title=text(item.get("name")),
        service_id=f"garmin:{service_id:.0f}" if math.isfinite(service_id) else "",
        utc_offset_s=_offset_s(begin, item.get("startTimeLocal")),
        numbers={
            "timer_time_s": timer_s,
            "elapsed_time_s": elapsed_s if math.isfinite(elapsed_s) else timer_s,
            "distance_m": number(item.get("distance")) / 100,
            "ascent_m": number(item.get("elevationGain")) / 100,
            "descent_m": number(item.get("elevationLoss")) / 100,
        },
        summary=summary,
    )


def _offset_s(begin: Any, local: Any) -> int | None:
    """Offset of the local clock by the two times, to a quarter of an hour; None where they are no such pair."""
    between = number(local) - number(begin)
    if not abs(between) <= _MAX_OFFSET_MS:
        return None
    return round(between / _QUARTER_HOUR_MS) * (_QUARTER_HOUR_MS // 1000)


def gear(value: Any, source: Source) -> ReadResult:
    """Shoes and other gear, and the activities each was used in; their distance is summed by the store."""
    pieces: list[dict[str, Any]] = []
    used: list[dict[str, Any]] = []
    for item in records(value):
        for one in records(item.get("gearDTOS")):
            key = number(one.get("gearPk"))
            if not math.isfinite(key):
                continue
            made = " ".join(filter(None, (text(one.get("gearMakeName")), text(one.get("gearModelName")))))
            status = text(one.get("gearStatusName")).lower()
            began, ended = day(one.get("dateBegin")), day(one.get("dateEnd"))
            pieces.append(
                {
                    "gear_id": f"garmin-{key:.0f}",
                    "kind": text(one.get("gearTypeName")).lower() or "other",
                    "name": text(one.get("customMakeModel")) or text(one.get("displayName")) or made or f"{key:.0f}",
                    "since": began,
                    "retired": (ended or began) if status == "retired" else None,
                }
            )
        activities = item.get("gearActivityDTOs")
        for key_text, entries in activities.items() if isinstance(activities, dict) else ():
            for entry in records(entries):
                activity = number(entry.get("activityId"))
                if math.isfinite(activity):
                    used.append({"gear_id": f"garmin-{key_text}", "service_id": f"garmin:{activity:.0f}"})
    return ReadResult(
        source=source,
        kind="gear",
        gear=_table(pieces, SERVICE_GEAR_COLUMNS),
        gear_activities=_table(used, GEAR_ACTIVITY_COLUMNS),
    )


def personal_records(value: Any, source: Source) -> ReadResult:
    """The records that still hold: seconds where the label says "Best", metres where it says "Farthest"."""
    rows: list[dict[str, Any]] = []
    for item in records(value):
        for one in records(item.get("personalRecords", [item])):
            label, amount = text(one.get("personalRecordType")), number(one.get("value"))
            if one.get("current") is False or not label or not math.isfinite(amount):
                continue
            activity = number(one.get("activityId"))
            rows.append(
                {
                    "label": label,
                    "value": amount,
                    "unit": _record_unit(label),
                    "start_time": moment(one.get("prStartTimeGMT")),
                    "service_id": f"garmin:{activity:.0f}" if math.isfinite(activity) else "",
                }
            )
    return ReadResult(source=source, kind="personal_records", personal_records=_table(rows, PERSONAL_RECORD_COLUMNS))


def _record_unit(label: str) -> str:
    lowered = label.lower()
    return "s" if lowered.startswith("best") else "m" if lowered.startswith(("farthest", "longest")) else ""


def _table(rows: list[dict[str, Any]], columns: dict[str, str]) -> pd.DataFrame:
    if not rows:
        return empty_table(columns)
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=dtype) for name, dtype in columns.items()})
