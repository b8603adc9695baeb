"""Loads of the week in the report: every one by its name, how it was found, and what the models over days say."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from stridelab.analysis.chronic import chronic_load, chronic_table
from stridelab.analysis.critical import CriticalFit
from stridelab.analysis.days import MECHANICAL_LOADS
from stridelab.analysis.history import History
from stridelab.analysis.thresholds import EFFORT_DAYS, is_believable, recent_critical_speed
from stridelab.dashboards.reference import REFERENCE_WEEKS
from stridelab.dashboards.report.model import AthleteChange, Comparison, LoadMethod, Quantity
from stridelab.dashboards.report.wording import athlete_number, quantity
from stridelab.dashboards.units import date_text, number_text, signed_text

if TYPE_CHECKING:
    from stridelab.dashboards.report.model import Report

LOADS: Final[tuple[tuple[str, str, Quantity], ...]] = (
    ("heart_rate_tss", "hrTSS (TRIMP against an hour at threshold)", "load"),
    ("running_tss", "rTSS (graded pace)", "load"),
    ("power_tss", "TSS (power)", "load"),
    ("running_power_score", "Running power score (K = 3)", "load"),
    ("trimp_edwards", "TRIMP, Edwards", "load"),
    ("trimp_lucia", "TRIMP, Lucia", "load"),
    ("session_rpe_load", "Session RPE × minutes", "load"),
    ("time_over_threshold_s", "Time over threshold heart rate", "duration_s"),
)
"""Rows of the loads; those that nobody knows are left out. Points and Banister's TRIMP are numbers of the week."""

ESTIMATED: Final = ("max_heart_rate_bpm", "threshold_heart_rate_bpm", "threshold_speed_mps")
METHODS: Final = {
    "heart_rate": "heart rate",
    "power": "power",
    "pace": "graded pace",
    "rpe": "perceived exertion",
    "duration": "duration alone",
}
KNOWN_OF_D: Final = 42
RATIO: Final = (
    "Ratio of recent to usual load. It has not been shown to predict your injury risk; shown as a description only."
)


def comparison(key: str, label: str, quantity: Quantity, series: pd.Series, place: int) -> Comparison:
    """A row of the report: one number of all weeks, in the week of that place beside those before.

    Parameters
    ----------
    key, label, quantity
        As of `Comparison`.
    series
        The number of every week, unknown weeks NaN.
    place
        Of the week.
    """
    values = series.to_numpy(dtype=np.float64)
    before = values[max(0, place - REFERENCE_WEEKS) : place]
    known = before[np.isfinite(before)]
    return Comparison(
        key,
        label,
        quantity,
        this_week=float(values[place]),
        last_week=float(values[place - 1]) if place else math.nan,
        reference_mean=float(known.mean()) if len(known) else math.nan,
        reference_weeks=len(known),
    )


def week_loads(history: History, weeks: pd.DataFrame, monday: date, place: int) -> dict[str, Any]:
    """The fields of `Report` on loads.

    Parameters
    ----------
    history
        An athlete's past.
    weeks
        The weekly table, unknown weeks masked.
    monday
        Of the week.
    place
        Of the week among ``weeks``.
    """
    sunday = monday + timedelta(days=6)
    rows = [comparison(key, label, quantity, weeks[key], place) for key, label, quantity in LOADS if key in weeks]
    mechanical = [
        comparison(key, f"Mechanical load, m = {key.rpartition('m')[2]}", "load", weeks[key], place)
        for key in MECHANICAL_LOADS
        if key in weeks
    ]
    day = history.activities["local_date"]
    own = history.activities[(day >= pd.Timestamp(monday)) & (day <= pd.Timestamp(sunday))]
    bases = set(own["mechanical_load_basis"].dropna()) if "mechanical_load_basis" in own else set()
    return {
        "loads": tuple(row for row in rows if _said(row)),
        "mechanical_loads": tuple(row for row in mechanical if row.this_week > 0),
        "mechanical_basis": "both" if len(bases) > 1 else next(iter(bases), ""),
        "load_methods": _methods(own),
        **_chronic(history.days, sunday),
        "changes": _changes(history, monday, sunday),
        "critical_speed": _critical_speed(history, sunday),
    }


def _said(row: Comparison) -> bool:
    return any(value > 0 for value in (row.this_week, row.last_week, row.reference_mean))


def _methods(own: pd.DataFrame) -> tuple[LoadMethod, ...]:
    if "load_method" not in own:
        return ()
    total = float(own["timer_time_s"].sum())
    groups = own.groupby("load_method", sort=False)
    found = [
        LoadMethod(str(name), float(rows["timer_time_s"].sum()) / total, float(rows["load_uncertainty_pct"].mean()))
        for name, rows in groups
        if total > 0
    ]
    return tuple(sorted(found, key=lambda method: -method.share))


