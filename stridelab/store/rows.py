"""Activities as rows of the catalogue, and back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from stridelab.activity import (
    EVENT_COLUMNS,
    LAP_COLUMNS,
    LENGTH_COLUMNS,
    PAUSE_COLUMNS,
    PERSONAL_RECORD_COLUMNS,
    SET_COLUMNS,
    SPLIT_COLUMNS,
    Activity,
    ReadResult,
    Source,
    empty_table,
)
from stridelab.analysis.session import SESSION_TEXTS
from stridelab.athlete import AthleteValue
from stridelab.issues import Issue, IssueCode
from stridelab.localtime import local_date
from stridelab.pipeline import Derived, DerivedActivity, values_in
from stridelab.store import frames, schema
from stridelab.store.streams import beside_records
from stridelab.wellness import METRICS, Value

Row = dict[str, Any]

TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "laps": LAP_COLUMNS,
    "lengths": LENGTH_COLUMNS,
    "splits": SPLIT_COLUMNS,
    "pauses": PAUSE_COLUMNS,
    "events": EVENT_COLUMNS,
    "sets": SET_COLUMNS,
}
"""The small tables of an `Activity`, kept whole in ``activity_tables``."""

STREAMS: Final = "streams"
"""Among these, the names of its streams beside the records: by that it is known what has to be there."""

_LOOKED_AT: Final = 64
"""Samples of which nearly every column that has a value has one."""

HEART_RATE_SECONDS: Final = "heart_rate_seconds"
"""Curve: seconds spent at each whole beat a minute."""

BEST_EFFORTS: Final = "best_efforts"
"""Curve: farthest distance in each of `stridelab.analysis.pace.DURATIONS_S`, cut after the last that there is."""

INSERT_ORDER: Final = (
    schema.sources,
    schema.activities,
    schema.laps,
    schema.sets,
    schema.activity_tables,
    schema.activity_metrics,
    schema.activity_texts,
    schema.curves,
    schema.wellness,
    schema.issues,
    schema.athlete_values,
    schema.service_gear,
    schema.service_gear_activities,
    schema.personal_records,
)
"""The tables that one file fills; each only refers to those before it."""

# Fields of an `Activity` that are columns of ``activities``; in the numbers, NULL is NaN.
_TEXTS: Final = ("sport", "sub_sport", "title", "utc_offset_s", "timezone", "timezone_source")
_NUMBERS: Final = ("timer_time_s", "elapsed_time_s", "distance_m", "ascent_m", "descent_m")
_MAPPINGS: Final = ("summary", "device", "provenance")


@dataclass(frozen=True)
class FileRows:
    """What one file becomes in the catalogue: rows by the name of their table. Small, so that it travels cheaply.

    ``remember`` is false where the outcome follows from a wish for this import, not from the file.
    """

    name: str
    sha256: str
    outcome: str
    kind: str = ""
    reason: str = ""
    damage: tuple[Issue, ...] = ()
    wellness_dates: frozenset[date] = frozenset()
    remember: bool = True
    tables: dict[str, list[Row]] = field(default_factory=dict)


def file_rows(derived: Derived, *, athlete: str, name: str, sha256: str, size_bytes: int, reader: str) -> FileRows:
    """The rows of one file; ``import_id`` and where its original lies are added by the writer that commits."""
    source = {
        "athlete": athlete,
        "sha256": sha256,
        "name": derived.source.name if derived.source else name,
        "size_bytes": size_bytes,
        "outcome": derived.outcome,
        "kind": derived.kind,
        "reason": derived.reason,
        "format": derived.source.format if derived.source else "",
        "engine": derived.source.engine if derived.source else "",
        "reader_version": reader,
    }
    tables: dict[str, list[Row]] = {table.name: [] for table in INSERT_ORDER}
    tables["sources"].append(source)
    key = {"athlete": athlete, "sha256": sha256}
    if derived.outcome == "imported":
        tables["issues"] += _issue_rows(derived.issues, key, "")
        tables["wellness"] += _wellness_rows(derived.wellness, key)
        for position, item in enumerate(derived.activities):
            _add_activity(tables, item, key, position)
        if derived.result is not None:
            _add_account(tables, derived.result, key)
    return FileRows(
        name=name,
        sha256=sha256,
        outcome=derived.outcome,
        kind=derived.kind,
        reason=derived.reason,
        damage=derived.damage,
        wellness_dates=frozenset(row["local_date"] for row in tables["wellness"]),
        tables=tables,
    )


def _wellness_rows(values: Iterable[Value], key: Row) -> list[Row]:
    return [
        {
            **key,
            "position": position,
            "local_date": day_of(value),
            "metric": value.metric,
            "value": value.value,
            "unit": METRICS[value.metric].unit,
            "source": value.source,
            "context": value.context,
            "time": None if np.isnat(value.time) else value.time.astype("datetime64[us]").item().replace(tzinfo=UTC),
        }
        for position, value in enumerate(values)
    ]


def day_of(value: Value) -> date:
    """The local day of a wellness value."""
    day: date = value.local_date.astype("datetime64[D]").item()
    return day


def _add_account(tables: dict[str, list[Row]], result: ReadResult, key: Row) -> None:
    """What an account's export says beside activities and days."""
    values = {(value.quantity, value.valid_from): value for value in result.athlete_values}
    tables["athlete_values"] += [value_row(value, **key) for value in values.values()]
    if result.gear is not None:
        tables["service_gear"] += _distinct(result.gear, key, "gear_id")
    if result.gear_activities is not None:
        tables["service_gear_activities"] += _distinct(result.gear_activities, key, "gear_id", "service_id")
    if result.personal_records is not None:
        tables["personal_records"] += _numbered(result.personal_records, key, "position", PERSONAL_RECORD_COLUMNS)


