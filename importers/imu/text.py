"""Tables of text: separator, decimal sign, header, units and metadata found out, the rows read by pyarrow."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from stridelab.importers.imu.tables import Column, Table, since_1970
from stridelab.importers.imu.units import unit_of

SNIFFED_BYTES: Final = 64 * 1024
MAX_HEADER_LINES: Final = 200
SEPARATORS: Final = ("\t", ";", ",", "|", " ")
NULLS: Final = ("", "NaN", "nan", "NAN", "NA", "N/A", "null", "NULL", "None", "-", "--", "#N/A", "inf", "-inf")

_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_MOMENT: Final = re.compile(r"\d{4}[-/.]\d\d?[-/.]\d\d?.*|\d\d?[-/.]\d\d?[-/.]\d{4}.*|\d\d?:\d\d(?::\d\d.*)?")
_SEPARATOR_LINE: Final = re.compile(r"^\"?sep=(?P<separator>.)?", re.IGNORECASE)
_NO_UNITS: Final = frozenset({"", "no_units", "no units", "-", "n/a", "txt", "local", "yyyy/mm/dd hh:mm:ss.000"})
# The tools of Axivity write no header unless they are asked to.
_AXIVITY: Final = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}(?:,\s*-?\d+\.\d+){3}(?:,\s*-?\d+\.\d+){0,3}\s*$")
_AXIVITY_NAMES: Final = ("Time", *(f"Accel-{a} (g)" for a in "XYZ"), *(f"Gyro-{a} (d/s)" for a in "XYZ"))


@dataclass(frozen=True, slots=True)
class Shape:
    """How a table of text is laid out.

    Parameters
    ----------
    separator, decimal
        Between fields, and in numbers.
    names
        Names of the columns; numbers from 1 where there is no header.
    units
        The line of units under the header; empty where there is none.
    metadata
        Lines above the header.
    data_line
        Number of the first line of data, counted from 0.
    """

    separator: str
    decimal: str
    names: tuple[str, ...]
    units: tuple[str, ...]
    metadata: tuple[str, ...]
    data_line: int


def decoded(data: bytes) -> str:
    """Text of these bytes: UTF-16 by its mark, else UTF-8, else Windows' western code page."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A piece of a longer text may end inside a character.
        if error.start >= len(data) - 3:
            return data[: error.start].decode("utf-8-sig", errors="replace")
        return data.decode("cp1252", errors="replace")


def shape(text: str, *, whole: bool = True) -> Shape | None:
    """How a text is laid out as a table; None where it is none.

    The table begins where for the first time lines of numbers (or times) of one length follow each other; of the
    separators for which that is so, the one with the most fields is taken.

    Parameters
    ----------
    text
        The begin of a file.
    whole
        Whether it ends with a whole line.
    """
    lines = text.splitlines()
    if not whole:
        lines = lines[:-1]
    lines = lines[:MAX_HEADER_LINES]
    told = _SEPARATOR_LINE.match(lines[0]) if lines else None
    separators = (told["separator"],) if told and told["separator"] else SEPARATORS
    found = [laid_out for separator in separators if (laid_out := _shape(lines, separator)) is not None]
    # Words of a sentence are no names.
    found = found or [made for s in separators if s != " " and (made := _header_alone(lines, s)) is not None]
    return max(found, key=lambda laid_out: len(laid_out.names), default=None)


