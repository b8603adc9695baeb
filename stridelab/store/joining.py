"""What is worked out once an import is done, from all that the store holds: links, and the gear of exports.

A file and the totals of the same run may come in any order and from different imports, so neither waits for the other.
"""

from __future__ import annotations

import sqlalchemy as sa

from stridelab.importers.archives import SERVICE_ID, SUMMARY_KINDS
from stridelab.store import queries, schema


def join(connection: sa.Connection, athlete: str) -> dict[str, str]:
    """Link copies and totals of all activities of an athlete, and assign the gear of exports; gives the links."""
    links = queries.relink(connection, athlete)
    _take_over_gear(connection, athlete)
    _assign_gear(connection, athlete, links)
    return links


def _take_over_gear(connection: sa.Connection, athlete: str) -> None:
    """Gear of exports that the athlete does not have yet; what is there already is the athlete's to change."""
    told, gear = schema.service_gear, schema.gear
    known = set(connection.execute(sa.select(gear.c.gear_id).where(gear.c.athlete == athlete)).scalars())
    query = sa.select(told).where(told.c.athlete == athlete).order_by(told.c.gear_id, told.c.sha256)
    new = {row["gear_id"]: row for row in connection.execute(query).mappings() if row["gear_id"] not in known}
    names = ("athlete", "gear_id", "kind", "name", "since", "retired")
    rows = [{**{name: row[name] for name in names}, "initial_distance_m": None} for row in new.values()]
    if rows:
        connection.execute(sa.insert(gear), rows)


def _assign_gear(connection: sa.Connection, athlete: str, links: dict[str, str]) -> None:
    """Assign gear as the exports have it, to activities that have none: the athlete's own word stays."""
    told, gear, assigned = schema.service_gear_activities, schema.gear, schema.gear_assignments
    query = sa.select(told.c.gear_id, told.c.service_id).where(told.c.athlete == athlete).distinct()
    wanted = connection.execute(query).all()
    if not wanted:
        return
    table, source = schema.activities, schema.sources
    joined = table.join(source, (table.c.athlete == source.c.athlete) & (table.c.sha256 == source.c.sha256))
    query = (
        sa.select(table.c.activity_id, table.c.summary)
        .select_from(joined)
        .where(table.c.athlete == athlete, source.c.kind.in_(SUMMARY_KINDS))
    )
    named = {summary.get(SERVICE_ID): links.get(name, name) for name, summary in connection.execute(query)}
    pieces = set(connection.execute(sa.select(gear.c.gear_id).where(gear.c.athlete == athlete)).scalars())
    has_some = set(connection.execute(sa.select(assigned.c.activity_id).where(assigned.c.athlete == athlete)).scalars())
    pairs = {
        (gear_id, named[service_id])
        for gear_id, service_id in wanted
        if gear_id in pieces and service_id in named and named[service_id] not in has_some
    }
    rows = [{"athlete": athlete, "gear_id": gear_id, "activity_id": name} for gear_id, name in sorted(pairs)]
    if rows:
        connection.execute(sa.insert(assigned), rows)
