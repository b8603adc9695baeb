"""Open packages for gait on one recording, run in a process of their own: they want other versions of pandas and numpy.

    PYTHON gait_peers.py RECORDING.npy RATE

prints one JSON object a package: its version, CPU seconds, and the cadence it finds in each window of 10 s, or why it
does not run. Nothing of stridelab is imported here.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
import warnings
from typing import Any

import numpy as np

WINDOW_S = 10.0


def by_window(initial_s: Any, duration_s: float) -> list[float | None]:
    """Steps a minute in each window from the times of initial contacts."""
    edges = np.arange(0, duration_s - WINDOW_S + 1e-9, WINDOW_S)
    found: list[float | None] = []
    for low in edges:
        inside = np.asarray(initial_s)[(initial_s >= low) & (initial_s < low + WINDOW_S)]
        found.append(float(60 / np.diff(inside).mean()) if len(inside) > 3 else None)
    return found


def mobgap(values: Any, rate: float, algorithm: str) -> Any:
    import mobgap.initial_contacts as methods
    import pandas as pd

    # The body's frame: up, to the left, forwards.
    frame = pd.DataFrame(values, columns=["acc_is", "acc_ml", "acc_pa"])
    # Asked for, though not used by these methods.
    frame[["gyr_is", "gyr_ml", "gyr_pa"]] = 0.0
    found = getattr(methods, algorithm)().detect(frame, sampling_rate_hz=rate)
    return found.ic_list_["ic"].to_numpy() / rate


def skdh(values: Any, rate: float) -> Any:
    from skdh.gait import GaitLumbar

    at = np.arange(len(values)) / rate
    result = GaitLumbar().predict(time=at, accel=values / 9.80665, fs=rate, height=1.75)
    # Seconds since 1970 of the first contact of every stride of its bouts.
    return np.unique(np.asarray(result["IC Timestamp"], dtype=float))


PEERS: dict[str, tuple[str, Any]] = {
    "mobgap, IcdShinImproved": ("mobgap", lambda values, rate: mobgap(values, rate, "IcdShinImproved")),
    "mobgap, IcdIonescu": ("mobgap", lambda values, rate: mobgap(values, rate, "IcdIonescu")),
    "scikit-digital-health, GaitLumbar": ("scikit-digital-health", skdh),
}


def main() -> None:
    values, rate = np.load(sys.argv[1]), float(sys.argv[2])
    warnings.simplefilter("ignore")
    for name, (package, run) in PEERS.items():
        row: dict[str, Any] = {"name": name}
        try:
            row["version"] = importlib.metadata.version(package)
            run(values[: int(30 * rate)], rate)
            began = time.process_time()
            initial = run(values, rate)
            row["cpu_s"] = time.process_time() - began
            row["cadence_spm"] = by_window(initial, len(values) / rate)
        except importlib.metadata.PackageNotFoundError:
            row["failure"] = "not installed"
        except Exception as error:
            row["failure"] = f"{type(error).__name__}: {error}"[:160]
        print(json.dumps(row))


if __name__ == "__main__":
    main()
