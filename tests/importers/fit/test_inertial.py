"""Accelerometer and gyroscope messages to calibrated streams in SI units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import Activity
from stridelab.fixtures import FitEncoder, WireField
from stridelab.importers import read_activity

START_S = 1_100_000_000
START = pd.Timestamp("1989-12-31", tz="UTC") + pd.Timedelta(seconds=START_S)
ACCELEROMETER, GYROSCOPE, CALIBRATION = 165, 164, 167
PER_MESSAGE = 20
TURN = [[0, 1, 0], [-1, 0, 0], [0, 0, 1]]


def samples(encoder: FitEncoder, local: int, message: int, counts: np.ndarray[Any, Any], times_ms: list[int]) -> None:
    """Messages of ``PER_MESSAGE`` samples at 100 Hz from these starts; counts of shape (n_messages, samples, 3)."""
    fields = [WireField(253, "uint32"), WireField(0, "uint16"), WireField(1, "uint16", PER_MESSAGE)]
    encoder.define(local, message, fields + [WireField(axis, "uint16", PER_MESSAGE) for axis in (2, 3, 4)])
    starts = np.asarray(times_ms)
    offsets = np.tile(np.arange(PER_MESSAGE) * 10, (len(starts), 1))
    encoder.write(local, [START_S + starts // 1000, starts % 1000, offsets, *np.moveaxis(counts, 2, 0)])


def calibration(encoder: FitEncoder, sensor: int, factor: int, divisor: int, offset: list[int]) -> None:
    fields = [WireField(253, "uint32"), WireField(0, "enum"), WireField(1, "uint32"), WireField(2, "uint32")]
    fields += [WireField(3, "uint32"), WireField(4, "sint32", 3), WireField(5, "sint32", 9)]
    encoder.define(11, CALIBRATION, fields)
    matrix = (np.asarray(TURN).ravel() * 65535)[None, :]
    encoder.write(11, [[START_S], [sensor], [factor], [divisor], [32768], [offset], matrix])


def recorded(encoder: FitEncoder) -> Activity:
    encoder.message("file_id", {"type": ["activity"], "manufacturer": ["garmin"]})
    end = START + pd.Timedelta(seconds=10)
    encoder.message("session", {"start_time": [START], "timestamp": [end], "sport": ["running"]})
    return read_activity(encoder.to_bytes())


def test_counts_become_calibrated_si_units() -> None:
    encoder = FitEncoder()
    calibration(encoder, 0, 1, 2048, [6, -5, -11])
    calibration(encoder, 1, 5, 82, [0, 0, 0])
    counts = np.empty((5, PER_MESSAGE, 3), dtype=np.int64)
    counts[:] = np.array([32768 + 6, 32768 - 5, 32768 - 11 + 2048])
    starts = [200 * i for i in range(5)]
    samples(encoder, 14, ACCELEROMETER, counts, starts)
    turning = np.full((5, PER_MESSAGE, 3), 32768)
    turning[:, :, 1] += 82 * 36
    samples(encoder, 15, GYROSCOPE, turning, starts)
    (stream,) = recorded(encoder).imu
    assert stream.sampling_rate_hz == pytest.approx(100)
    assert stream.start_time == START.to_pydatetime()
    np.testing.assert_allclose(stream.acceleration_mps2, np.tile([0, 0, 9.80665], (100, 1)), atol=1e-9)
    assert stream.angular_velocity_radps is not None
    # 180 degrees a second about y, which the orientation matrix turns to x.
    np.testing.assert_allclose(stream.angular_velocity_radps, np.tile([np.pi, 0, 0], (100, 1)), atol=1e-4)


def test_a_later_calibration_holds_from_its_place_on() -> None:
    encoder = FitEncoder()
    counts = np.full((1, PER_MESSAGE, 3), 32768 + 1000)
    calibration(encoder, 0, 1, 1000, [0, 0, 0])
    samples(encoder, 14, ACCELEROMETER, counts, [0])
    calibration(encoder, 0, 2, 1000, [0, 0, 0])
    samples(encoder, 14, ACCELEROMETER, counts, [200])
    (stream,) = recorded(encoder).imu
    norm = np.linalg.norm(stream.acceleration_mps2, axis=1) / np.sqrt(3) / 9.80665
    np.testing.assert_allclose(norm, [1.0] * 20 + [2.0] * 20, rtol=1e-4)


def test_a_silence_begins_a_new_stream() -> None:
    encoder = FitEncoder()
    calibration(encoder, 0, 1, 2048, [0, 0, 0])
    samples(encoder, 14, ACCELEROMETER, np.full((4, PER_MESSAGE, 3), 33000), [0, 200, 5000, 5200])
    streams = recorded(encoder).imu
    assert [len(stream.acceleration_mps2) for stream in streams] == [40, 40]
    assert [stream.start_time for stream in streams] == [START, START + pd.Timedelta(seconds=5)]
    assert [stream.angular_velocity_radps for stream in streams] == [None, None]


def test_counts_without_a_calibration_say_nothing() -> None:
    encoder = FitEncoder()
    samples(encoder, 14, ACCELEROMETER, np.full((2, PER_MESSAGE, 3), 33000), [0, 200])
    assert recorded(encoder).imu == ()


def test_what_the_device_calibrated_itself_is_taken_as_it_is() -> None:
    encoder = FitEncoder()
    fields = [WireField(253, "uint32"), WireField(1, "uint16", 4)]
    encoder.define(14, ACCELEROMETER, fields + [WireField(axis, "float32", 4) for axis in (5, 6, 7)])
    offsets = np.array([[0, 20, 40, 60]])
    encoder.write(14, [[START_S], offsets, *(np.full((1, 4), g) for g in (0.0, 0.6, 0.8))])
    (stream,) = recorded(encoder).imu
    assert stream.sampling_rate_hz == pytest.approx(50)
    np.testing.assert_allclose(np.linalg.norm(stream.acceleration_mps2, axis=1), 9.80665, rtol=1e-6)


def test_turn_rates_at_other_times_are_laid_onto_the_accelerations() -> None:
    encoder = FitEncoder()
    calibration(encoder, 0, 1, 2048, [0, 0, 0])
    calibration(encoder, 1, 1, 1, [0, 0, 0])
    samples(encoder, 14, ACCELEROMETER, np.full((2, PER_MESSAGE, 3), 33000), [0, 200])
    ramp = np.arange(PER_MESSAGE)[None, :, None] * np.ones(3) + 32768
    samples(encoder, 15, GYROSCOPE, ramp.astype(np.int64), [105])
    (stream,) = recorded(encoder).imu
    assert stream.angular_velocity_radps is not None
    turning = np.degrees(stream.angular_velocity_radps[:, 2])
    # A ramp of 1 degree/s each 10 ms from 105 ms to 295 ms; nothing is known before and after.
    assert np.isnan(turning[:11]).all()
    assert np.isnan(turning[30:]).all()
    np.testing.assert_allclose(turning[11:30], np.arange(11, 30) - 10.5, atol=2e-5)
