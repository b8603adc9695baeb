"""One activity to one row: what of a session does not depend on who ran it.

Loads and zones need the athlete's values of that day, which may be learned later. So a session keeps the seconds spent
at each whole beat a minute (`heart_rate_seconds`), normalised means of power and graded speed, and the curve of its
best efforts, from which `stridelab.analysis.history` computes loads for any athlete without reading the recording
again. What belongs to effort and to form stands in `effort` and `form`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import Activity, empty_table
from stridelab.analysis.effort import Samples, best_effort_curve, channel, effort_row, samples_of
from stridelab.analysis.form import form_row, mean
from stridelab.analysis.history import HISTORY_SET_COLUMNS
from stridelab.localtime import local_date

FloatArray = npt.NDArray[np.float64]

HEART_RATE_BINS: Final = 256
"""Whole beats a minute from 0 to 255: what FIT, TCX and GPX files hold."""

PEAK_WINDOW_S: Final = 30.0
"""Window of the highest mean heart rate (the default estimate of the maximum)."""

PEAKS: Final[Mapping[str, float]] = {"max_30s_heart_rate_bpm": PEAK_WINDOW_S, "max_20min_heart_rate_bpm": 1200.0}
"""Columns of highest mean heart rates, and their windows: from the second a threshold is estimated."""

PEAK_COVERAGE: Final = 0.9
"""Share of that window that must hold a valid heart rate; a convention of this project."""

SESSION_VERSION: Final = 2
"""Counts up whenever a session's row changes, so that a store knows which of its own to derive anew."""

SESSION_TEXTS: Final = ("grade_basis", "dynamics_source", "device", "mechanical_load_basis")
"""Columns of a session that are words, beside those that every recording has."""

_DYNAMICS: Final = (
    "ground_contact_time_ms",
    "vertical_oscillation_mm",
    "step_length_mm",
    "vertical_ratio_pct",
    "ground_contact_balance_pct",
)

MOVING_SPEED_MPS: Final = 0.5
"""Slower than this, a foot-sport sample is standing; its cadence and contact time are left out of the averages."""


@dataclass(frozen=True, eq=False)
class Session:
    """What is derived from one recording, none of which depends on who ran it.

    Parameters
    ----------
    row
        The columns of `stridelab.analysis.history.ACTIVITY_COLUMNS` that do not depend on the athlete's values.
    heart_rate_seconds
        Seconds of timer time at each whole heart rate, shape ``(256,)``.
    best_efforts
        `stridelab.analysis.effort.best_effort_curve`, empty for all but runs.
    """

    row: Mapping[str, Any]
    heart_rate_seconds: FloatArray
    best_efforts: FloatArray


def summarise(activity: Activity) -> Session:
    """Everything that is derived from one recording, in one pass.

    Averages are weighted by `sample_durations_s`, so pauses count nothing and a gap counts at most 10 s. Averages of
    cadence and running dynamics leave out samples that stand still, and a cadence of 0. What the recording does not
    hold is NaN or None, and so is what its sport does not have: runs alone have a mechanical load.
    """
    samples = samples_of(activity)
    duration = samples.duration_s
    histogram = _histogram(samples)
    timer = activity.timer_time_s if np.isfinite(activity.timer_time_s) else float(duration.sum())
    moving = ~(channel(activity, "speed_mps") < MOVING_SPEED_MPS)
    cadence = channel(activity, "cadence_spm")
    row = {
        "session_version": SESSION_VERSION,
        "activity_id": activity.id,
        "parent_id": activity.parent_id,
        "start_time": pd.Timestamp(activity.start_time).as_unit("ms"),
        "local_date": pd.Timestamp(local_date(activity.start_time, activity.utc_offset_s)).as_unit("ms"),
        "utc_offset_s": np.nan if activity.utc_offset_s is None else float(activity.utc_offset_s),
        "sport": activity.sport,
        "sub_sport": activity.sub_sport,
        "family": activity.family,
        "title": activity.title,
        "timer_time_s": timer,
        "elapsed_time_s": activity.elapsed_time_s,
        "distance_m": activity.distance_m,
        "ascent_m": activity.ascent_m,
        "heart_rate_coverage": min(float(histogram.sum()) / timer, 1.0) if timer > 0 else float("nan"),
        "average_heart_rate_bpm": mean(np.arange(HEART_RATE_BINS, dtype=np.float64), histogram),
        **{
            column: highest_mean(samples.time_s, samples.heart_rate_bpm, duration, window_s=window)
            for column, window in PEAKS.items()
        },
        "average_speed_mps": activity.distance_m / timer if timer > 0 else float("nan"),
        "average_cadence_spm": mean(cadence, duration * (moving & (cadence > 0))),
        **{f"average_{name}": mean(channel(activity, name), duration * moving) for name in _DYNAMICS},
        "average_temperature_c": mean(channel(activity, "temperature_c"), duration),
        **effort_row(activity, samples, timer_s=timer),
        **form_row(activity, samples),
    }
    return Session(row, histogram, best_effort_curve(activity))


