"""The channels of a recording: one table of columns, units, plausible ranges and where each comes from.

Column names carry their unit. Missing is NaN, never 0. Everything that builds or reads `Activity.records`
takes its names from here; a new channel is a new row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Channel:
    """One column of `Activity.records`.

    Parameters
    ----------
    column
        Name, ending in its unit.
    unit
        Unit as people write it.
    low, high
        Plausible range, both ends included; values outside are masked in an activity and counted in its issues.
    description
        One line for a chart's title or a table's help.
    fit
        Names of the FIT ``record`` fields it comes from, first match wins.
    gpx, tcx
        Local names of the elements it comes from, whatever their prefix and case; the first that has values wins.
    """

    column: str
    unit: str
    low: float
    high: float
    description: str
    fit: tuple[str, ...] = ()
    gpx: tuple[str, ...] = ()
    tcx: tuple[str, ...] = ()


_ROWS: Final = (
    Channel("latitude_deg", "°", -90, 90, "Latitude, WGS 84", ("position_lat",), ("lat",), ("LatitudeDegrees",)),
    Channel("longitude_deg", "°", -180, 180, "Longitude, WGS 84", ("position_long",), ("lon",), ("LongitudeDegrees",)),
    Channel(
        "altitude_m",
        "m",
        -500,
        9000,
        "Altitude above sea level",
        ("enhanced_altitude", "altitude"),
        ("ele",),
        ("AltitudeMeters",),
    ),
    Channel(
        "distance_m", "m", 0, 2_000_000, "Distance since the start", ("distance",), ("distance",), ("DistanceMeters",)
    ),
    Channel("speed_mps", "m/s", 0, 40, "Speed", ("enhanced_speed", "speed"), ("speed",), ("Speed",)),
    Channel(
        "heart_rate_bpm",
        "bpm",
        25,
        250,
        "Heart rate",
        ("heart_rate",),
        ("hr", "heartrate", "heart_rate"),
        ("HeartRateBpm",),
    ),
    Channel(
        "cadence_spm",
        "steps/min",
        0,
        300,
        "Step rate, both feet",
        ("cadence",),
        ("cad", "cadence", "RunCadence"),
        ("RunCadence",),
    ),
    Channel("cadence_rpm", "rpm", 0, 254, "Crank or stroke rate", ("cadence",), ("cad", "cadence"), ("Cadence",)),
    Channel("power_w", "W", 0, 3000, "Mechanical power", ("power",), ("power", "PowerInWatts", "watts"), ("Watts",)),
    Channel(
        "temperature_c",
        "°C",
        -50,
        70,
        "Temperature at the device",
        ("temperature",),
        ("atemp", "temp", "temperature"),
        ("Temperature",),
    ),
    Channel("vertical_oscillation_mm", "mm", 10, 300, "Vertical oscillation of the trunk", ("vertical_oscillation",)),
    Channel(
        "ground_contact_time_ms",
        "ms",
        80,
        700,
        "Ground contact time, mean of both feet",
        ("stance_time",),
    ),
    Channel(
        "ground_contact_balance_pct",
        "%",
        30,
        70,
        "Left foot's share of ground contact time",
        ("stance_time_balance",),
    ),
    Channel("vertical_ratio_pct", "%", 1, 30, "Vertical oscillation as a share of step length", ("vertical_ratio",)),
    Channel("step_length_mm", "mm", 100, 3000, "Step length", ("step_length",)),
    Channel(
        "respiration_rate_brpm",
        "breaths/min",
        1,
        100,
        "Respiration rate",
        ("enhanced_respiration_rate", "respiration_rate"),
    ),
)

CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType({row.column: row for row in _ROWS})
"""Every channel by its column name, in the order in which tables show them."""

COLUMNS: Final[tuple[str, ...]] = tuple(CHANNELS)
