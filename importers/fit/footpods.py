"""Developer fields of footpods: whose they are, and which channel each one measures.

A footpod writes through an application on the watch (or a phone), which describes its own fields. An application is
known by its identity, else by fields that only its maker uses. Every developer field stays in `Activity.developer`;
the few named in `FIELDS` also stand in for a channel that the watch itself lacks.

Looked at and left out, because no channel means the same or the field does not say whose share it is: form power, air
power, leg spring stiffness, elevation, footstrike type, pronation, impact and braking g, flight ratio, effort pace, and
the balances of a pair of Stryd pods. Speed and distance stay the watch's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.channels import CHANNELS
from stridelab.importers.cadence import both_feet
from stridelab.importers.fit.decode import Table
from stridelab.importers.fit.developer import PREFIX
from stridelab.sports import Family, counts_steps

FloatArray = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

APPLICATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "18fb2cf01a4b430dad66988c847421f4": "stryd",
        "660a581e5301460c8f2f034c8b6dc90f": "stryd",
        "14cc7713eff04136a643ac88baf99d02": "stryd",
        "00000000000000000000000000000047": "coros",
    }
)
"""Makers by the identity that their application writes."""

SIGNATURES: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    ("stryd", frozenset({"form power", "leg spring stiffness"})),
    # Names from the data field that RunScribe published under the MIT licence; older versions abbreviate.
    ("runscribe", frozenset({"impactgs_l", "brakinggs_l"})),
    ("runscribe", frozenset({"ig_l", "bg_l"})),
    ("runscribe", frozenset({"impactgs", "brakinggs"})),
    ("runscribe", frozenset({"ig", "bg"})),
)
"""Makers by field names, in lower case, that are all there; for applications whose identity is not known."""


@dataclass(frozen=True, slots=True)
class FootpodField:
    """What a developer field measures.

    Parameters
    ----------
    name, units
        Name and possible units of the field, in lower case.
    channel
        The channel it can stand in for.
    factor
        From its unit to the channel's.
    side
        ``left`` or ``right`` where it is of one foot only.
    native
        Number of the profile's field that it replaces. Where it is given, the application has to be a known maker's, or
        to say itself that it replaces that field: other devices use the same name.
    """

    name: str
    units: frozenset[str]
    channel: str
    factor: float = 1.0
    side: str = ""
    native: int | None = None


_MS: Final = frozenset({"ms", "milliseconds", "millisecond"})
_CM: Final = frozenset({"cm", "centimeters", "centimetres"})
_MM: Final = frozenset({"mm", "millimeters", "millimetres"})

FIELDS: Final[tuple[FootpodField, ...]] = (
    FootpodField("ground time", _MS, "ground_contact_time_ms"),
    FootpodField("ground contact time", _MS, "ground_contact_time_ms"),
    FootpodField("contacttime", _MS, "ground_contact_time_ms"),
    FootpodField("gct", _MS, "ground_contact_time_ms"),
    FootpodField("contacttime_l", _MS, "ground_contact_time_ms", side="left"),
    FootpodField("contacttime_r", _MS, "ground_contact_time_ms", side="right"),
    FootpodField("gct_l", _MS, "ground_contact_time_ms", side="left"),
    FootpodField("gct_r", _MS, "ground_contact_time_ms", side="right"),
    FootpodField("vertical oscillation", _CM, "vertical_oscillation_mm", 10.0),
    FootpodField("vertical oscillation", _MM, "vertical_oscillation_mm"),
    FootpodField("power", frozenset({"w", "watts"}), "power_w", native=7),
    FootpodField("cadence", frozenset({"rpm", "spm"}), "cadence_spm", native=4),
)
"""Every developer field that can stand in for a channel, the first match of a channel wins."""


def makers(table: Table) -> dict[str, str]:
    """Maker of each developer column of a table: ``stryd``, ``runscribe``, ``coros`` or ``unknown``."""
    fields_of: dict[Any, set[str]] = {}
    for column, origin in table.origin.items():
        fields_of.setdefault(_application(origin), set()).add(_name(column))
    found: dict[str, str] = {}
    for column, origin in table.origin.items():
        maker = APPLICATIONS.get(origin.get("application_id") or "") or origin.get("application", "unknown")
        if maker == "unknown":
            names = fields_of[_application(origin)]
            maker = next((maker for maker, signature in SIGNATURES if signature <= names), "unknown")
        found[column] = maker
    return found


def add_footpod(
    columns: dict[str, FloatArray], provenance: dict[str, str], table: Table, rows: Rows, family: Family
) -> None:
    """Add the channels that the watch lacks and a footpod gives, each whole from one field or pair of fields.

    Parameters
    ----------
    columns, provenance
        Channels so far, shape ``(n_rows,)`` each, and what was done to get them; changed in place.
    table, rows
        The ``record`` messages, and those of the activity.
    family
        Decides whether a cadence counts steps.

    Notes
    -----
    A footpod writes 0 while it measures nothing, so 0 is missing. Where it gives contact times of both feet, contact
    time is their mean and ``ground_contact_balance_pct`` the left one's share, both only where both are valid.
    """
    made_by = makers(table)
    taken: dict[str, dict[str, tuple[FloatArray, str]]] = {}
    for field in FIELDS:
        for column, origin in table.origin.items():
            unit = table.units.get(column, "").strip().lower()
            if _name(column) != field.name or unit not in field.units or _given(columns, field.channel):
                continue
            if field.native is not None and made_by[column] == "unknown" and origin.get("native_field") != field.native:
                continue
            values = _positive(table, column, rows)
            sides = taken.setdefault(field.channel, {})
            if values is not None and field.side not in sides and not ("" in sides and field.side):
                sides[field.side] = values * field.factor, f"{made_by[column]}:{column.removeprefix(PREFIX)}"
    for channel, sides in taken.items():
        _add(columns, provenance, channel, sides, family)


def _add(
    columns: dict[str, FloatArray],
    provenance: dict[str, str],
    channel: str,
    sides: Mapping[str, tuple[FloatArray, str]],
    family: Family,
) -> None:
    if "" in sides:
        values, label = sides[""]
        note = f"footpod field {label}; the device has none"
        if channel == "cadence_spm":
            if not counts_steps(family) or "cadence_rpm" in columns:
                return
            values, done = both_feet(values, columns.get("speed_mps"), family)
            note = f"{note}; {done}"
    elif {"left", "right"} <= sides.keys():
        (left, left_label), (right, right_label) = sides["left"], sides["right"]
        values = (left + right) / 2
        note = f"mean of the footpod fields {left_label} and {right_label}; the device has none"
        if not _given(columns, "ground_contact_balance_pct"):
            columns["ground_contact_balance_pct"] = 100 * left / (left + right)
            provenance["ground_contact_balance_pct"] = f"share of {left_label} in it and {right_label}"
    else:
        return
    columns[channel] = values
    provenance[channel] = note


def _given(columns: Mapping[str, FloatArray], channel: str) -> bool:
    """Whether the device itself gives a channel: at least one plausible value, not only zeros of a missing sensor."""
    if channel not in columns:
        return False
    limits = CHANNELS[channel]
    return bool(((columns[channel] >= limits.low) & (columns[channel] <= limits.high)).any())


def _positive(table: Table, column: str, rows: Rows) -> FloatArray | None:
    found = table.columns[column]
    if found.ndim != 1 or found.dtype.kind not in "uif":
        return None
    values = found[rows].astype(np.float64)
    values = np.where(values > 0, values, np.nan)
    return values if np.isfinite(values).any() else None


def _name(column: str) -> str:
    """Name of a field in lower case, without the mark of a second application that uses the same one."""
    name = column.removeprefix(PREFIX).strip().lower()
    head, mark, tail = name.rpartition(" (")
    return head if mark and tail.rstrip(")").isdigit() else name


def _application(origin: Mapping[str, Any]) -> Any:
    return origin.get("developer_data_index", origin.get("application"))
