"""Sessions and days: each column from a recording of known answers, and none from what is not there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stridelab.activity import Activity, Source, activity_id
from stridelab.analysis.chronic import chronic_load, chronic_table
from stridelab.analysis.day_wellness import wellness_of_days
from stridelab.analysis.gait import kinetics
from stridelab.analysis.history import ACTIVITY_COLUMNS, DEPENDENT_COLUMNS, History, build_history
from stridelab.analysis.load import banister_trimp, edwards_trimp, heart_rate_tss, lucia_trimp
from stridelab.analysis.load.session import chosen_load
from stridelab.analysis.pace import DURATIONS_S, all_time
from stridelab.analysis.session import SESSION_TEXTS, summarise
from stridelab.analysis.thresholds import critical_speed_of, with_threshold_speed
from stridelab.athlete import Athlete, athlete_value

START = datetime(2026, 3, 2, 7, tzinfo=UTC)
GIVEN = Athlete(
    values=tuple(
        athlete_value(name, value)
        for name, value in {
            "sex": "male",
            "resting_heart_rate_bpm": 50,
            "max_heart_rate_bpm": 190,
            "threshold_heart_rate_bpm": 168,
            "first_threshold_heart_rate_bpm": 150,
            "threshold_speed_mps": 4.0,
            "running_threshold_power_w": 300,
        }.items()
    )
)


def recorded(
    columns: dict[str, Any], *, seconds: int = 3600, sport: str = "running", step_s: float = 1.0, **fields: Any
) -> Activity:
    """A recording of an hour with these channels: numbers, or a value for each sample."""
    index = pd.DatetimeIndex(
        pd.Timestamp(START) + pd.to_timedelta(np.arange(0, seconds, step_s), unit="s"), name="timestamp"
    ).as_unit("ms")
    records = pd.DataFrame(columns, index=index, dtype="float64")
    given = {"timer_time_s": float(seconds), "elapsed_time_s": float(seconds), "distance_m": 3.0 * seconds, **fields}
    return Activity(
        id=activity_id("ab" * 32, sport, START),
        sport=sport,
        start_time=START,
        records=records,
        source=Source("run.fit", "ab" * 32, "fit", "vectorised"),
        **given,
    )


def run(**columns: Any) -> dict[str, Any]:
    """The channels of a steady run on the level, some replaced."""
    return {
        "heart_rate_bpm": 150.0 + np.arange(3600) % 2,
        "speed_mps": 3.0,
        "distance_m": 3.0 * np.arange(3600),
        "altitude_m": 100.0,
        "cadence_spm": 170.0,
        "ground_contact_time_ms": 250.0 + np.arange(3600) % 2,
        "power_w": 240.0,
        **columns,
    }


def history_of(*activities: Activity, athlete: Athlete = GIVEN, **tables: Any) -> History:
    sessions = [summarise(activity) for activity in activities]
    curves = np.full((len(sessions), len(DURATIONS_S)), np.nan)
    for row, session in zip(curves, sessions, strict=True):
        row[: len(session.best_efforts)] = session.best_efforts
    return build_history(
        athlete,
        pd.DataFrame([session.row for session in sessions]),
        np.stack([session.heart_rate_seconds for session in sessions]),
        best_efforts=curves,
        **tables,
    )


def test_a_steady_run_has_every_load_that_its_formula_gives() -> None:
    row = history_of(recorded(run())).activities.iloc[0]
    rate, time = np.array([150.0, 151.0]), np.array([1800.0, 1800.0])
    limits = {"resting_heart_rate_bpm": 50, "max_heart_rate_bpm": 190, "sex": "male"}
    points = heart_rate_tss(rate, time, threshold_heart_rate_bpm=168, **limits)
    assert row["trimp_banister"] == pytest.approx(banister_trimp(rate, time, **limits))
    assert row["trimp_edwards"] == pytest.approx(edwards_trimp(rate, time, max_heart_rate_bpm=190))
    assert row["trimp_lucia"] == pytest.approx(lucia_trimp(rate, time, vt1_bpm=150, vt2_bpm=168))
    assert row["heart_rate_tss"] == pytest.approx(points)
    assert (row["load"], row["load_method"], row["load_uncertainty_pct"]) == (pytest.approx(points), "heart_rate", 15)
    assert row["running_tss"] == pytest.approx(100 * (3 / 4) ** 2, rel=1e-3)
    assert row["power_tss"] == pytest.approx(100 * 0.8**2, rel=1e-3)
    assert row["running_power_score"] == pytest.approx(100 * 0.8**3, rel=1e-3)
    assert row["time_over_threshold_s"] == 0
    assert row["normalized_power_w"] == pytest.approx(240)
    assert row["normalized_graded_speed_mps"] == pytest.approx(3.0)
    assert row["efficiency_factor"] == pytest.approx(180 / 150.5)
    assert row["decoupling_pct"] == pytest.approx(0, abs=0.01)


def test_form_and_mechanical_load_of_a_steady_run() -> None:
    row = summarise(recorded(run())).row
    steps, contact = 170 * 60, np.array([0.250, 0.251])
    force = kinetics(contact, 60 / 170 - contact, mass_kg=70).peak_force_bw
    for exponent in (4, 7, 10):
        assert row[f"mechanical_load_m{exponent}"] == pytest.approx(steps * np.mean(force**exponent), rel=1e-6)
    assert (row["mechanical_load_basis"], row["mechanical_load_coverage"]) == ("measured", 1)
    assert row["steps"] == pytest.approx(170 * 60)
    assert row["flat_cadence_spm"] == 170
    assert row["flat_speed_mps"] == 3
    assert row["flat_ground_contact_time_ms"] == pytest.approx(250.5, abs=0.01)
    assert row["ground_contact_drift_pct"] == pytest.approx(0, abs=0.5)


def test_without_contact_times_they_are_estimated_and_named_so() -> None:
    columns = run()
    del columns["ground_contact_time_ms"]
    row = summarise(recorded(columns)).row
    assert row["mechanical_load_basis"] == "estimated"
    assert row["mechanical_load_m4"] > 0
    assert "dynamics_source" not in row


def test_only_runs_have_an_impact_load() -> None:
    history = history_of(recorded(run(), sport="cycling"))
    assert np.isnan(history.activities["mechanical_load_m4"][0])
    assert np.isnan(history.activities["running_tss"][0])
    assert history.activities["trimp_banister"][0] > 0
    assert history.days["mechanical_load_m4"].tolist() == [0.0], "a day without foot sports has no impact"


def test_hills_count_in_graded_speed_and_not_on_the_flat() -> None:
    climb = np.where(np.arange(3600) < 1800, 100.0, 100 + 0.05 * 3 * (np.arange(3600) - 1800))
    cadence = np.where(np.arange(3600) < 1800, 170.0, 160.0)
    row = summarise(recorded(run(altitude_m=climb, cadence_spm=cadence))).row
    assert row["grade_basis"] == "altitude"
    assert row["normalized_graded_speed_mps"] > 3.4
    assert row["flat_cadence_spm"] == pytest.approx(170, abs=0.2)
    columns = run()
    del columns["altitude_m"]
    level = summarise(recorded(columns)).row
    assert (level["grade_basis"], level["normalized_graded_speed_mps"]) == ("assumed level", pytest.approx(3.0))


def test_the_load_falls_back_and_says_how() -> None:
    def method(**columns: Any) -> tuple[str, float]:
        row = history_of(recorded({k: v for k, v in run(**columns).items() if v is not None})).activities.iloc[0]
        return row["load_method"], row["load_uncertainty_pct"]

    assert method(heart_rate_bpm=None) == ("power", 10)
    assert method(heart_rate_bpm=None, power_w=None) == ("pace", 15)
    nothing = {"heart_rate_bpm": None, "power_w": None, "speed_mps": None, "distance_m": None}
    assert method(**nothing) == ("duration", 50)
    log = pd.DataFrame(
        {"date": [pd.Timestamp("2026-03-02")], "kind": ["rpe"], "value": [6.0], "activity_id": [None], "text": [""]}
    )
    rated = history_of(recorded({"cadence_spm": 170.0}), log=log).activities.iloc[0]
    assert (rated["load_method"], rated["load"], rated["session_rpe_load"]) == ("rpe", 70, 360)


def test_the_logs_rating_wins_over_the_devices() -> None:
    activity = recorded(run(), summary={"workout_rpe": 40})
    assert history_of(activity).activities["rpe"].tolist() == [4.0]
    log = pd.DataFrame(
        {"date": [pd.Timestamp("2026-03-02")], "kind": ["rpe"], "value": [7.0], "activity_id": [activity.id]}
    )
    assert history_of(activity, log=log).activities["rpe"].tolist() == [7.0]


def test_a_threshold_of_another_sport_gives_no_score() -> None:
    def scores(quantity: str, origin: Any, watts: float) -> float:
        athlete = Athlete(values=(athlete_value(quantity, watts, origin=origin),))
        return float(history_of(recorded(run()), athlete=athlete).activities["power_tss"][0])

    assert np.isnan(scores("threshold_power_w", "file", 250)), "what files hold is of cycling"
    assert scores("threshold_power_w", "given", 250) > 0
    assert np.isnan(scores("running_threshold_power_w", "given", 150)), "nobody holds 1.6 times the threshold"


def test_a_power_of_nothing_but_zeros_is_none() -> None:
    row = history_of(recorded({"power_w": 0.0, "speed_mps": 8.0}, sport="cycling")).activities.iloc[0]
    assert np.isnan(row["power_tss"])
    assert np.isnan(row["average_power_w"])


def test_devices_and_sensors_are_named() -> None:
    strap = {"manufacturer": "garmin", "product": "hrm_pro", "kind": "heart_rate"}
    watch = {"manufacturer": "garmin", "product": "fr955", "serial_number": 3426837107, "sensors": [strap]}
    row = summarise(recorded(run(), device=watch)).row
    assert (row["device"], row["dynamics_source"]) == ("garmin fr955 #3426837107", "garmin hrm_pro")
    pod = {"ground_contact_time_ms": "footpod field stryd:Ground Time; the device has none"}
    assert summarise(recorded(run(), device=watch, provenance=pod)).row["dynamics_source"] == "footpod stryd"
    unnamed = {"manufacturer": 0, "product": 0, "serial_number": 2**31 - 1}
    assert summarise(recorded(run(), device=unnamed)).row["device"] is None


def test_foot_strikes_of_a_pod_are_a_share_of_the_time() -> None:
    activity = recorded(run())
    kinds = np.where(np.arange(3600) % 4 == 0, 9.0, 4.0)
    developer = pd.DataFrame({"runscribe:FootStrikeType_L": kinds}, index=activity.records.index)
    assert summarise(recorded(run(), developer=developer)).row["rearfoot_share_pct"] == pytest.approx(75, abs=0.1)
    assert np.isnan(summarise(activity).row["rearfoot_share_pct"])


def test_rejected_heart_rates_are_in_no_load() -> None:
    rate = 150.0 + np.arange(3600) % 2
    rate[1000:1010] = 230.0
    row = history_of(recorded(run(heart_rate_bpm=rate))).activities.iloc[0]
    assert row["heart_rate_quality"] == pytest.approx(1 - 10 / 3600)
    assert row["max_30s_heart_rate_bpm"] < 152
    assert row["time_over_threshold_s"] == 0


@pytest.mark.parametrize("step_s", [0.2, 4.0])
def test_the_rate_of_recording_does_not_matter(step_s: float) -> None:
    # A wave slow enough for both rates, over whole periods.
    def session(step: float) -> dict[str, Any]:
        at = np.arange(0, 3600, step)
        speed = 3 + 0.5 * np.sin(2 * np.pi * at / 600)
        rate = 150 + 10 * np.sin(2 * np.pi * at / 600)
        columns = run(
            heart_rate_bpm=rate, speed_mps=speed, distance_m=np.cumsum(speed) * step, ground_contact_time_ms=250.0
        )
        return history_of(recorded(columns, step_s=step)).activities.iloc[0].to_dict()

    fine, other = session(1.0), session(step_s)
    for name in ("load", "trimp_edwards", "running_tss", "normalized_graded_speed_mps", "mechanical_load_m7", "steps"):
        assert other[name] == pytest.approx(fine[name], rel=0.02), name


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_bad_recordings_give_nan_and_never_an_error(data: st.DataObject) -> None:
    n = data.draw(st.sampled_from([1, 2, 3, 40]))
    odd = st.sampled_from([np.nan, 0.0, -5.0, 1e9, 3.0, 150.0, np.inf])
    names = data.draw(st.lists(st.sampled_from([*run()]), unique=True))
    columns = {name: data.draw(st.lists(odd, min_size=n, max_size=n)) for name in names}
    sport = data.draw(st.sampled_from(["running", "cycling", "walking", "swimming", "training"]))
    history = history_of(
        recorded(columns, seconds=n, sport=sport, distance_m=float("nan"), summary={"workout_rpe": "x"}),
        athlete=Athlete(),
    )
    loads = history.activities[[name for name in DEPENDENT_COLUMNS if name != "load_method"]].to_numpy(dtype=float)
    assert not (loads < 0).any()
    assert list(history.activities) == list(ACTIVITY_COLUMNS)


def test_an_empty_recording_has_a_row_of_nothing() -> None:
    session = summarise(recorded({}, seconds=0, timer_time_s=float("nan")))
    assert session.heart_rate_seconds.sum() == 0
    assert len(session.best_efforts) == 0
    assert all(session.row.get(name) is None for name in SESSION_TEXTS)


def test_estimated_maxima_are_dated_and_the_first_days_share_one() -> None:
    def sessions(peaks: dict[str, float]) -> History:
        rows = [
            {
                "activity_id": day,
                "start_time": pd.Timestamp(day, tz="UTC"),
                "local_date": pd.Timestamp(day),
                "family": "run",
                "timer_time_s": 3600.0,
                "max_30s_heart_rate_bpm": peak,
                "max_20min_heart_rate_bpm": peak - 10,
            }
            for day, peak in peaks.items()
        ]
        return build_history(Athlete(), pd.DataFrame(rows), np.zeros((len(rows), 256)))

    unset_clock = {"1989-12-31": 155.0}
    athlete = sessions({**unset_clock, "2025-01-01": 160.0, "2025-02-01": 183.0, "2025-09-01": 187.2}).athlete
    on = {day: athlete.number("max_heart_rate_bpm", day) for day in (date(2025, 1, 1), date(2025, 8, 31))}
    assert set(on.values()) == {183.0}, "the first run shows nobody's maximum"
    assert athlete.number("max_heart_rate_bpm", date(2025, 9, 1)) == 187
    assert athlete.number("threshold_heart_rate_bpm", date(2025, 9, 1)) == round(0.95 * 177.2)
    again = sessions({"2021-01-01": 170.0, "2025-01-01": 160.0, "2025-02-01": 183.0}).athlete
    assert again.number("max_heart_rate_bpm", date(2025, 1, 1)) == 183, "after a break of years it is shown anew"
    assert athlete.origins("max_heart_rate_bpm", np.array(["2025-01-01"], dtype="datetime64[D]")) == "estimated"


def test_critical_speed_of_runs_that_follow_the_model() -> None:
    curve = 4.0 * DURATIONS_S + 150.0
    fit = critical_speed_of(np.stack([curve, curve * 0.9]))
    assert (fit.critical, fit.reserve) == (pytest.approx(4.0), pytest.approx(150.0))
    days = np.array(pd.date_range("2026-01-05", periods=8, freq="7D"), dtype="datetime64[ms]")
    athlete = with_threshold_speed(Athlete(), days, np.tile(curve, (8, 1)), on=date(2026, 3, 1))
    found = athlete.value("threshold_speed_mps")
    assert found is not None
    assert (found.number, found.origin, found.valid_from) == (4.0, "estimated", None)
    assert "95 %" in found.note
    steady = with_threshold_speed(Athlete(), days, np.tile(3.0 * DURATIONS_S, (8, 1)), on=date(2026, 3, 1))
    assert steady.value("threshold_speed_mps") is None, "steady runs show no limit"
    few = with_threshold_speed(Athlete(), days[:3], np.tile(curve, (3, 1)), on=date(2026, 3, 1))
    assert few.value("threshold_speed_mps") is None


def test_best_efforts_of_activities_make_a_curve_of_all() -> None:
    history = history_of(recorded(run()))
    best = all_time(list(history.best_efforts))
    assert best[DURATIONS_S == 600] == pytest.approx(1800)
    assert np.isnan(best[DURATIONS_S > 3600]).all()


def test_days_take_wellness_from_one_source_until_the_device_changes() -> None:
    def values(source: str, days: range, value: float) -> pd.DataFrame:
        when = pd.Timestamp("2026-01-01") + pd.to_timedelta(list(days), unit="D")
        return pd.DataFrame(
            {"local_date": when, "metric": "hrv_rmssd_ms", "value": value, "source": source, "context": "night"}
        )

    old, new, other = (
        values("old", range(10), 40.0),
        values("new", range(12, 40), 60.0),
        values("x", range(20, 25), 9.0),
    )
    index = pd.date_range("2026-01-01", periods=45, freq="D")
    found = wellness_of_days(pd.concat([old, new.drop(index=3), other]), index)
    value, source = found["hrv_rmssd_ms"], found["hrv_rmssd_ms_source"]
    assert value[[0, 9, 12, 22]].tolist() == [40, 40, 60, 60]
    assert np.isnan(value[[10, 11, 15, 40]]).all()
    assert (source[0], source[22], source[44]) == ("old/night", "new/night", None)
    assert np.isnan(found["sleep_duration_h"]).all()


def test_models_take_the_load_a_history_has() -> None:
    days = pd.DataFrame({"load": [60.0, 0.0, 45.0], "trimp_banister": [1.0, 2.0, 3.0]})
    table = chronic_table(days)
    assert table["ctl"].round(3).tolist() == [1.412, 1.378, 2.405]
    assert table["tsb_same_day"].tolist() == (table["ctl"] - table["atl"]).tolist()
    assert chronic_load(days.drop(columns="load")).name == "trimp_banister"
    assert chronic_load(days.assign(load=np.nan)).name == "trimp_banister"


def test_loads_of_days_are_sums_and_unknown_days_are_not_zero() -> None:
    history = history_of(recorded(run()), until=date(2026, 3, 20))
    days, row = history.days, history.activities.iloc[0]
    assert days["load"].iloc[0] == pytest.approx(row["load"])
    assert days["mechanical_load_m7"].iloc[0] == pytest.approx(row["mechanical_load_m7"])
    assert days.loc[days["state"] == "unknown", ["load", "trimp_edwards", "mechanical_load_m4"]].isna().all(axis=None)
    assert np.isnan(days["session_rpe_load"].iloc[0])


def test_a_duration_alone_of_more_than_a_day_is_no_load() -> None:
    found = chosen_load({}, rpe=[np.nan, np.nan, 4.0], timer_time_s=[3600.0, 30 * 3600.0, 30 * 3600.0])
    assert found.value[0] == pytest.approx(50)
    assert np.isnan(found.value[1])
    assert found.method[1] is None
    assert found.method[2] == "rpe"


def test_a_recording_that_hardly_moved_has_no_efficiency() -> None:
    still = history_of(recorded(run(speed_mps=0.1, distance_m=0.1 * np.arange(3600)))).activities.iloc[0]
    assert np.isnan(still["efficiency_factor"])
    assert np.isnan(still["decoupling_pct"])
    assert still["load_method"] == "heart_rate"
