"""`stridelab watch`: what is there, then what appears, each once it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stridelab.errors import UsageError
from stridelab.store import Store
from stridelab.store.watching import watch

pytestmark = pytest.mark.usefixtures("fake_readers")


def test_what_appears_is_imported_once_it_does_not_change_any_more(
    tmp_path: Path, recording: Callable[..., bytes]
) -> None:
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "old.fit").write_bytes(recording({}))
    whole = recording({"start_s": 86_400})
    growing = [whole[:10], whole[:20], whole]

    def changes() -> Iterator[set[Path]]:
        (folder / "new.fit").write_bytes(growing.pop(0))
        yield {folder / "new.fit", folder / "gone.fit"}
        yield {folder / "gone.fit"}

    def sleep(_: float) -> None:
        if growing:
            (folder / "new.fit").write_bytes(growing.pop(0))

    store = Store.open(tmp_path / "s")
    first, second = watch(store, folder, changes=changes(), sleep=sleep)
    assert (first.files.seen, first.activities) == (1, 1)
    assert (second.files.seen, second.activities, second.unreadable) == (1, 1, ())
    assert len(store.activities()) == 2


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        next(watch(Store.open(tmp_path / "s"), tmp_path / "none"))
