"""Rules: what was seen in a history, how sure that is, and what could not be judged."""

from stridelab.analysis.rules.evaluate import RULES, evaluate
from stridelab.analysis.rules.finding import SEVERITIES, Coverage, Finding, NotEvaluated
from stridelab.analysis.rules.rule import Rule

__all__ = ["RULES", "SEVERITIES", "Coverage", "Finding", "NotEvaluated", "Rule", "evaluate"]
