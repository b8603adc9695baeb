"""Rule 15: the balance of ground contact moved from the athlete's own norm."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.matched_runs import COUNTS, MIN_MATCHED, RUNS_IN_A_ROW, change
from stridelab.analysis.rules.pain import pain_of_day
from stridelab.analysis.rules.past import Past, within
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Threshold, Verdicts, verdicts

PAIN_D: Final = 14


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    balance = change(past, "flat_ground_contact_balance_pct", limits, relative=False, by_speed=False)
    shift = limits["shift_pp"]
    shifted = (balance.least >= shift) | (balance.most <= -shift)
    hurts = within(past.once(pain_of_day)[0] >= limits["pain"], PAIN_D - 1)
    near = (balance.least >= 0.5 * shift) | (balance.most <= -0.5 * shift)
    return verdicts(
        past,
        hits=[
            (shifted & hurts, "watch", "contact_balance_shift_with_pain"),
            (shifted, "info", "contact_balance_shift"),
        ],
        reasons=balance.reasons("no_balance"),
        numbers={
            "balance_pct": balance.value,
            "norm_pct": balance.norm,
            "shift_pp": np.abs(balance.mean),
            **balance.counts(past.n),
        },
        known=balance.comparable,
        needed=RUNS_IN_A_ROW,
        window=0,
        looked=balance.looked,
        keeps=near,
        reason_numbers=COUNTS,
    )


CONTACT_BALANCE_SHIFT: Final = Rule(
    id="contact_balance_shift",
    number=15,
    question="Did the balance of ground contact move away from this athlete's own?",
    kind="state",
    severities=("info", "watch"),
    grade="D",
    evidence=(
        "Asymmetry did not raise the risk of injury in 836 runners, so no balance is wrong. Only a change from the own"
        " norm is noted, and it is watched only together with pain; bends and camber move it too."
    ),
    source=(
        "Malisoux L et al. 2024, BMJ Open Sport Exerc Med 10:e001787, doi:10.1136/bmjsem-2023-001787 (836 runners;"
        " evidence against asymmetry as a predictor); 1 point is convention"
    ),
    verdicts=_verdicts,
    clears_when_key="form_clears",
    needs=(
        Need(
            "activities.flat_ground_contact_balance_pct",
            "3 runs in 28 days with 5 runs of the same sensor in the 14 weeks before",
        ),
    ),
    thresholds=(
        Threshold("shift_pp", 1.0, "points", "from the own norm to one side in each of 3 runs in a row"),
        Threshold("pain", 3, "of 10", "pain in the log within 14 days: watch", "D", "convention"),
        MIN_MATCHED,
    ),
    tags=(Suppressed("exclude"),),
    restarts="another sensor or device, treadmill and road apart, the tag new_device",
    hits_to_raise=1,
)
