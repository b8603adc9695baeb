"""What the registry says of the columns of sessions and days that no function of load, pace or recovery gives alone."""

from __future__ import annotations

from typing import Final

from stridelab.analysis.form import FLAT_GRADE, MEASURED_SHARE, REARFOOT_BELOW
from stridelab.analysis.gait.tissue import EXPONENTS
from stridelab.analysis.heart_rate_limits import ASSUMED_THRESHOLD, PLAUSIBLE_THRESHOLD, THRESHOLD_OF_20_MIN
from stridelab.analysis.load.session import EASY_SCORE_PER_H, UNCERTAINTY_PCT
from stridelab.analysis.load.stress import SCORE_EXPONENT
from stridelab.analysis.metric import Metric
from stridelab.analysis.session_loads import ASSUMED_MAXIMUM_PCT, MIN_HEART_RATE_COVERAGE
from stridelab.analysis.thresholds import EFFORT_DAYS, EFFORTS_S

_CONVENTION: Final = "convention"
_DEVICE_DOUBT: Final = "That of the device; samples without a value are left out."


def _mean(channel: str, description: str) -> Metric:
    return Metric(
        name=f"average_{channel}",
        description=description,
        unit=channel.rpartition("_")[2],
        formula="sum of value × sample duration / sum of sample durations",
        source="convention: a sample lasts until the next one, at most 10 s, nothing inside a pause",
        function="stridelab.analysis.session.session_row",
        inputs=(channel, "pauses"),
        uncertainty=_DEVICE_DOUBT,
    )


def _flat(channel: str, what: str) -> Metric:
    return Metric(
        name=f"flat_{channel}",
        description=f"Mean {what} of what was run on the level, for comparing form between runs.",
        unit=channel.rpartition("_")[2],
        formula=f"mean by time over running samples on slopes up to ±{100 * FLAT_GRADE:g} % (all, without altitude)",
        source=_CONVENTION,
        function="stridelab.analysis.form.form_row",
        inputs=(channel, "altitude_m", "distance_m"),
        uncertainty=_DEVICE_DOUBT,
    )


def _coverage(name: str, of: str, channel: str) -> Metric:
    return Metric(
        name=name,
        description=f"Share of a session's time with {of}.",
        unit="",
        formula="seconds with a usable value / timer time",
        source=_CONVENTION,
        function="stridelab.analysis.session.session_row",
        inputs=(channel, "timer_time_s"),
        uncertainty=f"Below {MIN_HEART_RATE_COVERAGE:g} no load is computed from it.",
    )


