"""Distances on the Earth between positions that follow each other."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

SEMI_MAJOR_AXIS_M: Final = 6_378_137.0
FLATTENING: Final = 1 / 298.257_223_563
"""WGS 84, the ellipsoid of satellite positions."""

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""

SHORT_RAD: Final = 0.02
"""Up to this angle (127 km) a step is short."""


def step_distances_m(latitude_deg: FloatArray, longitude_deg: FloatArray) -> FloatArray:
    """Distance from each position to the next.

    A short step is the hypotenuse of its northward and eastward parts, each with the ellipsoid's radius of curvature at
    the mean latitude (Gauss mid-latitude formula, first order; see Torge, Geodesy, 4th ed., section 6.3). Against
    Karney's geodesics it is within 1e-6 up to 1 km and 1e-4 up to 100 km at latitudes to 80°. A long step, which no
    recording of a runner has but by a jump, is a great circle on the mean sphere, within 0.6 %.

    Parameters
    ----------
    latitude_deg, longitude_deg
        WGS 84, shape ``(n_positions,)``.

    Returns
    -------
    ndarray
        Metres, shape ``(n_positions - 1,)``, at least ``(0,)``; NaN where either position is NaN.

    Examples
    --------
    >>> step_distances_m(np.array([47.0, 47.001]), np.array([8.5, 8.5])).round(2)
    array([111.17])
    """
    phi, lam = np.radians(latitude_deg), np.radians(longitude_deg)
    north = np.diff(phi)
    east = np.diff(lam)
    east -= 2 * np.pi * np.round(east / (2 * np.pi))  # the short way across 180°
    middle = (phi[:-1] + phi[1:]) / 2
    eccentricity2 = FLATTENING * (2 - FLATTENING)
    w2 = 1 - eccentricity2 * np.sin(middle) ** 2
    meridional = SEMI_MAJOR_AXIS_M * (1 - eccentricity2) / w2**1.5
    across = SEMI_MAJOR_AXIS_M / np.sqrt(w2) * np.cos(middle)
    step = np.hypot(meridional * north, across * east)
    long = np.flatnonzero(np.abs(north) + np.abs(east) > SHORT_RAD)
    if len(long):
        half = np.sin(north[long] / 2) ** 2
        half += np.cos(phi[long]) * np.cos(phi[long + 1]) * np.sin(east[long] / 2) ** 2
        step[long] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return np.asarray(step)
