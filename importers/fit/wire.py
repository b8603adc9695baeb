"""FIT's wire format: where every message lies, by definition. No value is decoded here.

A FIT file is one or more parts, each a header, messages and a checksum. A definition message says how the data messages
of one local number look until it is replaced. Reading is one walk over the message headers that notes the position of
each message with its definition; `stridelab.importers.fit.table` then reads all messages of a definition at once.

The walk trusts the file, and its checksum proves it right. Where it does not, or the structure breaks off before, the
part is walked again by `stridelab.importers.fit.salvage`, which trusts nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from stridelab.checksum import crc16
from stridelab.errors import ReadError
from stridelab.importers.fit.layout import (
    COMPRESSED,
    DEFINITION,
    Definition,
    DefinitionKey,
    definition_end,
    definition_key,
    read_definition,
)
from stridelab.importers.fit.salvage import Damage, Salvage
from stridelab.importers.fit.stretch import note_repeated
from stridelab.importers.formats import looks_like
from stridelab.issues import Issue, IssueCode

SIGNATURE: Final = b".FIT"
SIGNATURE_AT: Final = 8
MIN_HEADER_SIZE: Final = 12
MAX_HEADER_SIZE: Final = 32
CRC_SIZE: Final = 2

SEARCHED_FOR_HEADER: Final = 65536
"""How far into a file its header is looked for: some tools put bytes before it."""

# After so many bytes the walk looks for a pattern; less often where there is none.
MIN_STEP: Final = 1024
MAX_STEP: Final = 16384


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
    start = 0 if is_fit(data[:MIN_HEADER_SIZE]) else next_header(data, 1, SEARCHED_FOR_HEADER)
    if start is None:
        raise ReadError(
            f"{looks_like(data)}, not a FIT file",
            expected="'.FIT' at byte 8",
            where=name,
            advice="Check that the file was copied whole and is not another format under this name.",
        )
    walk = _Walk(data)
    if start:
        walk.note(Damage(IssueCode.SKIPPED_BYTES, 0, f"{start} bytes stand before the header"))
    part: int | None = start
    while part is not None:
        part = walk.part(part)
    return Wire(data, tuple(walk.definitions.values()), tuple(walk.part_starts), tuple(walk.issues))


def is_fit(head: bytes) -> bool:
    """Whether these first bytes are a FIT header."""
    return (
        len(head) >= MIN_HEADER_SIZE and head[SIGNATURE_AT:MIN_HEADER_SIZE] == SIGNATURE and head[0] >= MIN_HEADER_SIZE
    )


def next_header(data: bytes, start: int, stop: int) -> int | None:
    """Where the next FIT header begins at or after ``start`` and before ``stop``; None where there is none."""
    found = data.find(SIGNATURE, start + SIGNATURE_AT, stop + MIN_HEADER_SIZE)
    while found >= 0:
        begin = found - SIGNATURE_AT
        first = begin + data[begin]
        # The signature may stand in data or text by chance; a part has a short header and begins with a definition.
        short = MIN_HEADER_SIZE <= data[begin] < MAX_HEADER_SIZE
        if short and data[first : first + 1] and data[first] & 0xC0 == DEFINITION:
            return begin
        found = data.find(SIGNATURE, found + 1, stop + MIN_HEADER_SIZE)
    return None


class _Walk:
    """State of one walk: what was found so far."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.definitions: dict[DefinitionKey, Definition] = {}
        self.part_starts: list[int] = []
        self.issues: list[Issue] = []

    def part(self, start: int) -> int | None:
        """Walk the part that starts here; return where the next one starts."""
        data = self.data
        self.part_starts.append(start)
        begin = start + data[start]
        size = int.from_bytes(data[start + 4 : start + 8], "little")
        end = begin + size
        before = {key: (len(found.singles), len(found.blocks)) for key, found in self.definitions.items()}
        if size and end + CRC_SIZE <= len(data) and self._messages(begin, end):
            stored = int.from_bytes(data[end : end + CRC_SIZE], "little")
            computed = crc16(memoryview(data)[start:end])
            if stored == computed:
                return self._next(end + CRC_SIZE)
            # A stored 0 means "not computed" to some writers: no damage, but no proof of the contrary either.
            if stored:
                wrong = f"the checksum is {stored:#06x}, the content gives {computed:#06x}"
                self.note(Damage(IssueCode.BAD_CRC, end, wrong, "warning"))
        elif size == 0 and len(data) > begin + CRC_SIZE:
            self.note(
                Damage(IssueCode.BAD_HEADER, start + 4, "the header says 0 bytes; the device stopped in mid-write")
            )
        elif end + CRC_SIZE > len(data):
            missing = end + CRC_SIZE - len(data)
            self.note(Damage(IssueCode.TRUNCATED, len(data), f"{missing} bytes are missing at the end"))
        self._forget(before)
        return self._salvage(begin, end if size else None)

    def _messages(self, position: int, end: int) -> bool:
        """Note where all messages up to ``end`` lie; False where the structure breaks off before."""
        data = self.data
        # By header byte: size of a message (0 where none is expected), its definition, and where its offset goes.
        sizes = [0] * 256
        defined: list[Definition | None] = [None] * 256
        note: list[Callable[[int], object]] = [int] * 256
        aliases: dict[int, list[int]] = {}
        step = MIN_STEP
        while position < end:
            # One message after the other, for a while …
            stop = min(position + step, end)
            while position < stop:
                header = data[position]
                size = sizes[header]
                if size:
                    note[header](position)
                    position += size
                elif header & DEFINITION and not header & COMPRESSED:
                    after = definition_end(data, position, end)
                    definition = self._definition(position, after) if after else None
                    if after is None or definition is None:
                        return False
                    local = header & 15
                    sizes[local], defined[local] = definition.layout.size, definition
                    note[local] = definition.singles.append
                    for other in aliases.pop(local, ()):
                        sizes[other] = 0
                    position = after
                else:
                    # Another header byte for a known local number: expect it from now on.
                    packed = bool(header & COMPRESSED)
                    local = (header >> 5) & 3 if packed else header & 15
                    known = defined[local]
                    if known is None:
                        return False
                    known.compressed |= packed
                    sizes[header], defined[header], note[header] = known.layout.size, known, known.singles.append
                    aliases.setdefault(local, []).append(header)
            # … then many at once, as long as they repeat in a pattern.
            step = min(2 * step, MAX_STEP)
            while position < end and sizes[data[position]]:
                before, position = position, note_repeated(data, position, end, sizes, defined)
                if position == before:
                    break
                step = MIN_STEP
        return position == end

    def _definition(self, position: int, stop: int) -> Definition | None:
        """The definition message at this position, shared with all that mean the same layout."""
        key = definition_key(self.data, position, stop, self.definitions)
        known = self.definitions.get(key)
        if known is None and (known := read_definition(self.data, position, stop)) is not None:
            self.definitions[key] = known
        return known

    def _salvage(self, begin: int, end: int | None) -> int | None:
        """Walk a part again, trusting nothing; return where the next one starts."""
        # A part ends at the latest where the next header lies, and goes on past a wrong end if more messages follow.
        following = next_header(self.data, begin, len(self.data))
        limit = len(self.data) if following is None else following
        salvage = Salvage(self.data, begin, limit, self.definitions, declared_end=end)
        met = salvage.run()
        if end is not None and not met and salvage.end != end <= len(self.data):
            wrong = f"the header says that the messages end at byte {end}, they end at byte {salvage.end}"
            met = [Damage(IssueCode.BAD_HEADER, begin, wrong, "warning")]
        self.note(*met)
        return following

    def _forget(self, before: dict[DefinitionKey, tuple[int, int]]) -> None:
        """Take back what the walk noted in a part that is to be walked again."""
        for key, definition in self.definitions.items():
            singles, blocks = before.get(key, (0, 0))
            del definition.singles[singles:], definition.blocks[blocks:]

    def _next(self, after: int) -> int | None:
        """Where the next part starts, if there is one behind the end of this one."""
        if after >= len(self.data):
            return None
        if is_fit(self.data[after : after + MIN_HEADER_SIZE]):
            return after
        following = next_header(self.data, after, len(self.data))
        stray = (len(self.data) if following is None else following) - after
        self.note(Damage(IssueCode.TRAILING_BYTES, after, f"{stray} bytes follow the end of the file", "info"))
        return following

    def note(self, *damages: Damage) -> None:
        """Put damage on the list of issues."""
        self.issues += [
            Issue(d.code, d.severity, d.offset, d.message[0].upper() + d.message[1:] + ".") for d in damages
        ]
