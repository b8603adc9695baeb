"""An import: from paths to a store that holds what they held.

Files are taken in batches. Of each batch the streams are written first, then in one transaction the originals and
all rows: a reader sees a file's activities whole or not at all, and an import that is killed loses the batches in work,
which the next one does again. What is known by its content is not decoded again.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from stridelab.athlete import Athlete
from stridelab.errors import ReadError, StoreError
from stridelab.importers import takes_mapping
from stridelab.importers.archives import SUMMARY_KINDS, Member, claims_recording
from stridelab.importers.source import unpacked
from stridelab.pipeline import NOT_A_RECORDING, Policy, why_unreadable
from stridelab.store import joining, schema
from stridelab.store.database import Database, insert_rows
from stridelab.store.originals import KnownMembers, Originals, remove_unreferenced, sidecar_of, write_originals
from stridelab.store.process import Batch, File, process, reader_version
from stridelab.store.rows import INSERT_ORDER, FileRows
from stridelab.store.streams import remove_unfinished
from stridelab.store.summary import FileCounts, ImportSummary, Salvaged, Unreadable

Progress = Callable[[int, int | None, str], None]
"""Called with the files done, their number where it is known, and the name of the last one."""

BATCH_FILES: Final = 128
BATCH_BYTES: Final = 2 * 2**20
"""A batch is one job and one transaction, about half a second of work: worth sending, and small enough to lose."""

BATCHES_IN_FLIGHT: Final = 8
"""With an executor, at most this many batches are held in memory."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A batch in work, with its files as they came, by the sha256 of their content."""

    batch: Batch
    originals: dict[str, bytes]


@dataclass
class _Tally:
    """What is counted on the way."""

    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    activities: int = 0
    totals: set[str] = field(default_factory=set)
    wellness_dates: set[date] = field(default_factory=set)
    salvaged: list[Salvaged] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)


