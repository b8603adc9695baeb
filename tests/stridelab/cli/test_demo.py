"""`stridelab demo`: a season, its report with the flags that the overload must raise, and a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_the_demo_ends_in_a_page_and_can_be_repeated(run: Callable, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = run("demo", "-o", folder)
    assert first.code == 0
    page = Path(first.out.splitlines()[-1])
    assert page == (folder / "dashboard.html").resolve()
    assert "Session much longer than usual" in first.out
    assert "Training without a rest day" in first.out
    content = page.read_bytes()

    second = run("demo", "-o", folder)
    assert second.code == 0
    assert "0 activities new" in second.out
    assert page.read_bytes() == content

    other = run("demo", "-o", folder, "--seed", "2")
    assert other.code == 2
    assert "another season" in other.err


def test_the_normal_season_raises_no_flag_in_its_last_week(run: Callable, tmp_path: Path) -> None:
    done = run("demo", "-o", tmp_path / "demo", "--scenario", "normal")
    assert done.code == 0
    assert "No rule raised a flag in this week." in done.out
