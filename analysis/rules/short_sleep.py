"""Rule 9: two weeks of short sleep."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from stridelab.analysis.recovery import sleep_two_week_mean_h
from stridelab.analysis.rules.markers import source_changes
from stridelab.analysis.rules.past import BoolArray, FloatArray, Past
from stridelab.analysis.rules.rolling import count
from stridelab.analysis.rules.rule import Limits, Need, Rule, Softened, Suppressed, Threshold, Verdicts, verdicts

WINDOW_D: Final = 14
LEAST_D: Final = 10
CLEARS_ABOVE_H: Final = 0.25
"""An open flag clears this much above the limit (convention), so that a mean at the limit does not flicker."""


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    hours, source = past.wellness("sleep_duration_h")
    restart = past.new_device | source_changes(source)
    mean = _mean_h(hours, restart)
    known = count(np.isfinite(hours), WINDOW_D)
    return verdicts(
        past,
        hits=[(mean < limits["hours"], "watch", "short_sleep")],
        reasons=[
            (known == 0, "no_nights"),
            (known < LEAST_D, "too_few_nights"),
            (np.isnan(mean), "new_source"),
        ],
        numbers={
            "sleep_h": mean,
            "limit_h": np.full(past.n, limits["hours"]),
            "clears_h": np.full(past.n, limits["hours"] + CLEARS_ABOVE_H),
            "nights": known,
            "nights_needed": np.full(past.n, float(LEAST_D)),
        },
        known=known,
        needed=LEAST_D,
        window=WINDOW_D,
        keeps=mean < limits["hours"] + CLEARS_ABOVE_H,
        reason_numbers=("nights", "nights_needed"),
    )


def _mean_h(hours: FloatArray, restart: BoolArray) -> FloatArray:
    """Mean of 14 nights, none of them from before a restart."""
    edges = [0, *np.flatnonzero(restart).tolist(), len(hours)]
    pieces = [sleep_two_week_mean_h(hours[a:b]) for a, b in pairwise(edges) if b > a]
    return np.concatenate(pieces)


SHORT_SLEEP: Final = Rule(
    id="short_sleep",
    number=9,
    question="Was sleep short over two weeks?",
    kind="state",
    severities=("watch",),
    grade="B",
    evidence=(
        "In 95 endurance athletes less than 7 h over 14 days went with more new injuries (hazard ratio 1.51, 1.13 to"
        " 2.02). Sleep was what they reported themselves, a watch guesses it, and other evidence is mixed."
    ),
    source="Johnston R et al. 2020, J Sci Med Sport 23:252, doi:10.1016/j.jsams.2019.10.013",
    verdicts=_verdicts,
    clears_when_key="sleep_clears",
    needs=(Need("days.sleep_duration_h of one source", "10 of 14 nights"),),
    thresholds=(Threshold("hours", 7.0, "h", "mean of 14 nights, less is short"),),
    tags=(Suppressed("exclude"), Softened("illness"), Softened("travel", 3)),
    restarts="another source or context, the tag new_device",
)
