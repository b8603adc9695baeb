"""FIT messages to meaning: the activities of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import Activity, Source, activity_id
from stridelab.channels import CHANNELS
from stridelab.importers.fit import tables
from stridelab.importers.fit.decode import FitMessages, Table
from stridelab.importers.fit.profile_of_athlete import athlete_summary
from stridelab.importers.fit.records import Rows, channels, developer_fields, index_of
from stridelab.issues import Issue, IssueCode
from stridelab.localtime import LocalTime, resolve
from stridelab.samples import clean_records, sample_durations_s
from stridelab.sports import family

MAX_UTC_OFFSET_S: Final = 15 * 3600
QUARTER_HOUR_S: Final = 900

# Kinds of file by `file_id.type` where the public profile has no name for it.
KINDS: Final[Mapping[str, str]] = {
    "41": "changelog",
    "44": "metrics",
    "49": "sleep",
    "57": "sports_backup",
    "58": "device",
    "68": "hrv_status",
    "70": "health_snapshot",
    "73": "skin_temperature",
    "79": "sleep_disruption",
}
PLANS: Final = frozenset({"course", "workout", "segment", "segment_list", "schedules", "goals"})


def kind_of(messages: FitMessages) -> str:
    """What a file is, by its own word: ``activity``, ``monitoring_b``, ``workout`` …; else ``unknown``."""
    if messages.count("file_id"):
        for value in messages.table("file_id").columns.get("type", np.array([])).tolist():
            if value is not None:
                return KINDS.get(str(value), str(value))
    return "activity" if messages.count("session") or messages.count("record") else "unknown"


def activities(messages: FitMessages, source: Source) -> Iterator[Activity]:
    """Every activity of a file: one a session, in each of its chained parts; multisport legs share a ``parent_id``."""
    legs = list(_legs(messages))
    for position, leg in enumerate(legs):
        start = _start_time(leg, messages)
        if start is not None:
            yield _activity(messages, source, leg, position, start)


@dataclass(frozen=True, eq=False)
class _Leg:
    """What belongs to one activity: its session (row of the table, or None), its records, its part of the file."""

    part: int
    session: int | None
    records: Rows
    begin: np.datetime64
    end: np.datetime64
    siblings: int


def _legs(messages: FitMessages) -> Iterator[_Leg]:
    """Sessions of each part with the records between their start and the next one's."""
    records = messages.table("record") if messages.count("record") else None
    sessions = messages.table("session") if messages.count("session") else None
    starts = np.asarray(messages.part_starts)
    everything = np.arange(0, dtype=np.intp)
    for part in range(len(starts)):
        rows = everything if records is None else _in_part(records, starts, part)
        own = everything if sessions is None else _in_part(sessions, starts, part)
        if sessions is None or not len(own):
            if len(rows):
                yield _Leg(part, None, rows, np.datetime64("NaT", "ms"), np.datetime64("NaT", "ms"), 1)
            continue
        begins = tables.times(sessions, "start_time")[own]
        order = np.argsort(begins, kind="stable")
        own, begins = own[order], begins[order]
        times = tables.times(records, "timestamp")[rows] if records is not None else begins[:0]
        # Records before the first session's start belong to it; those without a time go with the first.
        which = np.clip(np.searchsorted(begins, times, side="right") - 1, 0, len(own) - 1)
        which[np.isnat(times)] = 0
        for i, session in enumerate(own.tolist()):
            end = begins[i + 1] if i + 1 < len(own) else np.datetime64("NaT", "ms")
            begin = begins[i] if i else np.datetime64("NaT", "ms")
            yield _Leg(part, session, rows[which == i], begin, end, len(own))


def _in_part(table: Table, starts: npt.NDArray[Any], part: int) -> Rows:
    return np.flatnonzero(np.searchsorted(starts, table.offsets, side="right") - 1 == part)


def _within(table: Table, column: str, leg: _Leg, starts: npt.NDArray[Any]) -> Rows:
    """Rows of a table that belong to a leg: of its part, from its begin to its end."""
    rows = _in_part(table, starts, leg.part)
    if leg.siblings == 1:
        return rows
    times = tables.times(table, column)[rows]
    after = np.isnat(leg.begin) | (times >= leg.begin)
    before = np.isnat(leg.end) | (times < leg.end)
    within: Rows = rows[after & before]
    return within


def _start_time(leg: _Leg, messages: FitMessages) -> datetime | None:
    """Start of a leg: the session's, else the first record's, else the end of the session less its length."""
    session = tables.row(messages, "session", leg.session)
    begin = session.get("start_time")
    if begin is None and len(leg.records):
        index = index_of(messages.table("record"), leg.records)
        begin = index.min() if index.notna().any() else None
    if begin is None:
        begin = session.get("timestamp")
    return None if begin is None or pd.isna(begin) else pd.Timestamp(begin).to_pydatetime().replace(tzinfo=UTC)


