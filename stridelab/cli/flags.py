"""``stridelab flags`` and ``snooze``: what the rules say, what they could not judge, and what is put to sleep."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stridelab.cli.options import AthleteOption, JsonOption, StoreOption, Units, UnitsOption, a_date, open_store
from stridelab.cli.output import count, put, put_json, put_table, say
from stridelab.errors import UsageError

if TYPE_CHECKING:
    from stridelab.dashboards.report.flags import DayFlags, Flag

WIDTH = 98


def flags(
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day (default: the last).")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was cleared that day, and the rules that saw nothing.")
    ] = False,
    past: Annotated[
        bool, typer.Option("--history", help="Every flag there was up to the day: raised, gravest, cleared, days.")
    ] = False,
    units: UnitsOption = Units.km,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Print the flags that are open on a day: the reason, the evidence and its limits, and what would clear them.

    Also what is snoozed, what could not be judged and why, and what your stridelab.toml changes. The exit code is 0
    whether a flag is open or not: a flag is no failure.
    """
    from stridelab.analysis.rules import Finding, evaluate
    from stridelab.dashboards.report.episodes import episodes
    from stridelab.dashboards.report.flags import day_flags, flag

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
    if past:
        joined = episodes(item for item in said if isinstance(item, Finding))
        _put_past([flag(episode, history.snoozes, units=units.value) for episode in joined], day, as_json)
        return
    today = day_flags(history, said, day, units=units.value)
    if as_json:
        put_json(_day_data(today, everything))
        return
    put("\n".join(_day_lines(today, everything)))


def _day_data(today: DayFlags, everything: bool) -> dict[str, Any]:
    from stridelab.dashboards.report.wording import day_word, sentence

    shown = [*today.open, *today.snoozed, *(today.cleared if everything else ())]
    return {
        "day": today.day,
        "word": today.word.key,
        "word_text": day_word(today.word),
        "flags": [_flag_data(one) for one in shown],
        "not_evaluated": [{**asdict(gap), "text": sentence(gap)} for gap in today.gaps],
        "quiet": today.quiet,
        "settings": today.settings,
    }


def _flag_data(one: Flag) -> dict[str, Any]:
    from stridelab.dashboards.report.wording import sentence

    snooze = None if one.snooze is None else asdict(one.snooze)
    words = {"title": one.card.title, "clears": one.card.clears, "text": sentence(one.today)}
    return {**asdict(one.today), **words, "since": one.episode.start, "snoozed": snooze}


def _day_lines(today: DayFlags, everything: bool) -> Iterable[str]:
    from stridelab.dashboards.report.wording import day_word, rule_title, sentence
    from stridelab.dashboards.units import date_text

    yield from textwrap.wrap(f"{date_text(today.day, weekday=True)}: {day_word(today.word)}", WIDTH)
    for one in today.open:
        yield from ["", *_card_lines(one)]
    for heading, group in (("Snoozed", today.snoozed), ("Cleared", today.cleared if everything else ())):
        yield from ["", heading] if group else []
        for one in group:
            yield from _card_lines(one)
    if today.gaps:
        yield from ["", "Not evaluated"]
        for gap in today.gaps:
            yield from _wrapped(sentence(gap), bullet=True)
    if everything and today.quiet:
        quiet = ", ".join(rule_title(rule) for rule in today.quiet)
        yield from ["", "Judged, and nothing seen", *_wrapped(quiet)]
    if today.settings:
        yield from ["", "Your settings"]
        for note in today.settings:
            yield from _wrapped(note, bullet=True)


def _card_lines(one: Flag) -> Iterable[str]:
    """One flag as a few lines."""
    card = one.card
    yield f"{card.symbol} {card.severity_text.upper()}: {card.title}"
    yield from _wrapped(f"{card.status[0].upper()}{card.status[1:]}.")
    coverage = f"; {card.coverage}" if card.coverage else ""
    source = f"Source: {card.source}." if card.source else ""
    for part in (card.sentence, card.clears, f"{card.evidence}{coverage}.", source):
        yield from _wrapped(part)


def _wrapped(text: str, *, bullet: bool = False) -> Sequence[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="- " if bullet else "  ", subsequent_indent="  ")


def _put_past(every: Sequence[Flag], last: Any, as_json: bool) -> None:
    """All episodes: one line each, or with everything that was said."""
    from stridelab.dashboards.report.flags import past_rows

    rows = past_rows([one.episode for one in every], last)
    if as_json:
        data = [{**_flag_data(one), **row, "day": one.episode.main.day} for one, row in zip(every, rows, strict=True)]
        put_json({"day": last, "flags": data, "not_evaluated": []})
        return
    if not rows:
        put(f"No flag up to {last}.")
        return
    put(f"{'raised':10}  {'cleared':10}  {'days':>4}  {'worst':18}  flag")
    for one, row in zip(every, rows, strict=True):
        ended = row["cleared"] or ("anew" if row["replaced"] else "open")
        put(f"{row['raised']}  {ended!s:10}  {row['days']:>4}  {one.card.severity_text:18}  {one.card.title}")
    weeks = len({row["raised"].isocalendar()[:2] for row in rows})
    say(f"{count(len(rows), 'episode')}, raised in {count(weeks, 'week')}. One day in full: stridelab flags --on DAY")


def snooze(
    rule: Annotated[str | None, typer.Argument(metavar="RULE", help="Which rule; none lists them.")] = None,
    days: Annotated[int, typer.Option("--days", metavar="N", help="How many days, from the first on.")] = 7,
    why: Annotated[str | None, typer.Option("--why", metavar="TEXT", help="The reason; it is shown.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="First day (default: today).")] = None,
    listed: Annotated[bool, typer.Option("--list", help="List every snooze there was.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Wake the rule again.")] = False,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Put a rule to sleep for some days, with a reason.

    It is still computed and shown, with your reason, and left out of the word of the day. What says that you should see
    a professional, or is urgent, is never put to sleep.
    """
    from stridelab.localtime import today
    from stridelab.store import snoozing

    opened = open_store(store)
    if listed or (rule is None and not remove):
        found = snoozing.snoozes(opened, athlete=athlete)
        put_table(found.assign(since=found["since"].dt.date, until=found["until"].dt.date), as_json=as_json)
        return
    if rule is None:
        raise UsageError("--remove of no rule", expected="a rule", advice="`stridelab snooze --list` lists them.")
    snoozing.known_rule(rule)
    since = a_date(on, "--on") or today(opened.athlete(athlete).text("timezone"))
    if remove:
        snoozing.wake(opened, rule, athlete=athlete, on=since)
        say(f"{rule}: awake again.")
        return
    if why is None:
        raise UsageError("a snooze without a reason", expected='--why "what you know that the rule does not"')
    until = snoozing.snooze(opened, rule, athlete=athlete, since=since, days=days, why=why)
    say(f"{rule}: snoozed until {until}. It is still computed and shown; `stridelab snooze {rule} --remove` wakes it.")
    say("Where it says that you should see a professional, it is not put to sleep.")
