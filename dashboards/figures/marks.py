"""Laps and pauses of an activity, drawn through all of its panels.

Every function takes ``zero_s``, the moment (seconds since the epoch) at which the chart's clock reads zero.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from stridelab.activity import Activity
from stridelab.dashboards.figures import theme
from stridelab.samples import seconds

MAX_LAP_LABELS: Final = 24


def _ms(moments: pd.Series, zero_s: float) -> list[int]:
    """Milliseconds on the chart's clock."""
    return [int(v) for v in np.rint((seconds(pd.DatetimeIndex(moments)) - zero_s) * 1000)]


def _inner_laps(activity: Activity) -> pd.Series:
    """Starts of all laps but the first."""
    starts = activity.laps["start_time"].dropna()
    return starts[starts > pd.Timestamp(activity.start_time) + timedelta(seconds=1)]


def lap_lines(activity: Activity, zero_s: float) -> list[dict[str, Any]]:
    """A dotted line through all panels at the start of every lap but the first."""
    line = {"width": 1, "dash": "dot"}
    return [
        {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line, "layer": "below"}
        for x in _ms(_inner_laps(activity), zero_s)
    ]


def lap_numbers(activity: Activity, zero_s: float) -> list[dict[str, Any]]:
    """Number of each lap at the top of its line; left out where it would run into the one before."""
    duration_ms = 1000 * float(np.nan_to_num(activity.elapsed_time_s))
    labels: list[dict[str, Any]] = []
    for number, x in enumerate(_ms(_inner_laps(activity), zero_s), start=2):
        if labels and x - labels[-1]["x"] < duration_ms / MAX_LAP_LABELS:
            continue
        labels.append(
            {
                "text": str(number),
                "x": x,
                "y": 1,
                "yref": "paper",
                "xanchor": "left",
                "yanchor": "top",
                "showarrow": False,
                "font": {"size": 10},
            }
        )
    return labels


def pause_bands(activity: Activity, zero_s: float) -> list[dict[str, Any]]:
    """A grey band through all panels for every pause."""
    if activity.pauses.empty:
        return []
    fill = theme.faded(theme.GREY, 0.22)
    spans = zip(_ms(activity.pauses["start"], zero_s), _ms(activity.pauses["end"], zero_s), strict=True)
    return [
        {
            "type": "rect",
            "x0": begin,
            "x1": end,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "fillcolor": fill,
            "line": {"width": 0},
            "layer": "below",
        }
        for begin, end in spans
    ]
