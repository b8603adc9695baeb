"""Contact time where no sensor measures it: an estimate, always with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.gait.coefficients import FloatArray, SpeedModel
from stridelab.analysis.gait.fitted import FITTED
from stridelab.analysis.gait.signals import numbers
from stridelab.errors import UsageError

RUNNING_SPEED_MPS: Final = (1.5, 9.0)
RUNNING_CADENCE_SPM: Final = (120.0, 260.0)
"""Outside these it is walking, sprinting or a slip of the unit, and nothing is estimated (convention)."""

PLAUSIBLE_MS: Final = (80.0, 450.0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its 95 % interval: numbers, or arrays of the shape of the input.

    Parameters
    ----------
    value_ms
        Ground contact time; NaN where nothing can be said.
    low_ms, high_ms
        Bounds that hold 95 % of runners who were not used for the fit, where ``in_domain``; wider outside.
    in_domain
        Whether speed and cadence lie where the data lie.
    """

    value_ms: float | FloatArray
    low_ms: float | FloatArray
    high_ms: float | FloatArray
    in_domain: bool | npt.NDArray[np.bool_]


def estimate_contact_time(speed_mps: Any, cadence_spm: Any, *, height_m: float | None = None) -> Estimate:
    """Ground contact time from speed and cadence alone; an estimate, never a measurement.

    Parameters
    ----------
    speed_mps, cadence_spm
        Numbers or arrays that broadcast; cadence is of both feet. NaN, or outside 1.5 to 9 m/s or 120 to 260 steps/min,
        gives NaN.
    height_m
        Not used: the data it is fitted on do not hold height. Taken so that callers need not change when it is.

    Returns
    -------
    Estimate

    Raises
    ------
    UsageError
        On what holds no numbers, or shapes that do not broadcast.

    Notes
    -----
    contact = a + b / speed + c · step time, fitted on force-plate contact times of 27 trained runners at 3.8 to
    5.4 m/s (Alcantara et al. 2021, PeerJ 9:e11199) by ``python tests/corpus/gait_fit.py``. The interval is the 95 %
    conformal one for a new runner (Lee, Barber & Willett 2023, arXiv:2306.06342) from the errors on left-out runners,
    widened by the leverage of the point and, outside the speeds of the data, by the distance to the form that is linear
    in speed, which fits as well inside. Slower and less trained
    runners were 0 to 30 ms longer on the ground than estimated (docs/accuracy.md).

    Examples
    --------
    >>> inside = estimate_contact_time(4.5, 185)
    >>> bool(inside.low_ms < inside.value_ms < inside.high_ms), inside.in_domain
    (True, True)
    >>> jog = estimate_contact_time(2.4, 160)
    >>> jog.in_domain, bool(jog.high_ms - jog.low_ms > 2 * (inside.high_ms - inside.low_ms))
    (False, True)
    """
    del height_m
    return estimated(speed_mps, cadence_spm, FITTED.speed)


def estimated(speed_mps: Any, cadence_spm: Any, model: SpeedModel) -> Estimate:
    """`estimate_contact_time` with any model."""
    speed, cadence = numbers(speed_mps, "speed_mps"), numbers(cadence_spm, "cadence_spm")
    try:
        speed, cadence = np.broadcast_arrays(speed, cadence)
    except ValueError:
        raise UsageError(
            f"speed_mps of shape {speed.shape} and cadence_spm of shape {cadence.shape}",
            expected="shapes that go together",
        ) from None
    with np.errstate(divide="ignore", invalid="ignore"):
        run = _inside(speed, RUNNING_SPEED_MPS) & _inside(cadence, RUNNING_CADENCE_SPM)
        speed, cadence = np.where(run, speed, np.nan), np.where(run, cadence, np.nan)
        features = {"inverse_speed_s_per_m": 1 / speed, "speed_mps": speed, "step_time_ms": 60_000 / cadence}
    value = model.main.of(features)
    away = np.stack([features["inverse_speed_s_per_m"], features["step_time_ms"]], axis=-1) - np.array(model.mean)
    leverage = np.einsum("...i,ij,...j->...", away, np.array(model.inverse_covariance), away) / model.runners
    half = model.half_width_ms * np.sqrt(1 + 1 / model.runners + leverage)
    inside = _inside(speed, model.speed_mps) & _inside(cadence, model.cadence_spm)
    half = half + np.where(_inside(speed, model.speed_mps), 0.0, np.abs(model.other.of(features) - value))
    # Nobody is on the ground for longer than two steps last, nor for less than a sprinter.
    low = np.clip(value - half, PLAUSIBLE_MS[0], None)
    high = np.clip(value + half, None, np.maximum(PLAUSIBLE_MS[1], value))
    if value.ndim:
        return Estimate(value, low, high, inside)
    return Estimate(float(value), float(low), float(high), bool(inside))


def contact_time_from_sacral_summary(
    speed_mps: Any, step_frequency_hz: Any, peak_bw: Any, impulse_bws: Any
) -> FloatArray:
    """Contact time from a sacral sensor's own summary of a run: its peak and impulse.

    Parameters
    ----------
    speed_mps, step_frequency_hz
        Speed and steps a second.
    peak_bw, impulse_bws
        Peak force in body weights and vertical impulse of a step in body weights × s, both as the sensor gives them,
        before any correction.

    Returns
    -------
    ndarray
        Milliseconds, of the broadcast shape; NaN where an input is NaN.

    Notes
    -----
    Median regression on 27 trained runners at 3.8 to 5.4 m/s (Alcantara et al. 2021, PeerJ 9:e11199), fitted by
    ``python tests/corpus/gait_fit.py``; error on left-out runners in docs/accuracy.md. The contact time that the sensor
    itself reports adds nothing to these (it was 21 ms off), so it is not asked for.

    Examples
    --------
    >>> contact_time_from_sacral_summary(3.8, 3.0, 2.9, 0.35).round(-1).item()
    210.0
    """
    speed = np.asarray(speed_mps, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return FITTED.summary.of(
            {
                "inverse_speed_s_per_m": 1 / np.where(speed > 0, speed, np.nan),
                "step_time_ms": 1000 / np.asarray(step_frequency_hz, dtype=np.float64),
                "peak_bw": peak_bw,
                "impulse_bws": impulse_bws,
            }
        )


def _inside(value: FloatArray, bounds: tuple[float, float]) -> npt.NDArray[np.bool_]:
    return np.asarray((value >= bounds[0] - 1e-9) & (value <= bounds[1] + 1e-9))
