"""What the athlete corrects and removes: edits, links, tags and gear. The log is in `stridelab.store.journal`.

All of it is authored: no import and no rebuild touches it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa

from stridelab.errors import UsageError
from stridelab.store import joining, queries, schema
from stridelab.store.importing import ensure_athlete
from stridelab.store.store import Store

TAGS: Final = ("race", "illness", "heat", "altitude", "travel", "new_device", queries.EXCLUDE)
"""Tags of days and activities."""


def known_activity(connection: sa.Connection, athlete: str, given: str) -> str:
    """The whole id of an activity, of which the beginning is enough where it is the only one.

    Raises
    ------
    UsageError
        Where there is no such activity, or several.
    """
    table = schema.activities
    query = sa.select(table.c.activity_id).where(
        table.c.athlete == athlete, table.c.activity_id.startswith(given, autoescape=True)
    )
    found = list(connection.execute(query.limit(3)).scalars()) if len(given) >= 4 else []
    if given in found:
        return given
    if len(found) != 1:
        what = f"several activities begin with {given}" if found else f"there is no activity {given}"
        raise UsageError(what, expected="an id", advice="`stridelab activities` lists them.")
    return str(found[0])


def edit(
    store: Store,
    activity_id: str,
    *,
    athlete: str,
    fields: Mapping[str, str],
    excluded: bool | None = None,
) -> None:
    """Correct an activity; an empty text takes a correction back.

    Parameters
    ----------
    store, athlete
        Whose.
    activity_id
        Which; its beginning is enough.
    fields
        New values of ``sport``, ``sub_sport`` and ``title``.
    excluded
        Whether it is left out of everything; None leaves that as it is.
    """
    changes = {name: value or None for name, value in fields.items()}
    if unknown := set(changes) - set(queries.EDITABLE):
        raise UsageError(f"{', '.join(unknown)} cannot be edited", expected=", ".join(queries.EDITABLE))
    if excluded is not None:
        changes["excluded"] = "1" if excluded else None
    table = schema.edits
    with store.database.writing() as connection:
        name = known_activity(connection, athlete, activity_id)
        for field, value in changes.items():
            same = (table.c.athlete == athlete) & (table.c.activity_id == name) & (table.c.field == field)
            connection.execute(sa.delete(table).where(same))
            if value is not None:
                row = {"athlete": athlete, "activity_id": name, "field": field, "value": value}
                connection.execute(sa.insert(table).values(**row, made=datetime.now(UTC)))
        joining.join(connection, athlete)


def set_link(store: Store, first: str, second: str, *, athlete: str, kind: str) -> None:
    """Say of two activities that they are one run (``link``) or not (``unlink``); it overrides what was found.

    Parameters
    ----------
    store, athlete
        Whose.
    first, second
        The two; beginnings of ids are enough.
    kind
        ``link`` or ``unlink``.
    """
    table = schema.manual_links
    with store.database.writing() as connection:
        low, high = sorted(known_activity(connection, athlete, name) for name in (first, second))
        if low == high:
            raise UsageError(f"{low} twice", expected="two activities")
        same = (table.c.athlete == athlete) & (table.c.activity_id == low) & (table.c.other_id == high)
        connection.execute(sa.delete(table).where(same))
        row = {"athlete": athlete, "activity_id": low, "other_id": high, "kind": kind}
        connection.execute(sa.insert(table).values(**row, made=datetime.now(UTC)))
        joining.join(connection, athlete)


def add_tag(store: Store, tag: str, *, athlete: str, on: date | None = None, activity_id: str | None = None) -> None:
    """Tag a day or an activity; the same tag twice is one.

    ``exclude`` leaves the activity, or every activity of that day, out of everything, as `edit` does.

    Parameters
    ----------
    store, athlete
        Whose.
    tag
        One of `TAGS`.
    on, activity_id
        The day, or the activity (its beginning is enough): one of the two.
    """
    if tag not in TAGS:
        raise UsageError(f"tag {tag!r}", expected="one of " + ", ".join(TAGS))
    with store.database.writing() as connection:
        ensure_athlete(connection, athlete)
        row = _tagged(connection, athlete, tag, on, activity_id)
        same = [schema.tags.c[name].is_not_distinct_from(value) for name, value in row.items()]
        if connection.execute(sa.select(schema.tags.c.tag_id).where(*same)).first() is None:
            connection.execute(sa.insert(schema.tags).values(**row))
        if tag == queries.EXCLUDE:
            joining.join(connection, athlete)


def remove_tag(store: Store, tag: str, *, athlete: str, on: date | None = None, activity_id: str | None = None) -> None:
    """Take a tag off a day or an activity; parameters as `add_tag`."""
    with store.database.writing() as connection:
        row = _tagged(connection, athlete, tag, on, activity_id)
        same = [schema.tags.c[name].is_not_distinct_from(value) for name, value in row.items()]
        if not connection.execute(sa.delete(schema.tags).where(*same)).rowcount:
            raise UsageError(f"no tag {tag!r} there", advice="`stridelab tag list` lists them.")
        if tag == queries.EXCLUDE:
            joining.join(connection, athlete)


def _tagged(
    connection: sa.Connection, athlete: str, tag: str, on: date | None, activity_id: str | None
) -> dict[str, Any]:
    if (on is None) == (activity_id is None):
        raise UsageError("a tag of nothing or of two things", expected="a day or an activity")
    if activity_id is not None:
        activity_id = known_activity(connection, athlete, activity_id)
    return {"athlete": athlete, "date": on, "activity_id": activity_id, "tag": tag}


def add_gear(
    store: Store, name: str, *, athlete: str, kind: str = "shoes", since: date | None = None, distance_m: float = 0.0
) -> str:
    """Add a piece of gear; gives its id.

    Parameters
    ----------
    store, athlete
        Whose.
    name
        What it is called; a name that is there already is an error.
    kind
        ``shoes``, ``bike`` …
    since
        First day.
    distance_m
        What it had gone before.
    """
    table = schema.gear
    with store.database.writing() as connection:
        ensure_athlete(connection, athlete)
        mine = sa.select(table.c.name).where(table.c.athlete == athlete)
        if not name.strip() or name in set(connection.execute(mine).scalars()):
            raise UsageError(f"gear {name!r} is there already" if name.strip() else "gear without a name")
        gear_id = uuid.uuid4().hex[:8]
        row = {"athlete": athlete, "gear_id": gear_id, "kind": kind, "name": name, "since": since, "retired": None}
        connection.execute(sa.insert(table).values(**row, initial_distance_m=distance_m))
    return gear_id


def assign_gear(store: Store, given: str, activity_id: str, *, athlete: str) -> str:
    """Assign gear to an activity instead of other gear of its kind; gives the gear's name.

    Parameters
    ----------
    store, athlete
        Whose.
    given
        The gear: its id or its name.
    activity_id
        The activity; its beginning is enough.
    """
    table, assigned = schema.gear, schema.gear_assignments
    with store.database.writing() as connection:
        piece = _piece(connection, athlete, given)
        name = known_activity(connection, athlete, activity_id)
        of_kind = sa.select(table.c.gear_id).where(table.c.athlete == athlete, table.c.kind == piece["kind"])
        before = (assigned.c.athlete == athlete) & (assigned.c.activity_id == name)
        connection.execute(sa.delete(assigned).where(before, assigned.c.gear_id.in_(of_kind)))
        row = {"athlete": athlete, "gear_id": piece["gear_id"], "activity_id": name}
        connection.execute(sa.insert(assigned).values(**row))
    return str(piece["name"])


def retire_gear(store: Store, given: str, on: date | None, *, athlete: str) -> str:
    """Retire gear from a day on, or (None) put it back to use; gives its name."""
    table = schema.gear
    with store.database.writing() as connection:
        piece = _piece(connection, athlete, given)
        mine = (table.c.athlete == athlete) & (table.c.gear_id == piece["gear_id"])
        connection.execute(sa.update(table).where(mine).values(retired=on))
    return str(piece["name"])


def _piece(connection: sa.Connection, athlete: str, given: str) -> Mapping[Any, Any]:
    table = schema.gear
    query = sa.select(table).where(
        table.c.athlete == athlete, (table.c.gear_id == given) | (sa.func.lower(table.c.name) == given.lower())
    )
    found = connection.execute(query).mappings().all()
    if len(found) != 1:
        raise UsageError(
            f"several pieces of gear are called {given!r}" if found else f"there is no gear {given!r}",
            advice="`stridelab gear list` lists them with their ids.",
        )
    return dict(found[0])
