"""Banister's impulse response: performance as what training built up minus what it tired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import lfilter

from stridelab.analysis.counting import FloatArray, daily_values

TAU_FITNESS_D: Final = 45.0
TAU_FATIGUE_D: Final = 15.0
"""Time constants of the original papers (Morton, Fitz-Clarke & Banister 1990, J Appl Physiol 69:1171)."""

WHY_TAU_IS_FIXED: Final = (
    "Time constants are fixed: with few tests the five parameters cannot be told apart. A free refit of the data of "
    "Clarke & Skiba 2013 fits better than the published one (sum of squares 18.30 against 20.25) with both time "
    "constants at 27 days and two gains that nearly cancel."
)


@dataclass(frozen=True, slots=True)
class ImpulseResponseFit:
    """Baseline and gains of an impulse response whose time constants were given.

    Parameters
    ----------
    p0, k1, k2
        Baseline in the unit of performance; gains of fitness and fatigue in that unit a unit of load.
    p0_se, k1_se, k2_se
        Their standard errors; NaN with three tests.
    tau_fitness_d, tau_fatigue_d
        The time constants that were used.
    n_tests
        Tests that went in.
    r_squared, standard_error
        Share of variance explained, and standard error of estimate in the unit of performance.
    warnings
        ``too-few-tests`` (fewer than 3: nothing is fitted), ``few-tests`` (fewer than 6 for three parameters),
        ``not-physiological`` (a gain is negative), ``collinear`` (fitness and fatigue correlate above 0.98 at the
        tests: their gains cannot be told apart).
    """

    p0: float
    k1: float
    k2: float
    p0_se: float
    k1_se: float
    k2_se: float
    tau_fitness_d: float
    tau_fatigue_d: float
    n_tests: int
    r_squared: float
    standard_error: float
    warnings: tuple[str, ...]


def impulse_response(
    load: npt.ArrayLike,
    *,
    p0: float,
    k1: float,
    k2: float,
    tau_fitness_d: float = TAU_FITNESS_D,
    tau_fatigue_d: float = TAU_FATIGUE_D,
) -> pd.DataFrame:
    r"""Modelled performance of each day.

    .. math:: g_t = g_{t-1} e^{-1/\tau_1} + w_t, \quad h_t = h_{t-1} e^{-1/\tau_2} + w_t

    .. math:: p_t = p_0 + k_1 g_t - k_2 h_t

    Parameters
    ----------
    load
        Load of each day without holes, shape ``(n_days,)``. NaN enters as 0: what is not known cannot be added.
    p0, k1, k2
        Baseline and gains.
    tau_fitness_d, tau_fatigue_d
        Time constants in days.

    Returns
    -------
    DataFrame
        Columns ``fitness`` (g), ``fatigue`` (h) and ``performance``, one row a day.

    Notes
    -----
    Banister et al. 1975, Aust J Sports Med 7:57; Clarke & Skiba 2013, Adv Physiol Educ 37:134.

    Examples
    --------
    >>> fit = {"p0": 261.92737, "k1": 0.18258, "k2": 0.23016, "tau_fitness_d": 35.82103, "tau_fatigue_d": 21.33971}
    >>> impulse_response([0, 46.46, 26.7], **fit)["performance"].round(2).tolist()
    [261.93, 259.72, 258.7]
    """
    fitness, fatigue = _decayed(load, tau_fitness_d), _decayed(load, tau_fatigue_d)
    performance = p0 + k1 * fitness - k2 * fatigue
    return pd.DataFrame({"fitness": fitness, "fatigue": fatigue, "performance": performance})


def fit_impulse_response(
    load: npt.ArrayLike,
    performance: npt.ArrayLike,
    *,
    tau_fitness_d: float = TAU_FITNESS_D,
    tau_fatigue_d: float = TAU_FATIGUE_D,
) -> ImpulseResponseFit:
    """Baseline and gains by least squares, the time constants given.

    Parameters
    ----------
    load
        Load of each day without holes, shape ``(n_days,)``; NaN enters as 0.
    performance
        Result of the tests, shape ``(n_days,)``, NaN on the other days. More has to mean better (power or speed, not
        time).
    tau_fitness_d, tau_fatigue_d
        Time constants in days; see `WHY_TAU_IS_FIXED`.

    Returns
    -------
    ImpulseResponseFit
        NaN parameters with fewer than three tests.

    Notes
    -----
    Linear in p0, k1 and k2 once the time constants are given. Hellard et al. 2006, J Sports Sci 24:509, on why the
    parameters of the free fit are neither precise nor stable.

    Examples
    --------
    >>> load = np.tile([60.0, 0, 90, 30], 20)
    >>> truth = impulse_response(load, p0=200, k1=0.1, k2=0.2)["performance"]
    >>> fit = fit_impulse_response(load, truth.where(truth.index % 9 == 0))
    >>> round(fit.p0, 3), round(fit.k1, 3), round(fit.k2, 3)
    (200.0, 0.1, 0.2)
    """
    tests = np.asarray(performance, dtype=np.float64)
    known = np.isfinite(tests)
    n = int(known.sum())
    nan = float("nan")
    if n < 3:
        few = ("too-few-tests",)
        return ImpulseResponseFit(nan, nan, nan, nan, nan, nan, tau_fitness_d, tau_fatigue_d, n, nan, nan, few)
    fitness, fatigue = (_decayed(load, tau)[known] for tau in (tau_fitness_d, tau_fatigue_d))
    design, target = np.column_stack([np.ones(n), fitness, -fatigue]), tests[known]
    found, _, rank, _ = np.linalg.lstsq(design, target, rcond=None)
    residual = target - design @ found
    squares, spread = float(residual @ residual), float(((target - target.mean()) ** 2).sum())
    error, standard_errors = nan, np.full(3, nan)
    if n > 3 and rank == 3:
        error = float(np.sqrt(squares / (n - 3)))
        standard_errors = error * np.sqrt(np.diag(np.linalg.pinv(design.T @ design)))
    alike = fitness.std() * fatigue.std()
    correlation = float(((fitness - fitness.mean()) * (fatigue - fatigue.mean())).mean() / alike) if alike > 0 else 1.0
    warnings = {
        "few-tests": n < 6,
        "not-physiological": bool((found[1:] < 0).any()),
        "collinear": rank < 3 or correlation > 0.98,
    }
    p0, k1, k2 = (float(value) for value in found)
    p0_se, k1_se, k2_se = (float(value) for value in standard_errors)
    return ImpulseResponseFit(
        p0,
        k1,
        k2,
        p0_se,
        k1_se,
        k2_se,
        tau_fitness_d,
        tau_fatigue_d,
        n,
        1 - squares / spread if spread > 0 else nan,
        error,
        tuple(name for name, true in warnings.items() if true),
    )


def influence_days(*, k1: float, k2: float, tau_fitness_d: float, tau_fatigue_d: float) -> tuple[float, float]:
    """Days before an event within which a session still lowers performance, and at which it helps most.

    Parameters
    ----------
    k1, k2
        Gains of fitness and fatigue.
    tau_fitness_d, tau_fatigue_d
        Time constants in days.

    Returns
    -------
    t_n, t_g
        In days; NaN where the parameters have no such day.

    Notes
    -----
    t_n = τ1 τ2/(τ1 − τ2) · ln(k2/k1), t_g = the same with k2 τ1/(k1 τ2). Fitz-Clarke, Morton & Banister 1991, J Appl
    Physiol 71:1151.

    Examples
    --------
    >>> days = influence_days(k1=0.182582, k2=0.230163, tau_fitness_d=35.821034, tau_fatigue_d=21.339715)
    >>> [round(day, 2) for day in days]
    [12.22, 39.57]
    """
    if not (k1 > 0 and k2 > 0 and tau_fitness_d > tau_fatigue_d > 0):
        return float("nan"), float("nan")
    scale = tau_fitness_d * tau_fatigue_d / (tau_fitness_d - tau_fatigue_d)
    t_n = scale * float(np.log(k2 / k1))
    return t_n, t_n + scale * float(np.log(tau_fitness_d / tau_fatigue_d))


def _decayed(load: npt.ArrayLike, tau_d: float) -> FloatArray:
    daily = np.nan_to_num(daily_values(load), nan=0.0)
    if not len(daily):
        return daily
    return np.asarray(lfilter([1.0], [1.0, -float(np.exp(-1 / tau_d))], daily), dtype=np.float64)
