"""FIT's smaller messages to the tables of an activity: laps, lengths, splits, events, pauses; and ways to values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import (
    EVENT_COLUMNS,
    LAP_COLUMNS,
    LENGTH_COLUMNS,
    PAUSE_COLUMNS,
    SPLIT_COLUMNS,
    empty_records,
    empty_table,
)
from stridelab.frames import frame_of
from stridelab.importers.fit.decode import FitMessages, Table

Rows = npt.NDArray[np.intp]
Part = tuple[Table, Rows] | None

# What a lap may say beyond the columns that every format gives, and from which fields, the first that is there.
LAP_EXTRAS: Final[Mapping[str, tuple[str, ...]]] = {
    "max_heart_rate_bpm": ("max_heart_rate",),
    "max_speed_mps": ("enhanced_max_speed", "max_speed"),
    "average_power_w": ("avg_power",),
    "ascent_m": ("total_ascent",),
    "descent_m": ("total_descent",),
    "energy_kcal": ("total_calories",),
    "average_ground_contact_time_ms": ("avg_stance_time",),
    "average_vertical_oscillation_mm": ("avg_vertical_oscillation",),
    "average_step_length_mm": ("avg_step_length",),
    "workout_step": ("wkt_step_index",),
}
LENGTH_EXTRAS: Final[Mapping[str, tuple[str, ...]]] = {
    "average_speed_mps": ("avg_speed",),
    "timer_time_s": ("total_timer_time",),
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
    return {column: plain(values[position]) for column, values in messages.table(name).columns.items()}


def first(messages: FitMessages, name: str, field: str) -> Any:
    """The first value of a field that is there; None where there is none."""
    if not messages.count(name):
        return None
    column = messages.table(name).columns.get(field)
    if column is None or column.ndim != 1:
        return None
    return next((value for value in map(plain, column) if value is not None), None)


def words(table: Table, column: str) -> npt.NDArray[np.object_]:
    """A column of text, shape ``(n_messages,)``; None where a message has none, or something else under that name."""
    result = np.full(len(table), None, dtype=object)
    found = table.columns.get(column)
    if found is not None and found.ndim == 1 and found.dtype.kind == "O":
        result[:] = [value if isinstance(value, str) else None for value in found.tolist()]
    return result


def flat(table: Table, column: str, rows: Rows) -> tuple[npt.NDArray[np.float64], Rows]:
    """All values of a column of arrays one after the other, and the position in ``rows`` that each belongs to."""
    found = table.columns.get(column)
    if found is None or not len(rows):
        return np.zeros(0), np.zeros(0, dtype=np.intp)
    if found.dtype.kind == "O":
        every = [np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in found[rows]]
        return np.concatenate(every), np.repeat(np.arange(len(rows)), [len(value) for value in every])
    cells = found[rows].reshape(len(rows), -1).astype(np.float64)
    return cells.ravel(), np.repeat(np.arange(len(rows)), cells.shape[1])


def laps(part: Part) -> pd.DataFrame:
    """Laps; what else they say follows in the columns of `LAP_EXTRAS` that have a value."""
    if part is None:
        return empty_table(LAP_COLUMNS)
    table, rows = part
    speed = "enhanced_avg_speed" if "enhanced_avg_speed" in table.columns else "avg_speed"
    return table_of(
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
        LAP_EXTRAS,
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
    found = table_of(*part, LENGTH_COLUMNS, names, LENGTH_EXTRAS)
    if "swim_stroke" in part[0].columns:
        found["stroke"] = as_objects(words(part[0], "swim_stroke")[part[1]])
    return found


def splits(part: Part) -> pd.DataFrame:
    """Splits: the parts of an activity that a watch finds by itself, such as the runs and walks of a run-walk."""
    if part is None:
        return empty_table(SPLIT_COLUMNS)
    table, rows = part
    names = {
        "start_time": "start_time",
        "elapsed_time_s": "total_elapsed_time",
        "distance_m": "total_distance",
        "kind": "split_type",
    }
    found = table_of(table, rows, SPLIT_COLUMNS, names, {"timer_time_s": ("total_timer_time",)})
    # Some devices leave the elapsed time at 0 and give the end instead.
    between = (times(table, "end_time") - times(table, "start_time"))[rows] / np.timedelta64(1, "s")
    found["elapsed_time_s"] = found["elapsed_time_s"].where(found["elapsed_time_s"] > 0, between)
    return found


def events(part: Part) -> pd.DataFrame:
    """Events in the order of time."""
    if part is None:
        return empty_table(EVENT_COLUMNS)
    table, rows = part
    moments = times(table, "timestamp")[rows]
    if not (moments[:-1] <= moments[1:]).all():
        rows = rows[np.argsort(moments, kind="stable")]  # NaT goes last
    names = {"timestamp": "timestamp", "event": "event", "event_type": "event_type", "data": "data"}
    return table_of(table, rows, EVENT_COLUMNS, names)


def pauses(part: Part) -> pd.DataFrame:
    """Pauses from timer events: from a stop to the next start. A stop without a start after it is the end."""
    if part is None:
        return empty_table(PAUSE_COLUMNS)
    table, rows = part
    moments = times(table, "timestamp")[rows]
    what, kinds = words(table, "event")[rows].tolist(), words(table, "event_type")[rows].tolist()
    timer = [str(kind) if event == "timer" else "" for event, kind in zip(what, kinds, strict=True)]
    starts = np.array([kind == "start" for kind in timer], dtype=np.bool_)
    stops = np.array([kind.startswith("stop") for kind in timer], dtype=np.bool_)
    known = np.flatnonzero((starts | stops) & ~np.isnat(moments))
    known = known[np.argsort(moments[known], kind="stable")]
    running = starts[known]
    before = np.append(True, running[:-1])
    stopped, restarted = known[before & ~running], known[~before & running]
    n = min(len(stopped), len(restarted))
    if not n:
        return empty_table(PAUSE_COLUMNS)
    ends = {"start": moments[stopped[:n]], "end": moments[restarted[:n]]}
    return frame_of(ends)


def table_of(
    table: Table,
    rows: Rows,
    columns: Mapping[str, str],
    names: Mapping[str, str],
    extras: Mapping[str, tuple[str, ...]] | None = None,
) -> pd.DataFrame:
    """These rows under our names and dtypes; a field that is missing or of another shape is empty.

    ``extras`` are further columns of numbers, each from the first of its fields that has a value; else left out.
    """
    data: dict[str, Any] = {}
    for ours, dtype in columns.items():
        if dtype.startswith("datetime64"):
            data[ours] = times(table, names[ours])[rows]
        elif dtype == "float64":
            found = _numbers(table, names.get(ours, ""), rows)
            data[ours] = np.full(len(rows), np.nan) if found is None else found
        else:
            data[ours] = words(table, names.get(ours, ""))[rows]
    for ours, fields in (extras or {}).items():
        for name in fields:
            found = _numbers(table, name, rows)
            if found is not None and np.isfinite(found).any():
                data[ours] = found
                break
    return frame_of(data, pd.RangeIndex(len(rows)))


def _numbers(table: Table, name: str, rows: Rows) -> npt.NDArray[np.float64] | None:
    column = table.columns.get(name)
    if column is None or column.ndim != 1 or column.dtype.kind not in "uif":
        return None
    return column[rows].astype(np.float64)


def as_objects(values: Sequence[Any] | npt.NDArray[Any]) -> pd.Series[Any]:
    """A column that stays of objects: pandas would turn text into its own type, and None into NaN."""
    return pd.Series(values, dtype=object)


def plain(value: Any) -> Any:
    """A numpy scalar as Python's; NaN, NaT and None as None; an array as a list; a time stays."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else value
    known = value.item() if isinstance(value, np.generic) else value
    # Only NaN is not itself.
    return known if known == known else None


__all__ = [
    "Part",
    "Rows",
    "as_objects",
    "empty_records",
    "events",
    "first",
    "flat",
    "laps",
    "lengths",
    "pauses",
    "plain",
    "row",
    "splits",
    "table_of",
    "times",
    "words",
]
