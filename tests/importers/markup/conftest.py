"""Damage to XML files: the ways in which real ones are broken, and ones that only an enemy thinks of."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

PIECES = (
    *b"< > & &amp; &nbsp; &#x41; ]]> <![CDATA[ <!-- --> <?x_y?> / \" ' - 1e999 NaN inf 1_0".split(),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b" ", b"\n", b"9" * 40, b"<a>" * 70, b"<a:b xmlns:a='c'>"),
    *(b"<trkpt>", b"<trkpt lat='1' lon='2'/>", b"</trkpt>", b"<trkseg>", b"</trkseg>", b"</trk>", b"lat="),
    *(b"<Trackpoint>", b"</Trackpoint>", b"<Track>", b"</Lap>", b"<!DOCTYPE gpx>", b"<!ENTITY a 'b'>"),
    *(b"<time>2026-13-45T99:00:00Z</time>", b"<time>2026-05-04T12:00:00.123456789+05:45</time>", b"23:59:60Z"),
    b"<?stridelab-points 0 9?>",
)


@pytest.fixture(scope="session")
def mutated() -> Callable[[bytes, random.Random], bytes]:
    """A function that gives a file with one to four faults in it."""
    return _mutated


def _mutated(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = _fault(data, chance)
    return data


def _fault(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return data
    a = chance.randrange(len(data))
    b = min(len(data), a + chance.choice((1, 1, 2, 8, 40, 300)))
    kind = chance.randrange(9)
    if kind == 0:
        return data[:a] + bytes([chance.randrange(256)]) + data[a + 1 :]
    if kind == 1:
        return data[:a] + data[b:]
    if kind == 2:
        return data[:b] + data[a:b] + data[b:]
    if kind == 3:
        return data[:a] + chance.choice(PIECES) + data[a:]
    if kind == 4:
        return data[:a] + chance.choice(PIECES) + data[b:]
    if kind == 5:
        return data[:a]
    tags = [match.span() for match in re.finditer(rb"<[^<>]*>", data)]
    if not tags:
        return data
    first, last = chance.choice(tags)
    if kind == 6:  # a tag goes missing
        return data[:first] + data[last:]
    if kind == 7:  # a tag is written twice, or elsewhere
        return data[:a] + data[first:last] + data[a:]
    one, other = chance.choice(tags)
    return data[:first] + data[one:other] + data[last:]
