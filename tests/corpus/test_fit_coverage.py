"""The coverage page has a row for every file of the corpus, and what it says of our own reader still holds."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

# Behind damage another reader may take garbage for messages.
DAMAGE = ("skipped-bytes", "truncated", "bad-header")


def test_the_page_says_what_our_reader_finds(corpus: Path, fit_coverage: ModuleType) -> None:
    told = fit_coverage.told()
    rows = [fit_coverage.row_of(entry) for entry in fit_coverage.entries()]
    assert len(rows) == len(told) == 338
    wrong = []
    for row in rows:
        cells = told.get((row.repository, row.file), [])
        # Behind the kind stand the messages of four readers, of which one is ours.
        if "| " + " | ".join([*cells[:4], *cells[7:]]).strip() != row.markdown().rstrip("| "):
            wrong.append(f"{row.markdown()} in the page: {cells}")
    assert wrong == [], "run `python tests/corpus/fit_coverage.py --ours`"


def test_no_other_reader_finds_more_messages(corpus: Path, fit_coverage: ModuleType) -> None:
    more = []
    for cells in fit_coverage.told().values():
        ours, *theirs = (int(cell) if cell.isdecimal() else 0 for cell in cells[3:7])
        if max(theirs) > ours and not any(code in cells[-1] for code in DAMAGE):
            more.append(cells)
    assert more == []
