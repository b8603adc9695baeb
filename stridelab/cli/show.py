"""``stridelab show``: what one file holds, without importing it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stridelab.cli.dynamics import dynamics, dynamics_lines
from stridelab.cli.inertial import (
    MixedUnitsOption,
    RateOption,
    SideOption,
    SiteOption,
    stream_data,
    stream_lines,
    units_and_mapping,
)
from stridelab.cli.options import JsonOption, Units
from stridelab.cli.output import PROBLEMS, count, put, put_json
from stridelab.cli.session import session, session_data, session_lines

if TYPE_CHECKING:
    from stridelab.activity import Activity, ReadResult
    from stridelab.issues import Issue

MAX_STREAMS = 8
"""A watch that stops its sensors often has hundreds of streams; ``--json`` lists them all."""


def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A recording; .gz too.")],
    engine: Annotated[str | None, typer.Option("--engine", help="Read with this engine, such as gpxpy.")] = None,
    messages: Annotated[
        bool,
        typer.Option("--messages", help="List the messages of a FIT file: tables, columns, units, developer fields."),
    ] = False,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="List where the default engine and fitparse differ on a FIT file, and why."),
    ] = False,
    site: SiteOption = None,
    side: SideOption = None,
    rate: RateOption = None,
    units: MixedUnitsOption = "km",
    as_json: JsonOption = False,
) -> None:
    """Show what one file holds: activities, channels with their coverage, laps, device, and what was wrong with it.

    Exit code 1 where something of the file was lost.
    """
    if messages or compare:
        _show_messages(file, engine, compare=compare, as_json=as_json)
        return

    from stridelab.importers import read

    distances, mapping = units_and_mapping(units, site=site, side=side, rate=rate)
    result = read(file, engine=engine, mapping=mapping)
    if as_json:
        put_json(_data(result))
    else:
        put("\n".join(_lines(result, distances)))
    _exit_where_lost([*result.issues, *(issue for activity in result.activities for issue in activity.issues)])


def _show_messages(file: Path, engine: str | None, *, compare: bool, as_json: bool) -> None:
    """The messages beneath the activities: a list of the tables, or where two engines differ on them."""
    from stridelab.cli import messages as parts
    from stridelab.dashboards.report.wording import issue as issue_text
    from stridelab.importers.fit.compare import differences, tables_of

    found = parts.messages_of(file, engine)
    issues = list(found.issues)
    if compare:
        reference = parts.messages_of(file, parts.REFERENCE)
        issues += reference.issues
        wrong = differences(tables_of(found), tables_of(reference))
        data, lines = parts.differences_data(wrong), parts.differences_lines(file, wrong)
    else:
        data, lines = parts.tables_data(found), parts.tables_lines(file, found)
    if as_json:
        put_json(data)
    else:
        put("\n".join([*lines, *(f"{issue.severity}: {issue_text(issue)}" for issue in issues)]))
    _exit_where_lost(found.issues)


def _exit_where_lost(issues: Iterable[Issue]) -> None:
    if any(issue.severity == "error" for issue in issues):
        raise typer.Exit(PROBLEMS)


def _data(result: ReadResult) -> dict[str, Any]:
    """The file as plain data."""
    source = result.source
    return {
        "name": source.name,
        "sha256": source.sha256,
        "format": source.format,
        "engine": source.engine,
        "kind": result.kind,
        "activities": [_activity(activity) for activity in result.activities],
        "wellness_values": len(result.wellness),
        "issues": [_issue(issue) for issue in result.issues],
    }


def _activity(activity: Activity) -> dict[str, Any]:
    fields = (
        "id parent_id sport sub_sport family title start_time utc_offset_s timezone timezone_source "
        "timer_time_s elapsed_time_s distance_m ascent_m descent_m"
    ).split()
    return {
        **{name: getattr(activity, name) for name in fields},
        "samples": len(activity.records),
        "channels": _channels(activity),
        "dynamics": dynamics(activity) if activity.family == "run" and len(activity.records) else None,
        "session": session_data(session(activity)) if len(activity.records) else None,
        "laps": len(activity.laps),
        "pauses": len(activity.pauses),
        "sets": len(activity.sets),
        "lengths": len(activity.lengths),
        "rr_intervals": len(activity.rr_intervals),
        "developer": list(activity.developer.columns),
        "imu": [stream_data(stream) for stream in activity.imu],
        "device": dict(activity.device),
        "provenance": dict(activity.provenance),
        "issues": [_issue(issue) for issue in activity.issues],
    }


def _channels(activity: Activity) -> dict[str, dict[str, float]]:
    """Mean, extremes and share of samples with a value, by channel."""
    numbers = activity.records.select_dtypes("number")
    return {
        str(name): {
            "coverage": float(column.notna().mean()),
            "mean": float(column.mean()),
            "low": float(column.min()),
            "high": float(column.max()),
        }
        for name, column in numbers.items()
        if column.notna().any()
    }


def _issue(issue: Any) -> dict[str, Any]:
    return {name: getattr(issue, name) for name in ("code", "severity", "offset", "message")}


def _lines(result: ReadResult, units: Units) -> list[str]:
    """The file in words."""
    from stridelab.dashboards.report.wording import issue as issue_text
    from stridelab.dashboards.units import clock_text, distance_text

    source = result.source
    lines = [f"{source.name}: {source.format}, {result.kind}, read by {source.engine}"]
    for activity in result.activities:
        sport = activity.sport + (f" ({activity.sub_sport})" if activity.sub_sport not in (None, "generic") else "")
        parts = {
            "sample": activity.records,
            "lap": activity.laps,
            "pause": activity.pauses,
            "set": activity.sets,
            "length": activity.lengths,
        }
        lines += [
            "",
            f"{sport} {_local_start(activity)}" + (f": {activity.title}" if activity.title else ""),
            f"  time       {clock_text(activity.timer_time_s)} recorded, {clock_text(activity.elapsed_time_s)} in all",
        ]
        held = [count(len(table), name) for name, table in parts.items() if len(table)]
        if held or not activity.imu:
            lines.append(f"  distance   {distance_text(activity.distance_m, units, 2)}")
            lines.append(f"  holds      {', '.join(held)}")
        if "logger" in activity.device:
            lines.append(f"  logger     {activity.device['logger']}")
        for stream in activity.imu[:MAX_STREAMS]:
            lines += stream_lines(stream)
        if len(activity.imu) > MAX_STREAMS:
            lines.append(f"             and {len(activity.imu) - MAX_STREAMS} more")
        if len(activity.developer.columns):
            lines.append(f"  developer  {', '.join(activity.developer.columns)}")
        channels = _channels(activity)
        if channels:
            lines.append(f"  {'channel':28} {'share':>6} {'lowest':>10} {'mean':>10} {'highest':>10}")
        lines += [
            f"  {name:28} {row['coverage']:6.0%} {row['low']:10.5g} {row['mean']:10.5g} {row['high']:10.5g}"
            for name, row in channels.items()
        ]
        lines += session_lines(session(activity), units) if channels else []
        form = dynamics_lines(dynamics(activity)) if activity.family == "run" and channels else []
        lines += ["  form: medians while running, and the change over the run", *form] if form else []
        lines += [f"  {issue.severity}: {issue_text(issue)}" for issue in activity.issues]
    said = {issue for activity in result.activities for issue in activity.issues}
    lines += [f"{issue.severity}: {issue_text(issue)}" for issue in result.issues if issue not in said]
    return lines


def _local_start(activity: Activity) -> str:
    """Start on the local clock, and how it is known; UTC where it is not."""
    if activity.records.empty and activity.imu and activity.imu[0].start_time is None:
        return "without a date"
    if activity.utc_offset_s is None:
        return f"on {activity.start_time:%Y-%m-%d %H:%M} UTC"
    local = activity.start_time + timedelta(seconds=activity.utc_offset_s)
    return f"on {local:%Y-%m-%d %H:%M} local time (from {activity.timezone_source})"
