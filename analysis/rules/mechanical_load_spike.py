"""Rule 12: a week of much more mechanical load than before, although heart and lungs worked as usual."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.past import BoolArray, FloatArray, Past
from stridelab.analysis.rules.rolling import ago, count, highest, ratio_of, total
from stridelab.analysis.rules.rule import Limits, Need, Rule, Softened, Suppressed, Threshold, Verdicts, verdicts

WEEK_D: Final = 7
BEFORE_D: Final = 28
EXPONENTS: Final = (4, 7, 10)


def mechanical_load(past: Past, exponent: int) -> FloatArray:
    """Mechanical load of each day in body weights to the power of m: 0 on a known day without a run.

    NaN on unknown days, and on days with a run that has none.
    """
    load = past.session(f"mechanical_load_m{exponent}")[past.is_run]
    day = past.session_day[past.is_run]
    total = np.bincount(day, weights=load, minlength=past.n)  # NaN stays NaN
    return np.where(past.known, total, np.nan)


def one_basis(past: Past) -> BoolArray:
    """Days whose runs of 35 days have one basis and one sensor: measured and estimated loads are not compared."""
    named: dict[tuple[object, object], int] = {}
    runs = past.is_run & np.isfinite(past.session("mechanical_load_m7"))
    basis = past.session_text("mechanical_load_basis")[runs]
    # The sensor matters only for what it measured.
    source = np.where(basis == "measured", past.session_text("dynamics_source")[runs], "")
    codes = np.array([named.setdefault(pair, len(named)) for pair in zip(basis, source, strict=True)], dtype=np.float64)
    day = past.session_day[runs]
    low, high = np.full(past.n, np.nan), np.full(past.n, np.nan)
    np.fmin.at(low, day, codes)
    np.fmax.at(high, day, codes)
    lowest, most = -highest(-low, WEEK_D + BEFORE_D), highest(high, WEEK_D + BEFORE_D)
    return np.asarray(~(lowest < most) & (count(past.new_device, WEEK_D + BEFORE_D) == 0))


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    limit = 1 + limits["above_pct"] / 100
    weeks = [total(mechanical_load(past, exponent), WEEK_D) for exponent in EXPONENTS]
    befores = [ago(_most(week), WEEK_D) for week in weeks]
    spikes = [(before > 0) & (week > limit * before) for week, before in zip(weeks, befores, strict=True)]
    heart = total(past.load, WEEK_D)
    usual_heart = ago(_most(heart), WEEK_D)
    spike = np.logical_and.reduce(spikes)
    runs = ago(_run_days(past), WEEK_D, 0.0)
    known = count(np.isfinite(mechanical_load(past, 7)), WEEK_D + BEFORE_D)
    ratio = [ratio_of(week, before) for week, before in zip(weeks, befores, strict=True)]
    return verdicts(
        past,
        hits=[(spike & (heart <= limits["usual_load_ratio"] * usual_heart), "watch", "mechanical_load_spike")],
        reasons=[
            (np.isnan(weeks[1]) | np.isnan(befores[1]), "mechanical_load_unknown"),
            (~one_basis(past), "new_sensor"),
            (runs < limits["min_run_days"], "too_few_runs_before"),
            (spike & np.isnan(ratio_of(heart, usual_heart)), "load_unknown"),
        ],
        numbers={
            "ratio": ratio[1],
            "ratio_low": np.minimum(ratio[0], ratio[2]),
            "ratio_high": np.maximum(ratio[0], ratio[2]),
            "limit_ratio": np.full(past.n, limit),
            "load_ratio": ratio_of(heart, usual_heart),
            "run_days": runs,
            "run_days_needed": np.full(past.n, limits["min_run_days"]),
        },
        known=known,
        assumed=count(past.assumed, WEEK_D + BEFORE_D),
        needed=WEEK_D + BEFORE_D,
        window=WEEK_D + BEFORE_D,
        reason_numbers=("run_days", "run_days_needed"),
    )


def _most(week: FloatArray) -> FloatArray:
    """Highest sum of any 7 days that end within the last 22 days, so of 4 weeks; NaN where one is not known."""
    span = BEFORE_D - WEEK_D + 1
    return np.where(count(np.isfinite(week), span) == span, highest(week, span), np.nan)


def _run_days(past: Past) -> FloatArray:
    return count(np.bincount(past.session_day[past.is_run], minlength=past.n) > 0, BEFORE_D)


MECHANICAL_LOAD_SPIKE: Final = Rule(
    id="mechanical_load_spike",
    number=12,
    question="Did legs bear much more than in the weeks before, although heart and lungs did not?",
    kind="state",
    severities=("watch",),
    grade="C",
    evidence=(
        "Tissue fails sooner the higher its load, with an exponent between about 4 and 10 that nobody knows for a"
        " person. So it speaks only where all of 4, 7 and 10 agree, and has never been tested against injuries."
    ),
    source="Edwards WB 2018, Exerc Sport Sci Rev 46:224, doi:10.1249/JES.0000000000000163; 30 % is convention",
    verdicts=_verdicts,
    clears_when_key="mechanical_load_clears",
    needs=(
        Need(
            "activities.mechanical_load_m4, _m7, _m10; days.load",
            "all runs of 35 known days with one basis and sensor, and runs on 6 of the first 28",
        ),
    ),
    thresholds=(
        Threshold("above_pct", 30, "%", "above the highest week of the four before", "D", "convention"),
        Threshold(
            "usual_load_ratio",
            1.2,
            "",
            "cardiovascular load of the week against the highest before: usual up to it",
            "D",
            "convention",
        ),
        Threshold("min_run_days", 6, "days", "with a run in the four weeks before", "D", "convention"),
    ),
    tags=(Suppressed("exclude"), Softened("race", 7)),
    # A sum of 7 days counts days already.
    hits_to_raise=1,
    restarts="another basis (measured, estimated) or sensor, the tag new_device",
)
