from __future__ import annotations

import re
from itertools import pairwise

import pytest

from stridelab.dashboards.figures import theme
from stridelab.dashboards.page import resource

COLOURS = sorted(
    {theme.BLUE, theme.ORANGE, theme.GREEN, theme.PURPLE, theme.RED, theme.GREY, *theme.ZONE_COLOURS}
    | {colour for colour, _ in theme.FAMILY_STYLES.values()}
)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_stands_out_on_both_grounds(colour: str, scheme: str) -> None:
    assert contrast(colour, theme.GROUNDS[scheme]) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_charts_is_readable(scheme: str) -> None:
    layout = theme.template(scheme).layout
    for colour in (layout.font.color, layout.xaxis.tickfont.color, layout.yaxis.title.font.color):
        assert contrast(colour, theme.GROUNDS[scheme]) >= 4.5


def test_neighbouring_zones_and_all_sports_differ_without_colour() -> None:
    patterns = theme.ZONE_PATTERNS
    assert all(one != other for one, other in pairwise(patterns))
    shapes = [pattern for _, pattern in theme.FAMILY_STYLES.values()]
    assert len(set(shapes)) == len(shapes)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_the_page_is_readable(scheme: str) -> None:
    styles = resource("base.css")
    dark_from = styles.index("prefers-color-scheme: dark")
    part = styles[:dark_from] if scheme == "light" else styles[dark_from:]
    colours = dict(reversed(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part)))

    pairs = [("text", ground) for ground in ("page", "card", "watch-ground", "act-ground", "info-ground")]
    pairs += [("muted", ground) for ground in ("page", "card", "watch-ground", "act-ground", "info-ground")]
    pairs += [
        ("watch", "watch-ground"),
        ("act", "act-ground"),
        ("info", "info-ground"),
        ("accent", "card"),
        ("card", "accent"),
    ]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert colours["card"] == theme.GROUNDS[scheme]
