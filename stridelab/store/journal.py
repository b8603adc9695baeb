"""The log: what the athlete writes down, checked, and read from a CSV file.

It is authored: no import of recordings and no rebuild touches it.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from stridelab.errors import UsageError
from stridelab.localtime import today
from stridelab.store import queries, schema
from stridelab.store.editing import known_activity
from stridelab.store.importing import ensure_athlete
from stridelab.store.store import Store

LOG_KINDS: Final[Mapping[str, str]] = {
    # kind: what its value is; empty where it has none
    "pain": "0 to 10",
    "rpe": "0 to 10",
    "sleep": "hours",
    "strength": "minutes",
    "weight": "kg",
    "illness": "",
    "rest": "",
    "race": "",
    "injury": "",
    "note": "",
}
"""Kinds of log entries."""

RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "pain": (0, 10),
    "rpe": (0, 10),
    "sleep": (0, 24),
    "strength": (0, 1440),
    "weight": (20, 300),
}
SIDES: Final = ("left", "right", "both")
SITED: Final = ("pain", "injury")
"""Kinds that have a place on the body."""

FIRST_DATE: Final = date(1900, 1, 1)
"""A day before this is a slip."""

ONE_A_DAY: Final = ("sleep", "weight")
"""Kinds of which a day has one value: another one contradicts it."""

EXCLUDE_EACH_OTHER: Final = (("rest", "race"), ("rest", "strength"))
"""Kinds that cannot both be true of one day."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry.

    Parameters
    ----------
    date
        The day it is of.
    kind
        One of `LOG_KINDS`.
    value
        In the unit of the kind; None where it has none.
    body_site, side
        Where it hurts: ``knee``, and ``left``, ``right`` or ``both``.
    activity_id
        The activity it belongs to; its beginning is enough.
    text
        Anything else; of strength the movements.
    """

    date: date
    kind: str
    value: float | None = None
    body_site: str | None = None
    side: str | None = None
    activity_id: str | None = None
    text: str | None = None


@dataclass
class LogImport:
    """What an import of a CSV file did; lines are counted from 1, the header included.

    Parameters
    ----------
    added
        Entries that are new.
    already
        Entries that the log had.
    bad
        Lines that were left out, the first of each row, with the reason.
    ignored
        Columns that mean nothing here.
    """

    added: int = 0
    already: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)
    ignored: tuple[str, ...] = ()


def add_log(store: Store, entry: LogEntry, *, athlete: str) -> tuple[int, bool]:
    """Write an entry.

    Parameters
    ----------
    store, athlete
        Whose.
    entry
        What.

    Returns
    -------
    tuple of int and bool
        Its number, and whether it is new; the same entry twice is one.

    Raises
    ------
    UsageError
        For an impossible value, a day to come, an activity that is not there or is of another day, or where it
        contradicts another entry.
    """
    with store.database.writing() as connection:
        ensure_athlete(connection, athlete)
        log = _Log(connection, athlete)
        return log.add(log.checked(entry))


def import_log(store: Store, path: str | Path, *, athlete: str) -> LogImport:
    """Take over the entries of a CSV file; a line that makes no sense is left out and listed.

    Parameters
    ----------
    store, athlete
        Whose.
    path
        A table with the columns of `LogEntry`, of which ``date`` and ``kind`` are needed, as `stridelab log list --csv`
        writes it: separated by commas, semicolons (then decimal commas are understood) or tabs.

    Raises
    ------
    UsageError
        Where the file cannot be read, or has no such columns.
    """
    found = LogImport()
    columns, rows = _table(Path(path))
    known = {one.name for one in fields(LogEntry)}
    found.ignored = tuple(name for name in columns if name and name not in known | {"entry_id"})
    with store.database.writing() as connection:
        ensure_athlete(connection, athlete)
        log = _Log(connection, athlete)
        for line, cells in rows:
            try:
                _, new = log.add(log.checked(_entry(cells)))
            except UsageError as error:
                found.bad.append((line, str(error)))
            else:
                found.added += new
                found.already += not new
    return found


def log_entries(store: Store, *, athlete: str) -> pd.DataFrame:
    """Every entry of the log with its number, by day."""
    table = schema.log
    names = ["entry_id", *(one.name for one in fields(LogEntry))]
    query = sa.select(*(table.c[name] for name in names)).where(table.c.athlete == athlete)
    with store.database.reading() as connection:
        rows = connection.execute(query.order_by(table.c.date, table.c.entry_id)).all()
    return pd.DataFrame(rows, columns=names)


def remove_log(store: Store, entry_id: int, *, athlete: str) -> None:
    """Remove an entry of the log."""
    table = schema.log
    with store.database.writing() as connection:
        gone = sa.delete(table).where(table.c.athlete == athlete, table.c.entry_id == entry_id)
        if not connection.execute(gone).rowcount:
            raise UsageError(f"there is no log entry {entry_id}", advice="`stridelab log list` lists them.")


# ---------------------------------------------------------------- checks


class _Log:
    """The log of an athlete within one transaction: what is in it decides what may be added."""

    def __init__(self, connection: sa.Connection, athlete: str) -> None:
        self.connection, self.athlete = connection, athlete
        person = queries.athlete_of(connection, athlete)
        self.today = today(person.text("timezone") if person else None)
        names = [one.name for one in fields(LogEntry)]
        query = sa.select(schema.log.c.entry_id, *(schema.log.c[name] for name in names))
        self.by_day: dict[date, list[tuple[int, LogEntry]]] = {}
        for number, *values in connection.execute(query.where(schema.log.c.athlete == athlete)):
            self._note(number, LogEntry(*values))

    def checked(self, entry: LogEntry) -> LogEntry:
        """The entry as it is written, with the whole id of its activity."""
        _check_values(entry)
        if not FIRST_DATE <= entry.date <= self.today:
            what = "has not come yet" if entry.date > self.today else "is too long ago"
            raise UsageError(f"{entry.date} {what}", expected=f"a day up to today ({self.today})")
        if entry.activity_id is not None:
            name = known_activity(self.connection, self.athlete, entry.activity_id)
            day = _day_of(self.connection, self.athlete, name)
            if day != entry.date:
                raise UsageError(f"activity {name} is of {day}, not of {entry.date}", expected="its own day")
            entry = replace(entry, activity_id=name)
        if not any(entry == other for _, other in self.by_day.get(entry.date, ())):
            for number, other in self.by_day.get(entry.date, ()):
                if reason := _contradiction(entry, other):
                    raise UsageError(
                        f"entry {number} of {entry.date} says {_words(other)}, and {reason}",
                        advice=f"If that one is wrong: stridelab log remove {number}",
                    )
        return entry

    def add(self, entry: LogEntry) -> tuple[int, bool]:
        """The number of a checked entry, and whether it is new."""
        for number, other in self.by_day.get(entry.date, ()):
            if other == entry:
                return number, False
        row = {one.name: getattr(entry, one.name) for one in fields(LogEntry)}
        done = self.connection.execute(sa.insert(schema.log).values(athlete=self.athlete, **row))
        number = int((done.inserted_primary_key or [0])[0])
        self._note(number, entry)
        return number, True

    def _note(self, number: int, entry: LogEntry) -> None:
        self.by_day.setdefault(entry.date, []).append((number, entry))


def day_of_activity(store: Store, activity_id: str, *, athlete: str) -> date:
    """Local date of an activity; the beginning of its id is enough."""
    with store.database.reading() as connection:
        return _day_of(connection, athlete, known_activity(connection, athlete, activity_id))


def timezone_of(store: Store, *, athlete: str) -> str | None:
    """Zone of the athlete's calendar, where it is known."""
    with store.database.reading() as connection:
        person = queries.athlete_of(connection, athlete)
    return person.text("timezone") if person else None


