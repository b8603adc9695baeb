"""Small histories with known truth, one simulated season, and hand-made activities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import Activity, Source, activity_id
from stridelab.analysis.history import History, build_history
from stridelab.analysis.rules import Coverage, Finding
from stridelab.athlete import Athlete
from stridelab.fixtures import simulate, simulate_activities

MONDAY = date(2026, 11, 2)

# (days after MONDAY, family, kilometres, minutes, mean heart rate or None)
Plan = Sequence[tuple[int, str, float, float, float | None]]


def history_of(plan: Plan, *, until: date | None = None, key: str = "me") -> History:
    sports = {
        "run": ("running", "generic"),
        "bike": ("cycling", "generic"),
        "strength": ("training", "strength_training"),
    }
    rows, beats = [], np.zeros((len(plan), 256))
    for number, (offset, family, distance_km, minutes, rate) in enumerate(plan):
        day = MONDAY + timedelta(days=offset)
        sport, sub_sport = sports[family]
        rows.append(
            {
                "activity_id": f"{number:016x}",
                "start_time": pd.Timestamp(day, tz="UTC").as_unit("ms") + pd.Timedelta(hours=7),
                "local_date": pd.Timestamp(day).as_unit("ms"),
                "sport": sport,
                "sub_sport": sub_sport,
                "family": family,
                "title": f"Session {number}",
                "timer_time_s": minutes * 60,
                "elapsed_time_s": minutes * 60,
                "distance_m": distance_km * 1000 if distance_km else np.nan,
                "heart_rate_coverage": 0.0 if rate is None else 1.0,
                "max_30s_heart_rate_bpm": np.nan if rate is None else rate + 10,
            }
        )
        if rate is not None:
            beats[number, round(rate)] = minutes * 60
    return build_history(Athlete(key), pd.DataFrame(rows), beats, until=until)


@pytest.fixture
def make_history() -> Callable[..., History]:
    return history_of


@pytest.fixture
def two_weeks() -> History:
    """A week of 30 km in three runs, then one of 40 km with a run without heart rate and a strength session."""
    return history_of(
        [
            (0, "run", 8, 48, 140),
            (2, "run", 10, 60, 150),
            (5, "run", 12, 72, 140),
            (7, "run", 10, 60, 150),
            (9, "run", 15, 90, None),
            (11, "strength", 0, 30, 110),
            (13, "run", 15, 90, 145),
        ]
    )


@pytest.fixture(scope="session")
def season() -> History:
    return simulate("overload", 1)


@pytest.fixture(scope="session")
def season_activities() -> list[Activity]:
    """The last activities of the season: runs, a ride and a strength session among them."""
    return list(simulate_activities("overload", 1))[-8:]


def activity_of(
    *,
    seconds: int = 600,
    speed: float | None = 3.0,
    columns: dict[str, Any] | None = None,
    pause: tuple[int, int] | None = None,
    title: str = "Morning run",
    sport: str = "running",
    laps_every_s: int | None = None,
    start: datetime = datetime(2026, 11, 14, 7, 0, tzinfo=UTC),
) -> Activity:
    """One sample a second; samples inside the pause are missing, as most devices leave them out."""
    moment = np.arange(seconds)
    index = pd.DatetimeIndex(pd.Timestamp(start) + pd.to_timedelta(moment, unit="s"), name="timestamp").as_unit("ms")
    records = pd.DataFrame(columns or {}, index=index, dtype="float64")
    if speed is not None:
        records["speed_mps"] = speed
    timer = float(seconds)
    extra: dict[str, Any] = {}
    if pause is not None:
        records = records[(moment <= pause[0]) | (moment >= pause[1])]
        begin, end = (index[place] for place in pause)
        extra["pauses"] = pd.DataFrame({"start": [begin], "end": [end]})
        timer -= pause[1] - pause[0]
    if laps_every_s is not None:
        starts = index[::laps_every_s]
        extra["laps"] = pd.DataFrame(
            {
                "start_time": starts,
                "timer_time_s": float(laps_every_s),
                "elapsed_time_s": float(laps_every_s),
                "distance_m": 3.0 * laps_every_s,
                "average_heart_rate_bpm": 150.0,
                "average_speed_mps": 3.0,
                "trigger": "manual",
                "intensity": "active",
            }
        )
    return Activity(
        id=activity_id("ab" * 32, title, start),
        sport=sport,
        title=title,
        start_time=start,
        utc_offset_s=3600,
        timer_time_s=timer,
        elapsed_time_s=float(seconds),
        distance_m=timer * (speed or 0.0) or float("nan"),
        records=records,
        source=Source("run.fit", "ab" * 32, "fit", "vectorised"),
        **extra,
    )


@pytest.fixture
def make_activity() -> Callable[..., Activity]:
    return activity_of


@pytest.fixture
def spike() -> Finding:
    return Finding(
        rule_id="session_spike",
        day=date(2026, 11, 14),
        state="raised",
        severity="watch",
        grade="B",
        message_key="session_spike",
        numbers={
            "distance_m": 14_200.0,
            "longest_30d_m": 11_000.0,
            "ratio": 14.2 / 11,
            "cap_m": 12_100.0,
            "hrr": 1.64,
            "hrr_low": 1.31,
            "hrr_high": 2.05,
        },
        coverage=Coverage(28, 6, 14, 30),
        source="Frandsen 2025",
        clears_when_key="session_spike_clears",
    )
