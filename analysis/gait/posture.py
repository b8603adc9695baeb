"""Trunk lean and foot strike, as far as a sensor of known orientation shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.gait import foot, shank
from stridelab.analysis.gait.cadence import cadence_of
from stridelab.analysis.gait.coefficients import FloatArray
from stridelab.analysis.gait.preparation import checked_axes
from stridelab.analysis.gait.signals import checked

LEAN_SITES: Final = ("chest", "sacrum")

REARFOOT_ABOVE_DEG: Final = 8.0
FOREFOOT_BELOW_DEG: Final = -1.6
"""Bounds of the foot's angle at strike (Altman & Davis 2012, Gait Posture 35:298)."""


@dataclass(frozen=True, eq=False)
class TrunkLean:
    """Lean of the trunk by window; arrays of shape ``(n_windows,)``.

    Parameters
    ----------
    time_s
        Middle of each window.
    lean_deg
        Forwards positive, relative to ``zero_deg``; NaN where it is not measurable.
    sway_deg
        Sideways, to the left positive; NaN where no mediolateral axis is known.
    lean_variation_deg
        Standard deviation of the lean from second to second within a window.
    reason
        Empty, or why posture is not measurable: ``orientation_unknown`` (also where the vertical axis is not the one
        that gravity pulls at), ``site_unsuitable``, ``no_gravity``.
    """

    time_s: FloatArray
    lean_deg: FloatArray
    sway_deg: FloatArray
    lean_variation_deg: FloatArray
    reason: str


