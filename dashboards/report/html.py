"""The weekly report as one self-contained HTML page that prints well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stridelab.dashboards.page import render
from stridelab.dashboards.report import lines
from stridelab.dashboards.report.loads import chronic_sentences, load_sentences

if TYPE_CHECKING:
    from stridelab.dashboards.report.model import Report


def page(report: Report) -> str:
    """The page as text; it needs nothing but itself."""
    return render(
        "report.html.j2",
        report=report,
        lines=lines,
        rows=[lines.comparison_cells(report, row) for row in report.comparisons],
        loads=[lines.comparison_cells(report, row) for row in report.loads],
        load_sentences=load_sentences(report),
        chronic_sentences=chronic_sentences(report),
        days=[(day, lines.day_name(day, report.language), *lines.day_lines(report, day)) for day in report.days],
        zones=lines.zone_rows(report) if report.zones_s else [],
    )