def _day_of(connection: sa.Connection, athlete: str, activity_id: str) -> date:
    table = schema.activities
    query = sa.select(table.c.local_date).where(table.c.athlete == athlete, table.c.activity_id == activity_id)
    day: date = connection.execute(query).scalar_one()
    return day


def _check_values(entry: LogEntry) -> None:
    kind, value = entry.kind, entry.value
    if kind not in LOG_KINDS:
        raise UsageError(f"log entry of kind {kind!r}", expected="one of " + ", ".join(LOG_KINDS))
    if kind in RANGES:
        low, high = RANGES[kind]
        if value is None or not low <= value <= high:
            found = "no value" if value is None else f"{value:g}"
            raise UsageError(f"{found} for {kind}", expected=f"{low:g} to {high:g} ({LOG_KINDS[kind]})")
    elif value is not None:
        raise UsageError(f"a value of {value:g} for {kind}", expected="none", advice="Words go into the text.")
    if entry.side is not None and entry.side not in SIDES:
        raise UsageError(f"side {entry.side!r}", expected="one of " + ", ".join(SIDES))
    if kind not in SITED and (entry.body_site or entry.side):
        raise UsageError(f"a place on the body for {kind}", expected="one for " + " and ".join(SITED) + " only")


def _contradiction(entry: LogEntry, other: LogEntry) -> str:
    """Why two entries of one day cannot both be true; empty where they can."""
    if entry.kind == other.kind == "rpe" and entry.activity_id == other.activity_id and entry.value != other.value:
        return "a session has one exertion" if entry.activity_id else "without an activity it is that of the whole day"
    if entry.kind == other.kind and entry.kind in ONE_A_DAY and entry.value != other.value:
        return f"a day has one {entry.kind}"
    for pair in EXCLUDE_EACH_OTHER:
        if {entry.kind, other.kind} == set(pair):
            return f"a day is not both {' and '.join(pair)}"
    return ""


