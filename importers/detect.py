"""Which reader a file belongs to: by its content, in a fixed order, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from stridelab.activity import ReadResult, Source
from stridelab.importers.formats import looks_like

Reader = Callable[[bytes, Source], ReadResult]

HEAD_BYTES: Final = 4096
"""How much of a file recognition looks at."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name, the suffixes it goes by, how to recognise it, and its readers by engine.

    Readers are named as ``module:function`` and imported on first use; the first engine is the default.
    """

    name: str
    suffixes: tuple[str, ...]
    expects: str
    recognises: Callable[[bytes], bool]
    engines: dict[str, str]

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
)
"""Every format, in the order in which it is tried."""

SUFFIXES: Final = frozenset(suffix for known in FORMATS for suffix in known.suffixes)
"""Suffixes of files that claim to be a recording."""


def recognise(head: bytes) -> Format | None:
    """The format of a file by its first bytes (at least `HEAD_BYTES`, or all of it); None where none fits."""
    return next((known for known in FORMATS if known.recognises(head)), None)


def tried() -> str:
    """The formats that were tried and what each expects, for an error."""
    return ", ".join(f"{known.name.upper()} ({known.expects})" for known in FORMATS)


__all__ = ["FORMATS", "HEAD_BYTES", "SUFFIXES", "Format", "looks_like", "recognise", "tried"]
