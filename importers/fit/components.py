"""Values packed into other fields: components, accumulators and compressed timestamps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.columns import Raw, cells_at, is_missing, merged, physical, raw_cells
from stridelab.importers.fit.layout import Definition
from stridelab.importers.fit.plan import unit_of
from stridelab.importers.fit.profile import TIMESTAMP_FIELD, Component, FieldSpec
from stridelab.importers.fit.values import EPOCH

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.intp]

Packed = tuple[FieldSpec, Raw, Rows]
"""A field that packs others into its bits, its raw values, and the rows they belong to."""

CompressedTimes = tuple[npt.NDArray[np.int64], Array]
"""Offsets of the messages with a compressed timestamp header, ascending, and their times."""


def resolve_compressed(data: npt.NDArray[np.uint8], definitions: Iterable[Definition]) -> CompressedTimes:
    """The times of all messages with a compressed timestamp header, from the full timestamps around them."""
    at: list[Array] = []
    values: list[Array] = []
    full: list[Array] = []
    for definition in definitions:
        positions = definition.positions()
        header = data[positions]
        packed = header >= 0x80
        at.append(positions[packed])
        values.append((header[packed] & 31).astype(np.int64))
        full.append(np.zeros(int(packed.sum()), dtype=np.bool_))
        offset = 1
        for number, size, base in definition.layout.fields:
            if (number, size) == (TIMESTAMP_FIELD, 4):
                raw = raw_cells(cells_at(data, positions + offset, size), size, base, definition.layout.byte_order)
                given = ~packed if raw.invalid is None else ~packed & ~raw.invalid
                at.append(positions[given])
                values.append(raw.cells[given].astype(np.int64))
                full.append(np.ones(int(given.sum()), dtype=np.bool_))
            offset += size
    return compressed_times(np.concatenate(at), np.concatenate(values), np.concatenate(full))


def compressed_times(
    offsets: npt.NDArray[np.int64], values: npt.NDArray[np.int64], full: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], Array]:
    """UTC times of messages with a compressed timestamp header.

    A compressed timestamp is the low five bits of the time. It rolls over at most once between two messages, so each
    adds ``(bits - bits of the message before) modulo 32`` seconds to the last full timestamp.

    Parameters
    ----------
    offsets, values, full
        Position, value and kind of every time in the file: a full timestamp, or five bits. Shape ``(n,)``, any order.

    Returns
    -------
    offsets, times
        Of the compressed ones, by position; NaT before the first full timestamp.
    """
    order = np.argsort(offsets, kind="stable")
    offsets, values, full = offsets[order], values[order], full[order]
    low = values & 31
    step = np.where(full, 0, (low - np.append(low[:1], low[:-1])) & 31)
    elapsed = np.cumsum(step)
    last_full = np.maximum.accumulate(np.where(full, np.arange(len(full)), -1))
    seconds = values[last_full] + elapsed - elapsed[last_full]
    times = EPOCH + (seconds * 1000).astype("timedelta64[ms]")
    times[last_full < 0] = np.datetime64("NaT", "ms")
    return offsets[~full], times[~full]


def expand_components(
    columns: dict[str, Array],
    units: dict[str, str],
    packing: Sequence[Packed],
    raw_column: Callable[[str], list[tuple[Raw, Rows]]],
    offsets: npt.NDArray[np.int64],
    part_starts: Sequence[int],
) -> None:
    """Add the fields that are packed into bits of others to a table's columns; a native value wins over a packed one.

    Parameters
    ----------
    columns, units
        The table so far; changed in place.
    packing
        Fields that pack others, with their raw values and the rows they belong to.
    raw_column
        Gives the raw values that a column has in the file itself, from which a counter goes on.
    offsets
        Position of each row in the file, to begin counters anew in each chained file.
    part_starts
        Where the chained files begin.
    """
    part = np.searchsorted(np.asarray(part_starts), offsets, side="right")
    found: dict[str, list[tuple[tuple[Component, ...], Raw, Rows]]] = {}
    for spec, raw, rows in packing:
        if raw.cells.dtype.kind not in "ui":
            continue
        by_target: dict[str, list[Component]] = {}
        for component in spec.components:
            by_target.setdefault(component.field.name, []).append(component)
        for name, packed in by_target.items():
            found.setdefault(name, []).append((tuple(packed), _unpacked(raw, packed), rows))
    for name, pieces in found.items():
        first = pieces[0][0][0]
        if first.accumulate:
            counted = _accumulated([(raw, rows) for _, raw, rows in pieces], raw_column(name), first.bits, part)
            pieces = [(packed, raw, rows) for (packed, _, rows), raw in zip(pieces, counted, strict=True)]
        values = merged([(physical(raw, packed[0].field), rows) for packed, raw, rows in pieces], len(offsets))
        columns[name] = filled(columns.get(name), values)
        if unit_of(first.field):
            units[name] = unit_of(first.field)
    # Speed and altitude unpacked from a compressed field have an enhanced form too.
    for name in {"speed", "altitude"} & found.keys():
        if f"enhanced_{name}" not in columns:
            columns[f"enhanced_{name}"], units[f"enhanced_{name}"] = columns[name], units[name]


def _unpacked(raw: Raw, components: Sequence[Component]) -> Raw:
    """Raw values of one target, shape ``(n,)``, or ``(n, k)`` where it is packed k times."""
    n = len(raw.cells)
    cells = np.ascontiguousarray(raw.cells).view(np.uint8).reshape(n, -1)
    # A field may be shorter than its profile: what it has no bits for is not there.
    components = [component for component in components if component.bit_offset + component.bits <= 8 * cells.shape[1]]
    unpacked = np.zeros((n, len(components)), dtype=np.int64)
    invalid = np.zeros((n, len(components)), dtype=np.bool_)
    for i, component in enumerate(components):
        first, shift = divmod(component.bit_offset, 8)
        eight_bytes = np.zeros((n, 8), dtype=np.uint8)
        eight_bytes[:, : cells.shape[1] - first] = cells[:, first : first + 8]
        mask = (1 << component.bits) - 1
        unpacked[:, i] = eight_bytes.view("<u8")[:, 0] >> shift & mask
        # All bits set means invalid in a packed quantity; in a packed enumeration or counter it is a value.
        if component.field.scale != 1.0 and not component.accumulate:
            invalid[:, i] = unpacked[:, i] == mask
    if raw.invalid is not None:
        invalid |= raw.invalid.reshape(n, -1).all(axis=1, keepdims=True)
    if len(components) == 1:
        return Raw(unpacked[:, 0], invalid[:, 0])
    return Raw(unpacked, invalid)


def _accumulated(
    packed: Sequence[tuple[Raw, Rows]], native: Sequence[tuple[Raw, Rows]], bits: int, part: Rows
) -> list[Raw]:
    """Undo the rollover of a counter of so many bits, over all rows in the order of the file.

    The counter goes on from the last value that the file gives in full, else it begins at its own first value; in each
    chained file anew.
    """
    values, full, where, owner = [], [], [], []
    for known, pieces in ((True, native), (False, packed)):
        for which, (raw, rows) in enumerate(pieces):
            cells = raw.cells.reshape(len(rows), -1).astype(np.int64)
            row = np.repeat(rows, cells.shape[1])
            valid = np.ones(cells.size, dtype=np.bool_) if raw.invalid is None else ~np.ravel(raw.invalid)
            keep = valid if known else np.ones(cells.size, dtype=np.bool_)
            values.append(cells.ravel()[keep])
            full.append(np.full(int(keep.sum()), known))
            where.append(row[keep])
            owner.append(np.full(int(keep.sum()), -1 if known else which))
    value, is_full, row, which_piece = (np.concatenate(part_of) for part_of in (values, full, where, owner))
    order = np.argsort(row, kind="stable")
    value, is_full, row, which_piece = value[order], is_full[order], row[order], which_piece[order]
    mask = (1 << bits) - 1
    low = value & mask
    before = np.append(low[:1], low[:-1])
    begins = np.append(True, np.diff(part[row]) != 0)
    anchor = is_full | begins
    step = np.where(anchor, 0, (low - before) & mask)
    counted = np.cumsum(step)
    last = np.maximum.accumulate(np.where(anchor, np.arange(len(anchor)), 0))
    total = value[last] + counted - counted[last]
    found = []
    for which, (raw, _) in enumerate(packed):
        found.append(Raw(total[which_piece == which].reshape(raw.cells.shape), raw.invalid))
    return found


def filled(native: Array | None, packed: Array) -> Array:
    """The native column, its holes filled from the packed one."""
    if native is None:
        return packed
    holes = is_missing(native)
    if not holes.any():
        return native
    return merged([(native[~holes], np.flatnonzero(~holes)), (packed[holes], np.flatnonzero(holes))], len(native))
