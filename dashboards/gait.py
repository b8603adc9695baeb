"""A page of raw recordings, readable without a server or a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import plotly.graph_objects as go
import plotly.offline
from markupsafe import Markup

from stridelab.dashboards.figures.theme import Chart
from stridelab.dashboards.page import render

TABLE_ROWS: Final = 2000
"""Longer tables are cut: CSV holds them whole."""


def gait_page(name: str, charts: Sequence[Chart]) -> str:
    """The page as text.

    Parameters
    ----------
    name
        Of the file.
    charts
        From `stridelab.dashboards.figures.gait_chart`, one a sensor.
    """
    shown = [
        replace(chart, key=f"{chart.key}-{i}", table=chart.table.head(TABLE_ROWS)) for i, chart in enumerate(charts)
    ]
    drawn = []
    for chart in shown:
        # The page has the title.
        figure = go.Figure(chart.figure).update_layout(title=None, margin={"t": 34})
        config = {"displaylogo": False, "responsive": True}
        text = figure.to_html(full_html=False, include_plotlyjs=False, div_id=chart.key, config=config)
        drawn.append(Markup(text))
    return render(
        "gait.html.j2",
        name=name,
        charts=list(zip(shown, drawn, strict=True)),
        plotly_js=Markup(plotly.offline.get_plotlyjs()),
    )