def _activity(messages: FitMessages, source: Source, leg: _Leg, position: int, start: datetime) -> Activity:
    session = tables.row(messages, "session", leg.session)
    sport, sub_sport = _sport(messages, session)
    starts = np.asarray(messages.part_starts)
    issues = list(messages.issues)
    provenance: dict[str, str] = {}
    records, developer = tables.empty_records(), tables.empty_records()
    if len(leg.records):
        table = messages.table("record")
        raw, provenance = channels(table, leg.records, family(sport, sub_sport))
        records, found = clean_records(raw)
        issues += found
        if leg.session is not None and leg.siblings > 1 and "distance_m" in records:
            records["distance_m"] -= records["distance_m"].dropna().iloc[0]
            provenance["distance_m"] = "the device counts through all legs; less its value at the start of this one"
        developer = developer_fields(table, leg.records)
    if leg.session is None:
        issues.append(Issue(IssueCode.NO_SESSION, "warning", None, f"{len(records)} samples and no session summary."))

    def part_of(name: str, column: str = "timestamp") -> tuple[Table, Rows] | None:
        if not messages.count(name):
            return None
        table = messages.table(name)
        return table, _within(table, column, leg, starts)

    events = tables.events(part_of("event"))
    pauses = tables.pauses(events)
    lasting = sample_durations_s(pd.DatetimeIndex(records.index), pauses)
    timer_s = _number(session, "total_timer_time", float(lasting.sum()) if len(records) else float("nan"))
    distance_m = _number(session, "total_distance", _last(records, "distance_m"))
    if distance_m > CHANNELS["speed_mps"].high * timer_s:
        message = f"The device's total of {distance_m:.0f} m in {timer_s:.0f} s is impossible; taken from the samples."
        issues.append(Issue(IssueCode.IMPLAUSIBLE_VALUE, "warning", None, message))
        distance_m = _last(records, "distance_m")
    local = _local_time(messages, leg, records, start)
    parent = None
    if leg.siblings > 1:
        parent = activity_id(source.sha256, f"part-{leg.part}", start.fromtimestamp(0, UTC))
    return Activity(
        id=activity_id(source.sha256, position, start),
        parent_id=parent,
        sport=sport,
        sub_sport=sub_sport,
        title=str(session.get("sport_profile_name") or tables.first(messages, "sport", "name") or ""),
        start_time=start,
        utc_offset_s=local.utc_offset_s,
        timezone=local.timezone,
        timezone_source=local.source,
        timer_time_s=timer_s,
        elapsed_time_s=_number(session, "total_elapsed_time", _span_s(records)),
        distance_m=distance_m,
        ascent_m=_number(session, "total_ascent"),
        descent_m=_number(session, "total_descent"),
        records=records,
        laps=tables.laps(part_of("lap", "start_time")),
        lengths=tables.lengths(part_of("length", "start_time")),
        pauses=pauses,
        events=events,
        sets=tables.sets(part_of("set")),
        rr_intervals=tables.rr_intervals(part_of("hrv"), start)
        if leg.siblings == 1
        else tables.rr_intervals(None, start),
        developer=developer,
        summary={**_told(session), **athlete_summary(messages)},
        device=tables.device(messages),
        source=source,
        provenance=provenance,
        issues=tuple(issues),
    )


def _sport(messages: FitMessages, session: Mapping[str, Any]) -> tuple[str, str]:
    sport = session.get("sport") or tables.first(messages, "sport", "sport") or "generic"
    sub_sport = session.get("sub_sport") or tables.first(messages, "sport", "sub_sport") or "generic"
    return str(sport), str(sub_sport)


def _local_time(messages: FitMessages, leg: _Leg, records: pd.DataFrame, start: datetime) -> LocalTime:
    latitude = longitude = None
    if {"latitude_deg", "longitude_deg"} <= set(records.columns):
        placed = records[["latitude_deg", "longitude_deg"]].dropna()
        # 0/0 is what devices write before they have a position.
        placed = placed[(placed != 0).any(axis=1)]
        if len(placed):
            latitude, longitude = placed.to_numpy(dtype=np.float64)[0].tolist()
    return resolve(
        start, file_offset_s=_file_offset_s(messages, leg.part), latitude_deg=latitude, longitude_deg=longitude
    )


def _file_offset_s(messages: FitMessages, part: int) -> int | None:
    """Offset of the device's clock from UTC, by the two times in ``activity``, to a quarter of an hour."""
    if not messages.count("activity"):
        return None
    table = messages.table("activity")
    rows = _in_part(table, np.asarray(messages.part_starts), part)
    difference = tables.times(table, "local_timestamp")[rows] - tables.times(table, "timestamp")[rows]
    difference = difference[~np.isnat(difference)]
    if not len(difference):
        return None
    offset = round(float(difference[0] / np.timedelta64(1, "s")) / QUARTER_HOUR_S) * QUARTER_HOUR_S
    return offset if abs(offset) <= MAX_UTC_OFFSET_S else None


def _told(session: Mapping[str, Any]) -> dict[str, Any]:
    """The device's own totals: every single value of its session message, under FIT's names."""
    return {
        name: pd.Timestamp(value).isoformat() if isinstance(value, np.datetime64) else value
        for name, value in session.items()
        if value is not None and not isinstance(value, list)
    }


def _number(session: Mapping[str, Any], name: str, default: float = float("nan")) -> float:
    value = session.get(name)
    return float(value) if isinstance(value, int | float) else default


def _span_s(records: pd.DataFrame) -> float:
    if records.empty:
        return float("nan")
    index = pd.DatetimeIndex(records.index)
    return float((index[-1] - index[0]).total_seconds())


def _last(records: pd.DataFrame, column: str) -> float:
    values = records[column].dropna() if column in records else pd.Series(dtype=np.float64)
    return float(values.iloc[-1]) if len(values) else float("nan")
