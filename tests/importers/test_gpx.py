from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from stridelab import importers
from stridelab.activity import Activity, ReadResult
from stridelab.errors import ReadError
from stridelab.geodesy import step_distances_m

TPX = 'xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"'


def point(second: float | str | None, latitude: float = 47.0, *, extra: str = "", zone: str = "Z") -> str:
    time = ""
    if isinstance(second, str):
        time = f"<time>{second}</time>"
    elif second is not None:
        whole = datetime.fromtimestamp(1_777_896_000 + second, UTC)
        time = f"<time>{whole:%Y-%m-%dT%H:%M:%S}.{whole.microsecond // 1000:03}{zone}</time>"
    return f'<trkpt lat="{latitude}" lon="8.5"><ele>400</ele>{time}{extra}</trkpt>'


def sensors(**values: object) -> str:
    inner = "".join(f"<x:{name}>{value}</x:{name}>" for name, value in values.items())
    return f"<extensions><x:TrackPointExtension>{inner}</x:TrackPointExtension></extensions>"


def document(*segments: list[str], kind: str = "running", name: str = "Morning") -> str:
    inner = "".join(f"<trkseg>{''.join(points)}</trkseg>" for points in segments)
    track = f"<trk><name>{name}</name><type>{kind}</type>{inner}</trk>"
    namespace = "http://www.topografix.com/GPX/1/1"
    return f'<?xml version="1.0"?><gpx version="1.1" creator="me" xmlns="{namespace}" {TPX}>{track}</gpx>'


def read(text: str | bytes) -> ReadResult:
    return importers.read(text.encode() if isinstance(text, str) else text, name="a.gpx")


def one(text: str | bytes) -> Activity:
    (activity,) = read(text).activities
    return activity


def line(n: int, **options: object) -> list[str]:
    """Points a second and a ten-thousandth of a degree (11.1 m) apart."""
    return [point(float(i), 47 + i / 10_000, **options) for i in range(n)]  # type: ignore[arg-type]


STEP_M = float(step_distances_m(np.array([47.0, 47.0001]), np.array([8.5, 8.5]))[0])


def test_a_run_is_read_with_its_channels() -> None:
    extra = sensors(hr=140, cad=85, atemp=21.5, speed=3.1)
    result = read(document(line(100, extra=extra)))
    (run,) = result.activities
    assert (result.kind, result.source.format, result.source.engine) == ("activity", "gpx", "vectorised")
    assert (run.sport, run.sub_sport, run.title, run.device) == ("running", "generic", "Morning", {"creator": "me"})
    assert run.start_time == datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    assert (run.timezone, run.utc_offset_s, run.timezone_source) == ("Europe/Zurich", 7200, "position")
    assert run.records.index.dtype == "datetime64[ms, UTC]"
    assert run.records.index.name == "timestamp"
    assert run.records.iloc[5].round(4).to_dict() == {
        "latitude_deg": 47.0005,
        "longitude_deg": 8.5,
        "altitude_m": 400,
        "distance_m": round(5 * STEP_M, 4),
        "speed_mps": 3.1,
        "heart_rate_bpm": 140,
        "cadence_spm": 170,
        "temperature_c": 21.5,
    }
    assert (run.elapsed_time_s, run.timer_time_s) == (99, 100)
    assert run.distance_m == pytest.approx(99 * STEP_M, abs=1e-3)
    assert run.provenance["cadence_spm"].startswith("doubled")
    assert "derived" in run.provenance["distance_m"]
    assert (run.ascent_m, run.descent_m) == (0, 0)
    assert "derived" in run.provenance["ascent_m"]
    assert run.issues == ()


@pytest.mark.parametrize(
    ("kind", "cadence", "column", "value"),
    [
        ("running", 110, "cadence_spm", 220),
        ("running", 111, "cadence_spm", 111),
        ("walking", 75, "cadence_spm", 150),
        ("hiking", 76, "cadence_spm", 76),
        ("cycling", 85, "cadence_rpm", 85),
    ],
)
def test_cadence_is_both_feet_by_the_sports_rule(kind: str, cadence: int, column: str, value: int) -> None:
    records = one(document(line(20, extra=sensors(cad=cadence)), kind=kind)).records
    assert records[column].tolist() == [value] * 20
    assert sum(name.startswith("cadence") for name in records.columns) == 1


