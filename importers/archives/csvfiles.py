"""Tables of activities as services export them: any encoding, any separator, numbers and times in any locale."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from stridelab.importers.archives.values import NAN, moment, month_number

_HEAD_BYTES: Final = 16_384
_MISSING: Final = frozenset({"", "-", "--", "nan", "null", "none"})


def decoded(data: bytes) -> str:
    """Text of a file in UTF-8 (with its mark or not), UTF-16 or, where it is neither, Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def header_of(data: bytes) -> list[str]:
    """The names in the first line of a table; empty where it is none."""
    head = data[:_HEAD_BYTES]
    if b"\x00" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return []
    line = next((line for line in decoded(head).splitlines() if line.strip()), "")
    separator = max(",;\t", key=line.count)
    if line.count(separator) < 3:
        return []
    return [name.strip() for name in next(csv.reader([line], delimiter=separator), [])]


def rows_of(data: bytes) -> Iterator[list[str]]:
    """The rows under the header; what is no whole row is left as it is."""
    text = decoded(data)
    line = next((line for line in text.splitlines() if line.strip()), "")
    # Descriptions may hold line breaks and quotes; the limit of a field is raised by nobody's true table.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=line.count))
    header_seen = False
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        if header_seen:
            yield row
        elif any(cell.strip() for cell in row):
            header_seen = True


def cell(row: Sequence[str], place: int | None) -> str:
    """A cell without white space; empty where it is missing or says so."""
    if place is None or place >= len(row):
        return ""
    value = row[place].strip()
    return "" if value.lower() in _MISSING else value


def amount(written: str, *, decimal: str = "") -> float:
    """A number in any locale; NaN where it is none.

    Parameters
    ----------
    written
        ``4,808``, ``1.234,5``, ``10.02`` …
    decimal
        The table's decimal mark, where it is known; else a single mark with three digits behind it separates thousands
        if it is a comma, and is the decimal mark if it is a point.

    Examples
    --------
    >>> [amount(text) for text in ("4,808", "10.02", "1.234,5", "5,02", "1,234.5", "--")]
    [4808.0, 10.02, 1234.5, 5.02, 1234.5, nan]
    >>> amount("10,020", decimal=",")
    10.02
    """
    text = re.sub(r"[\s'’\u00a0\u202f]", "", written)
    if not re.fullmatch(r"[-+−]?[\d.,]*\d[\d.,]*", text):
        return NAN
    text = text.replace("−", "-")
    if decimal:
        text = text.replace("." if decimal == "," else ",", "").replace(decimal, ".")
    elif "," in text and "." in text:
        last = max(",.", key=text.rfind)
        text = text.replace("." if last == "," else ",", "").replace(last, ".")
    elif text.count(",") > 1 or re.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}", text):
        text = text.replace(",", "")
    elif text.count(".") > 1:
        text = text.replace(".", "")
    else:
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return NAN


def decimal_mark(values: Iterator[str]) -> str:
    """The decimal mark of a column of distances: the one that has one or two digits behind it; empty if unknown.

    Examples
    --------
    >>> decimal_mark(iter(["10,02", "1.500"])), decimal_mark(iter(["10.02", "1,500"])), decimal_mark(iter(["5"]))
    (',', '.', '')
    """
    votes = {",": 0, ".": 0}
    for value in values:
        if found := re.search(r"([.,])\d{1,2}$", value.strip()):
            votes[found.group(1)] += 1
    return "" if votes[","] == votes["."] else max(votes, key=lambda mark: votes[mark])


def seconds(written: str) -> float:
    """A duration such as ``1:02:03.4`` or ``52:10``, or a plain number of seconds; NaN where it is none.

    Examples
    --------
    >>> seconds("1:02:03,4"), seconds("52:10"), seconds("90.5"), seconds("soon")
    (3723.4, 3130.0, 90.5, nan)
    """
    parts = written.replace(",", ".").split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return NAN
    total = 0.0
    for part in numbers:
        total = total * 60 + part
    return total


def time_of(written: str, *, day_first: bool = False) -> datetime | None:
    """A time in ISO, with names of months, or with numbers and points or slashes; None where it is none of these.

    Parameters
    ----------
    written
        ``2024-03-05 07:12:00``, ``Mar 5, 2024, 7:12:00 AM``, ``05.03.2024, 07:12:00`` …
    day_first
        Whether ``05/03/2024`` is the fifth of March; points always have the day first.

    Examples
    --------
    >>> for text in ("2024-03-05 07:12:00", "Mar 5, 2024, 7:12:00 PM", "05.03.2024, 07:12", "5 mars 2024 à 07:12:00"):
    ...     print(time_of(text))
    2024-03-05 07:12:00+00:00
    2024-03-05 19:12:00+00:00
    2024-03-05 07:12:00+00:00
    2024-03-05 07:12:00+00:00
    """
    if found := moment(written):
        return found if not written.strip().replace(".", "").isdigit() else None
    plain = re.sub(r"[\u00a0\u202f]", " ", written)
    numeric = re.match(
        r"\s*(\d{1,4})([./-])(\d{1,2})\2(\d{1,4}),?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp]\.?[Mm]\.?)?", plain
    )
    if numeric:
        first, mark, second, third = int(numeric[1]), numeric[2], int(numeric[3]), int(numeric[4])
        if first > 31:
            year, month, day = first, second, third
        elif mark == "." or day_first or first > 12:
            year, month, day = third, second, first
        else:
            year, month, day = third, first, second
        hour = int(numeric[5])
        if half := numeric[8]:
            hour = hour % 12 + (12 if half[0] in "Pp" else 0)
        return _time(year, month, day, hour, int(numeric[6]), int(numeric[7] or 0))
    words = plain.replace(",", " ").split()
    clock = re.search(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", plain)
    month = next((found_month for word in words if (found_month := month_number(word))), 0)
    numbers = [int(word.rstrip(".")) for word in words if word.rstrip(".").isdigit()]
    if clock and month and len(numbers) >= 2:
        year, day = max(numbers), min(numbers)
        return _time(year, month, day, int(clock[1]), int(clock[2]), int(clock[3] or 0))
    return None


def _time(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime | None:
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
