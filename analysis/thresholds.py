"""Critical speed from the best efforts of a history, and the dated threshold speeds that follow from it."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.counting import FloatArray
from stridelab.analysis.critical import CriticalFit
from stridelab.analysis.days import FIRST_REAL_DATE
from stridelab.analysis.pace import DURATIONS_S, all_time, critical_speed
from stridelab.athlete import Athlete, AthleteValue

EFFORT_DAYS: Final = 90
"""Best efforts of as many days make a critical speed; a convention, as runners test themselves once a season."""

EFFORTS_S: Final = (150.0, 240.0, 360.0, 540.0, 780.0, 1080.0)
"""Durations of the efforts: about evenly spread, by their logarithm, over the 2 to 20 minutes that the model is for."""

LEAST_RUNS: Final = 6
"""Fewer runs in those days say nothing of what the runner could do; a convention."""

PLAUSIBLE_D_PRIME_M: Final = (40.0, 600.0)
"""Outside it the efforts were not maximal (a steady run has none), or the model does not hold; a convention."""

LEAST_CHANGE: Final = 0.01
"""A new critical speed within 1 % of the one before is the same one."""

_PLACES: Final = np.array([int(np.abs(DURATIONS_S - seconds).argmin()) for seconds in EFFORTS_S])


def critical_speed_of(curves: FloatArray) -> CriticalFit:
    """Critical speed and D′ from the best of several runs' curves.

    Parameters
    ----------
    curves
        Farthest distance in each of `stridelab.analysis.pace.DURATIONS_S`, shape ``(n_runs, n_durations)``; NaN where a
        run has none.

    Returns
    -------
    CriticalFit
        NaN without two different efforts. Efforts of training are seldom maximal, which makes critical speed too low,
        and those of one run overlap, which makes the interval too narrow: read the warnings.

    Notes
    -----
    Smyth & Muniz-Pumares 2020, Med Sci Sports Exerc 52:2637, from the training of 25,000 runners.
    """
    best = all_time(list(curves[:, _PLACES])) if len(curves) else np.full(len(_PLACES), np.nan)
    return critical_speed(DURATIONS_S[_PLACES], best)


def recent_critical_speed(days: npt.NDArray[np.datetime64], curves: FloatArray, *, on: date) -> CriticalFit:
    """Critical speed and D′ from the best efforts of the `EFFORT_DAYS` days up to one.

    Parameters
    ----------
    days
        Local date of each activity, shape ``(n_activities,)``.
    curves
        As of `critical_speed_of`, in the order of ``days``.
    on
        The last of the days.
    """
    day, end = days.astype("datetime64[D]"), np.datetime64(on, "D")
    return critical_speed_of(curves[(day <= end) & (day > end - np.timedelta64(EFFORT_DAYS, "D"))])


def is_believable(fit: CriticalFit) -> bool:
    """Whether a fit is good enough to scale loads by: three efforts or more, ever slower, and a plausible D′."""
    low, high = PLAUSIBLE_D_PRIME_M
    spoilt = {"few-efforts", "narrow-range", "not-physical", "not-maximal"} & set(fit.warnings)
    return not spoilt and low <= fit.reserve <= high


def with_threshold_speed(
    athlete: Athlete, days: npt.NDArray[np.datetime64], curves: FloatArray, *, on: date
) -> Athlete:
    """The athlete with estimated threshold speeds, where none were given or read.

    Parameters
    ----------
    athlete
        As stored.
    days
        Local date of each run, shape ``(n_runs,)``, ascending.
    curves
        As of `critical_speed_of`, in the order of ``days``.
    on
        Last day that is looked at.

    Returns
    -------
    Athlete
        With a critical speed of the first day of each month and of ``on``, from the 90 days before, where
        `is_believable` and changed. The first holds from the beginning.
    """
    dated = (days <= np.datetime64(on)) & (days >= FIRST_REAL_DATE.to_datetime64())
    known = np.isfinite(curves[:, _PLACES]).any(axis=1) & dated
    if athlete.value("threshold_speed_mps", on) is not None or not known.any():
        return athlete
    day, efforts = days[known].astype("datetime64[D]"), curves[known]
    months = pd.date_range(day[0], pd.Timestamp(on), freq="MS").to_numpy().astype("datetime64[D]")
    ends = np.unique(np.append(months, np.datetime64(on, "D")))
    first = np.searchsorted(day, ends - np.timedelta64(EFFORT_DAYS, "D"), side="right")
    last = np.searchsorted(day, ends, side="right")
    found: list[AthleteValue] = []
    for end, begin, stop in zip(ends.tolist(), first.tolist(), last.tolist(), strict=True):
        if stop - begin < LEAST_RUNS:
            continue
        fit = critical_speed_of(efforts[begin:stop])
        if not is_believable(fit) or (found and abs(fit.critical / found[-1].number - 1) < LEAST_CHANGE):
            continue
        note = (
            f"critical speed from best efforts of {EFFORT_DAYS} days, 95 % {fit.critical_low:.2f} to "
            f"{fit.critical_high:.2f} m/s, D′ {fit.reserve:.0f} m"
        )
        since = end if found else None
        found.append(AthleteValue("threshold_speed_mps", round(fit.critical, 3), "estimated", since, note))
    return athlete.with_values(found)
