"""Every value of every FIT file of the corpus, against three other readers: garmin-fit-sdk, fitdecode and fitparse.

Rows of every message, every column, every value: scaled numbers within 1e-9, times exactly, enumerations by name. What
differs is excused by name below, each with the reason and a file where it is seen; an excuse that nothing needs fails.

The others take seconds for what takes us milliseconds, fitparse most of all. So each reads the files up to the size in
`LIMIT_BYTES` only; with STRIDELAB_DIFFERENTIAL=all, used by hand, each reads all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from stridelab.errors import ReadError
from stridelab.importers.fit import Table, decode
from stridelab.importers.fit.compare import Difference, differences, tables_of

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

SDK, FITDECODE, FITPARSE = "garmin-fit-sdk", "fitdecode", "fitparse"
LIMIT_BYTES = {SDK: 800_000, FITDECODE: 200_000, FITPARSE: 80_000}
EVERYTHING = os.environ.get("STRIDELAB_DIFFERENTIAL") == "all"
CHUNKS = 8


@dataclass(frozen=True)
class Excuse:
    """A difference that is not to be put right here.

    Parameters
    ----------
    peer, message, column, kinds
        What it covers; ``column`` is empty for what is about a whole table, ``*`` stands for any message or column.
    file
        Where it is seen.
    why
        Why it is no mistake of ours.
    only_there
        Whether it counts in that file only.
    known
        How the reason begins that the comparison itself must give.
    """

    peer: str
    message: str
    column: str
    kinds: str
    file: str
    why: str
    only_there: bool = False
    known: str = ""

    def covers(self, peer: str, file: str, found: Difference) -> bool:
        """Whether a difference is excused."""
        return (
            self.peer == peer
            and found.kind in self.kinds.split()
            and self.message in (found.message, "*")
            and self.column in (found.column, "*")
            and (not self.only_there or file.endswith(f"/{self.file}"))
            and found.reason.startswith(self.known)
        )


def excuses(peers: tuple[str, ...], kind: str, why: str, places: dict[str, str], *, known: str = "") -> list[Excuse]:
    """One excuse for each reader and place: ``message.column`` and a file in which it is seen."""
    return [
        Excuse(peer, *place.split(".", 1), kind, file, why, known=known)
        for peer in peers
        for place, file in places.items()
    ]


def stopped(peers: tuple[str, ...], why: str, *files: str) -> list[Excuse]:
    """Readers that stop in these files: what they read before is compared, what comes after it they have not."""
    return [Excuse(peer, "*", "", "table rows", file, why, only_there=True) for peer in peers for file in files]


BOTH = (FITDECODE, FITPARSE)
ALL = (SDK, *BOTH)
COMPRESSED = "compressed timestamp headers are not supported"
NO_BYTES = "a field without any byte is an error to it"

EXCUSES: list[Excuse] = [
    # ---- files in which a reader stops
    *stopped((SDK,), COMPRESSED, "Bryton-bad-data-170729181231.fit", "compressed-speed-distance.fit"),
    *stopped((SDK,), COMPRESSED, "andrewcooke__choochoo/activity-activity-filecrc.fit", "input~20.fit"),
    *stopped((SDK, FITDECODE), "does not unpack gzip", "input~3.fit"),
    *stopped(ALL, NO_BYTES, "tpv_dev_fields_20260222.fit"),
    *stopped((SDK,), "takes a timestamp for four values where the file states a wrong type", "input~65.fit"),
    *stopped(ALL, "stops where the header says that the file ends", "input~45.fit"),
    *stopped((SDK, FITDECODE), "a header without its checksum is an error to it", "input~52.fit"),
    *stopped((FITDECODE,), "an assertion of its own fails in hr messages", "input~41.fit"),
    *stopped(BOTH, "a developer field without its application's message is an error to it", "input~8.fit"),
    *stopped((FITPARSE,), "a developer field before its description is an error to it", "input~6.fit", "input~7.fit"),
    *stopped((FITPARSE,), "a field smaller than its type is an error to it", "coros-dura-medium-20260424150313.fit"),
    *stopped((FITPARSE,), "a field smaller than its type is an error to it", "coros.fit"),
    # ---- another profile
    *excuses((FITPARSE,), "value", "its profile is of 2019", {
        "*.*": "SyncMyWorkout01.fit",
    }, known="the other reader's profile has no name for"),
    *excuses((FITPARSE,), "column", "its profile of 2019 has no such meaning", {
        "device_info.local_device_type": "garmin-fenix-5-run.fit",
        "device_info.ble_device_type": "karoo_20251119.fit",
        "device_info.favero_product": "18857497810_ACTIVITY.fit",
        "event.auto_activity_detect_start_timestamp": "50673952962.fit",
        "event.dive_alert": "garmin_2023-10-21-12-13-38.fit",
        "lap.total_strokes": "2016-05-23_18-14-30_4_25.fit",
        "session.total_strokes": "2016-05-23_18-14-30_4_25.fit",
    }, known="another meaning"),
    *excuses((FITPARSE,), "value", "its profile of 2019 has no names there", {
        "dive_settings.heart_rate_local_device_type": "garmin_2023-10-21-12-13-38.fit",
    }),
    *excuses((FITPARSE,), "missing", "its profile of 2019 knows products of Tacx not by Garmin's names", {
        "device_info.garmin_product": "TacxNeo.fit.zip_2019-11-21T12_57_39+00_00_4271854808.fit",
    }),
    *excuses((FITPARSE,), "column", "its profile of 2019 does not unpack it", {
        "segment_point.enhanced_altitude": "segment.fit",
    }),
    *excuses((SDK,), "column", "a meaning that the profile of 2025 does not have", {
        "lap.avg_swimming_cadence": "2016-05-23_18-14-30_4_25.fit",
        "lap.max_swimming_cadence": "2016-05-23_18-14-30_4_25.fit",
        "session.avg_swimming_cadence": "2016-05-23_18-14-30_4_25.fit",
        "session.max_swimming_cadence": "2016-05-23_18-14-30_4_25.fit",
        "session.avg_paddlesport_cadence": "row_from_p2g.fit",
        "session.max_paddlesport_cadence": "row_from_p2g.fit",
        "session.total_reps": "core_from_watch.fit",
        "split.avg_running_cadence": "garmin_forerunner45_run_error_1.fit",
        "split.max_running_cadence": "garmin_forerunner45_run_error_1.fit",
    }),
    # ---- developer fields
    *excuses(ALL, "value", "ignores the scale of a developer field", {
        "session.developer:estimated_vo2_max": "6909950168-no-pause-records.fit",
        "session.developer:peak_epoc": "6909950168-no-pause-records.fit",
    }),
    *excuses((SDK,), "missing", "leaves out developer fields before their description", {
        "record.developer:Power": "input~6.fit",
    }),
    *excuses((SDK,), "column", "leaves out developer fields without a description or an application", {
        "record.developer:unknown_0_5": "input~7.fit",
        "record.developer:SmO2ish": "input~8.fit",
    }),
    *excuses((FITDECODE,), "column", "does not use a description that comes later", {
        "record.developer:Power": "input~6.fit",
        "record.developer:unknown_0_5": "input~6.fit",
    }),
    *excuses((FITDECODE,), "value", "gives a developer field without a description as bytes", {
        "record.developer:unknown_0_5": "input~7.fit",
    }),
    *excuses((FITPARSE,), "column", "has another word for a developer field without a name", {
        "record.developer:unnamed_dev_field_7": "input~9.fit",
        "record.developer:unknown_0_7": "input~9.fit",
    }),
    # ---- types
    *excuses(BOTH, "value", "takes a type without its endian bit for bytes", {
        "developer_data_id.application_version": "3386684871-saved.fit",
    }),
    *excuses(BOTH, "missing", "takes a type without its endian bit for bytes", {
        "file_id.serial_number": "971150603.fit",
    }),
    # ---- text
    *excuses((SDK,), "value", "shows what lies behind the end of a text as further texts", {
        "bike_profile.name": "Settings.fit",
        "device_settings.unknown_167": "garmin-fenix6-turbo.fit",
        "sport.name": "2017_hrv.fit",
        "unknown_147.unknown_2": "Garmin920openwater.fit",
        "workout.wkt_name": "input~27.fit",
    }),
    *excuses((SDK,), "missing", "shows what lies behind the end of an empty text", {
        "file_id.product_name": "zwift_non_utf8_20260130.fit",
    }),
    *excuses((SDK,), "value", "leaves out bytes that are no UTF-8, where we show that there was something", {
        "segment_id.uuid": "segment.fit",
        "segment_lap.uuid": "segment.fit",
    }),
    # ---- components and sub-fields
    *excuses(BOTH, "column", "unpacks only once: what speed unpacked from another field stands for is not there", {
        "record.enhanced_speed": "compressed-speed-distance.fit",
    }, known="unpacked from speed"),
    *excuses((FITDECODE,), "value", "adds the time of the message to the strap's own clock", {
        "hr.event_timestamp": "GarminHRMswim.fit",
    }),
    *excuses((FITPARSE,), "value", "counts packed event times from zero, not from the strap's clock", {
        "hr.event_timestamp": "event_timestamp.fit",
    }),
    *excuses((SDK, FITPARSE), "column", "does not look for another meaning of what is unpacked", {
        "event.auto_activity_detect_duration": "50673952962.fit",
    }, known="another meaning of data"),
    *excuses((FITDECODE,), "column missing", "gives what is unpacked under another of its meanings only", {
        "event.data": "50673952962.fit",
    }),
    *excuses((SDK,), "missing", "takes a gear of 0, unpacked, for no value", {
        "event.front_gear": "WithGearChangeData.fit",
        "event.rear_gear": "unterminated-strings.fit",
        "event.rear_gear_num": "unterminated-strings.fit",
    }),
    *excuses((SDK,), "value", "unpacks a field that a message repeats twice", {
        "lap.enhanced_avg_speed": "2024-10-14-070422-Pool_Swim-BingiWatch.fit",
        "lap.enhanced_max_speed": "2024-10-14-070422-Pool_Swim-BingiWatch.fit",
    }),
    *excuses((SDK,), "value", "replaces an array by the one value unpacked from another field", {
        "record.enhanced_altitude": "FR55-CoreTemp-Walk.fit",
        "record.enhanced_speed": "FR55-CoreTemp-Walk.fit",
    }),
    *excuses((SDK,), "value", "replaces an array by the value of another of its meanings", {
        "event.data": "zwift-pschit.fit",
    }),
    *excuses(BOTH, "value", "takes a timestamp for four values where the file states a wrong type", {
        "record.timestamp": "input~65.fit",
    }),
]  # fmt: skip

# ---------------------------------------------------------------- the comparison


@cache
def compared(peers: ModuleType, peer: str, path: Path) -> list[Difference]:
    """How a reader differs from us on one file; nothing where it does not read the file at all."""
    data = path.read_bytes()
    try:
        theirs = peers.PEERS[peer](data)
    except ReadError:
        return []
    try:
        messages = decode(data)
    except ReadError:
        return [Difference(name, "", "table", 0, len(table), len(table)) for name, table in theirs.items()]
    damage = min((i.offset or 0 for i in messages.issues if i.severity == "error"), default=None)
    if damage is None:
        return differences(tables_of(messages), theirs)
    # Behind damage every reader guesses, and no two alike: what lies before it is compared.
    before = {name: int(np.searchsorted(table.offsets, damage)) for name, table in tables_of(messages).items()}
    ours = {name: _head(messages.table(name), n) for name, n in before.items() if n}
    return differences(ours, {name: _head(table, before[name]) for name, table in theirs.items() if before.get(name)})


def _head(table: Table, n: int) -> Table:
    columns = {name: column[:n] for name, column in table.columns.items()}
    return replace(table, columns=columns, offsets=table.offsets[:n])


def fit_files(corpus: Path) -> list[Path]:
    """Every file of the index, the largest first, so that chunks weigh the same."""
    names = (line.split("\t") for line in (corpus / "fit" / "INDEX.tsv").read_text(encoding="utf-8").splitlines())
    column = next(names).index("local_file")
    return sorted((corpus / "fit" / row[column] for row in names), key=lambda path: (-path.stat().st_size, path.name))


def not_excused(peer: str, path: Path, found: Iterable[Difference]) -> list[str]:
    """What no excuse covers, in words."""
    return [
        f"{path.parent.name}/{path.name}: {one}"
        for one in found
        if not any(excuse.covers(peer, str(path), one) for excuse in EXCUSES)
    ]


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("peer", [SDK, FITDECODE, FITPARSE])
def test_every_value_is_the_same_or_excused(corpus: Path, fit_peers: ModuleType, peer: str, chunk: int) -> None:
    wrong: list[str] = []
    files = [f for f in fit_files(corpus) if EVERYTHING or f.stat().st_size <= LIMIT_BYTES[peer]]
    assert len(files) > 180
    for path in files[chunk::CHUNKS]:
        wrong += not_excused(peer, path, compared(fit_peers, peer, path))
    assert wrong == []


@pytest.mark.parametrize(
    "excuse", EXCUSES, ids=lambda one: f"{one.peer}-{one.message}.{one.column}-{one.kinds}-{one.file}"
)
def test_every_excuse_is_needed(corpus: Path, fit_peers: ModuleType, excuse: Excuse) -> None:
    path = next(path for path in fit_files(corpus) if str(path).endswith(f"/{excuse.file}"))
    assert any(excuse.covers(excuse.peer, str(path), one) for one in compared(fit_peers, excuse.peer, path))
