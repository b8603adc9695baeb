"""A whole account's export: files and totals joined, gear, titles, the athlete, and nothing counted twice."""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.fixtures import write_season
from stridelab.fixtures.export import ExportTruth, write_garmin_export
from stridelab.fixtures.season import Scenario
from stridelab.importers import read_activity
from stridelab.store import ImportSummary, Store, editing
from stridelab.store.links import find_links


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ExportTruth]:
    path = tmp_path_factory.mktemp("export") / "export.zip"
    return path, write_garmin_export(path, weeks=4)


@pytest.fixture(scope="module")
def imported(export: tuple[Path, ExportTruth], tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, ImportSummary]:
    store = Store.open(tmp_path_factory.mktemp("export-store") / "s")
    return store, store.import_([export[0]])


def test_every_file_is_accounted_for(imported: tuple[Store, ImportSummary], export: tuple[Path, ExportTruth]) -> None:
    (store, done), (_, truth) = imported, export
    assert done.files.seen == truth.files
    assert done.unreadable == done.salvaged == ()
    assert done.activities == truth.activities + truth.manual
    assert done.wellness_days in (truth.days, truth.days + 1)
    assert done.not_of_interest["other people's data (never opened)"] == 1
    assert done.not_of_interest["changelog"] == truth.days // 2
    history = store.history(until=date(2026, 11, 15))
    assert len(history.activities) == truth.activities + truth.manual
    assert len(store.activities()) == truth.activities + truth.manual


def test_totals_join_their_recordings_and_stand_alone_without_one(imported: tuple[Store, ImportSummary]) -> None:
    found = imported[0].activities()
    by_hand = found[found["samples"] == 0]
    assert by_hand["title"].tolist() == ["Treadmill by hand"]
    assert by_hand["distance_m"].tolist() == [5000.0]
    assert found.loc[found["samples"] > 0, "title"].str.startswith("Zürich ").all()
    activity = imported[0].load(by_hand["activity_id"].iloc[0])
    assert activity.records.empty
    assert (activity.sport, activity.sub_sport, activity.timer_time_s) == ("running", "treadmill", 1800.0)
    assert "totals" in activity.provenance["records"]
    recorded = imported[0].load(found.loc[found["samples"] > 0, "activity_id"].iloc[0])
    assert recorded.title.startswith("Zürich ")
    assert len(recorded.records)


def test_what_is_tagged_exclude_does_not_count_not_even_by_its_totals(imported: tuple[Store, ImportSummary]) -> None:
    store = imported[0]
    every = store.activities()
    name = every.loc[every["samples"] > 0, "activity_id"].iloc[3]
    day = every.loc[every["samples"] == 0, "local_date"].iloc[0]

    def counted() -> list[str]:
        return store.history(until=date(2026, 11, 15)).activities["activity_id"].tolist()

    editing.add_tag(store, "exclude", athlete="me", activity_id=name)
    assert counted() == [one for one in every["activity_id"] if one != name]
    found = store.activities()
    assert found.loc[found["activity_id"] == name, "excluded"].all()
    editing.add_tag(store, "exclude", athlete="me", on=day.date())
    that_day = every.loc[every["local_date"] == day, "activity_id"].tolist()
    assert counted() == [one for one in every["activity_id"] if one not in {name, *that_day}]
    editing.remove_tag(store, "exclude", athlete="me", activity_id=name)
    editing.remove_tag(store, "exclude", athlete="me", on=day.date())
    assert counted() == every["activity_id"].tolist()
    pd.testing.assert_frame_equal(store.activities(), every)


def test_the_distance_of_shoes_is_the_sum_of_their_runs(
    imported: tuple[Store, ImportSummary], export: tuple[Path, ExportTruth]
) -> None:
    gear = imported[0].history().gear
    assert gear["kind"].tolist() == ["shoes", "shoes"]
    found = dict(zip(gear["gear_id"], gear["distance_m"], strict=True))
    assert found == pytest.approx(export[1].metres_by_gear, rel=1e-3)


