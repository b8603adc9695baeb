"""What the weekly report holds; its numbers are SI, its words come from `wording`.

Renderers (`terminal`, `markdown`, `html`, `plain`) only lay out what stands here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from stridelab.activity import empty_table
from stridelab.analysis.critical import CriticalFit
from stridelab.analysis.history import SNOOZE_COLUMNS
from stridelab.analysis.rules import DayWord
from stridelab.athlete import AthleteValue
from stridelab.dashboards.report import wording
from stridelab.dashboards.report.episodes import Episode, Gap
from stridelab.dashboards.report.flags import flag
from stridelab.dashboards.units import Units, date_text, distance_text, duration_text, number_text

if TYPE_CHECKING:
    from rich.console import RenderableType

Quantity = Literal["count", "duration_s", "distance_m", "load", "share"]


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
class LoadMethod:
    """How the load of a part of the week's training was found: its share of the training time, and how certain it is.

    ``uncertainty_pct`` is the mean over those sessions.
    """

    method: str
    share: float
    uncertainty_pct: float


@dataclass(frozen=True)
class AthleteChange:
    """A value of the athlete that was estimated anew in this week: ``before`` is NaN where there was none."""

    quantity: str
    day: date
    before: float
    after: float
    note: str


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
    loads
        Every load that is known in this week or those it is compared with.
    mechanical_loads, mechanical_basis
        Mechanical load of the runs for each exponent; ``measured``, ``estimated``, ``both`` or empty (contact times).
    load_methods
        How the load of the week was found.
    chronic, chronic_load
        `stridelab.analysis.chronic.chronic_table` on the last known day of the week, with ``known_days`` (of the 42
        before), and what it was fed with.
    changes
        What was estimated anew in this week.
    critical_speed
        From the best efforts of the 90 days up to the week's end; None without two of different length.
    flags
        Episodes that touch the week.
    gaps
        Rules that could not be evaluated on days of the week.
    load_coverage
        Share of the week's training time with a load; NaN without training.
    athlete_values
        Heart-rate limits behind loads and zones, with their origin.
    settings
        What the user's settings change about the rules, a sentence each.
    snoozes
        Rules that are put to sleep; their flags say so.
    word
        The word for the last known day of the week; None without data.
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
    loads: tuple[Comparison, ...] = ()
    mechanical_loads: tuple[Comparison, ...] = ()
    mechanical_basis: str = ""
    load_methods: tuple[LoadMethod, ...] = ()
    chronic: Mapping[str, float] = field(default_factory=dict)
    chronic_load: str = ""
    changes: tuple[AthleteChange, ...] = ()
    critical_speed: CriticalFit | None = None
    flags: tuple[Episode, ...] = ()
    gaps: tuple[Gap, ...] = ()
    load_coverage: float = math.nan
    athlete_values: tuple[AthleteValue, ...] = ()
    settings: tuple[str, ...] = ()
    snoozes: pd.DataFrame = field(default_factory=lambda: empty_table(SNOOZE_COLUMNS), compare=False)
    word: DayWord | None = None
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
    def word_text(self) -> str:
        """The word for the last known day of the week, with that day; empty without data."""
        if self.word is None or self.sunday is None or self.last_day is None:
            return ""
        day = date_text(min(self.sunday, self.last_day), weekday=True, language=self.language)
        return f"{day}: {wording.day_word(self.word, language=self.language)}"

    @property
    def cards(self) -> tuple[wording.Card, ...]:
        """The flags in words."""
        return tuple(
            flag(episode, self.snoozes, units=self.units, language=self.language).card for episode in self.flags
        )

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
            said.append(f"{unknown} of 7 days unknown: no recording, and not known to be rest.")
        if self.load_coverage < 0.999:
            share = number_text(100 * self.load_coverage, 0, "%")
            said.append(f"TRIMP is known for {share} of the training time; the rest has too little heart rate.")
        if self.last_day and self.sunday and self.last_day < self.sunday:
            said.append(f"The week is known up to {date_text(self.last_day, weekday=True)}; its sums will grow.")
        return (*said, *self.settings)

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
