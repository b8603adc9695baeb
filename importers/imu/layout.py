"""What the columns of an inertial recording are: recognised from its header, declared by its owner, or both."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stridelab.errors import UsageError
from stridelab.importers.imu.units import ACCELERATION, ANGULAR_VELOCITY, TIME, unit_of

SITES: Final = ("foot", "shank", "sacrum", "hip", "wrist", "chest")
SIDES: Final = ("left", "right")
AXES: Final = ("x", "y", "z")
SIDECAR_SUFFIX: Final = ".toml"

Declared = Mapping[str, Any] | str | Path
"""A mapping as a user gives it: a dictionary, or the path of a TOML file."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor of a recording.

    Parameters
    ----------
    site, side
        Where it is worn, as `stridelab.activity.ImuStream` says it.
    acceleration
        Columns of x, y and z, an empty name for an axis that is not there; or one column that holds all three.
    acceleration_unit
        A key of `units.ACCELERATION`; empty where nobody says.
    angular_velocity, angular_velocity_unit
        The same for the gyroscope; no columns where there is none.
    gravity_included
        False where the device has taken gravity out.
    """

    site: str = "unknown"
    side: str | None = None
    acceleration: tuple[str, ...] = ()
    acceleration_unit: str = ""
    angular_velocity: tuple[str, ...] = ()
    angular_velocity_unit: str = ""
    gravity_included: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a recording.

    Parameters
    ----------
    sensors
        Its sensors.
    logger
        What wrote it, where it was recognised.
    time
        Column with the time of each sample, or several that make one (date and clock).
    time_unit
        A key of `units.TIME`, ``datetime``, or empty where it is to be judged by the values.
    date
        Column whose first value dates the recording, where ``time`` is counted from its begin.
    sampling_rate_hz
        Rate as declared; the true one is measured where there are times.
    start_time
        Time of the first sample, where no column has it; without an offset it is local.
    timezone
        IANA zone of times without an offset.
    sport, title
        As in `stridelab.activity.Activity`.
    """

    sensors: tuple[Sensor, ...] = ()
    logger: str = ""
    time: tuple[str, ...] = ()
    time_unit: str = ""
    date: str = ""
    sampling_rate_hz: float | None = None
    start_time: datetime | None = None
    timezone: str | None = None
    sport: str = "generic"
    title: str = ""


_SENSOR_KEYS: Final = frozenset(item.name for item in fields(Sensor))
_KEYS: Final = frozenset(item.name for item in fields(Layout)) - {"sensors", "logger"} | {"sensor", "rate", "units"}


def declared(mapping: Declared | None) -> Layout:
    """The layout that a user declares.

    ``rate`` is short for ``sampling_rate_hz``; ``units`` is one or two units, which say by themselves what they are of.
    Sensors are either one, whose keys stand at the top, or a list ``sensor``.

    Parameters
    ----------
    mapping
        A dictionary, or the path of a TOML file with its keys; None declares nothing.

    Raises
    ------
    UsageError
        For a file that is no TOML, an unknown key, and a value that cannot be.

    Examples
    --------
    >>> declared({"site": "shank", "units": ["g", "deg/s"], "rate": 100}).sensors
    (Sensor(site='shank', side=None, acceleration=(), acceleration_unit='g', angular_velocity=(), \
angular_velocity_unit='deg/s', gravity_included=True),)
    """
    where = "the mapping"
    if isinstance(mapping, str | Path):
        where = Path(mapping).name
        mapping = _toml(Path(mapping))
    given = dict(mapping or {})
    unknown = sorted(given.keys() - _KEYS - _SENSOR_KEYS)
    if unknown:
        known = ", ".join(sorted(_KEYS | _SENSOR_KEYS))
        raise UsageError(f"unknown key {unknown[0]!r}", expected=f"one of {known}", where=where)
    if "rate" in given:
        given["sampling_rate_hz"] = given.pop("rate")
    shared = {key: given.pop(key) for key in list(given) if key in _SENSOR_KEYS}
    shared |= _units(given.pop("units", ()), where)
    listed = given.pop("sensor", None)
    if listed is None:
        sensors: tuple[Sensor, ...] = (_sensor(shared, where),) if shared else ()
    elif isinstance(listed, list) and all(isinstance(item, Mapping) for item in listed):
        sensors = tuple(_sensor({**shared, **item}, where) for item in listed)
    else:
        raise UsageError("'sensor' is no list of tables", expected="[[sensor]] in the TOML file", where=where)
    return _checked(Layout(sensors=sensors, **_values(given, where)), where)


def sidecar(source: object, mapping: Declared | None) -> Declared | None:
    """A mapping with what the TOML file beside a recording says, where there is one: the mapping wins key by key.

    Parameters
    ----------
    source
        Path of the recording; anything else has no sidecar.
    mapping
        What is declared besides.
    """
    if not isinstance(source, str | Path):
        return mapping
    path = Path(source).expanduser()
    beside = path.with_name(sidecar_name(path.name))
    if beside == path or not beside.is_file() or path.is_dir():
        return mapping
    if mapping is None:
        return beside
    said = _toml(Path(mapping)) if isinstance(mapping, str | Path) else mapping
    return {**_toml(beside), **said}


def sidecar_name(name: str) -> str:
    """What the sidecar of a file of this name is called.

    Examples
    --------
    >>> sidecar_name("run.csv.gz"), sidecar_name("walks/one.csv")
    ('run.toml', 'walks/one.toml')
    """
    path = PurePosixPath(name)
    return str((path.with_suffix("") if path.suffix.lower() == ".gz" else path).with_suffix(SIDECAR_SUFFIX))


