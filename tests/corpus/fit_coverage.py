"""Writes docs/fit-coverage.md: what each reader finds in each FIT file of the corpus.

    python tests/corpus/fit_coverage.py

Takes some minutes, nearly all of them in the other readers; with ``--ours`` their counts are taken from the page as it
is, which takes seconds. Files are named by the public repository they come from.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import fit_peers

from stridelab.errors import ReadError
from stridelab.importers import read
from stridelab.importers.fit import decode
from stridelab.importers.source import read_bytes

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("STRIDELAB_CORPUS") or ROOT.parent / "shared" / "corpus") / "fit"
PAGE = ROOT / "docs" / "fit-coverage.md"

HEAD = """\
# What is found in each FIT file

Made by `python tests/corpus/fit_coverage.py`: one row for each of the {n} real files that the reader is tested with,
named by the public repository they come from (the files themselves are not part of the project).

Messages found by stridelab, garmin-fit-sdk, fitdecode and fitparse; a dash where a reader finds none. Only stridelab
unpacks gzip. How values compare is held by `tests/corpus/test_fit_differential.py`, which names every difference with
its reason. Issues are stridelab's, by their codes (`stridelab.issues`).

{summary}

| repository | file | kind | stridelab | garmin-fit-sdk | fitdecode | fitparse | activities | issues |
|---|---|---|--:|--:|--:|--:|--:|---|
"""


@dataclass(frozen=True)
class Row:
    """One file: where it comes from, and what each reader finds."""

    repository: str
    file: str
    kind: str
    messages: tuple[int, ...]
    activities: int
    issues: str

    def markdown(self) -> str:
        """The row of the table."""
        counts = [str(n) if n else "–" for n in self.messages]
        cells = [self.repository, f"`{self.file}`", self.kind, *counts, str(self.activities or "–"), self.issues]
        return f"| {' | '.join(cells)} |"


def row_of(entry: dict[str, str]) -> Row:
    """What our own reader finds in one file of the index."""
    messages, kind, activities, issues = ours_of(CORPUS / entry["local_file"])
    return Row(entry["repo"], entry["path"], kind, (messages,), activities, issues)


def ours_of(path: Path) -> tuple[int, str, int, str]:
    """Messages, kind, activities and issue codes with their number."""
    try:
        data, _ = read_bytes(path)
        messages = decode(data)
        result = read(data)
    except ReadError as error:
        return 0, f"refused: {error.found}", 0, ""
    every = [*result.issues, *(issue for activity in result.activities for issue in activity.issues)]
    codes = Counter(issue.code.value for issue in dict.fromkeys(every))
    named = ", ".join(code if n == 1 else f"{code} ×{n}" for code, n in sorted(codes.items()))
    return sum(messages.count(name) for name in messages), result.kind, len(result.activities), named


def peer_of(name: str, data: bytes) -> int:
    """Messages that another reader finds; 0 where it refuses the file."""
    try:
        return sum(len(table) for table in fit_peers.PEERS[name](data).values())
    except ReadError:
        return 0


def entries() -> list[dict[str, str]]:
    """The index of the corpus, by repository and file."""
    with (CORPUS / "INDEX.tsv").open(encoding="utf-8") as file:
        return sorted(csv.DictReader(file, delimiter="\t"), key=lambda entry: (entry["repo"].lower(), entry["path"]))


def summary_of(rows: list[Row]) -> str:
    """How often a reader finds fewer or more messages than ours, and nothing at all."""
    lines = ["| reader | files with messages | fewer than stridelab | more |", "|---|--:|--:|--:|"]
    for i, name in enumerate(["stridelab", *fit_peers.PEERS]):
        some = sum(row.messages[i] > 0 for row in rows)
        fewer = sum(row.messages[i] < row.messages[0] for row in rows)
        more = sum(row.messages[i] > row.messages[0] for row in rows)
        lines.append(f"| {name} | {some} | {fewer if i else ''} | {more if i else ''} |")
    return "\n".join(lines)


def told() -> dict[tuple[str, str], list[str]]:
    """The cells of the page as it is, by repository and file."""
    if not PAGE.exists():
        return {}
    lines = (line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines())
    return {(cells[0], cells[1].strip("`")): cells for cells in lines if len(cells) >= 8 and cells[1].startswith("`")}


def complete_row(entry: dict[str, str]) -> Row:
    """A row with what all readers find."""
    row = row_of(entry)
    data = (CORPUS / entry["local_file"]).read_bytes()
    return replace(row, messages=(*row.messages, *(peer_of(name, data) for name in fit_peers.PEERS)))


def main(arguments: list[str]) -> None:
    """Write the page."""
    known = entries()
    if arguments == ["--ours"]:
        before = told()
        rows = [row_of(entry) for entry in known]
        theirs = [before[row.repository, row.file][4:7] for row in rows]
        counts = [tuple(int(cell) if cell.isdecimal() else 0 for cell in cells) for cells in theirs]
        rows = [replace(row, messages=row.messages + others) for row, others in zip(rows, counts, strict=True)]
    elif arguments:
        sys.exit(__doc__)
    else:
        with ProcessPoolExecutor() as executor:
            # The largest first, so that no process is left alone with one at the end.
            order = sorted(range(len(known)), key=lambda i: -int(known[i]["size"]))
            found = dict(zip(order, executor.map(complete_row, [known[i] for i in order]), strict=True))
        rows = [found[i] for i in range(len(known))]
    page = HEAD.format(n=len(rows), summary=summary_of(rows)) + "".join(row.markdown() + "\n" for row in rows)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
