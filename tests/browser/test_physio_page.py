"""The page for a physiotherapist on a screen, on a phone, and on paper: one side of A4 even when it is full."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from stridelab.analysis.history import GEAR_COLUMNS, LOG_COLUMNS
from stridelab.analysis.rules import Coverage, Finding
from stridelab.dashboards.report.physio import physio_summary
from stridelab.fixtures import simulate
from stridelab.fixtures.season import Scenario

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with as much on it as there can be."""
    history = simulate(Scenario("twelve weeks", weeks=13), 1)
    last = history.days.index[-1]
    notes = "after the long run, worse on the stairs in the evening"
    pain = [(last - pd.Timedelta(days=3 * n), "pain", float(n % 8), "knee", "left", None, notes) for n in range(25)]
    shoes = [(f"{n}", "shoes", f"A pair with a long name {n}", pd.NaT, pd.NaT, 1e5 * n) for n in range(7)]
    history = replace(
        history,
        log=pd.DataFrame(pain, columns=list(LOG_COLUMNS)).astype(dict(LOG_COLUMNS)),
        gear=pd.DataFrame(shoes, columns=list(GEAR_COLUMNS)).astype(dict(GEAR_COLUMNS)),
        activities=history.activities.assign(rearfoot_share_pct=70.0, flat_ground_contact_balance_pct=49.0),
    )
    rules = (
        "session_spike",
        "consecutive_training_days",
        "hard_sessions_too_close",
        "short_sleep",
        "load_ramp",
        "form",
    )
    numbers = {"distance_m": 27_841.0, "ratio": 1.4, "longest_30d_m": 19_870.0}
    flags = [
        Finding(rule, last.date(), "raised", "watch", "C", "session_spike", numbers, Coverage(28, 6, 14, 30), "source")
        for rule in rules
    ]
    file = tmp_path_factory.mktemp("physio") / "summary.html"
    file.write_text(physio_summary(history, flags, last.date()).to_html(), encoding="utf-8")
    return file


def test_it_prints_on_one_side_of_a4(visit: Callable[..., Any], page_path: Path) -> None:
    opened = visit(page_path)
    pdf = opened.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[4-6][\d.]* 84[1-3]", pdf)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen_or_from_elsewhere(
    visit: Callable[..., Any], page_path: Path, width: int
) -> None:
    opened = visit(page_path, width=width)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.requests == [page_path.as_uri()]
    assert opened.complaints == []
    # every picture has words for those who cannot see it
    names = opened.page.locator("svg").evaluate_all("all => all.map(svg => svg.getAttribute('aria-label'))")
    assert len(names) >= 4
    assert all(names)
