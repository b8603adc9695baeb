"""TRIMP and heart-rate zones against published values and invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.analysis.load import banister_trimp, heart_rate_zones_s

RATES = st.lists(st.floats(40, 200), min_size=1, max_size=50)

# minutes, mean heart rate, rest, max; men, women, unspecified. Row 1: Clarke & Skiba 2013, Adv Physiol Educ 37:134
# (published 84.55247 for men); row 2: Runalyze's unit test (published 32); the rest is arithmetic.
PUBLISHED = [
    (60.46471, 137.76197, 45, 190, 84.55246, 96.82469, 88.44713),
    (30, 130, 40, 200, 31.80254, 37.12852, 33.59018),
    (60, 135, 50, 190, 74.79721, 86.35434, 78.56197),
    (45, 165, 50, 190, 114.5267, 125.32558, 117.11184),
    (30, 50, 50, 190, 0.0, 0.0, 0.0),
    (10, 190, 50, 190, 43.65413, 45.68464, 43.65413),
]


@pytest.mark.parametrize(("minutes", "rate", "rest", "top", "male", "female", "unspecified"), PUBLISHED)
def test_trimp_equals_the_published_values(
    minutes: float, rate: float, rest: float, top: float, male: float, female: float, unspecified: float
) -> None:
    for sex, expected in (("male", male), ("female", female), ("unspecified", unspecified)):
        found = banister_trimp([rate], [minutes * 60], resting_heart_rate_bpm=rest, max_heart_rate_bpm=top, sex=sex)
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_intervals_count_more_than_their_mean_heart_rate() -> None:
    rates, seconds = [180.0, 120.0] * 10, [120.0] * 20
    limits = {"resting_heart_rate_bpm": 50.0, "max_heart_rate_bpm": 190.0}
    assert banister_trimp(rates, seconds, sex="male", **limits) == pytest.approx(87.3971, abs=1e-4)
    assert banister_trimp([150.0], [2400.0], sex="male", **limits) == pytest.approx(72.0636, abs=1e-4)


@pytest.mark.parametrize(
    ("rates", "seconds", "rest", "top"),
    [
        ([], [], 50, 190),
        ([np.nan, np.nan], [1, 1], 50, 190),
        ([150.0], [0.0], 50, 190),
        ([150.0], [60.0], 190, 190),
        ([150.0], [60.0], np.nan, 190),
    ],
)
def test_nothing_to_count_is_nan_never_zero(rates: list[float], seconds: list[float], rest: float, top: float) -> None:
    assert np.isnan(banister_trimp(rates, seconds, resting_heart_rate_bpm=rest, max_heart_rate_bpm=top))


@given(rates=RATES, split=st.integers(0, 50))
def test_trimp_of_a_session_is_the_sum_of_its_parts(rates: list[float], split: int) -> None:
    seconds = np.ones(len(rates)) * 7.0
    limits = {"resting_heart_rate_bpm": 50.0, "max_heart_rate_bpm": 190.0}
    whole = banister_trimp(rates, seconds, **limits)
    parts = [
        banister_trimp(rates[:split], seconds[:split], **limits),
        banister_trimp(rates[split:], seconds[split:], **limits),
    ]
    assert np.nansum(parts) == pytest.approx(whole)


@given(rates=RATES, harder=st.floats(0, 20))
def test_trimp_never_falls_with_intensity(rates: list[float], harder: float) -> None:
    seconds = np.ones(len(rates))
    limits = {"resting_heart_rate_bpm": 50.0, "max_heart_rate_bpm": 190.0}
    harder_rates = np.asarray(rates) + harder
    assert banister_trimp(harder_rates, seconds, **limits) >= banister_trimp(rates, seconds, **limits)


@given(rates=RATES)
def test_zones_hold_all_time_above_half_of_the_maximum(rates: list[float]) -> None:
    seconds = np.arange(1, len(rates) + 1, dtype=float)
    zones = heart_rate_zones_s(rates, seconds, max_heart_rate_bpm=190)
    assert zones.sum() == pytest.approx(seconds[np.asarray(rates) >= 95].sum())


def test_a_zone_holds_its_lower_bound_and_the_last_is_open() -> None:
    zones = heart_rate_zones_s([99.9, 100, 120, 140, 160, 180, 230], [1] * 7, max_heart_rate_bpm=200)
    assert zones.tolist() == [1, 1, 1, 1, 2]


def test_zones_without_heart_rate_are_nan() -> None:
    assert np.isnan(heart_rate_zones_s([np.nan], [1], max_heart_rate_bpm=190)).all()
