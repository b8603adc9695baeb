"""Other readers of FIT, their messages put into our tables; for the differential test and the coverage table.

Only the form of the values is changed here (names of another profile by number, degrees, booleans by name), never a
value itself: what a reader gets wrong must stay visible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any

import fitdecode
import numpy as np
from fitdecode import profile as our_profile
from garmin_fit_sdk import Decoder, Profile, Stream

from stridelab.importers.fit import fitparse_engine
from stridelab.importers.fit.compare import tables_of
from stridelab.importers.fit.developer import PREFIX
from stridelab.importers.fit.plan import DEGREES_PER_SEMICIRCLE
from stridelab.importers.fit.profile import BASE_TYPES, enum_names, field_spec, message_name
from stridelab.importers.fit.reference import TableOfRows
from stridelab.importers.fit.table import Table
from stridelab.importers.fit.values import EPOCH

FIT_EPOCH_S = 631_065_600
MASKS = {"message_index", "left_right_balance", "left_right_balance_100"}


def fitparse(data: bytes) -> dict[str, Table]:
    """As fitparse reads it: our own reference engine."""
    return tables_of(fitparse_engine.decode(data))


# ---------------------------------------------------------------- garmin-fit-sdk


def garmin_fit_sdk(data: bytes) -> dict[str, Table]:
    """As Garmin's own kit reads it; up to its first error."""
    rows: list[tuple[int, dict[Any, Any]]] = []
    decoder = Decoder(Stream.from_byte_array(bytearray(data)))
    decoder.read(merge_heart_rates=False, mesg_listener=lambda number, message: rows.append((number, message)))
    tables: dict[str, TableOfRows] = {}
    described: list[dict[Any, Any]] = []
    for number, message in rows:
        table = tables.setdefault(message_name(number), TableOfRows())
        table.offsets.append(len(table.offsets))
        if number == Profile["mesg_num"]["FIELD_DESCRIPTION"]:
            described.append(message)
        own = message.get("developer_fields", {})
        row = {name: value for name, value in (_sdk_value(number, *item) for item in message.items()) if name}
        for key, value in own.items():
            row[_developer_column(described[key], table)] = _without_invalid(value, described[key])
        table.rows.append(row)
    return {name: table.table() for name, table in tables.items()}


@cache
def _sdk_field(message: int, key: Any) -> tuple[str, dict[str, Any] | None, bool]:
    """Our column for a field of the SDK, what its profile says, and whether our profile knows the field."""
    if isinstance(key, int):
        return field_spec(message, key).name, {"type": "date_time"} if key == 253 else None, True
    fields = Profile["messages"].get(message, {"fields": {}})["fields"]
    for number, one in fields.items():
        if one["name"] == key:
            known = our_profile.MESSAGE_TYPES.get(message)
            return field_spec(message, number).name, one, bool(known and number in known.fields) or number == 253
    subs = (sub for one in fields.values() for sub in one["sub_fields"] if sub["name"] == key)
    return str(key), next(subs, None), True


def _sdk_value(message: int, key: Any, value: Any) -> tuple[str, Any]:
    if key == "developer_fields" or (message == Profile["mesg_num"]["FIELD_DESCRIPTION"] and key == "key"):
        return "", None
    name, field, known = _sdk_field(message, key)
    if field is None or value is None:
        return name, value
    return name, _each(value, lambda one: _sdk_cell(one, field, known=known))


def _sdk_cell(value: Any, field: dict[str, Any], *, known: bool) -> Any:
    names = Profile["types"].get(field["type"])
    if not known:
        # A field of a newer profile: back to the number in the file.
        if isinstance(value, str) and names:
            return next(number for number, name in names.items() if name == value)
        if isinstance(value, datetime):
            return int(value.timestamp()) - FIT_EPOCH_S
        scaled = isinstance(value, int | float) and (field["scale"] != [1] or field["offset"] != [0])
        return round((value + field["offset"][0]) * field["scale"][0]) if scaled else value
    if field["type"] == "date_time":
        return EPOCH + np.timedelta64(value * 1000, "ms") if isinstance(value, int) else value
    if names and isinstance(value, str) and (ours := enum_names(field["type"])) and value not in ours.values():
        # A name that only a newer profile has.
        number = next(number for number, name in names.items() if name == value)
        return ours.get(number, str(number))
    if field["type"] in MASKS and isinstance(value, str):
        return next(number for number, name in (names or {}).items() if name == value)
    if field["type"] == "local_date_time":
        return EPOCH + np.timedelta64(value * 1000, "ms")
    if field["type"] == "bool":
        return {0: "false", 1: "true"}.get(value, str(value))
    if names and isinstance(value, int) and field["type"] not in MASKS:
        return names.get(value, str(value))
    return value * DEGREES_PER_SEMICIRCLE if field["units"] == "semicircles" else value


