"""Which samples count: the one rule for values that are missing or cannot be, shared by every session metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stridelab.channels import CHANNELS

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counted:
    """How much of a recording went into a number.

    Parameters
    ----------
    counted_samples, rejected_samples
        Samples with a usable value, and without one.
    counted_s, rejected_s
        Seconds that they stand for.
    """

    counted_samples: int
    rejected_samples: int
    counted_s: float
    rejected_s: float

    @property
    def coverage(self) -> float:
        """Share of the time that was counted, 0 to 1; NaN where there is no time."""
        total = self.counted_s + self.rejected_s
        return self.counted_s / total if total > 0 else float("nan")


def usable(values: npt.ArrayLike, duration_s: npt.ArrayLike, channel: str) -> tuple[FloatArray, FloatArray]:
    """The samples that count: plausible values (`stridelab.channels`), over a positive and finite time.

    Parameters
    ----------
    values
        Shape ``(n_samples,)``, or one number.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``; see `stridelab.samples.sample_durations_s`.
    channel
        Whose plausible range holds: ``heart_rate_bpm`` 25 to 250, ``power_w`` 0 to 3000, ``speed_mps`` 0 to 40.

    Returns
    -------
    values, duration_s
        Both of shape ``(n_counted,)``.

    Raises
    ------
    ValueError
        For two arrays of different lengths.
    KeyError
        For an unknown channel.

    Examples
    --------
    >>> usable([150.0, np.nan, 0.0, -3.0], [1, 1, 1, 1], "heart_rate_bpm")
    (array([150.]), array([1.]))
    """
    value, duration, mask = _masked(values, duration_s, channel)
    return value[mask], duration[mask]


def count_samples(values: npt.ArrayLike, duration_s: npt.ArrayLike, channel: str) -> Counted:
    """How many samples, and seconds, `usable` keeps and rejects.

    Parameters
    ----------
    values, duration_s, channel
        As for `usable`. A sample that stands for no time at all (inside a pause) is in neither count.

    Returns
    -------
    Counted

    Examples
    --------
    >>> count_samples([150.0, np.nan, 152.0], [1, 5, 1], "heart_rate_bpm").coverage.__round__(3)
    0.286
    """
    _, duration, mask = _masked(values, duration_s, channel)
    lasting = np.isfinite(duration) & (duration > 0)
    rejected = lasting & ~mask
    return Counted(int(mask.sum()), int(rejected.sum()), float(duration[mask].sum()), float(duration[rejected].sum()))


def daily_values(load: npt.ArrayLike) -> FloatArray:
    """Load of each day as numbers, shape ``(n_days,)``; what is not finite is not known (NaN)."""
    daily = np.asarray(load, dtype=np.float64)
    return np.where(np.isfinite(daily), daily, np.nan)


def _masked(
    values: npt.ArrayLike, duration_s: npt.ArrayLike, channel: str
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    value = np.atleast_1d(np.asarray(values, dtype=np.float64))
    duration = np.atleast_1d(np.asarray(duration_s, dtype=np.float64))
    if value.shape != duration.shape:
        raise ValueError(
            f"values have shape {value.shape} and durations {duration.shape}; one duration a value is needed"
        )
    plausible = (value >= CHANNELS[channel].low) & (value <= CHANNELS[channel].high)
    return value, duration, plausible & np.isfinite(duration) & (duration > 0)
