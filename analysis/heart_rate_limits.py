"""The athlete's heart rates and critical speed where none were given: estimated or assumed, dated, and labelled so."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from stridelab.analysis.days import FIRST_REAL_DATE
from stridelab.athlete import Athlete, AthleteValue, Origin

PLAUSIBLE_MAX_BPM: Final = (150.0, 220.0)
"""A highest 30 s mean outside this is no maximum: never run hard below it, a sensor fault above (convention)."""

ASSUMED_MAX_BPM: Final = 190.0
ASSUMED_RESTING_BPM: Final = 60.0
LOOK_BACK: Final = "731D"
"""24 months."""

SETTLING_D: Final = 90
"""What the first 90 days of recordings show holds from the first of them: nobody's first run shows their maximum."""

RESTING_NIGHTS: Final = 28

THRESHOLD_OF_20_MIN: Final = 0.95
"""Threshold heart rate as a share of the highest 20 min mean: the share that 20-minute tests take (convention)."""

THRESHOLD_LOOK_BACK: Final = "365D"
PLAUSIBLE_THRESHOLD: Final = (0.84, 0.96)
"""As shares of the maximum. Below, no 20 minutes were run hard; then `ASSUMED_THRESHOLD` of the maximum is taken."""

ASSUMED_THRESHOLD: Final = 0.88
"""Where zone 4 of five begins, just above the second threshold (Seiler 2010, Int J Sports Physiol Perform 5:276)."""


def with_heart_rate_limits(athlete: Athlete, sessions: pd.DataFrame, wellness: pd.DataFrame, *, on: date) -> Athlete:
    """The athlete with a resting, a threshold and a maximal heart rate, whatever is known.

    Values given by the athlete or read from a file stay. Otherwise

    - maximal: the highest plausible 30 s mean of the last 24 months (``estimated``), a dated value whenever that
      changes, else 208 − 0.7·age (Tanaka, Monahan & Seals 2001, J Am Coll Cardiol 37:153; ``estimated``), else 190
      (``assumed``);
    - threshold: 95 % of the highest 20 min mean of the last 12 months, dated likewise, where that is plausible
      (``estimated``), else 88 % of the maximum (as the maximum is labelled);
    - resting: the median of the device's last 28 daily values (``estimated``), else 60 (``assumed``).

    Parameters
    ----------
    athlete
        The athlete as stored.
    sessions
        Columns ``local_date``, ``max_30s_heart_rate_bpm`` and, where it is known, ``max_20min_heart_rate_bpm``.
    wellness
        Long table of `stridelab.activity.WELLNESS_COLUMNS`.
    on
        The day for which it is estimated; later recordings do not count.
    """
    if athlete.value("max_heart_rate_bpm", on) is None:
        athlete = athlete.with_values(_maxima(athlete, sessions, on))
    if athlete.value("threshold_heart_rate_bpm", on) is None:
        athlete = athlete.with_values(_thresholds(athlete, sessions, on))
    if athlete.value("resting_heart_rate_bpm", on) is None:
        athlete = athlete.with_values([_resting(wellness, on)])
    return athlete


def _maxima(athlete: Athlete, sessions: pd.DataFrame, on: date) -> list[AthleteValue]:
    peaks = _highest(sessions, "max_30s_heart_rate_bpm", LOOK_BACK, on)
    if len(peaks):
        note = "highest plausible 30 s mean of 24 months"
        return _versions("max_heart_rate_bpm", peaks.round(), [note] * len(peaks))
    birth_year = athlete.number("birth_year", on)
    if np.isfinite(birth_year):
        value = 208 - 0.7 * (on.year - birth_year)
        return [AthleteValue("max_heart_rate_bpm", value, "estimated", None, "208 − 0.7·age (Tanaka 2001)")]
    note = "no recording or age to estimate it from"
    return [AthleteValue("max_heart_rate_bpm", ASSUMED_MAX_BPM, "assumed", None, note)]


