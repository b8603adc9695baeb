"""Distinct times that other readers find in a GPX or TCX file."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import gpxpy
from lxml import etree
from tcxreader.tcxreader import TCXReader

from stridelab.importers.markup import NO_TIME, parse_time

POINTS = {"trkpt", "Trackpoint"}


GPXPY_BYTES = 200_000
"""gpxpy reads no larger file here: it takes a second a megabyte, and lxml finds what it finds."""


def gpxpy_times(data: bytes) -> set[int]:
    """Times of the track points, as gpxpy reads them."""
    if len(data) > GPXPY_BYTES:
        return set()
    gpx = gpxpy.parse(data.decode("utf-8"))
    times = [p.time for track in gpx.tracks for segment in track.segments for p in segment.points if p.time]
    return {_microseconds(time.replace(tzinfo=time.tzinfo or UTC)) for time in times}


def lxml_times(data: bytes) -> set[int]:
    """Times of the points that lxml finds when it is told to recover, wherever they are."""
    root = etree.fromstring(data.lstrip(), etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False))
    found = set()
    for element in () if root is None else root.iter():
        if isinstance(element.tag, str) and etree.QName(element).localname in POINTS:
            texts = [child.text or "" for child in element if str(child.tag).rpartition("}")[2] in ("time", "Time")]
            found |= {parse_time(text)[0] for text in texts}
    return found - {NO_TIME}


def tcxreader_times(data: bytes) -> set[int]:
    """Times of the trackpoints, as tcxreader reads them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.tcx"
        path.write_bytes(data)
        exercise = TCXReader().read(str(path), only_gps=False)
    return {_microseconds(point.time.replace(tzinfo=UTC)) for point in exercise.trackpoints if point.time}


def _microseconds(time: datetime) -> int:
    since = time - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


PEERS: dict[str, tuple[Callable[[bytes], set[int]], ...]] = {
    "gpx": (gpxpy_times, lxml_times),
    "tcx": (tcxreader_times, lxml_times),
}


def best(data: bytes) -> tuple[str, set[int]]:
    """The reader that finds most, and its times, rounded to milliseconds as an index is."""
    kind = "tcx" if re.search(rb"<TrainingCenterDatabase", data[:4096]) else "gpx"
    found: list[tuple[str, set[int]]] = []
    for peer in PEERS[kind]:
        try:
            times = peer(data)
        except Exception:
            times = set()  # what it raises is its own affair
        found.append((peer.__name__, {round(time / 1000) for time in times}))
    return max(found, key=lambda one: len(one[1]))
