"""From the bytes of one file to what the store keeps of it: read, then derive. Nothing here writes.

A file that cannot be read, and one on which a reader fails in an unforeseen way, give a `Derived` with the reason: one
bad file never ends an import.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab import importers
from stridelab.activity import SET_COLUMNS, Activity, ReadResult, Source, empty_table
from stridelab.analysis.effort import device_rpe
from stridelab.analysis.history import History, build_history
from stridelab.analysis.pace import DURATIONS_S
from stridelab.analysis.session import HEART_RATE_BINS, strength_sets, summarise
from stridelab.athlete import QUANTITIES, Athlete, AthleteValue, athlete_value
from stridelab.errors import NotRecognisedError, ReadError, StridelabError, UsageError
from stridelab.importers.archives import OTHER_JSON, SUMMARY_KINDS, claims_recording
from stridelab.importers.imu.layout import toml
from stridelab.issues import Issue, IssueCode
from stridelab.localtime import local_date, resolve
from stridelab.wellness import Value, on_clock_of

NOT_A_RECORDING: Final = "not a recording"
"""Kind of a foreign file: no reader knows its content, and its name does not claim that one should."""

EMPTY_ACTIVITY: Final = "empty_activity"
"""Kind of an activity file that holds no activity."""

NO_DAMAGE: Final = frozenset(
    {
        IssueCode.NO_TIME,
        IssueCode.DUPLICATE_TIME,
        IssueCode.TIME_BACKWARDS,
        IssueCode.IMPLAUSIBLE_VALUE,
        IssueCode.NO_SESSION,
        IssueCode.UNRECOGNISED,
        IssueCode.GAP,
        IssueCode.RESAMPLED,
        IssueCode.SAMPLING_RATE,
        IssueCode.UNIT,
        IssueCode.NO_GRAVITY,
        IssueCode.NO_DATE,
    }
)
"""Codes that speak of what a file says; all others say that its bytes are damaged, and a file with one was salvaged."""

ATHLETE_PREFIX: Final = "athlete:"
"""In `Activity.summary`, what the device knew of its wearer: ``athlete:<quantity>``."""

Outcome = Literal["imported", "not_of_interest", "unreadable"]
Policy = Literal["salvage", "strict"]


@dataclass(frozen=True, eq=False)
class DerivedActivity:
    """One activity with what was computed from it, none of which depends on who ran it.

    Parameters
    ----------
    activity
        As it was read; where the file and the place gave no local time, with the athlete's.
    session
        `stridelab.analysis.session.session_row`.
    heart_rate_seconds
        `stridelab.analysis.session.heart_rate_seconds`, shape ``(256,)``.
    sets
        `stridelab.analysis.session.strength_sets`.
    best_efforts
        `stridelab.analysis.effort.best_effort_curve`; empty for all but runs.
    """

    activity: Activity
    session: Mapping[str, Any]
    heart_rate_seconds: npt.NDArray[np.float64]
    sets: pd.DataFrame
    best_efforts: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, eq=False)
class Derived:
    """What became of one file.

    Parameters
    ----------
    outcome
        ``imported``, ``not_of_interest`` or ``unreadable``.
    kind
        What the file is, where that is known: ``activity``, ``monitoring_b``, `NOT_A_RECORDING` …
    reason
        Why it is unreadable.
    source
        The file; None where it could not be read.
    activities, wellness
        What is to be stored of it.
    issues
        What is wrong with the file as a whole.
    result
        What was read of an accepted file: also what it says of the athlete and the gear.
    """

    outcome: Outcome
    kind: str = ""
    reason: str = ""
    source: Source | None = None
    activities: tuple[DerivedActivity, ...] = ()
    wellness: tuple[Value, ...] = ()
    issues: tuple[Issue, ...] = ()
    result: ReadResult | None = None

    @property
    def damage(self) -> tuple[Issue, ...]:
        """The issues that say that the file is damaged, of the file and of its activities, each once."""
        every = [*self.issues, *(issue for item in self.activities for issue in item.activity.issues)]
        return tuple(dict.fromkeys(i for i in every if i.code not in NO_DAMAGE and i.severity != "info"))


def derive(
    name: str,
    data: bytes,
    *,
    policy: Policy = "salvage",
    athlete: Athlete | None = None,
    sidecar: bytes | None = None,
) -> Derived:
    """Read a file and derive what does not depend on who ran it.

    Parameters
    ----------
    name
        The file's name; its ending decides only whether a foreign file is called unreadable.
    data
        Its bytes, packed with gzip or not.
    policy
        ``salvage`` keeps what can be had of a damaged file, ``strict`` calls it unreadable.
    athlete
        Whose time zone holds where neither the file nor a position tells.
    sidecar
        The TOML file that declares the columns of a table (`stridelab.importers.takes_mapping`), where there is one.
    """
    try:
        declared: dict[str, Any] = (
            {} if sidecar is None else {"mapping": toml(sidecar, where=f"the .toml file beside {name}")}
        )
        result = importers.read(data, name=name, policy=policy, **declared)
        return _derived(result, athlete or Athlete())
    except UsageError as error:  # of the sidecar: all else here is given by the import
        return Derived("unreadable", reason=why_unreadable(error, name))
    except ReadError as error:
        if isinstance(error, NotRecognisedError) and not claims_recording(name):
            kind = OTHER_JSON if name.lower().endswith(".json") else NOT_A_RECORDING
            return Derived("not_of_interest", kind=kind)
        return Derived("unreadable", reason=why_unreadable(error, name))
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    # Whatever else goes wrong in a reader is a mistake of ours that must not cost the other files. A panic of a library
    # written in Rust is no Exception, only a BaseException.
    except BaseException as error:
        return Derived("unreadable", reason=internal_error(error))


def internal_error(error: BaseException) -> str:
    """The reason of a file on which something of ours failed."""
    return f"internal error: {type(error).__name__}: {error}"


def why_unreadable(error: StridelabError, name: str) -> str:
    """What a reader says of a file, without the file's name in front: a list of files has that beside it."""
    return str(error).removeprefix(f"{name}: ")


