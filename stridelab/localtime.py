"""Local time of a recording: the file's own offset, else the place, else the athlete's zone, and which it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Offset of the local clock from UTC, the zone's name where known, and where the choice came from.

    ``source`` is ``file``, ``position``, ``athlete`` or ``unknown`` (then the offset is None and UTC is used).
    """

    utc_offset_s: int | None
    timezone: str | None
    source: str


def resolve(
    start_time: datetime,
    *,
    file_offset_s: int | None = None,
    latitude_deg: float | None = None,
    longitude_deg: float | None = None,
    athlete_timezone: str | None = None,
) -> LocalTime:
    """Choose the local time of a recording.

    Examples
    --------
    >>> resolve(datetime(2026, 7, 1, tzinfo=UTC), latitude_deg=47.37, longitude_deg=8.54)
    LocalTime(utc_offset_s=7200, timezone='Europe/Zurich', source='position')
    """
    place = None
    if latitude_deg is not None and longitude_deg is not None:
        place = timezone_at(round(latitude_deg, 3), round(longitude_deg, 3))
    if file_offset_s is not None:
        return LocalTime(file_offset_s, place, "file")
    for name, source in ((place, "position"), (athlete_timezone, "athlete")):
        offset = offset_s(name, start_time) if name else None
        if offset is not None:
            return LocalTime(offset, name, source)
    return LocalTime(None, None, "unknown")


@lru_cache(maxsize=4096)
def timezone_at(latitude_deg: float, longitude_deg: float) -> str | None:
    """IANA name of the zone at a position, or None at sea without one."""
    import tzfpy  # loads its map on first use

    name = tzfpy.get_tz(longitude_deg, latitude_deg)
    return name or None


def offset_s(timezone: str, moment: datetime) -> int | None:
    """Seconds that the zone's clock is ahead of UTC at a moment; None for an unknown zone."""
    try:
        offset = moment.astimezone(ZoneInfo(timezone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return None
    return None if offset is None else int(offset.total_seconds())


def today(timezone: str | None = None) -> date:
    """Today on the clock of a zone; on this machine's where none is given or it is unknown."""
    now = datetime.now(UTC)
    offset = offset_s(timezone, now) if timezone else None
    return now.astimezone().date() if offset is None else local_date(now, offset)


def local_date(start_time: datetime, utc_offset_s: int | None) -> date:
    """Date on the local clock; UTC's where the offset is unknown."""
    return (start_time.astimezone(UTC) + timedelta(seconds=utc_offset_s or 0)).date()
