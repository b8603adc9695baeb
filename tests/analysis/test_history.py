"""History: loads, heart-rate limits, days and weeks."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import WELLNESS_COLUMNS
from stridelab.analysis.days import rest_may_be_assumed
from stridelab.analysis.history import LOG_COLUMNS
from stridelab.analysis.load import banister_trimp
from stridelab.analysis.weeks import weekly_table
from stridelab.athlete import Athlete, athlete_value

from .conftest import MakeHistory

GIVEN = Athlete(
    values=(
        athlete_value("max_heart_rate_bpm", 190),
        athlete_value("resting_heart_rate_bpm", 50),
        athlete_value("sex", "male"),
    )
)


def wellness(days: list[str], metric: str = "resting_heart_rate_bpm", value: float = 48.0) -> pd.DataFrame:
    table = pd.DataFrame({"local_date": pd.to_datetime(days), "metric": metric, "value": value, "unit": "bpm"})
    table["source"], table["context"], table["time"] = "watch", "night", pd.NaT
    return table[list(WELLNESS_COLUMNS)]


def log(days: list[str], kind: str) -> pd.DataFrame:
    table = pd.DataFrame({"date": pd.to_datetime(days), "kind": kind})
    return table.reindex(columns=list(LOG_COLUMNS))


def test_trimp_of_a_session_is_that_of_its_samples(make_history: MakeHistory) -> None:
    history = make_history([{"day": 0}], athlete=GIVEN)
    expected = banister_trimp([140.0], [3000.0], resting_heart_rate_bpm=50, max_heart_rate_bpm=190, sex="male")
    assert history.activities["trimp_banister"].tolist() == pytest.approx([expected])
    assert history.activities["heart_rate_zone_3_s"].tolist() == [3000.0]


def test_a_changed_maximum_holds_from_its_day(make_history: MakeHistory) -> None:
    athlete = GIVEN.with_values([athlete_value("max_heart_rate_bpm", 180, valid_from=date(2026, 1, 5))])
    loads = make_history([{"day": 0}, {"day": 6}], athlete=athlete).activities["trimp_banister"]
    assert loads[1] > loads[0]


def test_too_little_heart_rate_gives_no_load(make_history: MakeHistory) -> None:
    history = make_history([{"day": 0, "heart_rate_coverage": 0.3}, {"day": 1}], athlete=GIVEN)
    assert np.isnan(history.activities["trimp_banister"][0])
    assert np.isnan(history.days["trimp_banister"].iloc[0])
    assert history.days["load_coverage"].tolist() == [0.0, 1.0]


def test_heart_rate_limits_say_where_they_come_from(make_history: MakeHistory) -> None:
    estimated = make_history([{"day": 0}]).athlete
    assert (estimated.number("max_heart_rate_bpm"), estimated.value("max_heart_rate_bpm").origin) == (
        185.0,
        "estimated",
    )  # type: ignore[union-attr]
    assert estimated.value("resting_heart_rate_bpm").origin == "assumed"  # type: ignore[union-attr]
    sensor_fault = make_history([{"day": 0, "max_30s_heart_rate_bpm": 235.0}]).athlete
    assert sensor_fault.value("max_heart_rate_bpm").origin == "assumed"  # type: ignore[union-attr]
    by_age = make_history(
        [{"day": 0, "max_30s_heart_rate_bpm": np.nan}], athlete=Athlete(values=(athlete_value("birth_year", 1986),))
    ).athlete
    assert by_age.number("max_heart_rate_bpm") == pytest.approx(180.0)
    worn = make_history([{"day": 3}], wellness=wellness(["2026-01-02", "2026-01-03"])).athlete
    assert worn.number("resting_heart_rate_bpm") == 48.0


def test_a_maximum_older_than_two_years_does_not_count(make_history: MakeHistory) -> None:
    athlete = make_history([{"day": 0, "max_30s_heart_rate_bpm": 199.0}, {"day": 800}]).athlete
    assert athlete.number("max_heart_rate_bpm") == 185.0


def test_unknown_is_never_rest(make_history: MakeHistory) -> None:
    days = make_history([{"day": 0}, {"day": 40}], until=date(2026, 2, 15)).days
    assert set(days["state"]) == {"trained", "unknown"}
    assert days.loc[days["state"] == "unknown", "trimp_banister"].isna().all()


def test_day_states_and_their_basis(make_history: MakeHistory) -> None:
    sessions = [{"day": n} for n in (0, 2, 3, 5, 8)]
    sessions.append({"day": 6, "family": "bike", "sport": "cycling", "timer_time_s": 300.0, "heart_rate_bpm": 95})
    history = make_history(
        sessions,
        until=date(2026, 1, 13),
        wellness=wellness(["2026-01-11"]),
        log=log(["2026-01-10"], "rest"),
    )
    found = history.days[["state", "state_basis"]].agg(" ".join, axis=1).tolist()
    trained, assumed = "trained recorded", "rest assumed"
    assert found == [
        trained, assumed, trained, trained, assumed, trained, "active_recovery recorded", assumed, trained,
        "rest logged", "rest worn", "unknown ", "unknown ",
    ]  # fmt: skip


def test_a_short_easy_run_is_no_active_recovery(make_history: MakeHistory) -> None:
    days = make_history([{"day": 0}, {"day": 1}, {"day": 2, "timer_time_s": 300.0, "heart_rate_bpm": 95}]).days
    assert days["state"].tolist() == ["trained"] * 3


def test_rest_is_assumed_only_inside_an_active_stretch() -> None:
    sparse = np.zeros(30, dtype=int)
    sparse[[0, 10, 29]] = 1
    assert not rest_may_be_assumed(sparse).any()
    active = np.zeros(40, dtype=int)
    active[[0, 3, 6, 9, 24, 27, 30, 33]] = 1
    assumed = np.flatnonzero(rest_may_be_assumed(active))
    assert 4 in assumed
    assert not set(range(10, 24)) & set(assumed), "a break of 15 days is not rest for certain"
    assert not set(range(34, 40)) & set(assumed), "days after the last activity are unknown"


def test_what_no_session_measured_is_nan_not_zero(make_history: MakeHistory) -> None:
    gym = {"day": 1, "family": "strength", "sport": "training", "distance_m": np.nan}
    days = make_history([{"day": 0}, gym, {"day": 2, "distance_m": np.nan}]).days
    assert days["distance_m"].tolist()[0] == 10000.0
    assert np.isnan(days["distance_m"].iloc[1])
    assert days["distance_run_m"].iloc[1] == 0.0
    assert np.isnan(days["distance_run_m"].iloc[2])


def test_a_clock_that_was_never_set_makes_no_days(make_history: MakeHistory) -> None:
    history = make_history([{"day": -13000}, {"day": 0}])
    assert len(history.activities) == 2
    assert len(history.days) == 1


def test_an_empty_history_has_no_days_and_no_weeks(make_history: MakeHistory) -> None:
    history = make_history([])
    assert history.days.empty
    assert weekly_table(history).empty


def test_until_leaves_out_what_comes_after(make_history: MakeHistory) -> None:
    history = make_history([{"day": 0}, {"day": 5}], until=date(2026, 1, 3))
    assert len(history.activities) == 1
    assert len(history.days) == 3


def test_weeks_sum_their_days(make_history: MakeHistory) -> None:
    history = make_history([{"day": n, "distance_m": 1000.0 * (n + 1)} for n in range(14)], athlete=GIVEN)
    weeks = weekly_table(history)
    assert weeks.index.tolist() == ["2026-W01", "2026-W02", "2026-W03"]
    assert weeks["distance_run_m"].sum() == pytest.approx(history.days["distance_run_m"].sum())
    assert weeks["trimp_banister"].sum() == pytest.approx(history.days["trimp_banister"].sum())
    assert weeks["longest_run_m"].tolist() == [4000.0, 11000.0, 14000.0]
    assert weeks["trained_days"].tolist() == [4, 7, 3]
    states = weeks[["trained_days", "active_recovery_days", "rest_days", "unknown_days"]].sum(axis=1)
    assert states.sum() == len(history.days)
