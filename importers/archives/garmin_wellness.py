"""Days and nights of a Garmin account export: daily summaries, sleep, health status, readiness, load, VO2max.

Every value keeps where it came from: what the account says has another source than what the watch's own files say, and
what a night says another context than a day, so no baseline mixes them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

import numpy as np

from stridelab.activity import ReadResult, Source
from stridelab.importers.archives.values import day, moment, number, records, text, within
from stridelab.wellness import Context, Value, plausible

ACCOUNT: Final = "garmin connect"
SEVEN_DAYS: Final = "garmin connect, mean of 7 days"
HEALTH_STATUS: Final = "garmin connect, health status"

_MAX_HRV_MS: Final = 511.0
_NO_SLEEP: Final = ("UNCONFIRMED", "OFF_WRIST")
_AFTER_WAKING: Final = "AFTER_WAKEUP_RESET"
_SPORTS: Final = ("RUNNING", "GENERIC", "CYCLING")

_HEALTH: Final[Mapping[str, str]] = {
    "HRV": "hrv_rmssd_ms",
    "HR": "resting_heart_rate_bpm",
    "SPO2": "spo2_pct",
    "SKIN_TEMP_C": "skin_temperature_deviation_c",
    "RESPIRATION": "respiration_rate_brpm",
}


def _value(
    metric: str, amount: float, on: date, context: Context, time: datetime | None = None, source: str = ACCOUNT
) -> Value:
    at = np.datetime64("NaT", "ms") if time is None else np.datetime64(time.replace(tzinfo=None), "ms")
    return Value(metric, amount, np.datetime64(on, "ms"), context, at, source)


def _result(values: Iterable[Value], source: Source, kind: str) -> ReadResult:
    return ReadResult(source=source, kind=kind, wellness_values=plausible(values))


def _dated(value: Any) -> Iterator[tuple[date, dict[str, Any]]]:
    for item in records(value):
        on = day(item.get("calendarDate"))
        if on is not None:
            yield on, item


def daily_summaries(value: Any, source: Source) -> ReadResult:
    """Steps, stress, body battery, intensity, respiration and resting heart rate of days."""
    return _result(_daily(value), source, "daily_summaries")


def _daily(value: Any) -> Iterator[Value]:
    for on, item in _dated(value):
        yield _value("steps", number(item.get("totalSteps")), on, "day")
        # The field with the plain name is a mean of seven days: another quantity, so another source.
        yield _value("resting_heart_rate_bpm", number(item.get("currentDayRestingHeartRate")), on, "day")
        weekly = number(item.get("restingHeartRate"))
        yield _value("resting_heart_rate_bpm", weekly, on, "day", source=SEVEN_DAYS)
        for part in records(within(item, "allDayStress", "aggregatorList")):
            if part.get("type") == "TOTAL":
                yield _value("stress_avg", number(part.get("averageStressLevel")), on, "day")
        for stat in records(within(item, "bodyBattery", "bodyBatteryStatList")):
            name = {"HIGHEST": "body_battery_max", "LOWEST": "body_battery_min"}.get(
                text(stat.get("bodyBatteryStatType"))
            )
            if name:
                yield _value(name, number(stat.get("statsValue")), on, "day", moment(stat.get("statTimestamp")))
        moderate, vigorous = number(item.get("moderateIntensityMinutes")), number(item.get("vigorousIntensityMinutes"))
        if not (math.isnan(moderate) and math.isnan(vigorous)):
            minutes = [part for part in (moderate, 2 * vigorous) if not math.isnan(part)]
            yield _value("intensity_minutes", sum(minutes), on, "day")
        breaths = within(item, "respiration", "avgWakingRespirationValue")
        yield _value("respiration_rate_brpm", number(breaths), on, "day")


def sleep(value: Any, source: Source) -> ReadResult:
    """Time asleep, score, breaths and oxygen of nights, on the day of waking up; unconfirmed nights are left out."""
    return _result(_nights(value), source, "sleep_data")


def _nights(value: Any) -> Iterator[Value]:
    for on, item in _dated(value):
        confirmed = text(item.get("sleepWindowConfirmationType")).upper()
        if any(confirmed == word or confirmed.startswith(f"{word}_") for word in _NO_SLEEP):
            continue
        woke = moment(item.get("sleepEndTimestampGMT"))
        asleep = [number(item.get(f"{stage}SleepSeconds")) for stage in ("deep", "light", "rem")]
        if not all(math.isnan(stage) for stage in asleep):
            yield _value("sleep_duration_h", float(np.nansum(asleep)) / 3600, on, "night", woke)
        yield _value("sleep_score", number(within(item, "sleepScores", "overallScore")), on, "night", woke)
        yield _value("respiration_rate_brpm", number(item.get("averageRespiration")), on, "night", woke)
        oxygen = within(item, "spo2SleepSummary", "averageSPO2")
        yield _value("spo2_pct", number(oxygen), on, "night", woke)


def health_status(value: Any, source: Source) -> ReadResult:
    """HRV, heart rate, oxygen, skin temperature and respiration of nights."""
    return _result(_health(value), source, "health_status")


def _health(value: Any) -> Iterator[Value]:
    for on, item in _dated(value):
        for metric in records(item.get("metrics")):
            name, amount = _HEALTH.get(text(metric.get("type"))), number(metric.get("value"))
            if name and not (name == "hrv_rmssd_ms" and amount >= _MAX_HRV_MS):
                yield _value(name, amount, on, "night", source=HEALTH_STATUS)


def readiness(value: Any, source: Source) -> ReadResult:
    """Training readiness and recovery time after waking up; the later ones of a day follow what was done since."""
    chosen: dict[date, dict[str, Any]] = {}
    for on, item in _dated(value):
        context = text(item.get("inputContext"))
        if context == _AFTER_WAKING or (not context and on not in chosen):
            chosen[on] = item
    values = []
    for on, item in chosen.items():
        at = moment(item.get("timestamp"))
        values.append(_value("device_readiness", number(item.get("score")), on, "morning", at))
        hours = number(item.get("recoveryTime")) / 60
        values.append(_value("device_recovery_time_h", hours, on, "morning", at))
    return _result(values, source, "training_readiness")


def training_load(value: Any, source: Source) -> ReadResult:
    """The device's own acute and chronic load, the last of each day."""
    values = []
    for on, item in _last_of_day(value):
        for key, metric in (
            ("dailyTrainingLoadAcute", "device_acute_load"),
            ("dailyTrainingLoadChronic", "device_chronic_load"),
        ):
            values.append(_value(metric, number(item.get(key)), on, "day", moment(item.get("timestamp"))))
    return _result(values, source, "training_load")


