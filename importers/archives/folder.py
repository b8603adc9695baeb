"""Files and folders to import, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from stridelab.errors import ReadError, UsageError
from stridelab.importers.archives.member import (
    HIDDEN_KIND,
    LIMITS,
    PRIVATE_KIND,
    SIDECAR_BYTES,
    SIDECAR_KIND,
    Limits,
    Member,
    claims_recording,
    described,
    is_private,
    is_sidecar,
    set_aside,
    shown,
    unreadable,
)
from stridelab.importers.archives.zipfiles import is_zip, zip_members
from stridelab.importers.imu.layout import sidecar_name


def members(
    paths: Iterable[str | os.PathLike[str]], *, limits: Limits = LIMITS, leave_out: Iterable[Path] = ()
) -> Iterator[Member]:
    """Every file under these paths: files, folders (recursively, sorted), zips and zips in zips (one level).

    Hidden files of folders are left out (those that claim to be a recording, such as the attributes that macOS keeps
    beside each file, are set aside), and what is no ordinary file (a pipe, a device). Links are followed, and no folder
    is entered twice. A zip that cannot be opened and a folder that cannot be listed are members that fail.
    ``.gz`` files are members as they are: reading unpacks them.

    Parameters
    ----------
    paths
        Files, folders and zips.
    limits
        What an archive may ask for.
    leave_out
        Folders that are not entered, such as the store itself.

    Raises
    ------
    UsageError
        For a path that is not there; at once, before the first member.
    """
    starts = [Path(path).expanduser() for path in paths]
    for start in starts:
        if not start.exists():
            raise UsageError("no such file or folder", where=str(start), advice="Check the path.")
    return _all(starts, limits, {folder.resolve() for folder in leave_out})


def _all(starts: list[Path], limits: Limits, leave_out: set[Path]) -> Iterator[Member]:
    for start in starts:
        if start.is_dir():
            yield from _folder(start, limits, set(leave_out))
        else:
            # A file that somebody names is opened as the zip it is, whatever it is called.
            yield from _file(start, limits, named=True, beside=start.with_name(sidecar_name(start.name)))


def _folder(folder: Path, limits: Limits, entered: set[Path]) -> Iterator[Member]:
    real = folder.resolve()
    if real in entered:
        return
    entered.add(real)
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        yield unreadable(
            str(folder), f"the folder cannot be listed ({error.strerror})", advice="Check its permissions."
        )
        return
    sidecars = {entry.name for entry in entries if is_sidecar(entry.name) and _is_small(entry)}
    with_sidecar = described(entry.name for entry in entries if entry.is_file()) if sidecars else frozenset()
    for entry in entries:
        if entry.name.startswith("."):
            if claims_recording(entry.name) and entry.is_file():
                yield set_aside(str(entry), HIDDEN_KIND)
            continue
        try:
            if entry.is_dir():
                yield from _folder(entry, limits, entered)
            elif entry.name in sidecars & with_sidecar:
                yield set_aside(str(entry), SIDECAR_KIND, entry.stat().st_size)
            elif entry.is_file():
                beside = entry.with_name(sidecar_name(entry.name)) if sidecars else None
                yield from _file(entry, limits, named=False, beside=beside)
            elif entry.is_symlink():
                yield unreadable(str(entry), "a link that leads nowhere")
        except OSError as error:
            yield unreadable(str(entry), f"cannot be reached ({error.strerror})")


def _file(path: Path, limits: Limits, *, named: bool, beside: Path | None) -> Iterator[Member]:
    if is_private(path.name):
        yield set_aside(str(path), PRIVATE_KIND)
    elif path.suffix.lower() == ".zip" or (named and path.suffix.lower() != ".npz" and is_zip(path)):
        yield from zip_members(path, limits)
    else:
        sidecar = None
        if beside is not None and beside != path and _is_small(beside):
            sidecar = partial(_read, beside, limits)
        yield Member(shown(str(path)), path.stat().st_size, partial(_read, path, limits), sidecar=sidecar)


def _is_small(path: Path) -> bool:
    """Whether a file is there that is small enough to be a sidecar."""
    try:
        return path.is_file() and path.stat().st_size <= SIDECAR_BYTES
    except OSError:
        return False


def _read(path: Path, limits: Limits) -> bytes:
    try:
        size = path.stat().st_size
        if size > limits.member_bytes:
            raise ReadError(
                f"{size / 2**20:.0f} MiB in one file",
                expected=f"at most {limits.member_bytes / 2**20:.0f} MiB",
                where=shown(str(path)),
            )
        return path.read_bytes()
    except OSError as error:
        raise ReadError(
            f"cannot be read ({error.strerror})", where=shown(str(path)), advice="Check its permissions."
        ) from error
