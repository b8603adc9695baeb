"""``stridelab show --messages`` and ``--compare``: the messages of a FIT file, and where two readers differ on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stridelab.cli.output import count

if TYPE_CHECKING:
    from stridelab.importers.fit import FitMessages, Table
    from stridelab.importers.fit.compare import Difference

FIRST_COLUMNS: Final = 8
"""How many columns of a table the list names; ``--json`` names all."""

REFERENCE: Final = "fitparse"

_KINDS: Final = {
    "table": "messages that only one reads",
    "rows": "number of messages",
    "column": "columns that only one has (values)",
    "missing": "a value in one only",
    "value": "another value",
}


def messages_of(file: Path, engine: str | None) -> FitMessages:
    """The messages of a FIT file by an engine.

    Raises
    ------
    UsageError
        If the file is another recording, or the engine is unknown.
    ReadError
        If it is no recording at all.
    """
    from stridelab.errors import UsageError
    from stridelab.importers import fit
    from stridelab.importers.detect import HEAD_BYTES, recognise
    from stridelab.importers.fit import fitparse_engine
    from stridelab.importers.source import read_bytes

    data, name = read_bytes(file)
    known = recognise(data[:HEAD_BYTES])
    if known is not None and known.name != "fit":
        raise UsageError(
            f"{name} is a {known.name.upper()} file",
            expected="a FIT file",
            advice="Only FIT files consist of messages.",
        )
    if engine in (None, "vectorised"):
        return fit.decode(data)
    if engine == REFERENCE:
        return fitparse_engine.decode(data, name=name)
    raise UsageError(f"FIT has no engine {engine!r}", expected=f"vectorised or {REFERENCE}")


def tables_data(messages: FitMessages) -> list[dict[str, Any]]:
    """Every table as plain data: its name, messages, and columns with unit, shape and origin."""
    return [
        {
            "message": name,
            "rows": len(table),
            "columns": [
                {
                    "name": column,
                    "unit": table.units.get(column, ""),
                    "values_each": values.shape[1] if values.ndim == 2 else 1,
                    **({"developer": table.origin[column]} if column in table.origin else {}),
                }
                for column, values in table.columns.items()
            ],
        }
        for name, table in ((name, messages.table(name)) for name in messages)
    ]


def tables_lines(file: Path, messages: FitMessages) -> list[str]:
    """Every table in a line or two: messages, columns, the first columns with their units, developer fields."""
    total = sum(messages.count(name) for name in messages)
    parts = f" in {len(messages.part_starts)} chained files" if len(messages.part_starts) > 1 else ""
    lines = [f"{file.name}: {count(total, 'message')} of {count(len(messages), 'kind')}{parts}"]
    width = max((len(name) for name in messages), default=0)
    for name in messages:
        table = messages.table(name)
        own = [column for column in table.columns if column not in table.origin]
        named = [_with_unit(table, column) for column in own[:FIRST_COLUMNS]]
        more = f", and {len(own) - FIRST_COLUMNS} more" if len(own) > FIRST_COLUMNS else ""
        lines.append(f"{name:{width}} {len(table):7} × {len(table.columns):<3} {', '.join(named)}{more}")
        lines += [
            f"{'':{width}} {'':13} {_with_unit(table, column)} from {_origin(table, column)}" for column in table.origin
        ]
    return lines


def differences_data(found: list[Difference]) -> list[dict[str, Any]]:
    """The differences as plain data."""
    names = ("message", "column", "kind", "ours", "theirs", "count", "row", "reason")
    return [{name: getattr(one, name) for name in names} for one in found]


def differences_lines(file: Path, found: list[Difference]) -> list[str]:
    """The differences in words, by kind; ours is the default engine, theirs fitparse."""
    if not found:
        return [f"{file.name}: both engines give the same messages, columns and values"]
    lines = [f"{file.name}: {count(len(found), 'difference')} between vectorised and {REFERENCE}"]
    for kind, title in _KINDS.items():
        of_kind = [one for one in found if one.kind == kind]
        lines += ["", f"{title}: vectorised | {REFERENCE}"] if of_kind else []
        for one in of_kind:
            where = f"{one.message}.{one.column}" if one.column else one.message
            rows = f" in {count(one.count, 'message')}, first in number {one.row}" if one.row >= 0 else ""
            reason = f" ({one.reason})" if one.reason else ""
            lines.append(f"  {where}{rows}: {_short(one.ours)} | {_short(one.theirs)}{reason}")
    return lines


def _with_unit(table: Table, column: str) -> str:
    unit = table.units.get(column)
    return f"{column} [{unit}]" if unit else column


def _origin(table: Table, column: str) -> str:
    """Who wrote a developer field, and which native field it stands for."""
    origin = table.origin[column]
    application = origin.get("application_id")
    native = origin.get("native_field")
    name = str(origin.get("application", "unknown"))
    return (
        (f"application {application}" if name == "unknown" and application else name)
        + (f", for field {native}" if native is not None else "")
        + ("" if origin.get("described", True) else ", not described")
    )


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


__all__ = ["REFERENCE", "differences_data", "differences_lines", "messages_of", "tables_data", "tables_lines"]
