"""Contacts and foot strike from a gyroscope on the foot."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy.signal import find_peaks

from stridelab.analysis.gait.signals import BoolArray, FloatArray, IntArray, around, low_passed, vertex
from stridelab.errors import UsageError

PITCH_LOW_PASS_HZ: Final = 30.0

STRIKE_BEFORE_MIDDLE: Final = (0.04, 0.30)
LIFT_AFTER_MIDDLE: Final = (0.08, 0.45)
"""Where the two minima of pitch rate are looked for about the middle of stance, as shares of the stride."""


def checked_turning(angular_velocity_radps: Any, n: int) -> FloatArray:
    """Angular velocity ``(n, 3)`` in rad/s, gaps bridged, or a refusal.

    Raises
    ------
    UsageError
        On another shape, or where it is faster than a foot turns: degrees per second.
    """
    turning = np.array(angular_velocity_radps, dtype=np.float64)
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
    middle = still(turning_radps, rate_hz, stride_s)
    reach = int((LIFT_AFTER_MIDDLE[1] + 0.02) * stride_s * rate_hz) + 2
    middle = middle[running[middle] & (middle >= reach) & (middle < len(pitch) - reach)]
    if not len(middle):
        return np.zeros(0), np.zeros(0)
    before, after = (
        tuple(round(share * stride_s * rate_hz) for share in part) for part in (STRIKE_BEFORE_MIDDLE, LIFT_AFTER_MIDDLE)
    )
    first = around(pitch, middle, before[1], -before[0])
    second = around(pitch, middle, -after[0], after[1])
    strike, lift = first.argmin(axis=1), second.argmin(axis=1)
    inside = (strike > 0) & (strike < first.shape[1] - 1) & (lift > 0) & (lift < second.shape[1] - 1)
    initial = (middle - before[1] + vertex(first, strike)) / rate_hz
    terminal = (middle + after[0] + vertex(second, lift)) / rate_hz
    return initial[inside], terminal[inside]


def still(turning_radps: FloatArray, rate_hz: float, stride_s: float) -> IntArray:
    """Samples in the middle of each stance: where the foot turns least over a tenth of a stride."""
    power = low_passed(np.einsum("na,na->n", turning_radps, turning_radps), rate_hz, 1.5 / (0.1 * stride_s) / 2)
    lows, _ = find_peaks(-power, distance=max(1, int(0.7 * stride_s * rate_hz)))
    return np.asarray(lows, dtype=np.intp)
