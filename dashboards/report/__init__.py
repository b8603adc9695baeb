"""The weekly report: data first (`Report`), then terminal, Markdown, HTML or plain data."""

from stridelab.dashboards.report.weekly import Report, weekly_report

__all__ = ["Report", "weekly_report"]
