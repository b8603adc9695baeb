"""Rule 4: a week of much training with little change from day to day."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.load import monotony_strain
from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.rolling import ago, count, quantile, total
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Threshold, Verdicts, verdicts

WEEK_D: Final = 7
OWN_D: Final = 182
OWN_LEAST_D: Final = 56
"""The athlete's own weeks: those of 26 weeks, at least 8 of them known (convention)."""


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    load = past.load
    known = count(np.isfinite(load), WEEK_D)
    both = monotony_strain(load)
    monotony, strain = both["monotony"].to_numpy(), both["strain"].to_numpy()
    week = total(load, WEEK_D)
    # The week itself is no part of what it is compared with.
    usual_load = quantile(ago(week, WEEK_D), limits["load_centile"] / 100, OWN_D, OWN_LEAST_D)
    usual_strain = quantile(ago(strain, WEEK_D), limits["strain_centile"] / 100, OWN_D, OWN_LEAST_D)
    much = (week > usual_load) & (strain > usual_strain)
    return verdicts(
        past,
        hits=[
            (much & (monotony > limits["watch_monotony"]), "watch", "monotony_strain"),
            (much & (monotony > limits["info_monotony"]), "info", "monotony_strain"),
        ],
        reasons=[
            (known < WEEK_D, "load_unknown"),
            (np.isnan(usual_load) | np.isnan(usual_strain), "too_little_history"),
            (np.isnan(monotony) & (week > usual_load), "monotony_undefined"),
        ],
        numbers={
            "monotony": monotony,
            "strain": strain,
            "load": week,
            "usual_load": usual_load,
            "usual_strain": usual_strain,
            "watch_monotony": np.full(past.n, limits["watch_monotony"]),
            "weeks": np.full(past.n, OWN_D / WEEK_D),
            "weeks_needed": np.full(past.n, OWN_LEAST_D / WEEK_D),
        },
        known=known,
        assumed=count(past.assumed, WEEK_D),
        needed=WEEK_D,
        window=WEEK_D,
        reason_numbers=("weeks", "weeks_needed"),
    )


MONOTONY_STRAIN: Final = Rule(
    id="monotony_strain",
    number=4,
    question="Does hard training change with easy days?",
    kind="state",
    severities=("info", "watch"),
    grade="C",
    evidence=(
        "In 25 athletes many illnesses followed weeks of high strain. Small and never repeated in runners; the own"
        " centiles keep it quiet where the load is low."
    ),
    source="Foster C 1998, Med Sci Sports Exerc 30:1164, doi:10.1097/00005768-199807000-00023",
    verdicts=_verdicts,
    clears_when_key="monotony_clears",
    needs=(Need("days.load, else trimp_banister", "7 of 7 days, and 8 of the 26 weeks before"),),
    thresholds=(
        Threshold("watch_monotony", 2.0, "", "mean over standard deviation of 7 daily loads: watch"),
        Threshold("info_monotony", 1.5, "", "the same: for information", "D", "convention"),
        Threshold("load_centile", 75, "%", "of own weekly loads that the week has to exceed", "D", "convention"),
        Threshold("strain_centile", 90, "%", "of own weekly strains that the week has to exceed", "D", "convention"),
    ),
    tags=(Suppressed("exclude"),),
)
