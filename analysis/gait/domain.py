"""What may be noticed in a recording, and inside which domain an error is known."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from stridelab.analysis.gait.fitted import ACCURACY
from stridelab.analysis.gait.signals import FloatArray

ISSUES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gaps": "Samples are missing; no contact is given within or across a gap.",
        "glitches": "Single samples lie beyond 2000 m/s², which nothing on a body feels; they count as missing.",
        "axis_missing": "An axis holds no number and is left out.",
        "clipped": "The signal stays at the end of its range: the sensor's range was too small for the impacts.",
        "range_too_small": "The sensor clips below 6 g, where the error was not measured.",
        "flat": "All samples are the same: the sensor did not measure.",
        "no_gravity": "The mean acceleration is about 0: gravity was taken out, so nothing tells where down is.",
        "upside_down": "The vertical axis points down: it was turned over, and the forward axis found anew.",
        "backwards": "The anteroposterior axis points backwards: it was turned round.",
        "no_running": "Nothing in it looks like running.",
        "walking": "It was walked; contacts are given for running only.",
        "missing_contacts": "Some contacts were not found: intervals are too long. Nothing is filled in.",
        "few_contacts": "Fewer than 80 % of the contacts were found or plausible: does the site fit?",
        "doubled_contacts": "Some contacts came twice within one interval and were left out.",
        "implausible_contacts": "Contact times outside 90 to 450 ms were left out.",
        "site_mismatch": "The two steps of a stride do not look as they do at this site: is the site right?",
        "flight_from_symmetry": "One leg was measured: flight time takes both steps to be alike.",
        "no_toe_off": "Acceleration at the foot shows no toe-off that was ever checked: no contact time.",
        "published_only": "The error of this method is only known from publications, on other sensors.",
        "axes_outside": "The error was measured with three axes.",
        "orientation_unknown": "The axes are not known: up was taken from gravity, forwards from the steps.",
        "forwards_unknown": "Forwards could not be told, and the error was measured with a known vertical.",
        "rate_outside": "The error was measured at other sampling rates.",
        "cadence_outside": "The error was measured at another cadence.",
        "contact_outside": "The error was measured on other contact times.",
        "speed_outside": "The error was measured at other speeds.",
        "slope_outside": "The error was measured on other slopes.",
        "site_outside": "The method was calibrated at another site; its error here is not known.",
    }
)
"""Keys of `Contacts.issues`, each with a sentence."""


def outside(
    method: str,
    site: str,
    *,
    rate_hz: float,
    cadence_spm: float,
    contact_ms: FloatArray,
    speed_mps: FloatArray | None,
    slope_pct: FloatArray | None,
) -> list[str]:
    """Why the measured error of a method does not hold for a recording: keys of `ISSUES`, empty where it does.

    Parameters
    ----------
    method, site
        As in `Contacts`.
    rate_hz, cadence_spm
        Of the recording.
    contact_ms, speed_mps, slope_pct
        Of its stances; None where it is not known.
    """
    accuracy = ACCURACY.get(method)
    if accuracy is None:
        return []
    found = []
    if site != accuracy.site:
        found.append("site_outside")
    if rate_hz < accuracy.lowest_rate_hz:
        found.append("rate_outside")
    if not _inside(cadence_spm, accuracy.cadence_spm):
        found.append("cadence_outside")
    if np.isfinite(contact_ms).any() and not _inside(float(np.nanmedian(contact_ms)), accuracy.contact_ms):
        found.append("contact_outside")
    if speed_mps is not None and not _inside(float(np.nanmedian(speed_mps)), accuracy.speed_mps):
        found.append("speed_outside")
    if slope_pct is not None and not _inside(float(np.nanmedian(slope_pct)), accuracy.slope_pct):
        found.append("slope_outside")
    return found


def _inside(value: float, bounds: tuple[float, float]) -> bool:
    return bool(np.isnan(value)) or bounds[0] <= value <= bounds[1]
