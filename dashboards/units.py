"""Numbers as people read them: distances, paces, durations and dates, in kilometres or miles.

Tables and findings are in SI units everywhere; they become text here and nowhere else.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Final, Literal, cast

from stridelab.errors import UsageError

Units = Literal["km", "mi"]

METRES_PER: Final[dict[str, float]] = {"km": 1000.0, "mi": 1609.344}
SPEED_UNITS: Final = {"km": "km/h", "mi": "mph"}
METRES_PER_FOOT: Final = 0.3048
UNKNOWN: Final = "–"
"""What stands where nothing is known; never a 0."""


def checked_units(units: str) -> Units:
    """``km`` or ``mi``.

    Raises
    ------
    UsageError
        For anything else.
    """
    if units not in METRES_PER:
        raise UsageError(f"units {units!r}", expected="km or mi")
    return cast(Units, units)


def number_text(value: float, decimals: int = 0, unit: str = "") -> str:
    """A number with its unit; a true minus sign, no minus before zero, a dash for NaN.

    Examples
    --------
    >>> number_text(-3.26, 1), number_text(-0.2), number_text(float("nan")), number_text(148, unit="bpm")
    ('−3.3', '0', '–', '148 bpm')
    """
    if not math.isfinite(value):
        return UNKNOWN
    text = f"{abs(value):,.{decimals}f}"
    negative = value < 0 and any(digit in text for digit in "123456789")
    return ("−" if negative else "") + text + (f" {unit}" if unit else "")


def signed_text(value: float, decimals: int = 0, unit: str = "") -> str:
    """A number that always shows its sign.

    Examples
    --------
    >>> signed_text(4.0), signed_text(-14.2), signed_text(0.0)
    ('+4', '−14', '0')
    """
    text = number_text(value, decimals, unit)
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text


def distance_text(metres: float, units: str = "km", decimals: int = 1) -> str:
    """A distance in km or mi.

    Examples
    --------
    >>> distance_text(14_200), distance_text(14_200, "mi")
    ('14.2 km', '8.8 mi')
    """
    return number_text(metres / METRES_PER[units], decimals, units)


def pace_s(speed_mps: float, units: str = "km") -> float:
    """Seconds for a kilometre or a mile; NaN at standstill."""
    return METRES_PER[units] / speed_mps if speed_mps > 0 else math.nan


def pace_text(speed_mps: float, units: str = "km") -> str:
    """A pace in minutes and seconds.

    Examples
    --------
    >>> pace_text(1000 / 307)
    '5:07 /km'
    """
    seconds = pace_s(speed_mps, units)
    return f"{clock_text(seconds)} /{units}" if math.isfinite(seconds) else UNKNOWN


def speed_text(speed_mps: float, units: str = "km") -> str:
    """A speed by the hour.

    Examples
    --------
    >>> speed_text(7.5), speed_text(7.5, "mi")
    ('27.0 km/h', '16.8 mph')
    """
    return number_text(speed_mps * 3600 / METRES_PER[units], 1, SPEED_UNITS[units])


def clock_text(seconds: float) -> str:
    """A duration as a stopwatch shows it.

    Examples
    --------
    >>> clock_text(307), clock_text(3 * 3600 + 62), clock_text(float("nan"))
    ('5:07', '3:01:02', '–')
    """
    if not math.isfinite(seconds):
        return UNKNOWN
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def duration_text(seconds: float) -> str:
    """A training time in hours and minutes.

    Examples
    --------
    >>> duration_text(15_900), duration_text(2_520), duration_text(0)
    ('4 h 25 min', '42 min', '0 min')
    """
    if not math.isfinite(seconds):
        return UNKNOWN
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def percent_text(share: float) -> str:
    """A share as a whole percentage.

    Examples
    --------
    >>> percent_text(0.287)
    '29 %'
    """
    return number_text(100 * share, 0, "%")


WEEKDAYS: Final = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MONTHS: Final = {"en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")}


def date_text(day: date, *, weekday: bool = False, year: bool = True, language: str = "en") -> str:
    """A date whose order nobody can mistake, whatever the machine's locale.

    Examples
    --------
    >>> date_text(date(2026, 11, 14), weekday=True)
    'Sat 14 Nov 2026'
    """
    text = f"{day.day} {MONTHS[language][day.month - 1]}" + (f" {day.year}" if year else "")
    return f"{WEEKDAYS[language][day.weekday()]} {text}" if weekday else text
