"""What a recording device says of itself, its sensors, the planned workout, and the values it estimates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit import tables
from stridelab.importers.fit.decode import FitMessages, Table

Rows = npt.NDArray[np.intp]

PREFIX: Final = "device:"
"""Of the keys in `Activity.summary` for values that the device estimated and FIT has no session field for."""

_SENSOR_FIELDS: Final = (
    "manufacturer",
    "product",
    "serial_number",
    "software_version",
    "hardware_version",
    "battery_status",
    "battery_voltage",
    "battery_level",
    "source_type",
)
_DEVICE_TYPES: Final = ("antplus_device_type", "ble_device_type", "local_device_type", "device_type")

# Raw values that their sub-fields say better, such as `duration_time` for `duration_value`.
_RAW_STEP_FIELDS: Final = {
    "duration_value": "duration_",
    "target_value": "target_",
    "custom_target_value_low": "custom_target_",
    "custom_target_value_high": "custom_target_",
}

# Message 140 is not in the public profile. In single-session files of Garmin devices its field 4 is ten times the
# session's aerobic training effect and field 20 ten times the anaerobic one, so the message is what it is taken for;
# field 7 is then the device's maximal MET in 1/65536, and field 9 the recovery time in minutes.
_PHYSIOLOGY: Final = "unknown_140"
_METS_TO_VO2: Final = 3.5
"""One MET is 3.5 mL of oxygen a kilogram and minute, by definition."""

_PLAUSIBLE_VO2MAX: Final = (15.0, 100.0)
_MAX_RECOVERY_MIN: Final = 14 * 24 * 60


def device(messages: FitMessages) -> dict[str, Any]:
    """Maker, product, serial number, software, battery and sensors of the recording device.

    ``software_version`` is FIT's number: hundredths, 1920 is 19.20. ``sensors`` lists what was connected, each sensor
    once, under FIT's names; ``kind`` is what it measures.
    """
    found = {
        "manufacturer": tables.first(messages, "file_id", "manufacturer"),
        "product": product(messages),
        "serial_number": tables.first(messages, "file_id", "serial_number"),
        "software_version": tables.first(messages, "file_creator", "software_version"),
    }
    own, sensors = _devices(messages)
    version = own.get("software_version")
    if found["software_version"] is None and isinstance(version, int | float):
        found["software_version"] = round(100 * version)
    found |= {name: own.get(name) for name in ("hardware_version", "battery_status", "battery_voltage")}
    found["sensors"] = sensors or None
    return {name: value for name, value in found.items() if value is not None}


def product(messages: FitMessages) -> Any:
    """Product of the file's creator: Garmin's name for it, else the name it gives itself, else its number."""
    for field in ("garmin_product", "product_name", "product"):
        value = tables.first(messages, "file_id", field)
        if value is not None and value != "":
            return value
    return None


def workout(messages: FitMessages) -> dict[str, Any] | None:
    """The planned workout that was followed: its name and steps under FIT's names; None where there was none.

    The laps of the recording say by ``workout_step`` which step they belong to.
    """
    found = {
        "name": tables.first(messages, "workout", "wkt_name"),
        "steps": [_step(messages, i) for i in range(messages.count("workout_step"))],
    }
    return {name: value for name, value in found.items() if value} or None


def estimates(messages: FitMessages, rows: Rows, session: Mapping[str, Any]) -> dict[str, float]:
    """Maximal oxygen uptake and recovery time as the device estimates them; neither is measured.

    Parameters
    ----------
    messages
        The file.
    rows
        Rows of Garmin's message 140 that belong to the activity; the last one counts.
    session
        The session's values; Suunto writes its estimates as developer fields there.

    Returns
    -------
    dict
        ``device:vo2max_mlkgmin`` and ``device:recovery_time_s``, where plausible.
    """
    vo2max, recovery_s = session.get("developer:estimated_vo2_max"), session.get("developer:recovery_time")
    if len(rows) and tables.first(messages, "file_id", "manufacturer") == "garmin":
        table = messages.table(_PHYSIOLOGY)
        mets, minutes = _last(table, "unknown_7", rows), _last(table, "unknown_9", rows)
        vo2max = None if mets is None else _METS_TO_VO2 * mets / 65536
        recovery_s = None if minutes is None or not 0 < minutes <= _MAX_RECOVERY_MIN else 60.0 * minutes
    found: dict[str, float] = {}
    if isinstance(vo2max, int | float) and _PLAUSIBLE_VO2MAX[0] <= vo2max <= _PLAUSIBLE_VO2MAX[1]:
        found[f"{PREFIX}vo2max_mlkgmin"] = round(float(vo2max), 2)
    if isinstance(recovery_s, int | float) and recovery_s > 0:
        found[f"{PREFIX}recovery_time_s"] = float(recovery_s)
    return found


def _devices(messages: FitMessages) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The recording device itself, and what was connected to it; of what is said repeatedly, the last word counts."""
    own: dict[str, Any] = {}
    sensors: dict[tuple[Any, ...], dict[str, Any]] = {}
    for told in _told(messages):
        said: dict[str, Any] = {name: told[name] for name in _SENSOR_FIELDS if name in told}
        if said.get("battery_voltage") == 0:
            del said["battery_voltage"]  # a sensor that does not tell
        name = told.get("garmin_product") or told.get("product_name")
        said |= {"product": name} if name else {}
        if told.get("device_index") in ("creator", 0):
            own |= said
        elif said.get("source_type") != "local" and said.keys() & {"manufacturer", "serial_number", "product"}:
            kind = next((told[field] for field in _DEVICE_TYPES if field in told), None)
            said |= {"kind": kind} if kind is not None else {}
            key = tuple(said.get(field) for field in ("manufacturer", "product", "serial_number", "kind"))
            sensors[key] = sensors.get(key, {}) | said
    return own, list(sensors.values())


