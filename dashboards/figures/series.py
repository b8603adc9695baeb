"""Long series for the screen: about as many points as pixels, extremes kept, gaps left open."""

from __future__ import annotations

from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import tsdownsample

from stridelab.samples import MAX_SAMPLE_DURATION_S

FloatArray = npt.NDArray[np.float64]

_DOWNSAMPLER: Final = cast(Any, tsdownsample.MinMaxLTTBDownsampler)()  # it has no types
POINTS: Final = 2000
"""Points a panel: more than a screen is wide, so nothing that could be seen is lost."""


def drawn(time_s: FloatArray, values: FloatArray, *, points: int = POINTS) -> tuple[FloatArray, FloatArray]:
    """The points to draw of a series: downsampled, with a NaN wherever the line must break.

    A line breaks where the valid values are further apart than a sample may stand for
    (`stridelab.samples.MAX_SAMPLE_DURATION_S`) or than three of the series' own usual intervals, whichever is longer.

    Parameters
    ----------
    time_s
        Ascending times, shape ``(n_samples,)``.
    values
        Shape ``(n_samples,)``; NaN is no value.
    points
        How many valid points to choose, so that the curve keeps its shape and its peaks (MinMaxLTTB; Van Der Donckt et
        al. 2023, arXiv:2305.00332). The lowest and the highest value and the edges of gaps always stay.

    Returns
    -------
    time_s, values
        Ascending times, and NaN in the middle of each gap; both empty where no value is valid.

    Examples
    --------
    >>> drawn(np.array([0.0, 1, 2, 60, 61]), np.array([5.0, 6, 7, 8, 9]))[1]
    array([ 5.,  6.,  7., nan,  8.,  9.])
    """
    valid = np.isfinite(values)
    time, value = time_s[valid], values[valid]
    if len(time) < 2:
        return time, value
    interval = np.diff(time)
    longest = max(MAX_SAMPLE_DURATION_S, 3 * float(np.median(interval)))
    before_gap = np.flatnonzero(interval > longest)
    kept = np.arange(len(time))
    if len(time) > points:
        chosen = _DOWNSAMPLER.downsample(time, value, n_out=points).astype(np.intp)
        extremes = [int(np.argmin(value)), int(np.argmax(value))]
        kept = np.unique(np.concatenate([chosen, extremes, before_gap, before_gap + 1]))
    place = np.searchsorted(kept, before_gap) + 1
    middle = (time[before_gap] + time[before_gap + 1]) / 2
    return np.insert(time[kept], place, middle), np.insert(value[kept], place, np.nan)
