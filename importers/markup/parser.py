"""A forgiving XML parser: expat, started again behind what is not well-formed.

It never expands an entity and never fetches anything: files that declare one are refused before (`encoding`), and what
it is given stands inside an element of its own, where no declaration is possible. Prefixes need not be bound.
Time and memory are linear in the size of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Protocol
from xml.parsers import expat

from stridelab.errors import ReadError

FIRST_CHUNK: Final = 4096
"""Bytes given to a new parser; each further chunk is twice as long, so that a token is scanned at most twice."""

MAX_CHUNK: Final = 1 << 22
MAX_TOKEN: Final = 1 << 20
"""Bytes of one tag or comment; a recording has no such thing."""

WINDOW: Final = 1 << 14
"""How far around a fault its tag is looked for."""

MAX_REPAIRS: Final = 20_000
"""After so many places that are not well-formed it is no XML, and the rest is left."""

MAX_UNCLOSED: Final = 16
"""Comments and the like that never end, of which each is looked for to the end of the file."""

_UNCLOSED: Final = tuple(
    expat.errors.codes[name]
    for name in (expat.errors.XML_ERROR_UNCLOSED_TOKEN, expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION)
)
_NAME: Final = re.compile(rb"[^\s<>/=\"'&]+")
_END_OF_TAG: Final = re.compile(rb"[^<>]*>?")
_TAG: Final = re.compile(rb"<([A-Za-z_][^\s<>/=\"'&]*)([^<>]*)(>?)")
_WELL_FORMED: Final = re.compile(rb"""<[^\s<>/="'&]+(?:\s+[^\s<>/="'&]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*/?>""")
_ATTRIBUTE: Final = re.compile(rb"""([^\s<>/=\"'&]+)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""")
_ENTITIES: Final = ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&apos;", b"'"), (b"&amp;", b"&"))


class Receiver(Protocol):
    """What the parser calls."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self) -> None:
        """The innermost element ends."""

    def text(self, data: str) -> None:
        """Text, or a part of it."""

    def instruction(self, target: str, data: str) -> None:
        """A processing instruction."""

    def cut_off(self) -> None:
        """The file ends in the innermost element, so what that has is not all of it."""


@dataclass(slots=True)
class Damage:
    """A kind of damage: ``truncated`` (``what`` is the element) or ``malformed`` (``what`` is the first fault)."""

    kind: str
    what: str
    offset: int
    count: int = 1


def parse(data: bytes, receiver: Receiver, begin: int = 0, *, points: frozenset[str] = frozenset()) -> list[Damage]:
    """Parse UTF-8 bytes from ``begin`` on; the damage met, in a list of at most two.

    ``points`` are local names of elements that never lie in each other: where one begins, the one before has ended.

    Raises
    ------
    ReadError
        Where a tag or comment is longer than `MAX_TOKEN`.
    """
    return _Parser(data, receiver, points).run(begin)


class _Parser:
    def __init__(self, data: bytes, receiver: Receiver, points: frozenset[str]) -> None:
        self._data = data
        self._points = points
        self._point = -1  # place of the point in what is open
        self._receiver = receiver
        self._open: list[str] = []
        self._malformed: Damage | None = None
        self._unclosed = 0
        self._cdata = 0

    def run(self, at: int) -> list[Damage]:
        n = len(self._data)
        while at < n:
            try:
                self._run_from(at)
            except _Stopped as stopped:
                if self._malformed is None:
                    self._malformed = Damage("malformed", stopped.why, stopped.at, 0)
                self._malformed.count += 1
                if self._malformed.count > MAX_REPAIRS:
                    break
                at = max(self._repaired(stopped, at), at + 1)
            else:
                at = n
        damage = [] if self._malformed is None else [self._malformed]
        if self._open:
            damage.append(Damage("truncated", self._open[-1], n))
            tail = self._data[max(self._data.rfind(b"<"), 0) :]
            if b">" not in tail and tail.startswith(b"</") and self._open[-1].encode().startswith(tail[2:]):
                self._pop()  # its end tag had begun, so it is whole
            self._receiver.cut_off()
            while self._open:
                self._pop()
        return damage

    # ------------------------------------------------------------ one parser

    def _run_from(self, at: int) -> None:
        """Give all from here on to a new parser that stands where the one before stopped."""
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        if hasattr(parser, "SetReparseDeferralEnabled"):
            parser.SetReparseDeferralEnabled(False)
        stem = "".join(f"<{name}>" for name in ["stridelab", *self._open]).encode()
        parser.Parse(stem, False)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._receiver.text
        parser.ProcessingInstructionHandler = self._instruction

        def begin_cdata() -> None:
            self._cdata = parser.CurrentByteIndex

        parser.StartCdataSectionHandler = begin_cdata
        size = FIRST_CHUNK
        position = at
        view = memoryview(self._data)
        try:
            while position < len(view):
                parser.Parse(view[position : position + size], False)
                position += size
                if min(position, len(view)) - (at + parser.CurrentByteIndex - len(stem)) > MAX_TOKEN:
                    found = f"a tag or comment of more than {MAX_TOKEN} bytes"
                    raise ReadError(found, expected="a recording", advice="Export the file again.")
                size = min(2 * size, MAX_CHUNK)
        except expat.ExpatError as error:
            parser.buffer_text = False  # gives out the text before the fault
            where = at + parser.ErrorByteIndex - len(stem)
            raise _Stopped(expat.ErrorString(error.code), error.code, min(max(where, at), len(view))) from None
        parser.EndElementHandler = None
        try:
            # What it holds back until it knows how it goes on; nothing does.
            parser.Parse(b"</stridelab>", True)
        except expat.ExpatError as error:
            inside_cdata = error.code == expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION]
            where = at + (self._cdata if inside_cdata else parser.ErrorByteIndex) - len(stem)
            if error.code in _UNCLOSED and self._data.find(b"<", where + 1) > 0:
                # A comment or the like that never ends hides nothing.
                self._unclosed += 1
                if self._unclosed <= MAX_UNCLOSED:
                    raise _Stopped(expat.ErrorString(error.code), error.code, where) from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._points or name.rpartition(":")[2] in self._points:
            self._end_point()
            self._point = len(self._open)
        self._open.append(name)
        self._receiver.start(name, attributes)

    def _end(self, name: str) -> None:
        # Expat has more open than we where a point began within another.
        if self._open and self._open[-1] == name:
            self._pop()
        elif name in self._open:
            while self._open[-1] != name:
                self._pop()
            self._pop()

    def _pop(self) -> None:
        self._open.pop()
        if len(self._open) <= self._point:
            self._point = -1
        self._receiver.end()

    def _end_point(self) -> None:
        """End the point that is open; its innermost element may not be whole."""
        if self._point >= 0:
            if len(self._open) > self._point + 1:
                self._receiver.cut_off()
            for _ in range(len(self._open) - self._point):
                self._pop()

    def _instruction(self, target: str, data: str) -> None:
        self._end_point()
        self._receiver.instruction(target, data)

    # ------------------------------------------------------------ repairs

    def _repaired(self, stopped: _Stopped, begin: int) -> int:
        """Where to go on behind a fault, met since ``begin``, once what it says has been done."""
        data, at = self._data, stopped.at
        if stopped.code in _UNCLOSED:
            return at + 1
        if stopped.code == expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH]:
            return self._close(at)
        opening = data.rfind(b"<", max(at - WINDOW, begin), at)
        if opening >= 0:
            if data.find(b">", opening, at) < 0:
                if data[opening + 1 : opening + 2] == b"/":
                    return self._close(opening + 2)
                tag = _TAG.match(data, opening, opening + WINDOW)
                if tag is None or tag.end() <= at or not tag[3]:
                    return max(at, opening + 1)
                return self._open_leniently(tag)
            if data[at : at + 1] == b"<":
                # A quote that is not closed runs on to the next tag.
                tag = _TAG.match(data, opening, at)
                if tag is not None and _WELL_FORMED.match(data, opening, at) is None:
                    return self._open_leniently(tag)
                return at
        self._receiver.text("&" if data[at : at + 1] == b"&" else "\ufffd")
        return at + 1

    def _close(self, at: int) -> int:
        """Close what an end tag names, and all that was left open in it; one that names nothing open is left out."""
        name = _NAME.match(self._data, at)
        if name is None:
            return at
        word = name[0].decode("utf-8", errors="replace")
        self._end(word)
        end = _END_OF_TAG.match(self._data, name.end(), name.end() + WINDOW)
        return end.end() if end is not None else name.end()

    def _open_leniently(self, tag: re.Match[bytes]) -> int:
        """Open an element whose tag is not well-formed, with what can be made of its attributes."""
        name = tag[1].decode("utf-8", errors="replace")
        attributes: dict[str, str] = {}
        for found in _ATTRIBUTE.finditer(tag[2]):
            value = next(group for group in found.groups()[1:] if group is not None)
            for entity, letter in _ENTITIES:
                value = value.replace(entity, letter)
            attributes.setdefault(found[1].decode("utf-8", "replace"), value.decode("utf-8", "replace"))
        if not _is_name(name):
            return tag.end()
        self._start(name, attributes)
        if tag[2].rstrip().endswith(b"/"):
            self._end(name)
        return tag.end()


def _is_name(name: str) -> bool:
    """Whether a new parser would take this name."""
    parser: Any = expat.ParserCreate("utf-8")
    try:
        parser.Parse(f"<{name}/>".encode(), True)
    except (expat.ExpatError, UnicodeError):
        return False
    return True


class _Stopped(Exception):
    """Expat stopped: why, and at which byte."""

    def __init__(self, why: str, code: int, at: int) -> None:
        super().__init__(why)
        self.why, self.code, self.at = why, code, at
