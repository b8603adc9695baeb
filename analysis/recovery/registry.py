"""What the registry says of variability, baselines and the quality of a heart rate."""

from __future__ import annotations

from typing import Final

from stridelab.analysis.metric import Metric
from stridelab.analysis.recovery.baseline import BASELINE_D, MARGINS, MIN_BASELINE_D, MIN_WEEK_D, WEEK_D
from stridelab.analysis.recovery.fractal import ALPHA1_AT_VT1, ALPHA1_AT_VT2, BOX_BEATS, ERROR_BPM, MAX_ARTEFACT_SHARE
from stridelab.analysis.recovery.heart_rate_quality import LOCK_BPM, LOCK_S, SPIKE_BPM, START_STEP_BPM, STUCK_S
from stridelab.analysis.recovery.intervals import TASK_FORCE

_HERE = "stridelab.analysis.recovery"
_BEATS = ("RR intervals, corrected",)
_NOT_THE_DEVICE = (
    "Artefacts multiply it: correct them first. Not the same series as a device's own nightly value; the two are never "
    "put into one baseline."
)
_NO_VERDICT = (
    "An average of days, not a state of the athlete: illness, alcohol, heat, travel and a new device move it as well."
)


def _time_domain(name: str, description: str, unit: str, formula: str, uncertainty: str = _NOT_THE_DEVICE) -> Metric:
    return Metric(
        name=f"rr_{name}",
        description=description,
        unit=unit,
        formula=formula,
        source="Plews et al. 2013, Sports Med 43:773" if name == "ln_rmssd" else TASK_FORCE,
        function=f"{_HERE}.{name}",
        inputs=_BEATS,
        uncertainty=uncertainty,
    )


def _share_of_50(denominator: str, formula: str, packages: str) -> Metric:
    return Metric(
        name="rr_pnn50_pct",
        description="Share of successive differences of more than 50 ms.",
        unit="%",
        formula=formula,
        source=f"{TASK_FORCE}; so in {packages}",
        function=f"{_HERE}.pnn50_pct",
        inputs=_BEATS,
        variant=denominator,
        default=denominator == "differences",
        uncertainty="Near 0 or 100 it says little. The variants differ by one part in n.",
    )


def _alpha1(variant: str, boxes: str) -> Metric:
    return Metric(
        name="dfa_alpha1",
        description="How the fluctuation of RR intervals grows with the number of beats.",
        unit="",
        formula=f"slope of ln F(s) on ln s, s = {BOX_BEATS[0]} to {BOX_BEATS[1]} beats, a line taken out of each box, "
        f"boxes {boxes}",
        source="Peng et al. 1995, Chaos 5:82",
        function=f"{_HERE}.dfa_alpha1",
        inputs=_BEATS,
        variant=variant,
        default=variant == "non_overlapping",
        uncertainty=f"Not used above {100 * MAX_ARTEFACT_SHARE:g} % of artefacts. Other apps remove trends first and "
        "differ.",
    )


def _threshold(name: str, alpha1: float, source: str) -> Metric:
    bias, spread = ERROR_BPM[alpha1]
    return Metric(
        name=f"dfa_{name}_heart_rate_bpm",
        description=f"Heart rate at {name.upper()} as alpha 1 estimates it while effort rises: an estimate, not "
        "a test.",
        unit="bpm",
        formula=f"line of alpha 1 (windows of 2 min) on heart rate at {alpha1:g}; nothing extrapolated",
        source=source,
        function=f"{_HERE}.threshold_heart_rate",
        inputs=("RR intervals of an activity",),
        variant=f"alpha 1 = {alpha1:g}",
        uncertainty=f"True less estimated: {bias:g} ± {spread:g} bpm in 64 people whose load rose (Eronen et "
        "al. 2024, doi 10.1101/2024.08.14.24311967); the interval is given with it, the number is not moved.",
    )


def _baseline(metric: str) -> Metric:
    margin = MARGINS[metric]
    series = "ln of the metric" if margin.logarithm else "the metric"
    least = f", at least {margin.least:g}" if margin.least else ""
    return Metric(
        name=f"{metric}_baseline",
        description="The mean of a week against the athlete's own four weeks before: below, within or above.",
        unit="that of lnRMSSD" if margin.logarithm else "that of the metric",
        formula=f"mean of {WEEK_D} days of {series} against mean ± {margin.deviations:g} SD{least} of the {BASELINE_D} "
        f"days that end {WEEK_D} days before; {MIN_WEEK_D} of {WEEK_D} and {MIN_BASELINE_D} of {BASELINE_D} days known",
        source=margin.source,
        function=f"{_HERE}.wellness_baseline",
        inputs=(f"{metric} of each day, of one source and context",),
        uncertainty=_NO_VERDICT,
    )


