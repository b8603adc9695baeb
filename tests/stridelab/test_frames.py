from __future__ import annotations

import numpy as np
import pandas as pd

from stridelab.frames import frame_of


def test_it_is_what_pandas_makes_of_the_same_columns() -> None:
    times = np.array(["2026-01-01T10:00:00", "NaT", "2026-01-01T10:00:02"], dtype="datetime64[ms]")
    columns = {
        "timestamp": times,
        "local_timestamp": times,
        "speed": np.array([1.5, np.nan, 2.5]),
        "sport": np.array(["running", None, "cycling"], dtype=object),
        "laps": np.array([1, 2, 3], dtype=np.uint8),
        "power": np.array([1.0, 2.0, np.nan]),
    }
    expected = pd.DataFrame({**columns, "sport": pd.Series(columns["sport"], dtype=object)})
    expected["timestamp"] = expected["timestamp"].dt.tz_localize("UTC")
    pd.testing.assert_frame_equal(frame_of(columns), expected)


def test_its_columns_are_its_own() -> None:
    speed = np.array([1.0, 2.0])
    times = np.array(["2026-01-01", "2026-01-02"], dtype="datetime64[ms]")
    frame = frame_of({"speed": speed, "timestamp": times}, pd.Index([7, 9]))
    frame.loc[7, "speed"] = 5.0
    frame.loc[9, "timestamp"] = pd.Timestamp("2030-01-01", tz="UTC")
    frame.columns.name = "mine"
    assert speed.tolist() == [1.0, 2.0]
    assert times[1] == np.datetime64("2026-01-02")
    assert frame_of({"speed": speed, "timestamp": times}).columns.name is None


def test_a_column_of_arrays_holds_each_row_as_an_array() -> None:
    phase = np.array([[1.0, 2.0], [np.nan, np.nan], [3.0, np.nan]])
    column = frame_of({"phase": phase})["phase"]
    assert column.dtype == object
    for found, given in zip(column, phase, strict=True):
        np.testing.assert_array_equal(found, given)
    assert frame_of({"codes": np.array([[1, 2]], dtype=np.uint8)})["codes"][0].tolist() == [1, 2]


def test_a_frame_without_rows_or_columns_is_empty() -> None:
    assert frame_of({}).shape == (0, 0)
    assert frame_of({}, pd.RangeIndex(3)).shape == (3, 0)
    assert frame_of({"phase": np.zeros((0, 2)), "speed": np.zeros(0)}).shape == (0, 2)