class Import:
    """One import into one store for one athlete.

    Parameters
    ----------
    database, streams, originals
        The parts of the store.
    athlete
        Whose files they are.
    known_originals
        Where the originals lie that the catalogue names already; None is ``originals``.
    policy
        ``salvage`` or ``strict``.
    since
        Files of which everything is before this local date are set aside.
    progress
        Called after each file.
    """

    def __init__(
        self,
        database: Database,
        streams: Path,
        originals: Path,
        athlete: Athlete,
        *,
        known_originals: Path | None = None,
        policy: Policy = "salvage",
        since: date | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.database, self.streams, self.originals = database, streams, originals
        self.athlete, self.policy, self.since, self.progress = athlete, policy, since, progress
        self.import_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:6]}"
        self._tally = _Tally()
        self._zips = 0
        self._kept = known_originals or originals
        self._renewed: set[str] = set()
        self._known_members: KnownMembers | None = None

    def run(self, members: Iterable[Member], executor: Executor | None = None) -> ImportSummary:
        """Import these files; without an executor one batch after the other, here."""
        began = time.monotonic()
        known = self._begin()
        try:
            for pending, found in worked(self._batches(members, known), executor):
                self._commit(pending, found)
        except BaseException:
            # Stopped on purpose or by a fault: what was committed stays, and its copies are to be linked.
            with suppress(StoreError):
                self._finish()
            raise
        self._finish()
        return self._summary(time.monotonic() - began)

    def _begin(self) -> dict[str, tuple[str, str, str]]:
        """Note the import, clear what killed ones left, and give the known sources: outcome, kind, reason."""
        remove_unfinished(self.streams)
        key, sources = self.athlete.key, schema.sources
        with self.database.writing() as connection:
            ensure_athlete(connection, key)
            connection.execute(
                sa.insert(schema.imports).values(import_id=self.import_id, athlete=key, started=datetime.now(UTC))
            )
            used = connection.execute(sa.select(sources.c.original_zip).where(sources.c.original_zip.is_not(None)))
            remove_unreferenced(self.originals, set(used.scalars()))
            settled = (sources.c.athlete == key) & _is_settled(self.policy)
            names = ("name", "size_bytes", "sha256", "original_zip", "original_sha256")
            kept = sa.select(*(sources.c[name] for name in names)).where(settled, sources.c.outcome == "imported")
            self._known_members = KnownMembers(self._kept, (tuple(row) for row in connection.execute(kept)))
            query = sa.select(sources.c.sha256, sources.c.outcome, sources.c.kind, sources.c.reason).where(settled)
            return {sha256: (outcome, kind, reason) for sha256, outcome, kind, reason in connection.execute(query)}

    def _batches(self, members: Iterable[Member], known: dict[str, tuple[str, str, str]]) -> Iterator[Pending]:
        """Files that have to be worked on; the others are counted on the way."""
        seen: set[str] = set()
        files: list[File] = []
        originals: dict[str, bytes] = {}
        size = 0
        for member in members:
            if (sha256 := self._recognised(member)) is not None:
                self._count(member.name, "duplicate" if sha256 in seen else "already_imported")
                seen.add(sha256)
                continue
            if (taken := self._taken(member)) is None:
                continue
            file, original = taken
            if file.sha256 in seen:
                self._count(file.name, "duplicate")
            elif file.sha256 in known and not self._is_described_anew(file):
                outcome, kind, reason = known[file.sha256]
                self._count(file.name, "already_imported" if outcome == "imported" else outcome, kind, reason)
            else:
                files.append(file)
                originals[file.sha256] = original
                size += len(file.content)
            seen.add(file.sha256)
            if len(files) >= BATCH_FILES or size >= BATCH_BYTES:
                yield self._pending(files, originals)
                files, originals, size = [], {}, 0
        if files:
            yield self._pending(files, originals)

    def _recognised(self, member: Member) -> str | None:
        """The sha256 of a member that the store has, by what its archive says; None where it has to be read."""
        if self._known_members is None or member.crc32 is None or member.set_aside or member.sidecar:
            return None
        return self._known_members.find(member.name, member.size_bytes, member.crc32)

    def _taken(self, member: Member) -> tuple[File, bytes] | None:
        """The content of a member and its bytes as they came; None where it was counted as it is."""
        if member.set_aside:
            self._count(member.name, "not_of_interest", member.set_aside)
            return None
        try:
            original = member.read()
        except ReadError as error:
            self._count(member.name, "unreadable", reason=why_unreadable(error, member.name))
            return None
        try:
            content = unpacked(original, name=member.name)
        except ReadError as error:
            if claims_recording(member.name):
                self._count(member.name, "unreadable", reason=why_unreadable(error, member.name))
            else:
                self._count(member.name, "not_of_interest", NOT_A_RECORDING)
            return None
        try:
            sidecar = member.sidecar() if member.sidecar and takes_mapping(content) else None
        except ReadError as error:
            self._count(member.name, "unreadable", reason=f"its description: {why_unreadable(error, member.name)}")
            return None
        return File(member.name, hashlib.sha256(content).hexdigest(), content, sidecar), original

    def _is_described_anew(self, file: File) -> bool:
        """Whether a known file has a sidecar that it did not have when it was read; then it is read again."""
        if file.sidecar is None:
            return False
        sources = schema.sources
        names = (sources.c.outcome, sources.c.kind, sources.c.original_zip, sources.c.original_sha256)
        query = sa.select(*names).where(sources.c.athlete == self.athlete.key, sources.c.sha256 == file.sha256)
        with self.database.reading() as connection:
            outcome, kind, name, sha256 = connection.execute(query).one()
        if kind == schema.DELETED:
            return False
        if outcome == "imported":
            with Originals(self._kept) as originals, suppress(StoreError):  # damaged: it is better read again
                if originals.sidecar(name, sha256) == file.sidecar:
                    return False
        self._renewed.add(file.sha256)
        return True

    def _pending(self, files: list[File], originals: dict[str, bytes]) -> Pending:
        return Pending(Batch(tuple(files), str(self.streams), self.athlete, self.policy, self.since), originals)

    def _commit(self, pending: Pending, found: list[FileRows]) -> None:
        """Write the originals and the rows of a batch in one transaction, then count."""
        key, sources, values = self.athlete.key, schema.sources, schema.athlete_values
        with self.database.writing() as connection:
            hashes = [file.sha256 for file in found]
            ours = (sources.c.athlete == key) & sources.c.sha256.in_(hashes)
            query = sa.select(sources.c.sha256, sources.c.outcome, sources.c.original_zip).where(ours)
            before = {
                sha256: "lost" if outcome == "imported" and (place is None or sha256 in self._renewed) else outcome
                for sha256, outcome, place in connection.execute(query)
            }
            # Another import may have been faster; its rows are the same, and stay.
            fresh = [file for file in found if file.remember and before.get(file.sha256) != "imported"]
            if again := [file.sha256 for file in fresh if file.sha256 in before]:
                connection.execute(sa.delete(sources).where(ours, sources.c.sha256.in_(again)))
                connection.execute(sa.delete(values).where(values.c.athlete == key, values.c.sha256.in_(again)))
            placed = self._write_originals(pending, fresh)
            for table in INSERT_ORDER:
                rows = [row for file in fresh for row in file.tables[table.name]]
                if table is sources:
                    rows = [{**row, "import_id": self.import_id, **placed.get(row["sha256"], _NOWHERE)} for row in rows]
                insert_rows(connection, table, rows)
        for file in found:
            if before.get(file.sha256) == "imported":
                self._count(file.name, "already_imported")
            else:
                self._count_new(file)

    def _write_originals(self, pending: Pending, fresh: list[FileRows]) -> dict[str, dict[str, str]]:
        """Pack the originals of the accepted files; where each lies, by the sha256 of its content."""
        accepted = {file.sha256: pending.originals[file.sha256] for file in fresh if file.outcome == "imported"}
        if not accepted:
            return {}
        name = f"{self.import_id}-{self._zips}.zip"
        self._zips += 1
        named = {content: hashlib.sha256(data).hexdigest() for content, data in accepted.items()}
        files = [(named[content], data) for content, data in accepted.items()]
        for file in pending.batch.files:
            if file.sidecar is not None and file.sha256 in named:
                files.append((sidecar_of(named[file.sha256]), file.sidecar))
        write_originals(self.originals, name, files)
        return {content: {"original_zip": name, "original_sha256": named[content]} for content in accepted}

    def _count_new(self, file: FileRows) -> None:
        activities = [row["activity_id"] for row in file.tables.get(schema.activities.name, [])]
        if file.kind in SUMMARY_KINDS:
            self._tally.totals |= set(activities)  # whether they are activities of their own shows at the end
        else:
            self._tally.activities += len(activities)
        self._tally.wellness_dates |= file.wellness_dates
        if file.outcome == "imported" and file.damage:
            self._tally.salvaged.append(Salvaged(file.name, file.damage))
        self._count(file.name, file.outcome, file.kind, file.reason)

    def _count(self, name: str, outcome: str, kind: str = "", reason: str = "") -> None:
        tally = self._tally
        tally.outcomes[outcome] += 1
        if outcome == "not_of_interest":
            tally.kinds[kind] += 1
        elif outcome == "unreadable":
            tally.unreadable.append(Unreadable(name, reason))
        if self.progress:
            self.progress(tally.outcomes.total(), None, name)

    def _finish(self) -> None:
        """Link the copies among all activities of the athlete and note the end."""
        imports = schema.imports
        with self.database.writing() as connection:
            links = joining.join(connection, self.athlete.key)
            self._tally.activities += len(self._tally.totals - links.keys())
            connection.execute(
                sa.update(imports)
                .where(imports.c.import_id == self.import_id)
                .values(finished=datetime.now(UTC), counts=asdict(FileCounts(**self._tally.outcomes)))
            )

    def _summary(self, seconds: float) -> ImportSummary:
        tally = self._tally
        return ImportSummary(
            import_id=self.import_id,
            files=FileCounts(**tally.outcomes),
            activities=tally.activities,
            wellness_days=len(tally.wellness_dates),
            not_of_interest=dict(tally.kinds),
            salvaged=tuple(tally.salvaged),
            unreadable=tuple(tally.unreadable),
            seconds=seconds,
        )


