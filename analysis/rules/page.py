"""``docs/rules.md`` from the rules themselves: ``python -m stridelab.analysis.rules.page > docs/rules.md``."""

from __future__ import annotations

from stridelab.analysis.rules.evaluate import RULES
from stridelab.analysis.rules.grouping import CAUSES
from stridelab.analysis.rules.rule import Rule, Softened, Suppressed, Threshold
from stridelab.analysis.rules.states import CLEARED_AFTER_MISSES, COOL_DOWN_D, LAPSES_AFTER_D

_HEAD = f"""# Rules

Made from the rules by `python -m stridelab.analysis.rules.page > docs/rules.md`; `stridelab explain RULE` prints one of
them with your own numbers.

A rule says what was seen in a history, how sure that is, what the evidence is worth and what would clear it. None of
them is a diagnosis, and none speaks of what is not known: a day whose data do not suffice is *not evaluated*, with the
reason. A day without a recording is rest only where the device was worn, the log says so, or the gaps between
recordings let it be assumed; else it is unknown, and unknown is never rest.

Grades: A trials or meta-analysis, B prospective cohort, C mechanism, small studies or consensus, D convention.
Severities: info, watch, act, refer (see a professional), urgent (only for chest pain and fainting in the log).

An *event* is raised at once and expires. A *state* is raised after daily hits, cleared after {CLEARED_AFTER_MISSES}
misses, and then silent for {COOL_DOWN_D} days; one that cannot be judged for {LAPSES_AFTER_D} days is closed, because
nothing is known of it any more. A *description* has numbers and no flag.

Tags of a day or an activity (`stridelab tag add`) *suppress* a rule, which is then not evaluated, or *soften* it: what
they explain by themselves is for information only.

`stridelab.toml` switches a rule off or moves a threshold, and every flag then says so:

```toml
[rules.no_cross_training]
enabled = false

[rules.session_spike]
watch_ratio = 1.2
```

These rules are checked against made seasons of a simulator, which tells whether they do what they say. It does not tell
how often they are right about people: nobody has measured that.
"""


def rules_page() -> str:
    """The page in Markdown.

    Examples
    --------
    >>> rules_page().splitlines()[0]
    '# Rules'
    """
    parts = [_HEAD, "| # | rule | question | severity | grade |", "|---|---|---|---|---|"]
    parts += [
        f"| {rule.number} | [`{rule.id}`](#{rule.id}) | {rule.question} | {' / '.join(rule.severities) or 'no flag'} |"
        f" {rule.grade} |"
        for rule in RULES
    ]
    for rule in RULES:
        parts += ["", *_rule(rule)]
    parts += ["", "## One cause, one flag\n", "Of open flags that see one cause from several sides, the gravest leads,"]
    parts += ["of equals the one raised first; the others are its parts, and for information only:\n"]
    parts += [
        "- "
        + ", ".join(f"`{name}`" for name in cause.rules)
        + (", where that flag stays open" if cause.leads_with else "")
        for cause in CAUSES
    ]
    return "\n".join(parts).rstrip() + "\n"


def _rule(rule: Rule) -> list[str]:
    lines = [f"## {rule.id}\n", f"Rule {rule.number}. {rule.question} {_kind(rule)}\n"]
    lines += [f"Evidence {rule.grade}: {rule.evidence}\n", f"Source: {rule.source}\n"]
    lines += [f"Needs {need.columns}: {need.least}." for need in rule.needs]
    if rule.restarts:
        lines.append(f"Its baseline begins anew with {rule.restarts}.")
    lines += [sentence for kind in (Suppressed, Softened) if (sentence := _tags(rule, kind))]
    if rule.thresholds:
        lines += ["", "| threshold | value | meaning | grade | source |", "|---|---|---|---|---|"]
        lines += [_threshold(rule, threshold) for threshold in rule.thresholds]
    return lines


def _kind(rule: Rule) -> str:
    if rule.kind == "description":
        return "A description, never a flag."
    if rule.kind == "event":
        again = "; another hit prolongs it" if rule.renews else "; another hit raises it anew"
        return f"An event, open for {rule.lasts_d} days{again}."
    if rule.hits_to_raise == 1:
        return "A state, raised by its first hit, because its definition counts days or runs itself."
    return f"A state, raised after {rule.hits_to_raise} daily hits."


def _tags(rule: Rule, kind: type[Suppressed] | type[Softened]) -> str:
    named = [
        effect.tag + (f" (and {effect.after_d} days after it)" if effect.after_d else "")
        for effect in rule.tags
        if isinstance(effect, kind)
    ]
    verb = "Suppressed" if kind is Suppressed else "Softened"
    return f"{verb} by the tags {', '.join(named)}." if named else ""


def _threshold(rule: Rule, threshold: Threshold) -> str:
    value = f"{threshold.value:g} {threshold.unit}".strip()
    grade, source = threshold.grade or rule.grade, threshold.source or "as the rule"
    return f"| `{threshold.name}` | {value} | {threshold.meaning} | {grade} | {source} |"


if __name__ == "__main__":
    print(rules_page(), end="")
