"""Cadence and the kind of gait from acceleration, whatever the sensor's place and orientation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft
from scipy.signal.windows import tukey

from stridelab.analysis.gait.signals import (
    FloatArray,
    IntArray,
    Samples,
    checked,
    number,
    vertex,
)
from stridelab.errors import UsageError

RUNNING_STRIDE_S: Final = (0.44, 0.97)
"""Stride times looked for in running: 124 to 273 steps/min. Little more than an octave, so that a stride cannot be
mistaken for two steps of half of it or for two strides."""

WALKING_STRIDE_S: Final = (0.84, 1.75)
"""Stride times looked for in walking: 69 to 143 steps/min."""

RUNNING_INTENSITY_G: Final = {
    "foot": 1.6,
    "ankle": 1.5,
    "shank": 1.2,
    "sacrum": 0.62,
    "hip": 0.70,
    "chest": 0.62,
    "wrist": 0.70,
    "unknown": 0.80,
}
"""Root mean square of the acceleration about its mean that running exceeds and walking does not, in g.

Measured in this project's corpus (walking, running): shank 0.60–0.81 and 1.61–1.80, hip 0.18–0.5 and 1.18–1.62, shoe
clip 1.1–1.2 and 2.0–3.4, ankle 0.96–1.10 walking, sacrum 0.82–1.26 running. Chest is taken as the sacrum; wrist and
unknown are conventions."""

LIMB_SITES: Final = frozenset({"foot", "ankle", "shank", "wrist"})

LEG_SITES: Final = LIMB_SITES - {"wrist"}

LEAST_LIMB_SHARE: Final = 0.5
"""Share of that intensity below which a limb's quick, regular movement is not taken for running (convention)."""

STANDING_INTENSITY_G: Final = 0.08
"""Below it nothing moves that could be a step (walking at a hip: 0.18 and more)."""

LEAST_REGULARITY: Final = 0.35
"""Autocorrelation at the stride below which no gait is reported (convention)."""

LEAST_STRIDES: Final = 1.5
"""Strides that a window must hold for one to be compared with the next; from three on nothing is taken off."""

CRANK_REGULARITY: Final = -0.85
"""Ratio of the autocorrelations half a stride and a stride later, on three axes of a leg, below which it turns a crank.

Every half turn of a crank is the opposite of the one before (−1). A step has an impact that has no opposite: −0.39 and
more in all windows of running and walking at shank, ankle and shoe (on the corpus). The bound lies near the crank, so
that soft steps stay steps (convention)."""

SMOOTHING_HZ: Final = 8.0
"""Width of the Gaussian that weights the power spectrum before the autocorrelation is taken."""

TAPER_SHARE: Final = 0.1
"""Share of a window, half at each end, over which it fades by a cosine, so that steps that its edges cut count less
(the usual split cosine bell: Bloomfield 2000, Fourier Analysis of Time Series)."""

LONGEST_LAG_SHARE: Final = 0.85
"""Longest lag looked at, as a share of the window: beyond it too few samples overlap."""

LEAST_KNOWN_SHARE: Final = 0.7
"""Share of a window's samples that must be there."""

_CHUNK: Final = 128

Windows = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Cadence:
    """Cadence by window; every array has shape ``(n_windows,)``.

    Parameters
    ----------
    time_s
        Middle of each window, from the first sample.
    cadence_spm
        Steps a minute of both feet; NaN where there is no gait.
    confidence
        0 to 1: how alike one stride is to the next, times the share of the window that is there and moves; less where
        the window holds fewer than three strides.
    state
        ``running``, ``walking``, ``standing``, or ``unknown`` where the movement is no regular gait or samples lack.
    """

    time_s: FloatArray
    cadence_spm: FloatArray
    confidence: FloatArray
    state: npt.NDArray[np.str_]


