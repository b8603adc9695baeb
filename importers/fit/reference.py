"""FIT messages from another reader, put into the same tables: for reference engines and for comparing readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.decode import FitMessages
from stridelab.importers.fit.table import Table
from stridelab.issues import Issue

Array = npt.NDArray[Any]


class ReferenceMessages(FitMessages):
    """Messages as another reader finds them, behind the same interface as our own.

    Parameters
    ----------
    tables
        Columnar tables by message name.
    part_starts
        Offset of each chained file in the bytes.
    issues
        What was wrong with the file.
    """

    # Nothing of the decoder beneath is used: its state is not set up.
    def __init__(
        self, tables: Mapping[str, Table], *, part_starts: tuple[int, ...] = (0,), issues: tuple[Issue, ...] = ()
    ) -> None:
        self._tables, self._starts, self._found = dict(tables), part_starts, issues

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What was wrong with the file."""
        return self._found

    @property
    def part_starts(self) -> tuple[int, ...]:
        """Offset of each chained file in the bytes."""
        return self._starts

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def count(self, name: str) -> int:
        """Number of messages of a name; 0 where there are none."""
        return len(self._tables[name]) if name in self._tables else 0

    def table(self, name: str) -> Table:
        """All messages of a name as columns; `KeyError` if the file has none."""
        return self._tables[name]


@dataclass(eq=False)
class TableOfRows:
    """Collects the messages of one name, one at a time, each a dictionary of values by column."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    origin: dict[str, dict[str, Any]] = field(default_factory=dict)

    def table(self) -> Table:
        """The messages as columns."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        columns = {name: column_of([row.get(name) for row in self.rows]) for name in names}
        return Table(columns, self.units, np.array(self.offsets, dtype=np.int64), self.origin)


def column_of(cells: Sequence[Any]) -> Array:
    """A column from single values: None is missing, a tuple or list is an array, the rest as it is.

    The types are those of `Table`: integers without a gap stay integers, with gaps they become float64 with NaN; times
    are ``datetime64[ms]``; text is an object column; arrays of one length are two-dimensional.

    Examples
    --------
    >>> column_of([1, None, 3])
    array([ 1., nan,  3.])
    >>> column_of([(1, 2), (3, 4)])
    array([[1, 2],
           [3, 4]])
    """
    given = [cell for cell in cells if cell is not None]
    if any(isinstance(cell, tuple | list) for cell in given):
        return _column_of_arrays(cells)
    if any(isinstance(cell, str | bytes) for cell in given):
        return np.array([None if cell is None else str(cell) for cell in cells], dtype=object)
    if any(isinstance(cell, datetime | np.datetime64) for cell in given):
        times = [cell if isinstance(cell, datetime | np.datetime64) else None for cell in cells]
        naive = [time.astimezone(UTC).replace(tzinfo=None) if isinstance(time, datetime) else time for time in times]
        return np.array(naive, dtype="datetime64[ms]")
    if given and len(given) == len(cells) and all(isinstance(cell, int) for cell in given):
        low, high = min(given), max(given)
        return np.array(given, dtype=np.uint64 if high > np.iinfo(np.int64).max and low >= 0 else np.int64)
    return np.array([np.nan if cell is None else float(cell) for cell in cells], dtype=np.float64)


def _column_of_arrays(cells: Sequence[Any]) -> Array:
    """Arrays of one length as a two-dimensional column, others as objects."""
    widths = {len(cell) for cell in cells if isinstance(cell, tuple | list)}
    if len(widths) == 1 and all(cell is None or isinstance(cell, tuple | list) for cell in cells):
        width = widths.pop()
        flat = column_of([value for cell in cells for value in (cell or (None,) * width)])
        return flat.reshape(len(cells), width)
    column = np.empty(len(cells), dtype=object)
    for row, cell in enumerate(cells):
        column[row] = column_of(cell) if isinstance(cell, tuple | list) else cell
    return column
