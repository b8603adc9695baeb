"""An overall word for a day, built from its findings and listing them. It is not a score."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from stridelab.analysis.rules.finding import SEVERITIES, Finding, NotEvaluated, Severity

Word = Literal[
    "get_help_now", "see_a_professional", "ease_off", "keep_an_eye_on_it", "nothing_stands_out", "too_little_known"
]

_OF_SEVERITY: Final[dict[Severity, Word]] = {
    "urgent": "get_help_now",
    "refer": "see_a_professional",
    "act": "ease_off",
    "watch": "keep_an_eye_on_it",
    "info": "nothing_stands_out",
}

ENOUGH_RULES: Final = 3
"""With fewer rules that could judge the day, silence says nothing (convention)."""


@dataclass(frozen=True, slots=True)
class DayWord:
    """The word for a day.

    Parameters
    ----------
    key
        Key of the word.
    findings
        The open flags that it is built from, the gravest first; those that are part of another are left out.
    judged, rules
        How many of how many rules could judge the day.
    """

    key: Word
    findings: tuple[Finding, ...]
    judged: int
    rules: int


def day_word(said: Iterable[Finding | NotEvaluated], *, rules: int = 20) -> DayWord:
    """The word for a day from what the rules said of it.

    Parameters
    ----------
    said
        What `stridelab.analysis.rules.evaluate` gave for one day.
    rules
        How many rules were asked.

    Returns
    -------
    DayWord
        That of the gravest open flag. Without one, silence is told from not knowing by how many rules could judge.

    Examples
    --------
    >>> day_word([]).key
    'nothing_stands_out'
    """
    items = list(said)
    silent = {item.rule_id for item in items if isinstance(item, NotEvaluated)}
    flags = [item for item in items if isinstance(item, Finding) and item.state != "cleared" and not item.part_of]
    flags.sort(key=lambda finding: -SEVERITIES.index(finding.severity))
    judged = rules - len(silent)
    if flags and flags[0].severity != "info":
        return DayWord(_OF_SEVERITY[flags[0].severity], tuple(flags), judged, rules)
    key: Word = "nothing_stands_out" if judged >= ENOUGH_RULES else "too_little_known"
    return DayWord(key, tuple(flags), judged, rules)
