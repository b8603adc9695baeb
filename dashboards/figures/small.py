"""Small charts as SVG, drawn for paper: values are written beside the marks, and nothing depends on colour.

A page of twelve numbers needs no script of five megabytes; it has to print on any machine, years from now.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from markupsafe import Markup, escape

from stridelab.dashboards.units import number_text

WIDTH: Final = 360
HEIGHT: Final = 118
_LEFT, _RIGHT, _TOP, _BOTTOM = 4.0, 4.0, 16.0, 18.0
SPARKS: Final = "▁▂▃▄▅▆▇█"
LEAST_SPREAD: Final = 0.04


def bars(
    values: Sequence[float],
    labels: Sequence[str],
    *,
    alt: str,
    decimals: int = 0,
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
    partial: Sequence[bool] | None = None,
    reference: float = math.nan,
) -> Markup:
    """A bar a value, its number above it.

    Parameters
    ----------
    values
        Shape ``(n,)``; NaN is drawn as a question mark, not as nothing.
    labels
        Under the bars; empty ones are left out.
    alt
        What a screen reader says instead.
    decimals
        Of the numbers.
    low, high
        Ends of a band around each value, drawn as a whisker.
    partial
        Values of which something is missing: hatched, with a cross.
    reference
        A value to draw a dashed line at.
    """
    tops = [v for v in (*values, *(high or ()), reference) if math.isfinite(v)]
    top = max(tops, default=0.0) or 1.0
    step = (WIDTH - _LEFT - _RIGHT) / max(len(values), 1)
    room = HEIGHT - _TOP - _BOTTOM
    base = HEIGHT - _BOTTOM

    def y(value: float) -> float:
        return base - room * max(value, 0.0) / top

    parts = [_line(_LEFT, base, WIDTH - _RIGHT, base, "axis")]
    if math.isfinite(reference):
        parts.append(_line(_LEFT, y(reference), WIDTH - _RIGHT, y(reference), "reference"))
    for i, value in enumerate(values):
        left, middle = _LEFT + (i + 0.14) * step, _LEFT + (i + 0.5) * step
        if labels[i]:
            parts.append(_text(middle, HEIGHT - 5, labels[i], "label"))
        if not math.isfinite(value):
            parts.append(_text(middle, base - 4, "?", "value"))
            continue
        missing = partial is not None and partial[i]
        height = base - y(value)
        parts.append(
            f'<rect class="{"mark partial" if missing else "mark"}" x="{left:.1f}" y="{y(value):.1f}" '
            f'width="{0.72 * step:.1f}" height="{max(height, 0.6):.1f}"/>'
        )
        over = y(value)
        if low is not None and high is not None and math.isfinite(low[i]) and math.isfinite(high[i]):
            parts.append(_line(middle, y(low[i]), middle, y(high[i]), "whisker"))
            over = min(over, y(high[i]))
        parts.append(_text(middle, over - 3, number_text(value, decimals) + ("×" if missing else ""), "value"))
    return _svg(parts, alt)


def dots(points: Sequence[tuple[float, float, str]], labels: Sequence[str], *, alt: str, top: float) -> Markup:
    """Values at their times, on a scale from 0 to a fixed top.

    Parameters
    ----------
    points
        Place on the axis from 0 to 1, value, and what is written at it.
    labels
        Evenly under the axis.
    alt
        What a screen reader says instead.
    top
        Highest value of the scale.
    """
    base, room = HEIGHT - _BOTTOM, HEIGHT - _TOP - _BOTTOM
    span = WIDTH - _LEFT - _RIGHT - 30
    left = _LEFT + 18
    parts = []
    for tick in (0.0, top / 2, top):
        y = base - room * tick / top
        parts += [_line(left, y, WIDTH - _RIGHT, y, "grid"), _text(left - 4, y + 3, f"{tick:g}", "tick")]
    step = (span + 12) / max(len(labels), 1)
    parts += [_text(left + (i + 0.5) * step, HEIGHT - 5, label, "label") for i, label in enumerate(labels) if label]
    for place, value, said in points:
        x, y = left + 4 + span * place, base - room * value / top
        parts += [_line(x, base, x, y, "stem"), f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>']
        if said:
            parts.append(_text(x, y - 5, said, "value"))
    return _svg(parts, alt)


def sparkline(values: Sequence[float], *, alt: str) -> Markup:
    """A line without axes; it breaks where nothing is known, and is flat where hardly anything changes."""
    step = 92 / max(len(values) - 1, 1)
    points = [(4 + i * step, 18 - 14 * height) for i, height in enumerate(_heights(values))]
    parts = []
    for (x0, y0), (x1, y1) in pairwise(points):
        if math.isfinite(y0) and math.isfinite(y1):
            parts.append(_line(x0, y0, x1, y1, "spark"))
    parts += [f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="1.8"/>' for x, y in points if math.isfinite(y)]
    body = "".join(parts)
    return Markup(f'<svg class="sparkline" viewBox="0 0 100 22" role="img" aria-label="{escape(alt)}">{body}</svg>')


def spark_text(values: Sequence[float]) -> str:
    """The same as text; a dot where nothing is known.

    Examples
    --------
    >>> spark_text([0, 5, float("nan"), 10])
    '▁▅·█'
    """
    return "".join(SPARKS[round(height * 7)] if math.isfinite(height) else "·" for height in _heights(values))


def _heights(values: Sequence[float]) -> list[float]:
    """From 0 to 1; a spread below `LEAST_SPREAD` of the values is not blown up to the full height."""
    known = [v for v in values if math.isfinite(v)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    span = max(high - low, LEAST_SPREAD * max(abs(low), abs(high))) or 1.0
    middle = (low + high) / 2
    return [0.5 + (v - middle) / span if math.isfinite(v) else math.nan for v in values]


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _svg(parts: Sequence[str], alt: str) -> Markup:
    hatch = (
        '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line class="hatch" x1="0" y1="0" x2="0" y2="5"/></pattern></defs>'
    )
    body = "".join(parts)
    view = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    return Markup(f'<svg class="chart" {view} role="img" aria-label="{escape(alt)}">{hatch}{body}</svg>')