@pytest.mark.parametrize(
    ("kind", "sport"),
    [
        ("Trail Running", ("running", "trail")),
        ("trail_running", ("running", "trail")),
        ("9", ("running", "generic")),
        ("Ride", ("cycling", "generic")),
        ("knitting", ("generic", "generic")),
        ("", ("generic", "generic")),
    ],
)
def test_sports_are_named_as_fit_does(kind: str, sport: tuple[str, str]) -> None:
    run = one(document(line(3), kind=kind))
    assert (run.sport, run.sub_sport) == sport


def test_segments_are_parted_by_pauses_in_which_nobody_moves() -> None:
    first, second = line(10), [point(100.0 + i, 47.01 + i / 10_000) for i in range(10)]
    run = one(document(first, [], second))
    assert (run.pauses["end"] - run.pauses["start"]).dt.total_seconds().tolist() == [91]
    assert run.distance_m == pytest.approx(18 * STEP_M, abs=1e-3)
    assert run.elapsed_time_s == 109
    assert run.timer_time_s == pytest.approx(19)


def test_points_without_a_time_are_left_out_of_an_activity() -> None:
    run = one(document([point(0.0), point(None), point(1.0)]))
    assert len(run.records) == 2
    assert [issue.code for issue in run.issues] == ["no-time"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (document([point(None), point(None)]), "course"),
        ('<gpx version="1.1"><rte><rtept lat="1" lon="2"/></rte></gpx>', "course"),
        ('<gpx version="1.1"><wpt lat="1" lon="2"/></gpx>', "waypoints"),
        (document([]), "empty_activity"),
    ],
)
def test_what_has_no_times_is_no_activity(text: str, kind: str) -> None:
    result = read(text)
    assert result.activities == ()
    assert result.kind == kind
    assert [issue.code for issue in result.issues] == (["no-time"] if kind == "course" else [])


def test_every_track_with_times_is_an_activity() -> None:
    tracks = document(line(3)).replace("</gpx>", "") + document([point(None)], line(3, zone="+00:00"), kind="cycling")
    tracks = tracks.replace('<?xml version="1.0"?><gpx', "<gpx", 2)
    body = tracks[tracks.rindex("<trk>") :]
    result = read(document(line(3)).replace("</gpx>", body))
    assert [activity.sport for activity in result.activities] == ["running", "cycling"]
    assert len({activity.id for activity in result.activities}) == 2


def test_times_that_repeat_or_run_backwards_are_put_right() -> None:
    run = one(document([point(2.0, 47.0002), point(0.0, 47.0), point(1.0, 47.0001), point(1.0, 47.00015)]))
    assert run.records["latitude_deg"].tolist() == [47.0, 47.00015, 47.0002]
    assert {str(issue.code) for issue in run.issues} == {"time-backwards", "duplicate-time"}
    assert (np.diff(run.records["distance_m"]) > 0).all()


@pytest.mark.parametrize(
    ("stamps", "start", "offset", "source", "provenance"),
    [
        (["2026-05-04T12:00:00", "2026-05-04T12:00:01"], 12, 7200, "position", True),
        (["2026-05-04T12:00:00+01:00", "2026-05-04T12:00:01+01:00"], 11, 3600, "file", False),
        (["2026-05-04T12:00:00+00:00", "2026-05-04T12:00:01Z"], 12, 7200, "position", False),
    ],
)
def test_zones_of_times(stamps: list[str], start: int, offset: int, source: str, provenance: bool) -> None:
    run = one(document([point(stamp) for stamp in stamps]))
    assert (run.start_time.hour, run.utc_offset_s, run.timezone_source) == (start, offset, source)
    assert ("timestamp" in run.provenance) is provenance


