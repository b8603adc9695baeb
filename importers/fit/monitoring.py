"""``monitoring`` messages, a watch's record of the whole day: their times, and what they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.decode import FitMessages, Table
from stridelab.importers.fit.tables import times, words
from stridelab.importers.fit.values import EPOCH
from stridelab.wellness import Combine

FloatArray = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.datetime64]

BACKWARDS_S: Final = 3600
"""A 16-bit time that is this little before the one before it is out of order; more is a rollover (18.2 h)."""

STEP_ACTIVITIES: Final = ("walking", "running")
STEPS_PER_CYCLE: Final = 2.0

_ROLLOVER: Final = 1 << 16
_REFERENCES: Final = ("monitoring_info", "monitoring", "monitoring_hr_data")


def monitoring_times(messages: FitMessages) -> Times:
    """UTC time of every ``monitoring`` message, shape ``(n_messages,)``; NaT where it has none.

    Most have only ``timestamp_16``, the lowest 16 bits of the time. They follow, in the order of the file, the last
    whole time of a ``monitoring_info``, ``monitoring`` or ``monitoring_hr_data`` message and then each other, and roll
    over after 65,536 s.
    """
    table = messages.table("monitoring")
    result = times(table, "timestamp").copy()
    short = table.columns.get("timestamp_16")
    if short is None or short.ndim != 1 or short.dtype.kind not in "uif":
        return result
    short = short.astype(np.float64)
    mine = np.flatnonzero(np.isnat(result) & np.isfinite(short))
    at, whole_s = _whole_times(messages)
    if not len(mine) or not len(at):
        return result
    offsets = np.concatenate([at, table.offsets[mine]])
    value_s = np.concatenate([whole_s, short[mine].astype(np.int64)])
    whole = np.concatenate([np.ones(len(at), dtype=np.bool_), np.zeros(len(mine), dtype=np.bool_)])
    order = np.argsort(offsets, kind="stable")
    value_s, whole = value_s[order], whole[order]
    low = value_s & (_ROLLOVER - 1)
    step = np.where(whole, 0, (low - np.append(low[:1], low[:-1]) + BACKWARDS_S) % _ROLLOVER - BACKWARDS_S)
    elapsed = np.cumsum(step)
    last = np.maximum.accumulate(np.where(whole, np.arange(len(whole)), -1))
    resolved_s = value_s[last] + elapsed - elapsed[last]
    resolved = EPOCH + (resolved_s * 1000).astype("timedelta64[ms]")
    resolved[last < 0] = np.datetime64("NaT", "ms")
    result[mine] = resolved[~whole]
    return result


def daily_steps(messages: FitMessages, moments: Times, days: Times) -> Daily:
    """Steps of each local day so far.

    A watch counts the cycles of each kind of activity from local midnight on. So a day's steps are the highest count of
    walking plus the highest of running, two steps a cycle.

    Parameters
    ----------
    messages
        The file.
    moments, days
        UTC time and local date of every ``monitoring`` message, shape ``(n_messages,)``.
    """
    table = messages.table("monitoring")
    counted = numbers(table, "cycles") * STEPS_PER_CYCLE
    kind = words(table, "activity_type")
    every = [by_day(counted, moments, days, "highest", chosen=kind == activity) for activity in STEP_ACTIVITIES]
    return by_day(
        np.concatenate([each.amounts for each in every]),
        np.concatenate([each.times for each in every]),
        np.concatenate([each.days for each in every]),
        "sum",
    )


def daily_intensity(messages: FitMessages, moments: Times, days: Times) -> Daily:
    """Intensity minutes of each local day.

    Moderate minutes plus twice the vigorous ones, the sum that Garmin compares with the guideline of the World Health
    Organization (150 moderate or 75 vigorous minutes a week). The messages hold what was added since the one before.
    Parameters as `daily_steps`.
    """
    table = messages.table("monitoring")
    moderate, vigorous = numbers(table, "moderate_activity_minutes"), numbers(table, "vigorous_activity_minutes")
    minutes = np.nan_to_num(moderate) + 2 * np.nan_to_num(vigorous)
    return by_day(minutes, moments, days, "sum", chosen=np.isfinite(moderate) | np.isfinite(vigorous))


@dataclass(frozen=True, slots=True)
class Daily:
    """One value a local day, days ascending; ``times`` is the UTC time of the last reading that went into it."""

    days: Times
    amounts: FloatArray
    times: Times


def by_day(
    values: FloatArray, moments: Times, days: Times, how: Combine, *, at_least: int = 1, chosen: Mask | None = None
) -> Daily:
    """Readings to one value a day.

    Parameters
    ----------
    values, moments, days
        Reading, UTC time and local date, shape ``(n,)``; those with NaN or NaT are left out.
    how
        ``last``, ``highest``, ``lowest``, ``sum`` or ``mean`` of the day's readings.
    at_least
        Days with fewer readings are left out.
    chosen
        Which readings count; None is all.
    """
    kept = np.isfinite(values) & ~np.isnat(moments) & ~np.isnat(days)
    if chosen is not None:
        kept &= chosen
    if not kept.all():
        places = np.flatnonzero(kept)
        values, moments, days = values[places], moments[places], days[places]
    if not len(values):
        return Daily(days, values, moments)
    reduce = {"highest": np.maximum, "lowest": np.minimum}.get(how, np.add)
    if how != "last" and days[0] == days.min() == days.max():  # most files are of one day, and need no order
        whole = reduce.reduce(values, keepdims=True)
        whole = whole / len(values) if how == "mean" else whole
        rows = 1 if len(values) >= at_least else 0
        return Daily(days[:rows], whole[:rows], moments.max(keepdims=True)[:rows])
    if (moments[1:] < moments[:-1]).any() or (days[1:] < days[:-1]).any():
        order = np.lexsort((moments, days))
        values, moments, days = values[order], moments[order], days[order]
    first = np.flatnonzero(np.append(True, days[1:] != days[:-1]))
    last = np.append(first[1:], len(days)) - 1
    each, count = days[first], last - first + 1
    if how == "last":
        combined = values[last]
    else:
        combined = reduce.reduceat(values, first)
        combined = combined / count if how == "mean" else combined
    enough = count >= at_least
    return Daily(each[enough], combined[enough], moments[last][enough])


def _whole_times(messages: FitMessages) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Position in the file and FIT seconds of every whole time that 16-bit times can follow."""
    at, values = [], []
    for name in _REFERENCES:
        if messages.count(name):
            table = messages.table(name)
            moments = times(table, "timestamp")
            known = ~np.isnat(moments)
            at.append(table.offsets[known])
            values.append(((moments[known] - EPOCH) // np.timedelta64(1, "s")).astype(np.int64))
    if not at:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(at).astype(np.int64), np.concatenate(values)


def numbers(table: Table, column: str) -> FloatArray:
    """A column of numbers, shape ``(n_messages,)``; NaN where the table has none under that name."""
    found = table.columns.get(column)
    if found is None or found.ndim != 1 or found.dtype.kind not in "uif":
        return np.full(len(table), np.nan)
    return found.astype(np.float64)
