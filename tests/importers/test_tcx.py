from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from stridelab import importers
from stridelab.activity import Activity, ReadResult
from stridelab.errors import ReadError


def moment(second: float) -> str:
    return f"{datetime.fromtimestamp(1_777_896_000 + second, UTC):%Y-%m-%dT%H:%M:%S}Z"


def point(second: float, *, metres: float | None = None, place: bool = True, extra: str = "") -> str:
    position = ""
    if place:
        latitude = 47 + second / 30_000
        position = f"<LatitudeDegrees>{latitude}</LatitudeDegrees><LongitudeDegrees>8.5</LongitudeDegrees>"
        position = f"<Position>{position}</Position><AltitudeMeters>400</AltitudeMeters>"
    way = "" if metres is None else f"<DistanceMeters>{metres}</DistanceMeters>"
    heart = "<HeartRateBpm><Value>140</Value></HeartRateBpm>"
    return f"<Trackpoint><Time>{moment(second)}</Time>{position}{way}{heart}{extra}</Trackpoint>"


def speed_and_cadence(prefix: str, cadence: int = 84) -> str:
    dot = f"{prefix}:" if prefix else ""
    inner = f"<{dot}Speed>3.25</{dot}Speed><{dot}RunCadence>{cadence}</{dot}RunCadence><{dot}Watts>250</{dot}Watts>"
    return f"<Extensions><{dot}TPX>{inner}</{dot}TPX></Extensions>"


def lap(start: float, seconds: float, metres: float, *tracks: list[str]) -> str:
    inner = "".join(f"<Track>{''.join(points)}</Track>" for points in tracks)
    return (
        f'<Lap StartTime="{moment(start)}"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>'
        f"<DistanceMeters>{metres}</DistanceMeters><MaximumSpeed>4.5</MaximumSpeed><Calories>30</Calories>"
        "<AverageHeartRateBpm><Value>141</Value></AverageHeartRateBpm>"
        "<MaximumHeartRateBpm><Value>150</Value></MaximumHeartRateBpm>"
        f"<Intensity>Active</Intensity><TriggerMethod>Distance</TriggerMethod>{inner}"
        "<Extensions><n:LX><n:AvgSpeed>3.3</n:AvgSpeed></n:LX></Extensions></Lap>"
    )


def activity(*laps: str, sport: str = "Running", more: str = "") -> str:
    creator = "<Creator><Name>Forerunner</Name><UnitId>7</UnitId><Version><VersionMajor>2</VersionMajor>"
    creator += "<VersionMinor>50</VersionMinor></Version></Creator>"
    return f'<Activity Sport="{sport}"><Id>x</Id>{"".join(laps)}<Notes>felt good</Notes>{more}{creator}</Activity>'


def document(*activities: str, around: str = "Activities") -> str:
    built = "<Author><Name>Connect</Name><Build><Time>Jan 1 2012, 00:00:00</Time></Build></Author>"
    head = '<?xml version="1.0"?><TrainingCenterDatabase xmlns="t" xmlns:n="e">'
    return f"{head}<{around}>{''.join(activities)}</{around}>{built}</TrainingCenterDatabase>"


def read(text: str, **options: str) -> ReadResult:
    return importers.read(text.encode(), name="a.tcx", **options)  # type: ignore[arg-type]


def one(text: str) -> Activity:
    (found,) = read(text).activities
    return found


RUN = document(
    activity(
        lap(0, 30, 96, [point(i, metres=3.2 * i, extra=speed_and_cadence("n")) for i in range(30)]),
        lap(30, 30, 96, [point(30 + i, metres=96 + 3.2 * i, extra=speed_and_cadence("n")) for i in range(31)]),
    )
)


@pytest.mark.parametrize("engine", ["vectorised", "expat"])
def test_a_run_is_read_with_its_channels_and_laps(engine: str) -> None:
    result = read(RUN, engine=engine)
    (run,) = result.activities
    assert (result.source.format, result.source.engine, result.kind) == ("tcx", engine, "activity")
    assert (run.sport, run.distance_m, run.timer_time_s, run.elapsed_time_s) == ("running", 192, 60, 60)
    assert len(run.records) == 61
    assert run.records.iloc[10].to_dict() == pytest.approx(
        {
            "latitude_deg": 47 + 10 / 30_000,
            "longitude_deg": 8.5,
            "altitude_m": 400,
            "distance_m": 32,
            "speed_mps": 3.25,
            "heart_rate_bpm": 140,
            "cadence_spm": 168,
            "power_w": 250,
        }
    )
    assert "distance_m" not in run.provenance
    assert "speed_mps" not in run.provenance
    assert run.device == {
        "product": "Forerunner",
        "serial_number": "7",
        "software_version": "2.50",
        "creator": "Connect",
    }
    assert run.summary["notes"] == "felt good"
    assert run.summary["total_calories"] == 60
    assert run.laps["timer_time_s"].tolist() == [30, 30]
    assert run.laps["distance_m"].tolist() == [96, 96]
    assert run.laps["average_heart_rate_bpm"].tolist() == [141, 141]
    assert run.laps["average_speed_mps"].tolist() == [3.3, 3.3]
    assert run.laps["max_heart_rate_bpm"].tolist() == [150, 150]
    assert run.laps["trigger"].tolist() == ["distance", "distance"]
    assert run.laps["intensity"].tolist() == ["active", "active"]
    assert run.pauses.empty
    assert result.issues == ()


