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
from stridelab.importers.fit.calendar import is_undated, moved, moved_by, utc_offset_s
from stridelab.importers.fit.decode import FitMessages, Table
from stridelab.importers.fit.device import device, estimates, workout
from stridelab.importers.fit.heart_beats import StrapHeartRate, on_records, rr_intervals, strap_heart_rate
from stridelab.importers.fit.inertial import imu_streams
from stridelab.importers.fit.legs import NO_ROWS, Leg, in_part, legs, rows_of_part, within
from stridelab.importers.fit.profile_of_athlete import athlete_summary
from stridelab.importers.fit.records import channels, developer_fields
from stridelab.importers.fit.strength import sets
from stridelab.importers.fit.tables import Rows
from stridelab.importers.positions import mask_positions
from stridelab.issues import Issue, IssueCode
from stridelab.localtime import LocalTime, resolve
from stridelab.samples import MAX_DAYS_FROM_MEDIAN, clean_records, sample_durations_s, seconds
from stridelab.sports import family

_FAR: Final = np.timedelta64(MAX_DAYS_FROM_MEDIAN, "D")

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
    known: dict[int, _Beats] = {}
    for position, leg in enumerate(list(legs(messages))):
        start = _start_time(leg, messages)
        if start is not None:
            if leg.part not in known:
                known[leg.part] = _beats(messages, leg.part, start)
            activity = _activity(messages, source, leg, position, start, known[leg.part])
            how = moved_by(messages, leg.part) if is_undated(pd.Timestamp(start)) else None
            yield activity if how is None else moved(activity, how)


@dataclass(frozen=True, eq=False)
class _Beats:
    """Heart beats of a part of a file: they cross the legs, so they are worked out once."""

    rr_intervals: pd.DataFrame
    strap: StrapHeartRate | None


def _beats(messages: FitMessages, part: int, start: datetime) -> _Beats:
    rows = rows_of_part(messages, ("hrv", "beat_intervals", "raw_bbi", "record"), part)
    # Watches chain what a strap sends after a swim behind the activity, as parts of their own.
    return _Beats(rr_intervals(messages, rows, start), strap_heart_rate(messages))


def _start_time(leg: Leg, messages: FitMessages) -> datetime | None:
    """Start of a leg: the session's, else the first record's, else the end of the session less its length.

    A session's start that is days away from every record is a fault; then the records decide.
    """

    def said(column: str) -> Any:
        known = leg.session is not None
        return tables.times(messages.table("session"), column)[leg.session] if known else np.datetime64("NaT", "ms")

    begin = said("start_time")
    if len(leg.records):
        moments = tables.times(messages.table("record"), "timestamp")[leg.records]
        moments = moments[~np.isnat(moments)]
        if len(moments) and not np.abs(moments - begin).min() <= _FAR:
            begin = moments.min()
    if np.isnat(begin):
        begin = said("timestamp")
    return None if np.isnat(begin) else pd.Timestamp(begin).to_pydatetime().replace(tzinfo=UTC)


def _activity(
    messages: FitMessages, source: Source, leg: Leg, position: int, start: datetime, beats: _Beats
) -> Activity:
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
        records, misplaced = mask_positions(records, family(sport, sub_sport))
        issues += found + misplaced
        if beats.strap is not None:
            records = _with_strap(records, beats.strap, provenance)
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
        return table, within(table, column, leg, starts)

    told = part_of("event")
    pauses = tables.pauses(told)
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
        events=tables.events(told),
        splits=tables.splits(part_of("split", "start_time")),
        sets=sets(part_of("set")),
        rr_intervals=_of_leg(beats.rr_intervals, leg),
        imu=imu_streams(messages, _rows_of_leg(messages, leg, starts)),
        developer=developer,
        summary=_summary(messages, session, part_of("unknown_140")),
        device=device(messages),
        source=source,
        provenance=provenance,
        issues=tuple(issues),
    )


