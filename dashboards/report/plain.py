"""The weekly report as plain data, ready for JSON."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stridelab.analysis.critical import CriticalFit
    from stridelab.dashboards.report.model import Report


def data(report: Report) -> dict[str, Any]:
    """SI numbers, ISO dates, None where unknown; flags with their findings' data and their sentences."""
    flags = [
        {
            **{key: value for key, value in asdict(card).items() if key != "symbol"},
            "state": episode.findings[-1].state,
            "start": episode.start,
            "last": episode.last,
            "open": episode.is_open,
            "grade": episode.main.grade,
            "message_key": episode.main.message_key,
            "numbers": dict(episode.main.numbers),
            "coverage_days": asdict(episode.main.coverage),
        }
        for episode, card in zip(report.flags, report.cards, strict=True)
    ]
    gaps = [
        {
            "rule_id": gap.last.rule_id,
            "reason_key": gap.last.reason_key,
            "days": [entry.day for entry in gap.entries],
            "numbers": dict(gap.last.numbers),
            "sentence": said,
        }
        for gap, said in zip(report.gaps, report.not_evaluated, strict=True)
    ]
    whole = {
        "athlete": report.athlete_key,
        "week": report.week,
        "monday": report.monday,
        "sunday": report.sunday,
        "last_day": report.last_day,
        "numbers": {row.key: _comparison(asdict(row)) for row in report.comparisons},
        "days": [asdict(day) for day in report.days],
        "heart_rate_zones_s": list(report.zones_s),
        "ctl": report.ctl,
        "atl": report.atl,
        "tsb": report.tsb,
        "loads": {row.key: _comparison(asdict(row)) for row in report.loads},
        "mechanical_loads": {row.key: _comparison(asdict(row)) for row in report.mechanical_loads},
        "mechanical_load_basis": report.mechanical_basis or None,
        "load_methods": [asdict(method) for method in report.load_methods],
        "chronic": dict(report.chronic),
        "chronic_load": report.chronic_load or None,
        "athlete_changes": [asdict(change) for change in report.changes],
        "critical_speed": _critical(report.critical_speed),
        "load_coverage": report.load_coverage,
        "word": None if report.word is None else report.word.key,
        "word_text": report.word_text,
        "flags": flags,
        "not_evaluated": gaps,
        "athlete_values": [asdict(value) for value in report.athlete_values],
        "basis": list(report.basis),
    }
    return {key: _plain(value) for key, value in whole.items()}


def _critical(fit: CriticalFit | None) -> dict[str, Any] | None:
    if fit is None:
        return None
    return {
        "critical_speed_mps": fit.critical,
        "low_mps": fit.critical_low,
        "high_mps": fit.critical_high,
        "d_prime_m": fit.reserve,
        "d_prime_low_m": fit.reserve_low,
        "d_prime_high_m": fit.reserve_high,
        "efforts": fit.n_efforts,
        "warnings": list(fit.warnings),
    }


def _comparison(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("quantity", "this_week", "last_week", "reference_mean", "reference_weeks")}


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
