"""Rule 7: heart-rate variability of a week outside the athlete's own range."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.recovery import Margin
from stridelab.analysis.recovery.baseline import MIN_WEEK_D
from stridelab.analysis.rules.markers import COUNTS, WEEK_D, marker
from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.rolling import ago
from stridelab.analysis.rules.rule import Limits, Need, Rule, Softened, Suppressed, Threshold, Verdicts, verdicts


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    margin = Margin(limits["deviations"], logarithm=True)
    found, below, above = marker(past, "hrv_rmssd_ms", margin, int(limits["days"]))
    fall = found.baseline_mean - found.week_mean
    clear = fall > limits["beyond_chance"] * found.chance
    return verdicts(
        past,
        hits=[
            (below & clear, "watch", "hrv_below_baseline"),
            (below, "info", "hrv_below_baseline"),
            (above, "info", "hrv_above_baseline"),
        ],
        reasons=found.reasons,
        numbers={
            "hrv_ms": np.exp(found.week_mean),
            "baseline_ms": np.exp(found.baseline_mean),
            "lower_ms": np.exp(found.lower),
            "upper_ms": np.exp(found.upper),
            "change_ratio": np.exp(-fall),
            "days": np.full(past.n, limits["days"]),
            "cv_pct": found.week_cv_pct,
            "cv_last_week_pct": ago(found.week_cv_pct, WEEK_D),
            **found.counts(past.n),
        },
        known=found.week_days,
        needed=MIN_WEEK_D,
        window=WEEK_D,
        # Half way back to the baseline is no recovery yet, only less far below.
        keeps=(found.week_mean < found.baseline_mean - 0.5 * (found.baseline_mean - found.lower)),
        reason_numbers=COUNTS,
    )


HRV_BELOW_BASELINE: Final = Rule(
    id="hrv_below_baseline",
    number=7,
    question="Is heart-rate variability lower than this athlete's own usual range?",
    kind="state",
    severities=("info", "watch"),
    grade="C",
    evidence=(
        "Small studies of athletes: a weekly mean outside half a standard deviation of the own baseline may show that"
        " recovery lags. Chance alone does that often, so within what chance makes of 7 nights it is for information;"
        " high values are outside the range too and no proof of being fresh."
    ),
    source="Plews DJ et al. 2013, Sports Med 43:773, doi:10.1007/s40279-013-0071-8",
    verdicts=_verdicts,
    clears_when_key="hrv_clears",
    needs=(Need("days.hrv_rmssd_ms of one source", "4 of 7 nights, and 21 of the 28 before them"),),
    thresholds=(
        Threshold("deviations", 0.5, "SD", "of lnRMSSD below the mean of the baseline"),
        Threshold("days", 3, "days", "in a row", "D", "convention"),
        Threshold(
            "beyond_chance", 3.0, "", "standard errors of the difference: watch, else information", "D", "convention"
        ),
    ),
    tags=(Suppressed("exclude"), Softened("illness", 7), Softened("altitude", 7), Softened("travel", 3)),
    restarts="another source or context, the tag new_device",
    hits_to_raise=1,
)
