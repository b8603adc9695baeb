"""Rule 14: longer ground contact or more vertical ratio than the athlete's own, or much more at the end of a run."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.rules.matched_runs import COUNTS, MIN_MATCHED, RUNS_IN_A_ROW, WITHIN_D, change
from stridelab.analysis.rules.past import FloatArray, Past
from stridelab.analysis.rules.rule import Limits, Need, Rule, Softened, Suppressed, Threshold, Verdicts, verdicts


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    contact = change(past, "flat_ground_contact_time_ms", limits, relative=True)
    ratio = change(past, "flat_vertical_ratio_pct", limits, relative=False)
    drift = _drift_pct(past)
    longer, bouncier = contact.least >= limits["contact_pct"], ratio.least >= limits["vertical_ratio_pp"]
    tires = drift > limits["drift_pct"]
    few = (contact.comparable < RUNS_IN_A_ROW) & (ratio.comparable < RUNS_IN_A_ROW)
    nothing = (contact.runs == 0) & (ratio.runs == 0)
    near = (contact.least >= 0.5 * limits["contact_pct"]) | (ratio.least >= 0.5 * limits["vertical_ratio_pp"])
    return verdicts(
        past,
        hits=[
            (longer & bouncier, "watch", "form_change_both"),
            (longer, "info", "form_change_contact"),
            (bouncier, "info", "form_change_vertical_ratio"),
            (tires, "info", "form_drift"),
        ],
        reasons=[(nothing, "no_dynamics"), (few & ~tires, "too_few_matched_runs")],
        numbers={
            "contact_ms": contact.value,
            "norm_ms": contact.norm,
            "contact_pct": contact.mean,
            "vertical_ratio_pct": ratio.value,
            "vertical_ratio_norm_pct": ratio.norm,
            "vertical_ratio_pp": ratio.mean,
            "drift_pct": drift,
            "drift_limit_pct": np.full(past.n, limits["drift_pct"]),
            **contact.counts(past.n),
        },
        known=np.maximum(contact.comparable, ratio.comparable),
        needed=RUNS_IN_A_ROW,
        window=0,
        looked=contact.looked | ratio.looked | np.isfinite(drift),
        keeps=near,
        reason_numbers=COUNTS,
    )


def _drift_pct(past: Past) -> FloatArray:
    """Least of the last three runs' change of contact time from the first to the last fifth, on the day of the last."""
    drift = past.session("ground_contact_drift_pct")
    own = np.flatnonzero(past.is_run & np.isfinite(drift))
    least = np.full(past.n, np.nan)
    if len(own) >= RUNS_IN_A_ROW:
        last = np.lib.stride_tricks.sliding_window_view(drift[own], RUNS_IN_A_ROW).min(axis=1)
        day = past.session_day[own]
        fresh = day[RUNS_IN_A_ROW - 1 :] - day[: len(day) - RUNS_IN_A_ROW + 1] <= WITHIN_D
        least[day[RUNS_IN_A_ROW - 1 :][fresh]] = last[fresh]
    return least


FORM_CHANGE: Final = Rule(
    id="form_change",
    number=14,
    question="Did ground contact or vertical ratio move away from this athlete's own at the same speed?",
    kind="state",
    severities=("info", "watch"),
    grade="D",
    evidence=(
        "Small studies see both grow with fatigue. The percentages are convention, and no study ties a change of them"
        " to injuries."
    ),
    source="Mechanism and small studies (Morin JB et al. 2005, J Appl Biomech 21:167); the percentages are convention",
    verdicts=_verdicts,
    clears_when_key="form_clears",
    needs=(
        Need(
            "activities.flat_ground_contact_time_ms, flat_vertical_ratio_pct, flat_speed_mps, ground_contact_drift_pct",
            "3 runs in 28 days with 5 runs each of the same sensor within 0.2 m/s in the 14 weeks before",
        ),
    ),
    thresholds=(
        Threshold("contact_pct", 5, "%", "above the own contact time in each of 3 runs in a row"),
        Threshold("vertical_ratio_pp", 0.5, "points", "above the own vertical ratio in each of 3 runs in a row"),
        Threshold("drift_pct", 5, "%", "last fifth of a run above the first in each of 3 runs in a row"),
        MIN_MATCHED,
    ),
    tags=(Suppressed("exclude"), Softened("race"), Softened("heat")),
    restarts="another sensor or device, treadmill and road apart, the tag new_device",
    hits_to_raise=1,
)
