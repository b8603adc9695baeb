"""Slope, best efforts, critical speed, prediction, efficiency and zones: known answers, invariants, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stridelab.analysis import pace

SPEEDS = st.lists(st.floats(0, 7), min_size=2, max_size=80)


def recorded(speeds: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Ten seconds at each speed, a sample a second."""
    speed = np.repeat(speeds, 10)
    return np.arange(len(speed) + 1.0), np.append(0, np.cumsum(speed))


# ---------------------------------------------------------------- slope


def test_worked_examples_of_slope() -> None:
    assert pace.running_cost_j_per_kg_m([0.1, -0.2]) == pytest.approx([5.968, 1.8], abs=5e-4)
    assert pace.grade_factor(0.1) == pytest.approx(1.658, abs=5e-4)
    for variant in ("minetti", "empirical"):
        assert pace.grade_factor(0.0, variant=variant) == 1
        assert np.isnan(pace.grade_factor([0.46, -0.46, np.nan, np.inf], variant=variant)).all()
    assert np.isnan(pace.graded_speed_mps([-1.0, np.nan, 3.0], [0, 0, np.nan])).all()


@given(grade=st.floats(-0.3, 0.3), noise=st.floats(0, 1), seed=st.integers(0, 1000))
@settings(max_examples=25)
def test_slope_of_a_noisy_ramp(grade: float, noise: float, seed: int) -> None:
    distance = np.arange(0, 2000, 3.0)
    altitude = 300 + grade * distance + np.random.default_rng(seed).normal(0, noise, len(distance))
    found = pace.grade_along(distance, altitude)
    error = found[50:-50] - grade
    # The difference of two means over 50 m, of a sample every 3 m, 50 m apart: of its 567 values none lies 5 standard
    # deviations off, and together they scatter as it says.
    deviation = noise * np.sqrt(2 / (50 / 3)) / 50
    assert abs(error).max() < 0.002 + 5 * deviation
    assert np.sqrt(np.mean(error**2)) < 0.0005 + 1.5 * deviation
    assert found == pytest.approx(pace.grade_along(distance + 500, altitude - 250), abs=1e-9)  # from anywhere


def test_slope_without_altitude_is_unknown() -> None:
    distance = np.arange(0, 300, 3.0)
    altitude = np.where(np.arange(100) < 60, 100.0, np.nan)
    assert np.isnan(pace.grade_along(distance, altitude)).tolist() == np.isnan(altitude).tolist()
    for far, high in (([], []), ([0.0], [5.0]), (distance, distance * np.nan), (distance / 100, distance)):
        assert np.isnan(pace.grade_along(far, high)).all()


# ---------------------------------------------------------------- best efforts


@given(speeds=SPEEDS)
@settings(max_examples=40)
def test_best_efforts_equal_a_plain_search(speeds: list[float]) -> None:
    time, distance = recorded(speeds)
    durations = np.array([1, 10, 37, 120])
    efforts = pace.best_efforts(time, distance, durations_s=durations, distances_m=[50, 400])
    for seconds, found in zip(durations, efforts.distance_m, strict=True):
        plain = [distance[i + seconds] - distance[i] for i in range(len(distance) - seconds)]
        assert found == pytest.approx(max(plain) if plain else np.nan, nan_ok=True)
    for metres, found, start in zip((50, 400), efforts.time_s, efforts.time_start_s, strict=True):
        if np.isnan(found):
            assert distance[-1] < metres + 1e-6
        else:
            covered = np.interp([start, start + found], time, distance)
            assert covered[1] - covered[0] == pytest.approx(metres, abs=1e-6)
            ends = [np.interp(d + metres, distance, time) - t for t, d in zip(time, distance, strict=True)]
            reachable = distance + metres <= distance[-1]
            assert found <= np.array(ends)[reachable].min() + 1e-6


@given(speeds=SPEEDS, shift=st.floats(-1e6, 1e6))
@settings(max_examples=25)
def test_best_efforts_are_the_same_at_any_hour_and_rate(speeds: list[float], shift: float) -> None:
    time, distance = recorded(speeds)
    usual = pace.best_efforts(time, distance)
    later = pace.best_efforts(time + shift, distance + abs(shift))
    sparse = pace.best_efforts(time[::10], distance[::10])
    for other in (later, sparse):
        assert other.distance_m == pytest.approx(usual.distance_m, nan_ok=True, abs=1e-5)
    assert (np.diff(usual.by_duration()["distance_m"]) >= -1e-9).all()


