"""What a Garmin account export says of the athlete: sex, year of birth, body, thresholds and zones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import numpy as np

from stridelab.activity import ReadResult, Source
from stridelab.athlete import AthleteValue, athlete_value
from stridelab.errors import UsageError
from stridelab.importers.archives.garmin_wellness import ACCOUNT
from stridelab.importers.archives.values import day, moment, number, records, text, within
from stridelab.wellness import Value, plausible

_ZONES_OF: Final = ("DEFAULT", "RUNNING")


def profile(value: Any, source: Source) -> ReadResult:
    """Sex and year of birth; nothing else of the profile is kept in the catalogue."""
    found: list[AthleteValue] = []
    for item in records(value):
        sex = text(item.get("gender")).lower()
        if sex in ("female", "male"):
            found += _checked("sex", sex, None)
        born = day(item.get("birthDate"))
        if born is not None:
            found += _checked("birth_year", born.year, None)
    return ReadResult(source=source, kind="user_profile", athlete_values=tuple(found))


def biometrics(value: Any, source: Source) -> ReadResult:
    """The account's log of mass, height and thresholds: dated values of the athlete, and mass as a wellness value."""
    values: list[AthleteValue] = []
    masses: list[Value] = []
    for item in records(value):
        time = next((found for stamp in _stamps(item) if (found := moment(stamp))), None)
        if time is None:
            continue
        since = time.date()
        mass_kg = _amount(item, "weight") / 1000
        if math.isfinite(mass_kg):
            at = np.datetime64(time.replace(tzinfo=None), "ms")
            masses.append(Value("body_mass_kg", mass_kg, np.datetime64(since, "ms"), "spot", at, ACCOUNT))
        speed = _amount(item, "lactateThresholdSpeed")
        for quantity, amount in (
            ("mass_kg", mass_kg),
            ("height_m", _amount(item, "height") / 100),
            ("threshold_heart_rate_bpm", _amount(item, "lactateThresholdHeartRate")),
            # Tenths of m/s, as all speeds of the export; nobody's threshold is below 1 m/s.
            ("threshold_speed_mps", speed * 10 if speed < 1 else speed),
        ):
            values += _checked(quantity, amount, since)
    return ReadResult(
        source=source, kind="biometrics", wellness_values=plausible(masses), athlete_values=tuple(_changes(values))
    )


def heart_rate_zones(value: Any, source: Source) -> ReadResult:
    """Maximal and threshold heart rate that the zones are made from; the general ones, those of running before."""
    found: list[AthleteValue] = []
    rows = {text(item.get("sport")).upper() or "DEFAULT": item for item in records(value)}
    for sport in _ZONES_OF:
        if (item := rows.get(sport)) is not None:
            found += _checked("max_heart_rate_bpm", number(item.get("maxHeartRateUsed")), None)
            found += _checked("threshold_heart_rate_bpm", number(item.get("lactateThresholdHeartRateUsed")), None)
    last = {value.quantity: value for value in found}
    return ReadResult(source=source, kind="heart_rate_zones", athlete_values=tuple(last.values()))


def power_zones(value: Any, source: Source) -> ReadResult:
    """Threshold power of running; that of cycling is another quantity."""
    found: list[AthleteValue] = []
    for item in records(value):
        if text(item.get("sport")).upper() == "RUNNING":
            found += _checked("threshold_power_w", number(item.get("functionalThresholdPower")), None)
    return ReadResult(source=source, kind="power_zones", athlete_values=tuple(found[-1:]))


def _checked(quantity: str, amount: float | str, since: date | None) -> Iterator[AthleteValue]:
    if isinstance(amount, float) and not math.isfinite(amount):
        return
    try:
        yield athlete_value(quantity, amount, origin="file", valid_from=since, note="from the account's export")
    except UsageError:
        return


def _changes(values: list[AthleteValue]) -> Iterator[AthleteValue]:
    """One value a day and quantity, the last written, and only where it changes."""
    daily = {(value.quantity, value.valid_from or date.min): value for value in values}
    last: dict[str, float | str] = {}
    for (quantity, _), value in sorted(daily.items()):
        if last.get(quantity) != value.value:
            last[quantity] = value.value
            yield value


def _amount(item: dict[str, Any], key: str) -> float:
    """A number, or the one in an object of the same name."""
    return number(within(item, key, key) if isinstance(item.get(key), dict) else item.get(key))


def _stamps(item: dict[str, Any]) -> Iterator[Any]:
    yield within(item, "weight", "timestampGMT")
    yield within(item, "metaData", "calendarDate")
    yield item.get("calendarDate")
    yield item.get("timestampGMT")
