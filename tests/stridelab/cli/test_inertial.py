"""Inertial recordings on the command line and in the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from stridelab import importers
from stridelab.store import Store


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    time = np.delete(np.arange(1000) / 100, slice(300, 400))
    values = np.column_stack([np.zeros_like(time), np.sin(9 * time), np.full_like(time, 9.81)])
    path = tmp_path / "mein Lauf – Zürich.csv"
    rows = [f"2026-05-04T07:30:{t:06.3f}Z,{x:.4f},{y:.4f},{z:.4f}" for t, (x, y, z) in zip(time, values, strict=True)]
    path.write_text("\n".join(["time,ax (m/s2),ay (m/s2),az (m/s2)", *rows]) + "\n")
    return path


def test_show_says_what_a_recording_holds(run: Callable, recording: Path) -> None:
    done = run("show", recording, "--site", "shank", "--side", "left")
    assert done.code == 0
    assert "left shank: 100 Hz, 0:10, 1,000 samples of acceleration x y z" in done.out
    assert "magnitude 1.00 g on average" in done.out
    assert "1 gaps, 1.00 s in all" in done.out
    (held,) = run("show", recording, "--json").json()["activities"][0]["imu"]
    assert (held["site"], held["gaps"], held["missing_s"]) == ("unknown", 1, 1.0)


def test_options_declare_what_a_file_does_not_say(run: Callable, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text("ax,ay,az\n" + "0.1,0.2,1.0\n" * 200)
    assert run("show", path).code == 3
    done = run("show", path, "--rate", "50", "--units", "g", "--site", "foot")
    assert done.code == 0
    assert "foot: 50 Hz, 0:04" in done.out
    assert run("show", path, "--rate", "50", "--units", "m/s2").out.count("look like g") == 1
    assert run("show", path, "--rate", "50", "--units", "furlong").code == 2
    assert run("show", path, "--site", "knee").code == 2


def test_a_recording_is_imported_and_comes_back(run: Callable, recording: Path, tmp_path: Path) -> None:
    (tmp_path / "Activities.csv").write_text("Activity Type,Date,Distance\nRunning,2026-05-04,5.0\n")
    done = run("import", tmp_path, "--store", tmp_path / "store", "--json").json()
    assert done["files"]["imported"] == 1
    assert done["not_of_interest"] == {"not a recording": 1}
    assert done["salvaged"] == done["unreadable"] == []
    store = Store.open(tmp_path / "store")
    (activity_id,) = store.activities()["activity_id"]
    back, fresh = store.load(activity_id), importers.read_activity(recording)
    assert back.id == fresh.id
    assert back.provenance == fresh.provenance
    assert [issue.code for issue in back.issues] == [issue.code for issue in fresh.issues]
    for ours, theirs in zip(back.imu, fresh.imu, strict=True):
        np.testing.assert_array_equal(ours.acceleration_mps2, theirs.acceleration_mps2)
        assert (ours.site, ours.sampling_rate_hz, ours.start_time) == ("unknown", 100, theirs.start_time)
        assert ours.gravity_included is True


def test_recordings_without_a_date_are_no_copies_of_each_other(run: Callable, tmp_path: Path) -> None:
    for name, value in (("one", 0.55), ("two", 0.6)):
        np.savez(tmp_path / f"{name}.npz", sampling_rate_hz=100.0, acc_g=np.full((500, 3), value))
    run("import", tmp_path / "one.npz", tmp_path / "two.npz", "--store", tmp_path / "store")
    activities = Store.open(tmp_path / "store").activities()
    assert len(activities) == 2
    assert Store.open(tmp_path / "store").history().days.empty
