"""The time of each sample: seconds since the first, and the date where the file has one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.errors import ReadError
from stridelab.importers.imu.layout import Layout, localised
from stridelab.importers.imu.tables import Column, Table
from stridelab.importers.imu.units import TIME

FloatArray = npt.NDArray[np.float64]

SLOWEST_HZ: Final = 5.0
"""No inertial sensor is slower; one unit of time in a thousand fits a rate from here to a thousand times that."""

FIRST_DATE: Final = datetime(1998, 7, 5, tzinfo=UTC)
"""Earlier times are counted from somewhere else than 1970."""

COUNTER: Final = "sample"
"""Unit of a time that counts samples."""

FAR_S: Final = 60 * 86_400.0
"""A time that is further from the middle of a recording is corrupt; loggers run for weeks. Convention."""

FARTHEST: Final = 1e19
"""No clock counts so far: nanoseconds since 1970 are 1.8e18."""

UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Start of a recording of which nobody says when it was: before every real date, so that it belongs to no day."""

_LAST_DATE_S: Final = 4_102_444_800.0  # 2100-01-01
_FORMATS: Final = (
    "ISO8601",
    "%Y/%m/%d %H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S:%f",
    "%Y-%m-%d %H-%M-%S_%f",
    "%Y-%m-%dT%H.%M.%S.%f",
    "%Y-%m-%d %H:%M:%S.%f %z",
    "%Y-%m-%d_%H:%M:%S_%f",
    "%d.%m.%Y %H:%M:%S.%f",
    "%d.%m.%Y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
)
_DAY_FIRST: Final = ("%d/%m/%Y %H:%M:%S.%f", "%d/%m/%Y %H:%M:%S")
_MONTH_FIRST: Final = ("%m/%d/%Y %H:%M:%S.%f", "%m/%d/%Y %H:%M:%S")
_CLOCK: Final = re.compile(r"^\d\d?:\d\d:\d\d([.,:]\d+)?$")
_RATE: Final = re.compile(
    r"(?:rate|\bat)\D{0,12}?(\d+(?:\.\d+)?)\s*Hz|sampl\w* (?:rate|frequency)\W*(\d+(?:\.\d+)?)", re.IGNORECASE
)
_START: Final = re.compile(r"start ?time[^0-9]*(\d{4}-\d\d-\d\d)[ T_](\d\d:\d\d:\d\d)(?:[._:](\d+))?", re.I)
_START_CLOCK: Final = re.compile(r"start time[^0-9]*(\d\d?:\d\d:\d\d(?:\.\d+)?)", re.I)
_START_DATE: Final = re.compile(r"start date[^0-9]*(\d+)/(\d+)/(\d{4})", re.I)


@dataclass(frozen=True, eq=False)
class Clock:
    """When the samples were.

    Parameters
    ----------
    seconds
        Of each row since the first time in it, shape ``(n_rows,)``, NaN where a row has no time; None without times.
    start
        UTC time of second 0; None where nobody says.
    local
        Whether ``start`` is a local time of which the offset from UTC is not known.
    nominal_hz
        Rate as the file or its owner declares it.
    notes
        What was assumed.
    """

    seconds: FloatArray | None
    start: datetime | None
    local: bool
    nominal_hz: float | None
    notes: tuple[str, ...]


def clock(table: Table, layout: Layout) -> Clock:
    """The times of a table's rows.

    Raises
    ------
    ReadError
        If there is neither a time nor a rate.
    """
    notes: list[str] = []
    nominal = layout.sampling_rate_hz or _told_rate(table)
    seconds: FloatArray | None = None
    start: datetime | None = None
    local = False
    if layout.time:
        seconds, start, local = _times(table, layout, nominal, notes)
        if seconds is not None and np.isfinite(seconds).sum() < 2:
            seconds = None
    if seconds is not None:
        first = float(seconds[np.flatnonzero(np.isfinite(seconds))[0]]) if start is None else 0.0
        seconds = seconds - first
        start_offset = first if 0 <= first < 86_400 else 0.0
    else:
        start_offset = 0.0
    if start is None and layout.date:
        dates = replace(layout, time=(layout.date,), time_unit="")
        first_rows = Table({layout.date: table.columns[layout.date][:50]}, table.units, table.metadata)
        _, start, local = _times(first_rows, dates, None, [])
    elif start is None and (told := _told_start(table, layout.timezone)) is not None:
        start, local = told, layout.timezone is None
    if layout.start_time is not None:
        start = localised(layout.start_time, layout.timezone)
        local = layout.start_time.tzinfo is None and layout.timezone is None
    elif start is None and 0 < start_offset:
        notes.append(f"the first sample is {start_offset:g} s after the logger's own zero")
    if seconds is None and nominal is None:
        raise ReadError(
            "samples without times or a sampling rate",
            expected="a column of times, or a declared rate",
            advice="Declare `sampling_rate_hz` (or --rate) for this recording.",
        )
    return Clock(seconds, start, local, nominal, tuple(notes))


