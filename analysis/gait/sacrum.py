"""Contacts of both feet from acceleration at the sacrum: steps, and a calibrated model of contact time.

At the pelvis a foot strike and a toe-off leave no sharp mark, so contact time is a ridge regression on the shape of
each step, with its coefficients in `stridelab.analysis.gait.coefficients`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from stridelab.analysis.gait.signals import FloatArray, IntArray, low_passed

SHAPE_LOW_PASS_HZ: Final = 20.0
"""What the recordings that the model was fitted on had passed through."""

BODY_LOW_PASS_HZ: Final = 5.0
"""The movement of the body's centre, without what the impact sets ringing."""

LOW_G: Final = 0.95
"""Vertical acceleration that the body's low between two steps lies below: in free fall it would be 0, and the low-pass
lifts it, the more the quicker the steps (0.94 at 218 steps a minute on the corpus)."""

STRIKE_LOW_PASS_HZ: Final = 15.0
STRIKE_SHARE: Final = 0.45
"""The strike lies in this first part of a step that begins in mid-flight."""

POINTS: Final = 100
"""Points a step is resampled to."""

_CHUNK: Final = 1000

OWN_WEIGHT: Final = 0.5
"""Weight of a step's own shape against the mean of `NEIGHBOURS` steps: the steps of one runner are alike, the noise of
their features is not."""

NEIGHBOURS: Final = 12

FEATURES: Final = (
    "step_time_ms",
    "body_duration_ms",
    "strike_to_fall_ms",
    "anteroposterior_spread_g",
    "anteroposterior_mean_g",
    "peak_g",
    "body_peak_g",
    "body_above_1g_ms",
    "above_half_g_ms",
)
"""Of each step, in the order of `step_features`."""

LEVEL_FEATURES: Final = tuple(name for name in FEATURES if name != "anteroposterior_mean_g")
"""Where up is taken from gravity: the mean forwards is then 0 by definition."""

VERTICAL_FEATURES: Final = ("step_time_ms", "duration_ms", "peak_g", "body_peak_g")
"""Where only the vertical axis is known."""


def mid_flights(vertical_g: FloatArray, rate_hz: float, step_s: float) -> IntArray:
    """Samples in the middle of each flight: the lows of the body's vertical acceleration."""
    body = low_passed(vertical_g, rate_hz, BODY_LOW_PASS_HZ)
    lows, _ = find_peaks(-body, distance=max(1, int(0.6 * step_s * rate_hz)))
    return np.asarray(lows[body[lows] < LOW_G], dtype=np.intp)


