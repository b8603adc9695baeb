"""Force, load and knee: the published worked examples to all digits, and invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.analysis.gait import (
    cadence_change,
    cadence_changes,
    kinetics,
    mechanical_load,
    relative_damage_per_km,
    sacral_peak_force_bw,
    trunk_lean,
)
from stridelab.errors import UsageError

from .conftest import Array, G, Shank

# m, v, L, tc, tf: Fmax N, BW, Δy m, kvert, ΔL m, kleg, duty, steps/min, step m, VO m
MORIN = (
    ((70, 3.33, 0.90, 0.25, 0.10), "1510.132 2.19911 .05997 25.17978 .16202 9.32085 .35714 171.4286 1.1655 .07224"),
    ((60, 2.78, 0.88, 0.28, 0.08), "1188.734 2.01960 .06124 19.41042 .15199 7.82128 .38889 166.6667 1.0008 .06909"),
    ((75, 4.50, 0.95, 0.20, 0.13), "1906.927 2.59181 .05400 35.31578 .16734 11.39577 .30303 181.8182 1.4850 .07472"),
)
NAMES = (
    "peak_force_n peak_force_bw compression_m vertical_stiffness_kn_per_m leg_compression_m leg_stiffness_kn_per_m "
    "duty_factor cadence_spm step_length_m vertical_oscillation_m"
).split()


@pytest.mark.parametrize(("given_", "expected"), MORIN)
def test_worked_examples_to_all_digits(given_: tuple[float, ...], expected: str) -> None:
    mass, speed, leg, contact, flight = given_
    found = kinetics(contact, flight, mass_kg=mass, speed_mps=speed, leg_length_m=leg)
    for name, text in zip(NAMES, expected.split(), strict=True):
        digits = len(text.split(".")[1])
        assert f"{float(getattr(found, name)):.{digits}f}".lstrip("0") == text, name
    assert found.valid


@given(st.floats(0.12, 0.4), st.floats(0.0, 0.25), st.floats(40, 120))
def test_impulse_is_body_weight_times_step(contact: float, flight: float, mass: float) -> None:
    found = kinetics(contact, flight, mass_kg=mass)
    impulse = float(found.peak_force_n) * 2 * contact / np.pi
    assert impulse == pytest.approx(mass * 9.81 * (contact + flight), rel=1e-12)
    assert 0 < float(found.duty_factor) <= 0.5


def test_without_flight() -> None:
    found = kinetics([0.3, np.nan, 0.3, 0.0], [0.0, 0.1, -0.05, 0.1], mass_kg=70)
    assert found.peak_force_bw[0] == pytest.approx(np.pi / 2)
    assert found.duty_factor[0] == pytest.approx(0.5)
    assert np.isnan(found.peak_force_bw[1:]).all()
    assert np.isnan(found.leg_stiffness_kn_per_m).all()


def test_slopes_are_outside_the_model() -> None:
    found = kinetics(0.25, 0.1, mass_kg=70, slope_pct=[0.0, 3.0, -5.0, np.nan])
    assert found.valid.tolist() == [True, True, False, False]


@pytest.mark.parametrize("wrong", [{"mass_kg": 700}, {"mass_kg": 70, "height_m": 176}])
def test_a_slip_of_the_unit_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        kinetics(0.25, 0.1, **wrong)


def test_height_gives_leg_length() -> None:
    by_height = kinetics(0.25, 0.1, mass_kg=70, speed_mps=3.3, height_m=1.8)
    by_leg = kinetics(0.25, 0.1, mass_kg=70, speed_mps=3.3, leg_length_m=0.954)
    assert float(by_height.leg_stiffness_kn_per_m) == pytest.approx(float(by_leg.leg_stiffness_kn_per_m))


def test_peak_force_from_the_sacrum(trunk_run: Array) -> None:
    # The 5 Hz component of a half sine of 2.23 body weights.
    peaks = sacral_peak_force_bw(trunk_run, sampling_rate_hz=200, axes=("vertical", "anteroposterior"))
    assert len(peaks) >= 55
    assert peaks.std() < 0.05
    assert 1.8 < np.median(peaks) < 2.4
    assert len(sacral_peak_force_bw(np.tile([0, 0, G], (500, 1)), sampling_rate_hz=100)) == 0


# ---------------------------------------------------------------- load and knee


@pytest.mark.parametrize(("exponent", "factor"), [(1, 0.9460), (4, 0.6017), (7, 0.3827), (9, 0.2831)])
def test_ten_per_cent_more_steps(exponent: float, factor: float) -> None:
    assert relative_damage_per_km(1.1, 0.86, exponent).round(4) == factor
    assert cadence_change(170, 10, exponent=exponent).relative_load_per_km[1] == pytest.approx(factor, abs=5e-5)


@pytest.mark.parametrize(
    ("change", "peak", "m1", "m4", "bw"),
    [(-10, 1.14, 1.026, 1.5201, 5.13), (-5, 1.07, 1.0165, 1.2453, 4.815), (5, 0.93, 0.9765, 0.7855, 4.185)],
)
def test_the_knee_model(change: float, peak: float, m1: float, m4: float, bw: float) -> None:
    found = cadence_change(170, change)
    assert found.relative_peak_force[1] == pytest.approx(peak)
    assert found.peak_force_bw[1] == pytest.approx(bw)
    assert found.relative_load_per_km[1] == pytest.approx(m4, abs=5e-5)
    assert cadence_change(170, change, exponent=1).relative_load_per_km[1] == pytest.approx(m1, abs=5e-5)
    assert list(found.relative_peak_force) == sorted(found.relative_peak_force)


def test_the_knee_model_ends_at_ten_per_cent() -> None:
    assert [change.change_pct for change in cadence_changes(170)] == [-10, -5, 5, 10]
    for change in (11, float("nan")):
        with pytest.raises(UsageError):
            cadence_change(170, change)


@pytest.mark.parametrize(
    ("contact", "cadence", "speed", "per_km", "m4", "m7", "m10"),
    [
        (0.25, 170, 3.0, 2094.395, 1.0, 1.0, 1.0),
        (0.25, 180, 3.0, 2094.395, 0.84242, 0.70967, 0.59784),
        (0.23, 170, 3.0, 2276.516, 1.39588, 1.79261, 2.30209),
        (0.22, 176, 3.5, 2039.995, 1.28805, 1.7033, 2.25244),
        (0.20, 182, 4.2, 1869.996, 1.42117, 2.26208, 3.60056),
    ],
)
def test_mechanical_load(
    contact: float, cadence: float, speed: float, per_km: float, m4: float, m7: float, m10: float
) -> None:
    def load(tc: float, steps: float, v: float, m: float) -> float:
        return mechanical_load(np.ones(600), steps, 1000 * tc, speed_mps=v, exponents=(m,))[0].per_km

    assert load(contact, cadence, speed, 1.0) == pytest.approx(per_km, abs=6e-4)
    for m, relative in ((4.0, m4), (7.0, m7), (10.0, m10)):
        assert load(contact, cadence, speed, m) / load(0.25, 170, 3.0, m) == pytest.approx(relative, abs=6e-6)


def test_load_of_what_is_not_known() -> None:
    (load,) = mechanical_load([1.0, 1, 1, 1], [170, 170, np.nan, 170], [250, np.nan, 250, 400], exponents=(4.0,))
    assert load.coverage == pytest.approx(1 / 3)
    assert load.total == pytest.approx(170 / 60 * (np.pi / 2 * 60 / 170 / 0.25) ** 4)
    assert np.isnan([load.per_km, load.sloped_share]).all()
    (nothing,) = mechanical_load([], [], [], exponents=(4.0,))
    assert np.isnan([nothing.total, nothing.per_km, nothing.coverage]).all()


def test_steep_time_is_reported() -> None:
    loads = mechanical_load(np.ones(4), 170, 250, speed_mps=3, slope_pct=[0, 5, -4, 1])
    assert [load.exponent for load in loads] == [4, 7, 10]
    assert loads[0].sloped_share == 0.5


# ---------------------------------------------------------------- posture


@given(lean=st.floats(-15, 25))
def test_a_known_lean(lean: float) -> None:
    time = np.arange(0, 12, 0.01)
    up = G * (1 + 1.1 * np.cos(2 * np.pi * 2.8 * time))
    turn = np.radians(lean)
    tilted = np.column_stack([up * np.cos(turn), -up * np.sin(turn)])
    found = trunk_lean(tilted, sampling_rate_hz=100, site="chest", axes=("vertical", "anteroposterior"))
    # A window holds no whole number of strides, so a little of the movement is left.
    np.testing.assert_allclose(found.lean_deg, lean, atol=0.3)
    assert np.isnan(found.sway_deg).all()


def test_posture_is_not_measurable_without_orientation(runner: Shank, trunk_run: Array) -> None:
    for axes in (("vertical", "anteroposterior"), ("anteroposterior", "vertical")):
        fooled = trunk_lean(trunk_run * [-1, 1], sampling_rate_hz=200, site="sacrum", axes=axes)
        assert fooled.reason == "orientation_unknown"
        assert np.isnan(fooled.lean_deg).all()
    unknown = trunk_lean(trunk_run, sampling_rate_hz=200, site="sacrum")
    assert unknown.reason == "orientation_unknown"
    assert np.isnan(unknown.lean_deg).all()
    axes = ("vertical", "anteroposterior", "mediolateral")
    assert (
        trunk_lean(runner.acceleration_mps2, sampling_rate_hz=200, site="shank", axes=axes).reason == "site_unsuitable"
    )
