"""What a run asks of tissues: mechanical load of a session, and the patellofemoral model of a change of cadence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from stridelab.analysis.gait.coefficients import FloatArray
from stridelab.analysis.gait.kinetics import LEVEL_SLOPE_PCT
from stridelab.errors import UsageError

EXPONENTS: Final = (4.0, 7.0, 10.0)
"""Exponents m that are reported side by side: how steeply damage grows with force is not known better than that
(bone 6.6 to 7, tendon 9; cartilage 12.9 is the variant for the knee)."""

CARTILAGE_EXPONENT: Final = 12.9

FORCE_CHANGE_PER_CADENCE: Final = -1.4
"""Relative change of peak patellofemoral force for a relative change of step rate: −14 % at +10 % (Lenhart et al. 2014,
Med Sci Sports Exerc 46:557; 30 runners, a musculoskeletal model). Linear between 0 and ±10 % is an assumption."""

FORCE_CHANGE_BAND: Final = (-0.8, -2.2)
"""A convention: the published effects of step length on the knee spread that far (Willson et al. 2014: −22 % stress a
step for a 10 % shorter step, +31 % for a longer one; −8 % is a conservative lower end)."""

PEAK_PATELLOFEMORAL_BW: Final = (3.0, 4.5, 6.0)
"""Low, middle and high peak force of level running (Roos et al. 2012, J Biomech 45:1656, 4.5 ± 1.5 body weights)."""

LARGEST_CHANGE_PCT: Final = 10.0


@dataclass(frozen=True, slots=True)
class MechanicalLoad:
    """Load of a session; sums over the steps of both legs of (peak force in body weights)^m.

    Parameters
    ----------
    exponent
        m.
    total, per_km
        The sum, and the sum a kilometre; NaN where nothing is known.
    coverage
        Share of the running time whose contact time and cadence are known.
    sloped_share
        Share of the known time on slopes beyond ±3 %, where the sine model is not valid; NaN where no slope is known.
    modelled
        True where contact times were estimated, not measured.
    """

    exponent: float
    total: float
    per_km: float
    coverage: float
    sloped_share: float
    modelled: bool


def mechanical_load(
    duration_s: Any,
    cadence_spm: Any,
    contact_time_ms: Any,
    *,
    speed_mps: Any = np.nan,
    slope_pct: Any = np.nan,
    exponents: tuple[float, ...] = EXPONENTS,
    modelled: bool = False,
) -> tuple[MechanicalLoad, ...]:
    """Damage-weighted load of a session from cadence and contact time.

    Parameters
    ----------
    duration_s
        How long each sample lasts (`stridelab.samples.sample_durations_s`), shape ``(n,)``.
    cadence_spm, contact_time_ms
        Of each sample, both feet. NaN, and a flight below 0, is unknown: the sample counts in nothing but ``coverage``.
    speed_mps
        For the load a kilometre.
    slope_pct
        For the share of time outside the model's validity.
    exponents
        One load for each.
    modelled
        Whether the contact times are estimates.

    Returns
    -------
    tuple of MechanicalLoad
        One an exponent. Nothing is extrapolated to time without data.

    Notes
    -----
    Σ steps · (π/2 · (tf/tc + 1))^m with tf = 60/cadence − tc (Morin et al. 2005). With m = 1 the sum is body weight ×
    time whatever the technique, because the mean force over a step is one body weight: it is not offered as a default.

    Examples
    --------
    >>> km = mechanical_load([1000 / 3.0], [170.0], [250.0], speed_mps=3.0, exponents=(1.0,))[0]
    >>> round(km.per_km, 3)
    2094.395
    """
    duration, cadence, contact, speed, slope = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(part, dtype=np.float64))
            for part in (duration_s, cadence_spm, contact_time_ms, speed_mps, slope_pct)
        )
    )
    duration = np.where(duration > 0, duration, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        contact_s, step_s = contact / 1000, 60 / cadence
        known = (contact_s > 0) & (step_s >= contact_s) & np.isfinite(step_s) & (duration > 0)
        force = np.where(known, np.pi / 2 * step_s / np.where(known, contact_s, 1.0), 0.0)
        steps = np.where(known, duration / np.where(known, step_s, 1.0), 0.0)
    ran = duration[np.isfinite(cadence) & (cadence > 0)].sum()
    time = duration[known].sum()
    sloped = known & np.isfinite(slope)
    share = (
        duration[sloped & (np.abs(slope) > LEVEL_SLOPE_PCT)].sum() / duration[sloped].sum() if sloped.any() else np.nan
    )
    moved = known & np.isfinite(speed)
    kilometres = float((duration * speed)[moved].sum()) / 1000 if moved.any() else np.nan
    loads = []
    for exponent in exponents:
        by_sample = steps * force**exponent
        on_the_way = by_sample[moved].sum()
        loads.append(
            MechanicalLoad(
                exponent,
                float(by_sample.sum()) if time > 0 else float("nan"),
                float(on_the_way / kilometres) if kilometres > 0 else float("nan"),
                float(time / ran) if ran > 0 else float("nan"),
                float(share),
                modelled,
            )
        )
    return tuple(loads)


@dataclass(frozen=True, slots=True)
class CadenceChange:
    """What another cadence at the same speed would do to the knee, by the patellofemoral model.

    Every ``relative_`` number is a factor on today's value: (low, middle, high) of its band.

    Parameters
    ----------
    change_pct, cadence_spm
        The change, and the cadence after it.
    relative_peak_force
        Of one step.
    relative_load_per_km
        Damage-weighted with the exponent, more steps included.
    peak_force_bw
        Peak patellofemoral force in body weights.
    exponent
        m of the load.
    """

    change_pct: float
    cadence_spm: float
    relative_peak_force: tuple[float, float, float]
    relative_load_per_km: tuple[float, float, float]
    peak_force_bw: tuple[float, float, float]
    exponent: float


def cadence_change(cadence_spm: float, change_pct: float, *, exponent: float = 4.0) -> CadenceChange:
    """What a change of cadence at the same speed would do to the patellofemoral joint.

    Parameters
    ----------
    cadence_spm
        Today's cadence of this runner; NaN stays NaN.
    change_pct
        Between −10 and +10: further the evidence does not reach.
    exponent
        m of the damage-weighted load; 12.9 is the cartilage variant.

    Raises
    ------
    UsageError
        Beyond ±10 %.

    Notes
    -----
    Peak force × (1 − 1.4 · change) (Lenhart et al. 2014), steps a km × (1 + change), load a km = steps · force^m. A
    model of groups, not a measurement of this knee.

    Examples
    --------
    >>> ten = cadence_change(170, 10)
    >>> round(ten.relative_peak_force[1], 3), round(ten.relative_load_per_km[1], 4), round(ten.cadence_spm)
    (0.86, 0.6017, 187)
    """
    if not abs(change_pct) <= LARGEST_CHANGE_PCT:
        raise UsageError(
            f"a change of cadence of {change_pct:g} %",
            expected="−10 to +10 %",
            advice="The evidence does not reach further.",
        )
    change = change_pct / 100
    slopes = sorted((FORCE_CHANGE_BAND[0], FORCE_CHANGE_PER_CADENCE, FORCE_CHANGE_BAND[1]), key=lambda s: s * change)
    low, middle, high = (1 + slope * change for slope in slopes)
    steps = 1 + change
    return CadenceChange(
        change_pct,
        cadence_spm * steps,
        (low, middle, high),
        (steps * low**exponent, steps * middle**exponent, steps * high**exponent),
        (
            PEAK_PATELLOFEMORAL_BW[0] * low,
            PEAK_PATELLOFEMORAL_BW[1] * middle,
            PEAK_PATELLOFEMORAL_BW[2] * high,
        ),
        exponent,
    )


def cadence_changes(cadence_spm: float, *, exponent: float = 4.0) -> tuple[CadenceChange, ...]:
    """`cadence_change` at −10, −5, +5 and +10 %.

    Parameters
    ----------
    cadence_spm, exponent
        As of `cadence_change`.
    """
    return tuple(cadence_change(cadence_spm, change, exponent=exponent) for change in (-10.0, -5.0, 5.0, 10.0))


def relative_damage_per_km(relative_steps: Any, relative_force: Any, exponent: float) -> FloatArray:
    """Factor on the load a kilometre: steps × force^m.

    Parameters
    ----------
    relative_steps, relative_force
        Factors on today's steps a kilometre and force; NaN stays NaN.
    exponent
        m.

    Examples
    --------
    >>> relative_damage_per_km(1.1, 0.86, 7.0).round(4).item()
    0.3827
    """
    steps, force = np.asarray(relative_steps, dtype=np.float64), np.asarray(relative_force, dtype=np.float64)
    return np.asarray(steps * force**exponent)
