"""Values packed into other fields: components, accumulators and compressed timestamps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.columns import Raw, is_missing, merged, physical, raw_cells
from stridelab.importers.fit.layout import Definition
from stridelab.importers.fit.plan import Slot, unit_of, whole_component
from stridelab.importers.fit.profile import TIMESTAMP_FIELD, Component
from stridelab.importers.fit.values import EPOCH

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.intp]

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
        for number, size, base in definition.fields:
            if (number, size) == (TIMESTAMP_FIELD, 4):
                raw = raw_cells(data, positions + offset, size, base, definition.byte_order)
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
    raws: Sequence[tuple[Slot, Raw, Rows]],
    offsets: npt.NDArray[np.int64],
    part_starts: Sequence[int],
) -> None:
    """Add the fields that are packed into bits of others to a table's columns; a native value wins over a packed one.

    Parameters
    ----------
    columns, units
        The table so far; changed in place.
    raws
        Fields that pack others, with their raw values and the rows they belong to.
    offsets
        Position of each row in the file, to begin accumulators anew in each chained file.
    part_starts
        Where the chained files begin.
    """
    part = np.searchsorted(np.asarray(part_starts), offsets, side="right")
    found: dict[str, list[tuple[Array, Rows]]] = {}
    for slot, raw, rows in raws:
        if whole_component(slot) or raw.cells.dtype.kind not in "ui":
            continue
        by_target: dict[str, list[Component]] = {}
        for component in slot.spec.components:
            by_target.setdefault(component.field.name, []).append(component)
        for name, packed in by_target.items():
            spec = packed[0].field
            found.setdefault(name, []).append((physical(_expanded(raw, packed, part[rows]), spec), rows))
            if unit_of(spec):
                units[name] = unit_of(spec)
    for name, pieces in found.items():
        columns[name] = filled(columns.get(name), merged(pieces, len(offsets)))
    # Speed and altitude unpacked from a compressed field have an enhanced form too.
    for name in {"speed", "altitude"} & found.keys():
        if f"enhanced_{name}" not in columns:
            columns[f"enhanced_{name}"], units[f"enhanced_{name}"] = columns[name], units[name]


def _expanded(raw: Raw, components: Sequence[Component], part: Rows) -> Raw:
    """Raw values of one target, shape ``(n,)``, or ``(n, k)`` where it is packed k times."""
    n = len(raw.cells)
    native = np.ascontiguousarray(raw.cells)
    bits = np.unpackbits(native.view(np.uint8).reshape(n, -1), axis=1, bitorder="little")
    unpacked = np.zeros((n, len(components)), dtype=np.int64)
    invalid = np.zeros((n, len(components)), dtype=np.bool_)
    for i, component in enumerate(components):
        own = bits[:, component.bit_offset : component.bit_offset + component.bits].astype(np.int64)
        unpacked[:, i] = own @ (1 << np.arange(own.shape[1], dtype=np.int64))
        # All bits set means invalid in a packed quantity; in a packed enumeration or counter it is a value.
        if component.field.scale != 1.0 and not component.accumulate:
            invalid[:, i] = own.all(axis=1)
    if raw.invalid is not None:
        invalid |= raw.invalid.reshape(n, -1).all(axis=1, keepdims=True)
    if components[0].accumulate:
        valid = ~invalid.any(axis=1)
        for one in np.unique(part[valid]):
            rows = valid & (part == one)
            unpacked[rows] = _accumulated(unpacked[rows].ravel(), components[0].bits).reshape(-1, len(components))
    if len(components) == 1:
        return Raw(unpacked[:, 0], invalid[:, 0])
    return Raw(unpacked, invalid)


def _accumulated(values: npt.NDArray[np.int64], bits: int) -> npt.NDArray[np.int64]:
    """Undo the rollover of a counter of so many bits."""
    steps = np.diff(values, prepend=values[:1]) & ((1 << bits) - 1)
    return np.asarray(values[0] + np.cumsum(steps), dtype=np.int64)


def filled(native: Array | None, packed: Array) -> Array:
    """The native column, its holes filled from the packed one."""
    if native is None:
        return packed
    holes = is_missing(native)
    if not holes.any() or native.shape != packed.shape:
        return native
    return merged([(native[~holes], np.flatnonzero(~holes)), (packed[holes], np.flatnonzero(holes))], len(native))
