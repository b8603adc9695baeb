"""The weekly report for a terminal; colour only underlines what words and shapes say."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stridelab.dashboards.report import lines
from stridelab.dashboards.report.loads import chronic_sentences, load_sentences

if TYPE_CHECKING:
    from stridelab.dashboards.report.model import Comparison, Report
    from stridelab.dashboards.report.wording import Card

STYLES: Final = {"info": "bold", "watch": "bold yellow", "act": "bold red", "refer": "bold red", "urgent": "bold red"}
BAR_WIDTH: Final = 24


def text(report: Report, *, width: int = 100, color: bool = False) -> str:
    """The report as text of a width, with or without colour codes."""
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        legacy_windows=False,
    )
    console.print(renderable(report))
    written = console.file
    assert isinstance(written, io.StringIO)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def renderable(report: Report) -> RenderableType:
    """What a rich console prints."""
    parts: list[RenderableType] = [Text(report.heading, style="bold"), Text(f"Athlete: {report.athlete_key}"), Text()]
    if report.is_empty:
        return Group(*parts, Text(lines.EMPTY), Text(lines.EMPTY_ADVICE))
    parts += [_numbers(report, report.comparisons), _heading("Days"), _days(report)]
    if report.loads:
        parts += [_heading("Loads"), _numbers(report, report.loads), *(_item(said) for said in load_sentences(report))]
    parts += [_heading("Fitness, fatigue, form"), Text(lines.form_line(report)), Text(lines.FORM_NOTE, style="dim")]
    parts += [_item(said) for said in chronic_sentences(report)]
    if report.zones_s:
        parts += [_heading("Time in heart-rate zones"), _zones(report)]
    parts.append(_heading("Flags"))
    if report.word_text:
        parts += [Text(report.word_text, style="bold"), Text()]
    for card in report.cards:
        parts += [_card(card), Text()]
    if not report.flags:
        parts.append(Text(lines.NO_FLAGS))
    parts.append(Text(lines.DISCLAIMER, style="dim"))
    if report.not_evaluated:
        parts.append(_heading("Not evaluated"))
        parts += [_item(said) for said in report.not_evaluated]
    if report.basis:
        parts.append(_heading("What this rests on"))
        parts += [_item(said) for said in report.basis]
    return Group(*parts)


def _heading(words: str) -> Text:
    return Text(f"\n{words}", style="bold underline")


def _item(words: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text("-"), Text(words))
    return grid


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), header_style="bold")


def _numbers(report: Report, rows: Sequence[Comparison]) -> Table:
    table = _table()
    table.add_column("")
    for name in ("This week", "Last week", lines.mean_header(report), "Against the mean"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*(Text(cell) for cell in lines.comparison_cells(report, row)))
    return table


def _days(report: Report) -> Table:
    table = Table.grid(padding=(0, 2))
    for day in report.days:
        state, done = lines.day_lines(report, day)
        name = lines.day_name(day, report.language)
        table.add_row(Text(name), Text(f"{lines.DAY_SYMBOLS[day.state]} {state}"), Text(", ".join(done)))
    return table


def _zones(report: Report) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, time, share in lines.zone_rows(report):
        bar = "█" * round(BAR_WIDTH * share)
        table.add_row(Text(name), Text(time, justify="right"), Text(f"{100 * share:.0f} %", justify="right"), Text(bar))
    return table


def _card(card: Card) -> RenderableType:
    head = Text.assemble(
        (f"{card.symbol} {card.title}", STYLES[card.severity]), f"  {card.severity_text}, {card.status}"
    )
    coverage = f"; {card.coverage}" if card.coverage else ""
    body = [Text(card.sentence)]
    if card.clears:
        body.append(Text(card.clears))
    body.append(Text(f"{card.evidence}{coverage}.", style="dim"))
    if card.source:
        body.append(Text(f"Source: {card.source}", style="dim"))
    return Group(head, Padding(Group(*body), (0, 0, 0, 2)))
