"""Runs that can be compared: of one intensity, on like ground, in like weather, with a heart rate to be trusted."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.past import BoolArray, FloatArray, Past
from stridelab.analysis.rules.rolling import median

OWN_D: Final = 56
OWN_LEAST: Final = 4
MIN_DURATION_S: Final = 20 * 60
MIN_COVERAGE: Final = 0.8
MIN_QUALITY: Final = 0.5
MAX_OVER_THRESHOLD_S: Final = 5 * 60
"""A steady run: at least 20 min, a heart rate over 80 % of it that does not follow cadence, hardly any of it over
threshold. All are conventions."""

HEART_RATE_BAND: Final = 0.12
ASCENT_BAND_M_PER_KM: Final = 12.0
TEMPERATURE_BAND_C: Final = 8.0
"""How far a run may lie from the athlete's median of 8 weeks in heart rate, climb and temperature (conventions). Where
climb or temperature was not measured it does not count against a run."""

UNLIKE: Final = ("race", "heat", "altitude", "illness", "exclude")


def steady_runs(past: Past) -> BoolArray:
    """Which sessions are steady runs, each judged by the athlete's runs of the 8 weeks up to it."""
    rate = past.session("average_heart_rate_bpm")
    steady = past.is_run & np.isfinite(rate)
    # NaN compares as false: what was not measured does not exclude.
    steady &= past.session("timer_time_s") >= MIN_DURATION_S
    steady &= ~(past.session("heart_rate_coverage") < MIN_COVERAGE)
    steady &= ~(past.session("heart_rate_quality") < MIN_QUALITY)
    steady &= ~(past.session("time_over_threshold_s") > MAX_OVER_THRESHOLD_S)
    for tag in UNLIKE:
        steady &= ~past.tagged_sessions(tag)
    distance = past.session("distance_m")
    climb = np.divide(1000 * past.session("ascent_m"), distance, out=np.full(len(distance), np.nan), where=distance > 0)
    for values, band, relative in (
        (rate, HEART_RATE_BAND, True),
        (climb, ASCENT_BAND_M_PER_KM, False),
        (past.session("average_temperature_c"), TEMPERATURE_BAND_C, False),
    ):
        usual = _usual(past, np.where(steady, values, np.nan))
        away = np.abs(values - usual)
        steady &= ~(away > (band * usual if relative else band))
        if relative:
            steady &= np.isfinite(usual)
    return steady


def by_day(past: Past, values: FloatArray, chosen: BoolArray) -> FloatArray:
    """Mean of these sessions' values on each day, shape ``(n_days,)``; NaN without one."""
    counted = chosen & np.isfinite(values)
    day = past.session_day[counted]
    number = np.bincount(day, minlength=past.n)
    total = np.bincount(day, weights=values[counted], minlength=past.n)
    mean = np.full(past.n, np.nan)
    np.divide(total, number, out=mean, where=number > 0)
    return mean


def _usual(past: Past, values: FloatArray) -> FloatArray:
    daily = median(by_day(past, values, np.isfinite(values)), OWN_D, OWN_LEAST)
    return daily[past.session_day]
