"""What every reader keeps, whatever its format: a format is tested here by being registered in `detect.FORMATS`.

A new format needs one thing of this file: a small sample in `SAMPLES`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.io

from stridelab.activity import Activity, ReadResult
from stridelab.errors import NotRecognisedError, ReadError, UsageError
from stridelab.fixtures import encode_fit
from stridelab.importers import read, read_activity
from stridelab.importers.detect import FORMATS, HEAD_BYTES, recognise

CUTS = 24
"""Places at which each sample is cut; the header's bytes are cut one by one besides."""

DAMAGES = 24
"""Damaged copies of each sample."""

ENGINES = [(known.name, engine) for known in FORMATS for engine in known.engines]


def _fit() -> bytes:
    records = [{"timestamp": 1_130_000_000 + i, "heart_rate": 140, "distance": 3.0 * i} for i in range(60)]
    session = {"start_time": 1_130_000_000, "timestamp": 1_130_000_060, "sport": "running", "total_elapsed_time": 60.0}
    return encode_fit([("file_id", [{"type": "activity"}]), ("record", records), ("session", [session])])


def _gpx() -> bytes:
    points = "".join(
        f'<trkpt lat="{47 + i / 1e4:.4f}" lon="8.5"><ele>400</ele><time>2026-05-04T07:30:{i:02}Z</time></trkpt>'
        for i in range(60)
    )
    namespace = "http://www.topografix.com/GPX/1/1"
    track = f"<trk><name>Über</name><type>running</type><trkseg>{points}</trkseg></trk>"
    return f'<?xml version="1.0"?>\n<gpx version="1.1" creator="me" xmlns="{namespace}">{track}</gpx>'.encode()


def _tcx() -> bytes:
    points = "".join(
        f"<Trackpoint><Time>2026-05-04T07:30:{i:02}Z</Time><Position><LatitudeDegrees>{47 + i / 1e4:.4f}"
        f"</LatitudeDegrees><LongitudeDegrees>8.5</LongitudeDegrees></Position><DistanceMeters>{3 * i}"
        "</DistanceMeters><HeartRateBpm><Value>140</Value></HeartRateBpm></Trackpoint>"
        for i in range(60)
    )
    lap = (
        '<Lap StartTime="2026-05-04T07:30:00Z"><TotalTimeSeconds>59</TotalTimeSeconds><DistanceMeters>177'
        "</DistanceMeters><Calories>9</Calories><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>"
        f"<Track>{points}</Track></Lap>"
    )
    activity = f'<Activity Sport="Running"><Id>2026-05-04T07:30:00Z</Id>{lap}</Activity>'
    namespace = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
    body = f'<TrainingCenterDatabase xmlns="{namespace}"><Activities>{activity}</Activities></TrainingCenterDatabase>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


def _samples_g() -> np.ndarray:
    time = np.arange(200) / 100
    return np.column_stack([0.3 * np.sin(9 * time), 0.2 * np.cos(7 * time), 1 + 0.8 * np.sin(16 * time)])


def _csv() -> bytes:
    begin = pd.Timestamp("2026-05-04 07:30", tz="UTC")
    frame = pd.DataFrame(_samples_g(), columns=[f"Accel-{axis} (g)" for axis in "XYZ"])
    times = (begin + pd.to_timedelta(np.arange(len(frame)) * 10, unit="ms")).strftime("%Y-%m-%d %H:%M:%S.%f")
    frame.insert(0, "Time", [text[:-3] for text in times])
    return frame.to_csv(index=False, float_format="%.6f").encode()


def _npz() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, sampling_rate_hz=100.0, acceleration_g=_samples_g())
    return file.getvalue()


def _mat() -> bytes:
    file = io.BytesIO()
    scipy.io.savemat(file, {"fs": 100.0, "acceleration_g": _samples_g()})
    return file.getvalue()


def _parquet() -> bytes:
    file = io.BytesIO()
    columns = {f"acc_{axis}_g": _samples_g()[:, i] for i, axis in enumerate("xyz")}
    pq.write_table(pa.table({"time_s": np.arange(200) / 100, **columns}), file)
    return file.getvalue()


SAMPLES = {
    "fit": _fit,
    "gpx": _gpx,
    "tcx": _tcx,
    "imu-csv": _csv,
    "imu-npz": _npz,
    "imu-mat": _mat,
    "imu-parquet": _parquet,
}


@cache
def sample(name: str) -> bytes:
    """A small undamaged file of a format, with one activity."""
    return SAMPLES[name]()


def outcome(data: bytes, engine: str) -> ReadResult | ReadError:
    """What reading gives; anything but a result or a `ReadError` fails the test."""
    try:
        return read(data, name="damaged", engine=engine)
    except UsageError:
        # The damage has made it a file of another format.
        return outcome_of_default(data)
    except ReadError as error:
        return error


def outcome_of_default(data: bytes) -> ReadResult | ReadError:
    try:
        return read(data, name="damaged")
    except ReadError as error:
        return error


def check(found: ReadResult | ReadError) -> None:
    """What holds of every outcome."""
    if isinstance(found, ReadError):
        assert found.found
        assert found.where == "damaged"
        return
    for activity in found.activities:
        check_records(activity)