def _thresholds(athlete: Athlete, sessions: pd.DataFrame, on: date) -> list[AthleteValue]:
    name, share = "threshold_heart_rate_bpm", f"{100 * ASSUMED_THRESHOLD:.0f} % of maximal heart rate (Seiler 2010)"
    peaks = _highest(sessions, "max_20min_heart_rate_bpm", THRESHOLD_LOOK_BACK, on)
    if not len(peaks):
        top = athlete.value("max_heart_rate_bpm", on)
        origin: Origin = "assumed" if top is None or top.origin == "assumed" else "estimated"
        return [
            AthleteValue(name, round(ASSUMED_THRESHOLD * athlete.number("max_heart_rate_bpm", on)), origin, None, share)
        ]
    top_bpm = athlete.numbers("max_heart_rate_bpm", peaks.index.to_numpy())
    found = THRESHOLD_OF_20_MIN * peaks.to_numpy()
    low, high = PLAUSIBLE_THRESHOLD
    hard = (found >= low * top_bpm) & (found <= high * top_bpm)
    daily = pd.Series(np.where(hard, found, ASSUMED_THRESHOLD * top_bpm).round(), index=peaks.index)
    notes = np.where(hard, "95 % of the highest 20 min mean of 12 months", share)
    return _versions(name, daily, notes.tolist())


def _highest(sessions: pd.DataFrame, column: str, window: str, on: date) -> pd.Series[float]:
    """Highest plausible value of the days up to each, from the first session on; empty where there is none."""
    if column not in sessions or not len(sessions):
        return pd.Series(dtype=np.float64)
    low, high = PLAUSIBLE_MAX_BPM
    # A mean of 20 minutes is far below the maximum: it is the upper bound that a fault breaks.
    low = low if column == "max_30s_heart_rate_bpm" else 0.0
    value, day = sessions[column].to_numpy(dtype=np.float64), sessions["local_date"].to_numpy()
    kept = (value >= low) & (value <= high) & (day <= np.datetime64(on)) & (day >= FIRST_REAL_DATE.to_datetime64())
    if not kept.any():
        return pd.Series(dtype=np.float64)
    by_day = pd.Series(value[kept], index=pd.DatetimeIndex(day[kept])).groupby(level=0).max()
    every = pd.date_range(by_day.index[0], pd.Timestamp(on), freq="D")
    found = by_day.reindex(every).rolling(window, min_periods=1).max()
    # So it is after a break that outlasts the window, too.
    known = found.notna().to_numpy()
    for begin in np.flatnonzero(known & ~np.append(False, known[:-1])).tolist():
        settled = slice(begin, begin + SETTLING_D)
        found.iloc[settled] = found.iloc[settled].iloc[-1]
    return found.dropna()


def _versions(quantity: str, daily: pd.Series[float], notes: list[str]) -> list[AthleteValue]:
    """A value for each day on which it changes; the first holds from the beginning."""
    values = daily.to_numpy()
    change = np.append(0, np.flatnonzero(np.diff(values) != 0) + 1)
    days = pd.DatetimeIndex(daily.index)
    return [
        AthleteValue(quantity, float(values[i]), "estimated", days[i].date() if i else None, notes[i])
        for i in change.tolist()
    ]


def _resting(wellness: pd.DataFrame, on: date) -> AthleteValue:
    own = wellness[(wellness["metric"] == "resting_heart_rate_bpm") & (wellness["local_date"] <= pd.Timestamp(on))]
    if len(own):
        median = float(own.sort_values("local_date")["value"].tail(RESTING_NIGHTS).median())
        return AthleteValue(
            "resting_heart_rate_bpm", median, "estimated", None, "median of the device's last daily values"
        )
    return AthleteValue("resting_heart_rate_bpm", ASSUMED_RESTING_BPM, "assumed", None, "no device gave one")
