"""Rule 19: shoes that have gone far."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.rules.past import BoolArray, FloatArray, Past
from stridelab.analysis.rules.rolling import added, ratio_of
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Threshold, Verdicts, verdicts

WINDOW_D: Final = 84
SHOES: Final = ("shoe", "shoes", "running_shoes")


def worn(past: Past) -> npt.NDArray[np.object_]:
    """The shoes of each session, shape ``(n_sessions,)``; empty where it is not known.

    Where no session at all names its shoes and there is one pair only, every run since its first day was in it; its
    distance has to agree with that (`_assigned_share`).
    """
    named = past.session_text("gear_id")
    shoes = _shoes(past)
    if len(shoes) != 1 or (named != "").any():
        return named
    since = past.place(shoes["since"]).tolist()[0]
    return np.where(past.is_run & (past.session_day >= since), shoes["gear_id"].iloc[0], "").astype(object)


def distance_of_shoes_m(past: Past) -> tuple[FloatArray, BoolArray]:
    """How far each pair of shoes had gone by the end of each day, and whether it was in use, shape ``(n_shoes, n)``.

    The total of a pair is that of the last day; what was run in it later is taken off again. Where the sessions do not
    say which pair was worn, only the last day is known.
    """
    shoes = _shoes(past)
    total = shoes["distance_m"].to_numpy(dtype=np.float64)
    distance = np.full((len(shoes), past.n), np.nan)
    of_session, gone = worn(past), np.nan_to_num(past.session("distance_m"))
    known = (of_session != "").any()
    for row, name in enumerate(shoes["gear_id"]):
        own = of_session == name
        daily = np.bincount(past.session_day[own], weights=gone[own], minlength=past.n)
        distance[row] = total[row] - (daily.sum() - np.cumsum(daily))
    if not known:
        distance[:, :-1] = np.nan
    day = past.index.to_numpy()
    since, retired = (shoes[name].to_numpy(dtype="datetime64[ms]")[:, None] for name in ("since", "retired"))
    # A missing date is no limit.
    in_use = (np.isnat(since) | (since <= day)) & (np.isnat(retired) | (day < retired))
    return distance, in_use


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    distance, in_use = distance_of_shoes_m(past)
    farthest, name, pairs = _farthest(past, distance, in_use)
    assigned = _assigned_share(past)
    none = np.full(past.n, not len(distance))
    alone = pairs == 1
    watch, info = farthest >= 1000 * limits["watch_km"], farthest >= 1000 * limits["info_km"]
    return verdicts(
        past,
        hits=[
            (watch & alone, "watch", "shoe_worn_one_pair"),
            (watch, "watch", "shoe_worn"),
            (info & alone, "info", "shoe_worn_one_pair"),
            (info, "info", "shoe_worn"),
        ],
        reasons=[
            (none, "no_shoes"),
            (np.isnan(farthest), "shoes_of_day_unknown"),
            (assigned < 1 - limits["unassigned_pct"] / 100, "shoes_unassigned"),
        ],
        numbers={
            "distance_m": farthest,
            "info_m": np.full(past.n, 1000 * limits["info_km"]),
            "watch_m": np.full(past.n, 1000 * limits["watch_km"]),
            "pairs": pairs,
            "assigned_pct": 100 * assigned,
        },
        known=np.zeros(past.n),
        needed=0,
        window=0,
        subject=name,
        reason_numbers=("assigned_pct",),
    )


def _farthest(
    past: Past, distance: FloatArray, in_use: BoolArray
) -> tuple[FloatArray, npt.NDArray[np.object_], FloatArray]:
    """Of the pairs in use on each day the one that went farthest: how far, which, and of how many pairs."""
    if not len(distance):
        return np.full(past.n, np.nan), np.full(past.n, "", dtype=object), np.zeros(past.n)
    names = _shoes(past)["name"].fillna("").to_numpy(dtype=object)
    shown = np.where(in_use & np.isfinite(distance), distance, -np.inf)
    row = shown.argmax(axis=0)
    farthest = shown.max(axis=0)
    known = np.isfinite(farthest)
    # A day on which all shoes are retired has none that is worn out.
    farthest = np.where(known, farthest, np.where(np.isfinite(distance).any(axis=0), 0.0, np.nan))
    return farthest, np.where(known, names[row], "").astype(object), in_use.sum(axis=0).astype(np.float64)


def _assigned_share(past: Past) -> FloatArray:
    """Share of the distance run in 84 days that is assigned to shoes; NaN where that is not known."""
    of_session = worn(past)
    if not (of_session != "").any():
        return np.full(past.n, np.nan)
    gone = np.where(past.is_run, np.nan_to_num(past.session("distance_m")), 0.0)
    in_shoes = np.where(of_session != "", gone, 0.0)
    # More than the pair has gone in all cannot have been run in it.
    total = np.nansum(_shoes(past)["distance_m"].to_numpy(dtype=np.float64))
    covered = min(1.0, total / in_shoes.sum()) if in_shoes.sum() > 0 else 1.0

    def lately(weights: FloatArray) -> FloatArray:
        daily = np.bincount(past.session_day, weights=weights, minlength=past.n)
        return added(daily.astype(np.float64), WINDOW_D)

    return covered * ratio_of(lately(in_shoes), lately(gone))


def _shoes(past: Past) -> pd.DataFrame:
    return past.history.gear[past.history.gear["kind"].isin(SHOES)]


SHOE_WORN: Final = Rule(
    id="shoe_worn",
    number=19,
    question="How far have the shoes gone?",
    kind="state",
    severities=("info", "watch"),
    grade="D",
    evidence=(
        "The distances are convention of makers and shops. That runners with two pairs or more had fewer injuries"
        " (264 runners, hazard ratio 0.614) is evidence B, and of one cohort."
    ),
    source="Convention; several pairs: Malisoux L et al. 2015, Scand J Med Sci Sports 25:110, doi:10.1111/sms.12154",
    verdicts=_verdicts,
    clears_when_key="shoe_clears",
    needs=(Need("gear of kind shoes, activities.gear_id", "80 % of the distance of 84 days assigned to shoes"),),
    thresholds=(
        Threshold("info_km", 500, "km", "for information"),
        Threshold("watch_km", 800, "km", "watch"),
        Threshold("unassigned_pct", 20, "%", "of the distance that may be assigned to no shoes"),
    ),
    tags=(Suppressed("exclude"),),
    hits_to_raise=1,
)
