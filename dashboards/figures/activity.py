"""One activity: pace, heart rate, cadence, ground contact time and elevation under one shared cursor."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from stridelab.activity import Activity
from stridelab.analysis.session import MOVING_SPEED_MPS, session_row
from stridelab.channels import CHANNELS
from stridelab.dashboards.figures import theme
from stridelab.dashboards.figures.marks import lap_lines, lap_numbers, pause_bands
from stridelab.dashboards.figures.series import POINTS, drawn
from stridelab.dashboards.figures.theme import Chart
from stridelab.dashboards.report import wording
from stridelab.dashboards.units import (
    METRES_PER,
    METRES_PER_FOOT,
    SPEED_UNITS,
    clock_text,
    date_text,
    distance_text,
    number_text,
    pace_text,
    speed_text,
)
from stridelab.localtime import local_date
from stridelab.samples import paused_before_s, seconds
from stridelab.sports import counts_steps

FloatArray = npt.NDArray[np.float64]
Clock = Literal["elapsed", "local"]

DAY_S: Final = 86_400
TICK_FORMATS: Final = (
    {"dtickrange": [None, 59_999], "value": "%-H:%M:%S"},
    {"dtickrange": [60_000, None], "value": "%-H:%M"},
)
CURSOR_NOTE: Final = "The line under the cursor runs through all panels, so one moment is read in all of them."
PACE_NOTE: Final = "Pace is drawn with fast at the top{standing}."
STANDING: Final = f"; standing (below {MOVING_SPEED_MPS} m/s) is left out"
OUTLIER_NOTE: Final = "Each scale fits nearly all values: those of standing still may leave the panel."
GAPS_NOTE: Final = "Breaks in a line are pauses (shaded) or moments without a value; nothing is filled in."
LAPS_NOTE: Final = "Dotted lines are the starts of laps."
POINTS_NOTE: Final = "A panel draws about {points:,} of {samples:,} samples, chosen so that peaks stay."


@dataclass(frozen=True)
class Panel:
    """One panel: a channel, how it is shown, and the numbers beside its name."""

    column: str
    name: str
    unit: str
    colour: str
    series: FloatArray
    hover: str
    said: str
    is_pace: bool = False

    @property
    def drawable(self) -> bool:
        """Whether there is anything to draw."""
        return bool(np.isfinite(self.series).any())


def activity_chart(activity: Activity, *, units: str = "km", clock: Clock = "elapsed", points: int = POINTS) -> Chart:
    """Stacked panels of one activity on one time axis.

    Parameters
    ----------
    activity
        Any activity; channels it does not hold are left out and named in ``Chart.coverage``.
    units
        ``km`` or ``mi``.
    clock
        ``elapsed`` counts from the start, pauses included; ``local`` is the time of day. A recording of a day or more
        always shows the local time.
    points
        Points a panel at most, see `stridelab.dashboards.figures.series.drawn`.
    """
    title = _title(activity, units)
    panels, missing = _panels(activity, units)
    note = _note(activity, panels, points)
    if not panels:
        coverage = "This recording holds no series to draw."
        return Chart(
            f"activity-{activity.id}",
            theme.empty_figure(html.escape(title)),
            title,
            note,
            coverage,
            _laps(activity, units),
        )
    time_s = seconds(pd.DatetimeIndex(activity.records.index))
    start_s = activity.start_time.timestamp()
    if clock == "elapsed" and time_s[-1] - start_s >= DAY_S:
        clock = "local"
    # Plotly's date axes take milliseconds since 1970; "elapsed" is a clock that starts at midnight of 2 January 1970,
    # because plotly takes the numbers 1000 to 9999 for years. Times of one day fit 32 bits, which halves the page.
    zero_s = start_s - DAY_S if clock == "elapsed" else -float(activity.utc_offset_s or 0)
    moment = np.int32 if clock == "elapsed" else np.float64

    paused = _inside_pauses(time_s, activity.pauses)
    domains = theme.stacked_panels([1.0] * len(panels), gap=0.28 / len(panels) if len(panels) > 1 else 0)
    traces, layout = (
        [],
        theme.panel_layout(
            domains,
            [panel.unit for panel in panels],
            x_title="Time since the start, h:min" if clock == "elapsed" else _local_name(activity),
            height=110 + 130 * len(panels),
        ),
    )
    for place, panel in enumerate(panels):
        at, values = drawn(time_s - zero_s, np.where(paused, np.nan, panel.series), points=points)
        traces.append(_trace(panel, np.rint(1000 * at).astype(moment), values, theme.axis_name(place)))
        layout[theme.layout_name(place)] |= _y_axis(panel)
    headers = [f"<b>{panel.name}</b>  {panel.said}" for panel in panels]
    layout["annotations"] = theme.panel_headers(domains, headers) + lap_numbers(activity, zero_s)
    layout["shapes"] = lap_lines(activity, zero_s) + pause_bands(activity, zero_s)
    layout["xaxis"] |= {"type": "date", "hoverformat": "%-H:%M:%S", "nticks": 9, "tickformatstops": TICK_FORMATS}
    layout["showlegend"] = False
    layout["title"] = {"text": html.escape(title, quote=False)}
    return Chart(
        f"activity-{activity.id}",
        go.Figure(traces, layout),
        title,
        note,
        _coverage(activity, missing),
        _laps(activity, units),
        labels=tuple(panel.name for panel in panels),
    )


def _note(activity: Activity, panels: list[Panel], points: int) -> str:
    """How to read this chart: only what it shows."""
    samples, steps = len(activity.records), counts_steps(activity.family)
    said = {
        CURSOR_NOTE: len(panels) > 1,
        PACE_NOTE.format(standing=STANDING if steps else ""): any(panel.is_pace for panel in panels),
        OUTLIER_NOTE: steps and any(panel.column in ("cadence_spm", "ground_contact_time_ms") for panel in panels),
        GAPS_NOTE: bool(panels),
        LAPS_NOTE: len(activity.laps) > 1,
        POINTS_NOTE.format(points=points, samples=samples): samples > points,
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)


def _panels(activity: Activity, units: str) -> tuple[list[Panel], list[str]]:
    """The panels that have data, top to bottom, and the names of those that this sport should have and lacks."""
    row = session_row(activity)
    steps = counts_steps(activity.family)
    wheels = activity.family in ("bike", "machine")
    speed = _speed_panel(activity, units, row["average_speed_mps"])
    rate = _plain(activity, "heart_rate_bpm", "Heart rate", theme.RED, row["average_heart_rate_bpm"])
    if rate.drawable:
        rate = replace(rate, said=f"{rate.said}, highest {number_text(float(np.nanmax(rate.series)))}")
    cadence = (
        _plain(activity, "cadence_spm", "Cadence", theme.GREEN, row["average_cadence_spm"])
        if steps
        else _plain(activity, "cadence_rpm", "Cadence", theme.GREEN)
    )
    contact_ms = row["average_ground_contact_time_ms"]
    contact = _plain(activity, "ground_contact_time_ms", "Ground contact time", theme.PURPLE, contact_ms)
    power = _plain(activity, "power_w", "Power", theme.PURPLE)
    offered = [
        (speed, steps or wheels or activity.family == "swim"),
        (rate, True),
        (cadence, steps or wheels),
        *([(contact, activity.family == "run")] if steps else [(power, activity.family == "bike")]),
        (_elevation(activity, units), steps or activity.family == "bike"),
    ]
    found = [panel for panel, _ in offered if panel.drawable]
    return found, [panel.name.lower() for panel, expected in offered if expected and not panel.drawable]


def _column(activity: Activity, name: str) -> FloatArray:
    if name not in activity.records:
        return np.full(len(activity.records), np.nan)
    return activity.records[name].to_numpy(dtype=np.float64, copy=True)


def _plain(activity: Activity, column: str, name: str, colour: str, mean: float = math.nan) -> Panel:
    """A panel of a channel as it is."""
    unit = CHANNELS[column].unit
    said = f"mean {number_text(mean)}" if math.isfinite(mean) else ""
    return Panel(column, name, unit, colour, _column(activity, column), f"%{{y:.0f}} {unit}", said)


def _speed_panel(activity: Activity, units: str, mean_mps: float) -> Panel:
    speed = _column(activity, "speed_mps")
    if activity.family in ("run", "walk"):
        speed[speed < MOVING_SPEED_MPS] = np.nan
        said = f"mean {pace_text(mean_mps, units)}" if mean_mps > 0 else ""
        # In milliseconds, so that the axis can be a clock that reads minutes and seconds.
        pace_ms = 1000 * METRES_PER[units] / speed
        return Panel(
            "speed_mps", "Pace", f"min/{units}", theme.BLUE, pace_ms, f"%{{y|%-M:%S}} /{units}", said, is_pace=True
        )
    if activity.family == "swim":
        speed[speed <= 0] = np.nan
        said = f"mean {clock_text(100 / mean_mps)} /100 m" if mean_mps > 0 else ""
        hover = "%{y|%-M:%S} /100 m"
        return Panel("speed_mps", "Pace", "min/100 m", theme.BLUE, 100_000 / speed, hover, said, is_pace=True)
    unit = SPEED_UNITS[units]
    shown = speed * 3600 / METRES_PER[units]
    said = f"mean {number_text(mean_mps * 3600 / METRES_PER[units], 1)}" if mean_mps > 0 else ""
    return Panel("speed_mps", "Speed", unit, theme.BLUE, shown, f"%{{y:.1f}} {unit}", said)


def _elevation(activity: Activity, units: str) -> Panel:
    metres = _column(activity, "altitude_m")
    unit, scale = ("m", 1.0) if units == "km" else ("ft", METRES_PER_FOOT)
    said = f"ascent {number_text(activity.ascent_m / scale)}" if math.isfinite(activity.ascent_m) else ""
    return Panel("altitude_m", "Elevation", unit, theme.GREY, metres / scale, f"%{{y:.0f}} {unit}", said)


def _trace(panel: Panel, at_ms: npt.NDArray[Any], values: FloatArray, axis: str) -> go.Scatter:
    sparse = np.isfinite(values).sum() < 60
    return go.Scatter(
        x=at_ms,
        y=values.astype(np.float32),
        name=panel.name,
        mode="lines+markers" if sparse else "lines",
        line={"color": panel.colour, "width": 1.6},
        marker={"size": 4},
        connectgaps=False,
        yaxis=axis,
        hovertemplate=panel.hover,
    )


def _y_axis(panel: Panel) -> dict[str, Any]:
    """Range that fits nearly all values; pace reversed, so that fast is up.

    Standing still gives cadences of zero and contact times beyond any stride; the few such values may leave the panel,
    so that the many can be read.
    """
    values = panel.series[np.isfinite(panel.series)]
    if panel.is_pace:
        low, high = (float(v) for v in np.percentile(values, [0.2, 98]))
        high = min(high, 2.2 * float(np.median(values)))
        margin = max(0.08 * (high - low), 5000.0)
        shown = [round(high + margin), round(low - margin)]
        return {"type": "date", "tickformat": "%-M:%S", "range": shown, "nticks": 4}
    if panel.column in ("cadence_spm", "cadence_rpm", "ground_contact_time_ms"):
        stepping = values[values > 0]
        low, high = (float(v) for v in np.percentile(stepping if len(stepping) else values, [2, 98]))
        margin = max(0.25 * (high - low), 3.0)
    else:
        low, high = float(np.percentile(values, 0.5)), float(np.max(values))
        margin = max(0.08 * (high - low), 1.0 if panel.column == "speed_mps" else 4.0)
    return {"range": [round(low - margin, 1), round(high + margin, 1)], "nticks": 4}


def _inside_pauses(time_s: FloatArray, pauses: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Samples strictly inside a pause: some devices go on recording while the timer stands still."""
    if pauses.empty:
        return np.zeros(len(time_s), dtype=np.bool_)
    around = paused_before_s(time_s + 0.001, pauses) - paused_before_s(time_s - 0.001, pauses)
    return np.asarray(around > 0.0015)


