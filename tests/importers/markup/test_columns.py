"""Whole columns of numbers and times against one at a time, to the last bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.importers.markup.numbers import parse_number, parse_numbers
from stridelab.importers.markup.times import NO_TIME, parse_time, parse_times

DIGITS = st.text("0123456789", min_size=1, max_size=32)
PLAIN = st.builds("{}{}{}".format, st.sampled_from(["", "-"]), DIGITS, st.just("") | DIGITS.map(".{}".format))
ODD = st.sampled_from(
    ["", " 5 ", "+3", "1e5", "1e999", "-1E-400", "nan", "inf", "0x10", "1_000", "--", "1.", ".5", "٣", "5,2"]
)


def spans(words: list[str]) -> tuple[bytes, np.ndarray, np.ndarray]:
    """Words in a row between other bytes, and where each lies."""
    data, start, stop = b"<", [], []
    for word in words:
        start.append(len(data))
        data += word.encode()
        stop.append(len(data))
        data += b"</x>"
    return data + b" " * 64, np.array(start, dtype=np.int64), np.array(stop, dtype=np.int64)


@given(st.lists(PLAIN | ODD, max_size=12))
def test_numbers_are_those_of_python(words: list[str]) -> None:
    data, start, stop = spans(words)
    edges = np.stack([start, stop], axis=-1).astype(np.int32).reshape(len(words), 1, 2)
    found = parse_numbers(data, edges)[:, 0]
    for word, value in zip(words, found.tolist(), strict=True):
        try:
            expected = float(word)
        except ValueError:
            expected = math.nan
        expected = expected if math.isfinite(expected) else math.nan
        assert value == expected or (math.isnan(value) and math.isnan(expected)), word
        assert math.copysign(1, value) == math.copysign(1, expected) or math.isnan(value)


def test_a_column_that_is_no_number_leaves_the_others_alone() -> None:
    data, start, stop = spans(["1.5", "walking", "2.5", "3"])
    edges = np.stack([start, stop], axis=-1).astype(np.int32).reshape(2, 2, 2)
    np.testing.assert_array_equal(parse_numbers(data, edges), [[1.5, np.nan], [2.5, 3.0]])


TIMES = st.builds(
    lambda moment, fraction, zone: f"{moment:%Y}".zfill(4) + f"{moment:-%m-%dT%H:%M:%S}{fraction}{zone}",
    st.datetimes(),
    st.just("") | st.text("0123456789", min_size=1, max_size=9).map(".{}".format),
    st.sampled_from(["Z", "", "+01:00", "-09:30", "+0530", "+14:00", "z", " Z"]),
)
NO_TIMES = st.sampled_from(
    ["", "2026", "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2026-00-10T00:00:00Z", "2026-05-04T24:00:00Z",
     "2026-05-04T12:60:00Z", "2026-05-04T12:00:60Z", "2026-05-04 12:00:00Z", "2026-5-4T1:2:3Z", "2026-05-04T12:00:00.Z",
     "2026-05-04T12:00:00+1:000", "0000-01-01T00:00:00Z", "2026-05-04T12:00:0xZ", "١٢٣٤-05-04T12:00:00Z", "now"]
)  # fmt: skip


@given(st.lists(TIMES | NO_TIMES, max_size=8))
def test_times_in_columns_are_those_one_by_one(words: list[str]) -> None:
    data, start, stop = spans(words)
    moments, offsets = parse_times(data, start, stop)
    expected = [parse_time(word) for word in words]
    assert moments.tolist() == [moment for moment, _ in expected]
    np.testing.assert_array_equal(offsets, [offset for _, offset in expected])


@pytest.mark.parametrize(
    ("word", "moment", "offset"),
    [
        ("1970-01-01T00:00:00Z", 0, 0),
        ("2000-03-01T00:00:00.000001Z", 951_868_800_000_001, 0),
        ("1969-12-31T23:59:59.999999999Z", -1, 0),
        ("2026-05-04T12:00:00.5+05:45", 1_777_875_300_500_000, 20_700),
        ("2026-05-04T12:00:00", 1_777_896_000_000_000, math.nan),
        ("2026-05-04T12:00:00−02:00", 1_777_903_200_000_000, -7200),
        ("2026-02-30T12:00:00Z", NO_TIME, math.nan),
    ],
)
def test_known_times(word: str, moment: int, offset: float) -> None:
    found = parse_time(word)
    assert found[0] == moment
    assert found[1] == offset or math.isnan(offset)


def test_an_odd_number_is_none() -> None:
    assert math.isnan(parse_number("inf"))
    assert math.isnan(parse_number("12 m"))
