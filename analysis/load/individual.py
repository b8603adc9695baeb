"""Training impulse weighted by the athlete's own curve of blood lactate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stridelab.analysis.counting import usable


def individual_trimp(
    heart_rate_bpm: npt.ArrayLike,
    duration_s: npt.ArrayLike,
    *,
    resting_heart_rate_bpm: float,
    max_heart_rate_bpm: float,
    a: float,
    b: float,
) -> float:
    r"""Training impulse with one's own weighting (iTRIMP).

    .. math:: \sum \frac{\Delta t}{60} \, x \, a e^{b x}, \qquad x = \frac{HR - HR_{rest}}{HR_{max} - HR_{rest}}

    Heart rates below rest count as rest. Those above the maximum are not cut.

    Parameters
    ----------
    heart_rate_bpm
        Shape ``(n_samples,)``. NaN and values outside 25 to 250 are rejected.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.
    resting_heart_rate_bpm, max_heart_rate_bpm
        The athlete's resting and maximal heart rate.
    a, b
        Of the athlete's curve, see `fit_lactate_weighting`.

    Returns
    -------
    float
        Arbitrary units; NaN without any usable sample, where the maximum is not above rest, or without a curve.

    Notes
    -----
    Manzi et al. 2009, Am J Physiol Heart Circ Physiol 296:H1733.

    Examples
    --------
    >>> limits = {"resting_heart_rate_bpm": 50, "max_heart_rate_bpm": 190}
    >>> round(individual_trimp([130, 160, 175], [1200, 900, 300], a=0.147337, b=4.066292, **limits), 2)
    84.4
    """
    rate, duration = usable(heart_rate_bpm, duration_s, "heart_rate_bpm")
    reserve = max_heart_rate_bpm - resting_heart_rate_bpm
    if not len(rate) or not reserve > 0 or not (np.isfinite(a) and np.isfinite(b)):
        return float("nan")
    x = np.maximum((rate - resting_heart_rate_bpm) / reserve, 0)
    return float(duration @ (x * a * np.exp(b * x)) / 60)


def fit_lactate_weighting(reserve_share: npt.ArrayLike, lactate_mmol_per_l: npt.ArrayLike) -> tuple[float, float]:
    """Curve a·e^(b·x) through the points of a lactate test, by least squares of the logarithms.

    Parameters
    ----------
    reserve_share
        Share of heart-rate reserve at each stage, 0 to 1, shape ``(n_stages,)``.
    lactate_mmol_per_l
        Blood lactate at the end of each, shape ``(n_stages,)``. Stages without a positive value are left out.

    Returns
    -------
    a, b
        NaN with fewer than two different stages.

    Notes
    -----
    Manzi et al. 2009, Am J Physiol Heart Circ Physiol 296:H1733.

    Examples
    --------
    >>> a, b = fit_lactate_weighting([0.45, 0.55, 0.65, 0.75, 0.85, 0.92], [1.1, 1.3, 1.8, 2.7, 4.6, 7.4])
    >>> round(a, 6), round(b, 6)
    (0.147337, 4.066292)
    """
    x = np.asarray(reserve_share, dtype=np.float64)
    lactate = np.asarray(lactate_mmol_per_l, dtype=np.float64)
    known = np.isfinite(x) & np.isfinite(lactate) & (lactate > 0)
    if len(np.unique(x[known])) < 2:
        return float("nan"), float("nan")
    b, log_a = np.polyfit(x[known], np.log(lactate[known]), 1)
    return float(np.exp(log_a)), float(b)
