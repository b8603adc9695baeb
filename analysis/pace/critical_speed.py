"""Critical speed and D′, and the D′ that is left."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from stridelab.analysis.critical import CriticalFit, LinearModel, fit_critical, reserve_balance

FloatArray = npt.NDArray[np.float64]


def critical_speed(
    duration_s: npt.ArrayLike,
    distance_m: npt.ArrayLike,
    *,
    model: LinearModel = "total_time",
    confidence: float = 0.95,
) -> CriticalFit:
    """Critical speed (CS) and D′ from maximal efforts, with their confidence intervals.

    Parameters
    ----------
    duration_s, distance_m
        Of each maximal effort, shape ``(n_efforts,)``; best from 2 to 20 minutes. Best efforts of a training history
        that were not maximal make CS too low.
    model
        ``total_time``: d = CS · t + D′. ``inverse_time``: v = D′/t + CS.
    confidence
        Of the intervals.

    Returns
    -------
    CriticalFit
        ``critical`` in m/s, ``reserve`` in m; NaN with fewer than two different durations, intervals with fewer than
        three efforts. Read its ``warnings``.

    Notes
    -----
    Hughson et al. 1984; Galbraith et al. 2014, Int J Sports Physiol Perform 9:931; from training data Smyth &
    Muniz-Pumares 2020, Med Sci Sports Exerc 52:2637.

    Examples
    --------
    >>> fit = critical_speed([258, 546, 840], [1200, 2400, 3600])
    >>> round(fit.critical, 4), round(fit.reserve, 2), fit.warnings
    (4.1236, 140.29, ())
    """
    return fit_critical(duration_s, distance_m, model=model, confidence=confidence)


def d_prime_balance_m(
    speed_mps: npt.ArrayLike,
    duration_s: npt.ArrayLike,
    *,
    critical_speed_mps: float,
    d_prime_m: float,
    variant: Literal["differential", "exponential"] = "exponential",
) -> FloatArray:
    """D′ that is left after each sample.

    Parameters
    ----------
    speed_mps
        Speed, or graded speed on hills, shape ``(n_samples,)``. Over NaN and negative values nothing is spent or
        recovers; their own balance is NaN.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``. Give a pause as samples of 0 m/s, or nothing
        recovers in it.
    critical_speed_mps, d_prime_m
        From `critical_speed`.
    variant
        ``exponential`` is exact over each sample, so the rate of recording does not matter; ``differential`` takes one
        step a sample. Skiba's integral is not offered: its time constant was fitted to watts.

    Returns
    -------
    ndarray
        m, shape ``(n_samples,)``; below 0 the two parameters are too low. NaN without them.

    Raises
    ------
    KeyError
        For an unknown variant.

    Notes
    -----
    The form of Skiba et al. 2015, Eur J Appl Physiol 115:703 with speed for power; how fast D′ recovers in running is
    not settled.

    Examples
    --------
    >>> d_prime_balance_m([5.0, 5.0, 3.0], [30, 30, 60], critical_speed_mps=4, d_prime_m=150).round(1)
    array([120. ,  90. , 109.8])
    """
    if variant not in ("differential", "exponential"):
        raise KeyError(variant)
    return reserve_balance(speed_mps, duration_s, critical=critical_speed_mps, reserve=d_prime_m, variant=variant)
