from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from stridelab import importers
from stridelab.activity import Activity
from stridelab.athlete import athlete_value
from stridelab.errors import StoreError, UsageError
from stridelab.store import Store, frames, schema
from stridelab.store.rebuilding import rebuild

pytestmark = pytest.mark.usefixtures("fake_readers")

Recording = Callable[..., bytes]


def same(one: Any, other: Any) -> None:
    """Equal in every part, tables to their dtypes, missing values included."""
    assert type(one) is type(other), (one, other)
    if dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_freq=False)
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            same(one[key], other[key])
    elif isinstance(one, tuple | list):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            same(a, b)
    elif isinstance(one, float) and np.isnan(one):
        assert np.isnan(other)
    else:
        assert one == other


def imported(tmp_path: Path, *contents: bytes, **options: Any) -> Store:
    store = Store.open(tmp_path / "s")
    (tmp_path / "in").mkdir(exist_ok=True)
    for i, data in enumerate(contents):
        (tmp_path / "in" / f"{i}.fit").write_bytes(data)
    store.import_([tmp_path / "in"], **options)
    return store


@pytest.mark.parametrize("what", [{"full": True}, {}, {"samples": 0}, {"channels": 0}, {"full": True, "samples": 2}])
def test_an_activity_comes_back_as_it_was_imported(tmp_path: Path, recording: Recording, what: dict[str, Any]) -> None:
    data = recording(what)
    store = imported(tmp_path, data)
    (expected,) = importers.read(data, name=str(tmp_path / "in" / "0.fit")).activities
    expected = dataclasses.replace(expected, summary=_plain(expected.summary), timezone_source=expected.timezone_source)
    same(store.load(expected.id), expected)
    assert store.load(expected.id).records.index.dtype == "datetime64[ms, UTC]"


def _plain(summary: Any) -> dict[str, Any]:
    return {key: float(value) if isinstance(value, np.floating) else value for key, value in summary.items()}


def test_an_issue_of_another_version_is_kept_by_its_message(tmp_path: Path, recording: Recording) -> None:
    store = imported(tmp_path, recording({"full": True}))
    with store.database.writing() as connection:
        connection.execute(sa.update(schema.issues).where(schema.issues.c.position == 0).values(code="melted"))
    issues = store.load(store.activities()["activity_id"][0]).issues
    assert [(str(issue.code), issue.message) for issue in issues] == [
        ("unrecognised", "melted: cut"),
        ("duplicate-time", "2 samples"),
    ]


def test_an_unknown_activity_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no activity 0123"):
        Store.open(tmp_path / "s").load("0123")


def test_gone_and_damaged_samples_are_said(tmp_path: Path, recording: Recording) -> None:
    store = imported(tmp_path, recording({}))
    (activity,) = store.activities()["activity_id"]
    path = store.streams / f"{activity}.parquet"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(StoreError, match="samples cannot be read"):
        store.load(activity)
    path.unlink()
    with pytest.raises(StoreError, match="samples are gone"):
        store.load(activity)


def test_a_gone_or_changed_original_is_said(tmp_path: Path, recording: Recording) -> None:
    store = imported(tmp_path, recording({}))
    (activity,) = store.activities()["activity_id"]
    assert store.original(activity) == recording({})
    for path in store.originals.iterdir():
        path.unlink()
    with pytest.raises(StoreError, match="original cannot be read"):
        store.original(activity)


def test_activities_are_a_table_with_metrics_and_links(tmp_path: Path, recording: Recording) -> None:
    store = imported(
        tmp_path,
        recording({"start_s": 86400, "sport": "cycling", "samples": 600}),
        recording({"utc_offset_s": 7200, "timezone_source": "file", "title": "x"}),
        recording({"start_s": 20, "channels": 1}),
        recording({"start_s": 40_000, "elapsed_s": float("nan")}),
    )
    table = store.activities()
    assert table["start_time"].dtype == "datetime64[ms, UTC]"
    assert table["local_date"].dtype == "datetime64[ms]"
    assert table["start_time"].is_monotonic_increasing
    assert table["sport"].tolist() == ["running", "running", "running", "cycling"]
    assert table["family"].tolist() == ["run", "run", "run", "bike"]
    assert table["utc_offset_s"].fillna(-1).tolist() == [7200, -1, -1, -1]
    assert table["is_primary"].tolist() == [True, False, True, True]
    assert table["primary_id"][1] == table["activity_id"][0]
    # Where the device gave no timer time, the samples do; what it said itself is kept.
    assert table["timer_time_s"].tolist() == [120, 120, 120, 600]
    assert np.isnan(store.load(table["activity_id"][2]).timer_time_s)
    assert table["average_heart_rate_bpm"].round().tolist() == [143, 143, 143, 143]
    assert np.isnan(table["average_cadence_spm"]).all()
    assert not table["excluded"].any()


