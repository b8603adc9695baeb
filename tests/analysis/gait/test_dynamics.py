"""The watch's own dynamics: what is cleaned away, and what is said of the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.analysis.gait import balance, cleaned, form_cells, matched_change, technique_drift, trends


def _run(n: int = 1200, **channels: Any) -> pd.DataFrame:
    index = pd.date_range("2026-01-01", periods=n, freq="s", tz="UTC", name="timestamp")
    base = {
        "speed_mps": 3.0 + 0.05 * np.sin(np.arange(n) / 7),
        "cadence_spm": 170 + np.sin(np.arange(n) / 5),
        "ground_contact_time_ms": 250 + np.cos(np.arange(n) / 9),
    }
    return pd.DataFrame({**base, **channels}, index=index)


def test_standing_sentinels_and_the_seconds_after_a_stop_go() -> None:
    run = _run()
    run.iloc[300:310, 0] = 0.0
    run.iloc[300:320, 2] = 65535.0
    run.iloc[600, 1] = 0.0
    clean = cleaned(run)
    assert clean["ground_contact_time_ms"].iloc[300:320].isna().all()
    assert clean["cadence_spm"].iloc[300:314].isna().all()
    assert clean["cadence_spm"].iloc[600:605].isna().all()
    assert clean["cadence_spm"].iloc[320:600].notna().all()


def test_a_stuck_value_goes_only_while_the_speed_changes() -> None:
    contact = np.r_[250 + np.cos(np.arange(400.0)), np.full(100, 240.0), 250 + np.cos(np.arange(700.0))]
    steady = cleaned(_run(ground_contact_time_ms=contact, speed_mps=3.0))
    changing = cleaned(_run(ground_contact_time_ms=contact, speed_mps=3.0 + 0.3 * np.sin(np.arange(1200) / 20)))
    assert steady["ground_contact_time_ms"].iloc[400:500].notna().all()
    assert changing["ground_contact_time_ms"].iloc[400:500].isna().all()


def test_a_pause_of_the_recording_is_a_stop() -> None:
    run = _run(200)
    run.index = run.index[:100].append(run.index[100:] + pd.Timedelta(minutes=3))
    assert cleaned(run)["cadence_spm"].iloc[100:104].isna().all()


def test_nothing_in_nothing_out() -> None:
    empty = _run(0)
    assert cleaned(empty).empty
    assert trends(empty) == {}
    assert np.isnan(balance(cleaned(empty)).left_pct)
    assert trends(_run(30)) == {}


def test_a_trend_says_whether_speed_held() -> None:
    tired = trends(_run(ground_contact_time_ms=np.linspace(240, 260, 1200)))["ground_contact_time_ms"]
    assert tired.change_pct == pytest.approx(100 * (258 / 242 - 1), abs=0.1)
    assert tired.matched
    slower = trends(_run(speed_mps=np.linspace(3.4, 2.6, 1200)))["cadence_spm"]
    assert not slower.matched


def test_balance_is_of_the_left() -> None:
    found = balance(pd.DataFrame({"ground_contact_balance_pct": [48.5, 49.5, np.nan, 50.5]}))
    assert (found.left_pct, found.samples) == (49.5, 3)
    assert found.asymmetric_share == pytest.approx(1 / 3)


def test_form_is_compared_at_the_same_speed_only() -> None:
    duration = np.ones(1200)
    before = form_cells(_run(), duration)
    after = form_cells(_run(ground_contact_time_ms=257 + np.cos(np.arange(1200) / 9)), duration)
    assert matched_change(before, after)["ground_contact_time_ms"] == pytest.approx(7, abs=0.1)
    fast = form_cells(_run(speed_mps=4.5), duration)
    assert matched_change(before, fast) == {}
    uphill = form_cells(_run(), duration, grade_pct=np.full(1200, 6.0))
    assert matched_change(before, uphill) == {}
    assert uphill["grade_known"].all()


def test_drift_needs_runs_and_time() -> None:
    rng = np.random.default_rng(4)
    day = np.arange(0, 84, 4.0)
    drift = technique_drift(day, 250 - day / 7 + rng.normal(0, 1, len(day)))
    assert drift.low < -1 < drift.high
    assert drift.confidence > 0.99
    noise = technique_drift(day, 250 + rng.normal(0, 3, len(day)))
    assert noise.low < 0 < noise.high
    few = technique_drift(day[:5], day[:5])
    assert np.isnan(few.per_week)
    assert few.confidence == 0
    assert technique_drift(day, np.full(len(day), 250.0)).confidence == 0