def test_a_jump_of_the_position_is_no_record() -> None:
    time = np.arange(601.0)
    distance = 3 * time
    distance[300:] += 900
    efforts = pace.best_efforts(time, distance)
    assert efforts.rejected_m == 903
    assert efforts.by_duration()["speed_mps"].max() == pytest.approx(3)
    assert efforts.by_distance()["distance_m"].max() == 1609.344


def test_a_pause_is_time_and_a_long_silence_parts_the_run() -> None:
    time = np.append(np.arange(301.0), np.arange(400.0, 701))
    distance = np.append(np.arange(301.0), np.arange(300.0, 601)) * 4
    assert pace.best_efforts(time, distance).by_distance().set_index("distance_m")["time_s"][2000] == 600
    time[301:] += 3600
    assert pace.best_efforts(time, distance).by_distance()["distance_m"].max() == 1000


def test_bad_recordings_have_no_best_efforts() -> None:
    nan = float("nan")
    for time, distance in (([], []), ([0.0], [0.0]), ([0, 1, 2], [nan] * 3), ([nan] * 2, [0, 5]), ([5, 5], [0, 9])):
        efforts = pace.best_efforts(time, distance)
        assert np.isnan(efforts.distance_m).all()
        assert efforts.by_distance().empty
    backwards = pace.best_efforts([0, 10, 5, 20], [0, 30, 20, 60], durations_s=[20], distances_m=[50])
    assert backwards.distance_m.tolist() == [60]
    assert len(pace.all_time([])) == 0


def test_an_all_time_curve_is_the_best_of_each() -> None:
    rng = np.random.default_rng(2)
    runs = [recorded(list(rng.uniform(2, 5, n))) for n in (20, 60, 90)]
    curves = [pace.best_efforts(*run).distance_m for run in runs]
    best = pace.all_time(curves)
    assert np.isfinite(best).sum() == np.isfinite(curves[2]).sum()
    assert (best[:10] >= np.array(curves)[:, :10]).all()


# ---------------------------------------------------------------- critical speed and races


@given(speed=st.floats(2.5, 6), reserve=st.floats(50, 400), seed=st.integers(0, 500))
@settings(max_examples=40)
def test_critical_speed_of_exact_and_of_noisy_efforts(speed: float, reserve: float, seed: int) -> None:
    time = np.array([150.0, 300, 480, 720, 1000])
    for model in ("total_time", "inverse_time"):
        exact = pace.critical_speed(time, speed * time + reserve, model=model)
        assert (exact.critical, exact.reserve) == pytest.approx((speed, reserve), rel=1e-6)
        assert exact.critical_low <= exact.critical <= exact.critical_high
    noise = np.random.default_rng(seed).normal(0, 10, 5)
    narrow, wide = (
        pace.critical_speed(time, speed * time + reserve + noise, confidence=level) for level in (0.5, 0.95)
    )
    assert wide.critical_high - wide.critical_low > narrow.critical_high - narrow.critical_low > 0


def test_the_interval_of_critical_speed_holds_what_it_says() -> None:
    rng = np.random.default_rng(3)
    time = np.array([150.0, 300, 480, 720, 1000])
    fits = [pace.critical_speed(time, 4 * time + 200 + rng.normal(0, 15, 5)) for _ in range(400)]
    assert 0.92 < np.mean([fit.critical_low < 4 < fit.critical_high for fit in fits]) < 0.98
    held = [pace.predict_from_critical_speed(fit, 3000) for fit in fits]
    new = (3000 - 200 + rng.normal(0, 15, 400)) / 4
    inside = [race.low_s < t < race.high_s for race, t in zip(held, new, strict=True)]
    assert 0.92 < np.mean(inside) < 0.98


def test_d_prime_is_spent_above_critical_speed() -> None:
    given = {"critical_speed_mps": 4.0, "d_prime_m": 150.0}
    left = pace.d_prime_balance_m([5.0] * 100, [1] * 100, **given)
    assert left[-1] == pytest.approx(50)
    assert np.isnan(pace.d_prime_balance_m([5.0], [1], critical_speed_mps=np.nan, d_prime_m=150)).all()
    with pytest.raises(KeyError):
        pace.d_prime_balance_m([5.0], [1], variant="integral", **given)  # its constants are in watts


