"""Windows of days that end with each day; a window that would begin before the first day is shorter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.typing import Rolling

from stridelab.analysis.rules.past import BoolArray, FloatArray


def added(values: FloatArray, days: int) -> FloatArray:
    """Sum of the last days, today included; the values are all known.

    Examples
    --------
    >>> added(np.array([1.0, 2.0, 3.0]), 2)
    array([1., 3., 5.])
    """
    sums = np.append(0.0, np.cumsum(values))
    end = np.arange(1, len(values) + 1)
    return np.asarray(sums[end] - sums[np.maximum(end - days, 0)], dtype=np.float64)


def count(holds: BoolArray, days: int) -> FloatArray:
    """How many of the last days hold, today included.

    Examples
    --------
    >>> count(np.array([True, False, True, True]), 2)
    array([1., 1., 1., 2.])
    """
    return added(holds.astype(np.float64), days)


def total(values: FloatArray, days: int) -> FloatArray:
    """Sum of the last days; NaN where one of them is not known, or the window is not full."""
    result = np.full(len(values), np.nan)
    if len(values) >= days:  # summed a window at a time, because differences of long sums leave a rest behind
        result[days - 1 :] = np.lib.stride_tricks.sliding_window_view(values, days).sum(axis=1)
    return result


def mean(values: FloatArray, days: int, least: int) -> FloatArray:
    """Mean of the known ones of the last days; NaN with fewer than ``least``."""
    known = np.isfinite(values)
    n = count(known, days)
    result = np.full(len(values), np.nan)
    np.divide(added(np.where(known, values, 0.0), days), n, out=result, where=n >= max(least, 1))
    return result


def highest(values: FloatArray, days: int) -> FloatArray:
    """Highest of the known ones of the last days; NaN where none is known."""
    return np.asarray(_windows(values, days, 1).max(), dtype=np.float64)


def median(values: FloatArray, days: int, least: int) -> FloatArray:
    """Median of the known ones of the last days; NaN with fewer than ``least``."""
    return np.asarray(_windows(values, days, least).median(), dtype=np.float64)


def spread(values: FloatArray, days: int, least: int) -> FloatArray:
    """Standard deviation (of a sample) of the known ones of the last days; NaN with fewer than ``least``."""
    return np.asarray(_windows(values, days, least).std(), dtype=np.float64)


def quantile(values: FloatArray, share: float, days: int, least: int) -> FloatArray:
    """Quantile (linear) of the known ones of the last days; NaN with fewer than ``least``."""
    return np.asarray(_windows(values, days, least).quantile(share), dtype=np.float64)


def ago(values: FloatArray, days: int, fill: float = np.nan) -> FloatArray:
    """What the values were some days before each day."""
    return np.append(np.full(min(days, len(values)), fill), values[: max(len(values) - days, 0)])


def days_in_a_row(holds: BoolArray) -> npt.NDArray[np.int64]:
    """Days in a row up to and including each day.

    Examples
    --------
    >>> days_in_a_row(np.array([True, True, False, True]))
    array([1, 2, 0, 1])
    """
    position = np.arange(1, len(holds) + 1)
    last_break = np.maximum.accumulate(np.where(holds, 0, position))
    return position - last_break


def ratio_of(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """One by the other; NaN where the bottom is not above 0."""
    result = np.full(len(top), np.nan)
    np.divide(top, bottom, out=result, where=bottom > 0)
    return result


def _windows(values: FloatArray, days: int, least: int) -> Rolling[pd.Series]:
    return pd.Series(values).rolling(days, min_periods=least)
