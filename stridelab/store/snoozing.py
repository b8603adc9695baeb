"""Snoozes: rules that the athlete puts to sleep for some days, with a reason. Authored, like the log and the tags."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pandas as pd
import sqlalchemy as sa

from stridelab.analysis.rules import RULES
from stridelab.analysis.rules.snoozing import NEVER_SNOOZED
from stridelab.errors import UsageError
from stridelab.store import queries, schema
from stridelab.store.importing import ensure_athlete
from stridelab.store.store import Store

MAX_DAYS: Final = 90
"""A rule that is to be quiet for longer is better switched off in ``stridelab.toml``, where it is seen."""


def known_rule(rule_id: str) -> str:
    """The id of a rule.

    Raises
    ------
    UsageError
        For one that is not there; it lists those that are.
    """
    ids = [rule.id for rule in RULES]
    if rule_id not in ids:
        raise UsageError(f"there is no rule {rule_id!r}", expected="one of " + ", ".join(ids))
    return rule_id


def snooze(store: Store, rule_id: str, *, athlete: str, since: date, days: int, why: str) -> date:
    """Put a rule to sleep; gives its last day. A new snooze of the same rule replaces those that reach its first day.

    Parameters
    ----------
    store, athlete
        Whose.
    rule_id
        Which rule.
    since, days
        First day, and how many with it: 1 to `MAX_DAYS`.
    why
        The reason; it is shown with the flag.

    Raises
    ------
    UsageError
        For an unknown rule, one that speaks only of professionals, a length out of range, or no reason.
    """
    known_rule(rule_id)
    severities = next(rule.severities for rule in RULES if rule.id == rule_id)
    if not severities:
        raise UsageError(f"{rule_id} only describes: it raises no flag that could be snoozed")
    if set(severities) <= set(NEVER_SNOOZED):
        advice = "It clears by itself; `stridelab explain RULE` says when."
        raise UsageError(f"{rule_id} says that you should see a professional: no snooze quiets it", advice=advice)
    if not 1 <= days <= MAX_DAYS:
        advice = "For good: `enabled = false` in stridelab.toml (`stridelab explain RULE` shows how)."
        raise UsageError(f"a snooze of {days} days", expected=f"1 to {MAX_DAYS}", advice=advice)
    if not why.strip():
        raise UsageError("a snooze without a reason", expected='--why "what you know that the rule does not"')
    until = since + timedelta(days=days - 1)
    table = schema.snoozes
    with store.database.writing() as connection:
        ensure_athlete(connection, athlete)
        same = (table.c.athlete == athlete) & (table.c.rule_id == rule_id) & (table.c.until >= since)
        connection.execute(sa.delete(table).where(same & (table.c.since >= since)))
        connection.execute(sa.update(table).where(same).values(until=since - timedelta(days=1)))
        row = {"athlete": athlete, "rule_id": rule_id, "since": since, "until": until, "why": why.strip()}
        connection.execute(sa.insert(table).values(row))
    return until


def wake(store: Store, rule_id: str, *, athlete: str, on: date) -> None:
    """End the snoozes of a rule that hold on a day or later; what lies before the day stays on record.

    Raises
    ------
    UsageError
        Where there is none.
    """
    known_rule(rule_id)
    table = schema.snoozes
    with store.database.writing() as connection:
        own = (table.c.athlete == athlete) & (table.c.rule_id == rule_id) & (table.c.until >= on)
        gone = connection.execute(sa.delete(table).where(own & (table.c.since >= on))).rowcount
        cut = connection.execute(sa.update(table).where(own).values(until=on - timedelta(days=1))).rowcount
    if not gone + cut:
        raise UsageError(f"{rule_id} is not snoozed", advice="`stridelab snooze --list` lists what is.")


def snoozes(store: Store, *, athlete: str) -> pd.DataFrame:
    """Every snooze there was (`stridelab.analysis.history.SNOOZE_COLUMNS`), by first day."""
    with store.database.reading() as connection:
        return queries.snoozes(connection, athlete)