def _local_name(activity: Activity) -> str:
    zone = activity.timezone or ("local" if activity.utc_offset_s is not None else "UTC")
    return f"Time of day, {zone}"


def _title(activity: Activity, units: str) -> str:
    day = date_text(local_date(activity.start_time, activity.utc_offset_s), weekday=True)
    name = activity.title or wording.family(activity.family)
    parts = []
    if math.isfinite(activity.distance_m) and activity.distance_m > 0:
        parts.append(distance_text(activity.distance_m, units))
    if math.isfinite(activity.timer_time_s):
        timer = clock_text(activity.timer_time_s)
        parts.append(f"in {timer}" if parts else timer)
    said = " ".join(parts)
    if activity.family in ("run", "walk") and activity.distance_m > 0 and activity.timer_time_s > 0:
        said += f" ({pace_text(activity.distance_m / activity.timer_time_s, units)})"
    return f"{name}, {day}: {said}" if said else f"{name}, {day}"


def _coverage(activity: Activity, missing: list[str]) -> str:
    parts = []
    if missing:
        parts.append(f"Not in this recording: {', '.join(missing)}.")
    if len(activity.pauses):
        total = float((activity.pauses["end"] - activity.pauses["start"]).dt.total_seconds().sum())
        count = f"{len(activity.pauses)} pause{'s' if len(activity.pauses) > 1 else ''}"
        parts.append(f"{count}, {clock_text(total)} in all.")
    rate = _column(activity, "heart_rate_bpm")
    if np.isfinite(rate).any():
        duration = activity.sample_durations_s
        share = float(duration[np.isfinite(rate)].sum() / duration.sum()) if duration.sum() > 0 else 1.0
        if share < 0.98:
            parts.append(f"Heart rate is known for {number_text(100 * share)} % of the recorded time.")
    return " ".join(parts)


def _laps(activity: Activity, units: str) -> pd.DataFrame:
    """The laps as text, and the whole below them."""
    laps = activity.laps
    distance = [*laps["distance_m"], activity.distance_m]
    timer = [*laps["timer_time_s"], activity.timer_time_s]
    speed = [d / t if t > 0 else math.nan for d, t in zip(distance, timer, strict=True)]
    on_foot = activity.family in ("run", "walk")
    rate = session_row(activity)["average_heart_rate_bpm"]
    return pd.DataFrame(
        {
            "Lap": [*(str(i) for i in range(1, len(laps) + 1)), "Whole"],
            "Time": [clock_text(v) for v in timer],
            "Distance": [distance_text(v, units, 2) for v in distance],
            "Pace" if on_foot else "Speed": [(pace_text if on_foot else speed_text)(v, units) for v in speed],
            "Mean heart rate": [number_text(v, 0, "bpm") for v in [*laps["average_heart_rate_bpm"], rate]],
        }
    )
