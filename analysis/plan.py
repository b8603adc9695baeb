"""The coming week: within which ranges no rule would raise a flag, and which rule binds.

A flag is a finding of "watch" and graver; one that is open and would be kept open binds as one that would be raised.
What would be said for information only binds nothing, and is named.

Every limit is found by asking `stridelab.analysis.rules.evaluate` about the history with a planned week appended
(`stridelab.analysis.hypothetical`): nothing here knows a threshold of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from stridelab.analysis.history import History
from stridelab.analysis.hypothetical import Future, Planned, Usual
from stridelab.analysis.rules import SEVERITIES, Finding, NotEvaluated, evaluate

WEEK_D: Final = 7
AFTER_D: Final = 7
"""Days of rest simulated behind the week: a state is raised some days after what caused it."""

STEP_M: Final = 100.0
"""Limits are rounded down to this."""

TRIED: Final = 3.0
"""How many times the longest run of the last weeks, or the usual week, is tried at most."""

SINGLE_RUN_RULES: Final = ("session_spike",)
WEEK_RULES: Final = ("monotony_strain", "load_ramp", "mechanical_load_spike")
HARD_RULES: Final = ("hard_sessions_too_close",)
REST_RULES: Final = ("consecutive_training_days",)
"""The rules that a limit is about. Where none of them can judge there is no limit; all other rules bind too."""


@dataclass(frozen=True)
class Trial:
    """What a planned week would do, against the same week at rest.

    Parameters
    ----------
    raised
        Findings that it would raise or make graver, the gravest of each rule, in order of their days.
    kept
        Findings of flags that are open now and that it would keep open.
    gaps
        Rules that could not judge a day with a planned session.
    since
        The first day on which each rule would be raised or kept open.
    """

    raised: tuple[Finding, ...]
    kept: tuple[Finding, ...]
    gaps: tuple[NotEvaluated, ...]
    since: Mapping[str, date]

    @property
    def flags(self) -> tuple[Finding, ...]:
        """What would be raised or kept open and is more than information: what binds a plan."""
        return tuple(item for item in (*self.raised, *self.kept) if item.severity != "info")

    @property
    def told(self) -> tuple[Finding, ...]:
        """What would be raised for information."""
        return tuple(item for item in self.raised if item.severity == "info")

    def could_judge(self, rules: Sequence[str]) -> bool:
        """Whether at least one of these rules judged every planned day."""
        unable = {gap.rule_id for gap in self.gaps}
        return any(rule not in unable for rule in rules)

    def gaps_of(self, rules: Sequence[str]) -> tuple[NotEvaluated, ...]:
        """Why these rules could not judge, one a rule."""
        first = {gap.rule_id: gap for gap in reversed(self.gaps)}
        return tuple(first[rule] for rule in rules if rule in first)


@dataclass(frozen=True)
class Limit:
    """Up to where no rule would be raised.

    Parameters
    ----------
    value
        In the unit of what it limits; NaN where it is not evaluated or nothing binds.
    binding
        The flag that would be raised, or kept open, just above it; None where none would, up to ``tried``.
    told
        What would be said for information at the limit itself.
    tried
        How far was looked; NaN where nothing could be.
    gaps
        Rules that could not judge. Where all that the limit is about could not, it is not evaluated; without any, there
        was no run to go by.
    """

    value: float
    binding: Finding | None
    tried: float
    gaps: tuple[NotEvaluated, ...] = ()
    told: tuple[Finding, ...] = ()

    @property
    def is_evaluated(self) -> bool:
        """Whether there is an answer at all."""
        return math.isfinite(self.tried)


@dataclass(frozen=True)
class DayLimit:
    """The first day on which something may be done, or the last by which it has to be.

    Parameters
    ----------
    day
        None where it is not evaluated, or none of the days of the week is one.
    binding
        What would be raised on the other side of it.
    gaps
        Why it is not evaluated; empty where it is, and where there was no run to go by.
    is_evaluated
        Whether there is an answer at all.
    """

    day: date | None
    binding: Finding | None
    gaps: tuple[NotEvaluated, ...] = ()
    is_evaluated: bool = True


@dataclass(frozen=True)
class WeekPlan:
    """The ranges of a week.

    Parameters
    ----------
    first, last
        Its days.
    usual
        What it is measured by.
    assumed_days
        Unknown days of the past that are taken to be rest, as they would be after another run.
    open
        Findings that are open on the day before.
    longest_run_m
        For each day: the longest single run of the week, were it on that day.
    weekly_distance_m
        Running distance of the week in the runner's usual number of runs, none longer than ``longest_run_m``.
    weekly_load
        Load of such a week, in points of the runner's usual load by kilometre; NaN where it is not known.
    weekly_runs
        How many runs that are.
    hard_day
        The earliest day for a hard session.
    rest_by
        The day that has to be one of rest at the latest.
    """

    first: date
    last: date
    usual: Usual
    assumed_days: int
    open: tuple[Finding, ...]
    longest_run_m: tuple[tuple[date, Limit], ...]
    weekly_distance_m: Limit
    weekly_load: float
    weekly_runs: int
    hard_day: DayLimit
    rest_by: DayLimit


class Planner:
    """Asks the rules about plans for one week of one runner.

    Parameters
    ----------
    history
        Up to the day before ``first``, with at least one day.
    first
        First day of the week.
    """

    def __init__(self, history: History, first: date) -> None:
        self.history, self.first, self.last = history, first, first + timedelta(days=WEEK_D - 1)
        self.days = tuple(first + timedelta(days=n) for n in range(WEEK_D))
        self._future = Future(history, first, self.last + timedelta(days=AFTER_D))
        self.usual = self._future.usual
        yesterday = first - timedelta(days=1)
        said = evaluate(history, start=yesterday)
        self.open = tuple(item for item in said if isinstance(item, Finding) and item.state != "cleared")
        self._at_rest = self._said(())

    def trial(self, planned: Sequence[Planned]) -> Trial:
        """What these sessions, with rest on the other days, would do."""
        said = self._said(planned)
        before = {(item.day, *_key(item)): item for item in self._at_rest if isinstance(item, Finding)}
        open_now = {_key(item) for item in self.open}
        raised: dict[tuple[str, str], Finding] = {}
        kept: dict[tuple[str, str], Finding] = {}
        since: dict[str, date] = {}
        for item in said:
            if not isinstance(item, Finding) or item.state == "cleared":
                continue
            other = before.get((item.day, *_key(item)))
            stood = -1 if other is None or other.state == "cleared" else SEVERITIES.index(other.severity)
            level = SEVERITIES.index(item.severity)
            is_new = item.state == "raised" and (other is None or other.state != "raised")
            if is_new or level > stood:
                group = kept if not is_new and stood < 0 and _key(item) in open_now else raised
                since.setdefault(item.rule_id, item.day)
                known = group.get(_key(item))
                if known is None or level > SEVERITIES.index(known.severity):
                    group[_key(item)] = item
        on = {one.day for one in planned}
        gaps = tuple(item for item in said if isinstance(item, NotEvaluated) and item.day in on)
        kept = {key: item for key, item in kept.items() if key not in raised}
        return Trial(_by_day(raised.values()), _by_day(kept.values()), gaps, since)

    def run(self, day: date, distance_m: float, *, hard: bool = False) -> Planned:
        """A run at the usual speed."""
        return Planned(day, distance_m, self.usual.speed_mps, hard)

    def longest_run(self, day: date, guess: Limit | None = None) -> Limit:
        """The longest single run on a day, with rest on all others; a guess that holds saves most of the asking."""
        if guess is not None and guess.binding is not None:
            above = self.trial([self.run(day, guess.value + STEP_M)]).flags
            at = self.trial([self.run(day, guess.value)])
            if above and above[0].rule_id == guess.binding.rule_id and not at.flags:
                return Limit(guess.value, above[0], guess.tried, guess.gaps, at.told)
        if not self.usual.runs:
            return _nothing()
        top = _floor(TRIED * self._longest_before())
        probe = self.trial([self.run(day, top)])
        gaps = probe.gaps_of(SINGLE_RUN_RULES)
        if not probe.could_judge(SINGLE_RUN_RULES):
            return _nothing(gaps)
        # Where a finding names its own limit, it is asked first.
        named = [finding.numbers["cap_m"] for finding in probe.raised if "cap_m" in finding.numbers]
        return _limit(lambda metres: self.trial([self.run(day, metres)]), top, probe, gaps=gaps, hint=named)

    def week_distance(self, longest_m: float) -> tuple[Limit, int]:
        """The running distance of the week, and in how many runs.

        The week has the usual number of runs and share of the longest, which is at most ``longest_m``, on days as far
        apart as they can be, the first at rest.
        """
        runs = min(max(round(self.usual.weekly_runs), 1), WEEK_D - 1) if self.usual.runs else 0
        if not runs:
            return _nothing(), 0

        def week(metres: float) -> list[Planned]:
            longest = min(max(self.usual.long_share, 1 / runs) * metres, longest_m)
            other = min((metres - longest) / max(runs - 1, 1), longest_m)
            places = np.round(np.linspace(1, WEEK_D - 1, runs)).astype(int).tolist() if runs > 1 else [WEEK_D - 1]
            return [
                self.run(self.days[place], longest if place == places[-1] else other)
                for place in places
                if (longest if place == places[-1] else other) > 0
            ]

        top = _floor(min(TRIED * self.usual.weekly_distance_m, runs * longest_m))
        probe = self.trial(week(top))
        gaps = probe.gaps_of(WEEK_RULES)
        if not probe.could_judge(WEEK_RULES):
            return _nothing(gaps), runs
        return _limit(lambda metres: self.trial(week(metres)), top, probe, gaps=gaps, probes=8), runs

    def hard_day(self) -> DayLimit:
        """The earliest day on which a hard session of usual length raises nothing."""
        if not self.usual.runs:
            return DayLimit(None, None, is_evaluated=False)
        binding = None
        for day in self.days:
            trial = self.trial([self.run(day, self.usual.distance_m, hard=True)])
            if not trial.could_judge(HARD_RULES):
                return DayLimit(None, None, trial.gaps_of(HARD_RULES), is_evaluated=False)
            if not trial.flags:
                return DayLimit(day, binding)
            binding = trial.flags[0]
        return DayLimit(None, binding)

    def rest_by(self) -> DayLimit:
        """The day that has to be one of rest at the latest: the first on which daily training would raise a rule."""
        distance = self.usual.distance_m if self.usual.runs else 5000.0
        speed = self.usual.speed_mps if self.usual.runs else 2.5
        trial = self.trial([Planned(day, distance, speed) for day in self.days])
        mine = [item for item in (*trial.kept, *trial.raised) if item.rule_id in REST_RULES]
        if mine:
            return DayLimit(self.first if mine[0] in trial.kept else trial.since[mine[0].rule_id], mine[0])
        if trial.could_judge(REST_RULES):
            return DayLimit(None, None)
        return DayLimit(None, None, trial.gaps_of(REST_RULES), is_evaluated=False)

    def week(self) -> WeekPlan:
        """All ranges of the week."""
        longest: list[tuple[date, Limit]] = []
        for day in self.days:
            longest.append((day, self.longest_run(day, longest[-1][1] if longest else None)))
        cap = longest[-1][1]  # the longest run of the planned week is on its last day
        most = cap.value if cap.binding else cap.tried
        distance, runs = self.week_distance(most) if cap.is_evaluated else (_nothing(cap.gaps), 0)
        load = self.usual.per_metre.get("load", self.usual.per_metre.get("trimp_banister", math.nan))
        return WeekPlan(
            self.first,
            self.last,
            self.usual,
            self._future.assumed_days,
            self.open,
            tuple(longest),
            distance,
            load * (distance.value if distance.binding else distance.tried),
            runs,
            self.hard_day(),
            self.rest_by(),
        )

    def _said(self, planned: Sequence[Planned]) -> list[Finding | NotEvaluated]:
        return evaluate(self._future.with_runs(planned), start=self.first)

    def _longest_before(self) -> float:
        activities = self.history.activities
        return float(activities.loc[activities["family"] == "run", "distance_m"].iloc[-60:].max())


def _limit(
    trial_at: Callable[[float], Trial],
    top: float,
    at_top: Trial,
    *,
    gaps: tuple[NotEvaluated, ...],
    hint: Sequence[float] = (),
    probes: int = 3,
) -> Limit:
    """Up to where no flag is raised.

    A few values from below find the first that raises one, because a rule may speak in the middle and not above it;
    halving the interval then finds the limit to `STEP_M`.
    """
    good, bad, above, told = 0.0, top, at_top.flags, at_top.told
    hints = {_floor(value) for value in hint}
    probed = sorted({_floor(value) for value in np.linspace(0, top, probes + 2)[1:-1]} | hints)
    below: tuple[Finding, ...] = ()
    for value in [value for value in probed if 0 < value < top]:
        found = trial_at(value)
        if found.flags:
            bad, above = value, found.flags
            break
        good, below = value, found.told
    if not above:
        return Limit(math.nan, None, top, gaps, told)
    if good in hints and good + STEP_M < bad and (found := trial_at(good + STEP_M)).flags:
        bad, above = good + STEP_M, found.flags
    while bad - good > STEP_M + 1e-6:
        middle = _floor((good + bad) / 2)
        found = trial_at(middle)
        if found.flags:
            bad, above = middle, found.flags
        else:
            good, below = middle, found.told
    return Limit(good, above[0], top, gaps, below)


def _floor(metres: float) -> float:
    return math.floor(metres / STEP_M + 1e-9) * STEP_M


def _nothing(gaps: tuple[NotEvaluated, ...] = ()) -> Limit:
    return Limit(math.nan, None, math.nan, gaps)


def _key(item: Finding | NotEvaluated) -> tuple[str, str]:
    return item.rule_id, getattr(item, "subject", "")


def _by_day(findings: object) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda item: (item.day, item.rule_id)))  # type: ignore[call-overload]
