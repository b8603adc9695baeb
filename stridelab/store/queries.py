"""Reading the catalogue: rows to tables, with the athlete's edits and links applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa

from stridelab.activity import UTC_MS, WELLNESS_COLUMNS
from stridelab.analysis.history import (
    ACTIVITY_COLUMNS,
    DEPENDENT_COLUMNS,
    GEAR_COLUMNS,
    HISTORY_SET_COLUMNS,
    LOG_COLUMNS,
    SNOOZE_COLUMNS,
    TAG_COLUMNS,
)
from stridelab.analysis.pace import DURATIONS_S
from stridelab.analysis.session import HEART_RATE_BINS, SESSION_TEXTS, SESSION_VERSION
from stridelab.athlete import Athlete, AthleteValue
from stridelab.importers.archives import SUMMARY_KINDS
from stridelab.sports import family
from stridelab.store import frames, schema
from stridelab.store.links import START_WITHIN_S, find_links
from stridelab.store.rows import BEST_EFFORTS, HEART_RATE_SECONDS
from stridelab.wellness import one_a_day

EXCLUDE: Final = "exclude"
"""The tag of days and activities that count for nothing."""

SHOES: Final = "shoes"
"""The kind of gear that runs wear out."""

EDITABLE: Final = ("sport", "sub_sport", "title")
"""Fields of an activity that an edit replaces."""

_LINKING: Final = [
    "activity_id",
    "start_time",
    "utc_offset_s",
    "elapsed_time_s",
    "family",
    "sha256",
    "channels",
    "samples",
    "kind",
]

_CATALOGUE_COLUMNS: Final[Mapping[str, str]] = {
    "activity_id": "object",
    "parent_id": "object",
    "start_time": UTC_MS,
    "local_date": "datetime64[ms]",
    "utc_offset_s": "float64",
    "timezone": "object",
    "timezone_source": "object",
    "sport": "object",
    "sub_sport": "object",
    "title": "object",
    "timer_time_s": "float64",
    "elapsed_time_s": "float64",
    "distance_m": "float64",
    "ascent_m": "float64",
    "descent_m": "float64",
    "channels": "int64",
    "samples": "int64",
    "sha256": "object",
    "file": "object",
    "kind": "object",
}
# What `sessions` always has; loads and zones depend on the athlete and are computed with the history.
_METRICS: Final = tuple(
    name
    for name, dtype in ACTIVITY_COLUMNS.items()
    if dtype == "float64" and name not in _CATALOGUE_COLUMNS and name not in DEPENDENT_COLUMNS
)
_OF_SOURCE: Final = {"file": schema.sources.c.name, "kind": schema.sources.c.kind}


def activities(connection: sa.Connection, athlete: str) -> pd.DataFrame:
    """Every activity that is not deleted, sorted by start time; see `Store.activities`."""
    found = _edited(connection, athlete, _catalogue(connection, athlete))
    links = _links(connection, athlete, found)
    primary = [links.get(activity, activity) for activity in found["activity_id"]]
    found["primary_id"] = pd.Series(primary, index=found.index, dtype="object")
    found["is_primary"] = found["primary_id"] == found["activity_id"]
    # The totals of a recorded run are no recording of their own; they give it the account's title and rating.
    joined = found["kind"].isin(SUMMARY_KINDS) & ~found["is_primary"]
    if joined.any():
        titles = found.loc[joined & (found["title"] != ""), ["primary_id", "title"]].drop_duplicates("primary_id")
        named = found["activity_id"].map(titles.set_index("primary_id")["title"])
        found["title"] = found["title"].where(found["has_own_title"] | named.isna(), named).astype("object")
        rated = found.loc[joined & found["rpe"].notna(), ["primary_id", "rpe"]].drop_duplicates("primary_id")
        found["rpe"] = found["rpe"].fillna(found["activity_id"].map(rated.set_index("primary_id")["rpe"]))
        found = found[~joined]
    found = found.drop(columns="has_own_title")
    return found.sort_values(["start_time", "activity_id"]).reset_index(drop=True)


def account_title(connection: sa.Connection, athlete: str, activity_id: str) -> str:
    """What the athlete's account calls a recorded activity; empty where it is not in an account's export."""
    links, table, source = schema.links, schema.activities, schema.sources
    of_totals = (links.c.athlete == table.c.athlete) & (links.c.other_id == table.c.activity_id)
    of_file = (table.c.athlete == source.c.athlete) & (table.c.sha256 == source.c.sha256)
    query = (
        sa.select(table.c.title)
        .select_from(links.join(table, of_totals).join(source, of_file))
        .where(links.c.athlete == athlete, links.c.primary_id == activity_id)
        .where(source.c.kind.in_(SUMMARY_KINDS), table.c.title != "")
        .order_by(table.c.activity_id)
    )
    return connection.execute(query).scalars().first() or ""


def countable(found: pd.DataFrame) -> pd.DataFrame:
    """The activities that count: no copies, none excluded."""
    return found[found["is_primary"] & ~found["excluded"]].reset_index(drop=True)


def sessions(found: pd.DataFrame) -> pd.DataFrame:
    """The columns of `ACTIVITY_COLUMNS` that these activities have."""
    return found[[name for name in ACTIVITY_COLUMNS if name in found.columns]]


def relink(connection: sa.Connection, athlete: str) -> dict[str, str]:
    """Find the copies among all activities of an athlete anew and write them down; they are as of `find_links`."""
    found = _edited(connection, athlete, _catalogue(connection, athlete))
    links = _found_links(connection, athlete, found)
    connection.execute(sa.delete(schema.links).where(schema.links.c.athlete == athlete))
    rows = [
        {"athlete": athlete, "other_id": other, "kind": "duplicate", "primary_id": primary}
        for other, primary in sorted(links.items())
    ]
    if rows:
        connection.execute(sa.insert(schema.links), rows)
    return links


def _catalogue(connection: sa.Connection, athlete: str) -> pd.DataFrame:
    table, source = schema.activities, schema.sources
    chosen = [_OF_SOURCE[name].label(name) if name in _OF_SOURCE else table.c[name] for name in _CATALOGUE_COLUMNS]
    joined = table.join(source, (table.c.athlete == source.c.athlete) & (table.c.sha256 == source.c.sha256))
    query = sa.select(*chosen).select_from(joined).where(table.c.athlete == athlete)
    found = frame(connection.execute(query).all(), _CATALOGUE_COLUMNS)
    metrics = schema.activity_metrics
    query = sa.select(metrics.c.activity_id, metrics.c.metric, metrics.c.value).where(
        metrics.c.athlete == athlete, metrics.c.variant == ""
    )
    long = frame(
        connection.execute(query).all(), {"activity_id": "object", "metric": "object", "value": "float64"}
    ).pivot_table(index="activity_id", columns="metric", values="value")
    wide = long.reindex(found["activity_id"]).set_index(found.index)
    added = {}
    for name in dict.fromkeys([*_METRICS, *wide.columns]):
        if name not in wide.columns:
            added[name] = pd.Series(np.nan, index=found.index)
            continue
        # A metric of the same name says what the device did not: the timer time of a file without totals.
        added[name] = wide[name].fillna(found[name]) if name in found.columns else wide[name]
    texts = schema.activity_texts
    query = sa.select(texts.c.activity_id, texts.c.name, texts.c.text).where(texts.c.athlete == athlete)
    said: dict[str, dict[str, str]] = {name: {} for name in SESSION_TEXTS}
    for activity, name, text in connection.execute(query):
        said.setdefault(name, {})[activity] = text
    ids = found["activity_id"].tolist()
    added |= {name: pd.Series([by.get(key) for key in ids], found.index, dtype="object") for name, by in said.items()}
    return found.assign(**added)


def _edited(connection: sa.Connection, athlete: str, found: pd.DataFrame) -> pd.DataFrame:
    table = schema.edits
    query = sa.select(table.c.activity_id, table.c.field, table.c.value).where(table.c.athlete == athlete)
    edits = frame(connection.execute(query).all(), {"activity_id": "object", "field": "object", "value": "object"})

    def of(field: str) -> dict[str, str]:
        chosen = edits[edits["field"] == field]
        return dict(zip(chosen["activity_id"], chosen["value"], strict=True))

    deleted = of("deleted")
    gone = found["activity_id"].isin(list(deleted)) | _totals_near(found, map(_moment, deleted.values()))
    found = found[~gone].reset_index(drop=True)
    found["has_own_title"] = found["activity_id"].isin(list(of("title")))
    for field in EDITABLE:
        if replaced := of(field):
            found[field] = [
                replaced.get(activity, value)
                for activity, value in zip(found["activity_id"], found[field], strict=True)
            ]
    families = [family(sport, sub) for sport, sub in zip(found["sport"], found["sub_sport"], strict=True)]
    found["family"] = pd.Series(families, found.index, dtype="object")
    found["excluded"] = found["activity_id"].isin(list(of("excluded"))) | _tagged_out(connection, athlete, found)
    recorded = ~found["kind"].isin(SUMMARY_KINDS)
    excluded = found.loc[recorded & found["excluded"], "start_time"]
    counted = found.loc[recorded & ~found["excluded"], "start_time"]
    # A run that was excluded must not count by its totals, unless another recording of it does.
    alone = [start for start in excluded if not _near(counted, start).any()]
    found["excluded"] |= _totals_near(found, alone)
    return found


def _tagged_out(connection: sa.Connection, athlete: str, found: pd.DataFrame) -> pd.Series[bool]:
    """Activities with the tag ``exclude``, and those of days that have it."""
    table = schema.tags
    query = sa.select(table.c.date, table.c.activity_id).where(table.c.athlete == athlete, table.c.tag == EXCLUDE)
    tagged = connection.execute(query).all()
    days = [pd.Timestamp(day) for day, _ in tagged if day is not None]
    return found["activity_id"].isin([name for _, name in tagged]) | found["local_date"].isin(days)


def _totals_near(found: pd.DataFrame, starts: Iterable[pd.Timestamp]) -> pd.Series[bool]:
    """Rows of an account's totals that are of a run which began then and is not to count."""
    result = pd.Series(False, index=found.index)
    for start in starts:
        result |= _near(found["start_time"], start)
    return result & found["kind"].isin(SUMMARY_KINDS)


