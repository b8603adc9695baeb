"""How commands speak: data on standard output, everything else on standard error."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from stridelab.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

DONE: Final = 0
PROBLEMS: Final = 1
WRONG_USAGE: Final = 2
FAILED: Final = 3


def say(text: str) -> None:
    """A message for the person, on standard error."""
    typer.echo(text, err=True)


def put(text: str, path: Path | None = None) -> None:
    """Data, on standard output or into a file.

    Parameters
    ----------
    text
        What to write; a newline is added where it lacks one.
    path
        The file; None is standard output.
    """
    text = text if text.endswith("\n") else text + "\n"
    if path is None:
        typer.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})", advice="Name another file.") from error
    say(f"Written: {path}")


def put_json(value: Any, path: Path | None = None) -> None:
    """One JSON value; what is missing (NaN) is null, dates are ISO 8601.

    Parameters
    ----------
    value
        Mappings, sequences, numbers, text, dates.
    path
        As of `put`.
    """
    put(json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False), path)


def plain(value: Any) -> Any:
    """The value in the types that JSON knows.

    Examples
    --------
    >>> plain({"distance_m": float("nan"), "day": date(2026, 11, 20), "names": ("a",)})
    {'distance_m': None, 'day': '2026-11-20', 'names': ['a']}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    if isinstance(value, datetime | date):
        # pandas' "not a time" is a datetime too
        return value.isoformat() if value == value else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def put_table(frame: pd.DataFrame, *, as_json: bool = False, as_csv: bool = False) -> None:
    """A table: JSON records, CSV, or aligned text.

    Parameters
    ----------
    frame
        Its index is not printed.
    as_json, as_csv
        At most one of them.
    """
    if as_json and as_csv:
        raise UsageError("--json and --csv together", expected="one of them")
    if as_json:
        put_json(frame.to_dict("records"))
    elif as_csv:
        put(frame.to_csv(index=False))
    elif frame.empty:
        say("No rows.")
    else:
        put(frame.to_string(index=False, na_rep="", float_format=lambda number: f"{number:.6g}"))


def on_terminal() -> bool:
    """Whether a person watches standard error, so that a progress bar makes sense."""
    return sys.stderr.isatty()


def count(number: int, noun: str) -> str:
    """The number with its noun.

    Examples
    --------
    >>> count(1, "activity"), count(2, "entry"), count(0, "day")
    ('1 activity', '2 entries', '0 days')
    """
    plural = noun[:-1] + "ies" if noun.endswith(("ty", "ry")) else noun + "s"
    return f"{number} {noun if number == 1 else plural}"
