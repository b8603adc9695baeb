"""Session loads and chronic models: worked examples, invariants, and what bad input gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stridelab.analysis import load
from stridelab.analysis.critical import BALANCE_VARIANTS

FloatArray = npt.NDArray[np.float64]
SessionMetric = Callable[[npt.ArrayLike, npt.ArrayLike], float]

LIMITS = {"resting_heart_rate_bpm": 45.0, "max_heart_rate_bpm": 190.0}

# All take values near 100 to 250, so one strategy serves heart rates, watts and (for the arithmetic) speeds.
ADDITIVE: dict[str, SessionMetric] = {
    "banister": lambda v, s: load.banister_trimp(v, s, **LIMITS),
    "edwards": lambda v, s: load.edwards_trimp(v, s, max_heart_rate_bpm=190),
    "lucia": lambda v, s: load.lucia_trimp(v, s, vt1_bpm=140, vt2_bpm=165),
    "individual": lambda v, s: load.individual_trimp(v, s, a=0.15, b=4, **LIMITS),
    "heart rate score": lambda v, s: load.heart_rate_tss(v, s, threshold_heart_rate_bpm=165, **LIMITS),
    "squared": lambda v, s: load.heart_rate_tss(
        v, s, threshold_heart_rate_bpm=165, variant="squared_reserve", **LIMITS
    ),
    "power score": lambda v, s: load.running_power_score(v, s, critical_power_w=200),
}
NORMALISED: dict[str, SessionMetric] = {
    "power": lambda v, s: load.power_tss(v, s, threshold_power_w=200),
    "speed": lambda v, s: load.running_tss(np.divide(v, 50), s, threshold_speed_mps=4),
    "normalised": lambda v, s: load.normalised_mean(v, s),
}
EVERY = ADDITIVE | NORMALISED
VALUES = st.lists(st.integers(100, 200).map(float), min_size=2, max_size=40)


def test_worked_examples() -> None:
    five = np.array([12, 20, 15, 8, 5]) * 60
    assert load.edwards_trimp([100, 120, 140, 160, 180], five, max_heart_rate_bpm=200) == pytest.approx(154)
    assert load.lucia_trimp([100, 140, 165], [2400, 900, 300], vt1_bpm=140, vt2_bpm=165) == pytest.approx(85)
    assert load.session_rpe_load(3600, 6) == load.session_rpe_load(2700, 8) == 360
    power = np.tile(np.repeat([400.0, 150.0], [60, 120]), 20)
    assert load.normalised_mean(power, np.ones(3600)) == pytest.approx(291.56, abs=5e-3)
    assert load.power_tss(power, np.ones(3600), threshold_power_w=250) == pytest.approx(136.01, abs=5e-3)
    assert load.stress_score(1000 / 300, 1000 / 270, 1800) == pytest.approx(40.5)
    zero_filled = load.normalised_mean(np.full(3600, 250.0), np.ones(3600), variant="zero_filled")
    assert zero_filled == pytest.approx(249.59, abs=5e-3)


def test_chronic_variants_on_their_28th_day() -> None:
    weeks = np.tile([60.0, 0, 45, 80, 0, 120, 30], 4)
    found = {name: float(load.fitness_fatigue(weeks, variant=name)["ctl"].iloc[-1]) for name in load.VARIANTS}
    # The closed form of the same recursion.
    for name, variant in load.VARIANTS.items():
        k = variant.smoothing(42)
        assert found[name] == pytest.approx(float((k * (1 - k) ** np.arange(27, -1, -1)) @ weeks))


@pytest.mark.parametrize("name", ADDITIVE)
@given(values=VALUES, split=st.integers(0, 40))
@settings(max_examples=25)
def test_a_session_is_the_sum_of_its_parts(name: str, values: list[float], split: int) -> None:
    seconds = np.full(len(values), 7.0)
    parts = [ADDITIVE[name](values[cut], seconds[cut]) for cut in (slice(None, split), slice(split, None))]
    assert np.nansum(parts) == pytest.approx(ADDITIVE[name](values, seconds))


@pytest.mark.parametrize("name", EVERY)
@given(values=VALUES, seed=st.integers(0, 2**16))
@settings(max_examples=15)
def test_the_rate_of_recording_does_not_matter(name: str, values: list[float], seed: int) -> None:
    """Each second alone, each fifth of a second, and only where something changes (smart recording)."""
    lasting = np.random.default_rng(seed).integers(5, 30, len(values))
    smart = EVERY[name](values, lasting)
    every_second = np.repeat(values, lasting)
    assert EVERY[name](every_second, np.ones(len(every_second))) == pytest.approx(smart, nan_ok=True)
    fast = np.repeat(every_second, 5)
    assert EVERY[name](fast, np.full(len(fast), 0.2)) == pytest.approx(smart, nan_ok=True)


@pytest.mark.parametrize("name", EVERY)
@given(values=VALUES, more=st.integers(1, 40))
@settings(max_examples=25)
def test_harder_is_never_less(name: str, values: list[float], more: int) -> None:
    seconds = np.full(len(values), 20.0)
    easy, hard = EVERY[name](values, seconds), EVERY[name](np.add(values, more), seconds)
    assert hard >= easy > 0


@pytest.mark.parametrize("name", EVERY)
@given(values=VALUES, place=st.integers(0, 40), bad=st.sampled_from([np.nan, -5.0, 1e200, np.inf, -np.inf]))
@settings(max_examples=25)
def test_a_bad_sample_is_as_if_it_were_not_there(name: str, values: list[float], place: int, bad: float) -> None:
    seconds = np.full(len(values), 20.0)
    spoiled = np.insert(values, min(place, len(values)), bad)
    assert EVERY[name](spoiled, np.full(len(spoiled), 20.0)) == pytest.approx(EVERY[name](values, seconds))
    counted = load.count_samples(spoiled, np.full(len(spoiled), 20.0), "heart_rate_bpm")
    assert (counted.rejected_samples, counted.rejected_s) == (1, 20.0)
    assert counted.coverage == pytest.approx(len(values) / len(spoiled))


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        ([], []),
        ([150.0], [0.0]),
        ([np.nan, np.nan], [30, 30]),
        ([-1.0, -1e300], [30, 30]),
        ([1e300, 5000.0], [30, 30]),
        ([np.inf], [60]),
        ([150.0], [np.nan]),
        ([150.0], [-1.0]),
    ],
)
def test_nothing_to_count_is_nan_never_zero(name: str, values: list[float], seconds: list[float]) -> None:
    assert np.isnan(EVERY[name](values, seconds))


@pytest.mark.parametrize(("rest", "top"), [(190.0, 190.0), (200.0, 190.0), (np.nan, 190.0), (45.0, np.nan)])
def test_an_impossible_athlete_is_nan(rest: float, top: float) -> None:
    limits = {"resting_heart_rate_bpm": rest, "max_heart_rate_bpm": top}
    given = ([150.0], [600])
    assert np.isnan(load.banister_trimp(*given, **limits))
    assert np.isnan(load.individual_trimp(*given, a=0.15, b=4, **limits))
    assert np.isnan(load.heart_rate_tss(*given, threshold_heart_rate_bpm=165, **limits))
    assert np.isnan(load.edwards_trimp(*given, max_heart_rate_bpm=np.nan))
    assert np.isnan(load.lucia_trimp(*given, vt1_bpm=165, vt2_bpm=140))
    for threshold in (0.0, -250.0, np.nan):
        assert np.isnan(load.power_tss(np.full(60, 200.0), np.ones(60), threshold_power_w=threshold))
        assert np.isnan(load.running_tss(np.full(60, 3.0), np.ones(60), threshold_speed_mps=threshold))
        assert np.isnan(load.running_power_score(*given, critical_power_w=threshold))
        assert np.isnan(load.w_prime_balance_j([300.0], [60], critical_power_w=threshold, w_prime_j=2e4)).all()
    assert np.isnan(load.session_rpe_load(3600, 11))
    assert np.isnan(load.session_rpe_load(np.nan, 5))


def test_a_heart_rate_of_zero_is_no_heart_rate() -> None:
    assert np.isnan(load.banister_trimp([0.0, 0.0], [60, 60], **LIMITS))
    assert load.count_samples([0.0, 150.0], [60, 60], "heart_rate_bpm").rejected_s == 60


def test_the_first_method_that_has_what_it_needs() -> None:
    n = 1800
    channels = {
        "heart_rate_bpm": np.full(n, 150.0),
        "power_w": np.full(n, 240.0),
        "graded_speed_mps": np.full(n, 3.0),
    }
    athlete = {
        **LIMITS,
        "threshold_heart_rate_bpm": 165.0,
        "threshold_power_w": 280.0,
        "threshold_speed_mps": 3.8,
    }
    seconds = np.ones(n)
    found = [load.session_load(seconds, rpe=5, **channels, **athlete)]
    for gone in tuple(channels):
        channels[gone] = np.where(np.arange(n) < 0.4 * n, channels[gone], np.nan)  # too little of it
        found.append(load.session_load(seconds, rpe=5, **channels, **athlete))
    found.append(load.session_load(seconds, **channels, **athlete))
    assert [each.method for each in found] == ["heart_rate", "power", "pace", "rpe", "duration"]
    assert found[0].value == pytest.approx(
        load.heart_rate_tss(np.full(n, 150.0), seconds, threshold_heart_rate_bpm=165, **LIMITS)
    )
    assert all(20 < each.value < 45 for each in found)
    assert all(np.diff([each.uncertainty_pct for each in found[2:]]) > 0)
    nothing = load.session_load([], heart_rate_bpm=[])
    assert nothing.method == "none"
    assert np.isnan(nothing.value)
    without_profile = load.session_load(seconds, heart_rate_bpm=np.full(n, 150.0), timer_time_s=3600)
    assert (without_profile.method, without_profile.value) == ("duration", 50.0)


# ---------------------------------------------------------------- W′ balance


@pytest.mark.parametrize("variant", BALANCE_VARIANTS)
def test_w_prime_is_full_below_critical_power_and_spent_above(variant: str) -> None:
    given = {"critical_power_w": 250, "w_prime_j": 20000, "variant": variant}
    assert (load.w_prime_balance_j(np.full(500, 200.0), np.ones(500), **given) == 20000).all()
    left = load.w_prime_balance_j([350.0, np.nan, 350.0], [10, 10, 10], **given)
    assert np.isnan(left[1])
    assert left[2] < left[0] < 20000
    with pytest.raises(KeyError):
        load.w_prime_balance_j([350.0], [1], critical_power_w=250, w_prime_j=1, variant="other")


@given(watts=st.lists(st.integers(0, 500).map(float), min_size=1, max_size=60))
@settings(max_examples=25)
def test_the_exact_balance_does_not_depend_on_the_rate(watts: list[float]) -> None:
    given = {"critical_power_w": 250, "w_prime_j": 20000, "variant": "exponential"}
    slow = load.w_prime_balance_j(watts, np.full(len(watts), 10.0), **given)
    fast = load.w_prime_balance_j(np.repeat(watts, 50), np.full(len(watts) * 50, 0.2), **given)
    assert fast[49::50] == pytest.approx(slow)
    assert (slow <= 20000).all()


def test_critical_power_with_too_little_is_nan_and_says_so() -> None:
    one = load.critical_power([300], [300])
    assert np.isnan([one.critical, one.reserve, one.critical_low]).all()
    assert one.warnings == ("few-efforts",)
    two = load.critical_power([180, 600], [350, 300])
    assert two.critical == pytest.approx(278.57, abs=0.01)
    assert np.isnan([two.critical_low, two.reserve_high, two.standard_error]).all()
    assert np.isnan(load.critical_power([300, 300, np.nan], [300, 310, 290]).critical)
    assert "not-maximal" in load.critical_power([180, 400, 600], [300, 320, 290]).warnings


# ---------------------------------------------------------------- days

DAILY = st.lists(st.one_of(st.floats(0, 300), st.sampled_from([float("nan"), float("inf")])), max_size=60)


@given(daily=DAILY)
@settings(max_examples=50)
def test_day_models_give_a_row_a_day_whatever_they_are_given(daily: list[float]) -> None:
    for missing in ("zero", "carry"):
        assert load.fitness_fatigue(daily, missing=missing).notna().all(axis=None)
    for variant in ("coupled", "uncoupled", "ewma", "ewma_uncoupled"):
        ratio = load.acute_chronic_ratio(daily, variant=variant)
        assert len(ratio) == len(daily)
        assert np.isnan(ratio[:27]).all()
    assert len(load.monotony_strain(daily)) == len(load.redi(daily)) == len(load.ramp_rate(daily)) == len(daily)


def test_an_unknown_day_is_not_a_day_of_rest() -> None:
    known = [50.0, 60.0, 0.0, 70.0]
    carried = load.fitness_fatigue([50.0, np.nan, 60.0, 0.0, np.nan, 70.0], missing="carry")
    assert carried["ctl"].iloc[[0, 2, 3, 5]].to_numpy() == pytest.approx(load.fitness_fatigue(known)["ctl"])
    assert carried["ctl"].iloc[1] == carried["ctl"].iloc[0]
    assert load.fitness_fatigue([50.0, np.nan])["ctl"].iloc[1] < carried["ctl"].iloc[1]
    month = np.tile([0.0, 50.0, 80.0, 30.0], 10)
    month[30] = np.nan
    assert np.isnan(load.acute_chronic_ratio(month)[30:37]).all()
    assert np.isnan(load.monotony_strain(month)["strain"].iloc[30:37]).all()


@given(seed_ctl=st.floats(0, 120), seed_atl=st.floats(0, 120), variant=st.sampled_from(sorted(load.VARIANTS)))
@settings(max_examples=25)
def test_a_seed_goes_on_where_a_season_was_cut(seed_ctl: float, seed_atl: float, variant: str) -> None:
    season = np.tile([60.0, 0, 45, 80, 0, 120, 30], 5)
    whole = load.fitness_fatigue(season, variant=variant, seed_ctl=seed_ctl, seed_atl=seed_atl)
    then = whole.iloc[13]
    rest = load.fitness_fatigue(season[14:], variant=variant, seed_ctl=then["ctl"], seed_atl=then["atl"])
    assert rest.to_numpy() == pytest.approx(whole.iloc[14:].to_numpy())


def test_a_uniform_week_has_no_monotony() -> None:
    assert load.monotony_strain([30.1] * 7).iloc[-1].isna().all()
    assert load.monotony_strain([0, 20, 10, 10, 10, 10, 10]).iloc[-1].to_list() == pytest.approx([1.870829, 130.958009])
    assert np.isnan(load.acute_chronic_ratio([0.0] * 40)).all()


def test_the_fit_finds_what_made_the_data_and_warns_of_too_little() -> None:
    rng = np.random.default_rng(1)
    daily = rng.gamma(2, 40, 200)
    truth = load.impulse_response(daily, p0=250, k1=0.1, k2=0.15)["performance"]
    tests = truth.where(truth.index % 12 == 0) + rng.normal(0, 0.5, 200)
    fit = load.fit_impulse_response(daily, tests)
    for found, error, real in ((fit.p0, fit.p0_se, 250), (fit.k1, fit.k1_se, 0.1), (fit.k2, fit.k2_se, 0.15)):
        assert abs(found - real) < 4 * error
    assert fit.warnings == ()
    few = load.fit_impulse_response(daily, truth.where(truth.index.isin([50, 120])))
    assert few.warnings == ("too-few-tests",)
    assert np.isnan(few.k1)
    three = load.fit_impulse_response(daily, truth.where(truth.index.isin([50, 90, 120])))
    assert "few-tests" in three.warnings
    assert np.isnan(three.k1_se)
    idle = load.fit_impulse_response(np.zeros(200), tests)
    assert "collinear" in idle.warnings
    assert np.isnan(load.influence_days(k1=-1, k2=1, tau_fitness_d=45, tau_fatigue_d=15)).all()
