"""From points to an activity: what GPX and TCX share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import LAP_COLUMNS, PAUSE_COLUMNS, Activity, Source, activity_id, empty_records, empty_table
from stridelab.channels import CHANNELS
from stridelab.elevation import SMOOTHING_S, SWING_M, ascent_descent_m
from stridelab.frames import frame_of
from stridelab.importers.cadence import both_feet
from stridelab.importers.derived import DISTANCE_NOTE, SPEED_NOTE, distance_from_positions, speed_from_distance
from stridelab.importers.markup import NO_TIME, PointTable
from stridelab.importers.positions import mask_positions
from stridelab.issues import Issue, IssueCode
from stridelab.localtime import LocalTime, resolve
from stridelab.samples import clean_records, mask_implausible, sample_durations_s, seconds, utc_index
from stridelab.sports import Family, counts_steps, family

FloatArray = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp] | slice

TOTAL_TOLERANCE: Final = 0.2
"""A total of the file that is further than this from its own samples is not believed (convention)."""

ASCENT_NOTE: Final = f"derived: altitude averaged over {SMOOTHING_S:g} s, ups and downs of at least {SWING_M:g} m"

CADENCE: Final = "cadence"
"""Column of the cadence until the sport has decided what it counts."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Recording:
    """One recording as its file tells it.

    Parameters
    ----------
    points
        The table that its points are in.
    segments
        First row and one past the last, of each stretch without a pause.
    format
        ``gpx`` or ``tcx``, which decides what a value is called.
    sport, sub_sport
        FIT's names.
    title
        What the file calls it.
    parent_id
        Of a part of a multisport recording.
    laps
        As `Activity.laps`.
    device
        What recorded it and what wrote the file.
    summary
        What else the file says, its totals under FIT's names.
    least_pause_s
        A gap between segments is a pause from this length on.
    total_distance_m, total_ascent_m, total_descent_m, timer_time_s
        Totals in the file; NaN without one.
    """

    points: PointTable
    segments: Sequence[tuple[int, int]]
    format: str
    sport: str
    sub_sport: str
    title: str = ""
    parent_id: str | None = None
    laps: pd.DataFrame = field(default_factory=lambda: empty_table(LAP_COLUMNS))
    device: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    least_pause_s: float = 0.0
    total_distance_m: float = float("nan")
    total_ascent_m: float = float("nan")
    total_descent_m: float = float("nan")
    timer_time_s: float = float("nan")

    @property
    def is_timed(self) -> bool:
        """Whether any of its points has a time."""
        return any((self.points.time_us[a:b] != NO_TIME).any() for a, b in self.segments)

    def __len__(self) -> int:
        return sum(b - a for a, b in self.segments)


def activity(recording: Recording, source: Source, position: int, file_issues: Sequence[Issue]) -> Activity | None:
    """The activity of a recording that has times; None where they lie so far apart that none can be believed."""
    points = recording.points
    rows = _rows(recording.segments)
    time_us = points.time_us[rows]
    index = utc_index(pd.DatetimeIndex(time_us.view("datetime64[us]")))
    kind = family(recording.sport, recording.sub_sport)
    provenance: dict[str, str] = {}
    columns, chosen = _channels(recording, rows)
    offset_s = points.offset_s[rows]
    if np.isnan(offset_s[time_us != NO_TIME]).any():
        provenance["timestamp"] = "times without a zone are taken as UTC"
    records, issues = clean_records(frame_of(columns, index))
    records, misplaced = mask_positions(records, kind)
    issues += misplaced
    index = pd.DatetimeIndex(records.index)
    time_s = seconds(index)
    pauses = _pauses(recording, time_us, rows)
    added = {str(name): records[name].to_numpy(dtype=np.float64) for name in records}
    issues += _add_distance(added, provenance, time_s, pauses, kind)
    if "speed_mps" not in added and "distance_m" in added:
        speed = speed_from_distance(time_s, added["distance_m"], pauses)
        speed[speed > CHANNELS["speed_mps"].high] = np.nan
        if np.isfinite(speed).any():
            added["speed_mps"], provenance["speed_mps"] = speed, SPEED_NOTE
    issues += _add_cadence(added, provenance, kind)
    records = frame_of({name: added[name] for name in CHANNELS if name in added}, index)
    timer_s = float(sample_durations_s(index, pauses).sum())
    if not len(time_s):
        return None
    elapsed_s = float(time_s[-1] - time_s[0])
    # Totals of far more time than there are samples for were made before the file was cut: nothing contradicts them.
    whole = elapsed_s >= recording.timer_time_s / 2
    if recording.timer_time_s > 0 and (not whole or recording.timer_time_s <= elapsed_s * (1 + TOTAL_TOLERANCE) + 60):
        timer_s = recording.timer_time_s
    else:
        provenance["timer_time_s"] = "sum of the samples' durations: pauses and gaps count nothing"
    distance_m, found = _total_distance(recording, added.get("distance_m"), max(timer_s, elapsed_s), whole)
    issues += found
    ascent_m, descent_m = recording.total_ascent_m, recording.total_descent_m
    if np.isnan(ascent_m) and "altitude_m" in added:
        ascent_m, descent_m = ascent_descent_m(time_s, added["altitude_m"])
        provenance["ascent_m"] = provenance["descent_m"] = (
            "derived: altitude averaged over 15 s, swings of 2 m and more"
        )
    start = index[0].to_pydatetime()
    local = _local_time(start, offset_s, added)
    return Activity(
        id=activity_id(source.sha256, position, start),
        parent_id=recording.parent_id,
        sport=recording.sport,
        sub_sport=recording.sub_sport,
        title=recording.title,
        start_time=start,
        utc_offset_s=local.utc_offset_s,
        timezone=local.timezone,
        timezone_source=local.source,
        timer_time_s=timer_s,
        elapsed_time_s=elapsed_s,
        distance_m=distance_m,
        ascent_m=ascent_m,
        descent_m=descent_m,
        records=records,
        laps=recording.laps,
        pauses=pauses,
        developer=_developer(recording, rows, chosen),
        summary=recording.summary,
        device=recording.device,
        source=source,
        provenance=provenance,
        issues=(*file_issues, *issues),
    )


