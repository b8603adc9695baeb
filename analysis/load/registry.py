"""What the registry says of session loads and of the models over days."""

from __future__ import annotations

from typing import Final

from stridelab.analysis.critical import BALANCE_VARIANTS
from stridelab.analysis.load.impulse_response import TAU_FATIGUE_D, TAU_FITNESS_D, WHY_TAU_IS_FIXED
from stridelab.analysis.load.stress import NORMALISED_VARIANTS, SCORE_EXPONENT
from stridelab.analysis.load.zonal import ZONE_WEIGHTS
from stridelab.analysis.metric import Metric

_RATES = ("heart_rate_bpm", "resting_heart_rate_bpm", "max_heart_rate_bpm")
_RATE_DOUBT = "As good as the heart rates it is scaled by."
_COGGAN = "Allen & Coggan, Training and Racing with a Power Meter"
_NOT_A_PREDICTION = (
    "Ratio of recent to usual load. It has not been shown to predict your injury risk; shown as a description only "
    "(Impellizzeri et al. 2020, Int J Sports Physiol Perform 15:907; Frandsen et al. 2025, Br J Sports Med 59:1203)."
)


def _edwards(variant: str) -> Metric:
    weights = ", ".join(f"{weight:g}" for weight in ZONE_WEIGHTS[variant])
    return Metric(
        name="trimp_edwards",
        description="Summated heart-rate zones of a session.",
        unit="arbitrary",
        formula=f"minutes at 50–60, 60–70, 70–80, 80–90, 90–100 % of max HR × {weights}",
        source="Edwards 1993, The Heart Rate Monitor Book" if variant == "edwards" else "GoldenCheetah's zonal TRIMP",
        function="stridelab.analysis.load.edwards_trimp",
        inputs=("heart_rate_bpm", "max_heart_rate_bpm"),
        variant=variant,
        default=variant == "edwards",
        uncertainty="Steps at the bounds of zones: a beat more or less changes it, and so does the maximum.",
    )


def _score(variant: str, formula: str) -> Metric:
    return Metric(
        name="heart_rate_tss",
        description="Stress score of a session from heart rate: 100 for an hour at threshold heart rate.",
        unit="points",
        formula=formula,
        source="GoldenCheetah's surrogate" if variant == "trimp" else "open surrogate; TrainingPeaks publishes none",
        function="stridelab.analysis.load.heart_rate_tss",
        inputs=(*_RATES, "threshold_heart_rate_bpm"),
        variant=variant,
        default=variant == "trimp",
        uncertainty="Not TrainingPeaks' own number. The two surrogates differ by some percent.",
    )


def _ratio(variant: str, formula: str, source: str) -> Metric:
    return Metric(
        name="acwr",
        description="Ratio of recent to usual load, a description.",
        unit="",
        formula=formula,
        source=source,
        function="stridelab.analysis.load.acute_chronic_ratio",
        inputs=("load of each day",),
        variant=variant,
        default=variant == "coupled",
        uncertainty=_NOT_A_PREDICTION,
    )


def _critical(name: str, unit: str, model: str, formula: str) -> Metric:
    return Metric(
        name=name,
        description="Power that splits what can be held from what cannot, and the work above it.",
        unit=unit,
        formula=formula + ", least squares",
        source="Monod & Scherrer 1965, Ergonomics 8:329",
        function="stridelab.analysis.load.critical_power",
        inputs=("duration and power of maximal efforts",),
        variant=model,
        default=model == "inverse_time",
        uncertainty="Given with its confidence interval and warnings; efforts that were not maximal make it too low.",
    )


