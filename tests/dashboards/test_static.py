from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from stridelab.activity import Activity
from stridelab.analysis.history import History
from stridelab.athlete import Athlete
from stridelab.dashboards.static import MAX_ACTIVITIES, dashboard_page, write_dashboard
from stridelab.errors import UsageError


class Outline(HTMLParser):
    """Elements with their attributes, and the text outside scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._silent = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def outline(page: str) -> Outline:
    parser = Outline()
    parser.feed(page)
    return parser


def embedded(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="figures">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


@pytest.fixture(scope="module")
def page(season: History, season_activities: list[Activity]) -> str:
    return dashboard_page(season, season_activities)


def test_the_page_holds_three_kinds_of_charts_and_plotly_once(page: str, season_activities: list[Activity]) -> None:
    figures = embedded(page)["figures"]

    assert {"fitness", "weekly"} < set(figures)
    assert len(figures) == 2 + len(season_activities)
    assert page.count("plotly.js v") == 1
    assert len(page) < 8_000_000


def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    parts = outline(page)

    for tag in ("link", "img", "iframe", "object"):
        assert not parts.all(tag)
    assert all("src" not in attributes for attributes in parts.all("script"))
    policy = next(m["content"] for m in parts.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_flags_and_their_grounds_are_told(page: str) -> None:
    text = re.sub(r"\s+", " ", outline(page).text)

    for words in (
        "Flags of the last 4 weeks",
        "Session much longer than usual",
        "Training without a rest day",
        "not your personal risk",
        "Evidence B",
        "Frandsen",
        "Maximal heart rate 187 bpm: given by you",
        "assumed from the gaps between recordings",
    ):
        assert words in text


def test_not_evaluated_is_listed_apart(make_history: Callable[..., History]) -> None:
    history = make_history([(0, "run", 8, 48, 140), (2, "run", 12, 72, 140)])

    text = re.sub(r"\s+", " ", outline(dashboard_page(history, [])).text)

    assert text.index("No rule raised a flag") < text.index("Not evaluated") < text.index("too few to compare with")


def test_the_page_can_be_read_without_seeing_it(page: str) -> None:
    parts = outline(page)

    assert [len(parts.all(tag)) for tag in ("main", "header", "footer", "h1")] == [1, 1, 1, 1]
    assert parts.all("html")[0]["lang"] == "en"
    plots = [attributes for attributes in parts.all("div") if attributes.get("class") == "plot"]
    assert plots
    assert all(plot["role"] == "group" and len(plot["aria-label"] or "") > 30 for plot in plots)
    assert len(parts.all("details")) == len(plots) == len(parts.all("table"))
    ids = [attributes["id"] for _, attributes in parts.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_same_input_gives_the_same_bytes(
    season: History, season_activities: list[Activity], tmp_path: Path
) -> None:
    one = write_dashboard(season, season_activities, tmp_path / "one.html").read_bytes()
    two = write_dashboard(season, list(reversed(season_activities)), tmp_path / "deep" / "two.html").read_bytes()

    assert one == two


def test_what_comes_from_files_is_never_markup(
    make_activity: Callable[..., Activity], make_history: Callable[..., History]
) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    history = make_history([(0, "run", 8, 48, 140)], key=evil)

    page = dashboard_page(history, [make_activity(title=evil)])

    parts = outline(page)
    assert not parts.all("img")
    assert len(parts.all("script")) == 3
    assert "<script>alert" not in page
    assert evil in parts.text


def test_only_the_latest_activities_are_embedded(
    make_activity: Callable[..., Activity], make_history: Callable[..., History]
) -> None:
    start = datetime(2026, 10, 1, 7, tzinfo=UTC)
    many = [make_activity(title=f"Run {n}", start=start + timedelta(days=n)) for n in range(MAX_ACTIVITIES + 3)]

    parts = outline(dashboard_page(make_history([(0, "run", 8, 48, 140)]), many))

    assert len(parts.all("option")) == MAX_ACTIVITIES
    assert f"The {MAX_ACTIVITIES} latest of {MAX_ACTIVITIES + 3} activities" in parts.text
    assert "Run 14," in parts.text
    assert "Run 2," not in parts.text


def test_one_activity_needs_no_chooser(make_activity: Callable[..., Activity], two_weeks: History) -> None:
    assert not outline(dashboard_page(two_weeks, [make_activity()])).all("select")


def test_an_empty_history_has_a_page() -> None:
    text = outline(dashboard_page(History(Athlete("me")), [])).text

    assert "nothing here yet" in text
    assert "stridelab import" in text


def test_a_folder_as_target_is_a_usage_error(two_weeks: History, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_dashboard(two_weeks, [], tmp_path)


def test_miles(two_weeks: History) -> None:
    assert "24.9 mi" in outline(dashboard_page(two_weeks, [], units="mi")).text
