"""A rule in a text picture: one mark a day, and the number that it looks at, week by week."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from stridelab.analysis.history import History
from stridelab.analysis.rules import RULES, Finding, NotEvaluated, Rule, settings_of
from stridelab.analysis.rules.past import Past
from stridelab.dashboards.report.wording import SEVERITY_SYMBOLS
from stridelab.dashboards.units import date_text, number_text

WEEKS: Final = 12
BAR_WIDTH: Final = 32
QUIET, UNKNOWN = "·", "?"


@dataclass(frozen=True, slots=True)
class Gauge:
    """The number that a rule looks at.

    Parameters
    ----------
    number
        Its name among the numbers of the rule's verdicts.
    limit
        The number or threshold it is compared with; empty where there is none.
    label
        What it is, with its unit.
    worst
        Which of a week's values is the one to show: ``max`` or ``min``.
    decimals
        How it is written.
    scale
        What it is divided by.
    """

    number: str
    limit: str
    label: str
    worst: str = "max"
    decimals: int = 2
    scale: float = 1.0


GAUGES: Final = {
    "session_spike": Gauge("ratio", "watch_ratio", "longest run over the longest of 30 days before"),
    "consecutive_training_days": Gauge("days", "watch_days", "training days in a row", decimals=0),
    "hard_sessions_too_close": Gauge("hours", "watch_hours", "hours between hard sessions", "min", 0),
    "monotony_strain": Gauge("monotony", "watch_monotony", "monotony: mean over deviation of 7 daily loads"),
    "load_ramp": Gauge("rise", "limit", "rise of fitness (CTL), points a week", decimals=1),
    "acute_chronic_ratio": Gauge("ratio", "", "recent over usual load"),
    "hrv_below_baseline": Gauge("hrv_ms", "lower_ms", "HRV (RMSSD), ms, mean of 7 nights", "min", 0),
    "resting_heart_rate_raised": Gauge("resting_bpm", "upper_bpm", "resting heart rate, bpm, mean of 7", decimals=1),
    "short_sleep": Gauge("sleep_h", "limit_h", "sleep, h, mean of 14 nights", "min", 1),
    "efficiency_falling": Gauge("fall_pct", "limit_pct", "fall of the efficiency factor, %", decimals=1),
    "mechanical_load_spike": Gauge("ratio", "limit_ratio", "mechanical load over the highest of 4 weeks before"),
    "cadence_drop": Gauge("drop_pct", "drop_pct", "cadence below the own norm, %", decimals=1),
    "form_change": Gauge("contact_pct", "contact_pct", "contact time above the own norm, %", decimals=1),
    "contact_balance_shift": Gauge("shift_pp", "shift_pp", "shift of the contact balance, points", decimals=1),
    "foot_strike_change": Gauge("change_pp", "change_pp", "change of foot strike, points", decimals=0),
    "strength_missing": Gauge("sessions", "sessions_needed", "days with strength work of 28", "min", 0),
    "no_cross_training": Gauge("cross_days", "", "days with non-impact work of 28", "min", 0),
    "shoe_worn": Gauge("distance_m", "watch_m", "farthest pair in use, km", decimals=0, scale=1000.0),
}
"""Rules without one (pain, possible overreaching) are drawn by their days alone."""


def day_marks(rule_id: str, said: Iterable[Finding | NotEvaluated], index: pd.DatetimeIndex) -> list[str]:
    """One character a day: a severity's symbol while a flag is open, `UNKNOWN` where not evaluated, else `QUIET`."""
    marks = [QUIET] * len(index)
    place = {stamp.date(): i for i, stamp in enumerate(index)}
    own = [item for item in said if item.rule_id == rule_id and item.day in place]
    for item in sorted(own, key=lambda one: isinstance(one, Finding)):
        if isinstance(item, NotEvaluated):
            marks[place[item.day]] = UNKNOWN
        elif item.state != "cleared":
            marks[place[item.day]] = SEVERITY_SYMBOLS[item.severity]
    return marks


