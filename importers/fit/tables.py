"""FIT's smaller messages to the tables of an activity: laps, events, pauses, sets, lengths, RR intervals, device."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import (
    EVENT_COLUMNS,
    LAP_COLUMNS,
    LENGTH_COLUMNS,
    PAUSE_COLUMNS,
    RR_COLUMNS,
    SET_COLUMNS,
    empty_records,
    empty_table,
)
from stridelab.importers.fit.decode import FitMessages, Table
from stridelab.importers.fit.profile import enum_names

Rows = npt.NDArray[np.intp]
Part = tuple[Table, Rows] | None

# The five movements of the knee programme, by FIT's category and name of an exercise.
MOVEMENTS: Final[Mapping[tuple[str, str | None], str]] = {
    ("squat", "leg_press"): "leg_press",
    ("deadlift", None): "deadlift",
    ("squat", "pistol_squat"): "single_leg_squat",
    ("squat", "weighted_pistol_squat"): "single_leg_squat",
    ("squat", "step_up"): "step_up",
    ("squat", "weighted_step_up"): "step_up",
    ("leg_curl", None): "leg_curl",
}


def times(table: Table | None, column: str) -> npt.NDArray[np.datetime64]:
    """A column of times; NaT where the table has none, or has something else under that name."""
    n = 0 if table is None else len(table)
    found = None if table is None else table.columns.get(column)
    if found is None or found.dtype.kind != "M" or found.ndim != 1:
        return np.full(n, np.datetime64("NaT", "ms"), dtype="datetime64[ms]")
    return found


def row(messages: FitMessages, name: str, position: int | None) -> dict[str, Any]:
    """One message as plain values; what is missing is None, times are numpy's."""
    if position is None:
        return {}
    return {column: _plain(values[position]) for column, values in messages.table(name).columns.items()}


def first(messages: FitMessages, name: str, field: str) -> Any:
    """The first value of a field that is there; None where there is none."""
    if not messages.count(name):
        return None
    column = messages.table(name).columns.get(field)
    if column is None or column.ndim != 1:
        return None
    return next((value for value in map(_plain, column) if value is not None), None)


def laps(part: Part) -> pd.DataFrame:
    """Laps; further fields of FIT follow under their own names."""
    if part is None:
        return empty_table(LAP_COLUMNS)
    table, rows = part
    speed = "enhanced_avg_speed" if "enhanced_avg_speed" in table.columns else "avg_speed"
    return _table(
        table,
        rows,
        LAP_COLUMNS,
        {
            "start_time": "start_time",
            "timer_time_s": "total_timer_time",
            "elapsed_time_s": "total_elapsed_time",
            "distance_m": "total_distance",
            "average_heart_rate_bpm": "avg_heart_rate",
            "average_speed_mps": speed,
            "trigger": "lap_trigger",
            "intensity": "intensity",
        },
    )


def lengths(part: Part) -> pd.DataFrame:
    """Lengths of a pool swim."""
    if part is None:
        return empty_table(LENGTH_COLUMNS)
    names = {
        "start_time": "start_time",
        "elapsed_time_s": "total_elapsed_time",
        "strokes": "total_strokes",
        "kind": "length_type",
    }
    return _table(*part, LENGTH_COLUMNS, names)


def events(part: Part) -> pd.DataFrame:
    """Events in the order of time."""
    if part is None:
        return empty_table(EVENT_COLUMNS)
    names = {"timestamp": "timestamp", "event": "event", "event_type": "event_type", "data": "data"}
    return _table(*part, EVENT_COLUMNS, names).sort_values("timestamp", kind="stable", ignore_index=True)


def pauses(event_table: pd.DataFrame) -> pd.DataFrame:
    """Pauses from timer events: from a stop to the next start. A stop without a start after it is the end."""
    timer = event_table[(event_table["event"] == "timer") & event_table["timestamp"].notna()]
    kind = timer["event_type"].astype(object).fillna("")
    running = kind.eq("start").to_numpy()
    known = running | kind.str.startswith("stop").to_numpy(dtype=bool)
    stamps = pd.DatetimeIndex(timer["timestamp"])[known]
    running = running[known]
    if not len(running):
        return empty_table(PAUSE_COLUMNS)
    before = np.append(True, running[:-1])
    stops, restarts = np.flatnonzero(before & ~running), np.flatnonzero(~before & running)
    n = min(len(stops), len(restarts))
    return pd.DataFrame({"start": stamps[stops[:n]], "end": stamps[restarts[:n]]}).astype(PAUSE_COLUMNS)


