"""Rule 20: what belongs before a professional. Only what the athlete wrote, and flags that stay."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.finding import SEVERITIES, Severity
from stridelab.analysis.rules.pain import SIGNS, URGENT, pain_of_day, signs_of_day
from stridelab.analysis.rules.past import BoolArray, IntArray, Past
from stridelab.analysis.rules.rolling import count, days_in_a_row
from stridelab.analysis.rules.rule import Limits, Need, Rule, Threshold, Verdicts, verdicts

WEEK_D: Final = 7
SILENT_D: Final = 28
ACT: Final = SEVERITIES.index("act")


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    pain, site, wrong = past.once(pain_of_day)
    urgent, signs = signs_of_day(past, URGENT), signs_of_day(past, SIGNS)
    painful = pain >= limits["pain"]
    pain_days = count(painful, WEEK_D)
    open_d, of_rule = _act_open(past)
    # The third painful day raises it, and each further one; a day without an entry repeats nothing.
    repeated = painful & (pain_days >= limits["pain_days"])
    stays = open_d > limits["act_open_days"]
    told = count(_any_entry(past), SILENT_D) > 0
    hits: list[tuple[BoolArray, Severity, str]] = [
        (urgent != "", "urgent", "urgent_signs"),
        (signs != "", "refer", "professional_signs"),
        (repeated, "refer", "pain_repeated"),
        (stays, "refer", "act_flag_stays_open"),
    ]
    hit = np.logical_or.reduce([mask for mask, *_ in hits])
    return verdicts(
        past,
        hits=hits,
        reasons=[(wrong & ~hit, "pain_out_of_range"), (~told & ~hit, "nothing_logged")],
        numbers={
            "pain": pain,
            "pain_days": pain_days,
            "pain_limit": np.full(past.n, limits["pain"]),
            "days": np.full(past.n, float(WEEK_D)),
            "open_days": open_d.astype(np.float64),
            "silent_days": np.full(past.n, float(SILENT_D)),
        },
        known=count(np.isfinite(pain), WEEK_D),
        needed=0,
        window=WEEK_D,
        subject=np.select([mask for mask, *_ in hits], [urgent, signs, site, of_rule], "").astype(object),
        reason_numbers=("silent_days",),
    )


def _act_open(past: Past) -> tuple[IntArray, np.ndarray[tuple[int], np.dtype[np.object_]]]:
    """How many days in a row a flag ``act`` has been open, and of which rule."""
    longest, of_rule = np.zeros(past.n, dtype=np.int64), np.full(past.n, "", dtype=object)
    for name, level in past.open_level.items():
        days = days_in_a_row(level == ACT)
        of_rule[days > longest] = name
        longest = np.maximum(longest, days)
    return longest, of_rule


def _any_entry(past: Past) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    place = past.place(past.history.log["date"])
    return np.bincount(place[place >= 0], minlength=past.n) > 0


SEE_A_PROFESSIONAL: Final = Rule(
    id="see_a_professional",
    number=20,
    question="Is there pain that comes back, or a sign that a professional should look at?",
    kind="event",
    severities=("refer", "urgent"),
    grade="C",
    evidence=(
        "Consensus of clinicians. It repeats what you wrote down and names no cause. Without entries it says nothing,"
        " and that is not the same as being well."
    ),
    source=(
        "Consensus; 3 of 10 is cautious: with sore Achilles tendons training went on at up to 5 of 10 without harm"
        " (Silbernagel KG et al. 2007, Am J Sports Med 35:897, doi:10.1177/0363546506298279); chest pain and fainting"
        " in sport: an emergency by every guideline"
    ),
    verdicts=_verdicts,
    clears_when_key="professional_clears",
    needs=(Need("log", "an entry of any kind in 28 days"),),
    thresholds=(
        Threshold("pain", 3, "of 10", "from which a day is painful"),
        Threshold("pain_days", 3, "days", "painful of 7"),
        Threshold("act_open_days", 14, "days", "an act flag may stay open", "D", "convention"),
    ),
    # No tag silences it: pain is pain.
    tags=(),
    lasts_d=7,
    renews=True,
)
