"""Points that look alike, read together: the fast way through a GPX or TCX file.

Nearly every point of a file has the same elements in the same order as the one before; only what stands between the
tags differs. So every ``<`` is found at once, the first point of a kind is taken apart as a `Shape`, and all points
whose tags are byte for byte those of the shape are read column by column. Points that are not (a comment inside, an
entity in a name, a tag that is not closed) stay where they are. What is left of the file, with a processing instruction
in place of each run of points that was read, goes to the forgiving parser, which is the reference for this module.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.markup.numbers import parse_number, parse_numbers
from stridelab.importers.markup.points import LATITUDE, LONGITUDE, MAX_COLUMNS, MAX_TEXT, TIMES, Block
from stridelab.importers.markup.shapes import MAX_TAG_BYTES, Shape, shape_of
from stridelab.importers.markup.times import NO_TIME, parse_times

Positions = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

MARKER: Final = "stridelab-points"
"""Target of the processing instruction in place of points that were read."""

MAX_SHAPES: Final = 64
MAX_TAGS: Final = 256
CHUNK: Final = 1 << 20
CELL: Final = 40
"""Bytes looked at for the end of an attribute. The longest exact binary fraction written for a degree has 35."""

_FOR_THE_PARSER: Final = re.compile(rb"[&\x00-\x08\x0b\x0c\x0e-\x1f]|\]\]>")
_IN_AN_ATTRIBUTE: Final = re.compile(rb"[&<\x00-\x1f]")
_HIDING: Final = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))


@dataclass(frozen=True, eq=False)
class Regular:
    """Points that were read together, the file without them, and where it was cut."""

    block: Block
    rest: bytes
    cuts: Cuts


@dataclass(frozen=True, eq=False)
class Cuts:
    """Where the rest of a file lay in it."""

    rest_starts: list[int]
    starts: list[int]

    def original(self, offset: int) -> int:
        """Offset in the file of an offset in its rest."""
        piece = max(bisect_right(self.rest_starts, offset) - 1, 0)
        return self.starts[piece] + offset - self.rest_starts[piece]


def regular_points(data: bytes, name: str, begin: int = 0) -> Regular | None:
    """The regular points of a file, whose elements are called ``name``; None where there is none.

    The rest of the file is what follows ``begin``.
    """
    if len(data) < 2 * MAX_TAG_BYTES:
        return None
    finder = _Finder(data, name.encode())
    block = finder.read()
    if block is None:
        return None
    pieces: list[bytes] = []
    rest_starts, starts = [0], [begin]
    done, length = begin, 0
    for first, count, start, end in finder.runs():
        marker = f"<?{MARKER} {first} {count}?>".encode()
        pieces += [data[done:start], marker]
        length += start - done + len(marker)
        rest_starts.append(length)
        starts.append(end)
        done = end
    pieces.append(data[done:])
    return Regular(block, b"".join(pieces), Cuts(rest_starts, starts))


class _Finder:
    def __init__(self, data: bytes, name: bytes) -> None:
        self._data = data
        self._name = name
        self._tags = _tags(data)
        self._words: dict[int, npt.NDArray[Any]] = {}
        self._heads: npt.NDArray[Any] = np.zeros(0, dtype=np.uint64)
        self._begin: Positions = np.zeros(0, dtype=np.intp)
        self._end: Positions = self._begin
        self._first: Positions = self._begin
        self._last: Positions = self._begin

    # ------------------------------------------------------------ where the points are

    def _candidates(self) -> tuple[Positions, Positions]:
        """Numbers of the first and the last tag of every stretch that may be a point."""
        every = self._word_at(8)
        self._tags = self._tags[: np.searchsorted(self._tags, len(every))]
        heads = self._heads = every[self._tags]
        opening, closing = (b"<" + self._name)[:8], (b"</" + self._name)[:8]
        starts = np.flatnonzero(_begins_with(heads, opening))
        if not len(starts):
            return starts, starts
        ends = np.append(np.flatnonzero(_begins_with(heads, closing)), len(heads))
        if len(ends) == len(starts) + 1 and (ends[:-1] > starts).all() and (ends[:-2] < starts[1:]).all():
            last = ends[:-1]
        else:
            last = ends[np.searchsorted(ends, starts)]
            # No end before the next start: one tag in itself, if anything.
            last = np.where(last < np.append(starts[1:], len(heads)), last, starts)
        instructions = self._tags[np.flatnonzero(_begins_with(heads, b"<?"))]
        if any(self._data.startswith(MARKER.encode(), at + 2) for at in instructions.tolist()):
            return starts[:0], starts[:0]  # somebody else's marker
        usable = last - starts < MAX_TAGS
        # Nothing is read beyond the end.
        usable &= self._tags[last] < len(self._data) - 2 * MAX_TAG_BYTES
        hidden = self._hidden(np.flatnonzero(_begins_with(heads, b"<!") | _begins_with(heads, b"<?")))
        for a, b in hidden:
            usable &= (self._tags[starts] < a) | (self._tags[starts] > b)
        return (starts, last) if usable.all() else (starts[usable], last[usable])

    def _hidden(self, marked: Positions) -> list[tuple[int, int]]:
        """Stretches of comments, CDATA and instructions, in which nothing is a tag."""
        if len(marked) > 20 * MAX_TAGS:
            return [(0, len(self._data))]
        found: list[tuple[int, int]] = []
        for at in self._tags[marked].tolist():
            if not found or at > found[-1][1]:
                closing = next((end for begin, end in _HIDING if self._data.startswith(begin, at)), b">")
                end = self._data.find(closing, at + 2)
                found.append((at, len(self._data) if end < 0 else end))
        return found

    # ------------------------------------------------------------ reading them

    def read(self) -> Block | None:
        """All regular points, by shapes."""
        starts, lasts = self._candidates()
        sizes = lasts - starts + 1
        waiting = np.ones(len(starts), dtype=np.bool_)
        shapes: list[tuple[Positions, _Found]] = []
        tries = 0
        i = 0
        while tries < MAX_SHAPES and i < len(starts):
            tries += 1
            tags = self._tags[starts[i] : starts[i] + sizes[i] + 1].tolist()
            shape = shape_of(self._data, [*tags, len(self._data)], int(sizes[i]), self._name)
            waiting[i] = False
            if shape is not None:
                waiting[i] = True
                rows = np.flatnonzero(waiting & (sizes == shape.size))
                fits, found = self._fitting(shape, starts[rows])
                rows = rows[fits]
                waiting[rows] = False
                waiting[i] = False
                if len(rows):
                    shapes.append((rows, found))
            rest = np.flatnonzero(waiting[i:])
            i = i + int(rest[0]) if len(rest) else len(starts)
        if not shapes:
            return None
        taken = np.sort(np.concatenate([rows for rows, _ in shapes]))
        self._first, self._last = starts[taken], lasts[taken]
        self._begin, self._end = self._tags[self._first], np.zeros(len(taken), dtype=np.intp)
        block = Block(np.full(len(taken), NO_TIME, dtype=np.int64), np.full(len(taken), np.nan), [], [])
        for rows, found in shapes:
            where: Positions | slice = slice(None) if len(rows) == len(taken) else np.searchsorted(taken, rows)
            self._end[where] = found.end
            self._add(block, found, where)
        return block

    def runs(self) -> list[tuple[int, int, int, int]]:
        """Points that follow each other with no tag between: number of the first, count, first byte, byte after."""
        breaks = np.flatnonzero(self._first[1:] != self._last[:-1] + 1) + 1
        firsts = np.append(0, breaks)
        afters = np.append(breaks, len(self._first))
        begin, end = self._begin[firsts], self._end[afters - 1]
        return list(zip(firsts.tolist(), (afters - firsts).tolist(), begin.tolist(), end.tolist(), strict=True))

    def _add(self, block: Block, found: _Found, where: Positions | slice) -> None:
        """Put the values of the points of one shape where those points are in the block."""
        rows = np.arange(len(block))[where]
        for path, values, words in found.columns:
            if not np.isnan(values).all():
                block.values.append((path, where, values))
            if words and len(block.texts) < MAX_COLUMNS:
                block.texts.append((path, {int(rows[row]): word for row, word in words.items()}))
        if found.time_us is not None:
            block.time_us[where], block.offset_s[where] = found.time_us, found.offset_s

    # ------------------------------------------------------------ shapes

    def _fitting(self, shape: Shape, first: Positions) -> tuple[Mask, _Found]:
        """Which of the points that begin with these tags have this shape, and where the values of those lie."""
        tags = self._tags
        fits = np.ones(len(first), dtype=np.bool_)
        for number, literal in shape.literals.items():
            fits &= _begins_with(self._heads[first + number], literal[:8])
        for number, literal in shape.literals.items():
            if len(literal) > 8:
                self._compare(fits, tags[first + number], literal, 8)
        if not fits.all():
            first = first[fits]
        good = np.ones(len(first), dtype=np.bool_)
        pairs: list[tuple[str, Positions, Positions]] = []
        others: list[tuple[str, Positions, Positions]] = []
        end = tags[first + shape.size - 1] + len(shape.literals.get(shape.size - 1, b""))
        if shape.placed is not None:
            end_of_tag, inner = self._attributes(shape.placed, tags[first], good)
            for name, span in zip((shape.placed[2], shape.placed[6]), inner, strict=True):
                pairs.append((LATITUDE if name == b"lat" else LONGITUDE, *span))
            if shape.size == 1:
                end = end_of_tag
        for number, length, path, is_number in shape.leaves:
            begin, stop = tags[first + number] + length, tags[first + number + 1]
            (pairs if is_number else others).append((path, begin, stop))
        edges = np.empty((len(first), len(pairs), 2), dtype=np.int32)
        for i, (_, begin, stop) in enumerate(pairs):
            edges[:, i, 0], edges[:, i, 1] = begin, stop
        edges[~good] = 0  # spans of nothing
        found = _Found([], end)
        numbers = parse_numbers(self._data, edges)
        for i, (path, begin, stop) in enumerate(pairs):
            values = np.ascontiguousarray(numbers[:, i])
            unusual = _IN_AN_ATTRIBUTE if path in (LATITUDE, LONGITUDE) else _FOR_THE_PARSER
            found.columns.append((path, values, self._words_of(values, begin, stop, good, unusual)))
        for path, begin, stop in others:
            if path in TIMES:
                moments, offsets = parse_times(self._data, begin, stop)
                self._words_of(np.where(moments == NO_TIME, np.nan, 0.0), begin, stop, good)
                if found.time_us is not None and found.offset_s is not None:  # two times: the last valid one counts
                    offsets = np.where(moments == NO_TIME, found.offset_s, offsets)
                    moments = np.where(moments == NO_TIME, found.time_us, moments)
                found.time_us, found.offset_s = moments, offsets
            else:
                values = np.full(len(first), np.nan)
                found.columns.append((path, values, self._words_of(values, begin, stop, good)))
        if not good.all():
            fits[np.flatnonzero(fits)[~good]] = False
            found = found.only(good)
        return fits, found

    def _words_of(
        self,
        values: FloatArray,
        start: Positions,
        stop: Positions,
        good: Mask,
        unusual: re.Pattern[bytes] = _FOR_THE_PARSER,
    ) -> dict[int, str]:
        """What is no number, by point; numbers that were not known as such are put with the values.

        Points in which only a parser knows what a value means are no longer good.
        """
        words: dict[int, str] = {}
        known: dict[bytes, tuple[float, str] | None] = {}
        for row in np.flatnonzero(np.isnan(values) & good).tolist():
            raw = self._data[start[row] : stop[row]]
            if raw not in known:
                known[raw] = None if unusual.search(raw) else _read(raw)
            found = known[raw]
            if found is None:
                good[row] = False
            else:
                values[row], word = found
                if word:
                    words[row] = word
        return words

    def _attributes(
        self, placed: re.Match[bytes], begin: Positions, good: Mask
    ) -> tuple[Positions, list[tuple[Positions, Positions]]]:
        """Where the first tags end, and the spans of their two attributes."""
        spans = []
        at = begin
        for lead, quote in ((placed[1] + placed[3], placed[3]), (placed[5] + placed[7], placed[7])):
            self._compare(good, at, lead)
            start = at + len(lead)
            every: npt.NDArray[Any] = np.ndarray(
                (len(self._data) - CELL + 1,), dtype=f"V{CELL}", buffer=self._data, strides=(1,)
            )
            start = np.minimum(start, len(every) - 1)
            quotes = every[start].view(np.uint8).reshape(-1, CELL) == ord(quote)
            length = quotes.argmax(axis=1)
            good &= quotes[np.arange(len(length)), length]
            spans.append((start, start + length))
            at = start + length + 1
        self._compare(good, np.minimum(at, len(self._data) - MAX_TAG_BYTES), placed[9])
        return at + len(placed[9]), spans

    def _compare(self, fits: Mask, at: Positions, literal: bytes, known: int = 0) -> None:
        """Unset ``fits`` where the bytes there are not the literal, of which the first are known to be.

        Eight bytes are compared at a time, and of what is left over the last eight of all.
        """
        width = next(width for width in (8, 4, 2, 1) if width <= len(literal))
        every = self._word_at(width)
        for offset in sorted({*range(known, len(literal) - width + 1, width), len(literal) - width}):
            wanted = int.from_bytes(literal[offset : offset + width], "little")
            fits &= every[at + offset] == every.dtype.type(wanted)

    def _word_at(self, width: int) -> npt.NDArray[Any]:
        """The ``width`` bytes from each byte of the file on, as an integer."""
        if width not in self._words:
            self._words[width] = np.ndarray(
                (len(self._data) - width + 1,), dtype=f"<u{width}", buffer=self._data, strides=(1,)
            )
        return self._words[width]


@dataclass(eq=False)
class _Found:
    """The values of the points of one shape.

    Parameters
    ----------
    columns
        Path, values of shape ``(n_points,)``, and by point what is no number.
    end
        The byte after each point, shape ``(n_points,)``.
    time_us, offset_s
        Times, where the shape has one.
    """

    columns: list[tuple[str, FloatArray, dict[int, str]]]
    end: Positions
    time_us: npt.NDArray[np.int64] | None = None
    offset_s: FloatArray | None = None

    def only(self, good: Mask) -> _Found:
        """These points alone."""
        place = np.cumsum(good) - 1
        columns = [
            (path, values[good], {int(place[row]): word for row, word in words.items() if good[row]})
            for path, values, words in self.columns
        ]
        if self.time_us is None or self.offset_s is None:
            return _Found(columns, self.end[good])
        return _Found(columns, self.end[good], self.time_us[good], self.offset_s[good])


def _read(raw: bytes) -> tuple[float, str]:
    """A value that may be a number; else its words."""
    text = raw.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n").strip()
    number = parse_number(text)
    return number, text[:MAX_TEXT] if np.isnan(number) else ""


def _tags(data: bytes) -> Positions:
    """Where every ``<`` is; no more than one in three bytes, which no XML exceeds."""
    letters = np.frombuffer(data, dtype=np.uint8)
    found: list[Positions] = []
    count = 0
    for at in range(0, len(letters), CHUNK):
        part = np.flatnonzero(letters[at : at + CHUNK] == ord("<"))
        part += at
        count += len(part)
        if count > len(data) // 3 + 1:
            return np.zeros(0, dtype=np.intp)
        found.append(part)
    return np.concatenate(found) if found else np.zeros(0, dtype=np.intp)


def _begins_with(heads: npt.NDArray[Any], name: bytes) -> Mask:
    """Which words of eight bytes begin with a name, or with the first eight bytes of it."""
    wanted = np.uint64(int.from_bytes(name, "little"))
    if len(name) == 8:
        return np.asarray(heads == wanted)
    return np.asarray((heads & np.uint64((1 << 8 * len(name)) - 1)) == wanted)