def _chronic(days: pd.DataFrame, sunday: date) -> dict[str, Any]:
    """The models on the last day of the week, and on how many of the days behind it the load is known."""
    known = days[days.index <= pd.Timestamp(sunday)]
    load = chronic_load(days)
    row = chronic_table(days).loc[known.index[-1]]
    values = {str(name): float(value) for name, value in row.items()}
    values["known_days"] = float(load[known.index[-KNOWN_OF_D:]].notna().sum())
    return {"chronic": values, "chronic_load": str(load.name)}


def _changes(history: History, monday: date, sunday: date) -> tuple[AthleteChange, ...]:
    athlete, found = history.athlete, []
    for value in athlete.values:  # noqa: PD011
        since = value.valid_from
        if value.quantity not in ESTIMATED or value.origin != "estimated" or since is None:
            continue
        if monday <= since <= sunday and athlete.value(value.quantity, since) == value:
            before = athlete.number(value.quantity, since - timedelta(days=1))
            found.append(AthleteChange(value.quantity, since, before, value.number, value.note))
    return tuple(found)


def _critical_speed(history: History, sunday: date) -> CriticalFit | None:
    if len(history.best_efforts) != len(history.activities) or history.activities.empty:
        return None
    fit = recent_critical_speed(history.activities["local_date"].to_numpy(), history.best_efforts, on=sunday)
    return fit if math.isfinite(fit.critical) else None


def critical_sentence(fit: CriticalFit) -> str:
    """Critical speed and D′ with their intervals, and what speaks against them."""
    name = "threshold_speed_mps"
    said = f"Critical speed from the best efforts of the last {EFFORT_DAYS} days: {athlete_number(name, fit.critical)}"
    if math.isfinite(fit.critical_low):
        low, high = (number_text(value, 2) for value in (fit.critical_low, fit.critical_high))
        reserve = " to ".join(number_text(value) for value in (fit.reserve_low, fit.reserve_high))
        said += f", 95 % {low} to {high} m/s; D′ {number_text(fit.reserve)} m, 95 % {reserve} m"
    if is_believable(fit):
        return f"{said}. Efforts of training are seldom maximal, which makes it too low."
    return f"{said}. These efforts were not maximal or too few, so no load is computed with it."


def load_sentences(report: Report) -> list[str]:
    """How the loads of the week were found, and the band of the mechanical load."""
    said = []
    if report.load_methods:
        parts = [
            f"{number_text(100 * m.share, 0, '%')} of the time by {METHODS.get(m.method, m.method)} "
            f"(±{number_text(m.uncertainty_pct)} %)"
            for m in report.load_methods
        ]
        said.append(f"Load in points, 100 for an hour at threshold: {', '.join(parts)}.")
    bands = [
        (row.label.rpartition("m = ")[2], 100 * (row.this_week / row.reference_mean - 1))
        for row in report.mechanical_loads
        if row.reference_mean > 0
    ]
    if report.mechanical_loads:
        how = {
            "measured": "contact times as measured",
            "estimated": "contact times ESTIMATED from speed and cadence",
            "both": "contact times partly measured, partly estimated",
        }.get(report.mechanical_basis, "")
        change = ", ".join(f"{signed_text(value, 0, '%')} (m = {exponent})" for exponent, value in bands)
        against = (
            f": {change} against the mean of the weeks before" if bands else " is known; nothing to compare it with"
        )
        said.append(f"Mechanical load of the runs, steps times peak force to the power of m{against}; {how}.")
    said += [change_sentence(change) for change in report.changes]
    return said + ([critical_sentence(report.critical_speed)] if report.critical_speed else [])


def change_sentence(change: AthleteChange) -> str:
    """What was estimated anew, from what to what, since when, and what follows."""
    before, after = (athlete_number(change.quantity, value) for value in (change.before, change.after))
    moved = f"{before} → {after}" if math.isfinite(change.before) else after
    since = date_text(change.day)
    name = quantity(change.quantity)
    return f"{name} estimated {moved} on {since} ({change.note}); loads since then are computed with it."


def chronic_sentences(report: Report) -> list[str]:
    """Ramp, monotony and strain, and the ratio of recent to usual load with what it is worth."""
    found = report.chronic
    if not found:
        return []
    said = []
    if np.isfinite(found["ramp"]):
        said.append(f"Fitness changed by {signed_text(found['ramp'], 1)} within 7 days.")
    if np.isfinite(found["monotony"]):
        strain = number_text(found["strain"])
        said.append(f"Monotony {number_text(found['monotony'], 1)} and strain {strain} of 7 days (Foster 1998).")
    ratios = [
        f"{number_text(found[name], 2)} {label}"
        for name, label in (("acwr", "coupled"), ("acwr_uncoupled", "uncoupled"), ("acwr_ewma", "weighted"))
        if np.isfinite(found[name])
    ]
    if ratios:
        said.append(f"{RATIO} At the end of the week: {', '.join(ratios)}.")
    unknown = KNOWN_OF_D - int(found["known_days"])
    if unknown > 0:
        said.append(f"The load is unknown on {unknown} of the last {KNOWN_OF_D} days, which enter the models as 0.")
    return said
