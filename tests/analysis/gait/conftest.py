"""Synthetic runners: signals with known events, made from what a body does, not from what the methods look for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

G = 9.80665
Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class Shank:
    """A shank accelerometer on a runner, and when the foot was on the ground."""

    acceleration_mps2: Array
    rate_hz: float
    initial_s: Array
    terminal_s: Array


def shank(*, rate_hz: float = 200.0, strides: int = 40, stride_s: float = 0.76, contact_s: float = 0.28) -> Shank:
    """Gravity and swing along the axis, a sharp impact at each strike, a dip at each toe-off."""
    initial = 0.6 + stride_s * np.arange(strides)
    terminal = initial + contact_s
    time = np.arange(0, initial[-1] + stride_s, 1 / rate_hz)
    phase = 2 * np.pi * (time - 0.6) / stride_s

    def bump(centre: Array, width: float) -> Array:
        nearest = np.abs(time[:, None] - centre[None, :]).min(axis=1)
        return np.exp(-0.5 * (nearest / width) ** 2)

    stance = 1.6 * bump(initial + 0.45 * contact_s, 0.08)
    axial = 0.9 + 0.5 * np.sin(phase) + stance + 5.0 * bump(initial + 0.036, 0.008) - 1.2 * bump(terminal + 0.022, 0.02)
    forward = 0.3 + 1.0 * np.cos(phase) + 4.0 * bump(initial + 0.04, 0.007)
    sideways = 0.2 * np.sin(2 * phase) + 2.0 * bump(initial + 0.04, 0.006)
    return Shank(np.column_stack([axial, forward, sideways]) * G, rate_hz, initial, terminal)


@pytest.fixture(scope="session")
def runner() -> Shank:
    return shank()


def trunk(*, rate_hz: float = 200.0, duration_s: float = 20.0, step_s: float = 0.34, contact_s: float = 0.24) -> Array:
    """Vertical and anteroposterior acceleration of a point mass that follows the sine model of force."""
    time = np.arange(0, duration_s, 1 / rate_hz)
    within = time % step_s
    force = np.where(within < contact_s, np.pi / 2 * step_s / contact_s * np.sin(np.pi * within / contact_s), 0.0)
    braking = np.where(within < contact_s, -0.5 * np.sin(2 * np.pi * within / contact_s), 0.0)
    return np.column_stack([force, braking]) * G


@pytest.fixture(scope="session")
def trunk_run() -> Array:
    return trunk()
