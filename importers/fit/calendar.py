"""Recordings of devices whose clock has no date: FIT counts their times from when they were switched on.

A time below `SYSTEM_TIME_LIMIT` is no date but such a system time (FIT SDK, ``date_time``). Some files say elsewhere
when that was; then every time of the activity is moved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import Activity
from stridelab.importers.fit.decode import FitMessages
from stridelab.importers.fit.legs import in_part
from stridelab.importers.fit.tables import times
from stridelab.importers.fit.values import EPOCH

SYSTEM_TIME_LIMIT: Final = EPOCH + np.timedelta64(0x10000000, "s")
"""1998-07-03; nothing recorded FIT files before."""

MAX_UTC_OFFSET_S: Final = 15 * 3600
QUARTER_HOUR_S: Final = 900

_TABLES: Final = ("laps", "lengths", "splits", "pauses", "events", "sets", "rr_intervals")


@dataclass(frozen=True, slots=True)
class Moved:
    """How far the device's clock is behind, and how that is known."""

    by: timedelta
    note: str
    utc_offset_s: int | None = None


def moved_by(messages: FitMessages, part: int) -> Moved | None:
    """What to add to the system times of a part of a file; None where it does not tell."""
    starts = np.asarray(messages.part_starts)
    for name, system, dated, note in (
        ("timestamp_correlation", "system_timestamp", "timestamp", "UTC by the file's own correlation of clocks"),
        ("activity", "timestamp", "local_timestamp", "the local time of the device; its offset from UTC is unknown"),
    ):
        if not messages.count(name):
            continue
        table = messages.table(name)
        rows = in_part(table, starts, part)
        own, known = times(table, system)[rows], times(table, dated)[rows]
        usable = np.flatnonzero((own < SYSTEM_TIME_LIMIT) & (known >= SYSTEM_TIME_LIMIT))
        if len(usable):
            first = int(rows[usable[0]])
            difference = known[usable[0]] - own[usable[0]] + _milliseconds(messages, name, first)
            by = timedelta(milliseconds=int(difference / np.timedelta64(1, "ms")))
            # Local times are kept as they are: the day is right, and nothing is said of UTC.
            offset_s = (
                0 if name == "activity" else utc_offset_s(known[usable[:1]], times(table, "local_timestamp")[[first]])
            )
            return Moved(by, f"moved by {by} from the device's undated clock: {note}", offset_s)
    return None


def utc_offset_s(utc: npt.NDArray[np.datetime64], local: npt.NDArray[np.datetime64]) -> int | None:
    """Offset of a device's clock from UTC by moments told in both, to a quarter of an hour; None if none is."""
    difference = (local - utc)[~np.isnat(local - utc)]
    if not len(difference):
        return None
    offset = round(float(difference[0] / np.timedelta64(1, "s")) / QUARTER_HOUR_S) * QUARTER_HOUR_S
    return offset if abs(offset) <= MAX_UTC_OFFSET_S else None


def is_undated(start: pd.Timestamp) -> bool:
    """Whether a time is counted from when a device was switched on."""
    return bool(start.tz_localize(None).to_datetime64() < SYSTEM_TIME_LIMIT)


def moved(activity: Activity, how: Moved) -> Activity:
    """The activity with every time moved; its id stays."""
    tables: dict[str, Any] = {name: _moved_columns(getattr(activity, name), how.by) for name in _TABLES}
    offset_s, source = activity.utc_offset_s, activity.timezone_source
    if how.utc_offset_s is not None:
        offset_s, source = how.utc_offset_s, "file"
    return replace(
        activity,
        start_time=activity.start_time + how.by,
        utc_offset_s=offset_s,
        timezone_source=source,
        records=_moved_index(activity.records, how.by),
        developer=_moved_index(activity.developer, how.by),
        imu=tuple(replace(s, start_time=s.start_time and s.start_time + how.by) for s in activity.imu),
        provenance={**activity.provenance, "start_time": how.note},
        **tables,
    )


def _moved_columns(table: pd.DataFrame, by: timedelta) -> pd.DataFrame:
    dated = [name for name in table.columns if isinstance(table[name].dtype, pd.DatetimeTZDtype)]
    return table.assign(**{name: (table[name] + by).astype(table[name].dtype) for name in dated})


def _moved_index(frame: pd.DataFrame, by: timedelta) -> pd.DataFrame:
    index = pd.DatetimeIndex(frame.index)
    return frame.set_axis((index + by).astype(index.dtype).rename(index.name), axis=0)


def _milliseconds(messages: FitMessages, name: str, row: int) -> np.timedelta64:
    """The fraction of a second between the two clocks of a correlation."""
    columns = messages.table(name).columns
    total = 0.0
    for field, sign in (("timestamp_ms", 1), ("system_timestamp_ms", -1)):
        column: npt.NDArray[np.float64] | None = columns.get(field)
        if name == "timestamp_correlation" and column is not None and column.ndim == 1 and column.dtype.kind in "uif":
            total += sign * float(np.nan_to_num(column[row]))
    return np.timedelta64(round(total), "ms")
