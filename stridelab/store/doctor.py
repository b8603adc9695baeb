"""Proving that a store is whole, and repairing what can be.

Every original has the hash it is named by, every stream can be read and has the samples that its row says, every row
has its files and every file its row. What was derived and is damaged is derived anew; what an interrupted import left
is swept away; a damaged original cannot be made again, but the file is taken the next time it is imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from stridelab.errors import ReadError, StoreError
from stridelab.importers.source import unpacked
from stridelab.store import frames, joining, schema
from stridelab.store.originals import Originals
from stridelab.store.rebuilding import rebuild, sweep_streams
from stridelab.store.rows import STREAMS
from stridelab.store.store import Store
from stridelab.store.streams import UNFINISHED, activity_of, read_streams

Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True)
class Problem:
    """Something that is not as it should be.

    Parameters
    ----------
    what
        What was found, in a sentence.
    athlete, sha256
        The file it is about; empty where it is about none.
    original
        Whether the original itself is gone or damaged.
    repaired
        What was done about it; empty where nothing could be.
    """

    what: str
    athlete: str = ""
    sha256: str = ""
    original: bool = False
    repaired: str = ""


@dataclass
class Examined:
    """What the doctor found.

    Parameters
    ----------
    originals, streams, activities
        How many were examined.
    leftovers
        Files that an interrupted import left, which are no problem; removed where repairing was asked for.
    problems
        Everything that was wrong.
    """

    originals: int = 0
    streams: int = 0
    activities: int = 0
    leftovers: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was wrong."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """The object that ``stridelab doctor --json`` prints."""
        counts = {name: getattr(self, name) for name in ("originals", "streams", "activities", "leftovers")}
        problems = [{"what": one.what, "repaired": one.repaired or None} for one in self.problems]
        return {"clean": self.clean, **counts, "problems": problems}


def examine(store: Store, *, repair: bool = False, progress: Progress | None = None) -> Examined:
    """Look at everything in a store.

    Parameters
    ----------
    store
        Which.
    repair
        Derive anew what is damaged, forget originals that are gone, and sweep away what interrupted imports left.
    progress
        Called after each original and activity.
    """
    found = Examined()
    found.problems += [Problem(text) for text in _catalogue(store)]
    found.problems += _originals(store, found, progress)
    found.problems += _streams(store, found, progress)
    found.leftovers = _leftovers(store)
    if repair:
        found.problems = _repaired(store, found.problems)
        _sweep(store)
    return found


def _catalogue(store: Store) -> Iterator[str]:
    """What the database itself says of its state."""
    with store.database.reading() as connection:
        if connection.dialect.name != "sqlite":
            return
        for (text,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if text != "ok":
                yield f"the catalogue is damaged: {text}"
        for table, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"the catalogue has a row in {table} whose owner is missing"


def _originals(store: Store, found: Examined, progress: Progress | None) -> Iterator[Problem]:
    """Every original: there, with its hash, and its content with the hash that the source is known by."""
    table = schema.sources
    query = sa.select(table).where(table.c.outcome == "imported").order_by(table.c.original_zip, table.c.sha256)
    with store.database.reading() as connection:
        rows = connection.execute(query).mappings().all()
    with Originals(store.originals) as originals:
        for row in rows:
            found.originals += 1
            wrong = ""
            if row["original_zip"] is None:
                wrong = "its original is gone"
            else:
                try:
                    data = originals.read(row["original_zip"], row["original_sha256"])
                    if hashlib.sha256(unpacked(data, name=row["name"])).hexdigest() != row["sha256"]:
                        wrong = "its original is another file"
                except (StoreError, ReadError) as error:
                    wrong = error.found
            if wrong:
                yield Problem(f"{row['name']}: {wrong}", row["athlete"], row["sha256"], original=True)
            if progress:
                progress(found.originals, len(rows), row["name"])


def _streams(store: Store, found: Examined, progress: Progress | None) -> Iterator[Problem]:
    """Every activity: its streams can be read and hold as many samples as its row says."""
    table, beside = schema.activities, schema.activity_tables
    names = ("athlete", "activity_id", "sha256", "samples")
    with store.database.reading() as connection:
        rows = connection.execute(sa.select(*(table.c[name] for name in names)).order_by(table.c.activity_id)).all()
        query = sa.select(beside.c.activity_id, beside.c.content).where(beside.c.name == STREAMS)
        expected = {name: frames.from_bytes(content)["name"].tolist() for name, content in connection.execute(query)}
    for athlete, name, sha256, samples in rows:
        found.activities += 1
        found.streams += samples > 0
        try:
            records = read_streams(store.streams, name, samples=samples)["records"]
            wrong = "" if len(records) == samples else f"{len(records)} samples instead of {samples}"
            gone = [s for s in expected.get(name, ()) if not (store.streams / f"{name}.{s}.parquet").is_file()]
            wrong = f"its stream {', '.join(gone)} is gone" if gone else wrong
        except StoreError as error:
            wrong = error.found
        except Exception as error:  # whatever a damaged file does to the reader of Parquet
            wrong = f"its samples cannot be read ({type(error).__name__}: {error})"
        if wrong:
            yield Problem(f"activity {name}: {wrong}", athlete, sha256)
        if progress:
            progress(found.activities, len(rows), name)


def _leftovers(store: Store) -> int:
    """Files in the store's folders that no row names."""
    sources = schema.sources
    with store.database.reading() as connection:
        known = set(connection.execute(sa.select(schema.activities.c.activity_id)).scalars())
        query = sa.select(sources.c.original_zip).where(sources.c.original_zip.is_not(None))
        zips = set(connection.execute(query.distinct()).scalars())
    streams = [p for p in store.streams.iterdir() if p.name.endswith(UNFINISHED) or activity_of(p) not in known]
    return len(streams) + sum(path.name not in zips for path in store.originals.iterdir())


def _repaired(store: Store, problems: list[Problem]) -> list[Problem]:
    """The problems with what was done about each."""
    lost = [one for one in problems if one.original]
    derived = {(one.athlete, one.sha256) for one in problems if one.sha256 and not one.original}
    derived -= {(one.athlete, one.sha256) for one in lost}
    sources = schema.sources
    with store.database.writing() as connection:
        for one in lost:
            its = (sources.c.athlete == one.athlete) & (sources.c.sha256 == one.sha256)
            connection.execute(sa.update(sources).where(its).values(original_zip=None, original_sha256=None))
    failed = {name for name, _ in rebuild(store, only=derived).problems} if derived else set()
    result = []
    for one in problems:
        done = ""
        if one.original:
            done = "import the file again: it will be taken as new"
        elif (one.athlete, one.sha256) in derived and not failed:
            done = "derived anew from its original"
        result.append(Problem(one.what, one.athlete, one.sha256, original=one.original, repaired=done))
    return result


def _sweep(store: Store) -> None:
    sources = schema.sources
    sweep_streams(store)
    with store.database.writing() as connection:
        query = sa.select(sources.c.original_zip).where(sources.c.original_zip.is_not(None))
        known = set(connection.execute(query.distinct()).scalars())
        for path in store.originals.iterdir():
            if path.name not in known:
                path.unlink(missing_ok=True)
        for path in store.streams.glob(f"*{UNFINISHED}"):
            path.unlink(missing_ok=True)
        for athlete in connection.execute(sa.select(schema.athletes.c.athlete)).scalars().all():
            joining.join(connection, athlete)
