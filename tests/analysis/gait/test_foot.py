"""Foot gyroscope: events and strike of a foot whose turning is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from stridelab.analysis.gait import contacts, foot_strike
from stridelab.errors import UsageError

from .conftest import Array, shank


def turning(rate_hz: float, initial: Array, contact_s: float, stride_s: float, angle_deg: float, n: int) -> Array:
    """Toes up in swing, a slap after the strike that turns by ``angle_deg``, still, and a push off the toes."""
    time = np.arange(n) / rate_hz

    def bump(centre: Array, width: float) -> Array:
        return np.exp(-0.5 * ((time[:, None] - centre[None, :]) / width) ** 2).sum(axis=1)

    slap = -np.radians(angle_deg) / (0.012 * np.sqrt(2 * np.pi))
    push = bump(initial + contact_s, 0.03)
    swing = bump(initial + contact_s + 0.5 * (stride_s - contact_s), 0.07)
    pitch = slap * bump(initial + 0.035, 0.012) - 14 * push + 7 * swing
    return np.column_stack([0.2 * np.sin(7 * time), pitch, 0.1 * np.cos(5 * time)])


@pytest.mark.parametrize("angle", [15.0, 4.0])
def test_contact_time_and_strike_angle(angle: float) -> None:
    run = shank(strides=25)
    turn = turning(200, run.initial_s, 0.28, 0.76, angle, len(run.acceleration_mps2))
    turned = Rotation.from_euler("xyz", [40, 10, 80], degrees=True).as_matrix()
    acceleration = 1.5 * run.acceleration_mps2 @ turned.T
    found = contacts(acceleration, sampling_rate_hz=200, site="foot", angular_velocity_radps=turn @ turned.T)
    assert found.method == "foot pitch rate minima"
    assert np.isnan(found.bias_ms)
    np.testing.assert_allclose(found.ground_contact_time_ms, 280 - 35, atol=8)
    strike = foot_strike(acceleration, sampling_rate_hz=200, site="foot", angular_velocity_radps=turn @ turned.T)
    assert np.nanmedian(strike.angle_deg) == pytest.approx(angle, abs=2.5)
    assert np.unique(strike.kind[strike.kind != "unknown"]).tolist() == ["rearfoot" if angle > 8 else "midfoot"]


def test_degrees_a_second_are_named() -> None:
    run = shank(strides=15)
    turn = turning(200, run.initial_s, 0.28, 0.76, 10, len(run.acceleration_mps2))
    with pytest.raises(UsageError, match="angular velocity"):
        contacts(
            1.5 * run.acceleration_mps2, sampling_rate_hz=200, site="foot", angular_velocity_radps=np.degrees(turn)
        )


def test_strike_is_not_measurable_elsewhere() -> None:
    run = shank(strides=15)
    assert foot_strike(run.acceleration_mps2, sampling_rate_hz=200, site="shank").reason == "site_unsuitable"
    assert foot_strike(1.5 * run.acceleration_mps2, sampling_rate_hz=200, site="foot").reason == "no_gyroscope"