def _times(
    table: Table, layout: Layout, nominal_hz: float | None, notes: list[str]
) -> tuple[FloatArray | None, datetime | None, bool]:
    """Seconds of each row (since 0 of the start where one is known), the start, and whether it is local."""
    if len(layout.time) > 1:
        joined = pd.Series(table.columns[layout.time[0]]).astype("str")
        for name in layout.time[1:]:
            joined = joined + " " + pd.Series(table.columns[name]).astype("str")
        return _moments(np.asarray(joined, dtype=object), layout.timezone, table.metadata, notes)
    name = layout.time[0]
    column = table.columns[name]
    if column.dtype.kind == "M":
        return _from_moments(pd.DatetimeIndex(column), layout.timezone)
    if column.dtype.kind not in "fiu":
        return _moments(column, layout.timezone, table.metadata, notes)
    unit = layout.time_unit if layout.time_unit in (*TIME, COUNTER) else _unit_in(table.units.get(name, ""))
    column = _unwrapped(column)
    values = column.astype(np.float64)
    with np.errstate(invalid="ignore"):
        values[~(np.abs(values) < FARTHEST)] = np.nan
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None, None, False
    if unit == COUNTER:
        notes.append(f"times are the counter {name!r} over the declared rate")
        return (values / nominal_hz if nominal_hz else None), None, False
    unit, is_epoch = _judged(finite, unit, notes)
    values[np.abs(values - np.median(finite)) * TIME[unit] > FAR_S] = np.nan
    near = np.isfinite(values)
    if not near.any():
        return None, None, False
    # Differences first: a double holds nanoseconds since 1970 to a quarter of a microsecond only.
    origin = column[np.flatnonzero(near)[0]]
    seconds = np.where(near, (column - origin).astype(np.float64) * TIME[unit], np.nan)
    if is_epoch:
        return seconds, datetime.fromtimestamp(0, UTC) + timedelta(seconds=float(origin) * TIME[unit]), False
    return values * TIME[unit], None, False


def _unwrapped(column: Column) -> Column:
    """A counter of 16 or 32 bits without its jumps back to 0: the one of Movella DOT does so every 72 minutes."""
    finite = column[np.isfinite(column)] if column.dtype.kind == "f" else column
    for modulus in (2**16, 2**32):
        if len(finite) == len(column) and len(column) and finite.min() >= 0 and finite.max() < modulus:
            back = np.diff(column) < -0.9 * modulus
            if back.any():
                return np.asarray(column + modulus * np.append(0, np.cumsum(back)))
    return column


def _unit_in(text: str) -> str:
    from stridelab.importers.imu.units import unit_of

    unit = unit_of(text)
    return unit if unit in TIME else ""


def _judged(values: FloatArray, unit: str, notes: list[str]) -> tuple[str, bool]:
    """Unit of times, and whether they count from 1970."""
    middle = float(np.median(values))
    for candidate in (unit,) if unit else ("s", "ms", "us", "ns"):
        if FIRST_DATE.timestamp() < middle * TIME[candidate] < _LAST_DATE_S and candidate != "min":
            return candidate, True
    if unit:
        return unit, False
    steps = np.diff(values)
    steps = steps[steps > 0]
    step = float(np.median(steps)) if len(steps) else 0.0
    for candidate in ("s", "ms", "us", "ns"):
        if 0 < step and SLOWEST_HZ <= 1 / (step * TIME[candidate]) < 1000 * SLOWEST_HZ:
            notes.append(f"times without a unit are taken as {candidate}, by their step of {step:g}")
            return candidate, False
    notes.append("times without a unit are taken as s")
    return "s", False