def check_records(activity: Activity) -> None:
    index = activity.records.index
    assert isinstance(index, pd.DatetimeIndex)
    assert (index.name, str(index.dtype)) == ("timestamp", "datetime64[ms, UTC]")
    assert index.is_monotonic_increasing
    assert index.is_unique
    assert activity.start_time.tzinfo is not None
    assert len(activity.sample_durations_s) == len(index)
    for stream in activity.imu:
        assert stream.acceleration_mps2.shape[1:] == (3,)
        assert stream.sampling_rate_hz > 0


def test_there_is_a_sample_of_every_format() -> None:
    assert {known.name for known in FORMATS} <= SAMPLES.keys()


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_a_sample_is_recognised_as_its_own_format_only(known: object) -> None:
    head = sample(known.name)[:HEAD_BYTES]  # type: ignore[attr-defined]
    assert [other.name for other in FORMATS if other.recognises(head)] == [known.name]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "engine"), ENGINES)
class TestEveryReader:
    """One reader: a format and one of its engines."""

    def test_every_kind_of_source_gives_the_same(self, name: str, engine: str, tmp_path: Path) -> None:
        data = sample(name)
        path = tmp_path / "mein Lauf – Zürich 走.bin"
        path.write_bytes(data)
        packed = tmp_path / "run.bin.gz"
        packed.write_bytes(gzip.compress(data))
        sources = (path, str(path), data, io.BytesIO(data), packed, gzip.compress(data))
        runs = [read_activity(source, engine=engine) for source in sources]
        assert len({run.id for run in runs}) == 1
        assert runs[0].source.name == path.name
        for run in runs:
            pd.testing.assert_frame_equal(run.records, runs[0].records)

    def test_the_source_is_kept(self, name: str, engine: str) -> None:
        data = sample(name)
        result = read(data, name="a name.x", engine=engine)
        source = result.source
        assert (source.name, source.format, source.engine) == ("a name.x", name, engine)
        assert source.sha256 == hashlib.sha256(data).hexdigest()
        assert source.size_bytes == len(data)
        assert [activity.source for activity in result.activities] == [source]
        assert pickle.loads(pickle.dumps(source)) == source

    def test_the_sample_is_read_without_damage_and_keeps_the_records_contract(self, name: str, engine: str) -> None:
        result = read(sample(name), engine=engine)
        assert [issue for issue in result.issues if issue.severity != "info"] == []
        assert read(sample(name), engine=engine, policy="strict").kind == result.kind == "activity"
        for activity in result.activities:
            check_records(activity)

    def test_a_cut_file_gives_what_is_there_or_a_read_error(self, name: str, engine: str) -> None:
        data = sample(name)
        places = sorted({*range(40), *np.linspace(40, len(data) - 1, CUTS).astype(int).tolist()})
        for place in places:
            check(outcome(data[:place], engine))

    def test_damaged_bytes_give_what_is_there_or_a_read_error(self, name: str, engine: str) -> None:
        for data in damaged(sample(name)):
            check(outcome(data, engine))

    def test_what_follows_a_good_head_may_be_anything(self, name: str, engine: str) -> None:
        generator = np.random.default_rng(7)
        head = sample(name)[:200]
        for tail in (b"", b"\x00" * 500, generator.bytes(500), b"\xff" * 500, b"\n" * 500, head):
            check(outcome(head + tail, engine))


def damaged(data: bytes) -> Iterator[bytes]:
    for seed in range(DAMAGES):
        generator = np.random.default_rng(seed)
        copy = bytearray(data)
        for _ in range(int(generator.integers(1, 6))):
            at, length = int(generator.integers(0, len(copy))), int(2 ** generator.integers(0, 6))
            match seed % 3:
                case 0:
                    copy[at] ^= 1 << int(generator.integers(0, 8))
                case 1:
                    copy[at : at + length] = generator.bytes(length)
                case 2:
                    del copy[at : at + length]
        yield bytes(copy)


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_an_unknown_engine_is_refused_with_those_that_exist(known: object) -> None:
    with pytest.raises(UsageError) as refused:
        read(sample(known.name), engine="magic")  # type: ignore[attr-defined]
    for engine in known.engines:  # type: ignore[attr-defined]
        assert engine in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\x00" * 100, b"<html><body>Sign in</body></html>", b'{"a": [1, 2]}', b"%PDF-1.7 ...", b"words, words"),
        *(b"\x89PNG\r\n\x1a\n", b"PK\x03\x04" + b"\x00" * 60, b"<?xml version='1.0'?><kml/>", bytes(range(256))),
    ],
    ids=["empty", "zeros", "HTML", "JSON", "PDF", "text", "PNG", "zip", "KML", "bytes"],
)
def test_a_refusal_names_every_format_with_what_it_expects_and_found(data: bytes) -> None:
    assert recognise(data) is None
    with pytest.raises(NotRecognisedError) as refused:
        read(data, name="strange.fit")
    error = refused.value
    assert isinstance(error, ValueError)
    assert error.where == "strange.fit"
    assert error.found
    assert error.advice
    for known in FORMATS:
        assert f"{known.name} expects {known.expects}, found {known.found(data)}" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_every_refusal_says_something_else_of_other_content() -> None:
    table = b"Activity Type,Date,Distance\nRunning,2026-05-04,5.0\n"
    with pytest.raises(ReadError, match="found columns Activity Type, Date, Distance"):
        read(table)
