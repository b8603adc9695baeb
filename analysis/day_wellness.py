"""Wellness values of days: one column a metric, of one source and context, so that no baseline mixes two."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

DAY_METRICS: Final = (
    "resting_heart_rate_bpm",
    "hrv_rmssd_ms",
    "sleep_duration_h",
    "stress_avg",
    "body_mass_kg",
    "steps",
)
"""Metrics that the daily table has columns of."""


def wellness_of_days(wellness: pd.DataFrame, index: pd.DatetimeIndex) -> dict[str, Any]:
    """The values of each day, and where each column comes from.

    Parameters
    ----------
    wellness
        Long table of `stridelab.activity.WELLNESS_COLUMNS`, one value a day, metric, source and context.
    index
        The days.

    Returns
    -------
    dict
        Columns of shape ``(n_days,)``: for each of `DAY_METRICS` the value (NaN where there is none) and
        ``<metric>_source``, ``source/context``. The source with most days is taken over its whole span, from its first
        value to its last; another one only outside of that, as after a change of device. A day without a value within
        the span stays NaN, whatever other devices said.
    """
    columns: dict[str, Any] = {}
    for metric in DAY_METRICS:
        own = wellness[wellness["metric"] == metric]
        columns[metric], columns[f"{metric}_source"] = _one_source(own, index)
    return columns


def _one_source(own: pd.DataFrame, index: pd.DatetimeIndex) -> tuple[Any, Any]:
    value = np.full(len(index), np.nan)
    label = np.full(len(index), None, dtype=object)
    if own.empty:
        return value, label
    free = np.ones(len(index), dtype=np.bool_)
    names = own["source"].fillna("unknown").astype(str) + "/" + own["context"].fillna("day").astype(str)
    by_source = {name: rows.groupby("local_date")["value"].last() for name, rows in own.groupby(names)}
    for name in sorted(by_source, key=lambda name: (-len(by_source[name]), name)):
        daily = by_source[name]
        within = free & (index >= daily.index[0]) & (index <= daily.index[-1])
        value[within] = daily.reindex(index[within]).to_numpy(dtype=np.float64)
        label[within] = name
        free &= ~within
    return value, label
