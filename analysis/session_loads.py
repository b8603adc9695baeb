"""Loads of sessions from what is stored of them and the athlete's values on their days; no recording is read.

Sums over samples of a function of heart rate are products of histograms and weights, one for each set of values of the
athlete. Scores from power and pace follow from normalised means (`stridelab.analysis.effort`).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.counting import FloatArray
from stridelab.analysis.load import (
    LUCIA_WEIGHTS,
    ZONE_WEIGHTS,
    banister_weight_per_min,
    zone_of,
)
from stridelab.analysis.load.session import LoadMethod, chosen_load
from stridelab.analysis.load.stress import SCORE_EXPONENT
from stridelab.athlete import Athlete

ZONE_COLUMNS: Final = tuple(f"heart_rate_zone_{n}_s" for n in range(1, 6))

HEART_RATE_LOADS: Final = ("trimp_banister", "trimp_edwards", "trimp_lucia", "heart_rate_tss", "time_over_threshold_s")
OTHER_LOADS: Final = ("power_tss", "running_tss", "running_power_score", "session_rpe_load")

MIN_HEART_RATE_COVERAGE: Final = 0.5
"""With a heart rate over less of its time than this, a session gets no heart-rate load: NaN, not a small number.

A convention of this project. Above it the load is that of the time with a heart rate; nothing is filled in. The same
share holds for power and pace.
"""

FIRST_THRESHOLD_SHARE: Final = 82 / 88
"""First threshold as a share of the second where the athlete gave none: zones 3 and 4 of five begin at 82 and 88 % of
maximal heart rate (Seiler 2010, Int J Sports Physiol Perform 5:276)."""

IMPOSSIBLE_INTENSITY: Final = 1.2
IMPOSSIBLE_FROM_S: Final = 1200.0
"""Nobody holds 1.2 times the threshold of an hour for 20 minutes: then the threshold is of another sport, or stale, and
the score is left out (convention)."""


def session_loads(activities: pd.DataFrame, histograms: FloatArray, athlete: Athlete) -> pd.DataFrame:
    """Every load of every session that depends on the athlete.

    Parameters
    ----------
    activities
        `stridelab.analysis.history.ACTIVITY_COLUMNS`; ``rpe`` as it is to be used.
    histograms
        Seconds at each whole heart rate, shape ``(n_sessions, 256)``.
    athlete
        With heart-rate limits; thresholds where they are known.

    Returns
    -------
    DataFrame
        `ZONE_COLUMNS`, `HEART_RATE_LOADS`, `OTHER_LOADS`, ``load``, ``load_method`` and ``load_uncertainty_pct``, on
        the index of ``activities``; NaN where a session lacks what a load needs.
    """
    days = activities["local_date"].to_numpy()
    values = _values(athlete, days)
    found: dict[str, Any] = dict(_from_heart_rate(histograms, values))
    recorded = (activities["heart_rate_coverage"] >= MIN_HEART_RATE_COVERAGE).to_numpy()
    for name in HEART_RATE_LOADS:
        found[name] = np.where(recorded, found[name], np.nan)
    seconds = activities["timer_time_s"].to_numpy()
    found["power_tss"], found["running_power_score"] = _from_power(activities, athlete, days)
    found["running_tss"] = _score(
        activities["normalized_graded_speed_mps"].to_numpy(),
        athlete.numbers("threshold_speed_mps", days),
        _covered(activities["graded_speed_coverage"].to_numpy(), seconds),
    )
    rpe = activities["rpe"].to_numpy()
    found["session_rpe_load"] = np.where((rpe >= 0) & (rpe <= 10) & (seconds > 0), rpe * seconds / 60, np.nan)
    scores: dict[LoadMethod, npt.ArrayLike] = {
        "heart_rate": found["heart_rate_tss"],
        "power": found["power_tss"],
        "pace": found["running_tss"],
    }
    chosen = chosen_load(scores, rpe=rpe, timer_time_s=seconds)
    found["load"], found["load_method"] = chosen.value, chosen.method
    guessed = (chosen.method == "heart_rate") & (athlete.origins("max_heart_rate_bpm", days) == "assumed")
    found["load_uncertainty_pct"] = np.where(guessed, ASSUMED_MAXIMUM_PCT, chosen.uncertainty_pct)
    return pd.DataFrame(found, index=activities.index)


ASSUMED_MAXIMUM_PCT: Final = 27.0
"""Uncertainty of a heart-rate score whose maximum is assumed. Maxima of people of one age differ by 10 bpm (SD; Tanaka
2001), which moves the score of a run at 150 bpm by 22 %; with the 15 % of the method in quadrature."""


def _values(athlete: Athlete, days: npt.NDArray[np.datetime64]) -> pd.DataFrame:
    threshold = athlete.numbers("threshold_heart_rate_bpm", days)
    first = athlete.numbers("first_threshold_heart_rate_bpm", days)
    return pd.DataFrame(
        {
            "resting": athlete.numbers("resting_heart_rate_bpm", days),
            "maximal": athlete.numbers("max_heart_rate_bpm", days),
            "threshold": threshold,
            "first": np.where(np.isfinite(first), first, FIRST_THRESHOLD_SHARE * threshold),
            "sex": [athlete.text("sex", day) or "unspecified" for day in pd.DatetimeIndex(days).date],
        },
        index=np.arange(len(days)),
    )


def _from_heart_rate(histograms: FloatArray, values: pd.DataFrame) -> dict[str, FloatArray]:
    n = len(histograms)
    beats = np.arange(histograms.shape[1], dtype=np.float64)
    columns = {name: np.full(n, np.nan) for name in (*HEART_RATE_LOADS, *ZONE_COLUMNS)}
    some = histograms.sum(axis=1) > 0
    for _, same in values.groupby(list(values), dropna=False):
        resting, maximal, threshold, first, sex = same.iloc[0]
        rows = same.index.to_numpy()
        rows = rows[some[rows]]
        spent = histograms[rows]
        weight = banister_weight_per_min(beats, resting_heart_rate_bpm=resting, max_heart_rate_bpm=maximal, sex=sex)
        columns["trimp_banister"][rows] = spent @ weight / 60
        zone = zone_of(beats, max_heart_rate_bpm=maximal)
        in_zone = spent @ np.equal.outer(zone, np.arange(1, 6)).astype(np.float64)
        for name, seconds in zip(ZONE_COLUMNS, in_zone.T, strict=True):
            columns[name][rows] = seconds
        columns["trimp_edwards"][rows] = in_zone @ np.asarray(ZONE_WEIGHTS["edwards"]) / 60
        if not np.isfinite(threshold):
            continue
        columns["time_over_threshold_s"][rows] = spent @ (beats >= threshold)
        if 0 < first < threshold:
            third = np.searchsorted([first, threshold], beats, side="right")
            columns["trimp_lucia"][rows] = spent @ np.asarray(LUCIA_WEIGHTS, dtype=np.float64)[third] / 60
        if resting < threshold <= maximal:
            hour = banister_weight_per_min(
                [threshold], resting_heart_rate_bpm=resting, max_heart_rate_bpm=maximal, sex=sex
            )
            columns["heart_rate_tss"][rows] = spent @ weight / hour[0] / 36
    return columns


def _from_power(
    activities: pd.DataFrame, athlete: Athlete, days: npt.NDArray[np.datetime64]
) -> tuple[FloatArray, FloatArray]:
    """TSS and running power score: watts of running and of cycling are not one unit, and neither are thresholds."""
    running = (activities["family"] == "run").to_numpy()
    cycling = (activities["family"] == "bike").to_numpy()
    general = athlete.numbers("threshold_power_w", days)
    own = athlete.numbers("running_threshold_power_w", days)
    # What devices write into files is a threshold of cycling, or the 200 W that they begin with.
    given = athlete.origins("threshold_power_w", days) == "given"
    of_running = np.where(np.isfinite(own), own, np.where(given, general, np.nan))
    threshold = np.where(running, of_running, np.where(cycling, general, np.nan))
    covered = _covered(activities["power_coverage"].to_numpy(), activities["timer_time_s"].to_numpy())
    power = activities["normalized_power_w"].to_numpy()
    wrong = (power > IMPOSSIBLE_INTENSITY * threshold) & (covered >= IMPOSSIBLE_FROM_S)
    threshold = np.where(wrong, np.nan, threshold)
    cubic = activities["power_score_mean_w"].to_numpy()
    score = covered / 36 * (cubic / np.where(running, threshold, np.nan)) ** SCORE_EXPONENT
    return _score(power, threshold, covered), score


def _covered(coverage: FloatArray, seconds: FloatArray) -> FloatArray:
    """Seconds that were recorded; NaN with too few of them."""
    return np.where(coverage >= MIN_HEART_RATE_COVERAGE, coverage * seconds, np.nan)


def _score(normalised: FloatArray, threshold: FloatArray, seconds: FloatArray) -> FloatArray:
    """`stridelab.analysis.load.stress_score` of many sessions."""
    return np.asarray(seconds / 36 * (normalised / np.where(threshold > 0, threshold, np.nan)) ** 2)
