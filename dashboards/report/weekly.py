"""The weekly report as data: one week against the week before and the mean of the four before that.

Renderers (`terminal`, `markdown`, `html`) only lay out what stands here; all numbers are SI.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from stridelab.analysis.history import History
from stridelab.analysis.load import ZONE_LOWER_BOUNDS_SHARE_OF_MAX
from stridelab.analysis.rules.finding import Finding, NotEvaluated
from stridelab.analysis.weeks import iso_week, weekly_table
from stridelab.athlete import AthleteValue
from stridelab.dashboards.reference import REFERENCE_WEEKS, known_weeks
from stridelab.dashboards.report import wording
from stridelab.dashboards.report.episodes import Episode, Gap, episodes, gaps, touching
from stridelab.dashboards.units import Units, checked_units, date_text, distance_text, duration_text, number_text
from stridelab.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

Quantity = Literal["count", "duration_s", "distance_m", "load", "share"]

LIMITS: Final = ("max_heart_rate_bpm", "resting_heart_rate_bpm")
"""What loads and zones rest on; the report says where each came from."""


@dataclass(frozen=True)
class Comparison:
    """One number of the week, beside the week before and the mean of the four weeks before.

    NaN where it is not known; ``reference_weeks`` says how many weeks the mean holds.
    """

    key: str
    label: str
    quantity: Quantity
    this_week: float
    last_week: float
    reference_mean: float
    reference_weeks: int

    def text(self, value: float, units: str) -> str:
        """A value of this row as people read it."""
        if self.quantity == "distance_m":
            return distance_text(value, units)
        if self.quantity == "duration_s":
            return duration_text(value)
        if self.quantity == "share":
            return number_text(100 * value, 0, "%")
        whole = self.quantity == "load" or not math.isfinite(value) or float(value).is_integer()
        return number_text(value, 0 if whole else 1)


@dataclass(frozen=True)
class Day:
    """One day of the week; ``state`` is ``ahead`` after the last day of the data and ``unknown`` before its first."""

    day: date
    state: str
    basis: str
    sessions: int
    timer_time_s: float
    distance_run_m: float
    load: float


@dataclass(frozen=True)
class Report:
    """One week of an athlete. An empty one (``week`` is None) says that there is nothing yet.

    Parameters
    ----------
    athlete_key
        Whose week.
    week, monday, sunday
        ISO week and its days; None where there are no data.
    last_day
        Last day of the data; before ``sunday`` the week is unfinished.
    comparisons
        The numbers of the week.
    days
        Monday to Sunday.
    zones_s
        Seconds in heart-rate zones 1 to 5; NaN without heart rate.
    ctl, atl, tsb
        Fitness, fatigue and form on the last known day of the week.
    flags
        Episodes that touch the week.
    gaps
        Rules that could not be evaluated on days of the week.
    load_coverage
        Share of the week's training time with a load; NaN without training.
    athlete_values
        Heart-rate limits behind loads and zones, with their origin.
    units, language
        How it is shown.
    """

    athlete_key: str
    week: str | None = None
    monday: date | None = None
    sunday: date | None = None
    last_day: date | None = None
    comparisons: tuple[Comparison, ...] = ()
    days: tuple[Day, ...] = ()
    zones_s: tuple[float, ...] = ()
    ctl: float = math.nan
    atl: float = math.nan
    tsb: float = math.nan
    flags: tuple[Episode, ...] = ()
    gaps: tuple[Gap, ...] = ()
    load_coverage: float = math.nan
    athlete_values: tuple[AthleteValue, ...] = ()
    units: Units = "km"
    language: str = "en"

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to report."""
        return self.week is None

    @property
    def heading(self) -> str:
        """``Week 2026-W46, 9 Nov – 15 Nov 2026``."""
        if self.monday is None or self.sunday is None:
            return "Weekly report"
        first = date_text(self.monday, year=self.monday.year != self.sunday.year)
        return f"Week {self.week}, {first} – {date_text(self.sunday)}"

    @property
    def cards(self) -> tuple[wording.Card, ...]:
        """The flags in words."""
        return tuple(wording.card(episode, self.units, language=self.language) for episode in self.flags)

    @property
    def not_evaluated(self) -> tuple[str, ...]:
        """What could not be evaluated and why, a sentence each."""
        return tuple(wording.gap_sentence(gap, language=self.language) for gap in self.gaps)

    @property
    def basis(self) -> tuple[str, ...]:
        """What is assumed, estimated, unknown or missing in this report, a sentence each."""
        said = [f"{wording.athlete_value(value, language=self.language)}." for value in self.athlete_values]
        assumed = sum(day.basis == "assumed" for day in self.days)
        unknown = sum(day.state == "unknown" for day in self.days)
        if assumed:
            said.append(f"Rest is assumed on {assumed} of 7 days, from the gaps between recordings.")
        if unknown:
            said.append(f"{unknown} of 7 days are unknown: no recording, and not known to be rest.")
        if self.load_coverage < 0.999:
            share = number_text(100 * self.load_coverage, 0, "%")
            said.append(f"Load is known for {share} of the training time; the rest has too little heart rate.")
        if self.last_day and self.sunday and self.last_day < self.sunday:
            said.append(f"The week is known up to {date_text(self.last_day, weekday=True)}; its sums will grow.")
        return tuple(said)

    def to_text(self, *, width: int = 100, color: bool = False) -> str:
        """The report as terminal text."""
        from stridelab.dashboards.report import terminal

        return terminal.text(self, width=width, color=color)

    def to_markdown(self) -> str:
        """The report as Markdown."""
        from stridelab.dashboards.report import markdown

        return markdown.text(self)

    def to_html(self) -> str:
        """The report as one self-contained, printable HTML page."""
        from stridelab.dashboards.report import html

        return html.page(self)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data for JSON: SI numbers, None where unknown, sentences for flags."""
        from stridelab.dashboards.report import plain

        return plain.data(self)

    def __rich__(self) -> RenderableType:
        from stridelab.dashboards.report import terminal

        return terminal.renderable(self)


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
        flags=touching(episodes(found), monday, sunday),
        gaps=gaps(found, monday, sunday),
        load_coverage=float(row["load_coverage"]),
        athlete_values=tuple(value for value in values if value is not None),
        units=shown,
        language=language,
    )


def zone_bounds(number: int) -> str:
    """Heart-rate zone 1 to 5 in words: ``60–70 % of maximum``."""
    low = ZONE_LOWER_BOUNDS_SHARE_OF_MAX[number - 1]
    if number == len(ZONE_LOWER_BOUNDS_SHARE_OF_MAX):
        return f"{100 * low:.0f} % of maximum and above"
    return f"{100 * low:.0f}–{100 * ZONE_LOWER_BOUNDS_SHARE_OF_MAX[number]:.0f} % of maximum"


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
        ("trimp_banister", "Load (TRIMP, Banister)", "load", weeks["trimp_banister"]),
        ("strength_sessions", "Strength sessions", "count", weeks["strength_sessions"]),
        ("cross_training_share", "Time not running", "share", cross),
    ]
    return tuple(_comparison(key, label, quantity, series, place) for key, label, quantity, series in rows)


def _comparison(key: str, label: str, quantity: Quantity, series: pd.Series, place: int) -> Comparison:
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


def _days(days: pd.DataFrame, monday: date) -> tuple[Day, ...]:
    last = pd.DatetimeIndex(days.index)[-1].date()
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
                load=float(row["trimp_banister"]),
            )
        )
    return tuple(week)
