"""Damaged files give results or a `ReadError`, nothing else: never another exception, never a hang, never a flood.

The short run is part of the tests; STRIDELAB_FUZZ_CASES=50000 makes a long one. A case is made from its seed alone, and
a failure names it.
"""

from __future__ import annotations

import faulthandler
import os
import tracemalloc
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import ReadResult
from stridelab.errors import ReadError
from stridelab.fixtures import FitEncoder, WireField, encode_fit
from stridelab.importers import read
from stridelab.importers.fit import decode

CASES = int(os.environ.get("STRIDELAB_FUZZ_CASES", "1500"))
CHUNKS = 6
SECONDS_A_CASE = 60
"""Far beyond what any case needs: what takes longer hangs."""

MAX_BYTES = 64 * 1024 * 1024
"""Far beyond what any of these files of a few kilobytes needs: what takes more believed a size in the file."""


@cache
def seeds() -> tuple[bytes, ...]:
    """Small files that together use every part of the format."""
    return _swim(), _odd_types(), _odd_types(big_endian=True), _compressed(), _chained(), _monitoring()


def _swim() -> bytes:
    start = pd.Timestamp("2026-06-01 06:00", tz="UTC")
    times = [start + pd.Timedelta(seconds=i) for i in range(40)]
    session = {"start_time": start, "timestamp": times[-1], "total_elapsed_time": 40, "total_timer_time": 40}
    records = [
        {"timestamp": t, "heart_rate": 120 + i, "distance": 2.0 * i, "speed": 2.0, "position_lat": 47.3 + i / 1e5}
        | {"position_long": 8.5, "cadence": 80, "altitude": 400.0, "compressed_speed_distance": [1, 2, 3]}
        for i, t in enumerate(times)
    ]
    return encode_fit(
        [
            ("file_id", [{"type": "activity", "manufacturer": "garmin", "product": 3113, "time_created": start}]),
            ("device_info", [{"timestamp": start, "device_index": 0, "manufacturer": "garmin", "product": 3113}]),
            ("event", [{"timestamp": start, "event": "timer", "event_type": "start", "data": 0}]),
            ("record", records),
            ("hr", [{"timestamp": start, "filtered_bpm": [100, 101], "event_timestamp": [1.0, 2.0]}]),
            ("hrv", [{"time": [0.8, 0.81, None, None, None]}]),
            ("length", [{"start_time": t, "timestamp": t, "swim_stroke": "freestyle"} for t in times[:3]]),
            ("set", [{"timestamp": t, "start_time": t, "duration": 30.0, "repetitions": 8} for t in times[:3]]),
            ("lap", [session | {"total_distance": 80.0}]),
            ("session", [session | {"sport": "running", "sub_sport": "treadmill", "total_distance": 80.0}]),
            ("activity", [{"timestamp": times[-1], "local_timestamp": pd.Timestamp("2026-06-01 08:00:39")}]),
        ]
    )


def _odd_types(*, big_endian: bool = False) -> bytes:
    """Every base type alone and as an array, unknown messages, developer fields before and without a description."""
    bases = "uint8 sint8 uint16 sint16 uint32 sint32 uint8z uint16z uint32z sint64 uint64 uint64z float32 float64 byte"
    fields = [WireField(i, base, 1 + i % 3) for i, base in enumerate(bases.split())]
    generator = np.random.default_rng(1)
    encoder = FitEncoder()
    encoder.message("file_id", {"type": ["activity"], "manufacturer": ["development"]})
    encoder.message("developer_data_id", {"developer_data_index": [0], "application_id": [list(range(16))]})
    names: dict[str, list[Any]] = {"field_name": ["Power"], "units": ["Watts"]}
    numbers = {"developer_data_index": [0], "field_definition_number": [0], "fit_base_type_id": ["uint16"]}
    encoder.define(7, 20, [WireField(253, "uint32"), WireField(3, "uint8"), WireField(0, "uint16", 1, 0),
                           WireField(9, "uint32", 1, 4)], big_endian=big_endian)  # fmt: skip
    encoder.write(7, [1_100_000_000 + np.arange(9), np.full(9, 140), np.arange(9), np.arange(9)])
    encoder.message("field_description", numbers | names)
    encoder.define(8, 65300, [*fields, WireField(40, "string", 8)], big_endian=big_endian)
    columns = [generator.integers(0, 120, (12, field.count)).squeeze() for field in fields]
    encoder.write(8, [*columns, np.array([b"text"] * 12)])
    encoder.define(9, 165, [WireField(253, "uint32"), WireField(0, "uint16"), WireField(1, "uint16", 10),
                            WireField(2, "uint16", 10), WireField(3, "uint16", 10)], big_endian=big_endian)  # fmt: skip
    encoder.write(9, [1_100_000_000 + np.arange(4), np.arange(4), *[np.full((4, 10), 32768)] * 3])
    return encoder.to_bytes()


