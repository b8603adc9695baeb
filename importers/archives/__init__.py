"""Where files come from: single files, folders, zips and zips in zips, one member at a time.

`members` is the one way in. Nothing is unpacked to disk, nothing that an archive says is trusted, and an entry that
cannot be had fails when it is read, with the reason, so that the rest goes on.
"""

from stridelab.importers.archives.folder import members
from stridelab.importers.archives.member import LIMITS, Limits, Member, claims_recording
from stridelab.importers.archives.summaries import (
    OTHER_JSON,
    SERVICE_ID,
    SUMMARIES,
    SUMMARY_KINDS,
    WALL_CLOCK_SUMMARIES,
)

__all__ = [
    "LIMITS",
    "OTHER_JSON",
    "SERVICE_ID",
    "SUMMARIES",
    "SUMMARY_KINDS",
    "WALL_CLOCK_SUMMARIES",
    "Limits",
    "Member",
    "claims_recording",
    "members",
]
