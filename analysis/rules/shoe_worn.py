"""Rule 19: shoes that have gone far."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.rules.past import BoolArray, FloatArray, Past
from stridelab.analysis.rules.rolling import added, ratio_of
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Threshold, Verdicts, verdicts

WINDOW_D: Final = 84
SHOES: Final = ("shoe", "shoes", "running_shoes")


def distance_of_shoes_m(past: Past) -> tuple[FloatArray, BoolArray]:
    """How far each pair of shoes had gone by the end of each day, and whether it was in use, shape ``(n_shoes, n)``.

    The total of a pair is that of the last day; what was run in it later is taken off again. Where the activities do
    not say which pair was worn, only the last day is known.
    """
    shoes = past.history.gear[past.history.gear["kind"].isin(SHOES)]
    total = shoes["distance_m"].to_numpy(dtype=np.float64)
    distance = np.full((len(shoes), past.n), np.nan)
    worn = past.session_text("gear_id")
    gone = np.nan_to_num(past.session("distance_m"))
    for row, name in enumerate(shoes["gear_id"]):
        if "gear_id" in past.sessions:
            daily = np.bincount(past.session_day[worn == name], weights=gone[worn == name], minlength=past.n)
            distance[row] = total[row] - (daily.sum() - np.cumsum(daily))
        else:
            distance[row, -1] = total[row]
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
    names = past.history.gear.loc[past.history.gear["kind"].isin(SHOES), "name"].fillna("").to_numpy(dtype=object)
    shown = np.where(in_use & np.isfinite(distance), distance, -np.inf)
    row = shown.argmax(axis=0)
    farthest = shown.max(axis=0)
    known = np.isfinite(farthest)
    # A day on which all shoes are retired has none that is worn out.
    farthest = np.where(known, farthest, np.where(np.isfinite(distance).any(axis=0), 0.0, np.nan))
    return farthest, np.where(known, names[row], "").astype(object), in_use.sum(axis=0).astype(np.float64)


def _assigned_share(past: Past) -> FloatArray:
    """Share of the distance run in 84 days that is assigned to shoes; NaN where it is not known."""
    if "gear_id" not in past.sessions:
        return np.full(past.n, np.nan)
    gone = np.where(past.is_run, np.nan_to_num(past.session("distance_m")), 0.0)
    assigned = np.where(past.session_text("gear_id") != "", gone, 0.0)

    def lately(weights: FloatArray) -> FloatArray:
        daily = np.bincount(past.session_day, weights=weights, minlength=past.n)
        return added(daily.astype(np.float64), WINDOW_D)

    return ratio_of(lately(assigned), lately(gone))


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
