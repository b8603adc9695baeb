"""How the messages of one definition become columns: worked out once a layout, used for every file that has it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.layout import Layout
from stridelab.importers.fit.profile import BASE_TYPES, BYTE, STRING, FieldSpec, field_spec

Kind = Literal["number", "scaled", "degrees", "time", "name", "wide_name"]

Form = tuple[str, int | None, Kind]
"""How values are read: numpy format with byte order, the invalid value (None: NaN), and what they become."""

DEGREES_PER_SEMICIRCLE: Final = 180 / 2**31


@dataclass(frozen=True, slots=True)
class Slot:
    """One column that a definition gives: which bytes of its messages, and what they mean.

    ``count`` values lie side by side in each message. ``form`` is None where they are no numbers of up to 32 bits:
    strings, byte arrays, 64 bits, and sizes that do not fit their type.
    """

    number: int
    spec: FieldSpec
    offset: int
    size: int
    base: int
    count: int
    form: Form | None
    packed: bool = False


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
    """Every column of a definition.

    Parameters
    ----------
    slots
        In the order of the definition; a field that stands for another whole field too gives two.
    message, first
        How to unpack one message, and where the values of each slot begin among those that it gives; None where they
        are not to be had that way.
    kept
        Places of the slots whose raw values are needed too, because others are made of them.
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
    message: struct.Struct
    first: tuple[int | None, ...]
    kept: frozenset[int]
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
    referred = (place for place, slot in enumerate(slots) if slot.number in references)
    return Plan(
        slots,
        *_unpacking(slots),
        frozenset((*sub_fields, *packing, *referred)),
        {name: place for place, name in enumerate(names)} if simple else None,
        {slot.spec.name: unit_of(slot.spec) for slot in slots if unit_of(slot.spec)},
        tuple(_meanings(place, slots[place].spec) for place in sub_fields),
        packing,
        references,
    )


_UNPACKED: Final = {"u1": "B", "i1": "b", "u2": "H", "i2": "h", "u4": "I", "i4": "i", "f4": "f"}


def _unpacking(slots: Sequence[Slot]) -> tuple[struct.Struct, tuple[int | None, ...]]:
    """How to unpack one message, and where the values of each slot begin among those that it gives."""
    order, codes, offset, given = "<", [], 0, 0
    first: list[int | None] = []
    begins: dict[int, int] = {}
    for slot in slots:
        if slot.form is None and slot.base != STRING:
            first.append(None)
            continue
        if slot.offset not in begins:
            begins[slot.offset] = given
            codes.append(f"{slot.offset - offset}x")
            if slot.form is None:
                codes.append(f"{slot.size}s")
            else:
                order = slot.form[0][0] if slot.form[0][0] in "<>" else order
                codes.append(f"{slot.count}{_UNPACKED[slot.form[0][1:]]}")
            offset = slot.offset + slot.size
            given += 1 if slot.form is None else slot.count
        first.append(begins[slot.offset])
    return struct.Struct(order + "".join(codes)), tuple(first)


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
    return Slot(number, spec, offset, size, base, count, _form_of(spec, size, base, byte_order), packed)


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


def _form_of(spec: FieldSpec, size: int, base: int, byte_order: str) -> Form | None:
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


class _Words:
    """The names of all one-byte enumerations met so far, each as an array of 256."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int | None], tuple[Any, npt.NDArray[np.object_]]] = {}

    def __call__(self, spec: FieldSpec, invalid: int | None) -> npt.NDArray[np.object_]:
        """The names of a field's values; unknown values are their digits, the invalid one is None."""
        names = spec.names or {}
        key = (id(names), invalid)
        if key not in self._known:
            own = np.array([None if n == invalid else names.get(n, str(n)) for n in range(256)], dtype=object)
            # The names are kept with them, so that their identity is not given to others.
            self._known[key] = names, own
        return self._known[key][1]


words_of: Final = _Words()

__all__ = [
    "Form",
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
    "words_of",
]
