"""Rule 2: too many trained days in a row, or weeks without a day of rest."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.past import FloatArray, Past
from stridelab.analysis.rules.rolling import count, days_in_a_row
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Threshold, Verdicts, verdicts

WEEK_D: Final = 7
WEEKS: Final = 4


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    streak = days_in_a_row(past.state == "trained").astype(np.float64)
    known = count(past.known, WEEK_D)
    restless = _weeks_without_rest(streak)
    watch, act = limits["watch_days"], limits["act_days"]
    return verdicts(
        past,
        hits=[
            (streak >= act, "act", "consecutive_training_days"),
            (streak >= watch, "watch", "consecutive_training_days"),
            (restless >= limits["weeks_without_rest"], "watch", "rest_day_missing_weeks"),
        ],
        reasons=[(~past.known, "day_unknown"), (known < WEEK_D, "too_few_known_days")],
        numbers={
            "days": streak,
            "threshold": np.where(streak >= act, act, watch),
            "watch_days": np.full(past.n, watch),
            "act_days": np.full(past.n, act),
            "weeks_without_rest": restless,
            "weeks": np.full(past.n, float(WEEKS)),
            "known": known,
            "needed": np.full(past.n, float(WEEK_D)),
        },
        known=known,
        assumed=count(past.assumed, WEEK_D),
        needed=WEEK_D,
        window=WEEK_D,
    )


def _weeks_without_rest(streak: FloatArray) -> FloatArray:
    """Of the last four blocks of 7 days up to each day, how many were known throughout and held only trained days."""
    full = (streak >= WEEK_D).astype(np.float64)
    blocks = [np.append(np.zeros(WEEK_D * back), full)[: len(full)] for back in range(WEEKS)]
    return np.asarray(np.sum(blocks, axis=0), dtype=np.float64)


CONSECUTIVE_TRAINING_DAYS: Final = Rule(
    id="consecutive_training_days",
    number=2,
    question="Is there a day of rest often enough?",
    kind="state",
    severities=("watch", "act"),
    grade="D",
    evidence="Consensus that training needs planned recovery. No cohort has tested a number of days in runners.",
    source=(
        "Meeusen R et al. 2013, Med Sci Sports Exerc 45:186, doi:10.1249/MSS.0b013e318279a10a: consensus that training"
        " needs planned recovery; the numbers of days are convention"
    ),
    verdicts=_verdicts,
    clears_when_key="rest_day_clears",
    needs=(Need("days.state", "7 of 7 days known; unknown is never rest"),),
    thresholds=(
        Threshold("watch_days", 7, "days", "trained days in a row: watch"),
        Threshold("act_days", 10, "days", "trained days in a row: act"),
        Threshold("weeks_without_rest", 3, "weeks", "of the last 4 without a day of rest: watch"),
    ),
    tags=(Suppressed("exclude"),),
    # The rule counts days itself, so its first hit raises it.
    hits_to_raise=1,
)
