"""``stridelab gait``: cadence, contacts and contact time in one recording, or the dynamics a watch recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stridelab.cli.dynamics import dynamics, dynamics_lines
from stridelab.cli.options import CsvOption, JsonOption, OutputOption
from stridelab.cli.output import count, put, put_json, put_table, say
from stridelab.errors import NotRecognisedError, ReadError, UsageError

if TYPE_CHECKING:
    from stridelab.activity import Activity, ImuStream
    from stridelab.analysis.gait import GaitRecording

FORMS = (".csv", ".json", ".html")


def gait(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="Raw samples, or a watch's activity.")
    ],
    site: Annotated[
        str | None,
        typer.Option("--site", help="Where the sensor sat: foot, ankle, shank, sacrum, hip, chest or wrist."),
    ] = None,
    rate: Annotated[
        float | None, typer.Option("--rate", metavar="HZ", help="Samples a second, where the file does not say.")
    ] = None,
    units: Annotated[
        list[str] | None,
        typer.Option(
            "--units", help="Unit of acceleration, where the file does not say: g, m/s2, mg; may be repeated."
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="NAMES",
            help="Columns of acceleration, where their names do not say it: x,y,z, or 1,2,3 without a header.",
        ),
    ] = None,
    axes: Annotated[
        str | None,
        typer.Option(
            "--axes", metavar="NAMES", help="Directions of the columns, such as anteroposterior,mediolateral,vertical."
        ),
    ] = None,
    speed: Annotated[
        float | None, typer.Option("--speed", metavar="M/S", help="Speed, for a sensor on the trunk.")
    ] = None,
    slope: Annotated[float | None, typer.Option("--slope", metavar="PCT", help="Slope in per cent.")] = None,
    windows: Annotated[
        bool, typer.Option("--windows", help="With CSV: one row a window instead of one a stride.")
    ] = False,
    output: OutputOption = None,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure the gait in one recording: cadence, contacts, contact time, and how far they can be trusted.

    Raw samples give a table of strides (CSV, JSON) and a page with the signal and its events (-o gait.html). An
    activity of a watch without raw samples gives its running dynamics, cleaned, and how they changed over the run.
    """
    if output is not None and output.suffix.lower() not in FORMS:
        raise UsageError(f"-o {output}", expected="a name that ends in " + ", ".join(FORMS))
    activities = _read(file, rate, units, columns)
    streams = [stream for activity in activities for stream in activity.imu]
    if not streams:
        _watch(file, activities, output, as_json=as_json, as_csv=as_csv)
        return
    found = [_measured(stream, site, axes, speed, slope) for stream in streams]
    recordings = [recording for recording, _ in found]
    form = output.suffix.lower() if output else ".json" if as_json else ".csv" if as_csv else ""
    if form == ".html":
        from stridelab.dashboards.figures import gait_chart
        from stridelab.dashboards.gait import gait_page

        charts = [gait_chart(recording, values, name=file.name) for recording, values in found]
        put(gait_page(file.name, charts), output)
    elif form == ".json":
        put_json({"name": file.name, "sensors": [_data(recording) for recording in recordings]}, output)
    elif form == ".csv":
        table = _table(recordings, windows=windows)
        if output:
            put(table.to_csv(index=False), output)
        else:
            put_table(table, as_csv=True)
    else:
        put("\n".join(line for recording in recordings for line in _lines(file, recording)))


def _read(file: Path, rate: float | None, units: Sequence[str] | None, columns: str | None) -> Sequence[Activity]:
    """The activities of the file; what it does not say of itself is told to the reader."""
    from stridelab.importers import read

    told: dict[str, Any] = {"rate": rate, "units": list(units) if units else None}
    if columns is not None:
        names = [name.strip() for name in columns.split(",")]
        told["acceleration"] = names + [""] * (3 - len(names))
    told = {key: value for key, value in told.items() if value is not None}
    try:
        return read(file, mapping=told or None).activities
    except NotRecognisedError:
        if told:
            raise
    # Who asks for the gait in a table says that it holds acceleration.
    return read(file, mapping={"site": "unknown"}).activities


