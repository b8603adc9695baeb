"""The registry of metrics: every derived number with its formula, variants, source and what it is made from.

``stridelab explain NAME`` prints it. A new metric is a new row; its function holds the formula itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from stridelab.analysis.load import BANISTER_COEFFICIENTS, VARIANTS


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to compute one number.

    Parameters
    ----------
    name
        Column or value it gives.
    description
        What it says, in one sentence.
    unit
        Unit as people write it; empty for a plain number.
    formula
        In plain text.
    source
        Reference, or "convention" where there is none.
    function
        Where it is computed, as an import path.
    inputs
        Channels and values of the athlete that go in.
    variant
        Which of the published ways; empty where there is one.
    default
        Whether this variant is the one that is used unless another is chosen.
    uncertainty
        How far it can be trusted, and where it cannot.
    """

    name: str
    description: str
    unit: str
    formula: str
    source: str
    function: str
    inputs: tuple[str, ...]
    variant: str = ""
    default: bool = True
    uncertainty: str = ""


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
        inputs=("trimp_banister of each day",),
        variant=variant,
        default=variant == "exponential",
        uncertainty=_CHRONIC_DOUBT,
    )


def _mean(channel: str, description: str) -> Metric:
    return Metric(
        name=f"average_{channel}",
        description=description,
        unit=channel.rpartition("_")[2],
        formula="sum of value × sample duration / sum of sample durations",
        source="convention: a sample lasts until the next one, at most 10 s, nothing inside a pause",
        function="stridelab.analysis.session.session_row",
        inputs=(channel, "pauses"),
        uncertainty="That of the device; samples without a value are left out.",
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
    *(_chronic("ctl", 'Chronic training load, often called "fitness".', variant) for variant in VARIANTS),
    *(_chronic("atl", 'Acute training load, often called "fatigue".', variant) for variant in VARIANTS),
    *(_chronic("tsb", 'Training stress balance, often called "form".', variant) for variant in VARIANTS),
    Metric(
        name="load_coverage",
        description="Share of a day's training time whose load is known.",
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
    _mean("heart_rate_bpm", "Mean heart rate of a session."),
    _mean("cadence_spm", "Mean step rate of a session, both feet, standing left out."),
    _mean("ground_contact_time_ms", "Mean ground contact time of a session, standing left out."),
    _mean("vertical_oscillation_mm", "Mean vertical oscillation of a session, standing left out."),
    _mean("step_length_mm", "Mean step length of a session, standing left out."),
)


def _by_name() -> Mapping[str, tuple[Metric, ...]]:
    table: dict[str, tuple[Metric, ...]] = {}
    for row in _ROWS:
        table[row.name] = (*table.get(row.name, ()), row)
    return MappingProxyType(table)


METRICS: Final[Mapping[str, tuple[Metric, ...]]] = _by_name()
"""Every metric by name, with its variants."""
