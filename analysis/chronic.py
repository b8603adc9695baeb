"""The models over days in one table: what remains of past load, and descriptions of recent load."""

from __future__ import annotations

from typing import Final

import pandas as pd

from stridelab.analysis.load import acute_chronic_ratio, fitness_fatigue, monotony_strain, ramp_rate, redi

CHRONIC_LOADS: Final = ("load", "trimp_banister")
"""What the models are fed with, the first that a history has: points of an hour at threshold, by whatever method."""


def chronic_load(days: pd.DataFrame) -> pd.Series[float]:
    """Daily load that the models are fed with; its ``name`` says which.

    Parameters
    ----------
    days
        The daily table. Where no day has a ``load`` (a history of an older version), it is ``trimp_banister``.
    """
    for name in CHRONIC_LOADS:
        if name in days and days[name].notna().any():
            return days[name]
    return days[CHRONIC_LOADS[-1]]


def chronic_table(days: pd.DataFrame) -> pd.DataFrame:
    """Every model of chronic and recent load, one row a day.

    Parameters
    ----------
    days
        The daily table; see `chronic_load`. A day without a known load counts as 0 in CTL and ATL, and leaves monotony
        and the ratios of its windows NaN.

    Returns
    -------
    DataFrame
        ``ctl``, ``atl``, ``tsb`` (of the day before) and ``tsb_same_day``, ``ramp`` (CTL against a week ago),
        ``monotony`` and ``strain`` of 7 days, ``acwr`` (coupled), ``acwr_uncoupled``, ``acwr_ewma``, ``redi``, on the
        index of ``days``. None of them predicts an injury.

    Examples
    --------
    >>> days = pd.DataFrame({"load": [60.0, 0.0] * 30})
    >>> chronic_table(days)[["ctl", "ramp", "acwr"]].iloc[-1].round(2).tolist()
    [22.54, 0.57, 0.86]
    """
    load = chronic_load(days)
    table = fitness_fatigue(load)
    table["tsb_same_day"] = table["ctl"] - table["atl"]
    table["ramp"] = ramp_rate(table["ctl"])
    recent = monotony_strain(load)
    table["monotony"], table["strain"] = recent["monotony"].to_numpy(), recent["strain"].to_numpy()
    table["acwr"] = acute_chronic_ratio(load)
    table["acwr_uncoupled"] = acute_chronic_ratio(load, variant="uncoupled")
    table["acwr_ewma"] = acute_chronic_ratio(load, variant="ewma")
    table["redi"] = redi(load)
    return table
