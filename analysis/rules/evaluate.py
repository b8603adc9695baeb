"""All rules over all days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.history import History
from stridelab.analysis.rules.acute_chronic_ratio import ACUTE_CHRONIC_RATIO
from stridelab.analysis.rules.cadence_drop import CADENCE_DROP
from stridelab.analysis.rules.consecutive_training_days import CONSECUTIVE_TRAINING_DAYS
from stridelab.analysis.rules.contact_balance_shift import CONTACT_BALANCE_SHIFT
from stridelab.analysis.rules.efficiency_falling import EFFICIENCY_FALLING
from stridelab.analysis.rules.finding import SEVERITIES, Finding, NotEvaluated
from stridelab.analysis.rules.foot_strike_change import FOOT_STRIKE_CHANGE
from stridelab.analysis.rules.form_change import FORM_CHANGE
from stridelab.analysis.rules.grouping import Open, parts
from stridelab.analysis.rules.hard_sessions_too_close import HARD_SESSIONS_TOO_CLOSE
from stridelab.analysis.rules.hrv_below_baseline import HRV_BELOW_BASELINE
from stridelab.analysis.rules.load_ramp import LOAD_RAMP
from stridelab.analysis.rules.mechanical_load_spike import MECHANICAL_LOAD_SPIKE
from stridelab.analysis.rules.monotony_strain import MONOTONY_STRAIN
from stridelab.analysis.rules.no_cross_training import NO_CROSS_TRAINING
from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.possible_overreaching import POSSIBLE_OVERREACHING
from stridelab.analysis.rules.resting_heart_rate_raised import RESTING_HEART_RATE_RAISED
from stridelab.analysis.rules.rule import Rule, Softened, Suppressed, Verdicts
from stridelab.analysis.rules.see_a_professional import SEE_A_PROFESSIONAL
from stridelab.analysis.rules.session_spike import SESSION_SPIKE
from stridelab.analysis.rules.settings import Setting, settings_of
from stridelab.analysis.rules.shoe_worn import SHOE_WORN
from stridelab.analysis.rules.short_sleep import SHORT_SLEEP
from stridelab.analysis.rules.states import states_of
from stridelab.analysis.rules.strength_missing import STRENGTH_MISSING
from stridelab.analysis.rules.telling import Judged, found, not_evaluated

RULES: Final[tuple[Rule, ...]] = (
    SESSION_SPIKE,
    CONSECUTIVE_TRAINING_DAYS,
    HARD_SESSIONS_TOO_CLOSE,
    MONOTONY_STRAIN,
    LOAD_RAMP,
    ACUTE_CHRONIC_RATIO,
    HRV_BELOW_BASELINE,
    RESTING_HEART_RATE_RAISED,
    SHORT_SLEEP,
    EFFICIENCY_FALLING,
    POSSIBLE_OVERREACHING,
    MECHANICAL_LOAD_SPIKE,
    CADENCE_DROP,
    FORM_CHANGE,
    CONTACT_BALANCE_SHIFT,
    FOOT_STRIKE_CHANGE,
    STRENGTH_MISSING,
    NO_CROSS_TRAINING,
    SHOE_WORN,
    SEE_A_PROFESSIONAL,
)
"""By number, which is the order in which they are evaluated: a later one may look at what an earlier one has open."""

SWITCHED_OFF: Final = "switched_off"


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

    Raises
    ------
    UsageError
        For settings that name no rule or threshold, or are no number.
    """
    settings = settings_of(RULES, history.settings)
    if history.days.empty:
        return []
    past = Past(history)
    judged = [_judge(rule, past, settings[rule.id]) for rule in RULES]
    leads = parts({one.rule.id: one.open for one in judged if one.states})
    first = 0 if start is None else int(np.searchsorted(past.index, np.datetime64(start, "ms")))
    last = past.n if end is None else int(np.searchsorted(past.index, np.datetime64(end, "ms"), side="right"))
    days = list(past.index.date)
    places: list[int] = []
    told: list[Finding | NotEvaluated] = []
    for one in judged:
        for at, items in (not_evaluated(one, days, first, last), found(one, days, first, last, leads.get(one.rule.id))):
            places += at
            told += items
    return [told[i] for i in np.argsort(np.array(places, dtype=np.int64), kind="stable").tolist()]


def _judge(rule: Rule, past: Past, setting: Setting) -> Judged:
    """A rule with its tags and hysteresis applied; what later rules look at is written into the past."""
    if setting.enabled:
        verdicts, tags = _with_tags(rule, past, rule.verdicts(past, setting.limits))
    else:
        verdicts, tags = _switched_off(past.n), {}
    states = states_of(rule, verdicts)
    level, raised = np.full(past.n, -1, dtype=np.int64), np.zeros(past.n, dtype=np.int64)
    message = np.full(past.n, "", dtype=object)
    since = 0
    for day in sorted(states):
        state, severity, cause = states[day]
        since = day if state == "raised" else since
        if state != "cleared":
            level[day], raised[day] = SEVERITIES.index(severity), since
            message[day] = verdicts.message_key[cause]
    past.open_level[rule.id] = level
    past.judged[rule.id] = np.equal(verdicts.reason_key, "")
    return Judged(rule, setting, verdicts, states, Open(level, raised, message), tags)


def _with_tags(rule: Rule, past: Past, verdicts: Verdicts) -> tuple[Verdicts, dict[str, npt.NDArray[np.bool_]]]:
    severity, reason = verdicts.severity.copy(), verdicts.reason_key.copy()
    softened: dict[str, npt.NDArray[np.bool_]] = {}
    for effect in rule.tags:
        marked = past.tagged(effect.tag, effect.after_d)
        if not marked.any():
            continue
        if isinstance(effect, Suppressed):
            severity[marked], reason[marked] = -1, f"tagged_{effect.tag}"
        elif isinstance(effect, Softened):
            severity[marked & (severity > 0)] = 0
            softened[effect.tag] = marked
    return replace(verdicts, severity=severity, reason_key=reason), softened


def _switched_off(n: int) -> Verdicts:
    none = np.zeros(n, dtype=np.int64)
    return Verdicts(
        severity=np.full(n, -1, dtype=np.int64),
        reason_key=np.full(n, SWITCHED_OFF, dtype=object),
        message_key=np.full(n, "", dtype=object),
        numbers={},
        known=none,
        assumed=none,
        needed=0,
        window=0,
    )
