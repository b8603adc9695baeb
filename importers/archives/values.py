"""Values as exports of services write them: numbers, times and days that may be anything or missing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

NAN: Final = float("nan")

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            # English, German, French, Spanish, Italian, Dutch, Portuguese; the first letters, without accents
            "jan janv ene gen",
            "feb fev febr fevr",
            "mar mrz maerz mars mrt",
            "apr avr abr",
            "may mai mayo mag mei maio",
            "jun juin giu",
            "jul juil lug",
            "aug aout ago",
            "sep sept set",
            "oct okt ott out",
            "nov",
            "dec dez dic",
        ),
        start=1,
    )
    for name in names.split()
}
_PLAIN: Final = str.maketrans("éûäáàôóíçêèãõ", "euaaaooiceeao")
_FIRST_YEAR, _LAST_YEAR = 1980, 2100


def number(value: Any) -> float:
    """A number, also one written as text; NaN for anything else.

    Examples
    --------
    >>> number("1.78E12"), number(None), number(True)
    (1780000000000.0, nan, nan)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return NAN
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return NAN
    return found if math.isfinite(found) else NAN


def text(value: Any) -> str:
    """Text on one line; empty for anything else."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def moment(value: Any) -> datetime | None:
    """A UTC time: milliseconds since 1970, ISO 8601 (UTC where it names no zone), or ``Tue Nov 25 15:12:58 GMT 2025``.

    Examples
    --------
    >>> moment(1.78e12).isoformat(), moment("2020-04-03T20:28:00.0").isoformat()
    ('2026-05-28T20:26:40+00:00', '2020-04-03T20:28:00+00:00')
    >>> moment("Tue Nov 25 15:12:58 GMT 2025").isoformat()
    '2025-11-25T15:12:58+00:00'
    """
    found: datetime | None = None
    ms = number(value)
    if math.isfinite(ms):
        try:
            found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
        except OverflowError:
            return None
    elif isinstance(value, str):
        for read in (_iso, _spelled):
            found = read(value.strip())
            if found is not None:
                break
    return found if found is not None and _FIRST_YEAR <= found.year < _LAST_YEAR else None


def _iso(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _spelled(written: str) -> datetime | None:
    """Names of months are looked up by hand: `strptime` knows only those of this machine's language."""
    words = written.replace(",", " ").replace("\u202f", " ").split()
    clock = next((word for word in words if word.count(":") == 2), "")
    month = next((found for word in words if (found := month_number(word))), 0)
    # Zones other than GMT are not written by any service that we know.
    if not clock or not month or any(word in ("CET", "EST", "PST", "CEST") for word in words):
        return None
    numbers = [int(word.rstrip(".")) for word in words if word.rstrip(".").isdigit()]
    years, days = [n for n in numbers if n > 31], [n for n in numbers if n <= 31]
    try:
        hour, minute, second = (int(float(part)) for part in clock.split(":"))
        half = {word.upper().replace(".", "") for word in words} & {"AM", "PM"}
        if half:
            hour = hour % 12 + (12 if half == {"PM"} else 0)
        return datetime(years[0], month, days[0], hour, minute, second, tzinfo=UTC)
    except (ValueError, IndexError):
        return None


def month_number(word: str) -> int:
    """Month of a name or its abbreviation in one of seven languages; 0 for another word.

    Examples
    --------
    >>> month_number("Nov"), month_number("März"), month_number("févr."), month_number("GMT")
    (11, 3, 2, 0)
    """
    plain = word.lower().translate(_PLAIN).rstrip(".")
    return next((_MONTHS[plain[:n]] for n in (5, 4, 3) if plain[:n] in _MONTHS), 0) if plain.isalpha() else 0


def day(value: Any) -> date | None:
    """A calendar day: ISO, milliseconds of its midnight in UTC, ``{"date": …}`` or a spelled-out date.

    Examples
    --------
    >>> day("2024-02-03"), day(1706918400000), day({"date": "Feb 3, 2024 12:00:00 AM"})
    (datetime.date(2024, 2, 3), datetime.date(2024, 2, 3), datetime.date(2024, 2, 3))
    """
    if isinstance(value, dict):
        value = value.get("date")
    found = moment(value)
    return None if found is None else found.date()


def records(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON document: those of its list, or itself."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
    elif isinstance(value, dict):
        yield value


def within(value: Any, *keys: str) -> Any:
    """What lies at the end of a path of keys; None where a part of it is missing or no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
