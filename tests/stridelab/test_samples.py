"""Sample durations and cleaning: what every time-weighted number rests on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.issues import IssueCode
from stridelab.samples import clean_records, mask_implausible, sample_durations_s, seconds, utc_index


def times(*at: float) -> pd.DatetimeIndex:
    return utc_index(pd.to_datetime(list(at), unit="s", utc=True))


def pauses(*spans: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame({"start": times(*(a for a, _ in spans)), "end": times(*(b for _, b in spans))})


@pytest.mark.parametrize(
    ("at", "expected"),
    [((), []), ((5,), [0]), ((0, 1), [1, 1]), ((0, 1, 2, 60), [1, 1, 10, 1]), ((0, 30, 60), [10, 10, 10])],
)
def test_a_sample_lasts_until_the_next_at_most_ten_seconds(at: tuple[float, ...], expected: list[float]) -> None:
    assert sample_durations_s(times(*at)).tolist() == expected


def test_nothing_of_a_sample_lies_in_a_pause() -> None:
    assert sample_durations_s(times(0, 4, 8, 9), pauses((5, 7))).tolist() == [4, 2, 1, 4]


def test_overlapping_and_unsorted_pauses_count_once() -> None:
    durations = sample_durations_s(times(0, 10, 20, 30), pauses((12, 18), (1, 9), (14, 16), (17, 25)))
    assert durations.tolist() == [2, 2, 5, 10]


def test_a_pause_over_everything_leaves_nothing() -> None:
    assert sample_durations_s(times(0, 1, 2), pauses((-10, 100))).sum() == 0


GAPS = st.lists(st.floats(0.1, 30), min_size=1, max_size=30)


@given(gaps=GAPS, start=st.integers(0, 2_000_000_000))
def test_durations_do_not_depend_on_the_date(gaps: list[float], start: int) -> None:
    offsets = np.cumsum([0, *gaps]).round(3)
    early, late = (sample_durations_s(times(*(offsets + origin))) for origin in (0, start))
    np.testing.assert_allclose(early, late, atol=2e-3)


@given(gaps=GAPS, begin=st.floats(0, 200), length=st.floats(0, 100))
def test_a_pause_never_adds_time_and_never_makes_it_negative(gaps: list[float], begin: float, length: float) -> None:
    index = times(*np.cumsum([0, *gaps]).round(3))
    whole, paused = sample_durations_s(index), sample_durations_s(index, pauses((begin, begin + length)))
    assert (paused >= -1e-9).all()
    assert (paused <= whole + 1e-9).all()
    assert whole.sum() - paused.sum() <= length + 1e-3


@given(gaps=GAPS, cut=st.integers(1, 30))
def test_a_recording_in_two_parts_lasts_as_long_as_the_whole(gaps: list[float], cut: int) -> None:
    index = times(*np.cumsum([0, *gaps]).round(3))
    durations = sample_durations_s(index)
    joined = np.append(sample_durations_s(index[: cut + 1])[:-1], sample_durations_s(index[cut:]))
    if len(index[cut:]) > 1:
        np.testing.assert_allclose(joined[:-1], durations[:-1], atol=1e-9)


def test_seconds_and_missing_times() -> None:
    index = pd.DatetimeIndex(["2026-01-01T00:00:00.250Z", pd.NaT])
    assert seconds(index)[0] == pytest.approx(1767225600.25)
    assert np.isnan(seconds(index)[1])


def test_finer_fractions_are_rounded_in_the_index() -> None:
    assert utc_index(pd.DatetimeIndex(["2026-01-01T00:00:00.0006Z"]))[0].microsecond == 1000


def test_of_equal_times_the_last_valid_value_of_each_column_wins() -> None:
    frame = pd.DataFrame({"heart_rate_bpm": [120.0, np.nan, 130], "speed_mps": [3.0, 3.5, np.nan]}, times(0, 1, 1))
    cleaned, issues = clean_records(frame)
    assert cleaned["heart_rate_bpm"].tolist() == [120.0, 130.0]
    assert cleaned["speed_mps"].tolist() == [3.0, 3.5]
    assert [issue.code for issue in issues] == [IssueCode.DUPLICATE_TIME]


def test_masking_leaves_the_given_frame_alone() -> None:
    frame = pd.DataFrame({"heart_rate_bpm": [120.0, 600.0], "unlisted": [1e9, 1e9]}, times(0, 1))
    masked, issues = mask_implausible(frame)
    assert frame["heart_rate_bpm"].tolist() == [120.0, 600.0]
    assert np.isnan(masked["heart_rate_bpm"].iloc[1])
    assert masked["unlisted"].tolist() == [1e9, 1e9]
    assert "600" in issues[0].message


@pytest.mark.parametrize("frame", [pd.DataFrame(index=times()), pd.DataFrame({"speed_mps": [3.0]}, times(0))])
def test_cleaning_nothing_or_one_sample(frame: pd.DataFrame) -> None:
    cleaned, issues = clean_records(frame)
    assert len(cleaned) == len(frame)
    assert issues == []
    assert str(cleaned.index.dtype) == "datetime64[ms, UTC]"
