"""Importing what appears in a folder: a mounted watch, a folder of downloads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from stridelab.errors import UsageError
from stridelab.store.store import DEFAULT_ATHLETE, Store
from stridelab.store.summary import ImportSummary

SETTLED_AFTER_S: Final = 2.0
"""A file is taken once its size and time have not changed for so long: it may still be being copied."""

Changes = Iterable[set[Path]]


def watch(
    store: Store,
    folder: Path,
    *,
    athlete: str = DEFAULT_ATHLETE,
    changes: Changes | None = None,
    settled_after_s: float = SETTLED_AFTER_S,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[ImportSummary]:
    """Import what is in a folder, then what appears in it; one summary an import, until it is interrupted.

    Parameters
    ----------
    store, athlete
        Into what, and whose files they are.
    folder
        The folder.
    changes
        Paths that changed, set by set; None watches the folder.
    settled_after_s
        See `SETTLED_AFTER_S`.
    sleep
        Waits; for tests.

    Raises
    ------
    UsageError
        Where there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError("no such folder", where=str(folder), advice="Check the path.")
    found = iter(_changes(folder) if changes is None else changes)
    yield store.import_([folder], athlete=athlete)
    for paths in found:
        there = _settled({path for path in paths if path.is_file()}, settled_after_s, sleep)
        if there:
            yield store.import_(sorted(there), athlete=athlete)


def _changes(folder: Path) -> Iterator[set[Path]]:
    from watchfiles import Change, watch

    for changed in watch(folder, raise_interrupt=True):
        yield {Path(path) for change, path in changed if change != Change.deleted}


def _settled(paths: set[Path], after_s: float, sleep: Callable[[float], None]) -> set[Path]:
    """Those that are still there, once none of them changes any more; hidden files are somebody's work in hand."""
    paths = {path for path in paths if not path.name.startswith(".")}
    before = None
    while paths and (now := _states(paths)) != before:
        before = now
        sleep(after_s)
    return {path for path in paths if path.is_file()}


def _states(paths: set[Path]) -> dict[Path, tuple[int, int]]:
    states = {}
    for path in paths:
        try:
            state = path.stat()
        except OSError:
            continue
        states[path] = (state.st_size, state.st_mtime_ns)
    return states
