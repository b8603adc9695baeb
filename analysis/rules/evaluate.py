"""All rules over all days."""

from __future__ import annotations

from datetime import date
from typing import Final

from stridelab.analysis.history import History
from stridelab.analysis.rules.consecutive_training_days import CONSECUTIVE_TRAINING_DAYS
from stridelab.analysis.rules.finding import Finding, NotEvaluated
from stridelab.analysis.rules.rule import Rule, findings
from stridelab.analysis.rules.session_spike import SESSION_SPIKE

RULES: Final[tuple[Rule, ...]] = (SESSION_SPIKE, CONSECUTIVE_TRAINING_DAYS)


def evaluate(history: History, *, start: date | None = None, end: date | None = None) -> list[Finding | NotEvaluated]:
    """What every rule says of every day, in one pass.

    Parameters
    ----------
    history
        See `stridelab.analysis.history.History`. An empty one has no findings.
    start, end
        First and last day to report; the whole history is looked at all the same.

    Returns
    -------
    list
        Findings (raised, held, cleared) and days that could not be judged, sorted by day, then by rule.
    """
    found = [
        finding
        for rule in RULES
        for finding in findings(rule, history)
        if (start is None or finding.day >= start) and (end is None or finding.day <= end)
    ]
    number = {rule.id: rule.number for rule in RULES}
    return sorted(found, key=lambda finding: (finding.day, number[finding.rule_id]))