def test_the_athlete_and_the_days_come_from_the_account_and_keep_their_source(
    imported: tuple[Store, ImportSummary],
) -> None:
    athlete = imported[0].athlete()
    assert athlete.text("sex") == "female"
    assert athlete.number("birth_year") == 1984
    wellness = imported[0].history().wellness
    resting = wellness[wellness["metric"] == "resting_heart_rate_bpm"]
    assert {"garmin connect", "garmin connect, mean of 7 days"} < set(resting["source"])
    assert not wellness.duplicated(["local_date", "metric", "source", "context"]).any()


def test_a_second_import_and_other_order_change_nothing(
    export: tuple[Path, ExportTruth], imported: tuple[Store, ImportSummary], tmp_path: Path
) -> None:
    store, first = imported
    before = store.activities()
    again = store.import_([export[0]])
    assert again.files.already_imported == first.files.imported
    assert again.activities == again.files.imported == 0
    pd.testing.assert_frame_equal(store.activities(), before)

    backwards = Store.open(tmp_path / "s")
    with zipfile.ZipFile(export[0]) as archive:
        for name in reversed(archive.namelist()):  # the totals first, the recordings last
            archive.extract(name, tmp_path / "x")
            backwards.import_([tmp_path / "x" / name])
    pd.testing.assert_frame_equal(backwards.activities().drop(columns="file"), before.drop(columns="file"))
    pd.testing.assert_frame_equal(backwards.history().gear, store.history().gear)


def totals(tmp_path: Path, file: str, **changes: Any) -> Path:
    one = {
        "activityId": 7,
        "name": "By hand",
        "activityType": "running",
        "beginTimestamp": 1_777_890_000_000,
        "duration": 600_000,
        "distance": 200_000,
        **changes,
    }
    (path := tmp_path / file).write_text(json.dumps([{"summarizedActivitiesExport": [one]}]))
    return path


