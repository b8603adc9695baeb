"""Recovery: heart-rate variability, what is usual for an athlete, and how far a recorded heart rate can be believed.

Nothing here says overreached or overtrained: these are told apart in hindsight and by excluding disease (Meeusen et al.
2013, Med Sci Sports Exerc 45:186).
"""

from stridelab.analysis.recovery.after_exercise import heart_rate_recovery_bpm
from stridelab.analysis.recovery.artefacts import KINDS, CorrectedIntervals, correct_artefacts, find_artefacts
from stridelab.analysis.recovery.baseline import (
    MARGINS,
    Margin,
    rolling_baseline,
    sleep_two_week_mean_h,
    wellness_baseline,
)
from stridelab.analysis.recovery.fractal import (
    ALPHA1_AT_VT1,
    ALPHA1_AT_VT2,
    MAX_ARTEFACT_SHARE,
    ThresholdEstimate,
    dfa_alpha1,
    dfa_alpha1_over_time,
    threshold_heart_rate,
)
from stridelab.analysis.recovery.heart_rate_quality import FAULTS, HeartRateQuality, heart_rate_quality
from stridelab.analysis.recovery.intervals import (
    HeartRateVariability,
    heart_rate_variability,
    ln_rmssd,
    pnn50_pct,
    rmssd_ms,
    sdnn_ms,
)

__all__ = [
    "ALPHA1_AT_VT1",
    "ALPHA1_AT_VT2",
    "FAULTS",
    "KINDS",
    "MARGINS",
    "MAX_ARTEFACT_SHARE",
    "CorrectedIntervals",
    "HeartRateQuality",
    "HeartRateVariability",
    "Margin",
    "ThresholdEstimate",
    "correct_artefacts",
    "dfa_alpha1",
    "dfa_alpha1_over_time",
    "find_artefacts",
    "heart_rate_quality",
    "heart_rate_recovery_bpm",
    "heart_rate_variability",
    "ln_rmssd",
    "pnn50_pct",
    "rmssd_ms",
    "rolling_baseline",
    "sdnn_ms",
    "sleep_two_week_mean_h",
    "threshold_heart_rate",
    "wellness_baseline",
]
