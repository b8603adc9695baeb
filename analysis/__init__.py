"""Arrays in, numbers out: session metrics, load, days, weeks, history and rules. Nothing here reads a file."""

from stridelab.analysis import gait, load, metrics, pace, recovery, rules
from stridelab.analysis.history import History, build_history
from stridelab.analysis.session import heart_rate_seconds, session_row, strength_sets
from stridelab.analysis.weeks import weekly_table

__all__ = [
    "History",
    "build_history",
    "gait",
    "heart_rate_seconds",
    "load",
    "metrics",
    "pace",
    "recovery",
    "rules",
    "session_row",
    "strength_sets",
    "weekly_table",
]
