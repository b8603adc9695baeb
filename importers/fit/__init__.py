"""FIT: the format of nearly every sports watch. `decode` gives every message as tables, `read` the activities."""

from __future__ import annotations

from stridelab.activity import ReadResult, Source
from stridelab.importers.fit.activity import PLANS, activities, kind_of
from stridelab.importers.fit.decode import FitMessages, Table, decode
from stridelab.importers.fit.wellness import wellness
from stridelab.importers.fit.wire import is_fit

__all__ = ["FitMessages", "Table", "decode", "is_fit", "read", "result_of"]


def read(data: bytes, source: Source) -> ReadResult:
    """The activities of a FIT file, or its wellness values; its ``kind`` says what it is.

    Raises
    ------
    ReadError
        If the bytes are no FIT file at all.
    """
    return result_of(decode(data), source)


def result_of(messages: FitMessages, source: Source) -> ReadResult:
    """The activities of decoded messages."""
    kind = kind_of(messages)
    found = () if kind in PLANS else tuple(activities(messages, source))
    if found:
        kind = "activity"
    elif kind == "activity":
        # It says so, but has no session and no sample with a time.
        kind = "empty_activity"
    if found or kind in PLANS:
        return ReadResult(activities=found, issues=messages.issues, source=source, kind=kind)
    values, local_time = wellness(messages)
    return ReadResult(wellness_values=values, local_time=local_time, issues=messages.issues, source=source, kind=kind)
