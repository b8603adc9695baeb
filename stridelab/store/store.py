"""`Store`: a directory that holds what was imported, what follows from it and what the athlete wrote."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from stridelab.activity import Activity
from stridelab.analysis.history import History, build_history
from stridelab.athlete import Athlete, AthleteValue
from stridelab.errors import UsageError
from stridelab.importers.archives import members
from stridelab.localtime import today
from stridelab.store import location, queries, schema
from stridelab.store.database import Database, sqlite
from stridelab.store.importing import Import, Progress, ensure_athlete
from stridelab.store.originals import read_original
from stridelab.store.rows import to_activity, value_row
from stridelab.store.settings import read_settings
from stridelab.store.streams import read_streams
from stridelab.store.summary import ImportSummary

DEFAULT_ATHLETE = "me"


class Store:
    """A store of recordings; `Store.open` gives one.

    It holds no connection between calls, so it needs no closing, and several may be open on one directory.

    Parameters
    ----------
    path
        Its directory.
    database
        Its catalogue.
    """

    def __init__(self, path: Path, database: Database) -> None:
        self.path, self.database = path, database
        self.streams, self.originals = path / location.STREAMS, path / location.ORIGINALS
        self.known_originals = self.originals
        """Where the originals lie that the catalogue names; a trial writes its own elsewhere."""

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None = None, *, create: bool = True) -> Store:
        """Open a store, and make it first where there is none.

        Parameters
        ----------
        path
            Its directory, or the ``stridelab.toml`` in it; None is ``STRIDELAB_STORE``, else the platform's directory
            for user data.
        create
            Whether a missing store is made.

        Raises
        ------
        StoreVersionError
            Where a newer stridelab wrote it.
        StoreError
            Where it cannot be made or read, is missing though it should not be made, or something else lies there.

        Examples
        --------
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> store = Store.open(folder.name + "/running")
        >>> len(store.activities())
        0
        >>> folder.cleanup()
        """
        root = location.locate(path, create=create)
        database = sqlite(root / location.CATALOGUE)
        database.prepare(create=create)
        location.make_folders(root)
        return cls(root, database)

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    def import_(
        self,
        paths: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
        *,
        executor: Executor | None = None,
        progress: Progress | None = None,
        athlete: str = DEFAULT_ATHLETE,
        since: date | None = None,
        strict: bool = False,
    ) -> ImportSummary:
        """Import files, folders and archives; what the store has already is not read again.

        Parameters
        ----------
        paths
            What to import; see `stridelab.importers.archives.members`.
        executor
            Does the reading, in batches; None does it here. This process alone commits.
        progress
            Called after each file with the number done, their total where it is known, and the file's name.
        athlete
            Whose files they are.
        since
            Files of which everything is before this local date are set aside.
        strict
            Refuse damaged files instead of saving what can be saved.

        Raises
        ------
        UsageError
            For a path that is not there; nothing has happened then.
        StoreError
            Where the store cannot be written; what was finished is kept.
        """
        _check_athlete(athlete)
        found = members([paths] if isinstance(paths, str | os.PathLike) else paths, leave_out=[self.path])
        with self.database.reading() as connection:
            person = queries.athlete_of(connection, athlete) or Athlete(athlete)
        work = Import(
            self.database,
            self.streams,
            self.originals,
            person,
            known_originals=self.known_originals,
            policy="strict" if strict else "salvage",
            since=since.date() if isinstance(since, datetime) else since,
            progress=progress,
        )
        return work.run(found, executor)

    def activities(self, athlete: str = DEFAULT_ATHLETE) -> pd.DataFrame:
        """Every activity of an athlete, one row each, sorted by start time, with edits applied and none deleted.

        Columns are those of `stridelab.analysis.history.ACTIVITY_COLUMNS` that do not depend on the athlete, what the
        catalogue adds (``timezone``, ``descent_m``, ``file``, ``sha256`` …), ``excluded``, ``primary_id`` (the richest
        recording of the same run; its own id where it is that one) and ``is_primary``.
        """
        with self.database.reading() as connection:
            self._known(connection, athlete)
            return queries.activities(connection, athlete)

    def load(self, activity_id: str, athlete: str | None = None) -> Activity:
        """One activity whole, as it was imported, with an edited sport or title applied.

        Parameters
        ----------
        activity_id
            As in `activities`.
        athlete
            Whose it is; needed only where two athletes imported the same file.

        Raises
        ------
        UsageError
            Where there is no such activity.
        StoreError
            Where its samples cannot be read.
        """
        table, sources, tables = schema.activities, schema.sources, schema.activity_tables
        with self.database.reading() as connection:
            query = sa.select(table).where(table.c.activity_id == activity_id).order_by(table.c.athlete)
            if athlete is not None:
                query = query.where(table.c.athlete == athlete)
            row = connection.execute(query).mappings().first()
            if row is None:
                raise UsageError(f"there is no activity {activity_id}", advice="`stridelab activities` lists them.")
            key = row["athlete"]
            mine = (tables.c.athlete == key) & (tables.c.activity_id == activity_id)
            contents = dict(connection.execute(sa.select(tables.c.name, tables.c.content).where(mine)).all())
            from_file = (sources.c.athlete == key) & (sources.c.sha256 == row["sha256"])
            source = connection.execute(sa.select(sources).where(from_file)).mappings().one()
            issues = schema.issues
            query = sa.select(issues).where(issues.c.athlete == key, issues.c.activity_id == activity_id)
            found = connection.execute(query.order_by(issues.c.position)).mappings().all()
            edits = schema.edits
            query = sa.select(edits.c.field, edits.c.value).where(
                edits.c.athlete == key, edits.c.activity_id == activity_id, edits.c.field.in_(queries.EDITABLE)
            )
            edited: dict[str, Any] = dict(connection.execute(query).all())
            if title := queries.account_title(connection, key, activity_id):
                edited.setdefault("title", title)
        streams = read_streams(self.streams, activity_id, samples=row["samples"])
        activity = to_activity(row, source, contents, found, streams)
        return replace(activity, **edited) if edited else activity

    def history(self, athlete: str = DEFAULT_ATHLETE, *, until: date | None = None) -> History:
        """All that rules, reports and dashboards see of an athlete: the activities that count, days, what was written.

        Copies of one run count once; what was excluded or deleted does not count. The settings are those of the
        ``stridelab.toml`` in the store's directory.

        Parameters
        ----------
        athlete
            Whose.
        until
            Last day; None is today on the athlete's clock. What a wrong clock dated later is left out.

        Raises
        ------
        UsageError
            For a name that the store does not know, or settings that make no sense; it names the file and the key.
        """
        with self.database.reading() as connection:
            person = self._known(connection, athlete)
            every = queries.activities(connection, athlete)
            every["gear_id"] = queries.shoes_of(connection, athlete, every)
            found = queries.countable(every)
            ids = found["activity_id"].tolist()
            return build_history(
                person,
                queries.sessions(found),
                queries.heart_rate_seconds(connection, athlete, ids),
                sets=queries.sets(connection, athlete, ids),
                wellness=queries.wellness(connection, athlete),
                log=queries.log(connection, athlete),
                tags=queries.tags(connection, athlete),
                gear=queries.gear(connection, athlete, every),
                snoozes=queries.snoozes(connection, athlete),
                settings=read_settings(self.path),
                until=until or today(person.text("timezone")),
                best_efforts=queries.best_efforts(connection, athlete, ids),
            )

    def outdated(self, athlete: str = DEFAULT_ATHLETE) -> int:
        """How many recordings an older stridelab derived sessions from: they lack columns until a rebuild."""
        with self.database.reading() as connection:
            return queries.outdated(connection, athlete)

    def athlete(self, key: str = DEFAULT_ATHLETE) -> Athlete:
        """An athlete with every value that was given or read from a file.

        Raises
        ------
        UsageError
            For a name that the store does not know.
        """
        with self.database.reading() as connection:
            return self._known(connection, key)

    def athletes(self) -> list[str]:
        """Names of all athletes, sorted."""
        with self.database.reading() as connection:
            return list(connection.execute(sa.select(schema.athletes.c.athlete).order_by("athlete")).scalars())

    def set_athlete_value(self, value: AthleteValue, athlete: str = DEFAULT_ATHLETE) -> None:
        """Note a value of an athlete; it replaces one of the same quantity, origin and first day."""
        _check_athlete(athlete)
        row, table = value_row(value, athlete=athlete), schema.athlete_values
        same = [table.c[name] == row[name] for name in ("athlete", "quantity", "origin", "valid_from", "sha256")]
        with self.database.writing() as connection:
            ensure_athlete(connection, athlete)
            connection.execute(sa.delete(table).where(*same))
            connection.execute(sa.insert(table).values(row))

    def original(self, activity_id: str) -> bytes:
        """The file that an activity came from, byte for byte as it was imported.

        Raises
        ------
        UsageError
            Where there is no such activity.
        StoreError
            Where the original is gone or damaged.
        """
        table, sources = schema.activities, schema.sources
        joined = table.join(sources, (table.c.athlete == sources.c.athlete) & (table.c.sha256 == sources.c.sha256))
        query = sa.select(sources.c.original_zip, sources.c.original_sha256).select_from(joined)
        with self.database.reading() as connection:
            row = connection.execute(query.where(table.c.activity_id == activity_id)).first()
        if row is None:
            raise UsageError(f"there is no activity {activity_id}", advice="`stridelab activities` lists them.")
        return read_original(self.originals, *row)

    def _known(self, connection: sa.Connection, key: str) -> Athlete:
        """The athlete of this name; the default one is there before the first import, any other is a slip."""
        person = queries.athlete_of(connection, key)
        if person is None and key != DEFAULT_ATHLETE:
            query = sa.select(schema.athletes.c.athlete).order_by("athlete")
            names = ", ".join(connection.execute(query).scalars()) or "none yet"
            raise UsageError(f"there is no athlete {key!r}", expected=f"one of the store's ({names})")
        return person or Athlete(key)


def _check_athlete(key: str) -> None:
    if not key.strip() or not key.isprintable() or len(key) > 64:
        raise UsageError(f"{key!r} cannot be an athlete's name", expected="1 to 64 printable characters")
