"""Load and pace: CPU times, and ratios to the plain way and to the package ``acwr`` in the same run.

`make benchmark` runs it. CPU time, best of several runs; nothing is judged by the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import Activity, Source, activity_id
from stridelab.analysis import load, pace
from stridelab.analysis.chronic import chronic_table
from stridelab.analysis.days import daily_table
from stridelab.analysis.history import build_history
from stridelab.analysis.session import summarise
from stridelab.athlete import Athlete

pytestmark = pytest.mark.benchmark


def cpu_ms(work: Callable[[], object], *, runs: int = 7) -> float:
    taken = []
    for _ in range(runs):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return 1000 * min(taken)


def run(hours: float, seed: int = 1) -> dict[str, np.ndarray]:
    """A hilly run, a sample a second, with dropouts."""
    n = int(hours * 3600) + 1
    rng = np.random.default_rng(seed)
    at = np.arange(n, dtype=float)
    speed = np.clip(3.2 + 0.6 * np.sin(at / 400) + rng.normal(0, 0.25, n), 0, None)
    rate = 140 + 15 * np.sin(at / 500) + rng.normal(0, 2, n)
    rate[rng.random(n) < 0.01] = np.nan
    distance = np.append(0, np.cumsum(speed[:-1]))
    altitude = 300 + 40 * np.sin(distance / 900) + rng.normal(0, 0.3, n)
    return {
        "time_s": at,
        "duration_s": np.ones(n),
        "speed_mps": speed,
        "distance_m": distance,
        "altitude_m": altitude,
        "heart_rate_bpm": rate,
        "power_w": 75 * speed,
    }


def every_session_metric(given: dict[str, np.ndarray]) -> None:
    seconds, rate, power = given["duration_s"], given["heart_rate_bpm"], given["power_w"]
    limits = {"resting_heart_rate_bpm": 50.0, "max_heart_rate_bpm": 190.0}
    load.count_samples(rate, seconds, "heart_rate_bpm")
    load.banister_trimp(rate, seconds, **limits)
    load.edwards_trimp(rate, seconds, max_heart_rate_bpm=190)
    load.lucia_trimp(rate, seconds, vt1_bpm=140, vt2_bpm=165)
    load.individual_trimp(rate, seconds, a=0.15, b=4, **limits)
    load.heart_rate_tss(rate, seconds, threshold_heart_rate_bpm=168, **limits)
    load.power_tss(power, seconds, threshold_power_w=290)
    load.running_power_score(power, seconds, critical_power_w=290)
    load.w_prime_balance_j(power, seconds, critical_power_w=260, w_prime_j=15000)
    grade = pace.grade_along(given["distance_m"], given["altitude_m"])
    graded = pace.graded_speed_mps(given["speed_mps"], grade)
    load.running_tss(graded, seconds, threshold_speed_mps=4)
    pace.d_prime_balance_m(graded, seconds, critical_speed_mps=3.8, d_prime_m=150)
    pace.efficiency_factor(graded, rate, seconds)
    pace.decoupling_pct(graded, rate, seconds)
    for model, channel in (("heart_rate_max", rate), ("critical_speed", graded), ("critical_power", power)):
        threshold = {"heart_rate_max": 190.0, "critical_speed": 3.8, "critical_power": 260.0}[model]
        pace.time_in_zones(channel, seconds, threshold=threshold, model=model, basis="given")


def every_day_model(daily: np.ndarray) -> None:
    for variant in load.VARIANTS:
        ctl = load.fitness_fatigue(daily, variant=variant)["ctl"]
    load.ramp_rate(ctl)
    for form in ("coupled", "uncoupled", "ewma", "ewma_uncoupled"):
        load.acute_chronic_ratio(daily, variant=form)
    load.monotony_strain(daily)
    load.redi(daily)
    tests = np.where(np.arange(len(daily)) % 60 == 0, 250.0 + np.arange(len(daily)) / 100, np.nan)
    load.fit_impulse_response(daily, tests)


def recording(given: dict[str, np.ndarray]) -> Activity:
    """The run as a watch with running dynamics records it."""
    start = datetime(2026, 3, 2, 7, tzinfo=UTC)
    n = len(given["time_s"])
    rng = np.random.default_rng(3)
    index = pd.DatetimeIndex(pd.Timestamp(start) + pd.to_timedelta(given["time_s"], unit="s"), name="timestamp")
    channels = {name: given[name] for name in given if name not in ("time_s", "duration_s")}
    dynamics = {
        "cadence_spm": 170 + rng.integers(-3, 4, n),
        "ground_contact_time_ms": 250 + rng.normal(0, 5, n).round(),
        "vertical_oscillation_mm": 90 + rng.normal(0, 3, n),
        "vertical_ratio_pct": 8 + rng.normal(0, 0.3, n),
        "ground_contact_balance_pct": 50 + rng.normal(0, 0.5, n),
        "step_length_mm": 1100 + rng.normal(0, 20, n),
        "temperature_c": np.full(n, 15.0),
    }
    return Activity(
        id=activity_id("ab" * 32, 0, start),
        sport="running",
        start_time=start,
        timer_time_s=float(n),
        elapsed_time_s=float(n),
        distance_m=float(given["distance_m"][-1]),
        records=pd.DataFrame({**channels, **dynamics}, index=index.as_unit("ms"), dtype="float64"),
        source=Source("run.fit", "ab" * 32, "fit", "vectorised"),
    )


def ten_years() -> tuple[pd.DataFrame, np.ndarray]:
    """Sessions of ten years, five a week, and their heart rates."""
    days = pd.date_range("2016-01-04", "2025-12-31", freq="D")
    days = days[days.day_of_week < 5]
    rng = np.random.default_rng(4)
    beats = np.zeros((len(days), 256))
    beats[:, 120:180] = rng.gamma(2, 30, (len(days), 60))
    row = summarise(recording(run(1))).row
    frame = pd.DataFrame([row] * len(days)).assign(
        activity_id=[f"{i:016x}" for i in range(len(days))], start_time=days.tz_localize("UTC"), local_date=days
    )
    return frame, beats


def test_times_and_ratios(capsys: pytest.CaptureFixture[str]) -> None:
    hour, six = run(1), run(6)
    daily = np.random.default_rng(2).gamma(1.5, 40, 3653)
    days = pd.Series(daily, index=pd.date_range("2016-01-01", periods=len(daily)))
    seconds, metres = six["time_s"], six["distance_m"]
    efforts = pace.best_efforts(seconds, metres)
    whole, (sessions, beats) = recording(hour), ten_years()
    history = build_history(Athlete(), sessions, beats)
    asked = efforts.durations_s[np.isfinite(efforts.distance_m)]

    def plain() -> list[float]:
        series = pd.Series(np.append(0, np.diff(metres)))
        return [float(series.rolling(int(length)).sum().max()) for length in asked]

    rows = [
        (
            f"best efforts of 6 h at 1 Hz, {len(asked)} durations and {len(efforts.by_distance())} distances",
            cpu_ms(lambda: pace.best_efforts(seconds, metres)),
            20,
            "pandas rolling sums, the durations only",
            cpu_ms(plain, runs=3),
        ),
        ("all session metrics of an hour at 1 Hz", cpu_ms(lambda: every_session_metric(hour)), 10, "", 0.0),
        ("the row of an hour's recording, 13 channels", cpu_ms(lambda: summarise(whole), runs=25), 10, "", 0.0),
        ("all models over 10 years of days", cpu_ms(lambda: every_day_model(daily)), 50, "", 0.0),
        (
            f"daily table and chronic models of {len(sessions)} sessions in 10 years",
            cpu_ms(lambda: chronic_table(daily_table(history.activities, history.wellness, history.log))),
            50,
            "",
            0.0,
        ),
        (
            "the same with all loads from histograms",
            cpu_ms(lambda: build_history(Athlete(), sessions, beats)),
            0,
            "",
            0,
        ),
    ]
    try:
        import acwr
    except ImportError:
        pass
    else:
        theirs = acwr.acwr(days, method="rac").to_numpy(dtype=float)
        ours = load.acute_chronic_ratio(daily)
        both = np.isfinite(theirs) & np.isfinite(ours)
        assert both.sum() > 3600
        np.testing.assert_allclose(ours[both], theirs[both], rtol=1e-9)
        rows.append(
            (
                "coupled ratio over 10 years of days",
                cpu_ms(lambda: load.acute_chronic_ratio(daily)),
                50,
                "acwr",
                cpu_ms(lambda: acwr.acwr(days, method="rac")),
            )
        )
    # Before it is called fast it has to be right.
    assert efforts.distance_m[np.isfinite(efforts.distance_m)] == pytest.approx(plain())
    with capsys.disabled():
        print("\n| what | CPU ms | target ms | against | its ms | ratio |\n|---|---|---|---|---|---|")
        for what, taken, target, peer, its in rows:
            against = f"{peer} | {its:.2f} | {its / taken:.1f}" if peer else "– | – | –"
            print(f"| {what} | {taken:.2f} | {target or '–'} | {against} |")
