"""TCX, Garmin's Training Center Database v2: activities of laps of tracks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from stridelab.activity import LAP_COLUMNS, ReadResult, Source, activity_id, empty_table
from stridelab.errors import ReadError
from stridelab.importers.markup import NO_TIME, Document, Node, PointTable, parse_time, read_document
from stridelab.importers.markup.numbers import parse_number
from stridelab.importers.recording import Recording, activity, untimed, with_parent
from stridelab.importers.sports import sport_of
from stridelab.issues import Issue, IssueCode
from stridelab.samples import MAX_SAMPLE_DURATION_S

POINTS: Final = ("Trackpoint", "CoursePoint")

_INTENSITIES: Final = {"resting": "rest"}
_TRIGGERS: Final = {"location": "position_marked", "heartrate": "heart_rate"}

# Further columns of a lap: those that any lap has a value for.
_LAP_EXTRAS: Final = {
    "max_heart_rate_bpm": ("MaximumHeartRateBpm", "Value"),
    "max_speed_mps": ("MaximumSpeed",),
    "energy_kcal": ("Calories",),
    "average_power_w": ("Extensions", "LX", "AvgWatts"),
    "max_power_w": ("Extensions", "LX", "MaxWatts"),
}


def read(data: bytes, source: Source) -> ReadResult:
    """What a TCX file holds: its activities, each with its laps; a course or a workout is none.

    Raises
    ------
    ReadError
        Where nothing can be read, or entities are declared.
    """
    return _result_of(read_document(data, where=source.name, point_names=POINTS, vectorised=True), source)


def read_expat(data: bytes, source: Source) -> ReadResult:
    """As `read`, with every point through the parser: slower, and the reference for it."""
    return _result_of(read_document(data, where=source.name, point_names=POINTS, vectorised=False), source)


def _result_of(document: Document, source: Source) -> ReadResult:
    found = list(_recordings(document, source))
    timed = [one for one in found if one.is_timed]
    issues = list(document.issues)
    if timed:
        activities = tuple(filter(None, (activity(one, source, i, document.issues) for i, one in enumerate(timed))))
        issues += [issue for one in activities for issue in one.issues]
        kind = "activity" if activities else "empty_activity"
        return ReadResult(activities=activities, source=source, issues=tuple(dict.fromkeys(issues)), kind=kind)
    kinds = {node.name for node in document.root.walk()}
    without = untimed(found)
    if without is not None:
        return ReadResult(source=source, issues=(*issues, without), kind="course")
    kind = next((name.lower() for name in ("Course", "Workout") if name in kinds), "empty_activity")
    if kind == "empty_activity" and issues:
        raise ReadError(
            issues[0].message, expected="a TCX file with points", where=source.name, advice="Export the file again."
        )
    if kind == "course":
        count = len(document.points["Trackpoint"])
        issues.append(Issue(IssueCode.NO_TIME, "info", None, f"{count} points of courses, whose times are plans."))
    return ReadResult(source=source, issues=tuple(issues), kind=kind)


# ---------------------------------------------------------------- the activities


def _recordings(document: Document, source: Source) -> Iterator[Recording]:
    """Every activity; points outside of any activity and course make one more."""
    points = document.points["Trackpoint"]
    author = next((node for node in document.root.walk() if node.name == "Author" and node.word("Name")), None)
    known: set[int] = set()
    number = 0
    for session in (node for node in document.root.walk() if node.name == "MultiSportSession"):
        number += 1
        parent = activity_id(source.sha256, f"session-{number}", datetime.fromtimestamp(0, UTC))
        for node in _in_order(session):
            known.add(id(node))
            yield with_parent(_recording(points, node, author), parent)
    taken: set[int] = set()
    for node in document.root.walk():
        if node.name in ("Activity", "Course"):
            taken |= {id(inner) for inner in node.walk()}
            if node.name == "Activity" and id(node) not in known:
                yield _recording(points, node, author)
    stray = [node for node in document.root.walk() if id(node) not in taken and _runs(node)]
    if stray:
        yield _recording(points, Node("Activity", children=stray), author)


def _in_order(session: Node) -> list[Node]:
    return [node for node in session.walk() if node.name == "Activity"]


def _runs(node: Node) -> list[tuple[int, int]]:
    return [(first, after) for name, first, after in node.runs if name == "Trackpoint"]


def _recording(points: PointTable, node: Node, author: Node | None) -> Recording:
    laps = node.all("Lap")
    sport, sub_sport = sport_of(node.attributes.get("Sport", ""))
    seconds = [_number(lap, "TotalTimeSeconds") for lap in laps]
    metres = [_number(lap, "DistanceMeters") for lap in laps]
    energy = [_number(lap, "Calories") for lap in laps]
    summary: dict[str, Any] = {}
    for name, values in (("total_timer_time", seconds), ("total_distance", metres), ("total_calories", energy)):
        if any(value > 0 for value in values):
            summary[name] = float(np.nansum(values))
    if notes := node.word("Notes"):
        summary["notes"] = notes
    if plan := node.word("Training", "Plan", "Name"):
        summary["workout"] = {"name": plan}
    whole = bool(laps) and not np.isnan(seconds).any()
    return Recording(
        points=points,
        segments=[run for inner in node.walk() for run in _runs(inner)],
        format="tcx",
        sport=sport,
        sub_sport=sub_sport,
        title=node.word("Training", "Plan", "Name"),
        laps=_laps(points, laps),
        device=_device(node.first("Creator"), author),
        summary=summary,
        # Laps are tracks of their own; only a silence between two tracks is a pause.
        least_pause_s=MAX_SAMPLE_DURATION_S,
        total_distance_m=summary.get("total_distance", float("nan")) if whole else float("nan"),
        timer_time_s=summary.get("total_timer_time", float("nan")) if whole else float("nan"),
    )


def _device(creator: Node | None, author: Node | None) -> dict[str, Any]:
    """What recorded it, and what wrote the file."""
    found: dict[str, Any] = {}
    if creator is not None:
        version = [creator.word("Version", part) for part in ("VersionMajor", "VersionMinor")]
        found = {
            "product": creator.word("Name"),
            "serial_number": creator.word("UnitId"),
            "product_number": creator.word("ProductID"),
            "software_version": ".".join(part for part in version if part),
        }
    if author is not None:
        found["creator"] = author.word("Name")
    return {name: value for name, value in found.items() if value}


# ---------------------------------------------------------------- laps


def _laps(points: PointTable, laps: list[Node]) -> pd.DataFrame:
    """One row a lap, under the names of `LAP_COLUMNS`; what else they say follows."""
    if not laps:
        return empty_table(LAP_COLUMNS)
    starts, ends = np.array([_span(points, lap) for lap in laps], dtype=np.int64).T
    start = pd.DatetimeIndex(starts.view("datetime64[us]")).tz_localize("UTC")
    # A lap lasts until the next one starts; the last one until its last point.
    until = np.append(starts[1:], ends[-1])
    known = (until != NO_TIME) & (starts != NO_TIME) & (until >= starts)
    elapsed = np.where(known, (until - np.where(known, starts, until)) / 1e6, np.nan)
    timer = np.array([_number(lap, "TotalTimeSeconds") for lap in laps])
    distance = np.array([_number(lap, "DistanceMeters") for lap in laps])
    speed = np.array([_extension(lap, "AvgSpeed") for lap in laps])
    speed = np.where(np.isnan(speed) & (timer > 0), distance / np.where(timer > 0, timer, np.nan), speed)
    found = pd.DataFrame(
        {
            "start_time": start,
            "timer_time_s": timer,
            "elapsed_time_s": np.fmax(elapsed, timer),
            "distance_m": distance,
            "average_heart_rate_bpm": [_number(lap, "AverageHeartRateBpm", "Value") for lap in laps],
            "average_speed_mps": speed,
            "trigger": pd.Series([_word(lap, "TriggerMethod", _TRIGGERS) for lap in laps], dtype=object),
            "intensity": pd.Series([_word(lap, "Intensity", _INTENSITIES) for lap in laps], dtype=object),
        }
    ).astype(dict(LAP_COLUMNS))
    for column, path in _LAP_EXTRAS.items():
        values = np.array([_extension(lap, path[-1]) if "LX" in path else _number(lap, *path) for lap in laps])
        if np.isfinite(values).any():
            found[column] = values
    return found


def _span(points: PointTable, lap: Node) -> tuple[int, int]:
    """First and last moment of a lap: its own start, else that of its points; the end is that of its points."""
    moments = [points.time_us[a:b] for node in lap.walk() for a, b in _runs(node)]
    every = np.concatenate(moments) if moments else np.zeros(0, dtype=np.int64)
    every = every[every != NO_TIME]
    start = parse_time(lap.attributes.get("StartTime", ""))[0]
    if start == NO_TIME and len(every):
        start = int(every.min())
    return start, int(every.max()) if len(every) else NO_TIME


def _number(node: Node, *path: str) -> float:
    return parse_number(node.word(*path))


def _extension(lap: Node, name: str) -> float:
    """A number anywhere in the extensions of a lap."""
    leaves = (leaf for extension in lap.all("Extensions") for leaf in extension.walk() if leaf.name == name)
    return next((parse_number(leaf.text) for leaf in leaves), float("nan"))


def _word(lap: Node, name: str, ours: dict[str, str]) -> str | None:
    word = lap.word(name).lower()
    return ours.get(word, word) or None
