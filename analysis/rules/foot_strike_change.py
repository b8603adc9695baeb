"""Rule 16: another foot strike than a few weeks ago. No strike is wrong; a change moves load elsewhere."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.matched_runs import COUNTS, MIN_MATCHED, RUNS_IN_A_ROW, change
from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Threshold, Verdicts, verdicts


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    rearfoot = change(past, "rearfoot_share_pct", limits, relative=False)
    limit = limits["change_pp"]
    forward, back = rearfoot.most < -limit, rearfoot.least > limit
    near = (rearfoot.most <= -0.5 * limit) | (rearfoot.least >= 0.5 * limit)
    return verdicts(
        past,
        hits=[(forward, "info", "foot_strike_forward"), (back, "info", "foot_strike_back")],
        reasons=rearfoot.reasons("no_foot_strike"),
        numbers={
            "rearfoot_pct": rearfoot.value,
            "norm_pct": rearfoot.norm,
            "change_pp": np.abs(rearfoot.mean),
            **rearfoot.counts(past.n),
        },
        known=rearfoot.comparable,
        needed=RUNS_IN_A_ROW,
        window=0,
        looked=rearfoot.looked,
        keeps=near,
        reason_numbers=COUNTS,
    )


FOOT_STRIKE_CHANGE: Final = Rule(
    id="foot_strike_change",
    number=16,
    question="Did the share of rearfoot strikes change?",
    kind="state",
    severities=("info",),
    grade="C",
    evidence=(
        "In the laboratory landing on the forefoot took 27 % off the stress of the knee cap and put more on calf and"
        " Achilles tendon. No strike is wrong; a fast change of it loads other tissue."
    ),
    source="Vannatta CN, Kernozek TW 2015, Med Sci Sports Exerc 47:1001, doi:10.1249/MSS.0000000000000503",
    verdicts=_verdicts,
    clears_when_key="form_clears",
    needs=(
        Need(
            "activities.rearfoot_share_pct, flat_speed_mps",
            "3 runs in 28 days with 5 runs each of the same sensor within 0.2 m/s in the 14 weeks before",
        ),
    ),
    thresholds=(
        Threshold("change_pp", 15, "points", "of all strides, in each of 3 runs in a row", "D", "convention"),
        MIN_MATCHED,
    ),
    tags=(Suppressed("exclude"),),
    restarts="another sensor or device, treadmill and road apart, the tag new_device",
    hits_to_raise=1,
)
