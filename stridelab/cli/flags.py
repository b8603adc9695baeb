"""``stridelab flags``: what the rules say, and what they could not judge."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stridelab.cli.options import AthleteOption, JsonOption, StoreOption, Units, UnitsOption, a_date, open_store
from stridelab.cli.output import put, put_json, say
from stridelab.errors import UsageError

if TYPE_CHECKING:
    from stridelab.analysis.rules import Finding, NotEvaluated


def flags(
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day (default: the last).")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was cleared that day, and rules that could not judge it.")
    ] = False,
    past: Annotated[bool, typer.Option("--history", help="Every flag there ever was, up to the day.")] = False,
    units: UnitsOption = Units.km,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Print the flags that are open on a day: the reason, the evidence and its limits, and what would clear them."""
    from stridelab.analysis.rules import Finding, evaluate
    from stridelab.dashboards.report.episodes import episodes
    from stridelab.dashboards.report.wording import sentence

    asked = a_date(on, "--on")
    history = open_store(store).history(athlete)
    if history.days.empty:
        say("No activity yet: there is nothing to judge.")
        if as_json:
            put_json({"day": asked, "flags": [], "not_evaluated": []})
        return
    first, last = history.days.index[0].date(), history.days.index[-1].date()
    day = asked or last
    if not first <= day <= last:
        raise UsageError(f"--on {day}", expected=f"a day from {first} to {last}")
    said = evaluate(history, end=day)
    findings = [item for item in said if isinstance(item, Finding)]
    gaps = [item for item in said if not isinstance(item, Finding) and item.day == day]
    shown: Sequence[Finding]
    if past:
        shown = [episode.main for episode in episodes(findings)]
    else:
        shown = [item for item in findings if item.day == day and (everything or item.state != "cleared")]
    if as_json:
        put_json({"day": day, "flags": [_data(item) for item in shown], "not_evaluated": [_data(gap) for gap in gaps]})
        return
    for item in shown:
        put("\n".join(_lines(item, units)))
    if not shown:
        say(f"No flag {'up to' if past else 'is open on'} {day}.")
    if everything:
        for gap in gaps:
            put(sentence(gap, units.value))
    elif gaps:
        say(f"{len(gaps)} of the rules could not judge {day}: stridelab flags --all says why.")


def _data(item: Finding | NotEvaluated) -> dict[str, Any]:
    from stridelab.dashboards.report.wording import sentence

    return {**asdict(item), "text": sentence(item)}


def _lines(item: Finding, units: Units) -> list[str]:
    """One flag as a few lines."""
    from stridelab.dashboards.report.wording import clears, rule_title, sentence, severity

    parts = [sentence(item, units.value), clears(item) if item.state != "cleared" else ""]
    parts.append(f"Source: {item.source}" if item.source else "")
    wrapped = [line for part in parts for line in textwrap.wrap(part, 98, initial_indent="  ", subsequent_indent="  ")]
    return [f"{severity(item.severity).upper()}: {rule_title(item.rule_id)}", *wrapped]
