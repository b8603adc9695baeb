"""Removing for good: an activity, or everything of a person; originals and streams included.

What is deleted stays deleted: of a file only its hash and of an activity only its start are kept, so that neither
importing an export again nor the totals in it bring it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from stridelab.errors import UsageError
from stridelab.store import joining, schema
from stridelab.store.originals import rewrite_originals
from stridelab.store.store import Store
from stridelab.store.streams import files_of


def delete_activity(store: Store, activity_id: str, *, athlete: str) -> bool:
    """Delete an activity with its streams, and its original where nothing else came from it.

    Parameters
    ----------
    store, athlete
        Whose.
    activity_id
        Which, whole.

    Returns
    -------
    bool
        Whether the original went too; a file of several activities stays until the last of them is deleted.
    """
    table, sources, edits = schema.activities, schema.sources, schema.edits
    with store.database.writing() as connection:
        mine = (table.c.athlete == athlete) & (table.c.activity_id == activity_id)
        row = connection.execute(sa.select(table).where(mine)).mappings().first()
        if row is None:
            raise UsageError(f"there is no activity {activity_id}", advice="`stridelab activities` lists them.")
        sha256 = row["sha256"]
        of_source = (sources.c.athlete == athlete) & (sources.c.sha256 == sha256)
        source = connection.execute(sa.select(sources).where(of_source)).mappings().one()
        _forget_authored(connection, athlete, activity_id)
        note = {"athlete": athlete, "activity_id": activity_id, "field": "deleted"}
        start = row["start_time"]
        connection.execute(sa.insert(edits).values(**note, value=start.isoformat(), made=datetime.now(UTC)))
        connection.execute(sa.delete(table).where(mine))
        others = connection.execute(
            sa.select(sa.func.count()).where(table.c.athlete == athlete, table.c.sha256 == sha256)
        ).scalar_one()
        emptied = not others and not _tells_of_more(connection, athlete, sha256)
        if emptied:
            connection.execute(sa.delete(sources).where(of_source))
            values = schema.athlete_values
            connection.execute(sa.delete(values).where(values.c.athlete == athlete, values.c.sha256 == sha256))
            kept = {**source, "name": "", "size_bytes": 0, "outcome": "not_of_interest", "kind": schema.DELETED}
            kept |= {"reason": "", "original_zip": None, "original_sha256": None}
            connection.execute(sa.insert(sources).values(**kept))
        joining.join(connection, athlete)
        used_elsewhere = _used(connection, [activity_id])
    if activity_id not in used_elsewhere:
        _unlink(files_of(store.streams, activity_id))
    if emptied and source["original_zip"]:
        _drop_originals(store, source["original_zip"])
    _forget(store)
    return emptied


def delete_athlete(store: Store, athlete: str) -> None:
    """Delete everything of a person."""
    activities, sources, imports = schema.activities, schema.sources, schema.imports
    with store.database.writing() as connection:
        known = sa.select(schema.athletes).where(schema.athletes.c.athlete == athlete)
        if connection.execute(known).first() is None:
            raise UsageError(f"there is no athlete {athlete!r}", advice="`stridelab athlete list` lists them.")
        ids = list(
            connection.execute(sa.select(activities.c.activity_id).where(activities.c.athlete == athlete)).scalars()
        )
        query = sa.select(sources.c.original_zip).where(
            sources.c.athlete == athlete, sources.c.original_zip.is_not(None)
        )
        zips = set(connection.execute(query.distinct()).scalars())
        for table in reversed(schema.metadata.sorted_tables):
            if table is not imports and table is not schema.athletes and "athlete" in table.c:
                connection.execute(sa.delete(table).where(table.c.athlete == athlete))
        connection.execute(sa.delete(imports).where(imports.c.athlete == athlete))
        connection.execute(sa.delete(schema.athletes).where(schema.athletes.c.athlete == athlete))
        used_elsewhere = _used(connection, ids)
    for name in ids:
        if name not in used_elsewhere:
            _unlink(files_of(store.streams, name))
    _unlink(store.originals / name for name in zips)  # an import is of one athlete, so its zips are too
    _forget(store)


def _forget_authored(connection: sa.Connection, athlete: str, activity_id: str) -> None:
    """Remove what was written of an activity; what was written of its day stays."""
    for table in (schema.edits, schema.gear_assignments, schema.tags):
        connection.execute(sa.delete(table).where(table.c.athlete == athlete, table.c.activity_id == activity_id))
    pairs = schema.manual_links
    of_it = (pairs.c.activity_id == activity_id) | (pairs.c.other_id == activity_id)
    connection.execute(sa.delete(pairs).where(pairs.c.athlete == athlete, of_it))


def _tells_of_more(connection: sa.Connection, athlete: str, sha256: str) -> bool:
    """Whether a file gave more than activities: an export's page of totals, a day's values."""
    for table in (schema.wellness, schema.service_gear, schema.personal_records):
        query = sa.select(table.c.sha256).where(table.c.athlete == athlete, table.c.sha256 == sha256)
        if connection.execute(query.limit(1)).first() is not None:
            return True
    return False


def _used(connection: sa.Connection, ids: list[str]) -> set[str]:
    """Which of these activities another athlete has too: the same file gives the same streams."""
    table = schema.activities
    found: set[str] = set()
    for first in range(0, len(ids), 500):
        query = sa.select(table.c.activity_id).where(table.c.activity_id.in_(ids[first : first + 500]))
        found |= set(connection.execute(query).scalars())
    return found


def _drop_originals(store: Store, name: str) -> None:
    """Rewrite a zip with the originals that the catalogue still names."""
    sources = schema.sources
    query = sa.select(sources.c.original_sha256).where(sources.c.original_zip == name)
    with store.database.writing() as connection:  # nobody else writes or sweeps originals meanwhile
        rewrite_originals(store.originals, name, set(connection.execute(query).scalars()))


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _forget(store: Store) -> None:
    """Take what was deleted out of the database's file too, not only out of its tables."""
    store.database.compact()