def cadence(
    acceleration_mps2: Any,
    *,
    sampling_rate_hz: float,
    site: str,
    window_s: float = 10.0,
    step_s: float = 1.0,
) -> Cadence:
    """Steps a minute in sliding windows, and whether they were run or walked.

    The autocorrelation of the acceleration vector (summed over its axes, so the sensor may be turned in any way) is
    searched at the stride lag T for the highest ``r(T) + r(T/2)/2``, then refined on the multiples of T by parabolas.
    Searching at the step lag instead fails where the two steps of a stride look different (lateral hip, limbs).

    Parameters
    ----------
    acceleration_mps2
        Shape ``(n,)`` or ``(n, 1 to 3)``, gravity included. NaN is missing: a window with more than 30 % of it has no
        cadence. A column of nothing but NaN is left out.
    sampling_rate_hz
        25 Hz or more.
    site
        ``foot``, ``ankle``, ``shank``, ``sacrum``, ``hip``, ``chest``, ``wrist`` or ``unknown``. It decides only from
        which intensity on gait counts as running.
    window_s
        Length of a window. A recording that is shorter is one window; one of fewer than 1.5 strides has no cadence.
    step_s
        From one window to the next.

    Returns
    -------
    Cadence
        Empty for an empty signal.

    Raises
    ------
    UsageError
        On an impossible shape, rate, site, window, or on a mean that tells of another unit than m/s².

    Notes
    -----
    Cadence = 120 / stride time. Source: autocorrelation of gait, Moe-Nilssen & Helbostad 2004, J Biomech 37:121; the
    stride lag and the thresholds are this project's, measured on its corpus (docs/accuracy.md).

    Examples
    --------
    >>> t = np.arange(0, 12, 0.01)
    >>> up = 9.81 * (1 + 1.2 * np.cos(2 * np.pi * 2.8 * t) + 0.2 * np.cos(2 * np.pi * 1.4 * t))
    >>> result = cadence(up, sampling_rate_hz=100, site="sacrum")
    >>> result.cadence_spm.round(1).tolist(), result.state.tolist()
    ([168.0, 168.0, 168.0], ['running', 'running', 'running'])
    """
    return cadence_of(checked(acceleration_mps2, sampling_rate_hz, site), site, window_s=window_s, step_s=step_s)


