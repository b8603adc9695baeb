"""`Activities.csv` of Garmin Connect and `activities.csv` of Strava, in several languages."""

from __future__ import annotations

import math

import pytest

import stridelab as sl

ENGLISH = """Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR,Max HR,Avg Run Cadence,Avg Stride Length,\
Total Ascent,Elapsed Time
Running,2026-05-04 07:10:00,false,"Morning, easy","10.02","1,204",00:52:10,150,--,172,1.12,"1,203",00:53:00
Treadmill Running,2026-05-05 07:10:00,false,Belt,"5.00",--,00:25:00,--,--,--,--,--,--
Pool Swim,2026-05-06 07:10:00,false,Pool,"1,500",400,00:30:00,--,--,--,--,--,--
"""
GERMAN = """Aktivitätstyp;Datum;Favorit;Titel;Distanz;Kalorien;Zeit;Ø Herzfrequenz;Maximale Herzfrequenz
Laufen;04.05.2026 07:10:00;false;Früh;10,020;1.204;00:52:10,5;150;--
Laufen;05.05.2026 07:10:00;false;Früh;5,02;612;00:25:00;148;--
"""


def test_an_english_table_with_thousands_and_missing_values() -> None:
    result = sl.read(ENGLISH.encode("utf-8-sig"))
    run, belt, swim = result.activities
    assert result.kind == "activity_summaries_local_time"
    assert (run.title, run.sport, run.start_time.isoformat()) == (
        "Morning, easy",
        "running",
        "2026-05-04T07:10:00+00:00",
    )
    assert (run.distance_m, run.timer_time_s, run.elapsed_time_s, run.ascent_m) == (10_020.0, 3130.0, 3180.0, 1203.0)
    assert run.summary == {
        "avg_heart_rate": 150.0,
        "total_calories": 1204.0,
        "avg_steps_per_minute": 172.0,
    }
    assert "kilometres" in run.provenance["distance_m"]
    assert "wall clock" in run.provenance["start_time"]
    assert run.utc_offset_s is None
    assert math.isnan(belt.ascent_m)
    assert (belt.sub_sport, belt.elapsed_time_s) == ("treadmill", 1500.0)
    assert swim.distance_m == 1500.0


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_german_table_in_any_encoding(encoding: str) -> None:
    run, other = sl.read(GERMAN.replace("10,020", "10,02").encode(encoding)).activities
    assert (run.title, run.family, run.start_time.isoformat()) == ("Früh", "run", "2026-05-04T07:10:00+00:00")
    assert (run.distance_m, other.distance_m) == (10_020.0, 5020.0)
    assert run.timer_time_s == 3130.5
    assert run.summary["total_calories"] == 1204


def test_miles_are_told_by_stride_and_cadence() -> None:
    lines = ENGLISH.splitlines()
    rows = [lines[1].replace("2026-05-04", f"2026-05-0{n}").replace('"10.02"', '"6.23"') for n in (1, 2, 3)]
    run = sl.read("\n".join([lines[0], *rows]).encode()).activities[0]
    assert run.distance_m == pytest.approx(6.23 * 1609.344)
    assert "miles" in run.provenance["distance_m"]
    assert math.isnan(run.ascent_m)  # feet or metres: nothing tells


STRAVA = """Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,\
Max Heart Rate,Relative Effort,Commute,Activity Gear,Filename,Elapsed Time,Moving Time,Distance,Max Heart Rate,\
Perceived Exertion
77,"May 4, 2026, 5:10:20 AM",Früh,Run,"two
lines, and a ""quote\""",3600,10.02,,,false,Old pair,activities/77.fit.gz,3601.0,3500.0,10020.5,180.0,6.0
78,"May 5, 2026, 5:10:20 PM",By hand,Weight Training,,1800,0.00,,,false,,,1800.0,,,,
79,sometime,No date,Run,,1800,5.00,,,false,,,1800.0,,5000.0,,
"""


def test_a_strava_table_takes_the_precise_one_of_two_columns() -> None:
    result = sl.read(STRAVA.encode())
    run, strength = result.activities
    assert run.start_time.isoformat() == "2026-05-04T05:10:20+00:00"
    assert (run.distance_m, run.elapsed_time_s, run.timer_time_s) == (10_020.5, 3601.0, 3500.0)
    assert run.summary == {
        "max_heart_rate": 180.0,
        "workout_rpe": 60.0,
        "file": "activities/77.fit.gz",
        "service_id": "strava:77",
    }
    assert (strength.family, strength.start_time.hour) == ("strength", 17)
    assert "1 entries" in result.issues[0].message
    assert result.gear.to_dict("records")[0]["name"] == "Old pair"
    assert result.gear_activities.to_dict("records") == [{"gear_id": "strava-Old pair", "service_id": "strava:77"}]


def test_a_german_strava_table() -> None:
    table = (
        "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Verstrichene Zeit,Distanz,Dateiname\n"
        '78,"04.05.2026, 05:10:20",Früh,Lauf,3600,"10,02",activities/78.gpx\n'
    )
    (run,) = sl.read(table.encode()).activities
    assert (run.family, run.start_time.isoformat()) == ("run", "2026-05-04T05:10:20+00:00")
    assert run.distance_m == 10_020.0


@pytest.mark.parametrize("text", ["a,b,c,d\n1,2,3,4\n", "time,x,y,z\n0,1,2,3\n", "five easy miles\n", "", "\x00,,,,"])
def test_other_tables_are_not_ours(text: str) -> None:
    with pytest.raises(sl.errors.ReadError, match="expected a recording"):
        sl.read(text.encode())
