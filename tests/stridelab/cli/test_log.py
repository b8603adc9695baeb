"""`stridelab log`: short forms, what is refused and why, and CSV files in and out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stridelab as sl
from stridelab.store import journal

Run = Callable[..., Any]


@pytest.fixture
def store(tmp_path: Path) -> list[object]:
    return ["--store", tmp_path / "store"]


@pytest.fixture
def with_season(season_store: Path, tmp_path: Path) -> list[object]:
    shutil.copytree(season_store, tmp_path / "season")
    return ["--store", tmp_path / "season"]


def entries(run: Run, store: list[object]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = run("log", "list", "--json", *store).json()
    return [{name: value for name, value in row.items() if value is not None and name != "entry_id"} for row in rows]


def test_short_forms_write_what_they_say(run: Run, store: list[object]) -> None:
    on = ["--on", "2026-11-01"]
    for short in (
        ["rpe", 7],
        ["sleep", 7.5],
        ["pain", 3, "--site", "knee", "--side", "left", "--text", "swelling"],
        ["strength", 40, "--movement", "leg_press", "--movement", "step_up"],
        ["weight", 61.5],
        ["note", "new insoles"],
    ):
        assert run("log", *short, *on, *store).code == 0
    day = {"date": "2026-11-01"}
    assert entries(run, store) == [
        day | {"kind": "rpe", "value": 7.0},
        day | {"kind": "sleep", "value": 7.5},
        day | {"kind": "pain", "value": 3.0, "body_site": "knee", "side": "left", "text": "swelling"},
        day | {"kind": "strength", "value": 40.0, "text": "leg press, step up"},
        day | {"kind": "weight", "value": 61.5},
        day | {"kind": "note", "text": "new insoles"},
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["rpe", 11], "11 for rpe; expected 0 to 10"),
        (["pain", "nan"], "nan for pain; expected 0 to 10"),
        (["sleep", 25], "25 for sleep; expected 0 to 24 (hours)"),
        (["weight", 6.1], "6.1 for weight; expected 20 to 300 (kg)"),
        (["pain", 3, "--side", "upper"], "side 'upper'; expected one of left, right, both"),
        (["pain", 3, "--on", "2099-01-01"], "2099-01-01 has not come yet; expected a day up to today"),
        (["pain", 3, "--on", "0206-11-01"], "0206-11-01 is too long ago"),
        (["note", "x", "--on", "soon"], "--on 'soon' is no date"),
        (["rpe", 5, "--activity", "ffffffff"], "there is no activity ffffffff"),
        (["add", "rest", 3], "a value of 3 for rest; expected none"),
        (["add", "sleep", 7, "--site", "knee"], "a place on the body for sleep"),
    ],
)
def test_what_cannot_be_is_refused_in_words(run: Run, store: list[object], wrong: list[object], said: str) -> None:
    done = run("log", *wrong, *store)
    assert done.code == 2
    assert said in done.err
    assert entries(run, store) == []


def test_a_contradiction_names_the_other_entry(run: Run, store: list[object]) -> None:
    on = ["--on", "2026-11-01", *store]
    run("log", "sleep", 7, *on)
    refused = run("log", "sleep", 8, *on)
    assert refused.code == 2
    assert "entry 1 of 2026-11-01 says sleep 7, and a day has one sleep" in refused.err
    assert "stridelab log remove 1" in refused.err
    run("log", "add", "race", *on)
    assert "a day is not both rest and race" in run("log", "add", "rest", *on).err
    assert run("log", "rpe", 4, *on).code == 0
    assert "whole day" in run("log", "rpe", 6, *on).err
    assert [one["kind"] for one in entries(run, store)] == ["sleep", "race", "rpe"]


def test_the_same_entry_twice_is_one(run: Run, store: list[object]) -> None:
    for said in ("Entry 1 of 2026-11-01: pain 3.", "Entry 1 says so already: pain 3."):
        done = run("log", "pain", 3, "--site", "knee", "--on", "2026-11-01", *store)
        assert (done.code, done.err.strip()) == (0, said)
    assert len(entries(run, store)) == 1


def test_an_exertion_belongs_to_the_day_of_its_activity(run: Run, with_season: list[object]) -> None:
    first = run("activities", "--json", "--columns", "activity_id,local_date", *with_season).json()[0]
    assert run("log", "rpe", 7, "--activity", first["activity_id"][:6], *with_season).code == 0
    (entry,) = entries(run, with_season)
    assert (entry["date"], entry["activity_id"]) == (first["local_date"][:10], first["activity_id"])
    refused = run("log", "rpe", 7, "--activity", first["activity_id"], "--on", "2026-01-01", *with_season)
    assert f"is of {first['local_date'][:10]}, not of 2026-01-01" in refused.err
    assert "a session has one exertion" in run("log", "rpe", 3, "--activity", first["activity_id"], *with_season).err
    store = sl.Store.open(with_season[1])
    assert store.history().log["activity_id"].tolist() == [first["activity_id"]]


# ---------------------------------------------------------------- CSV


def test_the_log_comes_back_from_its_csv(run: Run, store: list[object], tmp_path: Path) -> None:
    on = ["--on", "2026-11-01", *store]
    run("log", "pain", 3, "--site", "knee", "--side", "left", "--text", 'limp, "bad"\nand night pain', *on)
    run("log", "weight", 61.55, *on)
    run("log", "note", "größer; é, 日本", *on)
    file = tmp_path / "log.csv"
    file.write_text(run("log", "list", "--csv", *store).out, encoding="utf-8")
    other = ["--store", tmp_path / "other"]
    assert run("log", "import", file, *other).code == 0
    assert entries(run, other) == entries(run, store)
    again = run("log", "import", file, "--json", *other)
    assert again.json() == {"added": 0, "already": 3, "bad": [], "ignored_columns": []}
    assert len(entries(run, other)) == 3


def test_bad_lines_are_listed_and_the_rest_is_taken(run: Run, store: list[object], tmp_path: Path) -> None:
    file = tmp_path / "diary.csv"
    file.write_text(
        "Date,Kind,Value,mood\n"
        "2026-11-01,pain,3,fine\n"
        "2026-11-01,pain,eleven,\n"
        "01.11.2026,pain,3,\n"
        "\n"
        "2099-01-01,rest,,\n"
        "2026-11-02,nap,1,\n"
        "2026-11-02,rest,,,too,many\n"
        "2026-11-02,sleep\n"
        "2026-11-03T07:30:00,Sleep,7.5\n"
        "2026-11-03,sleep,9\n",
        encoding="utf-8",
    )
    dry = run("log", "import", file, "--dry-run", *store)
    assert (dry.code, dry.out.strip()) == (1, "Dry run, nothing was kept. 2 entries new, 0 there already, 7 left out.")
    done = run("log", "import", file, *store)
    assert done.code == 1
    assert "Columns that were not read: mood" in done.err
    listed = [line.strip() for line in done.err.splitlines() if line.startswith("  line")]
    assert [line.split(":")[0] for line in listed] == [f"line {n}" for n in (3, 4, 6, 7, 8, 9, 11)]
    assert "'eleven' is no number" in listed[0]
    assert "'01.11.2026' is no date" in listed[1]
    assert "says sleep 7.5" in listed[6]
    assert [(one["date"], one["kind"], one["value"]) for one in entries(run, store)] == [
        ("2026-11-01", "pain", 3.0),
        ("2026-11-03", "sleep", 7.5),
    ]


def test_an_open_quotation_mark_swallows_one_line_only(run: Run, store: list[object], tmp_path: Path) -> None:
    file = tmp_path / "diary.csv"
    file.write_text(
        'date,kind,text\n2026-11-01,note,"two\nlines"\n2026-11-02,note,"open\n2026-11-03,rest,\n2026-11-04,note,"a"b\n',
        encoding="utf-8",
    )
    done = run("log", "import", file, *store)
    assert (done.code, done.out.strip()) == (1, "2 entries new, 0 there already, 2 left out.")
    assert "line 4: a quotation mark that is not closed" in done.err
    assert [(one["date"], one.get("text")) for one in entries(run, store)] == [
        ("2026-11-01", "two\nlines"),
        ("2026-11-03", None),
    ]


def test_a_dry_run_makes_no_store(run: Run, store: list[object], tmp_path: Path) -> None:
    file = tmp_path / "diary.csv"
    file.write_text("date;kind;value\n2026-11-01;weight;61,5\n", encoding="cp1252")
    assert run("log", "import", file, "--dry-run", *store).code == 0
    assert not (tmp_path / "store").exists()
    assert run("log", "import", file, *store).code == 0
    assert entries(run, store)[0]["value"] == 61.5


@pytest.mark.parametrize("content", ["", "\n\n", "day,what\n2026-11-01,pain\n", "date,kind,kind\n", "PK\x03\x04\0\0"])
def test_a_file_without_the_columns_is_refused(run: Run, store: list[object], tmp_path: Path, content: str) -> None:
    file = tmp_path / "other.csv"
    file.write_text(content, encoding="utf-8")
    done = run("log", "import", file, *store)
    assert done.code == 2
    assert "date and kind are needed" in done.err
    assert run("log", "import", tmp_path / "nowhere.csv", *store).code == 2


@settings(max_examples=25, deadline=None)
@given(body=st.one_of(st.binary(max_size=300), st.text(alphabet='",;\t\n\r\0x1-é', max_size=300).map(str.encode)))
def test_no_file_ends_an_import(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    folder = tmp_path_factory.mktemp("log")
    file = folder / "log.csv"
    file.write_bytes(b"date,kind,value,text\n2026-11-01,rest,,\n" + body)
    store = _store(tmp_path_factory)
    done = journal.import_log(store, file, athlete="me")
    assert done.added + done.already >= 1
    assert all(line >= 3 for line, _ in done.bad)


def _store(factory: pytest.TempPathFactory, made: list[sl.Store] = []) -> sl.Store:  # noqa: B006 - one for all examples
    if not made:
        made.append(sl.Store.open(factory.mktemp("stores") / "store"))
    return made[0]
