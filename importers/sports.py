"""What writers of GPX and TCX call a sport, as FIT's sport and sub-sport."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

Sport = tuple[str, str]

GENERIC: Final[Sport] = ("generic", "generic")

SPORTS: Final[Mapping[str, Sport]] = {
    # Without case and separators. Strava writes numbers.
    "running": ("running", "generic"),
    "run": ("running", "generic"),
    "9": ("running", "generic"),
    "jogging": ("running", "generic"),
    "laufen": ("running", "generic"),
    "streetrunning": ("running", "street"),
    "roadrunning": ("running", "street"),
    "trailrunning": ("running", "trail"),
    "trailrun": ("running", "trail"),
    "trackrunning": ("running", "track"),
    "trackrun": ("running", "track"),
    "treadmill": ("running", "treadmill"),
    "treadmillrunning": ("running", "treadmill"),
    "indoorrunning": ("running", "indoor_running"),
    "virtualrun": ("running", "virtual_activity"),
    "virtualrunning": ("running", "virtual_activity"),
    "ultrarun": ("running", "ultra"),
    "walking": ("walking", "generic"),
    "walk": ("walking", "generic"),
    "10": ("walking", "generic"),
    "speedwalking": ("walking", "speed_walking"),
    "casualwalking": ("walking", "casual_walking"),
    "hiking": ("hiking", "generic"),
    "hike": ("hiking", "generic"),
    "wandern": ("hiking", "generic"),
    "4": ("hiking", "generic"),
    "cycling": ("cycling", "generic"),
    "biking": ("cycling", "generic"),
    "bike": ("cycling", "generic"),
    "ride": ("cycling", "generic"),
    "1": ("cycling", "generic"),
    "roadbiking": ("cycling", "road"),
    "roadcycling": ("cycling", "road"),
    "mountainbiking": ("cycling", "mountain"),
    "gravelcycling": ("cycling", "gravel_cycling"),
    "indoorcycling": ("cycling", "indoor_cycling"),
    "virtualride": ("cycling", "virtual_activity"),
    "virtualcycling": ("cycling", "virtual_activity"),
    "ebikeride": ("e_biking", "generic"),
    "swimming": ("swimming", "generic"),
    "swim": ("swimming", "generic"),
    "lapswimming": ("swimming", "lap_swimming"),
    "openwaterswimming": ("swimming", "open_water"),
    "rowing": ("rowing", "generic"),
    "crosscountryskiing": ("cross_country_skiing", "generic"),
    "nordicski": ("cross_country_skiing", "generic"),
    "elliptical": ("fitness_equipment", "elliptical"),
    "strengthtraining": ("training", "strength_training"),
}


_IN_A_PHRASE: Final = (("run", "running"), ("jog", "running"), ("hik", "hiking"), ("walk", "walking"),
                       ("cycl", "cycling"), ("bik", "cycling"), ("swim", "swimming"))  # fmt: skip


def sport_of(word: str) -> Sport:
    """FIT's sport and sub-sport for a writer's word; ``generic`` for one that says nothing known.

    Examples
    --------
    >>> sport_of("Trail Running"), sport_of("Morning run (easy)"), sport_of("Other")
    (('running', 'trail'), ('running', 'generic'), ('generic', 'generic'))
    """
    found = SPORTS.get(re.sub(r"[\W_]", "", word).lower())
    if found is not None:
        return found
    words = re.findall(r"[a-z]+", word.lower())
    return next(((sport, "generic") for part, sport in _IN_A_PHRASE if any(w.startswith(part) for w in words)), GENERIC)