def test_fractions_of_seconds_are_kept_to_the_millisecond() -> None:
    assert one(document([point(0.25), point(1.5)])).elapsed_time_s == 1.25


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: ("\ufeff" + text).encode(),
        lambda text: b"\n  " + text.encode(),
        lambda text: text.replace('"1.0"', '"1.0" encoding="ISO-8859-1"', 1).encode("latin-1"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("latin-1"),
        lambda text: gzip.compress(text.encode()),
        lambda text: text.replace(' xmlns="http://www.topografix.com/GPX/1/1"', "").encode(),
    ],
    ids=["mark", "white space", "latin-1", "utf-16", "wrongly declared", "gzip", "no namespace"],
)
def test_encodings(encode: Callable[[str], bytes]) -> None:
    run = one(encode(document(line(3), name="Überlauf")))
    assert run.title == "Überlauf"
    assert len(run.records) == 3


def test_a_file_cut_short_is_read_to_its_last_whole_value() -> None:
    text = document(line(50, extra=sensors(hr=150)))
    result = read(text[: text.index("</trkseg>") - 53])  # inside the last heart rate
    (run,) = result.activities
    assert len(run.records) == 50
    assert run.records["heart_rate_bpm"].isna().tolist() == [False] * 49 + [True]
    assert [(str(issue.code), issue.severity) for issue in result.issues] == [("truncated", "error")]
    with pytest.raises(ReadError, match="ends after"):
        importers.read(text[:-60].encode(), name="a.gpx", policy="strict")


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE gpx [<!ENTITY a "aaaa">]><gpx version="1.1"></gpx>',
        '<?xml version="1.0"?><!doctype gpx SYSTEM "http://example.org/x"><gpx></gpx>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_parsing(text: str, encoding: str) -> None:
    with pytest.raises(ReadError, match="declaration"):
        read(text.encode(encoding))


@pytest.mark.parametrize("text", ["<gpx><trk>", "<gpx ><trk></gpx><", '<gpx version="1.1"><trk a=b></trk></gpx>'])
def test_a_damaged_file_without_a_point_is_refused(text: str) -> None:
    with pytest.raises(ReadError, match=r"ends after|Not well-formed"):
        read(text)


def test_no_values_are_invented() -> None:
    records = one(document(line(5, extra=sensors(hr="", cad="--")))).records
    assert list(records.columns) == ["latitude_deg", "longitude_deg", "altitude_m", "distance_m", "speed_mps"]


@pytest.mark.corpus
def test_the_same_run_as_fit_and_gpx_agrees(corpus: Path) -> None:
    fit, gpx = (importers.read_activity(corpus / "trio" / f"6782987395.{suffix}") for suffix in ("fit", "gpx"))
    assert gpx.start_time == fit.start_time
    assert (gpx.sport, gpx.timezone) == (fit.sport, fit.timezone)
    assert gpx.elapsed_time_s == pytest.approx(fit.elapsed_time_s, abs=2)
    assert gpx.distance_m == pytest.approx(fit.distance_m, rel=0.02)
    together = fit.records.join(gpx.records.add_suffix("_gpx"), how="inner")
    assert len(together) == len(gpx.records) == 4967
    for column, within in {
        "latitude_deg": 1e-6,
        "longitude_deg": 1e-6,
        "altitude_m": 0.11,
        "heart_rate_bpm": 0,
        "cadence_spm": 1.01,  # GPX has whole steps of one foot
        "temperature_c": 0,
    }.items():
        difference = (together[column] - together[f"{column}_gpx"]).abs()
        assert difference.notna().sum() > 4900, column
        assert difference.max() <= within, column


@pytest.mark.corpus
def test_every_gpx_of_the_corpus_is_read_or_refused_with_a_reason(corpus: Path) -> None:
    files = sorted((corpus / "gpx_tcx").rglob("*.gpx*"))
    assert len(files) > 90
    refused = []
    for path in files:
        try:
            result = importers.read(path)
        except ReadError:
            refused.append(path.name)
            continue
        assert bool(result.activities) == (result.kind == "activity")
        for activity in result.activities:
            assert activity.records.index.is_monotonic_increasing
            assert activity.records.index.is_unique
    assert len(refused) <= 5, refused
