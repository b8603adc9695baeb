"""Activities in formats that other programs read: Parquet, CSV and GPX, and everything of a person as an open zip."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from stridelab.activity import Activity
from stridelab.errors import StoreError, UsageError
from stridelab.store import frames, schema
from stridelab.store.location import SETTINGS
from stridelab.store.originals import Originals, sidecar_of
from stridelab.store.store import Store
from stridelab.store.streams import files_of, write_table

FORMATS: Final = (".parquet", ".csv", ".gpx")

_EXTENSIONS: Final = "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"
_IN_GPX: Final = (("heart_rate_bpm", "hr", 1.0), ("cadence_spm", "cad", 0.5), ("cadence_rpm", "cad", 1.0))
_README: Final = """What stridelab holds of an athlete, in open formats.

activities.parquet   one row an activity, SI units, the unit in each column's name
days.parquet         one row a local date
wellness.parquet     one row a value, with its day, source and context
streams/             samples of each activity, by its id: records, and where they exist developer fields, beats, sensors
originals/           the imported files as they came, by sha256; originals.csv gives their names
athlete.json, log.json, tags.json, gear.json, edits.json, snoozes.json
                     what was known and written; stridelab.toml is what was set of the rules
"""


def write_activity(activity: Activity, path: Path) -> None:
    """Write the samples of an activity in the format of the path's ending.

    Parameters
    ----------
    activity
        What to write.
    path
        Ends in ``.parquet`` (records and the footpod's own fields), ``.csv`` (the same) or ``.gpx`` (positions,
        altitude, heart rate, cadence).

    Raises
    ------
    UsageError
        For another ending, a path that cannot be written, or a GPX of an activity without positions.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UsageError(f"a file that ends in {suffix or 'nothing'}", expected=" or ".join(FORMATS), where=str(path))
    try:
        if suffix == ".gpx":
            path.write_text(to_gpx(activity), encoding="utf-8")
        elif suffix == ".csv":
            _samples(activity).to_csv(path, date_format="%Y-%m-%dT%H:%M:%S.%fZ")
        else:
            about = {"activity_id": activity.id, "sport": activity.sport, "sub_sport": activity.sub_sport}
            write_table(frames.to_table(_samples(activity), extra=about), path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})", advice="Name another file.") from error


def _samples(activity: Activity) -> pd.DataFrame:
    """Records with the footpod's own fields beside them."""
    extra = [name for name in activity.developer.columns if name not in activity.records.columns]
    return activity.records.join(activity.developer[extra]) if extra else activity.records


def to_gpx(activity: Activity) -> str:
    """A GPX 1.1 track of an activity's positions; pauses part its segments.

    Raises
    ------
    UsageError
        Where it has no positions.
    """
    import gpxpy.gpx

    records = activity.records
    if not {"latitude_deg", "longitude_deg"} <= set(records.columns):
        raise UsageError("an activity without positions", expected="positions, for GPX", advice="Write CSV or Parquet.")
    placed = records.dropna(subset=["latitude_deg", "longitude_deg"])
    document: Any = gpxpy.gpx.GPX()
    document.creator = "stridelab"
    document.nsmap = {"gpxtpx": _EXTENSIONS}
    track: Any = gpxpy.gpx.GPXTrack(name=activity.title or None)
    track.type = activity.sport
    document.tracks.append(track)
    starts = activity.pauses["end"].dropna().sort_values().to_numpy()
    part = starts.searchsorted(placed.index.to_numpy(), side="right") if len(starts) else [0] * len(placed)
    beside = [(name, tag, factor) for name, tag, factor in _IN_GPX if name in placed.columns]
    altitude = placed["altitude_m"].tolist() if "altitude_m" in placed else [None] * len(placed)
    columns = [placed[name].tolist() for name, _, _ in beside]
    moments = pd.DatetimeIndex(placed.index).to_pydatetime()
    places = zip(moments, placed["latitude_deg"], placed["longitude_deg"], strict=True)
    for i, (moment, latitude, longitude) in enumerate(places):
        if i == 0 or part[i] != part[i - 1]:
            track.segments.append(gpxpy.gpx.GPXTrackSegment())
        height = altitude[i] if altitude[i] == altitude[i] else None
        point = gpxpy.gpx.GPXTrackPoint(latitude, longitude, elevation=height, time=moment)
        values = {tag: columns[n][i] * factor for n, (_, tag, factor) in enumerate(beside)}
        _add_extensions(point, {tag: value for tag, value in values.items() if value == value})
        track.segments[-1].points.append(point)
    return str(document.to_xml(version="1.1"))


