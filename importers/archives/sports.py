"""Names of sports as services use them, to FIT's sport and sub-sport."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from stridelab.sports import family

_EXACT: Final[Mapping[str, tuple[str, str]]] = {
    # Garmin Connect
    "running": ("running", "generic"),
    "street_running": ("running", "street"),
    "treadmill_running": ("running", "treadmill"),
    "trail_running": ("running", "trail"),
    "track_running": ("running", "track"),
    "indoor_running": ("running", "indoor_running"),
    "virtual_run": ("running", "virtual_activity"),
    "ultra_run": ("running", "ultra"),
    "obstacle_run": ("running", "obstacle"),
    "walking": ("walking", "generic"),
    "casual_walking": ("walking", "casual_walking"),
    "speed_walking": ("walking", "speed_walking"),
    "indoor_walking": ("walking", "indoor_walking"),
    "hiking": ("hiking", "generic"),
    "mountaineering": ("mountaineering", "generic"),
    "snow_shoe": ("snowshoeing", "generic"),
    "cycling": ("cycling", "generic"),
    "road_biking": ("cycling", "road"),
    "mountain_biking": ("cycling", "mountain"),
    "gravel_cycling": ("cycling", "gravel_cycling"),
    "indoor_cycling": ("cycling", "indoor_cycling"),
    "virtual_ride": ("cycling", "virtual_activity"),
    "cyclocross": ("cycling", "cyclocross"),
    "track_cycling": ("cycling", "track_cycling"),
    "recumbent_cycling": ("cycling", "recumbent"),
    "e_bike_fitness": ("e_biking", "e_bike_fitness"),
    "e_bike_mountain": ("e_biking", "e_bike_mountain"),
    "swimming": ("swimming", "generic"),
    "lap_swimming": ("swimming", "lap_swimming"),
    "pool_swim": ("swimming", "lap_swimming"),
    "open_water_swimming": ("swimming", "open_water"),
    "strength_training": ("training", "strength_training"),
    "cardio_training": ("training", "cardio_training"),
    "indoor_cardio": ("training", "cardio_training"),
    "hiit": ("training", "hiit"),
    "yoga": ("training", "yoga"),
    "pilates": ("training", "pilates"),
    "elliptical": ("fitness_equipment", "elliptical"),
    "stair_climbing": ("fitness_equipment", "stair_climbing"),
    "indoor_rowing": ("fitness_equipment", "indoor_rowing"),
    "rowing": ("rowing", "generic"),
    "multi_sport": ("multisport", "generic"),
    "transition": ("transition", "generic"),
    "cross_country_skiing": ("cross_country_skiing", "generic"),
    "cross_country_skiing_ws": ("cross_country_skiing", "generic"),
    "resort_skiing": ("alpine_skiing", "resort"),
    "soccer": ("soccer", "generic"),
    "tennis": ("tennis", "generic"),
    "rock_climbing": ("rock_climbing", "generic"),
    # Strava
    "run": ("running", "generic"),
    "trail_run": ("running", "trail"),
    "walk": ("walking", "generic"),
    "hike": ("hiking", "generic"),
    "ride": ("cycling", "generic"),
    "e_bike_ride": ("e_biking", "generic"),
    "mountain_bike_ride": ("cycling", "mountain"),
    "gravel_ride": ("cycling", "gravel_cycling"),
    "swim": ("swimming", "generic"),
    "weight_training": ("training", "strength_training"),
    "workout": ("training", "generic"),
    "crossfit": ("training", "hiit"),
    "stair_stepper": ("fitness_equipment", "stair_climbing"),
    "snowshoe": ("snowshoeing", "generic"),
    "nordic_ski": ("cross_country_skiing", "generic"),
    "alpine_ski": ("alpine_skiing", "generic"),
    # German and others, as the tables of Garmin and Strava are localised
    "laufen": ("running", "generic"),
    "lauf": ("running", "generic"),
    "laufband": ("running", "treadmill"),
    "laufbandtraining": ("running", "treadmill"),
    "trailrunning": ("running", "trail"),
    "traillauf": ("running", "trail"),
    "gehen": ("walking", "generic"),
    "spaziergang": ("walking", "generic"),
    "wandern": ("hiking", "generic"),
    "wanderung": ("hiking", "generic"),
    "radfahren": ("cycling", "generic"),
    "radfahrt": ("cycling", "generic"),
    "rennradfahren": ("cycling", "road"),
    "mountainbiken": ("cycling", "mountain"),
    "indoor_radfahren": ("cycling", "indoor_cycling"),
    "schwimmen": ("swimming", "generic"),
    "schwimmbadschwimmen": ("swimming", "lap_swimming"),
    "freiwasserschwimmen": ("swimming", "open_water"),
    "krafttraining": ("training", "strength_training"),
    "gewichtstraining": ("training", "strength_training"),
    "ellipsentrainer": ("fitness_equipment", "elliptical"),
    "crosstrainer": ("fitness_equipment", "elliptical"),
    "rudern": ("rowing", "generic"),
    "course": ("running", "generic"),
    "course_a_pied": ("running", "generic"),
    "carrera": ("running", "generic"),
    "corsa": ("running", "generic"),
    "hardlopen": ("running", "generic"),
    "corrida": ("running", "generic"),
}
_STEM: Final[tuple[tuple[str, tuple[str, str]], ...]] = (
    ("treadmill", ("running", "treadmill")),
    ("running", ("running", "generic")),
    ("_run", ("running", "generic")),
    ("walking", ("walking", "generic")),
    ("hiking", ("hiking", "generic")),
    ("cycling", ("cycling", "generic")),
    ("biking", ("cycling", "generic")),
    ("_ride", ("cycling", "generic")),
    ("swim", ("swimming", "generic")),
    ("strength", ("training", "strength_training")),
    ("elliptical", ("fitness_equipment", "elliptical")),
    ("rowing", ("rowing", "generic")),
)


def sport_of(name: str) -> tuple[str, str]:
    """FIT's sport and sub-sport of a service's name for one; generic where nothing is known of it.

    Examples
    --------
    >>> sport_of("treadmill_running"), sport_of("Trail Run"), sport_of("VirtualRide"), sport_of("Laufen")
    (('running', 'treadmill'), ('running', 'trail'), ('cycling', 'virtual_activity'), ('running', 'generic'))
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    key = re.sub(r"[\s\-–/]+", "_", spaced.replace("à", "a")).lower()
    if key in _EXACT:
        return _EXACT[key]
    for stem, found in _STEM:
        if stem in key:
            return found
    return (key, "generic") if family(key) != "other" else ("generic", "generic")
