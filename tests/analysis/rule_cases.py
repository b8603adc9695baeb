"""One small history for each rule, in which its flag is raised, held and cleared, and what it cannot do without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from stridelab.activity import WELLNESS_COLUMNS, empty_table
from stridelab.analysis.history import GEAR_COLUMNS, HISTORY_SET_COLUMNS, LOG_COLUMNS, TAG_COLUMNS, History

from .conftest import MakeHistory

FIRST = date(2026, 1, 1)


def on(day: float) -> date:
    """The date of a day of the small histories."""
    return FIRST + timedelta(days=int(day))


def stamp(day: float) -> pd.Timestamp:
    return pd.Timestamp(on(day))


def log_of(*entries: tuple[int, str, float | None, str | None]) -> pd.DataFrame:
    """A log of entries: day, kind, value, text."""
    rows = [(stamp(day), kind, value, None, None, None, text) for day, kind, value, text in entries]
    return pd.DataFrame(rows, columns=list(LOG_COLUMNS)).astype(dict(LOG_COLUMNS))


def tags_of(tag: str, days: Sequence[int]) -> pd.DataFrame:
    return pd.DataFrame([(stamp(day), None, tag) for day in days], columns=list(TAG_COLUMNS)).astype(dict(TAG_COLUMNS))


def nights_of(metric: str, values: Sequence[float], source: str = "watch", first: int = 0) -> pd.DataFrame:
    """One value a night; NaN is a night without."""
    day = [stamp(first + n) for n in range(len(values))]
    table = pd.DataFrame({"local_date": day, "metric": metric, "value": values, "unit": "", "source": source})
    table["context"], table["time"] = "night", pd.Series(day).dt.tz_localize("UTC")
    return table[table["value"].notna()].reset_index(drop=True).astype(dict(WELLNESS_COLUMNS))


def gear_of(*pairs: tuple[str, float]) -> pd.DataFrame:
    rows = [(name, "shoes", name, stamp(0), pd.NaT, metres) for name, metres in pairs]
    return pd.DataFrame(rows, columns=list(GEAR_COLUMNS)).astype(dict(GEAR_COLUMNS))


def sets_of(days: Sequence[int], movement: str) -> pd.DataFrame:
    table = empty_table(HISTORY_SET_COLUMNS).reindex(range(len(days)))
    table["local_date"] = pd.Series([stamp(day) for day in days]).astype("datetime64[ms]")
    table["movement"], table["activity_id"] = movement, "x"
    return table


def wave(n: int, size: float, seed: int = 1) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Small differences from one to the next, the same each time."""
    return np.random.default_rng(seed).normal(0, size, n)


def runs(days: Sequence[float], **columns: Any) -> list[dict[str, object]]:
    """Runs on these days; a column is one value, or one for each."""
    rows: list[dict[str, object]] = [{"day": day} for day in days]
    for name, values in columns.items():
        for row, value in zip(
            rows, values if isinstance(values, list | np.ndarray) else [values] * len(rows), strict=True
        ):
            row[name] = value
    return rows


@dataclass(frozen=True)
class Case:
    """A rule, its history, the severity it is raised with, and the history without what it needs."""

    rule: str
    severity: str
    message: str
    build: Callable[[MakeHistory], History]
    without: Callable[[History], History]
    reason: str


def lacking(*columns: str) -> Callable[[History], History]:
    """Without these columns of the activities and days at all, as histories from elsewhere may be."""

    def drop(history: History) -> History:
        return replace(
            history,
            activities=history.activities.drop(columns=list(columns), errors="ignore"),
            days=history.days.drop(columns=list(columns), errors="ignore"),
        )

    return drop


def unknown_days(history: History) -> History:
    """One day of each week is not known."""
    days = history.days.copy()
    days.loc[np.arange(len(days)) % 7 == 1, ["state", "state_basis"]] = ["unknown", ""]
    return replace(history, days=days)


def no_nights(history: History) -> History:
    metrics = ("resting_heart_rate_bpm", "hrv_rmssd_ms", "sleep_duration_h")
    return lacking(*metrics)(replace(history, wellness=empty_table(WELLNESS_COLUMNS)))


