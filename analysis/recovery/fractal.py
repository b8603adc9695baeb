"""Detrended fluctuation analysis of RR intervals (DFA alpha 1), and what it says of thresholds during exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.counting import FloatArray
from stridelab.analysis.recovery.artefacts import correct_artefacts
from stridelab.analysis.recovery.intervals import known_intervals

DFAVariant = Literal["non_overlapping", "overlapping"]

BOX_BEATS: Final = (4, 16)
"""Smallest and largest box of the short-term exponent, both included."""

MIN_BOXES: Final = 4
"""Boxes of the largest size that a number needs (convention): 64 intervals."""

MAX_ARTEFACT_SHARE: Final = 0.03
"""Above this share of artefacts alpha 1 is not used: Rogers et al. 2021, Sensors 21:821."""

ALPHA1_AT_VT1: Final = 0.75
ALPHA1_AT_VT2: Final = 0.5

_LINEAR_ALPHA1: Final = (0.4, 1.1)
_MIN_WINDOWS: Final = 10
_MIN_CORRELATION: Final = -0.7


def dfa_alpha1(rr_ms: npt.ArrayLike, *, variant: DFAVariant = "non_overlapping") -> float:
    r"""Short-term scaling exponent of the intervals: how their fluctuation grows from 4 to 16 beats.

    The slope of :math:`\ln F(s)` on :math:`\ln s`, where F(s) is the root mean square of the cumulated deviation from
    the mean within boxes of s beats, s = 4, 5 … 16, each without its straight line.

    Parameters
    ----------
    rr_ms
        RR intervals in ms, shape ``(n_intervals,)``, corrected. A box that holds a missing interval (NaN) is left out.
    variant
        ``non_overlapping``: boxes side by side, the rest at the end left out. ``overlapping``: each begins in the
        middle of the one before. They differ by about 0.01.

    Returns
    -------
    float
        About 0.5 for uncorrelated, 1 for long-range correlated and 1.5 for Brownian series; short boxes bias it upwards
        (white noise gives 0.59). NaN with less than `MIN_BOXES` boxes of 16 beats, or where nothing fluctuates.

    Raises
    ------
    ValueError
        For another variant.

    Notes
    -----
    Peng et al. 1995, Chaos 5:82. No smoothness priors are taken out before, as Kubios does: its values differ.

    Examples
    --------
    >>> beats = 800 + 20 * np.random.default_rng(1).standard_normal(900).cumsum()
    >>> 1.3 < dfa_alpha1(beats) < 1.6
    True
    """
    if variant not in ("non_overlapping", "overlapping"):
        raise ValueError(f'variant is {variant!r}; "non_overlapping" or "overlapping" is needed')
    rr = known_intervals(rr_ms)
    known = np.isfinite(rr)
    if known.sum() < MIN_BOXES * BOX_BEATS[1]:
        return float("nan")
    # A gap only shifts the profile after it, and boxes across it are left out: the line of each box takes up the shift.
    profile = np.cumsum(np.where(known, rr - rr[known].mean(), 0.0))
    sizes = np.arange(BOX_BEATS[0], BOX_BEATS[1] + 1)
    fluctuation = np.array([_fluctuation_ms(profile, known, int(size), variant) for size in sizes])
    # What is left of equal intervals is rounding.
    if not (fluctuation > 1e-9 * rr[known].mean()).all():
        return float("nan")
    return float(np.polyfit(np.log(sizes), np.log(fluctuation), 1)[0])


def dfa_alpha1_over_time(
    rr_ms: npt.ArrayLike, end_s: npt.ArrayLike | None = None, *, window_s: float = 120, step_s: float = 20
) -> pd.DataFrame:
    """Alpha 1 and heart rate in windows of two minutes, with the share of artefacts in each.

    Parameters
    ----------
    rr_ms
        RR intervals in ms as recorded, shape ``(n_intervals,)``, NaN where missing; they are corrected here.
    end_s
        When each ended, ascending, shape ``(n_intervals,)``; by default the sum of those before, which is wrong after
        a gap.
    window_s, step_s
        Length of the windows, and from one to the next.

    Returns
    -------
    DataFrame
        ``end_s``, ``alpha1``, ``heart_rate_bpm``, ``artefact_share``, a row a window. Alpha 1 is NaN where more than
        `MAX_ARTEFACT_SHARE` are artefacts, or intervals are too few. Empty where the recording is shorter than one
        window.

    Raises
    ------
    ValueError
        For times of another length or that run backwards, or a window or step that is not positive.

    Notes
    -----
    Windows of 2 min: Rogers et al. 2021, Front Physiol 11:596567.

    Examples
    --------
    >>> beats = 500 + 5 * np.random.default_rng(1).standard_normal(600).cumsum()
    >>> dfa_alpha1_over_time(beats)["alpha1"].between(1.2, 1.8).all()
    np.True_
    """
    rr = known_intervals(rr_ms)
    if not (window_s > 0 and step_s > 0):
        raise ValueError(f"the window is {window_s:g} s and the step {step_s:g} s; both have to be above 0")
    end = np.cumsum(np.nan_to_num(rr)) / 1000 if end_s is None else np.atleast_1d(np.asarray(end_s, dtype=np.float64))
    if end.shape != rr.shape:
        raise ValueError(f"{len(rr)} intervals have {len(end)} times; one each is needed")
    if not (np.isfinite(end).all() and (np.diff(end) >= 0).all()):
        raise ValueError("times of RR intervals are missing or run backwards; ascending seconds are needed")
    columns = ["end_s", "alpha1", "heart_rate_bpm", "artefact_share"]
    if not len(rr):
        return pd.DataFrame(columns=columns, dtype=np.float64)
    corrected = correct_artefacts(rr)
    bad = (corrected.kind != "") | ~np.isfinite(rr)
    corrected_end = end[corrected.origin]
    begins_s = end[0] - np.nan_to_num(rr[0]) / 1000
    count = int(np.floor((end[-1] - begins_s - window_s) / step_s + 1e-9)) + 1
    stops = begins_s + window_s + step_s * np.arange(max(count, 0))
    rows = [_window(corrected.rr_ms, corrected_end, bad, end, float(stop - window_s), float(stop)) for stop in stops]
    return pd.DataFrame(rows, columns=columns, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class ThresholdEstimate:
    """A heart rate at a threshold, estimated from alpha 1.

    Parameters
    ----------
    heart_rate_bpm
        NaN where it cannot be given; then see ``reason``.
    low_bpm, high_bpm
        Where 95 % of true thresholds lie by the published errors (`ERROR_BPM`); NaN at another alpha 1 than theirs.
    windows
        How many windows it rests on.
    reason
        Why there is no number; empty where there is one.
    """

    heart_rate_bpm: float
    low_bpm: float
    high_bpm: float
    windows: int
    reason: str = ""


ERROR_BPM: Final = {ALPHA1_AT_VT1: (-10.0, 16.0), ALPHA1_AT_VT2: (1.0, 10.0)}
"""True heart rate at VT1 and VT2 less that at 0.75 and 0.5, mean and SD of 64 people: Eronen et al. 2024."""


def threshold_heart_rate(
    alpha1: npt.ArrayLike, heart_rate_bpm: npt.ArrayLike, *, at_alpha1: float = ALPHA1_AT_VT1
) -> ThresholdEstimate:
    """Heart rate at which alpha 1 falls through a value during effort that rises: an estimate, not a test.

    A straight line through alpha 1 on heart rate where alpha 1 lies between 0.4 and 1.1, solved for the value.

    Parameters
    ----------
    alpha1, heart_rate_bpm
        Of the windows (`dfa_alpha1_over_time`), shape ``(n_windows,)``; windows with a NaN are left out.
    at_alpha1
        0.75 for the first ventilatory threshold, 0.5 for the second.

    Returns
    -------
    ThresholdEstimate
        NaN with its reason unless ten windows lie on the line, they correlate by −0.7 or less (conventions), and alpha
        1 was seen on both sides of the value: nothing is extrapolated.

    Raises
    ------
    ValueError
        For arrays of different lengths.

    Notes
    -----
    Rogers et al. 2021, Front Physiol 11:596567 (VT1) and J Funct Morphol Kinesiol 6:38 (VT2). In 64 people whose load
    was raised step by step, the heart rate at 0.75 lay 10 ± 16 bpm above that at VT1, and at 0.5 it lay 1 ± 10 bpm
    below that at VT2 (Eronen et al. 2024, doi 10.1101/2024.08.14.24311967). The interval is that; the number itself is
    not moved. It depends on the strap, on fatigue and heat, and on how fast effort rises.

    Examples
    --------
    >>> rate = np.linspace(110, 170, 31)
    >>> found = threshold_heart_rate(1.05 - (rate - 110) / 100, rate)
    >>> round(found.heart_rate_bpm), round(found.low_bpm), round(found.high_bpm)
    (140, 99, 161)
    """
    alpha, rate = (np.atleast_1d(np.asarray(given, dtype=np.float64)) for given in (alpha1, heart_rate_bpm))
    if alpha.shape != rate.shape:
        raise ValueError(f"alpha 1 has shape {alpha.shape} and heart rate {rate.shape}; one each a window is needed")
    seen = np.isfinite(alpha) & np.isfinite(rate)
    on_line = seen & (alpha >= _LINEAR_ALPHA1[0]) & (alpha <= _LINEAR_ALPHA1[1])
    windows = int(on_line.sum())
    alpha, rate = alpha[on_line], rate[on_line]
    if windows < _MIN_WINDOWS:
        return _no_threshold(windows, f"{windows} windows with alpha 1 from 0.4 to 1.1; {_MIN_WINDOWS} are needed")
    if not alpha.min() <= at_alpha1 <= alpha.max():
        return _no_threshold(windows, f"alpha 1 was seen from {alpha.min():.2f} to {alpha.max():.2f} only")
    if np.ptp(rate) == 0 or np.ptp(alpha) == 0 or np.corrcoef(rate, alpha)[0, 1] > _MIN_CORRELATION:
        return _no_threshold(windows, "alpha 1 does not fall with heart rate here; effort has to rise")
    slope, offset = np.polyfit(rate - rate.mean(), alpha, 1)
    found = float(rate.mean() + (at_alpha1 - offset) / slope)
    bias, spread = ERROR_BPM.get(at_alpha1, (float("nan"), float("nan")))
    return ThresholdEstimate(found, found + bias - 1.96 * spread, found + bias + 1.96 * spread, windows)


def _no_threshold(windows: int, reason: str) -> ThresholdEstimate:
    return ThresholdEstimate(float("nan"), float("nan"), float("nan"), windows, reason)


def _fluctuation_ms(profile: FloatArray, known: npt.NDArray[np.bool_], size: int, variant: DFAVariant) -> float:
    step = size if variant == "non_overlapping" else size // 2
    boxes = np.lib.stride_tricks.sliding_window_view(profile, size)[::step]
    whole = np.lib.stride_tricks.sliding_window_view(known, size)[::step].all(axis=1)
    if whole.sum() < MIN_BOXES:
        return 0.0
    place = np.arange(size) - (size - 1) / 2
    centred = boxes[whole] - boxes[whole].mean(axis=1, keepdims=True)
    residual = centred - np.outer(centred @ place / (place @ place), place)
    return float(np.sqrt(np.mean(residual**2)))


def _window(
    rr_ms: FloatArray, end_s: FloatArray, bad: npt.NDArray[np.bool_], given_end_s: FloatArray, start: float, stop: float
) -> tuple[float, float, float, float]:
    tiny = 1e-6
    here = slice(*np.searchsorted(end_s, (start + tiny, stop + tiny)))
    given = bad[slice(*np.searchsorted(given_end_s, (start + tiny, stop + tiny)))]
    rr = rr_ms[here]
    mean_ms = float(np.nanmean(rr)) if np.isfinite(rr).any() else float("nan")
    share = float(given.mean()) if len(given) else float("nan")
    alpha1 = dfa_alpha1(rr) if share <= MAX_ARTEFACT_SHARE else float("nan")
    return stop, alpha1, 60_000 / mean_ms, share
