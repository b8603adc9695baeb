"""GPX through gpxpy: the reference engine. Only the points are its own; what follows from them is shared.

gpxpy reads well-formed files only and makes an object of every point: right and readable before fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import gpxpy
import gpxpy.gpx

from stridelab.activity import ReadResult, Source
from stridelab.errors import ReadError
from stridelab.importers.gpx import POINTS, result_of
from stridelab.importers.markup.document import Document, Node
from stridelab.importers.markup.encoding import as_utf8
from stridelab.importers.markup.points import PointCollector

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIELDS: Final = (
    ("ele", "elevation"),
    ("speed", "speed"),
    ("course", "course"),
    ("magvar", "magnetic_variation"),
    ("geoidheight", "geoid_height"),
    ("hdop", "horizontal_dilution"),
    ("vdop", "vertical_dilution"),
    ("pdop", "position_dilution"),
    ("sat", "satellites"),
    ("ageofdgpsdata", "age_of_dgps_data"),
    ("dgpsid", "dgps_id"),
    ("name", "name"),
    ("cmt", "comment"),
    ("desc", "description"),
    ("src", "source"),
    ("sym", "symbol"),
    ("type", "type"),
    ("fix", "type_of_gpx_fix"),
)


def read(data: bytes, source: Source) -> ReadResult:
    """As `stridelab.importers.gpx.read`, with gpxpy's own reading of the points.

    Raises
    ------
    ReadError
        Where gpxpy cannot read the file, or entities are declared.
    """
    body, begin = as_utf8(data, where=source.name)
    try:
        gpx = gpxpy.parse(body[begin:].decode("utf-8", errors="replace"))
    except Exception as error:
        # gpxpy lets other errors than its own through, for instance those of float() and of the XML library.
        raise ReadError(
            f"not well-formed ({error})", expected="a GPX file", where=source.name, advice="Export the file again."
        ) from error
    return result_of(_document(gpx), source)


def _document(gpx: gpxpy.gpx.GPX) -> Document:
    collectors = {name: PointCollector() for name in POINTS}
    prefixes = {uri: prefix for prefix, uri in gpx.nsmap.items()}
    top = Node("gpx", attributes={"creator": gpx.creator or ""})
    metadata = {"name": gpx.name, "desc": gpx.description, "keywords": gpx.keywords, "author": gpx.author_name}
    _add_words(top, metadata)
    _add_elements(top, gpx.extensions)
    for track in gpx.tracks:
        node = Node("trk")
        _add_words(node, {"name": track.name, "type": track.type, "desc": track.description, "cmt": track.comment})
        _add_elements(node, track.extensions)
        for segment in track.segments:
            _add_points(node, "trkseg", "trkpt", segment.points, collectors["trkpt"], prefixes)
        top.children.append(node)
    for route in gpx.routes:
        _add_points(top, "rte", "rtept", route.points, collectors["rtept"], prefixes)
        _add_words(top.children[-1], {"name": route.name})
    _add_points(top, "", "wpt", gpx.waypoints, collectors["wpt"], prefixes)
    tables = {name: collector.table() for name, collector in collectors.items()}
    return Document(Node("", children=[top]), tables, ())


def _add_words(node: Node, words: Mapping[str, str | None]) -> None:
    node.children += [Node(name, text=word) for name, word in words.items() if word]


def _add_elements(node: Node, extensions: Iterable[Any]) -> None:
    """Extensions as elements of the tree."""

    def copied(element: Any) -> Node:
        name = str(element.tag).rpartition("}")[2]
        return Node(name, text=element.text or "", children=[copied(child) for child in element])

    found = [copied(element) for element in extensions]
    if found:
        node.children.append(Node("extensions", children=found))


def _add_points(
    parent: Node,
    name: str,
    kind: str,
    points: Iterable[Any],
    collector: PointCollector,
    prefixes: Mapping[str, str],
) -> None:
    holder = Node(name)
    first = collector.count
    for point in points:
        collector.begin({})
        for path, value in _values(point, prefixes):
            collector.add(path, value)
    holder.runs.append((kind, first, collector.count))
    parent.children.append(holder)


def _values(point: Any, prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path, value in (("lat", point.latitude), ("lon", point.longitude)):
        if value is not None:
            yield path, repr(value)
    if point.time is not None:
        yield "time", _written(point.time)
    for path, field in _FIELDS:
        value = getattr(point, field, None)
        if value is not None:
            yield path, str(value)

    def leaves(element: Any, above: str) -> Iterator[tuple[str, str]]:
        uri, _, local = str(element.tag).rpartition("}")
        prefix = prefixes.get(uri.lstrip("{"), "")
        path = f"{above}/{prefix + ':' if prefix and prefix != 'defaultns' else ''}{local}"
        if not len(element):
            yield path, element.text or ""
        for child in element:
            yield from leaves(child, path)

    for extension in point.extensions:
        yield from leaves(extension, "extensions")


def _written(time: datetime) -> str:
    offset = time.utcoffset()
    if offset is None:
        return time.isoformat()
    utc = time.replace(tzinfo=None) - offset + timedelta()
    if not offset:
        return f"{utc.isoformat()}Z"
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{(utc + offset).isoformat()}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
