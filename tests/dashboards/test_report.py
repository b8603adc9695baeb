from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date

import pytest

from stridelab.analysis.history import History
from stridelab.analysis.rules import evaluate
from stridelab.analysis.weeks import weekly_table
from stridelab.athlete import Athlete
from stridelab.dashboards.report import Report, weekly_report
from stridelab.errors import UsageError


def row(report: Report, key: str) -> tuple[float, float, float]:
    found = next(c for c in report.comparisons if c.key == key)
    return found.this_week, found.last_week, found.reference_mean


def test_the_numbers_of_two_known_weeks(two_weeks: History) -> None:
    report = weekly_report(two_weeks, evaluate(two_weeks))

    assert report.week == "2026-W46"
    assert row(report, "sessions") == (4, 3, 3)
    assert row(report, "distance_run_m") == (40_000, 30_000, 30_000)
    assert row(report, "timer_time_s") == (270 * 60, 180 * 60, 180 * 60)
    assert row(report, "longest_run_m") == (15_000, 12_000, 12_000)
    assert row(report, "strength_sessions") == (1, 0, 0)
    assert row(report, "cross_training_share")[0] == pytest.approx(30 / 270)
    assert report.load_coverage == pytest.approx(180 / 270)
    weeks = weekly_table(two_weeks)
    assert (report.ctl, report.atl, report.tsb) == tuple(weeks[["ctl", "atl", "tsb"]].iloc[-1])


def test_the_days_of_the_week_have_state_and_basis(two_weeks: History) -> None:
    days = weekly_report(two_weeks).days

    assert [day.day.day for day in days] == [9, 10, 11, 12, 13, 14, 15]
    assert [day.state for day in days][:3] == ["trained", "rest", "trained"]
    assert (days[1].basis, days[0].basis) == ("assumed", "recorded")


def test_what_is_missing_assumed_or_estimated_is_said(two_weeks: History) -> None:
    basis = " ".join(weekly_report(two_weeks).basis)

    assert "Maximal heart rate 160 bpm: estimated" in basis
    assert "Resting heart rate 60 bpm: assumed" in basis
    assert "TRIMP is known for 67 % of the training time" in basis
    assert "Rest is assumed on" in basis


def test_days_to_come_are_not_rest(make_history: Callable[..., History]) -> None:
    report = weekly_report(make_history([(0, "run", 8, 48, 140), (1, "run", 8, 48, 140)]))

    assert [day.state for day in report.days] == ["trained", "trained", *["ahead"] * 5]
    assert "known up to Tue 3 Nov 2026" in " ".join(report.basis)


def test_the_default_is_the_last_week_with_data(make_history: Callable[..., History]) -> None:
    history = make_history([(0, "run", 8, 48, 140)], until=date(2026, 11, 30))

    assert weekly_report(history).week == "2026-W45"
    assert weekly_report(history, week="2026-W48").days[0].state == "unknown"


def test_weeks_nobody_knows_are_not_counted_as_zero(make_history: Callable[..., History]) -> None:
    history = make_history([(0, "run", 8, 48, 140), (28, "run", 8, 48, 140)])

    report = weekly_report(history)

    assert row(report, "distance_run_m")[2] == 8000
    assert next(c for c in report.comparisons if c.key == "distance_run_m").reference_weeks == 1


def test_an_empty_history_says_that_there_is_nothing_yet() -> None:
    report = weekly_report(History(Athlete("me")), [])

    assert report.is_empty
    for text in (report.to_text(), report.to_markdown(), report.to_html()):
        assert "nothing here yet" in text
        assert "stridelab import" in text
    assert report.to_dict()["week"] is None


@pytest.mark.parametrize("week", ["2026-W30", "2027-W01"])
def test_a_week_outside_the_data_names_the_weeks_there_are(two_weeks: History, week: str) -> None:
    with pytest.raises(UsageError, match="2026-W45 to 2026-W46"):
        weekly_report(two_weeks, week=week)


@pytest.mark.parametrize("week", ["last", "2026-W60", "2026-11-09", ""])
def test_what_is_no_week_is_refused(two_weeks: History, week: str) -> None:
    with pytest.raises(UsageError, match="ISO week such as 2026-W47"):
        weekly_report(two_weeks, week=week)


