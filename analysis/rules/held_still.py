"""A baseline that does not learn from days outside it: what falls slowly would carry its own baseline along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.rules.past import BoolArray, FloatArray
from stridelab.analysis.rules.rolling import days_in_a_row

HELD_STILL_D: Final = 42
"""For so long a baseline is held still; what stays longer is a new normal (convention)."""


def hold_still(
    value: FloatArray,
    baseline: Sequence[npt.NDArray[Any]],
    outside: Callable[[FloatArray, FloatArray], BoolArray],
    days: int,
    restart: BoolArray,
) -> BoolArray:
    """From the start of each stretch outside keep the baseline of its first day while the value stays outside it.

    Parameters
    ----------
    value
        What is compared, shape ``(n_days,)``; an unknown day ends no stretch.
    baseline
        Arrays of shape ``(n_days,)``, changed in place; the first is the limit.
    outside
        `numpy.less` or `numpy.greater`.
    days
        Length from which a stretch counts.
    restart
        Days on which a baseline begins anew, whatever was held.

    Returns
    -------
    ndarray of bool
        Days on which the baseline is held.
    """
    held = np.zeros(len(value), dtype=np.bool_)
    limit = baseline[0]
    starts = np.flatnonzero(days_in_a_row(outside(value, limit)) == days) - days + 1
    until = 0
    for start in starts.tolist():  # one for each stretch, not for each day
        if start < until:
            continue
        end = min(start + HELD_STILL_D, len(value))
        again = np.flatnonzero(restart[start + 1 : end])
        end = start + 1 + int(again[0]) if len(again) else end
        stays = outside(value[start:end], np.full(end - start, limit[start])) | np.isnan(value[start:end])
        until = start + (int(np.argmin(stays)) if not stays.all() else end - start)
        held[start:until] = True
        for values in baseline:
            values[start:until] = values[start]
    return held
