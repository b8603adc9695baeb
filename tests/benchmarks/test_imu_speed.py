"""How long one hour of inertial samples takes to read, against pandas reading the same text into a table only."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from stridelab import importers

SAMPLES = 360_000
RATE_HZ = 100
RUNS = 5


def hour(kind: str) -> bytes:
    """An hour at 100 Hz with six columns: even times, dates, or times that wander, with a gap."""
    generator = np.random.default_rng(0)
    time_s = np.arange(SAMPLES) / RATE_HZ
    frame = pd.DataFrame({f"acc_{axis} (g)": generator.normal(0.6, 0.3, SAMPLES).round(5) for axis in "xyz"})
    for axis in "xyz":
        frame[f"gyr_{axis} (deg/s)"] = generator.normal(0, 100, SAMPLES).round(3)
    if kind == "dates":
        moments = pd.Timestamp("2026-05-04 07:30") + pd.to_timedelta(np.arange(SAMPLES) * 10, unit="ms")
        frame.insert(0, "time", moments.strftime("%Y-%m-%d %H:%M:%S.%f"))
    else:
        wander = generator.normal(0, 3e-4, SAMPLES).cumsum() if kind == "uneven times" else 0.0
        frame.insert(0, "t (s)", (time_s + wander).round(6))
    if kind == "uneven times":
        frame = frame.drop(index=range(1000, 1500))
    return frame.to_csv(index=False).encode()


def best_s(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


@pytest.mark.benchmark
def test_an_hour_against_pandas(capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["| one hour, 100 Hz, six columns | pandas.read_csv, s | stridelab, s | ratio |", "|---|---|---|---|"]
    for kind in ("even times", "dates", "uneven times"):
        data = hour(kind)
        table = best_s(lambda data=data: pd.read_csv(io.BytesIO(data)))  # type: ignore[misc]
        ours = best_s(lambda data=data: importers.read(data))  # type: ignore[misc]
        assert importers.read(data).activities
        rows.append(f"| {kind} | {table:.2f} | {ours:.2f} | {ours / table:.1f} |")
    with capsys.disabled():
        print("\n" + "\n".join(rows) + "\n(CPU time, best of five)")
