"""The form of a rule, and how its daily verdicts become findings with a beginning and an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.history import History
from stridelab.analysis.rules.finding import SEVERITIES, Coverage, Finding, Grade, NotEvaluated, Severity, State

RAISED_AFTER_HITS: Final = 3
CLEARED_AFTER_MISSES: Final = 2
COOL_DOWN_D: Final = 7
"""Hysteresis of a state rule: days of hits to raise it, of misses to clear it, of silence after it was cleared."""


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
        Days with a known state among those the rule looks at, and how many of these were assumed.
    needed, window
        How many known days the rule needs, and at how many it looks.
    """

    severity: npt.NDArray[np.int64]
    reason_key: npt.NDArray[np.object_]
    message_key: npt.NDArray[np.object_]
    numbers: Mapping[str, npt.NDArray[np.float64]]
    known: npt.NDArray[np.int64]
    assumed: npt.NDArray[np.int64]
    needed: int
    window: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Parameters
    ----------
    id, number
        Name, and its number in the table of rules.
    question
        What it asks, in one sentence.
    kind
        An ``event`` is raised at once and expires; a ``state`` needs several hits to be raised, misses to be cleared.
    grade
        Evidence behind it: A trials, B cohort, C mechanism or consensus, D convention.
    source
        Reference, with DOI where there is one.
    verdicts
        The rule itself: all days of a history at once. Called only for a history with days.
    clears_when_key
        Key of the sentence that says what would clear it.
    lasts_d
        For an event: how many days it stays open.
    hits_to_raise
        For a state: daily hits that raise it; 1 for a rule whose definition already counts days.
    """

    id: str
    number: int
    question: str
    kind: Literal["event", "state"]
    grade: Grade
    source: str
    verdicts: Callable[[History], Verdicts]
    clears_when_key: str
    lasts_d: int = 7
    hits_to_raise: int = RAISED_AFTER_HITS


def findings(rule: Rule, history: History) -> Iterator[Finding | NotEvaluated]:
    """Every finding of one rule, day by day."""
    index = pd.DatetimeIndex(history.days.index)
    if index.empty:
        return
    verdicts = rule.verdicts(history)
    states = (
        event_states(verdicts, rule.lasts_d) if rule.kind == "event" else state_states(verdicts, rule.hits_to_raise)
    )
    for i, day in enumerate(index.date):
        if verdicts.reason_key[i]:
            numbers = {name: float(v[i]) for name, v in verdicts.numbers.items() if np.isfinite(v[i])}
            yield NotEvaluated(rule.id, day, str(verdicts.reason_key[i]), numbers)
        found = states.get(i)
        if found is None:
            continue
        state, severity, cause = found
        yield Finding(
            rule_id=rule.id,
            day=day,
            state=state,
            severity=severity,
            grade=rule.grade,
            message_key=str(verdicts.message_key[cause]),
            numbers={name: float(v[cause]) for name, v in verdicts.numbers.items() if np.isfinite(v[cause])},
            coverage=Coverage(
                int(verdicts.known[cause]), int(verdicts.assumed[cause]), verdicts.needed, verdicts.window
            ),
            source=rule.source,
            clears_when_key=rule.clears_when_key,
        )


# State of the finding, its severity, and the day whose numbers it shows, by day.
States = dict[int, tuple[State, Severity, int]]


def event_states(verdicts: Verdicts, lasts_d: int) -> States:
    """Raised on the day of each hit, held while it lasts, cleared when it expires; a new hit starts it anew."""
    states: States = {}
    hits = np.flatnonzero(verdicts.severity >= 0)
    ends = np.append(hits, len(verdicts.severity))[1:]
    for hit, following in zip(hits.tolist(), ends.tolist(), strict=True):
        severity = SEVERITIES[verdicts.severity[hit]]
        states[hit] = ("raised", severity, hit)
        expires = hit + lasts_d
        states |= {day: ("held", severity, hit) for day in range(hit + 1, min(expires, following))}
        if expires < following:
            states[expires] = ("cleared", severity, hit)
    return states


def state_states(verdicts: Verdicts, hits_to_raise: int) -> States:
    """Raised after enough daily hits, held, cleared after `CLEARED_AFTER_MISSES`, then silent for `COOL_DOWN_D` days.

    A day that could not be judged is neither a hit nor a miss. Hits during the cool-down count for the time after it.
    """
    states: States = {}
    hits = misses = 0
    open_, cause, quiet_until = False, 0, -1
    judged = np.equal(verdicts.reason_key, "")
    for day, (severity, evaluated) in enumerate(zip(verdicts.severity.tolist(), judged.tolist(), strict=True)):
        if not evaluated:
            continue
        hits, misses = (hits + 1, 0) if severity >= 0 else (0, misses + 1)
        if severity >= 0:
            cause = day
        if not open_ and hits >= hits_to_raise and day > quiet_until:
            open_ = True
            states[day] = ("raised", SEVERITIES[severity], day)
        elif open_ and misses >= CLEARED_AFTER_MISSES:
            open_, quiet_until = False, day + COOL_DOWN_D
            states[day] = ("cleared", SEVERITIES[verdicts.severity[cause]], cause)
        elif open_:
            states[day] = ("held", SEVERITIES[verdicts.severity[cause]], cause)
    return states