def test_unknown_units_are_refused(two_weeks: History) -> None:
    with pytest.raises(UsageError, match="km or mi"):
        weekly_report(two_weeks, units="m")


def test_all_renderers_say_the_same(season: History) -> None:
    report = weekly_report(season, evaluate(season))
    pages = {
        "text": report.to_text(width=400),
        "markdown": report.to_markdown().replace("\\", ""),
        "html": re.sub(r"&#39;|&#34;", "'", re.sub(r"\s+", " ", report.to_html())),
    }

    week = weekly_table(season).iloc[-1]
    numbers = [f"{week['distance_run_m'] / 1000:.1f} km", f"{week['trimp_banister']:,.0f}"]
    expected = [report.heading, *numbers, "Zone 5, 90 % of maximum and above", *report.basis]
    for card in report.cards:
        expected += [
            card.title,
            card.severity_text,
            card.status,
            card.sentence,
            card.clears,
            card.coverage,
            card.source,
        ]
    loud = {card.rule_id for card in report.cards if card.severity_text != "for information"}
    assert loud == {"session_spike", "consecutive_training_days"}
    assert report.word is not None
    expected.append(report.word_text)
    for name, page in pages.items():
        for words in expected:
            assert words.lower() in page.lower(), (name, words)
        for day in report.days:
            assert f"{day.day:%a} {day.day.day}" in page


def test_rules_that_were_not_evaluated_stand_apart(season: History) -> None:
    report = weekly_report(season, evaluate(season), week=str(weekly_table(season).index[0]))

    assert report.flags == ()
    assert any("too few to compare with" in said for said in report.not_evaluated)
    for page in (report.to_text(), report.to_markdown(), report.to_html()):
        assert "Not evaluated" in page


def test_a_past_week_is_told_as_it_looked_then(season: History) -> None:
    weeks = weekly_table(season)

    def days_in_a_row(week: str) -> float:
        report = weekly_report(season, evaluate(season), week=week)
        (episode,) = (e for e in report.flags if e.rule_id == "consecutive_training_days")
        return float(episode.main.numbers["days"])

    assert days_in_a_row(weeks.index[-2]) == days_in_a_row(weeks.index[-1]) - 7


def test_terminal_text_fits_its_width_and_has_no_colour_unless_asked(season: History) -> None:
    report = weekly_report(season, evaluate(season))

    plain = report.to_text(width=80)

    assert max(map(len, plain.splitlines())) <= 80
    assert "\x1b" not in plain
    coloured = report.to_text(width=80, color=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured).split() == plain.split()


def test_plain_data_is_json_with_si_numbers(season: History) -> None:
    data = json.loads(json.dumps(weekly_report(season, evaluate(season), units="mi").to_dict(), allow_nan=False))
    weeks = weekly_table(season)

    assert data["week"] == weeks.index[-1]
    assert data["numbers"]["distance_run_m"]["this_week"] == pytest.approx(weeks["distance_run_m"].iloc[-1])
    spike = next(flag for flag in data["flags"] if flag["rule_id"] == "session_spike")
    assert spike["numbers"]["ratio"] > 1.1
    assert spike["open"] is True
    assert data["days"][0]["state"] == "trained"


def test_unknown_numbers_are_null_and_dashes(make_history: Callable[..., History]) -> None:
    report = weekly_report(make_history([(0, "run", 8, 48, None)]))

    assert report.to_dict()["numbers"]["trimp_banister"]["this_week"] is None
    assert "Zone 1" not in report.to_text()
    assert re.search(r"TRIMP \(Banister\)\s+–\s", report.to_text())


def test_miles(two_weeks: History) -> None:
    text = weekly_report(two_weeks, units="mi").to_text()

    assert "24.9 mi" in text
    assert " km" not in text


def test_html_is_self_contained_and_escapes_names(make_history: Callable[..., History]) -> None:
    report = weekly_report(make_history([(0, "run", 8, 48, 140)], key="<script>alert(1)</script>"))

    page = report.to_html()

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert "\\<script\\>" in report.to_markdown()
