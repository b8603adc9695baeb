"""What holds for every command: help with an example, exit codes, errors in a line or two."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

COMMANDS = [
    ["import"],
    ["show"],
    ["activities"],
    ["days"],
    ["report"],
    ["flags"],
    ["snooze"],
    ["plan"],
    ["physio"],
    ["explain"],
    ["gait"],
    ["dashboard"],
    ["demo"],
    ["edit"],
    ["delete"],
    ["link"],
    ["unlink"],
    ["convert"],
    ["export"],
    ["sql"],
    ["doctor"],
    ["rebuild"],
    ["watch"],
    ["athlete"],
    ["athlete", "show"],
    ["athlete", "set"],
    ["athlete", "list"],
    ["athlete", "delete"],
    ["log"],
    ["log", "add"],
    ["log", "list"],
    ["log", "remove"],
    ["tag"],
    ["tag", "add"],
    ["tag", "list"],
    ["tag", "remove"],
    ["gear"],
    ["gear", "list"],
    ["gear", "add"],
    ["gear", "assign"],
    ["gear", "retire"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_explains_and_gives_an_example(run: Callable, command: list[str]) -> None:
    done = run(*command, "--help")
    assert done.code == 0
    assert re.search(rf"Example: stridelab {' '.join(command)}\b", done.out)


def test_the_list_above_is_complete(run: Callable) -> None:
    listed = re.findall(r"^  (\w+)  ", run("--help").out.split("Commands:")[1], re.MULTILINE)
    assert sorted(listed) == sorted({command[0] for command in COMMANDS})


def test_version_is_that_of_the_package(run: Callable) -> None:
    import stridelab

    assert run("--version").out == f"stridelab {stridelab.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["report", "--no-such-option"],
        ["import"],
        ["import", "no/such/path"],
        ["show", "no/such/file.fit"],
        ["explain", "no_such_metric"],
        ["demo", "--scenario", "none-such"],
        ["athlete", "set", "max_heart_rate_bpm", "900"],
        ["athlete", "set", "max_heart_rate_bpm", "188", "--from", "tomorrow"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_says_why(run: Callable, arguments: list[str], tmp_path: Path) -> None:
    options = ["-o", tmp_path / "demo"] if arguments[0] == "demo" else []
    done = run(*arguments, *options)
    assert done.code == 2
    assert done.out == ""
    assert done.err.strip()


@pytest.mark.parametrize("command", ["activities", "days", "report", "flags", "dashboard", "doctor", "rebuild", "gear"])
def test_a_store_that_is_not_there_is_3_and_stays_so(run: Callable, command: str, tmp_path: Path) -> None:
    options = ["--html", tmp_path / "page.html"] if command == "dashboard" else []
    done = run(command, "--store", tmp_path / "none", *options)
    assert done.code == 3
    assert done.out == ""
    assert "stridelab: " in done.err
    assert list(tmp_path.iterdir()) == []


def test_an_athlete_nobody_knows_is_wrong_usage(run: Callable, season_store: Path) -> None:
    done = run("report", "--store", season_store, "--athlete", "nobody")
    assert done.code == 2
    assert "nobody" in done.err
    assert "me" in done.err


def test_an_unforeseen_failure_is_one_line_and_3(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stridelab.cli.explain.put", _fail)
    done = run("explain")
    assert done.code == 3
    assert "RuntimeError: by accident" in done.err
    assert "--debug" in done.err


def test_debug_shows_where_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    from stridelab.cli.app import main

    monkeypatch.setattr("stridelab.cli.explain.put", _fail)
    with pytest.raises(RuntimeError, match="by accident"):
        main(["--debug", "explain"])


def _fail(*_: object) -> None:
    raise RuntimeError("by accident")


def test_a_reader_that_closes_the_pipe_is_no_failure(season_store: Path, pytestconfig: pytest.Config) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "stridelab", "days", "--csv", "--columns", "all", "--store", str(season_store)]
    done = subprocess.run(
        command, stdout=write_end, stderr=subprocess.PIPE, text=True, cwd=pytestconfig.rootpath, check=False
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, "")


def test_common_options_may_stand_before_the_command(run: Callable, season_store: Path) -> None:
    before = run("--store", season_store, "--json", "activities")
    behind = run("activities", "--json", "--store", season_store)
    assert (before.code, before.out) == (behind.code, behind.out)
    assert before.code == 0
