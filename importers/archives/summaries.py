"""Activities of which an export has only the totals, as `Activity` objects without a sample.

Each run that was recorded is in an export twice: as a file, and as a line of totals. The store joins the two by their
start; a line that has no file (a manual entry, a file that the service lost) stays an activity, labelled so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import pandas as pd

from stridelab.activity import Activity, ReadResult, Source, activity_id
from stridelab.issues import Issue, IssueCode

SUMMARIES: Final = "activity_summaries"
"""Kind of a file of totals whose times are UTC."""

WALL_CLOCK_SUMMARIES: Final = "activity_summaries_local_time"
"""Kind of a file of totals whose times are those of the clock where the athlete was, in an unknown zone."""

OTHER_JSON: Final = "other JSON"
"""Kind of a JSON document in which nothing is known."""

SUMMARY_KINDS: Final = (SUMMARIES, WALL_CLOCK_SUMMARIES)

NO_RECORDS: Final = "none: the export holds only the totals of this activity"
"""``provenance["records"]`` of such an activity."""

SERVICE_ID: Final = "service_id"
"""Key of ``summary``: the service's own name for the activity, ``garmin:123``."""


def summary_activity(
    source: Source,
    position: int,
    start: datetime,
    *,
    sport: tuple[str, str],
    title: str = "",
    service_id: str = "",
    utc_offset_s: int | None = None,
    numbers: Mapping[str, float] | None = None,
    summary: Mapping[str, Any] | None = None,
    provenance: Mapping[str, str] | None = None,
) -> Activity:
    """An activity without samples.

    Parameters
    ----------
    source, position
        The file and the place in it.
    start
        Start, UTC; of a file with wall-clock times that clock, as if it were UTC.
    sport
        FIT's sport and sub-sport.
    title
        What the athlete or the service calls it.
    service_id
        The service's name for it.
    utc_offset_s
        Offset of the local clock, where the export tells.
    numbers
        ``timer_time_s``, ``elapsed_time_s``, ``distance_m``, ``ascent_m``, ``descent_m``; NaN is missing.
    summary
        The other totals, under FIT's names for a session where it has one; NaN and empty ones are left out.
    provenance
        What was done to get a number.
    """
    known: dict[str, Any] = dict(numbers or {})
    kept = {name: value for name, value in (summary or {}).items() if not _missing(value)}
    if service_id:
        kept[SERVICE_ID] = service_id
    return Activity(
        id=activity_id(source.sha256, position, start),
        sport=sport[0],
        sub_sport=sport[1],
        title=title,
        start_time=start,
        utc_offset_s=utc_offset_s,
        timezone_source="unknown" if utc_offset_s is None else "file",
        source=source,
        summary=kept,
        provenance={"records": NO_RECORDS, **(provenance or {})},
        **known,
    )


def summaries_result(
    source: Source,
    activities: Iterable[Activity],
    *,
    kind: str = SUMMARIES,
    skipped: int = 0,
    gear: pd.DataFrame | None = None,
    gear_activities: pd.DataFrame | None = None,
) -> ReadResult:
    """The result of a file of totals.

    Parameters
    ----------
    source, activities
        The file and what it holds.
    kind
        `SUMMARIES` or `WALL_CLOCK_SUMMARIES`.
    skipped
        Entries without a start or a kind of sport; they are named in an issue.
    gear, gear_activities
        As of `ReadResult`, where the file tells of gear as well.
    """
    issues = []
    if skipped:
        issues.append(Issue(IssueCode.NO_TIME, "info", None, f"{skipped} entries without a readable start time."))
    return ReadResult(
        activities=tuple(activities),
        issues=tuple(issues),
        source=source,
        kind=kind,
        gear=gear,
        gear_activities=gear_activities,
    )


def _missing(value: Any) -> bool:
    return value is None or value in ("", [], {}) or (isinstance(value, float) and not math.isfinite(value))
