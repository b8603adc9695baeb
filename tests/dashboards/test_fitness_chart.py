from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from stridelab.analysis.history import History
from stridelab.analysis.load import fitness_fatigue
from stridelab.analysis.rules import evaluate
from stridelab.dashboards.figures import Chart, fitness_chart
from stridelab.dashboards.report.episodes import episodes


def chart_of(history: History) -> Chart:
    days = history.days
    return fitness_chart(days, fitness_fatigue(days["trimp_banister"]), episodes(evaluate(history)))


def trace(chart: Chart, name: str) -> Any:
    return next(t for t in chart.figure.data if t.name == name)


def test_the_curves_are_those_of_the_model(season: History) -> None:
    chart = chart_of(season)
    model = fitness_fatigue(season.days["trimp_banister"])

    for name, column in (("Fitness (CTL)", "ctl"), ("Fatigue (ATL)", "atl"), ("Form (TSB)", "tsb")):
        assert trace(chart, name).y == pytest.approx(model[column].tolist(), abs=0.01)
    assert [x[:10] for x in trace(chart, "Daily load").x] == [str(day.date()) for day in season.days.index]


def test_the_title_states_the_numbers(season: History) -> None:
    model = fitness_fatigue(season.days["trimp_banister"])
    then, now, form = model["ctl"].iloc[-85], model["ctl"].iloc[-1], model["tsb"].iloc[-1]

    last = season.days.index[-1]
    title = chart_of(season).title

    assert title == f"Fitness {then:.0f} → {now:.0f} over 12 weeks; form −{-form:.0f} on {last:%-d %b %Y}"


def test_axes_have_units_and_lines_differ_without_colour(season: History) -> None:
    figure = chart_of(season).figure

    titles = [axis.title.text for axis in figure.select_yaxes() if axis.visible is not False and axis.title.text]
    assert titles
    assert set(titles) == {"TRIMP a day"}
    assert figure.layout.xaxis.title.text == "Date"
    dashes = [t.line.dash for t in figure.data if t.name in ("Fitness (CTL)", "Fatigue (ATL)")]
    assert len(set(dashes)) == 2


def test_the_note_names_model_variant_and_source(season: History) -> None:
    note = chart_of(season).note

    for words in ("exponentially weighted", "42 and 7 days", "Banister", "convention", "not measurements"):
        assert words in note


def test_flags_are_marked_by_shape_and_letter_on_their_day(season: History) -> None:
    chart = chart_of(season)
    spike = trace(chart, "Session much longer than usual")
    raised = [
        f.day.isoformat()
        for f in evaluate(season)
        if f.rule_id == "session_spike" and getattr(f, "state", "") == "raised"
    ]

    assert raised
    assert [x for x, letter in zip(spike.x, spike.text, strict=True) if letter == "L"] == raised
    assert spike.marker.symbol != trace(chart, "Training without a rest day").marker.symbol


def test_unknown_days_are_hatched_and_said(make_history: Callable[..., History]) -> None:
    history = make_history([(0, "run", 8, 48, 140)], until=date(2026, 11, 11))

    chart = chart_of(history)

    hatched = trace(chart, "Unknown day")
    assert len(hatched.x) == 9
    assert hatched.marker.pattern.shape == "/"
    assert "9 of 10 days unknown" in chart.coverage
    assert trace(chart, "Daily load").y[1:] == (None,) * 9
    assert trace(chart, "Day").customdata[1] == "unknown"


def test_a_missing_load_is_a_cross_and_not_a_zero(two_weeks: History) -> None:
    chart = chart_of(two_weeks)

    assert trace(chart, "Load missing").x == ("2026-11-11",)
    load = dict(zip(trace(chart, "Daily load").x, trace(chart, "Daily load").y, strict=True))
    assert load["2026-11-11"] is None
    assert load["2026-11-03"] == 0
    assert "load of 1 day is missing" in chart.coverage


def test_range_buttons_show_the_end_of_the_season(season: History) -> None:
    ranges = chart_of(season).ranges

    assert [choice.label for choice in ranges] == ["4 weeks", "12 weeks", "All"]
    assert sum(choice.initial for choice in ranges) == 1
    start, end = (pd.Timestamp(moment) for moment in ranges[0].update["xaxis.range"])
    assert 28 <= (end - start).days <= 30
    assert end > season.days.index[-1]


def test_a_first_day_and_an_empty_history_have_a_chart(make_history: Callable[..., History]) -> None:
    one = make_history([(0, "run", 8, 48, 140)])
    assert chart_of(one).title.endswith("on 2 Nov 2026")

    empty = fitness_chart(pd.DataFrame(), pd.DataFrame(columns=["ctl", "atl", "tsb"]))
    assert "nothing recorded yet" in empty.title
