"""What an import did, in numbers that add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from stridelab.issues import Issue


@dataclass(frozen=True, slots=True)
class FileCounts:
    """How many files had which outcome; every file seen has exactly one.

    Parameters
    ----------
    imported
        New in the store, the salvaged ones included.
    already_imported
        In the store before, by their content.
    duplicate
        The same content a second time within this import.
    not_of_interest
        Nothing to import in them: other kinds of files, foreign files.
    unreadable
        Damaged beyond use, encrypted, over the limits, not reachable.
    """

    imported: int = 0
    already_imported: int = 0
    duplicate: int = 0
    not_of_interest: int = 0
    unreadable: int = 0

    @property
    def seen(self) -> int:
        """All of them."""
        return sum(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Salvaged:
    """A damaged file of which what could be had was imported."""

    name: str
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be imported, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did.

    Parameters
    ----------
    import_id
        Its name in the store.
    files
        Counts of files by outcome.
    activities, wellness_days
        How many activities, and days with wellness values, the imported files brought.
    not_of_interest
        Counts of files by what they are.
    salvaged, unreadable
        The damaged files, in the order in which they came.
    seconds
        How long it took.
    """

    import_id: str
    files: FileCounts = field(default_factory=FileCounts)
    activities: int = 0
    wellness_days: int = 0
    not_of_interest: Mapping[str, int] = field(default_factory=dict)
    salvaged: tuple[Salvaged, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The object that ``stridelab import --json`` prints."""
        return {
            "import_id": self.import_id,
            "files": {"seen": self.files.seen, **asdict(self.files)},
            "activities": self.activities,
            "wellness_days": self.wellness_days,
            "not_of_interest": dict(sorted(self.not_of_interest.items())),
            "salvaged": [
                {"name": file.name, "issues": list(dict.fromkeys(str(issue.code) for issue in file.issues))}
                for file in self.salvaged
            ],
            "unreadable": [{"name": file.name, "reason": file.reason} for file in self.unreadable],
            "seconds": round(self.seconds, 3),
        }