def _derived(result: ReadResult, athlete: Athlete) -> Derived:
    if not _holds_anything(result):
        kind = result.kind if result.kind != "activity" else EMPTY_ACTIVITY
        return Derived("not_of_interest", kind=kind, source=result.source, issues=result.issues)
    derived = _derived_summary if result.kind in SUMMARY_KINDS else _derived_activity
    return Derived(
        "imported",
        kind=result.kind,
        source=result.source,
        activities=tuple(derived(activity, athlete) for activity in result.activities),
        wellness=_dated(result, athlete),
        issues=result.issues,
        result=result,
    )


def _holds_anything(result: ReadResult) -> bool:
    tables = (result.gear, result.gear_activities, result.personal_records)
    if result.activities or result.wellness_values or result.athlete_values:
        return True
    return any(table is not None and len(table) for table in tables)


def _dated(result: ReadResult, athlete: Athlete) -> tuple[Value, ...]:
    """Wellness values on the athlete's local days, where the file does not tell the local time."""
    if not result.wellness_values or result.local_time != "unknown":
        return result.wellness_values
    timezone = athlete.text("timezone", result.wellness_values[0].local_date.astype("datetime64[D]").item())
    return result.wellness_values if timezone is None else on_clock_of(result.wellness_values, timezone)


def _derived_activity(activity: Activity, athlete: Athlete) -> DerivedActivity:
    if activity.timezone_source == "unknown":
        day = local_date(activity.start_time, None)
        local = resolve(activity.start_time, athlete_timezone=athlete.text("timezone", day))
        activity = replace(
            activity, utc_offset_s=local.utc_offset_s, timezone=local.timezone, timezone_source=local.source
        )
    session = summarise(activity)
    return DerivedActivity(
        activity, session.row, session.heart_rate_seconds, strength_sets(activity), session.best_efforts
    )


def _derived_summary(activity: Activity, _athlete: Athlete) -> DerivedActivity:
    """Totals without samples: nothing but the athlete's rating is taken, and a wall clock's times stay as they are."""
    session = {"rpe": device_rpe(activity)}
    return DerivedActivity(activity, session, np.zeros(HEART_RATE_BINS), empty_table(SET_COLUMNS))


def values_in(activity: Activity) -> Iterator[AthleteValue]:
    """What the device knew of its wearer on that day, as far as it is plausible."""
    day = local_date(activity.start_time, activity.utc_offset_s)
    for name, value in activity.summary.items():
        quantity = name.removeprefix(ATHLETE_PREFIX)
        if name.startswith(ATHLETE_PREFIX) and quantity in QUANTITIES and value is not None:
            try:
                yield athlete_value(quantity, value, origin="file", valid_from=day)
            except UsageError:
                continue  # devices write 0 or 255 for "not set"


def history_of_one(activity: Activity) -> History:
    """The history of one recording, as if there were no other: its loads rest on what its file says of the athlete."""
    session = summarise(activity)
    curve = np.full((1, len(DURATIONS_S)), np.nan)
    curve[0, : len(session.best_efforts)] = session.best_efforts
    return build_history(
        Athlete(values=tuple(values_in(activity))),
        pd.DataFrame([session.row]),
        session.heart_rate_seconds[np.newaxis],
        best_efforts=curve,
    )
