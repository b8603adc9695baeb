"""Where two readers of one FIT file differ: message by message, column by column, value by value, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from fitdecode import profile as _profile

from stridelab.importers.fit.columns import Raw, is_missing, physical
from stridelab.importers.fit.decode import FitMessages
from stridelab.importers.fit.profile import TIMESTAMP_FIELD, FieldSpec, field_spec, message_name
from stridelab.importers.fit.table import Table

Array = npt.NDArray[Any]

Kind = Literal["table", "rows", "column", "missing", "value"]

RELATIVE_TOLERANCE: Final = 1e-9
"""Scaled values may differ by rounding: one reader divides, another multiplies."""

UNKNOWN: Final = "unknown_"
"""How fields and messages begin that a profile has no name for; their number follows."""

_NUMBERS: Final = {str(known.name): number for number, known in _profile.MESSAGE_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two readers do not agree on.

    Parameters
    ----------
    message, column
        Where; column is empty where it is about the whole table.
    kind
        ``table`` or ``column``: only one has it; ``rows``: the numbers of messages differ; ``missing``: one has a value
        where the other has none; ``value``: both have a value, and not the same.
    ours, theirs
        What each has: a number of messages, of values, or the first value that differs.
    count
        How many messages are concerned.
    row
        The first of them; -1 where it is about all.
    reason
        Why, where that is known.
    """

    message: str
    column: str
    kind: Kind
    ours: Any
    theirs: Any
    count: int
    row: int = -1
    reason: str = ""


def tables_of(messages: FitMessages) -> dict[str, Table]:
    """Every table of a file by the name of its messages."""
    return {name: messages.table(name) for name in messages}


def differences(ours: Mapping[str, Table], theirs: Mapping[str, Table]) -> list[Difference]:
    """Everything in which two readings of one file differ.

    Where one has more messages of a name than the other, those that both have from the beginning are compared.
    """
    found: list[Difference] = []
    theirs = {_our_name(message, ours): table for message, table in theirs.items()}
    for message in dict.fromkeys([*ours, *theirs]):
        mine, other = ours.get(message), theirs.get(message)
        if mine is None or other is None:
            mine_n, other_n = (0 if table is None else len(table) for table in (mine, other))
            found.append(Difference(message, "", "table", mine_n, other_n, max(mine_n, other_n)))
            continue
        if len(mine) != len(other):
            gap = abs(len(mine) - len(other))
            found.append(Difference(message, "", "rows", len(mine), len(other), gap))
        found += _columns(message, mine, other)
    return found


def _columns(message: str, mine: Table, other: Table) -> list[Difference]:
    n = min(len(mine), len(other))
    named, reasons = _with_our_names(message, mine, other)
    found: list[Difference] = []
    for column in dict.fromkeys([*mine.columns, *named]):
        reason = reasons.get(column, "")
        both = [None if values is None else values[:n] for values in (mine.columns.get(column), named.get(column))]
        valid = [0 if values is None else int((~is_missing(values)).sum()) for values in both]
        a, b = both
        if a is None or b is None:
            if any(valid):
                found.append(Difference(message, column, "column", valid[0], valid[1], max(valid), reason=reason))
            continue
        for one in _values(a, b):
            why = reason if one.kind == "missing" else _reason_for_value(message, column, one) or reason
            found.append(replace(one, message=message, column=column, reason=why))
    return found


def _values(a: Array, b: Array) -> list[Difference]:
    """Rows in which two columns of equal length differ."""
    gone_a, gone_b = is_missing(a), is_missing(b)
    found: list[Difference] = []
    masks: tuple[tuple[Kind, npt.NDArray[np.bool_]], ...] = (
        ("missing", gone_a & ~gone_b),
        ("missing", gone_b & ~gone_a),
        ("value", ~gone_a & ~gone_b & ~_equal(a, b)),
    )
    for kind, mask in masks:
        if mask.any():
            row = int(np.argmax(mask))
            found.append(Difference("", "", kind, _shown(a, row), _shown(b, row), int(mask.sum()), row))
    return found


def _equal(a: Array, b: Array) -> npt.NDArray[np.bool_]:
    """Which rows of two columns hold the same."""
    if a.dtype.kind in "uif" and b.dtype.kind in "uif" and a.shape == b.shape:
        same = (a == b) if "f" not in a.dtype.kind + b.dtype.kind else _close(a, b)
        return np.asarray(same if same.ndim == 1 else same.all(axis=1))
    if a.dtype.kind == b.dtype.kind == "M" and a.shape == b.shape:
        same = (a == b) | (np.isnat(a) & np.isnat(b))
        return np.asarray(same if same.ndim == 1 else same.all(axis=1))
    return np.array([_same(_listed(a[i]), _listed(b[i])) for i in range(len(a))], dtype=np.bool_)


