"""The weekly report from a history: one week against the week before and the mean of the four weeks before it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from stridelab.analysis.chronic import chronic_load
from stridelab.analysis.history import History
from stridelab.analysis.rules.finding import Finding, NotEvaluated
from stridelab.analysis.weeks import iso_week, weekly_table
from stridelab.dashboards.reference import known_weeks
from stridelab.dashboards.report.episodes import episodes, gaps, touching
from stridelab.dashboards.report.flags import day_flags, settings_notes
from stridelab.dashboards.report.loads import comparison, week_loads
from stridelab.dashboards.report.model import Comparison, Day, Quantity, Report
from stridelab.dashboards.units import checked_units
from stridelab.errors import UsageError

LIMITS: Final = ("max_heart_rate_bpm", "resting_heart_rate_bpm", "threshold_heart_rate_bpm", "threshold_speed_mps")
"""What loads and zones rest on; the report says where each came from."""


def weekly_report(
    history: History,
    findings: Iterable[Finding | NotEvaluated] = (),
    *,
    week: str | None = None,
    units: str = "km",
    language: str = "en",
) -> Report:
    """The report of one week.

    Parameters
    ----------
    history
        An athlete's past.
    findings
        What `stridelab.analysis.rules.evaluate` said of it.
    week
        ISO week such as ``2026-W47``; by default the last week with an activity.
    units
        ``km`` or ``mi``.
    language
        A key of `stridelab.dashboards.report.wording.LANGUAGES`.

    Raises
    ------
    UsageError
        For a week that is no ISO week or lies outside the data, units or a language that do not exist.
    """
    shown, found = checked_units(units), tuple(findings)
    weeks = weekly_table(history)
    if weeks.empty:
        if week is not None:
            _week_number(week)
        return Report(history.athlete.key, units=shown, language=language)
    place = _place(weeks, week)
    row = weeks.iloc[place]
    monday = row["monday"].date()
    sunday = monday + timedelta(days=6)
    last_day = pd.DatetimeIndex(history.days.index)[-1].date()
    found = tuple(finding for finding in found if finding.day <= sunday)  # a past week is told as it looked then
    zones = tuple(float(row[f"heart_rate_zone_{n}_s"]) for n in range(1, 6))
    values = (history.athlete.value(quantity, min(sunday, last_day)) for quantity in LIMITS)
    return Report(
        athlete_key=history.athlete.key,
        week=str(weeks.index[place]),
        monday=monday,
        sunday=sunday,
        last_day=last_day,
        comparisons=_comparisons(weeks, place),
        days=_days(history.days, monday),
        zones_s=zones if np.nansum(zones) > 0 else (),
        ctl=float(row["ctl"]),
        atl=float(row["atl"]),
        tsb=float(row["tsb"]),
        **week_loads(history, known_weeks(weeks), monday, place),
        flags=touching(episodes(found), monday, sunday),
        gaps=gaps(found, monday, sunday),
        load_coverage=float(row["load_coverage"]),
        athlete_values=tuple(value for value in values if value is not None),
        settings=settings_notes(history.settings, language=language),
        snoozes=history.snoozes,
        # Without findings nobody asked the rules, and nothing may be said of them.
        word=day_flags(history, found, min(sunday, last_day), language=language).word if found else None,
        units=shown,
        language=language,
    )


def _week_number(week: str) -> date:
    """Monday of an ISO week."""
    matched = re.fullmatch(r"(\d{4})-?W(\d{1,2})", week.strip(), re.IGNORECASE)
    try:
        if matched:
            return date.fromisocalendar(int(matched[1]), int(matched[2]), 1)
    except ValueError:
        pass
    raise UsageError(f"week {week!r}", expected="an ISO week such as 2026-W47")


def _place(weeks: pd.DataFrame, week: str | None) -> int:
    """Row of the asked week; by default the last with a session."""
    if week is None:
        active = np.flatnonzero(weeks["sessions"].to_numpy() > 0)
        return int(active[-1]) if len(active) else len(weeks) - 1
    label = iso_week(pd.Timestamp(_week_number(week)))
    if label not in weeks.index:
        first, last = weeks.index[0], weeks.index[-1]
        span = f"a week from {first} to {last}" if first != last else f"{first}, the only week with data"
        raise UsageError(f"there are no data for week {label}", expected=span)
    return int(np.flatnonzero(weeks.index == label)[0])


def _comparisons(weeks: pd.DataFrame, place: int) -> tuple[Comparison, ...]:
    weeks = known_weeks(weeks)
    total = weeks["timer_time_s"].replace(0.0, np.nan)
    cross = 1 - weeks["timer_time_run_s"] / total
    rows: list[tuple[str, str, Quantity, pd.Series]] = [
        ("sessions", "Sessions", "count", weeks["sessions"]),
        ("timer_time_s", "Time", "duration_s", weeks["timer_time_s"]),
        ("distance_run_m", "Running distance", "distance_m", weeks["distance_run_m"]),
        ("longest_run_m", "Longest run", "distance_m", weeks["longest_run_m"]),
        ("load", "Load (points)", "load", weeks["load"]),
        ("trimp_banister", "TRIMP (Banister)", "load", weeks["trimp_banister"]),
        ("strength_sessions", "Strength sessions", "count", weeks["strength_sessions"]),
        ("cross_training_share", "Time not running", "share", cross),
    ]
    return tuple(comparison(key, label, quantity, series, place) for key, label, quantity, series in rows)


def _days(days: pd.DataFrame, monday: date) -> tuple[Day, ...]:
    last, loads = pd.DatetimeIndex(days.index)[-1].date(), chronic_load(days)
    week = []
    for day in (monday + timedelta(days=n) for n in range(7)):
        stamp = pd.Timestamp(day)
        if stamp not in days.index:
            week.append(Day(day, "ahead" if day > last else "unknown", "", 0, math.nan, math.nan, math.nan))
            continue
        row = days.loc[[stamp]].iloc[0]
        week.append(
            Day(
                day,
                state=str(row["state"]),
                basis=str(row["state_basis"]),
                sessions=int(row["sessions"]),
                timer_time_s=float(row["timer_time_s"]),
                distance_run_m=float(row["distance_run_m"]),
                load=float(loads.loc[stamp]),
            )
        )
    return tuple(week)