def overlaid(found: Layout, said: Layout) -> Layout:
    """What was found, corrected by what the user said: a column, unit or site that is declared wins.

    A declaration without columns holds for all sensors that were found; of several, each keeps the site that its own
    columns name.
    """
    sensors = found.sensors
    if any(sensor.acceleration for sensor in said.sensors):
        sensors = tuple(sensor for sensor in said.sensors if sensor.acceleration)
    elif said.sensors:
        several = len(found.sensors) > 1
        sensors = tuple(
            _overlaid_sensor(
                sensor,
                replace(said.sensors[0], site=sensor.site, side=sensor.side)
                if several and sensor.site != "unknown"
                else said.sensors[0],
            )
            for sensor in found.sensors
        )
    changed: dict[str, Any] = {
        item.name: getattr(said, item.name)
        for item in fields(Layout)
        if item.name != "sensors" and getattr(said, item.name) != item.default
    }
    if "time" in changed and "time_unit" not in changed:
        changed["time_unit"] = ""
    return replace(found, sensors=sensors, **changed)


def _overlaid_sensor(found: Sensor, said: Sensor) -> Sensor:
    default = Sensor()
    changed: dict[str, Any] = {
        item.name: getattr(said, item.name)
        for item in fields(Sensor)
        if getattr(said, item.name) != getattr(default, item.name)
    }
    return replace(found, **changed)


def _toml(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"it cannot be read ({error.strerror})", where=str(path)) from error
    return toml(content, where=path.name)


def toml(content: bytes, *, where: str) -> dict[str, Any]:
    """The keys of a sidecar.

    Raises
    ------
    UsageError
        Where it is no TOML.
    """
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"no TOML ({error})", expected='lines such as site = "shank"', where=where) from error


def _units(given: Any, where: str) -> dict[str, str]:
    """Units by what they are units of."""
    found: dict[str, str] = {}
    for text in (given,) if isinstance(given, str) else given:
        unit = unit_of(str(text))
        if unit in ACCELERATION:
            found["acceleration_unit"] = unit
        elif unit in ANGULAR_VELOCITY:
            found["angular_velocity_unit"] = unit
        else:
            raise UsageError(f"unknown unit {text!r}", expected=_all_units(), where=where)
    return found


def _all_units() -> str:
    return f"{', '.join(ACCELERATION)} or {', '.join(ANGULAR_VELOCITY)}"


def _sensor(given: Mapping[str, Any], where: str) -> Sensor:
    unknown = sorted(given.keys() - _SENSOR_KEYS)
    if unknown:
        raise UsageError(f"unknown key {unknown[0]!r}", expected=", ".join(sorted(_SENSOR_KEYS)), where=where)
    values = dict(given)
    for key in ("acceleration", "angular_velocity"):
        if key in values:
            values[key] = _columns(values[key], key, where)
    for key, known in (("acceleration_unit", ACCELERATION), ("angular_velocity_unit", ANGULAR_VELOCITY)):
        if values.get(key):
            unit = unit_of(str(values[key]))
            if unit not in known:
                raise UsageError(f"{key} {values[key]!r}", expected=" or ".join(known), where=where)
            values[key] = unit
    if values.get("site", "unknown") not in (*SITES, "unknown"):
        raise UsageError(f"site {values['site']!r}", expected=" or ".join(SITES), where=where)
    if values.get("side") not in (None, *SIDES):
        raise UsageError(f"side {values['side']!r}", expected=" or ".join(SIDES), where=where)
    return Sensor(**values)


def _columns(given: Any, key: str, where: str) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, Sequence) else ()
    if len(names) not in (1, 3) or not all(isinstance(name, str) for name in names) or not any(names):
        raise UsageError(
            f"{key} is {given!r}",
            expected='the names of three columns, "" for an axis that is not there, or of one that holds all three',
            where=where,
        )
    return names


def _values(given: dict[str, Any], where: str) -> dict[str, Any]:
    values = dict(given)
    if "time" in values:
        time = values["time"]
        values["time"] = (time,) if isinstance(time, str) else tuple(map(str, time))
    if values.get("time_unit"):
        text = str(values["time_unit"])
        values["time_unit"] = text if text == "datetime" else unit_of(text)
        if values["time_unit"] not in (*TIME, "datetime"):
            raise UsageError(f"time_unit {text!r}", expected=f"{', '.join(TIME)} or datetime", where=where)
    if isinstance(values.get("start_time"), str):
        try:
            values["start_time"] = datetime.fromisoformat(values["start_time"])
        except ValueError:
            expected = "a time such as 2026-05-04T07:30:00+02:00"
            raise UsageError(f"start_time {values['start_time']!r}", expected=expected, where=where) from None
    if "sampling_rate_hz" in values:
        rate = values["sampling_rate_hz"]
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < 1e6:
            raise UsageError(f"a sampling rate of {rate!r}", expected="a number of Hz above 0", where=where)
        values["sampling_rate_hz"] = float(rate)
    return values


def _checked(layout: Layout, where: str) -> Layout:
    if layout.start_time is not None and not isinstance(layout.start_time, datetime):
        expected = "a date with a time, such as 2026-05-04T07:30:00+02:00"
        raise UsageError(f"start_time {layout.start_time!r}", expected=expected, where=where)
    if layout.timezone is not None:
        try:
            ZoneInfo(layout.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
            raise UsageError(
                f"unknown time zone {layout.timezone!r}", expected="a name such as Europe/Zurich", where=where
            ) from None
    return layout


def localised(moment: datetime, timezone: str | None) -> datetime:
    """A time in UTC; without an offset it is taken in the zone, or, without a zone, as it stands."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone) if timezone else UTC)
    return moment.astimezone(UTC)
