from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from stridelab.analysis.rules import Finding, NotEvaluated
from stridelab.dashboards.report.episodes import episodes, gaps, touching


def on(finding: Finding, days: int, state: str, **changes: object) -> Finding:
    return replace(finding, day=finding.day + timedelta(days=days), state=state, **changes)  # type: ignore[arg-type]


def test_raised_held_cleared_is_one_episode(spike: Finding) -> None:
    told = [on(spike, 0, "raised"), on(spike, 1, "held"), on(spike, 2, "cleared")]

    (episode,) = episodes(reversed(told))

    assert (episode.start, episode.last) == (date(2026, 11, 14), date(2026, 11, 16))
    assert episode.cleared_on == date(2026, 11, 16)
    assert not episode.is_open


def test_a_new_hit_ends_the_episode_before_it(spike: Finding) -> None:
    told = [on(spike, 0, "raised"), on(spike, 1, "held"), on(spike, 2, "raised"), on(spike, 3, "held")]

    first, second = episodes(told)

    assert first.replaced_on == date(2026, 11, 16)
    assert not first.is_open
    assert second.is_open


def test_the_gravest_and_latest_news_tells_the_episode(spike: Finding) -> None:
    told = [
        on(spike, 0, "raised", numbers={"days": 7.0}),
        on(spike, 3, "held", severity="act", numbers={"days": 10.0}),
        on(spike, 4, "held", severity="act", numbers={"days": 11.0}),
        on(spike, 5, "held", severity="act", numbers={"days": 11.0}),
        on(spike, 6, "cleared", severity="act", numbers={"days": 11.0}),
    ]

    (episode,) = episodes(told)

    assert episode.main.day == date(2026, 11, 18)
    assert episode.main.numbers == {"days": 11.0}


def test_what_touches_a_period(spike: Finding) -> None:
    joined = episodes([on(spike, 0, "raised"), on(spike, 1, "held"), on(spike, 2, "cleared")])

    assert touching(joined, date(2026, 11, 16), date(2026, 11, 20)) == joined
    assert touching(joined, date(2026, 11, 17), date(2026, 11, 20)) == ()


def test_gaps_join_a_rule_and_its_reason() -> None:
    days = [date(2026, 11, d) for d in (2, 4, 9)]
    told = [NotEvaluated("session_spike", day, "no_reference", {"runs_30d": float(day.day)}) for day in days]
    told.append(NotEvaluated("session_spike", days[0], "too_few_known_days"))

    found = gaps(told, date(2026, 11, 1), date(2026, 11, 8))

    assert [(gap.last.reason_key, gap.days) for gap in found] == [("no_reference", 2), ("too_few_known_days", 1)]
    assert found[0].last.numbers == {"runs_30d": 4.0}
