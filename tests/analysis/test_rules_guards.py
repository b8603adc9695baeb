"""What all rules share: settings, tags, causes, hysteresis, the word for the day, and input that makes no sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stridelab.analysis.history import TAG_COLUMNS, History
from stridelab.analysis.rules import RULES, SEVERITIES, Finding, NotEvaluated, day_word, evaluate, grouped
from stridelab.analysis.rules.page import rules_page
from stridelab.analysis.rules.pain import SIGNS, URGENT, says
from stridelab.analysis.rules.rule import Verdicts
from stridelab.analysis.rules.states import event_states, state_states
from stridelab.errors import StridelabError

from .conftest import MakeHistory
from .rule_cases import CASES, FIRST, log_of, nights_of, on, runs, tags_of, wave

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
BY_RULE = {case.rule: case for case in CASES}


def findings_of(history: History, rule: str) -> list[Finding]:
    return [f for f in evaluate(history) if isinstance(f, Finding) and f.rule_id == rule]


def verdicts_of(severity: list[int], *, not_judged: tuple[int, ...] = (), keeps: tuple[int, ...] = ()) -> Verdicts:
    n = len(severity)
    reason = np.full(n, "", dtype=object)
    reason[list(not_judged)] = "why"
    none = np.zeros(n, dtype=np.int64)
    return Verdicts(
        severity=np.array(severity, dtype=np.int64),
        reason_key=reason,
        message_key=reason,
        numbers={},
        known=none,
        assumed=none,
        needed=0,
        window=0,
        keeps=np.isin(np.arange(n), keeps),
    )


# ---------------------------------------------------------------- thresholds and settings


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_every_threshold_names_what_it_decides_its_grade_and_its_source(rule: object) -> None:
    found = next(one for one in RULES if one is rule)
    assert found.question.endswith("?")
    assert found.evidence
    assert found.source
    assert found.needs
    assert len({threshold.name for threshold in found.thresholds}) == len(found.thresholds)
    for threshold in found.thresholds:
        assert threshold.meaning
        assert (threshold.grade or found.grade) in "ABCD"
    assert list(found.severities) == sorted(found.severities, key=SEVERITIES.index)
    assert "urgent" not in found.severities or found.number == 20


def test_a_moved_threshold_is_used_and_said(make_history: MakeHistory) -> None:
    history = BY_RULE["session_spike"].build(make_history)
    moved = replace(history, settings={"rules": {"session_spike": {"watch_ratio": 1.2}}})

    found = findings_of(moved, "session_spike")[0].numbers
    assert (found["own_watch_ratio"], found["published_watch_ratio"]) == (1.2, 1.1)
    assert found["cap_m"] == pytest.approx(12_000)
    silent = replace(history, settings={"rules": {"session_spike": {"watch_ratio": 1.6}}})
    assert not findings_of(silent, "session_spike")
    assert not [name for name in findings_of(history, "session_spike")[0].numbers if name.startswith("own_")]


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"rules": {"no_such_rule": {}}}, "no rule 'no_such_rule'"),
        ({"rules": {"session_spike": {"ratio": 1.2}}}, "no threshold 'ratio'"),
        ({"rules": {"session_spike": {"watch_ratio": "much"}}}, "expected a number"),
        ({"rules": {"session_spike": {"watch_ratio": float("nan")}}}, "expected a number"),
        ({"rules": {"session_spike": {"enabled": 1}}}, "true or false"),
        ({"rules": {"session_spike": 1.2}}, "expected a table"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    settings: dict[str, object], word: str, make_history: MakeHistory
) -> None:
    with pytest.raises(StridelabError, match=word):
        evaluate(replace(make_history([]), settings=settings))


# ---------------------------------------------------------------- hysteresis


def test_three_hits_raise_two_misses_clear_and_a_week_is_silent() -> None:
    states = state_states(verdicts_of([1] * 3 + [-1] * 2 + [1] * 12), hits_to_raise=3)
    assert {day: state for day, (state, *_) in states.items() if state != "held"} == {
        2: "raised",
        4: "cleared",
        12: "raised",
    }


def test_days_that_are_near_or_not_judged_neither_clear_nor_raise() -> None:
    near = state_states(verdicts_of([1, 1, 1, -1, -1, -1, -1], keeps=(3, 4, 5)), hits_to_raise=3)
    assert [near[day][0] for day in range(2, 7)] == ["raised", "held", "held", "held", "held"]
    unknown = state_states(verdicts_of([1, 1, -1, -1, 1, 1], not_judged=(2, 3)), hits_to_raise=3)
    assert {day: state for day, (state, *_) in unknown.items()} == {4: "raised", 5: "held"}


def test_a_flag_of_which_nothing_is_known_any_more_is_closed() -> None:
    states = state_states(verdicts_of([1] * 3 + [-1] * 20 + [1], not_judged=tuple(range(3, 23))), hits_to_raise=3)
    assert {day: state for day, (state, *_) in states.items()} == {2: "raised", 16: "cleared"}


def test_an_event_that_renews_is_prolonged_by_its_like_and_raised_by_worse() -> None:
    states = event_states(verdicts_of([-1, 1, -1, 1, 2, -1, -1, -1]), 3, renews=True)
    assert [states[day][:2] for day in range(1, 8)] == [
        ("raised", "watch"), ("held", "watch"), ("held", "watch"), ("raised", "act"), ("held", "act"), ("held", "act"),
        ("cleared", "act"),
    ]  # fmt: skip


# ---------------------------------------------------------------- tags


def test_a_race_is_for_information_only(make_history: MakeHistory) -> None:
    history = BY_RULE["session_spike"].build(make_history)
    race = findings_of(replace(history, tags=tags_of("race", [60])), "session_spike")
    assert {f.severity for f in race} == {"info"}
    assert race[0].tags == ("race",)
    one = history.activities["activity_id"].iloc[-1]
    of_run = pd.DataFrame([(pd.NaT, one, "race")], columns=list(TAG_COLUMNS)).astype(dict(TAG_COLUMNS))
    assert {f.severity for f in findings_of(replace(history, tags=of_run), "session_spike")} == {"info"}


def test_noted_illness_softens_the_markers_and_suppresses_the_conclusion(make_history: MakeHistory) -> None:
    history = BY_RULE["possible_overreaching"].build(make_history)
    ill = replace(history, log=log_of(*((day, "illness", None, None) for day in range(70, 110))))
    assert not findings_of(ill, "possible_overreaching")
    raised = findings_of(ill, "resting_heart_rate_raised")
    assert raised
    assert {f.severity for f in raised if f.state != "cleared"} == {"info"}
    assert {f.tags for f in raised} == {("illness",)}


@pytest.mark.parametrize("how", ["source", "tag"])
def test_another_watch_raises_nothing(how: str, make_history: MakeHistory) -> None:
    old, new = 50 + wave(60, 1), 60 + wave(60, 1, 2)
    other = "new watch" if how == "source" else "watch"
    nights = [
        nights_of("resting_heart_rate_bpm", list(old)),
        nights_of("resting_heart_rate_bpm", list(new), other, first=60),
        nights_of("hrv_rmssd_ms", list(110 - old)),
        nights_of("hrv_rmssd_ms", list(110 - new), other, first=60),
    ]
    days = np.arange(0, 120, 2)
    changed = days >= 60
    form = {
        "flat_cadence_spm": np.where(changed, 160, 172) + wave(60, 0.8),
        "flat_ground_contact_time_ms": np.where(changed, 262, 240) + wave(60, 2),
        "flat_ground_contact_balance_pct": np.where(changed, 48, 50.5) + wave(60, 0.2),
    }
    source = list(np.where(changed, other, "watch"))
    rows = runs(list(days), flat_speed_mps=3.0, dynamics_source=source, device=source, **form)
    tags = tags_of("new_device", [60] if how == "tag" else [])
    history = make_history(rows, wellness=pd.concat(nights, ignore_index=True), tags=tags)

    loud = [f for f in evaluate(history, start=on(60)) if isinstance(f, Finding) and f.severity != "info"]
    assert not loud
    control = [f for f in evaluate(replace(history, tags=tags_of("race", []))) if isinstance(f, Finding)]
    assert how == "source" or [f for f in control if f.severity != "info"]


def test_two_pods_worn_in_turn_are_two_norms(make_history: MakeHistory) -> None:
    days = np.arange(0, 120, 2)
    blue = days % 4 == 0
    rows = runs(
        list(days),
        flat_speed_mps=3.0,
        flat_ground_contact_time_ms=np.where(blue, 240, 262) + wave(60, 2),
        dynamics_source=list(np.where(blue, "blue pod", "red pod")),
    )
    assert not findings_of(make_history(rows), "form_change")


# ---------------------------------------------------------------- one cause, one flag


def test_what_has_one_cause_has_one_leading_flag(make_history: MakeHistory) -> None:
    history = BY_RULE["possible_overreaching"].build(make_history)
    found = [f for f in evaluate(history) if isinstance(f, Finding)]
    during = {f.day for f in found if f.rule_id == "possible_overreaching" and f.state != "cleared"}
    parts = {f.rule_id for f in found if f.part_of == "possible_overreaching"}

    assert parts == {"hrv_below_baseline", "resting_heart_rate_raised", "efficiency_falling"}
    for day in during:
        assert [f.rule_id for f in found if f.day == day and f.severity != "info"] == ["possible_overreaching"]
    groups = [group for group in grouped(found) if group.severity != "info"]
    assert len(groups) == 1
    assert groups[0].rules[0] == "possible_overreaching"
    assert groups[0].start < min(during)


def test_a_week_of_spikes_is_one_cause(make_history: MakeHistory) -> None:
    days = np.arange(0, 90, 2)
    much = days == 70
    loads = {f"mechanical_load_m{m}": np.where(much, 6.0, 1.0) * 10.0**m for m in (4, 7, 10)}
    rows = runs(list(days), distance_m=np.where(much, 16_000.0, 10_000.0), mechanical_load_basis="measured", **loads)
    found = [f for f in evaluate(make_history(rows)) if isinstance(f, Finding) and f.day == on(70)]
    assert {(f.rule_id, f.severity, f.part_of) for f in found} == {
        ("session_spike", "watch", ""),
        ("mechanical_load_spike", "info", "session_spike"),
    }


# ---------------------------------------------------------------- the word for the day


def test_the_word_for_a_day_lists_what_it_is_built_from(make_history: MakeHistory) -> None:
    history = BY_RULE["hard_sessions_too_close"].build(make_history)
    word = day_word(evaluate(history, start=on(60), end=on(60)))
    assert (word.key, [f.rule_id for f in word.findings]) == ("ease_off", ["hard_sessions_too_close"])
    assert 0 < word.judged < word.rules == len(RULES)
    quiet = day_word(evaluate(history, start=on(40), end=on(40)))
    assert (quiet.key, quiet.findings) == ("nothing_stands_out", ())


def test_silence_of_rules_that_could_not_judge_is_no_good_news() -> None:
    silent = [NotEvaluated(rule.id, FIRST, "day_unknown") for rule in RULES[:18]]
    assert day_word(silent, rules=len(RULES)).key == "too_little_known"


# ---------------------------------------------------------------- what the athlete writes


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Chest pain on the last hill", "chest_pain"),
        ("tightness in my chest", "chest_pain"),
        ("Brustschmerzen beim Anstieg", "chest_pain"),
        ("fainted after the finish", "fainting"),
        ("kurz ohnmächtig", "fainting"),
    ],
)
def test_only_what_is_urgent_is_urgent(text: str, sign: str, make_history: MakeHistory) -> None:
    history = make_history(runs(range(0, 20, 2)), log=log_of((10, "note", None, text)))
    found = findings_of(history, "see_a_professional")
    assert (found[0].day, found[0].severity, found[0].subject) == (on(10), "urgent", sign)


@pytest.mark.parametrize(
    "text", ["no chest pain any more", "felt faint praise", "ohne Brustschmerz", "swell of cheers?"]
)
def test_what_is_denied_or_means_something_else_is_not_urgent(text: str) -> None:
    assert not any(says(text, pattern) for pattern in URGENT.values())


def test_signs_are_read_unless_denied() -> None:
    assert says("knee swollen and it locks", SIGNS["swelling"])
    assert says("knee swollen and it locks", SIGNS["locking"])
    assert not says("no swelling, no limping", SIGNS["limping"])
    assert says("no swelling. Limping though", SIGNS["limping"])
    assert says("kann nur hinken", SIGNS["limping"])


def test_pain_is_counted_once_a_day_and_by_its_worst(make_history: MakeHistory) -> None:
    # Three entries of one day are one day; contradictory ones count by the worst.
    one_day = [(20, "pain", value, None) for value in (0.0, 6.0, 4.0)]
    history = make_history(runs(range(0, 30, 2)), log=log_of(*one_day))
    assert not findings_of(history, "see_a_professional")
    three = log_of(*one_day, (22, "pain", 3.0, None), (24, "pain", 0.0, None), (25, "pain", 8.0, None))
    found = findings_of(replace(history, log=three), "see_a_professional")
    assert (found[0].day, found[0].numbers["pain"], found[0].numbers["pain_days"]) == (on(25), 8.0, 3.0)


def test_a_pain_out_of_range_is_said_and_counts_for_nothing(make_history: MakeHistory) -> None:
    log = log_of(*((day, "pain", value, None) for day, value in ((20, 11.0), (21, -2.0), (22, 99.0), (23, 4.0))))
    said = [f for f in evaluate(make_history(runs(range(0, 30, 2)), log=log)) if f.rule_id == "see_a_professional"]
    assert not [f for f in said if isinstance(f, Finding)]
    wrong = [f.day for f in said if isinstance(f, NotEvaluated) and f.reason_key == "pain_out_of_range"]
    assert wrong == [on(20), on(21), on(22)]


def test_an_act_flag_that_stays_open_goes_to_a_professional(make_history: MakeHistory) -> None:
    found = [f for f in evaluate(make_history(runs([*range(0, 20, 2), *range(20, 50)]))) if isinstance(f, Finding)]
    own = [f for f in found if f.rule_id == "see_a_professional"]
    assert (own[0].message_key, own[0].subject) == ("act_flag_stays_open", "consecutive_training_days")
    assert own[0].numbers["open_days"] == 15
    streak = [f for f in found if f.rule_id == "consecutive_training_days" and f.day == own[0].day]
    assert streak[0].part_of == "see_a_professional"


# ---------------------------------------------------------------- histories that hold next to nothing


def test_three_days_of_data_raise_nothing(make_history: MakeHistory) -> None:
    nights = nights_of("resting_heart_rate_bpm", [50.0, 90.0, 50.0])
    said = evaluate(make_history(runs([0, 1, 2], distance_m=[3000.0, 30_000.0, 3000.0], rpe=5.0), wellness=nights))
    assert not [f for f in said if isinstance(f, Finding)]
    assert {f.rule_id for f in said} >= {"session_spike", "hrv_below_baseline", "monotony_strain", "cadence_drop"}


def test_dates_in_the_future_belong_to_no_day(make_history: MakeHistory) -> None:
    log = log_of(*((day, "pain", 8.0, "chest pain") for day in (400, 401, 402)))
    history = make_history(runs(range(0, 30, 2)), log=log, tags=tags_of("race", [500]), until=on(30))
    said = evaluate(history)
    assert not [f for f in said if isinstance(f, Finding)]
    assert max(f.day for f in said) == on(30)


def test_a_log_that_contradicts_itself_raises_nothing(make_history: MakeHistory) -> None:
    entries = [(day, kind, None, None) for day in range(30) for kind in ("rest", "illness", "race")]
    history = make_history(runs(range(0, 30, 2)), log=log_of(*entries, (5, "pain", None, None), (6, "rpe", 4.0, None)))
    assert not [f for f in evaluate(history) if isinstance(f, Finding)]


def test_days_without_data_raise_nothing_that_the_data_do_not(make_history: MakeHistory) -> None:
    # Every Sunday the long run; all of every second Sunday is lost, with its night.
    whole = [day for day in range(120) if day % 7 not in (0, 3)]
    long = [10_000.0 if day % 7 != 6 else 16_000.0 + 60.0 * day for day in whole]
    nights = nights_of("resting_heart_rate_bpm", list(50 + wave(120, 1)))
    rows = runs(whole, distance_m=long)
    assert not findings_of(make_history(rows, wellness=nights), "session_spike")
    lost = {day for day in range(120) if day % 14 == 6 or day % 11 == 5 or 60 <= day < 78}
    kept = [row for row in rows if row["day"] not in lost]
    seen = nights[~nights["local_date"].isin([pd.Timestamp(on(day)) for day in lost])]
    holey = make_history(kept, wellness=seen.reset_index(drop=True), until=date(2026, 4, 30))
    assert not findings_of(holey, "session_spike")
    reasons = {f.reason_key for f in evaluate(holey) if isinstance(f, NotEvaluated) and f.rule_id == "session_spike"}
    assert "days_missing" in reasons


# ---------------------------------------------------------------- the page


def test_the_page_is_made_from_the_rules() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "python -m stridelab.analysis.rules.page > docs/rules.md"
