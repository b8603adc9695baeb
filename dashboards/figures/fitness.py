"""Fitness, fatigue and form over the daily load, with the days that a rule flagged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from stridelab.analysis.rules import RULES
from stridelab.dashboards.figures import theme
from stridelab.dashboards.figures.theme import Chart, RangeChoice
from stridelab.dashboards.report import wording
from stridelab.dashboards.report.episodes import Episode
from stridelab.dashboards.units import date_text, number_text, signed_text

LOAD_UNITS: Final = {"load": "points", "trimp_banister": "TRIMP"}
"""Unit of each column of daily load that the models are fed with."""

RANGES_D: Final = (("4 weeks", 28), ("12 weeks", 84), ("6 months", 182), ("1 year", 365))
DEFAULT_RANGE_D: Final = 182
NOTE: Final = (
    "Fitness (CTL) and fatigue (ATL) are names of a model, not measurements: exponentially weighted means of the daily "
    "load with time constants of 42 and 7 days (weights 1 − e^(−1/42) and 1 − e^(−1/7)). Form (TSB) is yesterday's "
    "fitness minus yesterday's fatigue: below zero, the last days held more load than is usual for you. {load} "
    "The curves start at zero on the first day, so the first six weeks read too low. "
    "After Banister et al. 1975 in Coggan's form; 42 and 7 days are a convention, not fitted to you."
)
LOAD_NOTES: Final = {
    "load": "Load is points of an hour at threshold, from heart rate, else power, pace, exertion or duration alone.",
    "trimp_banister": "Load is Banister's TRIMP from heart rate.",
}
RULE_ORDER: Final = tuple(rule.id for rule in RULES)
FLAG_SYMBOLS: Final = ("triangle-up", "diamond", "square", "star", "hexagon", "cross")


def fitness_chart(
    days: pd.DataFrame,
    model: pd.DataFrame,
    episodes: Sequence[Episode] = (),
    *,
    language: str = "en",
    load: str = "trimp_banister",
) -> Chart:
    """Fitness, fatigue and form (CTL, ATL, TSB) over bars of daily load.

    Parameters
    ----------
    days
        `stridelab.analysis.history.History.days`: ``state``, ``load_coverage`` and the load by ``local_date``.
    model
        ``ctl``, ``atl``, ``tsb`` from `stridelab.analysis.load.fitness_fatigue`, on the same index.
    episodes
        What rules raised; each is marked on its days by shape and text.
    language
        Language of the flags' names.
    load
        Column of the daily load that the model was fed with, one of `LOAD_UNITS`.

    Returns
    -------
    Chart
        Unknown days are hatched; days with sessions whose load is missing carry a cross. Neither is drawn as zero.
    """
    if days.empty:
        return _empty()
    when = [day.date().isoformat() for day in pd.DatetimeIndex(days.index)]
    raised = {episode.rule_id for episode in episodes}
    rules = [*(rule for rule in RULE_ORDER if rule in raised), *sorted(raised.difference(RULE_ORDER))]
    weights = ([0.16 * len(rules)] if rules else []) + [1.0, 0.5, 0.6]
    domains = theme.stacked_panels(weights, gap=0.075)
    first = 1 if rules else 0
    lines, form, bars = (theme.axis_name(first + i) for i in range(3))

    daily, unit, partial = days[load].to_numpy(dtype=np.float64), LOAD_UNITS[load], _lacking(days, load)
    unknown = (days["state"] == "unknown").to_numpy()
    traces: list[Any] = [
        _line(when, model["ctl"], lines, "Fitness (CTL)", theme.BLUE, "solid", 2.6),
        _line(when, model["atl"], lines, "Fatigue (ATL)", theme.ORANGE, "4px,3px", 1.8),
        _line(when, model["tsb"], form, "Form (TSB)", theme.GREEN, "solid", 1.6, fill=True),
        go.Bar(
            x=when,
            y=_values(daily),
            name="Daily load",
            marker={"color": theme.GREY, "line": {"width": 0}},
            yaxis=bars,
            hovertemplate="%{y:.0f} " + unit,
        ),
        # Invisible, one point a day: the hover label says the day's state and flags, and never those of a near day.
        go.Scatter(
            x=when,
            y=[0] * len(when),
            mode="markers",
            marker={"opacity": 0},
            name="Day",
            yaxis=bars,
            customdata=_day_texts(days, partial, episodes, language),
            hovertemplate="%{customdata}",
            showlegend=False,
        ),
    ]
    if partial.any():
        traces.append(
            go.Scatter(
                x=[w for w, p in zip(when, partial, strict=True) if p],
                # Lifted off the axis where nothing is known, so that the whole cross can be seen.
                y=_values(np.fmax(daily[partial], 0.03 * np.nanmax(np.append(daily, 10)))),
                mode="markers",
                name="Load missing",
                marker={"symbol": "x-thin", "size": 9, "line": {"width": 2, "color": theme.RED}},
                yaxis=bars,
                hoverinfo="skip",
            )
        )
    traces += _hatching([w for w, u in zip(when, unknown, strict=True) if u], len(domains), 3)
    traces += [_flags(rule, row, episodes, language) for row, rule in enumerate(rules)]

    titles = ([""] if rules else []) + [f"{unit} a day"] * 3
    layout = theme.panel_layout(domains, titles, x_title="Date", height=590 + 34 * len(rules))
    headers = (["Flags"] if rules else []) + ["Fitness and fatigue", "Form", "Daily load"]
    layout["annotations"] = theme.panel_headers(domains, headers)
    layout["barmode"], layout["bargap"] = "overlay", 0.25
    layout["xaxis"] |= {"type": "date", "hoverformat": "%a %-d %b %Y"}
    layout[theme.layout_name(first + 1)] |= {"zeroline": True}
    for panel in range(3):
        over = theme.axis_name(first + panel)
        overlay = {"overlaying": over, "range": [0, 1], "visible": False, "fixedrange": True}
        layout[theme.layout_name(len(domains) + panel)] = overlay
    if rules:
        names = [wording.rule_short(rule, language) for rule in rules]
        layout["yaxis"] |= {"tickvals": list(range(len(rules))), "ticktext": names, "range": [len(rules) - 0.5, -0.5]}
        layout["yaxis"] |= {"showgrid": False, "fixedrange": True}
    ranges = _ranges(days[load], model, first)
    title = _title(model)
    layout["title"] = {"text": title}
    figure = go.Figure(traces, layout)
    for key, value in next(choice for choice in ranges if choice.initial).update.items():
        figure.update_layout({key.replace(".", "_"): value})
    return Chart(
        "fitness",
        figure,
        title,
        NOTE.format(load=LOAD_NOTES[load]),
        coverage_text(days, load),
        _table(days, model, load),
        labels=tuple(headers),
        ranges=ranges,
    )


def _lacking(days: pd.DataFrame, load: str) -> npt.NDArray[np.bool_]:
    """Days with sessions of which some have no load: a heart-rate load lacks those with too little heart rate."""
    if load == "trimp_banister":
        return (days["load_coverage"] < 0.999).to_numpy()
    return (days["sessions"] > 0).to_numpy() & days[load].isna().to_numpy()


def coverage_text(days: pd.DataFrame, load: str = "trimp_banister") -> str:
    """How much of the daily load is known, in a sentence; empty where all of it is."""
    unknown = int((days["state"] == "unknown").sum())
    assumed = int((days["state_basis"] == "assumed").sum())
    missing = int(_lacking(days, load).sum())
    want = ", for want of heart rate" if load == "trimp_banister" else ""
    parts = []
    if unknown:
        parts.append(f"{unknown:,} of {len(days):,} days unknown (hatched): no recording, and not known to be rest")
    if assumed:
        parts.append(f"rest is assumed on {assumed} {_days(assumed)}, from the gaps between recordings")
    if missing:
        parts.append(f"the load of {missing} {_days(missing)} is missing or partial (×){want}")
    if not parts:
        return ""
    tail = " What is missing enters the model as 0, so the curves read too low there." if unknown or missing else ""
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}.{tail}"


def _day_texts(
    days: pd.DataFrame, partial: npt.NDArray[np.bool_], episodes: Sequence[Episode], language: str
) -> list[str]:
    """State of each day, missing load and flags, for the hover label."""
    said = [
        wording.day_state(state, basis, language=language) + (", load missing in part" if lacks else "")
        for state, basis, lacks in zip(days["state"], days["state_basis"], partial, strict=True)
    ]
    place = {day.date(): i for i, day in enumerate(pd.DatetimeIndex(days.index))}
    for episode in episodes:
        for finding in episode.findings:
            if finding.state != "cleared" and finding.day in place:
                severity = wording.severity(finding.severity, language)
                said[place[finding.day]] += f"<br>{wording.rule_short(finding.rule_id, language)}: {severity}"
    return said


def _days(count: int) -> str:
    return "day" if count == 1 else "days"


def _values(values: Any) -> list[float | None]:
    return [round(float(v), 2) if np.isfinite(v) else None for v in values]


def _line(
    when: list[str], values: pd.Series, axis: str, name: str, colour: str, dash: str, width: float, fill: bool = False
) -> go.Scatter:
    shade = {"fill": "tozeroy", "fillcolor": theme.faded(colour, 0.18)} if fill else {}
    return go.Scatter(
        x=when,
        y=_values(values),
        name=name,
        mode="lines",
        line={"color": colour, "width": width, "dash": dash},
        yaxis=axis,
        hovertemplate="%{y:.0f}",
        **shade,
    )


def _hatching(unknown: list[str], first_axis: int, panels: int) -> list[go.Bar]:
    """Unknown days hatched from top to bottom of each panel, on axes of their own laid over the panels'."""
    if not unknown:
        return []
    fill = {"shape": "/", "size": 7, "solidity": 0.16, "fgcolor": theme.GREY, "fgopacity": 0.75}
    return [
        go.Bar(
            x=unknown,
            y=[1] * len(unknown),
            width=86_400_000,
            name="Unknown day",
            marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}, "pattern": fill},
            yaxis=theme.axis_name(first_axis + panel),
            hoverinfo="skip",
            legendgroup="unknown",
            showlegend=panel == 0,
        )
        for panel in range(panels)
    ]


