"""What a week is compared with, on charts and in reports alike: the four weeks before it, as far as they are known."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

REFERENCE_WEEKS: Final = 4


def known_weeks(weeks: pd.DataFrame) -> pd.DataFrame:
    """The weekly table with NaN for the sums of weeks of which no day is known: nothing recorded is not nothing done.

    Parameters
    ----------
    weeks
        `stridelab.analysis.weeks.weekly_table`; its counts of days stay.
    """
    days = ["trained_days", "active_recovery_days", "rest_days"]
    unknown = weeks[days].sum(axis=1) == 0
    sums = [
        name for name in weeks.columns if name not in ("monday", "ctl", "atl", "tsb") and not name.endswith("_days")
    ]
    known = weeks.copy()
    known[sums] = known[sums].astype(np.float64).mask(unknown)
    return known


def reference_mean(values: pd.Series) -> pd.Series:
    """Mean of the four weeks before each week; NaN where fewer than four are known.

    Examples
    --------
    >>> reference_mean(pd.Series([10.0, 20, 30, 40, 99])).tolist()
    [nan, nan, nan, nan, 25.0]
    """
    return values.shift().rolling(REFERENCE_WEEKS, min_periods=REFERENCE_WEEKS).mean()
