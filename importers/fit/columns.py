"""From the raw values of one field to a column: sentinels, scales, times, names and strings, whole columns at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.importers.fit.plan import DEGREES_PER_SEMICIRCLE, has_names
from stridelab.importers.fit.profile import BASE_TYPES, BYTE, FieldSpec
from stridelab.importers.fit.values import EPOCH, named

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Raw:
    """Raw values of one field: shape ``(n,)`` or ``(n, width)``, or ``(n,)`` of bytes; and which are invalid."""

    cells: Array
    invalid: Mask | None

    def take(self, rows: Mask) -> Raw:
        """The rows under a mask."""
        return Raw(self.cells[rows], None if self.invalid is None else self.invalid[rows])


def field_format(size: int, base: int, byte_order: str) -> tuple[str, int]:
    """Numpy format of one value of a field, and how many it has; bytes where size and type do not agree."""
    code, _ = BASE_TYPES.get(base, ("u1", None))
    if code == "S":
        return f"V{size}", 1
    width = int(code[1])
    if size % width:
        # Some writers state a type wider than the field: the size is what lies in the file.
        return (f"{byte_order}u{size}", 1) if size in (1, 2, 4) else ("u1", size)
    return f"{byte_order}{code}", size // width


def cells_at(data: npt.NDArray[np.uint8], at: npt.NDArray[np.int64], size: int) -> Array:
    """So many bytes from each of these offsets, shape ``(n,)``."""
    return np.ndarray((len(data) - size + 1,), dtype=f"V{size}", buffer=data, strides=(1,))[at]


def raw_cells(every: Array, size: int, base: int, byte_order: str) -> Raw:
    """The raw values of a field, in native byte order, with their invalid mask; from its bytes in each message."""
    form, count = field_format(size, base, byte_order)
    values = every if form.startswith("V") else every.view(form)
    if count > 1:
        values = values.reshape(len(every), count)
    if values.dtype.kind == "V":
        return Raw(values, None)
    values = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))
    if values.dtype.kind == "f":
        return Raw(values, np.isnan(values))
    code, sentinel = BASE_TYPES.get(base, ("u1", 0xFF))
    if sentinel and int(code[1]) != values.dtype.itemsize:
        sentinel = (1 << 8 * values.dtype.itemsize) - 1
    invalid = values == values.dtype.type(sentinel or 0)
    if base == BYTE and values.ndim == 2:
        # A byte array is one value: it is invalid only as a whole.
        invalid = np.broadcast_to(invalid.all(axis=1, keepdims=True), values.shape)
    return Raw(values, invalid)


def physical(raw: Raw, spec: FieldSpec, *, names: bool = True) -> Array:
    """Physical values: NaN, NaT or None where invalid; integers stay integers where nothing is missing.

    Parameters
    ----------
    raw
        From `raw_cells`.
    spec
        What the profile says.
    names
        Whether enumerations become names; otherwise they stay numbers.
    """
    values, invalid = raw.cells, raw.invalid
    if spec.kind == "number" and spec.names:
        invalid = np.isin(values, list(spec.names)) | (False if invalid is None else invalid)
    missing = invalid if invalid is not None and invalid.any() else None
    if spec.kind in ("time", "local_time") and values.dtype.kind in "ui":
        times = EPOCH + (values.astype(np.int64) * 1000).astype("timedelta64[ms]")
        if missing is not None:
            times[missing] = np.datetime64("NaT", "ms")
        return times
    if names and has_names(spec):
        return _named(values, spec, missing)
    # Bits that are no number (a signalling NaN) become NaN; that is no mistake of ours to be warned of.
    with np.errstate(invalid="ignore"):
        if spec.unit == "semicircles":
            return _masked(values * DEGREES_PER_SEMICIRCLE, missing)
        if spec.scale != 1.0 or spec.offset != 0.0:
            scaled = values.astype(np.float64) / spec.scale
            return _masked(scaled - spec.offset if spec.offset else scaled, missing)
        return values if missing is None else _masked(values.astype(np.float64), missing)


def merged(parts: Sequence[tuple[Array, npt.NDArray[np.intp] | slice]], n: int) -> Array:
    """One column of ``n`` rows from the columns of several definitions and the rows they belong to, ascending.

    Rows that no definition fills are missing. Arrays of different widths become an object column of arrays.
    """
    if len(parts) == 1 and len(parts[0][0]) == n:
        return parts[0][0]
    filled = sum(len(values) for values, _ in parts) == n
    shapes = {values.shape[1:] for values, _ in parts}
    kinds = {values.dtype.kind for values, _ in parts}
    if len(shapes) > 1 or "O" in kinds or ("M" in kinds and len(kinds) > 1):
        column = np.full(n, None, dtype=object)
        for values, rows in parts:
            column[rows] = values if values.ndim == 1 else _as_objects(values)
        return column
    shape = (n, *shapes.pop())
    if "M" in kinds:
        column = np.full(shape, np.datetime64("NaT", "ms"), dtype="datetime64[ms]")
    elif filled and kinds <= set("ui"):
        column = np.empty(shape, dtype=np.result_type(*(values for values, _ in parts)))
    else:
        column = np.full(shape, np.nan)
    for values, rows in parts:
        column[rows] = values
    return column


def is_missing(column: Array) -> Mask:
    """Which rows of a column hold nothing; an array counts as missing where all of it is. Shape ``(n,)``."""
    missing = np.asarray(pd.isna(column), dtype=np.bool_)
    return missing if missing.ndim == 1 else np.asarray(missing.all(axis=1))


def _masked(values: Array, missing: Mask | None) -> Array:
    if missing is not None:
        values[missing] = np.nan
    return values


def _named(values: Array, spec: FieldSpec, missing: Mask | None) -> Array:
    words = named(values.ravel().tolist(), spec.names or {}, None).reshape(values.shape)
    if missing is not None:
        words[missing] = None
    return words


def texts(data: npt.NDArray[np.uint8], at: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.object_]:
    """Text at these offsets up to its first NUL; UTF-8, and what is not is replaced. Empty is missing."""
    raw = data.data
    found = [bytes(raw[p : p + size]).split(b"\0", 1)[0].decode("utf-8", errors="replace") for p in at.tolist()]
    return np.array([text or None for text in found], dtype=object)


def _as_objects(values: Array) -> Array:
    rows = np.empty(len(values), dtype=object)
    rows[:] = list(values)
    return rows
