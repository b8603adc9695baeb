"""Rule 11: performance down and several markers off for two weeks. It names no illness and sends to a professional."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.finding import SEVERITIES
from stridelab.analysis.rules.past import BoolArray, FloatArray, Past
from stridelab.analysis.rules.rolling import ago, count, mean
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Threshold, Verdicts, verdicts
from stridelab.analysis.rules.steady_runs import by_day, steady_runs

WINDOW_D: Final = 14
USUAL_D: Final = 42
PERFORMANCE: Final = "efficiency_falling"
WATCH: Final = SEVERITIES.index("watch")
MARKERS: Final = ("hrv_below_baseline", "resting_heart_rate_raised", "short_sleep")


def effort_raised(past: Past, points: float, least: int) -> tuple[BoolArray, BoolArray]:
    """Days on which steady runs of 14 days felt this much harder than those of the 42 before, and which were known."""
    daily = by_day(past, past.session("rpe"), past.once(steady_runs))
    recent, usual = mean(daily, WINDOW_D, least), ago(mean(daily, USUAL_D, least), WINDOW_D)
    rise = recent - usual
    return rise >= points, np.isfinite(rise)


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    falling = past.open_level[PERFORMANCE] >= WATCH
    raised, effort_known = effort_raised(past, limits["effort_points"], int(limits["min_runs"]))
    signs = [*(past.open_level[name] >= WATCH for name in MARKERS), raised]
    judged = [*(past.judged[name] for name in MARKERS), effort_known]
    off = np.sum(signs, axis=0).astype(np.float64)
    known = np.sum(judged, axis=0).astype(np.float64)
    together = falling & (off >= limits["markers"])
    persists = count(together, WINDOW_D)
    hit = together & (persists >= limits["days"])
    return verdicts(
        past,
        hits=[(hit, "refer", "possible_overreaching")],
        reasons=[
            (~past.judged[PERFORMANCE] & ~hit, "performance_unknown"),
            ((known < limits["markers"]) & ~hit, "markers_unknown"),
        ],
        numbers={
            "days": persists,
            "window": np.full(past.n, float(WINDOW_D)),
            "markers_off": off,
            "markers_known": known,
            "markers_needed": np.full(past.n, limits["markers"]),
            **{f"off_{name}": sign.astype(np.float64) for name, sign in zip((*MARKERS, "effort"), signs, strict=True)},
        },
        known=known,
        needed=int(limits["markers"]),
        window=len(signs),
        keeps=_any(falling, off),
        reason_numbers=("markers_known", "markers_needed"),
    )


def _any(falling: BoolArray, off: FloatArray) -> BoolArray:
    """Performance is still down with one marker off: not over."""
    return falling & (off >= 1)


POSSIBLE_OVERREACHING: Final = Rule(
    id="possible_overreaching",
    number=11,
    question="Is performance down, with several markers off, for two weeks?",
    kind="state",
    severities=("refer",),
    grade="C",
    evidence=(
        "Consensus: overreaching and overtraining are told apart only in hindsight and after diseases are excluded. No"
        " data of a watch can do that, so this names none of them and only sends to someone who can look further."
    ),
    source="Meeusen R et al. 2013, Med Sci Sports Exerc 45:186, doi:10.1249/MSS.0b013e318279a10a",
    verdicts=_verdicts,
    clears_when_key="overreaching_clears",
    needs=(Need("rules 7 to 10 and activities.rpe", "rule 10 and two of the other four"),),
    thresholds=(
        Threshold("markers", 2, "", "of variability, resting heart rate, sleep and effort that are off"),
        Threshold("days", 10, "days", "of 14 on which they were off together with performance", "D", "convention"),
        Threshold("effort_points", 1.0, "of 10", "rise of perceived effort in steady runs", "D", "convention"),
        Threshold("min_runs", 4, "runs", "with a rating in each of the two windows", "D", "convention"),
    ),
    tags=(Suppressed("exclude"), Suppressed("illness", 14)),
    restarts="as rules 7 to 10",
    # The rule counts days itself.
    hits_to_raise=1,
)
