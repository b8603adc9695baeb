"""``stridelab explain``: where a number or a flag comes from."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from stridelab.cli.dashboard import long_ago
from stridelab.cli.options import AthleteOption, JsonOption, StoreOption, Units, UnitsOption, a_date, open_store
from stridelab.cli.output import put, put_json, say
from stridelab.errors import StoreError, UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from stridelab.analysis.history import History
    from stridelab.analysis.metric import Metric


def explain(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A metric or a rule; none lists all.")] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="Day of your numbers (default: the last).")
    ] = None,
    units: UnitsOption = Units.km,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Explain a metric (formula, variants, source, inputs) or a rule.

    Of a rule: its question, the evidence and its grade, thresholds with their sources, what clears it, how to move or
    switch it off, and, where there is a store, what it says of you on a day and in the last twelve weeks.
    """
    from stridelab.analysis.metrics import METRICS
    from stridelab.analysis.rules import RULES
    from stridelab.dashboards.report import rule_page

    rules = {rule.id: rule for rule in RULES}
    if name is None:
        if as_json:
            put_json({"metrics": list(METRICS), "rules": list(rules)})
            return
        put("Metrics")
        put("\n".join(f"  {key:34} {variants[0].description}" for key, variants in METRICS.items()))
        put("Rules")
        put("\n".join(f"  {key:34} {rule.question}" for key, rule in rules.items()))
    elif name in METRICS:
        if as_json:
            put_json([{**asdict(variant), "reproduce": variant.reproduce} for variant in METRICS[name]])
        else:
            put("\n".join(_metric(METRICS[name])))
    elif name in rules:
        history, day = _history(store, athlete, a_date(on, "--on"))
        if as_json:
            put_json(rule_page.data(rules[name], history, day))
        else:
            put("\n".join(rule_page.lines(rules[name], history, day, units.value)))
    else:
        raise UsageError(f"nothing is called {name!r}", expected="one of " + ", ".join([*METRICS, *rules]))


def _history(store: Path | None, athlete: str, day: date | None) -> tuple[History | None, date | None]:
    """The athlete's past up to a day, where there is a store: a rule can be explained without one."""
    try:
        history = open_store(store).history(athlete, until=day)
    except StoreError as error:
        if store is not None:
            say(f"Without your numbers: {error}")
        return None, None
    if day is None and (last := long_ago(history)) is not None:
        return open_store(store).history(athlete, until=last), last
    return history, day


def _metric(variants: Sequence[Metric]) -> list[str]:
    """The default variant in full, of the others what differs."""
    main = next(variant for variant in variants if variant.default)
    rows = {
        "unit": main.unit,
        "variant": main.variant and f"{main.variant} (the default)",
        "formula": main.formula,
        "source": main.source,
        "inputs": ", ".join(main.inputs),
        "computed": main.function,
        "trust": main.uncertainty,
        "reproduce": main.reproduce,
    }
    lines = [main.name, f"  {main.description}", *(_row(key, value) for key, value in rows.items() if value)]
    for other in variants:
        if other is not main:
            lines += [
                f"  variant {other.variant}",
                f"    {'formula':7} {other.formula}",
                f"    {'source':7} {other.source}",
            ]
            if other.uncertainty != main.uncertainty:
                lines.append(f"    {'trust':7} {other.uncertainty}")
    return lines


def _row(key: str, value: str) -> str:
    return textwrap.fill(value, 98, initial_indent=f"  {key:9} ", subsequent_indent=" " * 12)