def picture(rule: Rule, history: History, said: Iterable[Finding | NotEvaluated], day: date) -> list[str]:
    """The last twelve weeks of a rule, a line a week.

    Parameters
    ----------
    rule
        Which.
    history
        Whose; with at least one day.
    said
        What the rules said of these days.
    day
        Last day.

    Returns
    -------
    list of str
        A heading, then for each week its first day, seven marks, and the week's value with a bar; ``|`` in the bar is
        the limit.
    """
    whole = pd.DatetimeIndex(history.days.index)
    index = whole[whole <= pd.Timestamp(day)][-7 * WEEKS :]
    marks = day_marks(rule.id, said, index)
    gauge = GAUGES.get(rule.id)
    values, limit = _gauged(rule, gauge, history, index) if gauge else (np.full(len(index), np.nan), math.nan)
    weeks = [slice(max(end - 7, 0), end) for end in range(len(index), 0, -7)][::-1]
    shown = [_worst(values[week], gauge) for week in weeks]
    highest = max([v for v in (*shown, limit) if math.isfinite(v)], default=0.0)
    legend = f"{QUIET} nothing seen, {UNKNOWN} not evaluated, " + ", ".join(
        f"{SEVERITY_SYMBOLS[name]} {name}" for name in rule.severities
    )
    lines = [f"One mark a day: {legend}"]
    if gauge and np.isfinite(shown).any():
        most = "highest" if gauge.worst == "max" else "lowest"
        bound = f"; | is the limit {number_text(limit, gauge.decimals)}" if math.isfinite(limit) else ""
        lines.append(f"Bar: {gauge.label}, {most} of the week{bound}")
    for week, value in zip(weeks, shown, strict=True):
        first = date_text(index[week.start].date(), year=False)
        line = f"{first:>6}  {''.join(marks[week]):7}"
        if gauge and math.isfinite(value):
            line += f"  {number_text(value, gauge.decimals):>6} {_bar(value, limit, highest)}"
        lines.append(line.rstrip())
    return lines


def gauge_text(rule: Rule, history: History, day: date) -> str:
    """The number that the rule looks at on a day, and its limit; empty where there is none."""
    gauge = GAUGES.get(rule.id)
    if gauge is None:
        return ""
    values, limit = _gauged(rule, gauge, history, pd.DatetimeIndex([pd.Timestamp(day)]))
    if not math.isfinite(values[0]):
        return ""
    bound = f" (limit {number_text(limit, gauge.decimals)})" if math.isfinite(limit) else ""
    return f"{gauge.label[0].upper()}{gauge.label[1:]}: {number_text(float(values[0]), gauge.decimals)}{bound}."


def _gauged(
    rule: Rule, gauge: Gauge, history: History, index: pd.DatetimeIndex
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], float]:
    """The rule's number on each day, and the latest limit of it."""
    limits = settings_of(RULES, history.settings)[rule.id].limits
    numbers = rule.verdicts(Past(history), limits).numbers
    place = pd.DatetimeIndex(history.days.index).get_indexer(index)
    values = np.asarray(numbers[gauge.number], dtype=np.float64)[place] / gauge.scale
    if gauge.limit in limits:
        return values, limits[gauge.limit] / gauge.scale
    known = np.asarray(numbers.get(gauge.limit, np.full(len(history.days), np.nan)), dtype=np.float64)[place]
    known = known[np.isfinite(known)]
    return values, float(known[-1]) / gauge.scale if len(known) else math.nan


def _worst(values: np.ndarray[tuple[int], np.dtype[np.float64]], gauge: Gauge | None) -> float:
    known = values[np.isfinite(values)]
    if gauge is None or not len(known):
        return math.nan
    return float(known.max() if gauge.worst == "max" else known.min())


def _bar(value: float, limit: float, highest: float) -> str:
    """A bar with the limit as ``|``."""
    if highest <= 0:
        return ""
    filled = round(BAR_WIDTH * max(value, 0.0) / highest)
    bar = list("█" * filled + " " * (BAR_WIDTH - filled))
    if math.isfinite(limit) and limit > 0:
        bar[min(round(BAR_WIDTH * limit / highest), BAR_WIDTH - 1)] = "|"
    return "".join(bar).rstrip()
