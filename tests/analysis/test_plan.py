"""Plans: the ranges are what the rules say of a planned week, and nothing is made up where data are missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from stridelab.analysis.history import History
from stridelab.analysis.hypothetical import Future, Planned
from stridelab.analysis.plan import STEP_M, Planner
from stridelab.dashboards.report.planning import open_lines

FIRST = date(2026, 3, 2)  # 60 days after the first session of `every`
DAYS = 60


def every(
    make_history: Callable[..., History], days: int = 2, *, rest: tuple[int, ...] = (), **fields: object
) -> History:
    """A run of 10 km every so many days, up to the day before `FIRST`."""
    sessions = [{"day": day, **fields} for day in range(0, DAYS, days) if day not in rest]
    return make_history(sessions, until=FIRST - timedelta(days=1))


@pytest.fixture
def planner(make_history: Callable[..., History]) -> Planner:
    return Planner(every(make_history), FIRST)


def test_the_longest_run_is_ten_percent_beyond_the_longest_of_30_days(planner: Planner) -> None:
    limit = planner.longest_run(FIRST)
    assert limit.value == 11_000.0
    assert limit.binding is not None
    assert (limit.binding.rule_id, limit.binding.severity) == ("session_spike", "watch")


def test_the_ranges_of_a_week_end_where_the_rules_begin_to_speak(planner: Planner) -> None:
    week = planner.week()
    for day, limit in (week.longest_run_m[0], week.longest_run_m[-1]):
        assert not planner.trial([planner.run(day, limit.value)]).flags
        assert planner.trial([planner.run(day, limit.value + STEP_M)]).flags
    # a week in the usual shape, with its load
    distance = week.weekly_distance_m
    assert distance.is_evaluated
    assert week.weekly_runs in (3, 4)
    reached = distance.value if distance.binding else distance.tried
    assert reached >= planner.usual.weekly_distance_m
    rate = planner.usual.per_metre.get("load", planner.usual.per_metre["trimp_banister"])
    assert week.weekly_load == pytest.approx(rate * reached)


def test_without_enough_runs_there_is_no_limit(make_history: Callable[..., History]) -> None:
    few = make_history([{"day": day} for day in (30, 50, 58)], until=FIRST - timedelta(days=1))
    limit = Planner(few, FIRST).longest_run(FIRST)
    assert not limit.is_evaluated
    assert np.isnan(limit.value)
    assert {gap.rule_id for gap in limit.gaps} == {"session_spike"}


def test_after_a_long_silence_nothing_is_invented(make_history: Callable[..., History]) -> None:
    old = make_history([{"day": day} for day in range(20)], until=FIRST - timedelta(days=1))
    week = Planner(old, FIRST).week()
    assert not any(limit.is_evaluated for _, limit in week.longest_run_m)
    assert not week.weekly_distance_m.is_evaluated
    assert np.isnan(week.weekly_load)
    assert not week.hard_day.is_evaluated


def test_rest_is_due_before_the_seventh_day_of_training(make_history: Callable[..., History]) -> None:
    trained = every(make_history, 1, rest=(55, 48, 41, 34, 27, 20))  # four days in a row behind the last rest
    rest_by = Planner(trained, FIRST).rest_by()
    assert rest_by.day == FIRST + timedelta(days=2)
    assert rest_by.binding is not None
    assert rest_by.binding.rule_id == "consecutive_training_days"


def test_a_flag_that_is_open_asks_for_rest_at_once(make_history: Callable[..., History]) -> None:
    planner = Planner(every(make_history, 1), FIRST)
    assert planner.rest_by().day == FIRST
    trial = planner.trial([planner.run(FIRST, 5000.0)])
    assert "consecutive_training_days" in {item.rule_id for item in (*trial.kept, *trial.raised)}
    assert planner.longest_run(FIRST).value == 0.0
    assert planner.hard_day().day != FIRST
    # Two months without a rest day: what needs a professional comes before any range.
    assert "professional" in open_lines(planner.open)[1]


def test_a_hard_session_waits_for_the_one_before(make_history: Callable[..., History]) -> None:
    # Two hard days in a row are a pair; a second pair within two weeks is a flag.
    sessions = [{"day": day, "rpe": 8.0 if day in (50, 51, 59) else 3.0} for day in (*range(0, 48, 3), 50, 51, 55, 59)]
    planner = Planner(make_history(sessions, until=FIRST - timedelta(days=1)), FIRST)
    found = planner.hard_day()
    assert found.is_evaluated
    assert found.day is not None
    assert found.day > FIRST
    assert found.binding is not None
    assert found.binding.rule_id == "hard_sessions_too_close"


def test_planned_days_are_like_recorded_ones(make_history: Callable[..., History]) -> None:
    whole = make_history([{"day": day} for day in range(0, 62, 2)], until=FIRST + timedelta(days=1))
    known = make_history([{"day": day} for day in range(0, DAYS, 2)], until=FIRST - timedelta(days=1))
    future = Future(known, FIRST, FIRST + timedelta(days=1))
    planned = future.with_runs([Planned(FIRST, 10_000.0, 10_000 / 3000)])
    # The day before was unknown, and is rest between two runs now.
    assert (known.days["state"].iloc[-1], future.assumed_days) == ("unknown", 1)
    same = [name for name in whole.days if not name.startswith(("heart_rate_zone", "ascent"))]
    pd.testing.assert_frame_equal(planned.days[same].iloc[: DAYS + 1], whole.days[same].iloc[: DAYS + 1])
    free = planned.days.iloc[-1]
    assert (free["state"], free["sessions"], free["trimp_banister"]) == ("rest", 0, 0.0)
    assert len(planned.activities) == len(planned.best_efforts) == len(known.activities) + 1


def test_what_no_run_measured_is_missing_in_a_planned_one(make_history: Callable[..., History]) -> None:
    without = every(make_history, heart_rate_coverage=0.0)
    planner = Planner(without, FIRST)
    planned = planner._future.with_runs([planner.run(FIRST, 8000.0)])
    assert np.isnan(planned.days.loc[pd.Timestamp(FIRST), "trimp_banister"])
    assert planned.activities["trimp_banister"].isna().all()