def _close(a: Array, b: Array) -> npt.NDArray[np.bool_]:
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    return np.isclose(a, b, rtol=RELATIVE_TOLERANCE, atol=1e-12, equal_nan=True)


def _same(a: Any, b: Any) -> bool:
    """Whether two values are the same, numbers within the tolerance."""
    if isinstance(a, list) or isinstance(b, list):
        a, b = _without_end(a), _without_end(b)
        return len(a) == len(b) and all(map(_same, a, b))
    if a is None or b is None or a != a or b != b:
        return (a is None or a != a) and (b is None or b != b)
    if isinstance(a, int | float) and isinstance(b, int | float):
        return bool(_close(np.array(a), np.array(b)))
    return bool(a == b)


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def _without_end(value: Any) -> list[Any]:
    """The values of an array up to the last one that is not missing."""
    values = value if isinstance(value, list) else [value]
    while values and (values[-1] is None or values[-1] != values[-1]):
        values = values[:-1]
    return values


def _shown(column: Array, row: int) -> Any:
    value = column[row]
    return str(value) if column.dtype.kind == "M" and column.ndim == 1 else _listed(value)


# ---------------------------------------------------------------- names of another profile


def _with_our_names(message: str, mine: Table, other: Table) -> tuple[dict[str, Array], dict[str, str]]:
    """The other reader's columns; those that only our profile has a name for get that name and its scale."""
    columns, reasons = dict(other.columns), {}
    for column in mine.columns:
        for number in _fields(message).get(column, ()):
            theirs = f"{UNKNOWN}{number}"
            if column not in columns and theirs in columns and theirs not in mine.columns:
                columns[column] = _as_ours(columns.pop(theirs), field_spec(_number(message), number))
                reasons[column] = f"the other reader's profile has no name for field {number}"
    for column in columns.keys() ^ mine.columns.keys():
        reasons.setdefault(column, _reason_for_column(message, column, mine))
    return columns, reasons


def _as_ours(values: Array, spec: FieldSpec) -> Array:
    """Raw values of another reader with our scale, unit and names."""
    if values.dtype.kind not in "uif":
        return values
    gone = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, dtype=np.bool_)
    whole = np.nan_to_num(values)
    if (whole == np.trunc(whole)).all():
        whole = whole.astype(np.int64)
    return physical(Raw(whole, gone), spec)


def _number(message: str) -> int:
    return _NUMBERS[message] if message in _NUMBERS else int(message.removeprefix(UNKNOWN))


@cache
def _fields(message: str) -> dict[str, list[int]]:
    """Field numbers by name; a few names have two."""
    found: dict[str, list[int]] = {"timestamp": [TIMESTAMP_FIELD]}
    known = _profile.MESSAGE_TYPES.get(_number(message))
    for number, one in (known.fields if known else {}).items():
        found.setdefault(str(one.name), []).append(number)
    return found


def _our_name(message: str, ours: Mapping[str, Table]) -> str:
    """The name that our profile has for a message which the other's has none for."""
    if message in ours or not message.startswith(UNKNOWN):
        return message
    return message_name(int(message.removeprefix(UNKNOWN)))


def _reason_for_column(message: str, column: str, mine: Table) -> str:
    """Why only one reader may have a column."""
    for name, numbers in _fields(message).items():
        for number in numbers:
            spec = field_spec(_number(message), number)
            if name in mine.columns and column in {sub.field.name for sub in spec.sub_fields}:
                return f"another meaning of {name}, by the value of a third field"
            if name in mine.columns and column in {component.field.name for component in spec.components}:
                return f"unpacked from {name}"
    return ""


def _reason_for_value(message: str, column: str, one: Difference) -> str:
    """Why two values may differ: names that one profile has and the other has not."""
    if isinstance(one.theirs, str) and one.theirs.isdecimal() and isinstance(one.ours, str):
        if any(names.get(int(one.theirs)) == one.ours for names in _names(message, column)):
            return f"the other reader's profile has no name for {one.theirs}"
    return ""


def _names(message: str, column: str) -> Iterator[Mapping[int, str]]:
    """The enumerations that a column may hold."""
    for numbers in _fields(message).values():
        for number in numbers:
            spec = field_spec(_number(message), number)
            for one in (spec, *(sub.field for sub in spec.sub_fields)):
                if one.name == column and one.names:
                    yield one.names


__all__ = ["Difference", "differences", "tables_of"]
