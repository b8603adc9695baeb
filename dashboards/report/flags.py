"""The flags of one day and of the whole past, in words: what is open, what is snoozed, what could not be judged."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from stridelab.analysis.history import History
from stridelab.analysis.rules import RULES, SEVERITIES, DayWord, day_word, settings_of
from stridelab.analysis.rules.finding import Finding, NotEvaluated
from stridelab.analysis.rules.snoozing import Snooze, awake, snooze_of
from stridelab.dashboards.report import wording
from stridelab.dashboards.report.episodes import Episode, episodes
from stridelab.dashboards.report.wording import Card
from stridelab.dashboards.units import date_text

SETTINGS_FILE: Final = "stridelab.toml"


@dataclass(frozen=True)
class Flag:
    """A rule as it stands on a day: its episode, the finding of the day, what quiets it, and the words for it."""

    episode: Episode
    today: Finding
    snooze: Snooze | None
    card: Card


@dataclass(frozen=True)
class DayFlags:
    """What the rules say of one day.

    Parameters
    ----------
    day
        Which.
    word
        The word for it; what is snoozed is left out of it.
    open, snoozed, cleared
        The flags of the day, gravest first.
    gaps
        Rules that could not judge it.
    quiet
        Rules that judged it and saw nothing.
    settings
        What the user's settings change, a sentence each.
    """

    day: date
    word: DayWord
    open: tuple[Flag, ...] = ()
    snoozed: tuple[Flag, ...] = ()
    cleared: tuple[Flag, ...] = ()
    gaps: tuple[NotEvaluated, ...] = ()
    quiet: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


def day_flags(
    history: History,
    findings: Iterable[Finding | NotEvaluated],
    day: date,
    *,
    units: str = "km",
    language: str = "en",
) -> DayFlags:
    """The flags of a day.

    Parameters
    ----------
    history
        Whose; its snoozes and settings count.
    findings
        What the rules said of the days up to this one; later ones are left out.
    day
        Which day.
    units, language
        As of `stridelab.dashboards.report.wording.sentence`.
    """
    said = [item for item in findings if item.day <= day]
    flags = [
        flag(episode, history.snoozes, units=units, language=language)
        for episode in episodes(said)
        if episode.last == day
    ]
    # Grave ones first, and below each what has the same cause.
    lead = {one.episode.rule_id: -SEVERITIES.index(one.today.severity) for one in flags}
    flags.sort(key=lambda one: (lead.get(one.today.part_of, lead[one.episode.rule_id]), one.today.part_of != ""))
    today = [item for item in said if item.day == day]
    gaps = tuple(item for item in today if isinstance(item, NotEvaluated))
    off = {rule_id for rule_id, setting in settings_of(RULES, history.settings).items() if not setting.enabled}
    spoken = {one.episode.rule_id for one in flags} | {gap.rule_id for gap in gaps} | off
    standing = [one for one in flags if one.today.state != "cleared"]
    return DayFlags(
        day,
        day_word(awake(history.snoozes, today), rules=len(RULES)),
        open=tuple(one for one in standing if one.snooze is None),
        snoozed=tuple(one for one in standing if one.snooze is not None),
        cleared=tuple(one for one in flags if one.today.state == "cleared"),
        gaps=tuple(gap for gap in gaps if gap.rule_id not in off),
        quiet=tuple(rule.id for rule in RULES if rule.id not in spoken),
        settings=settings_notes(history.settings, language=language),
    )


def flag(episode: Episode, snoozes: pd.DataFrame, *, units: str = "km", language: str = "en") -> Flag:
    """An episode as it stands on its last day."""
    today = episode.findings[-1]
    snooze = snooze_of(snoozes, today) if episode.is_open else None
    card = wording.card(episode, units, language=language)
    if snooze is not None:
        until = date_text(snooze.until, weekday=True, language=language)
        card = dataclasses.replace(card, status=f"{card.status}; snoozed until {until} ({snooze.why})")
    return Flag(episode, today, snooze, card)


def settings_notes(settings: Mapping[str, Any], *, language: str = "en") -> tuple[str, ...]:
    """What the user's settings change, a sentence each; a value that is the published one changes nothing."""
    notes = []
    for rule, setting in zip(RULES, settings_of(RULES, settings).values(), strict=True):
        title = wording.rule_title(rule.id, language)
        if not setting.enabled:
            notes.append(f"{title}: switched off in {SETTINGS_FILE}.")
            continue
        units = {threshold.name: threshold.unit for threshold in rule.thresholds}
        for name in setting.moved:
            own, published = (_plain_number(v, units[name]) for v in (setting.limits[name], rule.defaults[name]))
            notes.append(f"{title}: {name} is {own} by {SETTINGS_FILE}, instead of {published}.")
    return tuple(notes)


def _plain_number(value: float, unit: str) -> str:
    return f"{value:g} {unit}".strip()


def past_rows(all_episodes: Sequence[Episode], last: date) -> list[dict[str, Any]]:
    """Every episode as plain data: when it was raised and cleared, how long it lasted, and how grave it became.

    Parameters
    ----------
    all_episodes
        From `stridelab.dashboards.report.episodes.episodes`.
    last
        Last day that was judged; an open episode has lasted up to it.
    """
    rows = []
    for episode in all_episodes:
        ended = episode.cleared_on or episode.replaced_on
        rows.append(
            {
                "rule_id": episode.rule_id,
                "raised": episode.start,
                "cleared": episode.cleared_on,
                "replaced": episode.replaced_on,
                "open": episode.is_open,
                "days": ((ended or last) - episode.start).days + (0 if ended else 1),
                "worst": episode.main.severity,
            }
        )
    return rows
