from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from stridelab.errors import StoreError, StoreVersionError
from stridelab.store import Store, database, schema


def columns(path: Path, table: str) -> list[str]:
    connection = sqlite3.connect(path / "catalogue.sqlite")
    try:
        return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    finally:
        connection.close()


def execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path / "catalogue.sqlite")
    with connection:
        connection.execute(statement)
    connection.close()


def test_a_store_is_made_on_first_use_and_opened_after(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "running"
    assert Store.open(path).path == path
    assert sorted(p.name for p in path.iterdir() if not p.name.endswith(("-wal", "-shm"))) == [
        "catalogue.sqlite",
        "originals",
        "streams",
    ]
    assert Store.open(path, create=False).activities().empty


def test_the_default_is_the_variable_then_the_platforms_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIDELAB_STORE", str(tmp_path / "named"))
    assert Store.open().path == tmp_path / "named"
    monkeypatch.delenv("STRIDELAB_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: str(tmp_path / "data" / "stridelab"))
    assert Store.open().path == tmp_path / "data" / "stridelab"


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Store.open("~/running").path == tmp_path / "running"


def test_a_missing_store_is_not_made_where_it_should_not_be(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store here"):
        Store.open(tmp_path / "s", create=False)
    assert not (tmp_path / "s").exists()


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StoreError, match="expected the directory of a store"):
        Store.open(tmp_path / "file")
    with pytest.raises(StoreError, match=r"cannot be created.*another directory with --store"):
        Store.open(tmp_path / "file" / "below")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_directory_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(StoreError, match=r"something else \(thesis.tex\)"):
        Store.open(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_litter_and_a_creation_that_was_killed_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").write_bytes(b"")
    (tmp_path / "streams").mkdir()
    assert Store.open(tmp_path).activities().empty
    (tmp_path / "catalogue.sqlite").write_bytes(b"")
    for left in tmp_path.glob("catalogue.sqlite-*"):
        left.unlink()
    assert Store.open(tmp_path).activities().empty


def test_a_foreign_or_damaged_database_is_refused(tmp_path: Path) -> None:
    execute(tmp_path, "CREATE TABLE photos (id INTEGER)")
    before = (tmp_path / "catalogue.sqlite").read_bytes()
    with pytest.raises(StoreError, match="database of something else"):
        Store.open(tmp_path)
    assert (tmp_path / "catalogue.sqlite").read_bytes() == before
    (tmp_path / "catalogue.sqlite").write_bytes(b"no database, but long enough to look at" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store.open(tmp_path)


@pytest.mark.parametrize("where", ["mkdir", "connect"])
def test_what_the_system_refuses_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    if where == "mkdir":
        monkeypatch.setattr(Path, "mkdir", refuse)
        with pytest.raises(StoreError, match=r"cannot be created \(Permission denied\).*Check the path"):
            Store.open(tmp_path / "s")
    else:
        (tmp_path / "s" / "catalogue.sqlite").mkdir(parents=True)
        with pytest.raises(
            StoreError, match=r"unable to open database file.*Check the disk's space and the permissions"
        ):
            Store.open(tmp_path / "s")


def test_a_newer_store_is_refused_with_both_versions(tmp_path: Path) -> None:
    Store.open(tmp_path / "s")
    execute(tmp_path / "s", "UPDATE schema_version SET version = 7")
    with pytest.raises(StoreVersionError, match=r"version 7; expected at most version 3.*Update stridelab"):
        Store.open(tmp_path / "s")


def test_an_older_store_is_brought_up_to_date_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(tmp_path / "s")
    ran: list[int] = []

    def first(connection: sa.Connection) -> None:
        ran.append(1)
        connection.execute(sa.text("ALTER TABLE tags ADD COLUMN colour VARCHAR"))

    def second(connection: sa.Connection) -> None:
        ran.append(2)

    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, first, second))
    Store.open(tmp_path / "s")
    Store.open(tmp_path / "s")
    assert ran == [1, 2]
    assert "colour" in columns(tmp_path / "s", "tags")


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(tmp_path / "s")

    def breaks(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE tags ADD COLUMN colour VARCHAR"))
        connection.execute(sa.text("ALTER TABLE not_there ADD COLUMN colour VARCHAR"))

    with monkeypatch.context() as patch:
        patch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, breaks))
        with pytest.raises(StoreError, match="no such table"):
            Store.open(tmp_path / "s")
    assert "colour" not in columns(tmp_path / "s", "tags")
    Store.open(tmp_path / "s")


def test_a_store_that_another_holds_while_it_is_set_up_is_waited_for(tmp_path: Path) -> None:
    """While somebody is about to write, SQLite refuses to change the mode, and does not wait."""
    (tmp_path / "s").mkdir()
    other = sqlite3.connect(tmp_path / "s" / "catalogue.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(Store.open, tmp_path / "s")
        with pytest.raises(TimeoutError):
            opening.result(timeout=0.2)
        other.execute("ROLLBACK")
        assert opening.result(timeout=30).activities().empty
    other.close()


def test_many_may_make_the_same_store_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: Store.open(tmp_path / "s"), range(12)))
    assert all(store.activities().empty for store in stores)


def test_the_catalogue_keeps_its_promises(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s").database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")
        }
        timeout = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}
    assert timeout == 60_000


def test_a_writer_that_waits_too_long_is_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    store = Store.open(tmp_path / "s")
    with store.database.writing() as one:
        one.execute(sa.delete(schema.tags))
        with pytest.raises(StoreError, match="Another stridelab is writing"), store.database.writing():
            pass
        assert store.activities().empty  # readers do not wait


def test_every_table_of_a_person_has_the_athlete_and_compiles_for_postgresql() -> None:
    from sqlalchemy.dialects import postgresql

    assert {t.name for t in (*schema.AUTHORED, *schema.DERIVED)} == {
        t.name for t in schema.metadata.tables.values()
    } - {"schema_version"}
    for table in (*schema.AUTHORED, *schema.DERIVED):
        assert "athlete" in table.c
        assert "CREATE TABLE" in str(sa.schema.CreateTable(table).compile(dialect=postgresql.dialect()))


def test_times_need_a_zone_and_come_back_in_utc(tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta, timezone

    store = Store.open(tmp_path / "s")
    local = datetime(2026, 5, 4, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with store.database.writing() as connection:
        connection.execute(sa.insert(schema.athletes).values(athlete="me", since=local))
        assert connection.execute(sa.select(schema.athletes.c.since)).scalar() == local
        assert connection.execute(sa.select(schema.athletes.c.since)).scalar().tzinfo == UTC
    with pytest.raises(Exception, match="without a zone"), store.database.writing() as connection:
        connection.execute(sa.insert(schema.athletes).values(athlete="x", since=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_a_store_is_shown_by_its_path(tmp_path: Path) -> None:
    assert repr(Store.open(tmp_path / "s")) == f"Store('{tmp_path / 's'}')"
    assert os.fspath(Store.open(tmp_path / "s").path)