def _sport(messages: FitMessages, session: Mapping[str, Any]) -> tuple[str, str]:
    sport = session.get("sport") or tables.first(messages, "sport", "sport") or "generic"
    sub_sport = session.get("sub_sport") or tables.first(messages, "sport", "sub_sport") or "generic"
    return str(sport), str(sub_sport)


def _local_time(messages: FitMessages, leg: Leg, records: pd.DataFrame, start: datetime) -> LocalTime:
    latitude = longitude = None
    if {"latitude_deg", "longitude_deg"} <= set(records.columns):
        both = records["latitude_deg"].to_numpy(), records["longitude_deg"].to_numpy()
        placed = np.flatnonzero(np.isfinite(both[0]) & np.isfinite(both[1]))
        if len(placed):
            latitude, longitude = float(both[0][placed[0]]), float(both[1][placed[0]])
    return resolve(
        start, file_offset_s=_file_offset_s(messages, leg.part), latitude_deg=latitude, longitude_deg=longitude
    )


def _file_offset_s(messages: FitMessages, part: int) -> int | None:
    """Offset of the device's clock from UTC, by the two times in ``activity``, to a quarter of an hour."""
    if not messages.count("activity"):
        return None
    table = messages.table("activity")
    rows = in_part(table, np.asarray(messages.part_starts), part)
    return utc_offset_s(tables.times(table, "timestamp")[rows], tables.times(table, "local_timestamp")[rows])


def _with_strap(records: pd.DataFrame, strap: StrapHeartRate, provenance: dict[str, str]) -> pd.DataFrame:
    """Records whose missing heart rates are filled from a strap that sent its beats afterwards."""
    heart_rate = on_records(strap, seconds(pd.DatetimeIndex(records.index)))
    if "heart_rate_bpm" in records:
        own = records["heart_rate_bpm"].to_numpy(dtype=np.float64)
        heart_rate = np.where(np.isfinite(own), np.nan, heart_rate)
    filled = int(np.isfinite(heart_rate).sum())
    if not filled:
        return records
    provenance["heart_rate_bpm"] = (
        f"{filled} of {len(records)} values from the strap's own record, mean since the sample before"
    )
    column = pd.Series(heart_rate, index=records.index)
    merged = records.assign(
        heart_rate_bpm=records["heart_rate_bpm"].fillna(column) if "heart_rate_bpm" in records else column
    )
    return merged[[name for name in CHANNELS if name in merged]]


def _of_leg(beats: pd.DataFrame, leg: Leg) -> pd.DataFrame:
    """The beats from a leg's begin to its end."""
    if leg.siblings == 1:
        return beats
    time = beats["time"].dt.tz_localize(None).to_numpy()
    kept = (np.isnat(leg.begin) | (time >= leg.begin)) & (np.isnat(leg.end) | (time < leg.end))
    found: pd.DataFrame = beats[kept].reset_index(drop=True)
    return found


def _rows_of_leg(messages: FitMessages, leg: Leg, starts: npt.NDArray[np.intp]) -> dict[str, Rows]:
    """Rows of the inertial messages of a leg, and of the calibrations of its whole part."""
    rows = rows_of_part(messages, ("three_d_sensor_calibration",), leg.part)
    for name in ("accelerometer_data", "gyroscope_data"):
        if messages.count(name):
            rows[name] = within(messages.table(name), "timestamp", leg, starts)
    return rows


def _summary(messages: FitMessages, session: Mapping[str, Any], physiology: tables.Part) -> dict[str, Any]:
    """The device's own totals, under FIT's names: every single value of its session message; then what else it says."""
    told = {
        name: pd.Timestamp(value).isoformat() if isinstance(value, np.datetime64) else value
        for name, value in session.items()
        if value is not None and not isinstance(value, list)
    }
    plan = workout(messages)
    rows = NO_ROWS if physiology is None else physiology[1]
    return told | estimates(messages, rows, session) | athlete_summary(messages) | ({"workout": plan} if plan else {})


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
