"""Values packed into other fields: components, accumulators and compressed timestamps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.columns import EPOCH, Raw, is_missing, merged, physical, unit_of
from stridelab.importers.fit.profile import Component, field_spec

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.intp]


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
    message: int,
    raws: Mapping[int, Sequence[tuple[Raw, Rows]]],
    offsets: npt.NDArray[np.int64],
    part_starts: Sequence[int],
) -> None:
    """Add the fields that are packed into others to a table's columns; a native value wins over a packed one.

    Parameters
    ----------
    columns, units
        The table so far; changed in place.
    message
        Global message number.
    raws
        Raw values of each field by its number, with the rows they belong to.
    offsets
        Position of each row in the file, to begin accumulators anew in each chained file.
    part_starts
        Where the chained files begin.
    """
    n = len(offsets)
    part = np.searchsorted(np.asarray(part_starts), offsets, side="right")
    for number, pieces in raws.items():
        by_target: dict[str, list[Component]] = {}
        for component in field_spec(message, number).components:
            by_target.setdefault(component.field.name, []).append(component)
        for name, packed in by_target.items():
            expanded = [_expanded(raw, packed, part[rows]) for raw, rows in pieces if raw.cells.dtype.kind in "ui"]
            if expanded:
                spec = packed[0].field
                values = merged(
                    [(physical(raw, spec), rows) for raw, (_, rows) in zip(expanded, pieces, strict=True)], n
                )
                columns[name] = _filled(columns.get(name), values)
                if unit_of(spec):
                    units[name] = unit_of(spec)
    # Speed and altitude unpacked from a compressed field have an enhanced form too.
    for name in ("speed", "altitude"):
        if name in columns and f"enhanced_{name}" not in columns and columns[name].dtype.kind == "f":
            columns[f"enhanced_{name}"], units[f"enhanced_{name}"] = columns[name], units.get(name, "")


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


def _filled(native: Array | None, packed: Array) -> Array:
    """The native column, its holes filled from the packed one."""
    if native is None:
        return packed
    holes = is_missing(native)
    if not holes.any() or native.shape != packed.shape:
        return native
    return merged([(native[~holes], np.flatnonzero(~holes)), (packed[holes], np.flatnonzero(holes))], len(native))
