"""Files as trees and tables: the two ways through a file agree, damage is got over, and bombs are refused."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stridelab.errors import ReadError
from stridelab.importers import read
from stridelab.importers.markup import Document, PointTable, read_document

NAMES = {"gpx": ("trkpt", "rtept", "wpt"), "tcx": ("Trackpoint", "CoursePoint")}


def gpx_point(i: int, extra: str = "") -> str:
    return (
        f'<trkpt lat="{47 + i / 7000}" lon="{8.5 - i / 9000}">\n  <ele>{400 + i / 3}</ele>\n'
        f"  <time>2026-05-04T12:{i // 60:02}:{i % 60:02}.250Z</time>{extra}\n</trkpt>"
    )


def sensors(i: int) -> str:
    inner = f"<g:atemp>21.5</g:atemp><g:hr>{120 + i % 40}</g:hr><g:cad>{80 + i % 9}</g:cad>"
    return f"<extensions><g:TrackPointExtension>{inner}</g:TrackPointExtension></extensions>"


def gpx(points: list[str], name: str = "Run") -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="me" xmlns:g="urn:g"><trk>'
    return f"{head}<name>{name}</name><type>running</type><trkseg>{''.join(points)}</trkseg></trk></gpx>".encode()


def tcx_point(i: int) -> str:
    return (
        f"<Trackpoint><Time>2026-05-04T12:{i // 60:02}:{i % 60:02}Z</Time>"
        f"<Position><LatitudeDegrees>{47 + i / 7000}</LatitudeDegrees>"
        f"<LongitudeDegrees>{8.5 - i / 9000}</LongitudeDegrees></Position>"
        f"<DistanceMeters>{i * 3.1}</DistanceMeters><HeartRateBpm><Value>{120 + i % 40}</Value></HeartRateBpm>"
        "<SensorState>Present</SensorState>"
        f"<Extensions><n:TPX><n:RunCadence>{80 + i % 9}</n:RunCadence></n:TPX></Extensions></Trackpoint>"
    )


def tcx(points: list[str]) -> bytes:
    track = f"<TotalTimeSeconds>60</TotalTimeSeconds><Track>{''.join(points)}</Track>"
    lap = f'<Lap StartTime="2026-05-04T12:00:00Z">{track}</Lap>'
    body = f'<Activities><Activity Sport="Running"><Id>a</Id>{lap}</Activity></Activities>'
    return f'<?xml version="1.0"?><TrainingCenterDatabase xmlns:n="urn:n">{body}</TrainingCenterDatabase>'.encode()


GPX = gpx([gpx_point(i, sensors(i) if i % 11 else "") for i in range(60)])
TCX = tcx([tcx_point(i) for i in range(60)])


def both(data: bytes, kind: str = "gpx") -> tuple[Document, Document]:
    fast, slow = (read_document(data, where="x", point_names=NAMES[kind], vectorised=way) for way in (True, False))
    return fast, slow


def assert_same(one: PointTable, other: PointTable) -> None:
    np.testing.assert_array_equal(one.time_us, other.time_us)
    np.testing.assert_array_equal(one.offset_s, other.offset_s)
    assert set(one.numbers) == set(other.numbers)
    for path, column in one.numbers.items():
        np.testing.assert_array_equal(column, other.numbers[path], err_msg=path)
    assert one.texts == other.texts


# ---------------------------------------------------------------- the two ways agree


@pytest.mark.parametrize(
    ("data", "kind", "rows"),
    [
        (GPX, "gpx", 60),
        (TCX, "tcx", 60),
        (gpx([gpx_point(i, "<name>Tom &amp; J</name>" if i == 20 else "") for i in range(40)]), "gpx", 40),
        (gpx([gpx_point(i, "<!-- <trkpt/> -->" if i == 20 else "") for i in range(40)]), "gpx", 40),
        (gpx([gpx_point(i, "<sym><![CDATA[<trkpt>]]></sym>" if i == 20 else "") for i in range(40)]), "gpx", 40),
        (gpx([gpx_point(i, "<hr/>" if i % 2 else "<fix>3d</fix>") for i in range(40)]), "gpx", 40),
        (gpx([f"<trkpt lon='{i}' lat='1'/>" for i in range(90)]), "gpx", 90),
        (gpx([f"<trkpt><ele>{i}</ele></trkpt>" for i in range(90)]), "gpx", 90),
        (gpx([f'<trkpt lat="x" lon="{i}"><ele>{i}</ele></trkpt>' for i in range(90)]), "gpx", 90),
        (gpx(["<!--", *(gpx_point(i) for i in range(20)), "-->", *(gpx_point(i) for i in range(20))]), "gpx", 20),
        (gpx([gpx_point(i, "<time>never</time>" if i % 3 else "") for i in range(40)]), "gpx", 40),
        (gpx(["<?stridelab-points 0 9?>", *(gpx_point(i) for i in range(20))]), "gpx", 20),
        (gpx([gpx_point(i) + ("</trkseg><trkseg>" if i % 5 == 0 else "") for i in range(40)]), "gpx", 40),
    ],
    ids=[
        "gpx",
        "tcx",
        "entity",
        "comment",
        "cdata",
        "empty",
        "quotes",
        "no position",
        "words",
        "hidden",
        "two times",
        "marker",
        "segments",
    ],
)
def test_regular_points_are_what_the_parser_finds(data: bytes, kind: str, rows: int) -> None:
    fast, slow = both(data, kind)
    name = NAMES[kind][0]
    assert len(fast.points[name]) == rows
    assert_same(fast.points[name], slow.points[name])
    assert fast.issues == slow.issues == ()
    assert [node.runs for node in fast.root.walk()] == [node.runs for node in slow.root.walk()]


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), file=st.sampled_from([(GPX, "gpx"), (TCX, "tcx")]))
def test_of_a_damaged_file_too(
    mutated: Callable[[bytes, random.Random], bytes], seed: int, file: tuple[bytes, str]
) -> None:
    data = mutated(file[0], random.Random(seed))
    try:
        read(data, name="damaged")
    except ReadError:
        pass
    try:
        fast, slow = both(data, file[1])
    except ReadError:
        return
    for name in NAMES[file[1]]:
        assert_same(fast.points[name], slow.points[name])


# ---------------------------------------------------------------- damage


def one_table(data: bytes) -> tuple[PointTable, list[str]]:
    document = read_document(data, where="x", point_names=NAMES["gpx"], vectorised=True)
    return document.points["trkpt"], [str(issue.code) for issue in document.issues]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<name>Run</name>", "<name>Tom & Jerry &nbsp; Run</name>"),
        ("<name>Run</name>", "<name>a\x00b</name>"),
        ("<name>Run</name>", "<name>Run"),
        ("<name>Run</name>", "<name>Run</nome>"),
        ("<name>Run</name>", "<desc><br>line<br></desc>"),
        ('creator="me"', 'creator="A & B <c>"'),
        ('creator="me"', "creator=me"),
        ('creator="me"', 'creator="me" creator="you"'),
        ("</trkseg>", ""),
        ("</trk>", "</extensions></trk>"),
        ("</gpx>", "</gpx><gpx>"),
        ("</gpx>", "</gpx>junk"),
        ("<trkseg>", "<trkseg><!-- never ends "),
        ("<trkseg>", '<?xml version="1.0"?><trkseg>'),
        ("<trkseg>", "<trkseg><![CDATA[ never ends "),
        ("<trkseg>", "<trkseg><?never ends "),
    ],
)
def test_no_point_is_lost_to_damage_elsewhere(old: str, new: str) -> None:
    table, issues = one_table(GPX.replace(old.encode(), new.encode()))
    assert len(table) == 60
    assert np.isfinite(table.numbers["lat"]).all()
    assert issues or "junk" in new


@pytest.mark.parametrize(
    ("old", "new"),
    [("</trkpt>", ""), ("</ele>", ""), ("</time>", "</tome>"), ("<extensions>", ""), ('lat="47.0"', "lat=47.0")],
)
def test_damage_inside_points_costs_what_is_damaged(old: str, new: str) -> None:
    table, issues = one_table(GPX.replace(old.encode(), new.encode()))
    assert len(table) == 60
    assert np.isfinite(table.numbers["lon"]).all()
    assert issues


def test_a_value_that_was_cut_is_no_value() -> None:
    cut = GPX.index(b"<g:hr>150</g:hr>") + len("<g:hr>15")
    table, issues = one_table(GPX[:cut])
    assert issues == ["truncated"]
    heart_rate = table.numbers["extensions/g:TrackPointExtension/g:hr"]
    assert np.isnan(heart_rate[-1])
    assert np.isfinite(table.numbers["lat"]).all()


def test_names_need_no_namespace_and_no_bound_prefix() -> None:
    for data in (GPX.replace(b' xmlns:g="urn:g"', b""), GPX.replace(b"trkpt", b"y:trkpt")):
        table, issues = one_table(data)
        assert len(table) == 60
        assert issues == []


# ---------------------------------------------------------------- enemies

LAUGHS = '<!DOCTYPE g [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><gpx><trk><name>&b;</name></trk></gpx>'


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS.encode(),
        LAUGHS.replace(' "ha"', ' SYSTEM "file:///etc/passwd"').encode(),
        ('<?xml version="1.0"?><!-- x -->' + LAUGHS).encode("utf-16"),
        b'<!DOCTYPE gpx SYSTEM "http://example.org/x.dtd"><gpx/>',
        b"<gpx>" + b"<a>" * 100_000,
        b"<gpx><trk a='" + b"x" * 2_000_000 + b"'/></gpx>",
        b"<gpx><trk a='" + b"x" * 70_000 + b"'/></gpx>",
        b"<gpx><trk>" + b"<a/>" * 250_000 + b"</trk></gpx>",
    ],
    ids=["laughs", "file", "utf-16", "fetch", "nested", "attribute", "wide tag", "elements"],
)
@pytest.mark.parametrize("engine", ["vectorised", "expat"])
def test_bombs_are_refused(data: bytes, engine: str) -> None:
    with pytest.raises(ReadError):
        read(data, name="bomb.gpx", engine=engine)


@pytest.mark.parametrize(
    "filling",
    [b"<", b"<<!--", b"&", b"<a b=c>", b"</a>", b"<trkpt", b"<trkpt>", b"<?x ", b"<![CDATA[", b"]]>", b"\x00"],
)
def test_nonsense_ends_in_bounded_time(filling: bytes) -> None:
    """Each of these made some version of a parser quadratic; the suite would not end."""
    data = b"<gpx version='1.1'><trk><trkseg>" + filling * (300_000 // len(filling))
    try:
        kind = read(data, name="nonsense").kind
    except ReadError:
        kind = "refused"
    assert kind in ("course", "empty_activity", "refused")


def test_names_that_differ_from_point_to_point_make_no_wide_table() -> None:
    table, _ = one_table(gpx([f"<trkpt lat='1' lon='2'><a{i}>1</a{i}></trkpt>" for i in range(2000)]))
    assert len(table) == 2000
    assert len(table.numbers) <= 256
