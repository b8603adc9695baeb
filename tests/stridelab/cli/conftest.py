"""The command line as its users meet it: arguments in, exit code and two streams out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stridelab.cli.app import main
from stridelab.fixtures import Runner, write_season
from stridelab.fixtures.season import Scenario


@dataclass
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        done = Ran(int(stop.value.code or 0), *capsys.readouterr())
        assert "Traceback" not in done.out + done.err
        return done

    return call


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight simulated weeks as FIT files."""
    folder = tmp_path_factory.mktemp("recordings")
    write_season(folder, Scenario("short", weeks=8), 1)
    return folder


@pytest.fixture(scope="session")
def one_recording(recordings: Path) -> Path:
    return min(recordings.glob("*.fit"))


@pytest.fixture(scope="session")
def season_store(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds them; tests only read it."""
    from stridelab.store import Store

    store = Store.open(tmp_path_factory.mktemp("stores") / "season")
    for value in Runner().athlete().values:
        store.set_athlete_value(value)
    store.import_([recordings])
    return store.path


@pytest.fixture(scope="session")
def flagged_store(season_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The season's store, and one run of 24 km on the day after it, far beyond the others; tests only read it."""
    from stridelab.store import Store

    folder = tmp_path_factory.mktemp("flagged")
    shutil.copytree(season_store, folder / "store")
    start = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    points = "".join(
        f'<trkpt lat="{47 + n * 0.00027:.5f}" lon="8">'
        f"<time>{start + timedelta(seconds=10 * n):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for n in range(800)
    )
    track = f'<gpx version="1.1" creator="t"><trk><type>running</type><trkseg>{points}</trkseg></trk></gpx>'
    (folder / "long.gpx").write_text(track)
    store = Store.open(folder / "store")
    store.import_([folder / "long.gpx"])
    return store.path
