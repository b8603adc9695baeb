"""Ascent and descent from altitudes: smoothed first, and swings that are not more than noise left out."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

SMOOTHING_S: Final = 15.0
SWING_M: Final = 2.0
"""Both are a convention of this project, chosen as its docstring says."""


def ascent_descent_m(
    time_s: FloatArray, altitude_m: FloatArray, *, smoothing_s: float = SMOOTHING_S, swing_m: float = SWING_M
) -> tuple[float, float]:
    """Metres climbed and descended.

    Summing every rise counts the noise as well: 20 to 30 % too much at one sample a second, more from a phone. So the
    altitude is averaged over ``smoothing_s`` round each sample, and of the ups and downs of that line only those of at
    least ``swing_m`` count, each from its turning point to the next.

    The two defaults were chosen against the totals that devices gave themselves: 155 recordings with an altitude, 134
    of which climb 30 m or more. There the median ratio to the device is 1.00 on foot (33 recordings; half of them
    within 4.5 %, 79 % within 10 %, 94 % within 20 %) and 0.97 in all sports (half within 6.7 %). Plain sums give 1.27
    and 1.23. The altitudes were those of watches, most with a barometer: satellite altitudes alone are worse.

    Parameters
    ----------
    time_s
        Ascending, shape ``(n_samples,)``.
    altitude_m
        Shape ``(n_samples,)``; NaN is left out.
    smoothing_s
        Length of the averaging window; 0 does not average.
    swing_m
        Least height of an up or down that counts.

    Returns
    -------
    ascent_m, descent_m
        Both not negative; NaN with fewer than two altitudes.

    Examples
    --------
    >>> time_s = np.arange(0, 3600.0)
    >>> ascent, descent = ascent_descent_m(time_s, 400 + 50 * np.sin(time_s * np.pi / 3600))
    >>> round(ascent), round(descent)
    (50, 50)
    """
    known = np.isfinite(altitude_m) & np.isfinite(time_s)
    time_s, altitude_m = time_s[known], altitude_m[known]
    if len(time_s) < 2:
        return float("nan"), float("nan")
    turns = _turning_points(_averaged(time_s, altitude_m, smoothing_s))
    rises = np.diff(_swings(turns, swing_m))
    return float(rises[rises > 0].sum()), float(-rises[rises < 0].sum())


def _averaged(time_s: FloatArray, altitude_m: FloatArray, width_s: float) -> FloatArray:
    """Mean over a window round each sample, of the line through all samples; at the ends the window is cut."""
    begin = np.maximum(time_s - width_s / 2, time_s[0])
    end = np.minimum(time_s + width_s / 2, time_s[-1])
    if width_s <= 0 or not (end > begin).all():
        return altitude_m
    area = np.append(0.0, np.cumsum((altitude_m[1:] + altitude_m[:-1]) / 2 * np.diff(time_s)))
    return np.asarray((np.interp(end, time_s, area) - np.interp(begin, time_s, area)) / (end - begin))


def _turning_points(altitude_m: FloatArray) -> FloatArray:
    """First and last altitude, and every highest and lowest one between."""
    moved = np.append(True, np.diff(altitude_m) != 0)
    altitude_m = altitude_m[moved]
    if len(altitude_m) < 3:
        return altitude_m
    up = np.diff(altitude_m) > 0
    return np.asarray(altitude_m[np.concatenate([[True], up[1:] != up[:-1], [True]])])


def _swings(turns: FloatArray, least_m: float) -> FloatArray:
    """The turning points between which swings of at least this height lie; walks over turning points, not samples."""
    kept: list[float] = []
    low = high = float(turns[0])  # since the last kept turning point
    rising: bool | None = None
    for altitude in turns[1:].tolist():
        if rising is not True and altitude - low >= least_m:
            kept.append(low)
            rising, high = True, altitude
        elif rising is not False and high - altitude >= least_m:
            kept.append(high)
            rising, low = False, altitude
        else:
            low, high = min(low, altitude), max(high, altitude)
    return np.array(kept if rising is None else [*kept, high if rising else low])
