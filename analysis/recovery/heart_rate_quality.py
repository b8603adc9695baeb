"""Which samples of a recorded heart rate can be believed.

Sensors at the wrist lose the pulse, jump, and take the rhythm of the steps for that of the heart; straps start dry. A
rejected sample is missing from then on: nothing is filled in, and what is computed says how much of the time it knows.

All bounds are conventions. Recorded heart rates do rise by 4 bpm a second when a run begins; that is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.counting import FloatArray
from stridelab.channels import CHANNELS

FAULTS: Final = ("dropout", "stuck", "spike", "start", "cadence_lock")
"""Why a sample is rejected, in the order in which they are looked for; a good sample has the empty text."""

SPIKE_BPM: Final = 20.0
_SPIKE_WINDOW_S: Final = 31
STUCK_S: Final = 120.0
START_STEP_BPM: Final = 25.0
_START_S: Final = 300.0
_STEP_SIDE_S: Final = 10
_JUMP_S: Final = 3.0
LOCK_BPM: Final = 3.0
LOCK_S: Final = 60.0
_LOCK_SHARE: Final = 0.9
_LOCK_AGREEMENT: Final = 0.5
_AGREEMENT_WINDOW_S: Final = 121
_LONGEST_SAMPLE_S: Final = 10.0

BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class HeartRateQuality:
    """What of a recorded heart rate can be used.

    Parameters
    ----------
    score
        Share of the time with a usable heart rate, 0 to 1; NaN without samples.
    usable
        Which samples are, shape ``(n_samples,)``, in the order given.
    fault
        Why not: empty or one of `FAULTS`, shape ``(n_samples,)``.
    share
        Share of the time of each fault.
    cadence_checked
        Whether there was a cadence to compare with; without one a locked sensor cannot be seen.
    """

    score: float
    usable: BoolArray
    fault: TextArray
    share: Mapping[str, float]
    cadence_checked: bool


def heart_rate_quality(
    time_s: npt.ArrayLike,
    heart_rate_bpm: npt.ArrayLike,
    *,
    cadence_spm: npt.ArrayLike | None = None,
    duration_s: npt.ArrayLike | None = None,
) -> HeartRateQuality:
    """Find dropouts, stuck values, spikes, a wrong start, and a sensor that is locked to cadence.

    - dropout: no value, or none that is plausible (25 to 250 bpm).
    - stuck: one and the same value for 120 s or more.
    - spike: 20 bpm or more from the median of the 31 s around it.
    - start: what is before the last jump in the first 300 s, back to where the heart rate was within 25 bpm of what
      follows. A jump is 20 bpm or more within 3 s that lasts: the medians of the 10 s before and after differ by 25 bpm
      or more. No heart does that, so one side is wrong, and at a start that is the first.
    - cadence lock: within 3 of the steps a minute for 60 s or more (nine in ten samples), and it moves with them:
      Lin's concordance with cadence over the 2 minutes around is at least 0.5.

    Parameters
    ----------
    time_s
        Seconds, shape ``(n_samples,)``, on any clock and in any order; NaN is a dropout.
    heart_rate_bpm
        Shape ``(n_samples,)``.
    cadence_spm
        Steps a minute of both feet, shape ``(n_samples,)``.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)`` (`stridelab.samples.sample_durations_s`); by default
        until the next one, at most 10 s.

    Returns
    -------
    HeartRateQuality

    Raises
    ------
    ValueError
        For arrays of different lengths.

    Notes
    -----
    Bounds are conventions of this project and are not validated against an ECG. A heart rate that is near cadence by
    chance moves on its own, so concordance keeps it (Lin 1989, Biometrics 45:255); where both are constant nothing can
    be said, and it is kept. A lock to half or a third of cadence is not looked for.

    Examples
    --------
    >>> rate = np.full(60, 150.0) + np.arange(60) % 3
    >>> rate[30:33] = 220
    >>> found = heart_rate_quality(np.arange(60), rate)
    >>> round(found.score, 2), found.fault[30].item()
    (0.95, 'spike')
    """
    time, rate = _same_shape(time_s, heart_rate_bpm, "heart rates")
    order = np.argsort(time, kind="stable")  # NaN last
    timed = np.isfinite(time[order])
    moment = time[order]
    value = _plausible(rate)[order]
    value[~timed] = np.nan
    lasting = _durations_s(moment) if duration_s is None else _same_shape(time_s, duration_s, "durations")[1][order]
    lasting = np.where(np.isfinite(lasting) & (lasting > 0), lasting, 0.0)

    fault = np.full(len(value), "", dtype="<U12")
    fault[~np.isfinite(value)] = "dropout"
    since = np.where(timed, moment - (moment[0] if len(moment) and timed[0] else 0.0), 0.0)
    index = pd.TimedeltaIndex(np.rint(1e6 * since).astype("timedelta64[us]"))
    known = np.flatnonzero(fault == "")
    for name, find in (("stuck", _stuck), ("spike", _spikes), ("start", _wrong_start)):
        found = find(pd.Series(value[known], index=index[known]))
        fault[known[found]] = name
        known = known[~found]
    if cadence_spm is not None:
        steps = _same_shape(time_s, cadence_spm, "cadences")[1][order]
        known = known[np.isfinite(steps[known]) & (steps[known] > 0)]
        locked = _locked(pd.Series(value[known], index=index[known]), steps[known])
        fault[known[locked]] = "cadence_lock"

    total = float(lasting.sum())
    share = {name: float(lasting[fault == name].sum() / total) if total else float("nan") for name in FAULTS}
    score = float(lasting[fault == ""].sum() / total) if total else float("nan")
    back = np.empty_like(fault)
    back[order] = fault
    return HeartRateQuality(score, back == "", back, share, cadence_spm is not None)


def ordered_heart_rate(time_s: npt.ArrayLike, heart_rate_bpm: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Times and heart rates in ascending time, without what has no time; an implausible heart rate is NaN.

    Parameters
    ----------
    time_s, heart_rate_bpm
        Shape ``(n_samples,)``.

    Raises
    ------
    ValueError
        For arrays of different lengths.

    Examples
    --------
    >>> ordered_heart_rate([2, 1], [150, 0])
    (array([1., 2.]), array([ nan, 150.]))
    """
    time, rate = _same_shape(time_s, heart_rate_bpm, "heart rates")
    order = np.argsort(time, kind="stable")
    order = order[np.isfinite(time[order])]
    return time[order], _plausible(rate)[order]


