"""Tables of the catalogue, in the types that SQLite and PostgreSQL share.

Every table of a person begins its primary key with the athlete: athletes are independent of each other. *Authored*
tables hold what people wrote and are never touched by an import of files or by deriving anew; *derived* tables follow
from the originals alone. Authored rows name activities without a foreign key, so that they outlive them.

The primary keys of derived tables follow from the bytes of the files, so importing them again gives the same rows.
Everything that came from one file hangs on its row in ``sources``: deleting that row deletes the rest.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa

from stridelab.errors import StoreError

ALWAYS: Final = date.min
"""In ``valid_from``: from the beginning. A primary key holds no NULL."""


DELETED: Final = "deleted"
"""Kind of a source whose activities were all deleted; its row keeps the hash alone."""


class UtcTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database (SQLite keeps no zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn to UTC; a time without a zone is a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise StoreError(f"time {value} without a zone", expected="an aware time")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give the moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata: Final = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "ix": "ix_%(column_0_label)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _key(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _athlete() -> sa.Column[Any]:
    return sa.Column("athlete", sa.String, sa.ForeignKey("athletes.athlete"), primary_key=True)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String, nullable=False, server_default="")


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Double)


def _of_activity() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["athlete", "activity_id"], ["activities.athlete", "activities.activity_id"], ondelete="CASCADE"
    )


def _of_source() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["athlete", "sha256"], ["sources.athlete", "sources.sha256"], ondelete="CASCADE")


schema_version: Final = sa.Table(
    "schema_version",
    metadata,
    _key("one", sa.Integer),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("one = 1", name="one_row"),
)

# Authored -------------------------------------------------------------------------------------------------------------

athletes: Final = sa.Table("athletes", metadata, _key("athlete"), sa.Column("since", UtcTime, nullable=False))

athlete_values: Final = sa.Table(
    "athlete_values",
    metadata,
    _athlete(),
    _key("quantity"),
    _key("origin"),
    _key("valid_from", sa.Date),  # ALWAYS: from the beginning
    _key("sha256"),  # the file it was read from; empty where somebody gave it
    _number("number"),
    sa.Column("text", sa.String),
    _text("note"),
)

log: Final = sa.Table(
    "log",
    metadata,
    sa.Column("entry_id", sa.Integer, primary_key=True),
    sa.Column("athlete", sa.String, sa.ForeignKey("athletes.athlete"), nullable=False, index=True),
    sa.Column("date", sa.Date, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    _number("value"),
    sa.Column("body_site", sa.String),
    sa.Column("side", sa.String),
    sa.Column("activity_id", sa.String),
    sa.Column("text", sa.String),
)

tags: Final = sa.Table(
    "tags",
    metadata,
    sa.Column("tag_id", sa.Integer, primary_key=True),
    sa.Column("athlete", sa.String, sa.ForeignKey("athletes.athlete"), nullable=False, index=True),
    sa.Column("date", sa.Date),  # a tag is of a day or of an activity
    sa.Column("activity_id", sa.String),
    sa.Column("tag", sa.String, nullable=False),
)

gear: Final = sa.Table(
    "gear",
    metadata,
    _athlete(),
    _key("gear_id"),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("since", sa.Date),
    sa.Column("retired", sa.Date),
    _number("initial_distance_m"),
)

gear_assignments: Final = sa.Table(
    "gear_assignments",
    metadata,
    _athlete(),
    _key("gear_id"),
    _key("activity_id"),
    sa.ForeignKeyConstraint(["athlete", "gear_id"], ["gear.athlete", "gear.gear_id"], ondelete="CASCADE"),
)

edits: Final = sa.Table(
    "edits",
    metadata,
    _athlete(),
    _key("activity_id"),
    _key("field"),  # sport, sub_sport, title, excluded, deleted
    _text("value"),  # "1" for excluded and deleted
    sa.Column("made", UtcTime, nullable=False),
)

manual_links: Final = sa.Table(
    "manual_links",
    metadata,
    _athlete(),
    _key("activity_id"),  # the smaller of the two ids, so that a pair has one row
    _key("other_id"),
    sa.Column("kind", sa.String, nullable=False),  # link, unlink
    sa.Column("made", UtcTime, nullable=False),
)

snoozes: Final = sa.Table(
    "snoozes",
    metadata,
    _athlete(),
    _key("rule_id"),
    _key("since", sa.Date),
    sa.Column("until", sa.Date, nullable=False),
    _text("why"),
)

# Derived --------------------------------------------------------------------------------------------------------------

imports: Final = sa.Table(
    "imports",
    metadata,
    _key("import_id"),
    sa.Column("athlete", sa.String, sa.ForeignKey("athletes.athlete"), nullable=False, index=True),
    sa.Column("started", UtcTime, nullable=False),
    sa.Column("finished", UtcTime),  # NULL while it runs, and for good where it was killed
    sa.Column("counts", sa.JSON),
)

sources: Final = sa.Table(
    "sources",
    metadata,
    _athlete(),
    _key("sha256"),  # of the content: a file and its .gz are the same source
    sa.Column("import_id", sa.String, sa.ForeignKey("imports.import_id"), nullable=False, index=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("outcome", sa.String, nullable=False),  # imported, not_of_interest, unreadable
    _text("kind"),
    _text("reason"),
    _text("format"),
    _text("engine"),
    sa.Column("reader_version", sa.String, nullable=False),
    # Imported files only: the zip in originals/, and its member, named by the sha256 of the bytes as they came.
    sa.Column("original_zip", sa.String),
    sa.Column("original_sha256", sa.String),
)

activities: Final = sa.Table(
    "activities",
    metadata,
    _athlete(),
    _key("activity_id"),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),  # in its file
    sa.Column("parent_id", sa.String),
    sa.Column("sport", sa.String, nullable=False),
    sa.Column("sub_sport", sa.String, nullable=False),
    _text("title"),
    sa.Column("start_time", UtcTime, nullable=False),
    sa.Column("local_date", sa.Date, nullable=False),
    sa.Column("utc_offset_s", sa.Integer),
    sa.Column("timezone", sa.String),
    sa.Column("timezone_source", sa.String, nullable=False),
    _number("timer_time_s"),
    _number("elapsed_time_s"),
    _number("distance_m"),
    _number("ascent_m"),
    _number("descent_m"),
    sa.Column("channels", sa.Integer, nullable=False),  # columns of records that hold a value
    sa.Column("samples", sa.Integer, nullable=False),
    sa.Column("summary", sa.JSON, nullable=False),
    sa.Column("device", sa.JSON, nullable=False),
    sa.Column("provenance", sa.JSON, nullable=False),
    _of_source(),
    sa.Index("ix_activities_start", "athlete", "start_time"),
    sa.Index("ix_activities_source", "athlete", "sha256"),
)

laps: Final = sa.Table(
    "laps",
    metadata,
    _athlete(),
    _key("activity_id"),
    _key("lap", sa.Integer),
    sa.Column("start_time", UtcTime),
    _number("timer_time_s"),
    _number("elapsed_time_s"),
    _number("distance_m"),
    _number("average_heart_rate_bpm"),
    _number("average_speed_mps"),
    sa.Column("trigger", sa.String),
    sa.Column("intensity", sa.String),
    _of_activity(),
)

sets: Final = sa.Table(
    "sets",
    metadata,
    _athlete(),
    _key("activity_id"),
    _key("number", sa.Integer),
    sa.Column("local_date", sa.Date, nullable=False),
    sa.Column("start_time", UtcTime),
    sa.Column("set_type", sa.String),
    sa.Column("category", sa.String),
    sa.Column("exercise", sa.String),
    sa.Column("movement", sa.String),
    _number("repetitions"),
    _number("weight_kg"),
    _number("duration_s"),
    _of_activity(),
)

activity_tables: Final = sa.Table(
    "activity_tables",
    metadata,
    _athlete(),
    _key("activity_id"),
    _key("name"),  # laps, lengths, splits, pauses, events, sets: whole, with every column; streams: their names
    sa.Column("content", sa.LargeBinary, nullable=False),  # `stridelab.store.frames.to_bytes`
    _of_activity(),
)

activity_metrics: Final = sa.Table(
    "activity_metrics",
    metadata,
    _athlete(),
    _key("activity_id"),
    _key("metric"),
    _key("variant"),  # empty: the default
    sa.Column("value", sa.Double, nullable=False),  # what is missing has no row
    _of_activity(),
)

activity_texts: Final = sa.Table(
    "activity_texts",
    metadata,
    _athlete(),
    _key("activity_id"),
    _key("name"),  # what of a session's row is no number: the sensor of its dynamics, the basis of a load …
    sa.Column("text", sa.String, nullable=False),
    _of_activity(),
)

curves: Final = sa.Table(
    "curves",
    metadata,
    _athlete(),
    _key("activity_id"),
    _key("curve"),
    sa.Column("x", sa.LargeBinary),  # `stridelab.store.frames.pack`; NULL: 0, 1, 2, …
    sa.Column("y", sa.LargeBinary, nullable=False),
    _of_activity(),
)

wellness: Final = sa.Table(
    "wellness",
    metadata,
    _athlete(),
    _key("sha256"),
    _key("position", sa.Integer),
    sa.Column("local_date", sa.Date, nullable=False),
    sa.Column("metric", sa.String, nullable=False),
    _number("value"),
    sa.Column("unit", sa.String),
    sa.Column("source", sa.String),
    sa.Column("context", sa.String),
    sa.Column("time", UtcTime),
    _of_source(),
    sa.Index("ix_wellness_date", "athlete", "local_date"),
)

issues: Final = sa.Table(
    "issues",
    metadata,
    _athlete(),
    _key("sha256"),
    _key("activity_id"),  # empty: of the file as a whole
    _key("position", sa.Integer),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("severity", sa.String, nullable=False),
    sa.Column("byte_offset", sa.BigInteger),
    _text("message"),
    _of_source(),
)

links: Final = sa.Table(
    "links",
    metadata,
    _athlete(),
    _key("other_id"),  # an activity is the copy of one other at most
    _key("kind"),  # duplicate
    sa.Column("primary_id", sa.String, nullable=False),
    sa.ForeignKeyConstraint(
        ["athlete", "other_id"],
        ["activities.athlete", "activities.activity_id"],
        ondelete="CASCADE",
        name="fk_links_other",
    ),
    sa.ForeignKeyConstraint(
        ["athlete", "primary_id"],
        ["activities.athlete", "activities.activity_id"],
        ondelete="CASCADE",
        name="fk_links_primary",
    ),
)

service_gear: Final = sa.Table(
    "service_gear",
    metadata,
    _athlete(),
    _key("sha256"),
    _key("gear_id"),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("since", sa.Date),
    sa.Column("retired", sa.Date),
    _of_source(),
)

service_gear_activities: Final = sa.Table(
    "service_gear_activities",
    metadata,
    _athlete(),
    _key("sha256"),
    _key("gear_id"),
    _key("service_id"),  # the service's own name for the activity
    _of_source(),
)

personal_records: Final = sa.Table(
    "personal_records",
    metadata,
    _athlete(),
    _key("sha256"),
    _key("position", sa.Integer),
    sa.Column("label", sa.String, nullable=False),
    _number("value"),
    _text("unit"),
    sa.Column("start_time", UtcTime),
    _text("service_id"),
    _of_source(),
)

AUTHORED: Final = (athletes, athlete_values, log, tags, gear, gear_assignments, edits, manual_links, snoozes)
DERIVED: Final = (
    imports,
    sources,
    activities,
    laps,
    sets,
    activity_tables,
    activity_metrics,
    activity_texts,
    curves,
    wellness,
    issues,
    links,
    service_gear,
    service_gear_activities,
    personal_records,
)
