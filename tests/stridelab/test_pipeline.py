from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from stridelab import pipeline
from stridelab.athlete import Athlete, athlete_value
from stridelab.issues import IssueCode

Recording = Callable[..., bytes]

pytestmark = pytest.mark.usefixtures("fake_readers")


def test_a_recording_is_read_and_derived(recording: Recording) -> None:
    derived = pipeline.derive("a.fit", recording({"full": True}, {"start_s": 500}))
    assert (derived.outcome, len(derived.activities)) == ("imported", 2)
    first = derived.activities[0]
    assert first.session["activity_id"] == first.activity.id
    assert first.heart_rate_seconds.shape == (256,)
    assert first.heart_rate_seconds.sum() == 110  # ten seconds of pause
    assert first.sets["exercise"].tolist() == ["leg_press"]
    assert derived.source is not None
    assert derived.source.name == "a.fit"


def test_only_damage_makes_a_file_salvaged(recording: Recording) -> None:
    assert pipeline.derive("a.fit", recording({})).damage == ()
    cut = pipeline.derive("a.fit", recording({}, issues=["truncated", "duplicate-time", "bad-crc"]))
    assert [issue.code for issue in cut.damage] == [IssueCode.TRUNCATED, IssueCode.BAD_CRC]
    assert [issue.code for issue in pipeline.derive("a.fit", recording({"full": True})).damage] == ["truncated"]


@pytest.mark.parametrize(
    ("name", "spec", "outcome", "kind"),
    [
        ("a.fit", {"kind": "monitoring"}, "not_of_interest", "monitoring"),
        ("a.fit", {}, "not_of_interest", "empty_activity"),
        ("a.fit", {"kind": "sleep", "wellness": ["2026-05-04"]}, "imported", "sleep"),
    ],
)
def test_files_without_activities(recording: Recording, name: str, spec: dict, outcome: str, kind: str) -> None:
    derived = pipeline.derive(name, recording(**spec))
    assert (derived.outcome, derived.kind) == (outcome, kind)


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("a.fit", "unreadable"), ("a.TCX", "unreadable"), ("a.gpx.gz", "unreadable"), ("a.jpg", "not_of_interest")],
)
def test_foreign_content_is_judged_by_what_the_name_claims(name: str, outcome: str) -> None:
    derived = pipeline.derive(name, b"<html>")
    assert derived.outcome == outcome
    assert derived.kind == ("not a recording" if outcome == "not_of_interest" else "")
    assert bool(derived.reason) == (outcome == "unreadable")


def test_known_content_that_is_damaged_is_unreadable_whatever_its_name(recording: Recording) -> None:
    assert pipeline.derive("a.bin", recording(fails="read")).reason == "damaged beyond use"


def test_a_mistake_in_a_reader_is_told_and_costs_one_file(recording: Recording) -> None:
    derived = pipeline.derive("a.fit", recording(fails="badly"))
    assert derived.outcome == "unreadable"
    assert derived.reason == "internal error: ZeroDivisionError: a mistake in a reader"


def test_a_panic_that_is_no_exception_costs_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        pass

    def panic(*_: object, **__: object) -> None:
        raise Panic("called `Option::unwrap()` on a `None` value")

    monkeypatch.setattr("stridelab.importers.read", panic)
    assert pipeline.derive("a.fit", b"").reason.startswith("internal error: Panic")


def test_an_interrupt_is_no_problem_of_the_file(recording: Recording) -> None:
    with pytest.raises(KeyboardInterrupt):
        pipeline.derive("a.fit", recording(fails="interrupt"))


def test_strict_refuses_what_is_damaged(recording: Recording) -> None:
    assert pipeline.derive("a.fit", recording({}, issues=["truncated"]), policy="strict").outcome == "unreadable"
    assert pipeline.derive("a.fit", recording({}), policy="strict").outcome == "imported"


def test_the_athletes_zone_is_the_last_resort(recording: Recording) -> None:
    athlete = Athlete("me", (athlete_value("timezone", "Asia/Tokyo"),))
    away, home = {"utc_offset_s": 0, "timezone_source": "file"}, {}
    derived = pipeline.derive("a.fit", recording(home, away), athlete=athlete)
    assert [item.activity.utc_offset_s for item in derived.activities] == [9 * 3600, 0]
    assert [item.activity.timezone_source for item in derived.activities] == ["athlete", "file"]
    unknown = pipeline.derive("a.fit", recording(home)).activities[0]
    assert unknown.activity.utc_offset_s is None
    assert np.isnan(unknown.session["utc_offset_s"])
