"""Best efforts: the farthest in every duration and the fastest over every distance of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]


def _durations() -> FloatArray:
    """Each second to a minute, then steps of 3 % on multiples of 5 s, to 24 hours."""
    grown = 60 * 1.03 ** np.arange(1, 247)
    rounded = np.unique(np.append(np.rint(grown / 5) * 5, [3600.0, 7200.0, 10800.0, 21600.0, 43200.0, 86400.0]))
    return np.append(np.arange(1.0, 61.0), rounded[rounded > 60])


DURATIONS_S: Final = _durations()
"""The durations of every curve, the same for all activities, so that curves can be compared point by point."""

DISTANCES_M: Final = np.array(
    [
        *(400, 800, 1000, 1500, 1609.344, 2000, 3000, 3218.688, 5000, 8046.72, 10000, 15000, 16093.44, 20000),
        *(21097.5, 25000, 30000, 42195, 50000, 80467.2, 100000, 160934.4),
    ]
)
"""Distances of races on track and road, in metres."""

MAX_SPEED_MPS: Final = 12.5
"""A little above the fastest of any sprinter (12.3 m/s, Berlin 2009): faster steps are faults of the recording."""

MAX_SILENCE_S: Final = 600.0
"""A silence longer than this is not interpolated across; a convention of this project."""


@dataclass(frozen=True, slots=True)
class BestEfforts:
    """Best efforts of one activity.

    Parameters
    ----------
    distance_m
        Farthest in each of the durations asked for, shape ``(n_durations,)``; NaN where the recording is shorter.
    distance_start_s
        When that effort began, seconds after the first sample.
    time_s
        Shortest time for each of the distances asked for, shape ``(n_distances,)``; NaN where the run is shorter.
    time_start_s
        When that effort began.
    durations_s, distances_m
        What was asked for.
    rejected_m
        Metres that were covered faster than is possible and count for nothing, so that an effort is never better than
        what is known.
    """

    distance_m: FloatArray
    distance_start_s: FloatArray
    time_s: FloatArray
    time_start_s: FloatArray
    durations_s: FloatArray
    distances_m: FloatArray
    rejected_m: float

    def by_duration(self) -> pd.DataFrame:
        """The curve as a table: ``duration_s``, ``distance_m``, ``speed_mps``, ``start_s``; only what there is."""
        known = np.isfinite(self.distance_m)
        columns = {"duration_s": self.durations_s, "distance_m": self.distance_m}
        columns |= {"speed_mps": self.distance_m / self.durations_s, "start_s": self.distance_start_s}
        return pd.DataFrame({name: values[known] for name, values in columns.items()})

    def by_distance(self) -> pd.DataFrame:
        """The times as a table: ``distance_m``, ``time_s``, ``speed_mps``, ``start_s``; only what there is."""
        known = np.isfinite(self.time_s)
        columns = {"distance_m": self.distances_m, "time_s": self.time_s}
        columns |= {"speed_mps": self.distances_m / self.time_s, "start_s": self.time_start_s}
        return pd.DataFrame({name: values[known] for name, values in columns.items()})


def best_efforts(
    time_s: npt.ArrayLike,
    distance_m: npt.ArrayLike,
    *,
    durations_s: npt.ArrayLike = DURATIONS_S,
    distances_m: npt.ArrayLike = DISTANCES_M,
    max_speed_mps: float = MAX_SPEED_MPS,
) -> BestEfforts:
    """Best efforts over all durations and distances, pauses included as time.

    Distance is taken to run evenly between samples and looked at every second. So an effort that begins within a second
    is up to a second's running short of the best; no effort is better than the recording.

    Parameters
    ----------
    time_s
        Ascending, shape ``(n_samples,)``.
    distance_m
        Covered so far, shape ``(n_samples,)``. NaN is left out; falling values count for nothing.
    durations_s
        Durations asked for, whole seconds, shape ``(n_durations,)``.
    distances_m
        Distances asked for, shape ``(n_distances,)``.
    max_speed_mps
        Steps faster than this are rejected.

    Returns
    -------
    BestEfforts
        NaN everywhere with fewer than two usable samples. The longest silence bridged is `MAX_SILENCE_S`: of a
        recording with a longer one, the part before and the part after are searched on their own.

    Examples
    --------
    >>> time = np.arange(0, 1201.0)
    >>> efforts = best_efforts(time, np.interp(time, [0, 600, 900, 1200], [0, 1800, 3000, 3900]))
    >>> efforts.by_distance().query("distance_m == 1000")[["time_s", "start_s"]].to_numpy().round().tolist()
    [[250.0, 600.0]]
    """
    time = np.asarray(time_s, dtype=np.float64)
    covered = np.asarray(distance_m, dtype=np.float64)
    durations = np.atleast_1d(np.asarray(durations_s, dtype=np.float64))
    distances = np.atleast_1d(np.asarray(distances_m, dtype=np.float64))
    known = np.isfinite(time) & np.isfinite(covered)
    time, covered = time[known], covered[known]
    order = np.append(True, np.diff(np.maximum.accumulate(time)) > 0)[: len(time)]
    time, covered = time[order], covered[order]
    best_m, start_m = np.full(len(durations), np.nan), np.full(len(durations), np.nan)
    best_s, start_s = np.full(len(distances), np.nan), np.full(len(distances), np.nan)
    rejected = 0.0
    if len(time) > 1:
        origin = time[0]
        step = np.maximum(np.diff(covered), 0)
        interval = np.diff(time)
        impossible = step > max_speed_mps * interval
        rejected = float(step[impossible].sum())
        covered = np.append(0.0, np.cumsum(np.where(impossible, 0, step)))
        silences = np.flatnonzero(interval > MAX_SILENCE_S)
        for begin, end in zip(np.append(0, silences + 1), np.append(silences + 1, len(time)), strict=True):
            if end - begin < 2:
                continue
            part, done = time[begin:end] - origin, covered[begin:end]
            # Of times since the epoch a difference may fall a hair short of a whole second.
            second = part[0] + np.arange(np.floor(part[-1] - part[0] + 1e-6) + 1)
            at_second = np.interp(second, part, done)
            for i, best, start in _farthest(at_second, durations):
                if not best <= best_m[i]:
                    best_m[i], start_m[i] = best, second[start]
            for i, best, start in _fastest(second, at_second, part, done, distances):
                if not best >= best_s[i]:
                    best_s[i], start_s[i] = best, second[start]
    return BestEfforts(best_m, start_m, best_s, start_s, durations, distances, rejected)


def _farthest(at_second: FloatArray, durations: FloatArray) -> list[tuple[int, float, int]]:
    found = []
    room = np.empty(len(at_second))
    for i, seconds in enumerate(np.rint(durations).astype(np.intp).tolist()):
        if 0 < seconds < len(at_second):
            gained = np.subtract(at_second[seconds:], at_second[:-seconds], out=room[: len(at_second) - seconds])
            start = int(gained.argmax())
            found.append((i, float(gained[start]), start))
    return found


def _fastest(
    second: FloatArray, at_second: FloatArray, time: FloatArray, covered: FloatArray, distances: FloatArray
) -> list[tuple[int, float, int]]:
    # Standing still is a jump in the inverse: of the samples at one distance, the first is when it was reached.
    moved = np.append(True, np.diff(covered) > 0)
    time, covered = time[moved], covered[moved]
    found = []
    for i, metres in enumerate(distances.tolist()):
        n = int(np.searchsorted(at_second, covered[-1] - metres, side="right"))
        if metres > 0 and n:
            taken = np.interp(at_second[:n] + metres, covered, time) - second[:n]
            start = int(taken.argmin())
            found.append((i, float(taken[start]), start))
    return found


def all_time(curves: Sequence[npt.ArrayLike]) -> FloatArray:
    """Best of several curves of ``distance_m`` over the same durations.

    Parameters
    ----------
    curves
        `BestEfforts.distance_m` of each activity, all of shape ``(n_durations,)``.

    Returns
    -------
    ndarray
        Shape ``(n_durations,)``; NaN where none of them is that long. Empty without curves.

    Examples
    --------
    >>> all_time([[3.0, np.nan], [2.0, 5.0]])
    array([3., 5.])
    """
    if not len(curves):
        return np.zeros(0)
    return np.asarray(np.fmax.reduce(np.asarray(curves, dtype=np.float64), axis=0))
