"""What all renderers of the weekly report show, as text: so that terminal, Markdown and HTML say the same."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from stridelab.analysis.load import ZONE_LOWER_BOUNDS_SHARE_OF_MAX
from stridelab.dashboards.report import wording
from stridelab.dashboards.units import WEEKDAYS, date_text, distance_text, duration_text, number_text, signed_text

if TYPE_CHECKING:
    from stridelab.dashboards.report.model import Comparison, Day, Report

EMPTY: Final = "There is nothing here yet: no activity has been imported."
EMPTY_ADVICE: Final = "Import a folder, a zip or single files with `stridelab import PATH`, then ask again."
NO_FLAGS: Final = "No rule raised a flag in this week."
DISCLAIMER: Final = (
    "Flags compare your training with published averages and rules of thumb. They are no diagnosis; pain that stays is "
    "a matter for a professional."
)
FORM_NOTE: Final = (
    "Fitness, fatigue and form (CTL, ATL, TSB) are weighted means of past load over 42 and 7 days, not measurements of "
    "the body."
)
DAY_SYMBOLS: Final = {"trained": "●", "active_recovery": "◐", "rest": "○", "unknown": "?", "ahead": "·"}


def comparison_cells(report: Report, row: Comparison) -> tuple[str, str, str, str, str]:
    """Label, this week, last week, mean of the weeks before, and the change against that mean."""
    return (
        row.label,
        row.text(row.this_week, report.units),
        row.text(row.last_week, report.units),
        row.text(row.reference_mean, report.units),
        change_text(row),
    )


def change_text(row: Comparison) -> str:
    """Change against the mean of the weeks before, in percent; points for a share; a dash where it says nothing."""
    if not math.isfinite(row.this_week) or not math.isfinite(row.reference_mean):
        return "–"
    if row.quantity == "share":
        return signed_text(100 * (row.this_week - row.reference_mean), 0, "points")
    if row.reference_mean <= 0:
        return "–"
    return signed_text(100 * (row.this_week / row.reference_mean - 1), 0, "%")


def mean_header(report: Report) -> str:
    """Heading of the column of means; says so where fewer than four weeks are there."""
    weeks = max((row.reference_weeks for row in report.comparisons), default=0)
    return f"Mean of {weeks} before" if weeks > 1 else "Mean before"


def day_name(day: Day, language: str) -> str:
    """``Mon 9``."""
    return f"{WEEKDAYS[language][day.day.weekday()]} {day.day.day}"


def day_lines(report: Report, day: Day) -> tuple[str, list[str]]:
    """State with its basis, and what was done: time, distance, sessions, load."""
    state = wording.day_state(day.state, day.basis, language=report.language)
    if not day.sessions:
        return state, []
    done = [duration_text(day.timer_time_s)]
    if day.distance_run_m > 0:
        done.append(distance_text(day.distance_run_m, report.units))
    if day.sessions > 1:
        done.append(f"{day.sessions} sessions")
    return state, [*done, f"load {number_text(day.load)}"]


def form_line(report: Report) -> str:
    """Fitness, fatigue and form at the end of the week."""
    if report.sunday is None or report.last_day is None:
        return ""
    day = date_text(min(report.sunday, report.last_day), weekday=True, language=report.language)
    fitness, fatigue, form = (number_text(v) for v in (report.ctl, report.atl, report.tsb))
    return f"On {day}: fitness (CTL) {fitness}, fatigue (ATL) {fatigue}, form (TSB) {form}."


def zone_rows(report: Report) -> list[tuple[str, str, float]]:
    """Zone with its bounds, time in it, and its share of the time in zones."""
    total = sum(v for v in report.zones_s if math.isfinite(v))
    return [
        (f"Zone {n}, {zone_bounds(n)}", duration_text(v), v / total if total else 0.0)
        for n, v in enumerate(report.zones_s, start=1)
    ]


def zone_bounds(number: int) -> str:
    """Heart-rate zone 1 to 5 in words: ``60–70 % of maximum``."""
    low = ZONE_LOWER_BOUNDS_SHARE_OF_MAX[number - 1]
    if number == len(ZONE_LOWER_BOUNDS_SHARE_OF_MAX):
        return f"{100 * low:.0f} % of maximum and above"
    return f"{100 * low:.0f}–{100 * ZONE_LOWER_BOUNDS_SHARE_OF_MAX[number]:.0f} % of maximum"
