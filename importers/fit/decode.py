"""FIT bytes to tables: every message of a file by name, decoded a column at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.importers.fit.columns import Raw, field_format, is_missing, merged, physical, raw_column, unit_of
from stridelab.importers.fit.components import compressed_times, expand_components
from stridelab.importers.fit.developer import DeveloperFields
from stridelab.importers.fit.profile import TIMESTAMP_FIELD, field_spec, message_name
from stridelab.importers.fit.wire import Definition, Wire, read_wire
from stridelab.importers.source import read_bytes
from stridelab.issues import Issue

Array = npt.NDArray[Any]

_FULL_TIMESTAMP: Final = (TIMESTAMP_FIELD, 4)


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
        columns: dict[str, Any] = {}
        for name, values in self.columns.items():
            if values.dtype.kind == "M" and values.ndim == 1 and not name.startswith("local_"):
                columns[name] = pd.DatetimeIndex(values).tz_localize("UTC")
            elif values.dtype.kind == "O" or values.ndim > 1:
                # Said outright, because pandas would turn text into its own type and None into NaN.
                columns[name] = pd.Series(list(values), dtype=object)
            else:
                columns[name] = values
        frame = pd.DataFrame(columns, index=pd.RangeIndex(len(self)))
        frame.attrs["units"] = dict(self.units)
        if self.origin:
            frame.attrs["developer"] = dict(self.origin)
        return frame


class FitMessages(Mapping[str, pd.DataFrame]):
    """Every message of a FIT file: a mapping of message name to DataFrame, each built when it is asked for.

    `table` gives the columnar tables themselves; ``issues`` what was wrong with the file; ``part_starts`` where the
    chained files begin.
    """

    def __init__(self, wire: Wire, *, only: Collection[str] | None = None, raw: bool = False) -> None:
        self._wire = wire
        self._raw = raw
        self._data = np.frombuffer(wire.data, dtype=np.uint8)
        self._definitions: dict[str, list[Definition]] = {}
        for definition in wire.definitions:
            name = message_name(definition.number)
            if definition.positions and (only is None or name in only):
                self._definitions.setdefault(name, []).append(definition)
        self._developer = DeveloperFields(self._described())
        self._tables: dict[str, Table] = {}

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What was wrong with the file."""
        return self._wire.issues

    @property
    def part_starts(self) -> tuple[int, ...]:
        """Offset of each chained file in the bytes."""
        return self._wire.part_starts

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.table(name).frame()

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)

    def count(self, name: str) -> int:
        """Number of messages of a name, without decoding them; 0 where there are none."""
        return sum(len(definition.positions) for definition in self._definitions.get(name, ()))

    def table(self, name: str) -> Table:
        """All messages of a name as columns.

        Raises
        ------
        KeyError
            If the file has none.
        """
        if name not in self._tables:
            self._tables[name] = self._build(self._definitions[name])
        return self._tables[name]

    def _described(self) -> list[tuple[str, Table]]:
        """The messages that describe developer fields, wanted or not; values as numbers."""
        wanted = ("developer_data_id", "field_description")
        by_name: dict[str, list[Definition]] = {name: [] for name in wanted}
        for definition in self._wire.definitions:
            name = message_name(definition.number)
            if name in by_name and definition.positions:
                by_name[name].append(definition)
        return [(name, self._build(found, names=False)) for name, found in by_name.items() if found]

    def _build(self, definitions: list[Definition], *, names: bool | None = None) -> Table:
        names = not self._raw if names is None else names
        positions = [np.asarray(definition.positions, dtype=np.int64) for definition in definitions]
        every = np.concatenate(positions)
        order = np.argsort(every, kind="stable") if len(positions) > 1 else np.arange(len(every))
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        ends = np.cumsum([len(p) for p in positions])
        rows_of = [rank[end - len(p) : end] for p, end in zip(positions, ends, strict=True)]
        message = definitions[0].number
        n = len(every)

        raws: dict[int, list[tuple[Raw, npt.NDArray[np.intp]]]] = {}
        developer: dict[tuple[int, int], list[tuple[Raw, npt.NDArray[np.intp]]]] = {}
        times: list[tuple[Array, npt.NDArray[np.intp]]] = []
        for definition, at, rows in zip(definitions, positions, rows_of, strict=True):
            cells = self._cells(definition, at)
            for i, (number, size, base) in enumerate(definition.fields):
                if size:
                    raws.setdefault(number, []).append((raw_column(cells[f"f{i}"], size, base), rows))
            for i, (number, size, index) in enumerate(definition.developer_fields):
                if size:
                    base = self._developer.base_type(index, number, size)
                    developer.setdefault((index, number), []).append((raw_column(cells[f"d{i}"], size, base), rows))
            compressed = cells["header"] >= 0x80
            if compressed.any():
                known_at, known = self._compressed
                times.append((known[np.searchsorted(known_at, at[compressed])], rows[compressed]))

        columns: dict[str, Array] = {}
        units: dict[str, str] = {}
        for number, parts in raws.items():
            spec = field_spec(message, number)
            pieces = [(physical(raw, spec, names=names), rows) for raw, rows in parts]
            if number == TIMESTAMP_FIELD:
                pieces += times
                times = []
            _put(columns, units, spec.name, unit_of(spec), _first_valid(pieces, n))
        if times:
            _put(columns, units, "timestamp", "s", merged(times, n))
        for number, parts in raws.items():
            for sub in field_spec(message, number).sub_fields:
                found = self._sub_field(parts, sub.when, raws, n)
                pieces = [(physical(raw, sub.field, names=names), rows) for raw, rows in found]
                if pieces:
                    _put(columns, units, sub.field.name, unit_of(sub.field), merged(pieces, n))
        expand_components(columns, units, message, raws, every[order], self.part_starts)
        origin: dict[str, dict[str, Any]] = {}
        for (index, number), parts in developer.items():
            described = self._developer.describe(index, number)
            name = described.column if described.column not in columns else f"{described.column} ({index})"
            pieces = [(physical(raw, described.spec), rows) for raw, rows in parts]
            _put(columns, units, name, described.spec.unit, _first_valid(pieces, n))
            origin[name] = described.origin
        return Table(columns, units, every[order], origin)

    def _cells(self, definition: Definition, positions: npt.NDArray[np.int64]) -> Array:
        """The messages of a definition as one structured array; fields ``f0``…, developer fields ``d0``…."""
        names, formats, offsets = ["header"], ["u1"], [0]
        offset = 1
        for i, (_, size, base) in enumerate(definition.fields):
            names.append(f"f{i}")
            formats.append(field_format(size, base, definition.byte_order))  # type: ignore[arg-type]
            offsets.append(offset)
            offset += size
        for i, (number, size, index) in enumerate(definition.developer_fields):
            base = self._developer.base_type(index, number, size)
            names.append(f"d{i}")
            formats.append(field_format(size, base, definition.byte_order))  # type: ignore[arg-type]
            offsets.append(offset)
            offset += size
        layout = np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": definition.size})
        size = definition.size
        every = np.ndarray((len(self._data) - size + 1,), dtype=f"V{size}", buffer=self._data, strides=(1,))
        return every[positions].view(layout)

    @cached_property
    def _compressed(self) -> tuple[npt.NDArray[np.int64], Array]:
        """Offset and time of every message with a compressed timestamp header."""
        at: list[Array] = []
        values: list[Array] = []
        full: list[Array] = []
        for definition in self._wire.definitions:
            if not definition.positions:
                continue
            positions = np.asarray(definition.positions, dtype=np.int64)
            header = self._data[positions]
            numbers = [(number, size) for number, size, _ in definition.fields]
            packed = header >= 0x80
            at.append(positions[packed])
            values.append((header[packed] & 31).astype(np.int64))
            full.append(np.zeros(int(packed.sum()), dtype=np.bool_))
            if _FULL_TIMESTAMP in numbers:
                cells = self._cells(definition, positions)[f"f{numbers.index(_FULL_TIMESTAMP)}"].astype(np.int64)
                given = (cells != 0xFFFFFFFF) & ~packed
                at.append(positions[given])
                values.append(cells[given])
                full.append(np.ones(int(given.sum()), dtype=np.bool_))
        return compressed_times(np.concatenate(at), np.concatenate(values), np.concatenate(full))

    @staticmethod
    def _sub_field(
        parts: list[tuple[Raw, npt.NDArray[np.intp]]],
        when: tuple[tuple[int, int], ...],
        raws: Mapping[int, list[tuple[Raw, npt.NDArray[np.intp]]]],
        n: int,
    ) -> list[tuple[Raw, npt.NDArray[np.intp]]]:
        """The raw values of the rows in which one of the reference fields has the value that selects the sub-field."""
        selected = np.zeros(n, dtype=np.bool_)
        for number, value in when:
            for raw, rows in raws.get(number, ()):
                if raw.cells.ndim == 1 and raw.cells.dtype.kind in "ui":
                    selected[rows[raw.cells == value]] = True
        return [(raw.take(selected[rows]), rows[selected[rows]]) for raw, rows in parts if selected[rows].any()]


