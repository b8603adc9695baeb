"""What surrounds the samples: device, sensors, estimates, workout, laps, splits, lengths, sets, positions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import Activity
from stridelab.fixtures import FitEncoder, WireField, encode_fit
from stridelab.importers import read_activity
from stridelab.importers.fit.profile import enum_names
from stridelab.importers.fit.strength import movement
from stridelab.issues import IssueCode

START_S = 1_100_000_000
START = pd.Timestamp("1989-12-31", tz="UTC") + pd.Timedelta(seconds=START_S)

Message = tuple[str, list[dict[str, Any]]]


def at(second: float) -> pd.Timestamp:
    return START + pd.Timedelta(seconds=second)


def activity(*messages: Message, sport: str = "running", sub_sport: str = "generic", **file_id: Any) -> Activity:
    head: Message = ("file_id", [{"type": "activity", "manufacturer": "garmin", "product": 3288} | file_id])
    session = {"start_time": START, "timestamp": at(600), "total_timer_time": 600.0}
    return read_activity(
        encode_fit([head, *messages, ("session", [session | {"sport": sport, "sub_sport": sub_sport}])])
    )


def test_a_device_and_its_sensors_each_once() -> None:
    strap = {"device_index": 1, "manufacturer": "wahoo_fitness", "product": 7, "serial_number": 42, "device_type": 120}
    infos = [
        {"timestamp": START, "device_index": "creator", "manufacturer": "garmin", "software_version": 19.2},
        {"timestamp": START, "device_index": 2, "source_type": "local", "manufacturer": "garmin", "product": 3107},
        {"timestamp": START, **strap, "source_type": "antplus", "battery_voltage": 0.0},
        {"timestamp": at(300), **strap, "source_type": "antplus", "battery_status": "low"},
    ]
    device = activity(("device_info", infos)).device
    assert device["manufacturer"] == "garmin"
    assert device["product"] == "fenix6S"
    assert device["software_version"] == 1920
    assert device["sensors"] == [
        {
            "manufacturer": "wahoo_fitness", "product": 7, "serial_number": 42, "kind": "heart_rate",
            "source_type": "antplus", "battery_status": "low",
        }
    ]  # fmt: skip


def test_a_device_without_sensors_lists_none() -> None:
    device = activity().device
    assert device == {"manufacturer": "garmin", "product": "fenix6S"}


@pytest.mark.parametrize(
    ("maker", "mets", "minutes", "expected"),
    [
        ("garmin", 54.2 / 3.5 * 65536, 1440, {"device:vo2max_mlkgmin": 54.2, "device:recovery_time_s": 86400.0}),
        ("garmin", 0, 0, {}),
        ("garmin", 2**32 - 1, 65535, {}),
        # Another maker's message of that number may be anything.
        ("suunto", 54.2 / 3.5 * 65536, 1440, {}),
    ],
)
def test_the_devices_own_estimates(maker: str, mets: float, minutes: int, expected: dict[str, float]) -> None:
    encoder = FitEncoder()
    encoder.message("file_id", {"type": ["activity"], "manufacturer": [maker]})
    encoder.define(15, 140, [WireField(253, "uint32"), WireField(7, "uint32"), WireField(9, "uint16")])
    encoder.write(15, [[START_S + 600], [round(mets)], [minutes]])
    encoder.message("session", {"start_time": [START], "timestamp": [at(600)], "sport": ["running"]})
    summary = read_activity(encoder.to_bytes()).summary
    assert {k: v for k, v in summary.items() if k.startswith("device:")} == pytest.approx(expected)


def test_training_values_keep_the_names_of_fit() -> None:
    told = {"start_time": START, "timestamp": at(600), "sport": "running", "total_training_effect": 3.4}
    told |= {"total_anaerobic_training_effect": 1.2, "training_load_peak": 143.5, "workout_feel": 75, "workout_rpe": 40}
    data = encode_fit([("file_id", [{"type": "activity"}]), ("session", [told])])
    summary = read_activity(data).summary
    assert (summary["total_training_effect"], summary["total_anaerobic_training_effect"]) == (3.4, 1.2)
    assert (summary["workout_feel"], summary["workout_rpe"]) == (75, 40)
    assert summary["training_load_peak"] == pytest.approx(143.5)


def test_the_planned_workout_and_the_step_of_each_lap() -> None:
    steps = [
        {"message_index": 0, "duration_type": "time", "duration_value": 600_000, "intensity": "warmup"},
        {"message_index": 1, "duration_type": "distance", "duration_value": 100_000, "intensity": "active"},
    ]
    laps = [{"start_time": at(600 * i), "timestamp": at(600 * i + 600), "wkt_step_index": i} for i in range(2)]
    run = activity(("workout", [{"wkt_name": "Tempo"}]), ("workout_step", steps), ("lap", laps))
    plan = run.summary["workout"]
    assert plan["name"] == "Tempo"
    assert [step["intensity"] for step in plan["steps"]] == ["warmup", "active"]
    assert plan["steps"][0]["duration_time"] == 600
    assert plan["steps"][1]["duration_distance"] == 1000
    assert "duration_value" not in plan["steps"][0]
    assert run.laps["workout_step"].tolist() == [0, 1]
    assert "workout" not in activity().summary


def test_laps_hold_further_columns_only_where_they_have_a_value() -> None:
    laps = [{"start_time": at(0), "timestamp": at(60), "max_heart_rate": 171, "total_ascent": 12}]
    found = activity(("lap", laps)).laps
    assert found["max_heart_rate_bpm"].tolist() == [171]
    assert found["ascent_m"].tolist() == [12]
    assert "average_power_w" not in found


def test_splits_and_the_elapsed_time_that_some_devices_leave_at_zero() -> None:
    splits = [
        {"split_type": "rwd_run", "start_time": at(0), "end_time": at(300), "total_elapsed_time": 300.5,
         "total_distance": 1000.0},
        {"split_type": "rwd_walk", "start_time": at(300), "end_time": at(360), "total_elapsed_time": 0.0},
    ]  # fmt: skip
    found = activity(("split", splits)).splits
    assert found["kind"].tolist() == ["rwd_run", "rwd_walk"]
    assert found["elapsed_time_s"].tolist() == [300.5, 60.0]
    assert found["distance_m"].iloc[0] == 1000.0


def test_lengths_of_a_pool_swim() -> None:
    lengths = [
        {"start_time": at(0), "timestamp": at(30), "total_elapsed_time": 30.0, "total_strokes": 14,
         "length_type": "active", "swim_stroke": "freestyle"},
        {"start_time": at(30), "timestamp": at(50), "total_elapsed_time": 20.0, "length_type": "idle"},
    ]  # fmt: skip
    found = activity(("length", lengths), sport="swimming", sub_sport="lap_swimming").lengths
    assert found["kind"].tolist() == ["active", "idle"]
    assert found["stroke"].tolist() == ["freestyle", None]
    assert found["strokes"].iloc[0] == 14


# ---------------------------------------------------------------- strength


@pytest.mark.parametrize(
    ("category", "name", "expected"),
    [
        ("squat", "elevated_single_leg_squat", "single_leg_squat"),
        ("squat", "weighted_partial_single_leg_squat", "single_leg_squat"),
        ("squat", "single_leg_bench_squat", "single_leg_squat"),
        ("squat", "one_legged_squat", "single_leg_squat"),
        ("squat", "weighted_pistol_squat", "single_leg_squat"),
        ("squat", "barbell_step_up", "step_up"),
        ("squat", "alternating_box_dumbbell_step_ups", "step_up"),
        ("squat", "lateral_dumbbell_step_up", "step_up"),
        ("squat", "back_squats", None),
        ("squat", None, None),
        ("deadlift", "single_leg_romanian_deadlift_with_dumbbell", "deadlift"),
        ("deadlift", None, "deadlift"),
        ("leg_curl", "sliding_leg_curl", "leg_curl"),
        ("leg_curl", None, "leg_curl"),
        ("leg_curl", "zercher_good_morning", None),
        ("hip_raise", "swiss_ball_hip_raise_and_leg_curl", "leg_curl"),
        ("calf_raise", "single_leg_standing_calf_raise", None),
        ("curl", "hammer_curl", None),
        (None, None, None),
    ],
)
def test_which_exercise_is_which_of_the_five_movements(
    category: str | None, name: str | None, expected: str | None
) -> None:
    assert movement(category, name) == expected


def test_every_pattern_finds_an_exercise_that_fit_knows() -> None:
    found = {
        movement(category, name)
        for category in ("squat", "deadlift", "leg_curl")
        for name in enum_names(f"{category}_exercise_name").values()
    }
    assert found == {"leg_press", "single_leg_squat", "step_up", "deadlift", "leg_curl", None}


def test_rests_are_marked_and_a_weight_of_nothing_is_none() -> None:
    rows = [
        {"set_type": "active", "weight": 60.0, "repetitions": 8, "category": "deadlift", "duration": 41.0},
        {"set_type": "rest", "duration": 90.0},
        {"set_type": "active", "weight": 0.0, "repetitions": 8, "category": "deadlift", "duration": 40.0},
        # 65534 is the largest number that is no sentinel, but no weight.
        {"set_type": "active", "weight": 65534 / 16, "repetitions": 8, "category": "65534", "duration": 40.0},
    ]
    sets = [{"timestamp": at(i * 100), "start_time": at(i * 100)} | row for i, row in enumerate(rows)]
    found = activity(("set", sets), sport="training", sub_sport="strength_training").sets
    assert found["set_type"].tolist() == ["active", "rest", "active", "active"]
    np.testing.assert_array_equal(found["weight_kg"], [60.0, np.nan, np.nan, np.nan])
    assert found["movement"].tolist() == ["deadlift", None, "deadlift", None]
    assert found["duration_s"].tolist() == [41.0, 90.0, 40.0, 40.0]


# ---------------------------------------------------------------- positions


def track(offsets_m: list[float], sport: str = "running", step_s: float = 1.0) -> Activity:
    """A track northwards from 47° by these distances."""
    rows = [
        {"timestamp": at(i * step_s), "position_lat": 47.0 + metres / 111_195, "position_long": 8.5, "heart_rate": 140}
        for i, metres in enumerate(offsets_m)
    ]
    return activity(("record", rows), sport=sport)


def masked(run: Activity) -> list[int]:
    return np.flatnonzero(run.records["latitude_deg"].isna()).tolist()


def test_a_jump_away_and_back_is_masked_and_counted() -> None:
    run = track([0, 3, 6, 500, 503, 15, 18])
    assert masked(run) == [3, 4]
    assert run.records["heart_rate_bpm"].notna().all()
    assert [i.message for i in run.issues if i.code is IssueCode.IMPLAUSIBLE_VALUE] == [
        "2 positions jump away and back above 40 m/s."
    ]


@pytest.mark.parametrize(
    ("offsets_m", "sport"),
    [
        ([0, 3, 6, 500, 503, 506, 509], "running"),  # it does not come back: a tunnel
        ([0, 3, 6, 30, 12, 15, 18], "running"),  # a wobble below the limit
        ([0, 3, 6, *range(500, 536, 3), 45], "running"),  # too long to be a jump
        ([0, 100, 400, 100, 0], "flying"),
    ],
)
def test_what_may_have_been_stays(offsets_m: list[float], sport: str) -> None:
    assert masked(track(offsets_m, sport)) == []


def test_positions_of_zero_are_none() -> None:
    rows = [{"timestamp": at(i), "position_lat": 0.0 if i < 2 else 47.0, "position_long": 0.0 if i < 2 else 8.5}
            for i in range(5)]  # fmt: skip
    run = activity(("record", rows))
    assert masked(run) == [0, 1]
    assert run.timezone == "Europe/Zurich"
    assert any("0/0" in issue.message for issue in run.issues)
