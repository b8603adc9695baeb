"""The JSON of a Garmin account export: every unit, every shape, every trap that was seen in a real one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stridelab as sl
from stridelab.activity import ReadResult
from stridelab.errors import NotRecognisedError, ReadError
from stridelab.pipeline import derive

RUN: dict[str, Any] = {
    "activityId": 1.2345678e10,
    "name": "Zürich Running",
    "activityType": "trail_running",
    "beginTimestamp": 1_780_000_000_000,
    "startTimeGmt": 1_780_000_000_000,
    "startTimeLocal": 1_780_007_200_000,
    "duration": 3_600_000.5,
    "elapsedDuration": 3_700_000,
    "distance": 1_234_567.0,
    "elevationGain": 12_300.0,
    "elevationLoss": 11_100.0,
    "avgSpeed": 0.34,
    "avgHr": 150,
    "calories": 419.002,
    "avgStrideLength": 110.0,
    "avgVerticalOscillation": 8.4,
    "avgGroundContactTime": 245.0,
    "hrTimeInZone_1": 60_000,
    "workoutRpe": 70,
    "vO2MaxValue": 52.0,
    "summarizedExerciseSets": [{"category": "SQUAT", "sets": 3, "reps": 30, "maxWeight": 80_000, "duration": 90_000}],
}


def read(value: Any) -> ReadResult:
    return sl.read(json.dumps(value).encode(), name="whatever.json")


def values(result: ReadResult) -> dict[tuple[str, str, str, str], float]:
    """Metric, day, context and source of every value."""
    table = result.wellness
    keys = zip(
        table["metric"], table["local_date"].dt.strftime("%Y-%m-%d"), table["context"], table["source"], strict=True
    )
    return dict(zip(keys, table["value"].tolist(), strict=True))


@pytest.mark.parametrize("wrapped", ["export", "object", "bare list"])
def test_totals_in_their_units_however_they_are_wrapped(wrapped: str) -> None:
    shapes: dict[str, Callable[[Any], Any]] = {
        "export": lambda one: [{"summarizedActivitiesExport": [one]}],
        "object": lambda one: {"summarizedActivitiesExport": [one]},
        "bare list": lambda one: [one],
    }
    result = read(shapes[wrapped](RUN))
    (activity,) = result.activities
    assert result.kind == "activity_summaries"
    assert (activity.sport, activity.sub_sport, activity.title) == ("running", "trail", "Zürich Running")
    assert activity.start_time == datetime.fromtimestamp(1_780_000_000, UTC)
    assert activity.utc_offset_s == 7200
    assert activity.timer_time_s == pytest.approx(3600.0005)
    assert activity.elapsed_time_s == 3700
    assert activity.distance_m == pytest.approx(12_345.67)
    assert (activity.ascent_m, activity.descent_m) == (123.0, 111.0)
    summary = activity.summary
    assert summary["enhanced_avg_speed"] == pytest.approx(3.4)
    assert summary["total_calories"] == pytest.approx(100.0)
    assert summary["avg_step_length"] == pytest.approx(1100.0)
    assert summary["avg_vertical_oscillation"] == pytest.approx(84.0)
    assert summary["avg_stance_time"] == 245
    assert summary["time_in_heart_rate_zone_1_s"] == 60
    assert summary["exercise_sets"][0]["max_weight_kg"] == 80
    assert summary["service_id"] == "garmin:12345678000"
    assert activity.records.empty
    assert "totals" in activity.provenance["records"]


def test_a_time_may_be_written_with_an_exponent_and_the_local_time_may_be_missing() -> None:
    (activity,) = read([{**RUN, "beginTimestamp": "1.78E12", "startTimeLocal": None}]).activities
    assert activity.start_time == datetime.fromtimestamp(1_780_000_000, UTC)
    assert activity.utc_offset_s is None


def test_what_is_missing_stays_missing_and_what_has_no_start_is_left_out() -> None:
    bare = {"activityId": 1, "activityType": {"typeKey": "lap_swimming"}, "beginTimestamp": 1.78e12}
    result = read([{"summarizedActivitiesExport": [bare, {"activityId": 2, "activityType": "running"}]}])
    (activity,) = result.activities
    assert activity.family == "swim"
    assert np.isnan([activity.distance_m, activity.timer_time_s, activity.ascent_m]).all()
    assert "1 entries" in result.issues[0].message


def test_containers_of_a_multisport_are_left_out() -> None:
    legs = [{**RUN, "activityId": n} for n in (2, 3)]
    box = {**RUN, "activityType": "multi_sport"}
    assert len(read([{"summarizedActivitiesExport": [box, {**RUN, "parent": True}, *legs]}]).activities) == 2


def test_days_keep_both_resting_heart_rates_apart() -> None:
    day = {
        "calendarDate": "2026-05-04",
        "totalSteps": 9000,
        "restingHeartRate": 51,
        "currentDayRestingHeartRate": 49,
        "moderateIntensityMinutes": 10,
        "vigorousIntensityMinutes": 5,
        "allDayStress": {
            "aggregatorList": [
                {"type": "AWAKE", "averageStressLevel": 44},
                {"type": "TOTAL", "averageStressLevel": 30},
            ]
        },
        "bodyBattery": {"bodyBatteryStatList": [{"bodyBatteryStatType": "HIGHEST", "statsValue": 90}]},
    }
    nothing = {
        "calendarDate": {"date": "May 5, 2026 12:00:00 AM"},
        "totalSteps": 0,
        "restingHeartRate": None,
        "allDayStress": {"aggregatorList": [{"type": "TOTAL", "averageStressLevel": -2}]},
    }
    found = values(read([day, nothing]))
    account = "garmin connect"
    assert found == {
        ("steps", "2026-05-04", "day", account): 9000,
        ("resting_heart_rate_bpm", "2026-05-04", "day", account): 49,
        ("resting_heart_rate_bpm", "2026-05-04", "day", "garmin connect, mean of 7 days"): 51,
        ("intensity_minutes", "2026-05-04", "day", account): 20,
        ("stress_avg", "2026-05-04", "day", account): 30,
        ("body_battery_max", "2026-05-04", "day", account): 90,
    }


def test_nights_that_were_not_confirmed_are_left_out_and_a_tail_without_a_date_does_no_harm() -> None:
    night = {
        "calendarDate": "2026-05-04",
        "sleepStartTimestampGMT": "2026-05-03T20:28:00.0",
        "sleepEndTimestampGMT": "2026-05-04T04:28:00.0",
        "sleepWindowConfirmationType": "ENHANCED_CONFIRMED_FINAL",
        "deepSleepSeconds": 3600,
        "lightSleepSeconds": 18_000,
        "remSleepSeconds": 3600,
        "awakeSleepSeconds": 1800,
        "sleepScores": {"overallScore": 81},
    }
    others = [{**night, "calendarDate": f"2026-05-0{n}", "sleepWindowConfirmationType": why} for n, why in NOT_SLEPT]
    result = read([night, *others, {"retro": False}])
    assert values(result) == {
        ("sleep_duration_h", "2026-05-04", "night", "garmin connect"): 7.0,
        ("sleep_score", "2026-05-04", "night", "garmin connect"): 81,
    }
    assert str(result.wellness["time"].iloc[0]) == "2026-05-04 04:28:00+00:00"


NOT_SLEPT = [(5, "UNCONFIRMED"), (6, "OFF_WRIST")]


def test_health_readiness_load_and_oxygen_uptake() -> None:
    health = {"calendarDate": "2026-05-04", "metrics": [{"type": "HRV", "value": 60.0}, {"type": "HRV"}, {"type": "X"}]}
    assert list(values(read([health])).values()) == [60.0]
    assert values(read([{**health, "metrics": [{"type": "HRV", "value": 511}]}])) == {}

    ready = {"calendarDate": "2026-05-04", "level": "HIGH", "inputContext": "AFTER_WAKEUP_RESET", "recoveryTime": 90}
    later = {**ready, "inputContext": "UPDATE_REALTIME_VARIABLES", "score": 20}
    found = values(read([later, {**ready, "score": 80}, later]))
    assert {key[0]: value for key, value in found.items()} == {"device_readiness": 80, "device_recovery_time_h": 1.5}

    label = 1_777_852_800_000  # midnight of 4 May 2026 in UTC
    load = [{"calendarDate": label, "timestamp": label + n, "dailyTrainingLoadAcute": n} for n in (5, 9, 7)]
    assert values(read(load)) == {("device_acute_load", "2026-05-04", "day", "garmin connect"): 9}

    met = {"calendarDate": "2026-05-04", "sport": "CYCLING", "vo2MaxValue": 60.0}
    assert list(values(read([met, {**met, "sport": "RUNNING", "vo2MaxValue": 52.0}])).values()) == [52.0]


def test_scores_of_the_device_are_read_and_other_known_kinds_counted() -> None:
    label = 1_777_852_800_000  # midnight of 4 May 2026 in UTC
    score = [{"calendarDate": label, "timestamp": label + n, "overallScore": 5000 + n} for n in (5, 9, 7)]
    assert values(read(score)) == {("device_endurance_score", "2026-05-04", "day", "garmin connect"): 5009}
    hill = {"calendarDate": label, "timestamp": label, "overallScore": 44, "strengthScore": 12, "enduranceScore": 30}
    assert values(read([hill])) == {("device_hill_score", "2026-05-04", "day", "garmin connect"): 44}
    for kind, item in (
        ("hydration", {"valueInML": 500.0}),
        ("training_history", {"trainingStatus": "PRODUCTIVE"}),
        ("acclimation", {"altitudeAcclimation": 100}),
    ):
        counted = derive("DI_CONNECT/x.json", json.dumps([{"calendarDate": "2026-05-04", **item}]).encode())
        assert (counted.outcome, counted.kind) == ("not_of_interest", kind)


def test_gear_names_its_activities() -> None:
    result = read(
        [
            {
                "gearDTOS": [
                    {
                        "gearPk": 7,
                        "gearTypeName": "Shoes",
                        "customMakeModel": "Old pair",
                        "gearStatusName": "retired",
                        "dateBegin": "2024-01-02T00:00:00.0",
                        "dateEnd": "2025-01-02T00:00:00.0",
                    }
                ],
                "gearActivityDTOs": {"7": [{"activityId": 12, "gearPk": 7}]},
            }
        ]
    )
    (shoe,) = result.gear.to_dict("records")
    assert (shoe["gear_id"], shoe["kind"], shoe["name"]) == ("garmin-7", "shoes", "Old pair")
    assert (shoe["since"].date(), shoe["retired"].date()) == (date(2024, 1, 2), date(2025, 1, 2))
    assert result.gear_activities.to_dict("records") == [{"gear_id": "garmin-7", "service_id": "garmin:12"}]


def test_the_units_of_records_follow_their_labels() -> None:
    record = {"prStartTimeGMT": "Tue Nov 25 15:12:58 GMT 2025", "activityId": 3, "current": True}
    rows = [
        {**record, "personalRecordType": "Best 5K Run", "value": 1290.5},
        {**record, "personalRecordType": "Farthest Run", "value": 42_195.0},
        {**record, "personalRecordType": "Best 5K Run", "value": 1400.0, "current": False},
    ]
    found = read([{"personalRecords": rows}]).personal_records
    assert found[["value", "unit"]].to_numpy().tolist() == [[1290.5, "s"], [42_195.0, "m"]]
    assert str(found["start_time"].iloc[0]) == "2025-11-25 15:12:58+00:00"


def test_the_athlete_in_si_units_and_only_where_something_changes() -> None:
    def entry(day: int, grams: float) -> dict[str, Any]:
        return {
            "metaData": {"calendarDate": f"2026-05-0{day}T06:00:00.0"},
            "weight": {"weight": grams},
            "height": 178.0,
        }

    log = read([entry(3, 71_000), entry(1, 72_000), entry(2, 72_000), {"metaData": {}, "weight": 1}])
    got = [(value.quantity, value.value, value.valid_from) for value in log.athlete_values]
    assert got == [
        ("height_m", 1.78, date(2026, 5, 1)),
        ("mass_kg", 72.0, date(2026, 5, 1)),
        ("mass_kg", 71.0, date(2026, 5, 3)),
    ]
    assert sorted(log.wellness["value"]) == [71.0, 72.0, 72.0]
    person = read({"gender": "FEMALE", "birthDate": "1984-06-01", "emailAddress": "a@example.org"})
    assert [(v.quantity, v.value) for v in person.athlete_values] == [("sex", "female"), ("birth_year", 1984.0)]
    zones = read([{"sport": "DEFAULT", "maxHeartRateUsed": 189, "lactateThresholdHeartRateUsed": None}])
    assert [(v.quantity, v.value) for v in zones.athlete_values] == [("max_heart_rate_bpm", 189.0)]
    power = [{"sport": "CYCLING", "functionalThresholdPower": 250.0}, {"sport": "RUNNING", "zone1Floor": 1.0}]
    assert read(power).athlete_values == ()


def test_other_json_is_told_apart_and_damaged_json_says_so() -> None:
    for other in ([{"retro": False}], {"posts": []}, [], {}, [1, 2]):
        with pytest.raises(NotRecognisedError, match="a JSON"):
            read(other)
        counted = derive("DI_CONNECT/other.json", json.dumps(other).encode())
        assert (counted.outcome, counted.kind) == ("not_of_interest", "other JSON")
    # A known key in another kind of document.
    assert read([{"calendarDate": "2026-05-01"}]).kind == "other JSON"
    whole = json.dumps([{"summarizedActivitiesExport": [RUN]}]).encode()
    with pytest.raises(ReadError, match="damaged JSON"):
        sl.read(whole[:-20])
    with pytest.raises(ReadError, match="damaged JSON"):
        sl.read(b'[{"gearDTOS":' + b"[" * 200_000)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_KEYS = [
    *RUN,
    *"calendarDate totalSteps allDayStress bodyBattery metrics gearDTOS gearActivityDTOs personalRecords".split(),
    *"sleepScores deepSleepSeconds recoveryTime score dailyTrainingLoadAcute timestamp vo2MaxValue sport".split(),
    *"raceTime5K functionalThresholdPower maxHeartRateUsed metaData weight height gender birthDate".split(),
    *"summarizedActivitiesExport sleepStartTimestampGMT sleepEndTimestampGMT inputContext level zone1Floor".split(),
]


@given(st.lists(st.dictionaries(st.sampled_from(_KEYS), _ANYTHING, max_size=8), max_size=3))
def test_values_of_any_kind_in_any_place_never_fail(value: Any) -> None:
    try:
        result = read(value)
    except NotRecognisedError:
        return  # no key in it is one of the keys that a document is known by
    assert result.wellness["value"].notna().all()
    assert all(activity.start_time.tzinfo for activity in result.activities)
