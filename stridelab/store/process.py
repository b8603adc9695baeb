"""The part of an import that can run anywhere: files in, streams written, rows out.

`process` is a plain function of picklable things, for any `concurrent.futures.Executor`. It writes only streams, whose
content follows from the files; the rows it returns are committed by the caller, the one writer.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stridelab.athlete import Athlete
from stridelab.errors import StoreError
from stridelab.importers import READER_VERSION
from stridelab.localtime import local_date
from stridelab.pipeline import Derived, Policy, derive, internal_error
from stridelab.store.rows import FileRows, day_of, file_rows
from stridelab.store.streams import make_durable, write_streams


@dataclass(frozen=True, slots=True)
class File:
    """One file to work on: its unpacked content, the sha256 of that, and the sidecar that declares its columns."""

    name: str
    sha256: str
    content: bytes
    sidecar: bytes | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Files to work on in one go, and what the work needs to know.

    Parameters
    ----------
    files
        The files.
    streams
        Folder of the store's streams.
    athlete
        Whose files they are.
    policy
        ``salvage`` or ``strict``.
    since
        Files of which everything is before this local date are set aside.
    """

    files: tuple[File, ...]
    streams: str
    athlete: Athlete
    policy: Policy
    since: date | None = None


def reader_version(policy: Policy) -> str:
    """What ``sources`` remembers of how a file was read: one refused under ``strict`` may yet be salvaged."""
    return f"{READER_VERSION}" if policy == "salvage" else f"{READER_VERSION} {policy}"


def process(batch: Batch) -> list[FileRows]:
    """Read and derive every file of a batch and write the streams of their activities.

    Raises
    ------
    StoreError
        Where the streams cannot be written; what is wrong with a file is in its rows instead.
    """
    written: list[Path] = []
    with _collecting_seldom():
        found = [_processed(file, batch, written) for file in batch.files]
    if written:
        make_durable(Path(batch.streams), written)
    return found


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Let Python look for cycles a seventieth as often: tables by the thousand have none, and it costs an eighth."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _processed(file: File, batch: Batch, written: list[Path]) -> FileRows:
    derived = derive(file.name, file.content, policy=batch.policy, athlete=batch.athlete, sidecar=file.sidecar)
    if batch.since and derived.outcome == "imported" and (_last_date(derived) or batch.since) < batch.since:
        return FileRows(file.name, file.sha256, "not_of_interest", f"before {batch.since}", remember=False)
    try:
        for item in derived.activities:
            written += write_streams(Path(batch.streams), item.activity)
        return _rows(derived, file, batch)
    except StoreError:
        raise
    except Exception as error:  # something in it that the tables cannot hold: our mistake, and this one file's loss
        return _rows(Derived("unreadable", reason=internal_error(error)), file, batch)


def _rows(derived: Derived, file: File, batch: Batch) -> FileRows:
    return file_rows(
        derived,
        athlete=batch.athlete.key,
        name=file.name,
        sha256=file.sha256,
        size_bytes=len(file.content),
        reader=reader_version(batch.policy),
    )


def _last_date(derived: Derived) -> date | None:
    """The last local date of what a file holds; None where nothing in it is of a day."""
    days = [local_date(item.activity.start_time, item.activity.utc_offset_s) for item in derived.activities]
    days += [day_of(value) for value in derived.wellness]
    return max(days, default=None)
