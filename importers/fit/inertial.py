"""Accelerometer and gyroscope messages to `ImuStream`: calibrated, in SI units, cut where samples are missing.

Magnetometer messages have no place in an `ImuStream`; they stay in the raw tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.activity import ImuStream
from stridelab.importers.fit.decode import FitMessages, Table
from stridelab.importers.fit.tables import flat, times
from stridelab.importers.imu.units import STANDARD_GRAVITY_MPS2

FloatArray = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

MAX_GAP_S: Final = 0.5
"""A longer silence begins a new stream, because a stream has one constant rate."""

MIN_SAMPLES: Final = 2


@dataclass(frozen=True, slots=True)
class _Sensor:
    """How a sensor's messages are named, and the factor from its calibrated unit to SI."""

    message: str
    prefix: str
    kind: str
    si: float


_ACCELEROMETER: Final = _Sensor("accelerometer_data", "accel", "accelerometer", STANDARD_GRAVITY_MPS2)
_GYROSCOPE: Final = _Sensor("gyroscope_data", "gyro", "gyroscope", float(np.pi / 180))


def imu_streams(messages: FitMessages, rows_of: Mapping[str, Rows]) -> tuple[ImuStream, ...]:
    """The inertial streams of one part of a file, in the order of time.

    Each message holds some samples a sensor: its time is that of the first one, ``sample_time_offset`` the milliseconds
    to each. Counts become physical values with the last ``three_d_sensor_calibration`` before them in the file,

        value = M · ((counts − level shift − offset) · factor / divisor),

    with the orientation matrix M (FIT SDK, three_d_sensor_calibration); without one they are left out, because counts
    say nothing. Values that the device has calibrated itself are taken as they are. Turn rates are interpolated onto
    the times of the accelerations where the two differ; NaN outside.

    Parameters
    ----------
    messages
        The file.
    rows_of
        Rows that belong to the part, by message name.

    Returns
    -------
    tuple of ImuStream
        Samples as they were measured, not resampled; the rate is their number over their time.
    """
    accelerations = _samples(messages, rows_of, _ACCELEROMETER)
    if accelerations is None:
        return ()
    time_ms, acceleration = accelerations
    turning = _samples(messages, rows_of, _GYROSCOPE)
    angular = None if turning is None else _onto(time_ms, *turning)
    cuts = np.flatnonzero(np.diff(time_ms) > 1000 * MAX_GAP_S) + 1
    streams = []
    for piece in np.split(np.arange(len(time_ms)), cuts):
        span_s = float(time_ms[piece[-1]] - time_ms[piece[0]]) / 1000
        if len(piece) < MIN_SAMPLES or span_s <= 0:
            continue
        start = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=round(time_ms[piece[0]]))
        streams.append(
            ImuStream(
                site="unknown",
                sampling_rate_hz=(len(piece) - 1) / span_s,
                acceleration_mps2=acceleration[piece],
                angular_velocity_radps=None if angular is None else angular[piece],
                start_time=start,
            )
        )
    return tuple(streams)


def _samples(
    messages: FitMessages, rows_of: Mapping[str, Rows], sensor: _Sensor
) -> tuple[FloatArray, FloatArray] | None:
    """Times in milliseconds since the epoch, ``(n,)`` ascending, and values in SI units, ``(n, 3)``; None if none."""
    rows = rows_of.get(sensor.message, np.zeros(0, dtype=np.intp))
    if not len(rows):
        return None
    table = messages.table(sensor.message)
    offsets_ms, owner = flat(table, "sample_time_offset", rows)
    values = _calibrated_by_device(table, rows, sensor.prefix)
    if values is None:
        values = _calibrated(messages, rows_of, table, rows, owner, sensor)
    moments = times(table, "timestamp")[rows].astype("datetime64[ms]")
    begin_ms = np.where(np.isnat(moments), np.nan, moments.astype(np.int64).astype(np.float64))
    fraction, _ = flat(table, "timestamp_ms", rows)
    if len(fraction) == len(rows):
        begin_ms = begin_ms + np.nan_to_num(fraction)
    if values is None or len(values) != len(offsets_ms):
        return None
    time_ms = begin_ms[owner] + offsets_ms
    kept = np.isfinite(time_ms) & np.isfinite(values).all(axis=1)
    order = np.argsort(time_ms[kept], kind="stable")
    time_ms, values = time_ms[kept][order], values[kept][order] * sensor.si
    return (time_ms, values) if len(time_ms) else None


def _calibrated_by_device(table: Table, rows: Rows, prefix: str) -> FloatArray | None:
    """Values in g or degrees a second that the device has worked out itself."""
    for name, factor in ((f"calibrated_{prefix}", 1.0), (f"compressed_calibrated_{prefix}", 0.001)):
        if f"{name}_x" in table.columns:
            axes = _axes(table, rows, name)
            if axes is not None and np.isfinite(axes).any():
                return axes * factor
    return None


def _calibrated(
    messages: FitMessages, rows_of: Mapping[str, Rows], table: Table, rows: Rows, owner: Rows, sensor: _Sensor
) -> FloatArray | None:
    """Counts to g or degrees a second; NaN before the first calibration."""
    counts = _axes(table, rows, sensor.prefix)
    known = rows_of.get("three_d_sensor_calibration", np.zeros(0, dtype=np.intp))
    if counts is None or len(counts) != len(owner) or not len(known):
        return None
    calibration = messages.table("three_d_sensor_calibration")
    kinds = calibration.columns.get("sensor_type")
    own = known if kinds is None else known[[kind == sensor.kind for kind in kinds[known]]]
    values = np.full(counts.shape, np.nan)
    use = np.searchsorted(calibration.offsets[own], table.offsets[rows]) - 1
    for position, row in enumerate(own.tolist()):
        mine = use[owner] == position
        factor = _number(calibration, "calibration_factor", row) / _number(calibration, "calibration_divisor", row)
        zero = _number(calibration, "level_shift", row) + _vector(calibration, "offset_cal", row, 3, 0.0)
        matrix = _vector(calibration, "orientation_matrix", row, 9, np.nan).reshape(3, 3)
        if np.isnan(matrix).any():
            matrix = np.eye(3)
        values[mine] = ((counts[mine] - zero) * factor) @ matrix.T
    return values


def _onto(time_ms: FloatArray, own_ms: FloatArray, values: FloatArray) -> FloatArray:
    if np.array_equal(own_ms, time_ms):
        return values
    columns = [np.interp(time_ms, own_ms, values[:, axis], left=np.nan, right=np.nan) for axis in range(3)]
    return np.column_stack(columns)


def _axes(table: Table, rows: Rows, name: str) -> FloatArray | None:
    found = [flat(table, f"{name}_{axis}", rows)[0] for axis in "xyz"]
    if not len(found[0]) or len({len(axis) for axis in found}) > 1:
        return None
    return np.column_stack(found)


def _number(table: Table, column: str, row: int) -> float:
    found = table.columns.get(column)
    value: Any = None if found is None else found[row]
    return float("nan") if value is None or np.ndim(value) else float(value)


def _vector(table: Table, column: str, row: int, size: int, missing: float) -> FloatArray:
    found = table.columns.get(column)
    value: Any = None if found is None else found[row]
    if value is None or np.size(value) != size:
        return np.full(size, missing)
    return np.asarray(value, dtype=np.float64)
