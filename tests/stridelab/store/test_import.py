from __future__ import annotations

import dataclasses
import gzip
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stridelab.importers
from stridelab.errors import StoreError, UsageError
from stridelab.importers.archives import zipfiles
from stridelab.store import Store, schema

pytestmark = pytest.mark.usefixtures("fake_readers")

Recording = Callable[..., bytes]


def content(store: Store) -> dict[str, Any]:
    """All that a store holds, without what tells one import from another."""
    found: dict[str, Any] = {}
    with store.database.reading() as connection:
        for table in (*schema.AUTHORED, *schema.DERIVED):
            if table in (schema.imports, schema.athletes):
                continue
            columns = [c for c in table.c if c.name not in ("import_id", "original_zip")]
            found[table.name] = sorted(map(repr, connection.execute(sa.select(*columns))))
    found["streams"] = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in store.streams.iterdir()}
    found["originals"] = sorted(name for p in store.originals.iterdir() for name in zipfile.ZipFile(p).namelist())
    return found


def test_every_file_is_accounted_for(tmp_path: Path, season: Path) -> None:
    summary = Store.open(tmp_path / "s").import_([season])
    assert summary.to_json() | {"import_id": "", "seconds": 0} == {
        "import_id": "",
        "files": {
            "seen": 12,
            "imported": 6,
            "already_imported": 0,
            "duplicate": 1,
            "not_of_interest": 2,
            "unreadable": 3,
        },
        "activities": 6,
        "wellness_days": 2,
        "not_of_interest": {"monitoring": 1, "not a recording": 1},
        "salvaged": [
            {"name": str(season / "copy of run.fit"), "issues": ["truncated"]},
            {"name": str(season / "cut.fit"), "issues": ["truncated"]},
        ],
        "unreadable": [
            {"name": str(season / "bad.fit"), "reason": "damaged beyond use"},
            {"name": str(season / "not.gpx"), "reason": "not one of ours"},
            {"name": str(season / "worse.fit"), "reason": "internal error: ZeroDivisionError: a mistake in a reader"},
        ],
        "seconds": 0,
    }
    assert list(summary.to_json()) == [
        "import_id",
        "files",
        "activities",
        "wellness_days",
        "not_of_interest",
        "salvaged",
        "unreadable",
        "seconds",
    ]


