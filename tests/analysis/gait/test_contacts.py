"""Contacts: events of synthetic runners, invariants, refusals, and when an error is claimed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from stridelab.analysis.gait import ISSUES, Contacts, contacts, stride_table, window_table
from stridelab.analysis.gait.cadence import cadence
from stridelab.errors import UsageError

from .conftest import Array, G, Shank, shank, trunk

AXES = ("vertical", "anteroposterior")


def _errors_ms(found: Contacts, run: Shank) -> tuple[Array, Array]:
    nearest = np.abs(found.initial_contact_s[:, None] - run.initial_s[None, :]).argmin(axis=1)
    assert len(set(nearest)) == len(nearest)
    return (
        (found.initial_contact_s - run.initial_s[nearest]) * 1000,
        (found.terminal_contact_s - run.terminal_s[nearest]) * 1000,
    )


def test_every_stance_of_a_shank_is_found_once(runner: Shank) -> None:
    found = contacts(runner.acceleration_mps2, sampling_rate_hz=200, site="shank")
    assert len(found.initial_contact_s) >= len(runner.initial_s) - 1
    initial, terminal = _errors_ms(found, runner)
    # The synthetic marks have no true lateness; what matters is that all have the same.
    assert initial.std() < 1
    assert terminal.std() < 2
    np.testing.assert_allclose(found.ground_contact_time_ms, 280, atol=15)
    np.testing.assert_allclose(found.flight_time_ms[:-1] + found.ground_contact_time_ms[:-1], 380, atol=3)
    assert "missing_contacts" not in found.issues


@given(seed=st.integers(0, 500))
def test_a_turned_and_noisy_shank_gives_the_same_contacts(seed: int) -> None:
    run, rng = shank(strides=12), np.random.default_rng(seed)
    turn = Rotation.random(rng=rng).as_matrix()
    noisy = run.acceleration_mps2 @ turn.T + 0.1 * G * rng.standard_normal(run.acceleration_mps2.shape)
    plain = contacts(run.acceleration_mps2, sampling_rate_hz=200, site="shank")
    other = contacts(noisy, sampling_rate_hz=200, site="shank")
    assert len(other.initial_contact_s) == len(plain.initial_contact_s)
    assert np.abs(other.initial_contact_s - plain.initial_contact_s).mean() < 0.004
    assert abs(other.ground_contact_time_ms.mean() - plain.ground_contact_time_ms.mean()) < 4


@given(offset=st.integers(1, 60))
def test_a_later_start_of_the_recording_shifts_the_events(offset: int) -> None:
    run = shank(strides=14)
    plain = contacts(run.acceleration_mps2, sampling_rate_hz=200, site="shank")
    later = contacts(run.acceleration_mps2[offset:], sampling_rate_hz=200, site="shank")
    n = min(len(plain.initial_contact_s), len(later.initial_contact_s)) - 1
    np.testing.assert_allclose(later.initial_contact_s[-n:] + offset / 200, plain.initial_contact_s[-n:], atol=0.004)


def test_one_removed_impact_is_missing_and_not_made_up(runner: Shank) -> None:
    quiet = runner.acceleration_mps2.copy()
    at = np.abs(np.arange(len(quiet)) / 200 - runner.initial_s[20] - 0.04) < 0.035
    quiet[at] = np.linspace(quiet[at][0], quiet[at][-1], at.sum())
    found = contacts(quiet, sampling_rate_hz=200, site="shank")
    assert np.abs(found.initial_contact_s - runner.initial_s[20]).min() > 0.1
    assert "missing_contacts" in found.issues
    assert np.isnan(found.flight_time_ms[np.searchsorted(found.initial_contact_s, runner.initial_s[20]) - 1])


def test_standing_first_and_a_gap_give_no_contacts(runner: Shank) -> None:
    rng = np.random.default_rng(3)
    down = runner.acceleration_mps2.mean(axis=0)
    stand = np.tile(down / np.linalg.norm(down) * G, (1200, 1)) + 0.05 * rng.standard_normal((1200, 3))
    whole = np.vstack([stand, runner.acceleration_mps2])
    whole[3000:3300] = np.nan
    found = contacts(whole, sampling_rate_hz=200, site="shank")
    assert found.initial_contact_s.min() > 6
    assert not ((found.initial_contact_s > 14.9) & (found.initial_contact_s < 16.5)).any()
    assert {"gaps", "missing_contacts"} <= set(found.issues)


def test_steps_of_a_trunk_follow_the_force(trunk_run: Array) -> None:
    found = contacts(trunk_run, sampling_rate_hz=200, site="sacrum", axes=AXES, speed_mps=3.0)
    assert len(found.initial_contact_s) >= 55
    assert np.diff(found.initial_contact_s).mean() == pytest.approx(0.34, abs=0.001)
    assert found.method == "sacrum step shape, two axes and speed"
    shorter = contacts(trunk(contact_s=0.20), sampling_rate_hz=200, site="sacrum", axes=AXES, speed_mps=3.0)
    assert np.nanmedian(shorter.ground_contact_time_ms) < np.nanmedian(found.ground_contact_time_ms) - 10


@given(seed=st.integers(0, 500))
def test_a_turned_trunk_sensor_finds_up_and_forwards(seed: int) -> None:
    run = trunk(duration_s=8)
    sideways = 0.3 * G * np.cos(np.pi * np.arange(len(run)) / 200 / 0.34)
    three = np.column_stack([run, sideways])
    turned = three @ Rotation.random(rng=np.random.default_rng(seed)).as_matrix().T
    plain, other = (contacts(a, sampling_rate_hz=200, site="sacrum") for a in (three, turned))
    assert other.method == "sacrum step shape, axes found"
    np.testing.assert_allclose(other.ground_contact_time_ms, plain.ground_contact_time_ms, atol=0.01)


def test_a_forward_axis_that_points_backwards_is_turned_round(trunk_run: Array) -> None:
    plain, other = (
        contacts(trunk_run * sense, sampling_rate_hz=200, site="sacrum", axes=AXES) for sense in ([1, 1], [1, -1])
    )
    assert "backwards" in other.issues
    np.testing.assert_allclose(other.ground_contact_time_ms, plain.ground_contact_time_ms)


def test_sides_alternate_where_the_lateral_axis_is_known(trunk_run: Array) -> None:
    step = (np.arange(len(trunk_run)) / 200 / 0.34).astype(int)
    lateral = np.where(step % 2 == 0, -1.0, 1.0)
    three = np.column_stack([trunk_run, lateral])
    found = contacts(three, sampling_rate_hz=200, site="sacrum", axes=(*AXES, "mediolateral"))
    assert set(found.side) == {"left", "right"}
    assert (found.side[1:] != found.side[:-1]).all()


# ---------------------------------------------------------------- when an error is claimed


def test_bias_and_limits_only_inside_the_domain(runner: Shank) -> None:
    def of(**known: Any) -> Contacts:
        return contacts(runner.acceleration_mps2, sampling_rate_hz=200, site="shank", **known)

    inside = of(speed_mps=2.3, slope_pct=0.0)
    assert np.isfinite(inside.bias_ms)
    assert inside.limits_ms[0] < inside.bias_ms < inside.limits_ms[1]
    for known, why in (({"speed_mps": 5.0}, "speed_outside"), ({"slope_pct": 8.0}, "slope_outside")):
        outside = of(**known)
        assert np.isnan([outside.bias_ms, *outside.limits_ms]).all()
        assert why in outside.issues
    ankle = contacts(runner.acceleration_mps2, sampling_rate_hz=200, site="ankle")
    assert np.isnan(ankle.bias_ms)
    assert "site_outside" in ankle.issues


def test_a_site_that_does_not_fit_has_no_error(runner: Shank, trunk_run: Array) -> None:
    limb = contacts(runner.acceleration_mps2, sampling_rate_hz=200, site="sacrum")
    body = contacts(1.3 * trunk_run[:, :1] @ np.ones((1, 3)) / np.sqrt(3), sampling_rate_hz=200, site="shank")
    for found in (limb, body):
        assert "site_mismatch" in found.issues
        assert np.isnan(found.bias_ms)


def test_a_small_range_is_no_measured_one(runner: Shank) -> None:
    found = contacts(np.clip(runner.acceleration_mps2, -4 * G, 4 * G), sampling_rate_hz=200, site="shank")
    assert {"clipped", "range_too_small"} <= set(found.issues)
    assert np.isnan(found.bias_ms)


def test_walking_has_no_contacts() -> None:
    time = np.arange(0, 20, 0.01)
    walk = G * np.column_stack([1 + 0.2 * np.cos(2 * np.pi * 1.9 * time), 0.1 * np.cos(np.pi * 1.9 * time)])
    found = contacts(walk, sampling_rate_hz=100, site="sacrum", axes=AXES)
    assert len(found.initial_contact_s) == 0
    assert found.issues == ("walking",)


def test_foot_acceleration_alone_has_no_contact_time(runner: Shank) -> None:
    found = contacts(1.5 * runner.acceleration_mps2, sampling_rate_hz=200, site="foot")
    assert len(found.initial_contact_s) > 30
    assert np.isnan(found.ground_contact_time_ms).all()
    assert "no_toe_off" in found.issues


def test_an_upside_down_trunk_is_turned_over(trunk_run: Array) -> None:
    found = contacts(trunk_run * [-1, -1], sampling_rate_hz=200, site="sacrum", axes=AXES)
    assert "upside_down" in found.issues
    assert len(found.initial_contact_s) >= 55


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"site": "wrist"}, "wrist"),
        ({"sampling_rate_hz": 40.0}, "40 Hz for contacts"),
        ({"speed_mps": 40.0}, "speed_mps of 40"),
        ({"speed_mps": [3.0, 3.0]}, r"shape \(2,\)"),
        ({"height_m": 176.0}, "height_m"),
        ({"mass_kg": 5.0}, "mass_kg"),
        ({"axes": ("up", "forward", "left")}, "axes"),
        ({"site": "foot", "angular_velocity_radps": np.zeros((3, 3))}, "angular velocity"),
    ],
)
def test_what_makes_no_sense_is_refused(runner: Shank, change: dict[str, Any], found: str) -> None:
    with pytest.raises(UsageError, match=found):
        contacts(runner.acceleration_mps2, **{"sampling_rate_hz": 200.0, "site": "shank", **change})


def test_a_swapped_vertical_and_missing_gravity_are_refused(runner: Shank, trunk_run: Array) -> None:
    for tilt in (0.0, 0.7):
        leaning = np.column_stack([trunk_run[:, 0], trunk_run[:, 1] + tilt * G])
        with pytest.raises(UsageError, match="vertical axis"):
            contacts(leaning[:, ::-1], sampling_rate_hz=200, site="sacrum", axes=AXES)
    centred = runner.acceleration_mps2 - runner.acceleration_mps2.mean(axis=0)
    with pytest.raises(UsageError, match="without gravity"):
        contacts(centred, sampling_rate_hz=200, site="shank")


@pytest.mark.parametrize("n", [0, 1, 30])
def test_hardly_any_samples(n: int) -> None:
    found = contacts(np.full((n, 3), 5.7), sampling_rate_hz=100, site="shank")
    assert len(found.initial_contact_s) == 0
    assert set(found.issues) <= set(ISSUES)


def test_an_axis_that_was_not_measured_is_left_out(trunk_run: Array) -> None:
    plain = contacts(trunk_run, sampling_rate_hz=200, site="sacrum", axes=AXES)
    padded = np.column_stack([trunk_run[:, 1], np.full(len(trunk_run), np.nan), trunk_run[:, 0]])
    for axes in (("anteroposterior", "mediolateral", "vertical"), ("anteroposterior", "vertical")):
        other = contacts(padded, sampling_rate_hz=200, site="sacrum", axes=axes)
        assert "axis_missing" in other.issues
        np.testing.assert_allclose(other.ground_contact_time_ms, plain.ground_contact_time_ms)
    nothing = contacts(np.full((900, 2), np.nan), sampling_rate_hz=200, site="sacrum", axes=AXES)
    assert len(nothing.initial_contact_s) == 0


# ---------------------------------------------------------------- tables


def test_tables_hold_what_the_contacts_say(runner: Shank) -> None:
    found = contacts(runner.acceleration_mps2, sampling_rate_hz=200, site="shank")
    strides = stride_table(found, site="shank")
    np.testing.assert_allclose(strides["stride_time_ms"][:-1], 760, atol=3)
    np.testing.assert_allclose(strides["duty_factor"][:-1], strides["ground_contact_time_ms"][:-1] / 760, rtol=0.01)
    windows = window_table(cadence(runner.acceleration_mps2, sampling_rate_hz=200, site="shank"), strides)
    assert windows["ground_contact_time_ms"].notna().all()
    assert (windows["stances"] >= 12).all()


def test_unequal_steps_are_an_asymmetry() -> None:
    start = np.cumsum(np.tile([0.33, 0.35], 40))
    none = np.full(80, 250.0)
    found = Contacts(start, start + 0.25, none, none, np.full(80, "unknown"), "made", np.nan, (np.nan, np.nan), ())
    strides = stride_table(found, site="sacrum")
    np.testing.assert_allclose(strides["step_time_asymmetry_pct"][:-2].abs(), 200 * 0.02 / 0.68, rtol=1e-9)
    np.testing.assert_allclose(strides["cadence_spm"][:-2], 120 / 0.68)


def test_a_vertical_from_gravity_has_no_measured_error(trunk_run: Array) -> None:
    known = contacts(trunk_run[:, 0], sampling_rate_hz=200, site="sacrum", speed_mps=3.0)
    guessed = contacts(trunk_run * [1, 0], sampling_rate_hz=200, site="sacrum", speed_mps=3.0)
    assert "orientation_unknown" not in known.issues
    assert {"orientation_unknown", "forwards_unknown"} <= set(guessed.issues)
    assert np.isnan([guessed.bias_ms, *guessed.limits_ms]).all()


@pytest.mark.parametrize("junk", ["x", [], {}, object(), 1 + 2j, [1.0, 2.0], ("vertical",), b"x"])
def test_arguments_that_are_no_numbers_are_refused_by_name(runner: Shank, junk: Any) -> None:
    for name in ("sampling_rate_hz", "speed_mps", "slope_pct", "height_m", "mass_kg", "site", "axes"):
        with pytest.raises(UsageError):
            contacts(runner.acceleration_mps2, **{"sampling_rate_hz": 200.0, "site": "shank", name: junk})
    for name in ("window_s", "step_s"):
        with pytest.raises(UsageError, match=name):
            cadence(runner.acceleration_mps2, sampling_rate_hz=200, site="shank", **{name: junk})


def test_a_stance_cut_by_the_end_is_not_measured(runner: Shank) -> None:
    for cut_s in (0.02, 0.08, 0.2):
        end = int((runner.terminal_s[20] + cut_s) * 200)
        found = contacts(runner.acceleration_mps2[:end], sampling_rate_hz=200, site="shank")
        np.testing.assert_allclose(found.ground_contact_time_ms, 280, atol=15)