def _add_extensions(point: Any, values: Mapping[str, float]) -> None:
    if not values:
        return
    from xml.etree import ElementTree

    box = ElementTree.Element(f"{{{_EXTENSIONS}}}TrackPointExtension")
    for tag, value in values.items():
        ElementTree.SubElement(box, f"{{{_EXTENSIONS}}}{tag}").text = f"{value:.0f}"
    point.extensions.append(box)


def export(
    store: Store, path: Path, *, athlete: str, progress: Callable[[int, int | None, str], None] | None = None
) -> int:
    """Write everything of an athlete into one zip of open formats; gives the number of activities.

    Parameters
    ----------
    store, athlete
        Whose.
    path
        The zip; it is written beside its place and renamed, so it is there whole or not at all.
    progress
        Called after each activity.
    """
    history, activities = store.history(athlete), store.activities(athlete)
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("README.txt", _README)
            for name, frame in (
                ("activities", activities),
                ("days", history.days.reset_index()),
                ("wellness", history.wellness),
            ):
                archive.writestr(f"{name}.parquet", _parquet(frame), zipfile.ZIP_STORED)
            for name, value in _authored(store, athlete).items():
                text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
                archive.writestr(f"{name}.json", text)
            for number, activity_id in enumerate(activities["activity_id"], start=1):
                for stream in files_of(store.streams, activity_id):
                    archive.write(stream, f"streams/{stream.name}", zipfile.ZIP_STORED)
                if progress:
                    progress(number, len(activities), activity_id)
            if (settings := store.path / SETTINGS).is_file():
                archive.write(settings, SETTINGS)
            _add_originals(store, athlete, archive)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise StoreError(
            f"the export cannot be written ({error.strerror or error})",
            where=str(path),
            advice="Check the disk's space and the permissions, or name another file with -o.",
        ) from error
    return len(activities)


def _parquet(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    write_table(frames.to_table(frame), sink)
    return sink.getvalue()


def _authored(store: Store, athlete: str) -> dict[str, list[dict[str, Any]]]:
    tables = {
        "athlete": schema.athlete_values,
        "log": schema.log,
        "tags": schema.tags,
        "gear": schema.gear,
        "gear_assignments": schema.gear_assignments,
        "edits": schema.edits,
        "links": schema.manual_links,
        "snoozes": schema.snoozes,
        "personal_records": schema.personal_records,
    }
    with store.database.reading() as connection:
        return {
            name: [
                dict(row) for row in connection.execute(sa.select(table).where(table.c.athlete == athlete)).mappings()
            ]
            for name, table in tables.items()
        }


def _add_originals(store: Store, athlete: str, archive: zipfile.ZipFile) -> None:
    table = schema.sources
    query = sa.select(table).where(table.c.athlete == athlete, table.c.original_zip.is_not(None))
    with store.database.reading() as connection:
        rows = connection.execute(query.order_by(table.c.original_zip, table.c.sha256)).mappings().all()
    index = io.StringIO()
    writer = csv.writer(index)
    writer.writerow(["sha256", "format", "name"])
    with Originals(store.originals) as originals:
        for row in rows:
            writer.writerow([row["original_sha256"], row["format"], row["name"]])
            data = originals.read(row["original_zip"], row["original_sha256"])
            archive.writestr(f"originals/{row['original_sha256']}", data)
            sidecar = originals.sidecar(row["original_zip"], row["original_sha256"])
            if sidecar is not None:
                archive.writestr(f"originals/{sidecar_of(row['original_sha256'])}", sidecar)
    archive.writestr("originals.csv", index.getvalue())
