"""Which messages belong together: the legs of a file, one an activity, in each of its chained parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit import tables
from stridelab.importers.fit.decode import FitMessages, Table
from stridelab.importers.fit.tables import Rows

NO_ROWS: Final[Rows] = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Leg:
    """What belongs to one activity: its session (row of the table, or None), its records, its part of the file."""

    part: int
    session: int | None
    records: Rows
    begin: np.datetime64
    end: np.datetime64
    siblings: int


def legs(messages: FitMessages) -> Iterator[Leg]:
    """Sessions of each part with the records between their start and the next one's."""
    records = messages.table("record") if messages.count("record") else None
    sessions = messages.table("session") if messages.count("session") else None
    starts = np.asarray(messages.part_starts)
    for part in range(len(starts)):
        rows = NO_ROWS if records is None else in_part(records, starts, part)
        own = NO_ROWS if sessions is None else in_part(sessions, starts, part)
        if sessions is None or not len(own):
            if len(rows):
                yield Leg(part, None, rows, np.datetime64("NaT", "ms"), np.datetime64("NaT", "ms"), 1)
            continue
        begins = tables.times(sessions, "start_time")[own]
        order = np.argsort(begins, kind="stable")
        own, begins = own[order], begins[order]
        times = tables.times(records, "timestamp")[rows] if records is not None else begins[:0]
        # Records before the first session's start belong to it; those without a time go with the first.
        which = np.clip(np.searchsorted(begins, times, side="right") - 1, 0, len(own) - 1)
        which[np.isnat(times)] = 0
        for i, session in enumerate(own.tolist()):
            end = begins[i + 1] if i + 1 < len(own) else np.datetime64("NaT", "ms")
            begin = begins[i] if i else np.datetime64("NaT", "ms")
            yield Leg(part, session, rows[which == i], begin, end, len(own))


def in_part(table: Table, starts: npt.NDArray[Any], part: int) -> Rows:
    """Rows of a table that lie in one of the chained parts."""
    if len(starts) == 1:
        return np.arange(len(table), dtype=np.intp)
    return np.flatnonzero(np.searchsorted(starts, table.offsets, side="right") - 1 == part)


def rows_of_part(messages: FitMessages, names: Sequence[str], part: int) -> dict[str, Rows]:
    """Rows of a part by message name, of those names that the file has."""
    starts = np.asarray(messages.part_starts)
    return {name: in_part(messages.table(name), starts, part) for name in names if messages.count(name)}


def within(table: Table, column: str, leg: Leg, starts: npt.NDArray[Any]) -> Rows:
    """Rows of a table that belong to a leg: of its part, from its begin to its end."""
    rows = in_part(table, starts, leg.part)
    if leg.siblings == 1:
        return rows
    times = tables.times(table, column)[rows]
    after = np.isnat(leg.begin) | (times >= leg.begin)
    before = np.isnat(leg.end) | (times < leg.end)
    kept: Rows = rows[after & before]
    return kept
