"""The values of columns: of a long one by itself, of many short ones together.

A file has a few long tables and hundreds of short columns. Of a long table it is the values that count, and numpy reads
a column at a time. Of the short ones it is the columns, and a call for each would cost more than its values: all values
of all of them are read as one array, of which each column is a part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.plan import DEGREES_PER_SEMICIRCLE, Kind, Plan, Slot, words_of

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
RawColumn = tuple[Array, Mask]
"""Raw values in native byte order, and which are invalid."""

NOT_A_TIME: Final = np.datetime64("NaT", "ms")

EPOCH: Final = np.datetime64("1989-12-31T00:00:00", "ms")
"""FIT counts seconds from here."""


def read_together(
    data: Array, messages: Sequence[tuple[npt.NDArray[np.int64], Plan]], *, names: bool
) -> list[tuple[list[Array | None], dict[int, RawColumn]]]:
    """The columns of many definitions with few messages each, in the order of their plans' slots.

    Parameters
    ----------
    data
        The file as bytes, shape ``(n_bytes,)``.
    messages
        Offset of each message, and the plan, of each definition; all of one byte order.
    names
        Whether enumerations become names.

    Returns
    -------
    list of (columns, raws)
        None for a column that is not to be had this way; raw values of the slots that the plan keeps.
    """
    read = _Values(data, messages)
    return [read.columns(which, names=names) for which in range(len(messages))]


class _Values:
    """All values of several definitions with few messages: those of one field side by side, one field after the other.

    They are kept as whole numbers, as physical ones and as times, each of shape ``(n_values,)``.
    """

    def __init__(self, data: Array, messages: Sequence[tuple[npt.NDArray[np.int64], Plan]]) -> None:
        numbers = [plan.numbers for _, plan in messages]
        counts = np.array([len(at) for at, _ in messages])
        fields = np.array([found.whole.shape[1] for found in numbers])
        repeats = np.repeat(counts, fields)
        starts = np.append(0, np.cumsum(repeats))
        # From a value's number to that of its message among all.
        shift = np.repeat(np.cumsum(counts) - counts, fields) - starts[:-1]
        stated = np.vstack([shift, np.hstack([found.whole for found in numbers])])
        shift, offset, unused_bits, sign, invalid, is_float = np.repeat(stated, repeats, axis=1)
        factor, scale, take_off = np.repeat(np.hstack([found.scaling for found in numbers]), repeats, axis=1)
        at = np.concatenate([at for at, _ in messages])[np.arange(starts[-1]) + shift] + offset
        raw = _words_at(data, at, unused_bits.astype(np.uint32), numbers[0].byte_order)
        whole = (raw.astype(np.int64) ^ sign) - sign
        missing = whole == invalid
        values = whole.astype(np.float64)
        if is_float.any():
            # Bits that are no number (a signalling NaN) become NaN; that is no mistake of ours to be warned of.
            with np.errstate(invalid="ignore"):
                np.copyto(values, raw.view(np.float32), where=is_float.astype(np.bool_))
            missing |= np.isnan(values)
        values *= factor
        values /= scale
        values -= take_off
        np.putmask(values, missing, np.nan)
        times = EPOCH + (1000 * whole).view("timedelta64[ms]")
        np.putmask(times, missing, NOT_A_TIME)
        self._plans = [plan for _, plan in messages]
        self._missing, self._values, self._times = missing, values, times
        formats = {code for found in numbers for _, code in found.formats.values()}
        self._raw = {code: raw.view(code) if code == "f4" else whole.astype(code) for code in formats}
        begin = starts[np.append(0, np.cumsum(np.concatenate([found.widths for found in numbers])))]
        gaps = np.logical_or.reduceat(missing, begin[:-1]).tolist()
        spans = [slice(*span) for span in pairwise(begin.tolist())]
        # Of each definition, its own.
        ends = np.cumsum([len(found.widths) for found in numbers]).tolist()
        self._gaps = [gaps[a:b] for a, b in pairwise([0, *ends])]
        self._spans = [spans[a:b] for a, b in pairwise([0, *ends])]

    def columns(self, which: int, *, names: bool) -> tuple[list[Array | None], dict[int, RawColumn]]:
        """The columns of a definition, and the raw values of the slots that its plan keeps."""
        plan, spans, gaps = self._plans[which], self._spans[which], self._gaps[which]
        numbers, values, raw = plan.numbers, self._values, self._raw
        columns: list[Array | None] = [None] * len(plan.slots)
        i = len(numbers.integers)
        j = i + len(numbers.quantities)
        k = j + len(numbers.times)
        for (place, code), own, has_gaps in zip(numbers.integers, spans[:i], gaps[:i], strict=True):
            columns[place] = values[own] if has_gaps else raw[code][own]
        for place, own in zip(numbers.quantities, spans[i:j], strict=True):
            columns[place] = values[own]
        for place, own in zip(numbers.times, spans[j:k], strict=True):
            columns[place] = self._times[own]
        for place, own, has_gaps in zip(numbers.others, spans[k:], gaps[k:], strict=True):
            columns[place] = self._other(plan.slots[place], own, has_gaps, names)
        raws: dict[int, RawColumn] = {}
        for place in plan.kept & numbers.formats.keys():
            column, code = numbers.formats[place]
            own, width = spans[column], plan.slots[place].count
            raws[place] = _by_message(raw[code][own], width), _by_message(self._missing[own], width)
        return columns, raws

    def _other(self, slot: Slot, own: slice, has_gaps: bool, names: bool) -> Array:
        """A column of names or of arrays."""
        assert slot.form is not None
        stated, invalid, kind = slot.form
        column = self._raw[stated[1:]][own]
        if kind == "name" and names:
            column = words_of(slot.spec, invalid)[column]
        elif kind == "wide_name" and names:
            column = named(column.tolist(), slot.spec.names or {}, invalid)
        elif kind == "time":
            column = self._times[own]
        elif has_gaps or kind in ("degrees", "scaled") or invalid is None:
            column = self._values[own]
        return _by_message(column, slot.count)


def _by_message(values: Array, width: int) -> Array:
    """The values of a column as one array a message, where it has several; they were read place by place."""
    return values if width == 1 else values.reshape(width, -1).T


def _words_at(
    data: Array, at: npt.NDArray[np.int64], unused_bits: npt.NDArray[np.uint32], byte_order: str
) -> npt.NDArray[np.uint32]:
    """Whole numbers of up to 32 bits from each of these offsets; ``unused_bits`` of the 32 are not theirs."""
    last = len(data) - 4
    beyond = 8 * np.maximum(at - last, 0).astype(np.uint32)
    words = np.ndarray((last + 1,), f"{byte_order}u4", data, 0, (1,))[np.minimum(at, last)].astype(np.uint32)
    if byte_order == ">":
        return (words << beyond) >> unused_bits
    return ((words >> beyond) << unused_bits) >> unused_bits


def read_column(rows: Array, slot: Slot, *, names: bool) -> Array:
    """One column of messages that lie side by side; of a slot that has a form.

    Parameters
    ----------
    rows
        The messages as bytes, shape ``(n_messages,)``.
    slot
        What to read of them.
    names
        Whether enumerations become names.
    """
    assert slot.form is not None
    stated, native = _dtypes(slot.form[0])
    stride = rows.dtype.itemsize
    if slot.count == 1:
        beside = np.ndarray(rows.shape, stated, rows, slot.offset, (stride,))
    else:
        beside = np.ndarray((len(rows), slot.count), stated, rows, slot.offset, (stride, stated.itemsize))
    return column_of(np.ascontiguousarray(beside, native), slot, names=names)


def column_of(raw: Array, slot: Slot, *, names: bool) -> Array:
    """A column from its raw values in native byte order; of a slot that has a form."""
    assert slot.form is not None
    _, invalid, kind = slot.form
    if kind == "name" and names:
        return words_of(slot.spec, invalid)[raw]
    if kind == "wide_name" and names:
        return named(raw.ravel().tolist(), slot.spec.names or {}, invalid).reshape(raw.shape)
    missing = np.isnan(raw) if invalid is None else raw == invalid
    if kind == "time":
        return _times(raw, missing)
    gaps = bool(missing.any())
    if kind not in ("degrees", "scaled") and not gaps and invalid is not None:
        return raw
    return _quantities(raw, missing if gaps else None, kind, slot.spec.scale, slot.spec.offset)


@cache
def _dtypes(form: str) -> tuple[np.dtype[Any], np.dtype[Any]]:
    """A numpy format as it stands in the file, and in native byte order."""
    stated = np.dtype(form)
    return stated, stated.newbyteorder("=")


def _times(raw: Array, missing: Mask) -> Array:
    times = EPOCH + (raw.astype(np.int64) * 1000).view("timedelta64[ms]")
    times[missing] = NOT_A_TIME
    return times


def _quantities(raw: Array, missing: Mask | None, kind: Kind, scale: float, shift: float) -> Array:
    """Physical values, NaN where missing."""
    if raw.dtype.kind == "f":
        # Bits that are no number (a signalling NaN) become NaN; that is no mistake of ours to be warned of.
        with np.errstate(invalid="ignore"):
            values = raw.astype(np.float64)
    else:
        values = raw.astype(np.float64)
    if missing is not None:
        np.putmask(values, missing, np.nan)
    if kind == "degrees":
        values *= DEGREES_PER_SEMICIRCLE
    elif kind == "scaled":
        values /= scale
        if shift:
            values -= shift
    return values


def texts(data: Array, at: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.object_]:
    """Texts of so many bytes at most, from each of these offsets, shape ``(n,)``."""
    every = data.data
    return np.array([_text(every[begin : begin + size].tobytes()) for begin in at.tolist()], dtype=object)


def _text(cell: bytes) -> str | None:
    """Text up to its first NUL; UTF-8, and what is not is replaced. Empty is missing."""
    return cell.split(b"\0", 1)[0].decode("utf-8", errors="replace") or None


def named(numbers: Sequence[int], names: Mapping[int, str], invalid: int | None) -> npt.NDArray[np.object_]:
    """The names of an enumeration's values: unknown ones are their digits, the invalid one is None."""
    words = {number: names.get(number, str(number)) if number != invalid else None for number in set(numbers)}
    return np.array([words[number] for number in numbers], dtype=object)
