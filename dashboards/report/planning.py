"""The plan of a week in words: its ranges, what binds them, and what they assume."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from stridelab.analysis.hypothetical import USUAL_D, Planned
from stridelab.analysis.plan import DayLimit, Limit, Trial, WeekPlan
from stridelab.analysis.rules import Finding, NotEvaluated
from stridelab.analysis.rules.snoozing import NEVER_SNOOZED
from stridelab.dashboards.report import wording
from stridelab.dashboards.report.wording import SEVERITY_SYMBOLS
from stridelab.dashboards.units import METRES_PER, date_text, distance_text, number_text, pace_text

CAUTION: Final = (
    "The rules compare with published averages and rules of thumb. Staying within them is no promise and going beyond "
    "them no injury; how you feel, and pain above all, comes first. A range is no advice to use all of it."
)
PROFESSIONAL_FIRST: Final = (
    "That comes first: no range below answers it. Let a professional look at it before you go on."
)
NO_RUNS: Final = f"there was no run in the {USUAL_D} days before to go by; treat it as a return to running"

Row = tuple[str, str, str]
"""What is limited, the range, and why."""


def rows(plan: WeekPlan, units: str = "km", *, language: str = "en") -> list[Row]:
    """The ranges of a week: what, how far, and what binds or why it is not evaluated."""
    found: list[Row] = []
    last = plan.first
    for day, limit in plan.longest_run_m:
        said = _range(limit, units), _why(limit, language)
        if found and found[-1][1:] == said:
            found[-1] = (_days("Longest run", last, day), *said)
            continue
        last = day
        found.append((_days("Longest run", day, day), *said))
    if len(found) == 1:
        found = [("Longest run", *found[0][1:])]
    week = plan.weekly_distance_m
    distance, why = _range(week, units), _why(week, language)
    if week.is_evaluated and plan.weekly_runs:
        noun = "run" if plan.weekly_runs == 1 else "runs"
        distance += f", in {plan.weekly_runs} {noun}"
    if week.is_evaluated and week.binding is None:
        why = f"none of them beyond the longest run; {why}"
    found.append(("Running distance of the week", distance, why))
    found.append(("Load of the week", *_load(plan)))
    found.append(("Hard session", *_hard(plan.hard_day, language)))
    found.append(("Day of rest", *_rest(plan.rest_by, language)))
    return found


def open_lines(open_now: Sequence[Finding], *, language: str = "en") -> list[str]:
    """The flags that are open before the week; those of a professional's concern come before any range."""
    flags = [item for item in open_now if item.severity != "info" and not item.part_of]
    if not flags:
        return []
    said = [f"Open now: {', '.join(_named(item, language) for item in flags)}."]
    if any(item.severity in NEVER_SNOOZED for item in flags):
        said.append(PROFESSIONAL_FIRST)
    return said


def assumptions(plan: WeekPlan, units: str = "km") -> list[str]:
    """What the ranges rest on, a sentence each."""
    usual = plan.usual
    said = ["Each range is asked by itself, with rest on all other days of the week: they do not add up."]
    if usual.runs:
        runs = "run" if usual.runs == 1 else "runs"
        said.append(
            f"A planned run is taken to be like your {usual.runs} {runs} of the {USUAL_D} days before (in the middle "
            f"{distance_text(usual.distance_m, units)} at {pace_text(usual.speed_mps, units)}), its load in proportion "
            "to its distance. The week has your usual number of runs, as far apart as they can be."
        )
    if plan.assumed_days:
        what = (
            "1 day without a recording is"
            if plan.assumed_days == 1
            else (f"{plan.assumed_days} days without a recording are")
        )
        said.append(f"{what} taken to be rest, as it would be after another run.")
    return [*said, CAUTION]


def gap_lines(plan: WeekPlan, *, language: str = "en") -> list[str]:
    """Rules that the ranges are about and that could not judge, a sentence each."""
    every = [gap for limit in (*(one for _, one in plan.longest_run_m), plan.weekly_distance_m) for gap in limit.gaps]
    every += [*plan.hard_day.gaps, *plan.rest_by.gaps]
    return sentences_of(every, language=language)


def sentences_of(gaps: Sequence[NotEvaluated], *, language: str = "en") -> list[str]:
    """Why rules could not judge, one sentence a rule and reason."""
    first = {(gap.rule_id, gap.reason_key): gap for gap in reversed(gaps)}
    return [wording.sentence(gap, language=language) for gap in reversed(first.values())]


def run_heading(one: Planned, units: str = "km") -> str:
    """``18.0 km at 5:30 /km on Thu 26 Nov 2026``."""
    pace = pace_text(one.speed_mps, units)
    return f"{distance_text(one.distance_m, units)} at {pace} on {date_text(one.day, weekday=True)}"


