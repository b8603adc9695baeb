"""The weekly report: data first (`Report`), then terminal, Markdown, HTML or plain data."""

from stridelab.dashboards.report.model import Report
from stridelab.dashboards.report.weekly import weekly_report

__all__ = ["Report", "weekly_report"]
