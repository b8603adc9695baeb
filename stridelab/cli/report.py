"""``stridelab report``: the week in words and numbers."""

from __future__ import annotations

import shutil
import sys
from enum import StrEnum
from typing import Annotated

import typer

from stridelab.cli.options import (
    AthleteOption,
    JsonOption,
    OutputOption,
    StoreOption,
    Units,
    UnitsOption,
    history_of,
    open_store,
)
from stridelab.cli.output import put, put_json


class Format(StrEnum):
    """Forms of a report."""

    terminal = "terminal"
    markdown = "markdown"
    html = "html"
    json = "json"


def report(
    week: Annotated[
        str | None, typer.Option("--week", metavar="WEEK", help="ISO week, such as 2026-W47 (default: the latest).")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Form of the report.")] = Format.terminal,
    output: OutputOption = None,
    units: UnitsOption = Units.km,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Report one week: what was done, how load and form stand, and what the rules say about it."""
    from stridelab.analysis.rules import evaluate
    from stridelab.dashboards.report import weekly_report

    history = history_of(open_store(store), athlete)
    made = weekly_report(history, evaluate(history), week=week, units=units.value)
    form = Format.json if as_json else form
    if form is Format.json:
        put_json(made.to_dict(), output)
    elif form is Format.markdown:
        put(made.to_markdown(), output)
    elif form is Format.html:
        put(made.to_html(), output)
    else:
        width = min(100, shutil.get_terminal_size().columns) if sys.stdout.isatty() else 100
        put(made.to_text(width=width, color=output is None and sys.stdout.isatty()), output)
