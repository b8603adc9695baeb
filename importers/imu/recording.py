"""Columns to an `Activity` with its inertial streams: units to SI, samples to a constant rate, doubts to issues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.activity import Activity, ImuStream, Source, activity_id
from stridelab.errors import ReadError
from stridelab.importers.imu.clock import SLOWEST_HZ, UNDATED, Clock, clock
from stridelab.importers.imu.layout import AXES, Layout, Sensor
from stridelab.importers.imu.resample import Sampled, at_constant_rate, onto
from stridelab.importers.imu.tables import Table, numbers
from stridelab.importers.imu.units import ACCELERATION, ANGULAR_VELOCITY, unit_of
from stridelab.issues import Issue, IssueCode
from stridelab.localtime import LocalTime, offset_s, resolve

FloatArray = npt.NDArray[np.float64]

GRAVITY_BAND: Final = (0.4, 3.0)
"""Median magnitude of a worn sensor's acceleration, in g: 1 at rest, more while running, never far from it. Convention;
g and m/s² lie a factor of 9.8 apart, so the band cannot hold both."""

MAX_ANGULAR_VELOCITY_RADPS: Final = 36.0
"""±2000 deg/s, the range of the gyroscopes in wearables, is 34.9 rad/s: greater numbers are degrees."""

GREATEST: Final = 1e6
"""Greater numbers are damage: 100 g are 100,000 mg."""

FASTEST_HZ: Final = 5000.0
"""Loggers of shocks reach 3200 Hz."""

RATE_TOLERANCE: Final = 0.01
"""A declared rate that is further than this from the measured one is reported. Convention."""


@dataclass(frozen=True, eq=False)
class _Stream:
    """A stream with what was done to get it."""

    stream: ImuStream
    provenance: str
    issues: tuple[Issue, ...]


def activity(table: Table, layout: Layout, source: Source) -> Activity:
    """The recording in a table.

    Parameters
    ----------
    table
        Its columns.
    layout
        What they are; its columns are in the table.
    source
        The file.

    Raises
    ------
    ReadError
        If no sensor has two samples, or nothing tells times or a rate.
    """
    when = clock(table, layout)
    made = [_stream(table, sensor, when, layout) for sensor in layout.sensors]
    if not (streams := [item for item in made if item is not None]):
        raise ReadError(
            "no two samples with a time and an acceleration, or times that no rate fits", expected="a recording"
        )
    issues = [*_file_issues(table, when), *(issue for item in streams for issue in item.issues)]
    starts = [item.stream.start_time for item in streams if item.stream.start_time is not None]
    start = min(starts, default=UNDATED)
    local = _local_time(when, layout)
    spans = [len(item.stream.acceleration_mps2) / item.stream.sampling_rate_hz for item in streams]
    sampled = [
        float(np.isfinite(item.stream.acceleration_mps2).any(axis=1).sum()) / item.stream.sampling_rate_hz
        for item in streams
    ]
    provenance = {f"imu.{number}": item.provenance for number, item in enumerate(streams)}
    if when.notes:
        provenance["timestamp"] = "; ".join(when.notes)
    if when.start is None:
        provenance["start_time"] = "unknown: the recording has no date, and its times count from 1970-01-01"
    elif when.local:
        provenance["start_time"] = "the logger's local clock; its offset from UTC is unknown"
    if layout.start_time is not None:
        provenance["start_time"] = "declared"
    return Activity(
        id=activity_id(source.sha256, 0, start),
        sport=layout.sport,
        title=layout.title,
        start_time=start,
        utc_offset_s=local.utc_offset_s,
        timezone=local.timezone,
        timezone_source=local.source,
        timer_time_s=max(sampled),
        elapsed_time_s=max(spans),
        imu=tuple(item.stream for item in streams),
        summary=dict(table.scalars),
        device={"logger": layout.logger} if layout.logger else {},
        source=source,
        provenance=provenance,
        issues=tuple(dict.fromkeys(issues)),
    )


def _file_issues(table: Table, when: Clock) -> list[Issue]:
    issues = []
    if table.cut:
        issues.append(Issue(IssueCode.TRUNCATED, "error", None, "The last row of the table is not whole; left out."))
    if table.skipped:
        message = f"{table.skipped} lines are not as wide as the others."
        issues.append(Issue(IssueCode.BAD_ROWS, "error", None, message))
    if when.start is None:
        issues.append(Issue(IssueCode.NO_DATE, "info", None, "Declare `start_time` to date it."))
    return issues


def _local_time(when: Clock, layout: Layout) -> LocalTime:
    if when.start is None:
        return LocalTime(None, None, "unknown")
    if when.local:
        # As the device has it: the day is right, and nothing is said of UTC.
        return LocalTime(0, None, "file")
    if layout.timezone is not None:
        return LocalTime(offset_s(layout.timezone, when.start), layout.timezone, "file")
    told = layout.start_time.utcoffset() if layout.start_time is not None else None
    return resolve(when.start, file_offset_s=None if told is None else int(told.total_seconds()))


def _stream(table: Table, sensor: Sensor, when: Clock, layout: Layout) -> _Stream | None:
    issues: list[Issue] = []
    raw = _vectors(table, sensor.acceleration, issues)
    unit, notes = _acceleration_unit(raw, sensor, table, issues)
    values = raw * ACCELERATION[unit]
    name = _named(sensor)
    if when.seconds is None:
        assert when.nominal_hz is not None
        rate = when.nominal_hz
        sampled = None
        acceleration, begin_s = values, 0.0
        grid = np.arange(len(values)) / rate
        notes.append(f"{rate:g} Hz as declared, no times")
        missing = float(np.isnan(values[:, np.isfinite(values).any(axis=0)]).any(axis=1).mean()) if len(values) else 0.0
        if missing:
            issues.append(Issue(IssueCode.GAP, "warning", None, f"{name}{missing:.2%} of the samples have no value."))
        if len(values) < 2 or not np.isfinite(values).any():
            return None
    else:
        sampled = at_constant_rate(when.seconds, values, nominal_hz=when.nominal_hz)
        if sampled is None:
            return None
        acceleration, rate, begin_s = sampled.values, sampled.rate_hz, sampled.begin_s
        grid = begin_s + np.arange(len(acceleration)) / rate
        notes.append(_rate_note(sampled, when.nominal_hz))
        issues += _sampling_issues(sampled, when.nominal_hz, name)
    turning = _turning(table, sensor, when, sampled, grid, issues, notes)
    if not sensor.gravity_included:
        issues.append(Issue(IssueCode.NO_GRAVITY, "warning", None, f"{name}The device has taken it out."))
    absent = [axis for i, axis in enumerate(AXES) if not np.isfinite(acceleration[:, i]).any()]
    if absent:
        notes.append(f"no {' and no '.join(absent)} axis")
    stream = ImuStream(
        site=sensor.site,
        sampling_rate_hz=rate,
        acceleration_mps2=acceleration,
        angular_velocity_radps=turning,
        start_time=None if when.start is None else when.start + timedelta(seconds=begin_s),
        side=sensor.side,
        gravity_included=sensor.gravity_included,
    )
    columns = ", ".join(name or "–" for name in sensor.acceleration)
    return _Stream(stream, f"{columns}: {'; '.join(notes)}", tuple(issues))


def _named(sensor: Sensor) -> str:
    where = " ".join(part for part in (sensor.side, sensor.site) if part and part != "unknown")
    return f"{where.capitalize()}: " if where else ""


def _vectors(table: Table, columns: tuple[str, ...], issues: list[Issue]) -> FloatArray:
    """Columns as ``(n, 3)``; NaN for an axis without a column, and for what no sensor measures in any unit."""
    whole = table.columns[columns[0]] if len(columns) == 1 else None
    if whole is not None and whole.ndim == 2:
        made = whole.astype(np.float64)
    else:
        axes = columns if len(columns) == 3 else (columns[0], "", "")
        length = max(len(table.columns[name]) for name in axes if name)
        made = np.column_stack([numbers(table.columns[name]) if name else np.full(length, np.nan) for name in axes])
    absurd = ~(np.abs(made) <= GREATEST) & ~np.isnan(made)
    if absurd.any():
        message = f"{int(absurd.sum())} values beyond ±{GREATEST:g}."
        issues.append(Issue(IssueCode.IMPLAUSIBLE_VALUE, "warning", None, message))
        made[absurd] = np.nan
    return made


def _acceleration_unit(raw: FloatArray, sensor: Sensor, table: Table, issues: list[Issue]) -> tuple[str, list[str]]:
    """The unit of the values, as declared, else as the file says, else as they look; doubts become issues."""
    told = sensor.acceleration_unit or _told_unit(table, sensor.acceleration, ACCELERATION)
    looks, median = _looks_like(raw) if sensor.gravity_included else ("", float("nan"))
    name = _named(sensor)
    if not told:
        message = f"{name}No unit is given for the acceleration"
        if looks:
            message = f"{message}; values look like {looks} (median magnitude {median:.3g})."
            issues.append(Issue(IssueCode.UNIT, "warning", None, message))
            return looks, [f"in {looks}, judged by the values"]
        raise ReadError(
            f"an acceleration without a unit (median magnitude {_median_magnitude(raw):.3g})",
            expected=" or ".join(ACCELERATION),
            advice="Declare `acceleration_unit` (or --units) for this recording.",
        )
    if looks and looks != told:
        message = f"{name}Values look like {looks} (median magnitude {median:.3g}), declared {told}."
        issues.append(Issue(IssueCode.UNIT, "warning", None, message))
    elif not looks and np.isfinite(median):
        share = median * ACCELERATION[told] / ACCELERATION["g"]
        message = f"{name}The median magnitude is {share:.3g} g; gravity alone makes 1 g."
        issues.append(Issue(IssueCode.UNIT, "warning", None, message))
    return told, [f"in {told}"]


def _told_unit(table: Table, columns: tuple[str, ...], known: Mapping[str, float]) -> str:
    units = {unit_of(table.units[name]) for name in columns if name in table.units}
    return next(iter(units)) if len(units) == 1 and units <= known.keys() else ""


def _median_magnitude(raw: FloatArray) -> float:
    complete = raw[np.isfinite(raw).all(axis=1)]
    return float(np.median(np.linalg.norm(complete, axis=1))) if len(complete) else float("nan")


def _looks_like(raw: FloatArray) -> tuple[str, float]:
    """The unit in which the median magnitude is near 1 g, and the magnitude; NaN where an axis is missing."""
    median = _median_magnitude(raw)
    for unit, factor in ACCELERATION.items():
        if GRAVITY_BAND[0] <= median * factor / ACCELERATION["g"] <= GRAVITY_BAND[1]:
            return unit, median
    return "", median


def _rate_note(sampled: Sampled, nominal_hz: float | None) -> str:
    declared = f" (declared {nominal_hz:g} Hz)" if nominal_hz else ""
    note = f"{sampled.rate_hz:.6g} Hz by its times{declared}, jitter {sampled.jitter_ms:.2g} ms"
    if not sampled.resampled:
        return f"{note}, samples as measured"
    return (
        f"{note}, interpolated (PCHIP), {sampled.interpolated_share:.2%} of the samples far from a measured one; "
        f"{sampled.gaps} gaps of {sampled.gap_s:.3g} s in all left open, "
        f"the longest silence {sampled.largest_gap_s:.3g} s"
    )


def _sampling_issues(sampled: Sampled, nominal_hz: float | None, name: str) -> list[Issue]:
    issues = []
    if sampled.backwards:
        message = f"{name}Time runs backwards {sampled.backwards} times."
        issues.append(Issue(IssueCode.TIME_BACKWARDS, "warning", None, message))
    if sampled.duplicates:
        message = f"{name}{sampled.duplicates} samples repeat a time."
        issues.append(Issue(IssueCode.DUPLICATE_TIME, "info", None, message))
    if sampled.gaps:
        message = (
            f"{name}{sampled.gaps} gaps, {sampled.gap_s:.3g} s in all, the longest {sampled.largest_gap_s:.3g} s; "
            "they hold NaN."
        )
        issues.append(Issue(IssueCode.GAP, "warning", None, message))
    if sampled.resampled:
        message = (
            f"{name}{sampled.rate_hz:.5g} Hz, {sampled.interpolated_share:.1%} of the samples made between others; "
            f"intervals vary by {sampled.jitter_ms:.2g} ms."
        )
        issues.append(Issue(IssueCode.RESAMPLED, "info", None, message))
    if nominal_hz and abs(sampled.rate_hz / nominal_hz - 1) > RATE_TOLERANCE:
        message = f"{name}Declared {nominal_hz:g} Hz, measured {sampled.rate_hz:.5g} Hz."
        issues.append(Issue(IssueCode.SAMPLING_RATE, "warning", None, message))
    if sampled.rate_hz < SLOWEST_HZ:
        message = f"{name}{sampled.rate_hz:.3g} Hz is too slow to show a step."
        issues.append(Issue(IssueCode.SAMPLING_RATE, "warning", None, message))
    elif sampled.rate_hz > FASTEST_HZ:
        message = f"{name}{sampled.rate_hz:.5g} Hz is faster than any worn sensor; are the times in another unit?"
        issues.append(Issue(IssueCode.SAMPLING_RATE, "warning", None, message))
    return issues


def _turning(
    table: Table,
    sensor: Sensor,
    when: Clock,
    sampled: Sampled | None,
    grid: FloatArray,
    issues: list[Issue],
    notes: list[str],
) -> FloatArray | None:
    """Turn rates in rad/s at the samples; None where there are none, or nobody says in which unit."""
    if not sensor.angular_velocity:
        return None
    raw = _vectors(table, sensor.angular_velocity, issues)
    if not np.isfinite(raw).any():
        return None
    unit = sensor.angular_velocity_unit or _told_unit(table, sensor.angular_velocity, ANGULAR_VELOCITY)
    largest = float(np.nanmax(np.abs(raw)))
    name = _named(sensor)
    if not unit and largest > MAX_ANGULAR_VELOCITY_RADPS:
        unit = "deg/s"
        message = f"{name}No unit is given for the turn rates; up to {largest:.3g} they must be deg/s."
        issues.append(Issue(IssueCode.UNIT, "warning", None, message))
    elif not unit:
        message = f"{name}Turn rates up to {largest:.3g} without a unit are left out; declare `angular_velocity_unit`."
        issues.append(Issue(IssueCode.UNIT, "warning", None, message))
        return None
    elif largest * ANGULAR_VELOCITY[unit] > 2 * MAX_ANGULAR_VELOCITY_RADPS:
        message = f"{name}Turn rates up to {largest:.3g} {unit} are beyond any sensor; deg/s?"
        issues.append(Issue(IssueCode.UNIT, "warning", None, message))
    notes.append(f"turn rates in {unit}")
    values = raw * ANGULAR_VELOCITY[unit]
    if when.seconds is None:
        return values
    if sampled is not None and not sampled.resampled and len(values) == len(grid) and not sampled.backwards:
        return values
    return onto(when.seconds, values, grid)
