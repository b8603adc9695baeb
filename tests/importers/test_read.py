"""`read`: sources of every kind, recognition by content, and refusals that say what to do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from stridelab.errors import ReadError, UsageError
from stridelab.fixtures import encode_fit
from stridelab.importers import read, read_activity
from stridelab.importers.formats import looks_like

DATA = encode_fit(
    [
        ("file_id", [{"type": "activity"}]),
        ("record", [{"timestamp": 1_100_000_000 + i, "heart_rate": 140} for i in range(5)]),
    ]
)


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"", "empty"), (b"<html>", "HTML"), (b"\x00\x01\x02garbage" * 9, "binary"), (b"just words", "text")],
)
def test_what_nobody_reads_is_refused_with_what_it_looks_like(data: bytes, word: str) -> None:
    with pytest.raises(ReadError, match=word) as refused:
        read(data, name="strange.fit")
    assert "strange.fit" in str(refused.value)
    assert "tried" in str(refused.value)


def test_a_path_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file"):
        read(tmp_path / "nothing.fit")
    with pytest.raises(UsageError, match="folder"):
        read(tmp_path)


def test_one_activity_is_asked_for_and_none_found() -> None:
    with pytest.raises(ReadError, match="workout"):
        read_activity(encode_fit([("file_id", [{"type": "workout"}])]))


def test_a_damaged_gzip_is_refused_and_a_cut_one_read_as_far_as_it_goes() -> None:
    packed = gzip.compress(DATA)
    with pytest.raises(ReadError, match="gzip"):
        read(packed[:2] + b"\xff" * 40)
    assert read(packed[:-12]).kind == "activity"


@pytest.mark.parametrize(
    ("head", "name"),
    [(b"%PDF-1.7", "a PDF"), (b'{"a": 1}', "a JSON file"), (b"\xef\xbb\xbf <?xml?><gpx>", "a GPX file")],
)
def test_looks(head: bytes, name: str) -> None:
    assert looks_like(head) == name


def test_a_fit_file_behind_stray_bytes_is_one_and_a_text_about_fit_files_is_none() -> None:
    assert len(read(b"\xc7" * 23 + DATA).activities) == 1
    with pytest.raises(ReadError, match="text"):
        read(b"The watch writes ACTIVITY.FIT, MONITOR.FIT and SETTINGS.FIT into its memory.\n" * 3)
