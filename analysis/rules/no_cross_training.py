"""Rule 18: nothing but running, on most days of the week."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.rolling import count
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Threshold, Verdicts, verdicts

WINDOW_D: Final = 28
WITHOUT_IMPACT: Final = ("bike", "swim", "machine")


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    cross = np.isin(past.family.astype(str), WITHOUT_IMPACT)
    cross_days = count(np.bincount(past.session_day[cross], minlength=past.n) > 0, WINDOW_D)
    run_days = count(np.bincount(past.session_day[past.is_run], minlength=past.n) > 0, WINDOW_D)
    known = count(past.known, WINDOW_D)
    none = (run_days >= limits["run_days_a_week"] * WINDOW_D / 7) & (cross_days == 0)
    return verdicts(
        past,
        hits=[(none, "info", "no_cross_training")],
        # A day of which nothing is known may have held a ride.
        reasons=[((known < WINDOW_D) & (cross_days == 0), "too_few_known_days")],
        numbers={
            "run_days": run_days,
            "run_days_a_week": run_days * 7 / WINDOW_D,
            "cross_days": cross_days,
            "days": np.full(past.n, float(WINDOW_D)),
        },
        known=known,
        assumed=count(past.assumed, WINDOW_D),
        needed=WINDOW_D,
        window=WINDOW_D,
    )


NO_CROSS_TRAINING: Final = Rule(
    id="no_cross_training",
    number=18,
    question="Is all endurance work running, on five days a week or more?",
    kind="state",
    severities=("info",),
    grade="B",
    evidence=(
        "In 264 runners each weekly hour of other sports went with fewer injuries (hazard ratio 0.848). Whether the"
        " other sport or the runner who does it makes the difference is not known."
    ),
    source="Malisoux L et al. 2015, Scand J Med Sci Sports 25:110, doi:10.1111/sms.12154",
    verdicts=_verdicts,
    clears_when_key="cross_training_clears",
    needs=(Need("activities.family, days.state", "28 of 28 days known"),),
    thresholds=(Threshold("run_days_a_week", 5, "days a week", "with a run, over 28 days", "D", "convention"),),
    tags=(Suppressed("exclude"),),
)
