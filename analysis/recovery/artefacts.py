"""Artefacts among RR intervals: which beats were missed, counted twice, ectopic or misplaced, and their correction.

After Lipponen & Tarvainen 2019, J Med Eng Technol 43:173. Nothing is fixed but how unusual a change is: the threshold
follows the spread of the 91 intervals around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.counting import FloatArray
from stridelab.analysis.recovery.intervals import known_intervals

KINDS: Final = ("ectopic", "missed", "extra", "long_short")
"""Kinds of artefact; an interval without one is the empty text."""

_ALPHA: Final = 5.2
_WINDOW: Final = 91
_MEDIAN_WINDOW: Final = 11
_C1: Final = 0.13
_C2: Final = 0.17
# A change as small as the resolution of recorders is no artefact, however steady the heart beats.
_LOWEST_THRESHOLD_MS: Final = 1.0
_MAX_PASSES: Final = 10

TextArray = npt.NDArray[np.str_]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CorrectedIntervals:
    """RR intervals after correction.

    Parameters
    ----------
    rr_ms
        Corrected intervals, shape ``(n_corrected,)``; NaN where one was missing or could not be corrected.
    origin
        For each of them, the index of the given interval at whose end it ends (or within which, for an added beat),
        shape ``(n_corrected,)``.
    kind
        What each given interval was found to be, shape ``(n_intervals,)``: empty or one of `KINDS`.
    artefact_share
        Share of the given intervals that are artefacts or missing, 0 to 1; NaN without intervals.
    """

    rr_ms: FloatArray
    origin: npt.NDArray[np.int64]
    kind: TextArray
    artefact_share: float


def find_artefacts(rr_ms: npt.ArrayLike) -> TextArray:
    """What each interval is: one of `KINDS`, or empty.

    Parameters
    ----------
    rr_ms
        RR intervals in ms, shape ``(n_intervals,)``. NaN is missing: nothing is compared across it, and what stands
        next to it is judged by its distance from the median only.

    Returns
    -------
    ndarray of str
        Shape ``(n_intervals,)``. The last two intervals cannot be judged, as their pattern needs the two after.

    Notes
    -----
    Lipponen & Tarvainen 2019: 5.2 quartile deviations of 91 intervals, median of 11, c₁ = 0.13, c₂ = 0.17. The first
    interval is compared with the median of the first 11, and a threshold is at least 1 ms, which the paper leaves open.

    Examples
    --------
    >>> beats = 800 + 20 * np.sin(np.arange(60))
    >>> beats[30] *= 2
    >>> find_artefacts(beats)[29:32].tolist()
    ['', 'missed', '']
    """
    rr = known_intervals(rr_ms)
    kind = np.full(len(rr), "", dtype="<U10")
    if len(rr) < 3 or not np.isfinite(rr).any():
        return kind
    first = rr[:_MEDIAN_WINDOW]
    before = float(np.median(first[np.isfinite(first)])) if np.isfinite(first).any() else np.nan
    change = np.diff(rr, prepend=before)
    change /= _threshold_ms(change)

    series = pd.Series(rr)
    median = series.rolling(_MEDIAN_WINDOW, center=True, min_periods=1).median().to_numpy()
    deviation = rr - median
    deviation = np.where(deviation < 0, 2 * deviation, deviation)
    deviation_threshold = _threshold_ms(deviation)
    far = np.abs(deviation / deviation_threshold) > 3

    around = np.pad(change, 2, mode="reflect")
    last, following, second = around[1:-3], around[3:-1], around[4:]
    rises, falls = change > 1, change < -1
    # An ectopic beat is a change with the opposite change on both sides.
    beside = np.where(change > 0, np.maximum(last, following), np.minimum(last, following))
    ectopic = (rises & (beside < -_C1 * change - _C2)) | (falls & (beside > -_C1 * change + _C2))
    after = np.where(change >= 0, np.minimum(following, second), np.maximum(following, second))
    long, short = rises & (after < -1), falls & (after > 1)

    judged = np.arange(len(rr)) < len(rr) - 2
    odd = (rises | falls) & judged
    # A beat behind an odd one is looked at with it, not on its own, where the change after it is larger.
    pulls = odd & ~ectopic & (np.abs(following) < np.abs(second))
    pulled = np.append(False, (pulls & _even_in_run(pulls))[:-1])
    ectopic &= odd & ~pulled
    candidate = ((odd & ~ectopic) | pulled) & (long | short | far)

    sum_fits = np.abs(rr + np.append(rr[1:], np.nan) - median) < deviation_threshold
    half_fits = np.abs(rr / 2 - median) < deviation_threshold
    extra = candidate & short & sum_fits
    missed = candidate & long & half_fits & ~extra
    kind[ectopic] = "ectopic"
    kind[candidate] = "long_short"
    kind[extra] = "extra"
    kind[missed] = "missed"
    return kind


def correct_artefacts(rr_ms: npt.ArrayLike, *, iterate: bool = True) -> CorrectedIntervals:
    """Put artefacts right: extra beats are left out, missed ones added, ectopic and misplaced ones moved.

    A missed beat is set in the middle of its interval, a misplaced one in the middle between its neighbours. Correction
    makes numbers of variability too small or too large by some percent even so: see ``artefact_share``.

    Parameters
    ----------
    rr_ms
        As for `find_artefacts`.
    iterate
        Look and correct again as long as fewer artefacts are found; the paper does it once.

    Returns
    -------
    CorrectedIntervals
        ``kind`` and ``artefact_share`` are those of the given intervals.

    Notes
    -----
    Lipponen & Tarvainen 2019. The order is that of the paper: extra, missed, ectopic, long or short. Nothing is made up
    in a gap (NaN), and the sum of the intervals stays.

    Examples
    --------
    >>> beats = 800 + 20 * np.sin(np.arange(60))
    >>> found = correct_artefacts(np.r_[beats[:30], beats[30] + beats[31], beats[32:]])
    >>> len(found.rr_ms), round(found.artefact_share, 3)
    (60, 0.017)
    """
    rr = known_intervals(rr_ms)
    first = kind = find_artefacts(rr)
    origin = np.arange(len(rr))
    for _ in range(_MAX_PASSES if iterate else 1):
        found = int((kind != "").sum())
        if not found:
            break
        rr, moved = _corrected(rr, kind)
        origin = origin[moved]
        kind = find_artefacts(rr)
        if int((kind != "").sum()) >= found:
            break
    bad = (first != "") | ~np.isfinite(known_intervals(rr_ms))
    return CorrectedIntervals(rr, origin, first, float(bad.mean()) if len(bad) else float("nan"))


def _corrected(rr: FloatArray, kind: TextArray) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """One pass: the new intervals, and the old index of each."""
    # Beats instead of intervals: beat i ends interval i - 1, and `broken` says that this interval is not known.
    beat_ms = np.append(0.0, np.cumsum(np.where(np.isfinite(rr), rr, 0.0)))
    broken = np.append(True, ~np.isfinite(rr))
    kind = np.append("", kind)
    origin = np.arange(-1, len(rr))

    joined = np.append(~broken[1:], False)  # to the beat after it
    keep = ~((kind == "extra") & joined)
    beat_ms, broken, kind, origin = beat_ms[keep], broken[keep], kind[keep], origin[keep]

    missed = np.flatnonzero(kind == "missed")
    added = (beat_ms[missed - 1] + beat_ms[missed]) / 2
    beat_ms, broken = np.insert(beat_ms, missed, added), np.insert(broken, missed, False)
    kind, origin = np.insert(kind, missed, ""), np.insert(origin, missed, origin[missed])

    for misplaced in ("ectopic", "long_short"):
        at = np.flatnonzero(kind == misplaced)
        # Beside a gap or the end there is no neighbour to be moved between.
        free = (at < len(beat_ms) - 1) & ~broken[np.minimum(at + 1, len(broken) - 1)]
        broken[at[~free]] = True
        at = at[free]
        beat_ms[at] = (beat_ms[at - 1] + beat_ms[at + 1]) / 2
    return np.where(broken[1:], np.nan, np.diff(beat_ms)), origin[1:]


def _threshold_ms(values: FloatArray) -> FloatArray:
    around = pd.Series(np.abs(values)).rolling(_WINDOW, center=True, min_periods=1)
    spread = (around.quantile(0.75) - around.quantile(0.25)).to_numpy() / 2
    return np.maximum(_ALPHA * spread, _LOWEST_THRESHOLD_MS)


def _even_in_run(flag: BoolArray) -> BoolArray:
    """Where a run of true values has its first, third, fifth … one."""
    index = np.arange(len(flag))
    start = np.maximum.accumulate(np.where(flag, -1, index))
    return np.asarray(flag & ((index - start) % 2 == 1))
