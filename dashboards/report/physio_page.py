"""The page for a physiotherapist as data: its blocks, and how they become HTML or Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from stridelab.dashboards.figures import small
from stridelab.dashboards.report.flags import DayFlags
from stridelab.dashboards.units import date_text

LEAD: Final = (
    "Made from recordings of a watch and from what the runner wrote down. It measures and remembers; it examines "
    "nobody and is no diagnosis."
)
MAX_FLAGS: Final = 4


@dataclass(frozen=True)
class Spark:
    """A line of values in a cell of a table, as a picture and as text."""

    name: str
    values: tuple[float, ...]

    @property
    def text(self) -> str:
        """Blocks of eight heights."""
        return small.spark_text(self.values)

    @property
    def chart(self) -> Markup:
        """As SVG."""
        return small.sparkline(self.values, alt=f"{self.name} by week: {self.text}")


@dataclass(frozen=True)
class Block:
    """One chart or table of the page.

    Parameters
    ----------
    title
        What it shows, as a statement with its numbers.
    chart
        As SVG; empty where there is none.
    spark
        The same as text.
    head, rows
        A small table; empty where there is none.
    notes
        How to read it, and what is missing in it.
    """

    title: str
    chart: str = ""
    spark: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str | Spark, ...], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhysioSummary:
    """The page: its flags and its blocks.

    Parameters
    ----------
    athlete_key, first, last
        Whose, and the first and last day.
    flags
        As they stand on the last day.
    pain, distance, load, mechanical, technique, strength, shoes
        Its parts.
    units
        ``km`` or ``mi``.
    """

    athlete_key: str
    first: date
    last: date
    flags: DayFlags
    pain: Block
    distance: Block
    load: Block
    mechanical: Block
    technique: Block
    strength: Block
    shoes: Block
    units: str = "km"

    @property
    def heading(self) -> str:
        """``Summary of a runner, 3 Sep – 25 Nov 2026``."""
        first = date_text(self.first, year=self.first.year != self.last.year)
        return f"Twelve weeks of running, {first} – {date_text(self.last)}"

    def to_html(self) -> str:
        """The page: self-contained, printed on one side of A4."""
        from stridelab.dashboards.page import render

        return render("physio.html.j2", summary=self, lead=LEAD, max_flags=MAX_FLAGS)

    def to_markdown(self) -> str:
        """The same as Markdown, also for a terminal."""
        parts = [f"# {self.heading}", f"Athlete: {self.athlete_key}. {LEAD}"]
        parts += [f"## {self.flags_title}", *(f"- {line}" for line in self.flag_lines), self.flags_note]
        for block in (self.pain, self.distance, self.load, self.mechanical, self.technique, self.strength, self.shoes):
            parts.append(f"## {block.title}")
            if block.spark:
                parts.append(block.spark)
            if block.rows:
                parts.append(_markdown_table(block.head, block.rows))
            parts += block.notes
        return "\n\n".join(parts) + "\n"

    @property
    def flags_title(self) -> str:
        """How many flags are open on the last day."""
        count = sum(not one.today.part_of for one in (*self.flags.open, *self.flags.snoozed))
        open_ = f"{count} {plural(count, 'flag')} open" if count else "No flag open"
        return f"{open_} on {date_text(self.last, weekday=True)}"

    @property
    def flags_note(self) -> str:
        """How many rules could judge the day, and what a flag is."""
        word = self.flags.word
        return (
            f"{word.judged} of {word.rules} rules could judge the day. A flag compares with published averages and "
            "rules of thumb; it is no diagnosis. " + " ".join(self.flags.settings)
        ).strip()

    @property
    def flag_lines(self) -> tuple[str, ...]:
        """The open flags, a line each, with severity, grade and since when."""
        lines = [
            f"{one.card.symbol} {one.card.title} ({one.card.severity_text}; {one.card.status}). "
            f"{_first_sentence(one.card.sentence)} {one.card.evidence}."
            for one in (*self.flags.open, *self.flags.snoozed)
            if not one.today.part_of
        ]
        more = len(lines) - MAX_FLAGS
        return (*lines[:MAX_FLAGS], *([f"and {more} more: stridelab flags"] if more > 0 else []))


def _first_sentence(text: str) -> str:
    """The sentence with the numbers; the flag in full is for `stridelab flags`."""
    return text.partition(". ")[0].rstrip(".") + "."


def plural(count: int, noun: str) -> str:
    """The noun for so many."""
    return noun if count == 1 else f"{noun}s"


def _markdown_table(head: Sequence[str], rows: Sequence[Sequence[str | Spark]]) -> str:
    def line(cells: Sequence[str | Spark]) -> str:
        said = (cell.text if isinstance(cell, Spark) else cell.replace("|", "\\|") for cell in cells)
        return "| " + " | ".join(said) + " |"

    return "\n".join([line(head), line(["---"] * len(head)), *(line(row) for row in rows)])
