"""What the registry says of slope, best efforts, critical speed, prediction, efficiency and zones."""

from __future__ import annotations

from typing import Final

from stridelab.analysis.critical import BALANCE_VARIANTS
from stridelab.analysis.metric import Metric
from stridelab.analysis.pace.grade import GRADE_WINDOW_M
from stridelab.analysis.pace.prediction import RIEGEL_EXPONENT, RIEGEL_EXPONENT_RANGE
from stridelab.analysis.pace.zones import ZONE_MODELS

_MINETTI = "Minetti et al. 2002, J Appl Physiol 93:1039"
_RIEGEL = "Riegel 1981, Am Sci 69:285"


def _graded(variant: str, formula: str, source: str, uncertainty: str) -> Metric:
    return Metric(
        name="graded_speed_mps",
        description="Speed on the level with the same effort (grade adjusted pace).",
        unit="m/s",
        formula=formula,
        source=source,
        function="stridelab.analysis.pace.graded_speed_mps",
        inputs=("speed_mps", "grade"),
        variant=variant,
        default=variant == "minetti",
        uncertainty=uncertainty,
    )


def _critical(name: str, unit: str, model: str, formula: str) -> Metric:
    return Metric(
        name=name,
        description="Speed that splits what can be held from what cannot, and the distance above it.",
        unit=unit,
        formula=formula + ", least squares",
        source="Hughson et al. 1984; Galbraith et al. 2014, Int J Sports Physiol Perform 9:931",
        function="stridelab.analysis.pace.critical_speed",
        inputs=("duration and distance of maximal efforts",),
        variant=model,
        default=model == "total_time",
        uncertainty="Given with its confidence interval and warnings; efforts that were not maximal make it too low.",
    )


def _prediction(variant: str, formula: str, source: str, function: str, uncertainty: str) -> Metric:
    return Metric(
        name="predicted_race_time_s",
        description="Time of a race from what was run before, with its interval.",
        unit="s",
        formula=formula,
        source=source,
        function=f"stridelab.analysis.pace.{function}",
        inputs=("times and distances of races or efforts",),
        variant=variant,
        default=variant == "own exponent",
        uncertainty=uncertainty,
    )


PACE_METRICS: Final = (
    Metric(
        name="grade",
        description="Slope at each sample, from altitude smoothed over distance.",
        unit="rise over run",
        formula=f"(mean altitude of the {GRADE_WINDOW_M:g} m ahead − of those behind) / distance between their middles",
        source="convention",
        function="stridelab.analysis.pace.grade_along",
        inputs=("distance_m", "altitude_m"),
        uncertainty="A metre of noise in altitude is some 1 % of slope; short steps of the ground are smoothed away.",
    ),
    Metric(
        name="running_cost_j_per_kg_m",
        description="Energy that a metre of running on a slope costs.",
        unit="J/(kg·m)",
        formula="155.4 i⁵ − 30.4 i⁴ − 43.3 i³ + 46.3 i² + 19.5 i + 3.6, |i| ≤ 0.45",
        source=_MINETTI,
        function="stridelab.analysis.pace.running_cost_j_per_kg_m",
        inputs=("grade",),
        uncertainty="10 mountain runners on a treadmill; SD of 7 % on the level and 20 % downhill.",
    ),
    _graded(
        "minetti",
        "v × C(i) / C(0)",
        _MINETTI,
        "Energy on a treadmill; downhill it says that one could run faster than people do.",
    ),
    _graded(
        "empirical",
        "v × fifth-order polynomial of the slope, held beyond ±0.40",
        "Robb 2017, An Improved GAP Model (a figure), through GoldenCheetah's fit of it",
        "Equal heart rate of Strava's users; no formula was published, so this is a fit of a fit.",
    ),
    Metric(
        name="best_effort",
        description="Farthest in every duration and fastest over every distance of a run.",
        unit="m; s",
        formula="most distance of any window of that length; least time of any stretch; pauses count as time",
        source="definition",
        function="stridelab.analysis.pace.best_efforts",
        inputs=("distance_m",),
        uncertainty="That of the recorded distance; satellite distances are some 1 to 3 % off. Jumps are rejected.",
    ),
    _critical("critical_speed_mps", "m/s", "total_time", "d = CS × t + D′"),
    _critical("critical_speed_mps", "m/s", "inverse_time", "v = D′/t + CS"),
    _critical("d_prime_m", "m", "total_time", "d = CS × t + D′"),
    _critical("d_prime_m", "m", "inverse_time", "v = D′/t + CS"),
    *(
        Metric(
            name="d_prime_balance_m",
            description="Distance above critical speed that is left at each moment.",
            unit="m",
            formula=BALANCE_VARIANTS[variant].replace("W", "D").replace("CP", "CS").replace("− P", "− v"),
            source="form of Skiba et al. 2015, Eur J Appl Physiol 115:703",
            function="stridelab.analysis.pace.d_prime_balance_m",
            inputs=("speed_mps", "critical_speed_mps", "d_prime_m"),
            variant=variant,
            default=variant == "exponential",
            uncertainty="How fast D′ recovers in running is not settled.",
        )
        for variant in ("exponential", "differential")
    ),
    _prediction(
        "own exponent",
        "t = a × d^k through three races or more",
        _RIEGEL,
        "predict_race",
        "Measured prediction interval; course, weather and the day are in no model.",
    ),
    _prediction(
        "general exponent",
        f"t₂ = t₁ (d₂/d₁)^{RIEGEL_EXPONENT}",
        _RIEGEL + "; Vickers & Vertosick 2016, BMC Sports Sci Med Rehabil 8:26",
        "predict_race",
        f"Interval: exponents {RIEGEL_EXPONENT_RANGE[0]} to {RIEGEL_EXPONENT_RANGE[1]}. At the marathon 10 min or "
        "more too fast for half of recreational runners.",
    ),
    _prediction(
        "critical speed",
        "t = (d − D′) / CS",
        "Hughson et al. 1984",
        "predict_from_critical_speed",
        "For 2 to 20 minutes; longer times are too fast.",
    ),
    Metric(
        name="efficiency_factor",
        description="Metres run a heartbeat.",
        unit="m/min a bpm",
        formula="mean graded speed in m/min / mean heart rate",
        source="Friel, with the mean for normalised graded pace",
        function="stridelab.analysis.pace.efficiency_factor",
        inputs=("graded speed", "heart_rate_bpm"),
        uncertainty="For steady runs; moves with heat, slope and caffeine as well as with fitness.",
    ),
    Metric(
        name="decoupling_pct",
        description="How much speed a heartbeat fell from the first half of a run to the second.",
        unit="%",
        formula="(r₁ − r₂) / r₁ × 100, r = speed / heart rate of a half of the time",
        source="Friel, The Triathlete's Training Bible",
        function="stridelab.analysis.pace.decoupling_pct",
        inputs=("graded speed", "heart_rate_bpm"),
        uncertainty="For steady runs; his 5 % is a convention.",
    ),
    *(
        Metric(
            name="time_in_zone_s",
            description="Seconds in zones of heart rate, speed or power.",
            unit="s",
            formula=f"zones begin at {', '.join(f'{share:.0%}' for share in zones.lower_bounds)} of {zones.threshold}",
            source=zones.source,
            function="stridelab.analysis.pace.time_in_zones",
            inputs=(zones.channel, zones.threshold),
            variant=name,
            default=name == "heart_rate_max",
            uncertainty="Shares of one threshold; its basis (given, estimated, assumed) is handed on with the result.",
        )
        for name, zones in ZONE_MODELS.items()
    ),
)
"""Rows of the registry, in the order of the page."""
