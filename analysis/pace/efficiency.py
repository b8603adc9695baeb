"""Speed against heart rate: efficiency factor and decoupling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stridelab.analysis.counting import FloatArray


def efficiency_factor(speed_mps: npt.ArrayLike, heart_rate_bpm: npt.ArrayLike, duration_s: npt.ArrayLike) -> float:
    """Metres a heartbeat: mean graded speed in m/min over mean heart rate.

    Parameters
    ----------
    speed_mps
        Graded speed (`graded_speed_mps`), shape ``(n_samples,)``.
    heart_rate_bpm
        Shape ``(n_samples,)``. Samples where either is NaN or negative, or the heart rate is 0, are left out of both
        means.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.

    Returns
    -------
    float
        m/min a bpm; NaN without any sample that has both.

    Notes
    -----
    Friel takes normalised graded pace; this is the mean, which is the same at a steady effort, the only one it is meant
    for. It moves with heat, slope and caffeine as well as with fitness: compare like with like.

    Examples
    --------
    >>> round(efficiency_factor([3.5], [147], [3600]), 4)
    1.4286
    """
    speed, rate, duration = _both(speed_mps, heart_rate_bpm, duration_s)
    if not len(speed):
        return float("nan")
    return float(60 * (speed @ duration) / (rate @ duration))


def decoupling_pct(speed_mps: npt.ArrayLike, heart_rate_bpm: npt.ArrayLike, duration_s: npt.ArrayLike) -> float:
    """How much speed a heartbeat fell from the first to the second half of the time (Pa:HR).

    Parameters
    ----------
    speed_mps, heart_rate_bpm, duration_s
        As for `efficiency_factor`. The time that has both is cut in two halves; a sample across the middle counts for
        both in parts.

    Returns
    -------
    float
        (r₁ − r₂)/r₁ · 100, r = speed / heart rate of a half; positive is drift. NaN with less than two samples, or when
        nothing was run in the first half.

    Notes
    -----
    Friel, The Triathlete's Training Bible; his 5 % is a convention. It means something in steady runs only.

    Examples
    --------
    >>> rate = np.linspace(140, 154, 3600)
    >>> round(decoupling_pct(np.full(3600, 3.5), rate, np.ones(3600)), 2)
    4.65
    """
    speed, rate, duration = _both(speed_mps, heart_rate_bpm, duration_s)
    if len(speed) < 2:
        return float("nan")
    end = np.cumsum(duration)
    early = np.clip(end[-1] / 2 - (end - duration), 0, duration)
    late = duration - early
    first, second = ((speed @ part) / (rate @ part) for part in (early, late))
    return float((first - second) / first * 100) if first > 0 else float("nan")


def _both(
    speed_mps: npt.ArrayLike, heart_rate_bpm: npt.ArrayLike, duration_s: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    given = (np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (speed_mps, heart_rate_bpm, duration_s))
    speed, rate, duration = given
    counted = (
        np.isfinite(speed) & (speed >= 0) & np.isfinite(rate) & (rate > 0) & np.isfinite(duration) & (duration > 0)
    )
    return speed[counted], rate[counted], duration[counted]