def _shape(lines: list[str], separator: str) -> Shape | None:
    rows = [_fields(line, separator) for line in lines]
    first = next((i for i, row in enumerate(rows) if _is_data(row) and _goes_on(rows, i)), None)
    if first is None:
        return None
    width = max(len(row) for row in rows[first : first + 3])
    above = [i for i in range(first) if _filled(rows[i])]
    names: list[str] = []
    units: list[str] = []
    header = first
    if above and _may_name(rows[above[-1]], width):
        header = above[-1]
        names = rows[header]
        if len(above) > 1 and _are_units(names) and _may_name(rows[above[-2]], width):
            header = above[-2]
            names, units = rows[header], names
    kept = [lines[i].strip() for i in range(header) if lines[i].strip() and not _SEPARATOR_LINE.match(lines[i])]
    numbers = [field for row in rows[first : first + 20] for field in row if _NUMBER.fullmatch(field)]
    commas = separator != "," and any("," in field for field in numbers) and not any("." in field for field in numbers)
    if not names and _AXIVITY.match(lines[first]):
        names = list(_AXIVITY_NAMES[:width])
    return Shape(separator, "," if commas else ".", _unique(names, width), tuple(units), tuple(kept), first)


def _header_alone(lines: list[str], separator: str) -> Shape | None:
    """The widest line, where no line of data is in sight: the begin of a file with a very long header, or no data."""
    rows = [_fields(line, separator) for line in lines]
    widest = max(range(len(rows)), key=lambda i: len(rows[i]), default=None)
    if widest is None or len(rows[widest]) < 3:
        return None
    names = _unique(rows[widest], len(rows[widest]))
    metadata = tuple(line.strip() for line in lines[:widest] if line.strip())
    return Shape(separator, ".", names, (), metadata, len(lines))


def _fields(line: str, separator: str) -> list[str]:
    parts = line.split() if separator == " " else line.split(separator)
    return [part.strip().strip('"').strip() for part in parts]


def _is_data(row: list[str]) -> bool:
    """At least two fields and only numbers, times and gaps; a word or two may stand among many numbers."""
    filled = [field for field in row if field and field not in NULLS]
    if len(row) < 2 or not filled:
        return False
    good = sum(bool(_NUMBER.fullmatch(field) or _MOMENT.fullmatch(field)) for field in filled)
    return good >= 2 and good >= 0.7 * len(filled)


def _goes_on(rows: list[list[str]], at: int) -> bool:
    following = [row for row in rows[at + 1 : at + 3] if _filled(row)]
    return all(_is_data(row) and abs(len(row) - len(rows[at])) <= 1 for row in following)


def _filled(row: list[str]) -> bool:
    return any(row)


def _may_name(row: list[str], width: int) -> bool:
    """A header: as wide as the data (a separator at the end of one of the two aside), and no data itself."""
    while row and not row[-1]:
        row = row[:-1]
    return width - 1 <= len(row) <= width + 1 and len(row) >= 2 and not _is_data(row)


def _are_units(row: list[str]) -> bool:
    """Whether a line gives units: a known one in half of its fields and nothing but such words."""
    known = sum(bool(unit_of(field)) for field in row)
    return known >= 1 and known + sum(field.lower() in _NO_UNITS or len(field) <= 6 for field in row) >= len(row)


def _unique(names: list[str], width: int) -> tuple[str, ...]:
    """Names for all columns: their numbers where they have none, a number behind one that repeats."""
    found: list[str] = []
    for i in range(max(width, len(names))):
        name = names[i] if i < len(names) and names[i] else str(i + 1)
        found.append(name if name not in found else f"{name}.{i + 1}")
    return tuple(found[:width]) if len(names) > width and not any(names[width:]) else tuple(found)


def read_text(data: bytes) -> Table | None:
    """The table in these bytes; None where they hold none.

    Rows that are not as wide as the others are left out and counted; a field that is no number where the others are is
    NaN. A last row without an end of line is kept only if it is whole.
    """
    laid_out = shape(decoded(data[:SNIFFED_BYTES]), whole=len(data) <= SNIFFED_BYTES)
    if laid_out is None:
        return None
    body = _body(data, laid_out)
    cut = bool(body) and not body.endswith((b"\n", b"\r")) and not _ends_whole(body, laid_out)
    if cut:
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    if not body.strip():
        return Table({name: np.zeros(0) for name in laid_out.names}, metadata=laid_out.metadata, cut=cut)
    columns, in_utc, skipped = _parsed(body, laid_out)
    units = {name: unit for name, unit in zip(laid_out.names, laid_out.units, strict=False) if unit}
    units |= dict.fromkeys(in_utc, "ns")
    return Table(columns, units, laid_out.metadata, skipped=skipped, cut=cut)


