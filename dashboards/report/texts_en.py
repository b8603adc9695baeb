"""English: every sentence that is made from a key and numbers. Another language is another file like this one."""

from __future__ import annotations

from typing import Final

# Numbers arrive as text, in the reader's units, under the names used here; `wording` makes them.
MESSAGES: Final[dict[str, str]] = {
    "session_spike": (
        "A session of {distance_m} was {above} longer than the longest run of the 30 days before it ({longest_30d_m}). "
        "In 5,205 runners such runs went with a higher overuse-injury rate (HRR {hrr}, {hrr_low}–{hrr_high}). "
        "This is an average, not your personal risk. Up to {cap} would have stayed within 10 %."
    ),
    "consecutive_training_days": (
        "{days} days of training in a row, without a day of rest; the rule speaks at {watch_days} and again at "
        "{act_days}. "
        "How many days in a row one person takes well is not known: the number is a rule of thumb, not your personal "
        "risk. Up to {within} in a row stay within it."
    ),
    "rest_day_missing_weeks": (
        "{weeks_without_rest} of the last {weeks} weeks had no day of rest. "
        "How much rest one person needs is not known: the number is a rule of thumb, not your personal risk. "
        "One day of rest in most weeks stays within it."
    ),
}

CLEARS: Final[dict[str, str]] = {
    "session_spike_clears": "It expires after 7 days, unless another session goes beyond the limit.",
    "rest_day_clears": (
        "It clears after two days on which the rule no longer holds: begin with a day of rest or of easy work without "
        "impact."
    ),
}

REASONS: Final[dict[str, str]] = {
    "no_reference": (
        "{runs_30d} runs in the 30 days before are too few to compare with ({runs_needed} are needed). "
        "Treat it as a return to running."
    ),
    "too_few_known_days": "{known} of the days it looks at are known and {needed} are needed.",
    "day_unknown": "it is not known whether training or rest filled the days it looks at.",
}

# Rule: title, short name, letter on charts.
RULES: Final[dict[str, tuple[str, str, str]]] = {
    "session_spike": ("Session much longer than usual", "Long run", "L"),
    "consecutive_training_days": ("Training without a rest day", "No rest", "R"),
}

SEVERITIES: Final[dict[str, str]] = {
    "info": "for information",
    "watch": "watch",
    "act": "act",
    "refer": "see a professional",
    "urgent": "urgent",
}

GRADES: Final[dict[str, str]] = {
    "A": "Evidence A (trials or meta-analysis)",
    "B": "Evidence B (prospective cohort)",
    "C": "Evidence C (mechanism, small studies or consensus)",
    "D": "Evidence D (convention)",
}

DAY_STATES: Final[dict[str, str]] = {
    "trained": "training",
    "active_recovery": "active recovery",
    "rest": "rest",
    "unknown": "unknown",
    "ahead": "still to come",
}

BASES: Final[dict[str, str]] = {
    "recorded": "recorded",
    "logged": "from your log",
    "worn": "the device was worn, no activity",
    "assumed": "assumed from the gaps between recordings",
    "": "",
}

ORIGINS: Final[dict[str, str]] = {
    "given": "given by you",
    "file": "read from a file",
    "estimated": "estimated",
    "assumed": "assumed",
}

QUANTITIES: Final[dict[str, str]] = {
    "max_heart_rate_bpm": "Maximal heart rate",
    "resting_heart_rate_bpm": "Resting heart rate",
    "threshold_heart_rate_bpm": "Threshold heart rate",
    "threshold_speed_mps": "Threshold speed",
    "sex": "Sex for the load formula",
}

FAMILIES: Final[dict[str, str]] = {
    "run": "Run",
    "walk": "Walk, hike",
    "bike": "Ride",
    "swim": "Swim",
    "strength": "Strength",
    "machine": "Machine",
    "other": "Other",
}

OTHER: Final[dict[str, str]] = {
    "finding": "{title}.",
    "raised": "{day}: {message} {evidence}",
    "held": "{day}, still open: {message} {evidence}",
    "cleared": "{day}, cleared: {message} {evidence}",
    "not_evaluated": "{title}: not evaluated on {day}, because {reason}",
    "not_evaluated_days": "{title}: not evaluated on {count} days, the last {day}, because {reason}",
    "unknown_reason": "what it needs is not there.",
    "coverage": "{known} of {window} days known, {needed} needed",
    "coverage_assumed": "{known} of {window} days known ({assumed} of them assumed to be rest), {needed} needed",
    "from": ", from {day} on",
    "status_raised": "raised {start}",
    "status_open": "open since {start}",
    "status_cleared": "raised {start}, cleared {end}",
    "status_replaced": "raised {start}, raised anew {end}",
}