def session_row(activity: Activity) -> dict[str, Any]:
    """The columns of `ACTIVITY_COLUMNS` that do not depend on the athlete's values; see `summarise`."""
    return dict(summarise(activity).row)


def heart_rate_seconds(activity: Activity) -> FloatArray:
    """Seconds of timer time spent at each whole heart rate.

    Returns
    -------
    ndarray
        Shape ``(256,)``, index is beats a minute. Samples without a heart rate that can be believed
        (`stridelab.analysis.recovery.heart_rate_quality`) are in none of the bins; a fractional rate counts for the
        nearest whole one.
    """
    return _histogram(samples_of(activity))


def _histogram(samples: Samples) -> FloatArray:
    rate = samples.heart_rate_bpm
    valid = np.isfinite(rate)
    beats = np.clip(np.rint(rate[valid]), 0, HEART_RATE_BINS - 1).astype(np.intp)
    return np.bincount(beats, weights=samples.duration_s[valid], minlength=HEART_RATE_BINS).astype(np.float64)


def highest_mean(
    time_s: FloatArray, values: FloatArray, duration_s: FloatArray, *, window_s: float = PEAK_WINDOW_S
) -> float:
    """Highest time-weighted mean over a window that starts at a sample.

    Parameters
    ----------
    time_s, values, duration_s
        Start, value and duration of each sample, shape ``(n_samples,)``; NaN values are left out.
    window_s
        Length of the window.

    Returns
    -------
    float
        NaN where no window has valid values over `PEAK_COVERAGE` of its length.

    Examples
    --------
    >>> t = np.arange(60.0)
    >>> highest_mean(t, np.where(t < 30, 150.0, 160.0), np.ones(60))
    160.0
    """
    if len(time_s) == 0:
        return float("nan")
    valid = np.isfinite(values)
    weight = np.where(valid, duration_s, 0.0)
    covered = np.append(0.0, np.cumsum(weight))
    total = np.append(0.0, np.cumsum(np.where(valid, values, 0.0) * weight))
    # Both integrals are linear within a sample; a sample ends where it stops counting, and nothing counts in a gap.
    edges = np.column_stack([time_s, time_s + duration_s]).ravel()
    at = np.maximum.accumulate(edges)
    covered_at = np.column_stack([covered[:-1], covered[1:]]).ravel()
    total_at = np.column_stack([total[:-1], total[1:]]).ravel()
    end = time_s + window_s
    within = np.interp(end, at, covered_at) - covered[:-1]
    summed = np.interp(end, at, total_at) - total[:-1]
    enough = within >= PEAK_COVERAGE * window_s
    return float((summed[enough] / within[enough]).max()) if enough.any() else float("nan")


def strength_sets(activity: Activity) -> pd.DataFrame:
    """The active strength sets of an activity, with the activity and its local date (`HISTORY_SET_COLUMNS`)."""
    if activity.sets.empty:
        return empty_table(HISTORY_SET_COLUMNS)
    sets = activity.sets[activity.sets["set_type"] != "rest"].copy()
    sets.insert(0, "activity_id", activity.id)
    day = pd.Timestamp(local_date(activity.start_time, activity.utc_offset_s)).as_unit("ms")
    sets.insert(1, "local_date", pd.Series(day, index=sets.index, dtype="datetime64[ms]"))
    return sets.reindex(columns=list(HISTORY_SET_COLUMNS)).reset_index(drop=True)
