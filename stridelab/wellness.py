"""Wellness values of days: which metrics there are, what is plausible, and how several values of a day become one.

The long table of `stridelab.activity.WELLNESS_COLUMNS` holds one row a value. A device may send its data several
times a day, so a day may have several values of one metric from one source, each from its own part of the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

import pandas as pd

from stridelab.activity import WELLNESS_COLUMNS, empty_table

Combine = Literal["last", "highest", "lowest", "sum", "mean"]
Context = Literal["night", "morning", "day", "spot"]


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
    }
)
"""Every metric of the wellness table."""


def wellness_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A wellness table of these values, without those that are missing or implausible.

    Parameters
    ----------
    rows
        Keys ``local_date``, ``metric``, ``value``, ``source``, ``context`` and ``time`` (UTC, or None); the unit is the
        metric's.

    Examples
    --------
    >>> day = pd.Timestamp("2026-05-01")
    >>> row = {"local_date": day, "metric": "steps", "source": "garmin fr955", "context": "day", "time": None}
    >>> wellness_table([{**row, "value": 8100}, {**row, "value": 0}])["value"].tolist()
    [8100.0]
    """
    kept = [
        {**row, "unit": METRICS[row["metric"]].unit}
        for row in rows
        # NaN compares as false.
        if METRICS[row["metric"]].low <= row["value"] <= METRICS[row["metric"]].high
    ]
    if not kept:
        return empty_table(WELLNESS_COLUMNS)
    return pd.DataFrame(kept, columns=list(WELLNESS_COLUMNS)).astype(dict(WELLNESS_COLUMNS))


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
