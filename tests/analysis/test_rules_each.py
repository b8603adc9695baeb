"""Every rule raised, held, cleared, not evaluated and suppressed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from stridelab.analysis.rules import RULES, Finding, NotEvaluated, evaluate
from stridelab.dashboards.report import texts_en, wording

from .conftest import MakeHistory
from .rule_cases import CASES, Case, tags_of

each = pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])


def test_there_is_a_case_for_every_rule_that_may_be_a_flag() -> None:
    assert {case.rule for case in CASES} == {rule.id for rule in RULES if rule.kind != "description"}
    assert [rule.number for rule in RULES] == list(range(1, 21))


@each
def test_raised_held_and_cleared(case: Case, make_history: MakeHistory) -> None:
    found = [f for f in evaluate(case.build(make_history)) if isinstance(f, Finding) and f.rule_id == case.rule]

    about = [f for f in found if f.message_key == case.message]
    assert about[0].state == "raised"
    assert case.severity in {f.severity for f in about}
    states = [f.state for f in about]
    assert "held" in states
    assert states[-1] == "cleared"


@each
def test_all_that_is_said_has_words(case: Case, make_history: MakeHistory) -> None:
    history = case.build(make_history)
    moved = replace(history, settings={"rules": {case.rule: _moved(case.rule)}})
    for one in (history, case.without(history), moved):
        for said in [f for f in evaluate(one) if f.rule_id == case.rule]:
            words = wording.sentence(said)
            assert not re.search(r"[{}]|\bnan\b|–(?!\d)|what it needs is not there", words), words
            if isinstance(said, Finding):
                assert wording.clears(said)
                assert said.message_key in texts_en.MESSAGES
            else:
                assert said.reason_key in texts_en.REASONS


def _moved(name: str) -> dict[str, float]:
    threshold = next(rule for rule in RULES if rule.id == name).thresholds[0]
    return {threshold.name: threshold.value * 1.01}


@each
def test_without_what_it_needs_it_says_why_and_raises_nothing(case: Case, make_history: MakeHistory) -> None:
    said = [f for f in evaluate(case.without(case.build(make_history))) if f.rule_id == case.rule]

    assert not [f for f in said if isinstance(f, Finding)]
    reasons = {f.reason_key for f in said if isinstance(f, NotEvaluated)}
    assert case.reason in reasons or not case.reason


@each
def test_an_excluded_day_is_not_judged_except_by_pain(case: Case, make_history: MakeHistory) -> None:
    history = case.build(make_history)
    every_day = list(range(len(history.days)))
    said = [f for f in evaluate(replace(history, tags=tags_of("exclude", every_day))) if f.rule_id == case.rule]

    found = [f for f in said if isinstance(f, Finding)]
    if case.rule == "see_a_professional":
        assert found
    else:
        assert not found
        assert {f.reason_key for f in said if isinstance(f, NotEvaluated)} >= {"tagged_exclude"}


@each
def test_switched_off_it_says_so_every_day(case: Case, make_history: MakeHistory) -> None:
    history = replace(case.build(make_history), settings={"rules": {case.rule: {"enabled": False}}})
    said = [f for f in evaluate(history) if f.rule_id == case.rule]

    assert {f.reason_key for f in said if isinstance(f, NotEvaluated)} == {"switched_off"}
    assert len(said) == len(history.days)
