from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from stridelab.analysis.history import History
from stridelab.analysis.weeks import weekly_table
from stridelab.dashboards.figures import Chart, weekly_chart


def chart_of(history: History, units: str = "km") -> Chart:
    return weekly_chart(weekly_table(history), last_day=history.days.index[-1].date(), units=units)


def trace(chart: Chart, name: str) -> Any:
    return next(t for t in chart.figure.data if t.name == name)


def test_bars_are_the_weeks_and_the_line_the_four_before(season: History) -> None:
    weeks = weekly_table(season)

    chart = chart_of(season)

    assert trace(chart, "Load").x == tuple(weeks.index)
    assert trace(chart, "Load").y == pytest.approx(weeks["trimp_banister"].tolist(), abs=0.01)
    assert trace(chart, "Running distance").y == pytest.approx((weeks["distance_run_m"] / 1000).tolist(), abs=0.01)
    line = trace(chart, "Mean of the 4 weeks before").y
    assert line[:4] == (None,) * 4
    assert line[-1] == pytest.approx(weeks["trimp_banister"].iloc[-5:-1].mean(), abs=0.01)


def test_the_title_states_week_distance_load_and_change(season: History) -> None:
    weeks = weekly_table(season)
    load = weeks["trimp_banister"]
    change = 100 * (load.iloc[-1] / load.iloc[-5:-1].mean() - 1)

    title = chart_of(season).title

    assert title.startswith(f"Week {weeks.index[-1]}: {weeks['distance_run_m'].iloc[-1] / 1000:.1f} km run")
    assert f"+{change:.0f} % against the mean of the 4 weeks before" in title


def test_zones_are_stacked_with_patterns(season: History) -> None:
    chart = chart_of(season)
    weeks = weekly_table(season)

    zones = [trace(chart, f"Zone {n}") for n in range(1, 6)]

    assert chart.figure.layout.barmode == "stack"
    assert len({zone.marker.pattern.shape for zone in zones}) >= 3
    hours = sum(zone.y[-1] for zone in zones)
    columns = [f"heart_rate_zone_{n}_s" for n in range(1, 6)]
    assert hours == pytest.approx(weeks[columns].iloc[-1].sum() / 3600, abs=0.01)


def test_sports_are_stacked_where_zones_are_missing(make_history: Callable[..., History]) -> None:
    history = make_history([(0, "run", 10, 60, None), (2, "bike", 30, 60, None), (4, "run", 10, 60, 150)])

    chart = chart_of(history)

    names = {t.name for t in chart.figure.data}
    assert {"Run", "Ride"} <= names
    assert "Zone 1" not in names
    assert "stacked by sport" in chart.note
    assert "×" in chart.coverage


def test_an_unfinished_week_is_marked(make_history: Callable[..., History]) -> None:
    history = make_history([(0, "run", 10, 60, 150), (2, "run", 10, 60, 150)])

    chart = chart_of(history)

    assert "so far" in chart.title
    assert trace(chart, "Load").marker.pattern.shape[-1] == "/"
    assert "known up to Wed 4 Nov 2026" in chart.coverage


def test_a_week_nobody_knows_is_a_hole_not_a_zero(make_history: Callable[..., History]) -> None:
    history = make_history([(0, "run", 10, 60, 150), (35, "run", 10, 60, 150)])

    chart = chart_of(history)

    assert trace(chart, "Running distance").y[2] is None
    assert "2026-W47" in trace(chart, "Week with unknown days").x


def test_miles(two_weeks: History) -> None:
    chart = chart_of(two_weeks, "mi")

    assert chart.figure.layout.yaxis2.title.text == "mi"
    assert trace(chart, "Running distance").y[0] == pytest.approx(30 / 1.609344, abs=0.01)
    assert "mi run" in chart.title


def test_the_table_holds_every_week(season: History) -> None:
    assert len(chart_of(season).table) == len(weekly_table(season))


def test_no_week_at_all() -> None:
    assert "nothing recorded yet" in weekly_chart(pd.DataFrame(), last_day=date(2026, 11, 1)).title
