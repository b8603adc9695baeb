"""Imports that are killed, run out of disk or lose a worker: the next one completes them, to the same content.

``STRIDELAB_KILLS=200`` kills that often.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import random
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from stridelab.errors import StoreError
from stridelab.fixtures.export import write_garmin_export
from stridelab.store import Store, importing, schema
from stridelab.store.doctor import examine

KILLS = int(os.environ.get("STRIDELAB_KILLS", "6"))
KILLS_A_STORE = 6

# Processes start from one that has everything loaded but no thread of its own yet.
FRESH = multiprocessing.get_context("forkserver")
FRESH.set_forkserver_preload(["stridelab.fixtures.export", "stridelab.store.doctor", "stridelab.importers.fit"])


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faults") / "export.zip"
    write_garmin_export(path, weeks=2)
    return path


@pytest.fixture(scope="module")
def undisturbed(export: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    store = Store.open(tmp_path_factory.mktemp("undisturbed") / "s")
    store.import_([export])
    return contents(store)


def contents(store: Store) -> dict[str, Any]:
    """Everything a store holds, whatever imports brought it there."""
    found: dict[str, Any] = {
        "streams": sorted((p.name, hashlib.sha256(p.read_bytes()).hexdigest()) for p in store.streams.iterdir()),
        "originals": sorted(name for path in store.originals.iterdir() for name in zipfile.ZipFile(path).namelist()),
    }
    left_out = {"import_id", "original_zip", "name", "since", "made"}
    with store.database.reading() as connection:
        for name, table in schema.metadata.tables.items():
            if name not in ("imports", "athletes"):
                columns = [column for column in table.c if column.name not in left_out]
                found[name] = sorted(map(repr, connection.execute(sa.select(*columns)).all()))
    return found


# As text, because a test's module cannot be imported by name in another process.
IMPORT = """
import resource
from stridelab.errors import StoreError
from stridelab.store import Store, importing
importing.BATCH_FILES = 8
if limit_bytes is not None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))
try:
    Store.open(path).import_([export])
except StoreError:
    raise SystemExit(3) from None
"""


def started(path: Path, export: Path, limit_bytes: int | None = None) -> Any:
    names = {"path": str(path), "export": str(export), "limit_bytes": limit_bytes}
    process = FRESH.Process(target=exec, args=(IMPORT, names))
    process.start()
    return process


def check(path: Path, export: Path, undisturbed: dict[str, Any]) -> None:
    """The next import completes it, the doctor is content and it holds what it should."""
    store = Store.open(path)
    done = store.import_([export])
    assert done.unreadable == ()
    found = examine(store)
    assert found.problems == []
    examine(store, repair=True)  # takes away what writers that were killed left half written
    assert contents(store) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("number", range(-(-KILLS // KILLS_A_STORE)))
def test_kills_at_random_moments_lose_nothing(
    export: Path, undisturbed: dict[str, Any], tmp_path: Path, number: int
) -> None:
    chance = random.Random(number)
    killed, path = 0, tmp_path / "0"
    while killed < KILLS_A_STORE:
        process = started(path, export)
        time.sleep(chance.uniform(0.0, 0.9))
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        if process.exitcode == 0:  # done before: the next kills are another store's
            check(path, export, undisturbed)
            path = tmp_path / str(killed + 1)
            continue
        killed += 1
        with contextlib.suppress(StoreError):  # killed before there was a catalogue
            assert examine(Store.open(path, create=False)).problems == []
    check(path, export, undisturbed)


@pytest.mark.parametrize("limit_bytes", [20_000, 150_000, 300_000])
def test_a_full_disk_is_said_and_loses_nothing(
    export: Path, undisturbed: dict[str, Any], tmp_path: Path, limit_bytes: int
) -> None:
    process = started(tmp_path / "s", export, limit_bytes)
    process.join()
    assert process.exitcode == 3
    check(tmp_path / "s", export, undisturbed)


@contextlib.contextmanager
def _workers() -> Iterator[Executor]:
    pool = ProcessPoolExecutor(2, FRESH)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def test_a_killed_worker_ends_the_import_with_what_is_done(
    export: Path, undisturbed: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_FILES", 8)
    store = Store.open(tmp_path / "s")
    with _workers() as pool:

        def kill(done: int, total: int | None, name: str) -> None:
            for process in list(getattr(pool, "_processes", None) or {}):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

        with pytest.raises(StoreError, match="a worker process ended"):
            store.import_([export], executor=pool, progress=kill)
    check(tmp_path / "s", export, undisturbed)


def test_two_imports_at_once_and_a_reader(export: Path, undisturbed: dict[str, Any], tmp_path: Path) -> None:
    processes = [started(tmp_path / "s", export) for _ in range(2)]
    seen: list[int] = []
    reading: Callable[[], bool] = lambda: any(process.is_alive() for process in processes)  # noqa: E731
    while reading():
        with contextlib.suppress(StoreError):  # not there yet
            store = Store.open(tmp_path / "s", create=False)
            table = store.activities()
            seen.append(len(table))
            if len(table):
                assert len(store.load(table["activity_id"].iloc[-1]).records) == table["samples"].iloc[-1]
        time.sleep(0.05)
    assert [process.exitcode for process in processes] == [0, 0]
    assert seen == sorted(seen)
    check(tmp_path / "s", export, undisturbed)
