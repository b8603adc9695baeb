"""Many messages at once: where the walk over a FIT file need not go step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from stridelab.importers.fit.layout import Definition

LONGEST_PATTERN: Final = 4
"""Watches write a message a second, or a few in turn."""

LOOKED_AT: Final = 3 * LONGEST_PATTERN
MIN_MESSAGES: Final = 48
FIRST_LOOK: Final = 64


def note_repeated(
    data: bytes,
    position: int,
    end: int,
    sizes: Sequence[int],
    defined: Sequence[Definition | None],
) -> int:
    """Note the messages from a position on, as far as their header bytes repeat in a pattern; give where they end.

    Parameters
    ----------
    data
        The file.
    position, end
        Where the first message begins, and where the messages end at the latest.
    sizes, defined
        By header byte: size of a message, 0 where none is expected, and its definition.
    """
    headers: list[int] = []
    starts = [position]
    while len(headers) < LOOKED_AT and starts[-1] < end and sizes[header := data[starts[-1]]]:
        headers.append(header)
        starts.append(starts[-1] + sizes[header])
    period = _period(headers)
    if not period:
        return position
    stride = starts[period] - position
    number = (end - position) // stride
    for header, start in zip(headers[:period], starts[:period], strict=True):
        number = _alike(data, header, start, stride, number)
    if number * period < MIN_MESSAGES:
        return position
    for header, start in zip(headers[:period], starts[:period], strict=True):
        definition = defined[header]
        if definition is not None:
            definition.blocks.append(np.arange(start, start + number * stride, stride))
    return position + number * stride


def _alike(data: bytes, header: int, start: int, stride: int, number: int) -> int:
    """How many of so many messages, a stride apart, begin with this header byte, before one does not."""
    # Most patterns are short, so that little is looked at first, and more as long as they go on.
    looked = 0
    step = FIRST_LOOK
    while looked < number:
        step = min(step, number - looked)
        begin = start + looked * stride
        seen = data[begin : begin + (step - 1) * stride + 1 : stride]
        same = len(seen) - len(seen.lstrip(bytes((header,))))
        looked += same
        if same < step:
            return looked
        step *= 4
    return number


def _period(headers: Sequence[int]) -> int:
    """After how many header bytes they repeat; 0 where they do not, or are too few to tell."""
    if len(headers) < LOOKED_AT:
        return 0
    return next((n for n in range(1, LONGEST_PATTERN + 1) if headers[n:] == headers[:-n]), 0)
