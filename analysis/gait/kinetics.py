"""Force and stiffness from contact and flight time (the sine model), and peak force from sacral acceleration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.gait import sacrum
from stridelab.analysis.gait.cadence import cadence_of
from stridelab.analysis.gait.coefficients import FloatArray
from stridelab.analysis.gait.preparation import checked_axes, directions_of
from stridelab.analysis.gait.signals import checked, low_passed
from stridelab.errors import UsageError

GRAVITY_MPS2: Final = 9.81
"""As in Morin 2005, whose numbers are reproduced to all digits."""

LEG_LENGTH_SHARE_OF_HEIGHT: Final = 0.53
"""Greater trochanter to ground (Winter 1990, Biomechanics and Motor Control of Human Movement)."""

LEVEL_SLOPE_PCT: Final = 3.0
"""Beyond it the sine model is outside its validity (Meyer et al. 2023; the bound is this project's contract)."""


@dataclass(frozen=True, eq=False)
class Kinetics:
    """The sine model's numbers; arrays of the broadcast shape of the input.

    Parameters
    ----------
    peak_force_n, peak_force_bw
        Highest vertical force of a contact, in N and in body weights.
    compression_m
        How far the body's centre sinks while in contact.
    vertical_stiffness_kn_per_m, leg_stiffness_kn_per_m
        Peak force over the sinking, and over the shortening of the leg.
    leg_compression_m
        Shortening of the leg.
    duty_factor
        Contact of one foot as a share of its stride.
    cadence_spm, step_length_m, vertical_oscillation_m
        What contact and flight time and speed amount to.
    valid
        False on slopes beyond ±3 %, where the model is used but not valid, and where it is not known to be level.
    """

    peak_force_n: FloatArray
    peak_force_bw: FloatArray
    compression_m: FloatArray
    vertical_stiffness_kn_per_m: FloatArray
    leg_compression_m: FloatArray
    leg_stiffness_kn_per_m: FloatArray
    duty_factor: FloatArray
    cadence_spm: FloatArray
    step_length_m: FloatArray
    vertical_oscillation_m: FloatArray
    valid: npt.NDArray[np.bool_]


def kinetics(
    contact_time_s: Any,
    flight_time_s: Any,
    *,
    mass_kg: float,
    speed_mps: Any = np.nan,
    leg_length_m: float | None = None,
    height_m: float | None = None,
    slope_pct: Any = 0.0,
) -> Kinetics:
    """Force, stiffness and oscillation of running from times and body mass.

    Parameters
    ----------
    contact_time_s, flight_time_s
        In seconds; arrays broadcast. NaN, a contact of 0 or less, or a negative flight gives NaN.
    mass_kg
        Body mass.
    speed_mps
        For leg stiffness and step length; NaN leaves these NaN.
    leg_length_m, height_m
        Leg length, or body height to take 53 % of; without either leg stiffness is NaN.
    slope_pct
        Beyond ±3 % (and where NaN) ``valid`` is False.

    Returns
    -------
    Kinetics

    Raises
    ------
    UsageError
        On a mass, height or leg length that no adult has.

    Notes
    -----
    Fmax = m g π/2 (tf/tc + 1); Δy = Fmax tc²/(m π²) − g tc²/8; kvert = Fmax/Δy;
    ΔL = L − √(L² − (v tc/2)²) + Δy; kleg = Fmax/ΔL; duty = tc / (2 (tc + tf)); VO = Δy + g tf²/8.
    Source: Morin et al. 2005, J Appl Biomech 21:167. Against measured force the model's peak is −0.075 BW (MAE 4.4 %)
    on the sacral recordings of the corpus and 7 to 17 % low on those with a shank sensor. It is not valid on inclines
    (Meyer et al. 2023).

    Examples
    --------
    >>> one = kinetics(0.25, 0.10, mass_kg=70, speed_mps=3.33, leg_length_m=0.90)
    >>> round(float(one.peak_force_n), 3), round(float(one.leg_stiffness_kn_per_m), 5)
    (1510.132, 9.32085)
    """
    _check("mass", mass_kg, 20, 250, "kg")
    if leg_length_m is None and height_m is not None:
        _check("height", height_m, 1.0, 2.5, "m")
        leg_length_m = LEG_LENGTH_SHARE_OF_HEIGHT * height_m
    if leg_length_m is not None:
        _check("leg length", leg_length_m, 0.4, 1.4, "m")
    contact, flight, speed, slope = np.broadcast_arrays(
        *(np.asarray(part, dtype=np.float64) for part in (contact_time_s, flight_time_s, speed_mps, slope_pct))
    )
    contact = np.where(contact > 0, contact, np.nan)
    flight = np.where(flight >= 0, flight, np.nan)
    weight = mass_kg * GRAVITY_MPS2
    with np.errstate(divide="ignore", invalid="ignore"):
        peak_bw = np.pi / 2 * (flight / contact + 1)
        peak = weight * peak_bw
        sinking = peak * contact**2 / (mass_kg * np.pi**2) - GRAVITY_MPS2 * contact**2 / 8
        length = np.nan if leg_length_m is None else leg_length_m
        reach = length**2 - (speed * contact / 2) ** 2
        shortening = length - np.sqrt(np.where(reach >= 0, reach, np.nan)) + sinking
        step = contact + flight
        return Kinetics(
            peak_force_n=peak,
            peak_force_bw=peak_bw,
            compression_m=sinking,
            vertical_stiffness_kn_per_m=peak / sinking / 1000,
            leg_compression_m=shortening,
            leg_stiffness_kn_per_m=peak / shortening / 1000,
            duty_factor=contact / (2 * step),
            cadence_spm=60 / step,
            step_length_m=speed * step,
            vertical_oscillation_m=sinking + GRAVITY_MPS2 * flight**2 / 8,
            valid=np.abs(slope) <= LEVEL_SLOPE_PCT,
        )


def sacral_peak_force_bw(
    acceleration_mps2: Any, *, sampling_rate_hz: float, axes: tuple[str, ...] | None = None
) -> FloatArray:
    """Highest vertical force of each step in body weights, from acceleration at the sacrum.

    Parameters
    ----------
    acceleration_mps2
        Shape ``(n,)`` or ``(n, 1 to 3)``, gravity included; NaN is missing and its steps are left out.
    sampling_rate_hz
        25 Hz or more.
    axes
        Names of the columns with a ``vertical`` among them; None takes the mean direction for it.

    Returns
    -------
    ndarray
        One value a step, shape ``(n_steps,)``; empty where nothing was run.

    Notes
    -----
    The peak of vertical acceleration in g, low-passed at 5 Hz (second order, zero lag): below that the pelvis moves
    with the body's centre. The cut-off is the one with the least bias on the corpus (one runner, 24 conditions: bias
    0.00 BW, root mean square error 0.11 BW against the active peak on the plate). Published with a like method: 0.15 BW
    (Patoz et al. 2022). An impact peak is not given: at 5 Hz there is none, and above it the skin rings.

    Examples
    --------
    >>> t = np.arange(0, 8, 0.01)
    >>> up = 9.81 * (1 - np.cos(2 * np.pi * 2.8 * t))
    >>> sacral_peak_force_bw(up, sampling_rate_hz=100).round(1)[3:6].tolist()
    [1.9, 1.9, 1.9]
    """
    samples = checked(acceleration_mps2, sampling_rate_hz, "sacrum")
    values = samples.acceleration_g
    gait = cadence_of(samples, "sacrum", window_s=5.0)
    ran = gait.cadence_spm[gait.state == "running"]
    if not len(ran):
        return np.zeros(0)
    rate = samples.rate_hz
    known = np.ones(len(values), dtype=np.bool_) if samples.missing is None else ~samples.missing
    names = checked_axes(axes, samples.given)
    vertical = directions_of(values, names, rate, 120 / float(np.median(ran)), known)[0]["vertical"]
    middle = sacrum.mid_flights(vertical, rate, 60 / float(np.median(ran)))
    if len(middle) < 2:
        return np.zeros(0)
    body = low_passed(np.maximum(vertical, 0.0), rate, sacrum.BODY_LOW_PASS_HZ)
    peaks = np.maximum.reduceat(body, middle)[:-1]
    step = np.diff(middle) / rate * float(np.median(ran)) / 60
    kept = (step > 0.6) & (step < 1.5)
    if samples.missing is not None:
        kept &= np.add.reduceat(samples.missing.astype(np.intp), middle)[:-1] == 0
    return np.asarray(peaks[kept], dtype=np.float64)


def _check(name: str, value: float, low: float, high: float, unit: str) -> None:
    if not low <= value <= high:
        raise UsageError(f"a {name} of {value:g} {unit}", expected=f"{low:g} to {high:g} {unit}")
