"""Message definitions: how the data messages of one local number look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.profile import BASE_TYPES, TIMESTAMP_FIELD, UINT32, is_known_message

# Record header bits.
COMPRESSED: Final = 0x80
DEFINITION: Final = 0x40
DEVELOPER: Final = 0x20


@dataclass(eq=False, slots=True)
class Definition:
    """The layout of a message, and the positions of all messages that have it.

    Parameters
    ----------
    number
        Global message number.
    byte_order
        ``<`` or ``>``.
    fields
        Number, size in bytes and base type of each field, in order.
    developer_fields
        Number, size and developer data index of each developer field, in order; they follow the fields.
    size
        Bytes of a data message, its header byte included.
    compressed
        Whether some of its messages have a compressed timestamp in their header byte.
    singles, runs
        Where its data messages lie: offsets of single ones, and (first offset, number) of those that follow each other.
    """

    number: int
    byte_order: str
    fields: tuple[tuple[int, int, int], ...]
    developer_fields: tuple[tuple[int, int, int], ...]
    size: int
    compressed: bool = False
    singles: list[int] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of its data messages."""
        return len(self.singles) + sum(number for _, number in self.runs)

    def positions(self) -> npt.NDArray[np.int64]:
        """Offset of each of its data messages in the file, ascending, shape ``(count,)``."""
        singles = np.array(self.singles, dtype=np.int64)
        if not self.runs:
            return singles
        spans = [first + self.size * np.arange(number, dtype=np.int64) for first, number in self.runs]
        every = np.concatenate([singles, *spans])
        every.sort()
        return every

    def timestamp_at(self) -> tuple[int, Literal["little", "big"]] | None:
        """Where in a message its full timestamp lies, and its byte order; None where it has none."""
        offset = 1
        for number, size, _ in self.fields:
            if (number, size) == (TIMESTAMP_FIELD, 4):
                return offset, "little" if self.byte_order == "<" else "big"
            offset += size
        return None

    @property
    def is_possible(self) -> bool:
        """Whether a device may have written it: fields of known types, of a known message or of sizes that fit them."""
        typed = all(size and base in BASE_TYPES for _, size, base in self.fields)
        return bool(self.fields) and typed and (is_known_message(self.number) or self._sizes_fit)

    @property
    def is_plausible(self) -> bool:
        """Whether it proves by itself that messages begin here: a known message, and sizes that fit their types."""
        return self.is_possible and is_known_message(self.number) and self._sizes_fit

    @property
    def _sizes_fit(self) -> bool:
        return all(size % _width(base) == 0 for _, size, base in self.fields)


DefinitionKey = tuple[int, bytes]
"""How many descriptions of developer fields came before (0 without developer fields), and the definition itself."""

FIELD_DESCRIPTION: Final = 206


@cache
def headers_of(local: int) -> npt.NDArray[np.bool_]:
    """Which header bytes a data message of this local number may have, shape ``(256,)``."""
    byte = np.arange(256)
    plain = (byte & (COMPRESSED | DEFINITION) == 0) & (byte & 15 == local)
    return np.asarray(plain | ((byte >= COMPRESSED) & (byte >> 5 & 3 == local)))


def definition_end(data: bytes, position: int, end: int) -> int | None:
    """Where the definition message at this position ends; None where it goes on past ``end``."""
    if position + 6 > end:
        return None
    stop = position + 6 + 3 * data[position + 5]
    if data[position] & DEVELOPER:
        if stop >= end:
            return None
        stop += 1 + 3 * data[stop]
    return stop if stop <= end else None


def definition_key(
    data: bytes, position: int, stop: int, definitions: Mapping[DefinitionKey, Definition]
) -> DefinitionKey:
    """What two definitions have in common that mean the same layout, their developer fields described alike."""
    layout = data[position + 2 : stop]
    if not data[position] & DEVELOPER:
        return 0, layout
    described = sum(known.count for known in definitions.values() if known.number == FIELD_DESCRIPTION)
    return 1 + described, layout


def read_definition(data: bytes, position: int, stop: int) -> Definition | None:
    """The definition message from ``position`` to ``stop``; None where its byte order is impossible."""
    architecture = data[position + 2]
    if architecture > 1:
        return None
    fields_end = position + 6 + 3 * data[position + 5]
    fields = tuple(map(_with_timestamp_type, _triples(data, position + 6, fields_end)))
    developer = _triples(data, fields_end + 1, stop) if data[position] & DEVELOPER else ()
    size = 1 + sum(width for _, width, _ in fields) + sum(width for _, width, _ in developer)
    number = int.from_bytes(data[position + 3 : position + 5], "big" if architecture else "little")
    return Definition(number, ">" if architecture else "<", fields, developer, size)


def _with_timestamp_type(field: tuple[int, int, int]) -> tuple[int, int, int]:
    """A timestamp of four bytes is a uint32, whatever type the definition states."""
    number, size, _ = field
    return (number, size, UINT32) if (number, size) == (TIMESTAMP_FIELD, 4) else field


def _triples(data: bytes, start: int, stop: int) -> tuple[tuple[int, int, int], ...]:
    return tuple((data[i], data[i + 1], data[i + 2]) for i in range(start, stop, 3))


def _width(base: int) -> int:
    code, _ = BASE_TYPES[base]
    return 1 if code == "S" else int(code[1])
