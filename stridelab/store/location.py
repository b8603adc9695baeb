"""Where a store lies, and whether one may be there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import platformdirs

from stridelab.errors import StoreError

CATALOGUE: Final = "catalogue.sqlite"
STREAMS: Final = "streams"
ORIGINALS: Final = "originals"

VARIABLE: Final = "STRIDELAB_STORE"
"""Environment variable that names the default store."""

SETTINGS: Final = "stridelab.toml"
"""What the user sets; a directory with nothing else is free for a new store."""

_LITTER: Final = frozenset({".DS_Store", "desktop.ini", "Thumbs.db"})


def default_path() -> Path:
    """The store of who does not name one: ``STRIDELAB_STORE``, else the platform's directory for user data."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path(platformdirs.user_data_dir("stridelab", appauthor=False))


def locate(path: str | os.PathLike[str] | None, *, create: bool) -> Path:
    """Directory of a store, made if it may be; its ``stridelab.toml`` names it too.

    Raises
    ------
    StoreError
        Where there is none and none may be made, where it cannot be made, and where something else lies.
    """
    root = Path(path if path is not None else default_path()).expanduser().absolute()
    if root.name == SETTINGS:
        root = root.parent
    try:
        if root.exists() and not root.is_dir():
            raise StoreError(
                "a file", expected="the directory of a store", where=str(root), advice="Name a directory with --store."
            )
        is_new = not root.exists() or _holds_nothing(root)
        if is_new and not create:
            advice = "Import something first, or name another --store."
            raise StoreError("there is no store here", where=str(root), advice=advice)
        if is_new:
            root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the store cannot be created ({error.strerror or error})",
            where=str(root),
            advice="Check the path and its permissions, or name another directory with --store.",
        ) from error
    return root


def make_folders(root: Path) -> None:
    """The folders beside the catalogue.

    Raises
    ------
    StoreError
        Where they cannot be made.
    """
    for name in (STREAMS, ORIGINALS):
        try:
            (root / name).mkdir(exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"cannot be created ({error.strerror or error})",
                where=str(root / name),
                advice="Check the permissions of the store's directory.",
            ) from error


def _holds_nothing(root: Path) -> bool:
    """Whether a directory is free for a new store; one that holds something else is an error."""
    names = {entry.name for entry in root.iterdir()} - _LITTER
    if CATALOGUE in names:
        return False
    foreign = names - {STREAMS, ORIGINALS, SETTINGS}  # these alone: somebody was killed while creating it
    if foreign:
        raise StoreError(
            f"a directory of something else ({', '.join(sorted(foreign)[:3])})",
            expected="a store of stridelab or an empty directory",
            where=str(root),
            advice="Name another directory with --store.",
        )
    return True
