"""From contacts to tables: one row a stance, one row a window."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stridelab.analysis.gait.cadence import Cadence
from stridelab.analysis.gait.contacts import Contacts
from stridelab.analysis.gait.signals import TRUNK_SITES, FloatArray


def stride_table(contacts: Contacts, *, site: str) -> pd.DataFrame:
    """One row a stance: its times and what follows from them.

    Parameters
    ----------
    contacts
        Of one recording.
    site
        Where its sensor sat: a trunk sees both feet, a limb one.

    Returns
    -------
    DataFrame
        ``initial_contact_s``, ``terminal_contact_s``, ``ground_contact_time_ms``, ``flight_time_ms``,
        ``stride_time_ms`` (to the next contact of the same foot), ``cadence_spm`` (120 / stride time), ``duty_factor``
        (contact / stride time), ``step_time_asymmetry_pct`` (this step against the next one, in per cent of their mean;
        only where both feet are seen) and ``side``. NaN at the end and where a contact is missing in between.

    Examples
    --------
    >>> from stridelab.analysis.gait import contacts
    >>> nothing = contacts(np.zeros((0, 3)), sampling_rate_hz=100, site="shank")
    >>> len(stride_table(nothing, site="shank"))
    0
    """
    start = contacts.initial_contact_s
    both = site in TRUNK_SITES
    interval = np.append(np.diff(start), [np.nan] * (len(start) > 0)) * 1000
    usual = float(np.nanmedian(interval)) if np.isfinite(interval).any() else float("nan")
    interval = np.where(interval < 1.5 * usual, interval, np.nan)
    stride = interval + np.append(interval[1:], np.nan) if both and len(interval) else interval
    following = np.append(interval[1:], np.nan) if len(interval) else interval
    asymmetry = 200 * (interval - following) / (interval + following) if both else np.full(len(start), np.nan)
    return pd.DataFrame(
        {
            "initial_contact_s": start,
            "terminal_contact_s": contacts.terminal_contact_s,
            "ground_contact_time_ms": contacts.ground_contact_time_ms,
            "flight_time_ms": contacts.flight_time_ms,
            "stride_time_ms": stride,
            "cadence_spm": 120_000 / stride,
            "duty_factor": contacts.ground_contact_time_ms / stride,
            "step_time_asymmetry_pct": asymmetry,
            "side": contacts.side,
        }
    )


def window_table(cadence: Cadence, strides: pd.DataFrame, *, window_s: float = 10.0) -> pd.DataFrame:
    """One row a window of cadence, with medians and spread of the strides in it.

    Parameters
    ----------
    cadence
        Of the recording.
    strides
        Its `stride_table`.
    window_s
        Length of the windows.

    Returns
    -------
    DataFrame
        ``time_s``, ``state``, ``cadence_spm``, ``confidence``, ``stances``, and of contact time, flight time and duty
        factor the median and the interquartile range (``_iqr``); NaN where a window has fewer than three stances.
        Asymmetry is the mean over pairs of steps, the sign of which alternates: ``step_time_asymmetry_pct`` is that of
        the first step in each window.
    """
    table = pd.DataFrame(
        {
            "time_s": cadence.time_s,
            "state": cadence.state,
            "cadence_spm": cadence.cadence_spm,
            "confidence": cadence.confidence,
        }
    )
    start = strides["initial_contact_s"].to_numpy(dtype=np.float64)
    low = np.searchsorted(start, cadence.time_s - window_s / 2)
    high = np.searchsorted(start, cadence.time_s + window_s / 2)
    table["stances"] = high - low
    columns = ("ground_contact_time_ms", "flight_time_ms", "duty_factor")
    if len(table) == 0:
        return table.assign(**{name: np.zeros(0) for column in columns for name in (column, f"{column}_iqr")})
    # Windows of one recording hold nearly the same number of stances: one padded gather for all of them.
    width = int(max(1, (high - low).max()))
    index = low[:, None] + np.arange(width)
    inside = index < high[:, None]
    for column in columns:
        values = np.append(strides[column].to_numpy(dtype=np.float64), np.nan)
        part = np.where(inside, values[np.minimum(index, len(values) - 1)], np.nan)
        ordered = np.sort(part, axis=1)  # NaN comes last
        quarter, middle, three = (_quantile(ordered, share) for share in (0.25, 0.5, 0.75))
        table[column] = middle
        table[f"{column}_iqr"] = three - quarter
    sign = np.where(np.arange(len(strides) + 1) % 2 == 0, 1.0, -1.0)
    asymmetry = np.append(strides["step_time_asymmetry_pct"].to_numpy(dtype=np.float64), np.nan) * sign
    part = np.where(inside, asymmetry[np.minimum(index, len(asymmetry) - 1)], np.nan)
    known = np.isfinite(part).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(part, axis=1) / known * sign[np.minimum(low, len(sign) - 1)]
    table["step_time_asymmetry_pct"] = np.where(known >= 4, mean, np.nan)
    return table


def _quantile(ordered: FloatArray, share: float) -> FloatArray:
    """Quantile of each ascending row with NaN behind; NaN where fewer than three are known."""
    known = np.isfinite(ordered).sum(axis=1)
    place = share * np.maximum(known - 1, 0)
    low = place.astype(np.intp)
    row = np.arange(len(ordered))
    lower, upper = ordered[row, low], ordered[row, np.minimum(low + 1, np.maximum(known - 1, 0))]
    return np.where(known >= 3, lower + (place - low) * (upper - lower), np.nan)