def decode(
    source: str | Path | bytes | BinaryIO, *, only: Collection[str] | None = None, raw: bool = False
) -> FitMessages:
    """Every message of a FIT file as tables.

    Parameters
    ----------
    source
        Path, bytes or binary file object; gzip is unpacked.
    only
        Names of the messages wanted; None is all.
    raw
        Whether enumerations stay numbers instead of becoming names.

    Returns
    -------
    FitMessages
        A mapping of message name to DataFrame, built on access; `FitMessages.table` gives columns without pandas.

    Raises
    ------
    ReadError
        If the source is no FIT file at all. Damage becomes ``issues``.
    """
    data, name = read_bytes(source)
    return FitMessages(read_wire(data, name=name), only=only, raw=raw)


def _put(columns: dict[str, Array], units: dict[str, str], name: str, unit: str, values: Array) -> None:
    columns[name] = values
    if unit:
        units[name] = unit


def _first_valid(pieces: list[tuple[Array, npt.NDArray[np.intp]]], n: int) -> Array:
    """Merge pieces; where a message repeats a field, the first valid value counts."""
    if sum(len(rows) for _, rows in pieces) <= n:
        return merged(pieces, n)
    seen = np.zeros(n, dtype=np.bool_)
    kept: list[tuple[Array, npt.NDArray[np.intp]]] = []
    for values, rows in pieces:
        fresh = ~seen[rows] & ~is_missing(values)
        seen[rows[fresh]] = True
        kept.append((values[fresh], rows[fresh]))
    return merged(kept, n)
