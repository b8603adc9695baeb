"""ISO 8601 times of GPX and TCX: one by one, and whole columns of the same form at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

NO_TIME: Final = np.iinfo(np.int64).min
"""What `datetime64` takes for no time."""

_TIME: Final = re.compile(
    r"\s*([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[Tt ]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,30}))?"
    r"\s*([Zz]|[+\-−][0-9]{2}:?(?:[0-9]{2})?)?\s*"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS_IN_MONTH: Final = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_WHOLE: Final = len("2026-05-04T12:00:00")
_SEPARATORS: Final = ((4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"))
_ZONE: Final = len("+01:00")


def parse_time(text: str) -> tuple[int, float]:
    """Microseconds since the epoch and the zone's offset in seconds.

    A time without a zone is taken as UTC and its offset is NaN; what is no time is `NO_TIME`. Fractions beyond
    microseconds are cut off.

    Examples
    --------
    >>> parse_time("1970-01-01T01:00:01.5+01:00")
    (1500000, 3600.0)
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return NO_TIME, np.nan
    *whole, fraction, zone = found.groups()
    try:
        moment = datetime(*map(int, whole), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        return NO_TIME, np.nan
    microseconds = int((fraction or "")[:6].ljust(6, "0"))
    since = moment - _EPOCH
    offset = np.nan
    if zone:
        digits = re.sub(r"\D", "", zone)
        offset = 0.0
        if digits:
            sign = 1 if zone[0] == "+" else -1
            offset = float(sign * (int(digits[:2]) * 3600 + int(digits[2:] or "0") * 60))
    seconds = since.days * 86_400 + since.seconds - (int(offset) if zone else 0)
    return seconds * 1_000_000 + microseconds, offset


def parse_times(data: bytes, start: npt.NDArray[np.intp], end: npt.NDArray[np.intp]) -> tuple[IntArray, FloatArray]:
    """Times of the spans ``data[start:end]``, as `parse_time` gives them; all arrays of shape ``(n_points,)``."""
    length = end - start
    moments = np.full(len(start), NO_TIME, dtype=np.int64)
    offsets = np.full(len(start), np.nan)
    odd = np.ones(len(start), dtype=np.bool_)
    if len(start):
        counts = np.bincount(np.minimum(length, 64), minlength=65)
        for size in np.flatnonzero(counts[_WHOLE:64]) + _WHOLE:
            of_size = slice(None) if counts[size] == len(start) else np.flatnonzero(length == size)
            moments[of_size], offsets[of_size], odd[of_size] = _fixed(data, start[of_size], int(size))
    for i in np.flatnonzero(odd).tolist():
        moments[i], offsets[i] = parse_time(data[start[i] : end[i]].decode("utf-8", errors="replace"))
    return moments, offsets


def _fixed(data: bytes, start: npt.NDArray[np.intp], size: int) -> tuple[IntArray, FloatArray, npt.NDArray[np.bool_]]:
    """Times of one length, read by position, and which of them are not of the usual form."""
    every: npt.NDArray[Any] = np.ndarray((len(data) - size + 1,), dtype=f"V{size}", buffer=data, strides=(1,))
    letters = np.ascontiguousarray(every[start].view(np.uint8).reshape(-1, size).T)
    odd = np.zeros(len(start), dtype=np.bool_)
    for column, letter in _SEPARATORS:
        odd |= letters[column] != ord(letter)
    digits = letters - np.uint8(ord("0"))  # what is below "0" wraps round to more than 9

    def number(first: int, last: int) -> IntArray:
        value = np.zeros(len(start), dtype=np.int64)
        for column in range(first, last):
            np.logical_or(odd, digits[column] > 9, out=odd)
            value *= 10
            value += digits[column]
        return value

    def two(first: int) -> IntArray:
        nonlocal odd
        odd |= (digits[first] > 9) | (digits[first + 1] > 9)
        return np.asarray(digits[first] * np.uint8(10) + digits[first + 1], dtype=np.int64)

    year, month, day = two(0) * 100 + two(2), two(5), two(8)
    hour, minute, second = two(11), two(14), two(17)
    odd |= (month < 1) | (month > 12) | (day < 1) | (hour > 23) | (minute > 59) | (second > 59) | (year < 1)
    odd |= day > _DAYS_IN_MONTH[np.where(odd, 0, month)]
    odd |= (month == 2) & (day == 29) & ((year % 4 != 0) | ((year % 100 == 0) & (year % 400 != 0)))
    microseconds = np.zeros(len(start), dtype=np.int64)
    # Which of the forms with this length it is, the first one says: .123Z, +01:00 …
    tail = letters[_WHOLE:, 0].tobytes()
    offset = np.full(len(start), np.nan)
    at = _WHOLE
    if tail.startswith(b"."):
        at += 1 + len(tail[1:]) - len(tail[1:].lstrip(b"0123456789"))
        odd |= (letters[_WHOLE] != ord(".")) | (at == _WHOLE + 1)
        microseconds = number(_WHOLE + 1, min(at, _WHOLE + 7)) * 10 ** max(_WHOLE + 7 - at, 0)
        number(_WHOLE + 7, at)
    if size - at == 1:
        odd |= letters[at] != ord("Z")
        offset[:] = 0.0
    elif size - at == _ZONE:
        sign = np.where(letters[at] == ord("-"), -1, 1)
        odd |= (letters[at] != ord("+")) & (letters[at] != ord("-")) | (letters[at + 3] != ord(":"))
        offset = (sign * (two(at + 1) * 3600 + two(at + 4) * 60)).astype(np.float64)
    elif size != at:
        odd[:] = True
    days = _days(year, month, day)
    whole = days * 86_400 + hour * 3600 + minute * 60 + second - np.nan_to_num(offset).astype(np.int64)
    return whole * 1_000_000 + microseconds, offset, odd


def _days(year: IntArray, month: IntArray, day: IntArray) -> IntArray:
    """Days from 1970-01-01 in the Gregorian calendar, counted in years that begin in March."""
    year = year - (month <= 2)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return np.asarray(year * 365 + year // 4 - year // 100 + year // 400 + of_year - 719_468)
