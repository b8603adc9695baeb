"""Training load: of a session, of a day, and what remains of it over weeks."""

from stridelab.analysis.counting import Counted, count_samples
from stridelab.analysis.load.chronic import VARIANTS, ChronicVariant, fitness_fatigue, ramp_rate
from stridelab.analysis.load.impulse_response import (
    WHY_TAU_IS_FIXED,
    ImpulseResponseFit,
    fit_impulse_response,
    impulse_response,
    influence_days,
)
from stridelab.analysis.load.individual import fit_lactate_weighting, individual_trimp
from stridelab.analysis.load.power import critical_power, running_power_w, w_prime_balance_j
from stridelab.analysis.load.recent import acute_chronic_ratio, monotony_strain, redi
from stridelab.analysis.load.session import SessionLoad, session_load
from stridelab.analysis.load.stress import (
    heart_rate_tss,
    normalised_mean,
    power_tss,
    running_power_score,
    running_tss,
    stress_score,
)
from stridelab.analysis.load.trimp import (
    BANISTER_COEFFICIENTS,
    ZONE_LOWER_BOUNDS_SHARE_OF_MAX,
    banister_trimp,
    banister_weight_per_min,
    heart_rate_zones_s,
    zone_of,
)
from stridelab.analysis.load.zonal import (
    LUCIA_WEIGHTS,
    ZONE_WEIGHTS,
    edwards_trimp,
    lucia_trimp,
    session_rpe_load,
    zonal_load,
)

__all__ = [
    "BANISTER_COEFFICIENTS",
    "LUCIA_WEIGHTS",
    "VARIANTS",
    "WHY_TAU_IS_FIXED",
    "ZONE_LOWER_BOUNDS_SHARE_OF_MAX",
    "ZONE_WEIGHTS",
    "ChronicVariant",
    "Counted",
    "ImpulseResponseFit",
    "SessionLoad",
    "acute_chronic_ratio",
    "banister_trimp",
    "banister_weight_per_min",
    "count_samples",
    "critical_power",
    "edwards_trimp",
    "fit_impulse_response",
    "fit_lactate_weighting",
    "fitness_fatigue",
    "heart_rate_tss",
    "heart_rate_zones_s",
    "impulse_response",
    "individual_trimp",
    "influence_days",
    "lucia_trimp",
    "monotony_strain",
    "normalised_mean",
    "power_tss",
    "ramp_rate",
    "redi",
    "running_power_score",
    "running_power_w",
    "running_tss",
    "session_load",
    "session_rpe_load",
    "stress_score",
    "w_prime_balance_j",
    "zonal_load",
    "zone_of",
]
