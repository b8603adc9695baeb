from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.elevation import ascent_descent_m

RAMP = np.repeat(np.arange(0.0, 101.0, 10.0), 60)


def seconds(n: int) -> np.ndarray:
    return np.arange(n, dtype=np.float64)


def test_a_staircase_climbs_its_height() -> None:
    assert ascent_descent_m(seconds(len(RAMP)), RAMP) == pytest.approx((100, 0), abs=0.01)
    assert ascent_descent_m(seconds(len(RAMP)), RAMP[::-1]) == pytest.approx((0, 100), abs=0.01)


def test_noise_on_the_flat_climbs_nothing() -> None:
    noise = np.random.default_rng(1).normal(0, 0.5, 3600)
    assert np.maximum(np.diff(noise), 0).sum() > 900
    assert ascent_descent_m(seconds(3600), 400 + noise) == (0, 0)


def test_hills_are_counted_through_noise() -> None:
    time_s = seconds(3600)
    noise = np.random.default_rng(2).normal(0, 0.4, 3600)
    hills = 20 * np.sin(time_s * 2 * np.pi / 600)  # six hills of 40 m
    up, down = ascent_descent_m(time_s, 400 + hills + noise)
    assert up == pytest.approx(240, rel=0.03)
    assert down == pytest.approx(240, rel=0.03)


def test_small_waves_below_the_threshold_do_not_count_and_large_ones_do() -> None:
    time_s = seconds(2000)
    for height, counted in ((1.8, 0), (2.4, 9.5)):
        wave = height / 2 * np.sin(time_s * 2 * np.pi / 200)
        up, _ = ascent_descent_m(time_s, wave, smoothing_s=0)
        assert up == pytest.approx(counted * height, abs=height)


@pytest.mark.parametrize("altitude", [[], [400.0], [np.nan, 400.0, np.nan]])
def test_of_less_than_two_altitudes_nothing_is_known(altitude: list[float]) -> None:
    assert np.isnan(ascent_descent_m(seconds(len(altitude)), np.array(altitude))).all()


def test_missing_altitudes_are_left_out() -> None:
    gappy = RAMP.copy()
    gappy[5::7] = np.nan
    assert ascent_descent_m(seconds(len(RAMP)), gappy) == pytest.approx((100, 0), abs=0.1)


@given(st.lists(st.floats(-400, 8000), min_size=2, max_size=60), st.floats(0, 60))
def test_invariants(altitude: list[float], smoothing_s: float) -> None:
    values = np.array(altitude)
    time_s = seconds(len(values))
    up, down = ascent_descent_m(time_s, values, smoothing_s=smoothing_s)
    assert up >= 0
    assert down >= 0
    assert up <= np.maximum(np.diff(values), 0).sum() + 1e-6
    shifted = ascent_descent_m(time_s + 1e6, values + 100, smoothing_s=smoothing_s)
    assert shifted == pytest.approx((up, down), abs=1e-3)
    mirrored = ascent_descent_m(time_s, -values, smoothing_s=smoothing_s)
    assert mirrored == pytest.approx((down, up), abs=1e-6)
