"""Speed of the rules: every past day's flags over ten years. Run by ``make benchmark``."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import WELLNESS_COLUMNS
from stridelab.analysis.history import History, build_history
from stridelab.analysis.rules import RULES, evaluate
from stridelab.athlete import Athlete

pytestmark = pytest.mark.benchmark

DAYS = 3652
NIGHTS = (("resting_heart_rate_bpm", 50, 2), ("hrv_rmssd_ms", 60, 6), ("sleep_duration_h", 7.4, 0.8))
FORM = {
    "efficiency_factor": 1.4, "flat_speed_mps": 3.0, "flat_cadence_spm": 172.0, "flat_ground_contact_time_ms": 240.0,
    "flat_vertical_ratio_pct": 8.0, "flat_ground_contact_balance_pct": 50.0, "rearfoot_share_pct": 70.0, "rpe": 5.0,
    "mechanical_load_m4": 1e4, "mechanical_load_m7": 1e5, "mechanical_load_m10": 1e6,
}  # fmt: skip


def ten_years(*, full: bool) -> History:
    """Ten years of runs on two days of three; ``full`` has nights and running dynamics as well."""
    rng = np.random.default_rng(1)
    days = pd.date_range("2016-01-01", periods=DAYS, freq="D", unit="ms")
    run = np.flatnonzero(rng.random(DAYS) < 0.65)
    distance = rng.uniform(6000, 16_000, len(run))
    start = days[run] + pd.to_timedelta(rng.integers(360, 1200, len(run)), unit="min")
    sessions = pd.DataFrame(
        {
            "activity_id": [f"{n:016x}" for n in range(len(run))],
            "start_time": start.tz_localize("UTC"),
            "local_date": days[run], "sport": "running", "sub_sport": "generic", "family": "run",
            "timer_time_s": distance / 3, "elapsed_time_s": distance / 3, "distance_m": distance,
            "heart_rate_coverage": 1.0, "average_heart_rate_bpm": rng.normal(145, 4, len(run)),
            "max_30s_heart_rate_bpm": 180.0, "mechanical_load_basis": "measured", "dynamics_source": "pod",
        }
    )  # fmt: skip
    seconds = np.zeros((len(run), 256))
    seconds[:, 145] = distance / 3
    nights = []
    if full:
        sessions = sessions.assign(**{name: usual * rng.normal(1, 0.015, len(run)) for name, usual in FORM.items()})
        for metric, usual, size in (
            ("resting_heart_rate_bpm", 50, 2),
            ("hrv_rmssd_ms", 60, 6),
            ("sleep_duration_h", 7.4, 0.8),
        ):
            night = pd.DataFrame({"local_date": days, "metric": metric, "value": rng.normal(usual, size, DAYS)})
            night = night.assign(unit="", source="watch", context="night", time=days.tz_localize("UTC"))
            nights.append(night.astype(dict(WELLNESS_COLUMNS)))
    wellness = pd.concat(nights, ignore_index=True) if nights else None
    return build_history(Athlete(), sessions, seconds, wellness=wellness, until=days[-1].date())


def test_all_rules_over_ten_years() -> None:
    print("\n| history | days | findings and not evaluated | ms (CPU, best of 5) | target |\n|---|---|---|---|---|")
    for name, full in (("runs only", False), ("nights and dynamics", True)):
        history = ten_years(full=full)
        off = {rule.id: {"enabled": False} for rule in RULES}
        for label, one in ((name, history), (f"{name}, all switched off", replace(history, settings={"rules": off}))):
            best, said = np.inf, []
            for _ in range(5):
                begin = time.process_time()
                said = evaluate(one)
                best = min(best, time.process_time() - begin)
            print(f"| {label} | {len(one.days):,} | {len(said):,} | {1000 * best:.0f} | 300 |")
        assert said
