from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from stridelab.activity import Activity
from stridelab.dashboards.figures import Chart, activity_chart

DAY_MS = 86_400_000
ALL_PANELS = ("Pace", "Heart rate", "Cadence", "Ground contact time", "Elevation")


def trace(chart: Chart, name: str) -> Any:
    return next(t for t in chart.figure.data if t.name == name)


def test_a_simulated_run_has_all_five_panels_on_one_axis(season_activities: list[Activity]) -> None:
    run = next(a for a in season_activities if a.family == "run")

    chart = activity_chart(run)

    assert chart.labels == ALL_PANELS
    assert {t.xaxis or "x" for t in chart.figure.data} == {"x"}
    assert len({t.yaxis or "y" for t in chart.figure.data}) == 5
    assert chart.figure.layout.hovermode == "x unified"
    assert chart.figure.layout.hoversubplots == "axis"
    assert chart.figure.layout.xaxis.showspikes
    assert chart.coverage == "" or "Not in this recording" not in chart.coverage
    units = [axis.title.text for axis in chart.figure.select_yaxes()]
    assert units == ["min/km", "bpm", "steps/min", "ms", "m"]


def test_pace_reads_as_minutes_and_fast_is_up(make_activity: Callable[..., Activity]) -> None:
    chart = activity_chart(make_activity(speed=4.0))

    axis = chart.figure.layout.yaxis
    assert np.asarray(trace(chart, "Pace").y) == pytest.approx(250_000)  # 4:10 /km in ms
    assert axis.range[0] > axis.range[1]
    assert axis.tickformat == "%-M:%S"
    assert chart.title == "Morning run, Sat 14 Nov 2026: 2.4 km in 10:00 (4:10 /km)"


def test_miles_and_feet(make_activity: Callable[..., Activity]) -> None:
    chart = activity_chart(make_activity(speed=4.0, columns={"altitude_m": np.full(600, 304.8)}), units="mi")

    assert np.asarray(trace(chart, "Pace").y) == pytest.approx(1609.344 / 4 * 1000, rel=1e-4)
    assert np.asarray(trace(chart, "Elevation").y) == pytest.approx(1000)
    assert [axis.title.text for axis in chart.figure.select_yaxes()] == ["min/mi", "ft"]


def test_standing_is_a_break_in_the_pace(make_activity: Callable[..., Activity]) -> None:
    speed = np.full(600, 3.0)
    speed[200:260] = 0.0

    pace = np.asarray(trace(activity_chart(make_activity(speed=None, columns={"speed_mps": speed})), "Pace").y)

    assert np.isnan(pace).sum() == 1
    assert np.nanmax(pace) == pytest.approx(1e6 / 3)


def test_a_pause_is_a_gap_and_a_band(make_activity: Callable[..., Activity]) -> None:
    chart = activity_chart(make_activity(pause=(200, 320)))

    pace = trace(chart, "Pace")
    assert np.isnan(np.asarray(pace.y)).sum() == 1
    band = next(shape for shape in chart.figure.layout.shapes if shape.type == "rect")
    assert (band.x0 - DAY_MS, band.x1 - DAY_MS) == (200_000, 320_000)
    assert "1 pause, 2:00 in all" in chart.coverage


def test_samples_that_a_device_wrote_inside_a_pause_are_not_drawn(make_activity: Callable[..., Activity]) -> None:
    whole = make_activity(columns={"heart_rate_bpm": np.full(600, 150.0)})
    paused = make_activity(pause=(200, 320))
    chart = activity_chart(replace(whole, pauses=paused.pauses))

    at = (np.asarray(trace(chart, "Heart rate").x) - DAY_MS) / 1000
    real = np.isfinite(np.asarray(trace(chart, "Heart rate").y))
    assert not ((at[real] > 200) & (at[real] < 320)).any()


def test_missing_channels_are_left_out_and_named(make_activity: Callable[..., Activity]) -> None:
    chart = activity_chart(make_activity(columns={"heart_rate_bpm": np.full(600, 150.0)}))

    assert chart.labels == ("Pace", "Heart rate")
    assert "Not in this recording: cadence, ground contact time, elevation." in chart.coverage


def test_a_ride_has_speed_and_no_contact_time(make_activity: Callable[..., Activity]) -> None:
    chart = activity_chart(make_activity(sport="cycling", speed=10.0, columns={"cadence_rpm": np.full(600, 90.0)}))

    assert chart.labels == ("Speed", "Cadence")
    assert np.asarray(trace(chart, "Speed").y) == pytest.approx(36)
    assert "contact" not in chart.coverage


def test_laps_are_lines_with_numbers_and_a_table(make_activity: Callable[..., Activity]) -> None:
    chart = activity_chart(make_activity(laps_every_s=150))

    lines = [shape.x0 - DAY_MS for shape in chart.figure.layout.shapes if shape.type == "line"]
    assert lines == [150_000, 300_000, 450_000]
    texts = [note.text for note in chart.figure.layout.annotations]
    assert {"2", "3", "4"} <= set(texts)
    assert chart.table["Lap"].tolist() == ["1", "2", "3", "4", "Whole"]
    assert chart.table["Pace"].iloc[0] == "5:33 /km"


def test_a_long_recording_is_drawn_with_few_points(make_activity: Callable[..., Activity]) -> None:
    rng = np.random.default_rng(3)
    chart = activity_chart(make_activity(seconds=20_000, columns={"heart_rate_bpm": rng.normal(150, 5, 20_000)}))

    assert all(len(t.x) <= 2010 for t in chart.figure.data)
    assert "20,000 samples" in chart.note


def test_a_day_long_recording_shows_the_time_of_day(make_activity: Callable[..., Activity]) -> None:
    chart = activity_chart(make_activity(seconds=90_000))

    first = datetime.fromtimestamp(trace(chart, "Pace").x[0] / 1000, UTC)
    assert (first.year, first.hour) == (2026, 8)  # 07:00 UTC, an hour ahead
    assert "Time of day" in chart.figure.layout.xaxis.title.text


def test_markup_in_a_title_is_text(make_activity: Callable[..., Activity]) -> None:
    chart = activity_chart(make_activity(title="<b>x</b><script>alert(1)</script>"))

    assert "<" not in chart.figure.layout.title.text
    assert chart.title.startswith("<b>x</b>")


def test_a_recording_without_samples_says_so(make_activity: Callable[..., Activity]) -> None:
    chart = activity_chart(make_activity(speed=None))

    assert chart.labels == ()
    assert chart.coverage == "This recording holds no series to draw."