def run_lines(trial: Trial, units: str = "km", *, language: str = "en") -> list[tuple[str, str]]:
    """What a planned run would do: a heading and a text for each flag."""
    return [
        (f"{verb} {SEVERITY_SYMBOLS[item.severity]} {_named(item, language)}", _said(item, units, language))
        for verb, items in (("Would raise", trial.raised), ("Would keep open", trial.kept))
        for item in items
    ]


def data(plan: WeekPlan) -> dict[str, Any]:
    """The ranges as plain data, SI units; what is not known is None."""
    return {
        "first": plan.first,
        "last": plan.last,
        "open": [_finding_data(item) for item in plan.open],
        "longest_run_m": [{"day": day, **_limit_data(limit)} for day, limit in plan.longest_run_m],
        "weekly_distance_m": {**_limit_data(plan.weekly_distance_m), "runs": plan.weekly_runs},
        "weekly_load": _number(plan.weekly_load),
        "hard_day": _day_data(plan.hard_day),
        "rest_by": _day_data(plan.rest_by),
        "usual": {
            "runs": plan.usual.runs,
            "distance_m": _number(plan.usual.distance_m),
            "speed_mps": _number(plan.usual.speed_mps),
            "weekly_distance_m": _number(plan.usual.weekly_distance_m),
        },
        "assumptions": assumptions(plan),
        "not_evaluated": gap_lines(plan),
    }


def _range(limit: Limit, units: str) -> str:
    if not limit.is_evaluated:
        return "not evaluated"
    metres = limit.value if limit.binding is not None else limit.tried
    if metres <= 0:
        return "none"
    # Rounded down: what is said to stay within a limit must do so.
    tenth = METRES_PER[units] / 10
    return f"up to {distance_text(math.floor(metres / tenth + 1e-6) * tenth, units)}"


def _why(limit: Limit, language: str) -> str:
    if not limit.is_evaluated:
        return _reasons(limit.gaps, language)
    binds = limit.binding.rule_id if limit.binding else ""
    told = ", ".join(wording.rule_title(item.rule_id, language) for item in limit.told if item.rule_id != binds)
    within = f"; before it, for information: {told}" if told else ""
    if limit.binding is None:
        return f"no flag up to there, and no more was tried{within}"
    where = "beyond it" if limit.value > 0 else "with any"
    return f"{where}: {_named(limit.binding, language)}{within}"


def _load(plan: WeekPlan) -> tuple[str, str]:
    week = plan.weekly_distance_m
    if not week.is_evaluated:
        return "not evaluated", "it follows from the distance"
    if not math.isfinite(plan.weekly_load):
        return "not evaluated", "no run of the days before has a load"
    return (
        f"up to {number_text(math.floor(plan.weekly_load))} points",
        "that of such a week, by your own load a kilometre",
    )


def _hard(limit: DayLimit, language: str) -> tuple[str, str]:
    if not limit.is_evaluated:
        return "not evaluated", _reasons(limit.gaps, language)
    if limit.day is None:
        return "not in this week", f"on any day: {_named(limit.binding, language)}"
    earlier = f"earlier: {_named(limit.binding, language)}" if limit.binding else "no flag speaks against it"
    return f"from {date_text(limit.day, weekday=True)} on", earlier


def _rest(limit: DayLimit, language: str) -> tuple[str, str]:
    if not limit.is_evaluated:
        return "not evaluated", _reasons(limit.gaps, language)
    if limit.day is None:
        return "none needed", "no flag is raised if you train every day of this week"
    return f"by {date_text(limit.day, weekday=True)} at the latest", f"else: {_named(limit.binding, language)}"


def _reasons(gaps: Sequence[NotEvaluated], language: str) -> str:
    return "see below" if gaps else NO_RUNS


def _named(finding: Finding | None, language: str) -> str:
    if finding is None:
        return ""
    return f"{wording.rule_title(finding.rule_id, language)} ({wording.severity(finding.severity, language)})"


def _said(finding: Finding, units: str, language: str) -> str:
    day = date_text(finding.day, weekday=True, language=language)
    return f"{day}: {wording.message(finding, units, language=language)} {wording.evidence(finding, language=language)}"


def _days(what: str, first: Any, last: Any) -> str:
    start = date_text(first, weekday=True, year=False)
    return f"{what}, {start}" + (f" to {date_text(last, weekday=True, year=False)}" if last > first else "")


def _limit_data(limit: Limit) -> dict[str, Any]:
    return {
        "up_to": _number(limit.value),
        "tried_up_to": _number(limit.tried),
        "evaluated": limit.is_evaluated,
        "binding": _finding_data(limit.binding),
        "for_information": [_finding_data(item) for item in limit.told],
    }


def _day_data(limit: DayLimit) -> dict[str, Any]:
    return {"day": limit.day, "evaluated": limit.is_evaluated, "binding": _finding_data(limit.binding)}


def _finding_data(finding: Finding | None) -> dict[str, Any] | None:
    if finding is None:
        return None
    names = ("rule_id", "day", "severity", "grade", "message_key", "numbers")
    return {name: getattr(finding, name) for name in names}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
