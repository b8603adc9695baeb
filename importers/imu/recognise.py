"""Whether the begin of a file is that of an inertial recording: fast enough to ask of every file of an export."""

from __future__ import annotations

import re
from typing import Final

from stridelab.importers.imu.loggers import SENSOR_LOGGER_COLUMNS, recognised

_HINT: Final = re.compile(
    rb"acc|x-axis|gFx|\ba_?x|vertical|seconds_elapsed|_g\b|\(g\)|^\W*\d{4}-\d\d-\d\d \S+\.\d{3},", re.IGNORECASE
)
_NO_TABLE: Final = re.compile(rb"\s*(?:[{\[<]|%PDF|PK|SQLite|\x89PNG|\xff\xd8\xff)")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def is_text(head: bytes) -> bool:
    """Whether these are the first lines of a table of a known logger, or of one whose header says what it holds."""
    if head.startswith(_UTF16):
        head = head.replace(b"\x00", b"")[2:]
    if _NO_TABLE.match(head) or b"\x00" in head or not _HINT.search(head):
        return False
    names, metadata = header(head)
    return SENSOR_LOGGER_COLUMNS <= set(names) or recognised(names, metadata) is not None


def header(head: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the columns in the begin of a file, and the lines above them; nothing where it is no table."""
    from stridelab.importers.imu.text import decoded, shape

    found = shape(decoded(head), whole=False) or shape(decoded(head))
    return ((), ()) if found is None else (found.names, found.metadata)


def is_npz(head: bytes) -> bool:
    """Whether this is a zip whose first member is an array of numpy."""
    if not head.startswith(b"PK\x03\x04") or len(head) < 30:
        return False
    length = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + length].endswith(b".npy")


def is_parquet(head: bytes) -> bool:
    """Whether this is a Parquet file."""
    return head.startswith(b"PAR1")


def is_mat(head: bytes) -> bool:
    """Whether this is a MATLAB file of version 5 to 7.3."""
    return head.startswith((b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file"))


def is_table(head: bytes) -> bool:
    """Whether these bytes may hold a table of numbers at all, so that a mapping can say what it is."""
    if is_npz(head) or is_parquet(head) or is_mat(head):
        return True
    return not _NO_TABLE.match(head) and bool(header(head)[0])


def found_in_text(head: bytes) -> str:
    """What stands in the place of a recognised header."""
    if not head.strip() or _NO_TABLE.match(head) or b"\x00" in head:
        return "no table"
    names, _ = header(head)
    if not names:
        return "no table"
    more = ", …" if len(names) > 4 else ""
    return f"columns {', '.join(name[:24] for name in names[:4])}{more}"