def _told(messages: FitMessages) -> Iterator[dict[str, Any]]:
    """What each ``device_info`` says, of the fields that are used; what is said repeatedly comes once, at its end."""
    if not messages.count("device_info"):
        return
    table = messages.table("device_info")
    names = [*_SENSOR_FIELDS, *_DEVICE_TYPES, "device_index", "garmin_product", "product_name"]
    columns = {name: table.columns[name] for name in names if name in table.columns}
    cells = [_objects(column) for column in columns.values()]
    for row in reversed(dict.fromkeys(reversed(list(zip(*cells, strict=True))))):
        yield {name: value for name, value in zip(columns, row, strict=True) if value is not None}


def _objects(column: npt.NDArray[Any]) -> list[Any]:
    """Single values as Python's own, whole numbers as integers; None for what is missing or no single value."""
    if column.ndim == 1 and column.dtype.kind == "f":
        return [_whole(value) if value == value else None for value in column.tolist()]
    if column.ndim == 1 and column.dtype.kind == "O":
        return [value if _is_said(value) else None for value in column.tolist()]
    return column.tolist() if column.ndim == 1 and column.dtype.kind in "ui" else [None] * len(column)


def _is_said(value: Any) -> bool:
    """Whether it is a single value: no array, empty text or NaN."""
    return bool(value) if isinstance(value, str) else isinstance(value, int | float) and not math.isnan(value)


def _step(messages: FitMessages, position: int) -> dict[str, Any]:
    step = {
        name: _whole(value)
        for name, value in tables.row(messages, "workout_step", position).items()
        if value is not None and not name.startswith("unknown_")
    }
    for name, prefix in _RAW_STEP_FIELDS.items():
        if any(other.startswith(prefix) and other not in _RAW_STEP_FIELDS and other != "target_type" for other in step):
            step.pop(name, None)
    return step


def _last(table: Table, column: str, rows: Rows) -> float | None:
    found = table.columns.get(column)
    if found is None or found.ndim != 1 or found.dtype.kind not in "uif":
        return None
    values = found[rows].astype(np.float64)
    values = values[np.isfinite(values)]
    return float(values[-1]) if len(values) else None


def _whole(value: Any) -> Any:
    """A whole number as an integer: a column with gaps holds them as fractions."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
