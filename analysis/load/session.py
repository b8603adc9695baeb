"""One load for a session, whatever was recorded: heart rate, else power, else pace, else exertion, else duration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.analysis.counting import Counted, FloatArray, count_samples
from stridelab.analysis.load.stress import heart_rate_tss, power_tss, running_tss

LoadMethod = Literal["heart_rate", "power", "pace", "rpe", "duration", "none"]

MIN_COVERAGE: Final = 0.5
"""Share of the time that a channel must hold; with less the next method is asked. A convention of this project."""

EASY_SCORE_PER_H: Final = 50.0
RPE_SCORE_PER_H: Final = (20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 100.0, 120.0, 140.0)
"""Points an hour of a session of which nothing is known but its duration, and at each CR10 rating from 1 to 10.

The first is an easy run at 70 % of threshold (0.7² = 0.49). The list is Friel's table for sessions without power, as
coaches quote it. Both are conventions.
"""

MAX_DURATION_ALONE_H: Final = 24.0
"""Longer than this with nothing else recorded, a device was left on or wrote a placeholder: no load (convention)."""

UNCERTAINTY_PCT: Final = {"heart_rate": 15.0, "power": 10.0, "pace": 15.0, "rpe": 30.0, "duration": 50.0}
"""How far one method may lie from another in a steady session; orders of magnitude, a convention of this project."""


@dataclass(frozen=True, slots=True)
class SessionLoad:
    """A load in points of an hour at threshold (100), and how it was found.

    Parameters
    ----------
    value
        Points; NaN where nothing can be said.
    method
        Which way it was found.
    uncertainty_pct
        Of the method; NaN without a value.
    counted_s, rejected_s, rejected_samples
        Time that went in, and time and samples without a usable value. Nothing is filled in for them.
    """

    value: float
    method: LoadMethod
    uncertainty_pct: float
    counted_s: float
    rejected_s: float
    rejected_samples: int


def session_load(
    duration_s: npt.ArrayLike,
    *,
    heart_rate_bpm: npt.ArrayLike | None = None,
    power_w: npt.ArrayLike | None = None,
    graded_speed_mps: npt.ArrayLike | None = None,
    rpe: float = float("nan"),
    timer_time_s: float = float("nan"),
    resting_heart_rate_bpm: float = float("nan"),
    max_heart_rate_bpm: float = float("nan"),
    threshold_heart_rate_bpm: float = float("nan"),
    threshold_power_w: float = float("nan"),
    threshold_speed_mps: float = float("nan"),
    sex: str = "unspecified",
) -> SessionLoad:
    """Load of a session by the first method that has what it needs.

    All methods are scaled to 100 for an hour at threshold, so that their sums mean something; they do not agree
    better than `UNCERTAINTY_PCT`. A method is passed over if its channel covers less than `MIN_COVERAGE` of the
    time, or a value of the athlete is missing.

    Parameters
    ----------
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.
    heart_rate_bpm, power_w, graded_speed_mps
        Channels, shape ``(n_samples,)``; None where there is none.
    rpe
        Rating on Borg's CR10 scale; NaN where there is none.
    timer_time_s
        Duration of the session for the last two methods; NaN takes that of the samples.
    resting_heart_rate_bpm, max_heart_rate_bpm, threshold_heart_rate_bpm, threshold_power_w, threshold_speed_mps
        Of the athlete; NaN where not known.
    sex
        Chooses Banister's coefficients.

    Returns
    -------
    SessionLoad

    Raises
    ------
    KeyError
        For an unknown sex.

    Examples
    --------
    >>> session_load(np.ones(3600), graded_speed_mps=np.full(3600, 3.6), threshold_speed_mps=4.0).value.__round__(1)
    81.0
    >>> session_load(np.ones(3600), heart_rate_bpm=np.full(3600, np.nan), rpe=5).method
    'rpe'
    """
    duration = np.atleast_1d(np.asarray(duration_s, dtype=np.float64))

    def by_heart_rate(rate_bpm: npt.ArrayLike) -> float:
        return heart_rate_tss(
            rate_bpm,
            duration,
            resting_heart_rate_bpm=resting_heart_rate_bpm,
            max_heart_rate_bpm=max_heart_rate_bpm,
            threshold_heart_rate_bpm=threshold_heart_rate_bpm,
            sex=sex,
        )

    ways: tuple[tuple[LoadMethod, str, npt.ArrayLike | None, Callable[[npt.ArrayLike], float]], ...] = (
        ("heart_rate", "heart_rate_bpm", heart_rate_bpm, by_heart_rate),
        ("power", "power_w", power_w, lambda it: power_tss(it, duration, threshold_power_w=threshold_power_w)),
        (
            "pace",
            "speed_mps",
            graded_speed_mps,
            lambda it: running_tss(it, duration, threshold_speed_mps=threshold_speed_mps),
        ),
    )
    scores: dict[LoadMethod, npt.ArrayLike] = {}
    counts: dict[str, Counted] = {}
    for method, channel, values, score in ways:
        if values is not None and (counted := count_samples(values, duration, channel)).coverage >= MIN_COVERAGE:
            scores[method], counts[method] = [score(values)], counted
    lasting = timer_time_s if np.isfinite(timer_time_s) else float(duration[np.isfinite(duration)].sum())
    found = chosen_load(scores, rpe=[rpe], timer_time_s=[lasting])
    load, how, doubt = float(found.value[0]), found.method[0], float(found.uncertainty_pct[0])
    if how is None:
        return SessionLoad(load, "none", doubt, 0.0, 0.0, 0)
    by = counts.get(how, Counted(0, 0, lasting, 0.0))
    return SessionLoad(load, how, doubt, by.counted_s, by.rejected_s, by.rejected_samples)


@dataclass(frozen=True, eq=False)
class ChosenLoads:
    """Loads of sessions with the method of each (None where nothing can be said) and its uncertainty."""

    value: FloatArray
    method: npt.NDArray[np.object_]
    uncertainty_pct: FloatArray


def chosen_load(
    scores: Mapping[LoadMethod, npt.ArrayLike], *, rpe: npt.ArrayLike, timer_time_s: npt.ArrayLike
) -> ChosenLoads:
    """Of the scores that each session has the first, else points by exertion, else by duration alone.

    Parameters
    ----------
    scores
        By method, the preferred first; shape ``(n_sessions,)`` each, NaN where a session has none.
    rpe
        Rating on Borg's CR10 scale, shape ``(n_sessions,)``; outside 0 to 10 is none.
    timer_time_s
        Duration of each session, shape ``(n_sessions,)``.

    Returns
    -------
    ChosenLoads
        NaN without a score and without a duration, or with a duration alone above `MAX_DURATION_ALONE_H`.

    Examples
    --------
    >>> chosen = chosen_load({"pace": [81.0, np.nan]}, rpe=[np.nan, 5], timer_time_s=[3600, 3600])
    >>> chosen.value.tolist(), chosen.method.tolist()
    ([81.0, 60.0], ['pace', 'rpe'])
    """
    rating, lasting = np.asarray(rpe, dtype=np.float64), np.asarray(timer_time_s, dtype=np.float64)
    hours = np.where((lasting > 0) & np.isfinite(lasting), lasting / 3600, np.nan)
    rated = np.where((rating >= 0) & (rating <= 10), rating, np.nan)
    by_rating = hours * np.interp(rated, np.arange(1, 11), RPE_SCORE_PER_H)
    value, method = np.full(hours.shape, np.nan), np.full(hours.shape, None, dtype=object)
    doubt = np.full(hours.shape, np.nan)
    by_duration = np.where(hours <= MAX_DURATION_ALONE_H, hours * EASY_SCORE_PER_H, np.nan)
    for name, score in {**scores, "rpe": by_rating, "duration": by_duration}.items():
        chosen = np.isnan(value) & np.isfinite(np.asarray(score, dtype=np.float64))
        value[chosen] = np.asarray(score, dtype=np.float64)[chosen]
        method[chosen], doubt[chosen] = name, UNCERTAINTY_PCT[name]
    return ChosenLoads(value, method, doubt)
