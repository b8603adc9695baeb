"""Small hand-made recordings, in a format of their own that a stand-in reader knows.

A file is ``STRIDE`` and a JSON object: what `make_activity` is to build, how often, what is wrong with it. So the tests
of the store do not depend on any real reader, and say exactly what a file holds.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import (
    EVENT_COLUMNS,
    LAP_COLUMNS,
    PAUSE_COLUMNS,
    RR_COLUMNS,
    SET_COLUMNS,
    Activity,
    ImuStream,
    ReadResult,
    Source,
    activity_id,
)
from stridelab.errors import NotRecognisedError, ReadError
from stridelab.issues import Issue, IssueCode
from stridelab.wellness import Value

MAGIC = b"STRIDE"
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def rows(columns: dict[str, str], *values: tuple[Any, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(values, columns=list(columns), dtype=object)
    return frame.astype(columns)


def build(
    source: Source,
    position: int = 0,
    *,
    start_s: float = 0.0,
    samples: int = 120,
    elapsed_s: float | None = None,
    sport: str = "running",
    channels: int = 3,
    full: bool = False,
    **fields: Any,
) -> Activity:
    start = NOON + timedelta(seconds=start_s)
    index = pd.date_range(start, periods=samples, freq="s", name="timestamp").as_unit("ms")
    second = np.arange(samples, dtype=float)
    every = {
        "heart_rate_bpm": 140 + second % 7,
        "speed_mps": np.full(samples, 3.0),
        "distance_m": 3.0 * second,
        "cadence_spm": 170 + second % 3,
        "altitude_m": 400 + second / 10,
    }
    records = pd.DataFrame(dict(list(every.items())[:channels]), index=index)
    elapsed = float(samples) if elapsed_s is None else elapsed_s
    more = extras(start, index) if full else {}
    return Activity(
        id=activity_id(source.sha256, position, start),
        sport=sport,
        start_time=start,
        timer_time_s=elapsed,
        elapsed_time_s=elapsed,
        distance_m=3.0 * samples,
        records=records,
        source=source,
        **{**more, **fields},
    )


def extras(start: datetime, index: pd.DatetimeIndex) -> dict[str, Any]:
    """One of everything that an activity can hold."""
    laps = rows(LAP_COLUMNS, (start, 60.0, 60.0, 180.0, 141.0, 3.0, "manual", None))
    laps["calories"] = pd.Series([55], dtype="int64")
    developer = pd.DataFrame({"stryd:Power": np.arange(len(index)) * 1.5}, index)
    developer["x:text"] = pd.Series(["a", None] * (len(index) // 2), index=index, dtype=object)
    developer["x:vector"] = pd.Series([[1.0, 2.0]] * len(index), index=index, dtype=object)
    acceleration = np.random.default_rng(1).normal(size=(500, 3))
    return {
        "sub_sport": "trail",
        "title": "Über die Hügel",
        "utc_offset_s": 7200,
        "timezone": "Europe/Zurich",
        "timezone_source": "file",
        "ascent_m": 12.0,
        "laps": laps,
        "pauses": rows(PAUSE_COLUMNS, (start + timedelta(seconds=10), start + timedelta(seconds=20))),
        "events": rows(EVENT_COLUMNS, (start, "timer", "start", np.nan), (start, "battery", None, 0.5)),
        "sets": rows(
            SET_COLUMNS,
            (start, "active", "squat", "leg_press", None, 10.0, 80.0, 30.0),
            (start, "rest", None, None, None, np.nan, np.nan, 60.0),
        ),
        "rr_intervals": rows(RR_COLUMNS, (start, 428.0), (start + timedelta(milliseconds=428), 431.5)),
        "imu": (
            ImuStream("foot", 1000.0, acceleration, acceleration / 2, start, "left"),
            ImuStream("shank", 200.0, acceleration[:7]),
        ),
        "developer": developer,
        "summary": {
            "total_calories": 120,
            "average_power_w": np.float64(250.5),
            "nothing": float("nan"),
            "when": start,
            "parts": (1, 2.5, [3]),
            "athlete:mass_kg": 71.5,
            "athlete:resting_heart_rate_bpm": 0,
        },
        "device": {"product": "fenix", "software": 12.3},
        "provenance": {"cadence_spm": "doubled: the file counts one foot"},
        "issues": (
            Issue(IssueCode.TRUNCATED, "error", 1234, "cut"),
            Issue(IssueCode.DUPLICATE_TIME, "info", None, "2 samples"),
        ),
    }


def fake_read(
    data: bytes, *, name: str | None = None, policy: str = "salvage", engine: str | None = None
) -> ReadResult:
    if not data.startswith(MAGIC):
        raise NotRecognisedError("not one of ours", where=name or "")
    spec = json.loads(data[len(MAGIC) :])
    if spec.get("fails") == "read":
        raise ReadError("damaged beyond use", where=name or "")
    if spec.get("fails") == "badly":
        raise ZeroDivisionError("a mistake in a reader")
    if spec.get("fails") == "interrupt":
        raise KeyboardInterrupt
    source = Source(name or "", hashlib.sha256(data).hexdigest(), "test", "fake", len(data))
    issues = tuple(Issue(IssueCode(code), "warning", 7, code) for code in spec.get("issues", ()))
    if policy == "strict" and issues:
        raise ReadError("damaged", where=name or "")
    activities = [build(source, i, **activity) for i, activity in enumerate(spec.get("activities", ()))]
    no_time = np.datetime64("NaT", "ms")
    days = [np.datetime64(day, "ms") for day in spec.get("wellness", ())]
    values = tuple(Value("steps", 9000.0, day, "day", no_time, "watch") for day in days)
    return ReadResult(
        activities=tuple(activities),
        wellness_values=values,
        issues=issues,
        source=source,
        kind=spec.get("kind", "activity"),
    )


@pytest.fixture
def fake_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers that know the recordings of these tests, and nothing else."""
    monkeypatch.setattr("stridelab.importers.read", fake_read)
    monkeypatch.setattr(
        "stridelab.importers.detect.recognise", lambda head: object() if head.startswith(MAGIC) else None
    )