def _same_shape(time_s: npt.ArrayLike, values: npt.ArrayLike, what: str) -> tuple[FloatArray, FloatArray]:
    time, value = (np.atleast_1d(np.asarray(given, dtype=np.float64)) for given in (time_s, values))
    if time.shape != value.shape or time.ndim != 1:
        raise ValueError(f"times have shape {time.shape} and {what} {value.shape}; one a sample is needed")
    return time, value


def _plausible(rate: FloatArray) -> FloatArray:
    channel = CHANNELS["heart_rate_bpm"]
    return np.where((rate >= channel.low) & (rate <= channel.high), rate, np.nan)


def _durations_s(time: FloatArray) -> FloatArray:
    interval = np.diff(time)
    known = interval[np.isfinite(interval)]
    last = float(np.median(known)) if len(known) else 0.0
    return np.asarray(np.minimum(np.nan_to_num(np.append(interval, last)), _LONGEST_SAMPLE_S), dtype=np.float64)


def _stuck(rate: pd.Series[float]) -> BoolArray:
    values = rate.to_numpy()
    if not len(values):
        return np.zeros(0, dtype=np.bool_)
    run = np.append(0, np.cumsum(values[1:] != values[:-1]))
    seconds = _seconds(rate)
    first, last = np.searchsorted(run, run, side="left"), np.searchsorted(run, run, side="right") - 1
    return np.asarray(seconds[last] - seconds[first] >= STUCK_S)


def _spikes(rate: pd.Series[float]) -> BoolArray:
    if _calm(rate, _SPIKE_WINDOW_S, SPIKE_BPM):
        return np.zeros(len(rate), dtype=np.bool_)
    usual = rate.rolling(f"{_SPIKE_WINDOW_S}s", center=True).median()
    return np.asarray((rate - usual).abs() >= SPIKE_BPM)