def test_a_newer_export_of_the_same_manual_activity_adds_nothing(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s")
    assert store.import_([totals(tmp_path, "a.json")]).activities == 1
    assert store.import_([totals(tmp_path, "b.json", name="Renamed", workoutRpe=20)]).activities == 0
    assert len(store.activities()) == len(store.history().activities) == 1


def test_the_folders_of_a_watch_are_read(export: tuple[Path, ExportTruth], tmp_path: Path) -> None:
    watch = tmp_path / "GARMIN"
    folders = {"activity": "Activity", "monitoring_b": "Monitor", "49": "Sleep", "68": "HRVStatus"}
    for folder in folders.values():
        (watch / folder).mkdir(parents=True)
    with zipfile.ZipFile(export[0]) as archive:
        archive.extract("DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1.zip", tmp_path)
    with zipfile.ZipFile(next(tmp_path.rglob("*Part1.zip"))) as archive:
        for number, name in enumerate(archive.namelist()[:40]):
            archive.extract(name, tmp_path / "flat")
            folder = list(folders.values())[number % 4]
            shutil.move(tmp_path / "flat" / name, watch / folder / f"M{number:07}.FIT")
    done = Store.open(tmp_path / "s").import_([watch])
    assert done.files.seen == 40
    assert done.activities > 2
    assert done.wellness_days > 4


def rows(*values: tuple[str, float, str, str, float]) -> pd.DataFrame:
    """Id, start in seconds, kind of file, family, offset of the clock in hours."""
    return pd.DataFrame(
        {
            "activity_id": [v[0] for v in values],
            "start_time": pd.to_datetime([1_700_000_000 + v[1] for v in values], unit="s", utc=True).as_unit("ms"),
            "utc_offset_s": [v[4] * 3600 for v in values],
            "elapsed_time_s": [600.0] * len(values),
            "family": [v[3] for v in values],
            "sha256": [v[2] + v[0] for v in values],
            "channels": [0 if "summaries" in v[2] else 5 for v in values],
            "samples": [0 if "summaries" in v[2] else 600 for v in values],
            "kind": [v[2] for v in values],
        }
    )


UTC, WALL = "activity_summaries", "activity_summaries_local_time"


def test_totals_belong_to_the_nearest_recording_whatever_its_sport() -> None:
    found = find_links(
        rows(
            ("run", 0, "activity", "run", 1),
            ("next", 200, "activity", "run", 1),
            ("near", 90, UTC, "bike", 1),
            ("nearer", 130, UTC, "run", 1),
            ("far", 321, UTC, "run", 1),
            ("wall", 3600 + 5, WALL, "run", np.nan),
            ("other wall", 5, WALL, "run", np.nan),
        )
    )
    assert found == {"near": "run", "nearer": "next", "wall": "run"}


def test_totals_of_a_copy_belong_to_the_primary() -> None:
    found = find_links(rows(("a", 0, "activity", "run", 0), ("b", 10, "activity", "run", 0), ("t", 11, UTC, "run", 0)))
    assert set(found.values()) == {"a"}
    assert set(found) == {"b", "t"}


def test_totals_that_the_athlete_parted_stay_apart() -> None:
    manual = pd.DataFrame({"activity_id": ["a"], "other_id": ["t"], "kind": ["unlink"]})
    assert find_links(rows(("a", 0, "activity", "run", 0), ("t", 1, UTC, "run", 0)), manual) == {}


def test_totals_without_a_recording_join_each_other() -> None:
    found = find_links(
        rows(
            ("a", 0, UTC, "run", 2),
            ("b", 60, UTC, "run", 2),
            ("bike", 30, UTC, "bike", 2),
            ("w", 7200 + 60, WALL, "run", np.nan),
        )
    )
    assert found == {"b": "a", "w": "a"}


def spans(*values: tuple[str, float, float]) -> pd.DataFrame:
    table = rows(*((name, start, "activity", "run", 0.0) for name, start, _ in values))
    return table.assign(elapsed_time_s=[elapsed for *_, elapsed in values])


def test_files_that_split_one_run_are_parts_of_the_file_of_all_of_it() -> None:
    whole, first, second = ("whole", 0.0, 3600.0), ("first", 5.0, 1700.0), ("second", 1750.0, 1800.0)
    assert find_links(spans(whole, first, second)) == {"first": "whole", "second": "whole"}
    assert find_links(spans(whole, first)) == {}
    assert find_links(spans(first, second)) == {}
    assert find_links(spans(whole, first, ("short", 1750.0, 600.0))) == {}
    assert find_links(spans(whole, first, ("long", 1750.0, 3600.0))) == {}
    manual = pd.DataFrame({"activity_id": ["first"], "other_id": ["whole"], "kind": ["unlink"]})
    assert find_links(spans(whole, first, second), manual) == {}


def test_strava_files_get_their_titles_and_shoes_from_its_table(tmp_path: Path) -> None:
    files = write_season(tmp_path / "season", Scenario("short", weeks=1), 1)
    lines = ["Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance,Activity Gear,Filename"]
    with zipfile.ZipFile(tmp_path / "strava.zip", "w") as archive:
        for number, file in enumerate(files):
            run = read_activity(file)
            start = f"{run.start_time:%b} {run.start_time.day}, {run.start_time:%Y, %I:%M:%S %p}"
            lines.append(f'{number},"{start}",Named {number},Run,{run.elapsed_time_s},,Pair,activities/{number}.fit.gz')
            archive.writestr(f"activities/{number}.fit.gz", gzip.compress(file.read_bytes()))
        lines.append('99,"Nov 12, 2026, 4:00:00 AM",By hand,Run,1800,5.00,Pair,')
        archive.writestr("activities.csv", "\n".join(lines))
    store = Store.open(tmp_path / "s")
    assert store.import_([tmp_path / "strava.zip"]).activities == len(files) + 1
    found = store.activities()
    assert set(found["title"]) == {"By hand", *(f"Named {number}" for number in range(len(files)))}
    (pair,) = store.history().gear.to_dict("records")
    assert pair["distance_m"] == pytest.approx(found["distance_m"].sum())