# ---------------------------------------------------------------- columns


def _rows(segments: Sequence[tuple[int, int]]) -> Rows:
    """Rows of the segments: a slice where nothing lies between them."""
    filled = [(a, b) for a, b in segments if b > a]
    if filled and all(one[1] == other[0] for one, other in pairwise(filled)):
        return slice(filled[0][0], filled[-1][1])
    return np.concatenate([np.arange(a, b) for a, b in filled]) if filled else slice(0, 0)


def local_name(path: str) -> str:
    """What an element is called that a path leads to, in lower case; TCX wraps its heart rates in a ``Value``."""
    *above, last = [part.rpartition(":")[2].lower() for part in path.split("/")]
    return above[-1] if last == "value" and above else last


def _channels(recording: Recording, rows: Rows) -> tuple[dict[str, FloatArray], set[str]]:
    """The channels among the values, and the paths that they were taken from."""
    values = {path: column for path, column in recording.points.numbers.items() if column[rows].size}
    names = {path: local_name(path) for path in values}
    columns: dict[str, FloatArray] = {}
    chosen: set[str] = set()
    for channel in CHANNELS.values():
        if channel.column == "cadence_rpm":
            continue
        wanted = channel.gpx if recording.format == "gpx" else channel.tcx
        if channel.column == "cadence_spm":
            other = CHANNELS["cadence_rpm"]
            wanted += other.gpx if recording.format == "gpx" else other.tcx
        for path in (path for word in wanted for path in values if names[path] == word.lower()):
            column = values[path][rows]
            if not np.isfinite(column).any():
                continue
            if channel.column == "distance_m" and recording.format == "gpx" and np.isfinite(column).sum() < 2:
                continue  # nobody knows whether it is one since the start
            if channel.column == "distance_m":
                total = _growing(column)
                if total is None:
                    continue
                column = total
            columns[CADENCE if channel.column == "cadence_spm" else channel.column] = column
            chosen.add(path)
            break
    return columns, chosen


def _growing(distance_m: FloatArray) -> FloatArray | None:
    """A distance since the start; one that begins again at each lap is added up. None where it is no such distance."""
    valid = np.flatnonzero(np.isfinite(distance_m))
    step = np.diff(distance_m[valid])
    back = step < 0
    if not back.any():
        return distance_m
    way = distance_m[valid]
    restarts = back & (way[1:] < 0.1 * way[:-1]) & (way[:-1] > 50)
    if back.sum() > max(restarts.sum(), 0.02 * len(step)):
        return None
    total = distance_m.copy()
    total[valid[1:]] += np.cumsum(np.where(restarts, way[:-1], 0.0))
    return total


def _developer(recording: Recording, rows: Rows, chosen: set[str]) -> pd.DataFrame:
    """Every value that is no channel, under ``<prefix or unknown>:<name>``, of the points that have a time."""
    points = recording.points
    columns: dict[str, Any] = {}
    every = {path: column[rows] for path, column in points.numbers.items() if path not in chosen}
    for path, column in every.items():
        if np.isfinite(column).any():
            columns[_label(path, recording.format, columns)] = column
    numbers = np.arange(len(points))[rows]
    for path, texts in points.texts.items():
        column = np.array([texts.get(row) for row in numbers.tolist()], dtype=object)
        if any(text is not None for text in column):
            columns[_label(path, recording.format, columns)] = column
    if not columns:
        return empty_records()
    frame = pd.DataFrame(columns, index=utc_index(pd.DatetimeIndex(points.time_us[rows].view("datetime64[us]"))))
    return frame[frame.index.notna()].dropna(how="all")


def _label(path: str, format_name: str, taken: Mapping[str, Any]) -> str:
    prefix, _, name = path.rpartition("/")[2].rpartition(":")
    own = "extensions" not in path.lower()
    label = f"{prefix or (format_name if own else 'unknown')}:{name}"
    return label if label not in taken else f"{prefix or 'unknown'}:{path}"


