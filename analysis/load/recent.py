"""Descriptions of recent load: acute to chronic ratio, monotony and strain, REDI.

None of them predicts an injury. The ratio above all is shown as a description only: random chronic loads gave
similar odds (Impellizzeri et al. 2021, Sports Med 51:581), and in 5,205 runners a higher one went with fewer injuries
(Frandsen et al. 2025, Br J Sports Med 59:1203).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import lfilter

from stridelab.analysis.counting import FloatArray, daily_values

ACWRVariant = Literal["coupled", "uncoupled", "ewma", "ewma_uncoupled"]


def acute_chronic_ratio(
    load: npt.ArrayLike, *, variant: ACWRVariant = "coupled", acute_d: int = 7, chronic_d: int = 28
) -> FloatArray:
    """Ratio of recent to usual load (ACWR). It has not been shown to predict an injury: a description only.

    Parameters
    ----------
    load
        Load of each day without holes, shape ``(n_days,)``. NaN is a day whose load is not known.
    variant
        ``coupled``: mean of 7 days / mean of the same and the 21 before. ``uncoupled``: mean of 7 days / mean of the 21
        before. ``ewma``: exponentially weighted means with λ = 2/(N + 1), seeded with the first day.
        ``ewma_uncoupled``: today's acute mean / the chronic mean 7 days ago.
    acute_d, chronic_d
        Days of the two means.

    Returns
    -------
    ndarray
        Shape ``(n_days,)``. NaN before ``chronic_d`` days, where the chronic mean is 0, and where a day of its windows
        is not known. In the weighted forms an unknown day is NaN itself and changes nothing after.

    Raises
    ------
    KeyError
        For an unknown variant.

    Notes
    -----
    Hulin et al. 2014; uncoupled: Lolli et al. 2019, Br J Sports Med 53:921; EWMA: Williams et al. 2017, Br J Sports Med
    51:209.

    Examples
    --------
    >>> acute_chronic_ratio(np.repeat([1.0, 2.0], [21, 7]))[-1].round(2)
    np.float64(1.6)
    """
    daily = daily_values(load)
    if variant in ("coupled", "uncoupled"):
        acute = _rolling_mean(daily, acute_d)
        if variant == "coupled":
            chronic = _rolling_mean(daily, chronic_d)
        else:
            chronic = _shifted(_rolling_mean(daily, chronic_d - acute_d), acute_d)
    else:
        acute, chronic = _weighted(daily, acute_d), _weighted(daily, chronic_d)
        chronic = {"ewma": chronic, "ewma_uncoupled": _shifted(chronic, acute_d)}[variant]
        acute = np.where(np.arange(len(daily)) < chronic_d - 1, np.nan, acute)
    ratio = np.full(len(daily), np.nan)
    np.divide(acute, chronic, out=ratio, where=chronic > 0)
    return ratio


def monotony_strain(load: npt.ArrayLike, *, days: int = 7, ddof: Literal[0, 1] = 0) -> pd.DataFrame:
    """Monotony (mean / SD of the days of a week, rest included) and strain (their sum · monotony).

    Parameters
    ----------
    load
        Load of each day without holes, shape ``(n_days,)``; 0 is a day of rest, NaN one whose load is not known.
    days
        Length of the window.
    ddof
        0: population standard deviation (Runalyze), 1: of a sample. They differ by 8 %.

    Returns
    -------
    DataFrame
        Columns ``monotony`` and ``strain``, one row a day; NaN where the window is not full, has an unknown day, or all
        its days are alike (undefined).

    Notes
    -----
    Foster 1998, Med Sci Sports Exerc 30:1164.

    Examples
    --------
    >>> monotony_strain([0, 20, 10, 10, 10, 10, 10]).iloc[-1].round(4).tolist()
    [1.8708, 130.958]
    """
    daily = daily_values(load)
    monotony, total = np.full(len(daily), np.nan), np.full(len(daily), np.nan)
    if len(daily) >= days:
        windows = np.lib.stride_tricks.sliding_window_view(daily, days)
        deviation = windows.std(axis=1, ddof=ddof)
        total[days - 1 :] = windows.sum(axis=1)
        # The deviation of equal numbers may be a rounding error instead of 0.
        unlike = windows.max(axis=1) > windows.min(axis=1)
        np.divide(windows.mean(axis=1), deviation, out=monotony[days - 1 :], where=unlike & (deviation > 0))
    return pd.DataFrame({"monotony": monotony, "strain": total * monotony})


def redi(load: npt.ArrayLike, *, decay_per_d: float = 0.1) -> FloatArray:
    r"""Robust exponential decreasing index: a weighted mean of past load over the days that are known.

    .. math:: \frac{\sum_i e^{-\lambda i} L_{t-i}}{\sum_i e^{-\lambda i}}

    Parameters
    ----------
    load
        Load of each day without holes, shape ``(n_days,)``; NaN days are in neither sum.
    decay_per_d
        λ.

    Returns
    -------
    ndarray
        In the unit of the load, shape ``(n_days,)``; NaN before the first known day.

    Notes
    -----
    Moussa et al. 2019, BMJ Open Sport Exerc Med 5:e000573; CRAN package REDI.

    Examples
    --------
    >>> redi([10.0, np.nan, 30.0]).round(3)
    array([10.   , 10.   , 20.997])
    """
    daily = daily_values(load)
    if not len(daily):
        return daily
    known = np.isfinite(daily)
    kept = [1.0, -float(np.exp(-decay_per_d))]
    total = lfilter([1.0], kept, np.where(known, daily, 0.0))
    weight = lfilter([1.0], kept, known.astype(np.float64))
    mean = np.full(len(daily), np.nan)
    np.divide(total, weight, out=mean, where=np.cumsum(known) > 0)
    return mean


def _rolling_mean(daily: FloatArray, days: int) -> FloatArray:
    mean = np.full(len(daily), np.nan)
    if len(daily) >= days:
        mean[days - 1 :] = np.lib.stride_tricks.sliding_window_view(daily, days).mean(axis=1)
    return mean


def _shifted(values: FloatArray, days: int) -> FloatArray:
    return np.append(np.full(min(days, len(values)), np.nan), values[: max(len(values) - days, 0)])


def _weighted(daily: FloatArray, days: int) -> FloatArray:
    smoothing = 2 / (days + 1)
    known = np.isfinite(daily)
    result = np.full(len(daily), np.nan)
    if known.any():
        values = daily[known]
        result[known] = lfilter([smoothing], [1, smoothing - 1], values, zi=[(1 - smoothing) * values[0]])[0]
    return result
