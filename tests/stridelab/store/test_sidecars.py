"""The TOML file beside a table of inertial samples, in an import: read with it, kept with it, and followed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from stridelab.store import Store
from stridelab.store.conversion import export
from stridelab.store.doctor import examine
from stridelab.store.rebuilding import rebuild
from stridelab.store.removing import delete_activity
from stridelab.store.trial import trial

SIDECAR = """
site = "shank"
acceleration = ["u", "v", "w"]
acceleration_unit = "g"
time = "k"
time_unit = "s"
start_time = {start}
"""


def table(seed: int) -> str:
    """Samples under names that no reader would recognise."""
    values = np.random.default_rng(seed).normal(size=(600, 3)) * 0.1 + [0, 0, 1]
    lines = [",".join(f"{value:.5f}" for value in (n / 100, *row)) for n, row in enumerate(values)]
    return "k,u,v,w\n" + "\n".join(lines) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    for number, hour in enumerate(("07", "09")):
        (path / f"walk {number}.csv").write_text(table(number))
        start = f"2026-05-04T{hour}:00:00+02:00"
        (path / f"walk {number}.toml").write_text(SIDECAR.format(start=start), encoding="utf-8")
    return path


def sites(store: Store) -> list[str]:
    return [store.load(name).imu[0].site for name in store.activities()["activity_id"]]


@pytest.mark.parametrize("packed", [False, True])
def test_a_sidecar_is_read_and_kept_with_its_recording(folder: Path, tmp_path: Path, packed: bool) -> None:
    source = folder
    if packed:
        source = tmp_path / "in.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in folder.iterdir():
                archive.write(path, f"walks/{path.name}")
    store = Store.open(tmp_path / "s")
    done = store.import_([source])
    assert (done.files.seen, done.files.imported, done.activities) == (4, 2, 2)
    assert done.not_of_interest == {"description of a recording beside it": 2}
    assert sites(store) == ["shank", "shank"]
    assert store.activities()["start_time"].dt.hour.tolist() == [5, 7]
    before = store.activities()

    assert store.import_([source]).files.already_imported == 2
    with trial(tmp_path / "s") as dry:
        assert dry.import_([source]).files.already_imported == 2
    for path in store.streams.iterdir():
        path.unlink()
    assert not examine(store, repair=True).clean
    assert examine(store).clean
    assert rebuild(store).problems == []
    assert store.activities().equals(before)
    export(store, tmp_path / "all.zip", athlete="me")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert sum(name.endswith(".toml") for name in archive.namelist()) == 2

    delete_activity(store, before["activity_id"].iloc[0], athlete="me")
    assert rebuild(store).problems == []
    assert sites(store) == ["shank"]


def test_a_sidecar_that_comes_later_or_changes_is_followed(folder: Path, tmp_path: Path) -> None:
    sidecar = folder / "walk 0.toml"
    said = sidecar.read_text()
    sidecar.unlink()
    store = Store.open(tmp_path / "s")
    assert store.import_([folder / "walk 0.csv"]).not_of_interest == {"not a recording": 1}
    sidecar.write_text(said)
    assert store.import_([folder / "walk 0.csv"]).files.imported == 1
    assert sites(store) == ["shank"]
    sidecar.write_text(said.replace("shank", "foot"))
    assert store.import_([folder / "walk 0.csv"]).files.imported == 1
    assert sites(store) == ["foot"]
    assert store.import_([folder]).files.already_imported == 1
    sidecar.unlink()
    assert store.import_([folder / "walk 0.csv"]).files.already_imported == 1
    assert sites(store) == ["foot", "shank"]
    assert examine(store).clean


@pytest.mark.parametrize(
    ("said", "reason"), [("site = shank", "no TOML"), ('site = "elbow"', "elbow"), ('acceleration = "q"', "no column")]
)
def test_a_sidecar_that_makes_no_sense_is_named(folder: Path, tmp_path: Path, said: str, reason: str) -> None:
    (folder / "walk 0.toml").write_text(said)
    done = Store.open(tmp_path / "s").import_([folder])
    assert (done.files.imported, done.files.unreadable) == (1, 1)
    assert reason in done.unreadable[0].reason
    assert "internal" not in done.unreadable[0].reason


def test_a_sidecar_beside_another_format_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "page.json").write_text('[{"calendarDate": "2026-05-04", "totalSteps": 8000}]')
    (tmp_path / "page.toml").write_text('site = "foot"')
    (tmp_path / "alone.toml").write_text('site = "foot"')
    done = Store.open(tmp_path / "s").import_([tmp_path / "page.json", tmp_path / "alone.toml"])
    assert (done.files.imported, done.not_of_interest) == (1, {"not a recording": 1})