# ---------------------------------------------------------------- what follows from them


def _pauses(recording: Recording, time_us: npt.NDArray[np.int64], rows: Rows) -> pd.DataFrame:
    """Between the last time of a segment and the first of the next that has times."""
    lengths = [b - a for a, b in recording.segments if b > a]
    if len(lengths) < 2:
        return empty_table(PAUSE_COLUMNS)
    timed = time_us != NO_TIME
    first = np.append(0, np.cumsum(lengths)[:-1])
    begin = np.minimum.reduceat(np.where(timed, time_us, np.iinfo(np.int64).max), first)
    end = np.maximum.reduceat(time_us, first)  # no time is the least of all
    known = end != NO_TIME
    begin, end = begin[known], end[known]
    start, stop = end[:-1], begin[1:]
    gaps = (stop - start > recording.least_pause_s * 1e6) & (stop > start)
    if not gaps.any():
        return empty_table(PAUSE_COLUMNS)
    edges = {name: _moments(moments[gaps]) for name, moments in (("start", start), ("end", stop))}
    return pd.DataFrame(edges).astype(dict(PAUSE_COLUMNS))


def _moments(time_us: npt.NDArray[np.int64]) -> pd.DatetimeIndex:
    return utc_index(pd.DatetimeIndex(time_us.view("datetime64[us]"))).rename(None)


def _add_distance(
    columns: dict[str, FloatArray], provenance: dict[str, str], time_s: FloatArray, pauses: pd.DataFrame, kind: Family
) -> list[Issue]:
    """Add the distance since the start, where the file has none and the positions give one."""
    if "distance_m" in columns or not {"latitude_deg", "longitude_deg"} <= columns.keys():
        return []
    distance, jumps = distance_from_positions(time_s, columns["latitude_deg"], columns["longitude_deg"], pauses, kind)
    if not np.isfinite(distance).any():
        return []
    columns["distance_m"], provenance["distance_m"] = distance, DISTANCE_NOTE
    if not jumps:
        return []
    message = f"{jumps} steps between positions are impossibly fast and count nothing."
    return [Issue(IssueCode.IMPLAUSIBLE_VALUE, "warning", None, message)]


def _add_cadence(columns: dict[str, FloatArray], provenance: dict[str, str], kind: Family) -> list[Issue]:
    """Name the cadence by what it counts; for foot sports make it both feet."""
    cadence = columns.pop(CADENCE, None)
    if cadence is None:
        return []
    name = "cadence_spm" if counts_steps(kind) else "cadence_rpm"
    if counts_steps(kind):
        cadence, provenance[name] = both_feet(cadence, columns.get("speed_mps"), kind)
    columns[name] = cadence
    if not (cadence > CHANNELS[name].high).any():
        return []
    masked, issues = mask_implausible(pd.DataFrame({name: cadence}))
    columns[name] = masked[name].to_numpy()
    return issues


def _total_distance(
    recording: Recording, distance_m: FloatArray | None, time_s: float, whole: bool
) -> tuple[float, list[Issue]]:
    """The file's own total, if its samples do not contradict it; else theirs."""
    own = recording.total_distance_m
    sampled = float(np.nanmax(distance_m)) if distance_m is not None and np.isfinite(distance_m).any() else float("nan")
    if not own > 0:
        return sampled, []
    possible = own <= CHANNELS["speed_mps"].high * max(time_s, 1.0)
    cut = recording.timer_time_s > 0 and not whole
    if possible and (cut or not sampled > 0 or abs(own - sampled) <= TOTAL_TOLERANCE * sampled):
        return own, []
    message = f"The file's total of {own:.0f} m is not that of its samples, {sampled:.0f} m; theirs is taken."
    return sampled, [Issue(IssueCode.IMPLAUSIBLE_VALUE, "warning", None, message)]


def _local_time(start: Any, offset_s: FloatArray, columns: Mapping[str, FloatArray]) -> LocalTime:
    latitude = longitude = None
    if {"latitude_deg", "longitude_deg"} <= columns.keys():
        placed = np.flatnonzero(np.isfinite(columns["latitude_deg"]) & np.isfinite(columns["longitude_deg"]))
        if len(placed):
            latitude, longitude = (float(columns[f"{axis}_deg"][placed[0]]) for axis in ("latitude", "longitude"))
    known = offset_s[np.isfinite(offset_s)]
    # Z and +00:00 are how everybody writes UTC; any other offset is the local clock's.
    offset = int(known[0]) if len(known) and known[0] else None
    return resolve(start, file_offset_s=offset, latitude_deg=latitude, longitude_deg=longitude)


def untimed(recordings: Sequence[Recording]) -> Issue | None:
    """That points have no time, where they are many; None without points."""
    count = sum(map(len, recordings))
    return Issue(IssueCode.NO_TIME, "info", None, f"{count} points, none of which has a time.") if count else None


def with_parent(recording: Recording, parent_id: str) -> Recording:
    """A part of a multisport recording."""
    return replace(recording, parent_id=parent_id)