def _distinct(frame: pd.DataFrame, key: Row, *names: str) -> list[Row]:
    return _numbered(frame.drop_duplicates(list(names)), key, "", frame.columns)


def _add_activity(tables: dict[str, list[Row]], item: DerivedActivity, source: Row, position: int) -> None:
    activity = item.activity
    key = {"athlete": source["athlete"], "activity_id": activity.id}
    day = local_date(activity.start_time, activity.utc_offset_s)
    row = {
        **key,
        "sha256": source["sha256"],
        "position": position,
        "parent_id": activity.parent_id,
        "start_time": plain(activity.start_time),
        "local_date": day,
        **{name: plain(getattr(activity, name)) for name in (*_TEXTS, *_NUMBERS)},
        "channels": _channels(activity.records),
        "samples": len(activity.records),
        **{name: frames.to_json(getattr(activity, name)) for name in _MAPPINGS},
    }
    tables["activities"].append(row)
    tables["activity_metrics"] += [
        {**key, "metric": name, "variant": "", "value": value} for name, value in _metrics(item.session, row)
    ]
    tables["activity_texts"] += [
        {**key, "name": name, "text": item.session[name]} for name in SESSION_TEXTS if item.session.get(name)
    ]
    for name, curve in ((HEART_RATE_SECONDS, item.heart_rate_seconds), (BEST_EFFORTS, item.best_efforts)):
        if curve.any():
            tables["curves"].append({**key, "curve": name, "x": None, "y": frames.pack(curve)})
    tables["laps"] += _numbered(activity.laps, key, "lap", LAP_COLUMNS)
    tables["sets"] += _numbered(item.sets, key, "number", ["local_date", *SET_COLUMNS])
    for name, columns in TABLES.items():
        frame = getattr(activity, name)
        if len(frame) or list(frame.columns) != list(columns):
            tables["activity_tables"].append({**key, "name": name, "content": frames.to_bytes(frame)})
    if names := beside_records(activity):
        content = frames.to_bytes(pd.DataFrame({"name": names}))
        tables["activity_tables"].append({**key, "name": STREAMS, "content": content})
    tables["issues"] += _issue_rows(activity.issues, source, activity.id)
    known = {(row["quantity"], row["valid_from"]) for row in tables["athlete_values"]}
    tables["athlete_values"] += [
        value_row(value, athlete=source["athlete"], sha256=source["sha256"])
        for value in values_in(activity)
        if (value.quantity, value.valid_from) not in known  # the legs of one file say the same
    ]


def _channels(records: pd.DataFrame) -> int:
    """How many columns hold a value."""
    if set(records.dtypes.tolist()) == {frames.FLOAT}:
        values = records.to_numpy()
        empty = np.isnan(values[:_LOOKED_AT]).all(axis=0)
        empty[empty] = np.isnan(values[:, empty]).all(axis=0)
        return int(np.count_nonzero(~empty)) if len(records) else 0
    return int(records.notna().any().sum())


