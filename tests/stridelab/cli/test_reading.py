"""The commands that read a store: lists, report, flags, dashboard, athlete; and `show`, `explain`."""

from __future__ import annotations

import csv
import importlib
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from stridelab.analysis.history import ACTIVITY_COLUMNS
from stridelab.cli.dashboard import long_ago
from stridelab.store import Store


def test_activities_are_what_was_recorded(run: Callable, season_store: Path, recordings: Path) -> None:
    rows = run("activities", "--store", season_store, "--json", "--columns", "all").json()
    assert len(rows) == len(list(recordings.glob("*.fit")))
    assert {row["family"] for row in rows} >= {"run", "bike", "strength"}
    runs = run("activities", "--store", season_store, "--family", "run", "--json").json()
    assert 0 < len(runs) < len(rows)


def test_lists_filter_by_day_and_choose_columns(run: Callable, season_store: Path) -> None:
    done = run("days", "--store", season_store, "--since", "2026-11-02", "--until", "2026-11-08", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["local_date"] for row in rows] == [f"2026-11-0{n}" for n in range(2, 9)]
    one = run("days", "--store", season_store, "--columns", "state", "--csv")
    assert one.out.splitlines()[0] == "state"


def test_every_column_can_be_listed_and_an_unknown_one_names_them(run: Callable, season_store: Path) -> None:
    row = run("activities", "--store", season_store, "--columns", "all", "--family", "run", "--json").json()[-1]
    assert set(row) == set(ACTIVITY_COLUMNS)
    for name in (
        "load",
        "trimp_edwards",
        "heart_rate_tss",
        "normalized_graded_speed_mps",
        "mechanical_load_m7",
        "steps",
    ):
        assert row[name] > 0, name
    assert row["load_method"] == "heart_rate"
    day = run("days", "--store", season_store, "--columns", "local_date,load,ctl,tsb_same_day", "--json").json()[-1]
    assert list(day) == ["local_date", "load", "ctl", "tsb_same_day"]
    assert day["ctl"] > 0
    wrong = run("activities", "--store", season_store, "--columns", "load,nonsense")
    assert wrong.code == 2
    assert "nonsense" in wrong.err
    assert "mechanical_load_m4" in wrong.err


def test_show_prints_loads_with_what_they_rest_on(run: Callable, one_recording: Path) -> None:
    text = run("show", one_recording).out
    for words in ("points by heart rate, ±", "TRIMP, Banister", "hrTSS", "mechanical load", "estimated", "graded pace"):
        assert words in text, words
    session = run("show", one_recording, "--json").json()["activities"][0]["session"]
    assert session["metrics"]["load"] > 0
    assert {value["origin"] for value in session["athlete"]} <= {"file", "estimated", "assumed"}
    assert session["best_efforts"][0]["time_s"] > 0


def test_report_has_the_loads_and_what_the_ratio_is_worth(run: Callable, season_store: Path) -> None:
    week = ("report", "--store", season_store, "--week", "2026-W45")
    wanted = "It has not been shown to predict your injury risk; shown as a description only."
    for form in ("terminal", "markdown", "html"):
        text = " ".join(run(*week, "--format", form).out.split())
        assert wanted in text
        for words in ("TRIMP, Edwards", "by heart rate", "Monotony"):
            assert words in text, (form, words)
    data = run(*week, "--json").json()
    assert data["numbers"]["load"]["this_week"] > 0
    assert data["load_methods"][0]["method"] == "heart_rate"
    assert set(data["mechanical_loads"]) == {"mechanical_load_m4", "mechanical_load_m7", "mechanical_load_m10"}
    assert data["chronic"]["ctl"] == data["ctl"]
    critical = data["critical_speed"]
    assert critical["low_mps"] < critical["critical_speed_mps"] < critical["high_mps"]


@pytest.mark.parametrize("options", [["--columns", "nonsense"], ["--since", "soon"], ["--json", "--csv"]], ids=" ".join)
def test_lists_refuse_what_they_do_not_know(run: Callable, season_store: Path, options: list[str]) -> None:
    assert run("days", "--store", season_store, *options).code == 2


