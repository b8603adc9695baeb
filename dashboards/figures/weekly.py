"""Weeks: load, running distance, and time stacked by heart-rate zone or, where zones are missing, by sport."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from stridelab.dashboards.figures import theme
from stridelab.dashboards.figures.theme import Chart, RangeChoice
from stridelab.dashboards.reference import known_weeks, reference_mean
from stridelab.dashboards.report import wording
from stridelab.dashboards.units import METRES_PER, date_text, distance_text, duration_text, number_text, signed_text
from stridelab.sports import FAMILIES

FloatArray = npt.NDArray[np.float64]

RANGES: Final = (("12 weeks", 12), ("26 weeks", 26), ("1 year", 52))
DEFAULT_RANGE: Final = 26
MIN_ZONE_SHARE: Final = 0.5
"""Time is stacked by heart-rate zone where at least this share of it lies in a zone (a convention for display)."""

NOTE: Final = (
    "Each bar is a week from Monday to Sunday. The dashed line is the mean of the four weeks before it: a bar far "
    "above the line is a week unlike your usual ones, which says nothing about injury by itself. Load is Banister's "
    "TRIMP from heart rate. {stack}"
)
ZONE_NOTE: Final = (
    "Zones 1 to 5 begin at 50, 60, 70, 80 and 90 % of your maximal heart rate (Edwards 1993); time without a heart "
    "rate or below zone 1 is drawn hollow."
)
FAMILY_NOTE: Final = "Less than half of the time has a heart-rate zone, so time is stacked by sport instead."


def weekly_chart(weeks: pd.DataFrame, *, last_day: date, units: str = "km", language: str = "en") -> Chart:
    """Weekly load, running distance and time in zones, with the mean of the four weeks before.

    Parameters
    ----------
    weeks
        `stridelab.analysis.weeks.weekly_table`.
    last_day
        Last day of the history; a week that goes on after it is marked as unfinished.
    units
        ``km`` or ``mi``.
    language
        Language of the sports' names.

    Returns
    -------
    Chart
        Weeks whose load is missing in part carry a cross, weeks with unknown days their number.
    """
    if weeks.empty:
        title = "Weekly load and distance: nothing recorded yet"
        return Chart("weekly", theme.empty_figure(title), title, NOTE.format(stack=ZONE_NOTE), "", pd.DataFrame())
    weeks = known_weeks(weeks)
    by_zone = _zone_share(weeks) >= MIN_ZONE_SHARE
    labels = [str(label) for label in weeks.index]
    unfinished = weeks["monday"].iloc[-1].date() + timedelta(days=6) > last_day
    load = weeks["trimp_banister"]
    distance = weeks["distance_run_m"] / METRES_PER[units]
    domains = theme.stacked_panels([1, 1, 1.15], gap=0.085)
    traces: list[Any] = [
        _bars(labels, load, "y", "Load", theme.GREY, "%{y:.0f} TRIMP%{customdata}", unfinished, _remarks(weeks)),
        _mean_line(labels, reference_mean(load), "y", "%{y:.0f} TRIMP"),
        _bars(labels, distance, "y2", "Running distance", theme.BLUE, f"%{{y:.1f}} {units}", unfinished),
        _mean_line(labels, reference_mean(distance), "y2", f"%{{y:.1f}} {units}", legend=False),
        *(_zones(labels, weeks) if by_zone else _families(labels, weeks, language)),
        *_marks(labels, weeks),
    ]
    last = "Training time by heart-rate zone" if by_zone else "Training time by sport"
    headers = ["Load, Banister's TRIMP", "Running distance", last]
    layout = theme.panel_layout(domains, ["TRIMP", units, "hours"], x_title="Week from Monday", height=680)
    layout["annotations"] = theme.panel_headers(domains, headers)
    layout["barmode"], layout["bargap"] = "stack", 0.25
    layout["xaxis"] |= {"type": "category", **_ticks(weeks, len(weeks))}
    title = _title(weeks, units, unfinished)
    layout["title"] = {"text": title}
    figure = go.Figure(traces, layout)
    ranges = _ranges(weeks, load, distance)
    for key, value in next(choice for choice in ranges if choice.initial).update.items():
        figure.update_layout({key.replace(".", "_"): value})
    note = NOTE.format(stack=ZONE_NOTE if by_zone else FAMILY_NOTE)
    return Chart(
        "weekly",
        figure,
        title,
        note,
        _coverage(weeks, unfinished, last_day),
        _table(weeks, units),
        labels=tuple(headers),
        ranges=ranges,
    )


def _zone_share(weeks: pd.DataFrame) -> float:
    total = float(weeks["timer_time_s"].sum())
    zones = float(np.nansum([weeks[f"heart_rate_zone_{n}_s"].sum() for n in range(1, 6)]))
    return zones / total if total > 0 else 0.0


def _values(values: Any) -> list[float | None]:
    return [round(float(v), 3) if np.isfinite(v) else None for v in values]


def _bars(
    labels: list[str],
    values: pd.Series,
    axis: str,
    name: str,
    colour: str,
    hover: str,
    unfinished: bool,
    remarks: list[str] | None = None,
) -> go.Bar:
    shapes = [""] * (len(labels) - 1) + ["/" if unfinished else ""]
    return go.Bar(
        x=labels,
        y=_values(values),
        name=name,
        marker={"color": colour, "line": {"width": 0}, "pattern": theme.pattern(shapes)},
        yaxis=axis,
        customdata=remarks,
        hovertemplate=hover,
        showlegend=False,
    )


def _remarks(weeks: pd.DataFrame) -> list[str]:
    """What is missing in each week, for the hover label."""
    remarks = []
    for coverage, unknown in zip(weeks["load_coverage"], weeks["unknown_days"], strict=True):
        known = f"<br>known for {100 * coverage:.0f} % of the time" if coverage < 0.999 else ""
        remarks.append(known + (f"<br>{unknown} unknown days" if unknown else ""))
    return remarks


def _mean_line(labels: list[str], values: pd.Series, axis: str, hover: str, *, legend: bool = True) -> go.Scatter:
    return go.Scatter(
        x=labels,
        y=_values(values),
        name="Mean of the 4 weeks before" if legend else "Mean before",
        mode="lines",
        line={"color": theme.RED, "width": 2, "dash": "6px,4px"},
        yaxis=axis,
        hovertemplate=hover,
        legendgroup="mean",
        showlegend=legend,
    )


def _stacked(
    labels: list[str], seconds: FloatArray, name: str, colour: str, pattern: str, solid: bool = True
) -> go.Bar:
    hours = np.nan_to_num(seconds) / 3600
    marker: dict[str, Any] = {
        "color": colour if solid else "rgba(0,0,0,0)",
        "line": {"width": 0 if solid else 1.2, "color": colour},
        "pattern": theme.pattern(pattern),
    }
    said = [duration_text(float(value)) for value in np.nan_to_num(seconds)]
    return go.Bar(
        x=labels, y=_values(hours), name=name, marker=marker, yaxis="y3", customdata=said, hovertemplate="%{customdata}"
    )


def _zones(labels: list[str], weeks: pd.DataFrame) -> list[go.Bar]:
    zones = [weeks[f"heart_rate_zone_{n}_s"].to_numpy(dtype=np.float64) for n in range(1, 6)]
    rest = np.maximum(weeks["timer_time_s"].to_numpy(dtype=np.float64) - np.nansum(zones, axis=0), 0)
    styles = zip(zones, theme.ZONE_COLOURS, theme.ZONE_PATTERNS, strict=True)
    bars = [_stacked(labels, z, f"Zone {n}", colour, shape) for n, (z, colour, shape) in enumerate(styles, start=1)]
    if rest.max(initial=0) > 60:
        bars.append(_stacked(labels, rest, "No zone", theme.GREY, "", solid=False))
    return bars


def _families(labels: list[str], weeks: pd.DataFrame, language: str) -> list[go.Bar]:
    times = {family: weeks[f"timer_time_{family}_s"].to_numpy(dtype=np.float64) for family in FAMILIES}
    return [
        _stacked(labels, seconds, wording.family(family, language), *theme.FAMILY_STYLES[family])
        for family, seconds in times.items()
        if np.nansum(seconds) > 0
    ]


def _marks(labels: list[str], weeks: pd.DataFrame) -> list[go.Scatter]:
    """Crosses where load is missing in part, and the number of unknown days under the top panel's bars."""
    partial = (weeks["load_coverage"] < 0.999).to_numpy()
    unknown = weeks["unknown_days"].to_numpy()
    marks = []
    if partial.any():
        marks.append(
            go.Scatter(
                x=[label for label, p in zip(labels, partial, strict=True) if p],
                y=_values(weeks["trimp_banister"].fillna(0.0).to_numpy(dtype=np.float64)[partial]),
                mode="markers",
                name="Load missing in part",
                marker={"symbol": "x-thin", "size": 9, "line": {"width": 2, "color": theme.RED}},
                hoverinfo="skip",
            )
        )
    if unknown.any():
        marks.append(
            go.Scatter(
                x=[label for label, u in zip(labels, unknown, strict=True) if u],
                y=[0] * int((unknown > 0).sum()),
                mode="markers",
                name="Week with unknown days",
                marker={"symbol": "diamond-open", "size": 9, "line": {"width": 2}, "color": theme.PURPLE},
                hoverinfo="skip",
                cliponaxis=False,
            )
        )
    return marks


