"""A store that forgets: what an import would do, without doing it."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from stridelab.store.location import CATALOGUE, ORIGINALS, default_path
from stridelab.store.store import Store


@contextmanager
def trial(path: str | os.PathLike[str] | None = None) -> Iterator[Store]:
    """A temporary store that knows what another one knows, and is deleted afterwards.

    Parameters
    ----------
    path
        The other store, which is only read; it need not exist. None is the default one.
    """
    catalogue = Path(path if path is not None else default_path()).expanduser() / CATALOGUE
    with tempfile.TemporaryDirectory(prefix="stridelab-trial-") as folder:
        if catalogue.is_file():
            opened = Store.open(catalogue.parent, create=False)  # says what is wrong with it, if anything is
            raw = opened.database.engine.raw_connection()
            with closing(raw), closing(sqlite3.connect(Path(folder) / CATALOGUE)) as copy:
                driver = raw.driver_connection
                assert isinstance(driver, sqlite3.Connection)
                driver.backup(copy)
        store = Store.open(folder)
        store.known_originals = catalogue.parent / ORIGINALS
        yield store
