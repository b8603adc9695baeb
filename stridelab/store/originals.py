"""The accepted files as they came, packed: one zip a batch of an import, ``<import_id>-<n>.zip``.

A member's name is the sha256 of its bytes; which zip holds it stands in ``sources.original_zip``. The sidecar of a
recording lies beside it as ``<sha256 of the recording>.toml``. A zip is written
beside its place, forced to disk and renamed before the transaction that refers to it, so what the catalogue names is
there. A batch has its own zip because a zip cannot grow safely: killed in the middle, it would lose what it held.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path

from stridelab.errors import StoreError
from stridelab.store.streams import UNFINISHED, sync_folder


def write_originals(folder: Path, name: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Pack files (name, bytes) into one zip, durably.

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
        sync_folder(folder)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise StoreError(
            f"the originals cannot be written ({error.strerror or error})",
            where=str(path),
            advice="Check the disk's space and the permissions, and import again: what was finished is kept.",
        ) from error


def rewrite_originals(folder: Path, name: str, kept: set[str]) -> None:
    """Leave in a zip only these members (sha256); a zip without any goes.

    Raises
    ------
    StoreError
        Where it cannot be read or written; it is then as it was.
    """
    if not kept:
        (folder / name).unlink(missing_ok=True)
        return
    with Originals(folder) as originals:
        files = []
        for sha256 in sorted(kept):
            files.append((sha256, originals.read(name, sha256)))
            if (sidecar := originals.sidecar(name, sha256)) is not None:
                files.append((sidecar_of(sha256), sidecar))
    write_originals(folder, name, files)


class Originals:
    """Reads many originals; the zip of the last one stays open.

    Parameters
    ----------
    folder
        Where the zips lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._name = folder, ""
        self._open = ExitStack()
        self._archive: zipfile.ZipFile | None = None

    def __enter__(self) -> Originals:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def read(self, name: str, sha256: str) -> bytes:
        """The bytes of one original.

        Parameters
        ----------
        name
            The zip.
        sha256
            Of its bytes: the member's name.

        Raises
        ------
        StoreError
            Where it is gone, or not what it was.
        """
        data = self._member(name, sha256)
        if data is None:
            raise StoreError("the original cannot be read (it is not there)", where=f"{self._folder / name}/{sha256}")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError("the original is not what it was", where=f"{self._folder / name}/{sha256}")
        return data

    def sidecar(self, name: str, sha256: str) -> bytes | None:
        """The sidecar of one original; None where it has none. Parameters and errors as of `read`."""
        return self._member(name, sidecar_of(sha256))

    def _member(self, name: str, member: str) -> bytes | None:
        try:
            if name != self._name or self._archive is None:
                self._open.close()
                self._archive = None
                self._archive, self._name = self._open.enter_context(zipfile.ZipFile(self._folder / name)), name
            return self._archive.read(member)
        except KeyError:
            return None
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
            # A damaged header may name a way of packing that zipfile does not know: NotImplementedError.
            where = f"{self._folder / name}/{member}"
            raise StoreError(f"the original cannot be read ({error})", where=where) from error


class KnownMembers:
    """Tells files of an archive that the store has by what the archive's directory says, so that nothing is unpacked.

    Name, size and checksum of a file have to be those of an original: a lie there only leaves out what is claimed to be
    there already.

    Parameters
    ----------
    folder
        Where the originals lie.
    sources
        Of each: name, size in bytes, sha256 of the content, zip and member of the original.
    """

    def __init__(self, folder: Path, sources: Iterable[tuple[str, int, str, str, str]]) -> None:
        self._folder = folder
        self._places: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
        for name, size_bytes, sha256, archive, member in sources:
            self._places.setdefault((_last(name), size_bytes), []).append((sha256, archive, member))
        self._checksums: dict[str, dict[str, int]] = {}

    def find(self, name: str, size_bytes: int, crc32: int) -> str | None:
        """The sha256 of a known file's content; None where it may be new."""
        for sha256, archive, member in self._places.get((_last(name), size_bytes), ()):
            if self._of(archive).get(member) == crc32:
                return sha256
        return None

    def _of(self, archive: str) -> dict[str, int]:
        if archive not in self._checksums:
            try:
                with zipfile.ZipFile(self._folder / archive) as file:
                    self._checksums[archive] = {entry.filename: entry.CRC for entry in file.infolist()}
            except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
                # Missing or damaged (NotImplementedError: it claims to need another version of zip). Nothing is known
                # of it then, so that its files are read again; `doctor` tells.
                self._checksums[archive] = {}
        return self._checksums[archive]


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def read_original(folder: Path, name: str, sha256: str) -> bytes:
    """The bytes of one original; parameters and errors as of `Originals.read`."""
    with Originals(folder) as originals:
        return originals.read(name, sha256)


def sidecar_of(sha256: str) -> str:
    """Name of the member that describes an original."""
    return f"{sha256}.toml"


def remove_unreferenced(folder: Path, referenced: set[str]) -> None:
    """Remove what killed imports left: zips that no source names, and unfinished ones.

    Only inside a writing transaction: zips are written within one too, so none here is somebody's work in hand.
    """
    for path in folder.iterdir():
        if path.name.endswith(UNFINISHED) or (path.suffix == ".zip" and path.name not in referenced):
            path.unlink(missing_ok=True)
