"""Bytes in, activities out: one reader a format, chosen by content."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO, Literal

from stridelab.activity import Activity, ReadResult, Source
from stridelab.errors import ReadError, UsageError
from stridelab.importers import fit
from stridelab.importers.detect import HEAD_BYTES, looks_like, recognise, tried
from stridelab.importers.source import read_bytes

__all__ = ["fit", "read", "read_activity"]

READER_VERSION = 3
"""Grows when a reader changes what it finds in a file, so that a store knows which files to look at again."""


def read(
    source: str | Path | bytes | BinaryIO,
    *,
    name: str | None = None,
    policy: Literal["salvage", "strict"] = "salvage",
    engine: str | None = None,
) -> ReadResult:
    """What a recording holds.

    Parameters
    ----------
    source
        Path, bytes or binary file object; gzip is unpacked.
    name
        Name to call it by, where the source has none of its own.
    policy
        ``salvage`` keeps what can be read of a damaged file and lists the damage in ``issues``; ``strict`` raises.
    engine
        A reference engine instead of the default one.

    Returns
    -------
    ReadResult
        One file may hold several activities, or none; ``kind`` says what it is.

    Raises
    ------
    ReadError
        If no reader knows the content, or under ``strict`` if the file is damaged.
    UsageError
        If the path does not exist, or the format has no such engine.
    """
    data, label = read_bytes(source, name=name)
    known = recognise(data[:HEAD_BYTES])
    if known is None:
        raise ReadError(
            looks_like(data[:HEAD_BYTES]),
            expected=f"a recording; tried {tried()}",
            where=label,
            advice="If this should be a recording, fetch it again from the device or the service.",
        )
    try:
        engine_name, reader = known.reader(engine)
    except KeyError:
        raise UsageError(f"{known.name} has no engine {engine!r}", expected=" or ".join(known.engines)) from None
    digest = hashlib.sha256(data).hexdigest()
    result = reader(data, Source(label, digest, known.name, engine_name, len(data)))
    wrong = [issue for issue in result.issues if issue.severity != "info"]
    if policy == "strict" and wrong:
        places = [f"byte {i.offset}: {i.message}" if i.offset is not None else i.message for i in wrong[:3]]
        raise ReadError(" ".join(places), expected="an undamaged file", where=label)
    return result


def read_activity(
    source: str | Path | bytes | BinaryIO,
    *,
    name: str | None = None,
    policy: Literal["salvage", "strict"] = "salvage",
    engine: str | None = None,
) -> Activity:
    """The one activity of a recording; parameters as `read`.

    Raises
    ------
    ReadError
        As `read`, and if the file holds no activity or several.
    """
    result = read(source, name=name, policy=policy, engine=engine)
    if len(result.activities) != 1:
        n = len(result.activities)
        found = f"a {result.kind} file without an activity" if not n else f"{n} activities"
        raise ReadError(found, expected="one activity", where=result.source.name, advice="Use `read` for all of them.")
    return result.activities[0]
