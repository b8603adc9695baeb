"""Resting and maximal heart rate where the athlete gave none: estimated or assumed, and labelled so."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from stridelab.athlete import Athlete, AthleteValue

PLAUSIBLE_MAX_BPM: Final = (150.0, 220.0)
"""A highest 30 s mean outside this is no maximum: never run hard below it, a sensor fault above (convention)."""

ASSUMED_MAX_BPM: Final = 190.0
ASSUMED_RESTING_BPM: Final = 60.0
LOOK_BACK: Final = pd.DateOffset(months=24)
RESTING_NIGHTS: Final = 28


def with_heart_rate_limits(athlete: Athlete, sessions: pd.DataFrame, wellness: pd.DataFrame, *, on: date) -> Athlete:
    """The athlete with a resting and a maximal heart rate, whatever is known.

    Values given by the athlete or read from a file stay. Otherwise

    - maximal: the highest plausible 30 s mean of the last 24 months (``estimated``), else 208 − 0.7·age (Tanaka,
      Monahan & Seals 2001, J Am Coll Cardiol 37:153; ``estimated``), else 190 (``assumed``);
    - resting: the median of the device's last 28 daily values (``estimated``), else 60 (``assumed``).

    Parameters
    ----------
    athlete
        The athlete as stored.
    sessions
        Columns ``local_date`` and ``max_30s_heart_rate_bpm``.
    wellness
        Long table of `stridelab.activity.WELLNESS_COLUMNS`.
    on
        The day for which it is estimated; later recordings do not count.
    """
    added = []
    if athlete.value("max_heart_rate_bpm", on) is None:
        added.append(_maximum(athlete, sessions, on))
    if athlete.value("resting_heart_rate_bpm", on) is None:
        added.append(_resting(wellness, on))
    return athlete.with_values(added)


def _maximum(athlete: Athlete, sessions: pd.DataFrame, on: date) -> AthleteValue:
    day = pd.Timestamp(on)
    if len(sessions):
        recent = sessions[(sessions["local_date"] <= day) & (sessions["local_date"] > day - LOOK_BACK)]
        peaks = recent["max_30s_heart_rate_bpm"].to_numpy(dtype=np.float64)
        low, high = PLAUSIBLE_MAX_BPM
        peaks = peaks[(peaks >= low) & (peaks <= high)]
        if len(peaks):
            note = f"highest plausible 30 s mean in the 24 months before {on.isoformat()}"
            return AthleteValue("max_heart_rate_bpm", float(round(peaks.max())), "estimated", None, note)
    birth_year = athlete.number("birth_year", on)
    if np.isfinite(birth_year):
        return AthleteValue(
            "max_heart_rate_bpm", 208 - 0.7 * (on.year - birth_year), "estimated", None, "208 − 0.7·age (Tanaka 2001)"
        )
    return AthleteValue(
        "max_heart_rate_bpm", ASSUMED_MAX_BPM, "assumed", None, "no recording or age to estimate it from"
    )


def _resting(wellness: pd.DataFrame, on: date) -> AthleteValue:
    own = wellness[(wellness["metric"] == "resting_heart_rate_bpm") & (wellness["local_date"] <= pd.Timestamp(on))]
    if len(own):
        median = float(own.sort_values("local_date")["value"].tail(RESTING_NIGHTS).median())
        return AthleteValue(
            "resting_heart_rate_bpm", median, "estimated", None, "median of the device's last daily values"
        )
    return AthleteValue("resting_heart_rate_bpm", ASSUMED_RESTING_BPM, "assumed", None, "no device gave one")
