"""Rule 5: load that rises fast. For information only: no rate of rise is known to hurt."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.load import fitness_fatigue, ramp_rate
from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.rolling import ago, count, total
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Threshold, Verdicts, verdicts

WEEK_D: Final = 7
WINDOW_D: Final = 28
LEAST_D: Final = 21
SETTLED_D: Final = 56
"""Fitness (CTL) starts at 0, so at first it rises whatever is done; before this day nothing is said (convention)."""


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    load = past.load
    known = count(np.isfinite(load), WINDOW_D)
    ctl = fitness_fatigue(load, missing="carry")["ctl"].to_numpy()
    rise = ramp_rate(ctl)
    week = total(load, WEEK_D)
    last, before = ago(week, WEEK_D), ago(week, 2 * WEEK_D)
    growth = 1 + limits["growth_pct"] / 100
    twice = (before > 0) & (last > growth * before) & (week > growth * last)
    began = np.flatnonzero(np.isfinite(load))
    young = np.arange(past.n) < (began[0] if len(began) else past.n) + SETTLED_D
    return verdicts(
        past,
        hits=[(rise > limits["ctl_a_week"], "info", "load_ramp"), (twice, "info", "load_grew_twice")],
        reasons=[(young, "too_young"), (known < LEAST_D, "load_unknown")],
        numbers={
            "ctl": ctl,
            "rise": rise,
            "limit": np.full(past.n, limits["ctl_a_week"]),
            "load": week,
            "load_last_week": last,
            "load_week_before": before,
            "growth_pct": np.full(past.n, limits["growth_pct"]),
            "days": np.full(past.n, float(SETTLED_D)),
        },
        known=known,
        assumed=count(past.assumed, WINDOW_D),
        needed=LEAST_D,
        window=WINDOW_D,
        reason_numbers=("days",),
    )


LOAD_RAMP: Final = Rule(
    id="load_ramp",
    number=5,
    question="Does the load rise faster than usual plans let it?",
    kind="state",
    severities=("info",),
    grade="D",
    evidence=(
        "Convention of coaches. In 5,205 runners a rise from week to week went with no more injuries, so it is never"
        " more than information."
    ),
    source=(
        "Convention; without relation to injuries in Frandsen JSB et al. 2025, Br J Sports Med 59:1203,"
        " doi:10.1136/bjsports-2024-109380"
    ),
    verdicts=_verdicts,
    clears_when_key="ramp_clears",
    needs=(Need("days.load, else trimp_banister", "21 of 28 days, and 56 days since the first"),),
    thresholds=(
        Threshold("ctl_a_week", 8, "points a week", "rise of fitness (CTL) in 7 days"),
        Threshold("growth_pct", 30, "%", "rise of the weekly load, two weeks in a row"),
    ),
    tags=(Suppressed("exclude"),),
)
