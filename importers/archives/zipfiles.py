"""Members of zips, streamed: nothing is unpacked to disk, and at most one member is in memory.

A zip inside a zip is read through the outer one, forward only: its entries are taken in the order in which they lie.
What an archive claims (names, sizes) is checked before it is believed.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, Final, cast

from stridelab.errors import ReadError
from stridelab.importers.archives.member import (
    HIDDEN_KIND,
    PRIVATE_KIND,
    SIDECAR_BYTES,
    SIDECAR_KIND,
    Limits,
    Member,
    claims_recording,
    described,
    is_hidden,
    is_private,
    is_sidecar,
    set_aside,
    shown,
    unreadable,
)
from stridelab.importers.archives.nested import PackedFile
from stridelab.importers.imu.layout import sidecar_name

_SIGNATURES: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED: Final = 0x1
_LOCAL_HEADER_BYTES: Final = 30
# What zipfile raises on damage: NotImplementedError and RuntimeError are an unknown packing method and a missing
# password, the others come from headers that lie and data that ends early or does not unpack.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    OverflowError,
)


def is_zip(path: Path) -> bool:
    """Whether a file begins like a zip."""
    try:
        with path.open("rb") as file:
            return file.read(4) in _SIGNATURES
    except OSError:
        return False


def zip_members(path: Path, limits: Limits) -> Iterator[Member]:
    """Every file in a zip and in the zips in it; a zip that cannot be opened is one member that fails."""
    name = str(path)
    try:
        size, file = path.stat().st_size, path.open("rb")
    except OSError as error:
        yield unreadable(name, f"cannot be read ({error.strerror})", advice="Check its permissions.")
        return
    with file:
        yield from _opened(file, name, size, limits, nested=False)


def _opened(file: IO[bytes], name: str, size_bytes: int, limits: Limits, *, nested: bool) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        yield unreadable(
            name, f"damaged or no zip archive ({error})", advice="Download it again.", size_bytes=size_bytes
        )
        return
    with archive:
        entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
        if problem := _problem_of_archive(entries, size_bytes, limits):
            yield unreadable(name, problem, advice="Nothing of it was imported.", size_bytes=size_bytes)
            return
        sidecars = _sidecars(entries, limits)
        for entry in entries:
            if entry.is_dir():
                continue
            if entry.filename in sidecars:
                yield set_aside(f"{name}/{entry.filename}", SIDECAR_KIND, entry.file_size)
            elif not is_hidden(entry.filename):
                beside = sidecars.get(sidecar_name(entry.filename)) if sidecars else None
                yield from _entry(archive, entry, f"{name}/{entry.filename}", limits, nested=nested, beside=beside)
            elif claims_recording(entry.filename):
                yield set_aside(f"{name}/{entry.filename}", HIDDEN_KIND, entry.file_size)


def _sidecars(entries: list[zipfile.ZipInfo], limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The entries that describe another one beside them, by their names."""
    found = {
        entry.filename: entry
        for entry in entries
        if is_sidecar(entry.filename)
        and entry.file_size <= SIDECAR_BYTES
        and not is_hidden(entry.filename)
        and not _problem_of_entry(entry, limits, is_archive=False, nested=False)
    }
    names = described(entry.filename for entry in entries if not entry.is_dir()) if found else frozenset()
    return {name: entry for name, entry in found.items() if name in names}


def _entry(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    name: str,
    limits: Limits,
    *,
    nested: bool,
    beside: zipfile.ZipInfo | None,
) -> Iterator[Member]:
    is_archive = entry.filename.lower().endswith(".zip")
    if is_private(entry.filename):
        yield set_aside(name, PRIVATE_KIND, entry.file_size)
    elif problem := _problem_of_entry(entry, limits, is_archive=is_archive, nested=nested):
        yield unreadable(name, problem, size_bytes=entry.file_size)
    elif is_archive:
        try:
            inner = archive.open(entry)
        except _DAMAGE as error:
            yield unreadable(name, f"damaged in its archive ({error})", size_bytes=entry.file_size)
            return
        with inner:
            whole = cast(IO[bytes], PackedFile(inner, entry.file_size))
            yield from _opened(whole, name, entry.file_size, limits, nested=True)
    else:
        sidecar = None if beside is None else partial(_read, archive, beside, name)
        read = partial(_read, archive, entry, name)
        yield Member(shown(name), entry.file_size, read, sidecar=sidecar, crc32=entry.CRC)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    try:
        with archive.open(entry) as file:
            # With a size, zipfile unpacks no more than that, whatever the data would give, and compares the checksum.
            return file.read(entry.file_size + 1)
    except _DAMAGE as error:
        raise ReadError(
            f"damaged in its archive ({error})", where=shown(name), advice="Download the archive again."
        ) from error


def _problem_of_archive(entries: list[zipfile.ZipInfo], size_bytes: int, limits: Limits) -> str:
    if len(entries) > limits.members:
        return f"{len(entries):,} entries in one archive; at most {limits.members:,} are read"
    total = sum(entry.file_size for entry in entries)
    if total > limits.ratio_floor_bytes and total > limits.ratio * size_bytes:
        return f"unpacks to {total / max(size_bytes, 1):,.0f} times its size; at most {limits.ratio:g} times is read"
    end = 0
    for entry in entries:
        if entry.header_offset < end:
            return "its entries overlap, as no honest archive's do"
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
    return ""


def _problem_of_entry(entry: zipfile.ZipInfo, limits: Limits, *, is_archive: bool, nested: bool) -> str:
    path = entry.filename.replace("\\", "/")
    if path.startswith("/") or ".." in path.split("/") or path[1:2] == ":":
        return "its name leads out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link in an archive"
    if entry.flag_bits & _ENCRYPTED:
        return "encrypted; unpack it with its password and import the result"
    if is_archive and nested:
        return "a zip in a zip in a zip; one level of nesting is read"
    most = limits.nested_zip_bytes if is_archive else limits.member_bytes
    if entry.file_size > most:
        return f"{entry.file_size / 2**20:,.0f} MiB in one file; at most {most / 2**20:,.0f} MiB is read"
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > limits.ratio_floor_bytes and ratio > limits.ratio:
        return f"unpacks to {ratio:,.0f} times its size; at most {limits.ratio:g} times is read"
    return ""
