"""Random access to a file that lies packed in an archive, in two passes instead of one for each step back."""

from __future__ import annotations

import os
from typing import IO, Final

TAIL_BYTES: Final = 8 * 2**20
"""Kept of the end: there a zip has its directory, some 100 bytes an entry."""


class PackedFile:
    """A packed file of known size, read as `zipfile.ZipFile` reads: a bit of the end, then from front to back.

    Packed data can only be unpacked forward, so every step back costs a pass from its beginning. Here a seek moves
    nothing yet, and the end is unpacked once and kept.

    Parameters
    ----------
    file
        The packed file; seekable, as those of `zipfile` are.
    size_bytes
        Its unpacked size.
    tail_bytes
        How much of its end to keep.
    """

    def __init__(self, file: IO[bytes], size_bytes: int, *, tail_bytes: int = TAIL_BYTES) -> None:
        self._file, self._size = file, size_bytes
        self._tail_at = max(0, size_bytes - tail_bytes)
        self._tail: bytes | None = None
        self._at = 0

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Position of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; costs nothing until something is read there."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("a position before the beginning")
        self._at = start + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        """The next bytes, all that are left where no number is given."""
        end = self._size if size < 0 else min(self._at + size, self._size)
        if self._at >= self._tail_at:
            if self._tail is None:
                self._file.seek(self._tail_at)
                self._tail = self._file.read()
            data = self._tail[self._at - self._tail_at : max(end, self._at) - self._tail_at]
        else:
            self._file.seek(self._at)
            data = self._file.read(end - self._at)
        self._at += len(data)
        return data
