"""The page for a physiotherapist: known answers, what is missing said as missing, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from stridelab.analysis.history import GEAR_COLUMNS, LOG_COLUMNS, History
from stridelab.analysis.physio import technique, weekly_loads
from stridelab.analysis.rules import evaluate
from stridelab.dashboards.figures.small import spark_text
from stridelab.dashboards.report.physio import physio_summary

LAST = date(2026, 11, 22)


def logged(history: History, *rows: tuple[object, ...]) -> History:
    log = pd.DataFrame(rows, columns=list(LOG_COLUMNS)).astype(dict(LOG_COLUMNS))
    return replace(history, log=log)


@pytest.fixture
def runs(make_history: Callable[..., History]) -> History:
    """Three weeks of three runs, the last of them longer."""
    plan = [(7 * week + day, "run", 10 + 2 * (week == 2), 60, 140) for week in range(3) for day in (0, 2, 4)]
    return make_history(plan, until=LAST)


def test_weeks_are_seven_days_that_end_on_the_day(runs: History) -> None:
    weeks = weekly_loads(runs, LAST)
    assert len(weeks) == 12
    assert weeks["distance_run_m"].tolist()[-3:] == [30_000.0, 30_000.0, 36_000.0]
    assert weeks["distance_run_m"].iloc[:-3].isna().all()  # before the first recording nothing is known
    assert weeks["known_days"].iloc[0] == 0


def test_what_was_not_recorded_is_said_to_be(runs: History) -> None:
    made = physio_summary(runs, evaluate(runs), LAST)
    for page in (made.to_markdown(), made.to_html()):
        for said in ("Pain: no entry in the log", "Strength work: not recorded", "Shoes: not recorded"):
            assert said in page
        assert "not the same as no pain" in page
        assert "is no diagnosis" in page


def test_pain_shoes_and_names_are_shown_and_escaped(runs: History) -> None:
    pain = logged(
        runs,
        (pd.Timestamp("2026-11-18"), "pain", 4.0, "knee", "left", None, "<script>alert(1)</script>"),
        (pd.Timestamp("2026-11-19"), "pain", 6.0, "knee", "left", None, None),
        (pd.Timestamp("2026-11-19"), "pain", 99.0, "knee", "left", None, "out of range"),
    )
    gear = pd.DataFrame([("a", "shoes", "Old | pair", pd.NaT, pd.NaT, 812_400.0)], columns=list(GEAR_COLUMNS))
    made = physio_summary(replace(pain, gear=gear.astype(dict(GEAR_COLUMNS))), [], LAST)
    assert made.pain.title == "Pain on 2 of 84 days, worst 6 of 10 (left knee, 19 Nov); 2 days at 3 or more"
    page = made.to_html()
    assert "<script" not in page
    assert "out of range" not in page
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert "812 km" in made.to_markdown()
    assert "Old \\| pair" in made.to_markdown()


def test_technique_is_compared_at_one_speed_with_one_sensor(make_history: Callable[..., History]) -> None:
    history = make_history([(2 * n, "run", 10, 60, 140) for n in range(36)])
    day = history.days.index[-1].date()
    age = (pd.Timestamp(day) - history.activities["local_date"]).dt.days
    recent = age < 28
    activities = history.activities.assign(
        flat_speed_mps=2.8,
        flat_cadence_spm=170.0 - 8.0 * recent,
        dynamics_source="pod",
    )
    # A fast run and one with another sensor must not count.
    activities.loc[activities.index[-1], ["flat_speed_mps", "flat_cadence_spm"]] = 4.5, 200.0
    activities.loc[activities.index[-2], ["dynamics_source", "flat_cadence_spm"]] = "strap", 90.0
    trends, speed, source = technique(replace(history, activities=activities), day)
    (cadence,) = trends
    assert (cadence.before, cadence.now, source) == (170.0, 162.0, "pod")
    assert speed == pytest.approx(2.8)
    few = technique(replace(history, activities=activities[age >= 28].reset_index(drop=True)), day)[0]
    assert few[0].runs_now == 0
    assert not few[0].now > 0  # NaN: too few to say


def test_a_line_of_text_is_flat_where_hardly_anything_changes() -> None:
    assert len(set(spark_text([167.0, 167.5, 167.2]))) <= 2
    assert spark_text([]) == ""


def test_one_session_without_heart_rate_is_a_page_too(make_history: Callable[..., History]) -> None:
    one = make_history([(0, "run", 8, 48, None)])
    made = physio_summary(one, evaluate(one), one.days.index[-1].date(), units="mi")
    assert made.distance.title == "Running distance a week: 5 mi in the 1 known of the last 4 weeks"
    assert made.technique.title == "Technique: not recorded"
