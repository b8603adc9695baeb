"""Tables and JSON of an account's export: recognised by what is in them, never by their names.

Names vary with language, account and year; keys do not. A JSON document is parsed only where one of the known keys
stands in it, so the many others of an export cost a search each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from stridelab.activity import ReadResult, Source
from stridelab.errors import ReadError
from stridelab.importers.archives import garmin_activities, garmin_person, garmin_wellness
from stridelab.importers.archives.csvfiles import header_of
from stridelab.importers.archives.garmin_csv import is_garmin_table, read_garmin_table
from stridelab.importers.archives.strava_csv import is_strava_table, read_strava_table
from stridelab.importers.archives.summaries import OTHER_JSON
from stridelab.importers.archives.values import records

MAX_JSON_BYTES: Final = 64 * 2**20
"""A larger document is refused: parsed it would take many times its size in memory. The largest seen has 10 MB."""

_LOOKED_AT: Final = 50
_HEAD_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of JSON document: every group of keys has one that some object of the document has."""

    keys: tuple[frozenset[str], ...]
    read: Callable[[Any, Source], ReadResult]

    def fits(self, objects: list[dict[str, Any]]) -> bool:
        """Whether one of the document's first objects has a key of every group."""
        return any(all(group & item.keys() for group in self.keys) for item in objects)


def _document(read: Callable[[Any, Source], ReadResult], *groups: str) -> Document:
    return Document(tuple(frozenset(group.split()) for group in groups), read)


def _counted(kind: str, *groups: str) -> Document:
    """A kind that is known and counted, but holds nothing that any analysis here uses."""
    return _document(lambda _, source: ReadResult(source=source, kind=kind), *groups)


DOCUMENTS: Final = (
    _document(garmin_activities.summarized_activities, "summarizedActivitiesExport"),
    _document(garmin_activities.summarized_activities, "activityId", "beginTimestamp startTimeGmt", "activityType"),
    _document(garmin_activities.gear, "gearDTOS"),
    _document(garmin_activities.personal_records, "personalRecords"),
    _document(garmin_wellness.sleep, "sleepStartTimestampGMT sleepWindowConfirmationType deepSleepSeconds"),
    _document(
        garmin_wellness.daily_summaries,
        "calendarDate",
        "totalSteps totalKilocalories allDayStress bodyBattery currentDayRestingHeartRate",
    ),
    _document(garmin_wellness.health_status, "calendarDate", "metrics"),
    _document(garmin_wellness.readiness, "calendarDate", "inputContext recoveryTime", "score level"),
    _document(garmin_wellness.training_load, "calendarDate", "dailyTrainingLoadAcute dailyTrainingLoadChronic"),
    _document(garmin_wellness.max_met, "calendarDate", "vo2MaxValue"),
    _document(garmin_wellness.race_predictions, "calendarDate", "raceTime5K raceTime10K raceTimeHalf"),
    _document(garmin_wellness.hill_score, "calendarDate", "overallScore", "strengthScore hillScoreClassificationId"),
    _document(garmin_wellness.endurance_score, "calendarDate", "overallScore"),
    _counted("hydration", "calendarDate", "valueInML estimatedSweatLossInML"),
    _counted("training_history", "calendarDate", "trainingStatus"),
    _counted("acclimation", "calendarDate", "heatAcclimationPercentage altitudeAcclimation"),
    _document(garmin_person.power_zones, "functionalThresholdPower", "zone1Floor sport", "sport"),
    _document(garmin_person.heart_rate_zones, "maxHeartRateUsed"),
    _document(garmin_person.biometrics, "metaData", "weight height lactateThresholdSpeed lactateThresholdHeartRate"),
    _document(garmin_person.profile, "gender", "birthDate"),
)
"""Every kind of JSON document, in the order in which they are tried."""

_KNOWN: Final = re.compile(
    b'"(?:' + b"|".join(sorted({key.encode() for document in DOCUMENTS for key in document.keys[0]})) + b')"'
)


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader for one file: the name of its format, and what reads it."""

    format: str
    read: Callable[[bytes, Source], ReadResult]


def document_reader(data: bytes) -> Reader | None:
    """The reader of a table or a JSON document that an export may hold; None where it is neither.

    Parameters
    ----------
    data
        The whole file.
    """
    head = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"["):
        return Reader("json", _read_json) if _KNOWN.search(data) else None
    header = header_of(data)
    if is_garmin_table(header):
        return Reader("garmin_csv", read_garmin_table)
    if is_strava_table(header):
        return Reader("strava_csv", read_strava_table)
    return None


def _read_json(data: bytes, source: Source) -> ReadResult:
    """What a JSON document holds.

    Raises
    ------
    ReadError
        Where it is damaged though it begins like one of the known kinds, or too large.
    """
    if len(data) > MAX_JSON_BYTES:
        raise ReadError(
            f"{len(data) / 2**20:.0f} MiB of JSON",
            expected=f"at most {MAX_JSON_BYTES // 2**20} MiB in one document",
            where=source.name,
        )
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ReadError(
            f"damaged JSON ({error})",
            expected="a whole document of an account's export",
            where=source.name,
            advice="Download the export again.",
        ) from error
    objects = list(islice(records(value), _LOOKED_AT))
    known = next((document for document in DOCUMENTS if document.fits(objects)), None)
    return ReadResult(source=source, kind=OTHER_JSON) if known is None else known.read(value, source)
