"""What the athlete has put to sleep: a rule that is still computed and shown, and is left out of the day's word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from stridelab.analysis.rules.finding import Finding, NotEvaluated

NEVER_SNOOZED: Final = ("refer", "urgent")
"""Severities that no snooze quiets: who should see a professional hears of it every time (a convention)."""


@dataclass(frozen=True, slots=True)
class Snooze:
    """A rule put to sleep.

    Parameters
    ----------
    rule_id
        Which rule.
    since, until
        First and last day.
    why
        The athlete's reason.
    """

    rule_id: str
    since: date
    until: date
    why: str


def snooze_of(snoozes: pd.DataFrame, finding: Finding) -> Snooze | None:
    """The snooze that quiets a finding; None where none does, and always for `NEVER_SNOOZED`.

    Parameters
    ----------
    snoozes
        `stridelab.analysis.history.SNOOZE_COLUMNS`.
    finding
        What a rule said of a day. Of several snoozes on that day the one that lasts longest counts.
    """
    if finding.severity in NEVER_SNOOZED or snoozes.empty:
        return None
    day = pd.Timestamp(finding.day)
    own = snoozes[
        (snoozes["rule_id"] == finding.rule_id) & (snoozes["since"] <= day) & (day <= snoozes["until"])
    ].sort_values("until")
    if own.empty:
        return None
    row = own.iloc[-1]
    return Snooze(str(row["rule_id"]), row["since"].date(), row["until"].date(), str(row["why"] or ""))


def awake(snoozes: pd.DataFrame, findings: Iterable[Finding | NotEvaluated]) -> list[Finding | NotEvaluated]:
    """The findings that no snooze quiets, in their order: what the word of the day is built from."""
    return [item for item in findings if isinstance(item, NotEvaluated) or snooze_of(snoozes, item) is None]
