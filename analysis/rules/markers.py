"""Markers of recovery: a week against the athlete's own baseline, held still while a flag lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.recovery import Margin, rolling_baseline
from stridelab.analysis.recovery.baseline import BASELINE_D, MIN_BASELINE_D, MIN_WEEK_D, WEEK_D
from stridelab.analysis.rules.held_still import hold_still
from stridelab.analysis.rules.past import BoolArray, FloatArray, IntArray, Past
from stridelab.analysis.rules.rolling import days_in_a_row


@dataclass(frozen=True, eq=False)
class Marker:
    """A marker of every day, shape ``(n_days,)``: means of a week and of its baseline, limits, and what was known."""

    week_mean: FloatArray
    week_cv_pct: FloatArray
    week_days: IntArray
    baseline_mean: FloatArray
    baseline_sd: FloatArray
    baseline_days: FloatArray
    lower: FloatArray
    upper: FloatArray

    @property
    def reasons(self) -> list[tuple[BoolArray, str]]:
        """Why a day could not be judged."""
        return [
            (self.week_days == 0, "no_nights"),
            (self.week_days < MIN_WEEK_D, "too_few_nights"),
            (np.isnan(self.lower), "no_baseline"),
        ]

    @property
    def chance(self) -> FloatArray:
        """Standard error of the difference of the two means, if nothing changed and days were independent."""
        share = np.full(len(self.week_mean), np.nan)
        counted = (self.week_days > 0) & (self.baseline_days > 0)
        share[counted] = 1 / self.week_days[counted] + 1 / self.baseline_days[counted]
        return np.asarray(self.baseline_sd * np.sqrt(share), dtype=np.float64)

    def counts(self, n: int) -> dict[str, FloatArray]:
        """What the reasons tell."""
        return {
            "nights": self.week_days.astype(np.float64),
            "nights_needed": np.full(n, float(MIN_WEEK_D)),
            "baseline_nights": self.baseline_days,
            "baseline_needed": np.full(n, float(MIN_BASELINE_D)),
            "baseline_window": np.full(n, float(BASELINE_D)),
        }


COUNTS = ("nights", "nights_needed", "baseline_nights", "baseline_needed", "baseline_window")


CARRIED_D: Final = 28
"""For so long after a stretch outside, the baseline of before stands in for one that has too few other days."""


def marker(past: Past, metric: str, margin: Margin, days: int) -> tuple[Marker, BoolArray, BoolArray]:
    """A metric of the wellness table as a marker, and on which days it has been below and above for long enough.

    Another source of the metric, or the tag ``new_device``, begins anew: nothing before is compared with what follows.
    Days of a stretch outside are no part of a baseline, neither during the stretch nor after it: what falls slowly
    would carry its baseline along, and who recovers would be above it.
    """
    values, source = past.wellness(metric)
    values = np.log(values) if margin.logarithm else values
    restart = past.new_device | source_changes(source)
    first = rolling_baseline(values, margin=margin, restart=restart)
    week = first["week_mean"].to_numpy(dtype=np.float64)
    held = {name: first[name].to_numpy(dtype=np.float64).copy() for name in _BASELINE}
    outside = np.zeros(past.n, dtype=np.bool_)
    for limit, beyond in (("lower", np.less), ("upper", np.greater)):
        outside |= hold_still(week, [held[limit], *held.values()], beyond, days, restart)
    if outside.any():
        # A mean of 7 lags by half of them.
        lagging = np.append(outside[WEEK_D // 2 :], np.zeros(WEEK_D // 2, dtype=np.bool_))[: past.n]
        others = rolling_baseline(np.where(lagging, np.nan, values), margin=margin, restart=restart)
        for name in _BASELINE:
            known = pd.Series(np.where(outside, held[name], others[name]))
            carried = known.groupby(np.cumsum(restart)).ffill(limit=CARRIED_D)
            # Before the first baseline there is nothing to carry.
            held[name] = carried.to_numpy(dtype=np.float64)
    found = Marker(
        week_mean=week,
        week_cv_pct=first["week_cv_pct"].to_numpy(dtype=np.float64),
        week_days=first["week_days"].to_numpy(dtype=np.int64),
        **held,
    )
    below, above = week < found.lower, week > found.upper
    return found, days_in_a_row(below) >= days, days_in_a_row(above) >= days


_BASELINE: Final = ("baseline_mean", "baseline_sd", "baseline_days", "lower", "upper")


def source_changes(source: npt.NDArray[np.object_]) -> BoolArray:
    """Days whose source is another than that of the last day before with one; the first source is no change."""
    changes = np.zeros(len(source), dtype=np.bool_)
    named = np.flatnonzero(source != "")
    changes[named[1:]] = source[named[1:]] != source[named[:-1]]
    return changes


__all__ = ["COUNTS", "WEEK_D", "Marker", "marker", "source_changes"]
