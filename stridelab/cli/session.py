"""Loads and pace of one recording, each by its name with its variant and what it rests on: for `stridelab show`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from stridelab.cli.options import Units

if TYPE_CHECKING:
    from stridelab.activity import Activity

LIMITS: Final = ("max_heart_rate_bpm", "threshold_heart_rate_bpm", "resting_heart_rate_bpm", "threshold_speed_mps")
LOADS: Final = (
    ("trimp_banister", "TRIMP, Banister", "integrated a sample, coefficients for sex {sex}"),
    ("trimp_edwards", "TRIMP, Edwards", "zones of maximal heart rate, weights 1 to 5"),
    ("trimp_lucia", "TRIMP, Lucia", "first threshold assumed at 82/88 of the second unless given"),
    ("heart_rate_tss", "hrTSS", "TRIMP against an hour at threshold"),
    ("power_tss", "TSS", "normalised power, whole 30 s windows"),
    ("running_power_score", "running power score", "K = 3, not Stryd's own"),
    ("running_tss", "rTSS", "normalised graded speed, Minetti"),
    ("session_rpe_load", "session RPE", "rating of the device times minutes"),
)


def session(activity: Activity) -> dict[str, Any]:
    """Every column of the session, the athlete's values behind it, and for a run its best efforts by distance."""
    from stridelab.analysis.effort import channel
    from stridelab.analysis.pace import best_efforts
    from stridelab.pipeline import history_of_one
    from stridelab.samples import seconds

    history = history_of_one(activity)
    row = history.activities.iloc[0].to_dict()
    efforts = []
    if activity.family == "run" and "distance_m" in activity.records:
        time = seconds(activity.records.index)  # type: ignore[arg-type]
        efforts = best_efforts(time, channel(activity, "distance_m"), durations_s=()).by_distance().to_dict("records")
    return {
        "metrics": row,
        "athlete": [history.athlete.value(name) for name in (*LIMITS, "sex") if history.athlete.value(name)],
        "best_efforts": efforts,
    }


def session_data(found: Mapping[str, Any]) -> dict[str, Any]:
    """The same as plain data."""
    from dataclasses import asdict

    return {**found, "athlete": [asdict(value) for value in found["athlete"]]}


def session_lines(found: Mapping[str, Any], units: Units) -> list[str]:
    """The same in words; none where nothing is known."""
    from stridelab.dashboards.report.loads import METHODS
    from stridelab.dashboards.report.wording import athlete_value
    from stridelab.dashboards.units import number_text

    row = found["metrics"]
    if not found["athlete"] or not _is_known(row["load"]):
        return []
    sex = next((value.value for value in found["athlete"] if value.quantity == "sex"), "unspecified")
    doubt = f"±{number_text(row['load_uncertainty_pct'])} %"
    by = METHODS[row["load_method"]]
    alone = "  loads, from this file alone (`stridelab activities` uses all that a store knows of the athlete)"
    lines = [alone, f"    {'load':22} {number_text(row['load']):>8} points by {by}, {doubt}"]
    lines += [
        f"    {label:22} {number_text(row[name]):>8} {note.format(sex=sex)}"
        for name, label, note in LOADS
        if _is_known(row[name])
    ]
    if _is_known(row["mechanical_load_m4"]):
        band = ", ".join(f"m = {m}: {row[f'mechanical_load_m{m}']:.3g}" for m in (4, 7, 10))
        basis = "measured" if row["mechanical_load_basis"] == "measured" else "ESTIMATED from speed and cadence"
        lines.append(f"    {'mechanical load':22} {band} body weights^m; contact times {basis}")
    quality = row["heart_rate_quality"]
    if _is_known(quality):
        lines.append(f"    heart rate that can be believed over {number_text(100 * quality, 0, '%')} of the time")
    lines += [f"    {athlete_value(value)}" for value in found["athlete"]]
    return lines + _pace_lines(found, units)


def _pace_lines(found: Mapping[str, Any], units: Units) -> list[str]:
    from stridelab.dashboards.units import clock_text, distance_text, number_text, pace_text

    row = found["metrics"]
    lines = []
    if _is_known(row["normalized_graded_speed_mps"]):
        pace = pace_text(row["normalized_graded_speed_mps"], units)
        slope = "slope from altitude" if row["grade_basis"] == "altitude" else "ground ASSUMED level"
        lines.append(f"    {'graded pace':22} {pace:>12} normalised, Minetti, {slope}")
    if _is_known(row["efficiency_factor"]):
        lines.append(f"    {'efficiency factor':22} {number_text(row['efficiency_factor'], 3):>12} graded m/min a bpm")
    if _is_known(row["decoupling_pct"]):
        value = number_text(row["decoupling_pct"], 1, "%")
        lines.append(f"    {'decoupling':22} {value:>12} first to second half; of steady runs only")
    if _is_known(row["normalized_power_w"]):
        lines.append(f"    {'normalised power':22} {number_text(row['normalized_power_w'], 0, 'W'):>12}")
    efforts = [
        f"{distance_text(effort['distance_m'], units)} {clock_text(effort['time_s'])}"
        for effort in found["best_efforts"]
        if effort["distance_m"] in SHOWN_M
    ]
    if efforts:
        lines.append(f"    {'best efforts':22} {', '.join(efforts)} (pauses count)")
    return ["  pace and power", *lines] if lines else []


SHOWN_M: Final = frozenset({400.0, 1000.0, 1609.344, 3000.0, 5000.0, 10000.0, 21097.5, 42195.0})


def _is_known(value: Any) -> bool:
    return isinstance(value, float) and math.isfinite(value)
