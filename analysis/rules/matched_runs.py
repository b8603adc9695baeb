"""A run against the athlete's own runs at the same speed, with the same sensor on like ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from stridelab.analysis.rules.past import BoolArray, FloatArray, IntArray, Past
from stridelab.analysis.rules.rolling import added
from stridelab.analysis.rules.rule import Limits, Threshold

SPEED_BAND_MPS: Final = 0.2
OWN_D: Final = 98
LEFT_OUT_D: Final = 14
OWN_RUNS: Final = 80
"""The norm is the median of the matched runs between 98 and 14 days before, among at most 80 runs: the latest runs are
what is judged, and a norm that held them would follow them (convention)."""

RUNS_IN_A_ROW: Final = 3
WITHIN_D: Final = 28
INDOORS: Final = frozenset({"treadmill", "indoor_running"})

MIN_MATCHED: Final = Threshold("min_matched", 5, "runs", "matched runs that make a norm", "D", "convention")


@dataclass(frozen=True, eq=False)
class Change:
    """What runs differ by from their norm, by day, shape ``(n_days,)``.

    Parameters
    ----------
    least, most
        Smallest and largest difference of the last three comparable runs; NaN on days without a comparable run, or with
        fewer than three within 28 days.
    value, norm
        Of the day's last comparable run.
    mean
        Mean difference of the three.
    looked
        Days with a comparable run.
    runs, comparable
        Runs of 28 days with a value, and with a value and a norm.
    """

    least: FloatArray
    most: FloatArray
    mean: FloatArray
    value: FloatArray
    norm: FloatArray
    looked: BoolArray
    runs: FloatArray
    comparable: FloatArray

    def reasons(self, nothing: str) -> list[tuple[BoolArray, str]]:
        """Why a day could not be judged: ``nothing`` where no run of 28 days measured it."""
        few = self.comparable < RUNS_IN_A_ROW
        return [(self.runs == 0, nothing), (few, "too_few_matched_runs")]

    def counts(self, n: int) -> dict[str, FloatArray]:
        """What the reasons tell."""
        return {
            "runs": self.runs,
            "comparable": self.comparable,
            "comparable_needed": np.full(n, float(RUNS_IN_A_ROW)),
            "days": np.full(n, float(WITHIN_D)),
        }


COUNTS: Final = ("runs", "comparable", "comparable_needed", "days")


def change(past: Past, column: str, limits: Limits, *, relative: bool, by_speed: bool = True) -> Change:
    """How the last three runs differ from their norms in one column of the activities.

    Parameters
    ----------
    past, column
        What is compared.
    limits
        With ``min_matched``.
    relative
        Difference in percent of the norm, else in the column's unit.
    by_speed
        Whether only runs within 0.2 m/s are compared.
    """
    value = past.session(column)
    run = np.flatnonzero(past.is_run & np.isfinite(value) & ~past.tagged_sessions("exclude"))
    day, value = past.session_day[run], value[run]
    norm = _norms(past, run, value, int(limits["min_matched"]), by_speed=by_speed)
    differs = 100 * (value / norm - 1) if relative else value - norm
    own = np.flatnonzero(np.isfinite(differs))
    three = np.full((len(own), RUNS_IN_A_ROW), np.nan)
    for back in range(RUNS_IN_A_ROW):
        three[back:, back] = differs[own][: len(own) - back]
    old = np.full(len(own), True)
    old[RUNS_IN_A_ROW - 1 :] = day[own][RUNS_IN_A_ROW - 1 :] - day[own][: len(own) - RUNS_IN_A_ROW + 1] > WITHIN_D
    three[old] = np.nan

    def of_day(values: FloatArray) -> FloatArray:
        spread = np.full(past.n, np.nan)
        spread[day[own]] = values  # the last run of a day stays
        return spread

    return Change(
        least=of_day(three.min(axis=1)),
        most=of_day(three.max(axis=1)),
        mean=of_day(three.mean(axis=1)),
        value=of_day(value[own]),
        norm=of_day(norm[own]),
        looked=np.bincount(day[own], minlength=past.n) > 0,
        runs=_in_window(day, past.n),
        comparable=_in_window(day[own], past.n),
    )


def _norms(past: Past, run: IntArray, value: FloatArray, least: int, *, by_speed: bool) -> FloatArray:
    """The norm of each run; NaN where fewer than ``least`` runs match it. One row a run, one column a run before it."""
    speed, day = past.session("flat_speed_mps")[run], past.session_day[run].astype(np.float64)
    kind = past.once(_kinds)[run].astype(np.float64)
    kind, before = kind[:, None], _before(kind)
    days_ago = day[:, None] - _before(day)
    alike = (before == kind) & (days_ago >= LEFT_OUT_D) & (days_ago <= OWN_D)
    if by_speed:
        alike &= np.abs(_before(speed) - speed[:, None]) <= SPEED_BAND_MPS
    matched = np.sort(np.where(alike, _before(value), np.nan), axis=1)  # NaN goes last
    number = alike.sum(axis=1)
    row, middle = np.arange(len(run)), np.maximum(number - 1, 0)
    norm = (matched[row, middle // 2] + matched[row, (middle + 1) // 2]) / 2
    return np.where(number >= least, norm, np.nan)


def _before(values: FloatArray) -> FloatArray:
    """For each run the values of the `OWN_RUNS` runs before it, shape ``(n_runs, OWN_RUNS)``."""
    padded = np.append(np.full(OWN_RUNS, np.nan), values)
    return np.lib.stride_tricks.sliding_window_view(padded, OWN_RUNS)[: len(values)]


def _kinds(past: Past) -> IntArray:
    """A number for each combination of sensor, device, in- or outdoors, and stretch between ``new_device`` tags."""
    indoors = np.array([sub in INDOORS for sub in past.session_text("sub_sport")], dtype=bool)
    stretch = np.cumsum(past.new_device)[past.session_day]
    names: dict[tuple[object, ...], int] = {}
    parts = zip(past.session_text("dynamics_source"), past.session_text("device"), indoors, stretch, strict=True)
    return np.array([names.setdefault(key, len(names)) for key in parts], dtype=np.int64)


def _in_window(day: IntArray, n: int) -> FloatArray:
    return added(np.bincount(day, minlength=n).astype(np.float64), WITHIN_D)