def _metrics(session: Mapping[str, Any], row: Row) -> Iterable[tuple[str, float]]:
    """The numbers of a session that the activity's own columns do not hold already."""
    for name, value in session.items():
        number = plain(value)
        if isinstance(number, int | float) and number != row.get(name):
            yield name, float(number)


def _numbered(frame: pd.DataFrame, key: Row, number: str, columns: Iterable[str]) -> list[Row]:
    """Rows of a frame, numbered from 0 under that name (empty: not), with those of these columns that it has."""
    if frame.empty:
        return []
    found = dict(frame.items())
    wanted = [name for name in columns if name in found and name not in key]
    values = [_plain_column(found[name]) for name in wanted]
    if number:
        wanted, values = [number, *wanted], [list(range(len(frame))), *values]
    return [{**key, **dict(zip(wanted, row, strict=True))} for row in zip(*values, strict=True)]


def _plain_column(column: pd.Series[Any]) -> list[Any]:
    """`plain` of every value, the common kinds of column at once."""
    if column.dtype.kind == "f":
        return [value if math.isfinite(value) else None for value in column.tolist()]
    if column.dtype.kind == "M" and not isinstance(column.dtype, pd.DatetimeTZDtype):
        days: list[Any] = column.to_numpy().astype("datetime64[D]").tolist()
        return days
    if column.dtype.kind == "M":
        moments = np.asarray(column.array, dtype="datetime64[us]").tolist()
        return [None if moment is None else moment.replace(tzinfo=UTC) for moment in moments]
    return [value if type(value) is str else plain(value) for value in column.tolist()]


def _issue_rows(found: Iterable[Issue], source: Row, activity_id: str) -> list[Row]:
    return [
        {
            "athlete": source["athlete"],
            "sha256": source["sha256"],
            "activity_id": activity_id,
            "position": position,
            "code": str(issue.code),
            "severity": issue.severity,
            "byte_offset": issue.offset,
            "message": issue.message,
        }
        for position, issue in enumerate(found)
    ]


def value_row(value: AthleteValue, *, athlete: str, sha256: str = "") -> Row:
    """An `AthleteValue` as a row of ``athlete_values``; without a file it was given by somebody."""
    text = value.value if isinstance(value.value, str) else None
    return {
        "athlete": athlete,
        "quantity": value.quantity,
        "origin": value.origin,
        "valid_from": value.valid_from or schema.ALWAYS,
        "sha256": sha256,
        "number": None if text is not None else value.number,
        "text": text,
        "note": value.note,
    }


def plain(value: Any) -> Any:
    """A value as databases take it: Python's own types, None for what is missing."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        moment: datetime = value.to_pydatetime(warn=False)
        return moment if moment.tzinfo else moment.date()
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"time {value} without a zone")
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def to_activity(
    row: Mapping[Any, Any],
    source: Mapping[Any, Any],
    tables: Mapping[str, bytes],
    issues: Iterable[Mapping[Any, Any]],
    streams: Mapping[str, Any],
) -> Activity:
    """The activity of these rows and streams, as it was imported."""
    fields: dict[str, Any] = {name: row[name] for name in _TEXTS}
    fields |= {name: float("nan") if row[name] is None else row[name] for name in _NUMBERS}
    fields |= {name: frames.from_json(row[name]) for name in _MAPPINGS}
    for name, columns in TABLES.items():
        fields[name] = frames.from_bytes(tables[name]) if name in tables else empty_table(columns)
    return Activity(
        id=row["activity_id"],
        parent_id=row["parent_id"],
        start_time=row["start_time"],
        **fields,
        **streams,
        source=Source(source["name"], source["sha256"], source["format"], source["engine"], source["size_bytes"]),
        issues=tuple(_issue(row) for row in issues),
    )


def _issue(row: Mapping[Any, Any]) -> Issue:
    known = row["code"] in IssueCode.__members__.values()
    code = IssueCode(row["code"]) if known else IssueCode.UNRECOGNISED
    # A code of another version of stridelab has no sentence here; its message has.
    return Issue(
        code, row["severity"], row["byte_offset"], row["message"] if known else f"{row['code']}: {row['message']}"
    )
