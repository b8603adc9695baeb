"""Fitness, fatigue and form: exponentially weighted means of daily load, in the three published variants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import lfilter

from stridelab.analysis.counting import daily_values


@dataclass(frozen=True, slots=True)
class ChronicVariant:
    """One way to compute CTL, ATL and TSB.

    Parameters
    ----------
    name, description
        Its name, and in words where it is used.
    smoothing
        Weight of today's load for a time constant in days.
    form_from_previous_day
        Whether form (TSB) is yesterday's CTL − ATL, or today's.
    """

    name: str
    description: str
    smoothing: Callable[[float], float]
    form_from_previous_day: bool


VARIANTS: Final[Mapping[str, ChronicVariant]] = MappingProxyType(
    {
        v.name: v
        for v in (
            ChronicVariant(
                "exponential",
                "1 − e^(−1/τ); GoldenCheetah, intervals.icu",
                lambda tau: 1 - float(np.exp(-1 / tau)),
                True,
            ),
            ChronicVariant("reciprocal", "1/τ; TrainingPeaks as published", lambda tau: 1 / tau, True),
            ChronicVariant("span", "2/(τ+1), form of the same day; Runalyze", lambda tau: 2 / (tau + 1), False),
        )
    }
)
"""The published variants by name; ``exponential`` is the default."""


def fitness_fatigue(
    load: npt.ArrayLike,
    *,
    variant: str = "exponential",
    tau_fitness_d: float = 42,
    tau_fatigue_d: float = 7,
    seed_ctl: float = 0.0,
    seed_atl: float = 0.0,
    missing: Literal["zero", "carry"] = "zero",
    form_from_previous_day: bool | None = None,
) -> pd.DataFrame:
    r"""Chronic load (CTL, "fitness"), acute load (ATL, "fatigue") and their balance (TSB, "form").

    .. math:: y_t = y_{t-1} + k (load_t - y_{t-1})

    seeded on the day before the first. These are weighted means of past load, not measurements of fitness.

    Parameters
    ----------
    load
        Load of each day without holes, shape ``(n_days,)``. NaN is a day whose load is not known; see ``missing``.
    variant
        A name of `VARIANTS`.
    tau_fitness_d, tau_fatigue_d
        Time constants in days.
    seed_ctl, seed_atl
        Both on the day before the first. Zero says that nothing came before; CTL then needs some 120 days to forget it.
    missing
        A day without a known load either enters as 0 (``zero``: what is not known cannot be added) or changes nothing
        (``carry``: an unknown day is not a day of rest). Whoever shows the result shows the coverage beside it.
    form_from_previous_day
        Whether form is yesterday's CTL − ATL, or today's; None as the variant has it.

    Returns
    -------
    DataFrame
        Columns ``ctl``, ``atl``, ``tsb``, in the unit of the load; the index of ``load`` where it has one.

    Raises
    ------
    KeyError
        For an unknown variant.

    Notes
    -----
    Banister EW, Calvert TW et al. 1975, Aust J Sports Med 7:57, simplified by Coggan; constants of 42 and 7 days are
    convention, not a fit to the athlete.

    Examples
    --------
    >>> fitness_fatigue([60.0, 0.0, 45.0]).round(3)
         ctl     atl    tsb
    0  1.412   7.987  0.000
    1  1.378   6.924 -6.576
    2  2.405  11.993 -5.546
    """
    chosen = VARIANTS[variant]
    index = load.index if isinstance(load, pd.Series) else None
    daily = daily_values(load)
    if missing == "zero":
        daily = np.nan_to_num(daily, nan=0.0)
    seeds = ((tau_fitness_d, seed_ctl), (tau_fatigue_d, seed_atl))
    ctl, atl = (_smoothed(daily, chosen.smoothing(tau), seed) for tau, seed in seeds)
    form = ctl - atl
    if chosen.form_from_previous_day if form_from_previous_day is None else form_from_previous_day:
        form = np.append(seed_ctl - seed_atl, form)[: len(form)]
    return pd.DataFrame({"ctl": ctl, "atl": atl, "tsb": form}, index=index)


def ramp_rate(ctl: npt.ArrayLike, *, days: int = 7) -> npt.NDArray[np.float64]:
    """How much CTL rose over the last days.

    Parameters
    ----------
    ctl
        Of each day, shape ``(n_days,)``.
    days
        Over how many days.

    Returns
    -------
    ndarray
        Shape ``(n_days,)``; NaN on the first days.

    Notes
    -----
    Convention; no threshold of it is known to predict injury.

    Examples
    --------
    >>> ramp_rate([1.0, 2.0, 4.0, 7.0], days=2)
    array([nan, nan,  3.,  5.])
    """
    value = daily_values(ctl)
    before = np.append(np.full(min(days, len(value)), np.nan), value[: max(len(value) - days, 0)])
    return np.asarray(value - before, dtype=np.float64)


def _smoothed(daily: npt.NDArray[np.float64], k: float, seed: float) -> npt.NDArray[np.float64]:
    """The recursion over the days that are known; on the others the value of the day before stays."""
    known = np.isfinite(daily)
    values = np.append(seed, lfilter([k], [1, k - 1], daily[known], zi=[(1 - k) * seed])[0] if known.any() else [])
    return np.asarray(values[np.cumsum(known)], dtype=np.float64)
