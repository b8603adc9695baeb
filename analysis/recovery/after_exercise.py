"""How fast the heart rate falls after an effort: reported, never scored."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.recovery.heart_rate_quality import ordered_heart_rate

_AROUND_S: Final = 5.0


def heart_rate_recovery_bpm(
    time_s: npt.ArrayLike, heart_rate_bpm: npt.ArrayLike, end_s: float, *, after_s: float = 60
) -> float:
    """Drop of the heart rate in the minute after the end of an effort.

    The mean of the last 5 s of the effort less the mean of the 5 s around the moment a minute later.

    Parameters
    ----------
    time_s
        Seconds, shape ``(n_samples,)``, on any clock and in any order.
    heart_rate_bpm
        Shape ``(n_samples,)``; what is not plausible is missing. Rejected samples (`heart_rate_quality`) should be NaN.
    end_s
        When the effort ended, on the same clock. Recording has to go on.
    after_s
        60 by convention.

    Returns
    -------
    float
        bpm; negative where it rose. NaN where either moment has no sample: nothing is interpolated.

    Raises
    ------
    ValueError
        For arrays of different lengths.

    Notes
    -----
    Cole et al. 1999, N Engl J Med 341:1351. A faster drop is not better: it was faster in athletes with functional
    overreaching (Aubry et al. 2015). It depends on the intensity before, on posture and on whether one stands or walks:
    compare alike efforts only.

    Examples
    --------
    >>> time = np.arange(200.0)
    >>> heart_rate_recovery_bpm(time, np.where(time <= 100, 170, 170 - 0.5 * (time - 100)), 100)
    30.0
    """
    time, rate = ordered_heart_rate(time_s, heart_rate_bpm)
    then = _mean(rate[(time >= end_s - _AROUND_S) & (time <= end_s)])
    later = _mean(rate[np.abs(time - end_s - after_s) <= _AROUND_S / 2])
    return then - later


def _mean(rate: npt.NDArray[np.float64]) -> float:
    known = rate[np.isfinite(rate)]
    return float(known.mean()) if len(known) else float("nan")
