"""Developer fields: what applications on the watch add, and how they describe it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
        for row in range(len(table) if table else 0):
            index = _whole(table, "developer_data_index", row)
            number = _whole(table, "field_definition_number", row)
            if table is None or index is None or number is None:
                continue
            at = int(table.offsets[row])
            application, identity = _in_force(applications.get(index, ()), at) or ("unknown", None)
            origin = {
                "application": application,
                "application_id": identity,
                "developer_data_index": index,
                "field_definition_number": number,
                "native_field": _whole(table, "native_field_num", row),
            }
            spec = FieldSpec(
                PREFIX + (_text(table, "field_name", row) or f"unknown_{index}_{number}"),
                _text(table, "units", row),
                scale=float(_whole(table, "scale", row) or 1),
                offset=float(_whole(table, "offset", row) or 0),
            )
            base = _whole(table, "fit_base_type_id", row)
            described_as = Described(spec.name, spec, base if base in BASE_TYPES else None, origin)
            self._fields.setdefault((index, number), []).append((at, described_as))

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
        name = found.column if found.column not in taken else f"{found.column} ({index})"
        return replace(found.spec, name=name), found.origin

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
    for row in range(len(table) if table else 0):
        index = _whole(table, "developer_data_index", row)
        identity = _cell(table, "application_id", row)
        text = None
        if identity is not None and np.ndim(identity) == 1 and np.isfinite(np.asarray(identity, dtype=float)).all():
            text = bytes(np.asarray(identity, dtype=np.uint8)).hex()
        if table is not None and index is not None:
            known = (APPLICATIONS.get(text or "", "unknown"), text)
            found.setdefault(index, []).append((int(table.offsets[row]), known))
    return found


def _cell(table: Table | None, column: str, row: int) -> Any:
    return None if table is None or column not in table.columns else table.columns[column][row]


def _text(table: Table | None, column: str, row: int) -> str:
    value = _cell(table, column, row)
    return value if isinstance(value, str) else ""


def _whole(table: Table | None, column: str, row: int) -> int | None:
    value = _cell(table, column, row)
    number = isinstance(value, int | float | np.number)
    return int(value) if number and np.isfinite(value) else None
