"""The catalogue's database: connecting to it, its transactions, its version.

One writer at a time: a writing transaction takes SQLite's write lock when it begins and others wait for it. Readers
never wait (WAL) and see whole transactions only.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from stridelab.errors import StoreError, StoreVersionError
from stridelab.store import schema

Migration = Callable[[sa.Connection], None]


def _add_tables_of_exports(connection: sa.Connection) -> None:
    """What an account's export says of gear and records."""
    new = (schema.service_gear, schema.service_gear_activities, schema.personal_records)
    schema.metadata.create_all(connection, tables=new)


def _add_texts_of_sessions(connection: sa.Connection) -> None:
    """What sessions say in words. Their new numbers come with a rebuild; until then `Store.outdated` counts them."""
    schema.metadata.create_all(connection, tables=(schema.activity_texts,))


MIGRATIONS: tuple[Migration, ...] = (_add_tables_of_exports, _add_texts_of_sessions)
"""The n-th lifts a catalogue from version n to n + 1, counted from 1. Only ever append."""

BUSY_TIMEOUT_S: Final = 60.0
"""How long a writer waits for another one; a batch of an import holds the lock for about a second."""

_WRITING: Final = {"stridelab_writing": True}


def current_version() -> int:
    """Version of the tables that this stridelab writes."""
    return 1 + len(MIGRATIONS)


