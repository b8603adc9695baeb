"""Time in zones of heart rate, pace or power, with where the zones come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.analysis.counting import FloatArray, usable

ThresholdBasis = Literal["given", "estimated", "assumed"]


@dataclass(frozen=True, slots=True)
class ZoneModel:
    """Zones as shares of a threshold.

    Parameters
    ----------
    channel
        ``heart_rate_bpm``, ``speed_mps`` or ``power_w``.
    threshold
        What the shares are of.
    lower_bounds
        Of each zone, ascending; below the first is in no zone, the last is open above.
    source
        Reference.
    """

    channel: str
    threshold: str
    lower_bounds: tuple[float, ...]
    source: str


ZONE_MODELS: Final[Mapping[str, ZoneModel]] = MappingProxyType(
    {
        "heart_rate_max": ZoneModel(
            "heart_rate_bpm",
            "maximal heart rate",
            (0.5, 0.6, 0.7, 0.8, 0.9),
            "Edwards 1993, The Heart Rate Monitor Book",
        ),
        "heart_rate_threshold": ZoneModel(
            "heart_rate_bpm",
            "heart rate at lactate threshold",
            (0.0, 0.85, 0.9, 0.95, 1.0),
            "Friel, The Triathlete's Training Bible (his 5a to 5c as one)",
        ),
        "critical_speed": ZoneModel(
            "speed_mps",
            "critical speed",
            (0.0, 0.8, 0.9, 1.0),
            "1.0 parts heavy from severe exercise (Burnley & Jones 2018, Eur J Sport Sci 18:1); 0.8 and 0.9 are a "
            "convention of this project",
        ),
        "critical_power": ZoneModel(
            "power_w",
            "critical power",
            (0.65, 0.8, 0.9, 1.0, 1.15),
            "Stryd's five zones",
        ),
    }
)
"""Zone models by name. A zone holds its lower bound and not its upper one."""


@dataclass(frozen=True, slots=True)
class TimeInZones:
    """Seconds in each zone, and whose zones they are.

    Parameters
    ----------
    seconds
        In each zone, lowest first, shape ``(n_zones,)``; NaN without any usable sample or threshold.
    below_s
        Below the first zone.
    rejected_s
        Without a usable value: in no zone, and not below.
    lower_bounds
        In the unit of the channel, shape ``(n_zones,)``.
    model
        A name of `ZONE_MODELS`.
    basis
        Where the threshold comes from: given, estimated or assumed. To be shown beside the numbers.
    """

    seconds: FloatArray
    below_s: float
    rejected_s: float
    lower_bounds: FloatArray
    model: str
    basis: ThresholdBasis


def time_in_zones(
    values: npt.ArrayLike, duration_s: npt.ArrayLike, *, threshold: float, model: str, basis: ThresholdBasis
) -> TimeInZones:
    """Time in the zones of a model.

    Parameters
    ----------
    values
        Heart rate in bpm, speed in m/s or power in W, shape ``(n_samples,)``. NaN and values outside the
        plausible range of the channel are rejected.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.
    threshold
        What the model's shares are of, in the unit of the values.
    model
        A name of `ZONE_MODELS`.
    basis
        Where the threshold comes from; it is handed on.

    Returns
    -------
    TimeInZones

    Raises
    ------
    KeyError
        For an unknown model.

    Examples
    --------
    >>> given = {"threshold": 190, "model": "heart_rate_max", "basis": "given"}
    >>> time_in_zones([120, 150, np.nan, 180], [60, 60, 5, 30], **given).seconds
    array([ 0., 60., 60.,  0., 30.])
    """
    chosen = ZONE_MODELS[model]
    value, duration = usable(values, duration_s, chosen.channel)
    total = np.asarray(duration_s, dtype=np.float64)
    rejected = float(total[np.isfinite(total) & (total > 0)].sum() - duration.sum())
    shares = np.asarray(chosen.lower_bounds)
    if not len(value) or not 0 < threshold < np.inf:
        nan = float("nan")
        return TimeInZones(np.full(len(shares), nan), nan, rejected, shares * nan, model, basis)
    bounds = shares * threshold
    # 0.9 of 190 is 171 and not a hair above.
    zone = np.searchsorted(bounds * (1 - 1e-12), value, side="right")
    seconds = np.bincount(zone, weights=duration, minlength=len(bounds) + 1).astype(np.float64)
    return TimeInZones(seconds[1:], float(seconds[0]), rejected, bounds, model, basis)
