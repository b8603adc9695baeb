"""The walk over a FIT file: layout, checksums, and damage of every kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.errors import ReadError
from stridelab.fixtures import encode_fit
from stridelab.importers.fit import decode
from stridelab.importers.fit.wire import read_wire
from stridelab.issues import IssueCode


def small_file(n: int = 20) -> bytes:
    records = [{"timestamp": 1_000_000_000 + i, "heart_rate": 100 + i, "distance": float(i)} for i in range(n)]
    return encode_fit([("file_id", [{"type": "activity"}]), ("record", records), ("event", [{"event": "timer"}])])


def codes(data: bytes) -> list[IssueCode]:
    return [issue.code for issue in read_wire(data).issues]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "an empty file"),
        (b"PK\x03\x04 rest of an archive", "a zip archive"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b'<?xml version="1.0"?><gpx></gpx>', "a GPX file"),
        (b"\x00" * 100, "zero bytes"),
        (b"date,distance\n2026-01-01,10\n", "a text file"),
    ],
)
def test_what_is_no_fit_file_is_refused_by_its_looks(data: bytes, named: str) -> None:
    with pytest.raises(ReadError, match=named):
        read_wire(data)


def test_an_undamaged_file_has_no_issues() -> None:
    assert codes(small_file()) == []


def test_a_cut_anywhere_keeps_every_whole_message_before_it() -> None:
    data = small_file()
    before = 0
    for end in range(12, len(data)):
        messages = decode(data[:end])
        n = messages.count("record")
        assert n >= before, f"cut at byte {end}"
        before = n
        if n:
            rates = messages["record"]["heart_rate"]
            assert rates.tolist() == list(range(100, 100 + n))
        if end < len(data) - 2:
            assert IssueCode.TRUNCATED in [issue.code for issue in messages.issues]
    assert before == 20


def test_a_wrong_checksum_is_noted_and_a_zero_one_is_not() -> None:
    data = small_file()
    assert codes(data[:-2] + bytes([data[-2] ^ 1, data[-1]])) == [IssueCode.BAD_CRC]
    assert codes(data[:-2] + b"\0\0") == []


def test_a_header_without_a_size_is_read_by_structure() -> None:
    data = small_file()
    crashed = data[:4] + b"\0\0\0\0" + data[8:-2]
    assert codes(crashed) == [IssueCode.BAD_HEADER]
    assert decode(crashed).count("record") == 20


def test_bytes_after_the_end_are_noted() -> None:
    data = small_file() + b"junk behind the file"
    assert codes(data) == [IssueCode.TRAILING_BYTES]
    assert decode(data).count("record") == 20


def test_chained_files_are_read_to_the_end() -> None:
    first, second = small_file(3), small_file(5)
    messages = decode(first + second)
    assert messages.count("record") == 8
    assert messages.part_starts == (0, len(first))


def test_a_message_without_definition_ends_the_part() -> None:
    data = small_file()
    body = data[14:-2] + b"\x0b\x01\x02\x03"
    damaged = data[:4] + len(body).to_bytes(4, "little") + data[8:14] + body
    assert IssueCode.UNDEFINED_MESSAGE in codes(damaged)
    assert decode(damaged).count("record") == 20


@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_give_messages_or_issues_never_an_exception(body: bytes) -> None:
    data = b"\x0e\x20\x54\x08" + len(body).to_bytes(4, "little") + b".FIT\0\0" + body
    messages = decode(data)
    for name in messages:
        assert len(messages[name]) == messages.count(name)


@given(st.data())
def test_any_changed_bytes_give_messages_or_issues_never_an_exception(given_data: st.DataObject) -> None:
    data = bytearray(small_file())
    for _ in range(given_data.draw(st.integers(1, 8))):
        data[given_data.draw(st.integers(14, len(data) - 1))] = given_data.draw(st.integers(0, 255))
    messages = decode(bytes(data))
    for name in messages:
        assert len(messages[name]) == messages.count(name)
