"""Rule 13: cadence lower than the athlete's own at the same speed."""

from __future__ import annotations

from typing import Final

from stridelab.analysis.rules.matched_runs import COUNTS, MIN_MATCHED, RUNS_IN_A_ROW, change
from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Threshold, Verdicts, verdicts


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    cadence = change(past, "flat_cadence_spm", limits, relative=True)
    return verdicts(
        past,
        hits=[(cadence.most <= -limits["drop_pct"], "watch", "cadence_drop")],
        reasons=cadence.reasons("no_cadence"),
        numbers={
            "cadence_spm": cadence.value,
            "norm_spm": cadence.norm,
            "drop_pct": -cadence.mean,
            **cadence.counts(past.n),
        },
        known=cadence.comparable,
        needed=RUNS_IN_A_ROW,
        window=0,
        looked=cadence.looked,
        keeps=cadence.most <= -0.5 * limits["drop_pct"],
        reason_numbers=COUNTS,
    )


CADENCE_DROP: Final = Rule(
    id="cadence_drop",
    number=13,
    question="Is cadence lower than this athlete's own at the same speed?",
    kind="state",
    severities=("watch",),
    grade="C",
    evidence=(
        "In the laboratory 5 to 10 % more steps a minute take load off knee and hip. That does not make a lower cadence"
        " an injury, and no cadence is right for all."
    ),
    source="Heiderscheit BC et al. 2011, Med Sci Sports Exerc 43:296, doi:10.1249/MSS.0b013e3181ebedf4",
    verdicts=_verdicts,
    clears_when_key="form_clears",
    needs=(
        Need(
            "activities.flat_cadence_spm, flat_speed_mps",
            "3 runs in 28 days with 5 runs each within 0.2 m/s in the 14 weeks before",
        ),
    ),
    thresholds=(
        Threshold("drop_pct", 5, "%", "below the own norm in each of 3 runs in a row", "D", "convention"),
        MIN_MATCHED,
    ),
    tags=(Suppressed("exclude"),),
    restarts="another sensor or device, treadmill and road apart, the tag new_device",
    # Three runs are in its definition.
    hits_to_raise=1,
)
