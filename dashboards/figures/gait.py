"""One raw recording: the signal with its contacts, cadence, and contact time of every stride."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from stridelab.analysis.gait import ISSUES, GaitRecording
from stridelab.dashboards.figures import theme
from stridelab.dashboards.figures.series import drawn
from stridelab.dashboards.figures.theme import Chart
from stridelab.dashboards.units import number_text

SIGNAL_S: Final = 300.0
"""So much of the signal is drawn, about the middle of the strides: more is a solid block on any screen."""

SIGNAL_POINTS: Final = 8000
STATE_MARKS: Final = {
    "running": (theme.GREEN, "circle"),
    "walking": (theme.ORANGE, "square"),
    "standing": (theme.GREY, "diamond"),
    "unknown": (theme.GREY, "x"),
}
"""Colour and symbol: a state is known by either."""

CLEAR_MARKS: Final = 150
"""More marks of an event than this would hide the signal, and are drawn smaller."""

LEAST_SPAN: Final = {"yaxis2": 10.0, "yaxis3": 40.0}
"""Steps/min and ms that an axis shows at least, so that noise does not look like a trend."""

NOTE: Final = (
    "The signal is the size of the acceleration in g. Triangles up are initial contacts, triangles down terminal ones; "
    "a stride without a mark was not found, and nothing is filled in. Cadence is of both feet, by windows: circles are "
    "running, squares walking, diamonds standing."
)


def gait_chart(recording: GaitRecording, acceleration_mps2: Any, *, name: str = "recording") -> Chart:
    """Signal with events, cadence and contact time on one time axis.

    Parameters
    ----------
    recording
        From `stridelab.analysis.gait.analyse`.
    acceleration_mps2
        What it was made from.
    name
        For the title.
    """
    size = _size_g(acceleration_mps2)
    time = np.arange(len(size)) / recording.sampling_rate_hz
    strides, windows = recording.strides, recording.windows
    start = strides["initial_contact_s"].to_numpy(dtype=np.float64)
    middle = float(np.median(start)) if len(start) else recording.duration_s / 2
    shown = np.abs(time - middle) <= SIGNAL_S / 2
    title = _title(recording, name)
    if not len(size):
        return Chart("gait", theme.empty_figure(title), title, NOTE, "", _table(recording))

    panels = ["Acceleration", "Cadence", *(["Ground contact time"] if len(start) else [])]
    domains = theme.stacked_panels([1.6, 1.0, 1.0][: len(panels)], gap=0.09)
    layout = theme.panel_layout(
        domains, ["g", "steps/min", "ms"][: len(panels)], x_title="Seconds from the first sample", height=640
    )
    layout["annotations"] = theme.panel_headers(domains, panels)
    layout["showlegend"] = False
    layout["title"] = {"text": title}
    at, values = drawn(time[shown], size[shown], points=SIGNAL_POINTS)
    traces = [
        go.Scatter(
            x=at, y=values, name="acceleration", line={"color": theme.GREY, "width": 1}, hovertemplate="%{y:.1f} g"
        )
    ]
    for column, symbol, colour, label in (
        ("initial_contact_s", "triangle-up", theme.BLUE, "initial contact"),
        ("terminal_contact_s", "triangle-down", theme.RED, "terminal contact"),
    ):
        event = strides[column].to_numpy(dtype=np.float64)
        event = event[np.isfinite(event) & (np.abs(event - middle) <= SIGNAL_S / 2)]
        mark = {"symbol": symbol, "size": 9 if len(event) <= CLEAR_MARKS else 4, "color": colour}
        height = np.interp(event, time, np.nan_to_num(size))
        traces.append(go.Scatter(x=event, y=height, mode="markers", marker=mark, name=label, hovertemplate=label))
    for state, (colour, symbol) in STATE_MARKS.items():
        of = (windows["state"] == state).to_numpy()
        if of.any():
            traces.append(
                go.Scatter(
                    x=windows["time_s"][of],
                    y=windows["cadence_spm"][of],
                    mode="markers",
                    marker={"size": 5, "color": colour, "symbol": symbol},
                    name=state,
                    yaxis="y2",
                    hovertemplate=f"%{{y:.1f}} {state}",
                )
            )
    if len(start):
        at, values = drawn(start, strides["ground_contact_time_ms"].to_numpy(dtype=np.float64))
        traces.append(
            go.Scatter(
                x=at,
                y=values,
                mode="markers",
                marker={"size": 5, "color": theme.PURPLE},
                name="ground contact time",
                yaxis="y3",
                hovertemplate="%{y:.0f} ms",
            )
        )
        at, values = drawn(windows["time_s"].to_numpy(), windows["ground_contact_time_ms"].to_numpy())
        traces.append(
            go.Scatter(
                x=at, y=values, name="median", yaxis="y3", line={"color": theme.BLUE}, hovertemplate="%{y:.0f} ms"
            )
        )
    shown_values = {"yaxis2": windows["cadence_spm"], "yaxis3": strides["ground_contact_time_ms"]}
    for axis, series in shown_values.items():
        if axis in layout and (span := _span(series.to_numpy(dtype=np.float64), LEAST_SPAN[axis])):
            layout[axis]["range"] = span
    return Chart(
        "gait", go.Figure(traces, layout), title, NOTE, _coverage(recording, shown), _table(recording), tuple(panels)
    )


def _span(values: Any, least: float) -> list[float] | None:
    """Where an axis begins and ends that shows these values; None where the values decide."""
    known = values[np.isfinite(values)]
    if not len(known) or np.ptp(known) >= least:
        return None
    middle = float(known.min() + known.max()) / 2
    return [middle - least / 2, middle + least / 2]


def _size_g(acceleration_mps2: Any) -> Any:
    values = np.asarray(acceleration_mps2, dtype=np.float64)
    return np.abs(values) / 9.80665 if values.ndim == 1 else np.linalg.norm(values, axis=1) / 9.80665


def _title(recording: GaitRecording, name: str) -> str:
    said = recording.summary
    parts = [f"{name}, {recording.site}"]
    if np.isfinite(said["cadence_spm"]):
        parts.append(f"{number_text(said['cadence_spm'])} steps/min")
    if np.isfinite(said["ground_contact_time_ms"]):
        parts.append(f"{number_text(said['ground_contact_time_ms'])} ms on the ground")
    return ": ".join([parts[0], ", ".join(parts[1:])]) if len(parts) > 1 else parts[0]


def _coverage(recording: GaitRecording, shown: Any) -> str:
    parts = [ISSUES[key] for key in recording.issues]
    found = recording.contacts
    if found is not None and np.isfinite(found.bias_ms):
        low, high = (number_text(limit) for limit in found.limits_ms)
        parts.append(f"Measured error of contact time with this method: 95 % of strides within {low} to {high} ms.")
    if not shown.all():
        parts.append(f"The signal is drawn for {SIGNAL_S / 60:.0f} minutes only; the other panels hold all of it.")
    return " ".join(parts)


def _table(recording: GaitRecording) -> pd.DataFrame:
    """The strides as text."""
    strides = recording.strides
    return pd.DataFrame(
        {
            "Initial contact, s": [f"{value:.3f}" for value in strides["initial_contact_s"]],
            "Contact, ms": [number_text(value, 0) for value in strides["ground_contact_time_ms"]],
            "Flight, ms": [number_text(value, 0) for value in strides["flight_time_ms"]],
            "Stride, ms": [number_text(value, 0) for value in strides["stride_time_ms"]],
        }
    )
