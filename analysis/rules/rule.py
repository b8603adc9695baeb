"""The form of a rule: what it asks, what it needs, its thresholds with their sources, and its verdict on every day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.analysis.rules.finding import SEVERITIES, Grade, Severity
from stridelab.analysis.rules.past import BoolArray, FloatArray, Past

Tag = Literal["race", "illness", "heat", "altitude", "travel", "new_device", "exclude"]
Limits = Mapping[str, float]
"""Values of a rule's thresholds by name: the published ones, or the user's own."""

RAISED_AFTER_HITS: Final = 3
"""Daily hits that raise a state rule (convention)."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number of a rule, which `History.settings` may move.

    Parameters
    ----------
    name, value, unit
        Its name within the rule, its published or agreed value, and the unit (empty for a ratio or a count).
    meaning
        What it decides, in a few words.
    grade, source
        Evidence for this very number; the rule's own where they are empty.
    """

    name: str
    value: float
    unit: str
    meaning: str
    grade: Grade | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What a rule cannot do without.

    Parameters
    ----------
    columns
        Columns of `History.activities` or `History.days`, or a table of the history.
    least
        How much of it, in words.
    """

    columns: str
    least: str


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A tag that keeps a rule from judging the tagged day and ``after_d`` days after it."""

    tag: Tag
    after_d: int = 0


@dataclass(frozen=True, slots=True)
class Softened:
    """A tag that by itself explains what the rule sees: on the day and ``after_d`` after it, for information only."""

    tag: Tag
    after_d: int = 0


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What a rule says of every day of a history, before hysteresis. Arrays of shape ``(n_days,)``.

    Parameters
    ----------
    severity
        Index in `SEVERITIES`, or -1 where the rule is not hit.
    reason_key
        Why the day could not be judged; empty where it could.
    message_key
        Sentence of a hit; empty where there is none.
    numbers
        The numbers of the sentence or the reason, by name, SI units.
    known, assumed
        How much of what the rule looks at was known, and how much of that was assumed.
    needed, window
        How much it needs, and at how much it looks.
    looked
        Days on which there was something new to judge, for instance a run; None is every day.
    keeps
        Days that are no hit, but too near to one to clear an open flag; None is none.
    subject
        What a hit is about; None where the rule has one subject only.
    reason_numbers
        Which of ``numbers`` the reasons need, beside ``known`` and ``needed``.
    """

    severity: npt.NDArray[np.int64]
    reason_key: npt.NDArray[np.object_]
    message_key: npt.NDArray[np.object_]
    numbers: Mapping[str, FloatArray]
    known: npt.NDArray[np.int64]
    assumed: npt.NDArray[np.int64]
    needed: int
    window: int
    looked: BoolArray | None = None
    keeps: BoolArray | None = None
    subject: npt.NDArray[np.object_] | None = None
    reason_numbers: tuple[str, ...] = ()


def verdicts(
    past: Past,
    *,
    hits: Sequence[tuple[BoolArray, Severity, str]],
    reasons: Sequence[tuple[BoolArray, str]],
    numbers: Mapping[str, FloatArray],
    known: npt.ArrayLike,
    needed: int,
    window: int,
    assumed: npt.ArrayLike = 0,
    looked: BoolArray | None = None,
    keeps: BoolArray | None = None,
    subject: npt.NDArray[np.object_] | None = None,
    reason_numbers: tuple[str, ...] = (),
) -> Verdicts:
    """`Verdicts` from masks of days: the first hit and the first reason that hold count, and no hit without judging."""
    reason = first_of(reasons, past.n)
    judged = np.equal(reason, "")
    masks = [(mask & judged, severity, key) for mask, severity, key in hits]
    levels = [SEVERITIES.index(severity) for _, severity, _ in masks]
    return Verdicts(
        severity=np.select([mask for mask, *_ in masks], levels, -1).astype(np.int64)
        if masks
        else np.full(past.n, -1, dtype=np.int64),
        reason_key=reason,
        message_key=first_of([(mask, key) for mask, _, key in masks], past.n),
        numbers=numbers,
        known=np.broadcast_to(np.nan_to_num(np.asarray(known, dtype=np.float64)), past.n).astype(np.int64),
        assumed=np.broadcast_to(np.nan_to_num(np.asarray(assumed, dtype=np.float64)), past.n).astype(np.int64),
        needed=needed,
        window=window,
        looked=looked,
        keeps=keeps,
        subject=subject,
        reason_numbers=reason_numbers,
    )


def first_of(choices: Sequence[tuple[BoolArray, str]], n: int) -> npt.NDArray[np.object_]:
    """For each day the key of the first mask that holds; empty where none does."""
    chosen = np.full(n, "", dtype=object)
    for mask, key in reversed(choices):
        chosen[mask] = key
    return chosen


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule.

    Parameters
    ----------
    id, number
        Name, and its number in the table of rules.
    question
        What it asks, in one sentence.
    kind
        An ``event`` is raised at once and expires; a ``state`` needs several hits to be raised, misses to be cleared; a
        ``description`` only describes, and is never a flag.
    severities
        What its flags can be, from the mildest to the gravest; empty for a description.
    grade
        Evidence behind it: A trials, B cohort, C mechanism or consensus, D convention.
    evidence
        What that evidence says and does not say, in a sentence or two.
    source
        Reference, with DOI where there is one.
    verdicts
        The rule itself: all days of a history at once, with the thresholds that hold. Called only for a history with
        days.
    clears_when_key
        Key of the sentence that says what would clear it.
    needs
        What it cannot do without; where that is missing, a day is not evaluated.
    thresholds
        Its numbers.
    tags
        Tags of the athlete that suppress or soften it.
    restarts
        What makes its baseline begin anew, in words; empty where it has none.
    lasts_d
        For an event: how many days it stays open.
    renews
        For an event: whether another hit while it is open prolongs it, instead of raising it anew.
    hits_to_raise
        For a state: daily hits that raise it; 1 for a rule whose definition already counts days.
    """

    id: str
    number: int
    question: str
    kind: Literal["event", "state", "description"]
    severities: tuple[Severity, ...]
    grade: Grade
    evidence: str
    source: str
    verdicts: Callable[[Past, Limits], Verdicts]
    clears_when_key: str
    needs: tuple[Need, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    tags: tuple[Suppressed | Softened, ...] = field(default=(Suppressed("exclude"),))
    restarts: str = ""
    lasts_d: int = 7
    renews: bool = False
    hits_to_raise: int = RAISED_AFTER_HITS

    @property
    def defaults(self) -> dict[str, float]:
        """Its thresholds as published or agreed, by name."""
        return {threshold.name: threshold.value for threshold in self.thresholds}
