"""Files of a watch's day and night: what they measured, on which local day, and what is no measurement."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import ReadResult
from stridelab.fixtures import FitEncoder, WireField, encode_fit
from stridelab.importers import read

# Ten in the evening of 2026-05-04 in Zurich: the local day changes two hours later.
EVENING = pd.Timestamp("2026-05-04 20:00", tz="UTC")
OFFSET = pd.Timedelta(hours=2)
EPOCH = pd.Timestamp("1989-12-31", tz="UTC")
DAY, NEXT_DAY = pd.Timestamp("2026-05-04"), pd.Timestamp("2026-05-05")

Message = tuple[str, list[dict[str, Any]]]


def at(hours: float) -> pd.Timestamp:
    return EVENING + pd.Timedelta(hours=hours)


def info(local: bool = True) -> Message:
    told = {"local_timestamp": (EVENING + OFFSET).tz_localize(None)} if local else {}
    return ("monitoring_info", [{"timestamp": EVENING} | told])


def file(*messages: Message, kind: str = "monitoring_b") -> ReadResult:
    head: Message = ("file_id", [{"type": kind, "manufacturer": "garmin", "product_name": "fr955"}])
    return read(encode_fit([head, *messages]))


def values(result: ReadResult, metric: str) -> dict[pd.Timestamp, float]:
    rows = result.wellness[result.wellness["metric"] == metric]
    return dict(zip(rows["local_date"], rows["value"], strict=True))


def every_minute(
    field: str, readings: list[float], start: float = 0.0, time: str = "timestamp"
) -> list[dict[str, Any]]:
    return [{time: at(start + i / 60), field: value} for i, value in enumerate(readings)]


def test_a_wellness_file_is_imported_as_what_it_is() -> None:
    resting = {"timestamp": at(1), "resting_heart_rate": 50, "current_day_resting_heart_rate": 47}
    result = file(info(), ("monitoring_hr_data", [resting]))
    assert (result.kind, result.activities) == ("monitoring_b", ())
    row = result.wellness.iloc[0]
    assert (row["metric"], row["value"], row["unit"], row["context"]) == ("resting_heart_rate_bpm", 47.0, "bpm", "day")
    assert (row["local_date"], row["time"], row["source"]) == (DAY, at(1), "garmin fr955")
    assert result.wellness.attrs["local_time"] == "file"


def test_steps_are_the_highest_count_of_walking_and_of_running_each_local_day() -> None:
    rows = [
        {"timestamp": at(0.5), "activity_type": "walking", "cycles": 2000.0},
        {"timestamp": at(0.6), "activity_type": "running", "cycles": 500.0},
        {"timestamp": at(0.7), "activity_type": "cycling", "cycles": 900.0},
        # At midnight the day's totals are written; they belong to the day that ends.
        {"timestamp": at(2.0), "activity_type": "walking", "cycles": 2500.0},
        {"timestamp": at(2.5), "activity_type": "walking", "cycles": 40.0},
    ]
    assert values(file(info(), ("monitoring", rows)), "steps") == {DAY: 6000.0, NEXT_DAY: 80.0}


def test_a_watch_on_a_table_measured_nothing() -> None:
    rows = [{"timestamp": at(i / 10), "activity_type": "walking", "cycles": 0.0} for i in range(5)]
    assert file(info(), ("monitoring", rows)).wellness.empty


def test_16_bit_times_follow_the_last_whole_time_in_the_order_of_the_file_and_roll_over() -> None:
    start_s = int((EVENING - EPOCH).total_seconds())
    encoder = FitEncoder()
    encoder.message("file_id", {"type": ["monitoring_b"], "manufacturer": ["garmin"]})
    encoder.message(
        "monitoring_info", {"timestamp": [EVENING], "local_timestamp": [(EVENING + OFFSET).tz_localize(None)]}
    )
    # Type 6 (walking) in the lowest five bits; counts every six hours, across two rollovers of 18.2 h.
    encoder.define(15, 55, [WireField(26, "uint16"), WireField(24, "byte"), WireField(3, "uint32")])
    seconds = np.arange(1, 9) * 6 * 3600
    encoder.write(15, [(start_s + seconds) & 0xFFFF, np.full(8, 6 | 2 << 5), 2 * np.arange(100, 900, 100)])
    found = values(read(encoder.to_bytes()), "steps")
    assert found == {NEXT_DAY: 800.0, NEXT_DAY + pd.Timedelta(days=1): 1600.0}


def test_intensity_minutes_are_increments_and_vigorous_ones_count_twice() -> None:
    rows = [
        {"timestamp": at(0.5), "moderate_activity_minutes": 10},
        {"timestamp": at(1.0), "moderate_activity_minutes": 5, "vigorous_activity_minutes": 3},
        {"timestamp": at(3.0), "vigorous_activity_minutes": 4},
    ]
    assert values(file(info(), ("monitoring", rows)), "intensity_minutes") == {DAY: 21.0, NEXT_DAY: 8.0}


def test_codes_for_no_reading_are_no_stress() -> None:
    readings = [20.0] * 30 + [-1.0] * 50 + [-2.0] * 30 + [40.0] * 9
    stress = every_minute("stress_level_value", readings, time="stress_level_time")
    found = values(file(info(), ("stress_level", stress)), "stress_avg")
    # The nine readings of 40 begin 110 minutes after ten in the evening.
    assert found == {DAY: pytest.approx((30 * 20 + 9 * 40) / 39)}


def test_a_few_readings_are_no_average_of_a_day() -> None:
    stress = every_minute("stress_level_value", [20.0] * 29, time="stress_level_time")
    breaths = every_minute("respiration_rate", [14.0] * 29)
    assert file(info(), ("stress_level", stress), ("respiration_rate", breaths)).wellness.empty


def test_respiration_leaves_out_its_codes() -> None:
    found = file(info(), ("respiration_rate", every_minute("respiration_rate", [14.0] * 40 + [-3.0] * 20 + [0.0] * 20)))
    assert values(found, "respiration_rate_brpm") == {DAY: 14.0}


def test_oxygen_readings_that_were_asked_for_are_a_context_apart() -> None:
    rows = [row | {"mode": "periodic"} for row in every_minute("reading_spo2", [95.0] * 40 + [0.0] * 10)]
    rows += [{"timestamp": at(1), "reading_spo2": 98, "mode": "spot_check"}]
    found = file(info(), ("spo2_data", rows)).wellness
    assert list(zip(found["context"], found["value"], strict=True)) == [("day", 95.0), ("spot", 98.0)]


def test_hrv_of_the_night_is_that_of_the_summary_and_never_the_sentinel() -> None:
    values_5min = [{"timestamp": at(4 + i / 12), "value": 40.0} for i in range(24)]
    summary = {"timestamp": at(9), "last_night_average": 52.5, "weekly_average": 60.0}
    both = file(info(), ("hrv_value", values_5min), ("hrv_status_summary", [summary]), kind="monitoring_b")
    assert values(both, "hrv_rmssd_ms") == {NEXT_DAY: pytest.approx(52.5, abs=0.01)}
    assert both.wellness["context"].tolist() == ["night"]
    without = file(info(), ("hrv_value", values_5min), ("hrv_status_summary", [{"timestamp": at(9)}]))
    assert values(without, "hrv_rmssd_ms") == {NEXT_DAY: pytest.approx(40.0)}


def sleep_levels(*stages: tuple[float, str]) -> Message:
    return ("sleep_level", [{"timestamp": at(hours), "sleep_level": stage} for hours, stage in stages])


def test_sleep_is_the_time_of_its_stages_on_the_day_of_waking_up() -> None:
    levels = sleep_levels((1, "awake"), (3, "light"), (4.5, "deep"), (5, "awake"), (7, "rem"), (8, "unmeasurable"))
    result = file(info(), levels, ("sleep_assessment", [{"overall_sleep_score": 81}]))
    assert values(result, "sleep_duration_h") == {NEXT_DAY: pytest.approx(2 + 1.5 + 2)}
    assert values(result, "sleep_score") == {NEXT_DAY: 81.0}
    assert set(result.wellness["context"]) == {"night"}


def test_the_first_stage_begins_with_the_event_that_starts_the_sleep() -> None:
    event = {"timestamp": at(0.5), "event": "74", "event_type": "start"}
    result = file(info(), ("event", [event]), sleep_levels((1.5, "light"), (2.5, "deep")))
    assert values(result, "sleep_duration_h") == {NEXT_DAY: pytest.approx(2.0)}


def test_minutes_that_were_surely_awake_are_no_sleep_of_zero_hours() -> None:
    result = file(info(), sleep_levels((1, "awake"), (2, "awake")), ("sleep_assessment", [{"overall_sleep_score": 81}]))
    assert result.wellness.empty


def test_skin_temperature_and_body_mass() -> None:
    skin = {"timestamp": at(9), "local_timestamp": (at(9) + OFFSET).tz_localize(None), "average_deviation": -0.4}
    found = file(("skin_temp_overnight", [skin])).wellness.iloc[0]
    assert (found["metric"], found["local_date"]) == ("skin_temperature_deviation_c", NEXT_DAY)
    assert found["value"] == pytest.approx(-0.4)
    scale = file(("weight_scale", [{"timestamp": at(1), "weight": 61.5}, {"timestamp": at(2), "weight": None}]))
    assert scale.wellness["value"].tolist() == [61.5]
    assert scale.wellness["metric"].tolist() == ["body_mass_kg"]


def test_oxygen_uptake_of_running_comes_before_that_of_cycling() -> None:
    rows = [{"update_time": at(1), "vo2_max": v, "sport": s} for v, s in ((61.0, "cycling"), (52.0, "running"))]
    assert values(file(info(), ("max_met_data", rows)), "vo2max_mlkgmin") == {DAY: 52.0}
    assert values(file(info(), ("max_met_data", rows[:1])), "vo2max_mlkgmin") == {DAY: 61.0}


def test_without_a_local_time_the_dates_are_utcs_and_the_table_says_so() -> None:
    resting = {"timestamp": at(3), "current_day_resting_heart_rate": 47}
    result = file(info(local=False), ("monitoring_hr_data", [resting]))
    assert result.wellness["local_date"].tolist() == [DAY]
    assert result.wellness.attrs["local_time"] == "unknown"


def test_sentinels_are_no_values() -> None:
    rows = [{"timestamp": at(1), "current_day_resting_heart_rate": value} for value in (0, 255, 254)]
    assert file(info(), ("monitoring_hr_data", rows)).wellness.empty


def test_an_activity_that_also_holds_wellness_stays_an_activity() -> None:
    records: Message = ("record", [{"timestamp": at(i / 3600), "heart_rate": 120} for i in range(60)])
    result = file(records, ("spo2_data", every_minute("reading_spo2", [95.0] * 40)), kind="activity")
    assert result.kind == "activity"
    assert len(result.activities) == 1
