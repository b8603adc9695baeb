"""``stridelab gait``: raw samples to tables and a page, and a watch's run without them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stridelab.activity import Activity, ImuStream, ReadResult, Source

G = 9.80665


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, dict[str, Any]]:
    """A file whose reader gives a trunk sensor with an empty axis; and what the reader was told."""
    time = np.arange(0, 20, 0.005)
    within = time % 0.34
    force = np.where(within < 0.24, np.pi / 2 * 0.34 / 0.24 * np.sin(np.pi * within / 0.24), 0.0)
    values = G * np.column_stack([-0.3 * np.sin(2 * np.pi * within / 0.34), np.full(len(time), np.nan), force])
    told: dict[str, Any] = {}

    def read(file: Path, **given: Any) -> ReadResult:
        told.update(given)
        source = Source(file.name, "0" * 64, "csv", "made")
        stream = ImuStream("unknown", 200.0, values)
        run = Activity(id="1" * 16, start_time=datetime(2026, 1, 1, tzinfo=UTC), imu=(stream,), source=source)
        return ReadResult(activities=(run,), source=source)

    monkeypatch.setattr("stridelab.importers.read", read)
    path = tmp_path / "sacrum.csv"
    path.write_text("made\n")
    return path, told


AXES = "anteroposterior,mediolateral,vertical"


def test_words_name_the_method_and_its_error(run: Callable, raw: tuple[Path, dict[str, Any]]) -> None:
    done = run("gait", raw[0], "--site", "sacrum", "--axes", AXES, "--rate", 200, "--units", "g")
    assert done.code == 0
    assert "sacrum step shape, two axes" in done.out
    assert "176.5 steps/min" in done.out
    assert raw[1] == {"mapping": {"rate": 200.0, "units": ["g"]}}


def test_without_a_site_there_are_no_contacts(run: Callable, raw: tuple[Path, dict[str, Any]]) -> None:
    done = run("gait", raw[0])
    assert done.code == 0
    assert "--site" in done.err
    assert "contact time" not in done.out


def test_json_csv_and_page(run: Callable, raw: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    options = ("gait", raw[0], "--site", "sacrum", "--axes", AXES)
    sensor = run(*options, "--json").json()["sensors"][0]
    assert sensor["summary"]["stances"] == len(sensor["strides"]) > 50
    table = run(*options, "--csv").out.splitlines()
    assert table[0].startswith("initial_contact_s,terminal_contact_s,ground_contact_time_ms")
    assert len(table) == 1 + len(sensor["strides"])
    assert run(*options, "--csv", "--windows").out.startswith("time_s,state,cadence_spm")
    page = tmp_path / "gait.html"
    assert run(*options, "-o", page).code == 0
    text = page.read_text(encoding="utf-8")
    assert "initial contact" in text
    assert "Content-Security-Policy" in text
    for name in ("out.csv", "out.json"):
        assert run(*options, "-o", tmp_path / name).code == 0
    assert (tmp_path / "out.csv").read_text().splitlines() == table


@pytest.mark.parametrize(
    "wrong", [["--site", "knee"], ["-o", "gait.txt"], ["--site", "sacrum", "--axes", "up,down"], ["--rate"]]
)
def test_wrong_usage(run: Callable, raw: tuple[Path, dict[str, Any]], wrong: list[str]) -> None:
    assert run("gait", raw[0], *wrong).code == 2


def test_a_watch_without_raw_samples_gives_its_dynamics(run: Callable, one_recording: Path) -> None:
    done = run("gait", one_recording)
    assert done.code == 0
    assert "cadence_spm" in done.out
    data = run("gait", one_recording, "--json").json()
    assert data["sensors"] == []
    assert 120 < data["runs"][0]["medians"]["cadence_spm"] < 220


@pytest.mark.parametrize(
    ("head", "options"),
    [("t,x,y,z\n", []), ("", ["--columns", "2,3,4"]), ("t,up,right,back\n", ["--columns", "up,right,back"])],
)
def test_a_table_with_plain_names_is_one_command(run: Callable, tmp_path: Path, head: str, options: list[str]) -> None:
    time = np.arange(0, 12, 0.01)
    step = 2 * np.pi * 170 / 60 * time
    rows = np.column_stack([time, G * (1 + np.cos(step)), 0.4 * G * np.cos(step / 2), 0.1 * G * np.sin(step)])
    path = tmp_path / "lab.csv"
    path.write_text(head + "\n".join(",".join(f"{value:.4f}" for value in row) for row in rows))
    if not head:
        options = [*options, "--rate", "100"]
    done = run("gait", path, "--site", "hip", *options)
    assert done.code == 0
    assert "170.0 steps/min running" in done.out
