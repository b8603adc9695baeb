"""Rule 17: strength work less than twice a week, and which of the five movements of the knee programme were found."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.past import FloatArray, Past
from stridelab.analysis.rules.rolling import count
from stridelab.analysis.rules.rule import Limits, Need, Rule, Softened, Suppressed, Threshold, Verdicts, verdicts

WINDOW_D: Final = 28
SILENT_D: Final = 84
"""Who recorded no strength work for so long may have stopped recording it: then nothing is said (convention)."""

MOVEMENTS: Final = ("leg_press", "deadlift", "single_leg_squat", "step_up", "leg_curl")


def strength_days(past: Past) -> FloatArray:
    """1 on days with strength work: a session of that family, a recorded set, or an entry in the log; else 0."""
    did = past.logged("strength")
    did[past.session_day[past.family == "strength"]] = True
    place = past.place(past.history.sets["local_date"])
    did[place[place >= 0]] = True
    return did.astype(np.float64)


def movement_days(past: Past) -> dict[str, FloatArray]:
    """For each of the five movements 1 on days with a set of it or with its name in the log, else 0."""
    sets, log = past.history.sets, past.history.log
    own = log[(log["kind"] == "strength") & log["text"].notna()]
    text = own["text"].astype(str).str.lower().str.replace("[-_]", " ", regex=True)
    of_sets, of_log = past.place(sets["local_date"]), past.place(own["date"])
    days = {}
    for name in MOVEMENTS:
        place = np.append(
            of_sets[(sets["movement"] == name).to_numpy(dtype=np.bool_)],
            of_log[text.str.contains(name.replace("_", " "), regex=False).to_numpy(dtype=np.bool_)],
        )
        days[name] = np.bincount(place[place >= 0], minlength=past.n).astype(np.bool_).astype(np.float64)
    return days


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    did = strength_days(past) > 0
    needed = limits["sessions_a_week"] * WINDOW_D / 7
    days = count(did, WINDOW_D)
    known = count(past.known, WINDOW_D)
    ever = np.cumsum(did) > 0
    first = int(np.argmax(did)) if did.any() else past.n
    return verdicts(
        past,
        hits=[(days < needed, "info", "strength_missing")],
        reasons=[
            (~ever, "no_strength_data"),
            (count(did, SILENT_D) == 0, "no_strength_data_lately"),
            (np.arange(past.n) < first + WINDOW_D - 1, "strength_data_young"),
            # Days of which nothing is known may have held the sessions that are missing.
            ((days < needed) & (days + WINDOW_D - known >= needed), "too_few_known_days"),
        ],
        numbers={
            "sessions": days,
            "sessions_needed": np.full(past.n, needed),
            "days": np.full(past.n, float(WINDOW_D)),
            **{name: count(found > 0, WINDOW_D) for name, found in movement_days(past).items()},
        },
        known=known,
        assumed=count(past.assumed, WINDOW_D),
        needed=WINDOW_D,
        window=WINDOW_D,
    )


STRENGTH_MISSING: Final = Rule(
    id="strength_missing",
    number=17,
    question="Is there strength work twice a week, and which movements of the knee programme?",
    kind="state",
    severities=("info",),
    grade="A",
    evidence=(
        "Strength training reduced injuries in trials of other sports. In pooled trials of runners (9 articles, 1,904"
        " people) exercise programmes did not; supervised ones did better. Twice a week is what programmes prescribe."
    ),
    source=(
        "Other sports: Lauersen JB et al. 2014, Br J Sports Med 48:871, doi:10.1136/bjsports-2013-092538; runners:"
        " null result in Wu H et al. 2024, Sports Med 54:1249, doi:10.1007/s40279-024-01993-7 (9 articles, n = 1904)"
    ),
    verdicts=_verdicts,
    clears_when_key="strength_clears",
    needs=(
        Need("sets, activities of family strength, log entries strength", "any in 12 weeks, 28 days since the first"),
    ),
    thresholds=(Threshold("sessions_a_week", 2, "a week", "days with strength work over 28 days", "D", "convention"),),
    tags=(Suppressed("exclude"), Softened("illness", 14)),
)
