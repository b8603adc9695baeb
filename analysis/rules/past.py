"""A history as arrays by day and by session, made once for all rules. What is missing is NaN, and counts as unknown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.history import History

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

T = TypeVar("T")

SPLIT_GAP_S: Final = 30 * 60.0
"""A run that starts this soon after the one before ended is one run in several files (convention)."""


AROUND_D: Final = 28
WORN_SHARE: Final = 0.1
"""Who wore the device on a tenth of the days without training, of 57 around, wears it at rest (convention).

Then a day without any data is rather one whose data are missing than one of rest. Who has the watch on for runs only,
or has nothing but recordings, is not doubted.
"""


class Past:
    """One athlete's past, day by day. Attributes are arrays of shape ``(n,)``, one a day, unless they say otherwise.

    Parameters
    ----------
    history
        With at least one day. Sessions and entries before its first day or after its last belong to no day; sessions
        with the tag ``exclude`` count for nothing.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.index = pd.DatetimeIndex(history.days.index)
        self.n = len(self.index)
        self._first = np.asarray(self.index.to_numpy(), dtype="datetime64[D]")[0]
        excluded = history.tags.loc[history.tags["tag"] == "exclude", "activity_id"].dropna()
        place = self.place(history.activities["local_date"])
        kept = (place >= 0) & ~history.activities["activity_id"].isin(excluded).to_numpy(dtype=np.bool_)
        # Sessions that count, in order of their start, and the position of their day.
        order = np.flatnonzero(kept)[np.argsort(history.activities["start_time"].to_numpy()[kept], kind="stable")]
        self.sessions = history.activities.iloc[order]
        self.session_day: IntArray = place[order]
        # Of the rules evaluated so far, by id: level in `SEVERITIES` of the open flag (-1: none), and judged days.
        self.open_level: dict[str, IntArray] = {}
        self.judged: dict[str, BoolArray] = {}
        self._tagged: dict[str, BoolArray] = {}
        self._once: dict[Callable[[Past], object], object] = {}

    def place(self, dates: pd.Series) -> IntArray:
        """Position of each date among the days; -1 for a date that is missing or lies outside."""
        day = (dates.to_numpy(dtype="datetime64[D]") - self._first).astype(np.float64)
        inside = (day >= 0) & (day < self.n)  # NaT compares as false
        return np.where(inside, np.nan_to_num(day), -1).astype(np.int64)

    def once(self, make: Callable[[Past], T]) -> T:
        """What a function makes of this past; made once, because several rules need it."""
        if make not in self._once:
            self._once[make] = make(self)
        return cast("T", self._once[make])

    def day(self, name: str) -> FloatArray:
        """A number of each day; all NaN where the history has no such column."""
        return _numbers(self.history.days, name)

    def day_text(self, name: str) -> npt.NDArray[np.object_]:
        """A text of each day; empty where there is none."""
        return _texts(self.history.days, name)

    def wellness(self, metric: str) -> tuple[FloatArray, npt.NDArray[np.object_]]:
        """A metric of the wellness table by day, of one source and context, and which that was.

        Where the daily table has no such column it is taken from the long table: of the source and context with the
        most days.
        """
        if metric in self.history.days:
            values = self.day(metric)
            source = self.day_text(f"{metric}_source")
            return values, np.where(np.isfinite(values), source, "").astype(object)
        table = self.history.wellness
        own = table[(table["metric"] == metric) & table["value"].notna()]
        values, source = np.full(self.n, np.nan), np.full(self.n, "", dtype=object)
        if len(own):
            named = own["source"].fillna("").astype(str) + "/" + own["context"].fillna("").astype(str)
            most = named.value_counts().index[0]
            chosen = own[named == most].drop_duplicates("local_date", keep="last")
            place = self.place(chosen["local_date"])
            values[place[place >= 0]] = chosen["value"].to_numpy(dtype=np.float64)[place >= 0]
            source[np.isfinite(values)] = most
        return values, source

    def session(self, name: str) -> FloatArray:
        """A number of each session, shape ``(n_sessions,)``; all NaN where the history has no such column."""
        return _numbers(self.sessions, name)

    def session_text(self, name: str) -> npt.NDArray[np.object_]:
        """A text of each session, shape ``(n_sessions,)``; empty where there is none."""
        return _texts(self.sessions, name)

    @cached_property
    def state(self) -> npt.NDArray[np.object_]:
        """State of the day."""
        return _texts(self.history.days, "state")

    @cached_property
    def known(self) -> BoolArray:
        """Whether training or rest filled the day. Unknown is never rest, and what is doubtful is not known."""
        filled = (self.state == "trained") | (self.state == "active_recovery") | (self.state == "rest")
        return np.asarray(filled & ~self.doubtful, dtype=np.bool_)

    @cached_property
    def doubtful(self) -> BoolArray:
        """Assumed rest of an athlete whose device is otherwise worn at rest: it may be data that are missing."""
        basis = self.day_text("state_basis")
        assumed, worn = basis == "assumed", (basis == "worn").astype(np.float64)
        around = np.ones(2 * AROUND_D + 1)
        worn_around = np.convolve(worn, around)[AROUND_D : AROUND_D + self.n]
        idle_around = np.convolve(worn + assumed, around)[AROUND_D : AROUND_D + self.n]
        return np.asarray(assumed & (worn_around >= WORN_SHARE * idle_around))

    @cached_property
    def assumed(self) -> BoolArray:
        """Whether it is known only because rest is assumed."""
        return np.asarray((self.day_text("state_basis") == "assumed") & ~self.doubtful, dtype=np.bool_)

    @cached_property
    def load(self) -> FloatArray:
        """Load of the day in points; 0 at rest, NaN where it is not known."""
        points = self.day("load")
        points = points if np.isfinite(points).any() else self.day("trimp_banister")
        return np.where(self.doubtful, np.nan, points)

    @cached_property
    def session_load(self) -> FloatArray:
        """Load of each session, in the unit of `load`, shape ``(n_sessions,)``."""
        name = "load" if np.isfinite(self.day("load")).any() else "trimp_banister"
        return self.session(name)

    @cached_property
    def family(self) -> npt.NDArray[np.object_]:
        """Sport family of each session, shape ``(n_sessions,)``."""
        return self.session_text("family")

    @cached_property
    def is_run(self) -> BoolArray:
        """Which sessions are runs, shape ``(n_sessions,)``."""
        return np.asarray(self.family == "run", dtype=np.bool_)

    @cached_property
    def start_s(self) -> FloatArray:
        """Start of each session in seconds, shape ``(n_sessions,)``."""
        start = self.sessions["start_time"].to_numpy(dtype="datetime64[ms]")
        return start.astype(np.int64).astype(np.float64) / 1000

    @cached_property
    def lasting_s(self) -> FloatArray:
        """Elapsed time of each session, else its timer time, else 0, shape ``(n_sessions,)``."""
        elapsed, timer = self.session("elapsed_time_s"), self.session("timer_time_s")
        return np.nan_to_num(np.where(np.isfinite(elapsed), elapsed, timer))

    def tagged(self, tag: str, after_d: int = 0) -> BoolArray:
        """Days with a tag of their own or of one of their sessions, and ``after_d`` days after each."""
        marked = self._tagged.get(tag)
        if marked is None:
            marked = self._tagged[tag] = self._marked(tag)
        return within(marked, after_d) if after_d and marked.any() else marked.copy()

    def _marked(self, tag: str) -> BoolArray:
        tags = self.history.tags
        own = tags[tags["tag"] == tag]
        marked = self.logged(tag) if tag in ("race", "illness") else np.zeros(self.n, dtype=np.bool_)
        if len(own):
            days = self.place(own["date"])
            marked[days[days >= 0]] = True
            marked[self.session_day[self.sessions["activity_id"].isin(own["activity_id"].dropna()).to_numpy()]] = True
        return marked

    def tagged_sessions(self, tag: str) -> BoolArray:
        """Sessions with a tag of their own or of their day, shape ``(n_sessions,)``."""
        return self.tagged(tag)[self.session_day]

    def logged(self, kind: str) -> BoolArray:
        """Days with an entry of this kind in the log."""
        marked = np.zeros(self.n, dtype=np.bool_)
        log = self.history.log
        if len(log):
            days = self.place(log.loc[log["kind"] == kind, "date"])
            marked[days[days >= 0]] = True
        return marked

    @cached_property
    def new_device(self) -> BoolArray:
        """Days from which all baselines begin anew."""
        return self.tagged("new_device")


def within(marked: BoolArray, after_d: int) -> BoolArray:
    """Marked days, and those at most ``after_d`` days after one."""
    day = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, day, -1 - after_d - len(marked)))
    return np.asarray(day - last <= after_d)


def _numbers(table: pd.DataFrame, name: str) -> FloatArray:
    if name not in table:
        return np.full(len(table), np.nan)
    values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _texts(table: pd.DataFrame, name: str) -> npt.NDArray[np.object_]:
    if name not in table:
        return np.full(len(table), "", dtype=object)
    column = table[name]
    return np.asarray(column.where(column.notna(), "").to_numpy(dtype=object))
