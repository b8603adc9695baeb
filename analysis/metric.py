"""What the registry says of a metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

REPRODUCED_BY: Final[Mapping[str, str]] = {
    "stridelab.analysis": "tests/analysis/test_sessions.py",
    "stridelab.analysis.gait": "tests/analysis/gait",
    "stridelab.analysis.load": "tests/analysis/test_load_reference.py",
    "stridelab.analysis.load.heart_rate_zones_s": "tests/analysis/test_trimp.py",
    "stridelab.analysis.load.session_load": "tests/analysis/test_load.py",
    "stridelab.analysis.pace": "tests/analysis/test_pace.py",
    "stridelab.analysis.pace.running_cost_j_per_kg_m": "tests/analysis/test_load_reference.py",
    "stridelab.analysis.pace.critical_speed": "tests/analysis/test_load_reference.py",
    "stridelab.analysis.pace.efficiency_factor": "tests/analysis/test_load_reference.py",
    "stridelab.analysis.pace.decoupling_pct": "tests/analysis/test_load_reference.py",
    "stridelab.analysis.recovery": "tests/analysis/test_recovery.py",
    **{
        f"stridelab.analysis.recovery.{name}": "tests/analysis/test_recovery_reference.py"
        for name in ("rmssd_ms", "ln_rmssd", "sdnn_ms", "pnn50_pct", "heart_rate_variability", "correct_artefacts")
    },
    "stridelab.analysis.recovery.dfa_alpha1": "tests/analysis/test_recovery_reference.py",
    "stridelab.analysis.recovery.rolling_baseline": "tests/analysis/test_recovery_reference.py",
}
"""Where the numbers of a function are reproduced; of a function, else of the package it is in."""


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

    @property
    def reproduce(self) -> str:
        """The command that reproduces its reference numbers."""
        name = self.function
        while name not in REPRODUCED_BY:
            name = name.rpartition(".")[0]
        return f"python -m pytest {REPRODUCED_BY[name]}"
