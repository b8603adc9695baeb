"""`stridelab flags` and `snooze`, and the settings in `stridelab.toml`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import stridelab as sl

Run = Callable[..., Any]
SPIKE = "session_spike"


@pytest.fixture
def store(flagged_store: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    shutil.copytree(flagged_store, tmp_path / "store")
    return tmp_path / "store"


def ids(flags: list[dict[str, Any]]) -> set[str]:
    return {flag["rule_id"] for flag in flags}


def test_a_day_shows_the_reason_the_evidence_and_what_clears_it(run: Run, flagged_store: Path) -> None:
    done = run("flags", "--store", flagged_store, "--on", "2026-11-16")
    assert done.code == 0
    words = " ".join(done.out.split())
    for said in ("longer than the longest run", "Evidence B", "days known", "It expires after", "Source: Frandsen"):
        assert said in words
    data = run("flags", "--store", flagged_store, "--on", "2026-11-16", "--json").json()
    spike = next(flag for flag in data["flags"] if flag["rule_id"] == SPIKE)
    assert spike["numbers"]["ratio"] > 1.1
    assert spike["coverage"]["needed"] == 14
    assert spike["snoozed"] is None


def test_the_past_tells_when_each_flag_was_raised_and_cleared(run: Run, flagged_store: Path) -> None:
    data = run("flags", "--store", flagged_store, "--history", "--json").json()["flags"]
    spike = [flag for flag in data if flag["rule_id"] == SPIKE][-1]
    assert (spike["raised"], spike["cleared"], spike["days"]) == ("2026-11-16", "2026-11-23", 7)
    assert spike["worst"] in ("watch", "act")
    # what was open on a day in between is the same episode
    held = run("flags", "--store", flagged_store, "--on", "2026-11-19", "--json").json()["flags"]
    assert {flag["since"] for flag in held if flag["rule_id"] == SPIKE} == {"2026-11-16"}
    assert "2026-11-23" in run("flags", "--store", flagged_store, "--history").out


def test_cleared_and_silent_rules_are_shown_on_demand(run: Run, flagged_store: Path) -> None:
    assert SPIKE not in ids(run("flags", "--store", flagged_store, "--on", "2026-11-23", "--json").json()["flags"])
    every = run("flags", "--store", flagged_store, "--on", "2026-11-23", "--all", "--json").json()
    assert {flag["state"] for flag in every["flags"] if flag["rule_id"] == SPIKE} == {"cleared"}


def test_a_snoozed_flag_is_shown_with_its_reason_and_wakes(run: Run, store: Path) -> None:
    on = ["--store", store, "--on", "2026-11-17"]
    assert run("snooze", SPIKE, "--days", "3", "--why", "planned, with my coach", *on).code == 0
    flag = next(f for f in run("flags", *on, "--json").json()["flags"] if f["rule_id"] == SPIKE)
    assert flag["snoozed"]["why"] == "planned, with my coach"
    text = run("flags", *on).out
    assert text.index("Snoozed") < text.index("much longer than usual")
    assert "planned, with my coach" in text
    for day in ("2026-11-16", "2026-11-20"):  # the day before it and the day after it
        data = run("flags", "--store", store, "--on", day, "--json").json()
        assert next(f for f in data["flags"] if f["rule_id"] == SPIKE)["snoozed"] is None
    assert [row["until"] for row in run("snooze", "--list", "--store", store, "--json").json()] == ["2026-11-19"]
    assert run("snooze", SPIKE, "--remove", *on).code == 0
    assert run("snooze", "--list", "--store", store, "--json").json() == []
    assert run("snooze", SPIKE, "--remove", *on).code == 2


def test_a_moved_threshold_moves_the_flag_and_is_said(run: Run, store: Path) -> None:
    (store / "stridelab.toml").write_text(f"[rules.{SPIKE}]\nwatch_ratio = 3.5\nsecond_ratio = 3.6\nact_ratio = 4\n")
    data = run("flags", "--store", store, "--on", "2026-11-16", "--json").json()
    assert SPIKE not in ids(data["flags"])
    assert any("watch_ratio is 3.5 by stridelab.toml, instead of 1.1" in note for note in data["settings"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("snooze", "no_such_rule", "--why", "x"),
        ("snooze", SPIKE),
        ("snooze", SPIKE, "--why", " "),
        ("snooze", "see_a_professional", "--why", "x"),
        ("snooze", SPIKE, "--days", "0", "--why", "x"),
        ("snooze", SPIKE, "--days", "999", "--why", "x"),
        ("snooze", SPIKE, "--on", "soon", "--why", "x"),
        ("snooze", "--remove"),
    ],
    ids=" ".join,
)
def test_a_snooze_that_makes_no_sense_changes_nothing(run: Run, store: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, "--store", store)
    assert (done.code, done.out) == (2, "")
    assert sl.Store.open(store).history().snoozes.empty


def test_an_unknown_rule_lists_those_there_are(run: Run, store: Path) -> None:
    assert SPIKE in run("snooze", "no_such_rule", "--why", "x", "--store", store).err


def test_a_rule_that_is_switched_off_is_said_to_be(run: Run, store: Path) -> None:
    (store / "stridelab.toml").write_text(f"[rules.{SPIKE}]\nenabled = false\n")
    data = run("flags", "--store", store, "--on", "2026-11-16", "--json").json()
    assert SPIKE not in ids(data["flags"]) | ids(data["not_evaluated"]) | set(data["quiet"])
    assert any("switched off in stridelab.toml" in note for note in data["settings"])
    for command in (["flags", "--on", "2026-11-16"], ["report", "--week", "2026-W47"]):
        words = " ".join(run(*command, "--store", store).out.split())
        assert "switched off in stridelab.toml" in words
        assert "longer than the longest run" not in words


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[rules.session_spike\n", "no TOML"),
        ("[rulez.session_spike]\n", "rulez"),
        ("rules = 3\n", "[rules]"),
        ("[rules.sesion_spike]\n", "no rule 'sesion_spike'"),
        ("[rules]\nsession_spike = 3\n", "[rules.session_spike]"),
        ("[rules.session_spike]\nenabled = 'no'\n", "[rules.session_spike]: enabled = 'no'"),
        ("[rules.session_spike]\nwatch_ratio = true\n", "watch_ratio = True"),
        ("[rules.session_spike]\nno_such_threshold = 1\n", "no threshold 'no_such_threshold'"),
        (b"\xff\xfe", "no TOML"),
    ],
    ids=str,
)
def test_settings_that_make_no_sense_name_file_and_key(run: Run, store: Path, text: str | bytes, names: str) -> None:
    file = store / "stridelab.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = run("flags", "--store", store)
    assert (done.code, done.out) == (2, "")
    assert str(file) in done.err
    assert names in done.err


def test_settings_may_lie_there_before_the_store(tmp_path: Path, recordings: Path) -> None:
    (tmp_path / "stridelab.toml").write_text("[rules.session_spike]\nenabled = false\n")
    store = sl.Store.open(tmp_path)
    assert store.history().settings == {"rules": {SPIKE: {"enabled": False}}}
    assert sl.Store.open(tmp_path / "stridelab.toml").path == store.path
