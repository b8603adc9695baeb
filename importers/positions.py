"""Positions that cannot be: 0/0, and jumps away and back. They are masked; the raw tables keep them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.issues import Issue, IssueCode
from stridelab.samples import seconds
from stridelab.sports import Family

FloatArray = npt.NDArray[np.float64]

EARTH_RADIUS_M: Final = 6_371_009.0
"""Mean radius of the GRS 80 ellipsoid."""

FOOT_SPEED_MPS: Final = 40.0
OTHER_SPEED_MPS: Final = 340.0
"""Faster than sound in other sports: an aircraft or a ski lift in the file is no jump."""

MAX_JUMP_SAMPLES: Final = 10
MAX_JUMP_S: Final = 60.0
"""A longer excursion is a place, however it was reached: tunnels and lost signals move a track for good."""


def mask_positions(records: pd.DataFrame, family: Family) -> tuple[pd.DataFrame, list[Issue]]:
    """Records without impossible positions, and one issue for each kind with its count.

    Masked are positions of exactly 0/0, which devices write before they have one, and jumps: at most
    `MAX_JUMP_SAMPLES` positions within `MAX_JUMP_S` that are reached and left faster than `FOOT_SPEED_MPS` on foot
    (`OTHER_SPEED_MPS` otherwise), while the way from the position before to the one after is not that fast. A jump from
    which the track does not come back is kept.

    Parameters
    ----------
    records
        Cleaned records; without positions they are given back as they are.
    family
        Family of the sport.
    """
    if not {"latitude_deg", "longitude_deg"} <= set(records.columns):
        return records, []
    latitude = records["latitude_deg"].to_numpy(dtype=np.float64)
    longitude = records["longitude_deg"].to_numpy(dtype=np.float64)
    nowhere = (latitude == 0) & (longitude == 0)
    placed = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude) & ~nowhere)
    limit = FOOT_SPEED_MPS if family in ("run", "walk") else OTHER_SPEED_MPS
    jumped = np.zeros(len(records), dtype=np.bool_)
    if len(placed) > 2:
        time_s = seconds(pd.DatetimeIndex(records.index))[placed]
        jumped[placed] = _jumps(latitude[placed], longitude[placed], time_s, limit)
    issues = []
    for wrong, what in ((nowhere, "positions are 0/0"), (jumped, f"positions jump away and back above {limit:g} m/s")):
        if wrong.any():
            issues.append(Issue(IssueCode.IMPLAUSIBLE_VALUE, "warning", None, f"{int(wrong.sum())} {what}."))
    if issues:
        records = records.copy()
        records.loc[nowhere | jumped, ["latitude_deg", "longitude_deg"]] = np.nan
        records = records.dropna(axis=1, how="all")
    return records, issues


def _jumps(latitude: FloatArray, longitude: FloatArray, time_s: FloatArray, limit: float) -> npt.NDArray[np.bool_]:
    """Which positions lie between a fast step away and a fast step back; all arrays of shape ``(n,)``, n > 2."""

    def speed(start: npt.NDArray[np.intp], end: npt.NDArray[np.intp]) -> FloatArray:
        metres = _distance_m(latitude[start], longitude[start], latitude[end], longitude[end])
        return np.asarray(metres / (time_s[end] - time_s[start]))

    every = np.arange(len(time_s))
    fast = np.flatnonzero(speed(every[:-1], every[1:]) > limit)
    away, back = fast[:-1], fast[1:]
    short = (back - away <= MAX_JUMP_SAMPLES) & (time_s[back + 1] - time_s[away] <= MAX_JUMP_S)
    away, back = away[short], back[short]
    returned = speed(away, back + 1) <= limit
    change = np.zeros(len(time_s) + 1, dtype=np.int64)
    np.add.at(change, away[returned] + 1, 1)
    np.add.at(change, back[returned] + 1, -1)
    return np.asarray(np.cumsum(change[:-1]) > 0)


def _distance_m(
    latitude: FloatArray, longitude: FloatArray, to_latitude: FloatArray, to_longitude: FloatArray
) -> FloatArray:
    """Great-circle distance, haversine formula."""
    start, end = np.radians(latitude), np.radians(to_latitude)
    across = np.sin(np.radians(to_longitude - longitude) / 2) ** 2
    chord = np.sin((end - start) / 2) ** 2 + np.cos(start) * np.cos(end) * across
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))
