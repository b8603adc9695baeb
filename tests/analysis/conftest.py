"""Small hand-made histories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.analysis.history import History, build_history
from stridelab.athlete import Athlete

MakeHistory = Callable[..., History]


@pytest.fixture
def make_history() -> MakeHistory:
    """A history of runs given as ``{day number: distance in metres}`` or rows of session columns."""

    def make(
        sessions: Sequence[dict[str, object]],
        *,
        heart_rate_bpm: int = 140,
        until: date | None = None,
        athlete: Athlete | None = None,
        wellness: pd.DataFrame | None = None,
        log: pd.DataFrame | None = None,
        **more: Any,
    ) -> History:
        rows, histograms = [], np.zeros((len(sessions), 256))
        for i, given in enumerate(sessions):
            start = pd.Timestamp("2026-01-01 07:00", tz="UTC") + pd.Timedelta(days=float(given["day"]))  # type: ignore[arg-type]
            row: dict[str, object] = {
                "activity_id": f"{i:016x}",
                "start_time": start,
                "local_date": start.tz_localize(None).normalize(),
                "sport": "running",
                "sub_sport": "generic",
                "family": "run",
                "timer_time_s": 3000.0,
                "elapsed_time_s": 3000.0,
                "distance_m": 10000.0,
                "heart_rate_coverage": 1.0,
                "max_30s_heart_rate_bpm": 185.0,
            }
            row |= {name: value for name, value in given.items() if name not in ("day", "heart_rate_bpm")}
            rows.append(row)
            rate = int(given.get("heart_rate_bpm", heart_rate_bpm))  # type: ignore[call-overload]
            histograms[i, rate] = float(row["timer_time_s"]) * float(row["heart_rate_coverage"])  # type: ignore[arg-type]
        frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=["start_time"])
        return build_history(athlete or Athlete(), frame, histograms, until=until, wellness=wellness, log=log, **more)

    return make
