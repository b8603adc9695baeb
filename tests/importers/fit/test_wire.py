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
    records = [{"timestamp": 1_000_000_000 + i, "heart_rate": 100 + i % 100, "distance": float(i)} for i in range(n)]
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


def with_body(body: bytes) -> bytes:
    """A file with this body and a header that says its size, without a checksum."""
    return b"\x0e\x20\x54\x08" + len(body).to_bytes(4, "little") + b".FIT\0\0" + body + b"\0\0"


def test_a_message_without_definition_is_left_out() -> None:
    damaged = with_body(small_file()[14:-2] + b"\x0b\x01\x02\x03")
    assert codes(damaged) == [IssueCode.TRUNCATED]
    assert decode(damaged).count("record") == 20


@given(at=st.integers(200, 1500), junk=st.binary(min_size=1, max_size=80))
def test_behind_garbage_reading_goes_on(at: int, junk: bytes) -> None:
    body = small_file(200)[14:-2]
    messages = decode(with_body(body[:at] + junk + body[at:]))
    written = set(decode(small_file(200)).table("record").columns["distance"].tolist())
    kept = written & set(messages.table("record").columns["distance"].tolist())
    assert len(kept) >= 190, "only the message that was hit, and those next to it, may be lost"
    assert messages.count("record") <= 203, "garbage makes no messages of its own"


@given(at=st.integers(200, 1500), length=st.integers(1, 60))
def test_behind_a_hole_reading_goes_on(at: int, length: int) -> None:
    body = small_file(200)[14:-2]
    messages = decode(with_body(body[:at] + body[at + length :]))
    assert 200 - length / 10 - 4 <= messages.count("record") <= 200


def test_damage_is_named_with_its_place_and_size() -> None:
    body = small_file(50)[14:-2]
    issues = decode(with_body(body[:300] + b"\xff" * 25 + body[300:])).issues
    assert IssueCode.SKIPPED_BYTES in [issue.code for issue in issues]
    assert all(issue.offset is not None for issue in issues)


def test_a_wrong_size_in_the_header_is_noted_and_not_believed() -> None:
    data = small_file()
    for size in (100, len(data) - 16 - 9):
        wrong = data[:4] + size.to_bytes(4, "little") + data[8:]
        assert decode(wrong).count("record") == 20
        assert codes(wrong) == [IssueCode.BAD_HEADER]


def test_a_part_behind_a_damaged_one_is_read() -> None:
    first, second = small_file(30), small_file(5)
    messages = decode(first[:150] + second)
    assert messages.count("record") >= 5 + 5
    assert messages.part_starts == (0, 150)


def test_bytes_before_the_header_are_skipped() -> None:
    messages = decode(b"\xc7" * 23 + small_file())
    assert messages.count("record") == 20
    assert [issue.code for issue in messages.issues] == [IssueCode.SKIPPED_BYTES]


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


@pytest.mark.parametrize("pattern", [b"\0", b"\xff", b"\x40\0\0", bytes(range(8)), b"\0\x40", bytes(range(256))])
def test_long_patterns_of_bytes_are_no_messages(pattern: bytes) -> None:
    body = small_file(200)[14:-2]
    junk = (pattern * 60_000)[:60_000]
    messages = decode(with_body(body[:800] + junk + body[800:]))
    written = set(decode(small_file(200)).table("record").columns["distance"].tolist())
    assert len(written & set(messages.table("record").columns["distance"].tolist())) >= 198
    assert messages.count("record") <= 202
    assert sum(messages.count(name) for name in messages) <= 206


def test_a_clock_that_is_set_on_the_way_loses_nothing() -> None:
    first = [{"timestamp": 1000 + i, "heart_rate": 100} for i in range(20)]
    then = [{"timestamp": 1_000_000_000 + i, "heart_rate": 101} for i in range(20)]
    data = encode_fit([("file_id", [{"type": "activity"}]), ("record", [*first, *then])])
    assert decode(data[:-2] + b"\0\0").count("record") == 40
