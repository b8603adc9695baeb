"""What a session says of effort: heart rate that can be believed, power, graded speed, efficiency, best efforts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from stridelab.activity import Activity
from stridelab.analysis.counting import FloatArray, count_samples, usable
from stridelab.analysis.gait.dynamics import SLOWEST_RUN_MPS
from stridelab.analysis.load.stress import SCORE_EXPONENT, normalised_mean
from stridelab.analysis.pace import best_efforts, decoupling_pct, efficiency_factor, grade_along, graded_speed_mps
from stridelab.analysis.pace.best_efforts import MAX_SPEED_MPS
from stridelab.analysis.recovery.heart_rate_quality import HeartRateQuality, heart_rate_quality
from stridelab.samples import seconds

LEVEL_GROUND: Final = frozenset({"treadmill", "indoor_running", "virtual_activity", "track"})
"""Sub-sports whose ground is level, or whose slope no altitude tells."""

BEST_EFFORT_FAMILIES: Final = ("run",)


@dataclass(frozen=True, eq=False)
class Samples:
    """The samples of one activity as arrays of shape ``(n_samples,)``; a channel that is not there is NaN.

    Parameters
    ----------
    time_s, duration_s
        Seconds since the epoch, and how long each sample counts.
    speed_mps
        Without what is faster than any runner, on foot.
    heart_rate_bpm
        Without what `quality` rejects.
    quality
        What is wrong with the recorded heart rate; cadence is not compared.
    grade
        Rise over run; NaN where no altitude is known.
    graded_speed_mps
        On the level with the same cost (Minetti); on foot only.
    grade_basis
        ``altitude``; ``assumed level`` where the file holds none, so that speed stands for graded speed; None where
        there is no graded speed.
    """

    time_s: FloatArray
    duration_s: FloatArray
    speed_mps: FloatArray
    heart_rate_bpm: FloatArray
    quality: HeartRateQuality
    grade: FloatArray
    graded_speed_mps: FloatArray
    grade_basis: str | None


def samples_of(activity: Activity) -> Samples:
    """The arrays that every metric of a session starts from."""
    records, duration = activity.records, activity.sample_durations_s
    time = seconds(records.index)  # type: ignore[arg-type]
    rate = channel(activity, "heart_rate_bpm")
    quality = heart_rate_quality(time, rate, duration_s=duration)
    speed = channel(activity, "speed_mps")
    nothing = np.full(len(time), np.nan)
    grade, graded, basis = nothing, nothing, None
    if activity.family in ("run", "walk"):
        speed = np.where(speed <= MAX_SPEED_MPS, speed, np.nan)
        if "altitude_m" in records and activity.sub_sport not in LEVEL_GROUND:
            grade = grade_along(_distance(activity, speed, duration), channel(activity, "altitude_m"))
        known = np.isfinite(grade).any()
        if np.isfinite(speed).any():
            basis = "altitude" if known else "assumed level"
            graded = graded_speed_mps(speed, grade if known else 0.0)
            graded = np.where(graded <= MAX_SPEED_MPS, graded, np.nan)
    return Samples(time, duration, speed, np.where(quality.usable, rate, np.nan), quality, grade, graded, basis)


def channel(activity: Activity, name: str) -> FloatArray:
    """A channel of the recording, NaN where it is not recorded, shape ``(n_samples,)``."""
    records = activity.records
    return records[name].to_numpy(dtype=np.float64) if name in records else np.full(len(records), np.nan)


def _distance(activity: Activity, speed: FloatArray, duration: FloatArray) -> FloatArray:
    """Distance as recorded, else as speed adds up."""
    if "distance_m" in activity.records:
        return channel(activity, "distance_m")
    covered = np.cumsum(np.nan_to_num(speed) * duration)
    return np.append(0.0, covered)[: len(covered)]


def effort_row(activity: Activity, samples: Samples, *, timer_s: float) -> dict[str, Any]:
    """The columns of effort, NaN where the recording does not hold what they need.

    Power is that of foot sports and of cycling; the rest is of runs.
    """
    row: dict[str, Any] = {
        "heart_rate_quality": samples.quality.score if "heart_rate_bpm" in activity.records else np.nan,
        "grade_basis": samples.grade_basis,
        "rpe": device_rpe(activity),
    }
    power, lasting = usable(channel(activity, "power_w"), samples.duration_s, "power_w")
    # A device without a power meter may write zeros all along.
    if (power > 0).any() and activity.family in ("run", "walk", "bike"):
        row["average_power_w"] = float(power @ lasting / lasting.sum())
        row["normalized_power_w"] = normalised_mean(power, lasting)
        row["power_score_mean_w"] = float((power**SCORE_EXPONENT @ lasting / lasting.sum()) ** (1 / SCORE_EXPONENT))
        row["power_coverage"] = _share(float(lasting.sum()), timer_s)
    if activity.family == "run" and samples.grade_basis:
        graded, rate, duration = samples.graded_speed_mps, samples.heart_rate_bpm, samples.duration_s
        row["normalized_graded_speed_mps"] = normalised_mean(graded, duration)
        row["graded_speed_coverage"] = _share(count_samples(graded, duration, "speed_mps").counted_s, timer_s)
        # Of a recording that hardly moved the ratio of speed and heart rate says nothing of running.
        if row["normalized_graded_speed_mps"] >= SLOWEST_RUN_MPS:
            row["efficiency_factor"] = efficiency_factor(graded, rate, duration)
            row["decoupling_pct"] = decoupling_pct(graded, rate, duration)
    return row


def best_effort_curve(activity: Activity) -> FloatArray:
    """Farthest distance in each of `stridelab.analysis.pace.DURATIONS_S`, in metres, pauses included as time.

    Returns
    -------
    ndarray
        Shape ``(n_durations,)``, cut after the longest duration there is; empty where it is no run, or holds no
        distance.
    """
    if activity.family not in BEST_EFFORT_FAMILIES or "distance_m" not in activity.records:
        return np.zeros(0)
    time = seconds(activity.records.index)  # type: ignore[arg-type]
    curve = best_efforts(time, channel(activity, "distance_m"), distances_m=()).distance_m
    known = np.flatnonzero(np.isfinite(curve))
    return curve[: known[-1] + 1] if len(known) else np.zeros(0)


def device_rpe(activity: Activity) -> float:
    """Rating of perceived exertion that the device asked for: FIT writes ten times the CR10 scale, 0 is none."""
    said = activity.summary.get("workout_rpe")
    return float(said) / 10 if isinstance(said, int | float) and 0 < said <= 100 else float("nan")


def _share(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole > 0 else float("nan")
