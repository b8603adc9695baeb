"""One load for a session, whatever was recorded: heart rate, else power, else pace, else exertion, else duration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.analysis.counting import count_samples
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
    channels: tuple[tuple[LoadMethod, str, npt.ArrayLike | None], ...] = (
        ("heart_rate", "heart_rate_bpm", heart_rate_bpm),
        ("power", "power_w", power_w),
        ("pace", "speed_mps", graded_speed_mps),
    )
    for method, channel, values in channels:
        if values is None:
            continue
        counted = count_samples(values, duration, channel)
        if not counted.coverage >= MIN_COVERAGE:
            continue
        if method == "heart_rate":
            score = heart_rate_tss(
                values,
                duration,
                resting_heart_rate_bpm=resting_heart_rate_bpm,
                max_heart_rate_bpm=max_heart_rate_bpm,
                threshold_heart_rate_bpm=threshold_heart_rate_bpm,
                sex=sex,
            )
        elif method == "power":
            score = power_tss(values, duration, threshold_power_w=threshold_power_w)
        else:
            score = running_tss(values, duration, threshold_speed_mps=threshold_speed_mps)
        if np.isfinite(score):
            return SessionLoad(
                score,
                method,
                UNCERTAINTY_PCT[method],
                counted.counted_s,
                counted.rejected_s,
                counted.rejected_samples,
            )
    lasting = timer_time_s if np.isfinite(timer_time_s) else float(duration[np.isfinite(duration)].sum())
    if not lasting > 0:
        return SessionLoad(float("nan"), "none", float("nan"), 0.0, 0.0, 0)
    rated = 0 <= rpe <= 10
    an_hour = float(np.interp(rpe, np.arange(1, 11), RPE_SCORE_PER_H)) if rated else EASY_SCORE_PER_H
    last: LoadMethod = "rpe" if rated else "duration"
    return SessionLoad(an_hour * lasting / 3600, last, UNCERTAINTY_PCT[last], lasting, 0.0, 0)
