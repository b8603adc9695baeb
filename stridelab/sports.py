"""Sports and their families. Names are FIT's; other formats are mapped to them by their importers."""

from __future__ import annotations

from typing import Final, Literal

Family = Literal["run", "walk", "bike", "swim", "strength", "machine", "other"]
Impact = Literal["impact", "low", "none"]

FAMILIES: Final[tuple[Family, ...]] = ("run", "walk", "bike", "swim", "strength", "machine", "other")

_BY_SPORT: Final[dict[str, Family]] = {
    "running": "run",
    "walking": "walk",
    "hiking": "walk",
    "snowshoeing": "walk",
    "mountaineering": "walk",
    "cycling": "bike",
    "e_biking": "bike",
    "swimming": "swim",
    "rowing": "machine",
    "training": "other",
    "floor_climbing": "machine",
}

# A sub-sport is more precise than its sport: an elliptical is `fitness_equipment/elliptical` in FIT.
_BY_SUB_SPORT: Final[dict[str, Family]] = {
    "strength_training": "strength",
    "elliptical": "machine",
    "indoor_rowing": "machine",
    "stair_climbing": "machine",
    "indoor_skiing": "machine",
    "treadmill": "run",
    "indoor_running": "run",
    "indoor_cycling": "bike",
    "spin": "bike",
    "indoor_walking": "walk",
    "casual_walking": "walk",
    "speed_walking": "walk",
    "lap_swimming": "swim",
    "open_water": "swim",
}

IMPACT: Final[dict[Family, Impact]] = {
    "run": "impact",
    "walk": "low",
    "bike": "none",
    "swim": "none",
    "strength": "none",
    "machine": "none",
    "other": "none",
}


def family(sport: str | None, sub_sport: str | None = None) -> Family:
    """Family of a FIT sport.

    The sub-sport decides where the sport is general (``fitness_equipment``, ``training``, ``generic``) or missing;
    a specific sport keeps its own family whatever its sub-sport.

    Examples
    --------
    >>> family("running", "treadmill")
    'run'
    >>> family("fitness_equipment", "elliptical")
    'machine'
    >>> family("training", "strength_training")
    'strength'
    >>> family("stand_up_paddleboarding")
    'other'
    """
    by_sport = _BY_SPORT.get(sport or "", "other")
    if by_sport != "other":
        return by_sport
    if sport in (None, "", "generic", "fitness_equipment", "training"):
        return _BY_SUB_SPORT.get(sub_sport or "", "other")
    return "other"


def counts_steps(sport_family: Family) -> bool:
    """Whether cadence of this family is steps (both feet) a minute."""
    return sport_family in ("run", "walk")
