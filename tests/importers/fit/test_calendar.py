"""Devices whose clock has no date, and starts that cannot be."""

from __future__ import annotations

import pandas as pd

from stridelab.activity import Activity
from stridelab.fixtures import FitEncoder, encode_fit
from stridelab.importers import read_activity
from stridelab.localtime import local_date

SWITCHED_ON = pd.Timestamp("1989-12-31", tz="UTC")
DATED = pd.Timestamp("2026-06-01 17:00", tz="UTC")


def undated(encoder: FitEncoder, start_s: float = 600.0) -> Activity:
    """A swim that began ten minutes after the watch was switched on."""
    start, end = SWITCHED_ON + pd.Timedelta(seconds=start_s), SWITCHED_ON + pd.Timedelta(seconds=start_s + 60)
    encoder.message("file_id", {"type": ["activity"], "manufacturer": ["garmin"]})
    moments = [start + pd.Timedelta(seconds=i) for i in range(60)]
    encoder.message("record", {"timestamp": moments, "heart_rate": [120] * 60})
    encoder.message("lap", {"start_time": [start], "timestamp": [end]})
    encoder.message("session", {"start_time": [start], "timestamp": [end], "sport": ["swimming"]})
    return read_activity(encoder.to_bytes())


def test_a_watch_that_knows_its_local_time_gives_the_right_day() -> None:
    encoder = FitEncoder()
    # An hour before local midnight: by UTC it may be the next day, which nobody knows.
    local = pd.Timestamp("2026-06-01 23:00")
    told = {"timestamp": [SWITCHED_ON + pd.Timedelta(seconds=660)], "local_timestamp": [local]}
    encoder.message("activity", told)
    swim = undated(encoder)
    assert local_date(swim.start_time, swim.utc_offset_s) == local.date()
    assert swim.start_time == pd.Timestamp("2026-06-01 22:59", tz="UTC")
    assert swim.records.index[0] == swim.start_time
    assert swim.laps["start_time"].tolist() == [swim.start_time]
    assert "offset from UTC is unknown" in swim.provenance["start_time"]
    assert str(swim.records.index.dtype) == "datetime64[ms, UTC]"


def test_a_correlation_of_clocks_gives_utc() -> None:
    encoder = FitEncoder()
    told = {"timestamp": [DATED], "system_timestamp": [SWITCHED_ON + pd.Timedelta(seconds=600)]}
    local = (DATED + pd.Timedelta(hours=2)).tz_localize(None)
    encoder.message("timestamp_correlation", told | {"local_timestamp": [local], "timestamp_ms": [250]})
    swim = undated(encoder)
    assert swim.start_time == DATED + pd.Timedelta(milliseconds=250)
    assert (swim.utc_offset_s, swim.timezone_source) == (7200, "file")


def test_a_clock_without_a_date_that_nobody_tells_stays_as_it_is() -> None:
    swim = undated(FitEncoder())
    assert swim.start_time == SWITCHED_ON + pd.Timedelta(seconds=600)
    assert "start_time" not in swim.provenance


def test_a_start_days_away_from_every_record_is_a_fault() -> None:
    records = [{"timestamp": DATED + pd.Timedelta(seconds=i), "heart_rate": 140} for i in range(30)]
    session = {"start_time": SWITCHED_ON + pd.Timedelta(seconds=5), "timestamp": records[-1]["timestamp"]}
    data = encode_fit([("file_id", [{"type": "activity"}]), ("record", records), ("session", [session])])
    assert read_activity(data).start_time == DATED
