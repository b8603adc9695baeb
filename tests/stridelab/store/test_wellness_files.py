"""The files of a watch's day through the whole store: accounted for, one value a day, days of rest that are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.athlete import athlete_value
from stridelab.fixtures import encode_fit
from stridelab.store import Store

MORNING = pd.Timestamp("2026-05-05 05:00", tz="UTC")


def monitoring(hours: float, steps: int, *, local: bool = True) -> bytes:
    """A file that a watch sends this many hours after seven in the morning in Zurich."""
    moment = MORNING + pd.Timedelta(hours=hours)
    begin: dict[str, Any] = {"timestamp": moment - pd.Timedelta(minutes=1)}
    if local:
        begin["local_timestamp"] = (begin["timestamp"] + pd.Timedelta(hours=2)).tz_localize(None)
    counted = {"timestamp": moment, "activity_type": "walking", "cycles": steps / 2}
    return encode_fit(
        [
            ("file_id", [{"type": "monitoring_b", "manufacturer": "garmin", "product_name": "fr955"}]),
            ("monitoring_info", [begin]),
            ("monitoring", [counted]),
        ]
    )


def run(day: int) -> bytes:
    start = MORNING.normalize() + pd.Timedelta(days=day - 5, hours=6)
    records = [{"timestamp": start + pd.Timedelta(seconds=i), "heart_rate": 150, "speed": 3.0} for i in range(60)]
    session = {"start_time": start, "timestamp": records[-1]["timestamp"], "sport": "running", "total_timer_time": 60.0}
    return encode_fit([("file_id", [{"type": "activity"}]), ("record", records), ("session", [session])])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


def test_the_files_of_a_day_are_imported_and_make_one_value(tmp_path: Path, folder: Path) -> None:
    for hours, steps in ((1, 1200), (9, 8100), (5, 4000)):
        (folder / f"{hours}.fit").write_bytes(monitoring(hours, steps))
    store = Store.open(tmp_path / "store")
    done = store.import_([folder])
    assert (done.files.imported, done.activities, done.wellness_days) == (3, 0, 1)
    assert done.not_of_interest == {}
    wellness = store.history().wellness
    assert wellness[["metric", "value", "source"]].to_numpy().tolist() == [["steps", 8100.0, "garmin fr955"]]
    assert wellness["time"].tolist() == [MORNING + pd.Timedelta(hours=9)]


def test_a_day_without_a_run_is_rest_where_the_watch_was_worn(tmp_path: Path, folder: Path) -> None:
    (folder / "before.fit").write_bytes(run(4))
    (folder / "after.fit").write_bytes(run(6))
    store = Store.open(tmp_path / "store")
    store.import_([folder])
    assert store.history().days.loc["2026-05-05", "state"] == "unknown"
    (folder / "worn.fit").write_bytes(monitoring(9, 8100))
    store.import_([folder])
    days = store.history().days
    assert days.loc["2026-05-05", ["state", "state_basis"]].tolist() == ["rest", "worn"]


def test_a_scale_does_not_show_that_the_watch_was_worn(tmp_path: Path, folder: Path) -> None:
    (folder / "before.fit").write_bytes(run(4))
    (folder / "after.fit").write_bytes(run(6))
    weighed = ("weight_scale", [{"timestamp": MORNING, "weight": 61.5}])
    (folder / "scale.fit").write_bytes(encode_fit([("file_id", [{"type": "weight"}]), weighed]))
    store = Store.open(tmp_path / "store")
    assert store.import_([folder]).wellness_days == 1
    history = store.history()
    assert history.wellness["metric"].tolist() == ["body_mass_kg"]
    assert history.days.loc["2026-05-05", "state"] == "unknown"


def test_a_file_without_a_local_time_is_dated_by_the_athletes_zone(tmp_path: Path, folder: Path) -> None:
    # Three in the afternoon in UTC is the day after in Auckland.
    (folder / "a.fit").write_bytes(monitoring(10, 900, local=False))
    store = Store.open(tmp_path / "store")
    store.set_athlete_value(athlete_value("timezone", "Pacific/Auckland"))
    store.import_([folder])
    wellness = store.history().wellness
    assert wellness["local_date"].tolist() == [pd.Timestamp("2026-05-06")]
    assert np.isfinite(wellness["value"]).all()
