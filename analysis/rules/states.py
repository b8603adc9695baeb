"""From daily verdicts to flags with a beginning and an end: events that expire, states with hysteresis."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.finding import SEVERITIES, Severity, State
from stridelab.analysis.rules.rule import Rule, Verdicts

CLEARED_AFTER_MISSES: Final = 2
COOL_DOWN_D: Final = 7
LAPSES_AFTER_D: Final = 14
"""Hysteresis of a state: misses that clear it, days of silence after that, and after how many days without any
judgement an open one is closed because nothing is known of it any more (conventions)."""

# State of the finding, its severity, and the day whose numbers it shows, by day.
States = dict[int, tuple[State, Severity, int]]


def states_of(rule: Rule, verdicts: Verdicts) -> States:
    """The flags of a rule by day."""
    if rule.kind == "description" or not (verdicts.severity >= 0).any():
        return {}
    if rule.kind == "event":
        return event_states(verdicts, rule.lasts_d, renews=rule.renews)
    return state_states(verdicts, rule.hits_to_raise)


def event_states(verdicts: Verdicts, lasts_d: int, *, renews: bool = False) -> States:
    """Raised on the day of each hit, held while it lasts, cleared when it expires; a new hit starts it anew.

    With ``renews`` a hit that is no graver than the open flag prolongs it instead.
    """
    states: States = {}
    hits = np.flatnonzero(verdicts.severity >= 0)
    ends = np.append(hits, len(verdicts.severity))[1:]
    last, worst = -lasts_d - 1, -1
    for hit, following in zip(hits.tolist(), ends.tolist(), strict=True):
        level = int(verdicts.severity[hit])
        prolongs = renews and hit - last <= lasts_d and level <= worst
        worst, last = (worst if prolongs else level), hit
        severity = SEVERITIES[level]
        states[hit] = ("held" if prolongs else "raised", severity, hit)
        expires = hit + lasts_d
        states |= {day: ("held", severity, hit) for day in range(hit + 1, min(expires, following))}
        if expires < following:
            states[expires] = ("cleared", severity, hit)
    return states


def state_states(verdicts: Verdicts, hits_to_raise: int) -> States:
    """Raised after enough daily hits, held, cleared after `CLEARED_AFTER_MISSES`, then silent for `COOL_DOWN_D` days.

    A day that could not be judged is neither a hit nor a miss; after `LAPSES_AFTER_D` of them an open flag is cleared
    and hits are counted from the start. Days without anything new to judge hold it. Hits during the cool-down count for
    the time after it.
    """
    states: States = {}
    hits = misses = 0
    open_, cause, quiet_until, judged_last = False, 0, -1, 0
    judged = np.equal(verdicts.reason_key, "")
    keeps = np.zeros(len(judged), dtype=np.bool_) if verdicts.keeps is None else verdicts.keeps
    looked = np.ones(len(judged), dtype=np.bool_) if verdicts.looked is None else verdicts.looked
    days = zip(verdicts.severity.tolist(), judged.tolist(), looked.tolist(), keeps.tolist(), strict=True)
    for day, (severity, evaluated, new, near) in enumerate(days):
        if not evaluated:
            if day - judged_last >= LAPSES_AFTER_D:
                if open_:
                    states[day] = ("cleared", SEVERITIES[verdicts.severity[cause]], cause)
                open_, hits, misses = False, 0, 0
            continue
        judged_last = day
        if not new:
            if open_:
                states[day] = ("held", SEVERITIES[verdicts.severity[cause]], cause)
            continue
        if severity >= 0:
            hits, misses, cause = hits + 1, 0, day
        elif not near:
            hits, misses = 0, misses + 1
        if not open_ and severity >= 0 and hits >= hits_to_raise and day > quiet_until:
            open_ = True
            states[day] = ("raised", SEVERITIES[severity], day)
        elif open_ and misses >= CLEARED_AFTER_MISSES:
            open_, quiet_until = False, day + COOL_DOWN_D
            states[day] = ("cleared", SEVERITIES[verdicts.severity[cause]], cause)
        elif open_:
            states[day] = ("held", SEVERITIES[verdicts.severity[cause]], cause)
    return states
