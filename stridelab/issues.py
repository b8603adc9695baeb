"""What can be wrong with a recording that is kept all the same: one code, one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Severity = Literal["info", "warning", "error"]


class IssueCode(StrEnum):
    """The codes of `Issue`; `SENTENCES` explains each."""

    TRUNCATED = "truncated"
    BAD_CRC = "bad-crc"
    BAD_HEADER = "bad-header"
    TRAILING_BYTES = "trailing-bytes"
    SKIPPED_BYTES = "skipped-bytes"
    NO_TIME = "no-time"
    DUPLICATE_TIME = "duplicate-time"
    TIME_BACKWARDS = "time-backwards"
    IMPLAUSIBLE_VALUE = "implausible-value"
    NO_SESSION = "no-session"
    UNRECOGNISED = "unrecognised"
    BAD_ROWS = "bad-rows"
    GAP = "gap"
    RESAMPLED = "resampled"
    SAMPLING_RATE = "sampling-rate"
    UNIT = "unit"
    NO_GRAVITY = "no-gravity"
    NO_DATE = "no-date"


SENTENCES: dict[IssueCode, str] = {
    IssueCode.TRUNCATED: "The file ends in the middle of a message; everything before it was kept.",
    IssueCode.BAD_CRC: "A checksum does not match; the content was read all the same.",
    IssueCode.BAD_HEADER: "The header contradicts the file; the content was read by its own structure.",
    IssueCode.SKIPPED_BYTES: "Bytes that are no messages were skipped; reading went on behind them.",
    IssueCode.TRAILING_BYTES: "Bytes follow the end of the file that are not part of it; they were left out.",
    IssueCode.NO_TIME: "Samples without a time were left out of the activity; they stay in the raw tables.",
    IssueCode.DUPLICATE_TIME: "Several samples share one time; the last valid value of each column was kept.",
    IssueCode.TIME_BACKWARDS: "Time runs backwards; the samples were sorted.",
    IssueCode.IMPLAUSIBLE_VALUE: "Values outside the plausible range were masked; the raw tables keep them.",
    IssueCode.NO_SESSION: "The file has samples but no session summary; the activity was built from its samples.",
    IssueCode.UNRECOGNISED: "Nothing that stridelab knows was found.",
    IssueCode.BAD_ROWS: "Lines that are no rows of the table were left out.",
    IssueCode.GAP: "Samples are missing; nothing was made up for them.",
    IssueCode.RESAMPLED: "Samples came at uneven times and were interpolated to a constant rate.",
    IssueCode.SAMPLING_RATE: "The sampling rate is in doubt.",
    IssueCode.UNIT: "The unit of the values is in doubt.",
    IssueCode.NO_GRAVITY: "The accelerations do not hold gravity.",
    IssueCode.NO_DATE: "Nothing says when the recording was made; it is kept and belongs to no day.",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem met while reading.

    Parameters
    ----------
    code
        Which kind of problem.
    severity
        ``info`` (nothing lost), ``warning`` (something masked or put right), ``error`` (something lost).
    offset
        Byte offset in the source where it was met; None where it has none.
    message
        What was found, with its numbers.
    """

    code: IssueCode
    severity: Severity
    offset: int | None
    message: str
