"""What is usual for an athlete: the mean of a week against the four weeks before it, by day.

One source and one context make one series. A night is never compared with a morning, nor one device with another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.counting import FloatArray, daily_values
from stridelab.wellness import METRICS, one_a_day

WEEK_D: Final = 7
BASELINE_D: Final = 28
MIN_WEEK_D: Final = 4
"""Known days that a mean of 7 needs; Plews et al. 2014, Int J Sports Physiol Perform 9:783 found 3 to do."""

MIN_BASELINE_D: Final = 21
"""Known days of the 28 that a baseline needs (convention)."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How far a mean of 7 days may lie from the baseline before it is outside.

    Parameters
    ----------
    deviations
        In standard deviations of the baseline.
    least
        But no less than this, in the unit of the series.
    logarithm
        Whether the series is the natural logarithm of the metric.
    source
        Reference, or that it is a convention.
    """

    deviations: float
    least: float = 0.0
    logarithm: bool = False
    source: str = "Half a standard deviation by analogy with heart-rate variability (convention)"


MARGINS: Final = MappingProxyType(
    {
        "hrv_rmssd_ms": Margin(0.5, logarithm=True, source="Plews et al. 2013, Sports Med 43:773"),
        "resting_heart_rate_bpm": Margin(
            1.0, 3.0, source="Convention; changes are small (Bosquet et al. 2008, Br J Sports Med 42:709)"
        ),
        "sleep_duration_h": Margin(0.5),
        "stress_avg": Margin(0.5),
    }
)
"""Metrics of the wellness table that have a baseline."""


def rolling_baseline(values: npt.ArrayLike, *, margin: Margin | None = None, restart: Any = None) -> pd.DataFrame:
    """Mean of 7 days against the 28 days that end 7 days ago, and whether it lies outside a margin.

    Parameters
    ----------
    values
        One a day without holes, shape ``(n_days,)``, of one source and context; NaN is not known. For heart-rate
        variability the logarithm (lnRMSSD).
    margin
        By default half a standard deviation, the smallest worthwhile change.
    restart
        Which days begin anew, for instance with a new device: bool, shape ``(n_days,)``. Nothing before is used from
        there on.

    Returns
    -------
    DataFrame
        A row a day: ``week_mean`` and ``week_cv_pct`` (100 · SD / mean of the 7 days, its size), ``week_days``,
        ``baseline_mean``, ``baseline_sd``, ``baseline_days``, ``lower``, ``upper``, ``status`` (``below``, ``within``,
        ``above``, empty where not known). The week needs `MIN_WEEK_D` known days. The baseline needs `MIN_BASELINE_D`,
        and 28 days since the start or restart.

    Raises
    ------
    ValueError
        For a restart of another length.

    Notes
    -----
    Plews et al. 2013, Sports Med 43:773; the coefficient of variation: Plews et al. 2012, Eur J Appl Physiol 112:3729
    (two athletes). Standard deviations are those of a sample. Above is outside as well: high variability is no proof of
    being fresh.

    Examples
    --------
    >>> days = rolling_baseline(np.r_[np.tile([4.0, 4.2], 20), np.full(7, 3.8)])
    >>> days.iloc[-1]["status"], days["week_mean"].iloc[-1].round(2), days["lower"].iloc[-1].round(2)
    ('below', np.float64(3.8), np.float64(4.05))
    """
    margin = margin or Margin(0.5)
    daily = daily_values(np.atleast_1d(np.asarray(values, dtype=np.float64)))
    n = len(daily)
    begins = np.zeros(n, dtype=np.bool_) if restart is None else np.atleast_1d(np.asarray(restart, dtype=np.bool_))
    if begins.shape != daily.shape:
        raise ValueError(f"values have shape {daily.shape} and restart {begins.shape}; one a day is needed")
    day = np.arange(n)
    first = np.maximum.accumulate(np.where(begins, day, 0))

    week = _before(daily, WEEK_D, 0, first)
    week_mean, week_sd, week_days = _mean_sd(week, MIN_WEEK_D)
    base = _before(daily, BASELINE_D, WEEK_D, first)
    base_mean, base_sd, base_days = _mean_sd(base, MIN_BASELINE_D)
    young = day - (BASELINE_D + WEEK_D - 1) < first
    base_mean[young] = base_sd[young] = np.nan

    cv = np.full(n, np.nan)
    np.divide(100 * week_sd, np.abs(week_mean), out=cv, where=week_mean != 0)
    allowed = np.maximum(margin.deviations * base_sd, margin.least)
    lower, upper = base_mean - allowed, base_mean + allowed
    known = np.isfinite(week_mean) & np.isfinite(lower)
    status = np.select([~known, week_mean < lower, week_mean > upper], ["", "below", "above"], "within")
    return pd.DataFrame(
        {
            "week_mean": week_mean,
            "week_cv_pct": cv,
            "week_days": week_days,
            "baseline_mean": base_mean,
            "baseline_sd": base_sd,
            "baseline_days": base_days,
            "lower": lower,
            "upper": upper,
            "status": status,
        }
    )


def wellness_baseline(
    wellness: pd.DataFrame, metric: str, *, restarts: Iterable[Any] = (), until: Any = None
) -> pd.DataFrame:
    """`rolling_baseline` of a metric of the wellness table, each source and context by itself.

    Parameters
    ----------
    wellness
        `stridelab.activity.WELLNESS_COLUMNS`; implausible values are left out, of several a day one is made.
    metric
        One of `MARGINS`.
    restarts
        Local dates from which all baselines begin anew (the tag ``new_device``). Another source needs none: it is
        another series.
    until
        Last local date of every series; by default the last with a value of that series.

    Returns
    -------
    DataFrame
        ``source``, ``context``, ``local_date``, ``value`` (in the unit of the metric) and the columns of
        `rolling_baseline`, a row a series and day from its first value on. For ``hrv_rmssd_ms`` those are of lnRMSSD.
        A series never holds values of two sources or contexts: which one to look at is the caller's choice.

    Raises
    ------
    ValueError
        For a metric without a baseline.

    Notes
    -----
    The margin of each metric, with its source, is in `MARGINS`.

    Examples
    --------
    >>> from stridelab.activity import WELLNESS_COLUMNS, empty_table
    >>> wellness_baseline(empty_table(WELLNESS_COLUMNS), "stress_avg").empty
    True
    """
    if metric not in MARGINS:
        raise ValueError(f"{metric!r} has no baseline; one of {', '.join(MARGINS)} is needed")
    margin = MARGINS[metric]
    own = wellness[
        (wellness["metric"] == metric)
        & wellness["value"].between(METRICS[metric].low, METRICS[metric].high)
        & wellness["local_date"].notna()
    ]
    begins = pd.DatetimeIndex([pd.Timestamp(day).normalize() for day in restarts])
    series = []
    for (source, context), rows in one_a_day(own).groupby(["source", "context"], sort=True, dropna=False):
        value = rows.set_index("local_date")["value"]
        last = value.index[-1] if until is None else pd.Timestamp(until)
        days = pd.date_range(value.index[0], last, name="local_date")
        value = value.reindex(days)
        usable = np.log(value) if margin.logarithm else value
        computed = rolling_baseline(usable.to_numpy(), margin=margin, restart=days.isin(begins))
        head = {"source": source, "context": context, "local_date": days, "value": value.to_numpy()}
        series.append(pd.concat([pd.DataFrame(head), computed], axis=1))
    if series:
        return pd.concat(series, ignore_index=True)
    columns = ["source", "context", "local_date", "value", *rolling_baseline([]).columns]
    return pd.DataFrame(columns=columns)


def sleep_two_week_mean_h(sleep_duration_h: npt.ArrayLike, *, days: int = 14, min_days: int = 10) -> FloatArray:
    """Mean sleep of 14 nights.

    Parameters
    ----------
    sleep_duration_h
        Hours of each night without holes, shape ``(n_days,)``, of one source; NaN is not known.
    days, min_days
        Nights of the mean, and how many of them have to be known (convention).

    Returns
    -------
    ndarray
        Hours, shape ``(n_days,)``; NaN with too few nights.

    Notes
    -----
    Below 7 h over 14 days the hazard ratio of a new injury was 1.51 (1.13 to 2.02) in 95 endurance athletes who
    reported their sleep themselves (Johnston et al. 2020, J Sci Med Sport 23:252); other evidence is mixed.

    Examples
    --------
    >>> sleep_two_week_mean_h([7.0, 6.0] * 7)[-1]
    np.float64(6.5)
    """
    nights = daily_values(np.atleast_1d(np.asarray(sleep_duration_h, dtype=np.float64)))
    return _mean_sd(_before(nights, days, 0, np.zeros(len(nights), dtype=np.int64)), min_days)[0]


def _before(daily: FloatArray, days: int, ago: int, first: npt.NDArray[np.int64]) -> FloatArray:
    """For each day the days of a window that ends ``ago`` days before it, without those before ``first``."""
    n = len(daily)
    padded = np.concatenate([np.full(days + ago - 1, np.nan), daily])
    if not n:
        return np.empty((0, days))
    window = np.lib.stride_tricks.sliding_window_view(padded, days)[:n]
    place = np.arange(n)[:, None] - ago - np.arange(days)[::-1]
    return np.where(place >= first[:, None], window, np.nan)


def _mean_sd(window: FloatArray, least: int) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64]]:
    known = np.isfinite(window)
    count = known.sum(axis=1)
    enough = count >= max(least, 2)
    mean, deviation = np.full(len(window), np.nan), np.full(len(window), np.nan)
    mean[enough] = np.where(known, window, 0.0)[enough].sum(axis=1) / count[enough]
    square = np.where(known, window - mean[:, None], 0.0)[enough] ** 2
    deviation[enough] = np.sqrt(square.sum(axis=1) / (count[enough] - 1))
    return mean, deviation, count