def _near(starts: pd.Series[Any], start: pd.Timestamp) -> pd.Series[bool]:
    """Which of these starts may be of the same run; NaT is near to none."""
    return (starts - start).abs() <= pd.Timedelta(seconds=START_WITHIN_S)


def _moment(text: str) -> pd.Timestamp:
    moment: pd.Timestamp = pd.to_datetime([text], utc=True, errors="coerce")[0]
    return moment


def _links(connection: sa.Connection, athlete: str, found: pd.DataFrame) -> dict[str, str]:
    """The links as they were written; found anew where an import is at work or was killed before it wrote them."""
    imports, links = schema.imports, schema.links
    unfinished = sa.select(imports.c.import_id).where(imports.c.athlete == athlete, imports.c.finished.is_(None))
    if connection.execute(unfinished.limit(1)).first():
        return _found_links(connection, athlete, found)
    query = sa.select(links.c.other_id, links.c.primary_id).where(links.c.athlete == athlete)
    return {other: primary for other, primary in connection.execute(query)}


def _found_links(connection: sa.Connection, athlete: str, found: pd.DataFrame) -> dict[str, str]:
    table = schema.manual_links
    query = sa.select(table.c.activity_id, table.c.other_id, table.c.kind).where(table.c.athlete == athlete)
    manual = pd.DataFrame(connection.execute(query).all(), columns=["activity_id", "other_id", "kind"])
    # What is excluded counts for nothing, so a copy of it may.
    return find_links(found.loc[~found["excluded"], _LINKING], manual)


