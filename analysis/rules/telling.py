"""Verdicts and states as findings: one object for each rule and day that there is something to say of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from stridelab.analysis.rules.finding import Coverage, Finding, NotEvaluated
from stridelab.analysis.rules.grouping import Open
from stridelab.analysis.rules.past import BoolArray, IntArray
from stridelab.analysis.rules.rule import Rule, Verdicts
from stridelab.analysis.rules.settings import Setting
from stridelab.analysis.rules.states import States


@dataclass(frozen=True, eq=False)
class Judged:
    """One rule on a history: its verdicts with tags applied, its flags by day, and on which days a tag softens it."""

    rule: Rule
    setting: Setting
    verdicts: Verdicts
    states: States
    open: Open
    tags: dict[str, BoolArray]


def not_evaluated(
    one: Judged, days: Sequence[date], first: int, last: int
) -> tuple[list[int], Sequence[Finding | NotEvaluated]]:
    """The days from ``first`` to before ``last`` that could not be judged, and their positions."""
    reasons, name = one.verdicts.reason_key, one.rule.id
    at = first + np.flatnonzero(np.not_equal(reasons[first:last], ""))
    places = at.tolist()
    rows = _numbers(one.verdicts, at)
    return places, [NotEvaluated(name, days[i], reasons[i], row) for i, row in zip(places, rows, strict=True)]


def found(
    one: Judged, days: Sequence[date], first: int, last: int, leads: npt.NDArray[np.object_] | None
) -> tuple[list[int], Sequence[Finding | NotEvaluated]]:
    """The findings from ``first`` to before ``last``, and their positions.

    ``leads`` names for each day the rule whose flag has the same cause and comes first.
    """
    places = [place for place in one.states if first <= place < last]
    said = _Sentences(one) if places else None
    items: list[Finding | NotEvaluated] = []
    for place in places:
        state, severity, cause = one.states[place]
        # A part that clears was one until the day before.
        lead = "" if leads is None else leads[place - (state == "cleared")]
        items.append(
            Finding(
                rule_id=one.rule.id,
                day=days[place],
                state=state,
                severity="info" if lead else severity,
                grade=one.rule.grade,
                source=one.rule.source,
                clears_when_key=one.rule.clears_when_key,
                part_of=lead,
                **said.of(cause) if said else {},
            )
        )
    return places, items


class _Sentences:
    """What a finding says of the day that caused it, made once for all days that it is held."""

    def __init__(self, one: Judged) -> None:
        self._one = one
        self._values = {name: array.tolist() for name, array in one.verdicts.numbers.items()}
        moved, limits, published = one.setting.moved, one.setting.limits, one.rule.defaults
        self._moved = {f"own_{name}": limits[name] for name in moved}
        self._moved |= {f"published_{name}": published[name] for name in moved}
        self._made: dict[int, dict[str, Any]] = {}

    def of(self, cause: int) -> dict[str, Any]:
        if cause not in self._made:
            verdicts, tags = self._one.verdicts, self._one.tags
            known, assumed = int(verdicts.known[cause]), int(verdicts.assumed[cause])
            numbers = {name: values[cause] for name, values in self._values.items() if math.isfinite(values[cause])}
            self._made[cause] = {
                "message_key": verdicts.message_key[cause],
                "numbers": numbers | self._moved,
                "coverage": Coverage(known, assumed, verdicts.needed, verdicts.window),
                "subject": "" if verdicts.subject is None else str(verdicts.subject[cause]),
                "tags": tuple(tag for tag, marked in tags.items() if marked[cause]),
            }
        return self._made[cause]


def _numbers(verdicts: Verdicts, places: IntArray) -> list[dict[str, float]]:
    """The numbers of the reasons at these days; equal ones share one dictionary, because there may be 70,000."""
    columns = {}
    if verdicts.needed:
        columns["known"] = verdicts.known[places].astype(np.float64).tolist()
        columns["needed"] = [float(verdicts.needed)] * len(places)
    columns |= {name: verdicts.numbers[name][places].tolist() for name in verdicts.reason_numbers}
    if not columns:
        return [{}] * len(places)
    names, rows = tuple(columns), list(zip(*columns.values(), strict=True))
    made = {
        row: {name: value for name, value in zip(names, row, strict=True) if math.isfinite(value)} for row in set(rows)
    }
    return [made[row] for row in rows]