EVERY_OTHER = list(range(0, 60, 2))


def _spike(make: MakeHistory) -> History:
    return make([*runs(EVERY_OTHER), *runs([60], distance_m=15_000.0)], until=on(75))


def _streak(make: MakeHistory) -> History:
    return make(runs([*EVERY_OTHER, *range(60, 68), 72, 75]), until=on(76))


def _hard(make: MakeHistory) -> History:
    return make([*runs(EVERY_OTHER, rpe=3.0), *runs([60, 60.6], rpe=8.0), *runs([64, 68], rpe=3.0)], until=on(70))


def _monotony(make: MakeHistory) -> History:
    usual = runs(range(84), timer_time_s=[600.0, 4800.0, 1800.0, 600.0, 5400.0, 1200.0, 2400.0] * 12)
    # A day of rest a week: without one the missing rest would be the cause.
    much = [day for day in range(84, 104) if day % 7]
    high = runs(much, timer_time_s=list(5200.0 + 300 * (np.arange(len(much)) % 3)))
    return make([*usual, *high, *runs([106, 109])], until=on(112))


def _ramp(make: MakeHistory) -> History:
    much = runs(range(70, 84), timer_time_s=9000.0, heart_rate_bpm=160)
    return make([*runs(range(0, 70, 2)), *much, *runs([90, 97])], until=on(98))


def _nights(metric: str, usual: float, size: float, then: float, days: int = 12) -> Callable[[MakeHistory], History]:
    def build(make: MakeHistory) -> History:
        values = np.concatenate([usual + wave(50, size), then + wave(days, size, 2), usual + wave(40, size, 3)])
        return make(runs(range(0, len(values), 2)), wellness=nights_of(metric, list(values)))

    return build


STEADY = {"average_heart_rate_bpm": 142.0, "flat_speed_mps": 3.0}


def _efficiency(make: MakeHistory) -> History:
    days = list(range(0, 140, 2))
    factor = np.where((np.array(days) >= 70) & (np.array(days) < 96), 1.20, 1.35) + wave(len(days), 0.01)
    return make(runs(days, efficiency_factor=factor, **STEADY))


def _overreaching(make: MakeHistory) -> History:
    days = np.arange(0, 150, 2)
    factor = np.where((days >= 70) & (days < 104), 1.20, 1.35) + wave(len(days), 0.01)
    night = np.arange(150)
    off = (night >= 74) & (night < 104)
    nights = [
        nights_of("hrv_rmssd_ms", list(np.where(off, 45.0, 60.0) + wave(150, 2))),
        nights_of("resting_heart_rate_bpm", list(np.where(off, 57.0, 50.0) + wave(150, 1))),
    ]
    return make(runs(list(days), efficiency_factor=factor, **STEADY), wellness=pd.concat(nights, ignore_index=True))


def _mechanical(make: MakeHistory) -> History:
    days = np.arange(0, 100, 2)
    much = (days >= 70) & (days < 78)
    loads = {f"mechanical_load_m{m}": np.where(much, 2.0, 1.0) * 10.0**m for m in (4, 7, 10)}
    return make(runs(list(days), **loads, mechanical_load_basis="measured", dynamics_source="pod"))


def _matched(column: str, usual: float, then: float, size: float) -> Callable[[MakeHistory], History]:
    def build(make: MakeHistory) -> History:
        days = np.arange(0, 120, 2)
        values = np.where((days >= 80) & (days < 92), then, usual) + wave(len(days), size)
        return make(
            runs(list(days), flat_speed_mps=3.0 + wave(len(days), 0.03), dynamics_source="pod", **{column: values})
        )

    return build


def _strength(make: MakeHistory) -> History:
    days = [*range(0, 42, 3), *range(70, 105, 3)]
    return make(runs(range(0, 110, 2)), sets=sets_of(days, "leg_press"))


def _only_running(make: MakeHistory) -> History:
    days = [day for day in range(70) if day % 7 != 6]
    ride = {"day": 62.5, "family": "bike", "sport": "cycling"}
    return make([*runs(days), ride])


