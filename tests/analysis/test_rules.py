"""Rules 1 and 2: raised, held, cleared, not evaluated."""

from __future__ import annotations

from datetime import date

import pytest

from stridelab.analysis.rules import Finding, NotEvaluated, evaluate
from stridelab.analysis.rules.finding import SEVERITIES
from stridelab.athlete import Athlete

from .conftest import MakeHistory

EVERY_OTHER_DAY = [{"day": n} for n in range(0, 30, 2)]


def spikes(make_history: MakeHistory, distance_m: float, **more: object) -> list[Finding | NotEvaluated]:
    history = make_history([*EVERY_OTHER_DAY, {"day": 30, "distance_m": distance_m, **more}], until=date(2026, 2, 15))
    return [f for f in evaluate(history, start=date(2026, 1, 31)) if f.rule_id == "session_spike"]


@pytest.mark.parametrize(
    ("distance_m", "severity", "hrr"),
    [(11000.0, None, None), (11010.0, "watch", 1.64), (13000.0, "watch", 1.64), (13100.0, "watch", 1.52),
     (20000.0, "watch", 1.52), (20100.0, "act", 2.28)],
)  # fmt: skip
def test_session_spike_bands(
    make_history: MakeHistory, distance_m: float, severity: str | None, hrr: float | None
) -> None:
    raised = [f for f in spikes(make_history, distance_m) if isinstance(f, Finding) and f.state == "raised"]
    assert [f.severity for f in raised] == ([severity] if severity else [])
    for finding in raised:
        assert finding.numbers["hrr"] == hrr
        assert finding.numbers["ratio"] == pytest.approx(distance_m / 10000)
        assert finding.numbers["cap_m"] == pytest.approx(11000)
        assert finding.grade == "B"
        assert (finding.coverage.window, finding.coverage.needed) == (30, 14)
        assert "doi" in finding.source


def test_an_event_is_held_for_a_week_and_then_cleared(make_history: MakeHistory) -> None:
    states = [f.state for f in spikes(make_history, 15000.0) if isinstance(f, Finding)]
    assert states == ["raised", *["held"] * 6, "cleared"]


def test_too_few_runs_are_no_reference(make_history: MakeHistory) -> None:
    history = make_history([{"day": 0}, {"day": 9}, {"day": 12, "distance_m": 30000.0}])
    found = evaluate(history, start=date(2026, 1, 13))
    reasons = [f.reason_key for f in found if isinstance(f, NotEvaluated) and f.rule_id == "session_spike"]
    assert reasons == ["no_reference"]
    assert not [f for f in found if isinstance(f, Finding)]


def test_an_unknown_month_is_not_judged(make_history: MakeHistory) -> None:
    sessions = [{"day": n} for n in (0, 1, 2, 3, 4)]
    found = evaluate(make_history([*sessions, {"day": 25, "distance_m": 30000.0}]), start=date(2026, 1, 26))
    reasons = [f.reason_key for f in found if isinstance(f, NotEvaluated) and f.rule_id == "session_spike"]
    assert reasons == ["too_few_known_days"]


def test_a_run_split_over_two_files_is_one_run(make_history: MakeHistory) -> None:
    half = {"distance_m": 8000.0, "elapsed_time_s": 2400.0}
    parts = [{"day": 30, **half}, {"day": 30 + 50 / 1440, **half}]
    found = evaluate(make_history([*EVERY_OTHER_DAY, *parts]), start=date(2026, 1, 31))
    raised = [f for f in found if isinstance(f, Finding) and f.rule_id == "session_spike"]
    assert [f.numbers["distance_m"] for f in raised] == [16000.0]
    apart = [{"day": 30, **half}, {"day": 30.4, **half}]
    assert not [
        f
        for f in evaluate(make_history([*EVERY_OTHER_DAY, *apart]), start=date(2026, 1, 31))
        if isinstance(f, Finding) and f.rule_id == "session_spike"
    ]


def test_a_long_ride_is_no_spike(make_history: MakeHistory) -> None:
    assert not [f for f in spikes(make_history, 90000.0, family="bike", sport="cycling") if isinstance(f, Finding)]


def test_days_in_a_row_are_raised_escalate_and_clear_after_two_days_of_rest(make_history: MakeHistory) -> None:
    streak = [{"day": n} for n in (0, 2, *range(4, 15))]
    history = make_history([*streak, {"day": 17}, {"day": 19}])
    own = [f for f in evaluate(history) if isinstance(f, Finding) and f.rule_id == "consecutive_training_days"]
    assert [(f.day.day, f.state, f.severity) for f in own] == [
        (11, "raised", "watch"), (12, "held", "watch"), (13, "held", "watch"), (14, "held", "act"), (15, "held", "act"),
        (16, "held", "act"), (17, "cleared", "act"),
    ]  # fmt: skip
    assert own[0].numbers["days"] == 7
    assert {f.grade for f in own} == {"D"}


def test_three_weeks_of_four_without_rest(make_history: MakeHistory) -> None:
    # Six trained days and one of active recovery never make seven in a row; from day 8 on no day is free.
    sessions = [{"day": n} for n in range(0, 8, 2)] + [{"day": n} for n in range(8, 36)]
    found = [f for f in evaluate(make_history(sessions)) if isinstance(f, Finding)]
    streak = [f for f in found if f.rule_id == "consecutive_training_days"]
    assert streak
    assert streak[-1].numbers["weeks_without_rest"] == 4


def test_an_unknown_day_is_not_judged(make_history: MakeHistory) -> None:
    history = make_history([{"day": 0}], until=date(2026, 1, 20))
    own = [f for f in evaluate(history) if f.rule_id == "consecutive_training_days"]
    assert {type(f) for f in own} == {NotEvaluated}
    assert {f.reason_key for f in own if isinstance(f, NotEvaluated)} == {"day_unknown", "too_few_known_days"}


def test_an_empty_history_has_no_findings(make_history: MakeHistory) -> None:
    assert evaluate(make_history([])) == []


def test_findings_are_sorted_and_within_the_days_asked_for(make_history: MakeHistory) -> None:
    history = make_history([{"day": n} for n in range(40)], athlete=Athlete())
    whole = evaluate(history)
    assert [f.day for f in whole] == sorted(f.day for f in whole)
    part = evaluate(history, start=date(2026, 1, 20), end=date(2026, 1, 25))
    assert part == [f for f in whole if date(2026, 1, 20) <= f.day <= date(2026, 1, 25)]
    assert all(f.severity in SEVERITIES for f in part if isinstance(f, Finding))
