"""The numbers of a finding as text, under the names that the sentences use."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import ModuleType
from typing import Final

from stridelab.analysis.rules.finding import Finding
from stridelab.dashboards.units import distance_text, number_text, percent_text

_DECIMALS: Final[Mapping[str, int]] = {
    "_pct": 1, "_pp": 1, "_h": 2, "hours": 1, "ratio": 2, "_low": 2, "_high": 2, "monotony": 2, "above_bpm": 1,
    "_ratio": 2, "pain": 1, "rise": 1, "sessions_needed": 1,
}  # fmt: skip
"""Digits by the end of a name; none where it is not listed. Whole numbers are shown whole."""


def numbers_text(numbers: Mapping[str, float], units: str) -> dict[str, str]:
    """Distances in the reader's units, rates with two decimals, counts whole."""
    text = {key: _text(key, value, units) for key, value in numbers.items()}
    text.setdefault("runs_needed", text.get("needed", "–"))
    text["above"] = percent_text(numbers.get("ratio", math.nan) - 1)
    # A limit is rounded down: what is said to stay within it must do so.
    cap = numbers.get("cap_m", math.nan)
    tenth = 160.9344 if units == "mi" else 100.0
    text["cap"] = distance_text(math.floor(cap / tenth + 1e-9) * tenth if math.isfinite(cap) else cap, units)
    text["within_share"] = percent_text(cap / numbers.get("longest_30d_m", math.nan) - 1)
    text["within"] = number_text(numbers.get("watch_days", math.nan) - 1)
    return text


def finding_text(finding: Finding, units: str, texts: ModuleType) -> dict[str, str]:
    """All that the sentence of a finding may show: its numbers, and lists in words."""
    numbers = finding.numbers
    off = [word for name, word in texts.MARKERS.items() if numbers.get(f"off_{name}", 0) > 0]
    done = {name: numbers.get(name, math.nan) for name in texts.MOVEMENTS}
    found = [f"{texts.MOVEMENTS[name]} ({number_text(days)})" for name, days in done.items() if days > 0]
    missing = [texts.MOVEMENTS[name] for name, days in done.items() if days == 0]
    signs = [texts.SIGNS[name] for name in finding.subject.split(",") if name in texts.SIGNS]
    return numbers_text(numbers, units) | {
        "markers_list": ", ".join(off) or texts.OTHER["none"],
        "movements_found": ", ".join(found) or texts.OTHER["none"],
        "movements_missing": ", ".join(missing) or texts.OTHER["none"],
        "signs": ", ".join(signs),
        "subject": finding.subject or texts.OTHER["a_pair"],
        "at_site": texts.OTHER["at_site"].format(site=finding.subject) if finding.subject else "",
        "of_rule": str(texts.RULES[finding.subject][0]) if finding.subject in texts.RULES else finding.subject,
    }


def moved_thresholds(finding: Finding) -> dict[str, tuple[str, str]]:
    """Thresholds that the user moved: name to their own value and the published one."""
    numbers = finding.numbers
    names = [name.removeprefix("own_") for name in numbers if name.startswith("own_")]
    return {name: (f"{numbers[f'own_{name}']:g}", f"{numbers[f'published_{name}']:g}") for name in names}


def _text(key: str, value: float, units: str) -> str:
    if key.endswith("_m"):
        return distance_text(value, units)
    if key.startswith("hrr"):
        return number_text(value, 2)
    ends = [end for end in _DECIMALS if key.endswith(end)]
    decimals = _DECIMALS[max(ends, key=len)] if ends else 0
    return number_text(value, 0 if float(value).is_integer() else decimals)
