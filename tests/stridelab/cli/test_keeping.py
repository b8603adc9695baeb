"""The commands that correct, keep, ask and hand out what a store holds."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gpxpy
import pandas as pd
import pytest

import stridelab as sl

pytestmark = pytest.mark.slow

Run = Callable[..., Any]


@pytest.fixture
def store(season_store: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    shutil.copytree(season_store, tmp_path / "store")
    return tmp_path / "store"


def listed(run: Run, store: Path, *options: object) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = run("activities", "--store", store, "--json", "--columns", "all", *options).json()
    return rows


def test_edits_hold_and_are_taken_back(run: Run, store: Path) -> None:
    first = listed(run, store)[0]
    name = first["activity_id"]
    assert run("edit", name[:6], "--title", "Race", "--sub-sport", "trail", "--store", store).code == 0
    edited = listed(run, store)[0]
    assert (edited["title"], edited["sub_sport"]) == ("Race", "trail")
    assert sl.Store.open(store).load(name).title == "Race"
    run("edit", name, "--exclude", "--store", store)
    assert name not in {row["activity_id"] for row in listed(run, store)}
    assert name in {row["activity_id"] for row in listed(run, store, "--copies")}
    run("edit", name, "--include", "--title", "", "--sub-sport", "", "--store", store)
    assert listed(run, store)[0] == first
    assert run("edit", name, "--store", store).code == 2
    assert run("edit", "ffffffff", "--title", "x", "--store", store).code == 2


def test_deleting_asks_removes_everything_and_lasts(run: Run, store: Path, recordings: Path) -> None:
    before = listed(run, store)
    gone = before[3]
    name, file = gone["activity_id"], sl.Store.open(store).load(gone["activity_id"]).source.name
    sha256 = sl.Store.open(store).load(name).source.sha256
    assert run("delete", name, "--store", store).code == 2  # nobody is there to answer
    assert len(listed(run, store)) == len(before)
    assert run("delete", name, "--yes", "--store", store).code == 0
    assert name not in {row["activity_id"] for row in listed(run, store)}
    assert not list((store / "streams").glob(f"{name}*"))
    packed = [n for path in (store / "originals").iterdir() for n in zipfile.ZipFile(path).namelist()]
    assert len(packed) == len(before) - 1
    assert sha256 not in packed
    content = b"".join(path.read_bytes() for path in store.glob("catalogue.sqlite*"))
    assert Path(file).name.encode() not in content
    again = run("import", recordings, "--store", store, "--json").json()
    assert again["not_of_interest"] == {"deleted": 1}
    assert len(listed(run, store)) == len(before) - 1
    assert run("doctor", "--store", store).code == 0


def test_links_are_made_and_undone_by_hand(run: Run, store: Path) -> None:
    first, second = (row["activity_id"] for row in listed(run, store)[:2])
    number = len(listed(run, store))
    run("link", first, second, "--store", store)
    assert len(listed(run, store)) == number - 1
    primary = {row["activity_id"]: row["primary_id"] for row in listed(run, store, "--copies")}
    assert primary[first] == primary[second]
    run("unlink", first, second, "--store", store)
    assert len(listed(run, store)) == number
    assert run("link", first, first, "--store", store).code == 2


def test_an_athlete_is_removed_with_everything(run: Run, store: Path, one_recording: Path) -> None:
    run("import", one_recording, "--store", store, "--athlete", "ann")
    run("log", "add", "note", "--text", "secret of ann", "--store", store, "--athlete", "ann")
    before = listed(run, store)
    assert run("athlete", "delete", "ann", "--store", store).code == 2
    assert run("athlete", "delete", "ann", "--yes", "--store", store).code == 0
    assert run("athlete", "list", "--store", store).out.split() == ["me"]
    assert b"secret of ann" not in b"".join(path.read_bytes() for path in store.glob("catalogue.sqlite*"))
    assert listed(run, store) == before  # who had the same file keeps it
    assert run("doctor", "--json", "--store", store).json()["clean"]
    assert run("athlete", "delete", "ann", "--yes", "--store", store).code == 2
    run("athlete", "delete", "me", "--yes", "--store", store)
    assert not list((store / "streams").iterdir())
    assert not list((store / "originals").iterdir())


def test_the_log_and_tags(run: Run, store: Path) -> None:
    s = ["--store", store]
    assert run("log", "add", "pain", 3, "--site", "knee", "--side", "left", "--on", "2026-11-01", *s).code == 0
    assert run("log", "add", "rest", "--on", "2026-11-02", *s).code == 0
    entries = run("log", "list", "--json", *s).json()
    assert [(one["date"], one["kind"], one["value"], one["body_site"], one["side"]) for one in entries] == [
        ("2026-11-01", "pain", 3.0, "knee", "left"),
        ("2026-11-02", "rest", None, None, None),
    ]
    for wrong in (["pain", 11], ["pain"], ["mood", 3], ["pain", 3, "--side", "upper"], ["note", "--on", "soon"]):
        assert run("log", "add", *wrong, *s).code == 2
    assert run("log", "remove", entries[1]["entry_id"], *s).code == 0
    assert len(run("log", "list", "--json", *s).json()) == 1
    activity = listed(run, store)[0]["activity_id"]
    for _ in range(2):
        assert run("tag", "add", "race", "--activity", activity, *s).code == 0
    assert run("tag", "add", "heat", "--on", "2026-11-01", *s).code == 0
    assert run("tag", "add", "heat", *s).code == run("tag", "add", "cold", "--on", "2026-11-01", *s).code == 2
    tags = run("tag", "list", "--json", *s).json()
    assert [(one["tag"], one["date"], one["activity_id"]) for one in tags] == [
        ("race", None, activity),
        ("heat", "2026-11-01", None),
    ]
    assert run("tag", "remove", "heat", "--on", "2026-11-01", *s).code == 0
    assert len(run("tag", "list", "--json", *s).json()) == 1


def test_gear_sums_the_distance_of_what_it_is_assigned_to(run: Run, store: Path) -> None:
    s = ["--store", store]
    runs = [row for row in listed(run, store) if row["family"] == "run"][:2]
    assert run("gear", "add", "Blue", "--km", 100, "--since", "2026-01-01", *s).code == 0
    assert run("gear", "add", "Blue", *s).code == 2
    assert run("gear", "assign", "blue", *(row["activity_id"] for row in runs), *s).code == 0
    (blue,) = run("gear", "list", "--json", *s).json()
    assert blue["distance_m"] == pytest.approx(100_000 + sum(row["distance_m"] for row in runs))
    run("gear", "add", "Red", *s)
    run("gear", "assign", "Red", runs[0]["activity_id"], *s)
    by_name = {one["name"]: one["distance_m"] for one in run("gear", "--json", *s).json()}
    assert by_name == {
        "Blue": pytest.approx(100_000 + runs[1]["distance_m"]),
        "Red": pytest.approx(runs[0]["distance_m"]),
    }
    run("gear", "retire", "Blue", "--on", "2026-11-01", *s)
    retired = {one["name"]: one["retired"] for one in run("gear", "list", "--json", *s).json()}
    assert retired == {"Blue": "2026-11-01", "Red": None}
    assert run("gear", "retire", "Green", *s).code == 2


def test_sql_joins_catalogue_and_samples(run: Run, store: Path) -> None:
    question = (
        "SELECT activity_id, count(*) AS samples, any_value(a.title) AS title "
        "FROM records JOIN activities a USING (activity_id) WHERE a.is_primary GROUP BY 1 ORDER BY 1"
    )
    rows = run("sql", question, "--json", "--store", store).json()
    by_id = sl.Store.open(store).activities().set_index("activity_id")["samples"]
    assert {row["activity_id"]: row["samples"] for row in rows} == by_id.to_dict()
    assert run("sql", "SELECT count(*) AS n FROM log", "--csv", "--store", store).out == "n\n0\n"
    failed = run("sql", "SELEC 1", "--store", store)
    assert failed.code == 2
    assert "activities" in failed.err


def test_a_recording_is_converted_without_losing_a_sample(run: Run, one_recording: Path, tmp_path: Path) -> None:
    activity = sl.read_activity(one_recording)
    for suffix in ("parquet", "csv", "gpx"):
        assert run("convert", one_recording, "-o", tmp_path / f"out.{suffix}").code == 0
    parquet, table = pd.read_parquet(tmp_path / "out.parquet"), pd.read_csv(tmp_path / "out.csv")
    assert len(parquet) == len(table) == len(activity.records)
    assert table["heart_rate_bpm"].to_numpy() == pytest.approx(
        activity.records["heart_rate_bpm"].to_numpy(), nan_ok=True
    )
    again = sl.read_activity(tmp_path / "out.gpx")
    placed = activity.records.dropna(subset=["latitude_deg", "longitude_deg"])
    assert len(again.records) == len(placed)
    assert again.records["latitude_deg"].to_numpy() == pytest.approx(placed["latitude_deg"].to_numpy())
    assert again.records["heart_rate_bpm"].to_numpy() == pytest.approx(placed["heart_rate_bpm"].to_numpy(), nan_ok=True)
    assert again.sport == "running"
    assert gpxpy.parse((tmp_path / "out.gpx").read_text()).creator == "stridelab"
    assert run("convert", one_recording, "-o", tmp_path / "out.docx").code == 2


def test_an_export_is_open_and_whole(run: Run, store: Path, tmp_path: Path) -> None:
    run("log", "add", "note", "--text", "über", "--store", store)
    assert run("export", "-o", tmp_path / "all.zip", "--store", store).code == 0
    opened = sl.Store.open(store)
    ids = set(opened.activities()["activity_id"])
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert {Path(n).name.split(".")[0] for n in names if n.startswith("streams/")} == ids
        assert len([n for n in names if n.startswith("originals/")]) == len(ids)
        assert json.loads(archive.read("log.json"))[0]["text"] == "über"
        with archive.open("activities.parquet") as file:
            assert set(pd.read_parquet(file)["activity_id"]) == ids
    assert run("export", "-o", tmp_path / "none" / "all.zip", "--store", store).code == 3


def test_the_doctor_finds_and_repairs(run: Run, store: Path, recordings: Path) -> None:
    first, second, third = (row["activity_id"] for row in listed(run, store)[:3])
    streams = store / "streams"
    (streams / f"{first}.parquet").unlink()
    (streams / f"{second}.parquet").write_bytes(b"PAR1 no longer")
    shutil.copyfile(streams / f"{third}.parquet", streams / "00000000000000aa.parquet")
    (store / "originals" / "left.zip.part").write_bytes(b"")
    looked = run("doctor", "--check", "--json", "--store", store)
    assert looked.code == 1
    assert looked.json()["leftovers"] == 2
    assert sorted(one["what"].split(":")[0] for one in looked.json()["problems"]) == sorted(
        [f"activity {first}", f"activity {second}"]
    )
    repaired = run("doctor", "--json", "--store", store)
    assert {one["repaired"] for one in repaired.json()["problems"]} == {"derived anew from its original"}
    clean = run("doctor", "--json", "--store", store)
    assert clean.code == 0
    assert clean.json() == {"clean": True, "leftovers": 0, "problems": [], **counts(clean.json())}
    assert len(sl.Store.open(store).load(first).records)

    lost = max((store / "originals").iterdir(), key=lambda path: path.stat().st_size)
    lost.write_bytes(lost.read_bytes()[:-200])
    assert run("doctor", "--store", store).code == 1
    done = run("import", recordings, "--store", store, "--json").json()
    assert done["files"]["imported"] > 0
    assert run("doctor", "--store", store).code == 0


def counts(found: dict[str, Any]) -> dict[str, int]:
    return {name: found[name] for name in ("originals", "streams", "activities")}


def test_a_rebuild_gives_the_same_again_and_keeps_what_was_written(run: Run, store: Path) -> None:
    name = listed(run, store)[0]["activity_id"]
    run("edit", name, "--title", "Mine", "--store", store)
    run("log", "add", "rest", "--on", "2026-11-02", "--store", store)
    before = listed(run, store, "--copies")
    for path in (store / "streams").iterdir():
        path.unlink()
    done = run("rebuild", "--json", "--store", store)
    assert (done.code, done.json()["files"], done.json()["problems"]) == (0, len(before), [])
    assert listed(run, store, "--copies") == before
    assert run("doctor", "--store", store).code == 0


def test_a_store_that_cannot_be_written_is_still_read(
    run: Run, store: Path, one_recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = listed(run, store)
    before = sorted(path.name for path in store.iterdir())
    monkeypatch.setattr("stridelab.store.database._writable", lambda folder: folder != store)
    assert listed(run, store) == rows
    assert sorted(path.name for path in store.iterdir()) == before  # no notes of SQLite's beside it
    refused = run("log", "add", "rest", "--store", store)
    assert refused.code == 3
    assert "readonly" in refused.err
    would = run("import", one_recording, "--dry-run", "--json", "--store", store).json()
    assert would["files"]["already_imported"] == 1
