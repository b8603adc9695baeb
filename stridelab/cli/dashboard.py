"""``stridelab dashboard``: the charts as one page that needs no server and no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stridelab.cli.options import AthleteOption, StoreOption, Units, UnitsOption, open_store
from stridelab.cli.output import put, say


def dashboard(
    html: Annotated[Path, typer.Option("--html", metavar="OUT", help="The page to write.")],
    units: UnitsOption = Units.km,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Write the dashboard: load, fitness, fatigue and form, the weeks, and the latest activities in detail."""
    from stridelab.analysis.rules import evaluate
    from stridelab.dashboards.static import MAX_ACTIVITIES, write_dashboard

    opened = open_store(store)
    history = opened.history(athlete)
    latest = history.activities["activity_id"].iloc[-MAX_ACTIVITIES:]
    activities = [opened.load(name, athlete) for name in latest]
    say("Drawing ...")
    put(str(write_dashboard(history, activities, html, findings=evaluate(history), units=units.value)))
