"""Training load: of a session, of a day, and what remains of it over weeks."""

from stridelab.analysis.load.chronic import VARIANTS, ChronicVariant, fitness_fatigue
from stridelab.analysis.load.trimp import (
    BANISTER_COEFFICIENTS,
    ZONE_LOWER_BOUNDS_SHARE_OF_MAX,
    banister_trimp,
    banister_weight_per_min,
    heart_rate_zones_s,
    zone_of,
)

__all__ = [
    "BANISTER_COEFFICIENTS",
    "VARIANTS",
    "ZONE_LOWER_BOUNDS_SHARE_OF_MAX",
    "ChronicVariant",
    "banister_trimp",
    "banister_weight_per_min",
    "fitness_fatigue",
    "heart_rate_zones_s",
    "zone_of",
]
