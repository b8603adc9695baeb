"""Damaged FIT files: what is there before the damage, and behind it.

The walk of a damaged part checks every step. A message is believed if its definition is known and its time lies near
that of the messages before it; where one is not, the walk looks for the next place from which several messages in a row
can be believed, and goes on there. What lies between is skipped and noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.importers.fit.layout import (
    COMPRESSED,
    DEFINITION,
    Definition,
    DefinitionKey,
    definition_end,
    definition_key,
    headers_of,
    read_definition,
)
from stridelab.issues import IssueCode, Severity

CHAIN: Final = 6
"""So many messages in a row are looked at before reading goes on behind damage."""

ENOUGH: Final = 2
ENOUGH_ALONE: Final = 5
"""So many of them must have a time near the last one, or define a plausible layout; more if the times are new."""

WINDOW: Final = 65536
"""Bytes that are searched for messages near in time before others are believed."""

NEAR_S: Final = 35 * 86400
"""A time further than this from the one before is no time: four bytes at random are one in 700 times this near."""

BLANK_SIZE: Final = 8
"""Shorter messages may well hold zeros only."""

NO_TIME: Final = 0xFFFFFFFF
DAY_S: Final = 86400
CRC_SIZE: Final = 2

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing wrong with a file: what, where, in words, and how bad."""

    code: IssueCode
    offset: int
    message: str
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class _Step:
    """One message: where it ends; its definition if it is data; the layout it defines otherwise; its time, if any."""

    end: int
    data: Definition | None = None
    defines: tuple[int, Definition, DefinitionKey] | None = None
    time_s: int | None = None
    packed: bool = False


