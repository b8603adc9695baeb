"""Cadence: known answers, invariants, and what is no gait."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from stridelab.analysis.gait import cadence
from stridelab.errors import UsageError

from .conftest import G, Shank, shank, trunk


def _swing(steps_per_min: float, *, rate_hz: float = 50.0, duration_s: float = 25.0, size_g: float = 1.0) -> Any:
    time = np.arange(0, duration_s, 1 / rate_hz)
    step, stride = 2 * np.pi * steps_per_min / 60 * time, np.pi * steps_per_min / 60 * time
    return G * np.column_stack([1 + size_g * np.cos(step), 0.4 * size_g * np.cos(stride + 0.3), 0.1 * np.sin(step)])


@given(steps=st.floats(140, 220), rate=st.sampled_from([25.0, 50.0, 71.4, 128.0, 1000.0]))
def test_a_known_step_rate_is_found_at_any_rate_of_samples(steps: float, rate: float) -> None:
    found = cadence(_swing(steps, rate_hz=rate, duration_s=12), sampling_rate_hz=rate, site="sacrum")
    np.testing.assert_allclose(found.cadence_spm, steps, atol=0.4)
    assert set(found.state) == {"running"}
    assert (found.confidence > 0.9).all()


@pytest.mark.parametrize("site", ["foot", "ankle", "shank", "wrist"])
def test_a_limb_shows_strides(site: str, runner: Shank) -> None:
    found = cadence(1.4 * runner.acceleration_mps2, sampling_rate_hz=runner.rate_hz, site=site)
    np.testing.assert_allclose(found.cadence_spm, 120 / 0.76, atol=0.3)
    assert set(found.state) == {"running"}


@given(seed=st.integers(0, 1000))
def test_it_does_not_depend_on_how_the_sensor_is_turned(seed: int) -> None:
    run = shank(strides=20)
    turned = run.acceleration_mps2 @ Rotation.random(rng=np.random.default_rng(seed)).as_matrix().T
    plain, other = (cadence(a, sampling_rate_hz=200, site="shank") for a in (run.acceleration_mps2, turned))
    np.testing.assert_allclose(other.cadence_spm, plain.cadence_spm, atol=0.01)
    np.testing.assert_array_equal(other.state, plain.state)


def test_walking_is_walking_and_standing_is_standing() -> None:
    rng = np.random.default_rng(1)
    walk = _swing(110, rate_hz=100, size_g=0.25) + 0.2 * rng.standard_normal((2500, 3))
    still = np.tile([G, 0, 0], (2500, 1)) + 0.05 * rng.standard_normal((2500, 3))
    found = cadence(np.vstack([still, walk, _swing(170, rate_hz=100)]), sampling_rate_hz=100, site="hip")
    state = dict(zip(found.time_s.round(), found.state, strict=True))
    assert (state[12], state[37], state[63]) == ("standing", "walking", "running")
    steps = dict(zip(found.time_s.round(), found.cadence_spm, strict=True))
    assert np.isnan(steps[12])
    assert steps[37] == pytest.approx(110, abs=1)
    assert steps[63] == pytest.approx(170, abs=1)


def test_noise_is_no_gait() -> None:
    noise = np.random.default_rng(2).standard_normal((6000, 3)) * 10 + [0, 0, G]
    found = cadence(noise, sampling_rate_hz=100, site="hip")
    assert np.isnan(found.cadence_spm).all()
    assert set(found.state) == {"unknown"}
    assert (found.confidence == 0).all()


@pytest.mark.parametrize("site", ["foot", "ankle", "shank"])
def test_a_pedalled_crank_takes_no_steps(site: str) -> None:
    turn = 2 * np.pi * 95 / 60 * np.arange(0, 20, 0.01)
    ride = G * np.column_stack([0.9 + 1.2 * np.cos(turn), 1.2 * np.sin(turn), 0.1 * np.sin(turn)])
    ride += 0.4 * G * np.random.default_rng(4).standard_normal(ride.shape)
    found = cadence(ride, sampling_rate_hz=100, site=site)
    assert np.isnan(found.cadence_spm).all()
    assert set(found.state) == {"unknown"}


def test_an_axis_without_numbers_and_single_glitches_cost_nothing() -> None:
    run = _swing(170)
    broken = np.column_stack([run[:, 0], np.full(len(run), np.nan), run[:, 1]])
    broken[[100, 700], 0] = [1e6, -32768.0]
    found = cadence(broken, sampling_rate_hz=50, site="sacrum")
    np.testing.assert_allclose(found.cadence_spm, 170, atol=0.4)
    assert set(found.state) == {"running"}


def test_short_clips_are_less_certain_and_the_shortest_have_no_number(runner: Shank) -> None:
    def of(seconds: float) -> Any:
        return cadence(runner.acceleration_mps2[: int(200 * seconds)] * 1.4, sampling_rate_hz=200, site="shank")

    assert np.isnan(of(1.0).cadence_spm).all()
    assert of(1.6).confidence[0] < of(2.0).confidence[0] < of(4.0).confidence[0]


def test_a_gap_leaves_its_windows_without_a_number() -> None:
    run = _swing(170)
    run[500:900] = np.nan
    found = cadence(run, sampling_rate_hz=50, site="sacrum")
    middle = found.time_s.round()
    assert np.isnan(found.cadence_spm[(middle >= 12) & (middle <= 16)]).all()
    assert found.cadence_spm[0] == pytest.approx(170, abs=0.4)


def test_a_recording_shorter_than_a_window_is_one_window() -> None:
    found = cadence(trunk(duration_s=5.0), sampling_rate_hz=200, site="sacrum")
    assert found.time_s.tolist() == [pytest.approx(2.5, abs=0.02)]
    assert found.cadence_spm[0] == pytest.approx(60 / 0.34, abs=0.5)


@pytest.mark.parametrize("n", [0, 1, 20])
def test_hardly_any_samples(n: int) -> None:
    found = cadence(np.full((n, 3), G), sampling_rate_hz=100, site="hip")
    assert not np.isfinite(found.cadence_spm).any()


@pytest.mark.parametrize("values", [0.0, G])
def test_a_stuck_sensor_does_not_stand(values: float) -> None:
    found = cadence(np.full((2000, 3), values / np.sqrt(3)), sampling_rate_hz=100, site="hip")
    assert set(found.state) == {"unknown"}


@pytest.mark.parametrize(
    ("factor", "named"), [(1 / G, "looks like g"), (1000 / G, "mg"), (4096 / G, "near 9.81"), (10.0, "near 9.81")]
)
def test_a_wrong_unit_is_named(runner: Shank, factor: float, named: str) -> None:
    with pytest.raises(UsageError, match=named):
        cadence(runner.acceleration_mps2 * factor, sampling_rate_hz=200, site="shank")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"sampling_rate_hz": 20.0}, "20"),
        ({"sampling_rate_hz": float("nan")}, "nan"),
        ({"site": "knee"}, "knee"),
        ({"window_s": 1.0}, "windows of 1"),
        ({"step_s": 0.0}, "every 0"),
        ({"acceleration_mps2": np.zeros((3, 500))}, r"\(3, 500\)"),
        ({"acceleration_mps2": np.array(["a"])}, "type"),
    ],
)
def test_what_makes_no_sense_is_refused(runner: Shank, change: dict[str, Any], found: str) -> None:
    given_: dict[str, Any] = {
        "acceleration_mps2": runner.acceleration_mps2,
        "sampling_rate_hz": 200.0,
        "site": "shank",
        **change,
    }
    with pytest.raises(UsageError, match=found):
        cadence(given_.pop("acceleration_mps2"), **given_)