def step_features(
    vertical_g: FloatArray, forward_g: FloatArray | None, rate_hz: float, begin: IntArray, end: IntArray
) -> dict[str, FloatArray]:
    """Shape of each step from one mid-flight to the next, and when its foot strikes.

    ``strike_s`` is where it brakes most; without a forward axis the same as ``rise_s``, where the vertical rises.

    Parameters
    ----------
    vertical_g
        Upwards, gravity included, shape ``(n,)``.
    forward_g
        Forwards, or None where the direction is not known.
    rate_hz
        Sampling rate.
    begin, end
        Samples of the mid-flights that bound each step, shape ``(n_steps,)``.
    """
    vertical = np.maximum(low_passed(vertical_g, rate_hz, SHAPE_LOW_PASS_HZ), 0.0)
    body = low_passed(vertical, rate_hz, BODY_LOW_PASS_HZ)
    forward = None if forward_g is None else low_passed(forward_g, rate_hz, STRIKE_LOW_PASS_HZ)
    # In parts, so that the resampled steps never hold more than a share of the signal's memory.
    parts = [
        _part_features(vertical, body, forward, rate_hz, begin[i : i + _CHUNK], end[i : i + _CHUNK])
        for i in range(0, max(len(begin), 1), _CHUNK)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _part_features(
    vertical: FloatArray,
    body: FloatArray,
    smooth_forward: FloatArray | None,
    rate_hz: float,
    begin: IntArray,
    end: IntArray,
) -> dict[str, FloatArray]:
    length_ms = (end - begin) / rate_hz * 1000
    grid = begin[:, None] + (end - begin)[:, None] * (np.arange(POINTS) / POINTS)
    point_ms = length_ms / POINTS
    shape, smooth = _at(vertical, grid), _at(body, grid)
    rise, _ = _above(shape, 0.75)
    rise_1g, fall_1g = _above(smooth, 1.0)
    rise_half, fall_half = _above(shape, 0.5)
    strike = rise
    features = {
        "step_time_ms": length_ms,
        "duration_ms": _duration(shape) * point_ms,
        "body_duration_ms": _duration(smooth) * point_ms,
        "peak_g": shape.max(axis=1),
        "body_peak_g": smooth.max(axis=1),
        "body_above_1g_ms": (fall_1g - rise_1g) * point_ms,
        "above_half_g_ms": (fall_half - rise_half) * point_ms,
    }
    if smooth_forward is not None:
        forward = _at(smooth_forward, grid)
        # The strike brakes: the steepest fall of forward acceleration in the first part of the step.
        jerk = np.diff(forward[:, : int(STRIKE_SHARE * POINTS) + 1], axis=1)
        steepest = np.clip(jerk.argmin(axis=1), 1, jerk.shape[1] - 2)
        row = np.arange(len(jerk))
        left, middle, right = jerk[row, steepest - 1], jerk[row, steepest], jerk[row, steepest + 1]
        curve = left - 2 * middle + right
        shift = np.where(np.abs(curve) > 1e-12, 0.5 * (left - right) / np.where(curve == 0, 1, curve), 0.0)
        strike = steepest + 0.5 + np.clip(shift, -0.5, 0.5)
        features["strike_to_fall_ms"] = (fall_1g - strike) * point_ms
        features["anteroposterior_mean_g"] = forward.mean(axis=1)
        features["anteroposterior_spread_g"] = forward.std(axis=1)
    features["rise_s"] = begin / rate_hz + rise * point_ms / 1000
    features["strike_s"] = begin / rate_hz + strike * point_ms / 1000
    return features


def steadied(features: FloatArray, step: IntArray) -> FloatArray:
    """Features ``(n_steps, n_features)`` drawn half way to the mean of the steps around them; NaN stays where it is.

    Parameters
    ----------
    features
        One row a step.
    step
        A number that grows by one from step to step and jumps at a gap, so that no mean reaches over one.
    """
    if not len(features):
        return features
    known = np.isfinite(features)
    none = np.zeros((1, features.shape[1]))
    total = np.concatenate([none, np.cumsum(np.where(known, features, 0.0), axis=0)])
    count = np.concatenate([none, np.cumsum(known, axis=0)])
    run = np.cumsum(np.append(0, np.diff(step) != 1))
    first = np.searchsorted(run, run, side="left")
    last = np.searchsorted(run, run, side="right")
    row = np.arange(len(features))
    low = np.maximum(first, row - NEIGHBOURS // 2)
    high = np.minimum(last, row + NEIGHBOURS // 2 + 1)
    with np.errstate(invalid="ignore"):
        mean = (total[high] - total[low]) / (count[high] - count[low])
    return np.asarray(OWN_WEIGHT * features + (1 - OWN_WEIGHT) * mean, dtype=np.float64)


def _at(values: FloatArray, position: FloatArray) -> FloatArray:
    """Values between samples, by straight lines."""
    low = np.clip(position.astype(np.intp), 0, len(values) - 2)
    share = position - low
    return np.asarray(values[low] * (1 - share) + values[low + 1] * share, dtype=np.float64)


def _above(rows: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Where each row first rises through the level and last falls through it, in points."""
    above = rows > level
    row = np.arange(len(rows))
    first = above.argmax(axis=1)
    last = rows.shape[1] - 1 - above[:, ::-1].argmax(axis=1)
    before, after = np.maximum(first - 1, 0), np.minimum(last + 1, rows.shape[1] - 1)
    rise = first - _share(level - rows[row, first], rows[row, before] - rows[row, first]) * (first > before)
    fall = last + _share(level - rows[row, last], rows[row, after] - rows[row, last]) * (after > last)
    known = above.any(axis=1)
    return np.where(known, rise, np.nan), np.where(known, fall, np.nan)


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.clip(np.where(whole != 0, part / whole, 0.0), 0.0, 1.0))


def _duration(rows: FloatArray) -> FloatArray:
    """Length of the rectangle with the same integral and the same integral of squares, in points."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(rows.sum(axis=1) ** 2 / np.einsum("np,np->n", rows, rows))


def sides(lateral_g: FloatArray, rate_hz: float, begin: IntArray, end: IntArray) -> npt.NDArray[np.str_]:
    """``left`` or ``right`` of each step, from acceleration to the left: a foot pushes the body away from itself.

    The sign of each step's mean about the mean of its two neighbours, low-passed at `BODY_LOW_PASS_HZ`.

    Notes
    -----
    Lee et al. 2010, J Sci Med Sport 13:559, for the principle; Kiernan et al. 2023 found 81.9 % of sides right with it.
    It is not validated on this project's recordings.
    """
    body = np.cumsum(np.append(0.0, low_passed(lateral_g, rate_hz, BODY_LOW_PASS_HZ)))
    mean = (body[end] - body[begin]) / (end - begin)
    padded = np.pad(mean, 1, mode="reflect") if len(mean) > 1 else np.pad(mean, 1)
    contrast = mean - (padded[:-2] + padded[2:]) / 2
    return np.where(contrast < 0, "left", np.where(contrast > 0, "right", "unknown")).astype("<U7")
