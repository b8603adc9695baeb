"""One table of FIT messages: the columns of its definitions put together, with what is packed into them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.frames import frame_of
from stridelab.importers.fit.columns import Raw, cells_at, is_missing, merged, physical, raw_cells
from stridelab.importers.fit.components import CompressedTimes, Packed, expand_components, filled
from stridelab.importers.fit.developer import DeveloperFields
from stridelab.importers.fit.layout import Definition
from stridelab.importers.fit.plan import Plan, Slot, developer_plan, native_plan, unit_of
from stridelab.importers.fit.profile import STRING
from stridelab.importers.fit.values import read_column, read_together, texts

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.intp]
Piece = tuple[Array, Rows | slice]

MANY: Final = 200
"""From so many messages on a column is long."""

NO_TIMES: Final[CompressedTimes] = (np.empty(0, dtype=np.int64), np.empty(0, dtype="datetime64[ms]"))


@dataclass(frozen=True, eq=False)
class Table:
    """All messages of one name, as columns.

    Parameters
    ----------
    columns
        One array a field, shape ``(n_messages,)`` or ``(n_messages, width)``, in the order of the file. Missing is NaN,
        NaT or None; times are UTC without a zone (numpy has none).
    units
        Unit of each column that has one.
    offsets
        Position of each message in the file, shape ``(n_messages,)``.
    origin
        For a developer field: what its application says of itself.
    """

    columns: dict[str, Array]
    units: dict[str, str]
    offsets: npt.NDArray[np.int64]
    origin: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.offsets)

    def frame(self) -> pd.DataFrame:
        """The table as a DataFrame: UTC times are tz-aware, arrays are objects; units and origin are in ``attrs``."""
        frame = frame_of(self.columns, pd.RangeIndex(len(self)))
        frame.attrs["units"] = dict(self.units)
        if self.origin:
            frame.attrs["developer"] = dict(self.origin)
        return frame


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """The messages of one definition: where they lie, their plan, and the columns that were read together with others.

    ``rows`` are the messages side by side where they are many, so that each column is read by itself; ``raws`` the raw
    values that were read already; ``origin`` says of each developer column what its application says of it.
    """

    definition: Definition
    positions: npt.NDArray[np.int64]
    plan: Plan
    rows: Array | None
    columns: list[Array | None]
    raws: dict[int, Raw]
    origin: Mapping[str, dict[str, Any]]

    def column(self, data: npt.NDArray[np.uint8], place: int, *, names: bool) -> Array:
        """The values of one slot."""
        read = self.columns[place]
        if read is None:
            slot = self.plan.slots[place]
            if slot.base == STRING:
                read = texts(data, self.positions + slot.offset, slot.size)
            elif slot.form is not None and self.rows is not None:
                read = read_column(self.rows, slot, names=names)
            else:
                read = physical(self.raw(data, place), slot.spec, names=names)
            self.columns[place] = read
        return read

    def every_column(self, data: npt.NDArray[np.uint8], *, names: bool) -> list[Array]:
        """The values of all slots."""
        return [
            self.column(data, place, names=names) if read is None else read for place, read in enumerate(self.columns)
        ]

    def raw(self, data: npt.NDArray[np.uint8], place: int) -> Raw:
        """The raw values of one slot."""
        found = self.raws.get(place)
        if found is None:
            slot = self.plan.slots[place]
            cells = self._cells(data, slot)
            found = self.raws[place] = raw_cells(cells, slot.size, slot.base, self.definition.layout.byte_order)
        return found

    def _cells(self, data: npt.NDArray[np.uint8], slot: Slot) -> Array:
        """The bytes of one slot, shape ``(n_messages,)``."""
        if self.rows is None:
            return cells_at(data, self.positions + slot.offset, slot.size)
        strides = (self.rows.dtype.itemsize,)
        return np.ndarray(len(self.rows), f"V{slot.size}", self.rows, slot.offset, strides).copy()


def read_parts(
    data: npt.NDArray[np.uint8], definitions: Iterable[Definition], developer: DeveloperFields, *, names: bool
) -> dict[Definition, Part]:
    """Every definition with the values of its messages."""
    parts: dict[Definition, Part] = {}
    few: dict[str, list[Part]] = {}
    for definition in definitions:
        plan = native_plan(definition.layout)
        origin: Mapping[str, dict[str, Any]] = {}
        if definition.layout.developer_fields:
            plan, origin = _with_developer_fields(plan, definition, developer)
        positions = definition.positions()
        rows = None if len(positions) < MANY else cells_at(data, positions, definition.layout.size)
        part = Part(definition, positions, plan, rows, [None] * len(plan.slots), {}, origin)
        parts[definition] = part
        if rows is None and plan.numbers.formats:
            few.setdefault(plan.numbers.byte_order, []).append(part)
    for alike in few.values():
        found = read_together(data, [(part.positions, part.plan) for part in alike], names=names)
        for part, (columns, raws) in zip(alike, found, strict=True):
            part.columns[:] = columns
            part.raws.update({place: Raw(*raw) for place, raw in raws.items()})
    return parts


def _with_developer_fields(
    plan: Plan, definition: Definition, developer: DeveloperFields
) -> tuple[Plan, Mapping[str, dict[str, Any]]]:
    """The plan with a slot for each developer field, and where these come from."""
    taken = {slot.spec.name for slot in plan.slots}
    origin: dict[str, dict[str, Any]] = {}
    described: list[tuple[str, str, float, float, int, int]] = []
    at = int(definition.positions()[0])
    for number, size, index in definition.layout.developer_fields:
        spec, source = developer.column(index, number, at, taken)
        base = developer.base_type(index, number, at, size)
        described.append((spec.name, spec.unit, spec.scale, spec.offset, size, base))
        if size:
            origin[spec.name] = source
            taken.add(spec.name)
    return developer_plan(definition.layout, tuple(described)), origin


def build_table(
    data: npt.NDArray[np.uint8],
    parts: Sequence[Part],
    part_starts: Sequence[int],
    compressed: Callable[[], CompressedTimes],
    *,
    names: bool,
) -> Table:
    """The table of all messages of one name.

    Parameters
    ----------
    data
        The file.
    parts
        Its definitions with their values.
    part_starts
        Where the chained files begin.
    compressed
        Gives the times of messages with a compressed timestamp header.
    names
        Whether enumerations become names.
    """
    plan = parts[0].plan
    if len(parts) > 1 or plan.columns is None or parts[0].definition.compressed:
        return _Builder(data, parts, part_starts, compressed, names).table()
    columns = dict(zip(plan.columns, parts[0].every_column(data, names=names), strict=True))
    if not plan.meanings and not plan.packing:
        return Table(columns, plan.units, parts[0].positions, dict(parts[0].origin))
    builder = _Builder(data, parts, part_starts, compressed, names)
    return builder.finished(columns, dict(plan.units), dict(parts[0].origin))


class _Builder:
    """Puts a table together that has several definitions, repeated fields, sub-fields or packed values."""

    def __init__(
        self,
        data: npt.NDArray[np.uint8],
        parts: Sequence[Part],
        part_starts: Sequence[int],
        compressed: Callable[[], CompressedTimes],
        names: bool,
    ) -> None:
        self.data, self.parts, self.part_starts = data, parts, part_starts
        self.compressed, self.names = compressed, names
        every = np.concatenate([part.positions for part in parts]) if len(parts) > 1 else parts[0].positions
        self.n = len(every)
        self.rows: list[Rows]
        if len(parts) == 1:
            self.offsets, self.rows = every, [np.arange(self.n)]
        else:
            order = np.argsort(every, kind="stable")
            rank = np.empty_like(order)
            rank[order] = np.arange(self.n)
            self.offsets = every[order]
            self.rows = np.split(rank, np.cumsum([len(part.positions) for part in parts])[:-1])
        self.spans = [_span(rows) for rows in self.rows]

    def table(self) -> Table:
        """The table."""
        native: dict[str, list[Piece]] = {}
        packed: dict[str, list[Piece]] = {}
        units: dict[str, str] = {}
        origin: dict[str, dict[str, Any]] = {}
        for part, rows in zip(self.parts, self.spans, strict=True):
            every = part.every_column(self.data, names=self.names)
            for slot, column in zip(part.plan.slots, every, strict=True):
                into = packed if slot.packed else native
                into.setdefault(slot.spec.name, []).append((column, rows))
            units |= part.plan.units
            origin |= part.origin
        if times := self._compressed_times():
            # Of several the last valid one counts: a message's own full timestamp.
            native["timestamp"] = [*times, *native.get("timestamp", ())]
            units.setdefault("timestamp", "s")
        columns = {
            name: pieces[0][0] if len(pieces[0][0]) == self.n and len(pieces) == 1 else self._last_valid(pieces)
            for name, pieces in native.items()
        }
        for name, standing_for in packed.items():
            columns[name] = filled(columns.get(name), self._last_valid(standing_for))
        return self.finished(columns, units, origin)

    def finished(self, columns: dict[str, Array], units: dict[str, str], origin: dict[str, dict[str, Any]]) -> Table:
        """The table from its plain columns: with those of sub-fields, and of fields packed into the bits of others."""
        packing: list[Packed] = [
            (part.plan.slots[place].spec, part.raw(self.data, place), rows)
            for part, rows in zip(self.parts, self.rows, strict=True)
            for place in part.plan.packing
        ]
        for name, pieces in self._sub_fields(units, packing).items():
            columns[name] = merged(pieces, self.n)
        if packing:
            expand_components(columns, units, packing, self._raw_column, self.offsets, self.part_starts)
        return Table(columns, units, self.offsets, origin)

    def _raw_column(self, name: str) -> list[tuple[Raw, Rows]]:
        """The raw values of a column as the file gives it, by definition."""
        return [
            (part.raw(self.data, place), rows)
            for part, rows in zip(self.parts, self.rows, strict=True)
            for place, slot in enumerate(part.plan.slots)
            if slot.spec.name == name and not slot.packed
        ]

    def _compressed_times(self) -> list[Piece]:
        found: list[Piece] = []
        for part, rows in zip(self.parts, self.rows, strict=True):
            if part.definition.compressed:
                packed = self.data[part.positions] >= 0x80
                known_at, known = self.compressed()
                if len(known_at):
                    found.append((known[np.searchsorted(known_at, part.positions[packed])], rows[packed]))
        return found

    def _last_valid(self, pieces: list[Piece]) -> Array:
        """Merge pieces; where a message repeats a field, the last valid value counts."""
        if sum(len(values) for values, _ in pieces) <= self.n:
            return merged(pieces, self.n)
        seen = np.zeros(self.n, dtype=np.bool_)
        kept: list[Piece] = []
        for values, span in reversed(pieces):
            rows = np.arange(span.start, span.stop) if isinstance(span, slice) else span
            fresh = ~seen[rows] & ~is_missing(values)
            seen[rows[fresh]] = True
            kept.append((values[fresh], rows[fresh]))
        return merged(kept, self.n)

    def _sub_fields(self, units: dict[str, str], packing: list[Packed]) -> dict[str, list[Piece]]:
        """Other meanings of fields, where their reference selects them; adds those that pack others to ``packing``."""
        found: dict[str, list[Piece]] = {}
        references = self._references()
        present = [(number, value) for number, values in references.items() for value in set(values.tolist())]
        alone = {number for number, values in references.items() if len(values) and (values == values[0]).all()}
        for part, rows in zip(self.parts, self.rows, strict=True):
            for meanings in part.plan.meanings:
                selecting: dict[int, list[tuple[int, int]]] = {}
                for reference in present:
                    for which in meanings.selected.get(reference, ()):
                        selecting.setdefault(which, []).append(reference)
                for which in sorted(selecting):
                    spec, its_rows, chosen = meanings.specs[which], rows, None
                    if not any(number in alone for number, _ in selecting[which]):
                        chosen = np.logical_or.reduce([references[n][rows] == value for n, value in selecting[which]])
                        its_rows = rows[chosen]
                    if not len(its_rows):
                        continue
                    raw = part.raw(self.data, meanings.place)
                    if meanings.alike[which]:
                        values = part.column(self.data, meanings.place, names=self.names)
                        values = values if chosen is None else values[chosen]
                    else:
                        values = physical(raw if chosen is None else raw.take(chosen), spec, names=self.names)
                    found.setdefault(spec.name, []).append((values, its_rows))
                    if unit_of(spec):
                        units[spec.name] = unit_of(spec)
                    if spec.components:
                        packing.append((spec, raw if chosen is None else raw.take(chosen), its_rows))
        return found

    def _references(self) -> dict[int, npt.NDArray[np.int64]]:
        """Raw values, by field number, of the whole-number fields that select sub-fields; -1 where a row has none."""
        found: dict[int, npt.NDArray[np.int64]] = {}
        for part, rows in zip(self.parts, self.rows, strict=True):
            for place, slot in enumerate(part.plan.slots if part.plan.meanings else ()):
                if slot.number in part.plan.references and not slot.packed and slot.count == 1:
                    raw = part.raw(self.data, place)
                    if raw.cells.dtype.kind in "ui" and raw.cells.ndim == 1:
                        values = found.setdefault(slot.number, np.full(self.n, -1, dtype=np.int64))
                        values[rows] = raw.cells
        return found


def _span(rows: Rows) -> Rows | slice:
    """These ascending rows as a slice, where they follow each other."""
    first, last = int(rows[0]), int(rows[-1])
    return slice(first, last + 1) if last - first + 1 == len(rows) else rows


__all__ = ["NO_TIMES", "Part", "Table", "build_table", "read_parts"]
