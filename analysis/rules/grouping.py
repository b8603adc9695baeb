"""One cause, one flag: of open flags with the same cause the gravest leads, and the others are its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.rules.finding import SEVERITIES, Finding, NotEvaluated, Severity
from stridelab.analysis.rules.past import IntArray


@dataclass(frozen=True, slots=True)
class Cause:
    """Rules that see one cause from several sides.

    Parameters
    ----------
    rules
        Their ids; of flags that are equally grave and were raised on one day, the first leads.
    leads_with
        Sentence of the first rule that this cause is about; empty is any.
    """

    rules: tuple[str, ...]
    leads_with: str = ""


CAUSES: Final[tuple[Cause, ...]] = (
    Cause(("possible_overreaching", "hrv_below_baseline", "resting_heart_rate_raised", "efficiency_falling")),
    Cause(("possible_overreaching", "short_sleep")),
    Cause(("session_spike", "mechanical_load_spike", "load_ramp")),
    Cause(("consecutive_training_days", "monotony_strain")),
    Cause(("cadence_drop", "form_change", "contact_balance_shift", "foot_strike_change")),
    Cause(("see_a_professional", "session_spike"), "act_flag_stays_open"),
    Cause(("see_a_professional", "consecutive_training_days"), "act_flag_stays_open"),
    Cause(("see_a_professional", "hard_sessions_too_close"), "act_flag_stays_open"),
)


@dataclass(frozen=True, slots=True)
class Open:
    """The open flags of one rule by day, shape ``(n_days,)``: level (-1: none), day it was raised, sentence."""

    level: IntArray
    raised: IntArray
    message_key: npt.NDArray[np.object_]


def parts(flags: Mapping[str, Open]) -> dict[str, npt.NDArray[np.object_]]:
    """For each rule and day the rule whose flag leads where this one's is a part; empty where it stands for itself."""
    result: dict[str, npt.NDArray[np.object_]] = {}
    for cause in CAUSES:
        members = [name for name in cause.rules if name in flags]
        if len(members) < 2:
            continue
        n = len(flags[members[0]].level)
        score = np.full((len(members), n), np.iinfo(np.int64).min)
        for place, name in enumerate(members):
            flag = flags[name]
            open_ = flag.level >= 0
            if cause.leads_with and name == cause.rules[0]:
                open_ = open_ & (flag.message_key == cause.leads_with)
            score[place, open_] = (flag.level * (n + 1) * 10 - flag.raised * 10 - place)[open_]
        leader = score.argmax(axis=0)
        leads = np.array(members, dtype=object)[leader]
        for place, name in enumerate(members):
            part = (flags[name].level >= 0) & (leader != place) & (score.max(axis=0) > np.iinfo(np.int64).min)
            if cause.leads_with:
                part &= leads == cause.rules[0]
            if part.any():
                known = result.setdefault(name, np.full(n, "", dtype=object))
                known[part] = leads[part]
    return result


@dataclass(frozen=True)
class Group:
    """Flags of one cause whose days touch: what counts as one episode.

    Parameters
    ----------
    findings
        Raised, held and cleared ones, in the order of their days.
    """

    findings: tuple[Finding, ...] = field(default=())

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that spoke, the gravest first."""
        worst: dict[str, int] = {}
        for finding in self.findings:
            worst[finding.rule_id] = max(worst.get(finding.rule_id, -1), SEVERITIES.index(finding.severity))
        return tuple(sorted(worst, key=lambda name: -worst[name]))

    @property
    def severity(self) -> Severity:
        """The gravest of all."""
        return max((finding.severity for finding in self.findings), key=SEVERITIES.index)

    @property
    def start(self) -> date:
        """The day the first was raised."""
        return self.findings[0].day

    @property
    def last(self) -> date:
        """The last day that one was said."""
        return self.findings[-1].day


def grouped(found: Iterable[Finding | NotEvaluated]) -> list[Group]:
    """Findings as episodes of one cause each: those of rules with one cause whose days overlap or follow each other.

    Parameters
    ----------
    found
        What `stridelab.analysis.rules.evaluate` gave, in order of days.

    Returns
    -------
    list of Group
        In the order of their first days. A rule without relatives makes groups of its own episodes.

    Examples
    --------
    >>> grouped([])
    []
    """
    running: dict[str, list[Finding]] = {}
    open_rules: dict[str, set[str]] = {}
    done: list[Group] = []
    for finding in found:
        if isinstance(finding, NotEvaluated):
            continue
        family = _FAMILY.get(finding.rule_id, finding.rule_id)
        own, still_open = running.setdefault(family, []), open_rules.setdefault(family, set())
        if own and not still_open and finding.day > own[-1].day:
            done.append(Group(tuple(own)))
            own = running[family] = []
        own.append(finding)
        if finding.state == "cleared":
            still_open.discard(finding.rule_id)
        else:
            still_open.add(finding.rule_id)
    done += [Group(tuple(own)) for own in running.values() if own]
    return sorted(done, key=lambda group: (group.start, group.rules))


# Only causes that need no particular sentence make a family: pain and an act flag have nothing in common.
_FAMILY: Final[Mapping[str, str]] = {
    name: cause.rules[0] for cause in reversed(CAUSES) if not cause.leads_with for name in cause.rules
}