def _compressed() -> bytes:
    encoder = FitEncoder()
    encoder.message("file_id", {"type": ["activity"]})
    encoder.define(0, 20, [WireField(253, "uint32"), WireField(3, "uint8")])
    encoder.write(0, [[1_100_000_000], [140]])
    encoder.define(1, 20, [WireField(3, "uint8"), WireField(8, "byte", 3)])
    encoder.write(1, [np.full(80, 141), np.ones((80, 3))], compressed_offset_s=np.arange(1, 81) % 32)
    return encoder.to_bytes(header_size=12)


def _chained() -> bytes:
    part = encode_fit(
        [("file_id", [{"type": "activity"}]), ("record", [{"timestamp": 1_100_000_000 + i} for i in range(9)])]
    )
    return part + part + b"trailing"


def _monitoring() -> bytes:
    rows = [{"timestamp": 1_100_000_000 + 60 * i, "heart_rate": 60 + i} for i in range(9)]
    packed = [{"timestamp_16": 7000 + 60 * i, "current_activity_type_intensity": 6, "cycles": i} for i in range(9)]
    stress = [{"stress_level_time": 1_100_000_000 + 60 * i, "stress_level_value": i} for i in range(9)]
    return encode_fit(
        [
            ("file_id", [{"type": "monitoring_b"}]),
            ("monitoring_info", [{"timestamp": 1_100_000_000, "activity_type": ["walking"]}]),
            ("monitoring", rows),
            ("monitoring", packed),
            ("stress_level", stress),
        ]
    )


def damaged(case: int) -> bytes:
    """The file of a case: one to five changes to one of the seeds."""
    generator = np.random.default_rng(case)
    data = bytearray(seeds()[case % len(seeds())])
    for _ in range(int(generator.integers(1, 6))):
        at = int(generator.integers(0, len(data) + 1))
        length = int(2 ** generator.integers(0, 7))
        match int(generator.integers(0, 6)):
            case 0 if at < len(data):
                data[at] ^= 1 << int(generator.integers(0, 8))
            case 1 if at < len(data):
                data[at] = int(generator.choice([0, 1, 0x40, 0x60, 0x7F, 0x80, 0xFE, 0xFF]))
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = generator.bytes(length)
            case 4:
                # A piece of the file again, somewhere else: valid definitions and messages out of place.
                piece = int(generator.integers(0, len(data) + 1))
                data[at:at] = data[piece : piece + length]
            case 5 if generator.random() < 0.3:
                del data[at:]
    return bytes(data)


def outcome(data: bytes) -> ReadResult | ReadError:
    """What reading gives; every table is decoded, and everything an activity computes on access."""
    try:
        messages = decode(data)
        for name in messages:
            assert len(messages[name]) == messages.count(name)
        result = read(data)
    except ReadError as error:
        return error
    for activity in result.activities:
        assert len(activity.sample_durations_s) == len(activity.records)
    return result


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_damaged_files_give_results_or_a_read_error(chunk: int) -> None:
    wrong: list[str] = []
    for case in range(chunk, CASES, CHUNKS):
        # A hang ends the run with the place where it hung; no test here is judged by the clock.
        faulthandler.dump_traceback_later(SECONDS_A_CASE, exit=True)
        try:
            outcome(damaged(case))
        except Exception as error:  # Every kind, to name the case.
            wrong.append(f"case {case}: {type(error).__name__}: {error}")
        finally:
            faulthandler.cancel_dump_traceback_later()
    assert wrong == []


@pytest.mark.parametrize("case", [12433, 23832, 25178, 28170])
def test_cases_that_once_failed(case: int) -> None:
    outcome(damaged(case))


def test_the_undamaged_seeds_are_read_without_a_complaint() -> None:
    for data in seeds():
        result = outcome(data)
        assert isinstance(result, ReadResult)
        assert [issue.message for issue in result.issues if issue.severity == "error"] == []


def test_sizes_that_a_file_claims_are_not_believed() -> None:
    tracemalloc.start()
    try:
        for data in seeds():
            claims = bytearray(data)
            claims[4:8] = b"\xff\xff\xff\xff"
            outcome(bytes(claims))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MAX_BYTES