def _words(entry: LogEntry) -> str:
    return entry.kind if entry.value is None else f"{entry.kind} {entry.value:g}"


# ---------------------------------------------------------------- CSV

_UNREADABLE: Final = "\n"
"""In place of a column's name, with why the line cannot be read: no column is called that."""


def _table(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Columns of a CSV file in small letters, and its lines that are not empty, by column."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", expected="a CSV file") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    lines = list(_lines(text, delimiter))
    columns = [name.strip().lower() for name in lines[0][1] or ()] if lines else []
    if not {"date", "kind"} <= set(columns) or len(set(columns)) < len(columns):
        names = ", ".join(one.name for one in fields(LogEntry))
        raise UsageError(
            f"{path}: its first line is {head.strip()[:80]!r}",
            expected=f"the columns {names}, of which date and kind are needed",
        )
    rows: list[tuple[int, dict[str, str]]] = []
    for line, cells in lines[1:]:
        if cells is None:
            rows.append((line, {_UNREADABLE: "a quotation mark that is not closed, or text behind one"}))
            continue
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        named = {name: cell.strip() for name, cell in zip(columns, padded, strict=False)}
        if len(cells) > len(columns):
            named[_UNREADABLE] = (
                f"{delimiter.join(cells[len(columns) :])[:40]!r} beyond the last of {len(columns)} columns"
            )
        if delimiter == ";":
            named["value"] = named.get("value", "").replace(",", ".")
        rows.append((line, named))
    return columns, rows


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Rows that hold anything, with the number of their first line.

    None where a quotation mark is not closed, or something stands behind a closed one: then only that line is lost, not
    all behind it.
    """
    lines = list(io.StringIO(text.replace("\0", ""), newline=None))
    start = 0
    while start < len(lines):
        reader = csv.reader((lines[i] for i in range(start, len(lines))), delimiter=delimiter, strict=True)
        first = start
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield first + 1, cells
                first = start + reader.line_num
        except csv.Error:
            yield first + 1, None
            start = first + 1
        else:
            return


def _entry(cells: Mapping[str, str]) -> LogEntry:
    if _UNREADABLE in cells:
        raise UsageError(cells[_UNREADABLE])
    given: dict[str, Any] = {one.name: cells.get(one.name) or None for one in fields(LogEntry)}
    day, _, _ = (given["date"] or "").replace("T", " ").partition(" ")
    try:
        given["date"] = date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{day[:40]!r} is no date", expected="a day such as 2026-11-20") from None
    if given["value"] is not None:
        try:
            given["value"] = float(given["value"])
        except ValueError:
            raise UsageError(f"{given['value'][:40]!r} is no number") from None
        if not math.isfinite(given["value"]):
            given["value"] = None
    given["kind"] = (given["kind"] or "").lower()
    return LogEntry(**given)
