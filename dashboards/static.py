"""The dashboard as one HTML file: charts, flags and what they rest on, readable without a server or a network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd
import plotly.io
import plotly.offline
from markupsafe import Markup

from stridelab.activity import Activity
from stridelab.analysis.chronic import chronic_load, chronic_table
from stridelab.analysis.history import History
from stridelab.analysis.rules import evaluate
from stridelab.analysis.rules.finding import Finding, NotEvaluated
from stridelab.analysis.weeks import weekly_table
from stridelab.dashboards.figures import Chart, activity_chart, fitness_chart, weekly_chart
from stridelab.dashboards.figures.theme import template
from stridelab.dashboards.page import render
from stridelab.dashboards.report import Report, lines, weekly_report, wording
from stridelab.dashboards.report.episodes import episodes, gaps, touching
from stridelab.dashboards.report.flags import day_flags, flag, settings_notes
from stridelab.dashboards.units import checked_units, date_text, number_text, signed_text
from stridelab.errors import UsageError

MAX_ACTIVITIES: Final = 12
"""So many recent activities are embedded: the page stays below 8 MB, of which plotly.js is 4.8."""

FLAG_DAYS: Final = 28


@dataclass(frozen=True)
class Tile:
    """One number at the top of the page, and what it is compared with."""

    label: str
    value: str
    against: str


def write_dashboard(
    history: History,
    activities: Sequence[Activity],
    path: str | Path,
    *,
    findings: Iterable[Finding | NotEvaluated] | None = None,
    units: str = "km",
    language: str = "en",
) -> Path:
    """Write the dashboard of one athlete as a self-contained page.

    Parameters
    ----------
    history
        The athlete's past.
    activities
        Recordings to look into; the latest `MAX_ACTIVITIES` are embedded, newest first.
    path
        File to write, replaced where it exists; folders above it are made.
    findings
        What the rules said; by default they are evaluated here.
    units
        ``km`` or ``mi``.
    language
        A key of `stridelab.dashboards.report.wording.LANGUAGES`.

    Returns
    -------
    Path
        Where it was written. The same input gives the same bytes.

    Raises
    ------
    UsageError
        For unknown units or language, or where the file cannot be written.
    """
    target = Path(path)
    text = dashboard_page(history, activities, findings=findings, units=units, language=language)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            f"the dashboard cannot be written ({reason})", where=str(target), advice="Name a file in a folder you own."
        ) from error
    return target


def dashboard_page(
    history: History,
    activities: Sequence[Activity],
    *,
    findings: Iterable[Finding | NotEvaluated] | None = None,
    units: str = "km",
    language: str = "en",
) -> str:
    """The page as text, see `write_dashboard`."""
    shown = checked_units(units)
    said = tuple(evaluate(history) if findings is None else findings)
    report = weekly_report(history, said, units=shown, language=language)
    joined = episodes(said)
    fitness = _fitness(history, joined, language)
    weekly = _weekly(history, shown, language)
    distinct = {activity.id: activity for activity in activities}
    newest = sorted(distinct.values(), key=lambda activity: (activity.start_time, activity.id), reverse=True)
    details = [activity_chart(activity, units=shown) for activity in newest[:MAX_ACTIVITIES]]
    last = _last_day(history)
    first = last - timedelta(days=FLAG_DAYS - 1) if last else None
    recent = touching(joined, first, last) if first and last else ()
    return render(
        "dashboard.html.j2",
        report=report,
        lines=lines,
        heading="Your training" if report.athlete_key == "me" else f"Training of {report.athlete_key}",
        period=_period(history),
        limits=[f"{wording.athlete_value(value, language=language)}." for value in report.athlete_values],
        tiles=_tiles(report),
        word=_word(history, said, last, language),
        cards=[
            flag(e, history.snoozes, units=shown, language=language).card
            for e in sorted(recent, key=lambda e: e.last, reverse=True)
        ],
        not_evaluated=[wording.gap_sentence(g, language=language) for g in gaps(said, first, last)]
        if first and last
        else [],
        fitness=fitness,
        weekly=weekly,
        activities=details,
        left_out=_left_out(len(newest)),
        basis=[*_basis(history), *settings_notes(history.settings, language=language)],
        plotly_js=Markup(plotly.offline.get_plotlyjs()),
        figures_json=_embedded([fitness, weekly, *details]),
    )


def _word(history: History, said: Sequence[Finding | NotEvaluated], last: Any, language: str) -> str:
    """The word for the last day."""
    if last is None:
        return ""
    word = day_flags(history, said, last, language=language).word
    return f"{date_text(last, weekday=True, language=language)}: {wording.day_word(word, language=language)}"


def _fitness(history: History, joined: Any, language: str) -> Chart:
    days = history.days
    if days.empty:
        return fitness_chart(days, pd.DataFrame(columns=["ctl", "atl", "tsb"]), language=language)
    load = str(chronic_load(days).name)
    return fitness_chart(days, chronic_table(days), joined, language=language, load=load)


def _weekly(history: History, units: str, language: str) -> Chart:
    last = _last_day(history) or pd.Timestamp.min.date()
    return weekly_chart(weekly_table(history), last_day=last, units=units, language=language)


def _last_day(history: History) -> Any:
    return None if history.days.empty else pd.DatetimeIndex(history.days.index)[-1].date()


def _period(history: History) -> str:
    if history.days.empty:
        return "No activity yet"
    index = pd.DatetimeIndex(history.days.index)
    count = len(history.activities)
    noun = "activity" if count == 1 else "activities"
    return f"{date_text(index[0].date())} to {date_text(index[-1].date())} · {count} {noun}"


def _tiles(report: Report) -> list[Tile]:
    """Five numbers of the week with their usual value, and the state of the model."""
    wanted = {
        "distance_run_m": "Run",
        "timer_time_s": "Training time",
        "sessions": "Sessions",
        "load": "Load",
    }
    rows = {row.key: row for row in (*report.comparisons, *report.loads)}
    tiles = []
    for key, label in wanted.items() if rows else ():
        row = rows[key]
        mean = row.text(row.reference_mean, report.units)
        against = f"mean of {row.reference_weeks} weeks before: {mean}" if row.reference_weeks else "no week before"
        tiles.append(Tile(label, row.text(row.this_week, report.units), against))
    if rows:
        fitness, fatigue = number_text(report.ctl), number_text(report.atl)
        tiles.append(
            Tile("Form (TSB)", signed_text(report.tsb), f"fitness {fitness}, fatigue {fatigue} at the week's end")
        )
    return tiles


def _basis(history: History) -> list[str]:
    """How much of the daily record is known, and which activities lack a load."""
    days = history.days
    if days.empty:
        return []
    said = []
    counts = {state: int((days["state"] == state).sum()) for state in ("trained", "active_recovery", "rest", "unknown")}
    assumed = int((days["state_basis"] == "assumed").sum())
    said.append(
        f"Of {len(days)} days {counts['trained']} are training, {counts['active_recovery']} active recovery, "
        f"{counts['rest']} rest ({assumed} of them assumed from the gaps between recordings), "
        f"{counts['unknown']} unknown."
    )
    activities = history.activities
    method = activities["load_method"] if "load_method" in activities else activities["trimp_banister"].notna()
    other = int((~method.isin(["heart_rate", True])).sum())
    said.append(
        f"{other} of {len(activities)} activities have too little heart rate: their load is from power, pace, "
        "exertion or duration alone, which is less certain."
        if other
        else "Every activity has a load from heart rate."
    )
    return said


def _left_out(count: int) -> str:
    if count <= MAX_ACTIVITIES:
        return ""
    return f"The {MAX_ACTIVITIES} latest of {count} activities are in this page."


def _embedded(charts: Sequence[Chart]) -> Markup:
    """Figures as JSON for a script element: without titles (the page has them) and with the template once."""
    figures, ranges = {}, {}
    for chart in charts:
        figure = json.loads(plotly.io.to_json(chart.figure, validate=False, engine="json"))
        figure["layout"].pop("template", None)
        figure["layout"].pop("title", None)
        figure["layout"].setdefault("margin", {})["t"] = 34
        figures[chart.key] = figure
        ranges[chart.key] = [choice.update for choice in chart.ranges]
    templates = {scheme: template(scheme).to_plotly_json() for scheme in ("light", "dark")}
    whole = {"figures": figures, "ranges": ranges, "templates": templates}
    text = json.dumps(whole, separators=(",", ":"), sort_keys=True, allow_nan=False, ensure_ascii=True)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
