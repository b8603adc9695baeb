"""A whole recording at once: from samples to tables, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from stridelab.analysis.gait.cadence import Cadence, cadence_of
from stridelab.analysis.gait.contacts import LOWEST_CONTACT_RATE_HZ, Contacts, contacts_of
from stridelab.analysis.gait.signals import FloatArray, checked
from stridelab.analysis.gait.strides import stride_table, window_table


@dataclass(frozen=True, eq=False)
class GaitRecording:
    """What one sensor's recording says of the gait in it.

    Parameters
    ----------
    site, sampling_rate_hz, duration_s
        Of the recording.
    cadence, contacts
        Of `cadence` and `contacts`; ``contacts`` is None where the site or the rate allow none.
    strides, windows
        `stride_table` and `window_table`; without contacts the strides are empty.
    issues
        Keys of `ISSUES`.
    """

    site: str
    sampling_rate_hz: float
    duration_s: float
    cadence: Cadence
    contacts: Contacts | None
    strides: pd.DataFrame
    windows: pd.DataFrame
    issues: tuple[str, ...]

    @property
    def summary(self) -> dict[str, Any]:
        """Medians over what was run, and shares of the states."""
        state = self.cadence.state
        ran = state == "running"
        contact = self.strides["ground_contact_time_ms"]
        return {
            "duration_s": self.duration_s,
            **{
                f"{name}_share": float((state == name).mean()) if len(state) else float("nan")
                for name in ("running", "walking", "standing", "unknown")
            },
            "cadence_spm": _median(self.cadence.cadence_spm[ran]),
            "walking_cadence_spm": _median(self.cadence.cadence_spm[state == "walking"]),
            "stances": len(self.strides),
            "ground_contact_time_ms": _median(contact.to_numpy(dtype=np.float64)),
            "flight_time_ms": _median(self.strides["flight_time_ms"].to_numpy(dtype=np.float64)),
            "duty_factor": _median(self.strides["duty_factor"].to_numpy(dtype=np.float64)),
        }


def analyse(
    acceleration_mps2: Any,
    *,
    sampling_rate_hz: float,
    site: str,
    angular_velocity_radps: Any = None,
    axes: Sequence[str] | None = None,
    speed_mps: Any = None,
    slope_pct: Any = None,
    window_s: float = 10.0,
) -> GaitRecording:
    """Cadence, contacts, strides and windows of a recording.

    Parameters
    ----------
    acceleration_mps2, sampling_rate_hz, site, angular_velocity_radps, axes, speed_mps, slope_pct
        As of `contacts`.
    window_s
        As of `cadence`.

    Returns
    -------
    GaitRecording

    Raises
    ------
    UsageError
        As `cadence` does. Where only contacts are impossible (wrist, below 50 Hz) they are None.

    Examples
    --------
    >>> t = np.arange(0, 20, 0.01)
    >>> up = 9.81 * (1 - np.cos(2 * np.pi * 2.8 * t))
    >>> run = analyse(up, sampling_rate_hz=100, site="wrist")
    >>> round(run.summary["cadence_spm"]), run.contacts is None
    (168, True)
    """
    samples = checked(acceleration_mps2, sampling_rate_hz, site)
    steps = cadence_of(samples, site, window_s=window_s)
    found = None
    if site not in ("wrist", "unknown") and samples.rate_hz >= LOWEST_CONTACT_RATE_HZ:
        found = contacts_of(
            samples,
            site,
            angular_velocity_radps=angular_velocity_radps,
            axes=axes,
            speed_mps=speed_mps,
            slope_pct=slope_pct,
        )
    strides = stride_table(_none() if found is None else found, site=site)
    issues = samples.kinds if found is None else found.issues
    duration = len(samples.acceleration_g) / samples.rate_hz
    windows = window_table(steps, strides, window_s=min(window_s, max(duration, 1e-9)))
    return GaitRecording(site, samples.rate_hz, duration, steps, found, strides, windows, issues)


def _none() -> Contacts:
    none: FloatArray = np.zeros(0)
    nan = float("nan")
    return Contacts(none, none, none, none, np.zeros(0, dtype="<U7"), "none", nan, (nan, nan), ())


def _median(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
