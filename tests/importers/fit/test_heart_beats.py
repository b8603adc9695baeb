"""Single beats: RR intervals placed by the records around them, and the heart rate of a swim strap."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import Activity
from stridelab.fixtures import FitEncoder, WireField
from stridelab.importers import read, read_activity

START_S = 1_100_000_000
START = pd.Timestamp("1989-12-31", tz="UTC") + pd.Timedelta(seconds=START_S)
RECORD, HRV, HR = 20, 78, 132


def interleaved(events: list[tuple[str, Any]], length_s: int = 600) -> Activity:
    """A run from ``("record", second)`` and ``("hrv", [interval in ms, …])`` in the order of the file."""
    encoder = FitEncoder()
    encoder.message("file_id", {"type": ["activity"], "manufacturer": ["development"]})
    encoder.define(14, RECORD, [WireField(253, "uint32"), WireField(3, "uint8")])
    encoder.define(15, HRV, [WireField(0, "uint16", 5)])
    for kind, value in events:
        if kind == "record":
            encoder.write(14, [[START_S + value], [140]])
        else:
            encoder.write(15, [np.array([list(value) + [65535] * (5 - len(value))], dtype=np.uint16)])
    end = START + pd.Timedelta(seconds=length_s)
    session = {"start_time": [START], "timestamp": [end], "total_timer_time": [float(length_s)], "sport": ["running"]}
    encoder.message("session", session)
    return read_activity(encoder.to_bytes())


def seconds(activity: Activity) -> np.ndarray[Any, Any]:
    return ((activity.rr_intervals["time"] - START) / pd.Timedelta(seconds=1)).to_numpy()


def test_without_a_gap_times_differ_by_exactly_the_intervals() -> None:
    events: list[tuple[str, Any]] = [("record", 0)]
    for second in range(1, 120):
        events += [("hrv", [510, 490]), ("record", second)]
    beats = interleaved(events)
    assert len(beats.rr_intervals) == 238
    np.testing.assert_allclose(np.diff(seconds(beats)), beats.rr_intervals["rr_ms"].iloc[1:] / 1000, atol=0.0011)
    assert seconds(beats)[0] == pytest.approx(0.5, abs=2)
    assert beats.rr_intervals["rr_ms"].iloc[:2].tolist() == [510.0, 490.0]


def test_after_a_pause_beats_go_on_at_the_time_of_the_records() -> None:
    events: list[tuple[str, Any]] = [("record", 0)]
    for second in [*range(1, 60), *range(360, 420)]:
        events += [("hrv", [500, 500]), ("record", second)]
    at = seconds(interleaved(events))
    # A plain sum would put the last beat 300 s too early.
    assert at[-1] == pytest.approx(419, abs=2.5)
    steps = np.diff(at)
    assert (steps > 100).sum() == 1
    assert np.sort(steps)[-2] == pytest.approx(0.5)


def test_missed_beats_do_not_drift() -> None:
    # Every tenth second has no beats: over ten minutes a plain sum loses a minute.
    events: list[tuple[str, Any]] = [("record", 0)]
    for second in range(1, 600):
        events += ([] if second % 10 == 0 else [("hrv", [500, 500])]) + [("record", second)]
    beats = interleaved(events)
    assert seconds(beats)[-1] == pytest.approx(599, abs=3)
    assert (np.diff(seconds(beats)) >= 0).all()


def test_an_interval_that_is_no_heart_rate_is_nan_and_its_time_still_passes() -> None:
    beats = interleaved([("record", 0), ("hrv", [800, 6000, 800]), ("record", 8)])
    np.testing.assert_array_equal(beats.rr_intervals["rr_ms"], [800, np.nan, 800])
    np.testing.assert_allclose(np.diff(seconds(beats)), [6.0, 0.8])


def test_beats_without_any_record_begin_with_the_activity() -> None:
    np.testing.assert_allclose(seconds(interleaved([("hrv", [900, 900]), ("hrv", [1000])])), [0.9, 1.8, 2.8])


def test_beat_intervals_count_from_the_time_of_their_message() -> None:
    encoder = FitEncoder()
    encoder.message("file_id", {"type": ["activity"], "manufacturer": ["development"]})
    encoder.define(15, 290, [WireField(253, "uint32"), WireField(0, "uint16"), WireField(1, "uint16", 3)])
    intervals = np.array([[800, 810, 820], [700, 65535, 65535]], dtype=np.uint16)
    encoder.write(15, [[START_S + 5, START_S + 60], [250, 0], intervals])
    encoder.message("session", {"start_time": [START], "timestamp": [START], "sport": ["running"]})
    beats = read_activity(encoder.to_bytes())
    assert beats.rr_intervals["rr_ms"].tolist() == [800, 810, 820, 700]
    np.testing.assert_allclose(seconds(beats), [6.05, 6.86, 7.68, 60.7])


# ---------------------------------------------------------------- swim straps


def swim(
    rates: list[int],
    *,
    begin_s: float = -30.0,
    chained: bool = False,
    own: dict[int, int] | None = None,
) -> list[Activity]:
    """A swim of 60 records, with a strap that sends these rates afterwards, a beat each 60/rate seconds."""
    encoder = FitEncoder()
    encoder.message("file_id", {"type": ["activity"], "manufacturer": ["garmin"]})
    encoder.define(14, RECORD, [WireField(253, "uint32"), WireField(3, "uint8")])
    encoder.write(14, [np.arange(START_S, START_S + 60), [(own or {}).get(i, 255) for i in range(60)]])
    end = START + pd.Timedelta(seconds=60)
    encoder.message("session", {"start_time": [START], "timestamp": [end], "sport": ["swimming"]})
    parts = [encoder]
    if chained:
        parts.append(FitEncoder())
        parts[-1].message("file_id", {"type": ["activity"], "manufacturer": ["garmin"]})
    ticks = (5_000_000 + np.round(np.cumsum([0.0, *(60 / r for r in rates[1:])]) * 1024)).astype(np.int64)
    first = START_S + begin_s
    anchor = [WireField(253, "uint32"), WireField(0, "uint16"), WireField(9, "uint32"), WireField(6, "uint8")]
    parts[-1].define(12, HR, anchor)
    parts[-1].write(12, [[int(first)], [round(first % 1 * 32768)], [ticks[0]], [rates[0]]])
    parts[-1].define(13, HR, [WireField(6, "uint8", 8), WireField(10, "byte", 12)])
    for i in range(1, len(rates) - 7, 8):
        low = ticks[i : i + 8] & 4095
        packed = np.empty(12, dtype=np.uint8)
        packed[0::3] = low[0::2] & 255
        packed[1::3] = low[0::2] >> 8 | (low[1::2] & 15) << 4
        packed[2::3] = low[1::2] >> 4
        parts[-1].write(13, [np.array([rates[i : i + 8]]), packed[None, :]])
    return list(read(b"".join(part.to_bytes() for part in parts)).activities)


@pytest.mark.parametrize("chained", [False, True])
def test_a_swim_strap_fills_the_heart_rate_from_before_the_start_on(chained: bool) -> None:
    found = swim([120] * 201, chained=chained)[0]
    assert found.records["heart_rate_bpm"].tolist() == [120.0] * 60
    assert found.provenance["heart_rate_bpm"].startswith("60 of 60")


def test_the_clock_of_a_strap_rolls_over_and_goes_on() -> None:
    # 12 bits are 4 s; beats 1.5 s apart roll over every other message, and the rate steps up in mid-swim.
    rates = [40] * 41 + [80] * 64
    found = swim(rates, begin_s=-10.25)[0].records["heart_rate_bpm"]
    changed = np.flatnonzero(np.diff(found.to_numpy()))
    assert found.iloc[:45].eq(40).all()
    assert found.iloc[55:].eq(80).all()
    # The last slow beat is 40 beats of 1.5 s after the first; its rate holds until the next beat.
    assert 49 <= changed[0] + 1 <= 51


def test_a_heart_rate_of_the_watch_stays() -> None:
    found = swim([120] * 201, own={10: 99, 11: 98})[0].records["heart_rate_bpm"]
    assert found.iloc[[9, 10, 11, 12]].tolist() == [120, 99, 98, 120]


def test_a_strap_that_stopped_fills_nothing_after_its_last_beat() -> None:
    found = swim([120] * 41, begin_s=-1.0)[0].records["heart_rate_bpm"]
    assert found.iloc[:20].notna().all()
    assert found.iloc[26:].isna().all()


def test_a_strap_without_a_time_is_left_alone() -> None:
    encoder = FitEncoder()
    encoder.message("file_id", {"type": ["activity"], "manufacturer": ["garmin"]})
    encoder.define(13, HR, [WireField(6, "uint8", 8), WireField(10, "byte", 12)])
    encoder.write(13, [np.full((1, 8), 120), np.arange(12)[None, :]])
    encoder.message("session", {"start_time": [START], "timestamp": [START], "sport": ["swimming"]})
    assert read_activity(encoder.to_bytes()).records.empty
