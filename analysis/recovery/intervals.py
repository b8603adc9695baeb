"""Heart-rate variability in the time domain, from RR intervals.

These are numbers of the intervals themselves. What a device says of a night (``hrv_rmssd_ms`` of the wellness table) is
worked out by a method of its own, and is another series: the two are never put into one baseline.

A missing interval is NaN. It breaks the series: the intervals on its two sides are not successive, and no difference is
taken across it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.analysis.counting import FloatArray

Denominator = Literal["differences", "intervals"]

TASK_FORCE: Final = "Task Force of the ESC and NASPE 1996, Circulation 93:1043"


def rmssd_ms(rr_ms: npt.ArrayLike) -> float:
    r"""Root mean square of successive differences.

    .. math:: \sqrt{\frac{1}{n-1} \sum_i (RR_{i+1} - RR_i)^2}

    Parameters
    ----------
    rr_ms
        RR intervals in ms, shape ``(n_intervals,)``; what is not finite or not positive is missing.

    Returns
    -------
    float
        ms; NaN without two successive intervals.

    Notes
    -----
    Task Force 1996. Artefacts multiply it: correct them first (`correct_artefacts`).

    Examples
    --------
    >>> rmssd_ms([800, 810, 790, float("nan"), 900]).__round__(2)
    15.81
    """
    change = _changes(rr_ms)
    return float(np.sqrt(np.mean(change**2))) if len(change) else float("nan")


def ln_rmssd(rr_ms: npt.ArrayLike) -> float:
    """Natural logarithm of `rmssd_ms`, which is near to normally distributed from day to day.

    Parameters
    ----------
    rr_ms
        As for `rmssd_ms`.

    Returns
    -------
    float
        ln(ms); NaN without two successive intervals, and where all of them are equal.

    Notes
    -----
    Plews et al. 2013, Sports Med 43:773.

    Examples
    --------
    >>> round(ln_rmssd([800, 810, 790]), 3)
    2.761
    """
    value = rmssd_ms(rr_ms)
    return float(np.log(value)) if value > 0 else float("nan")


def sdnn_ms(rr_ms: npt.ArrayLike, *, ddof: Literal[0, 1] = 1) -> float:
    """Standard deviation of the intervals.

    Parameters
    ----------
    rr_ms
        As for `rmssd_ms`.
    ddof
        1: of a sample, as all packages give it; 0: of a population.

    Returns
    -------
    float
        ms; NaN with less than two intervals.

    Notes
    -----
    Task Force 1996. It grows with the length of the recording: compare equal lengths only.

    Examples
    --------
    >>> sdnn_ms([800, 810, 790])
    10.0
    """
    known = known_intervals(rr_ms)
    known = known[np.isfinite(known)]
    return float(known.std(ddof=ddof)) if len(known) > 1 else float("nan")


def pnn50_pct(rr_ms: npt.ArrayLike, *, denominator: Denominator = "differences", threshold_ms: float = 50) -> float:
    """Share of successive differences of more than 50 ms.

    Parameters
    ----------
    rr_ms
        As for `rmssd_ms`.
    denominator
        ``differences``: the count of differences, n − 1 (Task Force, pyhrv, hrv-analysis). ``intervals``: the count of
        intervals, n (neurokit2).
    threshold_ms
        50, or 20 for pNN20 (Mietus et al. 2002, Heart 88:378).

    Returns
    -------
    float
        %; NaN without two successive intervals.

    Raises
    ------
    ValueError
        For another denominator.

    Notes
    -----
    Task Force 1996. In athletes with a low resting heart rate it is near its ends and says less than RMSSD.

    Examples
    --------
    >>> pnn50_pct([800, 860, 850]), round(pnn50_pct([800, 860, 850], denominator="intervals"), 1)
    (50.0, 33.3)
    """
    if denominator not in ("differences", "intervals"):
        raise ValueError(f'denominator is {denominator!r}; "differences" or "intervals" is needed')
    change = _changes(rr_ms)
    if not len(change):
        return float("nan")
    total = len(change) if denominator == "differences" else int(np.isfinite(known_intervals(rr_ms)).sum())
    return float(100 * np.sum(np.abs(change) > threshold_ms) / total)


@dataclass(frozen=True, slots=True)
class HeartRateVariability:
    """Variability of one recording, with what it rests on.

    Parameters
    ----------
    mean_rr_ms, sdnn_ms, rmssd_ms, ln_rmssd, pnn50_pct
        As the functions of these names; pNN50 by differences.
    intervals
        How many intervals were known.
    duration_s
        Their sum.
    """

    mean_rr_ms: float
    sdnn_ms: float
    rmssd_ms: float
    ln_rmssd: float
    pnn50_pct: float
    intervals: int
    duration_s: float


def heart_rate_variability(rr_ms: npt.ArrayLike) -> HeartRateVariability:
    """All numbers of the time domain at once.

    Parameters
    ----------
    rr_ms
        As for `rmssd_ms`; corrected (`correct_artefacts`).

    Returns
    -------
    HeartRateVariability
        NaN where a number has too few intervals.

    Notes
    -----
    Task Force 1996.

    Examples
    --------
    >>> heart_rate_variability([800, 810, 790]).mean_rr_ms
    800.0
    """
    known = known_intervals(rr_ms)
    known = known[np.isfinite(known)]
    return HeartRateVariability(
        mean_rr_ms=float(known.mean()) if len(known) else float("nan"),
        sdnn_ms=sdnn_ms(rr_ms),
        rmssd_ms=rmssd_ms(rr_ms),
        ln_rmssd=ln_rmssd(rr_ms),
        pnn50_pct=pnn50_pct(rr_ms),
        intervals=len(known),
        duration_s=float(known.sum() / 1000),
    )


def known_intervals(rr_ms: npt.ArrayLike) -> FloatArray:
    """The intervals as numbers, shape ``(n_intervals,)``: what is not finite or not positive is NaN.

    Parameters
    ----------
    rr_ms
        RR intervals in ms, shape ``(n_intervals,)``.

    Raises
    ------
    ValueError
        For more than one dimension.

    Examples
    --------
    >>> known_intervals([800, 0, -1])
    array([800.,  nan,  nan])
    """
    values = np.atleast_1d(np.asarray(rr_ms, dtype=np.float64))
    if values.ndim > 1:
        raise ValueError(f"RR intervals have shape {values.shape}; one row of them is needed")
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def _changes(rr_ms: npt.ArrayLike) -> FloatArray:
    change = np.diff(known_intervals(rr_ms))
    return change[np.isfinite(change)]
