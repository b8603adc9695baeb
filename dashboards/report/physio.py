"""One page for a physiotherapist or coach: what was recorded in twelve weeks, and what was not. No diagnosis."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from stridelab.analysis.history import History
from stridelab.analysis.physio import (
    PAINFUL,
    RECENT_D,
    SPEED_BAND_MPS,
    WEEKS,
    Trend,
    pain_log,
    shoes,
    strength,
    technique,
    weekly_loads,
)
from stridelab.analysis.rules.finding import Finding, NotEvaluated
from stridelab.dashboards.figures import small
from stridelab.dashboards.report.flags import day_flags
from stridelab.dashboards.report.physio_page import Block, PhysioSummary, Spark, plural
from stridelab.dashboards.units import (
    METRES_PER,
    checked_units,
    date_text,
    distance_text,
    number_text,
    pace_text,
    signed_text,
)

NOT_RECORDED: Final = "Not recorded."
MAX_PAIN_ROWS: Final = 5
MAX_NOTE: Final = 48
MAX_SHOES: Final = 3

_MEASURES: Final = {
    "cadence_spm": ("Cadence", 0, "steps/min"),
    "ground_contact_time_ms": ("Ground contact time", 0, "ms"),
    "vertical_ratio_pct": ("Vertical ratio", 1, "%"),
    "ground_contact_balance_pct": ("Contact balance, left", 1, "%"),
    "rearfoot_share_pct": ("Rearfoot strikes", 0, "%"),
}
_MOVEMENT_NAMES: Final = {
    "leg_press": "leg press",
    "deadlift": "deadlift",
    "single_leg_squat": "single-leg squat",
    "step_up": "step-up",
    "leg_curl": "leg curl",
}


def physio_summary(
    history: History, findings: Iterable[Finding | NotEvaluated], day: date, *, units: str = "km"
) -> PhysioSummary:
    """The summary of the twelve weeks up to a day.

    Parameters
    ----------
    history
        An athlete's past.
    findings
        What `stridelab.analysis.rules.evaluate` said of it.
    day
        Last day of the twelve weeks.
    units
        ``km`` or ``mi``.
    """
    checked_units(units)
    weeks = weekly_loads(history, day)
    return PhysioSummary(
        athlete_key=history.athlete.key,
        first=day - timedelta(days=7 * WEEKS - 1),
        last=day,
        flags=day_flags(history, findings, day, units=units),
        pain=_pain(history, day),
        distance=_distance(weeks, units),
        load=_load(weeks),
        mechanical=_mechanical(weeks),
        technique=_technique(history, day, units),
        strength=_strength(history, day),
        shoes=_shoes(history, day, units),
        units=units,
    )


def _pain(history: History, day: date) -> Block:
    log = pain_log(history, day)
    if log.empty:
        return Block("Pain: no entry in the log", notes=(f"{NOT_RECORDED} That is not the same as no pain.",))
    worst = log.sort_values("value", kind="stable").iloc[-1]  # of equals the latest
    days, bad = log["date"].nunique(), log.loc[log["value"] >= PAINFUL, "date"].nunique()
    title = (
        f"Pain on {days} of {7 * WEEKS} days, worst {worst['value']:g} of 10 ({_site(worst)}, "
        f"{date_text(worst['date'].date(), year=False)}); {bad} {plural(bad, 'day')} at {PAINFUL:g} or more"
    )
    first = day - timedelta(days=7 * WEEKS - 1)
    daily = log.groupby("date")["value"].max()
    after = (pd.DatetimeIndex(daily.index) - pd.Timestamp(first)).days / (7 * WEEKS - 1)
    # Of days close together only the worst has room for its number.
    shown = [
        bool(value >= daily[abs(after - place) <= 3 / (7 * WEEKS)].max())
        for place, value in zip(after, daily, strict=True)
    ]
    points = [
        (float(place), float(value), f"{value:g}" if said else "")
        for place, value, said in zip(after, daily, shown, strict=True)
    ]
    newest = log.iloc[::-1].head(MAX_PAIN_ROWS)
    rows = tuple(
        (date_text(row["date"].date(), year=False), f"{row['value']:g}", _site(row), _note(row["text"]))
        for _, row in newest.iterrows()
    )
    more = len(log) - len(newest)
    return Block(
        title,
        small.dots(points, _labels(first), alt=title, top=10.0),
        head=("Day", "0–10", "Where", "Note"),
        rows=rows,
        notes=(f"The latest {len(newest)} of {len(log)} entries.",) if more else (),
    )


def _note(text: object) -> str:
    """What was written, cut where it would not fit."""
    return textwrap.shorten(text, MAX_NOTE, placeholder=" …") if isinstance(text, str) and text else "–"


def _site(row: pd.Series) -> str:
    return " ".join(str(part) for part in (row["side"], row["body_site"]) if isinstance(part, str) and part) or "–"


def _distance(weeks: pd.DataFrame, units: str) -> Block:
    values = (weeks["distance_run_m"] / METRES_PER[units]).tolist()
    title = f"Running distance a week: {_latest(values, units)}"
    return Block(title, _bars(weeks, values, title), _sparks(values), notes=_unknown_note(weeks))


def _load(weeks: pd.DataFrame) -> Block:
    values = weeks["load"].tolist()
    if not np.isfinite(values).any():
        return Block(
            "Training load: not recorded", notes=("No session has a load (heart rate, power, pace or effort).",)
        )
    lacking = weeks["trained_without_load"] > 0
    title = f"Training load a week, all sports: {_latest(values, 'points')}"
    said = f"× {int(lacking.sum())} of {WEEKS} weeks lack the load of some session: too low." if lacking.any() else ""
    return Block(title, _bars(weeks, values, title, lacking.tolist()), _sparks(values), notes=(said,) if said else ())


def _mechanical(weeks: pd.DataFrame) -> Block:
    relative = {}
    for name in ("mechanical_load_m4", "mechanical_load_m7", "mechanical_load_m10"):
        mean = weeks[name].replace(0.0, np.nan).mean()
        relative[name] = 100 * weeks[name] / mean
    middle = relative["mechanical_load_m7"]
    if not np.isfinite(middle).any():
        return Block("Mechanical load: not recorded", notes=("It needs cadence and ground contact time of the runs.",))
    band = pd.DataFrame(relative)
    title = f"Mechanical load of running against the weeks' mean: {_latest(middle.tolist(), '%')}"
    note = (
        "Sum over steps of peak force to the power of 7; the whisker is for 4 and 10. How much tissue minds peaks is "
        "not settled, so only changes mean something."
    )
    low, high = band.min(axis=1).tolist(), band.max(axis=1).tolist()
    chart = small.bars(middle.tolist(), _labels(weeks.index[0].date()), alt=title, low=low, high=high, reference=100.0)
    return Block(title, chart, _sparks(middle.tolist()), notes=(note,))


def _technique(history: History, day: date, units: str) -> Block:
    trends, speed, source = technique(history, day)
    if not trends:
        return Block("Technique: not recorded", notes=("No run has cadence or running dynamics.",))
    changed = [trend for trend in trends if math.isfinite(trend.now) and math.isfinite(trend.before)]
    said = "; ".join(f"{_MEASURES[t.name][0].lower()} {_change(t)} {_MEASURES[t.name][2]}" for t in changed[:2])
    title = f"Technique against the {WEEKS - RECENT_D // 7} weeks before: {said or 'too few runs to compare'}"
    where = "on flat ground" if trends[0].flat else "over whole runs"
    note = (
        f"Medians of runs within {SPEED_BAND_MPS:g} m/s of {pace_text(speed, units)}, {where}"
        + (f", sensor {source}" if source else "")
        + ". A change is no fault: it says where to look."
    )
    head = ("", "Before", f"Last {RECENT_D // 7} weeks", "Change", "Runs", "By week")
    return Block(title, head=head, rows=tuple(_trend_row(trend) for trend in trends), notes=(note,))


def _trend_row(trend: Trend) -> tuple[str | Spark, ...]:
    name, decimals, unit = _MEASURES[trend.name]
    return (
        f"{name}, {unit}",
        number_text(trend.before, decimals),
        number_text(trend.now, decimals),
        _change(trend),
        f"{trend.runs_before} + {trend.runs_now}",
        Spark(name, trend.weekly),
    )


def _change(trend: Trend) -> str:
    """Between the two numbers as they are shown."""
    decimals = _MEASURES[trend.name][1]
    return signed_text(round(trend.now, decimals) - round(trend.before, decimals), decimals)


def _strength(history: History, day: date) -> Block:
    found = strength(history, day)
    if found is None:
        return Block("Strength work: not recorded", notes=("None was ever recorded or written down.",))
    days, movements = found
    title = f"Strength work on {days} of {RECENT_D} days, {days * 7 / RECENT_D:.1f} a week"
    done = [f"{_MOVEMENT_NAMES[name]} on {n} {plural(n, 'day')}" for name, n in movements.items() if n]
    absent = [_MOVEMENT_NAMES[name] for name, n in movements.items() if not n]
    none = "No set and no entry of the log names one of the five movements of the knee programme."
    notes = [f"Found: {', '.join(done)}." if done else none]
    if done and absent:
        notes.append(f"Not found: {', '.join(absent)}.")
    return Block(title, notes=tuple(notes))


def _shoes(history: History, day: date, units: str) -> Block:
    table = shoes(history, day)
    if table.empty:
        return Block("Shoes: not recorded", notes=("No shoes are in use in the list of gear.",))
    rows = [(str(row["name"]), distance_text(row["distance_m"], units, 0)) for _, row in table.iterrows()]
    title = f"{len(rows)} {plural(len(rows), 'pair')} of shoes in use, {rows[0][1]} the farthest"
    more = f"and {len(rows) - MAX_SHOES} more" if len(rows) > MAX_SHOES else ""
    return Block(title, head=("Shoes", "Gone"), rows=tuple(rows[:MAX_SHOES]), notes=(more,) if more else ())


def _bars(weeks: pd.DataFrame, values: Sequence[float], alt: str, lacking: Sequence[bool] | None = None) -> Markup:
    known = [v for v in values if math.isfinite(v)]
    mean = float(np.mean(known)) if known else math.nan
    partial = [a or b for a, b in zip(weeks["known_days"] < 7, lacking or [False] * WEEKS, strict=True)]
    return small.bars(values, _labels(weeks.index[0].date()), alt=alt, partial=partial, reference=mean)


def _unknown_note(weeks: pd.DataFrame) -> tuple[str, ...]:
    unknown = int((7 - weeks["known_days"]).sum())
    said = "The dashed line is the mean of the weeks; a bar is seven days, from the day below it."
    if unknown:
        said += f" {unknown} of {7 * WEEKS} days are unknown (×): more may have been done."
    return (said,)


def _latest(values: Sequence[float], unit: str = "") -> str:
    """The mean of the last four weeks against that of the eight before, of those that are known."""
    recent, before = (np.asarray(part, dtype=np.float64) for part in (values[-4:], values[:-4]))
    known, known_before = recent[np.isfinite(recent)], before[np.isfinite(before)]
    if not len(known):
        return "nothing known of the last 4 weeks"
    now = number_text(float(known.mean())) + (f" {unit}" if unit else "")
    weeks = "the last 4 weeks" if len(known) == len(recent) else f"the {len(known)} known of the last 4 weeks"
    if not len(known_before):
        return f"{now} in {weeks}"
    return f"{now} in {weeks}, {number_text(float(known_before.mean()))} before"


def _labels(first: date) -> list[str]:
    """First days of every third week."""
    return [date_text(first + timedelta(days=7 * n), year=False) if n % 3 == 0 else "" for n in range(WEEKS)]


def _sparks(values: Sequence[float]) -> str:
    return f"{small.spark_text(values)}  " + " ".join(number_text(v) for v in values)
