"""Wellness values of days: which metrics there are, what is plausible, and how several values of a day become one.

The long table of `stridelab.activity.WELLNESS_COLUMNS` holds one row a value. A device may send its data several
times a day, so a day may have several values of one metric from one source, each from its own part of the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import WELLNESS_COLUMNS, empty_table
from stridelab.localtime import offset_s

Combine = Literal["last", "highest", "lowest", "sum", "mean"]
Context = Literal["night", "morning", "day", "spot"]


_DAY: Final = np.dtype("datetime64[D]")


@dataclass(frozen=True, slots=True)
class Metric:
    """One kind of wellness value.

    Parameters
    ----------
    unit
        As people write it.
    low, high
        Plausible range, both ends included; what lies outside is left out.
    combine
        How several values of one day, source and context become one. ``mean`` is over the parts of a day that a device
        sent one by one, each counting alike: their lengths are not known any more.
    worn
        Whether a value shows that the device was worn that day.
    """

    unit: str
    low: float
    high: float
    combine: Combine = "last"
    worn: bool = True


METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {
        "resting_heart_rate_bpm": Metric("bpm", 25, 120),
        "hrv_rmssd_ms": Metric("ms", 3, 300),
        "sleep_duration_h": Metric("h", 0.25, 24),
        "sleep_score": Metric("", 1, 100),
        "stress_avg": Metric("", 0, 100, "mean"),
        # A watch on a table counts none, so no steps are no measurement.
        "steps": Metric("steps", 1, 200_000, "highest"),
        "body_mass_kg": Metric("kg", 20, 300, worn=False),
        "respiration_rate_brpm": Metric("breaths/min", 4, 60, "mean"),
        "spo2_pct": Metric("%", 60, 100, "mean"),
        "skin_temperature_deviation_c": Metric("°C", -10, 10),
        "vo2max_mlkgmin": Metric("mL/kg/min", 10, 100, worn=False),
        "body_battery_max": Metric("", 0, 100, "highest"),
        "body_battery_min": Metric("", 0, 100, "lowest"),
        "intensity_minutes": Metric("min", 1, 2880, "sum"),
        # What a device or its account works out of the others, by a method of its own.
        "device_readiness": Metric("", 0, 100, worn=False),
        "device_recovery_time_h": Metric("h", 0, 168, worn=False),
        "device_acute_load": Metric("", 0, 10_000, worn=False),
        "device_chronic_load": Metric("", 0, 10_000, worn=False),
        "device_endurance_score": Metric("", 1, 20_000, worn=False),
        "device_hill_score": Metric("", 1, 100, worn=False),
        "device_race_time_5k_s": Metric("s", 600, 7200, worn=False),
        "device_race_time_10k_s": Metric("s", 1200, 14_400, worn=False),
        "device_race_time_half_s": Metric("s", 3000, 36_000, worn=False),
        "device_race_time_marathon_s": Metric("s", 6000, 72_000, worn=False),
    }
)
"""Every metric of the wellness table."""


class Value(NamedTuple):
    """One wellness value: of a local day (midnight), from a source, in a context, at a UTC time or at none (NaT)."""

    metric: str
    value: float
    local_date: np.datetime64
    context: Context
    time: np.datetime64
    source: str = "unknown"


def plausible(values: Iterable[Value]) -> tuple[Value, ...]:
    """These values by day and metric, without those that are missing or implausible."""
    # NaN compares as false.
    kept = [v for v in values if METRICS[v.metric].low <= v.value <= METRICS[v.metric].high]
    if len(kept) > 1:
        kept.sort(key=lambda v: (v.local_date.astype(_DAY).item(), v.metric))
    return tuple(kept)


def wellness_table(values: Iterable[Value]) -> pd.DataFrame:
    """A wellness table of these values, by day and metric, without those that are missing or implausible.

    Examples
    --------
    >>> day, time = np.datetime64("2026-05-01"), np.datetime64("2026-05-01T20:00")
    >>> steps = [Value("steps", count, day, "day", time, "garmin fr955") for count in (8100, 0)]
    >>> wellness_table(steps)["value"].tolist()
    [8100.0]
    """
    kept = plausible(values)
    if not kept:
        return empty_table(WELLNESS_COLUMNS)
    return pd.DataFrame(
        {
            "local_date": np.array([v.local_date for v in kept], dtype="datetime64[ms]"),
            "metric": _texts(v.metric for v in kept),
            "value": np.array([v.value for v in kept], dtype=np.float64),
            "unit": _texts(METRICS[v.metric].unit for v in kept),
            "source": _texts(v.source for v in kept),
            "context": _texts(v.context for v in kept),
            "time": pd.DatetimeIndex(np.array([v.time for v in kept], dtype="datetime64[ms]"), tz="UTC"),
        },
        copy=False,
    )


def _texts(words: Iterable[str]) -> pd.Index[Any]:
    """Said outright to be objects, because pandas would turn text into its own type; an index is quick to make."""
    return pd.Index(list(words), dtype=object)


def shows_wearing(wellness: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which values show that a device was worn that day: not those of a scale, or what a watch has worked out.

    Returns
    -------
    ndarray of bool
        Shape ``(n_values,)``; a metric that is not in `METRICS` counts as worn.
    """
    not_worn = [name for name, metric in METRICS.items() if not metric.worn]
    return ~wellness["metric"].isin(not_worn).to_numpy(dtype=np.bool_)


def on_clock_of(values: Iterable[Value], timezone: str) -> tuple[Value, ...]:
    """Wellness values whose local dates are those of a zone's clock, for a file that does not tell its own.

    A value without a time keeps its date, and so do all where the zone is unknown. Midnight belongs to the day that
    ends.
    """
    found = []
    for value in values:
        moment = value.time.astype("datetime64[us]").item()
        shift_s = None if moment is None else offset_s(timezone, moment.replace(tzinfo=UTC))
        if moment is None or shift_s is None:
            found.append(value)
        else:
            day = (moment + timedelta(seconds=shift_s - 1)).date()
            found.append(value._replace(local_date=np.datetime64(day, "ms")))
    return tuple(found)


def one_a_day(wellness: pd.DataFrame) -> pd.DataFrame:
    """One value for each day, metric, source and context, by `Metric.combine`; ``time`` is the latest of the day's.

    Sources and contexts stay apart. A metric that is not in `METRICS` keeps its last value.
    """
    if wellness.empty:
        return wellness
    ordered = wellness.sort_values("time", kind="stable", na_position="first")
    keys = ["local_date", "metric", "source", "context"]
    grouped = ordered.groupby(keys, sort=True, dropna=False)
    last = grouped.tail(1).set_index(keys).sort_index()
    values = {
        "highest": grouped["value"].max(),
        "lowest": grouped["value"].min(),
        "sum": grouped["value"].sum(),
        "mean": grouped["value"].mean(),
    }
    how = last.index.get_level_values("metric").map(lambda name: METRICS[name].combine if name in METRICS else "last")
    for combine, combined in values.items():
        chosen = how == combine
        last.loc[chosen, "value"] = combined.reindex(last.index)[chosen]
    result: pd.DataFrame = last.reset_index()[list(WELLNESS_COLUMNS)].astype(dict(WELLNESS_COLUMNS))
    return result
