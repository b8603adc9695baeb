"""Rules: what was seen in a history, how sure that is, and what could not be judged."""

from stridelab.analysis.rules.day_word import DayWord, day_word
from stridelab.analysis.rules.evaluate import RULES, evaluate
from stridelab.analysis.rules.finding import SEVERITIES, Coverage, Finding, NotEvaluated
from stridelab.analysis.rules.grouping import Group, grouped
from stridelab.analysis.rules.rule import Need, Rule, Threshold
from stridelab.analysis.rules.settings import Setting, settings_of

__all__ = [
    "RULES",
    "SEVERITIES",
    "Coverage",
    "DayWord",
    "Finding",
    "Group",
    "Need",
    "NotEvaluated",
    "Rule",
    "Setting",
    "Threshold",
    "day_word",
    "evaluate",
    "grouped",
    "settings_of",
]