SESSION_METRICS: Final = (
    Metric(
        name="load",
        description="Load of a session, a day or a week in points: 100 for an hour at threshold.",
        unit="points",
        formula="heart_rate_tss, else power_tss, else running_tss, else points by exertion, else "
        f"{EASY_SCORE_PER_H:g} an hour; days sum their sessions",
        source="the order is a convention; see the parts",
        function="stridelab.analysis.session_loads.session_loads",
        inputs=("heart_rate_tss", "power_tss", "running_tss", "rpe", "timer_time_s"),
        uncertainty="In load_uncertainty_pct, by the method in load_method: "
        + ", ".join(f"{name} {value:g} %" for name, value in UNCERTAINTY_PCT.items())
        + ".",
    ),
    Metric(
        name="load_uncertainty_pct",
        description="How far the method behind a load may lie from another one.",
        unit="%",
        formula=f"of the method; {ASSUMED_MAXIMUM_PCT:g} where the maximal heart rate is assumed",
        source="convention; maxima of people of one age: SD 10 bpm (Tanaka 2001, J Am Coll Cardiol 37:153)",
        function="stridelab.analysis.session_loads.session_loads",
        inputs=("load_method",),
        uncertainty="An order of magnitude.",
    ),
    Metric(
        name="time_over_threshold_s",
        description="Time of a session at or above threshold heart rate.",
        unit="s",
        formula="sum of the seconds at each whole heart rate from the threshold on",
        source=_CONVENTION,
        function="stridelab.analysis.session_loads.session_loads",
        inputs=("heart_rate_bpm", "threshold_heart_rate_bpm"),
        uncertainty="Heart rate lags effort by half a minute, so short intervals count for little.",
    ),
    Metric(
        name="threshold_heart_rate_bpm",
        description="Threshold heart rate where the athlete and the files give none; a dated value of the athlete.",
        unit="bpm",
        formula=f"{100 * THRESHOLD_OF_20_MIN:g} % of the highest 20 min mean of 12 months where that is "
        f"{100 * PLAUSIBLE_THRESHOLD[0]:g} to {100 * PLAUSIBLE_THRESHOLD[1]:g} % of the maximum, else "
        f"{100 * ASSUMED_THRESHOLD:g} % of the maximum",
        source="convention of 20-minute tests; Seiler 2010, Int J Sports Physiol Perform 5:276",
        function="stridelab.analysis.heart_rate_limits.with_heart_rate_limits",
        inputs=("max_20min_heart_rate_bpm", "max_heart_rate_bpm"),
        uncertainty="An estimate: too low where no 20 minutes were run hard.",
    ),
    Metric(
        name="threshold_speed_mps",
        description="Threshold speed where none is given: critical speed, a dated value of the athlete.",
        unit="m/s",
        formula=f"critical speed of the best efforts over {', '.join(f'{s / 60:g}' for s in EFFORTS_S)} min of the "
        f"last {EFFORT_DAYS} days, on the first of each month, where the fit is believable",
        source="Smyth & Muniz-Pumares 2020, Med Sci Sports Exerc 52:2637",
        function="stridelab.analysis.thresholds.critical_speed_of",
        inputs=("best efforts",),
        uncertainty="Its 95 % interval stands in its note. Training holds few maximal efforts, so it is too low.",
    ),
    _coverage("heart_rate_coverage", "a heart rate that can be believed", "heart_rate_bpm"),
    _coverage("power_coverage", "a power", "power_w"),
    _coverage("graded_speed_coverage", "a graded speed", "speed_mps"),
    Metric(
        name="normalized_power_w",
        description="Normalised power of a session; the same as normalised_power_w.",
        unit="W",
        formula="(mean of (30 s rolling mean)⁴)^¼",
        source="Allen & Coggan, Training and Racing with a Power Meter",
        function="stridelab.analysis.effort.effort_row",
        inputs=("power_w",),
        uncertainty="Running powers of two brands are not one unit.",
    ),
    Metric(
        name="power_score_mean_w",
        description="Mean power that the running power score is made from.",
        unit="W",
        formula=f"(mean of power^{SCORE_EXPONENT:g})^(1/{SCORE_EXPONENT:g})",
        source="convention; see running_power_score",
        function="stridelab.analysis.effort.effort_row",
        inputs=("power_w",),
        uncertainty="Running powers of two brands are not one unit.",
    ),
    Metric(
        name="normalized_graded_speed_mps",
        description="Normalised graded speed of a run (normalised graded pace, as a speed).",
        unit="m/s",
        formula="(mean of (30 s rolling mean)⁴)^¼ of graded_speed_mps, Minetti",
        source="after McGregor's normalised graded pace, whose algorithm is not published in full",
        function="stridelab.analysis.effort.effort_row",
        inputs=("speed_mps", "altitude_m", "distance_m"),
        uncertainty="Where grade_basis is 'assumed level' the file holds no altitude, and hills are not in it.",
    ),
    Metric(
        name="max_20min_heart_rate_bpm",
        description="Highest mean heart rate over 20 min; a threshold is estimated from it.",
        unit="bpm",
        formula="maximum of the 20 min mean, where at least 90 % of it have a value",
        source=_CONVENTION,
        function="stridelab.analysis.session.session_row",
        inputs=("heart_rate_bpm",),
    ),
    Metric(
        name="rpe",
        description="Perceived exertion of a session, 0 to 10.",
        unit="CR10",
        formula="the athlete's log, else a tenth of what the device asked for",
        source="Borg's CR10 scale",
        function="stridelab.analysis.history.build_history",
        inputs=("log", "the file's summary"),
        uncertainty="A rating without an activity is taken for the longest session of its day.",
    ),
    Metric(
        name="steps",
        description="Steps of a session of a foot sport; of a day, what the device counted all day.",
        unit="steps",
        formula="sum of cadence × sample duration",
        source="definition",
        function="stridelab.analysis.form.form_row",
        inputs=("cadence_spm",),
        uncertainty="Time without a cadence adds none.",
    ),
    *(
        Metric(
            name=f"mechanical_load_m{exponent:g}",
            description="Damage-weighted mechanical load of a run (mechanical_load); of days, the sum.",
            unit=f"body weights^{exponent:g}",
            formula=f"sum over steps of (peak force in body weights)^{exponent:g}; contact times as measured where "
            f"they cover {100 * MEASURED_SHARE:g} % of the running, else all estimated (mechanical_load_basis)",
            source="Morin et al. 2005, J Appl Biomech 21:167; the exponents are a band",
            function="stridelab.analysis.form.form_row",
            inputs=("cadence_spm", "ground_contact_time_ms", "speed_mps"),
            uncertainty="Read the three together. A contact time that is 10 % short makes them about 1.5, 2.1 and 2.9 "
            "times as large; estimated ones have an interval of some ±15 %, much of it the runner's own in every run.",
        )
        for exponent in EXPONENTS
    ),
    _coverage("mechanical_load_coverage", "a contact time and a cadence, of the running", "cadence_spm"),
    _flat("speed_mps", "speed"),
    _flat("cadence_spm", "step rate"),
    _flat("ground_contact_time_ms", "ground contact time"),
    _flat("vertical_ratio_pct", "vertical ratio"),
    _flat("ground_contact_balance_pct", "left share of ground contact"),
    Metric(
        name="ground_contact_drift_pct",
        description="Ground contact time of the last fifth of a run on the level against the first.",
        unit="%",
        formula="100 (median of the last fifth / median of the first − 1), only where speed stayed within 3 %",
        source=_CONVENTION,
        function="stridelab.analysis.form.form_row",
        inputs=("ground_contact_time_ms", "speed_mps", "altitude_m"),
        uncertainty="NaN where the speed changed: a change of form is then no fatigue.",
    ),
    Metric(
        name="rearfoot_share_pct",
        description="Share of the running on the level that landed on the rear of the foot, by a footpod.",
        unit="%",
        formula=f"100 × time with RunScribe's foot strike type below {REARFOOT_BELOW:g} / time with a type",
        source="DeJong & Hertel 2020, J Athl Train 55:1307",
        function="stridelab.analysis.form.form_row",
        inputs=("foot strike type of a RunScribe pod",),
        uncertainty="Against motion capture 78 % of 800 steps were right; only a change of one's own says something.",
    ),
    Metric(
        name="average_speed_mps",
        description="Mean speed of a session.",
        unit="m/s",
        formula="distance / timer time",
        source="definition",
        function="stridelab.analysis.session.session_row",
        inputs=("distance_m", "timer_time_s"),
        uncertainty="That of the distance.",
    ),
    _mean("heart_rate_bpm", "Mean heart rate of a session."),
    _mean("cadence_spm", "Mean step rate of a session, both feet, standing left out."),
    _mean("ground_contact_time_ms", "Mean ground contact time of a session, standing left out."),
    _mean("vertical_oscillation_mm", "Mean vertical oscillation of a session, standing left out."),
    _mean("step_length_mm", "Mean step length of a session, standing left out."),
    _mean("vertical_ratio_pct", "Mean vertical ratio of a session, standing left out."),
    _mean("ground_contact_balance_pct", "Mean left share of ground contact, standing left out."),
    _mean("power_w", "Mean power of a session; zeros count."),
    _mean("temperature_c", "Mean temperature at the device."),
)
