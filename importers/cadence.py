"""Cadence of foot sports in steps a minute, whichever of one foot or both the file counts."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from stridelab.sports import Family

ONE_FOOT_AT_MOST_SPM: Final = {"run": 110.0, "walk": 75.0}
"""A median cadence of moving samples up to this counts one foot: nobody runs at 110 steps/min, or walks at 75."""

MOVING_SPM: Final = 20.0
MOVING_MPS: Final = 0.5

FloatArray = npt.NDArray[np.float64]


def both_feet(cadence: FloatArray, speed_mps: FloatArray | None, family: Family) -> tuple[FloatArray, str]:
    """Cadence of both feet, and what was done to get it.

    Parameters
    ----------
    cadence
        As the file says, one foot or both, shape ``(n_samples,)``; NaN stays NaN.
    speed_mps
        Speed, to tell moving samples; None or all NaN where there is none, then a cadence above 20 is moving.
    family
        ``run`` or ``walk``.

    Returns
    -------
    cadence_spm, provenance
        Doubled where the median over moving samples is at most 110 (running) or 75 (walking, hiking).

    Examples
    --------
    >>> both_feet(np.array([82.0, 83.0]), None, "run")
    (array([164., 166.]), 'doubled: the file counts one foot (median 82.5 a minute)')
    """
    moving = cadence > MOVING_SPM
    if speed_mps is not None and np.isfinite(speed_mps).any():
        moving &= ~(speed_mps < MOVING_MPS)
    if not moving.any():
        return cadence, "as in the file: too little movement to tell one foot from both"
    median = float(np.median(cadence[moving]))
    if median <= ONE_FOOT_AT_MOST_SPM[family]:
        return cadence * 2, f"doubled: the file counts one foot (median {median:.1f} a minute)"
    return cadence, f"as in the file: it counts both feet (median {median:.1f} a minute)"