def trunk_lean(
    acceleration_mps2: Any,
    *,
    sampling_rate_hz: float,
    site: str,
    axes: Sequence[str] | None = None,
    zero_deg: float = 0.0,
    window_s: float = 10.0,
    step_s: float = 1.0,
) -> TrunkLean:
    """How far a sensor on chest or sacrum leans while walking or running.

    Parameters
    ----------
    acceleration_mps2
        Shape ``(n, 1 to 3)``, gravity included; NaN is missing.
    sampling_rate_hz
        25 Hz or more.
    site
        ``chest`` or ``sacrum``; elsewhere posture is not measurable.
    axes
        ``vertical`` and ``anteroposterior``, and ``mediolateral`` for the sideways part. Without them the orientation
        is not known and posture is not measurable.
    zero_deg
        Lean of the sensor while standing upright; 0 takes the sensor to be mounted plumb.
    window_s, step_s
        As of `cadence`.

    Returns
    -------
    TrunkLean
        Not measurable is said in ``reason``, with every angle NaN.

    Notes
    -----
    Over whole strides at a steady speed a body does not accelerate, so the mean acceleration is gravity alone and its
    direction the sensor's inclination: lean = −atan2(mean forward, mean upward). A change of speed of 1 m/s over a 10 s
    window looks like 0.6°. It is the inclination of the sensor; skin and belt move, and no recording with a true lean
    was at hand to validate it.

    Examples
    --------
    >>> t = np.arange(0, 10, 0.01)
    >>> up = 9.81 * (1 - np.cos(2 * np.pi * 2.8 * t))
    >>> tilted = np.column_stack([up * np.cos(np.radians(8)), -up * np.sin(np.radians(8))])
    >>> axes = ("vertical", "anteroposterior")
    >>> trunk_lean(tilted, sampling_rate_hz=100, site="sacrum", axes=axes).lean_deg.round(1).tolist()
    [8.0]
    >>> trunk_lean(tilted, sampling_rate_hz=100, site="sacrum").reason
    'orientation_unknown'
    """
    samples = checked(acceleration_mps2, sampling_rate_hz, site)
    gait = cadence_of(samples, site, window_s=window_s, step_s=step_s)
    unknown = np.full(len(gait.time_s), np.nan)
    reason = ""
    if site not in LEAN_SITES:
        reason = "site_unsuitable"
    elif "no_gravity" in samples.kinds:
        reason = "no_gravity"
    names = checked_axes(axes, samples.given)
    if not reason and not {"vertical", "anteroposterior"} <= set(names or ()):
        reason = "orientation_unknown"
    if reason or names is None:
        return TrunkLean(gait.time_s, unknown, unknown, unknown, reason)
    named = dict(zip(names, samples.acceleration_g.T, strict=True))
    if not len(gait.time_s):
        return TrunkLean(gait.time_s, unknown, unknown, unknown, reason)
    down = {name: float(values.mean()) for name, values in named.items()}
    if down["vertical"] < max(map(abs, down.values())):
        # Not upright: upside down, or the names of the axes do not fit.
        return TrunkLean(gait.time_s, unknown, unknown, unknown, "orientation_unknown")
    known = np.ones(len(samples.acceleration_g)) if samples.missing is None else (~samples.missing).astype(float)
    half = min(window_s, len(known) / samples.rate_hz) / 2

    def mean(values: FloatArray, middle: FloatArray, reach: float) -> FloatArray:
        total, count = np.append(0.0, np.cumsum(values * known)), np.append(0.0, np.cumsum(known))
        low = np.clip(np.rint((middle - reach) * samples.rate_hz).astype(np.intp), 0, len(values))
        high = np.clip(np.rint((middle + reach) * samples.rate_hz).astype(np.intp) + 1, 0, len(values))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((total[high] - total[low]) / (count[high] - count[low]))

    moving = np.isfinite(gait.cadence_spm)
    upward, forward = (mean(named[name], gait.time_s, half) for name in ("vertical", "anteroposterior"))
    lean = np.where(moving, -np.degrees(np.arctan2(forward, upward)) - zero_deg, np.nan)
    sway = unknown
    if "mediolateral" in named:
        # Leaning to the left turns the left axis downwards, against which gravity pushes.
        sway = np.where(moving, -np.degrees(np.arctan2(mean(named["mediolateral"], gait.time_s, half), upward)), np.nan)
    # Seconds are rounded to whole strides, or the steps themselves would look like swaying.
    stride = 120 / float(np.nanmedian(gait.cadence_spm)) if moving.any() else 1.0
    offset = np.arange(-int(half / stride) + 0.5, int(half / stride)) * stride
    at = gait.time_s[:, None] + offset
    each = -np.degrees(np.arctan2(*(mean(named[name], at, stride / 2) for name in ("anteroposterior", "vertical"))))
    variation = np.where(moving, each.std(axis=1), np.nan) if each.shape[1] > 1 else unknown
    return TrunkLean(gait.time_s, lean, sway, variation, "")


@dataclass(frozen=True, eq=False)
class FootStrike:
    """How each foot came down; arrays of shape ``(n_stances,)``.

    Parameters
    ----------
    initial_contact_s
        When.
    angle_deg
        Of the sole at strike against the sole lying flat in mid-stance; toes up positive. NaN where not measurable.
    kind
        ``rearfoot``, ``midfoot``, ``forefoot``, or ``unknown``.
    roll_through_ms
        From strike until the foot lies flat.
    impact_g
        Highest acceleration within 50 ms of the strike, at the sensor. It is that of a shoe or shin, rises with every
        change of mounting, and does not tell the load on a joint: it is for comparing a runner with himself.
    reason
        Empty, or why it is not measurable: ``site_unsuitable``, ``no_gyroscope``, ``no_running``.
    """

    initial_contact_s: FloatArray
    angle_deg: FloatArray
    kind: npt.NDArray[np.str_]
    roll_through_ms: FloatArray
    impact_g: FloatArray
    reason: str


