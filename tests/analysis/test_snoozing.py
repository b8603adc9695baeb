"""A snooze quiets a rule on its days, and never what says that a professional is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from stridelab.analysis.history import SNOOZE_COLUMNS
from stridelab.analysis.rules import Finding, NotEvaluated
from stridelab.analysis.rules.snoozing import awake, snooze_of

DAY = date(2026, 11, 16)
FINDING = Finding("session_spike", DAY, "held", "watch", "B", "session_spike")


def snoozes(*rows: tuple[str, date, date, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(SNOOZE_COLUMNS)).astype(dict(SNOOZE_COLUMNS))


def test_it_holds_on_its_days_only() -> None:
    table = snoozes(("session_spike", DAY, DAY + timedelta(days=1), "race week"))
    held = [snooze_of(table, replace(FINDING, day=DAY + timedelta(days=n))) is not None for n in range(-1, 3)]
    assert held == [False, True, True, False]
    assert snooze_of(table, replace(FINDING, rule_id="other")) is None


@pytest.mark.parametrize("severity", ["refer", "urgent"])
def test_what_needs_a_professional_is_never_quieted(severity: str) -> None:
    table = snoozes(("session_spike", DAY, DAY, "no"))
    grave = replace(FINDING, severity=severity)
    assert snooze_of(table, grave) is None
    gap = NotEvaluated("session_spike", DAY, "no_reference")
    assert awake(table, [FINDING, grave, gap]) == [grave, gap]


def test_of_several_the_longest_counts() -> None:
    table = snoozes(("session_spike", DAY, DAY + timedelta(days=5), "long"), ("session_spike", DAY, DAY, "short"))
    found = snooze_of(table, FINDING)
    assert found is not None
    assert found.why == "long"
