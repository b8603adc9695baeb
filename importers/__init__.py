"""Bytes in, activities out: one reader a format, chosen by content."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO, Literal

from stridelab.activity import Activity, ReadResult, Source
from stridelab.errors import NotRecognisedError, ReadError, UsageError
from stridelab.importers import fit, imu
from stridelab.importers.archives.documents import document_reader
from stridelab.importers.detect import HEAD_BYTES, looks_like, recognise, table_format, tried
from stridelab.importers.imu.layout import Declared, sidecar
from stridelab.importers.source import read_bytes

__all__ = ["fit", "imu", "read", "read_activity", "takes_mapping"]

READER_VERSION = 5
"""Grows when a reader changes what it finds in a file, so that a store knows which files to look at again."""


def read(
    source: str | Path | bytes | BinaryIO,
    *,
    name: str | None = None,
    policy: Literal["salvage", "strict"] = "salvage",
    engine: str | None = None,
    mapping: Declared | None = None,
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
    mapping
        Of a table with inertial samples, what its header does not say: a dictionary or the path of a TOML file, with
        the keys of ``docs/inertial-recordings.md``. A file of the same name that ends in ``.toml`` beside the source is
        taken by itself.

    Returns
    -------
    ReadResult
        One file may hold several activities, or none; ``kind`` says what it is.

    Raises
    ------
    ReadError
        If no reader knows the content (`NotRecognisedError`), or under ``strict`` if the file is damaged.
    UsageError
        If the path does not exist, the format has no such engine, or the mapping makes no sense.
    """
    data, label = read_bytes(source, name=name)
    head = data[:HEAD_BYTES]
    known = recognise(head)
    if known is None or known.takes_mapping:
        mapping = sidecar(source, mapping)
        known = known if known or mapping is None else table_format(head)
    elif mapping is not None:
        raise UsageError(
            f"a mapping for a {known.name.upper()} file",
            expected="a table of inertial samples",
            where=label,
            advice="Leave it out.",
        )
    if known is None and mapping is None and engine is None and (document := document_reader(data)) is not None:
        digest = hashlib.sha256(data).hexdigest()
        return document.read(data, Source(label, digest, document.format, document.format, len(data)))
    if known is None:
        raise NotRecognisedError(
            looks_like(head),
            expected=f"a recording; tried: {tried(head)}" if mapping is None else "a table that a mapping may describe",
            where=label,
            advice="If this should be a recording, fetch it again from the device or the service.",
        )
    try:
        engine_name, reader = known.reader(engine)
    except KeyError:
        raise UsageError(f"{known.name} has no engine {engine!r}", expected=" or ".join(known.engines)) from None
    digest = hashlib.sha256(data).hexdigest()
    about = Source(label, digest, known.name, engine_name, len(data))
    result = reader(data, about, mapping) if known.takes_mapping else reader(data, about)
    wrong = [issue for issue in result.issues if issue.severity != "info"]
    if policy == "strict" and wrong:
        places = [f"byte {i.offset}: {i.message}" if i.offset is not None else i.message for i in wrong[:3]]
        raise ReadError(" ".join(places), expected="an undamaged file", where=label)
    return result


def takes_mapping(data: bytes) -> bool:
    """Whether a file may be a table whose columns a sidecar declares; one that says it all itself needs none."""
    known = recognise(data[:HEAD_BYTES])
    return document_reader(data) is None if known is None else known.takes_mapping


def read_activity(
    source: str | Path | bytes | BinaryIO,
    *,
    name: str | None = None,
    policy: Literal["salvage", "strict"] = "salvage",
    engine: str | None = None,
    mapping: Declared | None = None,
) -> Activity:
    """The one activity of a recording; parameters as `read`.

    Raises
    ------
    ReadError
        As `read`, and if the file holds no activity or several.
    """
    result = read(source, name=name, policy=policy, engine=engine, mapping=mapping)
    if len(result.activities) != 1:
        n = len(result.activities)
        found = f"a {result.kind} file without an activity" if not n else f"{n} activities"
        raise ReadError(found, expected="one activity", where=result.source.name, advice="Use `read` for all of them.")
    return result.activities[0]