def _shoes(make: MakeHistory) -> History:
    retired = gear_of(("Blue", 640_000.0), ("Red", 100_000.0)).assign(retired=[stamp(90), pd.NaT])
    return make(
        runs(range(0, 100, 2), gear_id=["Blue"] * 45 + ["Red"] * 5),
        gear=retired.astype(dict(GEAR_COLUMNS)),
        until=on(99),
    )


def _pain(make: MakeHistory) -> History:
    entries = [(20, "pain", 4.0, None), (22, "pain", 3.0, None), (24, "pain", 5.0, None), (40, "note", None, "fine")]
    return make(runs(EVERY_OTHER), log=log_of(*entries))


def no_log(history: History) -> History:
    return replace(history, log=empty_table(LOG_COLUMNS))


CASES = (
    Case("session_spike", "watch", "session_spike", _spike, lacking("distance_m"), ""),
    Case(
        "consecutive_training_days", "watch", "consecutive_training_days", _streak, unknown_days, "too_few_known_days"
    ),
    Case(
        "hard_sessions_too_close",
        "act",
        "hard_sessions_within_a_day",
        _hard,
        lacking("rpe", "load", "trimp_banister", "time_over_threshold_s"),
        "intensity_unknown",
    ),
    Case("monotony_strain", "watch", "monotony_strain", _monotony, lacking("load", "trimp_banister"), "load_unknown"),
    Case("load_ramp", "info", "load_ramp", _ramp, lacking("load", "trimp_banister"), "too_young"),
    Case(
        "hrv_below_baseline", "watch", "hrv_below_baseline", _nights("hrv_rmssd_ms", 60, 3, 42), no_nights, "no_nights"
    ),
    Case(
        "resting_heart_rate_raised",
        "watch",
        "resting_heart_rate_raised",
        _nights("resting_heart_rate_bpm", 50, 1, 58),
        no_nights,
        "no_nights",
    ),
    Case("short_sleep", "watch", "short_sleep", _nights("sleep_duration_h", 7.6, 0.3, 5.8, 16), no_nights, "no_nights"),
    Case(
        "efficiency_falling",
        "watch",
        "efficiency_falling",
        _efficiency,
        lacking("efficiency_factor"),
        "too_few_steady_runs",
    ),
    Case("possible_overreaching", "refer", "possible_overreaching", _overreaching, no_nights, "markers_unknown"),
    Case(
        "mechanical_load_spike",
        "watch",
        "mechanical_load_spike",
        _mechanical,
        lacking("mechanical_load_m4", "mechanical_load_m7", "mechanical_load_m10"),
        "mechanical_load_unknown",
    ),
    Case(
        "cadence_drop",
        "watch",
        "cadence_drop",
        _matched("flat_cadence_spm", 172, 160, 0.8),
        lacking("flat_cadence_spm"),
        "no_cadence",
    ),
    Case(
        "form_change",
        "info",
        "form_change_contact",
        _matched("flat_ground_contact_time_ms", 240, 258, 2),
        lacking("flat_ground_contact_time_ms"),
        "no_dynamics",
    ),
    Case(
        "contact_balance_shift",
        "info",
        "contact_balance_shift",
        _matched("flat_ground_contact_balance_pct", 50.2, 48.3, 0.2),
        lacking("flat_ground_contact_balance_pct"),
        "no_balance",
    ),
    Case(
        "foot_strike_change",
        "info",
        "foot_strike_forward",
        _matched("rearfoot_share_pct", 80, 50, 3),
        lacking("rearfoot_share_pct"),
        "no_foot_strike",
    ),
    Case(
        "strength_missing",
        "info",
        "strength_missing",
        _strength,
        lambda history: replace(history, sets=empty_table(HISTORY_SET_COLUMNS)),
        "no_strength_data",
    ),
    Case("no_cross_training", "info", "no_cross_training", _only_running, unknown_days, "too_few_known_days"),
    Case(
        "shoe_worn",
        "info",
        "shoe_worn",
        _shoes,
        lambda history: replace(history, gear=empty_table(GEAR_COLUMNS)),
        "no_shoes",
    ),
    Case("see_a_professional", "refer", "pain_repeated", _pain, no_log, "nothing_logged"),
)