def _ticks(weeks: pd.DataFrame, shown: int) -> dict[str, Any]:
    """At most eight dates among the last weeks shown; the year where it begins or changes."""
    step = max(1, -(-shown // 8))
    places = list(range(len(weeks) - 1, -1, -step))[::-1]
    text, year = [], None
    for place in places:
        monday = weeks["monday"].iloc[place].date()
        said = date_text(monday, year=False)
        text.append(said if monday.year == year else f"{said}<br>{monday.year}")
        year = monday.year
    return {"tickmode": "array", "tickvals": [str(weeks.index[place]) for place in places], "ticktext": text}


def _ranges(weeks: pd.DataFrame, load: pd.Series, distance: pd.Series) -> tuple[RangeChoice, ...]:
    n_weeks = len(weeks)
    spans = [*((label, n) for label, n in RANGES if n < n_weeks), ("All", n_weeks)]
    wanted = max((n for _, n in spans if n <= DEFAULT_RANGE), default=n_weeks)
    hours = weeks["timer_time_s"] / 3600
    choices = []
    for label, n in spans:
        update: dict[str, Any] = {"xaxis.range": [n_weeks - n - 0.6, n_weeks - 0.4]}
        for axis, values in (("yaxis", load), ("yaxis2", distance), ("yaxis3", hours)):
            top = float(np.nanmax(np.append(values.iloc[n_weeks - n :].to_numpy(dtype=np.float64), 1)))
            update[f"{axis}.range"] = [0, round(top * 1.1, 3)]
        ticks = _ticks(weeks, n)
        update |= {"xaxis.tickvals": ticks["tickvals"], "xaxis.ticktext": ticks["ticktext"]}
        choices.append(RangeChoice(label, update, initial=n == wanted))
    return tuple(choices)


def _title(weeks: pd.DataFrame, units: str, unfinished: bool) -> str:
    now = weeks.iloc[-1]
    if not np.isfinite(now["timer_time_s"]):
        return f"Week {weeks.index[-1]}{' so far' if unfinished else ''}: nothing recorded"
    reference = reference_mean(weeks["trimp_banister"]).iloc[-1]
    said = f"Week {weeks.index[-1]}{' so far' if unfinished else ''}: {distance_text(now['distance_run_m'], units)} run"
    said += f", TRIMP {number_text(now['trimp_banister'])}" if np.isfinite(now["trimp_banister"]) else ", TRIMP unknown"
    if not np.isfinite(reference) or reference <= 0 or unfinished or not np.isfinite(now["trimp_banister"]):
        return said
    change = 100 * (now["trimp_banister"] / reference - 1)
    return f"{said} ({signed_text(change)} % against the mean of the 4 weeks before)"


def _coverage(weeks: pd.DataFrame, unfinished: bool, last_day: date) -> str:
    partial = int((weeks["load_coverage"] < 0.999).sum())
    unknown = int((weeks["unknown_days"] > 0).sum())
    parts = []
    if unfinished:
        parts.append(f"The last week (hatched) is known up to {date_text(last_day, weekday=True)}.")
    if partial:
        what = "week lacks" if partial == 1 else "weeks lack"
        parts.append(f"{partial} of {len(weeks)} {what} the load of some session, for want of heart rate (×).")
    if unknown:
        what = "week has" if unknown == 1 else "weeks have"
        parts.append(f"{unknown} {what} days that are unknown (◇): more may have been done than is drawn.")
    return " ".join(parts)


def _table(weeks: pd.DataFrame, units: str) -> pd.DataFrame:
    newest = weeks.iloc[::-1]
    columns = {
        "Week": [str(label) for label in newest.index],
        "From": [date_text(day.date()) for day in newest["monday"]],
        "Load, TRIMP": [number_text(v) for v in newest["trimp_banister"]],
        "Time with a load": [number_text(100 * v, 0, "%") for v in newest["load_coverage"]],
        "Run": [distance_text(v, units) for v in newest["distance_run_m"]],
        "Longest run": [distance_text(v, units) for v in newest["longest_run_m"]],
        "Time": [duration_text(v) for v in newest["timer_time_s"]],
        "Unknown days": [str(v) for v in newest["unknown_days"]],
    }
    return pd.DataFrame(columns)