def _flags(rule: str, row: int, episodes: Sequence[Episode], language: str) -> go.Scatter:
    """One lane: a symbol with a letter on the day a rule was raised, a line while it lasted."""
    own = [episode for episode in episodes if episode.rule_id == rule]
    points = [
        point
        for episode in own
        for point in (
            (episode.start.isoformat(), wording.rule_letter(rule, language), 11),
            (episode.last.isoformat(), "", 3 if episode.last > episode.start else 0),
            (None, "", 0),
        )
    ]
    x, text, sizes = zip(*points, strict=True)
    place = RULE_ORDER.index(rule) if rule in RULE_ORDER else len(RULE_ORDER)
    return go.Scatter(
        x=x,
        y=[row if value else None for value in x],
        mode="lines+markers+text",
        text=text,
        textposition="middle left",
        textfont={"size": 11},
        hoverinfo="skip",
        name=wording.rule_title(rule, language),
        line={"color": theme.RED, "width": 2, "dash": "solid"},
        marker={"symbol": FLAG_SYMBOLS[place % len(FLAG_SYMBOLS)], "size": sizes, "color": theme.RED, "opacity": 1},
        yaxis="y",
        cliponaxis=False,
        showlegend=False,
    )


def _ranges(load: pd.Series[float], model: pd.DataFrame, first: int) -> tuple[RangeChoice, ...]:
    index = pd.DatetimeIndex(load.index)
    fitting = [(label, n) for label, n in RANGES_D if n < len(index)]
    spans = [*fitting, ("All", len(index))]
    wanted = max((n for _, n in spans if n <= DEFAULT_RANGE_D), default=len(index))
    if len(index) <= DEFAULT_RANGE_D:
        wanted = len(index)
    choices = []
    for label, n in spans:
        shown = slice(len(index) - n, None)
        part = model.iloc[shown]
        top = float(max(part["ctl"].max(), part["atl"].max(), 10))
        low, high = float(min(part["tsb"].min(), -5)), float(max(part["tsb"].max(), 5))
        peak = float(np.nanmax(np.append(load.iloc[shown].to_numpy(dtype=np.float64), 10)))
        margin = 0.12 * (high - low)
        start, end = index[len(index) - n] - pd.Timedelta(hours=14), index[-1] + pd.Timedelta(hours=14)
        update: dict[str, Any] = {
            "xaxis.range": [start.strftime("%Y-%m-%d %H:%M"), end.strftime("%Y-%m-%d %H:%M")],
            f"{theme.layout_name(first)}.range": [0, round(top * 1.06, 2)],
            f"{theme.layout_name(first + 1)}.range": [round(low - margin, 2), round(high + margin, 2)],
            f"{theme.layout_name(first + 2)}.range": [0, round(peak * 1.08, 2)],
        }
        choices.append(RangeChoice(label, update, initial=n == wanted))
    return tuple(choices)


