"""Wellness values: what is plausible, and how several values of a day become one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import WELLNESS_COLUMNS
from stridelab.wellness import METRICS, Value, on_clock_of, one_a_day, shows_wearing, wellness_table

DAY = np.datetime64("2026-05-04")


def value(metric: str, amount: float, hour: int = 12, day: int = 0, **other: str) -> Value:
    date = DAY + np.timedelta64(day, "D")
    at = {"context": "day", "source": "garmin fr955"} | other
    return Value(metric, amount, date, time=date + np.timedelta64(hour, "h"), **at)  # type: ignore[arg-type]


def test_the_table_has_the_columns_and_dtypes_of_the_contract() -> None:
    for table in (wellness_table([]), wellness_table([value("steps", 8000)])):
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == WELLNESS_COLUMNS


def test_missing_and_implausible_values_are_left_out() -> None:
    amounts = [np.nan, np.inf, -1.0, 24.0, 25.0, 120.0, 121.0, 255.0]
    assert wellness_table([value("resting_heart_rate_bpm", a) for a in amounts])["value"].tolist() == [25.0, 120.0]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("steps", 60.0),
        ("body_battery_min", 20.0),
        ("intensity_minutes", 120.0),
        ("stress_avg", 40.0),
        ("resting_heart_rate_bpm", 40.0),
    ],
)
def test_several_values_of_a_day_become_one_by_their_metric(metric: str, expected: float) -> None:
    # The last one in time is 40, whatever the order of the files.
    table = wellness_table([value(metric, 60.0, 9), value(metric, 40.0, 20), value(metric, 20.0, 12)])
    if metric == "resting_heart_rate_bpm":
        table = wellness_table([value(metric, 60.0, 9), value(metric, 40.0, 20), value(metric, 50.0, 12)])
    found = one_a_day(table)
    assert found["value"].tolist() == [expected]
    assert found["time"].tolist() == [pd.Timestamp("2026-05-04 20:00", tz="UTC")]
    assert list(found.columns) == list(WELLNESS_COLUMNS)


def test_days_sources_and_contexts_stay_apart() -> None:
    rows = [
        value("spo2_pct", 95.0),
        value("spo2_pct", 97.0, context="spot"),
        value("spo2_pct", 93.0, source="polar h10"),
        value("spo2_pct", 91.0, day=1),
    ]
    assert sorted(one_a_day(wellness_table(rows))["value"]) == [91, 93, 95, 97]


def test_one_value_a_day_stays_as_it_is_and_none_stays_none() -> None:
    table = wellness_table([value("steps", 8000), value("body_mass_kg", 61.5, context="spot")])
    pd.testing.assert_frame_equal(one_a_day(table).sort_values("metric", ignore_index=True), table)
    assert one_a_day(wellness_table([])).empty
    pd.testing.assert_frame_equal(one_a_day(one_a_day(table)), one_a_day(table))


def test_a_metric_of_somebody_else_keeps_its_last_value() -> None:
    table = wellness_table([value("steps", 5.0, 8), value("steps", 3.0, 9)]).assign(metric="mood")
    assert one_a_day(table.astype({"metric": object}))["value"].tolist() == [3.0]


def test_every_metric_has_a_unit_in_its_name_where_it_has_one() -> None:
    ending = {"bpm": "_bpm", "ms": "_ms", "h": "_h", "kg": "_kg", "%": "_pct", "°C": "_c", "min": "_minutes"}
    for name, metric in METRICS.items():
        assert metric.low < metric.high
        if metric.unit in ending:
            assert name.endswith(ending[metric.unit])


def test_a_scale_and_an_estimate_do_not_show_that_the_watch_was_worn() -> None:
    table = wellness_table(
        [value("steps", 5.0), value("body_mass_kg", 60.0, day=1), value("vo2max_mlkgmin", 50, day=2)]
    )
    assert shows_wearing(table).tolist() == [True, False, False]
    assert shows_wearing(wellness_table([])).tolist() == []


def test_dates_of_a_file_without_a_local_time_follow_the_athletes_zone() -> None:
    # Seven in the morning in Auckland is the evening before in UTC.
    values = (value("sleep_duration_h", 7.5, 19), value("steps", 5.0, 11, day=1))
    assert [v.local_date for v in on_clock_of(values, "Pacific/Auckland")] == [np.datetime64("2026-05-05")] * 2
    assert on_clock_of(values, "America/Lima") == values
    assert on_clock_of(values, "Atlantis/Harbour") == values
    undated = values[0]._replace(time=np.datetime64("NaT", "ms"))
    assert on_clock_of([undated], "Pacific/Auckland")[0].local_date == undated.local_date
