"""`stridelab plan`, `explain RULE` and `physio`, on a store with one run that is much too long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
WEEK = ("--from", "2026-11-16")


def test_a_week_names_its_ranges_and_what_binds_them(run: Run, flagged_store: Path) -> None:
    plan = run("plan", "--store", flagged_store, *WEEK, "--json").json()
    monday = plan["longest_run_m"][0]
    assert (monday["day"], plan["last"]) == ("2026-11-16", "2026-11-22")
    assert monday["up_to"] > 5000
    assert monday["binding"]["rule_id"] == "session_spike"
    assert plan["rest_by"]["evaluated"]
    assert plan["assumptions"]
    # what a run beyond the limit would raise is the same question
    beyond = f"{monday['up_to'] / 1000 + 0.2:.1f}km@6:00"
    asked = run("plan", "--store", flagged_store, *WEEK, "--run", beyond, "--json").json()
    assert "session_spike" in {item["rule_id"] for item in asked["would_raise"]}


def test_a_planned_run_says_what_it_would_raise(run: Run, flagged_store: Path) -> None:
    done = run("plan", "--store", flagged_store, *WEEK, "--run", "18mi@9:30", "--on", "2026-11-18", "--units", "mi")
    assert done.code == 0
    words = " ".join(done.out.split())
    assert words.startswith("18.0 mi at 9:30 /mi on Wed 18 Nov 2026")
    assert "Would raise" in words
    assert "Session much longer than usual" in words
    assert "no injury" in words
    small = run("plan", "--store", flagged_store, *WEEK, "--run", "3km")
    assert "No flag would be raised or kept open" in small.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--run", "far"),
        ("--run", "18km@0:10"),
        ("--run", "0km@5:00"),
        ("--run", "18km@5:30", "--on", "2026-12-24"),
        ("--on", "2026-11-18"),
        ("--from", "soon"),
    ],
    ids=" ".join,
)
def test_a_plan_that_makes_no_sense_is_refused(run: Run, flagged_store: Path, arguments: tuple[str, ...]) -> None:
    given = arguments if "--from" in arguments else (*WEEK, *arguments)
    done = run("plan", "--store", flagged_store, *given)
    assert (done.code, done.out) == (2, "")


def test_a_rule_is_explained_with_the_athletes_numbers(run: Run, flagged_store: Path) -> None:
    done = run("explain", "session_spike", "--store", flagged_store, "--on", "2026-11-16")
    words = " ".join(done.out.split())
    for said in ("Evidence B", "Thresholds", "watch_ratio 1.1", "[rules.session_spike]", "enabled = false", "expires"):
        assert said in words
    assert "much longer than usual" in words.lower()
    last = done.out.splitlines()[-1]  # the week of the long run: open on its last day, and a bar beyond the limit
    assert last.split()[2][-1] in "▲◆"
    assert "█|█" in last
    data = run("explain", "session_spike", "--store", flagged_store, "--on", "2026-11-16", "--json").json()
    assert data["numbers"][0]["ratio"] > 1.1
    assert {one["name"] for one in data["thresholds"]} >= {"watch_ratio", "act_ratio"}


def test_a_rule_is_explained_without_a_store(run: Run, tmp_path: Path) -> None:
    done = run("explain", "short_sleep", "--store", tmp_path / "none")
    assert done.code == 0
    assert "Thresholds" in done.out
    assert "Your numbers" not in done.out
    assert "Without your numbers" in done.err


def test_physio_is_a_page_or_markdown(run: Run, flagged_store: Path, tmp_path: Path) -> None:
    on = ("--store", flagged_store, "--on", "2026-11-16")
    text = run("physio", *on).out
    assert text.startswith("# Twelve weeks of running")
    assert "Pain: no entry in the log" in text
    page = tmp_path / "summary.html"
    assert run("physio", *on, "-o", page).code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run("physio", "--store", flagged_store, "--on", "1999-01-01").code == 2
