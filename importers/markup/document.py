"""A file as a tree of its few elements and a table of its many points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from stridelab.errors import ReadError
from stridelab.importers.markup.encoding import as_utf8
from stridelab.importers.markup.parser import Damage, parse
from stridelab.importers.markup.points import MAX_TEXT, PointCollector, PointTable
from stridelab.importers.markup.regular import MARKER, regular_points
from stridelab.issues import Issue, IssueCode

MAX_DEPTH: Final = 64
MAX_NODES: Final = 200_000
MAX_ATTRIBUTES: Final = 65_536


@dataclass(eq=False, slots=True)
class Node:
    """An element that is no point, or in one.

    ``runs`` are the points directly in it: name of their element, first row in its table, and one past the last.
    """

    name: str
    prefix: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)
    runs: list[tuple[str, int, int]] = field(default_factory=list)

    def all(self, *path: str) -> list[Node]:
        """Every element at this path of local names, whatever their case."""
        found = [self]
        for name in path:
            found = [child for node in found for child in node.children if child.name.lower() == name.lower()]
        return found

    def first(self, *path: str) -> Node | None:
        """The first element at a path."""
        return next(iter(self.all(*path)), None)

    def word(self, *path: str) -> str:
        """Text of the first element at a path; empty where there is none."""
        found = self.first(*path)
        return "" if found is None else found.text.strip()

    def walk(self) -> Iterator[Node]:
        """The element and all in it, in the order of the file."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


@dataclass(frozen=True, eq=False)
class Document:
    """What a file holds. ``root`` is above the file's own first element."""

    root: Node
    points: Mapping[str, PointTable]
    issues: tuple[Issue, ...]


def read_document(data: bytes, *, where: str, point_names: tuple[str, ...], vectorised: bool) -> Document:
    """Read a GPX or TCX file.

    Parameters
    ----------
    data
        The file.
    where
        Its name, for errors.
    point_names
        Local names of the elements that are points; regular points of the first that there are, are read together.
    vectorised
        Whether regular points are read together; without, all go through the parser, with the same result.

    Raises
    ------
    ReadError
        Where it declares entities, or is nested, or named, beyond all reason.
    """
    body, begin = as_utf8(data, where=where)
    main, found = point_names[0], None
    for name in point_names if vectorised else ():
        found = regular_points(body, name, begin)
        if found is not None:
            main = name
            break
    builder = _Builder(point_names, where, main=main, reads_markers=found is not None)
    names = frozenset(point_names)
    if found is None:
        damage = parse(body, builder, begin, points=names)
    else:
        damage = parse(found.rest, builder, points=names)
        for one in damage:
            one.offset = found.cuts.original(one.offset)
    tables = {
        name: collector.table(found.block if found is not None and name == main else None)
        for name, collector in builder.collectors.items()
    }
    # Of a file in another encoding the offset is one in its UTF-8.
    return Document(builder.root, tables, tuple(map(_issue, damage)))


def _issue(damage: Damage) -> Issue:
    if damage.kind == "truncated":
        message = f"The file ends after {damage.offset} bytes inside <{damage.what}>; all before it was kept."
        return Issue(IssueCode.TRUNCATED, "error", damage.offset, message)
    places = f"{damage.count} places" if damage.count > 1 else "1 place"
    message = f"Not well-formed at {places} ({damage.what}); read on behind it."
    return Issue(IssueCode.SKIPPED_BYTES, "warning", damage.offset, message)


class _Builder:
    """Makes the tree and the tables from what the parser meets."""

    def __init__(self, point_names: tuple[str, ...], where: str, *, main: str, reads_markers: bool) -> None:
        self._reads_markers = reads_markers
        self.root = Node("")
        self.collectors = {name: PointCollector() for name in point_names}
        self._main = main
        self._where = where
        self._open = [self.root]
        self._nodes = 0
        self._text: list[str] = []
        self._collector: PointCollector | None = None
        self._path: list[str] = []
        self._leaf = False
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(f"elements nested more than {MAX_DEPTH} deep")
        if attributes and sum(map(len, attributes.values())) > MAX_ATTRIBUTES:
            self._refuse(f"an element <{name[:40]}> with attributes of more than {MAX_ATTRIBUTES} characters")
        self._text = []
        self._leaf = True
        if self._collector is not None:
            self._path.append(name)
            return
        prefix, _, local = name.rpartition(":")
        if local in self.collectors:
            collector = self._collector = self.collectors[local]
            self._run(local, collector.count, 1)
            collector.begin(attributes)
            return
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(f"more than {MAX_NODES:,} elements that are no points")
        node = Node(local, prefix, attributes)
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self) -> None:
        self._depth -= 1
        if self._collector is not None:
            if not self._path:
                self._collector = None
            else:
                if self._leaf:
                    self._collector.add("/".join(self._path), "".join(self._text))
                self._path.pop()
        elif len(self._open) > 1:
            node = self._open.pop()
            if self._leaf:
                node.text = "".join(self._text)[:MAX_TEXT]
        self._leaf = False
        self._text = []

    def text(self, data: str) -> None:
        if self._leaf:
            self._text.append(data)

    def cut_off(self) -> None:
        """The file ends here: what the innermost element has is not all of it."""
        self._leaf = False

    def instruction(self, target: str, data: str) -> None:
        if target == MARKER and self._reads_markers:
            first, count = map(int, data.split())
            collector = self.collectors[self._main]
            self._run(self._main, collector.count, count)
            collector.block_at(first, count)

    def _run(self, name: str, row: int, count: int) -> None:
        runs = self._open[-1].runs
        if runs and runs[-1][0] == name and runs[-1][2] == row:
            runs[-1] = (name, runs[-1][1], row + count)
        else:
            runs.append((name, row, row + count))

    def _refuse(self, found: str) -> None:
        raise ReadError(found, expected="a recording", where=self._where, advice="Export the file again.")
