"""The weekly report as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stridelab.dashboards.report import lines
from stridelab.dashboards.report.loads import chronic_sentences, load_sentences

if TYPE_CHECKING:
    from stridelab.dashboards.report.model import Report
    from stridelab.dashboards.report.wording import Card


def text(report: Report) -> str:
    """The whole report; ends with a newline."""
    parts = [f"# {report.heading}", f"Athlete: {_escaped(report.athlete_key)}"]
    if report.is_empty:
        return "\n\n".join([*parts, lines.EMPTY, lines.EMPTY_ADVICE]) + "\n"
    head = ["", "This week", "Last week", lines.mean_header(report), "Against the mean"]
    parts.append(_table(head, [lines.comparison_cells(report, row) for row in report.comparisons]))
    parts += ["## Days", _table(["Day", "State", "Done"], [_day(report, i) for i in range(len(report.days))])]
    if report.loads:
        parts += ["## Loads", _table(head, [lines.comparison_cells(report, row) for row in report.loads])]
        parts += _items(load_sentences(report))
    parts += ["## Fitness, fatigue, form", f"{lines.form_line(report)} {lines.FORM_NOTE}"]
    parts += _items(chronic_sentences(report))
    if report.zones_s:
        rows = [(name, time, f"{100 * share:.0f} %") for name, time, share in lines.zone_rows(report)]
        parts += ["## Time in heart-rate zones", _table(["Zone", "Time", "Share"], rows)]
    parts.append("## Flags")
    if report.word_text:
        parts.append(f"**{report.word_text}**")
    parts += [_card(card) for card in report.cards] or [lines.NO_FLAGS]
    parts.append(lines.DISCLAIMER)
    if report.not_evaluated:
        parts += ["## Not evaluated", "\n".join(f"- {said}" for said in report.not_evaluated)]
    if report.basis:
        parts += ["## What this rests on", *_items(report.basis)]
    return "\n\n".join(parts) + "\n"


def _items(sentences: Sequence[str]) -> list[str]:
    return ["\n".join(f"- {_escaped(said)}" for said in sentences)] if sentences else []


def _day(report: Report, place: int) -> tuple[str, ...]:
    day = report.days[place]
    state, done = lines.day_lines(report, day)
    return lines.day_name(day, report.language), state, ", ".join(done)


def _card(card: Card) -> str:
    said = [f"### {card.symbol} {card.title} ({card.severity_text})", f"{card.status[0].upper()}{card.status[1:]}."]
    said.append(card.sentence)
    if card.clears:
        said.append(card.clears)
    coverage = f"; {card.coverage}" if card.coverage else ""
    source = f" Source: {_escaped(card.source)}" if card.source else ""
    said.append(f"*{card.evidence}{coverage}.{source}*")
    return "\n\n".join(said)


def _table(head: list[str], rows: Sequence[tuple[str, ...]]) -> str:
    ruler = ["---", *["---:"] * (len(head) - 1)] if head[0] == "" else ["---"] * len(head)
    body = [" | ".join(_escaped(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in [" | ".join(head), " | ".join(ruler), *body])


def _escaped(text: str) -> str:
    """Text that came from outside, without a meaning in Markdown or HTML."""
    for character in "\\`*_[]<>|":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")
