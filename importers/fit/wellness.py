"""Files of a watch's day and night to wellness values: monitoring, sleep, HRV status, metrics, scales.

Only what a device measured becomes a value. Its codes for "no reading" (stress −1 and −2, a heart rate of 255, …) are
no readings, minutes that were not classified are no sleep, and an average needs `MIN_READINGS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit import tables
from stridelab.importers.fit.calendar import MAX_UTC_OFFSET_S, QUARTER_HOUR_S
from stridelab.importers.fit.decode import FitMessages, Table
from stridelab.importers.fit.device import product
from stridelab.importers.fit.monitoring import (
    Daily,
    by_day,
    daily_intensity,
    daily_steps,
    monitoring_times,
    numbers,
)
from stridelab.wellness import Combine, Context, Value, plausible

FloatArray = npt.NDArray[np.float64]
Times = npt.NDArray[np.datetime64]

MIN_READINGS: Final = 30
"""Readings, mostly one a minute, that an average of a day needs. A convention of this project: half an hour."""

_DAY_MS: Final = 86_400_000

ASLEEP: Final = ("light", "deep", "rem")

# Field 3 of `stress_level` is not in the public profile. It is the body battery (Gadgetbridge reads it as body energy):
# 0 to 100, falling through the day and rising in sleep.
_BODY_BATTERY: Final = "unknown_3"

# Event 74, not in the public profile, starts and stops a night's sleep.
_SLEEP_EVENT: Final = "74"

_MAX_HRV_MS: Final = 511.0
"""An invalid value reads as 65535/128 ms."""


@dataclass(frozen=True, eq=False)
class _LocalClock:
    """Offset of the device's clock from UTC, from its beginnings on; nothing where the file does not tell."""

    since: Times
    offset_s: FloatArray

    def day(self, moments: Times) -> Times:
        """Local date of each UTC time; midnight belongs to the day that ends, whose totals are written then."""
        whole = np.asarray(moments, dtype="datetime64[ms]")
        shift_s: FloatArray | float = 0.0
        if len(self.since):
            shift_s = self.offset_s[0]
            if (self.offset_s != shift_s).any():
                shift_s = self.offset_s[np.maximum(np.searchsorted(self.since, whole, side="right") - 1, 0)]
        local_ms = whole.view(np.int64) + np.asarray(1000 * (shift_s - 1), dtype=np.int64)
        local_ms -= local_ms % _DAY_MS
        days = local_ms.view("datetime64[ms]")
        days[np.isnat(whole)] = np.datetime64("NaT", "ms")
        return days


def wellness(messages: FitMessages) -> tuple[tuple[Value, ...], str]:
    """The wellness values of a file, summarised by local day, and `ReadResult.local_time`."""
    readers = [read for name, read in _READERS if messages.count(name)]
    if not readers:
        return (), ""
    clock = _local_clock(messages)
    manufacturer = tables.first(messages, "file_id", "manufacturer")
    source = " ".join(str(word) for word in (manufacturer, product(messages)) if word is not None) or "unknown"
    every = (value for read in readers for value in read(messages, clock))
    found = plausible(value._replace(source=source) for value in every)
    return found, "file" if len(clock.since) else "unknown"


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