def test_an_empty_store_has_empty_tables(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s")
    table = store.activities()
    assert table.empty
    assert {"activity_id", "family", "is_primary", "primary_id", "excluded"} <= set(table.columns)
    history = store.history()
    assert history.activities.empty
    assert history.days.empty


def test_history_counts_each_run_once(tmp_path: Path, recording: Recording) -> None:
    store = imported(
        tmp_path,
        recording({"samples": 3600}),
        recording({"start_s": 20, "samples": 3600, "channels": 1}),
        recording({"start_s": 90_000, "full": True}),
        recording(kind="monitoring", wellness=["2026-05-04"]),
        recording(kind="monitoring", wellness=["2026-05-04"], number=2),
    )
    history = store.history()
    assert history.activities["timer_time_s"].tolist() == [3600, 120]
    assert history.activities["trimp_banister"].notna().all()
    assert history.days["sessions"].sum() == 2
    assert history.sets["exercise"].tolist() == ["leg_press"]
    assert history.sets["weight_kg"].tolist() == [80.0]
    assert len(history.wellness) == 1  # two files say the same
    assert len(store.history(until=date(2026, 5, 4)).activities) == 1


def test_what_the_athlete_wrote_is_in_the_history(tmp_path: Path, recording: Recording) -> None:
    store = imported(tmp_path, recording({}), recording({"start_s": 90_000}))
    one, other = store.activities()["activity_id"]
    with store.database.writing() as connection:
        insert: Callable[..., Any] = lambda table, **row: connection.execute(  # noqa: E731
            sa.insert(table).values(athlete="me", **row)
        )
        insert(schema.log, date=date(2026, 5, 4), kind="pain", value=3.0, body_site="knee", side="left")
        insert(schema.tags, date=date(2026, 5, 4), tag="race")
        insert(schema.gear, gear_id="a", kind="shoes", name="Blue", since=date(2026, 1, 1), initial_distance_m=1000.0)
        insert(schema.gear, gear_id="b", kind="shoes", name="Red")
        insert(schema.gear_assignments, gear_id="a", activity_id=one)
        insert(schema.gear_assignments, gear_id="a", activity_id="gone")
    history = store.history()
    assert history.log.loc[0, ["kind", "value", "body_site", "text"]].tolist() == ["pain", 3.0, "knee", None]
    assert history.tags["tag"].tolist() == ["race"]
    assert history.gear["distance_m"].tolist() == [1360.0, 0.0]
    assert other


def test_edits_apply_and_excluded_or_deleted_activities_do_not_count(tmp_path: Path, recording: Recording) -> None:
    from datetime import UTC, datetime

    store = imported(tmp_path, *(recording({"start_s": 9000 * n}) for n in range(3)), recording({"start_s": 5}))
    ids = store.activities()["activity_id"].tolist()
    primary = store.activities()["primary_id"].iloc[0]
    copy = next(i for i in ids[:2] if i != primary)
    made = datetime.now(UTC)
    edits = [
        (ids[2], "deleted", "1"),
        (ids[3], "sport", "cycling"),
        (ids[3], "title", "To work"),
        (primary, "excluded", "1"),
    ]
    with store.database.writing() as connection:
        for activity, field, value in edits:
            connection.execute(
                sa.insert(schema.edits).values(athlete="me", activity_id=activity, field=field, value=value, made=made)
            )
    store.import_([tmp_path / "in"])  # links again, brings nothing back
    table = store.activities().set_index("activity_id")
    assert ids[2] not in table.index
    assert table.loc[ids[3], ["sport", "family", "title"]].tolist() == ["cycling", "bike", "To work"]
    assert store.load(ids[3]).title == "To work"
    # The copy of an excluded recording counts in its place.
    assert store.history().activities["activity_id"].tolist() == [copy, ids[3]]


def test_athlete_values_are_dated_and_know_their_origin(tmp_path: Path, recording: Recording) -> None:
    store = imported(tmp_path, recording({"full": True}), recording({"full": True, "start_s": 86400}))
    store.set_athlete_value(athlete_value("max_heart_rate_bpm", 180))
    store.set_athlete_value(athlete_value("max_heart_rate_bpm", 185))
    store.set_athlete_value(athlete_value("max_heart_rate_bpm", 188, valid_from=date(2026, 1, 1), note="test"))
    store.set_athlete_value(athlete_value("sex", "female"))
    athlete = store.athlete()
    assert athlete.number("max_heart_rate_bpm", date(2025, 1, 1)) == 185
    assert athlete.number("max_heart_rate_bpm") == 188
    assert athlete.text("sex") == "female"
    # From files: the mass once although both say it, and no resting heart rate of 0.
    from_files = [v for v in athlete.values if v.origin == "file"]  # noqa: PD011
    assert [(v.number, v.valid_from) for v in from_files] == [(71.5, date(2026, 5, 4))]
    assert store.history().athlete.number("max_heart_rate_bpm") == 188


def test_the_athletes_zone_holds_where_the_file_tells_none(tmp_path: Path, recording: Recording) -> None:
    store = Store.open(tmp_path / "s")
    store.set_athlete_value(athlete_value("timezone", "Pacific/Auckland"))
    imported(tmp_path, recording({}), recording({"start_s": 9000, "utc_offset_s": 3600, "timezone_source": "file"}))
    table = store.activities()
    assert table["timezone_source"].tolist() == ["athlete", "file"]
    assert table["utc_offset_s"].tolist() == [12 * 3600, 3600]
    assert table["local_date"].astype(str).tolist() == ["2026-05-05", "2026-05-04"]
    assert store.load(table["activity_id"][0]).timezone == "Pacific/Auckland"


def test_tables_survive_the_way_there_and_back() -> None:
    frame = pd.DataFrame(
        {
            "integer": [1, 2],
            "text": pd.Series(["a", None], dtype="str"),
            "object": pd.Series(["a", None], dtype=object),
            "mixed": pd.Series([1, "a"], dtype=object),
            "lists": pd.Series([[1, 2], None], dtype=object),
            "flag": [True, False],
            "time": pd.to_datetime(["2026-05-04", None], utc=True).as_unit("ms"),
            "small": np.array([1, 2], dtype=np.float32),
            "categories": pd.Categorical(["x", "y"]),
        }
    )
    back = frames.from_bytes(frames.to_bytes(frame))
    assert back.dtypes.astype(str).tolist() == frame.dtypes.astype(str).tolist()
    assert back["mixed"].tolist() == [1, "a"]
    assert back["object"].tolist() == ["a", None]
    assert list(back["lists"][0]) == [1, 2]
    plain = ["integer", "text", "flag", "time", "small"]
    pd.testing.assert_frame_equal(back[plain], frame[plain])
    assert len(frames.from_bytes(frames.to_bytes(pd.DataFrame(index=range(3))))) == 3


def test_numbers_survive_packing() -> None:
    values = np.array([0.0, 1 / 3, np.nan, np.inf, -1e300])
    np.testing.assert_array_equal(frames.unpack(frames.pack(values)), values)


def test_an_activity_is_known_by_its_bytes(
    tmp_path: Path, make_activity: Callable[..., Activity], recording: Recording
) -> None:
    data = recording({})
    assert imported(tmp_path, data).activities()["activity_id"].tolist() == [make_activity(data).id]


@pytest.mark.corpus
def test_one_real_run_from_two_formats_is_one_run(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the real readers
    store = Store.open(tmp_path / "s")
    files = [corpus / "trio" / f"6782987395.{suffix}" for suffix in ("gpx", "fit")]
    store.import_(files)
    table = store.activities()
    # The FIT file has running dynamics as well: it is the richer one.
    primary = table["primary_id"].unique()
    assert table.set_index("activity_id").loc[primary, "file"].tolist() == [str(files[1])]
    for path in files:
        expected = importers.read(path, name=str(path)).activities[0]
        same(store.load(expected.id), expected)
    history = store.history()
    assert len(history.activities) == 1
    assert history.days["timer_time_run_s"].sum() == pytest.approx(4989, abs=5)


def test_a_store_of_the_version_before_opens_and_says_what_a_rebuild_brings(
    tmp_path: Path, recording: Recording
) -> None:
    store = imported(tmp_path, recording({}), recording({"start_s": 86_400}))
    assert store.outdated() == 0
    with store.database.writing() as connection:
        for statement in (
            "UPDATE schema_version SET version = 2",
            "DROP TABLE activity_texts",
            "DELETE FROM activity_metrics WHERE metric = 'session_version'",
        ):
            connection.execute(sa.text(statement))
    old = Store.open(tmp_path / "s")
    assert len(old.history().activities) == 2
    assert old.outdated() == 2
    rebuild(old)
    assert old.outdated() == 0
