"""Gait against other open packages: CPU time and error of cadence on the same recording, as Markdown tables.

`make benchmark` runs it. Peers run in the interpreters that STRIDELAB_GAIT_PEERS names (separated like PATH), because
they do not go with this project's versions of numpy and pandas; without it in this one, where a missing one is said to
be so. Nothing is judged by the clock.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.signal import butter, find_peaks, resample_poly, sosfiltfilt

from stridelab.analysis import gait

pytestmark = [pytest.mark.benchmark, pytest.mark.corpus]

G = 9.80665
HOUR = 360_000
RUN_S = (10, 290)
RUNS = 5


def _hip(corpus: Path) -> tuple[Any, Any]:
    data = np.load(corpus / "imu" / "hip_ankle_adept" / "first_1000s.npz")
    shoe = sosfiltfilt(butter(2, 8, fs=100, output="sos"), data["left_ankle_g"].astype(float)[:, 0])
    swings, _ = find_peaks(-shoe, height=2.5, distance=45)
    return data["left_hip_g"].astype(float) * G, swings / 100


def _cpu(call: Callable[[], Any]) -> float:
    best = np.inf
    for _ in range(RUNS):
        began = time.process_time()
        call()
        best = min(best, time.process_time() - began)
    return float(best)


def _memory(call: Callable[[], Any]) -> int:
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_one_hour_at_100_hz(corpus: Path) -> None:
    hip, _ = _hip(corpus)
    shank = np.load(corpus / "imu" / "shank_bach2022" / "trial_07_running.npz")["acceleration_g"].astype(float) * G
    hours = {
        "hip": np.tile(hip, (4, 1))[:HOUR],
        "shank": np.tile(resample_poly(shank, 7, 10, axis=0), (200, 1))[:HOUR],
    }
    print("\n| one hour at 100 Hz | CPU s | memory, × the signal |\n|---|--:|--:|")
    for site, values in hours.items():
        for call in (gait.cadence, gait.contacts, gait.analyse):

            def run(call: Any = call, values: Any = values, site: str = site) -> Any:
                return call(values, sampling_rate_hz=100.0, site=site)

            print(f"| {site}: {call.__name__} | {_cpu(run):.2f} | {_memory(run) / values.nbytes:.1f} |")
        assert len(gait.contacts(values, sampling_rate_hz=100.0, site=site).initial_contact_s) > 3000


def test_cadence_beside_other_packages(corpus: Path, tmp_path: Path) -> None:
    hip, swings = _hip(corpus)
    run = hip[RUN_S[0] * 100 : RUN_S[1] * 100]
    # Upright: the hip's second axis points down.
    upright = np.ascontiguousarray(np.column_stack([-run[:, 1], run[:, 2], run[:, 0]]))
    edges = np.arange(RUN_S[0], RUN_S[1] - 9.999, 10.0)
    true = np.array([120 / np.diff(swings[(swings >= low) & (swings < low + 10)]).mean() for low in edges])

    def ours() -> Any:
        return gait.cadence(upright, sampling_rate_hz=100.0, site="hip", step_s=10.0)

    error = ours().cadence_spm - true
    print(f"\n| cadence at the hip, {len(true)} windows of 10 s | CPU s | bias | mean absolute error | windows |")
    print("|---|--:|--:|--:|--:|")
    print(f"| stridelab | {_cpu(ours):.3f} | {error.mean():+.1f} | {np.abs(error).mean():.2f} | {len(error)} |")
    assert np.abs(error).mean() < 1
    np.save(tmp_path / "run.npy", upright)
    script = Path(__file__).with_name("gait_peers.py")
    for python in os.environ.get("STRIDELAB_GAIT_PEERS", sys.executable).split(os.pathsep):
        done = subprocess.run(
            [python, str(script), str(tmp_path / "run.npy"), "100"],
            capture_output=True,
            text=True,
            check=False,
            timeout=1200,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        )
        for line in done.stdout.splitlines():
            print(_row(json.loads(line), true))


def _row(peer: dict[str, Any], true: Any) -> str:
    name = f"{peer['name']} {peer.get('version', '')}".strip()
    if "failure" in peer:
        return f"| {name} | {peer['failure']} | | | |"
    error = np.array([np.nan if x is None else x for x in peer["cadence_spm"]]) - true
    known = error[np.isfinite(error)]
    if not len(known):
        return f"| {name} | {peer['cpu_s']:.3f} | | finds no steps | 0 |"
    return f"| {name} | {peer['cpu_s']:.3f} | {known.mean():+.1f} | {np.abs(known).mean():.2f} | {len(known)} |"
