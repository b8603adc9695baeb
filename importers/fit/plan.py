"""How the messages of one definition become columns: worked out once a layout, used for every file that has it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.layout import Layout
from stridelab.importers.fit.profile import BASE_TYPES, BYTE, FieldSpec, field_spec

Array = npt.NDArray[Any]

Kind = Literal["number", "scaled", "degrees", "time", "name", "wide_name"]

GroupKey = tuple[str, int | None, Kind]
"""Values that are read alike: numpy format with byte order, the invalid value (None: NaN), and what they become."""

DEGREES_PER_SEMICIRCLE: Final = 180 / 2**31


@dataclass(frozen=True, slots=True)
class Slot:
    """One column that a definition gives: which bytes of its messages, and what they mean.

    ``count`` values lie side by side in each message. ``group`` is None where they cannot be read together with others:
    strings, byte arrays, 64 bits, and sizes that do not fit their type.
    """

    number: int
    spec: FieldSpec
    offset: int
    size: int
    base: int
    count: int
    group: GroupKey | None
    packed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The slots of a definition that are read alike.

    Parameters
    ----------
    slots, counts
        Their places among all slots, and how many values each has in a message.
    offsets
        Byte offset of each value in a message, shape ``(sum of counts, 1)``.
    scale, shift, names, words
        Of each slot: scale and offset of its values; where the names of its values begin, or the names themselves.
    kept
        Whether the raw values of each slot are needed too, because others are made of them.
    """

    slots: tuple[int, ...]
    counts: tuple[int, ...]
    offsets: npt.NDArray[np.int64]
    scale: npt.NDArray[np.float64]
    shift: npt.NDArray[np.float64]
    names: npt.NDArray[np.int64]
    words: tuple[Mapping[int, str], ...]
    kept: tuple[bool, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Meanings:
    """The sub-fields of one slot.

    Parameters
    ----------
    place
        Its place among all slots.
    specs
        What each sub-field means.
    alike
        Whether it differs from the field in its name only, so that the values are the same.
    selected
        Which of them a reference selects, by the number of its field and its value.
    """

    place: int
    specs: tuple[FieldSpec, ...]
    alike: tuple[bool, ...]
    selected: dict[tuple[int, int], tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Every column of a definition, and the groups they are read in.

    Parameters
    ----------
    slots
        In the order of the definition; a field that stands for another whole field too gives two.
    groups
        Slots that are read together, by what they have in common.
    columns
        Place of a slot by its column name, where no name and no field comes twice; else None.
    units
        Unit of each column that has one.
    meanings
        The slots that have sub-fields.
    packing
        Places of the slots that pack other fields into some of their bits.
    references
        Numbers of the fields that select sub-fields.
    """

    slots: tuple[Slot, ...]
    groups: dict[GroupKey, Group]
    columns: dict[str, int] | None
    units: dict[str, str]
    meanings: tuple[Meanings, ...]
    packing: tuple[int, ...]
    references: frozenset[int]


@lru_cache(maxsize=4096)
def native_slots(layout: Layout) -> tuple[Slot, ...]:
    """The slots of a layout's own fields."""
    slots: list[Slot] = []
    offset = 1
    for number, size, base in layout.fields:
        if size:
            spec = field_spec(layout.number, number)
            slot = slot_of(number, spec, offset, size, base, layout.byte_order)
            slots.append(slot)
            if alias := whole_component(slot):
                slots.append(slot_of(number, alias, offset, size, base, layout.byte_order, packed=True))
        offset += size
    return tuple(slots)


@lru_cache(maxsize=4096)
def native_plan(layout: Layout) -> Plan:
    """The plan of a layout without its developer fields."""
    return plan_of(native_slots(layout))


@lru_cache(maxsize=4096)
def developer_plan(layout: Layout, developer: tuple[tuple[str, str, float, float, int, int], ...]) -> Plan:
    """The plan of a layout with developer fields: name, unit, scale, offset, size and base type of each."""
    slots = list(native_slots(layout))
    offset = 1 + sum(size for _, size, _ in layout.fields)
    for name, unit, scale, shift, size, base in developer:
        if size:
            # A developer field has no number among the native ones.
            spec = FieldSpec(name, unit, scale=scale, offset=shift)
            slots.append(slot_of(-1, spec, offset, size, base, layout.byte_order))
        offset += size
    return plan_of(tuple(slots))


def plan_of(slots: tuple[Slot, ...]) -> Plan:
    """The plan of these slots."""
    together: dict[GroupKey, list[int]] = {}
    for place, slot in enumerate(slots):
        if slot.group is not None:
            together.setdefault(slot.group, []).append(place)
    names = [slot.spec.name for slot in slots]
    simple = len(set(names)) == len(names)
    sub_fields = [
        place
        for place, slot in enumerate(slots)
        if slot.spec.sub_fields and not (slot.packed and names.count(slot.spec.name) > 1)
    ]
    packing = tuple(
        place
        for place, slot in enumerate(slots)
        if slot.spec.components and not slot.packed and not whole_component(slot)
    )
    references = frozenset(number for slot in slots for sub in slot.spec.sub_fields for number, _ in sub.when)
    kept = {*sub_fields, *packing, *(place for place, slot in enumerate(slots) if slot.number in references)}
    return Plan(
        slots,
        {key: _group(key, [slots[i] for i in places], places, kept) for key, places in together.items()},
        {name: place for place, name in enumerate(names)} if simple else None,
        {slot.spec.name: unit_of(slot.spec) for slot in slots if unit_of(slot.spec)},
        tuple(_meanings(place, slots[place].spec) for place in sub_fields),
        packing,
        references,
    )


def _meanings(place: int, spec: FieldSpec) -> Meanings:
    selected: dict[tuple[int, int], list[int]] = {}
    for which, sub in enumerate(spec.sub_fields):
        for reference in sub.when:
            selected.setdefault(reference, []).append(which)
    return Meanings(
        place,
        tuple(sub.field for sub in spec.sub_fields),
        tuple(_form(sub.field) == _form(spec) and not sub.field.names for sub in spec.sub_fields),
        {reference: tuple(found) for reference, found in selected.items()},
    )


def _form(spec: FieldSpec) -> tuple[str, float, float, bool, bool]:
    return spec.kind, spec.scale, spec.offset, spec.unit == "semicircles", bool(spec.names)


def slot_of(
    number: int, spec: FieldSpec, offset: int, size: int, base: int, byte_order: str, *, packed: bool = False
) -> Slot:
    """The slot of a field at a byte offset of its message."""
    code, _ = BASE_TYPES.get(base, ("S", None))
    count = 1 if code == "S" else max(size // int(code[1]), 1)
    return Slot(number, spec, offset, size, base, count, _group_key(spec, size, base, byte_order), packed)


def whole_component(slot: Slot) -> FieldSpec | None:
    """The field that this one stands for as a whole, such as ``enhanced_speed`` for ``speed``; or None."""
    if len(slot.spec.components) != 1:
        return None
    component = slot.spec.components[0]
    code, _ = BASE_TYPES.get(slot.base, ("S", None))
    whole = component.bits == 8 * slot.size and component.bit_offset == 0 and not component.accumulate
    return component.field if whole and code[0] == "u" and int(code[1]) == slot.size else None


def unit_of(spec: FieldSpec) -> str:
    """Unit of the physical values."""
    return "deg" if spec.unit == "semicircles" else spec.unit


def has_names(spec: FieldSpec) -> bool:
    """Whether the values of a field have names."""
    return spec.kind == "enum" and spec.names is not None


def _group_key(spec: FieldSpec, size: int, base: int, byte_order: str) -> GroupKey | None:
    code, invalid = BASE_TYPES.get(base, ("S", None))
    if code == "S" or code[1] == "8" or size % int(code[1]) or (base == BYTE and size > 1):
        return None
    if spec.names and spec.kind == "number":
        return None
    form = f"{byte_order}{code}"
    if code[0] == "f":
        return form, None, "number" if spec.scale == 1 and spec.offset == 0 else "scaled"
    if has_names(spec):
        return form, invalid, "name" if code == "u1" else "wide_name"
    if spec.kind in ("time", "local_time"):
        return (form, invalid, "time") if code == "u4" else None
    if spec.unit == "semicircles":
        return form, invalid, "degrees"
    return form, invalid, "number" if spec.scale == 1 and spec.offset == 0 else "scaled"


def _group(key: GroupKey, slots: Iterable[Slot], places: list[int], kept: Collection[int]) -> Group:
    slots = list(slots)
    width, named = int(key[0][2]), key[2] == "name"
    return Group(
        tuple(places),
        tuple(slot.count for slot in slots),
        np.array([[slot.offset + width * i] for slot in slots for i in range(slot.count)], dtype=np.int64),
        np.array([slot.spec.scale for slot in slots]),
        np.array([slot.spec.offset for slot in slots]),
        np.array([NAMES.place(slot.spec, key[1]) if named else 0 for slot in slots], dtype=np.int64),
        tuple(slot.spec.names or {} for slot in slots),
        tuple(place in kept for place in places),
    )


class NameTable:
    """The names of all one-byte enumerations met so far, 256 entries each, in one array for one look-up."""

    def __init__(self) -> None:
        self._places: dict[tuple[int, int | None], int] = {}
        self._kept: list[Any] = []
        self.words: npt.NDArray[np.object_] = np.empty(0, dtype=object)

    def place(self, spec: FieldSpec, invalid: int | None) -> int:
        """Where the names of a field begin; its unknown values are their digits, the invalid one is None."""
        names = spec.names or {}
        key = (id(names), invalid)
        if key not in self._places:
            own = np.array([None if n == invalid else names.get(n, str(n)) for n in range(256)], dtype=object)
            self._places[key] = len(self.words)
            self._kept.append(names)
            self.words = np.append(self.words, own)
        return self._places[key]


NAMES: Final = NameTable()

__all__ = [
    "NAMES",
    "Group",
    "GroupKey",
    "Meanings",
    "Plan",
    "Slot",
    "developer_plan",
    "has_names",
    "native_plan",
    "native_slots",
    "plan_of",
    "slot_of",
    "unit_of",
    "whole_component",
]
