"""Rule 6: the ratio of recent to usual load. It only describes and is never a flag."""

from __future__ import annotations

from typing import Final

import numpy as np

from stridelab.analysis.load import acute_chronic_ratio
from stridelab.analysis.rules.past import Past
from stridelab.analysis.rules.rolling import count, mean
from stridelab.analysis.rules.rule import Limits, Need, Rule, Suppressed, Verdicts, verdicts

WINDOW_D: Final = 28


def _verdicts(past: Past, limits: Limits) -> Verdicts:
    known = count(np.isfinite(past.load), WINDOW_D)
    ratio = acute_chronic_ratio(past.load)
    return verdicts(
        past,
        hits=[],
        reasons=[
            (known < WINDOW_D, "load_unknown"),
            (np.isnan(ratio), "no_load"),
        ],
        numbers={
            "ratio": ratio,
            "load_7d_mean": mean(past.load, 7, 7),
            "load_28d_mean": mean(past.load, WINDOW_D, WINDOW_D),
        },
        known=known,
        assumed=count(past.assumed, WINDOW_D),
        needed=WINDOW_D,
        window=WINDOW_D,
    )


ACUTE_CHRONIC_RATIO: Final = Rule(
    id="acute_chronic_ratio",
    number=6,
    question="How does the load of the last week compare with that of the last four?",
    kind="description",
    severities=(),
    grade="D",
    evidence=(
        "It has not been shown to predict an injury: random chronic loads gave similar odds, and in 5,205 runners a"
        " higher ratio went with fewer injuries. So it has no threshold, no colours and no flag."
    ),
    source=(
        "Impellizzeri FM et al. 2020, Int J Sports Physiol Perform 15:907, doi:10.1123/ijspp.2019-0864; random loads:"
        " Impellizzeri FM et al. 2021, Sports Med 51:581, doi:10.1007/s40279-020-01378-6; Frandsen JSB et al. 2025, Br"
        " J Sports Med 59:1203, doi:10.1136/bjsports-2024-109380"
    ),
    verdicts=_verdicts,
    clears_when_key="",
    needs=(Need("days.load, else trimp_banister", "28 of 28 days"),),
    tags=(Suppressed("exclude"),),
)
