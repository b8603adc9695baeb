"""``stridelab dashboard``: the charts as one page that needs no server and no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stridelab.cli.options import AthleteOption, StoreOption, open_store
from stridelab.cli.output import put, say
from stridelab.errors import UsageError

SHOWN = 20


def dashboard(
    html: Annotated[Path, typer.Option("--html", metavar="OUT", help="The page to write.")],
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Write the dashboard: load, fitness, fatigue and form, the weeks, and the latest activities in detail."""
    from stridelab.analysis.rules import evaluate
    from stridelab.dashboards.static import write_dashboard

    opened = open_store(store)
    history = opened.history(athlete)
    latest = history.activities["activity_id"].iloc[-SHOWN:]
    activities = [opened.load(name) for name in latest]
    if html.is_dir():
        raise UsageError(f"{html} is a folder", expected="the name of a page", advice="For instance --html week.html")
    say("Drawing ...")
    put(str(write_dashboard(history, activities, html, findings=evaluate(history))))