def _moments(
    column: Column, timezone: str | None, metadata: Sequence[str], notes: list[str]
) -> tuple[FloatArray | None, datetime | None, bool]:
    """Times and dates as text, in the first format that fits most of them."""
    texts = pd.Series(column, dtype="object")
    texts = texts.where(texts.notna(), "").astype("str").str.strip()
    filled = texts[texts != ""]
    if filled.empty:
        return None, None, False
    first = str(filled.iloc[0])
    if _CLOCK.match(first):
        return _clocks(texts), None, False
    sample = filled.iloc[:50]
    fitting = [
        pattern
        for pattern in (*_FORMATS, *_DAY_FIRST, *_MONTH_FIRST)
        if pd.to_datetime(sample, format=pattern, errors="coerce", utc=True).notna().mean() >= 0.9
    ]
    if not fitting:
        return None, None, False
    chosen = fitting[0]
    if chosen in _DAY_FIRST and fitting[-1] in _MONTH_FIRST:
        if _says_month_first(metadata):
            chosen = fitting[-1]
        else:
            notes.append(f"dates such as {first!r} are taken as day/month, which nothing shows")
    index = pd.DatetimeIndex(pd.to_datetime(texts, format=chosen, errors="coerce", utc=True))
    return _from_moments(index.tz_localize(None) if _is_naive(first) else index, timezone)


def _says_month_first(metadata: Sequence[str]) -> bool:
    return any("format m" in line.lower() for line in metadata)


def _is_naive(text: str) -> bool:
    return re.search(r"(?:Z|[+-]\d\d:?\d\d)\s*$", text) is None


def _from_moments(index: pd.DatetimeIndex, timezone: str | None) -> tuple[FloatArray | None, datetime | None, bool]:
    valid = np.flatnonzero(index.notna())
    if not len(valid):
        return None, None, False
    middle = index[valid].asi8
    valid = valid[np.abs(middle - np.median(middle)) <= pd.Timedelta(FAR_S, "s").as_unit(index.unit).value]
    if not len(valid):
        return None, None, False
    origin = index[valid[0]]
    seconds = np.full(len(index), np.nan)
    seconds[valid] = np.asarray((index[valid] - origin) / pd.Timedelta(1, "s"), dtype=np.float64)
    start = localised(origin.to_pydatetime(), timezone)
    if start < FIRST_DATE:
        return seconds, None, False
    return seconds, start, index.tz is None and timezone is None


def _clocks(texts: pd.Series[str]) -> FloatArray:
    """Seconds of the day of ``HH:MM:SS.fff``; a day is added where midnight passes."""
    parts = texts.str.replace(",", ".", regex=False).str.extract(r"^(\d\d?):(\d\d):(\d\d)(?:[.:](\d+))?")
    hours, minutes, whole = (pd.to_numeric(parts[i], errors="coerce").to_numpy(np.float64) for i in range(3))
    fraction = pd.to_numeric("0." + parts[3].fillna("0"), errors="coerce").to_numpy(np.float64)
    seconds = hours * 3600 + minutes * 60 + whole + fraction
    steps = np.diff(seconds, prepend=seconds[:1])
    days = np.cumsum(np.nan_to_num(steps) < -43_200)
    return np.asarray(seconds + 86_400 * days, dtype=np.float64)


def _told_rate(table: Table) -> float | None:
    """The rate that a line of metadata or a value of the file gives."""
    for name, value in table.scalars.items():
        if name.lower() in ("sampling_rate_hz", "sample_rate_hz", "fs", "fs_hz", "sampling_rate", "sample_rate"):
            if isinstance(value, int | float) and 0 < value < 1e6:
                return float(value)
    for line in table.metadata:
        if found := _RATE.search(line):
            rate = float(found[1] or found[2])
            return rate if rate > 0 else None
    return None


def _told_start(table: Table, timezone: str | None) -> datetime | None:
    """The start that lines of metadata give: one line, or a date and a clock in two."""
    for line in table.metadata:
        if found := _START.search(line):
            fraction = f".{found[3][:6]}" if found[3] else ""
            return localised(datetime.fromisoformat(f"{found[1]}T{found[2]}{fraction}"), timezone)
    return _actigraph_start(table.metadata, timezone)


def _actigraph_start(metadata: Sequence[str], timezone: str | None) -> datetime | None:
    text = "\n".join(metadata)
    day, time = _START_DATE.search(text), _START_CLOCK.search(text)
    if day is None or time is None:
        return None
    first, second = int(day[1]), int(day[2])
    day_first = not _says_month_first(metadata) or first > 12
    month, date = (second, first) if day_first else (first, second)
    try:
        moment = datetime.fromisoformat(f"{int(day[3]):04}-{month:02}-{date:02}T{time[1]:0>8}")
    except ValueError:
        return None
    return localised(moment, timezone)
