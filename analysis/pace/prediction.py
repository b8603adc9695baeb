"""Race times from what was run before, always with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student_t

from stridelab.analysis.critical import EFFORT_RANGE_S, CriticalFit

RIEGEL_EXPONENT: Final = 1.06
RIEGEL_EXPONENT_RANGE: Final = (1.03, 1.15)
"""Exponent of t₂ = t₁ (d₂/d₁)^k, and a range for one runner of whom nothing else is known.

1.06 is the one of Riegel 1981, Am Sci 69:285, from records. The range is a convention of this project.
"""

MARATHON_FROM_M: Final = 25000.0
"""Among 2303 recreational runners 1.06 was right up to the half marathon, and at least 10 min too fast for half of them
at the marathon (Vickers & Vertosick 2016, BMC Sports Sci Med Rehabil 8:26). Where between is this project's convention.
"""


@dataclass(frozen=True, slots=True)
class RacePrediction:
    """A race time and how far it can be trusted.

    Parameters
    ----------
    time_s, low_s, high_s
        Predicted time and its interval. NaN where nothing can be said.
    method
        ``critical speed``, ``own exponent`` or ``general exponent``.
    exponent
        k of t₂ = t₁ (d₂/d₁)^k; NaN for critical speed.
    warnings
        ``extrapolated``: far outside the efforts it rests on. ``outside-range``: the time is not one that the model is
        meant for. ``few-efforts``: no interval can be given. ``assumed-interval``: a range of exponents, not a measured
        error. ``not-maximal``: longer races were run faster than shorter ones.
        ``marathon``: 1.06 is known to be too fast for most recreational runners over this distance.
    """

    time_s: float
    low_s: float
    high_s: float
    method: str
    exponent: float
    warnings: tuple[str, ...]


def predict_from_critical_speed(fit: CriticalFit, distance_m: float, *, confidence: float = 0.95) -> RacePrediction:
    """Time over a distance by critical speed: t = (d − D′)/CS.

    Parameters
    ----------
    fit
        From `stridelab.analysis.pace.critical_speed`.
    distance_m
        Of the race.
    confidence
        Of the interval.

    Returns
    -------
    RacePrediction
        From the errors of both parameters and the scatter of the efforts round the line. Nobody holds critical speed
        for an hour: times above 20 minutes are too fast, and carry a warning.

    Notes
    -----
    Interval: delta method, t distribution with n − 2 degrees of freedom.

    Examples
    --------
    >>> from stridelab.analysis.pace import critical_speed
    >>> fit = critical_speed([258, 546, 840], [1200, 2400, 3600])
    >>> round(predict_from_critical_speed(fit, 3000).time_s, 1)
    693.5
    """
    nan = float("nan")
    if not (fit.critical > 0 and fit.reserve < distance_m < np.inf):
        return RacePrediction(nan, nan, nan, "critical speed", nan, ("few-efforts",) if fit.n_efforts < 2 else ())
    time = (distance_m - fit.reserve) / fit.critical
    half = nan
    if fit.n_efforts > 2:
        slope = np.array([-time / fit.critical, -1 / fit.critical])
        # The scatter of the efforts is in metres round the line, or in metres a second.
        metres = fit.standard_error * (1.0 if fit.model == "total_time" else time)
        variance = float(slope @ fit.covariance @ slope) + (metres / fit.critical) ** 2
        half = float(student_t.ppf((1 + confidence) / 2, fit.n_efforts - 2)) * float(np.sqrt(variance))
    warnings = {
        "few-efforts": fit.n_efforts < 3,
        "outside-range": not EFFORT_RANGE_S[0] <= time <= EFFORT_RANGE_S[1],
    }
    names = tuple(name for name, true in warnings.items() if true)
    return RacePrediction(time, max(time - half, 0.0), time + half, "critical speed", nan, names)


def predict_race(
    time_s: npt.ArrayLike, distance_m: npt.ArrayLike, target_m: float, *, confidence: float = 0.95
) -> RacePrediction:
    """Time over a distance from one or more races by a power law.

    With three races or more whose longest is twice the shortest, the exponent is the runner's own and the interval
    measured: it is that of a new race. Else 1.06 from the race nearest in distance, and the interval is the range of
    exponents between runners.

    Parameters
    ----------
    time_s, distance_m
        Of each race, shape ``(n_races,)``; those that are not positive and finite are left out.
    target_m
        Distance of the race to come.
    confidence
        Of the measured interval.

    Returns
    -------
    RacePrediction
        NaN without any race.

    Notes
    -----
    Riegel 1981, Am Sci 69:285: t₂ = t₁ (d₂/d₁)^k. Courses, weather and the day of the race are in no model.

    Examples
    --------
    >>> prediction = predict_race([2400.0], [10000.0], 21097.5)
    >>> [round(value / 60, 1) for value in (prediction.low_s, prediction.time_s, prediction.high_s)]
    [86.3, 88.3, 94.4]
    """
    time = np.atleast_1d(np.asarray(time_s, dtype=np.float64))
    metres = np.atleast_1d(np.asarray(distance_m, dtype=np.float64))
    known = np.isfinite(time) & np.isfinite(metres) & (time > 0) & (metres > 0)
    time, metres = time[known], metres[known]
    nan = float("nan")
    if not len(time) or not 0 < target_m < np.inf:
        return RacePrediction(nan, nan, nan, "general exponent", nan, ("few-efforts",))
    away = ("extrapolated",) if not metres.min() / 2 <= target_m <= metres.max() * 2 else ()
    if len(time) > 2 and metres.max() >= 2 * metres.min():
        x, y = np.log(metres), np.log(time)
        centred = x - x.mean()
        spread = float(centred @ centred)
        exponent = float(centred @ y) / spread
        at = np.log(target_m) - x.mean()
        residual = y - y.mean() - exponent * centred
        error = np.sqrt(residual @ residual / (len(x) - 2) * (1 + 1 / len(x) + at**2 / spread))
        half = float(student_t.ppf((1 + confidence) / 2, len(x) - 2) * error)
        middle = float(y.mean() + exponent * at)
        predicted, low, high = (float(np.exp(value)) for value in (middle, middle - half, middle + half))
        faster = ("not-maximal",) if exponent < 1 else ()
        return RacePrediction(predicted, low, high, "own exponent", exponent, (*faster, *away))
    nearest = int(np.argmin(np.abs(np.log(metres / target_m))))
    ratio = target_m / metres[nearest]
    ends = sorted(float(time[nearest] * ratio**k) for k in RIEGEL_EXPONENT_RANGE)
    predicted = float(time[nearest] * ratio**RIEGEL_EXPONENT)
    far = ("marathon",) if target_m > MARATHON_FROM_M else ()
    warnings = ("assumed-interval", *far, *away)
    return RacePrediction(predicted, ends[0], ends[1], "general exponent", RIEGEL_EXPONENT, warnings)
