"""GPX to activities, through gpxpy: the reference reader for the format.

Each track is an activity and each of its segments a stretch without a pause. GPX holds no totals of the device, so the
distance is derived from the positions; `Activity.provenance` says so. gpxpy makes an object of every point and this
module walks over them: right and readable before fast.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, Final

import gpxpy
import gpxpy.gpx
import numpy as np
import pandas as pd

from stridelab.activity import PAUSE_COLUMNS, Activity, ReadResult, Source, activity_id, empty_table
from stridelab.channels import CHANNELS
from stridelab.errors import ReadError
from stridelab.importers.cadence import both_feet
from stridelab.issues import Issue, IssueCode
from stridelab.localtime import resolve
from stridelab.samples import clean_records, sample_durations_s, seconds, utc_index
from stridelab.sports import counts_steps, family

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of the Earth (IUGG). A great circle on it is within 0.5 % of the distance on the ellipsoid."""

SPORTS: Final[Mapping[str, tuple[str, str]]] = {
    # What writers put into <type>, without case and separators: FIT sport and sub-sport. Strava writes numbers.
    "running": ("running", "generic"),
    "run": ("running", "generic"),
    "9": ("running", "generic"),
    "jogging": ("running", "generic"),
    "streetrunning": ("running", "street"),
    "trailrunning": ("running", "trail"),
    "trackrunning": ("running", "track"),
    "treadmillrunning": ("running", "treadmill"),
    "virtualrun": ("running", "virtual_activity"),
    "walking": ("walking", "generic"),
    "walk": ("walking", "generic"),
    "10": ("walking", "generic"),
    "hiking": ("hiking", "generic"),
    "hike": ("hiking", "generic"),
    "4": ("hiking", "generic"),
    "cycling": ("cycling", "generic"),
    "biking": ("cycling", "generic"),
    "ride": ("cycling", "generic"),
    "1": ("cycling", "generic"),
    "roadbiking": ("cycling", "road"),
    "mountainbiking": ("cycling", "mountain"),
    "indoorcycling": ("cycling", "indoor_cycling"),
    "virtualride": ("cycling", "virtual_activity"),
    "swimming": ("swimming", "generic"),
    "swim": ("swimming", "generic"),
    "openwaterswimming": ("swimming", "open_water"),
    "rowing": ("rowing", "generic"),
}

# Local names of elements in a point's extensions that are channels; cadence is decided by the sport.
_EXTENSIONS: Final[Mapping[str, str]] = {
    name: channel.column
    for channel in CHANNELS.values()
    for name in channel.gpx
    if name not in ("lat", "lon", "ele", "cad")
} | {"cad": "cadence"}

_DECLARED_ENCODING: Final = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_LAST_POINT: Final = "</trkpt>"


def read(data: bytes, source: Source) -> ReadResult:
    """What a GPX file holds: an activity for each track whose points have times.

    Tracks without times and routes are courses, no activities. A file that ends too early is read up to its last whole
    point. A time without a zone is taken as UTC.

    Raises
    ------
    ReadError
        Where it is no well-formed GPX, or declares entities.
    """
    text = _decoded(data)
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise ReadError(
            "a document type or entity declaration, by which small files unpack to huge ones",
            expected="plain GPX",
            where=source.name,
            advice="Remove the declaration, or export the file again.",
        )
    gpx, issues = _parsed(text, source)
    tracks = [_points(track) for track in gpx.tracks]
    timed = [(track, points) for track, points in zip(gpx.tracks, tracks, strict=True) if points.index.notna().any()]
    activities = tuple(
        _activity(gpx, track, points, position, source, issues) for position, (track, points) in enumerate(timed)
    )
    if not activities:
        untimed = sum(map(len, tracks)) + sum(len(route.points) for route in gpx.routes)
        if untimed:
            issues.append(Issue(IssueCode.NO_TIME, "info", None, f"{untimed} points, none of which has a time."))
            return ReadResult(source=source, issues=tuple(issues), kind="course")
        kind = "waypoints" if gpx.waypoints else "empty_activity"
        return ReadResult(source=source, issues=tuple(issues), kind=kind)
    found = [*issues, *(issue for activity in activities for issue in activity.issues)]
    return ReadResult(activities=activities, source=source, issues=tuple(dict.fromkeys(found)))