RECOVERY_METRICS: Final = (
    _time_domain("rmssd_ms", "Beat to beat variability.", "ms", "√ mean of (RR − next RR)²"),
    _time_domain("ln_rmssd", "Beat to beat variability, on the scale of baselines.", "ln ms", "ln RMSSD"),
    _time_domain(
        "sdnn_ms",
        "Variability of all intervals.",
        "ms",
        "standard deviation of RR (n − 1)",
        "It grows with the length of the recording: compare equal lengths only.",
    ),
    _share_of_50("differences", "100 · count of |RR − next RR| > 50 ms / (n − 1)", "pyhrv and hrv-analysis"),
    _share_of_50("intervals", "100 · count of |RR − next RR| > 50 ms / n", "neurokit2"),
    Metric(
        name="heart_rate_variability",
        description="All numbers of the time domain of one recording.",
        unit="",
        formula="mean RR, SDNN, RMSSD, lnRMSSD, pNN50",
        source=TASK_FORCE,
        function=f"{_HERE}.heart_rate_variability",
        inputs=_BEATS,
        uncertainty=_NOT_THE_DEVICE,
    ),
    Metric(
        name="rr_artefact_share",
        description="Share of RR intervals that are artefacts (ectopic, missed, extra, long or short) or missing.",
        unit="",
        formula="changes beyond 5.2 quartile deviations of 91 intervals, sorted by their pattern; counted before "
        "correction",
        source="Lipponen & Tarvainen 2019, J Med Eng Technol 43:173",
        function=f"{_HERE}.correct_artefacts",
        inputs=("RR intervals",),
        uncertainty="Where most beats are artefacts the thresholds follow them, and too few are found. The last two "
        "intervals are not judged.",
    ),
    _alpha1("non_overlapping", "side by side"),
    _alpha1("overlapping", "that overlap by half"),
    Metric(
        name="dfa_alpha1_over_time",
        description="Alpha 1, heart rate and artefacts along an activity.",
        unit="",
        formula="alpha 1 of windows of 2 min, one every 20 s",
        source="Rogers et al. 2021, Front Physiol 11:596567",
        function=f"{_HERE}.dfa_alpha1_over_time",
        inputs=("RR intervals of an activity",),
        uncertainty=f"NaN above {100 * MAX_ARTEFACT_SHARE:g} % of artefacts (Rogers et al. 2021, Sensors 21:821).",
    ),
    _threshold("vt1", ALPHA1_AT_VT1, "Rogers et al. 2021, Front Physiol 11:596567"),
    _threshold("vt2", ALPHA1_AT_VT2, "Rogers et al. 2021, J Funct Morphol Kinesiol 6:38"),
    *(_baseline(metric) for metric in MARGINS),
    Metric(
        name="ln_rmssd_cv_pct",
        description="How much variability differs from night to night within a week.",
        unit="%",
        formula="100 · SD / mean of lnRMSSD of 7 days",
        source="Plews et al. 2012, Eur J Appl Physiol 112:3729",
        function=f"{_HERE}.rolling_baseline",
        inputs=("lnRMSSD of each day, of one source and context",),
        uncertainty="Described in two athletes; a note beside the mean, not a finding of its own.",
    ),
    Metric(
        name="sleep_two_week_mean_h",
        description="Mean sleep of 14 nights, in hours.",
        unit="h",
        formula="mean of the known of 14 nights, at least 10",
        source="Johnston et al. 2020, J Sci Med Sport 23:252",
        function=f"{_HERE}.sleep_two_week_mean_h",
        inputs=("sleep_duration_h of each day, of one source",),
        uncertainty="Below 7 h: hazard ratio of an injury 1.51 (1.13 to 2.02) in 95 athletes; other evidence is mixed.",
    ),
    Metric(
        name="heart_rate_recovery_bpm",
        description="Drop of the heart rate in the minute after an effort. Reported, never scored.",
        unit="bpm",
        formula="mean of the last 5 s − mean of the 5 s around 60 s later",
        source="Cole et al. 1999, N Engl J Med 341:1351",
        function=f"{_HERE}.heart_rate_recovery_bpm",
        inputs=("heart_rate_bpm", "end of the effort"),
        uncertainty="Faster is not better: it was faster in functional overreaching (Aubry et al. 2015). Depends on "
        "intensity and posture.",
    ),
    Metric(
        name="heart_rate_quality",
        description="Share of the time of a recording whose heart rate can be believed, and which samples.",
        unit="",
        formula="1 − share of the time of: no value; "
        f"one value for {STUCK_S:g} s; {SPIKE_BPM:g} bpm from the median of 31 s; before a jump of "
        f"{START_STEP_BPM:g} bpm in the first 5 min; within {LOCK_BPM:g} of cadence for {LOCK_S:g} s, moving with it",
        source="convention; concordance: Lin 1989, Biometrics 45:255",
        function=f"{_HERE}.heart_rate_quality",
        inputs=("heart_rate_bpm", "cadence_spm"),
        uncertainty="Not validated against an ECG. Rejected samples are missing, never interpolated.",
    ),
)
