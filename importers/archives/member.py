"""One file to import, wherever it lies, and the limits within which one is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, NoReturn

from stridelab.errors import ReadError
from stridelab.importers.imu.layout import SIDECAR_SUFFIX, sidecar_name

RECORDING_SUFFIXES: Final = (".fit", ".gpx", ".tcx")
"""A name that ends so claims to be a recording, also with ``.gz`` behind it."""

PRIVATE_NAME: Final = "user_contact.json"
"""The part of a Garmin export that holds other people's names and addresses; it is never opened."""

PRIVATE_KIND: Final = "other people's data (never opened)"

SIDECAR_KIND: Final = "description of a recording beside it"
"""A sidecar: it is read with its recording."""

SIDECAR_BYTES: Final = 64 * 2**10
"""A larger file is no sidecar."""

HIDDEN_KIND: Final = "hidden file"
"""A hidden file with the name of a recording, nearly always the attributes that macOS keeps beside it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may ask for. A large true export stays well within: 35,000 members, ratio 11, 1 MB a recording.

    Parameters
    ----------
    member_bytes
        Largest file, unpacked.
    nested_zip_bytes
        Largest zip inside a zip, unpacked.
    ratio
        Largest expansion, of one member and of an archive as a whole; asked only above ``ratio_floor_bytes``, because
        small text packs well.
    ratio_floor_bytes
        Unpacked size below which the ratio does not matter.
    members
        Most entries in one archive.
    """

    member_bytes: int = 128 * 2**20
    nested_zip_bytes: int = 2 * 2**30
    ratio: float = 200.0
    ratio_floor_bytes: int = 4 * 2**20
    members: int = 100_000


LIMITS: Final = Limits()
"""The limits that `members` uses unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file to import.

    A member of a zip can be read only until the next one is asked for: the archive stays open just that long.

    Parameters
    ----------
    name
        Its path, for people; a member of an archive has the archive's name in front.
    size_bytes
        Its size as the file system or the archive states it.
    set_aside
        Why it is not to be read at all; empty for a file that may be.
    sidecar
        Gives the bytes of the file beside it that describes it, where there is one; errors as of `read`.
    crc32
        Its checksum as an archive states it.
    """

    name: str
    size_bytes: int
    _fetch: Callable[[], bytes] = field(repr=False)
    set_aside: str = ""
    sidecar: Callable[[], bytes] | None = field(default=None, repr=False)
    crc32: int | None = None

    def read(self) -> bytes:
        """The bytes as they lie there, a ``.gz`` still packed.

        Raises
        ------
        ReadError
            Where they cannot be had, or exceed the limits; it says why.
        """
        return self._fetch()


def claims_recording(name: str) -> bool:
    """Whether a name says that the file is a recording.

    Examples
    --------
    >>> claims_recording("activities/run.FIT.gz"), claims_recording("README.md")
    (True, False)
    """
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix in RECORDING_SUFFIXES


def is_private(name: str) -> bool:
    """Whether a file holds other people's data and must stay closed."""
    return name.lower().endswith(PRIVATE_NAME)


def is_hidden(name: str) -> bool:
    """Whether any part of a relative path is hidden, or the copy of a file's attributes that macOS adds to archives."""
    parts = [part for part in name.split("/") if part not in (".", "..")]
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def shown(name: str) -> str:
    """A name that is safe to print: control characters, and bytes that are no text, become ``?``."""
    return name if name.isprintable() else "".join(c if c.isprintable() else "?" for c in name)


def described(names: Iterable[str]) -> frozenset[str]:
    """Which sidecars these files would have: a name among them that is one of these is a sidecar.

    Examples
    --------
    >>> sorted(described(["a.csv", "b.csv.gz", "c.toml"]))
    ['a.toml', 'b.toml']
    """
    return frozenset(sidecar_name(name) for name in names if not is_sidecar(name))


def is_sidecar(name: str) -> bool:
    """Whether a file may describe another one."""
    return name.lower().endswith(SIDECAR_SUFFIX)


def unreadable(name: str, found: str, *, expected: str = "", advice: str = "", size_bytes: int = 0) -> Member:
    """A member that cannot be had: reading it raises the reason."""

    def refuse() -> NoReturn:
        raise ReadError(found, expected=expected, where=shown(name), advice=advice)

    return Member(shown(name), size_bytes, refuse)


def set_aside(name: str, why: str, size_bytes: int = 0) -> Member:
    """A member that must not be read."""

    def refuse() -> NoReturn:
        raise ReadError(f"not read: {why}", where=shown(name))

    return Member(shown(name), size_bytes, refuse, why)
