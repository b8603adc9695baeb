"""Names, units and scales of FIT messages and fields, from the profile that fitdecode ships (MIT)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from fitdecode import profile as _profile

TIMESTAMP_FIELD: Final = 253

# Base types by number: numpy format without byte order, and the value that means "invalid".
# Devices write some types without their endian bit (0x80), so both spellings are known below.
_BASE_TYPES: Final[Mapping[int, tuple[str, int | None]]] = {
    0x00: ("u1", 0xFF),
    0x01: ("i1", 0x7F),
    0x02: ("u1", 0xFF),
    0x83: ("i2", 0x7FFF),
    0x84: ("u2", 0xFFFF),
    0x85: ("i4", 0x7FFFFFFF),
    0x86: ("u4", 0xFFFFFFFF),
    0x07: ("S", None),
    0x88: ("f4", None),
    0x89: ("f8", None),
    0x0A: ("u1", 0x00),
    0x8B: ("u2", 0x0000),
    0x8C: ("u4", 0x00000000),
    0x0D: ("u1", 0xFF),
    0x8E: ("i8", 0x7FFFFFFFFFFFFFFF),
    0x8F: ("u8", 0xFFFFFFFFFFFFFFFF),
    0x90: ("u8", 0x0000000000000000),
}
BASE_TYPES: Final[Mapping[int, tuple[str, int | None]]] = {
    **{number & 0x7F: known for number, known in _BASE_TYPES.items()},
    **_BASE_TYPES,
}
"""Base types by number, with their endian bit and without."""

STRING: Final = 0x07
BYTE: Final = 0x0D
UINT32: Final = 0x86


@dataclass(frozen=True, slots=True)
class Component:
    """A value packed into some bits of another field."""

    field: FieldSpec
    bits: int
    bit_offset: int
    accumulate: bool


@dataclass(frozen=True, slots=True)
class SubField:
    """Another meaning of a field, where a reference field has one of some values."""

    field: FieldSpec
    when: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What the profile says of one field.

    Parameters
    ----------
    name, unit
        As in the profile; ``unknown_<number>`` and an empty unit for a field that it does not know.
    kind
        ``number``, ``time`` (UTC), ``local_time`` or ``enum``.
    scale, offset
        Value = raw / scale − offset.
    names
        Names of an enumeration's values; of a ``number``, of the values that are no quantity.
    components, sub_fields
        See `Component` and `SubField`.
    """

    name: str
    unit: str = ""
    kind: str = "number"
    scale: float = 1.0
    offset: float = 0.0
    names: Mapping[int, str] | None = None
    components: tuple[Component, ...] = ()
    sub_fields: tuple[SubField, ...] = ()


# Types whose named values are masks of a bit field, not the values of an enumeration: their numbers say more.
_BIT_FIELDS: Final = frozenset({"message_index", "left_right_balance", "left_right_balance_100"})


@cache
def message_name(number: int) -> str:
    """Name of a global message number; ``unknown_<number>`` where the profile has none."""
    known = _profile.MESSAGE_TYPES.get(number)
    return str(known.name) if known else f"unknown_{number}"


def is_known_message(number: int) -> bool:
    """Whether the profile has this message; numbers from 0xFF00 on belong to makers and are known to nobody."""
    return number in _profile.MESSAGE_TYPES


@cache
def field_spec(message: int, number: int) -> FieldSpec:
    """What the profile says of a field of a message."""
    known = _profile.MESSAGE_TYPES.get(message)
    found = known.fields.get(number) if known else None
    if found is None:
        # The timestamp has the same number in every message.
        return FieldSpec("timestamp", "s", "time") if number == TIMESTAMP_FIELD else FieldSpec(f"unknown_{number}")
    return _spec(
        found,
        components=_components(message, found),
        sub_fields=_sub_fields(message, found),
    )


def _components(message: int, found: Any) -> tuple[Component, ...]:
    return tuple(
        Component(_component_target(message, c), c.bits, c.bit_offset, bool(c.accumulate))
        for c in found.components or ()
    )


def _sub_fields(message: int, found: Any) -> tuple[SubField, ...]:
    return tuple(
        SubField(
            _spec(sub, components=_components(message, sub)),
            tuple((ref.def_num, ref.raw_value) for ref in sub.ref_fields),
        )
        for sub in found.subfields or ()
    )


def _component_target(message: int, component: Any) -> FieldSpec:
    """The field that a component becomes, with the component's own scale; its sub-fields hold for it too."""
    target = _profile.MESSAGE_TYPES[message].fields.get(component.def_num)
    spec = _spec(target, sub_fields=_sub_fields(message, target)) if target else FieldSpec(component.name)
    return replace(
        spec,
        name=component.name,
        unit=component.units or spec.unit,
        scale=_number(component.scale, 1.0),
        offset=_number(component.offset, 0.0),
    )


def _spec(found: Any, components: tuple[Component, ...] = (), sub_fields: tuple[SubField, ...] = ()) -> FieldSpec:
    kind, names = "number", None
    type_name = str(found.type.name)
    if type_name == "date_time":
        kind = "time"
    elif type_name == "local_date_time":
        kind = "local_time"
    elif getattr(found.type, "enum", None) and type_name not in _BIT_FIELDS:
        # A scaled quantity with a few named values (a weight that is still being measured) stays a number.
        kind, names = "number" if found.scale else "enum", found.type.enum
    if type_name == "bool":
        kind, names = "enum", {0: "false", 1: "true"}
    return FieldSpec(
        found.name,
        found.units or "",
        kind,
        _number(found.scale, 1.0),
        _number(found.offset, 0.0),
        names,
        components,
        sub_fields,
    )


def _number(value: Any, default: float) -> float:
    """Scale or offset of a field; a field of several components has a tuple, which belongs to them."""
    return float(value) if isinstance(value, int | float) and value else default


@cache
def enum_names(type_name: str) -> Mapping[int, str]:
    """Names of an enumeration's values, such as ``sport`` or ``squat_exercise_name``; empty where there is none."""
    found = _profile.FIELD_TYPES.get(type_name)
    return dict(found.enum) if found is not None and found.enum else {}