def _developer_column(description: dict[Any, Any], table: TableOfRows) -> str:
    index, number = description["developer_data_index"], description["field_definition_number"]
    for name, origin in table.origin.items():
        if (origin["index"], origin["number"]) == (index, number):
            return name
    own = description.get("field_name") or f"unknown_{index}_{number}"
    name = f"{PREFIX}{own if isinstance(own, str) else own[0]}"
    name = f"{name} ({index})" if name in table.origin else name
    table.origin[name] = {"index": index, "number": number}
    return name


def _without_invalid(value: Any, description: dict[Any, Any]) -> Any:
    """The SDK gives the invalid value of a developer field as it stands."""
    base = description["fit_base_type_id"]
    base = next((n for n, name in Profile["types"]["fit_base_type"].items() if name == base), base)
    invalid = BASE_TYPES[base][1]
    return _each(value, lambda one: None if one == invalid or one != one else one)


# ---------------------------------------------------------------- fitdecode


def fitdecode_(data: bytes) -> dict[str, Table]:
    """As fitdecode reads it; up to its first error."""
    frames: list[Any] = []
    options = {
        "check_crc": fitdecode.CrcCheck.DISABLED,
        "error_handling": fitdecode.ErrorHandling.IGNORE,
        "processor": _Times(),
    }
    # Damage makes it raise its own errors and many others; what came before is compared.
    with suppress(Exception), fitdecode.FitReader(data, **options) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                frames.append(frame)
    tables: dict[str, TableOfRows] = {}
    for frame in frames:
        table = tables.setdefault(str(frame.name), TableOfRows())
        table.offsets.append(len(table.offsets))
        table.rows.append(_fitdecode_row(frame, table))
    return {name: table.table() for name, table in tables.items()}


def _fitdecode_row(frame: Any, table: TableOfRows) -> dict[str, Any]:
    """As in our reference engine: native before packed, the last valid of a repeated field, arrays of packed ones."""
    native: dict[str, Any] = {}
    packed: dict[str, Any] = {}
    within: dict[str, list[Any]] = {}
    for own in frame.fields:
        for name, value in _fitdecode_values(own, table):
            if own.field_def is None:
                within.setdefault(name, []).append(value)
            elif value is not None or name not in native:
                native[name] = value
        if own.field_def is not None or own is frame.fields[-1]:
            packed |= {name: values[0] if len(values) == 1 else values for name, values in within.items()}
            within = {}
    return packed | {name: value for name, value in native.items() if value is not None or name not in packed}


def _fitdecode_values(own: Any, table: TableOfRows) -> Iterator[tuple[str, Any]]:
    if own.field is not None and own.field.field_type == "devfield":
        description = {
            "developer_data_index": own.field.dev_data_index,
            "field_definition_number": own.field.def_num,
            "field_name": own.field.name,
        }
        yield _developer_column(description, table), _single(own.value)
        return
    kind = own.type.name
    names = getattr(own.type, "enum", None)
    if kind in MASKS:
        yield own.name, _single(own.raw_value)
    elif kind == "bool":
        yield own.name, _each(_single(own.raw_value), lambda one: {0: "false", 1: "true"}.get(one, str(one)))
    elif names:
        yield own.name, _each(_single(own.value), lambda one: names.get(one, str(one)) if isinstance(one, int) else one)
    elif own.units == "semicircles":
        yield own.name, _each(_single(own.value), lambda one: one * DEGREES_PER_SEMICIRCLE)
    else:
        yield own.name, _single(own.value)
    if own.parent_field is not None and own.field_def is not None:
        yield (
            str(own.parent_field.name),
            _each(_single(own.raw_value), lambda raw: _parent_value(raw, own.parent_field)),
        )


def _parent_value(raw: int, described: Any) -> Any:
    """The value of a field that fitdecode gives under another of its meanings only."""
    if described.type.name == "date_time":
        return EPOCH + np.timedelta64(raw * 1000, "ms")
    return raw / described.scale - (described.offset or 0) if described.scale else raw


class _Times(fitdecode.DefaultDataProcessor):  # type: ignore[misc]
    """Times as numpy's, also those before 1998, which fitdecode leaves as seconds; seconds of a day stay seconds."""

    def process_type_date_time(self, reader: Any, own: Any) -> None:
        own.value = _each(
            own.value, lambda one: EPOCH + np.timedelta64(one * 1000, "ms") if isinstance(one, int) else one
        )

    process_type_local_date_time = process_type_date_time

    def process_type_localtime_into_day(self, reader: Any, own: Any) -> None:
        pass

    def process_message_hr(self, reader: Any, message: Any) -> None:
        pass


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, list | tuple):
        return [_each(one, change) for one in value]
    return None if value is None else change(value)


PEERS: dict[str, Callable[[bytes], dict[str, Table]]] = {
    "garmin-fit-sdk": garmin_fit_sdk,
    "fitdecode": fitdecode_,
    "fitparse": fitparse,
}

__all__ = ["PEERS"]