LOAD_METRICS: Final = (
    *(_edwards(variant) for variant in ZONE_WEIGHTS),
    Metric(
        name="trimp_lucia",
        description="Minutes in the three domains of intensity, weighted.",
        unit="arbitrary",
        formula="minutes below VT1 × 1 + between × 2 + above VT2 × 3",
        source="Lucia et al. 2003, Med Sci Sports Exerc 35:872",
        function="stridelab.analysis.load.lucia_trimp",
        inputs=("heart_rate_bpm", "heart rates at VT1 and VT2"),
        uncertainty="That of the two thresholds, some 10 bpm between methods of finding them.",
    ),
    Metric(
        name="trimp_individual",
        description="Training impulse weighted by one's own curve of lactate.",
        unit="arbitrary",
        formula="sum over samples of minutes × x × a × e^(b x), a and b from a lactate test",
        source="Manzi et al. 2009, Am J Physiol Heart Circ Physiol 296:H1733",
        function="stridelab.analysis.load.individual_trimp",
        inputs=(*_RATES, "a and b of a lactate test"),
        uncertainty=_RATE_DOUBT + " Needs a test; it ages with fitness.",
    ),
    Metric(
        name="session_rpe_load",
        description="Perceived exertion of a session times its minutes.",
        unit="arbitrary",
        formula="minutes × rating on CR10",
        source="Foster et al. 2001, J Strength Cond Res 15:109",
        function="stridelab.analysis.load.session_rpe_load",
        inputs=("timer_time_s", "rpe"),
        uncertainty="A rating; asked for some 30 minutes after the session.",
    ),
    _score("trimp", "100 × TRIMP / TRIMP of an hour at threshold heart rate (Banister's weights)"),
    _score("squared_reserve", "100 × hours × (x / x at threshold)², x = share of heart-rate reserve"),
    *(
        Metric(
            name="normalised_power_w",
            description="Steady power that would have been as hard.",
            unit="W",
            formula=f"fourth root of the mean fourth power of the 30 s mean; {said}",
            source=_COGGAN,
            function="stridelab.analysis.load.normalised_mean",
            inputs=("power_w",),
            variant=variant,
            default=variant == "full",
            uncertainty="Window and exponent are convention, from cycling. Not below 20 minutes or so.",
        )
        for variant, said in NORMALISED_VARIANTS.items()
    ),
    Metric(
        name="power_tss",
        description="Training stress score from power: 100 for an hour at threshold.",
        unit="points",
        formula="seconds × NP × IF / (36 × FTP), IF = NP / FTP",
        source=_COGGAN,
        function="stridelab.analysis.load.power_tss",
        inputs=("power_w", "threshold_power_w"),
        uncertainty="Grows with the square of an error in threshold power. Running powers of two brands differ.",
    ),
    Metric(
        name="running_tss",
        description="Running training stress score from graded speed: 100 for an hour at threshold.",
        unit="points",
        formula="100 × hours × (normalised graded speed / threshold speed)², speeds and not paces",
        source="as TrainingPeaks describes McGregor's rTSS",
        function="stridelab.analysis.load.running_tss",
        inputs=("speed_mps", "grade", "threshold_speed_mps"),
        uncertainty="Normalised graded pace is not published in full: 30 s and the fourth power are an analogy.",
    ),
    Metric(
        name="running_power_score",
        description="Score of running power over critical power: 100 for an hour at critical power.",
        unit="points",
        formula="sum over samples of 100 × hours × (P / CP)^K",
        source="form of Stryd's Running Stress Score (2017), whose K is not disclosed",
        function="stridelab.analysis.load.running_power_score",
        inputs=("power_w", "critical power"),
        variant=f"K = {SCORE_EXPONENT:g}",
        uncertainty="Not Stryd's number. Between K = 2 and K = 4 an easy run differs by a third.",
    ),
    Metric(
        name="running_power_w",
        description="Mechanical power of running at a steady speed on a slope, modelled.",
        unit="W",
        formula="m × v × (air + C(i) × (0.25 + 0.054 v)(1 − 0.5 v / 8.33)), C after Minetti",
        source="Skiba 2006 (GOVSS); Arsac & Locatelli 2002, J Appl Physiol 92:1781; Minetti et al. 2002, ibid. 93:1039",
        function="stridelab.analysis.load.running_power_w",
        inputs=("speed_mps", "grade", "mass_kg", "height_m"),
        uncertainty="A model without wind and acceleration; not the power of any pod.",
    ),
    Metric(
        name="session_load",
        description="One load for a session whatever was recorded: heart rate, else power, pace, exertion, duration.",
        unit="points",
        formula="heart_rate_tss, else power_tss, running_tss, points an hour by rating, 50 points an hour",
        source="the order is a convention of this project",
        function="stridelab.analysis.load.session_load",
        inputs=(*_RATES, "power_w", "graded speed", "rpe", "thresholds"),
        uncertainty="Named with each value: 10 to 15 % where recorded, 30 % from a rating, 50 % from duration alone.",
    ),
    _critical("critical_power_w", "W", "inverse_time", "P = W′/t + CP"),
    _critical("critical_power_w", "W", "total_time", "work = CP × t + W′"),
    _critical("w_prime_j", "J", "inverse_time", "P = W′/t + CP"),
    _critical("w_prime_j", "J", "total_time", "work = CP × t + W′"),
    *(
        Metric(
            name="w_prime_balance_j",
            description="Work above critical power that is left at each moment.",
            unit="J",
            formula=said,
            source="Skiba et al. 2012, Med Sci Sports Exerc 44:1526; 2015, Eur J Appl Physiol 115:703",
            function="stridelab.analysis.load.w_prime_balance_j",
            inputs=("power_w", "critical power", "W′"),
            variant=variant,
            default=variant == "integral",
            uncertainty="Variants differ by more than half of W′ after a few intervals; recovery differs by person.",
        )
        for variant, said in BALANCE_VARIANTS.items()
    ),
    Metric(
        name="ramp_rate",
        description="Rise of CTL over seven days.",
        unit="points",
        formula="CTL − CTL seven days ago",
        source="convention",
        function="stridelab.analysis.load.ramp_rate",
        inputs=("ctl",),
        uncertainty="No threshold of it is known to predict injury.",
    ),
    _ratio("coupled", "mean of 7 days / mean of 28 days", "Hulin et al. 2014, Br J Sports Med 48:708"),
    _ratio("uncoupled", "mean of 7 days / mean of the 21 days before", "Lolli et al. 2019, Br J Sports Med 53:921"),
    _ratio(
        "ewma",
        "weighted means, λ = 2/8 and 2/29, seeded with the first day",
        "Williams et al. 2017, Br J Sports Med 51:209",
    ),
    _ratio(
        "ewma_uncoupled",
        "acute weighted mean / chronic one of 7 days ago",
        "Williams et al. 2017, Br J Sports Med 51:209, shifted",
    ),
    Metric(
        name="monotony",
        description="How alike the days of a week were.",
        unit="",
        formula="mean / SD (population) of the load of 7 days, rest included; undefined where all are alike",
        source="Foster 1998, Med Sci Sports Exerc 30:1164",
        function="stridelab.analysis.load.monotony_strain",
        inputs=("load of each day",),
        uncertainty="From 25 athletes; with the sample SD it is 8 % lower.",
    ),
    Metric(
        name="strain",
        description="Load of a week times its monotony.",
        unit="arbitrary",
        formula="sum of the load of 7 days × monotony",
        source="Foster 1998, Med Sci Sports Exerc 30:1164",
        function="stridelab.analysis.load.monotony_strain",
        inputs=("load of each day",),
        uncertainty="As monotony.",
    ),
    Metric(
        name="redi",
        description="Weighted mean of past load that leaves out unknown days.",
        unit="arbitrary",
        formula="Σ e^(−0.1 i) load / Σ e^(−0.1 i) over the days that are known",
        source="Moussa et al. 2019, BMJ Open Sport Exerc Med 5:e000573; CRAN package REDI",
        function="stridelab.analysis.load.redi",
        inputs=("load of each day",),
        uncertainty="λ is a convention.",
    ),
    Metric(
        name="modelled_performance",
        description="Performance as what training built up minus what it tired.",
        unit="unit of the tests",
        formula=f"p0 + k1 g − k2 h; g, h decay with {TAU_FITNESS_D:g} and {TAU_FATIGUE_D:g} days; p0, k1, k2 fitted",
        source="Banister et al. 1975, Aust J Sports Med 7:57; Morton, Fitz-Clarke & Banister 1990",
        function="stridelab.analysis.load.fit_impulse_response",
        inputs=("load of each day", "performance tests"),
        uncertainty=WHY_TAU_IS_FIXED,
    ),
)
"""Rows of the registry, in the order of the page."""
