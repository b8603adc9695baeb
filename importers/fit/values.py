"""The values of a column: of many messages with numpy, of a few one by one.

A file has a few long tables and hundreds of short columns. Of a long table it is the values that count, and numpy reads
a column at a time. Of a short one it is the columns, and a call for each would cost more than its values: the messages
are unpacked as they are, and the columns made in one go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.plan import DEGREES_PER_SEMICIRCLE, Kind, Plan, Slot, words_of

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
RawColumn = tuple[Array, Mask]
"""Raw values in native byte order, and which are invalid."""

EPOCH: Final = np.datetime64("1989-12-31T00:00:00", "ms")
"""FIT counts seconds from here."""

NAN: Final = float("nan")


def read_few(
    data: bytes | memoryview, positions: Sequence[int], plan: Plan, *, names: bool
) -> tuple[list[Array | None], dict[int, RawColumn]]:
    """The columns of a few messages of one definition, in the order of its plan's slots.

    Parameters
    ----------
    data
        The file.
    positions
        Offset of each message.
    plan
        Plan of the definition.
    names
        Whether enumerations become names.

    Returns
    -------
    columns, raws
        None for a column that is not to be had this way; raw values of the slots that the plan keeps.
    """
    unpack = plan.message.unpack_from
    given = list(zip(*[unpack(data, position) for position in positions], strict=True))
    columns: list[Array | None] = [None] * len(plan.slots)
    raws: dict[int, RawColumn] = {}
    floats: list[list[float]] = []
    times: list[list[int | None]] = []
    words: list[list[str | None]] = []
    integers: dict[str, list[tuple[int, ...]]] = {}
    of_floats: list[int] = []
    of_times: list[int] = []
    of_words: list[int] = []
    of_integers: dict[str, list[int]] = {}
    for place, (slot, first) in enumerate(zip(plan.slots, plan.first, strict=True)):
        if first is None:
            continue
        if slot.form is None:
            words.append([_text(value) for value in given[first]])
            of_words.append(place)
            continue
        _, invalid, kind = slot.form
        if slot.count > 1:
            cells = np.array(given[first : first + slot.count], dtype=_dtypes(slot.form[0])[1]).T
            columns[place] = column_of(cells, slot, names=names)
            if place in plan.kept:
                raws[place] = cells, np.asarray(cells == invalid)
            continue
        raw = given[first]
        if place in plan.kept:
            cells = np.array(raw, dtype=_dtypes(slot.form[0])[1])
            raws[place] = cells, np.isnan(cells) if invalid is None else cells == invalid
        if names and kind == "name":
            known = words_of(slot.spec, invalid)
            words.append([known[value] for value in raw])
            of_words.append(place)
        elif names and kind == "wide_name":
            columns[place] = named(raw, slot.spec.names or {}, invalid)
        elif kind == "time":
            times.append([None if value == invalid else 1000 * value for value in raw])
            of_times.append(place)
        elif kind == "degrees":
            floats.append([NAN if value == invalid else value * DEGREES_PER_SEMICIRCLE for value in raw])
            of_floats.append(place)
        elif kind == "scaled":
            scale, shift = slot.spec.scale, slot.spec.offset
            if shift:
                floats.append([NAN if value == invalid else value / scale - shift for value in raw])
            else:
                floats.append([NAN if value == invalid else value / scale for value in raw])
            of_floats.append(place)
        elif invalid is None or invalid in raw:
            floats.append([NAN if value == invalid else value for value in raw])
            of_floats.append(place)
        else:
            integers.setdefault(slot.form[0], []).append(raw)
            of_integers.setdefault(slot.form[0], []).append(place)
    made = [
        (np.array(floats, dtype=np.float64), of_floats),
        (EPOCH + np.array(times, dtype="timedelta64[ms]"), of_times),
        (np.array(words, dtype=object), of_words),
        *((np.array(block, dtype=_dtypes(form)[1]), of_integers[form]) for form, block in integers.items()),
    ]
    for block, places in made:
        for column, place in zip(block, places, strict=True):
            columns[place] = column
    return columns, raws


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
    times[missing] = np.datetime64("NaT", "ms")
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


def texts(cells: Array) -> npt.NDArray[np.object_]:
    """Texts from their bytes, shape ``(n,)``."""
    return np.array([_text(bytes(cell)) for cell in cells], dtype=object)


def _text(cell: bytes) -> str | None:
    """Text up to its first NUL; UTF-8, and what is not is replaced. Empty is missing."""
    return cell.split(b"\0", 1)[0].decode("utf-8", errors="replace") or None


def named(numbers: Sequence[int], names: Mapping[int, str], invalid: int | None) -> npt.NDArray[np.object_]:
    """The names of an enumeration's values: unknown ones are their digits, the invalid one is None."""
    words = {number: names.get(number, str(number)) if number != invalid else None for number in set(numbers)}
    return np.array([words[number] for number in numbers], dtype=object)
