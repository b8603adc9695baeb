"""The dashboard as a person meets it: opened from disk in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from stridelab.analysis.rules import evaluate
from stridelab.dashboards.report import weekly_report
from stridelab.dashboards.static import write_dashboard
from stridelab.fixtures import simulate, simulate_activities

pytestmark = pytest.mark.browser

ACTIVITY = "[data-activity]:not([hidden])"
CHANNELS = ("Pace", "Heart rate", "Cadence", "Ground contact time", "Elevation")


@pytest.fixture(scope="module")
def page_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    activities = list(simulate_activities("overload", 1))[-6:]
    return write_dashboard(simulate("overload", 1), activities, tmp_path_factory.mktemp("page") / "dashboard.html")


def drawn(chart: Locator, count: int = 1) -> None:
    """Wait until a chart shows at least this many curves (the short lines of the flags are none)."""
    expect(chart.locator("path.js-line").first).to_be_attached()
    lengths = "lines => lines.map(line => line.getAttribute('d').length)"
    curves = [n for n in chart.locator("path.js-line").evaluate_all(lengths) if n > 100]
    assert len(curves) >= count


def becomes(page: Page, script: str, expected: Callable[[Any], bool]) -> None:
    """Wait until a value in the page is as expected; the page's own policy forbids playwright's way of waiting."""
    for _ in range(100):
        if expected(page.evaluate(script)):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{script} stayed {page.evaluate(script)!r}")


def hover(chart: Locator, panel: int, across: float = 0.5) -> str:
    """Move into one panel of a chart; the text of the hover label that appears."""
    ground = chart.locator(".draglayer .nsewdrag").nth(panel)
    ground.evaluate("element => element.scrollIntoView({ block: 'center' })")
    box = ground.bounding_box()
    assert box
    x, y = box["x"] + across * box["width"], box["y"] + 0.5 * box["height"]
    chart.page.mouse.move(x - 5, y)
    chart.page.mouse.move(x, y)
    label = chart.locator(".hoverlayer .legend")
    expect(label).to_be_visible()
    return label.text_content() or ""


def test_the_page_opens_quietly_and_asks_for_nothing(visit: Callable[..., Any], page_path: Path) -> None:
    seen = visit(page_path)
    drawn(seen.page.locator("#figure-fitness"), 3)

    hover(seen.page.locator("#figure-weekly"), 0)

    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith(("data:", "blob:"))] == [page_path.as_uri()]


def test_the_three_charts_hold_data(visit: Callable[..., Any], page_path: Path) -> None:
    page = visit(page_path).page

    drawn(page.locator("#figure-fitness"), 3)
    drawn(page.locator("#figure-weekly"), 2)
    drawn(page.locator(ACTIVITY), 5)
    assert page.locator("#figure-fitness .bars .point").count() > 100
    assert page.locator("#figure-weekly .bars .point").count() > 7 * 20
    assert page.locator("#figure-fitness .scatterlayer .text").count() >= 2  # letters of the flags


def test_one_cursor_reads_all_panels(visit: Callable[..., Any], page_path: Path) -> None:
    page = visit(page_path).page
    chart = page.locator(ACTIVITY)
    drawn(chart, 5)

    for panel in range(len(CHANNELS)):
        said = hover(chart, panel, across=0.3 + 0.1 * panel)
        assert all(name in said for name in CHANNELS), panel
        assert all(unit in said for unit in ("/km", "bpm", "steps/min", "ms", "m")), panel
    plot = chart.locator(".plot").bounding_box()
    assert plot
    # The cursor's line runs through all panels. It is drawn anew with every move, so it may be gone for a moment.
    height = f"document.querySelector('{ACTIVITY} .spikeline')?.getBoundingClientRect().height ?? 0"
    becomes(page, height, lambda shown: shown > 0.75 * plot["height"])


def test_a_day_without_a_flag_is_not_said_to_have_one(visit: Callable[..., Any], page_path: Path) -> None:
    page = visit(page_path).page
    chart = page.locator("#figure-fitness")
    drawn(chart, 3)

    early = hover(chart, 1, across=0.4)

    assert "Fitness (CTL)" in early
    assert "Day" in early
    assert "watch" not in early
    assert "act" not in early.replace("active recovery", "")


def test_choosing_an_activity_changes_the_chart(visit: Callable[..., Any], page_path: Path) -> None:
    page = visit(page_path).page
    drawn(page.locator(ACTIVITY), 5)
    before = page.locator(f"{ACTIVITY} h3").inner_text()
    options = page.locator("#activity-choice option").all_inner_texts()
    wanted = next(text for text in options if text.startswith("Strength"))

    page.get_by_label("Activity", exact=True).select_option(label=wanted)

    drawn(page.locator(ACTIVITY), 1)
    assert page.locator(ACTIVITY).count() == 1
    assert page.locator(f"{ACTIVITY} h3").inner_text() == wanted != before
    width = page.locator(f"{ACTIVITY} .main-svg").first.bounding_box()
    assert width
    assert width["width"] > 800


def test_the_range_buttons_work_from_the_keyboard(visit: Callable[..., Any], page_path: Path) -> None:
    page = visit(page_path).page
    drawn(page.locator("#figure-fitness"), 3)
    shown = "() => document.getElementById('fitness').layout.xaxis.range[0].slice(0, 10)"
    before = page.evaluate(shown)

    button = page.locator("#figure-fitness").get_by_role("button", name="4 weeks")
    button.focus()
    page.keyboard.press("Enter")

    expect(button).to_have_attribute("aria-pressed", "true")
    becomes(page, shown, lambda start: start > before)


def test_no_button_offers_to_send_data_away(visit: Callable[..., Any], page_path: Path) -> None:
    page = visit(page_path).page
    drawn(page.locator("#figure-fitness"), 3)
    page.locator("#fitness").hover()

    titles = [b.get_attribute("data-title") or "" for b in page.locator("#fitness .modebar-btn").all()]

    assert titles
    assert not [t for t in titles if any(word in t.lower() for word in ("share", "cloud", "plotly", "studio"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_needs_no_sideways_scrolling(visit: Callable[..., Any], page_path: Path, scheme: str) -> None:
    page = visit(page_path, width=390, scheme=scheme, touch=True).page
    drawn(page.locator("#figure-fitness"), 3)

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for chart in ("#figure-fitness", "#figure-weekly", ACTIVITY):
        box = page.locator(f"{chart} .main-svg").first.bounding_box()
        assert box
        assert 300 < box["width"] <= 390


def test_a_change_to_dark_repaints_the_charts(visit: Callable[..., Any], page_path: Path) -> None:
    page = visit(page_path).page
    drawn(page.locator("#figure-fitness"), 3)
    ground = "() => document.getElementById('fitness')._fullLayout.paper_bgcolor"
    assert page.evaluate(ground) == "#ffffff"

    page.emulate_media(color_scheme="dark")

    becomes(page, ground, lambda colour: colour == "#161b21")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_weekly_report_opens_quietly(visit: Callable[..., Any], tmp_path: Path, width: int) -> None:
    season = simulate("overload", 1)
    path = tmp_path / "report.html"
    path.write_text(weekly_report(season, evaluate(season)).to_html(), encoding="utf-8")

    seen = visit(path, width=width)

    expect(seen.page.get_by_role("heading", level=1)).to_contain_text("Week 2026-W")
    assert seen.complaints == []
    assert seen.requests == [path.as_uri()]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
