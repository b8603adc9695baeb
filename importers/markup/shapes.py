"""What a point of a GPX or TCX file looks like: its tags, and where its values stand between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from stridelab.importers.markup.numbers import parse_number
from stridelab.importers.markup.points import MAX_COLUMNS, TIMES

MAX_TAG_BYTES: Final = 256

_OPENING: Final = re.compile(rb"""<([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<>&]*"|'[^'<>&]*'))*)\s*(/?)>""")
_CLOSING: Final = re.compile(rb"</([A-Za-z_][\w.:-]*)\s*>")
_PLACED: Final = re.compile(
    rb"""(<[\w.:-]+\s+(lat|lon)\s*=\s*)(["'])([^"'<>&]*)\3(\s+(lat|lon)\s*=\s*)(["'])([^"'<>&]*)\7(\s*(/?)>)"""
)


@dataclass(frozen=True, eq=False)
class Shape:
    """The tags of one point.

    Parameters
    ----------
    literals
        Every tag as bytes, by its number; the first one only where it has no attributes that differ.
    leaves
        Number of the opening tag, its length, path, and whether it is a number, for each value.
    placed
        The match of the first tag's attributes, where they are a position.
    size
        Number of tags.
    """

    literals: dict[int, bytes]
    leaves: list[tuple[int, int, str, bool]]
    placed: re.Match[bytes] | None
    size: int


def shape_of(data: bytes, edges: Sequence[int], size: int, name: bytes) -> Shape | None:
    """What a point looks like; None where it is not regular in itself.

    Parameters
    ----------
    data
        The file.
    edges
        Where its tags begin, and the tag or the end behind them.
    size
        Number of its tags.
    name
        What its element is called.
    """
    literals: dict[int, bytes] = {}
    leaves: list[tuple[int, int, str, bool]] = []
    open_names: list[bytes] = []
    placed = None
    for number in range(size):
        begin, limit = edges[number], edges[number + 1]
        closing = _CLOSING.match(data, begin, limit)
        if closing is not None:
            if not open_names or open_names.pop() != closing[1]:
                return None
            literals[number] = closing[0]
            continue
        opening = _OPENING.match(data, begin, limit)
        if opening is None or len(opening[0]) > MAX_TAG_BYTES or (number and not open_names):
            return None
        if number == 0:
            if opening[1] != name:
                return None
            placed = _PLACED.fullmatch(opening[0])
            if opening[2] and (placed is None or placed[2] == placed[6]):
                return None
        if number or placed is None:
            literals[number] = opening[0]
        if opening[3]:
            continue
        open_names.append(opening[1])
        if number and number + 1 < size and data.startswith(b"</", limit):
            path = "/".join(part.decode() for part in open_names[1:])
            text = data[opening.end() : limit].decode("utf-8", errors="replace")
            leaves.append((number, len(opening[0]), path, path not in TIMES and not np.isnan(parse_number(text))))
    return None if open_names or len(leaves) > MAX_COLUMNS else Shape(literals, leaves, placed, size)
