"""Slope, what it costs to run on it, and the speed on the level that costs the same."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
GradeVariant = Literal["minetti", "empirical"]

MAX_GRADE: Final = 0.45
"""Slopes that Minetti measured; nothing is known beyond."""

GRADE_WINDOW_M: Final = 50.0
"""Length over which altitude is averaged on both sides of a sample; a convention of this project."""

# Highest power first, of the slope as rise over run.
_RUNNING: Final = (155.4, -30.4, -43.3, 46.3, 19.5, 3.6)
_WALKING: Final = (280.5, -58.7, -76.8, 51.9, 19.6, 2.5)
# Least squares through GoldenCheetah's rendering of the curve that Robb published as a figure.
_EMPIRICAL: Final = (-34.00557, -47.13381, 0.77822, 19.06967, 2.998221, 0.993577)
_EMPIRICAL_MAX_GRADE: Final = 0.4


def running_cost_j_per_kg_m(grade: npt.ArrayLike) -> FloatArray:
    r"""Energy that running a metre along a slope costs.

    .. math:: C(i) = 155.4 i^5 - 30.4 i^4 - 43.3 i^3 + 46.3 i^2 + 19.5 i + 3.6

    Parameters
    ----------
    grade
        Rise over run, shape ``(n_samples,)``. NaN, and slopes beyond ±0.45, give NaN: nobody measured there.

    Returns
    -------
    ndarray
        J/(kg·m), shape ``(n_samples,)``.

    Notes
    -----
    Minetti et al. 2002, J Appl Physiol 93:1039 (10 mountain runners on a treadmill). They measured 3.40 ± 0.24 on the
    level, where the polynomial has 3.6, and 1.73 ± 0.36 at −0.20, where it has 1.80.

    Examples
    --------
    >>> running_cost_j_per_kg_m([0.0, 0.1, -0.2]).round(3)
    array([3.6  , 5.968, 1.8  ])
    """
    return _polynomial(_RUNNING, grade)


def walking_cost_j_per_kg_m(grade: npt.ArrayLike) -> FloatArray:
    r"""Energy that walking a metre along a slope costs.

    .. math:: C(i) = 280.5 i^5 - 58.7 i^4 - 76.8 i^3 + 51.9 i^2 + 19.6 i + 2.5

    Parameters
    ----------
    grade
        Rise over run, shape ``(n_samples,)``. NaN, and slopes beyond ±0.45, give NaN.

    Returns
    -------
    ndarray
        J/(kg·m), shape ``(n_samples,)``, at the most economical walking speed of each slope.

    Notes
    -----
    Minetti et al. 2002, J Appl Physiol 93:1039.

    Examples
    --------
    >>> walking_cost_j_per_kg_m([0.0, 0.1]).round(3)
    array([2.5  , 4.899])
    """
    return _polynomial(_WALKING, grade)


def grade_factor(grade: npt.ArrayLike, *, variant: GradeVariant = "minetti") -> FloatArray:
    """How much faster one would run on the level with the same effort.

    Parameters
    ----------
    grade
        Rise over run, shape ``(n_samples,)``. NaN, and slopes beyond ±0.45, give NaN.
    variant
        ``minetti``: equal energy, C(i)/C(0), from a treadmill. ``empirical``: equal heart rate, from runs of Strava's
        users; beyond ±0.40 it stays what it is there.

    Returns
    -------
    ndarray
        Shape ``(n_samples,)``; 1 on the level.

    Raises
    ------
    KeyError
        For an unknown variant.

    Notes
    -----
    Minetti et al. 2002, J Appl Physiol 93:1039. Empirical: Robb 2017, An Improved GAP Model (Strava Engineering), from
    6 million runs of 240,000 people, published as a figure without a formula; this is a fifth-order polynomial through
    GoldenCheetah's fit of that figure. It lies 0.6 % below 1 next to the level. The two disagree most downhill: at
    −0.10 the factors are 0.60 and 0.88, and races on hills side with the latter.

    Examples
    --------
    >>> grade_factor([0.1, -0.1]).round(3), grade_factor([0.1, -0.1], variant="empirical").round(3)
    (array([1.658, 0.598]), array([1.48 , 0.879]))
    """
    slope = np.asarray(grade, dtype=np.float64)
    if variant == "empirical":
        factor = np.polyval(_EMPIRICAL, np.clip(slope, -_EMPIRICAL_MAX_GRADE, _EMPIRICAL_MAX_GRADE))
        factor = np.where(slope == 0, 1.0, factor)
        return np.asarray(np.where(np.abs(slope) <= MAX_GRADE, factor, np.nan))
    return {"minetti": running_cost_j_per_kg_m}[variant](slope) / _RUNNING[-1]


def graded_speed_mps(
    speed_mps: npt.ArrayLike, grade: npt.ArrayLike, *, variant: GradeVariant = "minetti"
) -> FloatArray:
    """Speed on the level of the same cost (grade adjusted pace, as a speed).

    Parameters
    ----------
    speed_mps
        Shape ``(n_samples,)``. Negative speeds give NaN.
    grade
        Rise over run, shape ``(n_samples,)`` or one number. Where it is not known the result is NaN: pass 0 where the
        ground is known to be level.
    variant
        As for `grade_factor`.

    Returns
    -------
    ndarray
        m/s, shape ``(n_samples,)``.

    Examples
    --------
    >>> graded_speed_mps([3.0], 0.05).round(2)
    array([3.9])
    """
    speed = np.asarray(speed_mps, dtype=np.float64)
    return np.where(speed >= 0, speed, np.nan) * grade_factor(grade, variant=variant)


def grade_along(
    distance_m: npt.ArrayLike, altitude_m: npt.ArrayLike, *, window_m: float = GRADE_WINDOW_M
) -> FloatArray:
    """Slope at each sample from altitude, smoothed over distance.

    The mean altitude of the window ahead minus that of the window behind, over the distance between their middles; at
    the ends of the recording the windows are cut. One metre of noise in altitude is then some 1 % of slope, which
    from sample to sample would be 30 %.

    Parameters
    ----------
    distance_m
        Covered so far, not falling, shape ``(n_samples,)``.
    altitude_m
        Shape ``(n_samples,)``.
    window_m
        Length of each of the two windows.

    Returns
    -------
    ndarray
        Rise over run, shape ``(n_samples,)``; NaN where altitude or distance is not known, and everywhere if the known
        samples cover less than one window.

    Examples
    --------
    >>> distance = np.arange(0, 1000, 3.0)
    >>> grade_along(distance, 200 + 0.04 * distance)[[0, 100, -1]].round(3)
    array([0.04, 0.04, 0.04])
    """
    distance = np.asarray(distance_m, dtype=np.float64)
    altitude = np.asarray(altitude_m, dtype=np.float64)
    grade = np.full(distance.shape, np.nan)
    known = np.isfinite(distance) & np.isfinite(altitude)
    if known.sum() < 2 or not window_m > 0:
        return grade
    at, height = np.maximum.accumulate(distance[known]), altitude[known]
    begin, end = at[0], at[-1]
    if end - begin < window_m:
        return grade
    area = np.append(0.0, np.cumsum((height[1:] + height[:-1]) / 2 * np.diff(at)))
    # A middle so close to an end that a window would be empty is moved inwards by a quarter of a window.
    middle = np.clip(at, begin + window_m / 4, end - window_m / 4)
    low, high = np.maximum(middle - window_m, begin), np.minimum(middle + window_m, end)
    to_low, to_middle, to_high = (np.interp(point, at, area) for point in (low, middle, high))
    rise = (to_high - to_middle) / (high - middle) - (to_middle - to_low) / (middle - low)
    grade[known] = rise / ((high - low) / 2)
    return grade


def _polynomial(coefficients: tuple[float, ...], grade: npt.ArrayLike) -> FloatArray:
    slope = np.asarray(grade, dtype=np.float64)
    inside = np.abs(slope) <= MAX_GRADE
    return np.asarray(np.where(inside, np.polyval(coefficients, np.where(inside, slope, 0)), np.nan))
