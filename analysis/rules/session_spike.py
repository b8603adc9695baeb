"""Rule 1: a run much longer than the longest of the 30 days before it."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.past import SPLIT_GAP_S, FloatArray, Past
from stridelab.analysis.rules.rolling import ago, count, highest
from stridelab.analysis.rules.rule import Limits, Need, Rule, Softened, Suppressed, Threshold, Verdicts, verdicts

LOOK_BACK_D: Final = 30
LONG_LOOK_BACK_D: Final = 90

MAX_DOUBTFUL_D: Final = 2
"""With more days whose data seem to be missing, one of them may have held the longest run (convention)."""

# Hazard rate ratio and its 95 % interval in each band of distance over the longest of 30 days. The relation is not
# monotone: the bands are not a scale of danger.
HAZARD: Final = ((1.64, 1.31, 2.05), (1.52, 1.16, 2.00), (2.28, 1.50, 3.48))


def longest_run_m(past: Past) -> FloatArray:
    """Longest run of each day, the parts of a run that was split over several files added up; 0 without a run."""
    longest = np.zeros(past.n)
    distance = past.session("distance_m")
    runs = past.is_run & np.isfinite(distance)
    if not runs.any():
        return longest
    start, day, distance = past.start_s[runs], past.session_day[runs], distance[runs]
    end = np.maximum.accumulate(start + past.lasting_s[runs])
    begins = np.append(True, start[1:] - end[:-1] > SPLIT_GAP_S)
    whole = np.add.reduceat(distance, np.flatnonzero(begins))
    np.maximum.at(longest, day[begins], whole)
    return longest


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    today = longest_run_m(past)
    ran = today > 0
    longest = ago(highest(today, LOOK_BACK_D), 1, 0.0)
    runs = ago(count(ran, LOOK_BACK_D), 1, 0.0)
    known = ago(count(past.known, LOOK_BACK_D), 1, 0.0)
    reasons = [
        (ran & (runs < limits["min_runs"]), "no_reference"),
        (ran & (known < limits["min_known_days"]), "too_few_known_days"),
    ]
    doubtful = ago(count(past.doubtful, LOOK_BACK_D), 1, 0.0)
    # What is missing may have held the longest run, unless this one is far beyond all that are known of three months.
    beyond_all = today > limits["second_ratio"] * ago(highest(today, LONG_LOOK_BACK_D), 1, 0.0)
    reasons.append((ran & (doubtful > MAX_DOUBTFUL_D) & ~beyond_all, "days_missing"))
    judged = np.logical_and.reduce([ran, *(~mask for mask, _ in reasons)])
    ratio = np.divide(today, longest, out=np.full(past.n, np.nan), where=judged & (longest > 0))
    lows = [limits[name] for name in ("watch_ratio", "second_ratio", "act_ratio")]
    # A ratio that is the limit but for the rounding of a division is not beyond it.
    beyond = [ratio > low + 1e-9 for low in lows]
    hazard = np.array(HAZARD)[np.maximum(np.sum(beyond, axis=0) - 1, 0)]
    return verdicts(
        past,
        hits=[(beyond[2], "act", "session_spike"), (beyond[0], "watch", "session_spike")],
        reasons=reasons,
        numbers={
            "distance_m": today,
            "longest_30d_m": np.where(longest > 0, longest, np.nan),
            "ratio": ratio,
            "cap_m": np.where(judged, lows[0] * longest, np.nan),
            **{
                name: np.where(beyond[0], hazard[:, place], np.nan)
                for place, name in enumerate(("hrr", "hrr_low", "hrr_high"))
            },
            "runs_30d": runs,
            "runs_needed": np.full(past.n, limits["min_runs"]),
            "doubtful": doubtful,
            "known": known,
            "needed": np.full(past.n, limits["min_known_days"]),
        },
        known=known,
        assumed=ago(count(past.assumed, LOOK_BACK_D), 1, 0.0),
        needed=int(limits["min_known_days"]),
        window=LOOK_BACK_D,
        reason_numbers=("runs_30d", "runs_needed", "doubtful"),
    )


SESSION_SPIKE: Final = Rule(
    id="session_spike",
    number=1,
    question="Is this run much longer than the longest run of the 30 days before it?",
    kind="event",
    severities=("watch", "act"),
    grade="B",
    evidence=(
        "In 5,205 runners and 588,071 sessions, runs this much longer than the longest of 30 days went with a higher"
        " rate of overuse injuries. It is an average of a cohort, the bands are not monotone, and not a personal risk."
    ),
    source=(
        "Frandsen JSB et al. 2025, Br J Sports Med 59:1203, doi:10.1136/bjsports-2024-109380"
        " (5,205 runners, 588,071 sessions)"
    ),
    verdicts=_verdicts,
    clears_when_key="session_spike_clears",
    needs=(Need("activities.distance_m of runs, days.state", "4 runs and 14 known days of the 30 before"),),
    thresholds=(
        Threshold("watch_ratio", 1.10, "", "distance over the longest of 30 days: watch; also the cap before a run"),
        Threshold("second_ratio", 1.30, "", "beyond it the hazard of the second band is shown: watch"),
        Threshold("act_ratio", 2.00, "", "beyond it: act"),
        Threshold("min_runs", 4, "runs", "in the 30 days before; else it is a return to running", "D", "convention"),
        Threshold("min_known_days", 14, "days", "known of the 30 before", "D", "convention"),
    ),
    tags=(Suppressed("exclude"), Softened("race")),
    lasts_d=7,
)
