"""``stridelab dashboard``: the charts as one page that needs no server and no network."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stridelab.cli.options import AthleteOption, StoreOption, Units, UnitsOption, a_date, open_store
from stridelab.cli.output import put, say
from stridelab.localtime import today

if TYPE_CHECKING:
    from stridelab.analysis.history import History

RECENT_D = 28


def dashboard(
    html: Annotated[Path, typer.Option("--html", metavar="OUT", help="The page to write.")],
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="Last day (default: today, or the last recording).")
    ] = None,
    units: UnitsOption = Units.km,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Write the dashboard: load, fitness, fatigue and form, the weeks, and the latest activities in detail."""
    from stridelab.analysis.rules import evaluate
    from stridelab.dashboards.static import MAX_ACTIVITIES, write_dashboard

    opened = open_store(store)
    history = opened.history(athlete, until=a_date(until, "--until"))
    if until is None and (last := long_ago(history)):
        say(f"The last recording is of {last}: the page ends there. For a page up to today: --until {today()}")
        history = opened.history(athlete, until=last)
    latest = history.activities["activity_id"].iloc[-MAX_ACTIVITIES:]
    activities = [opened.load(name, athlete) for name in latest]
    say("Drawing ...")
    put(str(write_dashboard(history, activities, html, findings=evaluate(history), units=units.value)))


def long_ago(history: History) -> date | None:
    """Day of the last recording where it is older than `RECENT_D`: up to today there would be nothing to see."""
    if history.activities.empty or history.days.empty:
        return None
    last: date = history.activities["local_date"].max().date()
    return last if (history.days.index[-1].date() - last).days > RECENT_D else None
