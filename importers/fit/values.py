"""The values of many columns at once: all fields of a file that are read alike go through numpy together.

A file has hundreds of short columns; reading each by itself costs more than its values. So the positions of all values
of one kind are laid end to end, read, masked and scaled in a few calls, and cut into columns again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.plan import DEGREES_PER_SEMICIRCLE, NAMES, Group, GroupKey, Plan

Array = npt.NDArray[Any]
Positions = npt.NDArray[np.int64]

EPOCH: Final = np.datetime64("1989-12-31T00:00:00", "ms")
"""FIT counts seconds from here."""


def read_grouped(
    data: npt.NDArray[np.uint8], wanted: Sequence[tuple[Plan, Positions]], *, names: bool
) -> list[list[Array | None]]:
    """The columns of several definitions, each in the order of its plan's slots; None where a slot has no group.

    Parameters
    ----------
    data
        The file.
    wanted
        Plan of each definition and the positions of its messages.
    names
        Whether enumerations become names.
    """
    columns: list[list[Array | None]] = [[None] * len(plan.slots) for plan, _ in wanted]
    members: dict[GroupKey, list[tuple[int, Group]]] = {}
    for which, (plan, _) in enumerate(wanted):
        for key, group in plan.groups.items():
            members.setdefault(key, []).append((which, group))
    for key, found in members.items():
        at = np.concatenate([(wanted[which][1] + group.offsets).ravel() for which, group in found])
        lengths = [len(wanted[which][1]) * count for which, group in found for count in group.counts]
        read = _read(data, key, at, np.array(lengths), [group for _, group in found], names)
        start = column = 0
        for which, group in found:
            into = columns[which]
            for slot, count in zip(group.slots, group.counts, strict=True):
                stop = start + lengths[column]
                cut = read(column, start, stop)
                into[slot] = cut if count == 1 else cut.reshape(count, -1).T
                start = stop
                column += 1
    return columns


def _read(
    data: npt.NDArray[np.uint8],
    key: GroupKey,
    at: Positions,
    lengths: npt.NDArray[np.int64],
    groups: Sequence[Group],
    names: bool,
) -> Callable[[int, int, int], Array]:
    """Read the values at these positions; gives a function that cuts out a column by its number, start and stop."""
    form, invalid, kind = key
    width = int(form[2])
    raw = np.ndarray((len(data) - width + 1,), dtype=form, buffer=data, strides=(1,))[at]
    if form[0] == ">":
        raw = raw.astype(raw.dtype.newbyteorder("="))
    if kind == "name" and names:
        base = np.repeat(np.concatenate([group.names for group in groups]), lengths)
        words = NAMES.words[base + raw]
        return lambda column, start, stop: words[start:stop]
    if kind == "wide_name" and names:
        known = [names for group in groups for names in group.words]
        return lambda column, start, stop: named(raw[start:stop].tolist(), known[column], invalid)
    missing = np.isnan(raw) if invalid is None else raw == invalid
    if kind == "time":
        times = EPOCH + (raw.astype(np.int64) * 1000).view("timedelta64[ms]")
        times[missing] = np.datetime64("NaT", "ms")
        return lambda column, start, stop: times[start:stop]
    # Bits that are no number (a signalling NaN) become NaN; that is no mistake of ours to be warned of.
    with np.errstate(invalid="ignore"):
        values = raw.astype(np.float64)
    values[missing] = np.nan
    if kind == "degrees":
        values *= DEGREES_PER_SEMICIRCLE
    elif kind == "scaled":
        values /= np.repeat(np.concatenate([group.scale for group in groups]), lengths)
        shift = np.concatenate([group.shift for group in groups])
        if shift.any():
            values -= np.repeat(shift, lengths)
    if kind in ("degrees", "scaled") or invalid is None:
        return lambda column, start, stop: values[start:stop]
    # Integers without a gap stay integers.
    ends = np.cumsum(lengths)
    gaps = np.append(0, np.cumsum(missing))
    holes = (gaps[ends] - gaps[ends - lengths]).tolist()
    return lambda column, start, stop: (values if holes[column] else raw)[start:stop]


def named(numbers: Sequence[int], names: Mapping[int, str], invalid: int | None) -> npt.NDArray[np.object_]:
    """The names of an enumeration's values: unknown ones are their digits, the invalid one is None."""
    words = {number: names.get(number, str(number)) if number != invalid else None for number in set(numbers)}
    return np.array([words[number] for number in numbers], dtype=object)
