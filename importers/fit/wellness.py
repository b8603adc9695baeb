"""Files of a watch's day and night to wellness values: monitoring, sleep, HRV status, metrics, scales.

Only what a device measured becomes a value. Its codes for "no reading" (stress −1 and −2, a heart rate of 255, …) are
no readings, minutes that were not classified are no sleep, and an average needs `MIN_READINGS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import WELLNESS_COLUMNS, empty_table
from stridelab.importers.fit import tables
from stridelab.importers.fit.decode import FitMessages, Table
from stridelab.importers.fit.device import product
from stridelab.importers.fit.monitoring import intensity_by_day, monitoring_times, steps_by_day
from stridelab.wellness import wellness_table

FloatArray = npt.NDArray[np.float64]
Times = npt.NDArray[np.datetime64]
Row = dict[str, Any]

MIN_READINGS: Final = 30
"""Readings, mostly one a minute, that an average of a day needs. A convention of this project: half an hour."""

MAX_UTC_OFFSET_S: Final = 15 * 3600
QUARTER_HOUR_S: Final = 900
ASLEEP: Final = ("light", "deep", "rem")

# Field 3 of `stress_level` is not in the public profile. It is the body battery (Gadgetbridge reads it as body energy):
# 0 to 100, falling through the day and rising in sleep.
_BODY_BATTERY: Final = "unknown_3"

# Event 74, not in the public profile, starts and stops a night's sleep.
_SLEEP_EVENT: Final = "74"

_VO2MAX_ORDER: Final = ("running", "generic", "cycling")


@dataclass(frozen=True, eq=False)
class _LocalClock:
    """Offset of the device's clock from UTC, from its beginnings on; nothing where the file does not tell."""

    since: Times
    offset_s: FloatArray

    def day(self, moments: Times) -> Times:
        """Local date of each UTC time; midnight belongs to the day that ends, whose totals are written then."""
        whole = np.asarray(moments, dtype="datetime64[ms]")
        shift = np.zeros(len(whole), dtype=np.int64)
        if len(self.since):
            position = np.maximum(np.searchsorted(self.since, whole, side="right") - 1, 0)
            shift = (self.offset_s[position] * 1000).astype(np.int64)
        local = whole + shift.astype("timedelta64[ms]") - np.timedelta64(1, "s")
        days: Times = local.astype("datetime64[D]").astype("datetime64[ms]")
        return days


def wellness(messages: FitMessages) -> pd.DataFrame:
    """The wellness values of a file (`WELLNESS_COLUMNS`), summarised by local day; empty where it has none.

    ``attrs["local_time"]`` is ``file`` or ``unknown``: then the dates are UTC's, and ``time`` tells when it was.
    """
    if not any(messages.count(name) for name, _ in _READERS):
        return empty_table(WELLNESS_COLUMNS)
    clock = _local_clock(messages)
    manufacturer = tables.first(messages, "file_id", "manufacturer")
    source = " ".join(str(word) for word in (manufacturer, product(messages)) if word is not None) or "unknown"
    rows = [
        {**row, "source": source} for name, read in _READERS if messages.count(name) for row in read(messages, clock)
    ]
    found = wellness_table(rows).sort_values(["local_date", "metric"], kind="stable", ignore_index=True)
    found.attrs["local_time"] = "file" if len(clock.since) else "unknown"
    return found


def _local_clock(messages: FitMessages) -> _LocalClock:
    """From messages that give one moment in both times."""
    for name in ("monitoring_info", "timestamp_correlation", "skin_temp_overnight", "activity"):
        if not messages.count(name):
            continue
        table = messages.table(name)
        utc, local = tables.times(table, "timestamp"), tables.times(table, "local_timestamp")
        known = ~np.isnat(utc) & ~np.isnat(local)
        offset_s = np.round((local[known] - utc[known]) / np.timedelta64(QUARTER_HOUR_S, "s")) * QUARTER_HOUR_S
        plausible = np.abs(offset_s) <= MAX_UTC_OFFSET_S
        if plausible.any():
            since, offset_s = utc[known][plausible], offset_s[plausible]
            order = np.argsort(since, kind="stable")
            return _LocalClock(since[order], offset_s[order])
    return _LocalClock(np.zeros(0, dtype="datetime64[ms]"), np.zeros(0))


# ---------------------------------------------------------------- one function a kind of message


