"""The bytes of a source: a path, bytes or a binary file object; gzip is unpacked."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import BinaryIO, Final

from stridelab.errors import ReadError, UsageError

GZIP_MAGIC: Final = b"\x1f\x8b"

MAX_UNPACKED_BYTES: Final = 512 * 1024 * 1024
"""More than this from one gzip member is refused: no recording is that large, a bomb is."""


def read_bytes(source: str | Path | bytes | BinaryIO, *, name: str | None = None) -> tuple[bytes, str]:
    """The bytes of a source and the name to call it by.

    Raises
    ------
    UsageError
        If the path does not exist or is a folder.
    ReadError
        If it cannot be read or unpacked.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        data, label = bytes(source), name or "the given bytes"
    elif isinstance(source, str | Path):
        path = Path(source).expanduser()
        label = name or path.name
        if not path.exists():
            raise UsageError(f"there is no file {path}", advice="Check the path.")
        if path.is_dir():
            raise UsageError(f"{path} is a folder", expected="a file", advice="Use `stridelab import` for folders.")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ReadError(f"it cannot be read ({error.strerror})", where=str(path)) from error
    else:
        data, label = source.read(), name or str(getattr(source, "name", "the given file"))
    return unpacked(data, name=label), label


def unpacked(data: bytes, *, name: str) -> bytes:
    """The bytes, unpacked if they are gzip; what a damaged gzip still gives is kept.

    Raises
    ------
    ReadError
        If nothing can be unpacked, or more than `MAX_UNPACKED_BYTES`.
    """
    if not data.startswith(GZIP_MAGIC):
        return data
    engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = engine.decompress(data, MAX_UNPACKED_BYTES + 1)
    except zlib.error as error:
        raise ReadError(f"a damaged gzip file ({error})", where=name, advice="Fetch the file again.") from error
    if len(content) > MAX_UNPACKED_BYTES:
        limit = MAX_UNPACKED_BYTES // 2**20
        raise ReadError(f"a gzip file that unpacks to more than {limit} MiB", where=name)
    return content
