"""FIT's wire format: where every message lies, by definition. No value is decoded here.

A FIT file is one or more parts, each a header, messages and a checksum. A definition message says how the data messages
of one local number look until it is replaced. Reading is one walk over the message headers that notes the position of
each message with its definition; `stridelab.importers.fit.decode` then reads all messages of a definition at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from stridelab.errors import ReadError
from stridelab.importers.fit.crc import crc16
from stridelab.importers.fit.profile import TIMESTAMP_FIELD, UINT32
from stridelab.importers.formats import looks_like
from stridelab.issues import Issue, IssueCode, Severity

SIGNATURE: Final = b".FIT"
MIN_HEADER_SIZE: Final = 12
CRC_SIZE: Final = 2

# Record header bits.
_COMPRESSED: Final = 0x80
_DEFINITION: Final = 0x40
_DEVELOPER: Final = 0x20


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
    positions
        Offset of each data message in the file; its header byte may be a compressed timestamp.
    """

    number: int
    byte_order: str
    fields: tuple[tuple[int, int, int], ...]
    developer_fields: tuple[tuple[int, int, int], ...]
    size: int
    positions: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wire:
    """The layout of a whole file: definitions in the order of their first use, part starts, and problems met."""

    data: bytes
    definitions: tuple[Definition, ...]
    part_starts: tuple[int, ...]
    issues: tuple[Issue, ...]


def read_wire(data: bytes, *, name: str = "the file") -> Wire:
    """Walk a FIT file.

    Raises
    ------
    ReadError
        If the bytes are no FIT file at all. Damage inside a FIT file becomes an issue.
    """
    if not is_fit(data):
        raise ReadError(
            f"{looks_like(data)}, not a FIT file",
            expected="'.FIT' at byte 8",
            where=name,
            advice="Check that the file was copied whole and is not another format under this name.",
        )
    walk = _Walk(data)
    start = 0
    while start < len(data):
        start = walk.part(start)
    return Wire(data, tuple(walk.definitions.values()), tuple(walk.part_starts), tuple(walk.issues))


def is_fit(head: bytes) -> bool:
    """Whether these first bytes are a FIT header."""
    return len(head) >= MIN_HEADER_SIZE and head[8:12] == SIGNATURE and head[0] >= MIN_HEADER_SIZE


class _Walk:
    """State of one walk: what was found so far."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.definitions: dict[bytes, Definition] = {}
        self.part_starts: list[int] = []
        self.issues: list[Issue] = []

    def part(self, start: int) -> int:
        """Walk the part that starts here; return where the next one starts."""
        data = self.data
        self.part_starts.append(start)
        header_size = data[start]
        data_size = int.from_bytes(data[start + 4 : start + 8], "little")
        begin = start + header_size
        end = begin + data_size
        if data_size == 0 and len(data) - begin > CRC_SIZE:
            self._note(
                IssueCode.BAD_HEADER, "error", start + 4, "The header says 0 bytes; the device stopped in mid-write"
            )
            end = len(data)
        elif end > len(data):
            missing = end + CRC_SIZE - len(data)
            self._note(IssueCode.TRUNCATED, "error", len(data), f"{missing} bytes are missing at the end")
            end = len(data)
        complete = self._messages(begin, end)
        after = end + CRC_SIZE
        if complete and len(data) >= after:
            self._check_crc(start, end)
        if after < len(data) and not is_fit(data[after : after + MIN_HEADER_SIZE]):
            self._note(IssueCode.TRAILING_BYTES, "info", after, f"{len(data) - after} bytes follow the end of the file")
            return len(data)
        return after

    def _messages(self, position: int, end: int) -> bool:
        """Note the positions of all messages up to ``end``; False where the walk had to stop before."""
        data = self.data
        # By header byte: size of a message (0 where none is expected), its definition, and where its position goes.
        sizes = [0] * 256
        defined: list[Definition | None] = [None] * 256
        note: list[Callable[[int], object]] = [int] * 256
        header = 0
        while position < end:
            header = data[position]
            size = sizes[header]
            if size:
                note[header](position)
                position += size
                continue
            if header & _COMPRESSED or not header & _DEFINITION:
                local = (header >> 5) & 3 if header & _COMPRESSED else header & 15
                message = f"a message of local number {local} has no definition; {end - position} bytes were left out"
                self._note(IssueCode.UNDEFINED_MESSAGE, "error", position, message)
                return False
            definition, next_position = self._definition(position, end)
            if definition is None:
                return False
            for expected in _headers(header & 15):
                sizes[expected], defined[expected] = definition.size, definition
                note[expected] = definition.positions.append
            position = next_position
        last = defined[header]
        if position > end and last is not None:
            last.positions.pop()
            self._note(IssueCode.TRUNCATED, "error", end, "the last message is cut off")
            return False
        return True

    def _definition(self, position: int, end: int) -> tuple[Definition | None, int]:
        data = self.data
        fields_end = position + 6 + 3 * data[position + 5] if position + 6 <= end else end + 1
        developer = bool(data[position] & _DEVELOPER)
        stop = fields_end
        if developer:
            stop = fields_end + 1 + 3 * data[fields_end] if fields_end < end else end + 1
        if stop > end:
            self._note(IssueCode.TRUNCATED, "error", position, "a message definition is cut off")
            return None, end
        architecture = data[position + 2]
        if architecture > 1:
            message = (
                f"a message definition has byte order {architecture}, not 0 or 1; {end - position} bytes were left out"
            )
            self._note(IssueCode.BAD_DEFINITION, "error", position, message)
            return None, end
        key = data[position + 2 : stop] + bytes([developer])
        known = self.definitions.get(key)
        if known is None:
            order = ">" if architecture else "<"
            fields = tuple(map(_with_timestamp_type, _triples(data, position + 6, fields_end)))
            own = _triples(data, fields_end + 1, stop) if developer else ()
            size = 1 + sum(width for _, width, _ in fields) + sum(width for _, width, _ in own)
            number = int.from_bytes(data[position + 3 : position + 5], "big" if architecture else "little")
            known = self.definitions[key] = Definition(number, order, fields, own, size)
        return known, stop

    def _check_crc(self, start: int, end: int) -> None:
        stored = int.from_bytes(self.data[end : end + CRC_SIZE], "little")
        found = crc16(memoryview(self.data)[start:end])
        # A stored 0 means "not computed" to some writers.
        if stored not in (found, 0):
            self._note(
                IssueCode.BAD_CRC, "warning", end, f"the checksum is {stored:#06x}, the content gives {found:#06x}"
            )

    def _note(self, code: IssueCode, severity: Severity, offset: int, message: str) -> None:
        self.issues.append(Issue(code, severity, offset, message[0].upper() + message[1:] + "."))


@cache
def _headers(local: int) -> tuple[int, ...]:
    """Header bytes of data messages with this local number, with a compressed timestamp or without."""
    plain = tuple(local | reserved for reserved in (0x00, 0x10, 0x20, 0x30))
    low = _COMPRESSED | local << 5
    return plain + tuple(range(low, low + 32)) if local < 4 else plain


def _with_timestamp_type(field: tuple[int, int, int]) -> tuple[int, int, int]:
    """A timestamp of four bytes is a uint32, whatever type the definition states."""
    number, size, _ = field
    return (number, size, UINT32) if (number, size) == (TIMESTAMP_FIELD, 4) else field


def _triples(data: bytes, start: int, stop: int) -> tuple[tuple[int, int, int], ...]:
    return tuple((data[i], data[i + 1], data[i + 2]) for i in range(start, stop, 3))
