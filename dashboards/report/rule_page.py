"""A rule explained: what it asks, what is behind it, its thresholds, and what it says of one athlete."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from stridelab.analysis.history import History
from stridelab.analysis.rules import RULES, Finding, Rule, evaluate, settings_of
from stridelab.analysis.rules.rule import Suppressed
from stridelab.dashboards.report import texts_en, wording
from stridelab.dashboards.report.flags import SETTINGS_FILE
from stridelab.dashboards.report.pictures import gauge_text, picture
from stridelab.dashboards.units import date_text

WIDTH: Final = 98
_INDENT: Final = " " * 12


def lines(rule: Rule, history: History | None = None, day: date | None = None, units: str = "km") -> list[str]:
    """The rule as text.

    Parameters
    ----------
    rule
        Which.
    history
        The athlete's past, for the numbers of a day; None leaves them out.
    day
        Which day; by default the last.
    units
        ``km`` or ``mi``.
    """
    said = [f"{rule.id}  (rule {rule.number}: {wording.rule_title(rule.id)})"]
    for key, text in _rows(rule):
        said += textwrap.wrap(text, WIDTH, initial_indent=f"  {key:9} ", subsequent_indent=_INDENT)
    said += ["", "Thresholds", *_thresholds(rule, history)]
    said += ["", f"To change it, write into {SETTINGS_FILE} in the directory of the store", *_example(rule)]
    if history is not None and not history.days.empty:
        last = day or history.days.index[-1].date()
        said += ["", *_of_athlete(rule, history, last, units)]
    return said


def data(rule: Rule, history: History | None = None, day: date | None = None) -> dict[str, Any]:
    """The same as plain data."""
    limits = settings_of(RULES, {} if history is None else history.settings)[rule.id]
    whole: dict[str, Any] = {
        "rule": rule.id,
        "number": rule.number,
        "title": wording.rule_title(rule.id),
        "question": rule.question,
        "kind": rule.kind,
        "severities": list(rule.severities),
        "grade": rule.grade,
        "evidence": rule.evidence,
        "source": rule.source,
        "needs": [{"columns": need.columns, "least": need.least} for need in rule.needs],
        "thresholds": [
            {
                "name": one.name,
                "value": limits.limits[one.name],
                "published": one.value,
                "unit": one.unit,
                "meaning": one.meaning,
                "grade": one.grade or rule.grade,
                "source": one.source or rule.source,
            }
            for one in rule.thresholds
        ],
        "enabled": limits.enabled,
        "clears": _clears(rule),
    }
    if history is not None and not history.days.empty:
        last = day or history.days.index[-1].date()
        own = [item for item in evaluate(history, start=last, end=last) if item.rule_id == rule.id]
        whole |= {"day": last, "said": [wording.sentence(item) for item in own]}
        whole["numbers"] = [dict(item.numbers) for item in own]
    return whole


def _rows(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "question", rule.question
    yield "evidence", f"{texts_en.GRADES[rule.grade]}. {rule.evidence}"
    yield "source", rule.source
    for need in rule.needs:
        yield "needs", f"{need.columns}: {need.least}"
    yield "says", _kind(rule)
    if clears := _clears(rule):
        yield "clears", clears
    if rule.restarts:
        yield "restarts", rule.restarts
    for effect in rule.tags:
        after = f" and {effect.after_d} days after it" if effect.after_d else ""
        what = "is not judged" if isinstance(effect, Suppressed) else "is for information only"
        yield "tag", f"{effect.tag}: the day{after} {what}"


def _kind(rule: Rule) -> str:
    if rule.kind == "description":
        return "a description; never a flag"
    how = " or ".join(wording.severity(name) for name in rule.severities)
    if rule.kind == "event":
        return f"{how}; raised at once, open for {rule.lasts_d} days"
    days = "1 day" if rule.hits_to_raise == 1 else f"{rule.hits_to_raise} days"
    return f"{how}; raised after {days} on which it holds, cleared after 2 on which it does not"


def _clears(rule: Rule) -> str:
    text = texts_en.CLEARS.get(rule.clears_when_key, "")
    return text.format_map(_Ellipsis())


class _Ellipsis(dict[str, str]):
    """Numbers that only a flag has."""

    def __missing__(self, key: str) -> str:
        return "…"


def _thresholds(rule: Rule, history: History | None) -> Iterator[str]:
    if not rule.thresholds:
        yield "  none"
        return
    limits = settings_of(RULES, {} if history is None else history.settings)[rule.id].limits
    wide = max(len(one.name) for one in rule.thresholds)
    for one in rule.thresholds:
        value = f"{limits[one.name]:g} {one.unit}".strip()
        moved = f" (yours; published {one.value:g})" if limits[one.name] != one.value else ""
        source = f" [{one.grade or rule.grade}: {one.source}]" if one.source else f" [{one.grade or rule.grade}]"
        text = f"{value}{moved}: {one.meaning}{source}"
        indent = " " * (wide + 4)
        yield from textwrap.wrap(text, WIDTH, initial_indent=f"  {one.name:{wide}}  ", subsequent_indent=indent)


def _example(rule: Rule) -> Iterator[str]:
    yield f"  [rules.{rule.id}]"
    yield "  enabled = false       # switches it off"
    if rule.thresholds:
        first = rule.thresholds[0]
        yield f"  {f'{first.name} = {first.value:g}':21} # or moves a threshold"


def _of_athlete(rule: Rule, history: History, day: date, units: str) -> Iterator[str]:
    said = evaluate(history, end=day)
    own = [item for item in said if item.rule_id == rule.id and item.day == day]
    yield f"Your numbers on {date_text(day, weekday=True)}"
    if not own:
        said_of_day = f"Judged, and nothing seen. {gauge_text(rule, history, day)}".strip()
        yield from textwrap.wrap(said_of_day, WIDTH, initial_indent="  ", subsequent_indent="  ")
    for item in own:
        yield from textwrap.wrap(wording.sentence(item, units), WIDTH, initial_indent="  ", subsequent_indent="  ")
        if isinstance(item, Finding):
            yield from textwrap.wrap(wording.clears(item), WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield ""
    yield from (f"  {line}" for line in picture(rule, history, said, day))
