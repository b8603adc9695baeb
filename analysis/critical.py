"""The two-parameter model of hard effort: a critical intensity and a finite reserve above it.

`stridelab.analysis.load` uses it for power (CP, W′), `stridelab.analysis.pace` for speed (CS, D′).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student_t

from stridelab.analysis.counting import FloatArray

EFFORT_RANGE_S: Final = (120.0, 1200.0)
"""Efforts from 2 to 20 minutes are what the model is meant for (Jones & Vanhatalo 2017, Sports Med 47 Suppl 1:65)."""

LinearModel = Literal["total_time", "inverse_time"]


@dataclass(frozen=True, slots=True)
class CriticalFit:
    """A critical intensity and its reserve, with how well they are known.

    Parameters
    ----------
    critical, critical_low, critical_high
        Critical speed in m/s or power in W, and its confidence interval.
    reserve, reserve_low, reserve_high
        D′ in m or W′ in J, and its confidence interval.
    model
        ``total_time`` or ``inverse_time``.
    n_efforts
        Efforts that went in.
    r_squared
        Share of variance that the line explains. Always near 1 for ``total_time``: it says little.
    standard_error
        Standard error of estimate, in the unit of the fitted quantity (m or J; m/s or W).
    covariance
        Of critical intensity and reserve, shape ``(2, 2)``.
    warnings
        What speaks against the result: ``few-efforts`` (two give a line and no interval), ``narrow-range`` (longest
        less than twice the shortest), ``outside-range`` (an effort outside `EFFORT_RANGE_S`), ``not-physical``
        (a parameter is not positive), ``not-maximal`` (a longer effort was faster than a shorter one).
    """

    critical: float
    critical_low: float
    critical_high: float
    reserve: float
    reserve_low: float
    reserve_high: float
    model: LinearModel
    n_efforts: int
    r_squared: float
    standard_error: float
    covariance: FloatArray
    warnings: tuple[str, ...]


def fit_critical(
    duration_s: npt.ArrayLike, total: npt.ArrayLike, *, model: LinearModel = "total_time", confidence: float = 0.95
) -> CriticalFit:
    """Critical intensity and reserve by unweighted least squares.

    Parameters
    ----------
    duration_s
        Duration of each maximal effort, shape ``(n_efforts,)``.
    total
        Distance in m, or work in J, of each, shape ``(n_efforts,)``. Efforts that are not positive and finite in both
        are left out.
    model
        ``total_time``: total = critical · t + reserve. ``inverse_time``: total / t = reserve / t + critical.
    confidence
        Of the intervals.

    Returns
    -------
    CriticalFit
        NaN parameters with fewer than two different durations, NaN intervals with fewer than three efforts.

    Notes
    -----
    Monod & Scherrer 1965; for running Hughson et al. 1984, Galbraith et al. 2014, Int J Sports Physiol Perform 9:931.
    The two models weigh errors differently and disagree by some percent: name the model beside the number.

    Examples
    --------
    >>> fit = fit_critical([258, 546, 840], [1200, 2400, 3600])
    >>> round(fit.critical, 4), round(fit.reserve, 2)
    (4.1236, 140.29)
    """
    time = np.atleast_1d(np.asarray(duration_s, dtype=np.float64))
    amount = np.atleast_1d(np.asarray(total, dtype=np.float64))
    known = np.isfinite(time) & np.isfinite(amount) & (time > 0) & (amount > 0)
    time, amount = time[known], amount[known]
    n = len(time)
    nan = float("nan")
    if len(np.unique(time)) < 2:
        none = np.full((2, 2), nan)
        return CriticalFit(nan, nan, nan, nan, nan, nan, model, n, nan, nan, none, ("few-efforts",))
    if model == "total_time":
        design, target = np.column_stack([time, np.ones(n)]), amount
    else:
        design, target = np.column_stack([np.ones(n), 1 / time]), amount / time
    found, *_ = np.linalg.lstsq(design, target, rcond=None)
    residual = target - design @ found
    spread = float(((target - target.mean()) ** 2).sum())
    explained = 1 - float(residual @ residual) / spread if spread > 0 else nan
    covariance, error, half = np.full((2, 2), nan), nan, np.full(2, nan)
    if n > 2:
        error = float(np.sqrt(residual @ residual / (n - 2)))
        covariance = error**2 * np.linalg.inv(design.T @ design)
        half = float(student_t.ppf((1 + confidence) / 2, n - 2)) * np.sqrt(np.diag(covariance))
    critical, reserve = (float(value) for value in found)
    return CriticalFit(
        critical,
        critical - float(half[0]),
        critical + float(half[0]),
        reserve,
        reserve - float(half[1]),
        reserve + float(half[1]),
        model,
        n,
        explained,
        error,
        covariance,
        _warnings(time, amount, critical, reserve),
    )


def _warnings(time: FloatArray, amount: FloatArray, critical: float, reserve: float) -> tuple[str, ...]:
    order = np.argsort(time)
    rate = (amount / time)[order]
    found = {
        "few-efforts": len(time) < 3,
        "narrow-range": time.max() < 2 * time.min(),
        "outside-range": time.min() < EFFORT_RANGE_S[0] or time.max() > EFFORT_RANGE_S[1],
        "not-physical": not (critical > 0 and reserve > 0),
        "not-maximal": bool((np.diff(rate) > 0).any()),
    }
    return tuple(name for name, true in found.items() if true)


BALANCE_VARIANTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "integral": "Skiba 2012: what was spent decays with one τ for the session, 546·e^(−0.01·DCP) + 316",
        "integral_whole_tau": "the same with τ cut to whole seconds (GoldenCheetah)",
        "instantaneous": "recovers with τ from the power of each moment; nothing decays above CP (trackeR, 2012)",
        "differential": "W += (CP − P)(W0 − W)/W0 below CP, a sample at a time (Froncioni, Skiba, Clarke)",
        "exponential": "the same, exact over each sample (Skiba 2015, trackeR)",
    }
)
"""Ways to let the reserve recover. The τ of the first three is in watts of cyclists and means nothing for speeds."""


def reserve_balance(
    intensity: npt.ArrayLike, duration_s: npt.ArrayLike, *, critical: float, reserve: float, variant: str
) -> FloatArray:
    """What is left of the reserve after each sample.

    Parameters
    ----------
    intensity
        Power in W or speed in m/s, shape ``(n_samples,)``. Over samples without a usable value (NaN, negative) nothing
        is spent and nothing recovers, and their own balance is NaN.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``. Recovery in a pause counts only where the pause is
        given as samples of 0.
    critical, reserve
        Critical intensity, and the full reserve.
    variant
        A name of `BALANCE_VARIANTS`.

    Returns
    -------
    ndarray
        Shape ``(n_samples,)``. May fall below 0: then the two parameters are too low for what was done. All NaN where
        one of them is not positive.

    Raises
    ------
    KeyError
        For an unknown variant.
    """
    BALANCE_VARIANTS[variant]
    value = np.atleast_1d(np.asarray(intensity, dtype=np.float64))
    duration = np.atleast_1d(np.asarray(duration_s, dtype=np.float64))
    balance = np.full(value.shape, np.nan)
    known = np.isfinite(value) & (value >= 0) & np.isfinite(duration) & (duration >= 0)
    if not known.any() or not (0 < critical < np.inf and 0 < reserve < np.inf):
        return balance
    value, lasting = value[known], duration[known]
    above = np.maximum(value - critical, 0) * lasting
    deficit = np.maximum(critical - value, 0)
    if variant == "differential":
        # A long sample far below the critical intensity recovers all of it, never more.
        kept = np.maximum(1 - deficit * lasting / reserve, 0)
    elif variant == "exponential":
        kept = np.exp(-deficit * lasting / reserve)
    elif variant == "instantaneous":
        kept = np.where(deficit > 0, np.exp(-lasting / _tau_s(deficit)), 1)
    else:
        below = deficit > 0
        time_below = float(lasting[below].sum())
        mean_deficit = float(deficit[below] @ lasting[below]) / time_below if time_below > 0 else 0.0
        tau = _tau_s(np.array(mean_deficit))
        kept = np.exp(-lasting / (np.floor(tau) if variant == "integral_whole_tau" else tau))
    balance[known] = reserve - _running(kept, above)
    return balance


def _tau_s(deficit_w: FloatArray) -> FloatArray:
    """Time constant of recovery (Skiba et al. 2012, Med Sci Sports Exerc 44:1526)."""
    return np.asarray(546 * np.exp(-0.01 * deficit_w) + 316)


def _running(kept: FloatArray, added: FloatArray) -> FloatArray:
    """Y of y[i] = kept[i] · y[i − 1] + added[i], y[−1] = 0, by doubling: each pass composes steps twice as long."""
    a, b = kept.copy(), added.copy()
    step = 1
    while step < len(a):
        b[step:] += a[step:] * b[:-step]
        a[step:] *= a[:-step]
        step *= 2
    return b
