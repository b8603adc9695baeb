"""How the messages of one definition become columns: worked out once a layout, used for every file that has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.layout import Layout
from stridelab.importers.fit.profile import BASE_TYPES, BYTE, FieldSpec, field_spec

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

    @property
    def invalid(self) -> int | None:
        """The value that means "none"."""
        return None if self.form is None else self.form[1]


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
class Numbers:
    """The slots of a definition whose values lie in up to 32 bits each, for reading those of many definitions at once.

    Parameters
    ----------
    byte_order
        ``<`` or ``>``.
    integers, quantities, times, others
        Places of these slots among all, in the order in which their values follow each other: those with whole numbers,
        and the numpy format of each; with scaled ones; with times; and the rest, names and arrays.
    formats
        By place: which of them it is in that order, and the numpy format of its raw values.
    widths
        How many values each slot has in a message, in that order, shape ``(n_columns,)``.
    whole
        Of each value of a message: its offset, how many of 32 bits it leaves unused, its sign bit (0: unsigned), its
        invalid value, and whether it is a float.
        Shape ``(5, n_values)``.
    scaling
        Of each value: factor, divisor and what to take off. Shape ``(3, n_values)``.
    """

    byte_order: str
    integers: tuple[tuple[int, str], ...]
    quantities: tuple[int, ...]
    times: tuple[int, ...]
    others: tuple[int, ...]
    formats: dict[int, tuple[int, str]]
    widths: npt.NDArray[np.int64]
    whole: npt.NDArray[np.int64]
    scaling: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Every column of a definition.

    Parameters
    ----------
    slots
        In the order of the definition; a field that stands for another whole field too gives two.
    numbers
        Those of the slots that hold numbers of up to 32 bits.
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
    numbers: Numbers
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
        _numbers(slots),
        frozenset((*sub_fields, *packing, *referred)),
        {name: place for place, name in enumerate(names)} if simple else None,
        {slot.spec.name: unit_of(slot.spec) for slot in slots if unit_of(slot.spec)},
        tuple(_meanings(place, slots[place].spec) for place in sub_fields),
        packing,
        references,
    )


NO_VALUE: Final = 1 << 40
"""Stands for the invalid value of a type that has none."""


def _numbers(slots: Sequence[Slot]) -> Numbers:
    """The slots that hold numbers of up to 32 bits."""
    integers: list[tuple[int, str]] = []
    quantities: list[int] = []
    times: list[int] = []
    others: list[int] = []
    for place, slot in enumerate(slots):
        if slot.form is None:
            continue
        stated, _, kind = slot.form
        code = stated[1:]
        if slot.count > 1 or kind in ("name", "wide_name"):
            others.append(place)
        elif kind == "time":
            times.append(place)
        elif kind == "number" and code[0] != "f":
            integers.append((place, code))
        else:
            quantities.append(place)
    order = [place for place, _ in integers] + quantities + times + others
    forms = [slots[place].form for place in order]
    values = [(slots[place], i) for place in order for i in range(slots[place].count)]
    return Numbers(
        next((form[0][0] for form in forms if form), "<"),
        tuple(integers),
        tuple(quantities),
        tuple(times),
        tuple(others),
        {place: (i, form[0][1:]) for i, (place, form) in enumerate(zip(order, forms, strict=True)) if form},
        np.array([slots[place].count for place in order], dtype=np.int64),
        np.array([_whole(slot, i) for slot, i in values], dtype=np.int64).reshape(-1, 5).T.copy(),
        np.array([_scaling(slot) for slot, _ in values], dtype=np.float64).reshape(-1, 3).T.copy(),
    )


def _whole(slot: Slot, which: int) -> tuple[int, int, int, int, bool]:
    """A row of `Numbers.whole`."""
    assert slot.form is not None
    stated, invalid, _ = slot.form
    code, width = stated[1], int(stated[2:])
    sign = 1 << 8 * width - 1 if code == "i" else 0
    at = slot.offset + which * width
    return at, 32 - 8 * width, sign, NO_VALUE if invalid is None else invalid, code == "f"


def _scaling(slot: Slot) -> tuple[float, float, float]:
    """A row of `Numbers.scaling`."""
    assert slot.form is not None
    kind = slot.form[2]
    factor = DEGREES_PER_SEMICIRCLE if kind == "degrees" else 1.0
    return (factor, slot.spec.scale, slot.spec.offset) if kind == "scaled" else (factor, 1.0, 0.0)


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
    "Numbers",
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
