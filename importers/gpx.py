"""GPX 1.0 and 1.1: tracks with times are activities, all else is a course or a list of places.

Each track is an activity and each of its segments a stretch without a pause. Names are taken without their namespaces,
of which writers make many mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from stridelab.activity import ReadResult, Source
from stridelab.errors import ReadError
from stridelab.importers.markup import NO_TIME, Document, Node, PointTable, read_document
from stridelab.importers.markup.numbers import parse_number
from stridelab.importers.recording import Recording, activity, local_name, untimed
from stridelab.importers.sports import sport_of
from stridelab.issues import Issue, IssueCode

POINTS: Final = ("trkpt", "rtept", "wpt")
MAX_PLACES: Final = 500
"""Waypoints kept with an activity; a longer list belongs to a map, not to a run."""

_METADATA: Final = ("name", "desc", "time", "keywords", "author")


def read(data: bytes, source: Source) -> ReadResult:
    """What a GPX file holds: an activity for each track whose points have times.

    Tracks without times and routes are courses, no activities. A damaged file gives all points that are there. A time
    without a zone is taken as UTC.

    Raises
    ------
    ReadError
        Where nothing can be read, or entities are declared.
    """
    return result_of(read_document(data, where=source.name, point_names=POINTS, vectorised=True), source)


def read_expat(data: bytes, source: Source) -> ReadResult:
    """As `read`, with every point through the parser: slower, and the reference for it."""
    return result_of(read_document(data, where=source.name, point_names=POINTS, vectorised=False), source)


def result_of(document: Document, source: Source) -> ReadResult:
    """The activities of a document, or what it is without one."""
    tracks = list(_recordings(document))
    timed = [track for track in tracks if track.is_timed]
    rest = [track for track in tracks if not track.is_timed and len(track)]
    issues = list(document.issues)
    if timed:
        activities = tuple(filter(None, (activity(track, source, i, document.issues) for i, track in enumerate(timed))))
        issues += [issue for found in activities for issue in found.issues]
        if rest:
            count = sum(map(len, rest))
            issues.append(Issue(IssueCode.NO_TIME, "info", None, f"{count} points of tracks that have no times."))
        kind = "activity" if activities else "empty_activity"
        return ReadResult(activities=activities, source=source, issues=tuple(dict.fromkeys(issues)), kind=kind)
    route_points = document.points["rtept"]
    planned = untimed(rest) if rest else None
    if planned is None and len(route_points):
        planned = Issue(IssueCode.NO_TIME, "info", None, f"{len(route_points)} points of routes, which are plans.")
    if planned is not None:
        return ReadResult(source=source, issues=(*issues, planned), kind="course")
    if len(document.points["wpt"]):
        return ReadResult(source=source, issues=tuple(issues), kind="waypoints")
    if issues:
        raise ReadError(
            issues[0].message, expected="a GPX file with points", where=source.name, advice="Export the file again."
        )
    return ReadResult(source=source, issues=(), kind="empty_activity")


# ---------------------------------------------------------------- the tracks


def _recordings(document: Document) -> Iterator[Recording]:
    """Every track, timed or not; points outside of any track make one more."""
    top = next((node for node in document.root.children if node.name.lower() == "gpx"), document.root)
    tracks = [node for node in document.root.walk() if node.name == "trk"]
    inside = {id(node) for track in tracks for node in track.walk()}
    stray = [run for node in document.root.walk() if id(node) not in inside for run in _runs(node)]
    points = document.points["trkpt"]
    about = _about(document, top)
    alone = len(tracks) == 1 and not stray
    for track in tracks:
        segments = [run for node in track.walk() for run in _runs(node)]
        if segments:
            yield _recording(points, segments, top, track, about, alone)
            about = {name: value for name, value in about.items() if name == "metadata"}
    if stray:
        yield _recording(points, stray, top, Node("trk"), about, alone)


def _runs(node: Node) -> list[tuple[int, int]]:
    return [(first, after) for name, first, after in node.runs if name == "trkpt"]


def _recording(
    points: PointTable, segments: Sequence[tuple[int, int]], top: Node, track: Node, about: dict[str, Any], alone: bool
) -> Recording:
    sport, sub_sport = sport_of(track.word("type"))
    told = _extension_numbers(track) | (_extension_numbers(top) if alone else {})
    summary = dict(about)
    for name in ("desc", "cmt", "src", "number"):
        if word := track.word(name):
            summary[name] = word
    if told:
        summary["extensions"] = told
    creator = top.attributes.get("creator", "").strip()
    return Recording(
        points=points,
        segments=segments,
        format="gpx",
        sport=sport,
        sub_sport=sub_sport,
        title=track.word("name") or (top.word("metadata", "name") or top.word("name") if alone else ""),
        device={"creator": creator} if creator else {},
        summary=summary,
        total_distance_m=told.get("distance", float("nan")),
        total_ascent_m=told.get("ascent", float("nan")),
        total_descent_m=told.get("descent", float("nan")),
        timer_time_s=told.get("timertime", float("nan")),
    )


def _extension_numbers(node: Node) -> dict[str, float]:
    """Numbers in an element's extensions, by lower-case name: totals that the writer took from the device."""
    found: dict[str, float] = {}
    for extension in node.all("extensions"):
        laps = {id(inner) for lap in extension.all("lap") for inner in lap.walk()}
        for leaf in extension.walk():
            if not leaf.children and leaf is not extension and id(leaf) not in laps:
                number = parse_number(leaf.text)
                if number == number:
                    found.setdefault(leaf.name.lower(), number)
    return found


# ---------------------------------------------------------------- what else a file says


def _about(document: Document, top: Node) -> dict[str, Any]:
    """Metadata, waypoints and routes, as far as there are any."""
    about: dict[str, Any] = {}
    metadata = {
        name: word
        for name in _METADATA
        if (word := top.word("metadata", name) or top.word("metadata", name, "name") or top.word(name))
    }
    if metadata:
        about["metadata"] = {name: re.sub(r"\s+", " ", word) for name, word in metadata.items()}
    if len(document.points["wpt"]):
        about["waypoints"] = list(_places(document.points["wpt"]))
    routes = [
        {"name": route.word("name"), "points": sum(b - a for name, a, b in route.runs if name == "rtept")}
        for route in top.all("rte")
    ]
    if routes:
        about["routes"] = routes
    return about


def _places(points: PointTable) -> Iterator[dict[str, Any]]:
    """Waypoints as they would be told: position, altitude, time and words."""
    names = {"lat": "latitude_deg", "lon": "longitude_deg", "ele": "altitude_m"}
    for row in range(min(len(points), MAX_PLACES)):
        place: dict[str, Any] = {
            ours: float(points.numbers[theirs][row])
            for theirs, ours in names.items()
            if theirs in points.numbers and np.isfinite(points.numbers[theirs][row])
        }
        if points.time_us[row] != NO_TIME:
            place["time"] = pd.Timestamp(int(points.time_us[row]), unit="us", tz="UTC").isoformat()
        place |= {local_name(path): texts[row] for path, texts in points.texts.items() if row in texts}
        yield place