def max_met(value: Any, source: Source) -> ReadResult:
    """Maximal oxygen uptake as the device estimates it, the last of a day: of running, else general, else cycling."""
    by_sport: dict[str, list[dict[str, Any]]] = {}
    for item in records(value):
        by_sport.setdefault(text(item.get("sport")).upper() or "GENERIC", []).append(item)
    found: dict[date, Value] = {}
    for sport in (*_SPORTS, *(name for name in by_sport if name not in _SPORTS)):
        for on, item in _last_of_day(by_sport.get(sport, []), "updateTimestamp"):
            amount = number(item.get("vo2MaxValue"))
            if on not in found and math.isfinite(amount):
                found[on] = _value("vo2max_mlkgmin", amount, on, "day", moment(item.get("updateTimestamp")))
    return _result(found.values(), source, "max_met")


def race_predictions(value: Any, source: Source) -> ReadResult:
    """Race times as the device predicts them, the last of each day."""
    keys = {"raceTime5K": "5k", "raceTime10K": "10k", "raceTimeHalf": "half", "raceTimeMarathon": "marathon"}
    values = [
        _value(f"device_race_time_{name}_s", number(item.get(key)), on, "day")
        for on, item in _last_of_day(value)
        for key, name in keys.items()
    ]
    return _result(values, source, "race_predictions")


def endurance_score(value: Any, source: Source) -> ReadResult:
    """The device's endurance score, the last of each day."""
    return _result(_scores(value, "device_endurance_score"), source, "endurance_score")


def hill_score(value: Any, source: Source) -> ReadResult:
    """The device's score of running uphill, the last of each day."""
    return _result(_scores(value, "device_hill_score"), source, "hill_score")


def _scores(value: Any, metric: str) -> Iterator[Value]:
    for on, item in _last_of_day(value):
        yield _value(metric, number(item.get("overallScore")), on, "day", moment(item.get("timestamp")))


def _last_of_day(value: Any, time: str = "timestamp") -> Iterator[tuple[date, dict[str, Any]]]:
    last: dict[date, dict[str, Any]] = {}
    for on, item in _dated(value):
        before = last.get(on)
        if before is None or _order(item, time) >= _order(before, time):
            last[on] = item
    yield from last.items()


def _order(item: dict[str, Any], time: str) -> float:
    found = moment(item.get(time))
    return -math.inf if found is None else found.timestamp()


Reader = Callable[[Any, Source], ReadResult]