def _measured(
    stream: ImuStream, site: str | None, axes: str | None, speed: float | None, slope: float | None
) -> tuple[GaitRecording, Any]:
    """One sensor's gait, and the columns of it that hold anything."""
    import numpy as np

    from stridelab.analysis.gait import analyse

    stream = replace(stream, site=site or stream.site)
    if stream.site == "unknown":
        say(
            "Where the sensor sat is not known: no contacts, and running is told from walking less surely. Give --site."
        )
    there = np.atleast_1d(np.isfinite(stream.acceleration_mps2).any(axis=0))
    if not there.any():
        raise ReadError("a sensor without a sample", expected="acceleration")
    names = None if axes is None else [name.strip() for name in axes.split(",")]
    if names is not None and len(names) == len(there):
        names = [name for name, kept in zip(names, there, strict=True) if kept]
    values = stream.acceleration_mps2[:, there]
    recording = analyse(
        values,
        sampling_rate_hz=stream.sampling_rate_hz,
        site=stream.site,
        angular_velocity_radps=stream.angular_velocity_radps,
        axes=names,
        speed_mps=speed,
        slope_pct=slope,
    )
    return recording, values


def _table(recordings: Sequence[GaitRecording], *, windows: bool) -> Any:
    import pandas as pd

    tables = [recording.windows if windows else recording.strides for recording in recordings]
    if len(tables) == 1:
        return tables[0]
    named = [table.assign(sensor=i, site=r.site) for i, (table, r) in enumerate(zip(tables, recordings, strict=True))]
    return pd.concat(named, ignore_index=True)


def _data(recording: GaitRecording) -> dict[str, Any]:
    found = recording.contacts
    return {
        "site": recording.site,
        "sampling_rate_hz": recording.sampling_rate_hz,
        "summary": recording.summary,
        "method": None if found is None else found.method,
        "bias_ms": None if found is None else found.bias_ms,
        "limits_ms": None if found is None else found.limits_ms,
        "issues": recording.issues,
        "windows": recording.windows.to_dict("records"),
        "strides": recording.strides.to_dict("records"),
    }


def _lines(file: Path, recording: GaitRecording) -> list[str]:
    """One sensor in words."""
    from stridelab.analysis.gait import ISSUES
    from stridelab.dashboards.units import clock_text, number_text

    said, found = recording.summary, recording.contacts
    states = ", ".join(
        f"{name} {said[f'{name}_share']:.0%}"
        for name in ("running", "walking", "standing", "unknown")
        if said[f"{name}_share"] > 0
    )
    lines = [
        f"{file.name}: {recording.site}, {recording.sampling_rate_hz:g} Hz, {clock_text(recording.duration_s)}",
        f"  movement      {states or 'too short to tell'}",
        f"  cadence       {number_text(said['cadence_spm'], 1, 'steps/min')} running"
        + (f", {number_text(said['walking_cadence_spm'], 1)} walking" if said["walking_share"] > 0 else ""),
    ]
    if found is not None and len(recording.strides):
        low, high = (number_text(limit) for limit in found.limits_ms)
        known = (
            f"95 % of strides within {low} to {high} ms of a force plate"
            if found.bias_ms == found.bias_ms
            else "not known"
        )
        lines += [
            f"  stances       {said['stances']}",
            f"  contact time  {number_text(said['ground_contact_time_ms'], 0, 'ms')} (median), error: {known}",
            f"  flight time   {number_text(said['flight_time_ms'], 0, 'ms')}",
            f"  duty factor   {number_text(said['duty_factor'], 3)}",
            f"  method        {found.method}",
        ]
    return [*lines, *(f"  note          {ISSUES[key]}" for key in recording.issues)]


# ---------------------------------------------------------------- a watch's own numbers


def _watch(file: Path, activities: Sequence[Activity], output: Path | None, *, as_json: bool, as_csv: bool) -> None:
    """Dynamics of activities without raw samples."""
    from stridelab.analysis.gait import cleaned

    runs = [activity for activity in activities if activity.family == "run" and len(activity.records)]
    if not runs:
        raise ReadError(
            "neither raw samples nor a run", expected="a recording of acceleration, or a run", where=file.name
        )
    if as_csv or (output and output.suffix.lower() == ".csv"):
        put(cleaned(runs[0].records).to_csv(), output)
        return
    if output and output.suffix.lower() == ".html":
        raise UsageError("-o for a run without raw samples", expected="a name that ends in .csv or .json")
    data = [dynamics(run) for run in runs]
    if as_json or output:
        put_json({"name": file.name, "sensors": [], "runs": data}, output)
        return
    lines = []
    for run in data:
        lines.append(
            f"{file.name}: a run of {run['start_time']:%Y-%m-%d} without raw samples; the watch's own numbers, cleaned"
        )
        lines += dynamics_lines(run) or [f"  {count(0, 'channel')} of running dynamics"]
    put("\n".join(lines))
