"""What rules say: data, not sentences. `stridelab.dashboards.report.wording` makes the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

State = Literal["raised", "held", "cleared"]
Severity = Literal["info", "watch", "act", "refer", "urgent"]
Grade = Literal["A", "B", "C", "D"]

SEVERITIES: tuple[Severity, ...] = ("info", "watch", "act", "refer", "urgent")
"""From the mildest to the gravest; ``urgent`` is for chest pain and fainting only."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the days that a rule looks at were known, how many of those assumed, how many it needs, of how many.

    ``window`` is 0 where a rule looks at no fixed number of days.
    """

    known: int
    assumed: int
    needed: int
    window: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule on one day.

    Parameters
    ----------
    rule_id, day
        Which rule, and the day it speaks of.
    state
        ``raised`` on its first day, ``held`` while it lasts, ``cleared`` on the day it ends.
    severity, grade
        How much it matters, and how good the evidence behind the rule is (A trials to D convention).
    message_key, numbers
        Key of the sentence and the numbers in it, SI units.
    coverage
        What was known of the days it looked at.
    source
        Reference of the rule's threshold.
    clears_when_key
        Key of the sentence that says what would clear it.
    subject
        What it is about where a rule has several: the name of a shoe, a part of the body; empty otherwise.
    tags
        Tags of the athlete that soften it (`stridelab.analysis.rules.rule.Softened`).
    part_of
        Id of the rule whose open flag has the same cause and comes first; this one is then for information only, and is
        shown beneath it (`stridelab.analysis.rules.grouping`). Empty where it stands for itself.
    """

    rule_id: str
    day: date
    state: State
    severity: Severity
    grade: Grade
    message_key: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    coverage: Coverage = Coverage(0, 0, 0)
    source: str = ""
    clears_when_key: str = ""
    subject: str = ""
    tags: tuple[str, ...] = ()
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not be judged on a day, and why."""

    rule_id: str
    day: date
    reason_key: str
    numbers: Mapping[str, float] = field(default_factory=dict)
