"""Which reader a file belongs to: by its content, in a fixed order, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from stridelab.activity import ReadResult
from stridelab.importers.formats import looks_like
from stridelab.importers.imu import recognise as imu

Reader = Callable[..., ReadResult]

HEAD_BYTES: Final = 4096
"""How much of a file recognition looks at."""


def begin(head: bytes) -> str:
    """The first characters of a file, for a message."""
    text = head[:60].replace(b"\x00", b"").decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")[:16]
    return repr("".join(c if c.isprintable() else "?" for c in text)) if text else "nothing"


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Parameters
    ----------
    name
        What it is called.
    suffixes
        What its files are called.
    expects
        By what it is recognised, in words.
    recognises
        Whether the first `HEAD_BYTES` of a file are of this format. It is asked of every file of an export, so it has
        to decline at once.
    engines
        Its readers as ``module:function``, imported on first use; the first is the default.
    found
        What the head of a file that it declines has in that place, in words.
    takes_mapping
        Whether its readers take a mapping of columns.
    """

    name: str
    suffixes: tuple[str, ...]
    expects: str
    recognises: Callable[[bytes], bool]
    engines: dict[str, str]
    found: Callable[[bytes], str] = begin
    takes_mapping: bool = False

    def reader(self, engine: str | None = None) -> tuple[str, Reader]:
        """Name of the engine, and its reader.

        Raises
        ------
        KeyError
            For an engine that this format does not have.
        """
        name = engine or next(iter(self.engines))
        module, function = self.engines[name].split(":")
        return name, getattr(import_module(module), function)


def _is_fit(head: bytes) -> bool:
    if len(head) >= 12 and head[8:12] == b".FIT":
        return True
    if b".FIT" not in head:
        return False
    # Some tools put bytes before the header.
    from stridelab.importers.fit.wire import next_header

    return next_header(head, 1, len(head)) is not None


def _is_gpx(head: bytes) -> bool:
    return _has_element(head, b"gpx")


def _is_tcx(head: bytes) -> bool:
    return _has_element(head, b"TrainingCenterDatabase")


def _has_element(head: bytes, name: bytes) -> bool:
    # Also behind a byte order mark or white space, and in UTF-16, of which every other byte is then zero.
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return text.startswith(b"<") and re.search(rb"<([A-Za-z_][\w.-]*:)?" + name + rb"[\s>]", text) is not None


FORMATS: Final[tuple[Format, ...]] = (
    Format(
        "fit",
        (".fit",),
        "'.FIT' at byte 8",
        _is_fit,
        {
            "vectorised": "stridelab.importers.fit:read",
            "fitparse": "stridelab.importers.fit.fitparse_engine:read",
        },
        lambda head: begin(head[8:12]),
    ),
    Format(
        "gpx",
        (".gpx",),
        "a <gpx> element",
        _is_gpx,
        {
            "vectorised": "stridelab.importers.gpx:read",
            "expat": "stridelab.importers.gpx:read_expat",
            "gpxpy": "stridelab.importers.gpxpy_engine:read",
        },
    ),
    Format(
        "tcx",
        (".tcx",),
        "a <TrainingCenterDatabase> element",
        _is_tcx,
        {"vectorised": "stridelab.importers.tcx:read", "expat": "stridelab.importers.tcx:read_expat"},
    ),
    *(
        Format(
            name,
            suffixes,
            expects,
            recognises,
            {engine: "stridelab.importers.imu:read"},
            imu.found_in_text if name == "imu-csv" else begin,
            takes_mapping=True,
        )
        for name, suffixes, expects, recognises, engine in (
            ("imu-npz", (), "a zip of numpy arrays", imu.is_npz, "numpy"),
            ("imu-parquet", (), "'PAR1'", imu.is_parquet, "pyarrow"),
            ("imu-mat", (), "'MATLAB 5.0 MAT-file'", imu.is_mat, "numpy"),
            ("imu-csv", (), "columns of acceleration on x, y and z", imu.is_text, "pyarrow"),
        )
    ),
)
"""Every format, in the order in which it is tried."""

SUFFIXES: Final = frozenset(suffix for known in FORMATS for suffix in known.suffixes)
"""Suffixes of files that claim to be a recording."""


def recognise(head: bytes) -> Format | None:
    """The format of a file by its first bytes (at least `HEAD_BYTES`, or all of it); None where none fits."""
    return next((known for known in FORMATS if known.recognises(head)), None)


def table_format(head: bytes) -> Format | None:
    """The format of a table whose columns somebody else declares; None where the head is no table."""
    tables = [known for known in FORMATS if known.takes_mapping]
    if not imu.is_table(head):
        return None
    return next((known for known in tables if known.recognises(head)), tables[-1])


def tried(head: bytes) -> str:
    """Each format that was tried, what it expects, and what the file has there."""
    return "; ".join(f"{known.name} expects {known.expects}, found {known.found(head)}" for known in FORMATS)


__all__ = ["FORMATS", "HEAD_BYTES", "SUFFIXES", "Format", "looks_like", "recognise", "table_format", "tried"]