@pytest.fixture
def recording() -> Callable[..., bytes]:
    """Bytes of a file: ``recording({"start_s": 60, …}, …, kind=…, issues=[…], fails=…)``."""

    def make(*activities: dict[str, Any], **spec: Any) -> bytes:
        return MAGIC + json.dumps({"activities": activities, **spec}).encode()

    return make


@pytest.fixture
def make_activity() -> Callable[..., Activity]:
    """An activity of a file of this content."""

    def make(content: bytes = b"", **fields: Any) -> Activity:
        return build(Source("a.fit", hashlib.sha256(content).hexdigest(), "test", "fake", len(content)), **fields)

    return make


@pytest.fixture
def season(tmp_path: Path, recording: Callable[..., bytes]) -> Path:
    """A folder with a bit of everything, subfolders included."""
    folder = tmp_path / "season"
    (folder / "watch").mkdir(parents=True)
    day = 86_400
    files = {
        "run.fit": recording({"full": True}),
        "watch/run_watch.fit": recording({"start_s": 30, "channels": 2}),
        "ride.fit.gz": recording({"start_s": day, "sport": "cycling", "samples": 3600}),
        "triathlon.fit": recording({"start_s": 2 * day, "sport": "swimming"}, {"start_s": 2 * day + 60}),
        "copy of run.fit": recording({"full": True}),
        "cut.fit": recording({"start_s": 3 * day}, issues=["truncated"]),
        "night.fit": recording(kind="monitoring"),
        "steps.fit": recording(kind="monitoring", wellness=["2026-05-04", "2026-05-05"]),
        "bad.fit": recording(fails="read"),
        "worse.fit": recording(fails="badly"),
        "not.gpx": b"<html>",
        "README.md": b"# Hello",
    }
    for name, data in files.items():
        if name.endswith(".gz"):
            data = gzip.compress(data, mtime=0)
        (folder / name).write_bytes(data)
    return folder