def foot_strike(
    acceleration_mps2: Any, *, sampling_rate_hz: float, site: str, angular_velocity_radps: Any = None
) -> FootStrike:
    """Foot strike from a sensor on the foot with a gyroscope, in any orientation.

    Parameters
    ----------
    acceleration_mps2
        Shape ``(n, 3)``.
    sampling_rate_hz
        100 Hz or more is advised: between strike and flat foot lie 50 ms.
    site
        ``foot``; elsewhere not measurable.
    angular_velocity_radps
        Shape ``(n, 3)``; without it not measurable.

    Returns
    -------
    FootStrike

    Notes
    -----
    The angle is the integral of pitch rate from strike to mid-stance, where the sole lies flat; above 8° rearfoot,
    below −1.6° forefoot, between them midfoot (Altman & Davis 2012, Gait Posture 35:298; integration as in Falbriard
    et al. 2020, Front Bioeng Biotechnol 8:65). Not validated here, for want of recordings with a true angle.
    """
    samples = checked(acceleration_mps2, sampling_rate_hz, site)
    reason = "site_unsuitable" if site != "foot" else "no_gyroscope" if angular_velocity_radps is None else ""
    gait = cadence_of(samples, site, window_s=5.0)
    ran = gait.cadence_spm[gait.state == "running"]
    if not reason and not len(ran):
        reason = "no_running"
    none = np.zeros(0)
    if reason:
        return FootStrike(none, none, np.zeros(0, dtype="<U8"), none, none, reason)
    rate, stride = samples.rate_hz, 120 / float(np.median(ran))
    turning = foot.checked_turning(angular_velocity_radps, len(samples.acceleration_g))
    run = np.ones(len(turning), dtype=np.bool_) if samples.missing is None else ~samples.missing
    pitch = foot.pitch_rate(turning, rate, run)
    strikes = shank.strikes(samples.acceleration_g, rate, stride, run)
    flat = foot.flat(turning, pitch, rate, stride)
    # The foot lies flat between 3 and 40 % of the stride after it has struck.
    index = np.searchsorted(flat, strikes + 0.03 * stride)
    later = np.append(flat, np.nan)[index] - strikes
    later = np.where(later < 0.4 * stride, later, np.nan)
    turned = np.append(0.0, np.cumsum(pitch)) / rate
    known = np.isfinite(later)
    begin = np.clip((strikes * rate).astype(np.intp), 0, len(pitch))
    end = np.clip(((strikes + np.where(known, later, 0)) * rate).astype(np.intp), 0, len(pitch))
    angle = np.where(known, -np.degrees(turned[end] - turned[begin]), np.nan)
    kind = np.where(angle > REARFOOT_ABOVE_DEG, "rearfoot", np.where(angle < FOREFOOT_BELOW_DEG, "forefoot", "midfoot"))
    size = np.linalg.norm(samples.acceleration_g, axis=1)
    near = np.clip(begin[:, None] + np.arange(-round(0.01 * rate), round(0.05 * rate) + 1), 0, len(size) - 1)
    return FootStrike(
        strikes,
        angle,
        np.where(known, kind, "unknown").astype("<U8"),
        later * 1000,
        size[near].max(axis=1) if len(near) else none,
        "",
    )


def footpod_strike_kind(footstrike_type: Any) -> npt.NDArray[np.str_]:
    """RunScribe's footstrike type (1 to 16) in words.

    Parameters
    ----------
    footstrike_type
        The pod's field; NaN, 0 and what is above 16 is unknown.

    Returns
    -------
    ndarray
        ``rearfoot`` (1 to 5), ``midfoot`` (6 to 10), ``forefoot`` (11 to 16) or ``unknown``.

    Notes
    -----
    Against motion capture 78 % of the kinds are right: rearfoot 72.5 %, midfoot 55.3 %, forefoot 95.4 % (DeJong &
    Hertel 2020, J Athl Train 55:1307, 20 runners). A change within one runner says more than the kind.

    Examples
    --------
    >>> footpod_strike_kind([3, 8.5, 14, 0, np.nan]).tolist()
    ['rearfoot', 'midfoot', 'forefoot', 'unknown', 'unknown']
    """
    values = np.rint(np.asarray(footstrike_type, dtype=np.float64))
    return np.select(
        [(values >= 1) & (values <= 5), (values >= 6) & (values <= 10), (values >= 11) & (values <= 16)],
        ["rearfoot", "midfoot", "forefoot"],
        default="unknown",
    ).astype("<U8")
