"""Rule 10: less speed for the same heart rate, although the load was not reduced."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.held_still import hold_still
from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.rolling import ago, count, mean, median, ratio_of, spread
from stridelab.analysis.rules.rule import Limits, Need, Rule, Softened, Suppressed, Threshold, Verdicts, verdicts
from stridelab.analysis.rules.steady_runs import by_day, steady_runs

RECENT_D: Final = 14
USUAL_D: Final = 42
HELD_AFTER_D: Final = 3

OF_A_MEDIAN: Final = 1.25
"""Standard error of a median over that of a mean of normal values: √(π/2)."""

REDUCED: Final = 0.8
"""Below this share of the usual load the load was reduced, and a runner who rests is not judged (convention)."""


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    least = int(limits["min_runs"])
    daily = by_day(past, past.session("efficiency_factor"), past.once(steady_runs))
    segment = np.cumsum(past.new_device)
    recent, usual = median(daily, RECENT_D, least), ago(median(daily, USUAL_D, least), RECENT_D)
    usual[segment != ago(segment.astype(np.float64), RECENT_D + USUAL_D, 0.0)] = np.nan
    # From half of the fall on the norm waits: a fall over weeks would otherwise carry it along.
    limit = usual * (1 - 0.5 * limits["fall_pct"] / 100)
    runs, runs_before = count(np.isfinite(daily), RECENT_D), ago(count(np.isfinite(daily), USUAL_D), RECENT_D, 0.0)
    chance = OF_A_MEDIAN * ago(spread(daily, USUAL_D, least), RECENT_D)
    chance *= np.sqrt(ratio_of(runs + runs_before, runs * runs_before))
    hold_still(recent, [limit, usual, chance], np.less, HELD_AFTER_D, past.new_device)
    ratio = recent / usual
    load, usual_load = mean(past.load, RECENT_D, 10), ago(mean(past.load, USUAL_D, 28), RECENT_D)
    fallen = ratio < 1 - limits["fall_pct"] / 100
    trained = load >= REDUCED * usual_load
    clear = usual - recent > limits["beyond_chance"] * chance
    return verdicts(
        past,
        hits=[
            (fallen & trained & clear, "watch", "efficiency_falling"),
            (fallen & trained, "info", "efficiency_falling"),
        ],
        reasons=[
            (runs < least, "too_few_steady_runs"),
            (np.isnan(ratio), "too_few_steady_runs_before"),
            (fallen & np.isnan(ratio_of(load, usual_load)), "load_unknown"),
        ],
        numbers={
            "efficiency": recent,
            "usual_efficiency": usual,
            "fall_pct": 100 * (1 - ratio),
            "limit_pct": np.full(past.n, limits["fall_pct"]),
            "runs": runs,
            "runs_before": runs_before,
            "runs_needed": np.full(past.n, float(least)),
            "load_ratio": ratio_of(load, usual_load),
        },
        known=runs,
        needed=least,
        window=0,
        keeps=ratio < 1 - 0.5 * limits["fall_pct"] / 100,
        reason_numbers=("runs", "runs_before", "runs_needed"),
    )


EFFICIENCY_FALLING: Final = Rule(
    id="efficiency_falling",
    number=10,
    question="Is the athlete slower at the same heart rate, although training went on?",
    kind="state",
    severities=("info", "watch"),
    grade="C",
    evidence=(
        "Falling performance is what overreaching is recognised by; speed for heart rate is an indirect sign of it that"
        " heat, hills, illness and another sensor move too. Within what the athlete's own runs differ by anyway, it is"
        " for information."
    ),
    source=(
        "Meeusen R et al. 2013, Med Sci Sports Exerc 45:186, doi:10.1249/MSS.0b013e318279a10a; efficiency factor:"
        " Friel; 5 % is convention"
    ),
    verdicts=_verdicts,
    clears_when_key="efficiency_clears",
    needs=(
        Need(
            "activities.efficiency_factor, average_heart_rate_bpm; days.load",
            "4 steady runs in 14 days and 4 in the 42 before",
        ),
    ),
    thresholds=(
        Threshold("fall_pct", 5.0, "%", "median of 14 days against the 42 before", "D", "convention"),
        Threshold(
            "beyond_chance", 2.33, "", "standard errors of the difference: watch, else information", "D", "convention"
        ),
        Threshold("min_runs", 4, "runs", "days with a steady run in each of the two windows", "D", "convention"),
    ),
    tags=(Suppressed("exclude"), Softened("illness", 14), Softened("heat", 7), Softened("altitude", 14)),
    restarts="the tag new_device",
)
