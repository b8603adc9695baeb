"""What a calibration is; its numbers stand in `stridelab.analysis.gait.fitted`, which a command writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Offsets:
    """How late the marks in a signal are after the events on the force plate, in ms."""

    initial_ms: float
    terminal_ms: float


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model: intercept and a weight for each named feature."""

    intercept: float
    weights: Mapping[str, float]

    def of(self, features: Mapping[str, Any]) -> FloatArray:
        """Its value for features of any one shape; NaN where one of them is NaN."""
        total: Any = self.intercept
        for name, weight in self.weights.items():
            total = total + weight * np.asarray(features[name], dtype=np.float64)
        return np.asarray(total, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class SpeedModel:
    """Contact time from speed and step time, with what is needed for an interval.

    ``main`` is linear in 1/speed, ``other`` in speed: inside the speeds of the data both fit equally well, so the
    distance between them outside is what the data cannot tell.
    """

    main: Linear
    other: Linear
    half_width_ms: float
    mean: tuple[float, float]
    inverse_covariance: tuple[tuple[float, float], tuple[float, float]]
    runners: int
    speed_mps: tuple[float, float]
    cadence_spm: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Everything that is calibrated."""

    shank: Offsets
    sacrum: Mapping[str, Linear]
    strike_offset_ms: Mapping[str, float]
    speed: SpeedModel
    summary: Linear


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Error of a method on runners or conditions that were left out of its calibration, and where that was.

    Parameters
    ----------
    site
        Site of the sensor.
    bias_ms, limits_ms
        Mean error and 95 % limits of agreement of contact time, a stride.
    lowest_rate_hz, cadence_spm, contact_ms, speed_mps, slope_pct
        Domain of the measurement.
    runners, stances
        How many were measured.
    """

    site: str
    bias_ms: float
    limits_ms: tuple[float, float]
    lowest_rate_hz: float
    cadence_spm: tuple[float, float]
    contact_ms: tuple[float, float]
    speed_mps: tuple[float, float]
    slope_pct: tuple[float, float]
    runners: int
    stances: int
