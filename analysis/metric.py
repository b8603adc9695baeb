"""What the registry says of a metric."""

from __future__ import annotations

from dataclasses import dataclass


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