def _is_settled(policy: Policy) -> sa.ColumnElement[bool]:
    """Which sources need not be read again: imported with their original there, deleted, or as far as this reader goes.

    What failed is tried again when the readers have changed.
    """
    sources = schema.sources
    failed = (sources.c.outcome != "imported") & (sources.c.reader_version == reader_version(policy))
    kept = (sources.c.outcome == "imported") & sources.c.original_zip.is_not(None)
    return kept | failed | (sources.c.kind == schema.DELETED)


_NOWHERE: Final[dict[str, Any]] = {"original_zip": None, "original_sha256": None}


def ensure_athlete(connection: sa.Connection, key: str) -> None:
    """The row of an athlete, if there is none yet."""
    table = schema.athletes
    if connection.execute(sa.select(table).where(table.c.athlete == key)).first() is None:
        connection.execute(sa.insert(table).values(athlete=key, since=datetime.now(UTC)))


def worked(batches: Iterable[Pending], executor: Executor | None) -> Iterator[tuple[Pending, list[FileRows]]]:
    """Each batch with what came of it, in their order."""
    if executor is None:
        for pending in batches:
            yield pending, process(pending.batch)
        return
    running: deque[tuple[Pending, Future[list[FileRows]]]] = deque()
    try:
        for pending in batches:
            running.append((pending, executor.submit(process, pending.batch)))
            if len(running) >= BATCHES_IN_FLIGHT:
                first, future = running.popleft()
                yield first, future.result()
        while running:
            first, future = running.popleft()
            yield first, future.result()
    except BrokenExecutor as error:
        raise StoreError(
            "a worker process ended unexpectedly",
            where="the import",
            advice="What was finished is kept; import again, with fewer --jobs if memory is short.",
        ) from error
    finally:
        for _, future in running:
            future.cancel()
