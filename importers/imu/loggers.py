"""The logger formats that are known by their headers: one table, `LOGGERS`, in the order in which it is tried.

Each row says in its ``note`` where the format is described. What has no row here may still be read by what its columns
say of themselves (`header.self_described`), or with a mapping. RunScribe's own export is known from one published
reader only, which says nothing of its time column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from stridelab.importers.imu.header import self_described, time_column
from stridelab.importers.imu.layout import AXES, Layout, Sensor

_AXIS: Final = "(?P<axis>[xyz])"


@dataclass(frozen=True)
class Logger:
    """How one logger names its columns. All patterns are for whole names and blind to case.

    Parameters
    ----------
    name
        What it is called.
    note
        What the format is and where that is written.
    acceleration, acceleration_unit
        Pattern of the columns of x, y, z, with a group ``axis``, and their unit; an empty unit is told by the file.
    angular_velocity, angular_velocity_unit
        The same for the gyroscope; empty for a logger that has none.
    time, time_unit
        Pattern of the column with the time of each sample, and its unit: a key of `units.TIME`, ``datetime``,
        ``sample`` for a counter, or empty where the values have to tell.
    date
        Pattern of a column whose first value is the date and clock, where ``time`` has none.
    also
        Pattern that some other column has to match.
    metadata
        Pattern that some line above the header has to match.
    file
        Pattern that the file's name has to match, where nothing in the file tells it from another of the same logger.
    site
        Where such a sensor is always worn.
    gravity_included
        False where the device has taken gravity out.
    """

    name: str
    note: str
    acceleration: str
    acceleration_unit: str
    time: str
    time_unit: str
    angular_velocity: str = ""
    angular_velocity_unit: str = ""
    date: str = ""
    also: str = ""
    metadata: str = ""
    file: str = ""
    site: str = "unknown"
    gravity_included: bool = True

    def layout(self, names: Sequence[str], metadata: Sequence[str], file: str) -> Layout | None:
        """The layout of a table with these column names; None where it is not of this logger.

        Parameters
        ----------
        names
            Names of the columns.
        metadata
            Lines above the header.
        file
            Name of the file; empty where it is not known.
        """
        acceleration = self._columns(self._patterns[0], names)
        if not all(acceleration) or (self.also and _first(self.also, names) is None):
            return None
        if self.metadata and not any(re.search(self.metadata, line, re.IGNORECASE) for line in metadata):
            return None
        if self.file and not re.search(self.file, file, re.IGNORECASE):
            return None
        turning = self._columns(self._patterns[1], names) if self.angular_velocity else ("", "", "")
        time, date = _first(self.time, names), _first(self.date, names)
        sensor = Sensor(
            self.site,
            None,
            acceleration,
            self.acceleration_unit,
            turning if all(turning) else (),
            self.angular_velocity_unit,
            self.gravity_included,
        )
        return Layout(
            (sensor,),
            self.name,
            (time,) if time is not None else (),
            self.time_unit if time is not None else "",
            date or "",
        )

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        return re.compile(self.acceleration, re.IGNORECASE), re.compile(self.angular_velocity, re.IGNORECASE)

    @staticmethod
    def _columns(pattern: re.Pattern[str], names: Sequence[str]) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for name in names:
            if match := pattern.fullmatch(name.strip()):
                found.setdefault(match["axis"].lower(), name)
        return tuple(found.get(axis, "") for axis in AXES)


def _first(pattern: str, names: Sequence[str]) -> str | None:
    if not pattern:
        return None
    return next((name for name in names if re.fullmatch(pattern, name.strip(), re.IGNORECASE)), None)


_SQUARE: Final = r"\(m/s.{1,3}\)"
_SENSOR_LOGGER: Final = {"time": "time", "time_unit": "ns", "also": "seconds_elapsed"}

LOGGERS: Final[tuple[Logger, ...]] = (
    Logger(
        "Axivity",
        "AX3 and AX6, CSV of OmGui and cwa-convert: Time, Accel-X (g) …, Gyro-X (d/s) …; the clock is local "
        "(Open Movement, omsynth: File format).",
        acceleration=rf"Accel-{_AXIS} \(g\)",
        acceleration_unit="g",
        angular_velocity=rf"Gyro-{_AXIS} \(d/s\)",
        angular_velocity_unit="deg/s",
        time="Time",
        time_unit="datetime",
    ),
    *(
        Logger(
            f"Shimmer ({kind} accelerometer)",
            "Consensys, calibrated CSV: a line with the separator, names <trial>_<device>_Accel_LN_X_CAL …, a line of "
            "units, a separator at the end of each line (gait datasets on Zenodo; devicely, ShimmerPlus reader).",
            acceleration=rf"(?:.*_)?Accel_{letters}_{_AXIS}_CAL",
            acceleration_unit="",
            angular_velocity=rf"(?:.*_)?Gyro_{_AXIS}_CAL",
            angular_velocity_unit="",
            time=r"(?:.*_)?Timestamp(?:Sync)?_(?:Unix_|FormattedUnix_)?CAL",
            time_unit="",
        )
        # ±16 g before ±2 g, which a runner's foot leaves at every step.
        for letters, kind in (("WR", "wide range"), ("LN", "low noise"))
    ),
    Logger(
        "Xsens MT",
        "MT Manager: lines of comment that begin with // and give the rate, then PacketCounter, SampleTimeFine (often "
        "empty), Acc_X … (m/s²), Gyr_X … (rad/s) (datasets of MTw recordings, such as TotalCapture's kind).",
        acceleration=f"Acc_{_AXIS}",
        acceleration_unit="m/s2",
        angular_velocity=f"Gyr_{_AXIS}",
        angular_velocity_unit="rad/s",
        time="PacketCounter",
        time_unit="sample",
        also="SampleTimeFine",
        metadata=r"^\s*//",
    ),
    Logger(
        "Movella DOT",
        "Xsens and Movella DOT, CSV of the app and the exporter: lines DeviceTag, OutputRate, StartTime …, then "
        "PacketCounter, SampleTimeFine (µs), Acc_X … (m/s²), Gyr_X … (deg/s) (Movella DOT user manual, XD0502P).",
        acceleration=f"Acc_{_AXIS}",
        acceleration_unit="m/s2",
        angular_velocity=f"Gyr_{_AXIS}",
        angular_velocity_unit="deg/s",
        time="SampleTimeFine",
        time_unit="us",
        also="SampleTimeFine",
    ),
    Logger(
        "Movella DOT (free acceleration)",
        "The same in the modes of orientation, which give the acceleration without gravity, in the frame of the Earth.",
        acceleration=f"FreeAcc_{_AXIS}",
        acceleration_unit="m/s2",
        angular_velocity=f"Gyr_{_AXIS}",
        angular_velocity_unit="deg/s",
        time="SampleTimeFine",
        time_unit="us",
        also="SampleTimeFine",
        gravity_included=False,
    ),
    Logger(
        "Blue Trident",
        "IMeasureU and Vicon, Capture.U: unix_timestamp_microsec, time_s, ax_m/s/s …, gx_deg/s …; the file of the "
        "±200 g sensor has no gyroscope (pyCGM2, BlueTridentReader).",
        acceleration=f"a{_AXIS}_m/s/s",
        acceleration_unit="m/s2",
        angular_velocity=f"g{_AXIS}_deg/s",
        angular_velocity_unit="deg/s",
        time="unix_timestamp_microsec|time_s",
        time_unit="",
    ),
    Logger(
        "phyphox",
        "Acceleration (with g): Time (s), Acceleration x (m/s^2) …; commas, semicolons or tabs, decimal points or "
        "commas (phyphox wiki: Phyphox file format, export).",
        acceleration=rf"Acceleration {_AXIS} {_SQUARE}",
        acceleration_unit="m/s2",
        angular_velocity=rf"Gyroscope {_AXIS} \(rad/s\)",
        angular_velocity_unit="rad/s",
        time=r"Time \(s\)",
        time_unit="s",
    ),
    Logger(
        "phyphox (without g)",
        "Acceleration (without g): Time (s), Linear Acceleration x (m/s^2) …",
        acceleration=rf"Linear Acceleration {_AXIS} {_SQUARE}",
        acceleration_unit="m/s2",
        angular_velocity=rf"Gyroscope {_AXIS} \(rad/s\)",
        angular_velocity_unit="rad/s",
        time=r"Time \(s\)",
        time_unit="s",
        gravity_included=False,
    ),
    Logger(
        "Sensor Logger (watch)",
        "WristMotion.csv: accelerationX … without gravity in g, or in m/s² where its units are standardised; "
        "rotationRateX … in rad/s; time in ns since 1970 (awesome-sensor-logger, UNITS.md).",
        acceleration=f"acceleration{_AXIS}",
        acceleration_unit="g",
        angular_velocity=f"rotationRate{_AXIS}",
        angular_velocity_unit="rad/s",
        site="wrist",
        gravity_included=False,
        **_SENSOR_LOGGER,
    ),
    *(
        Logger(
            "Sensor Logger",
            "One file a sensor, all with the columns time, seconds_elapsed, z, y, x: only the name tells which; time "
            "in ns since 1970 (awesome-sensor-logger, UNITS.md).",
            acceleration=_AXIS,
            acceleration_unit=unit,
            file=file,
            gravity_included=gravity,
            **_SENSOR_LOGGER,
        )
        for file, unit, gravity in (
            ("TotalAcceleration", "m/s2", True),
            ("AccelerometerUncalibrated", "", True),  # g on iOS, m/s² on Android
            ("Accelerometer", "m/s2", False),
        )
    ),
    Logger(
        "SensorLog",
        "iOS and watchOS: loggingTime(txt), accelerometerTimestamp_sinceReboot(s), accelerometerAccelerationX(G) …, "
        "gyroRotationX(rad/s) … or motionRotationRateX(rad/s) … (SensorLog; datasets that list its columns).",
        acceleration=rf"accelerometerAcceleration{_AXIS}\(G\)",
        acceleration_unit="g",
        angular_velocity=rf"(?:gyroRotation|motionRotationRate){_AXIS}\(rad/s\)",
        angular_velocity_unit="rad/s",
        time=r"accelerometerTimestamp_sinceReboot\(s\)|loggingTime\(txt\)",
        time_unit="",
        date=r"loggingTime\(txt\)",
    ),
    Logger(
        "SensorLog (user acceleration)",
        "The same where only the motion without gravity was logged: motionUserAccelerationX(G) …",
        acceleration=rf"motionUserAcceleration{_AXIS}\(G\)",
        acceleration_unit="g",
        angular_velocity=rf"(?:gyroRotation|motionRotationRate){_AXIS}\(rad/s\)",
        angular_velocity_unit="rad/s",
        time=r"motionTimestamp_sinceReboot\(s\)|loggingTime\(txt\)",
        time_unit="",
        date=r"loggingTime\(txt\)",
        gravity_included=False,
    ),
    Logger(
        "Physics Toolbox",
        "Sensor Suite: time, gFx, gFy, gFz (g), in multi record also wx, wy, wz (rad/s); seconds since the begin or a "
        "clock (Vieyra Software; readers that list its columns).",
        acceleration=f"gF{_AXIS}",
        acceleration_unit="g",
        angular_velocity=f"w{_AXIS}",
        angular_velocity_unit="rad/s",
        time="time",
        time_unit="",
    ),
    Logger(
        "AndroSensor",
        "ACCELEROMETER X (m/s²) …, GYROSCOPE X (rad/s) …, Time since start in ms, YYYY-MO-DD HH-MI-SS_SSS; semicolons, "
        "or a line with the separator first (Onyekpe et al. 2021, Data in Brief 35:106885, table 5).",
        acceleration=rf"ACCELEROMETER {_AXIS} {_SQUARE}",
        acceleration_unit="m/s2",
        angular_velocity=rf"GYROSCOPE {_AXIS} \(rad/s\)",
        angular_velocity_unit="rad/s",
        time=r"Time since start (?:in ms|\(ms\))",
        time_unit="ms",
        date=r"(?:DATE \()?YYYY-MO-DD HH-MI-SS_SSS\)?",
    ),
    Logger(
        "MbientLab",
        "MetaBase and MetaHub, one file a sensor: epoc (ms), timestamp (+0200), elapsed (s), x-axis (g) … (MbientLab "
        "apps, CsvDataHandler).",
        acceleration=rf"{_AXIS}-axis \(g\)",
        acceleration_unit="g",
        time=r"epoch? \(ms\)",
        time_unit="ms",
    ),
    Logger(
        "ActiGraph",
        "ActiLife, raw CSV: ten lines that give the rate, start date and start time, then Accelerometer X … in g, with "
        "the IMU Gyroscope X … in deg/s (ActiLife; MIMSunit, read.csv of ActiGraph files).",
        acceleration=f"Accelerometer {_AXIS}",
        acceleration_unit="g",
        angular_velocity=f"Gyroscope {_AXIS}",
        angular_velocity_unit="deg/s",
        time="Timestamp",
        time_unit="datetime",
        metadata="ActiGraph",
    ),
)


def recognised(names: Sequence[str], metadata: Sequence[str] = (), file: str = "") -> Layout | None:
    """The layout of a table by what is known of loggers, else by what its columns say of themselves.

    Parameters
    ----------
    names
        Names of the columns.
    metadata
        Lines above the header.
    file
        Name of the file; empty where it is not known.

    Examples
    --------
    >>> recognised(["time", "gFx", "gFy", "gFz", "TgF"]).logger
    'Physics Toolbox'
    >>> recognised(["Activity Type", "Date", "Distance", "Avg HR"]) is None
    True
    """
    for logger in LOGGERS:
        if (layout := logger.layout(names, metadata, file)) is not None:
            if layout.time:
                return layout
            time, unit = time_column(names)
            return replace(layout, time=(time,) if time else (), time_unit=unit)
    return self_described(names)


SENSOR_LOGGER_COLUMNS: Final = frozenset({"time", "seconds_elapsed", "x", "y", "z"})
"""Columns of a file of Sensor Logger, of which the name says whether it holds accelerations."""
