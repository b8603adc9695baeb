"""What a watch says of a run's form, cleaned, and how it changed over the run: for `stridelab gait` and `show`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stridelab.activity import Activity


def dynamics(run: Activity) -> dict[str, Any]:
    """Medians, coverage, balance, trends and, where it was not measured, the estimated contact time of a run."""
    from stridelab.analysis.gait import balance, cleaned, trends

    clean, change = cleaned(run.records), trends(run.records)
    return {
        "start_time": run.start_time,
        "medians": {str(name): float(clean[name].median()) for name in clean.columns},
        "coverage": {str(name): float(clean[name].notna().mean()) for name in clean.columns},
        "balance": _fields(balance(clean)),
        "trends": {name: _fields(trend) for name, trend in change.items()},
        "estimated_contact_time": _estimate(run),
    }


def dynamics_lines(run: Mapping[str, Any]) -> list[str]:
    """The same in words; none where nothing is known."""
    from stridelab.dashboards.units import number_text

    lines = []
    for name, value in run["medians"].items():
        change = _change(run["trends"].get(name))
        lines.append(f"  {name:28} {number_text(value, 1):>8}  known {run['coverage'][name]:4.0%}{change}")
    estimate = run["estimated_contact_time"]
    if estimate and not math.isnan(estimate["value_ms"]):
        bounds = f"{number_text(estimate['low_ms'])} to {number_text(estimate['high_ms'])} ms"
        where = "" if estimate["in_domain"] else "; outside the speeds it was measured at"
        value = number_text(estimate["value_ms"])
        lines.append(f"  contact time, ESTIMATED from speed and cadence: {value} ms, 95 % {bounds}{where}")
    return lines


def _change(trend: Mapping[str, Any] | None) -> str:
    if trend is None or math.isnan(trend["change_pct"]):
        return ""
    said = f"  last fifth against first {trend['change_pct']:+.1f} %"
    if trend["matched"]:
        return said
    speed = trend["speed_change_pct"]
    return f"{said} (speeds not compared)" if math.isnan(speed) else f"{said} (at {speed:+.0f} % speed)"


def _estimate(run: Activity) -> dict[str, Any] | None:
    """Contact time from mean speed and cadence, where the watch has none."""
    from stridelab.analysis.gait import cleaned, estimate_contact_time

    clean = cleaned(run.records)
    if "ground_contact_time_ms" in clean or not {"cadence_spm"} <= set(clean) or "speed_mps" not in run.records:
        return None
    ran = clean["cadence_spm"].notna()
    return _fields(estimate_contact_time(run.records["speed_mps"][ran].median(), clean["cadence_spm"][ran].median()))


def _fields(value: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(value)
