"""Rule 8: resting heart rate of a week above the athlete's own range."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.recovery import Margin
from stridelab.analysis.recovery.baseline import MIN_WEEK_D
from stridelab.analysis.rules.markers import COUNTS, WEEK_D, marker
from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.rule import Limits, Need, Rule, Softened, Suppressed, Threshold, Verdicts, verdicts


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    margin = Margin(limits["deviations"], limits["least_bpm"])
    found, _, above = marker(past, "resting_heart_rate_bpm", margin, int(limits["days"]))
    return verdicts(
        past,
        hits=[(above, "watch", "resting_heart_rate_raised")],
        reasons=found.reasons,
        numbers={
            "resting_bpm": found.week_mean,
            "baseline_bpm": found.baseline_mean,
            "upper_bpm": found.upper,
            "above_bpm": found.week_mean - found.baseline_mean,
            "days": np.full(past.n, limits["days"]),
            **found.counts(past.n),
        },
        known=found.week_days,
        needed=MIN_WEEK_D,
        window=WEEK_D,
        keeps=found.week_mean > found.baseline_mean + 0.5 * (found.upper - found.baseline_mean),
        reason_numbers=COUNTS,
    )


RESTING_HEART_RATE_RAISED: Final = Rule(
    id="resting_heart_rate_raised",
    number=8,
    question="Is the resting heart rate higher than this athlete's own usual range?",
    kind="state",
    severities=("watch",),
    grade="C",
    evidence=(
        "In pooled studies up to two weeks of overload raised the resting heart rate, often within what it varies from"
        " day to day, and longer overload did not; illness, alcohol and heat raise it too."
    ),
    source=(
        "Bosquet L et al. 2008, Br J Sports Med 42:709, doi:10.1136/bjsm.2007.042200; 1 SD and 3 bpm are convention"
    ),
    verdicts=_verdicts,
    clears_when_key="resting_heart_rate_clears",
    needs=(Need("days.resting_heart_rate_bpm of one source", "4 of 7 days, and 21 of the 28 before them"),),
    thresholds=(
        Threshold("deviations", 1.0, "SD", "above the mean of the baseline", "D", "convention"),
        Threshold("least_bpm", 3.0, "bpm", "and at least this much above it", "D", "convention"),
        Threshold("days", 3, "days", "in a row", "D", "convention"),
    ),
    tags=(
        Suppressed("exclude"),
        Softened("illness", 7),
        Softened("heat", 3),
        Softened("altitude", 7),
        Softened("travel", 3),
    ),
    restarts="another source or context, the tag new_device",
    hits_to_raise=1,
)