def heart_rate_seconds(connection: sa.Connection, athlete: str, ids: Sequence[str]) -> frames.FloatArray:
    """Seconds at each whole heart rate, shape ``(len(ids), 256)``; zeros where there is no heart rate."""
    return _curves(connection, athlete, ids, HEART_RATE_SECONDS, np.zeros((len(ids), HEART_RATE_BINS)))


def best_efforts(connection: sa.Connection, athlete: str, ids: Sequence[str]) -> frames.FloatArray:
    """Farthest distance in each of `DURATIONS_S`, shape ``(len(ids), n_durations)``; NaN where there is none."""
    return _curves(connection, athlete, ids, BEST_EFFORTS, np.full((len(ids), len(DURATIONS_S)), np.nan))


def _curves(
    connection: sa.Connection, athlete: str, ids: Sequence[str], curve: str, result: frames.FloatArray
) -> frames.FloatArray:
    """The curves of these activities, written into the rows of ``result`` as far as each goes."""
    table = schema.curves
    query = sa.select(table.c.activity_id, table.c.y).where(table.c.athlete == athlete, table.c.curve == curve)
    place = {activity: row for row, activity in enumerate(ids)}
    for activity, content in connection.execute(query):
        if activity in place:
            values = frames.unpack(content)[: result.shape[1]]
            result[place[activity], : len(values)] = values
    return result


