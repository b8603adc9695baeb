"""Rule 1: a run much longer than the longest of the 30 days before it."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.history import History
from stridelab.analysis.rules.finding import SEVERITIES
from stridelab.analysis.rules.rule import Rule, Verdicts

LOOK_BACK_D: Final = 30
MIN_RUNS: Final = 4
MIN_KNOWN_DAYS: Final = 14
SPLIT_GAP: Final = pd.Timedelta(minutes=30)
"""Runs that start this soon after the one before ended are one run in several files (convention)."""

SOURCE: Final = (
    "Frandsen JSB et al. 2025, Br J Sports Med 59:1203, doi:10.1136/bjsports-2024-109380"
    " (5,205 runners, 588,071 sessions)"
)

# Upper end of each band of session distance over longest distance of 30 days; severity, hazard rate ratio and its 95 %
# interval above it. The relation is not monotone: the bands are not a scale of danger.
BANDS: Final = (
    (1.10, "watch", 1.64, 1.31, 2.05),
    (1.30, "watch", 1.52, 1.16, 2.00),
    (2.00, "act", 2.28, 1.50, 3.48),
)
CAP_RATIO: Final = BANDS[0][0]


def merged_run_distance_m(activities: pd.DataFrame, index: pd.DatetimeIndex) -> pd.Series:
    """Longest run of each day, the parts of a run that was split over several files added up; 0 without a run."""
    runs = activities[(activities["family"] == "run") & activities["distance_m"].notna()].sort_values("start_time")
    if runs.empty:
        return pd.Series(0.0, index=index)
    lasting = runs["elapsed_time_s"].fillna(runs["timer_time_s"]).fillna(0.0)
    end = (runs["start_time"] + pd.to_timedelta(lasting, unit="s")).cummax()
    new = ~(runs["start_time"] - end.shift() <= SPLIT_GAP)
    part = new.cumsum()
    whole = runs.groupby(part).agg(local_date=("local_date", "first"), distance_m=("distance_m", "sum"))
    return whole.groupby("local_date")["distance_m"].max().reindex(index, fill_value=0.0)


def _verdicts(history: History) -> Verdicts:
    days = history.days
    today = merged_run_distance_m(history.activities, pd.DatetimeIndex(days.index))

    def count_before(holds: pd.Series) -> npt.NDArray[np.float64]:
        return _yesterday(holds.astype(float).rolling(LOOK_BACK_D, min_periods=1).sum())

    longest = _yesterday(today.rolling(LOOK_BACK_D, min_periods=1).max())
    runs = count_before(today > 0)
    known = count_before(days["state"] != "unknown")
    assumed = count_before(days["state_basis"] == "assumed")
    distance = today.to_numpy()
    ran = distance > 0
    reason = np.full(len(days), "", dtype=object)
    reason[ran & (known < MIN_KNOWN_DAYS)] = "too_few_known_days"
    reason[ran & (runs < MIN_RUNS)] = "no_reference"
    judged = ran & (reason == "")
    ratio = np.divide(distance, longest, out=np.full(len(days), np.nan), where=judged)
    band = np.searchsorted([low for low, *_ in BANDS], np.nan_to_num(ratio), side="left") - 1
    by_band = np.array([(SEVERITIES.index(severity), *hrr) for _, severity, *hrr in BANDS], dtype=np.float64)
    hit = band >= 0
    severity = np.where(hit, by_band[band, 0], -1).astype(np.int64)
    return Verdicts(
        severity=severity,
        reason_key=reason,
        message_key=np.where(hit, "session_spike", "").astype(object),
        numbers={
            "distance_m": distance,
            "longest_30d_m": np.where(longest > 0, longest, np.nan),
            "ratio": ratio,
            "cap_m": np.where(judged, CAP_RATIO * longest, np.nan),
            "hrr": np.where(hit, by_band[band, 1], np.nan),
            "hrr_low": np.where(hit, by_band[band, 2], np.nan),
            "hrr_high": np.where(hit, by_band[band, 3], np.nan),
            "runs_30d": runs,
            "runs_needed": np.full(len(days), float(MIN_RUNS)),
            "known": known,
            "needed": np.full(len(days), float(MIN_KNOWN_DAYS)),
        },
        known=known.astype(np.int64),
        assumed=assumed.astype(np.int64),
        needed=MIN_KNOWN_DAYS,
        window=LOOK_BACK_D,
    )


def _yesterday(daily: pd.Series) -> npt.NDArray[np.float64]:
    return daily.shift(fill_value=0.0).to_numpy(dtype=np.float64)


SESSION_SPIKE: Final = Rule(
    id="session_spike",
    number=1,
    question="Is this run much longer than the longest run of the 30 days before it?",
    kind="event",
    grade="B",
    source=SOURCE,
    verdicts=_verdicts,
    clears_when_key="session_spike_clears",
    lasts_d=7,
)
