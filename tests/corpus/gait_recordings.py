"""The raw recordings of runners beside the project, with their truth by the recipe of their README."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import butter, find_peaks, sosfiltfilt

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("STRIDELAB_CORPUS") or ROOT.parent / "shared" / "corpus") / "imu"
G = 9.80665
Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class Trial:
    """One recording on a force-measuring treadmill."""

    name: str
    runner: str
    running: bool
    rate_hz: float
    acceleration_mps2: Array
    force: Array
    speed_mps: float
    slope_pct: float
    height_m: float
    mass_kg: float
    initial_s: Array
    terminal_s: Array

    @property
    def contact_ms(self) -> Array:
        """True contact time of each stance."""
        return (self.terminal_s - self.initial_s) * 1000

    @property
    def condition(self) -> str:
        """Speed and slope."""
        return f"{self.speed_mps:g} m/s {self.slope_pct:+.0f} %"


def stances(force: Array, rate_hz: float, threshold: float, *, edge_s: float = 0.4) -> tuple[Array, Array]:
    """True initial and terminal contacts: crossings of the threshold, stances of 0.12 to 0.6 s, away from the ends."""
    up = np.flatnonzero((force[:-1] < threshold) & (force[1:] >= threshold))
    down = np.flatnonzero((force[:-1] >= threshold) & (force[1:] < threshold))

    def between(at: Any) -> Array:
        return (at + (threshold - force[at]) / (force[at + 1] - force[at])) / rate_hz

    rise, fall = between(up), between(down)
    after = np.searchsorted(fall, rise)
    rise, after = rise[after < len(fall)], after[after < len(fall)]
    fall = fall[after]
    kept = (fall - rise >= 0.12) & (fall - rise <= 0.6) & (rise > edge_s) & (fall < len(force) / rate_hz - edge_s)
    return rise[kept], fall[kept]


def shank() -> list[Trial]:
    """``shank_bach2022``: one foot's force in N, truth at 50 N."""
    found = []
    for path in sorted((CORPUS / "shank_bach2022").glob("*.npz")):
        data = np.load(path)
        rate, force = float(data["sampling_rate_hz"]), data["force_n"].astype(float)
        force = force - np.median(np.sort(force)[: int(0.4 * len(force))])
        initial, terminal = stances(force, rate, 50.0)
        found.append(
            Trial(
                name=path.stem,
                runner=f"{data['sex']} {float(data['mass_kg']):g} kg {float(data['height_cm']):g} cm",
                running="running" in path.stem,
                rate_hz=rate,
                acceleration_mps2=data["acceleration_g"].astype(float) * G,
                force=force / (float(data["mass_kg"]) * G),
                speed_mps=float(data["speed_kmh"]) / 3.6,
                slope_pct=0.0,
                height_m=float(data["height_cm"]) / 100,
                mass_kg=float(data["mass_kg"]),
                initial_s=initial,
                terminal_s=terminal,
            )
        )
    return found


def sacrum() -> list[Trial]:
    """``sacrum_alcantara2022``: both feet's force in body weights, truth at 0.05; columns vertical, anteroposterior."""
    found = []
    for path in sorted((CORPUS / "sacrum_alcantara2022").glob("*.npz")):
        data = np.load(path)
        rate, force = float(data["sampling_rate_hz"]), data["force_bw"].astype(float)
        initial, terminal = stances(force, rate, 0.05)
        found.append(
            Trial(
                name=path.stem,
                runner="one",
                running=True,
                rate_hz=rate,
                acceleration_mps2=np.column_stack([data["vertical_g"], data["anteroposterior_g"]]).astype(float) * G,
                force=force,
                speed_mps=float(data["speed_ms"]),
                slope_pct=100 * float(np.tan(np.radians(data["slope_deg"]))),
                height_m=float(data["height_cm"]) / 100,
                mass_kg=float(data["mass_kg"]),
                initial_s=initial,
                terminal_s=terminal,
            )
        )
    return found


def table() -> dict[str, Array]:
    """``sacrum_alcantara2021``: one value a runner and speed, times in ms.

    Runners 25 and 26 have nearly the same numbers in all columns. They count as one, so that neither is told of the
    other when it is left out.
    """
    with (CORPUS / "sacrum_alcantara2021" / "runners.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    def column(name: str) -> Array:
        return np.array([float(row[name]) for row in rows])

    return {
        "runner": np.where(column("Sub") == 26, 25, column("Sub")),
        "speed_mps": column("Speed"),
        "contact_ms": column("GRFtc") * 1000,
        "peak_force_bw": column("GRFPeak"),
        "inverse_speed_s_per_m": 1 / column("Speed"),
        "step_time_ms": 1000 / column("IMUsf"),
        "peak_bw": column("IMUPeak"),
        "impulse_bws": column("IMUImpulse"),
    }


def hip() -> tuple[Array, Array, float, Array]:
    """``hip_ankle_adept``: hip and shoe acceleration, rate, and the times of the left foot's swings."""
    data = np.load(CORPUS / "hip_ankle_adept" / "first_1000s.npz")
    rate = float(data["sampling_rate_hz"])
    ankle = data["left_ankle_g"].astype(float)
    smooth = sosfiltfilt(butter(2, 8, fs=rate, output="sos"), ankle[:, 0])
    swings, _ = find_peaks(-smooth, height=2.5, distance=round(0.45 * rate))
    return data["left_hip_g"].astype(float) * G, ankle * G, rate, swings / rate


def walker() -> tuple[Array, float]:
    """``ankle_khandelwal``: acceleration at the ankle in walking, and its rate."""
    from scipy.io import loadmat

    folder = CORPUS / "ankle_khandelwal"
    return np.column_stack([loadmat(folder / f"acc{axis}.mat")[f"acc{axis}"].ravel() for axis in "XYZ"]), 128.0