def outdated(connection: sa.Connection, athlete: str) -> int:
    """Recordings whose session was not derived as it is today."""
    table, metrics = schema.activities, schema.activity_metrics
    current = sa.select(metrics.c.activity_id).where(
        metrics.c.athlete == athlete, metrics.c.metric == "session_version", metrics.c.value >= SESSION_VERSION
    )
    query = sa.select(sa.func.count()).select_from(table).where(table.c.athlete == athlete, table.c.samples > 0)
    return int(connection.execute(query.where(table.c.activity_id.not_in(current))).scalar_one())


def sets(connection: sa.Connection, athlete: str, ids: Iterable[str]) -> pd.DataFrame:
    """Strength sets of these activities (`HISTORY_SET_COLUMNS`)."""
    table = schema.sets
    found = _table(connection, table, athlete, HISTORY_SET_COLUMNS, table.c.activity_id, table.c.number)
    return found[found["activity_id"].isin(list(ids))].reset_index(drop=True)


def wellness(connection: sa.Connection, athlete: str) -> pd.DataFrame:
    """Wellness values (`WELLNESS_COLUMNS`), one a day, metric, source and context; a file counts once."""
    table = schema.wellness
    order = [table.c[name] for name in ("local_date", "metric", "source", "context", "time", "sha256", "position")]
    found = _table(connection, table, athlete, WELLNESS_COLUMNS, *order)
    return one_a_day(found.drop_duplicates(ignore_index=True))


def log(connection: sa.Connection, athlete: str) -> pd.DataFrame:
    """What the athlete wrote (`LOG_COLUMNS`)."""
    return _table(connection, schema.log, athlete, LOG_COLUMNS, schema.log.c.date, schema.log.c.entry_id)


def tags(connection: sa.Connection, athlete: str) -> pd.DataFrame:
    """Tags of days and activities (`TAG_COLUMNS`)."""
    return _table(connection, schema.tags, athlete, TAG_COLUMNS, schema.tags.c.tag_id)


def snoozes(connection: sa.Connection, athlete: str) -> pd.DataFrame:
    """Rules that the athlete put to sleep (`SNOOZE_COLUMNS`)."""
    table = schema.snoozes
    return _table(connection, table, athlete, SNOOZE_COLUMNS, table.c.since, table.c.rule_id)


