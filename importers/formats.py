"""What bytes look like: enough to say what a file is when it is not what it claims."""

from __future__ import annotations

from typing import Final

_LOOKS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)


def looks_like(head: bytes) -> str:
    """What these first bytes look like, in words.

    Examples
    --------
    >>> looks_like(b"<!doctype html><title>Sign in</title>")
    'an HTML page'
    >>> looks_like(b"")
    'an empty file'
    """
    if not head:
        return "an empty file"
    if head[8:12] == b".FIT":
        return "a FIT file"
    for magic, name in _LOOKS:
        if head.startswith(magic):
            return name
    if not head.strip(b"\x00"):
        return "a file of zero bytes only"
    text = head[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    for tag, name in ((b"<gpx", "a GPX file"), (b"<trainingcenterdatabase", "a TCX file")):
        if tag in text:
            return name
    if text.startswith(b"<"):
        return "an XML file"
    if text.startswith((b"{", b"[")):
        return "a JSON file"
    printable = sum(byte in b"\t\r\n" or 32 <= byte < 127 for byte in text)
    return "a text file" if printable > 0.9 * len(text) else "unknown binary data"