def sets(part: Part) -> pd.DataFrame:
    """Strength sets, with the movement of the knee programme where it is one of the five."""
    if part is None:
        return empty_table(SET_COLUMNS)
    table, rows = part
    category = _first_of_array(table.columns.get("category"), rows)
    subtype = _first_of_array(table.columns.get("category_subtype"), rows)
    exercise = [
        None
        if kind is None or number is None or pd.isna(number)
        else enum_names(f"{kind}_exercise_name").get(int(number), str(int(number)))
        for kind, number in zip(category, subtype, strict=True)
    ]
    found = _table(
        table,
        rows,
        SET_COLUMNS,
        {
            "start_time": "start_time",
            "set_type": "set_type",
            "repetitions": "repetitions",
            "weight_kg": "weight",
            "duration_s": "duration",
        },
    )
    movement = [
        MOVEMENTS.get((str(kind), name)) or MOVEMENTS.get((str(kind), None))
        for kind, name in zip(category, exercise, strict=True)
    ]
    for column, values in (("category", category), ("exercise", exercise), ("movement", movement)):
        # As objects: a column of strings would turn None into NaN.
        found[column] = pd.Series(values, dtype=object)
    return found


def rr_intervals(part: Part, start: datetime) -> pd.DataFrame:
    """RR intervals of a chest strap; each one's time is the start of the activity plus all intervals up to it."""
    if part is None or "time" not in part[0].columns:
        return empty_table(RR_COLUMNS)
    table, rows = part
    every = [np.atleast_1d(np.asarray(interval, dtype=np.float64)) for interval in table.columns["time"][rows]]
    milliseconds = np.concatenate(every) * 1000 if every else np.array([])
    milliseconds = milliseconds[np.isfinite(milliseconds)]
    begin = np.datetime64(start.replace(tzinfo=None), "ms")
    stamps = begin + np.cumsum(milliseconds).round().astype("timedelta64[ms]")
    return pd.DataFrame({"time": pd.DatetimeIndex(stamps).tz_localize("UTC"), "rr_ms": milliseconds}).astype(RR_COLUMNS)


def device(messages: FitMessages) -> dict[str, Any]:
    """Maker, product, serial number and software of the recording device."""
    found = {
        "manufacturer": first(messages, "file_id", "manufacturer"),
        "product": first(messages, "file_id", "garmin_product")
        or first(messages, "file_id", "product_name")
        or first(messages, "file_id", "product"),
        "serial_number": first(messages, "file_id", "serial_number"),
        "software_version": first(messages, "file_creator", "software_version"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _table(table: Table, rows: Rows, columns: Mapping[str, str], names: Mapping[str, str]) -> pd.DataFrame:
    """These rows under our names and dtypes; a field that is missing or of another shape is empty."""
    data: dict[str, Any] = {}
    for ours, dtype in columns.items():
        found = table.columns.get(names.get(ours, ""))
        if found is None or found.ndim != 1 or (dtype == "float64" and found.dtype.kind not in "uif"):
            data[ours] = pd.Series([None] * len(rows), dtype=dtype)
        elif dtype.startswith("datetime64"):
            data[ours] = pd.Series(pd.DatetimeIndex(times(table, names[ours])[rows]).tz_localize("UTC"))
        else:
            data[ours] = pd.Series(found[rows], dtype=dtype)
    return pd.DataFrame(data, columns=list(columns)).astype(dict(columns))


def _first_of_array(column: npt.NDArray[Any] | None, rows: Rows) -> list[Any]:
    """The first element of each row's array; a set may list several guesses of the exercise, the first is the best."""
    if column is None:
        return [None] * len(rows)
    return [_plain(np.atleast_1d(value)[0]) if value is not None else None for value in column[rows]]


def _plain(value: Any) -> Any:
    """A numpy scalar as Python's; NaN, NaT and None as None; an array as a list; a time stays."""
    if value is None or (np.ndim(value) == 0 and pd.isna(value)):
        return None
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item() if isinstance(value, np.generic) and not isinstance(value, np.datetime64) else value


__all__ = [
    "MOVEMENTS",
    "device",
    "empty_records",
    "events",
    "first",
    "laps",
    "lengths",
    "pauses",
    "row",
    "rr_intervals",
    "sets",
    "times",
]
