"""Developer fields: what applications on the watch add, and how they describe it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from stridelab.importers.fit.profile import BASE_TYPES, BYTE, FieldSpec

if TYPE_CHECKING:
    from stridelab.importers.fit.table import Table

PREFIX: Final = "developer:"

APPLICATIONS: Final[Mapping[str, str]] = MappingProxyType({"18fb2cf01a4b430dad66988c847421f4": "stryd"})
"""Applications by the identity they write into the file."""

Known = TypeVar("Known")

_UNSIGNED_BY_SIZE: Final = {1: 0x02, 2: 0x84, 4: 0x86, 8: 0x8F}


@dataclass(frozen=True, slots=True)
class Described:
    """One developer field: its column, how to decode it, and where it comes from."""

    column: str
    spec: FieldSpec
    base: int | None
    origin: dict[str, Any] = field(default_factory=dict)


class DeveloperFields:
    """Descriptions of all developer fields of a file, by developer data index and field number.

    A field whose description is missing is read as a number by its size and named ``unknown_<index>_<number>``; one
    that is described after its first use is found all the same, because the whole file is known before any is decoded.
    """

    def __init__(self, described: Sequence[tuple[str, Table]]) -> None:
        tables = dict(described)
        applications = _applications(tables.get("developer_data_id"))
        self._fields: dict[tuple[int, int], list[tuple[int, Described]]] = {}
        table = tables.get("field_description")
        columns = ("developer_data_index", "field_definition_number", "native_field_num", "fit_base_type_id")
        numbers = zip(*(_wholes(table, column) for column in columns), strict=True)
        scales = zip(_wholes(table, "scale"), _wholes(table, "offset"), strict=True)
        words = zip(_texts(table, "field_name"), _texts(table, "units"), strict=True)
        offsets = [] if table is None else table.offsets.tolist()
        for at, whole, (scale, shift), (name, unit) in zip(offsets, numbers, scales, words, strict=True):
            index, number, native, base = whole
            if index is None or number is None:
                continue
            application, identity = _in_force(applications.get(index, ()), at) or ("unknown", None)
            origin = {
                "application": application,
                "application_id": identity,
                "developer_data_index": index,
                "field_definition_number": number,
                "native_field": native,
            }
            column = PREFIX + (name or f"unknown_{index}_{number}")
            spec = FieldSpec(column, unit, scale=float(scale or 1), offset=float(shift or 0))
            known = Described(column, spec, base if base in BASE_TYPES else None, origin)
            self._fields.setdefault((index, number), []).append((at, known))

    def describe(self, index: int, number: int, at: int) -> Described:
        """What is known of a field of a message at this offset: by the last description before it, else the first."""
        found = _in_force(self._fields.get((index, number), ()), at)
        if found is not None:
            return found
        name = f"{PREFIX}unknown_{index}_{number}"
        return Described(name, FieldSpec(name), None, {"application": "unknown", "described": False})

    def column(self, index: int, number: int, at: int, taken: Collection[str]) -> tuple[FieldSpec, dict[str, Any]]:
        """How to decode a field and where it comes from, under a column name that is not taken yet."""
        found = self.describe(index, number, at)
        if found.column not in taken:
            return found.spec, found.origin
        return replace(found.spec, name=f"{found.column} ({index})"), found.origin

    def base_type(self, index: int, number: int, at: int, size: int) -> int:
        """Base type of a field; by its size where it is not described."""
        base = self.describe(index, number, at).base
        return base if base is not None else _UNSIGNED_BY_SIZE.get(size, BYTE)


def _in_force(described: Sequence[tuple[int, Known]], at: int) -> Known | None:
    """Of descriptions by offset: the last before ``at``, else the first; None where there is none."""
    before = [known for offset, known in described if offset < at]
    return before[-1] if before else next((known for _, known in described), None)


def _applications(table: Table | None) -> dict[int, list[tuple[int, tuple[str, str | None]]]]:
    """Name and identity of the applications behind each developer data index, with the offset of their message."""
    found: dict[int, list[tuple[int, tuple[str, str | None]]]] = {}
    for row, index in enumerate(_wholes(table, "developer_data_index")):
        if table is None or index is None:
            continue
        identity = table.columns["application_id"][row] if "application_id" in table.columns else None
        text = None
        if identity is not None and np.ndim(identity) == 1 and np.isfinite(np.asarray(identity, dtype=float)).all():
            text = bytes(np.asarray(identity, dtype=np.uint8)).hex()
        known = (APPLICATIONS.get(text or "", "unknown"), text)
        found.setdefault(index, []).append((int(table.offsets[row]), known))
    return found


def _column(table: Table | None, name: str) -> list[Any]:
    if table is None:
        return []
    return table.columns[name].tolist() if name in table.columns else [None] * len(table)


def _texts(table: Table | None, name: str) -> list[str]:
    return [value if isinstance(value, str) else "" for value in _column(table, name)]


def _wholes(table: Table | None, name: str) -> list[int | None]:
    values = _column(table, name)
    return [int(value) if isinstance(value, int | float) and isfinite(value) else None for value in values]
