"""The errors of stridelab: one root, each says what was found, what was expected and what to do."""

from __future__ import annotations


class StridelabError(Exception):
    """Root of every error that stridelab raises on purpose.

    Parameters
    ----------
    found
        What was met, in words a user understands.
    expected
        What would have been right.
    where
        File, byte offset, table or option, as near as it is known.
    advice
        What to do about it.
    """

    def __init__(self, found: str, *, expected: str = "", where: str = "", advice: str = "") -> None:
        self.found, self.expected, self.where, self.advice = found, expected, where, advice
        parts = [f"{where}: {found}" if where else found]
        if expected:
            parts.append(f"expected {expected}")
        message = "; ".join(parts)
        super().__init__(f"{message}. {advice}" if advice else message)

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the parts when the error crosses a process boundary."""
        return _rebuild, (type(self), self.found, self.expected, self.where, self.advice)


def _rebuild(kind: type[StridelabError], found: str, expected: str, where: str, advice: str) -> StridelabError:
    return kind(found, expected=expected, where=where, advice=advice)


class ReadError(StridelabError, ValueError):
    """A file cannot be read at all, or has a problem under ``policy="strict"``."""


class NotRecognisedError(ReadError):
    """No reader knows the content: the file may be anything."""


class UsageError(StridelabError, ValueError):
    """A request that makes no sense: a path that is not there, an unknown name, an impossible value."""


class StoreError(StridelabError):
    """The store cannot be opened, read or written."""


class StoreVersionError(StoreError):
    """The store was written by a newer stridelab than this one."""