class Database:
    """A catalogue with its transactions; errors come out as `StoreError`.

    Parameters
    ----------
    url
        Where SQLAlchemy finds it.
    where
        What errors call it.
    copy
        A temporary folder that holds it, deleted with this object; writing to it is refused.
    """

    def __init__(self, url: str | sa.URL, *, where: str, copy: tempfile.TemporaryDirectory[str] | None = None) -> None:
        self.where, self._copy = where, copy
        # Connections are opened when needed and closed at once: nothing is held between calls, or across a fork.
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _set_up_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only reads, from one consistent state."""
        with self._errors("read"), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that writes: alone, and either all of it or nothing."""
        if self._copy is not None:
            raise StoreError("the catalogue lies where nothing can be written", where=self.where)
        with self._errors("written"), self.engine.connect() as connection:
            connection.execution_options(**_WRITING)
            with connection.begin():
                yield connection

    def prepare(self, *, create: bool) -> None:
        """Create the tables of a new catalogue, check the version of an old one and bring it up to date.

        Raises
        ------
        StoreVersionError
            Where a newer stridelab wrote it.
        StoreError
            Where it is no catalogue of stridelab.
        """
        with self.reading() as connection:
            version = self._version(connection)
        if version == current_version():
            return
        if version is None and not create:
            raise StoreError("no tables of stridelab in it", where=self.where)
        if version is None and self.engine.dialect.name == "sqlite":
            self._use_wal()
        with self.writing() as connection:
            # Somebody else may have done it since: look again, now alone.
            version = self._version(connection)
            if version is None:
                schema.metadata.create_all(connection)
                connection.execute(sa.insert(schema.schema_version).values(one=1, version=current_version()))
                return
            for migrate in MIGRATIONS[version - 1 :]:
                migrate(connection)
            connection.execute(sa.update(schema.schema_version).values(version=current_version()))

    def compact(self) -> None:
        """Rewrite the file without what was deleted, of which free pages and the log else keep parts."""
        if self.engine.dialect.name != "sqlite":
            return
        with self._errors("written"):
            raw = self.engine.raw_connection()
            try:
                for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    raw.cursor().execute(statement).close()
            except self.engine.dialect.loaded_dbapi.Error as error:
                raise StoreError(f"the catalogue cannot be rewritten ({error})", where=self.where) from error
            finally:
                raw.close()

    def _use_wal(self) -> None:
        """Let readers read while somebody writes; the file remembers it.

        While another is about to write (to make the same store, say), SQLite refuses at once: its busy timeout does
        not apply to this. So it is asked again.
        """
        until = time.monotonic() + BUSY_TIMEOUT_S
        with self._errors("written"):
            raw = self.engine.raw_connection()
            try:
                while True:
                    try:
                        raw.cursor().execute("PRAGMA journal_mode = WAL").close()
                        return
                    except self.engine.dialect.loaded_dbapi.OperationalError as error:
                        if "locked" not in str(error) or time.monotonic() > until:
                            raise
                    time.sleep(0.01)
            except self.engine.dialect.loaded_dbapi.Error as error:
                raise StoreError(f"the catalogue cannot be set up ({error})", where=self.where) from error
            finally:
                raw.close()

    def _version(self, connection: sa.Connection) -> int | None:
        names = sa.inspect(connection).get_table_names()
        if not names:
            return None
        if schema.schema_version.name not in names:
            raise StoreError("a database of something else", expected="a catalogue of stridelab", where=self.where)
        version = int(connection.execute(sa.select(schema.schema_version.c.version)).scalar_one())
        if version > current_version():
            raise StoreVersionError(
                f"a store of version {version}",
                expected=f"at most version {current_version()}, which this stridelab knows",
                where=self.where,
                advice="Update stridelab: a newer one wrote this store.",
            )
        return version

    @contextmanager
    def _errors(self, done: str) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            reason = str(error.orig)
            advice = "Check the disk's space and the permissions, and try again."
            if "locked" in reason:
                advice = "Another stridelab is writing to this store; wait until it is done."
            raise StoreError(f"the catalogue cannot be {done} ({reason})", where=self.where, advice=advice) from error


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns.

    Straight to the driver, with each column's values made ready as SQLAlchemy would: by way of its parameters a row
    costs ten times as much as SQLite's own work.
    """
    if not rows:
        return
    statement, columns = _prepared(table, tuple(rows[0]), connection.dialect)
    ready = [[row[name] if make is None else make(row[name]) for row in rows] for name, make in columns]
    if statement.positional:
        connection.exec_driver_sql(str(statement), list(zip(*ready, strict=True)))
    else:
        names = [name for name, _ in columns]
        connection.exec_driver_sql(
            str(statement), [dict(zip(names, row, strict=True)) for row in zip(*ready, strict=True)]
        )


@lru_cache(maxsize=256)
def _prepared(
    table: sa.Table, names: tuple[str, ...], dialect: sa.Dialect
) -> tuple[Any, list[tuple[str, Callable[[Any], Any] | None]]]:
    """The statement that inserts these columns, and what makes the values of each ready, in the statement's order."""
    statement: Any = sa.insert(table).compile(dialect=dialect, column_keys=list(names))
    order = statement.positiontup if statement.positional else names
    return statement, [(name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order]


def sqlite(path: Path) -> Database:
    """The catalogue in one file; where nothing can be written beside it, one that only reads."""
    if path.is_file() and not _writable(path.parent):
        return _only_reading(path)
    return Database(sa.URL.create("sqlite", database=str(path)), where=str(path))


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK)


def _only_reading(path: Path) -> Database:
    """A catalogue on a medium that takes no writing, where SQLite cannot keep the notes that a log needs.

    A log that a killed writer left is part of the catalogue: then both are read from a copy.
    """
    log = path.with_name(f"{path.name}-wal")
    copy = None
    try:
        if log.is_file() and log.stat().st_size:
            copy = tempfile.TemporaryDirectory(prefix="stridelab-catalogue-")
            for file in (path, log):
                shutil.copyfile(file, Path(copy.name) / file.name)
            return Database(
                sa.URL.create("sqlite", database=str(Path(copy.name) / path.name)), where=str(path), copy=copy
            )
    except OSError as error:
        raise StoreError(f"the catalogue cannot be read ({error.strerror or error})", where=str(path)) from error
    query = {"mode": "ro", "immutable": "1", "uri": "true"}
    return Database(sa.URL.create("sqlite", database=path.absolute().as_uri(), query=query), where=str(path))


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` does, and says of which kind.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("stridelab_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
