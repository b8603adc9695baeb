"""Rule 2: too many trained days in a row, or weeks without a day of rest."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.history import History
from stridelab.analysis.rules.finding import SEVERITIES
from stridelab.analysis.rules.rule import Rule, Verdicts

WATCH_DAYS: Final = 7
ACT_DAYS: Final = 10
WEEKS: Final = 4
WEEKS_WITHOUT_REST: Final = 3
"""Thresholds by consensus and convention (grade D): no cohort has tested them in runners."""

SOURCE: Final = (
    "Meeusen R et al. 2013, Med Sci Sports Exerc 45:186, doi:10.1249/MSS.0b013e318279a10a: consensus that training"
    " needs planned recovery; the numbers of days are convention"
)


def run_length(trained: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Trained days in a row up to and including each day.

    Examples
    --------
    >>> run_length(np.array([True, True, False, True]))
    array([1, 2, 0, 1])
    """
    position = np.arange(1, len(trained) + 1)
    last_break = np.maximum.accumulate(np.where(trained, 0, position))
    return position - last_break


def _verdicts(history: History) -> Verdicts:
    days = history.days
    trained = (days["state"] == "trained").to_numpy()
    known = (days["state"] != "unknown").astype(float).rolling(WATCH_DAYS, min_periods=1).sum().to_numpy()
    assumed = (days["state_basis"] == "assumed").astype(float).rolling(WATCH_DAYS, min_periods=1).sum().to_numpy()
    streak = run_length(trained)
    restless = _weeks_without_rest(days["state"])
    reason = np.full(len(days), "", dtype=object)
    reason[known < WATCH_DAYS] = "too_few_known_days"
    reason[(days["state"] == "unknown").to_numpy()] = "day_unknown"
    judged = reason == ""
    in_a_row = judged & (streak >= WATCH_DAYS)
    no_rest = judged & ~in_a_row & (restless >= WEEKS_WITHOUT_REST)
    severity = np.full(len(days), -1, dtype=np.int64)
    severity[in_a_row | no_rest] = SEVERITIES.index("watch")
    severity[judged & (streak >= ACT_DAYS)] = SEVERITIES.index("act")
    message = np.full(len(days), "", dtype=object)
    message[in_a_row], message[no_rest] = "consecutive_training_days", "rest_day_missing_weeks"
    return Verdicts(
        severity=severity,
        reason_key=reason,
        message_key=message,
        numbers={
            "days": streak.astype(np.float64),
            "threshold": np.where(streak >= ACT_DAYS, ACT_DAYS, WATCH_DAYS).astype(np.float64),
            "weeks_without_rest": restless,
            "weeks": np.full(len(days), float(WEEKS)),
            "known": known,
            "needed": np.full(len(days), float(WATCH_DAYS)),
        },
        known=known.astype(np.int64),
        assumed=assumed.astype(np.int64),
        needed=WATCH_DAYS,
        window=WATCH_DAYS,
    )


def _weeks_without_rest(state: pd.Series) -> npt.NDArray[np.float64]:
    """Of the last four blocks of 7 days up to each day, how many were known throughout and held only trained days."""
    full = (state == "trained").astype(float).rolling(7).sum().eq(7).astype(float)
    blocks = [full.shift(7 * back, fill_value=0.0).to_numpy(dtype=np.float64) for back in range(WEEKS)]
    return np.asarray(np.sum(blocks, axis=0), dtype=np.float64)


CONSECUTIVE_TRAINING_DAYS: Final = Rule(
    id="consecutive_training_days",
    number=2,
    question="Is there a day of rest often enough?",
    kind="state",
    grade="D",
    source=SOURCE,
    verdicts=_verdicts,
    clears_when_key="rest_day_clears",
    # The rule counts days itself, so its first hit raises it.
    hits_to_raise=1,
)