def test_race_prediction_says_how_it_was_found() -> None:
    time, metres = np.array([1200.0, 2520, 5580]), np.array([5000.0, 10000, 21097.5])
    own = pace.predict_race(time, metres, 15000)
    assert own.method == "own exponent"
    assert own.low_s < own.time_s < own.high_s
    general = pace.predict_race(time[:1], metres[:1], 10000)
    assert (general.method, general.warnings) == ("general exponent", ("assumed-interval",))
    assert general.time_s == pytest.approx(1200 * 2**1.06)
    far = pace.predict_race(time[:1], metres[:1], 42195)
    assert far.warnings == ("assumed-interval", "marathon", "extrapolated")
    assert far.high_s - far.low_s > 1000
    assert "not-maximal" in pace.predict_race([1500.0, 2700, 5400], metres, 15000).warnings
    shorter = pace.predict_race(time[:1], metres[:1], 3000)
    assert shorter.low_s < shorter.time_s < shorter.high_s < 1200


def test_no_race_predicts_nothing() -> None:
    for times, metres, target in (([], [], 5000), ([np.nan], [5000], 5000), ([1200], [-5], 5000), ([1200], [5000], 0)):
        assert np.isnan(pace.predict_race(times, metres, target).time_s)
    none = pace.critical_speed([300], [1200])
    assert np.isnan(pace.predict_from_critical_speed(none, 3000).time_s)
    slow = pace.predict_from_critical_speed(pace.critical_speed([258, 546, 840], [1200, 2400, 3600]), 10000)
    assert slow.warnings == ("outside-range",)


# ---------------------------------------------------------------- efficiency and zones


@given(rate=st.floats(90, 180), drift=st.floats(-0.1, 0.2), split=st.integers(1, 59))
@settings(max_examples=30)
def test_decoupling_follows_the_drift(rate: float, drift: float, split: int) -> None:
    seconds = np.ones(3600)
    rates = np.where(np.arange(3600) < 1800, rate, rate * (1 + drift))
    found = pace.decoupling_pct(np.full(3600, 3.0), rates, seconds)
    assert found == pytest.approx(100 * drift / (1 + drift), abs=1e-9)
    # One sample of half an hour each says the same; so does a recording with holes left out.
    assert pace.decoupling_pct([3.0, 3.0], [rate, rate * (1 + drift)], [1800, 1800]) == pytest.approx(found)
    holes = np.where(np.arange(3600) % 60 < split, rates, np.nan)
    assert pace.decoupling_pct(np.full(3600, 3.0), holes, seconds) == pytest.approx(found, abs=0.4)


def test_efficiency_without_both_is_unknown() -> None:
    for speed, rate in (([3.0], [np.nan]), ([np.nan], [150.0]), ([3.0], [0.0]), ([], []), ([-3.0], [150.0])):
        assert np.isnan(pace.efficiency_factor(speed, rate, np.ones(len(speed))))
        assert np.isnan(pace.decoupling_pct(speed, rate, np.ones(len(speed))))
    assert pace.efficiency_factor([3.5, 100], [147, np.nan], [60, 60]) == pytest.approx(1.4286, abs=5e-5)


@pytest.mark.parametrize("model", pace.ZONE_MODELS)
@given(shares=st.lists(st.floats(0.2, 1.5), min_size=1, max_size=30))
@settings(max_examples=20)
def test_every_second_is_in_one_place(model: str, shares: list[float]) -> None:
    threshold = {"heart_rate_bpm": 150.0, "speed_mps": 4.0, "power_w": 250.0}[pace.ZONE_MODELS[model].channel]
    values = np.append(shares, [np.nan, -1.0]) * threshold
    seconds = np.full(len(values), 3.0)
    found = pace.time_in_zones(values, seconds, threshold=threshold, model=model, basis="estimated")
    assert found.rejected_s == 6
    assert found.seconds.sum() + found.below_s + found.rejected_s == pytest.approx(seconds.sum())
    assert found.basis == "estimated"


def test_a_zone_holds_its_lower_bound() -> None:
    found = pace.time_in_zones([171.0], [60], threshold=190, model="heart_rate_max", basis="given")
    assert found.seconds.tolist() == [0, 0, 0, 0, 60]
    for values, threshold in (([], 190.0), ([np.nan], 190.0), ([150.0], 0.0), ([150.0], np.nan)):
        lost = pace.time_in_zones(
            values, np.ones(len(values)), threshold=threshold, model="heart_rate_max", basis="assumed"
        )
        assert np.isnan(lost.seconds).all()
