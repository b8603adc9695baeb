"""FIT's wire format: where every message lies, by definition. No value is decoded here.

A FIT file is one or more parts, each a header, messages and a checksum. A definition message says how the data messages
of one local number look until it is replaced. Reading is one walk over the message headers that notes the position of
each message with its definition; `stridelab.importers.fit.decode` then reads all messages of a definition at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.checksum import crc16
from stridelab.errors import ReadError
from stridelab.importers.fit.profile import TIMESTAMP_FIELD, UINT32
from stridelab.importers.formats import looks_like
from stridelab.issues import Issue, IssueCode, Severity

SIGNATURE: Final = b".FIT"
MIN_HEADER_SIZE: Final = 12
CRC_SIZE: Final = 2

# The walk looks for runs of equal messages after so many bytes, and less often where it finds none.
MIN_STEP: Final = 2048
MAX_STEP: Final = 65536
MIN_RUN: Final = 16
LOOK_AHEAD: Final = 4096

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
        self.bytes = np.frombuffer(data, dtype=np.uint8)
        self.definitions: dict[tuple[int, bytes], Definition] = {}
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
        """Note where all messages up to ``end`` lie; False where the walk had to stop before."""
        data = self.data
        # By header byte: size of a message (0 where none is expected), its definition, and where its offset goes.
        sizes = [0] * 256
        defined: list[Definition | None] = [None] * 256
        note: list[Callable[[int], object]] = [int] * 256
        aliases: dict[int, list[int]] = {}
        header, step = 0, MIN_STEP
        while position < end:
            # One message after the other, for a while …
            stop = min(position + step, end)
            while position < stop:
                header = data[position]
                size = sizes[header]
                if size:
                    note[header](position)
                    position += size
                elif header & _DEFINITION and not header & _COMPRESSED:
                    definition, next_position = self._definition(position, end)
                    if definition is None:
                        return False
                    local = header & 15
                    sizes[local], defined[local], note[local] = definition.size, definition, definition.singles.append
                    for other in aliases.pop(local, ()):
                        sizes[other] = 0
                    position = next_position
                else:
                    # Another header byte for a known local number: expect it from now on.
                    packed = bool(header & _COMPRESSED)
                    local = (header >> 5) & 3 if packed else header & 15
                    known = defined[local]
                    if known is None or not sizes[local]:
                        message = (
                            f"a message of local number {local} has no definition; {end - position} bytes left out"
                        )
                        self._note(IssueCode.UNDEFINED_MESSAGE, "error", position, message)
                        return False
                    known.compressed |= packed
                    sizes[header], defined[header], note[header] = known.size, known, known.singles.append
                    aliases.setdefault(local, []).append(header)
            # … then all that look the same at once, where there are many.
            if position < end and sizes[data[position]]:
                header = data[position]
                number = self._same(position, sizes[header], end)
                if number >= MIN_RUN:
                    repeated = defined[header]
                    assert repeated is not None
                    repeated.runs.append((position, number))
                    position += number * repeated.size
                    step = MIN_STEP
                else:
                    step = min(2 * step, MAX_STEP)
        last = defined[header]
        if position > end and last is not None:
            last.singles.pop()
            self._note(IssueCode.TRUNCATED, "error", end, "the last message is cut off")
            return False
        return True

    def _same(self, position: int, size: int, end: int) -> int:
        """How many messages of this size with the same header byte follow each other from here, up to `LOOK_AHEAD`."""
        whole = min((end - position) // size, LOOK_AHEAD)
        headers = self.bytes[position : position + whole * size : size]
        differs = np.flatnonzero(headers != headers[:1])
        return int(differs[0]) if len(differs) else whole

    def _definition(self, position: int, end: int) -> tuple[Definition | None, int]:
        data = self.data
        fields_end = position + 6 + 3 * data[position + 5] if position + 6 <= end else end + 1
        developer = data[position] & _DEVELOPER
        stop = fields_end
        if developer:
            stop = fields_end + 1 + 3 * data[fields_end] if fields_end < end else end + 1
        if stop > end:
            self._note(IssueCode.TRUNCATED, "error", position, "a message definition is cut off")
            return None, end
        key = (developer, data[position + 2 : stop])
        known = self.definitions.get(key)
        if known is not None:
            return known, stop
        architecture = data[position + 2]
        if architecture > 1:
            message = (
                f"a message definition has byte order {architecture}, not 0 or 1; {end - position} bytes were left out"
            )
            self._note(IssueCode.BAD_DEFINITION, "error", position, message)
            return None, end
        fields = tuple(map(_with_timestamp_type, _triples(data, position + 6, fields_end)))
        own = _triples(data, fields_end + 1, stop) if developer else ()
        size = 1 + sum(width for _, width, _ in fields) + sum(width for _, width, _ in own)
        number = int.from_bytes(data[position + 3 : position + 5], "big" if architecture else "little")
        known = self.definitions[key] = Definition(number, ">" if architecture else "<", fields, own, size)
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


def _with_timestamp_type(field: tuple[int, int, int]) -> tuple[int, int, int]:
    """A timestamp of four bytes is a uint32, whatever type the definition states."""
    number, size, _ = field
    return (number, size, UINT32) if (number, size) == (TIMESTAMP_FIELD, 4) else field


def _triples(data: bytes, start: int, stop: int) -> tuple[tuple[int, int, int], ...]:
    return tuple((data[i], data[i + 1], data[i + 2]) for i in range(start, stop, 3))