@pytest.mark.parametrize(
    ("form", "begin"), [("terminal", "Week "), ("markdown", "#"), ("html", "<!doctype html>"), ("json", "{")]
)
def test_report_in_every_form(run: Callable, season_store: Path, tmp_path: Path, form: str, begin: str) -> None:
    done = run("report", "--store", season_store, "--week", "2026-W45", "--format", form)
    assert done.code == 0
    assert done.out.lower().startswith(begin.lower())
    assert "2026-W45" in done.out
    file = tmp_path / "report"
    written = run("report", "--store", season_store, "--week", "2026-W45", "--format", form, "-o", file)
    assert (written.code, written.out) == (0, "")
    assert file.read_text(encoding="utf-8").strip() == done.out.strip()


def test_report_in_miles(run: Callable, season_store: Path) -> None:
    assert re.search(r"\d mi\b", run("report", "--store", season_store, "--units", "mi").out)
    assert not re.search(r"\d mi\b", run("report", "--store", season_store).out)


@pytest.mark.parametrize("week", ["2026-99", "last", "1999-W01"])
def test_report_refuses_a_week_it_cannot_have(run: Callable, season_store: Path, week: str) -> None:
    done = run("report", "--store", season_store, "--week", week)
    assert (done.code, done.out) == (2, "")


def test_report_into_a_place_that_is_none(run: Callable, season_store: Path, tmp_path: Path) -> None:
    done = run("report", "--store", season_store, "-o", tmp_path / "none" / "report.md")
    assert done.code == 2
    assert "cannot be written" in done.err


def test_flags_of_a_day_and_of_all_days(run: Callable, season_store: Path) -> None:
    past = run("flags", "--store", season_store, "--history", "--json").json()
    for flag in past["flags"]:
        assert flag["source"]
        assert flag["text"]
        on = run("flags", "--store", season_store, "--on", flag["day"], "--json").json()
        assert flag["rule_id"] in {item["rule_id"] for item in on["flags"]}
    early = run("flags", "--store", season_store, "--on", "2026-09-22", "--all")
    assert "not evaluated" in early.out
    assert run("flags", "--store", season_store, "--on", "1999-01-01").code == 2


