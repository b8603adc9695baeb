"""What the FIT messages of real recordings mean: beats, straps, footpods, sets, inertial samples, wellness.

Where Garmin's own library gives the same quantity, it is the judge.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from garmin_fit_sdk import Decoder, Stream

from stridelab.activity import Activity, ReadResult
from stridelab.errors import ReadError
from stridelab.importers import read
from stridelab.importers.fit import decode
from stridelab.importers.fit.monitoring import monitoring_times
from stridelab.samples import seconds
from stridelab.wellness import METRICS, one_a_day

pytestmark = pytest.mark.corpus

FloatArray = npt.NDArray[np.float64]


@cache
def result(file: Path) -> ReadResult | None:
    try:
        return read(file)
    except ReadError:
        return None


@pytest.fixture(scope="module")
def files(corpus: Path) -> list[dict[str, Any]]:
    with (corpus / "fit" / "INDEX.tsv").open(encoding="utf-8") as table:
        return [row | {"path": corpus / "fit" / row["local_file"]} for row in csv.DictReader(table, delimiter="\t")]


def with_any(files: list[dict[str, Any]], column: str) -> list[Path]:
    return [row["path"] for row in files if row[column] not in ("", "0")]


def activities(files: list[dict[str, Any]]) -> Iterator[tuple[str, Activity]]:
    for row in files:
        found = result(row["path"])
        for activity in found.activities if found else ():
            yield row["path"].name, activity


# ---------------------------------------------------------------- beats


def rate_before(beat_s: FloatArray, rr_ms: FloatArray, moments_s: FloatArray, window_s: float = 10.0) -> FloatArray:
    """Heart rate of the beats in the seconds before each moment."""
    known = np.isfinite(rr_ms)
    beat_s, rr_ms = beat_s[known], rr_ms[known]
    total = np.append(0, np.cumsum(rr_ms))
    end, begin = np.searchsorted(beat_s, moments_s, "right"), np.searchsorted(beat_s, moments_s - window_s, "right")
    return np.where(end - begin >= 4, 60_000 * (end - begin) / np.maximum(total[end] - total[begin], 1), np.nan)


@pytest.mark.slow
def test_placed_beats_agree_better_with_the_recorded_heart_rate_than_a_plain_sum(files: list[dict[str, Any]]) -> None:
    paths = with_any(files, "hrv")
    assert len(paths) == 34
    gained, checked = 0, 0
    for path in paths:
        found = result(path)
        assert found is not None
        for activity in found.activities:
            beats, records = activity.rr_intervals, activity.records
            assert beats["time"].is_monotonic_increasing, path.name
            if len(beats) < 500 or "heart_rate_bpm" not in records:
                continue
            moments_s, recorded = seconds(pd.DatetimeIndex(records.index)), records["heart_rate_bpm"].to_numpy()
            rr_ms, beat_s = beats["rr_ms"].to_numpy(), seconds(pd.DatetimeIndex(beats["time"]))
            plain_s = moments_s[0] + np.cumsum(np.nan_to_num(rr_ms)) / 1000
            both = [rate_before(at, rr_ms, moments_s) - recorded for at in (beat_s, plain_s)]
            placed, plain = (float(np.nanmean(np.abs(difference))) for difference in both)
            checked += 1
            gained += placed < plain - 0.5
            assert placed < plain + 0.5, f"{path.name} {activity.sport}: {placed:.2f} against {plain:.2f}"
    assert checked > 25
    assert gained >= 12


def measured(path: Path) -> pd.Series[Any]:
    """Times at which the watch itself has a heart rate."""
    records = decode(path)["record"]
    own = records["heart_rate"].notna() if "heart_rate" in records else pd.Series(False, index=records.index)
    return records.loc[own, "timestamp"]


@pytest.mark.slow
def test_the_heart_rate_of_a_strap_is_that_of_garmins_own_library(files: list[dict[str, Any]]) -> None:
    paths = with_any(files, "raw_hr_msgs")
    assert len(paths) == 15
    differences: list[FloatArray] = []
    for path in paths:
        found = result(path)
        assert found is not None
        judged: dict[int, float] = {}
        messages, _ = Decoder(Stream.from_file(str(path))).read(
            merge_heart_rates=path.name != "input~41.fit", convert_datetimes_to_dates=False
        )
        for record in messages.get("record_mesgs", ()):
            judged[record["timestamp"] + 631065600] = record.get("heart_rate") or np.nan
        for activity in found.activities:
            if "strap" not in activity.provenance.get("heart_rate_bpm", ""):
                continue
            ours = activity.records["heart_rate_bpm"].to_numpy()
            moments = activity.records.index
            theirs = np.array([float(judged[int(s)]) for s in seconds(pd.DatetimeIndex(moments))])
            # They overwrite what the watch itself has; here that stays.
            theirs[moments.isin(measured(path))] = np.nan
            assert np.isfinite(ours[np.isfinite(theirs)]).all(), path.name
            # They sample the beats every quarter of a second, and round; where a record repeats a time, they go back.
            difference = np.abs(ours - theirs)[np.isfinite(theirs)]
            assert (difference < 1.5).mean() > 0.999, path.name
            differences.append(difference)
    every = np.concatenate(differences)
    assert len(every) > 25_000
    assert every.mean() < 0.25


# ---------------------------------------------------------------- footpods, sets, sensors


def test_a_footpod_gives_a_whole_channel_or_none_of_it(files: list[dict[str, Any]]) -> None:
    taken = 0
    for name, activity in activities(files):
        for column, note in activity.provenance.items():
            if not note.startswith("footpod field"):
                continue
            taken += 1
            label = note.removeprefix("footpod field ").split(";")[0]
            values = activity.records[column].dropna()
            source = activity.developer[label].reindex(values.index)
            ratio = (values / source).to_numpy()
            np.testing.assert_allclose(ratio, ratio[0], err_msg=f"{name}: {column} is not all from {label}")
    assert taken > 20


def test_garmins_unnamed_message_of_estimates_is_what_it_is_taken_for(files: list[dict[str, Any]]) -> None:
    agreed = {"unknown_4": [0, 0], "unknown_20": [0, 0]}
    for row in files:
        if "unknown_140" not in row["all_msgs"] or row["manufacturer"] != "garmin":
            continue
        messages = decode(row["path"])
        if messages.count("session") != 1 or messages.count("unknown_140") != 1 or "swimming" in row["sports"]:
            continue
        session, own = messages["session"].iloc[0], messages["unknown_140"].iloc[0]
        for field, name in (("unknown_4", "total_training_effect"), ("unknown_20", "total_anaerobic_training_effect")):
            if pd.notna(session.get(name)) and pd.notna(own.get(field)):
                agreed[field][int(abs(own[field] / 10 - session[name]) < 0.01)] += 1
    # Wrong, right.
    assert agreed["unknown_4"][1] >= 35
    assert agreed["unknown_20"][1] >= 20
    assert agreed["unknown_4"][0] + agreed["unknown_20"][0] <= 3


def test_estimates_of_the_device_are_plausible(files: list[dict[str, Any]]) -> None:
    uptake = [a.summary["device:vo2max_mlkgmin"] for _, a in activities(files) if "device:vo2max_mlkgmin" in a.summary]
    recovery = [
        a.summary["device:recovery_time_s"] for _, a in activities(files) if "device:recovery_time_s" in a.summary
    ]
    assert len(uptake) > 50
    assert 25 < min(uptake) <= max(uptake) < 80
    assert len(recovery) > 50
    # Garmin says four days at most; what is left of the one before may come on top.
    assert max(recovery) <= 5 * 86400


def test_an_accelerometer_at_rest_shows_gravity(corpus: Path) -> None:
    found = result(corpus / "fit" / "GPSBabel__gpsbabel" / "garmin-virb-ultra-30.fit")
    assert found is not None
    (stream,) = found.activities[0].imu
    assert stream.acceleration_mps2.shape == (20760, 3)
    assert stream.sampling_rate_hz == pytest.approx(100, abs=1)
    assert stream.angular_velocity_radps is not None
    assert np.median(np.linalg.norm(stream.acceleration_mps2, axis=1)) == pytest.approx(9.81, rel=0.03)
    assert stream.start_time == pd.Timestamp("2017-06-28 02:33:06.909", tz="UTC")


def test_strength_sets_are_those_of_garmins_own_library(files: list[dict[str, Any]]) -> None:
    for path in with_any(files, "strength_sets"):
        found = result(path)
        assert found is not None
        sets = found.activities[0].sets
        messages, _ = Decoder(Stream.from_file(str(path))).read()
        theirs = messages["set_mesgs"]
        assert sets["set_type"].tolist() == [one["set_type"] for one in theirs]
        np.testing.assert_allclose(sets["duration_s"], [one["duration"] for one in theirs])
        np.testing.assert_array_equal(sets["repetitions"], [one.get("repetitions", np.nan) for one in theirs])
        assert [stamp.to_pydatetime() for stamp in sets["start_time"]] == [one["start_time"] for one in theirs]


# ---------------------------------------------------------------- wellness


def wellness_of(corpus: Path, *names: str) -> pd.DataFrame:
    tables = [result(corpus / "fit" / name) for name in names]
    return one_a_day(pd.concat([table.wellness for table in tables if table is not None], ignore_index=True))


def test_every_wellness_value_is_plausible_dated_and_sourced(files: list[dict[str, Any]]) -> None:
    kinds: set[str] = set()
    metrics: set[str] = set()
    for row in files:
        found = result(row["path"])
        if found is None or found.wellness.empty:
            continue
        table = found.wellness
        kinds.add(found.kind)
        metrics |= set(table["metric"])
        assert not found.activities, row["local_file"]
        for value in table.itertuples():
            metric = METRICS[value.metric]
            assert metric.low <= value.value <= metric.high, row["local_file"]
            assert value.unit == metric.unit
            assert abs(value.time.tz_localize(None) - value.local_date - pd.Timedelta(hours=12)) < pd.Timedelta(
                days=1.5
            )
            assert row["manufacturer"] in value.source
    assert {"monitoring_b", "metrics", "weight"} <= kinds
    assert metrics >= {"steps", "resting_heart_rate_bpm", "stress_avg", "spo2_pct", "body_battery_max", "body_mass_kg"}


def test_the_totals_that_a_watch_writes_at_midnight_are_the_days_steps(corpus: Path) -> None:
    found = wellness_of(corpus, "dtcooper__python-fitparse/MonitoringFile.fit")
    assert found["value"].tolist() == [3142 + 31]
    assert found["local_date"].tolist() == [pd.Timestamp("2014-12-27")]


def test_the_files_of_a_day_make_one_day(corpus: Path) -> None:
    folder = corpus / "fit" / "MaksVasilev__fit2gpx"
    names = ["50673956133", "50673952962", "50675982819", "50676040675", "50676489169", "50708056399", "50731561865"]
    day = wellness_of(corpus, *(f"{folder.name}/{name}.fit" for name in names))
    assert set(day["local_date"]) == {pd.Timestamp("2020-03-04")}
    values = dict(zip(day["metric"], day["value"], strict=True))
    assert values["steps"] == 5930
    assert values["resting_heart_rate_bpm"] == 45
    # It charged to 100 in the night and fell to 20 by the evening.
    assert (values["body_battery_max"], values["body_battery_min"]) == (100, 20)
    assert day["source"].unique().tolist() == ["garmin vivosmart_4"]


def test_raw_nights_that_were_not_classified_give_no_sleep(files: list[dict[str, Any]]) -> None:
    nights = [row for row in files if row["file_type"] == "49"]
    assert len(nights) == 10
    for row in nights:
        found = result(row["path"])
        assert found is not None
        assert (found.kind, len(found.wellness)) == ("sleep", 0)


def test_16_bit_times_stay_within_the_day_of_their_file(files: list[dict[str, Any]]) -> None:
    checked = 0
    for row in files:
        if "monitoring=" not in row["wellness"] or row["manufacturer"] != "garmin" or not row["product"]:
            continue
        messages = decode(row["path"])
        moments = monitoring_times(messages)
        assert not np.isnat(moments).any(), row["local_file"]
        assert (np.diff(moments) >= np.timedelta64(-3600, "s")).all(), row["local_file"]
        begin = messages.table("monitoring_info").columns["timestamp"][0]
        assert (moments >= begin).all()
        assert (moments - begin <= np.timedelta64(25, "h")).all(), row["local_file"]
        checked += 1
    assert checked >= 15
