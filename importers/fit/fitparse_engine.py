"""The reference engine: FIT messages as fitparse reads them, mapped to activities by the same code as our own.

fitparse is an independent implementation with the profile of 2019, two to three orders of magnitude slower. It stops at
the first damage; what it read before is kept. It is here to check the default engine against, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import fitparse
import numpy as np
from fitparse import records as fitparse_records

from stridelab.activity import ReadResult, Source
from stridelab.checksum import crc16
from stridelab.errors import ReadError
from stridelab.importers.fit import result_of
from stridelab.importers.fit.developer import APPLICATIONS, PREFIX
from stridelab.importers.fit.plan import DEGREES_PER_SEMICIRCLE
from stridelab.importers.fit.reference import ReferenceMessages, TableOfRows
from stridelab.importers.fit.values import EPOCH
from stridelab.importers.fit.wire import CRC_SIZE, is_fit
from stridelab.importers.formats import looks_like
from stridelab.issues import Issue, IssueCode

# Types whose named values are masks of a bit field; the numbers say more (as in our own reader).
_MASKS: Final = frozenset({"message_index", "left_right_balance", "left_right_balance_100"})


def read(data: bytes, source: Source) -> ReadResult:
    """The activities of a FIT file as fitparse reads it.

    Raises
    ------
    ReadError
        If the bytes are no FIT file at all.
    """
    return result_of(decode(data, name=source.name), source)


def decode(data: bytes, *, name: str = "the file") -> ReferenceMessages:
    """Every message that fitparse finds, up to the first damage.

    Raises
    ------
    ReadError
        If the bytes are no FIT file at all.
    """
    if not is_fit(data):
        raise ReadError(f"{looks_like(data)}, not a FIT file", expected="'.FIT' at byte 8", where=name)
    starts, issues = _parts(data)
    messages: list[tuple[int, Any]] = []
    # fitparse keeps developer fields in a global; those of the file before must not describe this one's.
    fitparse_records.DEV_TYPES.clear()
    file = BytesIO(data)
    try:
        with fitparse.FitFile(file, check_crc=False, data_processor=_Values()) as fit:
            for message in fit.get_messages():
                own = message.def_mesg.field_defs + message.def_mesg.dev_field_defs
                messages.append((file.tell() - 1 - sum(one.size for one in own), message))
    except Exception as error:
        # Damage makes fitparse raise its own error, but also KeyError, TypeError, struct.error and others.
        offset = len(data) if file.closed else file.tell()
        issues.append(
            Issue(IssueCode.TRUNCATED, "error", offset, f"fitparse stopped: {error or type(error).__name__}.")
        )
    collected: dict[str, TableOfRows] = {}
    for offset, message in messages:
        table = collected.setdefault(str(message.name), TableOfRows())
        table.offsets.append(offset)
        table.rows.append(_row(message, table))
    tables = {message_name: rows.table() for message_name, rows in collected.items()}
    return ReferenceMessages(tables, part_starts=starts, issues=tuple(issues))


def _parts(data: bytes) -> tuple[tuple[int, ...], list[Issue]]:
    """Where the chained files begin, and which checksums are wrong; those fitparse would check in pure Python."""
    starts: list[int] = []
    issues: list[Issue] = []
    start = 0
    while is_fit(data[start : start + 12]):
        starts.append(start)
        end = start + data[start] + int.from_bytes(data[start + 4 : start + 8], "little")
        stored = int.from_bytes(data[end : end + CRC_SIZE], "little")
        if end + CRC_SIZE <= len(data) and stored not in (0, crc16(memoryview(data)[start:end])):
            issues.append(Issue(IssueCode.BAD_CRC, "warning", end, f"The checksum {stored:#06x} does not match."))
        start = end + CRC_SIZE
    return tuple(starts), issues


def _row(message: Any, table: TableOfRows) -> dict[str, Any]:
    """One message as values by column.

    A native value wins over a packed one, the last valid one of a repeated field over those before. fitparse gives what
    is packed in a field before the field itself; what is packed several times in one field is an array.
    """
    native: dict[str, Any] = {}
    packed: dict[str, Any] = {}
    within: dict[str, list[Any]] = {}
    for own in message.fields:
        for name, unit, value in _values(own, table):
            if unit:
                table.units[name] = unit
            if own.field_def is None:
                within.setdefault(name, []).append(value)
            elif value is not None or name not in native:
                native[name] = value
        if own.field_def is not None or own is message.fields[-1]:
            packed |= {name: values[0] if len(values) == 1 else tuple(values) for name, values in within.items()}
            within = {}
    return packed | {name: value for name, value in native.items() if value is not None or name not in packed}


def _values(own: Any, table: TableOfRows) -> Iterator[tuple[str, str, Any]]:
    """Column, unit and value of a field; also of the field that it is another meaning of."""
    if own.field_type == "devfield":
        yield _developer_column(own.field, table), str(own.units or ""), _plain(own.value)
        return
    unit = "deg" if own.units == "semicircles" else str(own.units or "")
    yield str(own.name), unit, _named(own)
    if own.parent_field is not None and own.field_def is not None:
        yield str(own.parent_field.name), "", _each(_plain(own.raw_value), lambda raw: _scaled(raw, own.parent_field))


def _named(own: Any) -> Any:
    """The value of a field: enumerations by name, an unknown number as its digits."""
    names = getattr(own.type, "values", None)
    if not names or own.type.name in _MASKS:
        return _plain(own.raw_value if names else own.value)
    if isinstance(own.value, tuple):
        return tuple(None if n is None else names.get(n, str(n)) for n in own.value)
    return str(own.value) if isinstance(own.value, int) else own.value


def _scaled(raw: Any, described: Any) -> Any:
    """A raw value with the scale and offset of a field."""
    if isinstance(raw, int | float) and (described.scale or described.offset):
        return raw / (described.scale or 1) - (described.offset or 0)
    return raw


def _plain(value: Any) -> Any:
    """A value; the array of one that fitparse makes of a single byte as that byte."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _developer_column(described: Any, table: TableOfRows) -> str:
    """Column of a developer field; where two applications share a name, the later has its index behind it."""
    index, number = described.dev_data_index, described.def_num
    for name, origin in table.origin.items():
        if (origin["developer_data_index"], origin["field_definition_number"]) == (index, number):
            return name
    name = f"{PREFIX}{described.name}"
    if name in table.origin:
        name = f"{name} ({index})"
    identity = fitparse_records.DEV_TYPES[index].get("application_id")
    text = bytes(identity).hex() if isinstance(identity, tuple) else None
    table.origin[name] = {
        "application": APPLICATIONS.get(text or "", "unknown"),
        "application_id": text,
        "developer_data_index": index,
        "field_definition_number": number,
        "native_field": described.native_field_num,
    }
    return name


class _Values(fitparse.FitFileDataProcessor):  # type: ignore[misc]
    """Values as our tables have them, made where fitparse asks for it: it calls these methods by their names."""

    def process_type_date_time(self, own: Any) -> None:
        """A time as numpy's."""
        own.value = _each(own.value, _time)

    process_type_local_date_time = process_type_date_time

    def process_type_localtime_into_day(self, own: Any) -> None:
        """Seconds since midnight stay seconds."""

    def process_type_bool(self, own: Any) -> None:
        """``true`` or ``false``."""
        own.value = _each(own.value, lambda value: {0: "false", 1: "true"}.get(value, str(value)))

    def process_units_semicircles(self, own: Any) -> None:
        """A position in degrees."""
        own.value = _each(own.value, lambda value: value * DEGREES_PER_SEMICIRCLE)


def _time(value: Any) -> Any:
    return EPOCH + np.timedelta64(int(value) * 1000, "ms")


def _each(value: Any, change: Any) -> Any:
    """A changed value, or tuple of values; None stays."""
    if isinstance(value, tuple):
        return tuple(_each(one, change) for one in value)
    return None if value is None else change(value)
