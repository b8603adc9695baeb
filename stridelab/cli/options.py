"""Options that several commands share, and the store they name."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stridelab.errors import UsageError

if TYPE_CHECKING:
    from stridelab.analysis.history import History
    from stridelab.store import Store


class Units(StrEnum):
    """Units of distance and pace in what people read; data (``--json``, ``--csv``) is always SI."""

    km = "km"
    mi = "mi"


StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        envvar="STRIDELAB_STORE",
        metavar="DIR",
        help="Directory of the store (default: this platform's data directory).",
    ),
]
AthleteOption = Annotated[str, typer.Option("--athlete", metavar="NAME", help="Whose data.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV on standard output.")]
UnitsOption = Annotated[Units, typer.Option("--units", help="Units of distance and pace.")]
OutputOption = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file instead of standard output.")
]


def a_date(text: str | None, option: str) -> date | None:
    """The date that an option holds.

    Parameters
    ----------
    text
        ``2026-11-20``, or None where the option was not given.
    option
        Its name, for the message.

    Raises
    ------
    UsageError
        Where it is no date.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is no date", expected="a day such as 2026-11-20") from None


def open_store(path: Path | None, *, create: bool = False) -> Store:
    """The store that ``--store`` names.

    Parameters
    ----------
    path
        Its directory; None is the default one.
    create
        Whether a new one is made where there is none; only commands that write do so.
    """
    from stridelab.store import Store

    return Store.open(path, create=create)


def history_of(store: Store, athlete: str) -> History:
    """An athlete's history; where an older stridelab derived some of it, a note on standard error says what to do."""
    from stridelab.cli.output import count, say

    history = store.history(athlete)
    if outdated := store.outdated(athlete):
        say(
            f"{count(outdated, 'recording')} derived by an older stridelab: their newer columns are empty. "
            f"`stridelab rebuild` fills them."
        )
    return history