class Salvage:
    """The careful walk over one damaged part.

    Parameters
    ----------
    data
        The file.
    begin, limit
        Where the part's messages begin, and where the next part or the file ends.
    definitions
        All definitions of the file so far; new ones are added, and the messages found are noted with theirs.
    declared_end
        Where the header says that the messages end; None where it says nothing.
    """

    def __init__(
        self,
        data: bytes,
        begin: int,
        limit: int,
        definitions: dict[DefinitionKey, Definition],
        *,
        declared_end: int | None,
    ) -> None:
        self.data, self.begin, self.limit, self.definitions = data, begin, limit, definitions
        self.bytes = np.frombuffer(data, dtype=np.uint8)
        self.declared_end = declared_end
        self.local: dict[int, Definition] = {}
        self.time_s: int | None = None
        self.end = begin

    def run(self) -> list[Damage]:
        """Note every believable message, to ``end``; give the damage that was met."""
        return list(self._run())

    def _run(self) -> Iterator[Damage]:
        position = self.begin
        while position < self.limit:
            if self._is_end(position):
                return
            step = self._step(position, self.local, self.time_s)
            if step is not None:
                self._take(position, step)
                self.end = position = step.end
                continue
            found = self._next_believable(position)
            if found is None:
                yield self._lost(position)
                return
            if found > position:
                skipped = f"{found - position} bytes are no messages and were skipped"
                yield Damage(IssueCode.SKIPPED_BYTES, position, skipped)
            position = found

    def _step(self, position: int, local: dict[int, Definition], time_s: int | None) -> _Step | None:
        """The message at this position, if it can be believed."""
        data, header = self.data, self.data[position]
        if header & DEFINITION and not header & COMPRESSED:
            end = definition_end(data, position, self.limit)
            if end is None or data[position + 1]:
                return None
            key = definition_key(data, position, end, self.definitions)
            definition = self.definitions.get(key) or read_definition(data, position, end)
            if definition is None or not definition.layout.is_possible:
                return None
            return _Step(end, defines=(header & 15, definition, key))
        packed = bool(header & COMPRESSED)
        known = local.get((header >> 5) & 3 if packed else header & 15)
        if known is None:
            return None
        size, at = known.layout.size, known.layout.timestamp_at
        if position + size > self.limit or self._is_blank(position, size):
            return None
        if at is None:
            return _Step(position + size, data=known, packed=packed)
        offset, order = at
        own = int.from_bytes(data[position + offset : position + offset + 4], order)
        if own == NO_TIME:
            return _Step(position + size, data=known, packed=packed)
        if time_s is not None and abs(own - time_s) > NEAR_S:
            return None
        return _Step(position + size, data=known, time_s=own, packed=packed)

    def _is_blank(self, position: int, size: int) -> bool:
        """Whether a message has nothing but zeros: memory that was never written looks so."""
        return size >= BLANK_SIZE and not self.data[position + 1 : position + size].strip(b"\0")

    def _take(self, position: int, step: _Step) -> None:
        if step.defines is not None:
            number, definition, key = step.defines
            self.local[number] = self.definitions.setdefault(key, definition)
        if step.data is not None:
            step.data.singles.append(position)
            step.data.compressed |= step.packed
        if step.time_s is not None:
            self.time_s = step.time_s

    def _next_believable(self, start: int) -> int | None:
        """The next position from which a chain of messages can be believed; None where there is none."""
        for first in range(start, self.limit, WINDOW):
            window = np.arange(first, min(first + WINDOW, self.limit))
            definitions = self._definitions_at(window)
            near = np.zeros(len(window), dtype=np.bool_)
            if self.time_s is not None:
                for _, headed, time_s in self._timed_at(window):
                    near |= headed & (np.abs(time_s - self.time_s) <= NEAR_S)
            for position in map(int, window[definitions | near]):
                if self._evidence(position, self.time_s) >= ENOUGH:
                    return position
            # A clock that was set in between: the times agree with each other, if not with those before. Times read
            # one byte beside their place do so too, therefore this comes second.
            for position in map(int, window[definitions | self._followed(window)]):
                if self._evidence(position, None) >= ENOUGH_ALONE:
                    self.time_s = None
                    return position
        return None

    def _definitions_at(self, window: Positions) -> Mask:
        """Where a definition may stand: its second byte is 0, its third the byte order, its sixth the field count."""
        header, reserved, order, fields = (self._byte(window + i) for i in (0, 1, 2, 5))
        is_definition = header & (COMPRESSED | DEFINITION) == DEFINITION
        return np.asarray(is_definition & (reserved == 0) & (order < 2) & (fields > 0))

    def _timed_at(self, at: Positions) -> Iterator[tuple[Definition, Mask, Positions]]:
        """Each known layout with a time: where its header stands, and the time that would then lie there."""
        header = self._byte(at)
        for number, definition in self.local.items():
            if (place := definition.layout.timestamp_at) is not None:
                yield definition, headers_of(number)[header], self._time(at, *place)

    def _followed(self, window: Positions) -> Mask:
        """Where a message with a time is followed by a later one, a day at most."""
        found = np.zeros(len(window), dtype=np.bool_)
        for definition, headed, time_s in self._timed_at(window):
            for _, next_headed, next_time_s in self._timed_at(window + definition.layout.size):
                later = next_time_s - time_s
                found |= headed & next_headed & (later > 0) & (later <= DAY_S)
        return found

    def _byte(self, at: Positions) -> npt.NDArray[np.int64]:
        """The bytes at these consecutive offsets; 0 behind the end."""
        found = np.zeros(len(at), dtype=np.int64)
        there = self.bytes[at[0] : at[-1] + 1]
        found[: len(there)] = there
        return found

    def _time(self, at: Positions, offset: int, order: str) -> Positions:
        """The full timestamps of messages at these offsets."""
        places = range(4) if order == "little" else range(3, -1, -1)
        time_s = np.zeros(len(at), dtype=np.int64)
        for i, place in enumerate(places):
            time_s |= self._byte(at + offset + i) << 8 * place
        return time_s

    def _evidence(self, position: int, time_s: int | None) -> int:
        """How many times and plausible definitions speak for the messages from here; 0 where one is none.

        Without a time to compare with, the times must rise among themselves; those of a pattern of bytes do not.
        """
        local, evidence, alone = self.local, 0, time_s is None
        times: list[int] = []
        for _ in range(CHAIN):
            if position >= self.limit - CRC_SIZE:
                break
            step = self._step(position, local, time_s)
            if step is None:
                return 0
            if step.defines is not None:
                number, definition, _key = step.defines
                if not definition.layout.is_plausible:
                    return 0
                local = {**local, number: definition}
                evidence += 1
            if step.time_s is not None:
                time_s = step.time_s
                times.append(time_s)
                evidence += 1
            position = step.end
        rising = times == sorted(times) and times[:1] != times[-1:]
        return 0 if alone and not rising else evidence

    def _is_end(self, position: int) -> bool:
        """Whether the messages end here: only a checksum is left, or the header says so and none follow."""
        if position == self.limit - CRC_SIZE:
            return True
        return position == self.declared_end and self._evidence(position, self.time_s) < ENOUGH

    def _lost(self, position: int) -> Damage:
        left = self.limit - position
        if self.declared_end is not None and position > self.declared_end:
            return Damage(IssueCode.TRAILING_BYTES, position, f"{left} bytes follow the end of the file", "info")
        return Damage(IssueCode.TRUNCATED, position, f"the last {left} bytes are no whole messages and were left out")