def gear(connection: sa.Connection, athlete: str, found: pd.DataFrame) -> pd.DataFrame:
    """Gear with the distance it went: what it had gone before, and the activities it is assigned to that count.

    Parameters
    ----------
    connection, athlete
        Whose.
    found
        All of `activities`: gear that is assigned to a copy of a run went as far as the run, once.
    """
    table, assigned = schema.gear, schema.gear_assignments
    columns = {**GEAR_COLUMNS, "initial_distance_m": "float64"}
    del columns["distance_m"]
    result = _table(connection, table, athlete, columns, table.c.gear_id)
    query = sa.select(assigned.c.gear_id, assigned.c.activity_id).where(assigned.c.athlete == athlete)
    pairs = pd.DataFrame(connection.execute(query).all(), columns=["gear_id", "activity_id"])
    counts = found.loc[~found["excluded"] & found["is_primary"], ["activity_id", "distance_m"]]
    primary = dict(zip(found["activity_id"], found["primary_id"], strict=True))
    pairs["activity_id"] = pairs["activity_id"].map(lambda name: primary.get(name, name))
    pairs = pairs.drop_duplicates().astype("object")
    distance = pairs.merge(counts, on="activity_id").groupby("gear_id")["distance_m"].sum()
    gone = result["gear_id"].map(distance).astype("float64").fillna(0.0)
    result["distance_m"] = result.pop("initial_distance_m").fillna(0.0) + gone
    return result


def shoes_of(connection: sa.Connection, athlete: str, found: pd.DataFrame) -> pd.Series[Any]:
    """The shoes of each of these activities, by their ids; None where none are assigned. Of several the first by id.

    ``found`` is all of `activities`: shoes of a copy of a run are those of the run.
    """
    table, assigned = schema.gear, schema.gear_assignments
    same = (table.c.athlete == assigned.c.athlete) & (table.c.gear_id == assigned.c.gear_id)
    query = (
        sa.select(assigned.c.activity_id, assigned.c.gear_id)
        .select_from(assigned.join(table, same))
        .where(assigned.c.athlete == athlete, table.c.kind == SHOES)
        .order_by(assigned.c.gear_id.desc())
    )
    worn = {activity: shoes for activity, shoes in connection.execute(query)}
    primary = dict(zip(found["activity_id"], found["primary_id"], strict=True))
    by_run = {primary.get(activity, activity): shoes for activity, shoes in worn.items()} | worn
    return pd.Series([by_run.get(activity) for activity in found["activity_id"]], index=found.index, dtype="object")


def athlete_of(connection: sa.Connection, key: str) -> Athlete | None:
    """An athlete with every value, those of files only where they change; None where there is no such athlete."""
    table = schema.athlete_values
    if connection.execute(sa.select(schema.athletes).where(schema.athletes.c.athlete == key)).first() is None:
        return None
    query = sa.select(table).where(table.c.athlete == key).order_by(table.c.valid_from, table.c.sha256)
    values: list[AthleteValue] = []
    last: dict[tuple[str, str], Any] = {}
    for row in connection.execute(query).mappings():
        value = row["number"] if row["text"] is None else row["text"]
        if row["origin"] == "file" and last.get((row["quantity"], row["origin"])) == value:
            continue  # a watch writes its wearer's mass into every file
        last[row["quantity"], row["origin"]] = value
        since = None if row["valid_from"] == schema.ALWAYS else row["valid_from"]
        values.append(AthleteValue(row["quantity"], value, row["origin"], since, row["note"]))
    return Athlete(key, tuple(values))


def _table(
    connection: sa.Connection, table: sa.Table, athlete: str, columns: Mapping[str, str], *order: sa.ColumnElement[Any]
) -> pd.DataFrame:
    query = sa.select(*(table.c[name] for name in columns)).where(table.c.athlete == athlete).order_by(*order)
    return frame(connection.execute(query).all(), columns)


def frame(rows: Sequence[Sequence[Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Rows of the database as a table of these dtypes."""
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pd.DataFrame(
        {name: _series(list(column), dtype) for (name, dtype), column in zip(columns.items(), values, strict=True)}
    )


def _series(values: list[Any], dtype: str) -> pd.Series[Any]:
    if dtype == UTC_MS:
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="object"), utc=True)).dt.as_unit("ms")
    if dtype == "datetime64[ms]":
        return pd.Series(np.array(values, dtype="datetime64[D]").astype("datetime64[ms]"))
    return pd.Series(values, dtype=dtype)