@pytest.mark.parametrize("prefix", ["n", "ns3", "", "x_y-1"])
def test_speed_cadence_and_power_have_any_prefix(prefix: str) -> None:
    records = one(
        document(activity(lap(0, 9, 30, [point(i, extra=speed_and_cadence(prefix)) for i in range(10)])))
    ).records
    assert records[["speed_mps", "cadence_spm", "power_w"]].iloc[3].tolist() == [3.25, 168, 250]


def test_a_treadmill_has_no_place_and_keeps_all_samples() -> None:
    run = one(document(activity(lap(0, 59, 190, [point(i, metres=3.2 * i, place=False) for i in range(60)]))))
    assert len(run.records) == 60
    assert "latitude_deg" not in run.records
    assert run.records["speed_mps"].iloc[30] == pytest.approx(3.2)
    assert "derived" in run.provenance["speed_mps"]
    assert np.isnan(run.ascent_m)
    assert run.distance_m == 190


def test_a_silence_between_tracks_is_a_pause_and_the_end_of_a_lap_is_none() -> None:
    tracks = [point(i) for i in range(20)], [point(100 + i) for i in range(20)]
    run = one(document(activity(lap(0, 40, 100, *tracks), lap(120, 20, 60, [point(120 + i) for i in range(20)]))))
    assert (run.pauses["end"] - run.pauses["start"]).dt.total_seconds().tolist() == [81]
    assert run.timer_time_s == 60
    assert run.elapsed_time_s == 139


def test_a_distance_that_begins_again_with_each_lap_is_added_up() -> None:
    first = [point(i, metres=3.0 * i) for i in range(60)]
    second = [point(60 + i, metres=3.0 * i) for i in range(60)]
    run = one(document(activity(lap(0, 60, 177, first), lap(60, 60, 177, second))))
    assert run.records["distance_m"].iloc[-1] == pytest.approx(354)
    assert run.records["distance_m"].is_monotonic_increasing


def test_the_laps_total_is_believed_unless_the_samples_contradict_it() -> None:
    points = [point(i, metres=3.0 * i) for i in range(60)]
    assert one(document(activity(lap(0, 60, 180, points)))).distance_m == 180
    wrong = one(document(activity(lap(0, 60, 1800, points))))
    assert wrong.distance_m == 177
    assert [str(issue.code) for issue in wrong.issues] == ["implausible-value"]


def test_every_activity_is_one_and_the_legs_of_a_multisport_session_have_a_parent() -> None:
    single = [
        activity(lap(s, 10, 30, [point(s + i) for i in range(10)]), sport=sport)
        for s, sport in ((0, "Biking"), (50, "Running"))
    ]
    assert [found.sport for found in read(document(*single)).activities] == ["cycling", "running"]
    legs = (
        f"<MultiSportSession><FirstSport>{single[0]}</FirstSport><NextSport>{single[1]}</NextSport></MultiSportSession>"
    )
    first, second = read(document(legs)).activities
    assert first.parent_id == second.parent_id is not None
    assert first.id != second.id


def test_the_time_of_the_build_is_no_time_of_a_point() -> None:
    assert one(RUN.replace("Jan 1 2012, 00:00:00", "2012-01-01T00:00:00Z")).start_time.year == 2026


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (document(f"<Course><Name>c</Name><Track>{point(0)}{point(1)}</Track></Course>", around="Courses"), "course"),
        (document("<Workout><Name>w</Name></Workout>", around="Workouts"), "workout"),
        (document(activity(lap(0, 0, 0))), "empty_activity"),
    ],
)
def test_plans_are_no_activities(text: str, kind: str) -> None:
    result = read(text)
    assert result.activities == ()
    assert result.kind == kind
    assert [str(issue.code) for issue in result.issues] == (["no-time"] if kind == "course" else [])


def test_a_bike_counts_turns() -> None:
    ride = one(
        document(activity(lap(0, 9, 90, [point(i, extra="<Cadence>85</Cadence>") for i in range(10)]), sport="Biking"))
    )
    assert ride.records["cadence_rpm"].tolist() == [85] * 10


def test_a_file_cut_short_keeps_its_points_and_one_without_any_is_refused() -> None:
    result = read(RUN[: RUN.index("</Activity>") - 900])
    assert len(result.activities[0].records) > 50
    assert [str(issue.code) for issue in result.issues] == ["truncated"]
    with pytest.raises(ReadError, match="ends after"):
        read(RUN[:200])
