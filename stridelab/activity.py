"""What one recording holds: `Activity`, and what reading a file gives: `ReadResult`.

Every importer builds these, everything else reads them. Tables are DataFrames with the columns named here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.athlete import AthleteValue
from stridelab.issues import Issue
from stridelab.samples import sample_durations_s
from stridelab.sports import Family, family

if TYPE_CHECKING:
    from stridelab.wellness import Value

FloatArray = npt.NDArray[np.float64]
UTC_MS: Final = "datetime64[ms, UTC]"

# Columns that every table of its kind has, in this order; an importer may add more after them.
LAP_COLUMNS: Final = {
    "start_time": UTC_MS,
    "timer_time_s": "float64",
    "elapsed_time_s": "float64",
    "distance_m": "float64",
    "average_heart_rate_bpm": "float64",
    "average_speed_mps": "float64",
    "trigger": "object",
    "intensity": "object",
}
PAUSE_COLUMNS: Final = {"start": UTC_MS, "end": UTC_MS}
EVENT_COLUMNS: Final = {"timestamp": UTC_MS, "event": "object", "event_type": "object", "data": "float64"}
SET_COLUMNS: Final = {
    "start_time": UTC_MS,
    "set_type": "object",
    "category": "object",
    "exercise": "object",
    "movement": "object",
    "repetitions": "float64",
    "weight_kg": "float64",
    "duration_s": "float64",
}
RR_COLUMNS: Final = {"time": UTC_MS, "rr_ms": "float64"}
LENGTH_COLUMNS: Final = {"start_time": UTC_MS, "elapsed_time_s": "float64", "strokes": "float64", "kind": "object"}
SPLIT_COLUMNS: Final = {"start_time": UTC_MS, "elapsed_time_s": "float64", "distance_m": "float64", "kind": "object"}
WELLNESS_COLUMNS: Final = {
    "local_date": "datetime64[ms]",
    "metric": "object",
    "value": "float64",
    "unit": "object",
    "source": "object",
    "context": "object",
    "time": UTC_MS,
}
SERVICE_GEAR_COLUMNS: Final = {
    "gear_id": "object",
    "kind": "object",
    "name": "object",
    "since": "datetime64[ms]",
    "retired": "datetime64[ms]",
}
GEAR_ACTIVITY_COLUMNS: Final = {"gear_id": "object", "service_id": "object"}
PERSONAL_RECORD_COLUMNS: Final = {
    "label": "object",
    "value": "float64",
    "unit": "object",
    "start_time": UTC_MS,
    "service_id": "object",
}


def empty_table(columns: Mapping[str, str]) -> pd.DataFrame:
    """A table with these columns and dtypes and no row."""
    # A shallow copy: pandas copies when one of the two is changed.
    return _template(tuple(columns.items())).copy(deep=False)


@cache
def _template(columns: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in columns})


def empty_records() -> pd.DataFrame:
    """Records with no sample."""
    return _no_records().copy(deep=False)


@cache
def _no_records() -> pd.DataFrame:
    return pd.DataFrame(index=pd.DatetimeIndex([], dtype=UTC_MS, name="timestamp"))


@dataclass(frozen=True, slots=True)
class Source:
    """Where something came from: the file's name, its bytes and the reader."""

    name: str
    sha256: str
    format: str
    engine: str
    size_bytes: int = 0