def _monitoring(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    moments = monitoring_times(messages)
    days = clock.day(moments)
    yield from _rows(steps_by_day(messages, moments, days), "steps", "day")
    yield from _rows(intensity_by_day(messages, moments, days), "intensity_minutes", "day")


def _resting(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    """The day's own resting heart rate; the other field is an average of seven days, which is no value of a day."""
    table = messages.table("monitoring_hr_data")
    frame = _readings(table, "current_day_resting_heart_rate", tables.times(table, "timestamp"), clock)
    frame = frame[frame["value"] > 0]
    yield from _rows(_summarised(frame, "last", 1), "resting_heart_rate_bpm", "day")


def _stress(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    """Average stress and the range of the body battery; negative stress says why there is none."""
    table = messages.table("stress_level")
    moments = tables.times(table, "stress_level_time")
    moments = np.where(np.isnat(moments), tables.times(table, "timestamp"), moments)
    stress = _readings(table, "stress_level_value", moments, clock)
    yield from _rows(_summarised(stress[stress["value"].between(0, 100)], "mean"), "stress_avg", "day")
    if tables.first(messages, "file_id", "manufacturer") == "garmin":
        battery = _readings(table, _BODY_BATTERY, moments, clock)
        battery = battery[battery["value"].between(1, 100)]
        yield from _rows(_summarised(battery, "max"), "body_battery_max", "day")
        yield from _rows(_summarised(battery, "min"), "body_battery_min", "day")


def _respiration(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    table = messages.table("respiration_rate")
    frame = _readings(table, "respiration_rate", tables.times(table, "timestamp"), clock)
    yield from _rows(_summarised(frame[frame["value"].between(4, 60)], "mean"), "respiration_rate_brpm", "day")


def _spo2(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    """Mean oxygen saturation of the day's own readings; single ones that somebody asked for are a context apart."""
    table = messages.table("spo2_data")
    frame = _readings(table, "reading_spo2", tables.times(table, "timestamp"), clock)
    frame = frame[frame["value"].between(60, 100)]
    mode = table.columns.get("mode", np.full(len(table), None, dtype=object))
    asked = np.asarray([value == "spot_check" for value in mode], dtype=np.bool_)[frame.index]
    yield from _rows(_summarised(frame[~asked], "mean"), "spo2_pct", "day")
    yield from _rows(_summarised(frame[asked], "mean", 1), "spo2_pct", "spot")


def _hrv_status(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    """The night's average RMSSD, on the day of waking up."""
    table = messages.table("hrv_status_summary")
    frame = _readings(table, "last_night_average", tables.times(table, "timestamp"), clock)
    yield from _rows(_summarised(frame[_is_hrv(frame["value"])], "last", 1), "hrv_rmssd_ms", "night")


def _hrv_values(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    """The mean of a night's five-minute RMSSD values, where the device gives no average of its own."""
    if messages.count("hrv_status_summary") and list(_hrv_status(messages, clock)):
        return
    table = messages.table("hrv_value")
    frame = _readings(table, "value", tables.times(table, "timestamp"), clock)
    frame = frame[_is_hrv(frame["value"])]
    # One night a file: all of it belongs to the day on which it ends.
    frame["local_date"] = frame["local_date"].max()
    yield from _rows(_summarised(frame, "mean", MIN_READINGS // 5), "hrv_rmssd_ms", "night")


def _sleep(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    """Time asleep of a night, on the day of waking up.

    A ``sleep_level`` names the stage up to its time, from the one before (so Gadgetbridge found); the first begins with
    the event that starts the sleep. Devices that leave the classification to a server write only the minutes that were
    surely awake, beside raw data: they say nothing of the time asleep.
    """
    table = messages.table("sleep_level")
    moments, level = tables.times(table, "timestamp"), table.columns.get("sleep_level")
    if level is None:
        return
    known = np.flatnonzero(~np.isnat(moments))
    known = known[np.argsort(moments[known], kind="stable")]
    moments, level = moments[known], level[known]
    asleep = np.asarray([stage in ASLEEP for stage in level], dtype=np.bool_)
    if not asleep.any():
        return
    before = np.append(_sleep_start(messages, moments[0]), moments[:-1])
    hours = (moments - before)[asleep] / np.timedelta64(1, "h")
    woke = moments[asleep][-1]
    yield _row("sleep_duration_h", float(hours.sum()), "night", clock.day(woke[None])[0], woke)
    if messages.count("sleep_assessment"):
        score = tables.first(messages, "sleep_assessment", "overall_sleep_score")
        if isinstance(score, int | float):
            yield _row("sleep_score", float(score), "night", clock.day(woke[None])[0], woke)


def _sleep_start(messages: FitMessages, first: np.datetime64) -> np.datetime64:
    """When the sleep began that this first stage belongs to; the stage's own time where the file does not say."""
    if not messages.count("event"):
        return first
    table = messages.table("event")
    event, kind = table.columns.get("event"), table.columns.get("event_type")
    if event is None or kind is None:
        return first
    starts = [str(e) == _SLEEP_EVENT and k == "start" for e, k in zip(event.tolist(), kind.tolist(), strict=True)]
    moments = tables.times(table, "timestamp")[np.asarray(starts, dtype=np.bool_)]
    moments = moments[moments <= first]
    return np.datetime64(moments.max()) if len(moments) else first


def _skin_temperature(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    table = messages.table("skin_temp_overnight")
    frame = _readings(table, "average_deviation", tables.times(table, "timestamp"), clock)
    yield from _rows(_summarised(frame, "last", 1), "skin_temperature_deviation_c", "night")


def _max_met(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    """Maximal oxygen uptake as the device estimates it: of running if there is one, else general, else of cycling."""
    table = messages.table("max_met_data")
    moments = tables.times(table, "update_time")
    moments = np.where(np.isnat(moments), tables.times(table, "timestamp"), moments)
    frame = _readings(table, "vo2_max", moments, clock)
    sport = table.columns.get("sport", np.full(len(table), None, dtype=object))
    frame["rank"] = [_VO2MAX_ORDER.index(s) if s in _VO2MAX_ORDER else len(_VO2MAX_ORDER) for s in sport[frame.index]]
    best = frame.sort_values("rank", kind="stable").groupby("local_date")["rank"].transform("first")
    frame = frame.loc[frame["rank"] == best.reindex(frame.index)]
    yield from _rows(_summarised(frame, "last", 1), "vo2max_mlkgmin", "day")


def _weight(messages: FitMessages, clock: _LocalClock) -> Iterator[Row]:
    """Body mass from a scale; every weighing of a day is a row of its own time."""
    table = messages.table("weight_scale")
    weight = table.columns.get("weight")
    if weight is not None and weight.dtype.kind == "O":
        # The profile names one value of this field ("calculating"), so the others come as digits, in 10 g.
        digits = [float(text) / 100 if str(text).isdigit() else np.nan for text in weight]
        table = Table({**table.columns, "weight": np.asarray(digits)}, table.units, table.offsets)
    frame = _readings(table, "weight", tables.times(table, "timestamp"), clock)
    yield from _rows(frame, "body_mass_kg", "spot")


_READERS: Final[tuple[tuple[str, Callable[[FitMessages, _LocalClock], Iterator[Row]]], ...]] = (
    ("monitoring", _monitoring),
    ("monitoring_hr_data", _resting),
    ("stress_level", _stress),
    ("respiration_rate", _respiration),
    ("spo2_data", _spo2),
    ("hrv_status_summary", _hrv_status),
    ("hrv_value", _hrv_values),
    ("sleep_level", _sleep),
    ("skin_temp_overnight", _skin_temperature),
    ("max_met_data", _max_met),
    ("weight_scale", _weight),
)


# ---------------------------------------------------------------- small things


def _readings(table: Table, column: str, moments: Times, clock: _LocalClock) -> pd.DataFrame:
    """Values with their time and local date (``local_date``, ``value``, ``time``), indexed by row, in order of time."""
    found = table.columns.get(column)
    values = np.full(len(table), np.nan)
    if found is not None and found.ndim == 1 and found.dtype.kind in "uif":
        values = found.astype(np.float64)
    frame = pd.DataFrame({"local_date": clock.day(moments), "value": values, "time": moments})
    known: pd.DataFrame = frame[np.isfinite(values) & frame["time"].notna()].sort_values("time", kind="stable")
    return known


def _summarised(frame: pd.DataFrame, how: str, at_least: int = MIN_READINGS) -> pd.DataFrame:
    """One value a day, of those days that have enough readings."""
    each = frame.groupby("local_date", as_index=False)
    found: pd.DataFrame = each.agg(value=("value", how), time=("time", "max"), readings=("value", "size"))
    return found[found["readings"] >= at_least]


def _is_hrv(values: pd.Series[float]) -> pd.Series[bool]:
    """An invalid value reads as 65535/128 ms."""
    return (values > 0) & (values < 511)


def _rows(frame: pd.DataFrame, metric: str, context: str) -> Iterator[Row]:
    for day, value, time in zip(frame["local_date"], frame["value"], frame["time"], strict=True):
        yield _row(metric, float(value), context, day, time)


def _row(metric: str, value: float, context: str, day: Any, time: Any) -> Row:
    return {
        "local_date": pd.Timestamp(day),
        "metric": metric,
        "value": value,
        "context": context,
        "time": pd.Timestamp(time).tz_localize("UTC"),
    }
