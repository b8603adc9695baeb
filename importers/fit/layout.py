"""Message definitions: how the data messages of one local number look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.profile import BASE_TYPES, TIMESTAMP_FIELD, UINT32, is_known_message

# Record header bits.
COMPRESSED: Final = 0x80
DEFINITION: Final = 0x40
DEVELOPER: Final = 0x20


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """How a message looks.

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
    timestamp_at
        Where in a message its full timestamp lies, and its byte order; None where it has none.
    """

    number: int
    byte_order: str
    fields: tuple[tuple[int, int, int], ...]
    developer_fields: tuple[tuple[int, int, int], ...]
    size: int
    timestamp_at: tuple[int, Literal["little", "big"]] | None

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


@dataclass(eq=False, slots=True)
class Definition:
    """One definition of a file: its layout, and where the data messages lie that have it.

    Parameters
    ----------
    layout
        How they look.
    compressed
        Whether some of them have a compressed timestamp in their header byte.
    singles, blocks
        Their offsets: of those met one by one, and of those found many at once, ascending in each block.
    """

    layout: Layout
    compressed: bool = False
    singles: list[int] = field(default_factory=list)
    blocks: list[npt.NDArray[np.int64]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of its data messages."""
        return len(self.singles) + sum(map(len, self.blocks))

    def positions(self) -> npt.NDArray[np.int64]:
        """Offset of each of its data messages in the file, ascending, shape ``(count,)``."""
        singles = np.fromiter(self.singles, dtype=np.int64, count=len(self.singles))
        if not self.blocks:
            return singles
        every = np.concatenate([singles, *self.blocks])
        every.sort()
        return every


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
    described = sum(known.count for known in definitions.values() if known.layout.number == FIELD_DESCRIPTION)
    return 1 + described, layout


def read_definition(data: bytes, position: int, stop: int) -> Definition | None:
    """The definition message from ``position`` to ``stop``; None where its byte order is impossible."""
    layout = _layout(data[position + 2 : stop], bool(data[position] & DEVELOPER))
    return None if layout is None else Definition(layout)


@lru_cache(maxsize=4096)
def _layout(stated: bytes, developer: bool) -> Layout | None:
    """The layout that a definition message states from its third byte on; the files of one device share theirs."""
    if stated[0] > 1:
        return None
    order: Literal["little", "big"] = "big" if stated[0] else "little"
    fields_end = 4 + 3 * stated[3]
    fields = tuple(map(_with_timestamp_type, _triples(stated, 4, fields_end)))
    developer_fields = _triples(stated, fields_end + 1, len(stated)) if developer else ()
    timestamp_at, size = None, 1
    for number, width, _ in fields:
        if (number, width) == (TIMESTAMP_FIELD, 4) and timestamp_at is None:
            timestamp_at = size, order
        size += width
    size += sum(width for _, width, _ in developer_fields)
    number = int.from_bytes(stated[1:3], order)
    return Layout(number, ">" if stated[0] else "<", fields, developer_fields, size, timestamp_at)


def _with_timestamp_type(field: tuple[int, int, int]) -> tuple[int, int, int]:
    """A timestamp of four bytes is a uint32, whatever type the definition states."""
    number, size, _ = field
    return (number, size, UINT32) if (number, size) == (TIMESTAMP_FIELD, 4) else field


def _triples(data: bytes, start: int, stop: int) -> tuple[tuple[int, int, int], ...]:
    return tuple((data[i], data[i + 1], data[i + 2]) for i in range(start, stop, 3))


def _width(base: int) -> int:
    code, _ = BASE_TYPES[base]
    return 1 if code == "S" else int(code[1])
