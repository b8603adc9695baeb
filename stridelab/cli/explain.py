"""``stridelab explain``: where a number or a flag comes from."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from stridelab.cli.options import JsonOption
from stridelab.cli.output import put, put_json
from stridelab.errors import UsageError

if TYPE_CHECKING:
    from stridelab.analysis.metric import Metric
    from stridelab.analysis.rules import Rule


def explain(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A metric or a rule; none lists all.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Explain a metric (formula, variants, source, inputs) or a rule (question, evidence, source)."""
    from stridelab.analysis.metrics import METRICS
    from stridelab.analysis.rules import RULES

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
        if as_json:
            put_json(_rule(rules[name]))
        else:
            put("\n".join(_row(key, str(value)) for key, value in _rule(rules[name]).items()))
    else:
        raise UsageError(f"nothing is called {name!r}", expected="one of " + ", ".join([*METRICS, *rules]))


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


def _rule(rule: Rule) -> dict[str, str | int]:
    from stridelab.dashboards.report.texts_en import GRADES

    lasting = (
        f"event: open for {rule.lasts_d} days"
        if rule.kind == "event"
        else f"state: raised after {rule.hits_to_raise} daily hit(s), cleared after two misses"
    )
    return {
        "rule": rule.id,
        "number": rule.number,
        "question": rule.question,
        "kind": lasting,
        "grade": GRADES[rule.grade],
        "source": rule.source,
    }


def _row(key: str, value: str) -> str:
    return textwrap.fill(value, 98, initial_indent=f"  {key:9} ", subsequent_indent=" " * 12)