def test_importing_again_changes_nothing_and_decodes_nothing(
    tmp_path: Path, season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(tmp_path / "s")
    first = store.import_([season])
    before = content(store)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr("stridelab.importers.read", refuse)
    second = store.import_([season])
    assert content(store) == before
    assert second.files.imported == 0
    assert second.files.already_imported == first.files.imported
    assert second.files.seen == first.files.seen
    assert second.not_of_interest == first.not_of_interest
    assert second.unreadable == first.unreadable
    assert second.activities == second.wellness_days == 0
    assert second.salvaged == ()


def test_what_failed_is_tried_again_by_other_readers(
    tmp_path: Path, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.fit"
    path.write_bytes(recording({}, issues=["truncated"]))
    store = Store.open(tmp_path / "s")
    strict = store.import_([path], strict=True)
    assert (strict.files.unreadable, strict.activities) == (1, 0)
    assert store.import_([path]).files.imported == 1
    assert store.import_([path], strict=True).files.already_imported == 1

    path.write_bytes(recording({"start_s": 9000}, fails="read"))
    assert store.import_([path]).files.unreadable == 1
    read = stridelab.importers.read
    monkeypatch.setattr("stridelab.importers.read", lambda data, **named: read(data.replace(b"read", b""), **named))
    assert store.import_([path]).files.unreadable == 1
    monkeypatch.setattr("stridelab.store.process.READER_VERSION", 99)
    assert store.import_([path]).files.imported == 1
    assert len(store.activities()) == 2


@pytest.mark.parametrize("pool", ["thread", "process"])
def test_an_executor_gives_the_same_store(
    tmp_path: Path, season: Path, pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stridelab.store.importing.BATCH_FILES", 2)
    serial = Store.open(tmp_path / "serial")
    alone = serial.import_([season])
    other = Store.open(tmp_path / "other")
    # By forking, the workers have the stand-in readers of these tests.
    executor = ThreadPoolExecutor(3) if pool == "thread" else ProcessPoolExecutor(2, mp_context=get_context("fork"))
    with executor:
        together = other.import_([season], executor=executor)
    assert content(other) == content(serial)
    assert together.files == alone.files
    assert together.salvaged == alone.salvaged
    assert together.unreadable == alone.unreadable


def test_a_worker_that_dies_is_a_store_error_and_the_next_import_completes(
    tmp_path: Path, season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(tmp_path / "s")
    with monkeypatch.context() as patch, ProcessPoolExecutor(1, mp_context=get_context("fork")) as executor:
        patch.setattr("stridelab.pipeline.summarise", lambda _: os._exit(1))
        with pytest.raises(StoreError, match="worker process ended"):
            store.import_([season], executor=executor)
    assert store.import_([season]).files.imported == 6


def test_a_fault_before_the_commit_leaves_nothing_to_see_and_the_next_import_completes(
    tmp_path: Path, season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = Store.open(tmp_path / "undisturbed")
    undisturbed.import_([season])
    store = Store.open(tmp_path / "s")
    with monkeypatch.context() as patch:
        # After the streams and the originals, in the middle of the rows.
        patch.setattr("stridelab.store.importing.INSERT_ORDER", _pulled())
        with pytest.raises(RuntimeError, match="pulled"):
            store.import_([season])
    assert store.activities().empty
    assert list(store.streams.iterdir())
    assert list(store.originals.iterdir())
    assert store.import_([season]).files.imported == 6
    assert content(store) == content(undisturbed)
    assert len(list(store.originals.iterdir())) == 1


def _pulled() -> Iterator[sa.Table]:
    yield schema.sources
    yield schema.activities
    raise RuntimeError("the plug was pulled")


def test_an_interrupt_keeps_what_was_committed_and_links_it(
    tmp_path: Path, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stridelab.store.importing.BATCH_FILES", 1)
    for name, data in {
        "1.fit": recording({}),
        "2.fit": recording({"start_s": 10, "channels": 1}),
        "3.fit": recording(fails="interrupt"),
        "4.fit": recording({"start_s": 9000}),
    }.items():
        (tmp_path / name).write_bytes(data)
    store = Store.open(tmp_path / "s")
    with pytest.raises(KeyboardInterrupt):
        store.import_([tmp_path / f"{n}.fit" for n in (1, 2, 3, 4)])
    assert store.activities()["is_primary"].tolist() == [True, False]
    assert store.import_([tmp_path / f"{n}.fit" for n in (1, 2, 4)]).files.imported == 1


def test_what_the_tables_cannot_hold_costs_one_file(
    tmp_path: Path, season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = stridelab.importers.read

    def naive(data: bytes, **named: Any) -> Any:
        result = read(data, **named)
        if not named["name"].endswith("triathlon.fit"):
            return result
        legs = [dataclasses.replace(leg, start_time=leg.start_time.replace(tzinfo=None)) for leg in result.activities]
        return dataclasses.replace(result, activities=tuple(legs))

    monkeypatch.setattr("stridelab.importers.read", naive)
    summary = Store.open(tmp_path / "s").import_([season])
    assert summary.files.imported == 5
    assert {Path(f.name).name: f.reason for f in summary.unreadable}["triathlon.fit"].startswith("internal error")


def test_two_imports_at_once_are_one(tmp_path: Path, season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stridelab.store.importing.BATCH_FILES", 1)
    undisturbed = Store.open(tmp_path / "undisturbed")
    undisturbed.import_([season])
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: Store.open(tmp_path / "s").import_([season]), range(3)))
    assert content(Store.open(tmp_path / "s")) == content(undisturbed)
    assert sum(summary.files.imported for summary in done) == 6
    assert sum(summary.activities for summary in done) == 6
    assert {summary.files.seen for summary in done} == {12}


def test_originals_are_kept_as_they_came(tmp_path: Path, season: Path) -> None:
    store = Store.open(tmp_path / "s")
    store.import_([season])
    found = store.activities().set_index("file")
    packed = (season / "ride.fit.gz").read_bytes()
    assert store.original(found["activity_id"][str(season / "ride.fit.gz")]) == packed
    for path in store.originals.iterdir():
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                assert hashlib.sha256(archive.read(name)).hexdigest() == name


def test_a_file_and_its_gz_are_the_same(tmp_path: Path, recording: Recording) -> None:
    (tmp_path / "a.fit").write_bytes(recording({}))
    (tmp_path / "b.fit.gz").write_bytes(gzip.compress(recording({})))
    store = Store.open(tmp_path / "s")
    assert store.import_([tmp_path / "a.fit", tmp_path / "b.fit.gz"]).files.duplicate == 1
    assert store.import_([tmp_path / "b.fit.gz"]).files.already_imported == 1


def test_damaged_gzip_and_archives_are_listed(tmp_path: Path, recording: Recording) -> None:
    (tmp_path / "a.gpx.gz").write_bytes(b"\x1f\x8bnonsense that is no gzip at all")
    (tmp_path / "notes.gz").write_bytes(b"\x1f\x8bnonsense that is no gzip at all")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "user_contact.json").write_bytes(b"{}")
    with zipfile.ZipFile(tmp_path / "good.zip", "w") as archive:
        archive.writestr("x/run.fit", recording({}))
    summary = Store.open(tmp_path / "s").import_(tmp_path)
    assert summary.files.imported == 1
    assert [Path(file.name).name for file in summary.unreadable] == ["a.gpx.gz", "broken.zip"]
    assert summary.not_of_interest == {"not a recording": 1, "other people's data (never opened)": 1}


def test_since_sets_older_files_aside_for_this_import_only(tmp_path: Path, season: Path) -> None:
    store = Store.open(tmp_path / "s")
    summary = store.import_([season], since=date(2026, 5, 6))
    assert summary.not_of_interest["before 2026-05-06"] == 4
    assert summary.activities == 3
    assert len(list(store.streams.glob("*.parquet"))) == 3
    assert store.import_([season]).activities == 3


def test_progress_counts_every_file_once(tmp_path: Path, season: Path) -> None:
    seen: list[tuple[int, int | None, str]] = []
    summary = Store.open(tmp_path / "s").import_([season], progress=lambda *told: seen.append(told))
    assert [done for done, _, _ in seen] == list(range(1, summary.files.seen + 1))
    assert len({name for _, _, name in seen}) == summary.files.seen


def test_a_missing_path_changes_nothing(tmp_path: Path, season: Path) -> None:
    store = Store.open(tmp_path / "s")
    with pytest.raises(UsageError, match="no such file"):
        store.import_([season, tmp_path / "missing"])
    with store.database.reading() as connection:
        assert connection.execute(sa.select(schema.imports)).first() is None


def test_an_empty_folder_is_seen_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert Store.open(tmp_path / "s").import_([tmp_path / "empty"]).files.seen == 0


def test_a_store_does_not_import_itself(tmp_path: Path, season: Path) -> None:
    store = Store.open(tmp_path / "s")
    store.import_([season])
    assert store.import_([tmp_path]).files.seen == 12


def test_one_path_may_be_given_as_it_is(tmp_path: Path, season: Path) -> None:
    assert Store.open(tmp_path / "s").import_(str(season)).files.seen == 12


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 65])
def test_an_athlete_needs_a_name(tmp_path: Path, season: Path, name: str) -> None:
    with pytest.raises(UsageError, match="athlete's name"):
        Store.open(tmp_path / "s").import_([season], athlete=name)


def test_athletes_are_apart(tmp_path: Path, season: Path) -> None:
    store = Store.open(tmp_path / "s")
    store.import_([season])
    assert store.import_([season], athlete="anna").files.imported == 6
    assert store.athletes() == ["anna", "me"]
    assert len(store.activities("anna")) == len(store.activities()) == 6
    with pytest.raises(UsageError, match="anna, me"):
        store.activities("ana")


def test_a_disk_that_is_full_is_said_and_loses_nothing(
    tmp_path: Path, season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(tmp_path / "s")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    for where in ("stridelab.store.streams.pq.write_table", "stridelab.store.originals.os.fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(where, full)
            with pytest.raises(StoreError, match=r"No space left.*import again"):
                store.import_([season])
        assert not list(store.path.rglob("*.part"))
    assert store.import_([season]).files.imported == 6


def test_leftovers_of_killed_imports_are_removed(tmp_path: Path, season: Path) -> None:
    store = Store.open(tmp_path / "s")
    old, young = store.streams / "a.parquet.1.part", store.streams / "b.parquet.2.part"
    orphan = store.originals / "20200101T000000Z-abcdef-0.zip"
    for path in (old, young, orphan):
        path.write_bytes(b"")
    os.utime(old, (0, 0))
    store.import_([season])
    assert [path.exists() for path in (old, young, orphan)] == [False, True, False]


FILES = st.lists(
    st.tuples(
        st.sampled_from(["activity", "two", "monitoring", "read", "badly", "cut", "foreign", "empty"]),
        st.integers(0, 3),
        st.sampled_from([".fit", ".gpx", ".txt"]),
    ),
    max_size=12,
)


@given(files=FILES)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_always_add_up(
    tmp_path_factory: pytest.TempPathFactory, recording: Recording, files: list[tuple[str, int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("mix")
    (folder / "in").mkdir()
    made = {
        "activity": lambda n: recording({"start_s": n}),
        "two": lambda n: recording({"start_s": n}, {"start_s": n + 500}),
        "monitoring": lambda n: recording(kind="monitoring", number=n),
        "read": lambda n: recording(fails="read", number=n),
        "badly": lambda n: recording(fails="badly", number=n),
        "cut": lambda n: recording({"start_s": n}, issues=["bad-crc"]),
        "foreign": lambda n: b"text %d" % n,
        "empty": lambda n: b"",
    }
    for i, (kind, number, suffix) in enumerate(files):
        (folder / "in" / f"{i}{suffix}").write_bytes(made[kind](number))
    store = Store.open(folder / "s")
    for _ in range(2):
        counts = (summary := store.import_([folder / "in"])).to_json()["files"]
        assert counts["seen"] == len(files)
        assert counts["seen"] == sum(counts.values()) - counts["seen"]
        assert sum(summary.not_of_interest.values()) == counts["not_of_interest"]
        assert len(summary.unreadable) == counts["unreadable"]
        assert counts["duplicate"] == len(files) - len({made[kind](number) for kind, number, _ in files})
    assert counts["imported"] == 0


def test_what_an_archive_says_it_holds_is_not_unpacked_again(
    tmp_path: Path, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = zipfiles._read

    def spied(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
        read.append(entry.filename)
        return real(archive, entry, name)

    def packed(name: str, **files: bytes) -> Path:
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for member, data in files.items():
                archive.writestr(f"{name}/{member}", data)
        return tmp_path / name

    monkeypatch.setattr(zipfiles, "_read", spied)
    one, two, three = (recording({"start_s": 10000 * n}) for n in (1, 2, 3))
    assert len(one) == len(two) == len(three)
    store = Store.open(tmp_path / "s")
    store.import_([packed("a.zip", a=one, b=two, note=b"no recording")])
    read.clear()
    # A newer export under another name: one file as it was, one of the same name and size with another content.
    done = store.import_([packed("b.zip", a=one, b=three, c=two, note=b"no recording")])
    assert read == ["b.zip/b", "b.zip/c", "b.zip/note"]
    assert (done.files.already_imported, done.files.imported, done.files.not_of_interest) == (2, 1, 1)
    assert len(store.activities()) == 3
    (store.originals / next(p.name for p in store.originals.iterdir())).write_bytes(b"damaged")
    assert store.import_([tmp_path / "b.zip"]).files.already_imported == 3
