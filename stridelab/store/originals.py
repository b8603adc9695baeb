"""The accepted files as they came, packed: one zip a batch of an import, ``<import_id>-<n>.zip``.

A member's name is the sha256 of its bytes; which zip holds it stands in ``sources.original_zip``. A zip is written
beside its place, forced to disk and renamed before the transaction that refers to it, so what the catalogue names is
there. A batch has its own zip because a zip cannot grow safely: killed in the middle, it would lose what it held.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from stridelab.errors import StoreError
from stridelab.store.streams import UNFINISHED


def write_originals(folder: Path, name: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Pack files (sha256, bytes) into one zip, durably.

    Raises
    ------
    StoreError
        Where the disk does not take it.
    """
    path, unfinished = folder / name, folder / f"{name}{UNFINISHED}"
    try:
        with unfinished.open("wb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                for sha256, data in files:
                    # Without a date of its own: the same files give the same zip. Level 1 packs recordings nearly as
                    # small as level 6, in half the time.
                    archive.writestr(zipfile.ZipInfo(sha256), data, zipfile.ZIP_DEFLATED, 1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync_folder(folder)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise StoreError(
            f"the originals cannot be written ({error.strerror or error})",
            where=str(path),
            advice="Check the disk's space and the permissions, and import again: what was finished is kept.",
        ) from error


def read_original(folder: Path, name: str, sha256: str) -> bytes:
    """The bytes of one original.

    Raises
    ------
    StoreError
        Where it is gone, or not what it was.
    """
    where = f"{folder / name}/{sha256}"
    try:
        with zipfile.ZipFile(folder / name) as archive:
            data = archive.read(sha256)
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise StoreError(f"the original cannot be read ({error})", where=where) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StoreError("the original is not what it was", where=where)
    return data


def remove_unreferenced(folder: Path, referenced: set[str]) -> None:
    """Remove what killed imports left: zips that no source names, and unfinished ones.

    Only inside a writing transaction: zips are written within one too, so none here is somebody's work in hand.
    """
    for path in folder.iterdir():
        if path.name.endswith(UNFINISHED) or (path.suffix == ".zip" and path.name not in referenced):
            path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and renaming is durable without
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