def test_dashboard_is_one_page_without_addresses(run: Callable, season_store: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run("dashboard", "--store", season_store, "--html", page)
    assert (done.code, done.out.strip()) == (0, str(page))
    assert page.stat().st_size > 1_000_000
    assert run("dashboard", "--store", season_store, "--html", tmp_path).code == 2


def test_what_is_set_of_an_athlete_is_shown(run: Callable, tmp_path: Path) -> None:
    store = ["--store", tmp_path / "store"]
    assert run("athlete", "set", "max_heart_rate_bpm", "188", *store).code == 0
    assert run("athlete", "set", "max_heart_rate_bpm", "184", "--from", "2025-01-01", *store).code == 0
    shown = run("athlete", "show", "--json", *store).json()
    assert shown["max_heart_rate_bpm"] == {"value": 184.0, "origin": "given", "from": "2025-01-01", "note": ""}
    assert "184" in run("athlete", "show", *store).out
    assert run("athlete", "list", *store).out == "me\n"


def test_a_value_says_where_it_came_from(run: Callable, recordings: Path, tmp_path: Path) -> None:
    store = ["--store", tmp_path / "store"]
    assert run("import", recordings, *store, "--since", "2026-11-01").code == 0
    shown = run("athlete", "show", "--json", *store).json()
    assert shown["max_heart_rate_bpm"]["origin"] == "file"
    assert run("athlete", "show", "--json", "--store", tmp_path / "store", "--athlete", "me").json() == shown


def test_show_says_what_a_file_holds(run: Callable, one_recording: Path) -> None:
    done = run("show", one_recording, "--json")
    (activity,) = done.json()["activities"]
    assert done.code == 0
    assert activity["samples"] > 100
    assert 0 < activity["channels"]["heart_rate_bpm"]["coverage"] <= 1
    text = run("show", one_recording).out
    assert activity["sport"] in text
    assert "heart_rate_bpm" in text


def test_show_of_a_damaged_file_is_1_of_a_foreign_one_3(run: Callable, one_recording: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.fit").write_bytes(one_recording.read_bytes()[:-900])
    damaged = run("show", tmp_path / "cut.fit")
    assert damaged.code == 1
    assert "error: " in damaged.out
    (tmp_path / "page.fit").write_text("<!doctype html><title>Log in</title>")
    foreign = run("show", tmp_path / "page.fit")
    assert (foreign.code, foreign.out) == (3, "")
    assert "HTML" in foreign.err


@pytest.mark.slow
def test_explain_knows_every_name_it_lists(run: Callable) -> None:
    names = run("explain", "--json").json()
    for name in [*names["metrics"], *names["rules"]]:
        done = run("explain", name)
        assert done.code == 0
        assert name in done.out
        assert "source" in done.out


def test_every_metric_names_a_function_that_is_there(run: Callable) -> None:
    from stridelab.analysis.metrics import METRICS

    for variants in METRICS.values():
        assert sum(variant.default for variant in variants) == 1
        for variant in variants:
            module, _, name = variant.function.rpartition(".")
            assert callable(getattr(importlib.import_module(module), name))


def test_what_is_missing_is_null_in_json() -> None:
    import pandas as pd

    from stridelab.cli.output import plain

    row = {"a": pd.NaT, "b": float("nan"), "c": pd.Timestamp("2026-11-01"), "d": date(2026, 11, 1)}
    assert plain(row) == {"a": None, "b": None, "c": "2026-11-01T00:00:00", "d": "2026-11-01"}


def test_show_lists_the_messages_of_a_file(run: Callable, one_recording: Path) -> None:
    tables = {table["message"]: table for table in run("show", one_recording, "--messages", "--json").json()}
    assert tables["record"]["rows"] > 100
    assert {"name": "heart_rate", "unit": "bpm", "values_each": 1} in tables["record"]["columns"]
    text = run("show", one_recording, "--messages").out
    assert "timestamp [s]" in text
    reference = run("show", one_recording, "--messages", "--engine", "fitparse", "--json").json()
    assert {table["message"]: table["rows"] for table in reference} == {n: t["rows"] for n, t in tables.items()}
    unknown = run("show", one_recording, "--messages", "--engine", "magic")
    assert (unknown.code, unknown.out) == (2, "")
    assert "fitparse" in unknown.err


def test_show_compares_the_engines_and_says_why_they_differ(run: Callable, one_recording: Path, tmp_path: Path) -> None:
    done = run("show", one_recording, "--compare", "--json")
    assert done.code == 0
    assert [one for one in done.json() if not one["reason"]] == []
    assert one_recording.name in run("show", one_recording, "--compare").out
    cut = tmp_path / "cut.fit"
    cut.write_bytes(one_recording.read_bytes()[:-900])
    damaged = run("show", cut, "--compare")
    assert damaged.code == 1
    assert "fitparse stopped" in damaged.out
    (tmp_path / "way.gpx").write_text('<gpx version="1.1"></gpx>')
    other = run("show", tmp_path / "way.gpx", "--messages")
    assert (other.code, other.out) == (2, "")
    assert "GPX" in other.err


@pytest.mark.parametrize(("days_later", "ends"), [(0, None), (28, None), (29, date(2026, 11, 15))])
def test_a_page_of_old_recordings_ends_with_them(season_store: Path, days_later: int, ends: date | None) -> None:
    until = date(2026, 11, 15) + timedelta(days=days_later)
    assert long_ago(Store.open(season_store).history(until=until)) == ends


def test_a_page_ends_on_the_day_asked_for(run: Callable, season_store: Path, tmp_path: Path) -> None:
    done = run("dashboard", "--store", season_store, "--html", tmp_path / "page.html", "--until", "2026-11-08")
    assert done.code == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    assert "8 Nov 2026" in text
