"""The look of every chart: one template in a light and a dark version, and a palette that survives both.

Colours are those of Okabe & Ito (2008, "Color Universal Design") as far as they stand out against white and against the
dark ground alike (contrast of at least 3 : 1, WCAG 2.2 success criterion 1.4.11). No chart needs its colours: lines
differ in dash, bars in pattern, markers in shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

BLUE: Final = "#2f7fc1"
ORANGE: Final = "#cf6a12"
GREEN: Final = "#009e73"
PURPLE: Final = "#b5679a"
RED: Final = "#d55e00"
GREY: Final = "#7d8791"

ZONE_COLOURS: Final = ("#8b95a1", "#3f86c4", "#0f9b77", "#c07f10", "#d2500f")
ZONE_PATTERNS: Final = ("", "/", ".", "x", "")
"""Zones 1 to 5 by heart rate; neighbours differ in pattern as well as in colour."""

FAMILY_STYLES: Final[dict[str, tuple[str, str]]] = {
    "run": (BLUE, ""),
    "walk": (GREEN, "/"),
    "bike": (ORANGE, "x"),
    "swim": (PURPLE, "\\"),
    "strength": (GREY, "."),
    "machine": ("#6f6fc4", "-"),
    "other": ("#9a7b4f", "|"),
}

FONT: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", Arial, sans-serif'
GROUNDS: Final = {"light": "#ffffff", "dark": "#161b21"}
"""The ground a chart stands on; the page uses the same two."""


@dataclass(frozen=True)
class RangeChoice:
    """A button that shows a part of a chart: its label and the layout it sets, y ranges fitted to what is in view."""

    label: str
    update: dict[str, Any]
    initial: bool = False


@dataclass(frozen=True, eq=False)
class Chart:
    """A figure with the words that belong to it.

    Parameters
    ----------
    key
        Short name, also the id of its element on a page.
    figure
        The plotly figure, title included.
    title
        What the chart shows, as a statement with its numbers.
    note
        How to read it, in plain words: model, variant, source.
    coverage
        What is unknown, missing or assumed in it; empty where nothing is.
    table
        The numbers behind it as text, one row each, for those who cannot see or do not want the picture.
    labels
        Short names of the figure's panels, from top to bottom.
    ranges
        Parts of it that a reader may want to see; empty where there is only the whole.
    """

    key: str
    figure: go.Figure
    title: str
    note: str
    coverage: str
    table: pd.DataFrame
    labels: tuple[str, ...] = ()
    ranges: tuple[RangeChoice, ...] = ()


def template(scheme: str = "light") -> go.layout.Template:
    """The plotly template of a colour scheme, ``light`` or ``dark``."""
    dark = scheme == "dark"
    text, muted = ("#e6eaee", "#aeb8c2") if dark else ("#1d2730", "#55606b")
    grid, zero = ("#2c343d", "#66717c") if dark else ("#e4e8ec", "#98a2ac")
    axis: dict[str, Any] = {
        "gridcolor": grid,
        "zeroline": False,
        "zerolinecolor": zero,
        "linecolor": zero,
        "tickcolor": zero,
        "tickfont": {"color": muted, "size": 12},
        "title": {"font": {"color": muted, "size": 12}, "standoff": 8},
        "automargin": True,
    }
    spike = {"spikecolor": muted, "spikethickness": 1, "spikedash": "solid"}
    layout = go.Layout(
        font={"family": FONT, "size": 13, "color": text},
        title={"font": {"size": 17}, "x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 12}},
        paper_bgcolor=GROUNDS[scheme],
        plot_bgcolor=GROUNDS[scheme],
        colorway=[BLUE, ORANGE, GREEN, PURPLE, GREY],
        xaxis={**axis, **spike, "showgrid": False},
        yaxis=axis,
        # Below the chart: above it are the panels' names, and on a phone the legend takes several lines.
        legend={"orientation": "h", "x": 0, "y": 0, "yref": "container", "yanchor": "bottom", "font": {"size": 12}},
        hoverlabel={
            "bgcolor": "#222a32" if dark else "#ffffff",
            "bordercolor": zero,
            "font": {"family": FONT, "size": 12, "color": text},
            "align": "left",
        },
        annotationdefaults={"font": {"color": text, "size": 12}, "arrowcolor": muted},
        shapedefaults={"line": {"color": zero, "width": 1}},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": muted, "activecolor": text},
    )
    return go.layout.Template(layout=layout)


def stacked_panels(weights: list[float], *, gap: float = 0.05) -> list[list[float]]:
    """Vertical domains of panels from top to bottom, with heights in these proportions.

    All panels hang on ONE x axis, which makes one cursor run through all of them.

    Examples
    --------
    >>> stacked_panels([1, 1], gap=0.2)
    [[0.6, 1.0], [0.0, 0.4]]
    """
    room = (1 - gap * (len(weights) - 1)) / sum(weights)
    domains, top = [], 1.0
    for weight in weights:
        bottom = top - weight * room
        domains.append([round(max(bottom, 0.0), 4), round(top, 4)])
        top = bottom - gap
    return domains


def axis_name(panel: int) -> str:
    """Name of the y axis of a panel (0 is the top) as traces refer to it: ``y``, ``y2``, …."""
    return "y" if panel == 0 else f"y{panel + 1}"


def layout_name(panel: int) -> str:
    """The same axis as the layout refers to it: ``yaxis``, ``yaxis2``, …."""
    return "yaxis" if panel == 0 else f"yaxis{panel + 1}"


def panel_layout(domains: list[list[float]], titles: list[str], *, x_title: str, height: int) -> dict[str, Any]:
    """Layout of panels that share one x axis, one cursor and one hover label."""
    layout: dict[str, Any] = {
        "template": template(),
        "height": height,
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "hoverdistance": -1,
        "margin": {"l": 8, "r": 16, "t": 64, "b": 8},
        "xaxis": {
            "anchor": axis_name(len(domains) - 1),
            "showspikes": True,
            "spikemode": "across",
            "spikesnap": "cursor",
            "title": {"text": x_title},
        },
    }
    for panel, (domain, title) in enumerate(zip(domains, titles, strict=True)):
        layout[layout_name(panel)] = {"domain": domain, "anchor": "x", "title": {"text": title}, "nticks": 5}
    return layout


def faded(colour: str, opacity: float) -> str:
    """A ``#rrggbb`` colour as ``rgba`` with an opacity.

    Examples
    --------
    >>> faded("#2f7fc1", 0.5)
    'rgba(47,127,193,0.5)'
    """
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def pattern(shape: str | list[str]) -> dict[str, Any]:
    """A bar's pattern, drawn in white over its colour."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.75)", "size": 7, "solidity": 0.22}


def panel_headers(domains: list[list[float]], texts: list[str]) -> list[dict[str, Any]]:
    """A name above each panel, at its left edge; text may hold ``<b>`` and entities."""
    return [
        {
            "text": f"<b>{text}</b>" if "<b>" not in text else text,
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": domain[1],
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 2,
            "showarrow": False,
            "align": "left",
        }
        for domain, text in zip(domains, texts, strict=True)
        if text
    ]


def empty_figure(title: str) -> go.Figure:
    """A figure that says there is nothing to show yet."""
    figure = go.Figure(layout={"template": template(), "height": 160, "title": {"text": title}})
    figure.add_annotation(text="Nothing to show yet", showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper")
    return figure.update_layout(xaxis_visible=False, yaxis_visible=False)
