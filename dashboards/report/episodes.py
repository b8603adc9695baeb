"""Findings come one a day; people read episodes: one rule from the day it is raised to the day it clears."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from stridelab.analysis.rules.finding import SEVERITIES, Finding, NotEvaluated


@dataclass(frozen=True)
class Episode:
    """One rule, raised once, and every day it lasted.

    Parameters
    ----------
    findings
        In the order of their days; the last is ``cleared`` where the episode is over.
    replaced_on
        The day the same rule was raised anew before this episode had cleared; None otherwise.
    """

    findings: tuple[Finding, ...]
    replaced_on: date | None = None

    @property
    def rule_id(self) -> str:
        """The rule."""
        return self.findings[0].rule_id

    @property
    def start(self) -> date:
        """The day it was raised."""
        return self.findings[0].day

    @property
    def last(self) -> date:
        """The last day it was said."""
        return self.findings[-1].day

    @property
    def cleared_on(self) -> date | None:
        """The day it cleared; None while it is open."""
        return self.last if self.findings[-1].state == "cleared" else None

    @property
    def is_open(self) -> bool:
        """Whether it still holds on its last day."""
        return self.cleared_on is None and self.replaced_on is None

    @property
    def main(self) -> Finding:
        """The finding that tells the episode: the gravest, of equals the latest that said something new.

        A held finding repeats the numbers of the day that caused it, so the first with its numbers is that day's own.
        """
        said = [f for f in self.findings if f.state != "cleared"] or list(self.findings)
        gravest = max(SEVERITIES.index(f.severity) for f in said)
        candidates = [f for f in said if SEVERITIES.index(f.severity) == gravest]
        return next(f for f in candidates if f.numbers == candidates[-1].numbers)


@dataclass(frozen=True)
class Gap:
    """A rule that could not be judged for one reason, on one day or several."""

    entries: tuple[NotEvaluated, ...]

    @property
    def last(self) -> NotEvaluated:
        """The latest day; its numbers stand for all."""
        return self.entries[-1]

    @property
    def days(self) -> int:
        """How many days."""
        return len({entry.day for entry in self.entries})


def episodes(findings: Iterable[Finding | NotEvaluated]) -> tuple[Episode, ...]:
    """Findings of every rule joined to episodes, by start; `NotEvaluated` is left out.

    An episode begins where a finding is ``raised`` and ends with ``cleared``.
    """
    ordered = sorted((f for f in findings if isinstance(f, Finding)), key=lambda f: f.day)
    running: dict[str, list[Finding]] = {}
    done: list[Episode] = []
    for finding in ordered:
        current = running.setdefault(finding.rule_id, [])
        if finding.state == "raised" and current:
            done.append(Episode(tuple(current), replaced_on=finding.day))
            current = running[finding.rule_id] = []
        current.append(finding)
        if finding.state == "cleared":
            done.append(Episode(tuple(running.pop(finding.rule_id))))
    done += [Episode(tuple(still_open)) for still_open in running.values()]
    return tuple(sorted(done, key=lambda e: (e.start, e.rule_id)))


def touching(all_episodes: Sequence[Episode], first: date, last: date) -> tuple[Episode, ...]:
    """The episodes that were raised, held or cleared between two days, both included."""
    return tuple(e for e in all_episodes if any(first <= f.day <= last for f in e.findings))


def gaps(findings: Iterable[Finding | NotEvaluated], first: date, last: date) -> tuple[Gap, ...]:
    """What could not be evaluated between two days, joined by rule and reason."""
    grouped: dict[tuple[str, str], list[NotEvaluated]] = {}
    for entry in findings:
        if isinstance(entry, NotEvaluated) and first <= entry.day <= last:
            grouped.setdefault((entry.rule_id, entry.reason_key), []).append(entry)
    return tuple(Gap(tuple(sorted(found, key=lambda e: e.day))) for _, found in sorted(grouped.items()))
