"""Points of a track as columns: where they are gathered one by one, and what all readers of the format give."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.markup.numbers import parse_number
from stridelab.importers.markup.times import NO_TIME, parse_time

FloatArray = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

LATITUDE: Final = "lat"
LONGITUDE: Final = "lon"
TIMES: Final = frozenset({"time", "Time"})
"""Paths of a point's own time, in GPX and in TCX."""

MAX_COLUMNS: Final = 256
"""A file names a few dozen values at most. Above this the rarest are dropped: no file makes too wide a table."""

MAX_PATHS: Final = 4096
"""Different names that are gathered at all."""

MAX_CELLS: Final = 20_000_000
"""Numbers in one table; above this, too, the rarest columns are dropped."""

MAX_TEXT: Final = 65_536
"""Characters kept of one element."""


@dataclass(frozen=True, eq=False)
class PointTable:
    """Every point of one kind in a file, in its order.

    ``numbers`` holds values by path: ``ele``, ``extensions/ns3:TrackPointExtension/ns3:hr``; NaN where a point has
    none. ``texts`` holds what is no number, by path and row. ``time_us`` is microseconds since the epoch, or `NO_TIME`;
    ``offset_s`` the zone that a time was written in, NaN without one.
    """

    time_us: npt.NDArray[np.int64]
    offset_s: FloatArray
    numbers: Mapping[str, FloatArray]
    texts: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time_us)


@dataclass(eq=False)
class Block:
    """Points that were read together: ``values`` by path, each with the rows (of the block) that have it."""

    time_us: npt.NDArray[np.int64]
    offset_s: FloatArray
    values: list[tuple[str, Rows | slice, FloatArray]]
    texts: list[tuple[str, dict[int, str]]]

    def __len__(self) -> int:
        return len(self.time_us)


class PointCollector:
    """Points one by one; `block_at` leaves places for those that were read together."""

    def __init__(self) -> None:
        self.count = 0
        self._times: dict[int, tuple[int, float]] = {}
        self._values: dict[str, tuple[array[int], array[float]]] = {}
        self._texts: dict[str, dict[int, str]] = {}
        self._blocks: list[tuple[int, int, int]] = []

    def begin(self, attributes: Mapping[str, str]) -> None:
        """Begin a point."""
        self.count += 1
        for name in (LATITUDE, LONGITUDE):
            if name in attributes:
                self.add(name, attributes[name])

    def add(self, path: str, text: str) -> None:
        """A value of the point begun last."""
        row = self.count - 1
        if path in TIMES:
            found = parse_time(text)
            if found[0] != NO_TIME:
                self._times[row] = found
            return
        number = parse_number(text)
        if number == number:
            if path not in self._values:
                if len(self._values) >= MAX_PATHS:
                    return
                self._values[path] = (array("q"), array("d"))
            rows, numbers = self._values[path]
            rows.append(row)
            numbers.append(number)
        elif (text := text.strip()) and (path in self._texts or len(self._texts) < MAX_COLUMNS):
            self._texts.setdefault(path, {})[row] = text[:MAX_TEXT]

    def block_at(self, first: int, count: int) -> None:
        """Leave places for ``count`` points from the ``first`` on of those read together."""
        self._blocks.append((self.count, first, count))
        self.count += count

    def table(self, block: Block | None = None) -> PointTable:
        """All points; ``block`` holds those that were read together."""
        time_us = np.full(self.count, NO_TIME, dtype=np.int64)
        offset_s = np.full(self.count, np.nan)
        values: dict[str, FloatArray] = {}
        texts = {path: dict(found) for path, found in self._texts.items()}
        own = [
            (path, np.frombuffer(rows, dtype=np.int64).astype(np.intp), np.frombuffer(numbers, dtype=np.float64))
            for path, (rows, numbers) in self._values.items()
        ]
        kept = self._kept([*(block.values if block is not None else []), *own])
        if block is not None and self._blocks == [(0, 0, self.count)] and len(block) == self.count:
            # The usual case: nothing but regular points, so they are the table.
            time_us, offset_s = block.time_us, block.offset_s
            for path, rows, numbers in block.values:
                if path not in kept:
                    continue
                if isinstance(rows, slice) and path not in values:
                    values[path] = numbers
                else:
                    self._put(values, path, rows, numbers)
            for path, found in block.texts:
                texts.setdefault(path, {}).update(found)
            return PointTable(time_us, offset_s, values, texts)
        if block is not None:
            row_of = np.full(len(block), -1, dtype=np.intp)
            for row, first, count in self._blocks:
                row_of[first : first + count] = np.arange(row, row + count)
            placed = row_of >= 0
            time_us[row_of[placed]] = block.time_us[placed]
            offset_s[row_of[placed]] = block.offset_s[placed]
            for path, rows, numbers in block.values:
                target = row_of[rows]
                if path in kept and (target >= 0).any():
                    self._put(values, path, target[target >= 0], numbers[target >= 0])
            for path, found in block.texts:
                moved = {int(row_of[row]): text for row, text in found.items() if row_of[row] >= 0}
                if moved:
                    texts.setdefault(path, {}).update(moved)
        if self._times:
            rows = np.fromiter(self._times, dtype=np.intp, count=len(self._times))
            time_us[rows] = [moment for moment, _ in self._times.values()]
            offset_s[rows] = [offset for _, offset in self._times.values()]
        for path, rows, numbers in own:
            if path in kept:
                self._put(values, path, rows, numbers)
        return PointTable(time_us, offset_s, values, texts)

    def _put(self, values: dict[str, FloatArray], path: str, rows: Rows | slice, numbers: FloatArray) -> None:
        column = values.get(path)
        if column is None:
            column = values[path] = np.full(self.count, np.nan)
        elif not column.flags.writeable:
            column = values[path] = column.copy()
        known = ~np.isnan(numbers)  # of a value that a point names twice the last valid one counts
        if known.all():
            column[rows] = numbers
        else:
            rows = np.arange(self.count)[rows]
            column[rows[known]] = numbers[known]

    def _kept(self, columns: list[tuple[str, Rows | slice, FloatArray]]) -> set[str]:
        """Paths that the table has room for: those with most values."""
        counts: dict[str, int] = {}
        for path, _, numbers in columns:
            counts[path] = counts.get(path, 0) + len(numbers)
        room = max(min(MAX_COLUMNS, MAX_CELLS // max(self.count, 1)), 8)
        return set(sorted(counts, key=lambda path: (-counts[path], path))[:room])