def _decoded(data: bytes) -> str:
    """The text without its XML declaration, which the decoding has made untrue."""
    declared = _DECLARED_ENCODING.match(data)
    encoding = declared[1].decode("ascii") if declared else "utf-8"
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            encoding = name
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        text = data.decode("latin-1")  # every byte is a character in it; only names can come out wrong
    return _DECLARATION.sub("", text.removeprefix("\ufeff").lstrip(" \t\r\n\x00"), count=1)


def _parsed(text: str, source: Source) -> tuple[gpxpy.gpx.GPX, list[Issue]]:
    try:
        return gpxpy.parse(text), []
    except Exception as error:
        # gpxpy lets other errors than its own through, for instance those of float() and of the XML library.
        end = text.rfind(_LAST_POINT)
        if end >= 0 and "</gpx>" not in text[end:]:
            whole = text[: end + len(_LAST_POINT)]
            try:
                gpx = gpxpy.parse(f"{whole}</trkseg></trk></gpx>")
            except Exception:
                raise _unreadable(error, source) from error
            message = f"The file ends after {len(text)} characters, inside an element; read up to its last whole point."
            return gpx, [Issue(IssueCode.TRUNCATED, "error", len(whole.encode()), message)]
        raise _unreadable(error, source) from error


def _unreadable(error: Exception, source: Source) -> ReadError:
    return ReadError(
        f"not well-formed ({error})", expected="a GPX file", where=source.name, advice="Export the file again."
    )


def _points(track: gpxpy.gpx.GPXTrack) -> pd.DataFrame:
    """Points of a track in the order of the file: index ``timestamp``, channels, ``cadence`` and ``segment``."""
    rows = list(_rows(track))
    frame = pd.DataFrame(rows, columns=None if rows else ["timestamp", "segment", "offset_s"])
    times = pd.DatetimeIndex(pd.to_datetime(frame.pop("timestamp"), utc=True))
    return frame.set_index(utc_index(times))


def _rows(track: gpxpy.gpx.GPXTrack) -> Iterator[dict[str, Any]]:
    for number, segment in enumerate(track.segments):
        for point in segment.points:
            offset = point.time.utcoffset() if point.time else None
            row = {
                "timestamp": point.time.replace(tzinfo=UTC) if point.time and offset is None else point.time,
                "segment": number,
                "offset_s": np.nan if offset is None else offset.total_seconds(),
                "latitude_deg": point.latitude,
                "longitude_deg": point.longitude,
                "altitude_m": np.nan if point.elevation is None else point.elevation,
            }
            if point.speed is not None:  # GPX 1.0
                row["speed_mps"] = point.speed
            for extension in point.extensions:
                for element in extension.iter():
                    column = _EXTENSIONS.get(str(element.tag).rpartition("}")[2])
                    if column and (value := _number(element.text)) is not None:
                        row[column] = value
            yield row


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _activity(
    gpx: gpxpy.gpx.GPX,
    track: gpxpy.gpx.GPXTrack,
    points: pd.DataFrame,
    position: int,
    source: Source,
    file_issues: list[Issue],
) -> Activity:
    sport, sub_sport = SPORTS.get(re.sub(r"[\s_-]", "", track.type or "").lower(), ("generic", "generic"))
    pauses = _pauses(points)
    offset_s = points["offset_s"].dropna()
    provenance = {}
    if points.loc[points.index.notna(), "offset_s"].isna().any():
        provenance["timestamp"] = "times without a zone are taken as UTC"
    records, issues = clean_records(points.drop(columns=["segment", "offset_s"]))
    _add_cadence(records, provenance, counts_steps(family(sport, sub_sport)), sport, sub_sport)
    distance = _distance_m(records, pauses)
    if np.isfinite(distance).any():
        records["distance_m"] = distance
        provenance["distance_m"] = "derived: great circles between positions, nothing across pauses"
    known = [name for name in CHANNELS if name in records and records[name].notna().any()]
    records = records[known]
    index = pd.DatetimeIndex(records.index)
    start = index[0].to_pydatetime()
    placed = records.reindex(columns=["latitude_deg", "longitude_deg"]).dropna()
    latitude, longitude = placed.iloc[0].tolist() if len(placed) else (None, None)
    # Z and +00:00 are how everybody writes UTC; any other offset is the local clock's.
    offset = int(offset_s.iloc[0]) if len(offset_s) and offset_s.iloc[0] else None
    local = resolve(start, file_offset_s=offset, latitude_deg=latitude, longitude_deg=longitude)
    provenance["timer_time_s"] = "sum of the samples' durations: pauses and gaps count nothing"
    return Activity(
        id=activity_id(source.sha256, position, start),
        sport=sport,
        sub_sport=sub_sport,
        title=(track.name or "").strip(),
        start_time=start,
        utc_offset_s=local.utc_offset_s,
        timezone=local.timezone,
        timezone_source=local.source,
        timer_time_s=float(sample_durations_s(index, pauses).sum()),
        elapsed_time_s=float((index[-1] - index[0]).total_seconds()),
        distance_m=float(records["distance_m"].max()) if "distance_m" in records else float("nan"),
        records=records,
        pauses=pauses,
        device={"creator": gpx.creator} if gpx.creator else {},
        source=source,
        provenance=provenance,
        issues=(*file_issues, *issues),
    )


