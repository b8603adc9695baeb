"""Session loads from few numbers: zones of heart rate (Edwards, Lucia) and perceived exertion (Foster)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.counting import usable
from stridelab.analysis.load.trimp import heart_rate_zones_s

ZONE_WEIGHTS: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        "edwards": (1, 2, 3, 4, 5),
        "goldencheetah": (0.9, 1.1, 1.2, 2.0, 5.0),
    }
)
"""Points a minute in zones 1 to 5. Edwards 1993, The Heart Rate Monitor Book; GoldenCheetah's zonal TRIMP."""

LUCIA_WEIGHTS: Final = (1, 2, 3)
"""Points a minute below VT1, between, above VT2. Lucia et al. 2003, Med Sci Sports Exerc 35:872."""


def zonal_load(zone_s: npt.ArrayLike, weights: npt.ArrayLike) -> float:
    """Minutes in each zone times its weight.

    Parameters
    ----------
    zone_s
        Seconds in each zone, shape ``(n_zones,)``.
    weights
        Points a minute in each, shape ``(n_zones,)``.

    Returns
    -------
    float
        Arbitrary units; NaN where any zone is unknown or negative.

    Examples
    --------
    >>> zonal_load(np.array([12, 20, 15, 8, 5]) * 60, ZONE_WEIGHTS["edwards"])
    154.0
    """
    seconds = np.asarray(zone_s, dtype=np.float64)
    if not (seconds >= 0).all():
        return float("nan")
    return float(seconds @ np.asarray(weights, dtype=np.float64) / 60)


def edwards_trimp(
    heart_rate_bpm: npt.ArrayLike,
    duration_s: npt.ArrayLike,
    *,
    max_heart_rate_bpm: float,
    variant: str = "edwards",
) -> float:
    """Summated heart-rate zones: minutes in 50–60, 60–70 … 90–100 % of the maximum times 1 to 5.

    Time below 50 % counts as time and adds nothing; above the maximum is zone 5.

    Parameters
    ----------
    heart_rate_bpm
        Shape ``(n_samples,)``. NaN and values outside 25 to 250 are rejected, see `count_samples`.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.
    max_heart_rate_bpm
        The athlete's maximal heart rate.
    variant
        A name of `ZONE_WEIGHTS`.

    Returns
    -------
    float
        Arbitrary units; NaN without any usable sample or without a maximum.

    Raises
    ------
    KeyError
        For an unknown variant.

    Notes
    -----
    Edwards 1993, The Heart Rate Monitor Book. A beat across a bound changes the load by a step, so it reacts more to
    the maximum that was assumed than Banister's does.

    Examples
    --------
    >>> edwards_trimp([120.0, 180.0], [600, 300], max_heart_rate_bpm=190)
    45.0
    """
    rate, duration = usable(heart_rate_bpm, duration_s, "heart_rate_bpm")
    return zonal_load(heart_rate_zones_s(rate, duration, max_heart_rate_bpm=max_heart_rate_bpm), ZONE_WEIGHTS[variant])


def lucia_trimp(heart_rate_bpm: npt.ArrayLike, duration_s: npt.ArrayLike, *, vt1_bpm: float, vt2_bpm: float) -> float:
    """Minutes below the first ventilatory threshold, between the two, and above the second times 1, 2, 3.

    Parameters
    ----------
    heart_rate_bpm
        Shape ``(n_samples,)``. NaN and values outside 25 to 250 are rejected.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.
    vt1_bpm, vt2_bpm
        Heart rates at the first and second ventilatory threshold; a rate at a threshold is above it.

    Returns
    -------
    float
        Arbitrary units; NaN without any usable sample, or where the thresholds are not positive and ascending.

    Notes
    -----
    Lucia et al. 2003, Med Sci Sports Exerc 35:872. Thresholds differ by some 10 bpm between methods of finding them.

    Examples
    --------
    >>> lucia_trimp([130.0, 155.0, 175.0], [2400, 900, 300], vt1_bpm=145, vt2_bpm=165)
    85.0
    """
    rate, duration = usable(heart_rate_bpm, duration_s, "heart_rate_bpm")
    if not len(rate) or not 0 < vt1_bpm < vt2_bpm:
        return float("nan")
    zone = np.searchsorted([vt1_bpm, vt2_bpm], rate, side="right")
    return zonal_load(np.bincount(zone, weights=duration, minlength=3), LUCIA_WEIGHTS)


def session_rpe_load(duration_s: float, rpe: float) -> float:
    """Perceived exertion of the session times its minutes.

    Parameters
    ----------
    duration_s
        Duration of the session.
    rpe
        Rating on Borg's CR10 scale, 0 to 10, some 30 minutes after the session.

    Returns
    -------
    float
        Arbitrary units; NaN for a rating outside the scale or a duration that is not positive.

    Notes
    -----
    Foster et al. 2001, J Strength Cond Res 15:109.

    Examples
    --------
    >>> session_rpe_load(60 * 60, 6), session_rpe_load(45 * 60, 8)
    (360.0, 360.0)
    """
    if not 0 <= rpe <= 10 or not 0 < duration_s < np.inf:
        return float("nan")
    return float(duration_s) / 60 * float(rpe)
