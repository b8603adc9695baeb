"""FIT bytes to tables: every message of a file by name, decoded a column at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from stridelab.importers.fit.components import CompressedTimes, resolve_compressed
from stridelab.importers.fit.developer import DeveloperFields
from stridelab.importers.fit.layout import Definition
from stridelab.importers.fit.profile import message_name
from stridelab.importers.fit.table import NO_TIMES, Part, Table, build_table, read_parts
from stridelab.importers.fit.wire import Wire, read_wire
from stridelab.importers.source import read_bytes
from stridelab.issues import Issue


class FitMessages(Mapping[str, pd.DataFrame]):
    """Every message of a FIT file: a mapping of message name to DataFrame, each built when it is asked for.

    `table` gives the columnar tables themselves; ``issues`` what was wrong with the file; ``part_starts`` where the
    chained files begin.
    """

    def __init__(self, wire: Wire, *, only: Collection[str] | None = None, raw: bool = False) -> None:
        self._wire = wire
        self._names = not raw
        self._data = np.frombuffer(wire.data, dtype=np.uint8)
        self._definitions: dict[str, list[Definition]] = {}
        for definition in wire.definitions:
            name = message_name(definition.layout.number)
            if (only is None or name in only) and (definition.singles or definition.blocks):
                self._definitions.setdefault(name, []).append(definition)
        self._tables: dict[str, Table] = {}

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What was wrong with the file."""
        return self._wire.issues

    @property
    def part_starts(self) -> tuple[int, ...]:
        """Offset of each chained file in the bytes."""
        return self._wire.part_starts

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.table(name).frame()

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)

    def count(self, name: str) -> int:
        """Number of messages of a name, without decoding them; 0 where there are none."""
        found = self._definitions.get(name)
        return sum([definition.count for definition in found]) if found else 0

    def table(self, name: str) -> Table:
        """All messages of a name as columns.

        Raises
        ------
        KeyError
            If the file has none.
        """
        if name not in self._tables:
            parts = [self._parts[definition] for definition in self._definitions[name]]
            self._tables[name] = build_table(self._data, parts, self.part_starts, self._compressed, names=self._names)
        return self._tables[name]

    @cached_property
    def _parts(self) -> dict[Definition, Part]:
        """Every wanted definition with its values; those that are read alike were read together, for all tables."""
        definitions = [definition for found in self._definitions.values() for definition in found]
        return read_parts(self._data, definitions, self._developer, names=self._names)

    @cached_property
    def _developer(self) -> DeveloperFields:
        """What the file says of its developer fields, wherever it says it."""
        by_name: dict[str, list[Definition]] = {"developer_data_id": [], "field_description": []}
        for definition in self._wire.definitions:
            name = message_name(definition.layout.number)
            if name in by_name and definition.count:
                by_name[name].append(definition)
        described = []
        for name, definitions in by_name.items():
            if definitions:
                parts = list(read_parts(self._data, definitions, DeveloperFields(()), names=False).values())
                described.append(
                    (name, build_table(self._data, parts, self.part_starts, lambda: NO_TIMES, names=False))
                )
        return DeveloperFields(described)

    def _compressed(self) -> CompressedTimes:
        """Offset and time of every message with a compressed timestamp header."""
        if self._compressed_times is None:
            self._compressed_times = resolve_compressed(self._data, self._wire.definitions)
        return self._compressed_times

    _compressed_times: CompressedTimes | None = None


def decode(
    source: str | Path | bytes | BinaryIO, *, only: Collection[str] | None = None, raw: bool = False
) -> FitMessages:
    """Every message of a FIT file as tables.

    Parameters
    ----------
    source
        Path, bytes or binary file object; gzip is unpacked.
    only
        Names of the messages wanted; None is all.
    raw
        Whether enumerations stay numbers instead of becoming names.

    Returns
    -------
    FitMessages
        A mapping of message name to DataFrame, built on access; `FitMessages.table` gives columns without pandas.

    Raises
    ------
    ReadError
        If the source is no FIT file at all. Damage becomes ``issues``.
    """
    data, name = read_bytes(source)
    return FitMessages(read_wire(data, name=name), only=only, raw=raw)


__all__ = ["FitMessages", "Table", "decode"]