def _body(data: bytes, laid_out: Shape) -> bytes:
    """The lines of data in UTF-8, single spaces between fields that spaces part."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", errors="replace").encode()
    at = 0
    newline = b"\n" if b"\n" in data[:SNIFFED_BYTES] else b"\r"
    for _ in range(laid_out.data_line):
        at = data.find(newline, at) + 1
        if not at:
            return b""
    body = data[at:]
    try:
        body.decode()
    except UnicodeDecodeError:
        body = body.decode("cp1252", errors="replace").encode()
    if laid_out.separator == " ":
        body = re.sub(rb"(?m)^[ \t]+|[ \t]+$", b"", re.sub(rb"[ \t]+", b" ", body))
    return body


def _ends_whole(body: bytes, laid_out: Shape) -> bool:
    """Whether the last row has all of its fields; that its last number is whole cannot be told."""
    last = _fields(decoded(body[max(body.rfind(b"\n"), body.rfind(b"\r")) + 1 :]), laid_out.separator)
    return len(last) >= len(laid_out.names) and _is_data(last)


Parsed = tuple[dict[str, Column], list[str], int]
"""Columns, those of them that are nanoseconds since 1970, and how many lines were left out."""


def _parsed(body: bytes, laid_out: Shape) -> Parsed:
    """The rows: types as pyarrow finds them, else all as text."""
    try:
        return _read(body, laid_out, as_text=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass  # values that do not fit the type of those before them, or that pyarrow has no conversion for
    try:
        return _read(body, laid_out, as_text=True)
    except pa.ArrowException:
        # A quotation mark that is never closed.
        return _read(body.replace(b'"', b""), laid_out, as_text=True)


def _read(body: bytes, laid_out: Shape, *, as_text: bool) -> Parsed:
    names = list(laid_out.names)
    skipped = 0

    def skip(row: Any) -> str:
        nonlocal skipped
        skipped += 1
        return "skip"

    types = dict.fromkeys(names, pa.string()) if as_text else None
    table = pc.read_csv(
        io.BytesIO(body),
        read_options=pc.ReadOptions(column_names=names, use_threads=not as_text),
        parse_options=pc.ParseOptions(delimiter=laid_out.separator, invalid_row_handler=skip),
        convert_options=pc.ConvertOptions(
            decimal_point=laid_out.decimal,
            null_values=list(NULLS),
            strings_can_be_null=True,
            column_types=types,
        ),
    )
    in_utc = [name for name in names if pa.types.is_timestamp(kind := table[name].type) and kind.tz is not None]
    return {name: _array(table[name], laid_out.decimal) for name in names}, in_utc, skipped


def _array(column: pa.ChunkedArray, decimal: str) -> Column:
    kind = column.type
    if pa.types.is_integer(kind) and not column.null_count:
        return np.asarray(column.to_numpy(), dtype=np.int64)
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
    if pa.types.is_timestamp(kind):
        moments = np.asarray(column.cast(pa.timestamp("ns")).to_numpy())
        return moments if kind.tz is None else since_1970(moments)
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    values = np.asarray(column.cast(pa.string()).to_numpy(zero_copy_only=False), dtype=object)
    return as_numbers(values, decimal)


def as_numbers(values: Column, decimal: str = ".") -> Column:
    """Text as numbers where at least half of it is; else as it is."""
    import pandas as pd

    series = pd.Series(values, dtype="object")
    if decimal == ",":
        series = series.astype("str").str.replace(",", ".", regex=False)
    found = pd.to_numeric(series.astype("str").str.strip().where(series.notna()), errors="coerce")
    filled = int(series.notna().sum())
    good = int(found.notna().sum())
    return np.asarray(found, dtype=np.float64) if filled and good >= 0.5 * filled else values
