"""What the athlete wrote of pain and of signs that belong before a professional; nothing is inferred from sensors."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.rules.past import BoolArray, FloatArray, Past

PAIN_RANGE: Final = (0.0, 10.0)

SIGNS: Final = {
    "limping": r"limp\w*|hobbl\w*|hink\w*|humpel\w*|gehumpelt",
    "swelling": r"swell\w*|swollen|geschwollen\w*|schwellung\w*|anschwell\w*",
    "locking": r"lock(?:s|ed|ing)\b|giv(?:es|ing|e) way|gave way|blockier\w*|gesperrt|wegknick\w*|knickt weg",
    "night_pain": (
        r"night[- ]?pain|pain at night|(?:hurts?|aches|ached|wakes me|woke me) at night|"
        r"woke (?:me )?up (?:with|from) pain|nachtschmerz\w*|nächtliche\w* schmerz\w*|schmerz\w* in der nacht|"
        r"nachts schmerz\w*"
    ),
}
"""Words, English and German, for the four signs that go to a professional whatever the number is (consensus)."""

URGENT: Final = {
    "chest_pain": (
        r"chest[- ](?:pain\w*|tightness|pressure|discomfort)|(?:pain|tightness|pressure) (?:in|on|across) (?:my |the )?"
        r"chest|angina|brustschmerz\w*|brustenge|schmerz\w* in der brust|druck auf der brust|enge in der brust"
    ),
    "fainting": (
        r"faint(?:ed|ing)\b|i faint\b|near[- ]faint\w*|passed out|blacked out|lost consciousness|unconscious\w*|"
        r"syncope|collapsed|ohnm[aä]cht\w*|bewusstlos\w*|kollabier\w*|kollaps"
    ),
}
"""Words for what needs help at once."""

CHEST: Final = r"chest|heart|thorax|brust\w*|herz\w*"

# A word of negation at most three words before the sign, within the same clause: "no swelling", "ohne zu hinken".
_DENIED: Final = r"\b(?:no|not|never|without|nor|free of|kein\w*|nicht|nie|ohne)\b(?:[ ]+[^\s.,;:!?]+){0,3}?[ ]+$"


def pain_of_day(past: Past) -> tuple[FloatArray, npt.NDArray[np.object_], BoolArray]:
    """Worst pain of each day from 0 to 10, where it is, and days with an entry that is no number from 0 to 10.

    Returns
    -------
    tuple
        Pain, NaN on days without an entry; body site and side of the worst, empty where not given; days with a pain
        entry out of range, which counts for nothing.
    """
    log = past.history.log
    entries = log[log["kind"] == "pain"]
    place = past.place(entries["date"])
    value = pd.to_numeric(entries["value"], errors="coerce").to_numpy(dtype=np.float64)
    inside = place >= 0
    valid = inside & (value >= PAIN_RANGE[0]) & (value <= PAIN_RANGE[1])
    wrong = np.zeros(past.n, dtype=np.bool_)
    wrong[place[inside & np.isfinite(value) & ~valid]] = True
    pain, site = np.full(past.n, np.nan), np.full(past.n, "", dtype=object)
    order = np.flatnonzero(valid)[np.argsort(value[valid], kind="stable")]
    names = [
        " ".join(str(part) for part in parts if isinstance(part, str) and part)
        for parts in zip(entries["side"].iloc[order], entries["body_site"].iloc[order], strict=True)
    ]
    pain[place[order]] = value[order]  # ascending, so the worst of a day stays
    site[place[order]] = np.array(names, dtype=object) if names else np.array([], dtype=object)
    return pain, site, wrong


def signs_of_day(past: Past, patterns: dict[str, str]) -> npt.NDArray[np.object_]:
    """Names of the signs that the log of each day tells, joined by a comma; empty where it tells none."""
    log = past.history.log
    told = log["text"].notna() | (log["kind"] == "pain")
    entries = log[told]
    found: dict[int, list[str]] = {}
    columns = (entries["kind"], entries["value"], entries["body_site"], entries["text"])
    for place, kind, value, site, text in zip(past.place(entries["date"]).tolist(), *columns, strict=True):
        if place < 0:
            continue
        names = [name for name, pattern in patterns.items() if isinstance(text, str) and says(text, pattern)]
        painful = kind == "pain" and 0 < value <= PAIN_RANGE[1]
        if "chest_pain" in patterns and painful and isinstance(site, str) and re.search(CHEST, site, re.IGNORECASE):
            names.append("chest_pain")
        for name in names:
            if name not in found.setdefault(place, []):
                found[place].append(name)
    signs = np.full(past.n, "", dtype=object)
    for place, names in found.items():
        signs[place] = ",".join(names)
    return signs


def says(text: str, pattern: str) -> bool:
    """Whether a text tells a sign without denying it.

    Examples
    --------
    >>> says("Knee swollen after the run", SIGNS["swelling"]), says("no more swelling", SIGNS["swelling"])
    (True, False)
    """
    for match in re.finditer(rf"(?<!\w)(?:{pattern})", text, re.IGNORECASE):
        if not re.search(_DENIED, text[: match.start()], re.IGNORECASE):
            return True
    return False


__all__ = ["PAIN_RANGE", "SIGNS", "URGENT", "pain_of_day", "says", "signs_of_day"]
