"""Contacts and foot strike from a gyroscope on the foot."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy.signal import find_peaks

from stridelab.analysis.gait.signals import BoolArray, FloatArray, IntArray, around, low_passed, numbers, vertex
from stridelab.errors import UsageError

PITCH_LOW_PASS_HZ: Final = 30.0

STRIKE_BEFORE_LIFT: Final = (0.16, 0.60)
"""Where the foot is looked for to strike before it lifts, as shares of the stride: contact times of running."""

FLAT_BEFORE_LIFT: Final = (0.06, 0.40)
"""Where it lies flat before it lifts."""


def checked_turning(angular_velocity_radps: Any, n: int) -> FloatArray:
    """Angular velocity ``(n, 3)`` in rad/s, gaps bridged, or a refusal.

    Raises
    ------
    UsageError
        On another shape, or where it is faster than a foot turns: degrees per second.
    """
    turning = numbers(angular_velocity_radps, "angular velocity").copy()
    if turning.shape != (n, 3):
        raise UsageError(f"angular velocity of shape {turning.shape}", expected=f"({n}, 3), one row a sample")
    finite = np.isfinite(turning).all(axis=1)
    if not finite.any():
        raise UsageError("angular velocity without a number", expected="rad/s")
    for column in turning.T:
        column[~finite] = np.interp(np.flatnonzero(~finite), np.flatnonzero(finite), column[finite])
    fastest = float(np.percentile(np.linalg.norm(turning, axis=1), 99))
    if fastest > 60:
        raise UsageError(
            f"angular velocity of {fastest:.0f}",
            expected="rad/s, of which a running foot reaches 10 to 30",
            advice="If it is in degrees per second, multiply by 0.0174533.",
        )
    return turning


def pitch_rate(turning_radps: FloatArray, rate_hz: float, running: BoolArray) -> FloatArray:
    """Rate of turning about the foot's side-to-side axis, positive where the toes rise, shape ``(n,)``.

    The axis is the principal one of what was run. Its sign: the foot turns fastest when it is pulled up behind the body
    and its toes fall, so the longest tail of the distribution is negative.
    """
    _, vectors = np.linalg.eigh(turning_radps[running].T @ turning_radps[running])
    rate = turning_radps @ vectors[:, -1]
    low, high = np.percentile(rate[running], [1, 99])
    return np.asarray(-rate if high > -low else rate, dtype=np.float64)


def events(
    turning_radps: FloatArray, rate_hz: float, stride_s: float, running: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Initial and terminal contact in s: the minima of pitch rate before and after the foot lies still.

    The foot slaps down after it has met the ground (first minimum) and rolls off its toes (second minimum); between
    them it hardly turns.

    Notes
    -----
    Falbriard et al. 2018, Front Physiol 9:610: with these minima the contact time of 41 runners had a bias below
    12 ± 10 ms and a precision below 4 ± 3 ms, both depending on speed. It is not measured again here, for want of such
    recordings, so no bias is taken off.
    """
    pitch = low_passed(pitch_rate(turning_radps, rate_hz, running), rate_hz, min(PITCH_LOW_PASS_HZ, 0.42 * rate_hz))
    lifts = _lifts(pitch, rate_hz, stride_s)
    near, far = (round(share * stride_s * rate_hz) for share in STRIKE_BEFORE_LIFT)
    lifts = lifts[running[lifts] & (lifts > far)]
    if not len(lifts):
        return np.zeros(0), np.zeros(0)
    before = around(pitch, lifts, far, -near)
    strike = before.argmin(axis=1)
    inside = (strike > 0) & (strike < before.shape[1] - 1)
    initial = (lifts - far + vertex(before, strike)) / rate_hz
    terminal = (lifts - 1 + vertex(around(pitch, lifts, 1, 1), np.ones(len(lifts), dtype=np.intp))) / rate_hz
    return initial[inside], terminal[inside]


def flat(turning_radps: FloatArray, pitch: FloatArray, rate_hz: float, stride_s: float) -> FloatArray:
    """Times in s at which the foot lies flat: where it turns least, over a twentieth of a stride, before each lift."""
    power = low_passed(np.einsum("na,na->n", turning_radps, turning_radps), rate_hz, 10.0 / stride_s)
    lifts = _lifts(low_passed(pitch, rate_hz, min(PITCH_LOW_PASS_HZ, 0.42 * rate_hz)), rate_hz, stride_s)
    near, far = (round(share * stride_s * rate_hz) for share in FLAT_BEFORE_LIFT)
    lifts = lifts[lifts > far]
    if not len(lifts):
        return np.zeros(0)
    return np.asarray((lifts - far + around(power, lifts, far, -near).argmin(axis=1)) / rate_hz)


def _lifts(pitch: FloatArray, rate_hz: float, stride_s: float) -> IntArray:
    """Samples at which the foot rolls off its toes: the fastest fall of the toes in every stride."""
    lows, _ = find_peaks(-pitch, distance=max(1, int(0.6 * stride_s * rate_hz)))
    if not len(lows):
        return np.asarray(lows, dtype=np.intp)
    return np.asarray(lows[pitch[lows] < 0.4 * np.median(pitch[lows])], dtype=np.intp)
