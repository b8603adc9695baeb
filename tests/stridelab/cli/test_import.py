"""`stridelab import`: counts that add up, problems in a line each, nothing twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

OUTCOMES = ("imported", "already_imported", "duplicate", "not_of_interest", "unreadable")


@pytest.fixture
def mixed(one_recording: Path, tmp_path: Path) -> Path:
    """A recording, the same again, one cut off, one of noise, and two files of something else."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    whole = one_recording.read_bytes()
    (folder / "a.fit").write_bytes(whole)
    (folder / "again.fit").write_bytes(whole)
    (folder / "cut.fit").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "noise.fit").write_bytes(b"\x01\x02\x03 noise " * 50)
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 a photo")
    (folder / "notes.txt").write_text("five easy miles")
    return folder


def test_json_is_one_object_whose_counts_add_up(run: Callable, mixed: Path, tmp_path: Path) -> None:
    done = run("import", mixed, "--store", tmp_path / "store", "--json")
    result = done.json()
    assert set(result) == {
        "import_id",
        "files",
        "activities",
        "wellness_days",
        "not_of_interest",
        "salvaged",
        "unreadable",
        "seconds",
    }
    assert result["files"] == {
        "seen": 6,
        "imported": 2,
        "already_imported": 0,
        "duplicate": 1,
        "not_of_interest": 2,
        "unreadable": 1,
    }
    assert sum(result["files"][name] for name in OUTCOMES) == result["files"]["seen"]
    assert sum(result["not_of_interest"].values()) == 2
    assert [Path(file["name"]).name for file in result["salvaged"]] == ["cut.fit"]
    assert [Path(file["name"]).name for file in result["unreadable"]] == ["noise.fit"]
    assert done.code == 1


def test_problems_are_a_line_each_with_the_reason(run: Callable, mixed: Path, tmp_path: Path) -> None:
    done = run("import", mixed, "--store", tmp_path / "store")
    lines = done.out.splitlines()
    assert sum("noise.fit" in line for line in lines) == 1
    (reason,) = (line for line in lines if "noise.fit" in line)
    assert "expected a recording" in reason
    assert sum("cut.fit" in line for line in lines) == 1


def test_the_second_import_changes_nothing(run: Callable, recordings: Path, tmp_path: Path) -> None:
    first = run("import", recordings, "--store", tmp_path / "store", "--json")
    second = run("import", recordings, "--store", tmp_path / "store", "--json")
    assert (first.code, second.code) == (0, 0)
    assert second.json()["files"]["already_imported"] == first.json()["files"]["imported"] > 0
    assert second.json()["activities"] == second.json()["files"]["imported"] == 0


@pytest.mark.slow
def test_several_processes_import_the_same(run: Callable, recordings: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        assert run("import", recordings, "--store", tmp_path / f"store-{jobs}", "--jobs", jobs).code == 0
    tables = [run("activities", "--store", tmp_path / f"store-{jobs}", "--csv", "--columns", "all") for jobs in (1, 2)]
    assert tables[0].out == tables[1].out
    assert len(tables[0].out.splitlines()) > 10


def test_a_dry_run_tells_the_same_and_keeps_nothing(run: Callable, mixed: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    would = run("import", mixed, "--store", store, "--dry-run", "--json").json()
    assert not store.exists()
    did = run("import", mixed, "--store", store, "--json").json()
    assert would["files"] == did["files"]
    again = run("import", mixed, "--store", store, "--dry-run", "--json").json()
    assert again["files"]["already_imported"] == did["files"]["imported"]
    assert len(run("activities", "--store", store, "--json").json()) == did["activities"]


def test_since_leaves_the_older_out(run: Callable, recordings: Path, tmp_path: Path) -> None:
    whole = run("import", recordings, "--store", tmp_path / "all", "--json").json()
    late = run("import", recordings, "--store", tmp_path / "late", "--since", "2026-11-01", "--json").json()
    assert 0 < late["activities"] < whole["activities"]
    first = run("activities", "--store", tmp_path / "late", "--json", "--columns", "local_date").json()[0]
    assert first["local_date"] >= "2026-11-01"


def test_strict_refuses_what_is_damaged(run: Callable, mixed: Path, tmp_path: Path) -> None:
    result = run("import", mixed, "--store", tmp_path / "store", "--strict", "--json").json()
    assert result["salvaged"] == []
    assert sorted(Path(file["name"]).name for file in result["unreadable"]) == ["cut.fit", "noise.fit"]


def test_an_empty_folder_is_said(run: Callable, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("import", tmp_path / "empty", "--store", tmp_path / "store")
    assert done.code == 1
    assert "No files" in done.out


def test_a_missing_path_among_others_stops_before_anything(run: Callable, recordings: Path, tmp_path: Path) -> None:
    done = run("import", recordings, tmp_path / "none", "--store", tmp_path / "store")
    assert done.code == 2
    assert "none" in done.err
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("where", ["file", "below a file"])
def test_a_store_that_cannot_be_written_is_3(run: Callable, one_recording: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "taken").write_text("not a store")
    store = tmp_path / "taken" if where == "file" else tmp_path / "taken" / "store"
    done = run("import", one_recording, "--store", store)
    assert done.code == 3
    assert "taken" in done.err
    assert done.out == ""


def test_a_newer_store_is_3_and_left_alone(run: Callable, one_recording: Path, tmp_path: Path) -> None:
    run("import", one_recording, "--store", tmp_path / "store")
    with closing(sqlite3.connect(tmp_path / "store" / "catalogue.sqlite")) as database:
        database.execute("UPDATE schema_version SET version = 9999")
        database.commit()
    for command in (["import", one_recording], ["import", "--dry-run", one_recording], ["report"]):
        done = run(*command, "--store", tmp_path / "store")
        assert done.code == 3
        assert "9999" in done.err
        assert "Update stridelab" in done.err


def test_the_variable_names_the_store(
    run: Callable, one_recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIDELAB_STORE", str(tmp_path / "named"))
    assert run("import", one_recording).code == 0
    assert len(run("activities", "--store", tmp_path / "named", "--json").json()) == 1


def test_athletes_are_kept_apart(run: Callable, one_recording: Path, tmp_path: Path) -> None:
    store = ["--store", tmp_path / "store"]
    for name in ("ann", "ben"):
        assert run("import", one_recording, *store, "--athlete", name).code == 0
    assert run("athlete", "list", *store).out.split() == ["ann", "ben"]
    assert len(run("activities", *store, "--athlete", "ann", "--json").json()) == 1