def cadence_of(samples: Samples, site: str, *, window_s: float = 10.0, step_s: float = 1.0) -> Cadence:
    """`cadence` of samples that were checked already."""
    window_s, step_s = number(window_s, "window_s"), number(step_s, "step_s")
    if not (np.isfinite(window_s) and window_s >= 2.0 and np.isfinite(step_s) and step_s > 0):
        raise UsageError(f"windows of {window_s} s every {step_s} s", expected="at least 2 s, every more than 0 s")
    values, rate, factor = samples.thinned
    length = min(round(window_s * rate), len(values))
    if length < 2:
        none = np.zeros(0)
        return Cadence(none, none, none, np.zeros(0, dtype="<U8"))
    count = int((len(values) - length) / (step_s * rate) + 1e-9) + 1
    start = np.rint(np.arange(count) * step_s * rate).astype(np.intp)
    start = start[start + length <= len(values)]
    known = np.ones(len(values), dtype=np.float32)
    if samples.missing is not None:
        known -= np.bincount(np.flatnonzero(samples.missing) // factor, minlength=len(values))[: len(values)] / factor
    known_share = _window_means(known, start, length)

    stride = np.full(len(start), np.nan)
    regularity, opposite, intensity, moving = (np.zeros(len(start)) for _ in range(4))
    axes = [sliding_window_view(column.astype(np.float32), length) for column in values.T]
    taper = tukey(length + 2, TAPER_SHARE)[1:-1].astype(np.float32)  # its ends are 0
    for part in _chunks(len(start)):
        windows = [axis[start[part]] for axis in axes]
        correlation, spread, share = _autocorrelation(windows, taper, rate)
        stride[part], regularity[part], opposite[part] = _stride(correlation, spread, rate, site)
        intensity[part], moving[part] = spread, share

    state = np.full(len(start), "unknown", dtype="<U8")
    enough = known_share >= LEAST_KNOWN_SHARE
    strides = length / rate / stride
    gait = enough & (regularity >= LEAST_REGULARITY) & (intensity >= STANDING_INTENSITY_G) & (strides >= LEAST_STRIDES)
    if site in LEG_SITES and len(axes) == 3:
        gait &= opposite >= CRANK_REGULARITY * regularity
    fast = (intensity >= RUNNING_INTENSITY_G[site]) & (stride < RUNNING_STRIDE_S[1])
    if site in LIMB_SITES:
        # Nobody walks with shorter strides than the walking band has. With few axes the intensity of running may lie
        # below the bound; far below it the limb turns a crank or shakes, and there are no steps to count.
        quick = stride < WALKING_STRIDE_S[0]
        fast |= quick
        gait &= ~quick | (intensity >= LEAST_LIMB_SHARE * RUNNING_INTENSITY_G[site])
    state[gait] = np.where(fast[gait], "running", "walking")
    if "flat" not in samples.kinds:
        state[enough & (intensity < STANDING_INTENSITY_G)] = "standing"
    steps = np.where(gait, 120.0 / np.where(gait, stride, 1.0), np.nan)
    compared = np.where(gait, np.clip((strides - 1) / 2, 0, 1), 0.0)
    confidence = np.where(gait, np.clip(regularity, 0, 1) * known_share * moving * compared, 0.0)
    return Cadence((start + (length - 1) / 2) / rate, steps, confidence, state)


def _chunks(count: int) -> Iterator[slice]:
    return (slice(i, min(i + _CHUNK, count)) for i in range(0, count, _CHUNK))


def _window_means(values: npt.NDArray[np.float32], start: IntArray, length: int) -> FloatArray:
    total = np.append(0.0, np.cumsum(values, dtype=np.float64))
    return np.asarray((total[start + length] - total[start]) / length)


def _autocorrelation(windows: list[Windows], taper: Windows, rate: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of one array ``(n, length)`` an axis: autocorrelation ``(n, lags)``, intensity in g, and the share that moves."""
    count, length = windows[0].shape
    lags = min(length - 1, int(max(2.2 * WALKING_STRIDE_S[1] * rate, LONGEST_LAG_SHARE * length)))
    size = fft.next_fast_len(length + lags, real=True)
    power: npt.NDArray[np.float32] = np.zeros((count, size // 2 + 1), dtype=np.float32)
    energy: Windows = np.zeros((count, length), dtype=np.float32)
    for window in windows:
        centred = (window - window.mean(axis=1, keepdims=True)) * taper
        energy += centred * centred
        spectrum = fft.rfft(centred, size, axis=1)
        power += spectrum.real**2 + spectrum.imag**2
    total = np.concatenate([np.zeros((count, 1)), np.cumsum(energy, axis=1, dtype=np.float64)], axis=1)
    intensity = np.sqrt(total[:, -1] / np.sum(taper**2))
    # Seconds that hold at least a tenth of the mean energy move; a window that begins standing has fewer.
    edges = np.linspace(0, length, max(1, int(length / rate)) + 1).astype(np.intp)
    by_second = np.diff(total[:, edges], axis=1) / np.diff(edges)
    moving = (by_second > 0.1 * intensity[:, None] ** 2).mean(axis=1)

    # Impacts make peaks of the correlation so narrow that they fall between two lags; smoothing it costs nothing here.
    power *= np.exp(-((fft.rfftfreq(size, 1 / rate) / SMOOTHING_HZ) ** 2)).astype(np.float32)
    correlation = fft.irfft(power, size, axis=1)[:, : lags + 1].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation *= np.where(correlation[:, :1] > 0, total[:, -1:] / correlation[:, :1], 0.0)
    # The energy of the part that overlaps at each lag: without it a window that starts or ends at rest is misjudged.
    overlap = np.sqrt(np.maximum(total[:, ::-1][:, : lags + 1] * (total[:, -1:] - total[:, : lags + 1]), 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.where(overlap > 1e-9 * total[:, -1:], correlation / overlap, 0.0)
    return correlation, intensity, moving


def _stride(
    correlation: FloatArray, intensity: FloatArray, rate: float, site: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Stride time in seconds, and the autocorrelations a stride and half a stride later, of each row."""
    running, run_regularity = _best_lag(correlation, rate, RUNNING_STRIDE_S)
    walking, walk_regularity = _best_lag(correlation, rate, WALKING_STRIDE_S)
    fast = (intensity >= RUNNING_INTENSITY_G[site]) & (run_regularity >= 0.6 * walk_regularity)
    if site in LIMB_SITES:
        # A limb repeats itself once a stride. What repeats as well after half of a "walking stride" is twice a stride.
        with np.errstate(invalid="ignore"):
            doubled = np.abs(walking - 2 * running) <= np.maximum(1.5, 0.04 * walking)
        fast |= doubled & (run_regularity >= 0.8 * walk_regularity)
    lag, regularity = np.where(fast, running, walking), np.where(fast, run_regularity, walk_regularity)
    half = np.rint(np.nan_to_num(lag) / 2).astype(np.intp)
    return _refined_lag(correlation, lag) / rate, regularity, correlation[np.arange(len(lag)), half]


def _best_lag(correlation: FloatArray, rate: float, band_s: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """Lag in the band with the highest ``r(T) + r(T/2)/2`` that is a local maximum; NaN and 0 where there is none."""
    low = int(np.ceil(band_s[0] * rate))
    high = min(int(band_s[1] * rate), correlation.shape[1] - 2)
    if high - low < 2:
        return np.full(len(correlation), np.nan), np.zeros(len(correlation))
    lag = np.arange(low, high + 1)
    middle = correlation[:, lag]
    half = 0.5 * (correlation[:, lag // 2] + correlation[:, (lag + 1) // 2])
    peak = (middle >= correlation[:, lag - 1]) & (middle >= correlation[:, lag + 1])
    score = np.where(peak, middle + 0.5 * half, -np.inf)
    best = score.argmax(axis=1)
    found = np.isfinite(score[np.arange(len(score)), best])
    at = np.where(found, lag[best], low)
    return np.where(found, at, np.nan), np.where(found, correlation[np.arange(len(score)), at], 0.0)


def _refined_lag(correlation: FloatArray, lag: FloatArray) -> FloatArray:
    """Lag as the least-squares slope of the peaks near its multiples, each by a parabola."""
    known = np.isfinite(lag)
    estimate = np.where(known, lag, 20.0)
    row = np.arange(len(lag))
    last = correlation.shape[1] - 2
    weighted, weights = np.zeros(len(lag)), np.zeros(len(lag))
    first = correlation[row, np.clip(np.rint(estimate).astype(np.intp), 0, last)]
    holds = known.copy()
    for multiple in range(1, 1 + int(last / max(estimate.min(), 1.0))):
        centre = multiple * estimate
        # The search widens little: the estimate gets sharper with each multiple.
        reach = np.maximum(2, np.rint(0.04 * estimate)).astype(np.intp)
        width = int(reach.max())
        offset = np.arange(-width, width + 1)
        index = np.clip(np.rint(centre).astype(np.intp)[:, None] + offset, 0, last + 1)
        near = np.where(np.abs(offset) <= reach[:, None], correlation[row[:, None], index], -np.inf)
        at = index[row, near.argmax(axis=1)]
        holds &= (centre <= last - width) & (near.max(axis=1) >= 0.6 * first)
        if not holds.any():
            break
        peak = vertex(correlation, at)
        weighted += np.where(holds, multiple * peak, 0.0)
        weights += np.where(holds, multiple**2, 0.0)
        estimate = np.where(weights > 0, weighted / np.maximum(weights, 1), estimate)
    return np.where(known, estimate, np.nan)
