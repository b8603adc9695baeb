"""An import that is killed outright, in a process of its own with the real readers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

import stridelab
from stridelab.store import Store

pytestmark = pytest.mark.slow

IMPORT = """
import sys
from stridelab.store import Store, importing
importing.BATCH_FILES = 2
Store.open(sys.argv[1]).import_(sys.argv[2], progress=lambda *done: print(done[0], flush=True))
"""


def gpx(day: int) -> str:
    points = "".join(
        f'<trkpt lat="{47 + second / 30000}" lon="8.5">'
        f"<time>2026-05-{day:02}T12:{second // 60:02}:{second % 60:02}Z</time></trkpt>"
        for second in range(600)
    )
    return f'<gpx version="1.1"><trk><type>running</type><trkseg>{points}</trkseg></trk></gpx>'


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    (folder := tmp_path / "runs").mkdir()
    for day in range(1, 17):
        (folder / f"{day:02}.gpx").write_text(gpx(day))
    return folder


def contents(store: Store) -> dict[str, object]:
    return {
        "activities": repr(store.activities().to_dict("list")),
        "streams": sorted((p.name, p.stat().st_size) for p in store.streams.iterdir()),
        "originals": sorted(n for p in store.originals.iterdir() for n in zipfile.ZipFile(p).namelist()),
    }


@pytest.mark.parametrize("committed", [0, 6])
def test_kill_9_loses_nothing_that_the_next_import_does_not_bring(tmp_path: Path, runs: Path, committed: int) -> None:
    undisturbed = Store.open(tmp_path / "undisturbed")
    undisturbed.import_([runs])
    environment = {**os.environ, "PYTHONPATH": str(Path(stridelab.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(tmp_path / "s"), str(runs)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        if committed:
            while int(process.stdout.readline()) < committed:
                pass
        else:
            while not (tmp_path / "s" / "streams").is_dir() or not list((tmp_path / "s" / "streams").iterdir()):
                assert process.poll() is None
                time.sleep(0.001)
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL

    store = Store.open(tmp_path / "s")
    kept = store.activities()
    assert committed <= len(kept) < 16
    for activity in kept["activity_id"]:
        assert len(store.load(activity).records) == 600
        assert store.original(activity).startswith(b"<gpx")
    summary = store.import_([runs])
    assert summary.files.already_imported == len(kept)
    assert summary.files.imported == 16 - len(kept)
    for left in store.streams.glob("*.part"):  # too young to be swept away
        left.unlink()
    assert contents(store) == contents(undisturbed)
