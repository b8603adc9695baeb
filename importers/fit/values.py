"""The values of many columns at once: all fields of a file that are read alike go through numpy together.

A file has hundreds of short columns; reading each by itself costs more than its values. So the positions of all values
of one kind are laid end to end, read, masked and scaled in a few calls, and cut into columns again. Of the long columns,
each is read by itself: there it is the values that count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.plan import DEGREES_PER_SEMICIRCLE, NAMES, Group, GroupKey, Kind, Plan, Slot

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]
RawColumn = tuple[Array, Mask]
"""Raw values in native byte order, and which are invalid."""

EPOCH: Final = np.datetime64("1989-12-31T00:00:00", "ms")
"""FIT counts seconds from here."""


def read_grouped(
    data: npt.NDArray[np.uint8], wanted: Sequence[tuple[Plan, Positions]], *, names: bool
) -> list[tuple[list[Array | None], dict[int, RawColumn]]]:
    """The columns of several definitions, each in the order of its plan's slots; None where a slot has no group.

    Parameters
    ----------
    data
        The file.
    wanted
        Plan of each definition and the positions of its messages.
    names
        Whether enumerations become names.

    Returns
    -------
    list
        Of each definition: its columns, and the raw values of the slots that the plan keeps.
    """
    columns: list[list[Array | None]] = [[None] * len(plan.slots) for plan, _ in wanted]
    raws: list[dict[int, RawColumn]] = [{} for _ in wanted]
    members: dict[GroupKey, list[tuple[int, Group]]] = {}
    rows = [len(positions) for _, positions in wanted]
    for which, (plan, _) in enumerate(wanted):
        for key, group in plan.groups.items():
            members.setdefault(key, []).append((which, group))
    for key, found in members.items():
        form, invalid, _ = key
        at = np.concatenate([(wanted[which][1] + group.offsets).ravel() for which, group in found])
        lengths = [rows[which] * count for which, group in found for count in group.counts]
        raw = np.ndarray((len(data) - int(form[2]) + 1,), dtype=form, buffer=data, strides=(1,))[at]
        if form[0] == ">":
            raw = raw.astype(raw.dtype.newbyteorder("="))
        missing = np.isnan(raw) if invalid is None else raw == invalid
        read = _reading(raw, missing, key, np.array(lengths), [group for _, group in found], names)
        start = column = 0
        for which, group in found:
            into, raw_into = columns[which], raws[which]
            for slot, count, keep in zip(group.slots, group.counts, group.kept, strict=True):
                stop = start + lengths[column]
                cut = read(column, start, stop)
                into[slot] = cut if count == 1 else cut.reshape(count, -1).T
                if keep:
                    kept = raw[start:stop], missing[start:stop]
                    raw_into[slot] = (
                        kept if count == 1 else (kept[0].reshape(count, -1).T, kept[1].reshape(count, -1).T)
                    )
                start = stop
                column += 1
    return list(zip(columns, raws, strict=True))


def _reading(
    raw: Array,
    missing: Mask,
    key: GroupKey,
    lengths: npt.NDArray[np.int64],
    groups: Sequence[Group],
    names: bool,
) -> Callable[[int, int, int], Array]:
    """A function that cuts a column out of the converted values by its number, start and stop."""
    _, invalid, kind = key
    if kind == "name" and names:
        words = NAMES.words[np.repeat(np.concatenate([group.names for group in groups]), lengths) + raw]
        return lambda column, start, stop: words[start:stop]
    if kind == "wide_name" and names:
        known = [names for group in groups for names in group.words]
        return lambda column, start, stop: named(raw[start:stop].tolist(), known[column], invalid)
    if kind == "time":
        times = _times(raw, missing)
        return lambda column, start, stop: times[start:stop]
    scale: Any = 1.0
    shift: Any = None
    if kind == "scaled":
        scale = np.repeat(np.concatenate([group.scale for group in groups]), lengths)
        shift = np.concatenate([group.shift for group in groups])
        shift = np.repeat(shift, lengths) if shift.any() else None
    values = _quantities(raw, missing, kind, scale, shift)
    if kind in ("degrees", "scaled") or invalid is None:
        return lambda column, start, stop: values[start:stop]
    # Integers without a gap stay integers.
    ends = np.cumsum(lengths)
    gaps = np.append(0, np.cumsum(missing))
    holes = (gaps[ends] - gaps[ends - lengths]).tolist()
    return lambda column, start, stop: (values if holes[column] else raw)[start:stop]


def read_column(rows: Array, slot: Slot, *, names: bool) -> Array:
    """One column of messages that lie side by side; of a slot that has a group.

    Parameters
    ----------
    rows
        The messages as bytes, shape ``(n_messages,)``.
    slot
        What to read of them.
    names
        Whether enumerations become names.
    """
    assert slot.group is not None
    form, invalid, kind = slot.group
    stated, native = _dtypes(form)
    stride = rows.dtype.itemsize
    if slot.count == 1:
        beside = np.ndarray(rows.shape, stated, rows, slot.offset, (stride,))
    else:
        beside = np.ndarray((len(rows), slot.count), stated, rows, slot.offset, (stride, stated.itemsize))
    raw = np.ascontiguousarray(beside, native)
    if kind == "name" and names:
        first = NAMES.place(slot.spec, invalid)
        return NAMES.words[first : first + 256][raw]
    if kind == "wide_name" and names:
        return named(raw.ravel().tolist(), slot.spec.names or {}, invalid).reshape(raw.shape)
    missing = np.isnan(raw) if invalid is None else raw == invalid
    if kind == "time":
        return _times(raw, missing)
    gaps = bool(missing.any())
    if kind not in ("degrees", "scaled") and not gaps and invalid is not None:
        return raw
    return _quantities(raw, missing if gaps else None, kind, slot.spec.scale, slot.spec.offset or None)


@cache
def _dtypes(form: str) -> tuple[np.dtype[Any], np.dtype[Any]]:
    """A numpy format as it stands in the file, and in native byte order."""
    stated = np.dtype(form)
    return stated, stated.newbyteorder("=")


def _times(raw: Array, missing: Mask) -> Array:
    times = EPOCH + (raw.astype(np.int64) * 1000).view("timedelta64[ms]")
    times[missing] = np.datetime64("NaT", "ms")
    return times


def _quantities(raw: Array, missing: Mask | None, kind: Kind, scale: Any, shift: Any) -> Array:
    """Physical values, NaN where missing; scale and offset are one for all or one a value, None is no offset."""
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
        if shift is not None:
            values -= shift
    return values


def named(numbers: Sequence[int], names: Mapping[int, str], invalid: int | None) -> npt.NDArray[np.object_]:
    """The names of an enumeration's values: unknown ones are their digits, the invalid one is None."""
    words = {number: names.get(number, str(number)) if number != invalid else None for number in set(numbers)}
    return np.array([words[number] for number in numbers], dtype=object)