@dataclass(frozen=True, eq=False)
class ImuStream:
    """Raw inertial samples of one sensor.

    Parameters
    ----------
    site
        ``foot``, ``shank``, ``sacrum``, ``hip``, ``wrist`` or ``chest``; ``unknown`` where the file does not say.
    sampling_rate_hz
        Constant rate of the samples.
    acceleration_mps2
        Shape ``(n_samples, 3)``; NaN where samples are missing, and on an axis that was not measured.
    angular_velocity_radps
        Shape ``(n_samples, 3)``, or None.
    start_time
        UTC time of the first sample, where it is known.
    side
        ``left`` or ``right``, where it is known.
    gravity_included
        False where the device has taken gravity out of the acceleration.
    """

    site: str
    sampling_rate_hz: float
    acceleration_mps2: FloatArray
    angular_velocity_radps: FloatArray | None = None
    start_time: datetime | None = None
    side: str | None = None
    gravity_included: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Activity:
    """One recording of one sport, as the device measured it.

    ``records`` has an ascending, unique index ``timestamp`` (``datetime64[ms, UTC]``) and the columns of
    `stridelab.channels`; missing is NaN. Times are UTC; ``utc_offset_s`` gives the local clock.
    ``provenance`` says for a column or a field what was done to get it; ``summary`` holds the device's own totals.
    """

    id: str
    parent_id: str | None = None
    sport: str = "generic"
    sub_sport: str = "generic"
    title: str = ""
    start_time: datetime
    utc_offset_s: int | None = None
    timezone: str | None = None
    timezone_source: str = "unknown"
    timer_time_s: float = float("nan")
    elapsed_time_s: float = float("nan")
    distance_m: float = float("nan")
    ascent_m: float = float("nan")
    descent_m: float = float("nan")
    records: pd.DataFrame = field(default_factory=empty_records)
    laps: pd.DataFrame = field(default_factory=lambda: empty_table(LAP_COLUMNS))
    lengths: pd.DataFrame = field(default_factory=lambda: empty_table(LENGTH_COLUMNS))
    splits: pd.DataFrame = field(default_factory=lambda: empty_table(SPLIT_COLUMNS))
    pauses: pd.DataFrame = field(default_factory=lambda: empty_table(PAUSE_COLUMNS))
    events: pd.DataFrame = field(default_factory=lambda: empty_table(EVENT_COLUMNS))
    sets: pd.DataFrame = field(default_factory=lambda: empty_table(SET_COLUMNS))
    rr_intervals: pd.DataFrame = field(default_factory=lambda: empty_table(RR_COLUMNS))
    imu: tuple[ImuStream, ...] = ()
    developer: pd.DataFrame = field(default_factory=empty_records)
    summary: Mapping[str, Any] = field(default_factory=dict)
    device: Mapping[str, Any] = field(default_factory=dict)
    source: Source
    provenance: Mapping[str, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()

    @property
    def family(self) -> Family:
        """Family of the sport: run, walk, bike, swim, strength, machine or other."""
        return family(self.sport, self.sub_sport)

    @cached_property
    def sample_durations_s(self) -> FloatArray:
        """Seconds that each row of ``records`` stands for, pauses left out; shape ``(n_samples,)``, read-only."""
        durations = sample_durations_s(pd.DatetimeIndex(self.records.index), self.pauses)
        durations.flags.writeable = False
        return durations


@dataclass(frozen=True, eq=False, kw_only=True)
class ReadResult:
    """What one file gave.

    ``kind`` names what the file is (``activity``, ``monitoring``, ``workout``, ``course`` …), so that an import can
    account for files that hold no activity. ``local_time`` says where the dates of ``wellness_values`` are from:
    ``file``, ``unknown`` (they are UTC's, and each value's ``time`` tells when it was), empty where days are told as
    such. An account's export also tells of the athlete and the gear: ``athlete_values``; ``gear``
    (`SERVICE_GEAR_COLUMNS`) and, by the service's names of activities, ``gear_activities``
    (`GEAR_ACTIVITY_COLUMNS`); ``personal_records`` (`PERSONAL_RECORD_COLUMNS`). None where the file says nothing of it.
    """

    activities: tuple[Activity, ...] = ()
    wellness_values: tuple[Value, ...] = ()
    local_time: str = ""
    issues: tuple[Issue, ...] = ()
    source: Source
    kind: str = "activity"
    athlete_values: tuple[AthleteValue, ...] = ()
    gear: pd.DataFrame | None = None
    gear_activities: pd.DataFrame | None = None
    personal_records: pd.DataFrame | None = None

    @cached_property
    def wellness(self) -> pd.DataFrame:
        """The wellness values as a table (`WELLNESS_COLUMNS`); ``attrs["local_time"]`` as the field.

        Made when it is asked for: a table of one value costs as much as reading the file that it came from.
        """
        from stridelab.wellness import wellness_table

        table = wellness_table(self.wellness_values)
        if self.local_time:
            table.attrs["local_time"] = self.local_time
        return table


def activity_id(source_sha256: str, position: int | str, start_time: datetime) -> str:
    """16 hex digits that the same bytes always give.

    Examples
    --------
    >>> from datetime import UTC
    >>> activity_id("ab" * 32, 0, datetime(2026, 1, 1, tzinfo=UTC))
    'fda820d006586ba4'
    """
    text = f"{source_sha256}:{position}:{start_time.isoformat()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
