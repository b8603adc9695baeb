"""``stridelab physio``: one page for a physiotherapist or coach."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from stridelab.cli.dashboard import long_ago
from stridelab.cli.options import AthleteOption, OutputOption, StoreOption, Units, UnitsOption, a_date, open_store
from stridelab.cli.output import put, say
from stridelab.errors import UsageError


class Form(StrEnum):
    """Forms of the summary."""

    markdown = "markdown"
    html = "html"


def physio(
    on: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="Last day (default: today, or the last recording).")
    ] = None,
    form: Annotated[
        Form | None, typer.Option("--format", help="Form (default: html for a file *.html, else markdown).")
    ] = None,
    output: OutputOption = None,
    units: UnitsOption = Units.km,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Summarise twelve weeks on one page for a physiotherapist or coach.

    Pain log, distance, load and mechanical load by week, technique, strength work, shoes, and the flags with their
    evidence. What was not recorded is said to be so. The HTML page needs no network and prints on one side of A4.
    """
    from stridelab.analysis.rules import evaluate
    from stridelab.dashboards.report.physio import physio_summary

    opened, asked = open_store(store), a_date(on, "--on")
    history = opened.history(athlete, until=asked)
    if history.days.empty:
        raise UsageError("there is no activity" + (f" up to {asked}" if asked else " yet"), advice="Import some first.")
    last: date | None = None if asked else long_ago(history)
    if last is not None:
        say(f"The last recording is of {last}: the page ends there. For another day: --on DAY")
        history = opened.history(athlete, until=last)
    made = physio_summary(history, evaluate(history), history.days.index[-1].date(), units=units.value)
    is_page = form is Form.html or (form is None and output is not None and output.suffix.lower() in (".html", ".htm"))
    put(made.to_html() if is_page else made.to_markdown(), output)
