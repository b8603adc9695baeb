"""Deriving anew from the originals: after a better reader, or where something derived was lost.

What is authored stays. A file that gives nothing any more keeps what it gave, and is reported: a rebuild loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from stridelab.errors import ReadError, StoreError
from stridelab.importers.archives import SUMMARY_KINDS
from stridelab.importers.source import unpacked
from stridelab.store import joining, queries, schema
from stridelab.store.database import insert_rows
from stridelab.store.importing import BATCH_BYTES, BATCH_FILES, Pending, worked
from stridelab.store.originals import Originals
from stridelab.store.process import Batch, File
from stridelab.store.rows import INSERT_ORDER, FileRows
from stridelab.store.store import Store
from stridelab.store.streams import activity_of

_KEPT: Final = ("import_id", "name", "original_zip", "original_sha256")
Row = dict[str, Any]


@dataclass
class Rebuilt:
    """What a rebuild did.

    Parameters
    ----------
    files, activities
        How many files were derived anew, and the recorded activities in them.
    problems
        Name and reason of each file that could not be; what it gave before was kept.
    """

    files: int = 0
    activities: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The object that ``stridelab rebuild --json`` prints."""
        problems = [{"name": name, "reason": reason} for name, reason in self.problems]
        return {"files": self.files, "activities": self.activities, "problems": problems}


def rebuild(
    store: Store,
    *,
    athlete: str | None = None,
    only: Iterable[tuple[str, str]] | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int | None, str], None] | None = None,
) -> Rebuilt:
    """Derive everything anew from the originals.

    Parameters
    ----------
    store
        Of what.
    athlete
        Of whom; None is everybody.
    only
        Of these files alone: athlete and sha256 of each.
    executor, progress
        As of `Store.import_`.
    """
    chosen = None if only is None else set(only)
    done = Rebuilt()
    for name in [athlete] if athlete is not None else store.athletes():
        rows = [row for row in _sources(store, name) if chosen is None or (name, row["sha256"]) in chosen]
        by_hash = {row["sha256"]: row for row in rows}
        seen = 0
        for pending, found in worked(_batches(store, name, rows, done), executor):
            _replace(store, name, found, by_hash, done)
            seen += len(pending.batch.files)
            if progress:
                progress(seen, len(rows), pending.batch.files[-1].name)
        with store.database.writing() as connection:
            joining.join(connection, name)
    sweep_streams(store)
    return done


def _sources(store: Store, athlete: str) -> list[Row]:
    table = schema.sources
    query = sa.select(table).where(table.c.athlete == athlete, table.c.original_zip.is_not(None))
    with store.database.reading() as connection:
        return [
            dict(row) for row in connection.execute(query.order_by(table.c.original_zip, table.c.sha256)).mappings()
        ]


def _batches(store: Store, athlete: str, rows: list[Row], done: Rebuilt) -> Iterator[Pending]:
    with store.database.reading() as connection:
        person = queries.athlete_of(connection, athlete)
    assert person is not None
    files: list[File] = []
    size = 0
    with Originals(store.originals) as originals:
        for row in rows:
            try:
                where = row["original_zip"], row["original_sha256"]
                content = unpacked(originals.read(*where), name=row["name"])
                sidecar = originals.sidecar(*where)
            except (StoreError, ReadError) as error:
                done.problems.append((row["name"], str(error)))
                continue
            files.append(File(row["name"], row["sha256"], content, sidecar))
            size += len(content)
            if len(files) >= BATCH_FILES or size >= BATCH_BYTES:
                yield Pending(Batch(tuple(files), str(store.streams), person, "salvage"), {})
                files, size = [], 0
    if files:
        yield Pending(Batch(tuple(files), str(store.streams), person, "salvage"), {})


def _replace(store: Store, athlete: str, found: list[FileRows], before: dict[str, Row], done: Rebuilt) -> None:
    """Put the new rows of a batch in the place of the old, in one transaction."""
    fresh = [file for file in found if file.outcome == "imported"]
    done.problems += [(file.name, file.reason or file.kind) for file in found if file.outcome != "imported"]
    sources, values, edits = schema.sources, schema.athlete_values, schema.edits
    hashes = [file.sha256 for file in fresh]
    with store.database.writing() as connection:
        query = sa.select(edits.c.activity_id).where(edits.c.athlete == athlete, edits.c.field == "deleted")
        deleted = set(connection.execute(query).scalars())
        connection.execute(sa.delete(sources).where(sources.c.athlete == athlete, sources.c.sha256.in_(hashes)))
        connection.execute(sa.delete(values).where(values.c.athlete == athlete, values.c.sha256.in_(hashes)))
        for table in INSERT_ORDER:
            rows = [row for file in fresh for row in file.tables[table.name] if row.get("activity_id") not in deleted]
            if table is sources:
                rows = [{**row, **{name: before[row["sha256"]][name] for name in _KEPT}} for row in rows]
            insert_rows(connection, table, rows)
    done.files += len(fresh)
    done.activities += sum(len(file.tables["activities"]) for file in fresh if file.kind not in SUMMARY_KINDS)


def sweep_streams(store: Store) -> list[Path]:
    """Remove streams of activities that the catalogue does not have; gives what was removed.

    Only where no import is at work: it holds the lock of the one writer, but a worker writes streams before that.
    """
    with store.database.writing() as connection:
        known = set(connection.execute(sa.select(schema.activities.c.activity_id)).scalars())
        orphans = [path for path in sorted(store.streams.iterdir()) if activity_of(path) not in known]
        for path in orphans:
            path.unlink(missing_ok=True)
    return orphans
