"""Power: critical power and W′ with its balance, and the power of running from speed and slope."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stridelab.analysis.counting import FloatArray
from stridelab.analysis.critical import CriticalFit, LinearModel, fit_critical, reserve_balance
from stridelab.analysis.pace.grade import running_cost_j_per_kg_m


def critical_power(
    duration_s: npt.ArrayLike,
    power_w: npt.ArrayLike,
    *,
    model: LinearModel = "inverse_time",
    confidence: float = 0.95,
) -> CriticalFit:
    """Critical power (CP) and W′ from maximal efforts.

    Parameters
    ----------
    duration_s, power_w
        Duration and mean power of each effort, shape ``(n_efforts,)``.
    model
        ``inverse_time``: P = W′/t + CP. ``total_time``: work = CP · t + W′.
    confidence
        Of the intervals.

    Returns
    -------
    CriticalFit
        ``critical`` in W, ``reserve`` in J; NaN with fewer than two different durations.

    Notes
    -----
    Monod & Scherrer 1965, Ergonomics 8:329; Jones & Vanhatalo 2017, Sports Med 47 Suppl 1:65.

    Examples
    --------
    >>> fit = critical_power([160, 205, 260, 430, 685], [453, 430, 405, 375, 360])
    >>> round(fit.critical, 5), round(fit.reserve, 2)
    (330.09741, 19857.15)
    """
    time, power = np.asarray(duration_s, dtype=np.float64), np.asarray(power_w, dtype=np.float64)
    return fit_critical(time, time * power, model=model, confidence=confidence)


def w_prime_balance_j(
    power_w: npt.ArrayLike,
    duration_s: npt.ArrayLike,
    *,
    critical_power_w: float,
    w_prime_j: float,
    variant: str = "integral",
) -> FloatArray:
    """W′ balance after each sample.

    Parameters
    ----------
    power_w
        Shape ``(n_samples,)``. Over NaN and negative values nothing is spent or recovers; their own balance is NaN.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``. Give a pause as samples of 0 W, or nothing recovers
        in it.
    critical_power_w, w_prime_j
        From `critical_power`.
    variant
        A name of `stridelab.analysis.critical.BALANCE_VARIANTS`. They differ by more than half of W′ after a few
        intervals, so the name belongs beside the number.

    Returns
    -------
    ndarray
        J, shape ``(n_samples,)``; below 0 the parameters are too low. NaN without parameters.

    Raises
    ------
    KeyError
        For an unknown variant.

    Notes
    -----
    Skiba et al. 2012, Med Sci Sports Exerc 44:1526 (7 cyclists); Skiba et al. 2015, Eur J Appl Physiol 115:703.

    Examples
    --------
    >>> intervals = np.tile(np.repeat([400.0, 150.0], [60, 90]), 5)
    >>> power = np.concatenate([np.full(300, 200.0), intervals, np.full(300, 180)])
    >>> given = {"critical_power_w": 250, "w_prime_j": 20000}
    >>> w_prime_balance_j(power, np.ones(1350), **given)[-1].round()
    np.float64(6401.0)
    >>> w_prime_balance_j(power, np.ones(1350), variant="differential", **given)[-1].round()
    np.float64(15064.0)
    """
    return reserve_balance(power_w, duration_s, critical=critical_power_w, reserve=w_prime_j, variant=variant)


def running_power_w(
    speed_mps: npt.ArrayLike, grade: npt.ArrayLike, *, body_mass_kg: float, height_m: float
) -> FloatArray:
    """Mechanical power of running at a steady speed on a slope, by Skiba's model.

    Parameters
    ----------
    speed_mps
        Shape ``(n_samples,)``. NaN and negative speeds give NaN.
    grade
        Rise over run, shape ``(n_samples,)`` or one number; beyond ±0.45 the result is NaN.
    body_mass_kg, height_m
        Of the runner.

    Returns
    -------
    ndarray
        W, shape ``(n_samples,)``. A model: not the power of any pod, and not comparable with one.

    Notes
    -----
    P = m·v·(aero + C(i)·eff): aero = 0.5·1.2·0.9·A·v²/m with A = 0.266·0.2025·h^0.725·m^0.425 (Arsac & Locatelli 2002),
    C Minetti 2002, eff = (0.25 + 0.054 v)(1 − 0.5 v/8.33). Skiba 2006, as in GoldenCheetah's GOVSS.

    Examples
    --------
    >>> running_power_w([3.0], 0.0, body_mass_kg=70, height_m=1.75).round(2)
    array([262.55])
    """
    speed = np.atleast_1d(np.asarray(speed_mps, dtype=np.float64))
    if not (body_mass_kg > 0 and height_m > 0):
        return np.full(speed.shape, np.nan)
    speed = np.where(np.isfinite(speed) & (speed >= 0), speed, np.nan)
    area = 0.266 * 0.2025 * height_m**0.725 * body_mass_kg**0.425
    aero = 0.5 * 1.2 * 0.9 * area * speed**2 / body_mass_kg
    efficiency = (0.25 + 0.054 * speed) * (1 - 0.5 * speed / 8.33)
    return np.asarray((aero + running_cost_j_per_kg_m(grade) * efficiency) * speed * body_mass_kg)
