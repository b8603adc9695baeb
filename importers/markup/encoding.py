"""The bytes of an XML file as UTF-8, whatever they came as, and without what could unpack to more."""

from __future__ import annotations

import codecs
import re
from typing import Final

from stridelab.errors import ReadError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BARE_UTF16: Final = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARATION: Final = re.compile(rb"<\?xml\s[^<>]*>")
_ENCODING: Final = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_FIRST_ELEMENT: Final = re.compile(rb"<[A-Za-z_]")
_DECLARED: Final = re.compile(rb"<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.IGNORECASE)
_HEAD_BYTES: Final = 1024
_WHITE: Final = b" \t\r\n\x00"


def as_utf8(data: bytes, *, where: str) -> tuple[bytes, int]:
    """The file in UTF-8, and where in it the XML begins behind white space and the XML declaration, then untrue.

    A byte order mark decides before the declaration, UTF-8 is assumed without either, and what does not decode as it
    says is taken as Latin-1, in which every byte is a character: only names can come out wrong.

    Raises
    ------
    ReadError
        Where entities or a document type are declared.
    """
    body, encoding = data, "utf-8"
    mark = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), None)
    if mark is not None:
        encoding = mark[1]
        body = data[len(mark[0]) :] if encoding == "utf-8" else data
    else:
        start = data[:_HEAD_BYTES].lstrip(b" \t\r\n")
        encoding = next((name for bare, name in _BARE_UTF16 if start.startswith(bare)), encoding)
    if encoding == "utf-8":
        declared = _DECLARATION.search(body, 0, _HEAD_BYTES)
        told = _ENCODING.search(declared[0]) if declared and mark is None else None
        if told is not None and not told[1].lower().startswith(b"utf"):
            encoding = told[1].decode("ascii")
    body = _recoded(body, encoding)
    begin = len(body) - len(body[:_HEAD_BYTES].lstrip(_WHITE)) - max(len(body) - _HEAD_BYTES, 0)
    declared = _DECLARATION.match(body, begin)
    if declared is not None:
        begin = declared.end()
    root = _FIRST_ELEMENT.search(body, begin)
    if _DECLARED.search(body, begin, root.start() if root else len(body)):
        raise ReadError(
            "a document type or entity declaration, by which small files unpack to huge ones",
            expected="plain XML",
            where=where,
            advice="Remove the declaration, or export the file again.",
        )
    return body, begin


def _recoded(data: bytes, encoding: str) -> bytes:
    """The bytes in UTF-8, without a mark."""
    if data.isascii() and not encoding.lower().startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
        return data
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        text = data.decode("latin-1")
    else:
        if encoding == "utf-8":
            return data
    return text.removeprefix("\ufeff").encode("utf-8", errors="replace")
