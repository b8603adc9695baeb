"""Training impulse (TRIMP) and time in heart-rate zones.

Both are sums over time of a function of heart rate. They take heart rates with the seconds spent at each: samples with
their durations, or a histogram of seconds at each whole beat a minute, which gives the same sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.counting import FloatArray, usable

BANISTER_COEFFICIENTS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "male": (0.64, 1.92),
        "female": (0.86, 1.67),
        # Between the two curves, for athletes who did not say (Runalyze's choice).
        "unspecified": (0.725215, 1.795),
    }
)
"""A and B of Banister's weighting by sex. Morton, Fitz-Clarke & Banister 1990, J Appl Physiol 69:1171."""

ZONE_LOWER_BOUNDS_SHARE_OF_MAX: Final = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Lower bounds of zones 1 to 5 as shares of maximal heart rate (Edwards 1993, The Heart Rate Monitor Book)."""


def banister_trimp(
    heart_rate_bpm: npt.ArrayLike,
    duration_s: npt.ArrayLike,
    *,
    resting_heart_rate_bpm: float,
    max_heart_rate_bpm: float,
    sex: str = "unspecified",
) -> float:
    r"""Banister's training impulse, integrated sample by sample.

    .. math:: \sum \frac{\Delta t}{60} \, x \, A e^{B x}, \qquad x = \frac{HR - HR_{rest}}{HR_{max} - HR_{rest}}

    Heart rates below rest count as rest (0). Those above the maximum are not cut: they say that the maximum is too low.

    Parameters
    ----------
    heart_rate_bpm
        Heart rate of each sample, shape ``(n_samples,)``. NaN and values outside 25 to 250 are rejected;
        `stridelab.analysis.load.count_samples` says how many.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``; see `stridelab.samples.sample_durations_s`.
    resting_heart_rate_bpm, max_heart_rate_bpm
        The athlete's resting and maximal heart rate.
    sex
        ``male``, ``female`` or ``unspecified``; chooses A and B.

    Returns
    -------
    float
        TRIMP, arbitrary units; NaN without any valid sample, or where the maximum is not above rest.

    Notes
    -----
    Banister EW, in: Physiological Testing of Elite Athletes, 1991. Integrating sample by sample gives more than the
    mean heart rate does wherever intensity varies, because the weighting is convex.

    Examples
    --------
    >>> limits = {"resting_heart_rate_bpm": 45, "max_heart_rate_bpm": 190}
    >>> round(banister_trimp([137.76197], [60.46471 * 60], sex="male", **limits), 4)
    84.5525
    """
    rate, duration = usable(heart_rate_bpm, duration_s, "heart_rate_bpm")
    if not len(rate):
        return float("nan")
    weight = banister_weight_per_min(
        rate,
        resting_heart_rate_bpm=resting_heart_rate_bpm,
        max_heart_rate_bpm=max_heart_rate_bpm,
        sex=sex,
    )
    return float(duration @ weight / 60)


def banister_weight_per_min(
    heart_rate_bpm: npt.ArrayLike,
    *,
    resting_heart_rate_bpm: float,
    max_heart_rate_bpm: float,
    sex: str = "unspecified",
) -> FloatArray:
    """TRIMP that one minute at each heart rate adds: x·A·exp(B·x); NaN where the maximum is not above rest.

    Raises
    ------
    KeyError
        For a sex without coefficients.
    """
    a, b = BANISTER_COEFFICIENTS[sex]
    reserve = max_heart_rate_bpm - resting_heart_rate_bpm
    rate = np.asarray(heart_rate_bpm, dtype=np.float64)
    if not reserve > 0:
        return np.full(rate.shape, np.nan)
    x = np.maximum((rate - resting_heart_rate_bpm) / reserve, 0)
    return np.asarray(x * a * np.exp(b * x), dtype=np.float64)


def heart_rate_zones_s(
    heart_rate_bpm: npt.ArrayLike, duration_s: npt.ArrayLike, *, max_heart_rate_bpm: float
) -> FloatArray:
    """Seconds in heart-rate zones 1 to 5, by shares of maximal heart rate.

    A zone holds its lower bound and not its upper one; zone 5 is open above. Time below 50 % is in no zone.

    Parameters
    ----------
    heart_rate_bpm
        Heart rate of each sample, shape ``(n_samples,)``. NaN and values outside 25 to 250 are in no zone.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.
    max_heart_rate_bpm
        The athlete's maximal heart rate.

    Returns
    -------
    ndarray
        Seconds, shape ``(5,)``; NaN without any valid sample or without a maximum.

    Notes
    -----
    Bounds of 50, 60, 70, 80 and 90 % after Edwards 1993.

    Examples
    --------
    >>> heart_rate_zones_s([120, 150, 180], [60, 60, 30], max_heart_rate_bpm=190)
    array([ 0., 60., 60.,  0., 30.])
    """
    rate, duration = usable(heart_rate_bpm, duration_s, "heart_rate_bpm")
    if not len(rate) or not max_heart_rate_bpm > 0:
        return np.full(5, np.nan)
    zone = zone_of(rate, max_heart_rate_bpm=max_heart_rate_bpm)
    return np.bincount(zone, weights=duration, minlength=6)[1:].astype(np.float64)


def zone_of(heart_rate_bpm: FloatArray, *, max_heart_rate_bpm: float) -> npt.NDArray[np.intp]:
    """Zone 1 to 5 of each heart rate, 0 below zone 1."""
    bounds = np.asarray(ZONE_LOWER_BOUNDS_SHARE_OF_MAX) * max_heart_rate_bpm
    return np.searchsorted(bounds, heart_rate_bpm, side="right")