def _wrong_start(rate: pd.Series[float]) -> BoolArray:
    wrong = np.zeros(len(rate), dtype=np.bool_)
    seconds = _seconds(rate)
    head = rate[seconds < _START_S + _STEP_SIDE_S]
    seconds = seconds[: len(head)]
    if len(head) < 2 or _calm(head, _JUMP_S, SPIKE_BPM):
        return wrong
    recent = head.rolling(f"{_JUMP_S:g}s", closed="both")
    abrupt = np.asarray(np.maximum(head - recent.min(), recent.max() - head)) >= SPIKE_BPM
    before = head.rolling(f"{_STEP_SIDE_S}s").median().to_numpy()
    # Looking ahead is looking back in reversed time.
    reverse = pd.Series(head.to_numpy()[::-1], index=head.index[-1] - head.index[::-1])
    after = reverse.rolling(f"{_STEP_SIDE_S}s").median().to_numpy()[::-1]
    earlier = np.searchsorted(seconds, seconds - _JUMP_S, side="right") - 1
    step = np.where(earlier >= 0, after - before[np.maximum(earlier, 0)], 0.0)
    jumps = np.flatnonzero(abrupt & (np.abs(step) >= START_STEP_BPM) & (seconds < _START_S))
    if len(jumps):
        # Up to the last sample that was where the jump leads to: before a loss of contact the start may be right.
        jump = jumps[-1]
        alike = np.abs(head.to_numpy()[: earlier[jump] + 1] - after[jump]) < START_STEP_BPM
        wrong[np.append(-1, np.flatnonzero(alike))[-1] + 1 : jump] = True
    return wrong


def _locked(rate: pd.Series[float], steps: FloatArray) -> BoolArray:
    if not len(rate):
        return np.zeros(0, dtype=np.bool_)
    cadence = pd.Series(steps, index=rate.index)
    near = ((rate - cadence).abs() <= LOCK_BPM).astype(np.float64)
    share = near.rolling(f"{LOCK_S:g}s", center=True).mean()
    # At the ends of the recording half a window is all there is; it must not pass for a whole one.
    seconds = _seconds(rate)
    share[(seconds - seconds[0] < LOCK_S / 2) | (seconds[-1] - seconds < LOCK_S / 2)] = 0.0
    window = f"{_AGREEMENT_WINDOW_S}s"
    means = [each.rolling(window, center=True).mean() for each in (rate, cadence, rate * cadence, rate**2, cadence**2)]
    a, b, product, a_square, b_square = (each.to_numpy() for each in means)
    spread = (a_square - a**2) + (b_square - b**2) + (a - b) ** 2
    agreement = np.zeros(len(rate))
    # Below a thousandth of a beat² it is rounding.
    np.divide(2 * (product - a * b), spread, out=agreement, where=spread > 1e-3)
    core = (share >= _LOCK_SHARE) & (agreement >= _LOCK_AGREEMENT)
    # The share looks at half a window to both sides, so what it found reaches as far.
    reached = core.astype(np.float64).rolling(f"{LOCK_S:g}s", center=True).max()
    return np.asarray((reached > 0) & (near > 0))


def _calm(rate: pd.Series[float], window_s: float, bound: float) -> bool:
    """Whether no window of that length can hold a range of the bound: a quick look that spares the slow one."""
    if not len(rate):
        return True
    block = np.floor(_seconds(rate) / window_s)
    first = np.append(0, np.flatnonzero(np.diff(block)) + 1)
    low, high = (ends.reduceat(rate.to_numpy(), first) for ends in (np.minimum, np.maximum))
    # A window reaches into the next block at most.
    low, high = np.minimum(low, np.append(low[1:], low[-1])), np.maximum(high, np.append(high[1:], high[-1]))
    return bool((high - low < bound).all())


def _seconds(rate: pd.Series[float]) -> FloatArray:
    index = pd.TimedeltaIndex(rate.index)
    return np.asarray(index.total_seconds(), dtype=np.float64)
