"""What a physiotherapist or coach asks first, from twelve weeks of a history: tables, no sentences and no judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from stridelab.analysis.history import History
from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.shoe_worn import SHOES
from stridelab.analysis.rules.strength_missing import movement_days, strength_days

WEEKS: Final = 12
RECENT_D: Final = 28
SPEED_BAND_MPS: Final = 0.2
"""Technique is compared between runs within this of the runner's usual speed, as the rules do."""

MIN_RUNS: Final = 3
"""Runs on either side below which no change of technique is given (convention)."""

PAINFUL: Final = 3.0
"""Pain of 3 of 10 and more on several days is what the rules send to a professional."""

# Measured on flat ground where that is known, else over the whole run.
TECHNIQUE: Final[Mapping[str, tuple[str, str]]] = {
    "cadence_spm": ("flat_cadence_spm", "average_cadence_spm"),
    "ground_contact_time_ms": ("flat_ground_contact_time_ms", "average_ground_contact_time_ms"),
    "vertical_ratio_pct": ("flat_vertical_ratio_pct", "average_vertical_ratio_pct"),
    "ground_contact_balance_pct": ("flat_ground_contact_balance_pct", "average_ground_contact_balance_pct"),
    "rearfoot_share_pct": ("rearfoot_share_pct", ""),
}
_MECHANICAL: Final = ("mechanical_load_m4", "mechanical_load_m7", "mechanical_load_m10")


@dataclass(frozen=True)
class Trend:
    """One measure of technique, at matched speed.

    Parameters
    ----------
    name
        A key of `TECHNIQUE`.
    now, before
        Median of the runs of the last `RECENT_D` days, and of those of the weeks before; NaN with fewer than
        `MIN_RUNS`.
    runs_now, runs_before
        How many runs that are.
    flat
        Whether it is of flat ground only.
    weekly
        Median of each week, shape ``(12,)``.
    """

    name: str
    now: float
    before: float
    runs_now: int
    runs_before: int
    flat: bool
    weekly: tuple[float, ...]


def weekly_loads(history: History, day: date) -> pd.DataFrame:
    """Twelve blocks of seven days, the last of which ends on a day.

    Returns
    -------
    DataFrame
        Index ``first_day``; ``distance_run_m`` and ``load`` (in points; the Banister TRIMP where there is no other)
        are sums of what is known, NaN where no day is; ``mechanical_load_m4``, ``m7`` and ``m10`` likewise;
        ``known_days``, ``trained_days``, and ``trained_without_load``: training days whose load is missing.
    """
    ends = pd.Timestamp(day)
    index = pd.date_range(ends - pd.Timedelta(days=7 * WEEKS - 1), ends, freq="D", unit="ms")
    days = history.days.reindex(index) if len(history.days) else pd.DataFrame(index=index)
    state = _column(days, "state", "unknown").fillna("unknown")
    known = state != "unknown"
    load = _numbers(days, "load")
    load = load if load.notna().any() else _numbers(days, "trimp_banister")
    distance = _numbers(days, "distance_run_m").where(known)
    table = pd.DataFrame({"distance_run_m": distance, "load": load.where(known)})
    for name in _MECHANICAL:
        table[name] = _numbers(days, name).where(known)
    block = np.repeat(np.arange(WEEKS), 7)
    weeks = table.groupby(block).sum(min_count=1)
    weeks["known_days"] = known.groupby(block).sum()
    trained = state == "trained"
    weeks["trained_days"] = trained.groupby(block).sum()
    weeks["trained_without_load"] = (trained & load.isna()).groupby(block).sum()
    weeks.index = pd.DatetimeIndex(index[::7], name="first_day")
    return weeks


def pain_log(history: History, day: date) -> pd.DataFrame:
    """Entries of pain of the twelve weeks up to a day, oldest first; those out of 0 to 10 are left out."""
    log: pd.DataFrame = history.log
    age = (pd.Timestamp(day) - log["date"]).dt.days
    own: pd.DataFrame = log[(log["kind"] == "pain") & age.between(0, 7 * WEEKS - 1) & log["value"].between(0, 10)]
    return own.sort_values("date", kind="stable").reset_index(drop=True)


def technique(history: History, day: date) -> tuple[list[Trend], float, str]:
    """How technique changed, at matched speed and with one sensor.

    Returns
    -------
    tuple
        A `Trend` for each measure that any run has; the speed that the runs are matched to, m/s; and the sensor, empty
        where it is not named. With several sensors only the runs of the latest are looked at.
    """
    runs = history.activities
    age = (pd.Timestamp(day) - runs["local_date"]).dt.days
    runs = runs[(runs["family"] == "run") & age.between(0, 7 * WEEKS - 1)].sort_values("start_time")
    source = ""
    if "dynamics_source" in runs and runs["dynamics_source"].notna().any():
        source = str(runs["dynamics_source"].dropna().iloc[-1])
        runs = runs[runs["dynamics_source"].isna() | (runs["dynamics_source"] == source)]
    flat_speed = _numbers(runs, "flat_speed_mps")
    flat = bool(flat_speed.notna().any())
    speed = flat_speed if flat else _numbers(runs, "average_speed_mps")
    usual = float(speed.median())
    matched = runs[(speed - usual).abs() <= SPEED_BAND_MPS]
    days_ago = (pd.Timestamp(day) - matched["local_date"]).dt.days
    trends = []
    for name, (on_flat, everywhere) in TECHNIQUE.items():
        column = on_flat if flat or not everywhere else everywhere
        value = _numbers(matched, column).where(lambda values: values > 0)
        if not value.notna().any():
            continue
        recent, old = value[days_ago < RECENT_D].dropna(), value[days_ago >= RECENT_D].dropna()
        weekly = value.groupby(WEEKS - 1 - days_ago // 7).median().reindex(range(WEEKS))
        trends.append(
            Trend(
                name,
                float(recent.median()) if len(recent) >= MIN_RUNS else float("nan"),
                float(old.median()) if len(old) >= MIN_RUNS else float("nan"),
                len(recent),
                len(old),
                flat,
                tuple(weekly.tolist()),
            )
        )
    return trends, usual, source


def strength(history: History, day: date) -> tuple[int, dict[str, int]] | None:
    """Days with strength work in the last `RECENT_D` days, and of those the days with each of the five movements.

    They are counted as rule 17 does. None where strength work was never recorded or written down: its absence says
    nothing then.
    """
    past = Past(history)
    did = strength_days(past)
    if not did.any():
        return None
    recent = (past.index > pd.Timestamp(day) - pd.Timedelta(days=RECENT_D)) & (past.index <= pd.Timestamp(day))
    movements = {name: int(found[recent].sum()) for name, found in movement_days(past).items()}
    return int(did[recent].sum()), movements


def shoes(history: History, day: date) -> pd.DataFrame:
    """Shoes in use on a day (`stridelab.analysis.history.GEAR_COLUMNS`), the farthest gone first."""
    gear: pd.DataFrame = history.gear
    stamp = pd.Timestamp(day)
    used: pd.DataFrame = gear[gear["kind"].isin(SHOES) & ~(gear["retired"] <= stamp)]
    return used.sort_values("distance_m", ascending=False).reset_index(drop=True)


def _column(table: pd.DataFrame, name: str, missing: object) -> pd.Series:
    return table[name] if name in table else pd.Series(missing, index=table.index, dtype=object)


def _numbers(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table:
        return pd.Series(np.nan, index=table.index, dtype="float64")
    return table[name].astype("float64")
