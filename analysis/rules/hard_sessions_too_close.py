"""Rule 3: hard sessions without two days between them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from stridelab.analysis.rules.past import SPLIT_GAP_S, BoolArray, FloatArray, Past
from stridelab.analysis.rules.rolling import added, count
from stridelab.analysis.rules.rule import Limits, Need, Rule, Softened, Suppressed, Threshold, Verdicts, verdicts

WINDOW_D: Final = 14
OWN_D: Final = 60
OWN_SESSIONS: Final = 10
TYPICAL_FACTOR: Final = 1.5
"""By load alone a session is hard only at this much of the athlete's typical one (convention): of sessions that are all
alike, a tenth lies above the 90th centile and none is hard."""

NOT_EASY_RPE: Final = 5
"""A session rated below this ("hard" on the scale of 10) is not hard by its load alone (convention)."""

LONG_NOT_INTENSE_S: Final = 5 * 60
"""A session with less than this over threshold is intense by no load (convention)."""

CLOCK_H: Final = 2.0
"""Nobody starts to the minute: Tuesday at 18:30 and Thursday at 17:30 are two days apart (convention)."""


def hard_sessions(past: Past, limits: Limits) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Which sessions were hard, which of them were intense, and of which it is known, shape ``(n_sessions,)``.

    A session that is hard by its load, with a heart rate that was never over threshold for long, was long and not
    intense. Strength sessions are none of the three.
    """
    rpe, threshold_s, load = past.session("rpe"), past.session("time_over_threshold_s"), _alike(past)
    before = pd.Series(load, index=pd.DatetimeIndex(past.sessions["start_time"])).rolling(f"{OWN_D}D", closed="left")
    # Too few sessions before: NaN, which compares as false.
    centile = before.quantile(limits["load_centile"] / 100).to_numpy()
    typical = before.median().to_numpy()
    enough = before.count().to_numpy() >= OWN_SESSIONS
    # Who rated a long session as easy knows better than its load; NaN compares as false.
    by_load = enough & (load > centile) & (load >= TYPICAL_FACTOR * typical) & ~(rpe < NOT_EASY_RPE)
    intense = (rpe >= limits["hard_rpe"]) | (threshold_s >= 60 * limits["over_threshold_min"])
    hard = intense | by_load
    intense |= by_load & ~(threshold_s < LONG_NOT_INTENSE_S)
    known = np.isfinite(rpe) | np.isfinite(threshold_s) | (enough & np.isfinite(load))
    endurance = past.family != "strength"
    return hard & endurance, intense & endurance, known & endurance


def _alike(past: Past) -> FloatArray:
    """Loads found by the method that most sessions have; those of other methods are not compared with them."""
    methods, load = past.session_text("load_method"), past.session_load
    named = pd.Series(methods[np.isfinite(load)]).value_counts()
    return np.where(methods == named.index[0], load, np.nan) if len(named) else load


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    hard, intense, judged = hard_sessions(past, limits)
    closest, closest_intense = _closest_h(past, hard), _closest_h(past, intense)
    pair = closest < limits["watch_hours"] - CLOCK_H
    pairs = count(pair, WINDOW_D)
    known, sessions = (_sessions(past, chosen) for chosen in (judged, past.family != "strength"))
    act = closest_intense < limits["act_hours"] - CLOCK_H
    watch = pair & (pairs >= limits["pairs"])
    return verdicts(
        past,
        hits=[(act, "act", "hard_sessions_within_a_day"), (watch, "watch", "hard_sessions_too_close")],
        # A pair that was seen was seen; that there was none can be said only of sessions that are known.
        reasons=[((2 * known < sessions) & ~act & ~watch, "intensity_unknown")],
        numbers={
            "hours": closest,
            "watch_hours": np.full(past.n, limits["watch_hours"]),
            "act_hours": np.full(past.n, limits["act_hours"]),
            "pairs": pairs,
            "days": np.full(past.n, float(WINDOW_D)),
            "sessions": sessions,
            "sessions_known": known,
        },
        known=count(past.known, WINDOW_D),
        assumed=count(past.assumed, WINDOW_D),
        needed=0,
        window=WINDOW_D,
        reason_numbers=("sessions", "sessions_known"),
    )


def _closest_h(past: Past, hard: BoolArray) -> FloatArray:
    """For each day the hours between the starts of a hard session on it and the hard one before; NaN without a pair."""
    closest = np.full(past.n, np.inf)
    start, day = past.start_s[hard], past.session_day[hard]
    end = np.maximum.accumulate(start + past.lasting_s[hard]) if len(start) else start
    hours = (start[1:] - start[:-1]) / 3600
    another = start[1:] - end[:-1] > SPLIT_GAP_S
    np.minimum.at(closest, day[1:][another], hours[another])
    return np.where(np.isfinite(closest), closest, np.nan)


def _sessions(past: Past, chosen: BoolArray) -> FloatArray:
    """How many of these sessions there were in the last `WINDOW_D` days."""
    return added(np.bincount(past.session_day[chosen], minlength=past.n).astype(np.float64), WINDOW_D)


HARD_SESSIONS_TOO_CLOSE: Final = Rule(
    id="hard_sessions_too_close",
    number=3,
    question="Was there time to recover between hard sessions?",
    kind="event",
    severities=("watch", "act"),
    grade="C",
    evidence=(
        "Recovery between intense sessions rests on physiology and small studies; the hours and the number of pairs are"
        " convention, and what one person takes well differs."
    ),
    source=(
        "Meeusen R et al. 2013, Med Sci Sports Exerc 45:186, doi:10.1249/MSS.0b013e318279a10a; effort of 7 or more as"
        " hard: Sanders D et al. 2017, Int J Sports Physiol Perform 12:1232, doi:10.1123/ijspp.2016-0523"
    ),
    verdicts=_verdicts,
    clears_when_key="hard_sessions_clears",
    needs=(
        Need(
            "activities.rpe, time_over_threshold_s or load",
            "one of them in half of the sessions of 14 days; for the load 10 sessions in the 60 days before",
        ),
    ),
    thresholds=(
        Threshold("watch_hours", 48, "h", "between the starts of two hard sessions, less is a pair", "D", "convention"),
        Threshold("act_hours", 24, "h", "two intense ones closer than this: act", "D", "convention"),
        Threshold("pairs", 2, "", "pairs in 14 days: watch", "D", "convention"),
        Threshold("hard_rpe", 7, "of 10", "perceived effort from which a session is hard"),
        Threshold("over_threshold_min", 20, "min", "over threshold from which a session is hard", "D", "convention"),
        Threshold("load_centile", 90, "%", "of the load of own sessions of 60 days: above is hard", "D", "convention"),
    ),
    tags=(Suppressed("exclude"), Softened("race")),
    lasts_d=7,
    renews=True,
)
