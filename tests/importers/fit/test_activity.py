"""FIT messages to activities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import Activity
from stridelab.errors import ReadError
from stridelab.fixtures import encode_fit, simulate_activities, write_fit
from stridelab.importers import read, read_activity
from stridelab.issues import IssueCode

START = pd.Timestamp("2026-06-01 06:00", tz="UTC")


def at(second: float) -> pd.Timestamp:
    return START + pd.Timedelta(seconds=second)


def records(seconds: range | list[int], **fields: Any) -> list[dict[str, Any]]:
    return [
        {"timestamp": at(s), "heart_rate": 140, "distance": 3.0 * s, "speed": 3.0} | {k: v for k, v in fields.items()}
        for s in seconds
    ]


def session(start: float = 0, length: float = 60, **fields: Any) -> dict[str, Any]:
    row = {"timestamp": at(start + length), "start_time": at(start), "total_elapsed_time": length}
    return row | {"total_timer_time": length, "sport": "running", "sub_sport": "generic"} | fields


def file(*messages: tuple[str, list[dict[str, Any]]], kind: str = "activity") -> bytes:
    return encode_fit([("file_id", [{"type": kind, "manufacturer": "development"}]), *messages])


def test_a_session_with_its_records_is_an_activity() -> None:
    run = read_activity(file(("record", records(range(60))), ("session", [session(total_distance=180.5)])))
    assert (run.sport, run.family, run.start_time) == ("running", "run", START.to_pydatetime())
    assert (run.timer_time_s, run.distance_m, len(run.records)) == (60.0, 180.5, 60)
    assert str(run.records.index.dtype) == "datetime64[ms, UTC]"
    assert run.records["speed_mps"].tolist() == [3.0] * 60
    assert run.sample_durations_s.sum() == 60.0
    assert run.parent_id is None


def test_the_same_bytes_give_the_same_id_and_others_another() -> None:
    data = file(("record", records(range(5))), ("session", [session()]))
    other = file(("record", records(range(6))), ("session", [session()]))
    assert read_activity(data).id == read_activity(data).id
    assert read_activity(data).id != read_activity(other).id
    assert len(read_activity(data).id) == 16


def test_timer_events_make_pauses_and_the_last_stop_is_the_end() -> None:
    kinds = [(0, "start"), (20, "stop_all"), (50, "start"), (60, "stop_all"), (80, "start"), (100, "stop_all")]
    events = [{"timestamp": at(s), "event": "timer", "event_type": kind} for s, kind in kinds]
    seconds = [*range(20), *range(50, 60), *range(80, 100)]
    run = read_activity(file(("event", events), ("record", records(seconds)), ("session", [session(length=100)])))
    assert run.pauses["start"].tolist() == [at(20), at(60)]
    assert run.pauses["end"].tolist() == [at(50), at(80)]
    assert run.sample_durations_s.sum() == pytest.approx(50)


@pytest.mark.parametrize(
    ("sport", "cadence", "expected", "word"),
    [
        ("running", 82, 164.0, "doubled"),
        ("running", 110, 220.0, "doubled"),
        ("running", 168, 168.0, "as in the file"),
        ("walking", 55, 110.0, "doubled"),
        ("walking", 104, 104.0, "as in the file"),
    ],
)
def test_cadence_of_foot_sports_is_both_feet(sport: str, cadence: int, expected: float, word: str) -> None:
    run = read_activity(file(("record", records(range(5), cadence=cadence)), ("session", [session(sport=sport)])))
    assert run.records["cadence_spm"].tolist() == [expected] * 5
    assert word in run.provenance["cadence_spm"]


def test_cadence_of_a_ride_stays_in_turns() -> None:
    ride = read_activity(file(("record", records(range(5), cadence=82)), ("session", [session(sport="cycling")])))
    assert ride.records["cadence_rpm"].tolist() == [82.0] * 5
    assert "cadence_spm" not in ride.records


def test_legs_of_a_multisport_file_are_activities_with_one_parent() -> None:
    legs = [session(0, 60, sport="swimming"), session(60, 30, sport="transition"), session(90, 60, sport="running")]
    events = [{"timestamp": at(s), "event": "timer", "event_type": k} for s, k in ((100, "stop"), (110, "start"))]
    result = read(file(("record", records(range(150))), ("event", events), ("session", legs)))
    assert [leg.sport for leg in result.activities] == ["swimming", "transition", "running"]
    assert [len(leg.records) for leg in result.activities] == [60, 30, 60]
    assert len({leg.parent_id for leg in result.activities}) == 1
    assert len({leg.id for leg in result.activities}) == 3
    assert [len(leg.pauses) for leg in result.activities] == [0, 0, 1]
    assert result.activities[2].records["distance_m"].iloc[0] == 0.0


def test_records_without_a_session_are_an_activity_that_says_so() -> None:
    run = read_activity(file(("record", records(range(30)))))
    assert run.timer_time_s == 30.0
    assert run.distance_m == pytest.approx(87.0)
    assert IssueCode.NO_SESSION in [issue.code for issue in run.issues]


def test_equal_backward_and_missing_times_are_put_right_and_counted() -> None:
    rows = records([0, 1, 2, 5, 4, 3, 3, 6])
    rows[6]["heart_rate"] = 150
    rows.append({"heart_rate": 99})
    run = read_activity(file(("record", rows), ("session", [session()])))
    assert [(t - START).total_seconds() for t in run.records.index] == [0, 1, 2, 3, 4, 5, 6]
    assert run.records["heart_rate_bpm"].loc[at(3)] == 150
    found = {issue.code for issue in run.issues}
    assert {IssueCode.NO_TIME, IssueCode.DUPLICATE_TIME, IssueCode.TIME_BACKWARDS} <= found


def test_implausible_values_are_masked_and_counted() -> None:
    rows = records(range(10))
    rows[3]["heart_rate"], rows[4]["speed"] = 2, 65.0
    run = read_activity(file(("record", rows), ("session", [session()])))
    assert np.isnan(run.records["heart_rate_bpm"].iloc[3])
    assert np.isnan(run.records["speed_mps"].iloc[4])
    assert [i.code for i in run.issues].count(IssueCode.IMPLAUSIBLE_VALUE) == 2


def test_a_corrupt_time_decades_away_does_not_stretch_the_run() -> None:
    rows = [*records(range(30)), {"timestamp": pd.Timestamp("2062-10-20", tz="UTC"), "distance": 952312.0}]
    run = read_activity(file(("record", rows)))
    assert (run.elapsed_time_s, run.distance_m) == (29.0, 87.0)
    assert IssueCode.IMPLAUSIBLE_VALUE in [issue.code for issue in run.issues]


def test_an_impossible_total_of_the_device_is_not_believed() -> None:
    run = read_activity(file(("record", records(range(60))), ("session", [session(total_distance=900000.0)])))
    assert run.distance_m == pytest.approx(177.0)


def test_local_time_is_the_files_own_else_by_position() -> None:
    base = [("record", records(range(5), position_lat=47.37, position_long=8.54)), ("session", [session()])]
    by_place = read_activity(file(*base))
    assert (by_place.utc_offset_s, by_place.timezone, by_place.timezone_source) == (7200, "Europe/Zurich", "position")
    local = pd.Timestamp("2026-06-01 09:31:02")
    by_file = read_activity(file(*base, ("activity", [{"timestamp": at(60), "local_timestamp": local}])))
    assert (by_file.utc_offset_s, by_file.timezone_source) == (3 * 3600 + 1800, "file")
    unknown = read_activity(file(("record", records(range(5))), ("session", [session()])))
    assert (unknown.utc_offset_s, unknown.timezone_source) == (None, "unknown")


def test_what_the_watch_knows_of_its_wearer() -> None:
    profile = {"gender": "female", "weight": 61.5, "resting_heart_rate": 47, "height": 1.68}
    data = file(("user_profile", [profile]), ("zones_target", [{"max_heart_rate": 0}]), ("record", records(range(3))))
    told = {k: v for k, v in read_activity(data).summary.items() if k.startswith("athlete:")}
    assert told == {
        "athlete:sex": "female", "athlete:mass_kg": 61.5, "athlete:height_m": 1.68,
        "athlete:resting_heart_rate_bpm": 47.0,
    }  # fmt: skip


def test_the_five_movements_of_the_knee_programme_are_found() -> None:
    exercises = [("squat", 0), ("deadlift", 2), ("squat", 47), ("squat", 66), ("leg_curl", 1), ("curl", 3)]
    sets = [
        {"timestamp": at(10 * i), "start_time": at(10 * i), "duration": 40.0, "repetitions": 8, "weight": 60.0,
         "set_type": "active", "category": name, "category_subtype": number}
        for i, (name, number) in enumerate(exercises)
    ]  # fmt: skip
    gym = read_activity(file(("set", sets), ("session", [session(sport="training", sub_sport="strength_training")])))
    assert gym.family == "strength"
    assert gym.sets["movement"].tolist() == [
        "leg_press", "deadlift", "single_leg_squat", "step_up", "leg_curl", None,
    ]  # fmt: skip
    assert gym.sets["weight_kg"].tolist() == [60.0] * 6
    assert gym.sets["exercise"].iloc[0] == "leg_press"


@pytest.mark.parametrize("kind", ["workout", "course", "settings", "monitoring_b"])
def test_files_that_hold_no_activity_say_what_they_are(kind: str) -> None:
    result = read(file(kind=kind))
    assert (result.kind, result.activities) == (kind, ())


def test_a_course_with_points_is_a_plan_not_a_run() -> None:
    assert read(file(("record", records(range(30))), kind="course")).activities == ()


def test_strict_refuses_damage() -> None:
    data = file(("record", records(range(30))), ("session", [session()]))
    assert read(data, policy="strict").activities
    with pytest.raises(ReadError, match=r"cut off|missing"):
        read(data[:-30], policy="strict")


@pytest.fixture(scope="module")
def simulated() -> list[Activity]:
    """A run, a ride and a strength session of a simulated season."""
    found: dict[str, Activity] = {}
    for activity in simulate_activities("normal", 3):
        if activity.family != "run" or len(activity.pauses):
            found.setdefault(activity.family, activity)
        if {"run", "bike", "strength"} <= found.keys():
            break
    return [found[name] for name in ("run", "bike", "strength")]


def test_a_simulated_activity_comes_back_from_its_file(simulated: list[Activity]) -> None:
    for written in simulated:
        read_back = read_activity(write_fit(written))
        assert read_back.records.index.equals(written.records.index)
        assert (read_back.sport, read_back.sub_sport) == (written.sport, written.sub_sport)
        assert read_back.utc_offset_s == written.utc_offset_s
        assert read_back.distance_m == pytest.approx(written.distance_m, abs=0.01, nan_ok=True)
        assert set(read_back.records) == set(written.records)
        assert len(read_back.laps) == len(written.laps)
        pd.testing.assert_frame_equal(read_back.pauses, written.pauses)
        assert read_back.sets["movement"].tolist() == written.sets["movement"].tolist()
        for column in written.records:
            np.testing.assert_allclose(
                read_back.records[column], written.records[column], atol=1.0, rtol=0.01, err_msg=column
            )
        assert [issue for issue in read_back.issues if issue.severity != "info"] == []
