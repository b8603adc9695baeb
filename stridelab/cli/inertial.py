"""Raw inertial recordings on the command line: what is declared of one, and what one holds."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stridelab.cli.options import Units

if TYPE_CHECKING:
    from stridelab.activity import ImuStream


class Site(StrEnum):
    """Where a sensor is worn."""

    foot = "foot"
    shank = "shank"
    sacrum = "sacrum"
    hip = "hip"
    wrist = "wrist"
    chest = "chest"


class Side(StrEnum):
    """Of which side."""

    left = "left"
    right = "right"


SiteOption = Annotated[Site | None, typer.Option("--site", help="Where the inertial sensor is worn.")]
SideOption = Annotated[Side | None, typer.Option("--side", help="On which side it is worn.")]
RateOption = Annotated[
    float | None, typer.Option("--rate", metavar="HZ", help="Sampling rate of a recording without times.")
]
MixedUnitsOption = Annotated[
    str,
    typer.Option(
        "--units",
        metavar="UNITS",
        help="km or mi for distances; of an inertial recording that does not say its own: g, mg or m/s2, deg/s or "
        "rad/s. Several with commas between.",
    ),
]


def units_and_mapping(
    units: str, *, site: Site | None = None, side: Side | None = None, rate: float | None = None
) -> tuple[Units, dict[str, Any] | None]:
    """The units of distances, and what the options declare of an inertial recording; None where they declare nothing.

    Parameters
    ----------
    units
        Of distances, of accelerations and of turn rates, in any mixture, commas between.
    site, side, rate
        As the options give them.

    Raises
    ------
    UsageError
        For a unit that is none of these.

    Examples
    --------
    >>> units_and_mapping("mi"), units_and_mapping("g,deg/s", rate=100.0)
    ((<Units.mi: 'mi'>, None), (<Units.km: 'km'>, {'units': ['g', 'deg/s'], 'rate': 100.0}))
    """
    parts = [part.strip() for part in units.split(",") if part.strip()]
    distances = [Units(part) for part in parts if part in Units.__members__]
    mapping: dict[str, Any] = {}
    if of_sensors := [part for part in parts if part not in Units.__members__]:
        from stridelab.importers.imu.layout import declared

        mapping["units"] = of_sensors
        declared(mapping)
    if site is not None:
        mapping["site"] = site.value
    if side is not None:
        mapping["side"] = side.value
    if rate is not None:
        mapping["rate"] = rate
    return (distances[-1] if distances else Units.km), mapping or None


def stream_data(stream: ImuStream) -> dict[str, Any]:
    """A stream as plain data: site, rate, length, and by axis and for the magnitude their extremes and mean.

    Parameters
    ----------
    stream
        The stream.
    """
    import numpy as np

    from stridelab.importers.imu.units import STANDARD_GRAVITY_MPS2

    values = stream.acceleration_mps2
    sampled = np.isfinite(values).any(axis=1)
    complete = np.isfinite(values).all(axis=1)
    magnitude_g = np.linalg.norm(values[complete], axis=1) / STANDARD_GRAVITY_MPS2
    starts = np.flatnonzero(np.diff(np.append(1, sampled.astype(int))) < 0)
    missing_s = float((~sampled).sum()) / stream.sampling_rate_hz
    return {
        "site": stream.site,
        "side": stream.side,
        "sampling_rate_hz": stream.sampling_rate_hz,
        "samples": len(values),
        "duration_s": len(values) / stream.sampling_rate_hz,
        "start_time": stream.start_time,
        "axes": [axis for i, axis in enumerate("xyz") if np.isfinite(values[:, i]).any()],
        "gravity_included": stream.gravity_included,
        "mean_magnitude_g": float(magnitude_g.mean()) if len(magnitude_g) else None,
        "highest_magnitude_g": float(magnitude_g.max()) if len(magnitude_g) else None,
        "angular_velocity": stream.angular_velocity_radps is not None,
        "gaps": len(starts),
        "missing_s": missing_s,
    }


def stream_lines(stream: ImuStream) -> list[str]:
    """A stream in words.

    Parameters
    ----------
    stream
        The stream.
    """
    from stridelab.dashboards.units import clock_text

    held = stream_data(stream)
    where = " ".join(part for part in (held["side"], held["site"]) if part)
    sensors = f"acceleration {' '.join(held['axes'])}" + (", turn rates" if held["angular_velocity"] else "")
    lines = [
        f"  sensor     {where}: {held['sampling_rate_hz']:.5g} Hz, {clock_text(held['duration_s'])}, "
        f"{held['samples']:,} samples of {sensors}"
    ]
    if held["mean_magnitude_g"] is not None:
        gravity = "" if held["gravity_included"] else ", gravity taken out"
        lines.append(
            f"             magnitude {held['mean_magnitude_g']:.2f} g on average, "
            f"{held['highest_magnitude_g']:.1f} g at most{gravity}"
        )
    gaps = f"{held['gaps']} gaps, {held['missing_s']:.2f} s in all" if held["gaps"] else "no gaps"
    return [*lines, f"             {gaps}"]
