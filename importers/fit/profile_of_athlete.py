"""What a FIT file says of its wearer, under the keys ``athlete:<quantity>`` of an activity's summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stridelab.athlete import athlete_value
from stridelab.errors import UsageError
from stridelab.importers.fit import tables
from stridelab.importers.fit.decode import FitMessages

PREFIX: Final = "athlete:"

# Quantity, and the messages and fields that give it, first match wins. Age is left out: the year it was set is unknown.
_SOURCES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "sex": (("user_profile", "gender"),),
    "mass_kg": (("user_profile", "weight"),),
    "height_m": (("user_profile", "height"),),
    "resting_heart_rate_bpm": (("user_profile", "resting_heart_rate"),),
    "max_heart_rate_bpm": (("zones_target", "max_heart_rate"), ("user_profile", "default_max_running_heart_rate")),
    "threshold_heart_rate_bpm": (("zones_target", "threshold_heart_rate"),),
    "threshold_power_w": (("zones_target", "functional_threshold_power"),),
}


def athlete_summary(messages: FitMessages) -> dict[str, float | str]:
    """Plausible values only; a device's zeros and defaults out of range are left out."""
    found: dict[str, float | str] = {}
    for quantity, sources in _SOURCES.items():
        for message, field in sources:
            value = tables.first(messages, message, field)
            if value is None:
                continue
            try:
                found[PREFIX + quantity] = athlete_value(quantity, value, origin="file").value
            except UsageError:
                continue
            break
    return found