def _add_cadence(records: pd.DataFrame, provenance: dict[str, str], steps: bool, sport: str, sub_sport: str) -> None:
    """Name the cadence by what it counts; for foot sports make it both feet."""
    if "cadence" not in records:
        return
    cadence = records.pop("cadence").to_numpy(dtype=np.float64)
    if not steps:
        records["cadence_rpm"] = cadence
        return
    speed = records["speed_mps"].to_numpy(dtype=np.float64) if "speed_mps" in records else None
    records["cadence_spm"], provenance["cadence_spm"] = both_feet(cadence, speed, family(sport, sub_sport))


def _pauses(points: pd.DataFrame) -> pd.DataFrame:
    """Between the last time of a segment and the first of the next that has times."""
    timed = points[points.index.notna()]
    times = timed.index.to_series().groupby(timed["segment"].to_numpy()).agg(["min", "max"])
    start, end = times["max"].iloc[:-1].array, times["min"].iloc[1:].array
    pauses = pd.DataFrame({"start": start, "end": end}).astype(dict(PAUSE_COLUMNS))
    pauses = pauses[pauses["end"] > pauses["start"]].reset_index(drop=True)
    return pauses if len(pauses) else empty_table(PAUSE_COLUMNS)


def _distance_m(records: pd.DataFrame, pauses: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Distance since the start at each sample, shape ``(n_samples,)``; NaN where the position is.

    Haversine formula (Sinnott RW 1984, Sky and Telescope 68:159).
    """
    distance = np.full(len(records), np.nan)
    if not {"latitude_deg", "longitude_deg"} <= set(records.columns):
        return distance
    latitude, longitude = (
        np.radians(records[f"{axis}_deg"].to_numpy(dtype=np.float64)) for axis in ("latitude", "longitude")
    )
    valid = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    if not len(valid):
        return distance
    phi, lam = latitude[valid], longitude[valid]
    half = np.sin(np.diff(phi) / 2) ** 2 + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    step = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1)))
    moment = seconds(pd.DatetimeIndex(records.index))[valid]
    after = np.searchsorted(moment, seconds(pd.DatetimeIndex(pauses["end"])))
    step[after[(after > 0) & (after < len(moment))] - 1] = 0
    distance[valid] = np.append(0.0, np.cumsum(step))
    return distance
