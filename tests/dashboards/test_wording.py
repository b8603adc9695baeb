from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from stridelab.analysis.history import History
from stridelab.analysis.rules import RULES, SEVERITIES, Coverage, Finding, NotEvaluated, evaluate
from stridelab.athlete import AthleteValue
from stridelab.dashboards.report import wording
from stridelab.errors import UsageError
from stridelab.issues import Issue, IssueCode


def test_a_finding_follows_the_message_pattern(spike: Finding) -> None:
    said = wording.sentence(spike)

    for part in (
        "Sat 14 Nov 2026",
        "14.2 km",
        "29 % longer",
        "longest run of the 30 days before it (11.0 km)",
        "5,205 runners",
        "HRR 1.64, 1.31–2.05",
        "an average, not your personal risk",
        "Up to 12.1 km would have stayed within 10 %",
        "Evidence B",
        "28 of 30 days known (6 of them assumed to be rest), 14 needed",
    ):
        assert part in said


def test_miles_and_a_limit_that_is_never_rounded_up(spike: Finding) -> None:
    said = wording.sentence(spike, "mi")

    assert "8.8 mi" in said
    assert "Up to 7.5 mi" in said  # 12.1 km is 7.52 mi
    assert "km" not in said
    cut = wording.message(replace(spike, numbers={**spike.numbers, "cap_m": 12_190.0}))
    assert "Up to 12.1 km" in cut


def test_held_and_cleared_say_so(spike: Finding) -> None:
    assert "still open" in wording.sentence(replace(spike, state="held"))
    assert "cleared" in wording.sentence(replace(spike, state="cleared"))


@pytest.mark.parametrize(
    ("key", "numbers", "expected"),
    [
        ("consecutive_training_days", {"days": 11.0, "threshold": 10.0}, "11 days of training in a row"),
        (
            "rest_day_missing_weeks",
            {"weeks_without_rest": 3.0, "weeks": 4.0},
            "3 of the last 4 weeks had no day of rest",
        ),
    ],
)
def test_rest_days(spike: Finding, key: str, numbers: dict[str, float], expected: str) -> None:
    said = wording.sentence(replace(spike, message_key=key, numbers=numbers, grade="D"))

    assert expected in said
    assert "not your personal risk" in said
    assert "convention" in said


@pytest.mark.parametrize(
    ("key", "numbers", "expected"),
    [
        ("no_reference", {"runs_30d": 2.0, "needed": 4.0}, "2 runs in the 30 days before are too few"),
        ("no_reference", {"runs_30d": 2.0, "runs_needed": 4.0, "needed": 14.0}, "(4 are needed)"),
        ("too_few_known_days", {"known": 9.0, "needed": 14.0}, "9 of the days it looks at are known and 14 are needed"),
        ("day_unknown", {}, "not known whether training or rest"),
    ],
)
def test_not_evaluated_says_why(key: str, numbers: dict[str, float], expected: str) -> None:
    said = wording.sentence(NotEvaluated("session_spike", date(2026, 11, 14), key, numbers))

    assert "not evaluated on Sat 14 Nov 2026, because" in said
    assert expected in said


def test_all_that_the_rules_say_has_words(season: History) -> None:
    for item in evaluate(season):
        said = wording.sentence(item)
        assert not re.search(r"[{}]|–[^\d]|nan", said), said
        if isinstance(item, Finding):
            assert wording.clears(item)
    for rule in RULES:
        assert "_" not in wording.rule_title(rule.id)
        assert len(wording.rule_letter(rule.id)) == 1


def test_a_rule_without_words_still_gets_a_sentence(spike: Finding) -> None:
    said = wording.sentence(replace(spike, rule_id="new_rule", message_key="new_key", clears_when_key="other"))

    assert "New rule." in said
    assert wording.clears(replace(spike, clears_when_key="other")) == ""


def test_no_sentence_is_a_diagnosis() -> None:
    words = str([getattr(wording.LANGUAGES["en"], name) for name in ("MESSAGES", "CLEARS", "REASONS", "RULES")]).lower()

    for claim in ("you are injured", "diagnos", "overtraining", "your risk", "will get", "dangerous"):
        assert claim not in words


def test_coverage_is_silent_where_a_rule_counts_no_days() -> None:
    assert wording.coverage(Coverage(0, 0, 0)) == ""
    assert "assumed" not in wording.coverage(Coverage(7, 0, 7))


def test_every_severity_has_a_shape_and_a_word() -> None:
    assert {wording.severity(name) for name in SEVERITIES}.__len__() == len(SEVERITIES)
    assert len({wording.SEVERITY_SYMBOLS[name] for name in SEVERITIES}) == len(SEVERITIES)


def test_issue_and_values() -> None:
    said = wording.issue(Issue(IssueCode.TRUNCATED, "error", 12, "12 of 90 bytes."))
    assert said == "The file ends in the middle of a message; everything before it was kept. 12 of 90 bytes."

    value = AthleteValue("resting_heart_rate_bpm", 48.0, "given", date(2026, 1, 5))
    assert wording.athlete_value(value) == "Resting heart rate 48 bpm: given by you, from 5 Jan 2026 on"


def test_an_unknown_language_is_refused(spike: Finding) -> None:
    with pytest.raises(UsageError, match="expected one of en"):
        wording.sentence(spike, language="xx")