def _title(model: pd.DataFrame) -> str:
    now, form = model.iloc[-1], signed_text(model["tsb"].iloc[-1])
    day = date_text(pd.DatetimeIndex(model.index)[-1].date())
    weeks = min(12, (len(model) - 1) // 7)
    if weeks < 1:
        return f"Fitness {number_text(now['ctl'])}, form {form} on {day}"
    then = model["ctl"].iloc[-1 - 7 * weeks]
    span = f"{weeks} weeks" if weeks > 1 else "1 week"
    fitness = f"{number_text(then)} → {number_text(now['ctl'])}"
    return f"Fitness {fitness} over {span}; form {form} on {day}"


def _table(days: pd.DataFrame, model: pd.DataFrame, load: str) -> pd.DataFrame:
    """The last day of every week, newest first."""
    index = pd.DatetimeIndex(days.index)
    monday = index - pd.to_timedelta(index.day_of_week, unit="D")
    summed = days[load].groupby(monday).sum(min_count=1)
    unknown = (days["state"] == "unknown").groupby(monday).sum()
    last = model.groupby(monday).last()
    return pd.DataFrame(
        {
            "Week from": [date_text(day.date()) for day in last.index],
            "Fitness (CTL)": [number_text(v, 1) for v in last["ctl"]],
            "Fatigue (ATL)": [number_text(v, 1) for v in last["atl"]],
            "Form (TSB)": [number_text(v, 1) for v in last["tsb"]],
            f"Load, {LOAD_UNITS[load]}": [number_text(v) for v in summed],
            "Unknown days": [str(v) for v in unknown],
        }
    ).iloc[::-1]


def _empty() -> Chart:
    title = "Fitness, fatigue and form: nothing recorded yet"
    return Chart("fitness", theme.empty_figure(title), title, NOTE.format(load=LOAD_NOTES["load"]), "", pd.DataFrame())
