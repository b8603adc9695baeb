"""The registry of metrics: every derived number with its formula, variants, source and what it is made from.

``stridelab explain NAME`` prints it. A new metric is a new row; its function holds the formula itself. The rows of
load, pace and recovery stand beside their functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from stridelab.analysis.gait.fitted import ACCURACY
from stridelab.analysis.gait.tissue import (
    CARTILAGE_EXPONENT,
    EXPONENTS,
    FORCE_CHANGE_BAND,
    FORCE_CHANGE_PER_CADENCE,
)
from stridelab.analysis.load import BANISTER_COEFFICIENTS, VARIANTS
from stridelab.analysis.load.registry import LOAD_METRICS
from stridelab.analysis.metric import Metric
from stridelab.analysis.pace.registry import PACE_METRICS
from stridelab.analysis.recovery.registry import RECOVERY_METRICS
from stridelab.analysis.sessions_registry import SESSION_METRICS

_HEART_RATES = ("heart_rate_bpm", "resting_heart_rate_bpm", "max_heart_rate_bpm")
_CHRONIC_SOURCE = "Banister EW, Calvert TW et al. 1975, Aust J Sports Med 7:57, simplified by Coggan"
_CHRONIC_DOUBT = (
    "A weighted mean of past load, not a measurement of fitness; the time constants are convention, not fitted to the "
    "athlete. Days without a known load count as 0: see load_coverage."
)


def _banister(sex: str) -> Metric:
    a, b = BANISTER_COEFFICIENTS[sex]
    return Metric(
        name="trimp_banister",
        description="Training impulse of a session: time weighted by how hard the heart worked.",
        unit="arbitrary",
        formula=f"sum over samples of minutes × x × {a:g} × e^({b:g} x), x = (HR − resting HR) / (max HR − resting HR)",
        source="Banister 1991; A and B: Morton, Fitz-Clarke & Banister 1990, J Appl Physiol 69:1171"
        + ("; between the two curves" if sex == "unspecified" else ""),
        function="stridelab.analysis.load.banister_trimp",
        inputs=(*_HEART_RATES, "sex"),
        variant=sex,
        default=sex == "unspecified",
        uncertainty="As good as the two heart rates it is scaled by; A and B come from small groups of trained people.",
    )


def _chronic(name: str, description: str, variant: str) -> Metric:
    chosen = VARIANTS[variant]
    form = "yesterday's CTL − ATL" if chosen.form_from_previous_day else "today's CTL − ATL"
    days = {"ctl": "τ = 42 days", "atl": "τ = 7 days"}
    smoothing = f"y = y + k (load − y), {days.get(name)}, k = {chosen.description}"
    return Metric(
        name=name,
        description=description,
        unit="arbitrary",
        formula=f"{form}; k = {chosen.description}" if name == "tsb" else smoothing,
        source=_CHRONIC_SOURCE,
        function="stridelab.analysis.load.fitness_fatigue",
        inputs=("load of each day, in an older history trimp_banister",),
        variant=variant,
        default=variant == "exponential",
        uncertainty=_CHRONIC_DOUBT,
    )


def _contact(variant: str, formula: str, source: str, inputs: tuple[str, ...], uncertainty: str) -> Metric:
    return Metric(
        name="measured_ground_contact_time_ms",
        description="Time from a foot's initial contact to its terminal contact, from raw samples.",
        unit="ms",
        formula=formula,
        source=source,
        function="stridelab.analysis.gait.contacts",
        inputs=inputs,
        variant=variant,
        default=variant == "shank",
        uncertainty=uncertainty,
    )


def _gait() -> tuple[Metric, ...]:
    """What comes from raw samples, or from contact and flight time."""
    shank = ACCURACY["shank impact onset and axial minimum"]
    sacrum = ACCURACY["sacrum step shape, two axes and speed"]
    limits = (
        "95 % of strides within {:.0f} to {:.0f} ms of a force plate on {} left out; outside that domain not known."
    )
    low, middle, high = FORCE_CHANGE_BAND[0], FORCE_CHANGE_PER_CADENCE, FORCE_CHANGE_BAND[1]
    sine = "Morin et al. 2005, J Appl Biomech 21:167"
    slope = "Not valid beyond ±3 % of slope, where it is flagged; 4 to 17 % low against force plates."
    return (
        Metric(
            name="raw_cadence_spm",
            description="Steps a minute of both feet in sliding windows, from acceleration at any site.",
            unit="steps/min",
            formula="120 / stride time; stride time where the autocorrelation of the acceleration vector is highest",
            source="after Moe-Nilssen & Helbostad 2004, J Biomech 37:121",
            function="stridelab.analysis.gait.cadence",
            inputs=("acceleration",),
            uncertainty="Mean absolute error 0.2 (shank), 0.4 (sacrum, hip); see docs/accuracy.md.",
        ),
        _contact(
            "shank",
            "lowest axial acceleration of late stance − rise of the impact by 30 %, each minus a constant offset",
            "this project, calibrated on Bach et al. 2022, Front Sports Act Living 4:1037438",
            ("acceleration at the shank",),
            limits.format(*shank.limits_ms, "runners"),
        ),
        _contact(
            "sacrum",
            "ridge regression on the shape of each step and, where it is known, speed",
            "this project, calibrated on Alcantara et al. 2022, PeerJ 10:e12752",
            ("acceleration at the sacrum", "speed_mps"),
            limits.format(*sacrum.limits_ms, "speeds and slopes of one runner"),
        ),
        _contact(
            "foot gyroscope",
            "minimum of pitch rate before swing − minimum of pitch rate after swing",
            "Falbriard et al. 2018, Front Physiol 9:610",
            ("angular velocity at the foot",),
            "Published: bias below 12 ± 10 ms; not measured here.",
        ),
        Metric(
            name="estimated_ground_contact_time_ms",
            description="Contact time of a runner whose devices do not measure it; an estimate, never a measurement.",
            unit="ms",
            formula="a + b / speed + c · step time",
            source="fitted on Alcantara et al. 2021, PeerJ 9:e11199 (27 trained runners, 3.8 to 5.4 m/s)",
            function="stridelab.analysis.gait.estimate_contact_time",
            inputs=("speed_mps", "cadence_spm"),
            uncertainty="Mean absolute error 7.6 ms inside those speeds; always given with its 95 % interval.",
        ),
        Metric(
            name="flight_time_ms",
            description="Time from a terminal contact to the next initial contact of the other foot.",
            unit="ms",
            formula="step time − contact time; with a sensor on one leg, half the stride − contact time",
            source="convention",
            function="stridelab.analysis.gait.contacts",
            inputs=("measured_ground_contact_time_ms",),
            uncertainty="That of contact time; from one leg both steps are taken to be alike.",
        ),
        Metric(
            name="duty_factor",
            description="Share of a stride that one foot is on the ground.",
            unit="",
            formula="contact time / stride time",
            source="definition",
            function="stridelab.analysis.gait.stride_table",
            inputs=("measured_ground_contact_time_ms",),
        ),
        Metric(
            name="step_time_asymmetry_pct",
            description="How much longer one step is than the next.",
            unit="%",
            formula="200 (step − next step) / (step + next step)",
            source="definition",
            function="stridelab.analysis.gait.stride_table",
            inputs=("initial contacts of both feet",),
            uncertainty="Which of the two is the left one is not known without a mediolateral axis.",
        ),
        Metric(
            name="peak_force_bw",
            description="Highest vertical force of a contact, in body weights.",
            unit="body weights",
            formula="π/2 · (flight time / contact time + 1)",
            source=sine,
            function="stridelab.analysis.gait.kinetics",
            inputs=("contact time", "flight time"),
            variant="sine model",
            uncertainty=slope,
        ),
        Metric(
            name="peak_force_bw",
            description="Highest vertical force of a contact, in body weights.",
            unit="body weights",
            formula="peak of vertical acceleration in g, low-passed at 5 Hz",
            source="this project, after Patoz et al. 2022",
            function="stridelab.analysis.gait.sacral_peak_force_bw",
            inputs=("acceleration at the sacrum",),
            variant="sacral acceleration",
            default=False,
            uncertainty="Root mean square error 0.11 body weights on one runner's 24 conditions.",
        ),
        Metric(
            name="leg_stiffness_kn_per_m",
            description="Peak force over the shortening of the leg.",
            unit="kN/m",
            formula="Fmax / ΔL, ΔL = L − √(L² − (v tc/2)²) + Fmax tc²/(m π²) − g tc²/8",
            source=sine,
            function="stridelab.analysis.gait.kinetics",
            inputs=("contact time", "flight time", "speed_mps", "body mass", "leg length"),
            uncertainty=slope,
        ),
        Metric(
            name="vertical_stiffness_kn_per_m",
            description="Peak force over the sinking of the body's centre.",
            unit="kN/m",
            formula="Fmax / Δy, Δy = Fmax tc²/(m π²) − g tc²/8",
            source=sine,
            function="stridelab.analysis.gait.kinetics",
            inputs=("contact time", "flight time", "body mass"),
            uncertainty=slope,
        ),
        *(
            Metric(
                name="mechanical_load",
                description="Damage-weighted load of a session, and a kilometre.",
                unit="body weights^m",
                formula=f"sum over steps of (peak force in body weights)^{exponent:g}",
                source=f"{sine}; the exponent is a band, not a number: bone 6.6 to 7, tendon 9",
                function="stridelab.analysis.gait.mechanical_load",
                inputs=("cadence_spm", "ground_contact_time_ms", "speed_mps"),
                variant=f"m = {exponent:g}",
                default=exponent == EXPONENTS[0],
                uncertainty=slope + " Marked where contact times are estimated.",
            )
            for exponent in EXPONENTS
        ),
        *(
            Metric(
                name="patellofemoral_load",
                description="What another cadence at the same speed would do to the load of the kneecap's joint.",
                unit="factor on today's",
                formula=f"(1 + change) · (1 + s · change)^{exponent:g}, s = {middle:g}, band {low:g} to {high:g}",
                source="Lenhart et al. 2014, Med Sci Sports Exerc 46:557 (30 runners, musculoskeletal model)",
                function="stridelab.analysis.gait.cadence_change",
                inputs=("cadence_spm",),
                variant=variant,
                default=exponent == EXPONENTS[0],
                uncertainty="A model of groups, within ±10 % of cadence; not a measurement of a knee.",
            )
            for variant, exponent in (("m = 4", EXPONENTS[0]), ("cartilage, m = 12.9", CARTILAGE_EXPONENT))
        ),
        Metric(
            name="trunk_lean_deg",
            description="Forward lean of a sensor of known orientation on chest or sacrum.",
            unit="°",
            formula="−atan2(mean forward, mean upward acceleration) over whole strides, minus that of standing upright",
            source="gravity's direction; convention",
            function="stridelab.analysis.gait.trunk_lean",
            inputs=("acceleration with named axes",),
            uncertainty="Not validated here; the sensor's mounting is part of it. Not measurable without axes.",
        ),
        Metric(
            name="foot_strike_angle_deg",
            description="Angle of the sole at strike against the sole lying flat.",
            unit="°",
            formula="integral of pitch rate from strike to mid-stance; above 8° rearfoot, below −1.6° forefoot",
            source="Altman & Davis 2012, Gait Posture 35:298",
            function="stridelab.analysis.gait.foot_strike",
            inputs=("acceleration and angular velocity at the foot",),
            uncertainty="Not validated here.",
        ),
    )


_ROWS: Final = (
    *(_banister(sex) for sex in ("unspecified", "female", "male")),
    Metric(
        name="heart_rate_zone_s",
        description="Seconds in heart-rate zones 1 to 5 (columns heart_rate_zone_1_s to heart_rate_zone_5_s).",
        unit="s",
        formula="zones begin at 50, 60, 70, 80 and 90 % of maximal heart rate; a zone holds its lower bound",
        source="Edwards 1993, The Heart Rate Monitor Book",
        function="stridelab.analysis.load.heart_rate_zones_s",
        inputs=("heart_rate_bpm", "max_heart_rate_bpm"),
        uncertainty="The bounds are shares of the maximum for everybody, not thresholds measured on the athlete.",
    ),
    *LOAD_METRICS,
    *(_chronic("ctl", 'Chronic training load, often called "fitness".', variant) for variant in VARIANTS),
    *(_chronic("atl", 'Acute training load, often called "fatigue".', variant) for variant in VARIANTS),
    *(_chronic("tsb", 'Training stress balance, often called "form".', variant) for variant in VARIANTS),
    *PACE_METRICS,
    Metric(
        name="load_coverage",
        description="Share of a day's training time with a heart-rate load.",
        unit="",
        formula="timer time of sessions with a load / timer time of all sessions of the day",
        source="convention",
        function="stridelab.analysis.days.daily_table",
        inputs=("timer_time_s", "trimp_banister"),
    ),
    Metric(
        name="max_30s_heart_rate_bpm",
        description="Highest mean heart rate over 30 s; the estimate of the maximum where none was given.",
        unit="bpm",
        formula="maximum of the 30 s mean, where at least 90 % of the 30 s have a value",
        source="convention",
        function="stridelab.analysis.session.session_row",
        inputs=("heart_rate_bpm",),
        uncertainty="The true maximum is higher unless a session went to the limit.",
    ),
    *SESSION_METRICS,
    *_gait(),
    *RECOVERY_METRICS,
)


def _by_name() -> Mapping[str, tuple[Metric, ...]]:
    table: dict[str, tuple[Metric, ...]] = {}
    for row in _ROWS:
        table[row.name] = (*table.get(row.name, ()), row)
    return MappingProxyType(table)


METRICS: Final[Mapping[str, tuple[Metric, ...]]] = _by_name()
"""Every metric by name, with its variants."""