def _monitoring(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    moments = monitoring_times(messages)
    days = clock.day(moments)
    yield from _values(daily_steps(messages, moments, days), "steps", "day")
    yield from _values(daily_intensity(messages, moments, days), "intensity_minutes", "day")


def _resting(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    """The day's own resting heart rate; the other field is an average of seven days, which is no value of a day."""
    readings = _Readings(messages.table("monitoring_hr_data"), "current_day_resting_heart_rate", clock)
    yield from readings.each_day("last", "resting_heart_rate_bpm", "day", low=1, at_least=1)


def _stress(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    """Average stress and the range of the body battery; negative stress says why there is none."""
    table = messages.table("stress_level")
    stress = _Readings(table, "stress_level_value", clock, time="stress_level_time")
    yield from stress.each_day("mean", "stress_avg", "day", low=0, high=100)
    if tables.first(messages, "file_id", "manufacturer") == "garmin":
        battery = _Readings(table, _BODY_BATTERY, clock, time="stress_level_time")
        yield from battery.each_day("highest", "body_battery_max", "day", low=1, high=100)
        yield from battery.each_day("lowest", "body_battery_min", "day", low=1, high=100)


def _respiration(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    readings = _Readings(messages.table("respiration_rate"), "respiration_rate", clock)
    yield from readings.each_day("mean", "respiration_rate_brpm", "day", low=4, high=60)


def _spo2(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    """Mean oxygen saturation of the day's own readings; single ones that somebody asked for are a context apart."""
    table = messages.table("spo2_data")
    readings = _Readings(table, "reading_spo2", clock)
    asked = tables.words(table, "mode") == "spot_check"
    yield from readings.each_day("mean", "spo2_pct", "day", low=60, high=100, chosen=~asked)
    yield from readings.each_day("mean", "spo2_pct", "spot", low=60, high=100, chosen=asked, at_least=1)


def _hrv_status(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    """The night's average RMSSD, on the day of waking up."""
    readings = _Readings(messages.table("hrv_status_summary"), "last_night_average", clock)
    yield from readings.each_day("last", "hrv_rmssd_ms", "night", low=1, high=_MAX_HRV_MS, at_least=1)


def _hrv_values(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    """The mean of a night's five-minute RMSSD values, where the device gives no average of its own."""
    if messages.count("hrv_status_summary") and list(_hrv_status(messages, clock)):
        return
    readings = _Readings(messages.table("hrv_value"), "value", clock)
    # One night a file: all of it belongs to the day on which it ends.
    dated = readings.days[~np.isnat(readings.days)]
    if len(dated):
        readings.days = np.full_like(readings.days, dated.max())
    yield from readings.each_day("mean", "hrv_rmssd_ms", "night", low=1, high=_MAX_HRV_MS, at_least=MIN_READINGS // 5)


def _sleep(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    """Time asleep of a night, on the day of waking up.

    A ``sleep_level`` names the stage up to its time, from the one before (so Gadgetbridge found); the first begins with
    the event that starts the sleep. Devices that leave the classification to a server write only the minutes that were
    surely awake, beside raw data: they say nothing of the time asleep.
    """
    table = messages.table("sleep_level")
    moments, level = tables.times(table, "timestamp"), tables.words(table, "sleep_level")
    known = np.flatnonzero(~np.isnat(moments))
    known = known[np.argsort(moments[known], kind="stable")]
    moments, level = moments[known], level[known]
    asleep = np.asarray([stage in ASLEEP for stage in level.tolist()], dtype=np.bool_)
    if not asleep.any():
        return
    before = np.append(_sleep_start(messages, moments[0]), moments[:-1])
    woke = moments[asleep][-1:]
    found = {"sleep_duration_h": float(((moments - before)[asleep] / np.timedelta64(1, "h")).sum())}
    score = tables.first(messages, "sleep_assessment", "overall_sleep_score")
    if isinstance(score, int | float):
        found["sleep_score"] = float(score)
    for metric, value in found.items():
        yield from _values(Daily(clock.day(woke), np.array([value]), woke), metric, "night")


def _sleep_start(messages: FitMessages, first: np.datetime64) -> np.datetime64:
    """When the sleep began that this first stage belongs to; the stage's own time where the file does not say."""
    if not messages.count("event"):
        return first
    table = messages.table("event")
    starts = (tables.words(table, "event") == _SLEEP_EVENT) & (tables.words(table, "event_type") == "start")
    moments = tables.times(table, "timestamp")[starts]
    moments = moments[moments <= first]
    return np.datetime64(moments.max()) if len(moments) else first


def _skin_temperature(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    readings = _Readings(messages.table("skin_temp_overnight"), "average_deviation", clock)
    yield from readings.each_day("last", "skin_temperature_deviation_c", "night", at_least=1)


def _max_met(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    """Maximal oxygen uptake as the device estimates it: of running if there is one, else general, else of cycling."""
    table = messages.table("max_met_data")
    readings = _Readings(table, "vo2_max", clock, time="update_time")
    sport = tables.words(table, "sport")
    taken: set[np.datetime64] = set()
    known = np.zeros(len(table), dtype=np.bool_)
    for choice in (sport == "running", sport == "generic", sport == "cycling", ~known):
        for value in readings.each_day("last", "vo2max_mlkgmin", "day", low=1, chosen=np.asarray(choice), at_least=1):
            if value.local_date not in taken:
                taken.add(value.local_date)
                yield value


def _weight(messages: FitMessages, clock: _LocalClock) -> Iterator[Value]:
    """Body mass from a scale; every weighing of a day has its own time."""
    readings = _Readings(messages.table("weight_scale"), "weight", clock)
    every = np.flatnonzero(np.isfinite(readings.amounts) & ~np.isnat(readings.moments))
    yield from _values(
        Daily(readings.days[every], readings.amounts[every], readings.moments[every]), "body_mass_kg", "spot"
    )


_READERS: Final[tuple[tuple[str, Callable[[FitMessages, _LocalClock], Iterator[Value]]], ...]] = (
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


class _Readings:
    """A column of readings with their UTC times and local days, shape ``(n_messages,)`` each."""

    def __init__(self, table: Table, column: str, clock: _LocalClock, *, time: str = "timestamp") -> None:
        moments = tables.times(table, time)
        self.moments = np.where(np.isnat(moments), tables.times(table, "timestamp"), moments)
        self.amounts = numbers(table, column)
        self.days = clock.day(self.moments)

    def each_day(
        self,
        how: Combine,
        metric: str,
        context: Context,
        *,
        low: float = -np.inf,
        high: float = np.inf,
        chosen: npt.NDArray[np.bool_] | None = None,
        at_least: int = MIN_READINGS,
    ) -> Iterator[Value]:
        """One value a day of the readings from ``low`` to ``high``, on days that have enough of them."""
        within = (self.amounts >= low) & (self.amounts <= high)
        if chosen is not None:
            within &= chosen
        daily = by_day(self.amounts, self.moments, self.days, how, at_least=at_least, chosen=within)
        yield from _values(daily, metric, context)


def _values(daily: Daily, metric: str, context: Context) -> Iterator[Value]:
    for day, value, time in zip(daily.days, daily.amounts.tolist(), daily.times, strict=True):
        yield Value(metric, value, day, context, time)
