"""Contacts of one foot from an accelerometer on the shank."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.ndimage import median_filter, uniform_filter1d
from scipy.signal import find_peaks

from stridelab.analysis.gait.coefficients import Offsets
from stridelab.analysis.gait.signals import (
    BoolArray,
    FloatArray,
    IntArray,
    along,
    around,
    low_passed,
    mean_where,
    refined,
    vertex,
)

IMPACT_LOW_PASS_HZ: Final = 30.0
TOE_OFF_LOW_PASS_HZ: Final = 20.0

IMPACT_BEFORE_S: Final = 0.13
IMPACT_AFTER_S: Final = 0.06

TOE_OFF_AFTER_S: Final = 0.1
"""Signal that must follow a toe-off: nearer to the end of a recording the lowest point may be its cut."""

ONSET_SHARE: Final = 0.3
"""Initial contact is where the acceleration has risen by this share of the impact."""

PEAK_SHARE: Final = 0.6
"""The first sample that has risen by this share belongs to the impact, not to what rings after it."""

CONTACT_SHARE_OF_STRIDE: Final = (0.16, 0.62)
"""Where toe-off is looked for after the impact; duty factors of running lie between 0.2 and 0.5."""

RELIABILITY: Final = 0.5
"""Weight of a stride's own contact time against the median of its neighbours: about half of the variance from stride
to stride is that of the method (on the corpus it scatters by 6 ms about the force plate, strides among themselves by
4 to 10 ms)."""

NEIGHBOURS: Final = 11
"""Strides whose median a contact time is drawn to."""


def impacts(values_g: FloatArray, rate_hz: float, stride_s: float) -> IntArray:
    """Samples near the impacts of the instrumented foot: the strongest burst of high frequencies in every stride."""
    # Running means instead of proper filters: nothing here needs a clean cut-off, and they cost next to nothing.
    fast = values_g - uniform_filter1d(values_g, max(3, round(0.05 * rate_hz)), axis=0)
    burst = np.einsum("na,na->n", fast, fast)
    for _ in range(2):
        burst = uniform_filter1d(burst, max(3, round(0.06 * rate_hz)))
    peaks, _ = find_peaks(burst, distance=max(1, int(0.6 * stride_s * rate_hz)))
    if not len(peaks):
        return np.asarray(peaks, dtype=np.intp)
    # Standing has bursts too, and no impact; a step of another kind is a tenth of a running one.
    return np.asarray(peaks[burst[peaks] > 0.12 * np.median(burst[peaks])], dtype=np.intp)


def strikes(values_g: FloatArray, rate_hz: float, stride_s: float, running: BoolArray) -> FloatArray:
    """Times in s at which the impacts of the running parts begin, before any offset is taken off."""
    at = _inside(impacts(values_g, rate_hz, stride_s), values_g, rate_hz, stride_s, running)
    onset = _onset(values_g, rate_hz, at)
    return onset[np.isfinite(onset)]


def events(
    values_g: FloatArray, rate_hz: float, stride_s: float, running: BoolArray, offsets: Offsets
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Initial contact, terminal contact (both in s) and contact time (ms) of each stance in the running parts.

    Parameters
    ----------
    values_g
        Shape ``(n, 1 to 3)``.
    rate_hz, stride_s
        Sampling rate, and the usual stride time of the recording.
    running
        Which samples were run, shape ``(n,)``.
    offsets
        How late the marks are after the events.
    """
    at = _inside(impacts(values_g, rate_hz, stride_s), values_g, rate_hz, stride_s, running)
    initial = _onset(values_g, rate_hz, at) - offsets.initial_ms / 1000
    terminal = _toe_off(values_g, rate_hz, at, stride_s, running) - offsets.terminal_ms / 1000
    measured = (terminal - initial) * 1000
    good = np.isfinite(measured)
    initial, measured = initial[good], measured[good]
    if len(measured) > 2:
        usual = median_filter(measured, size=min(NEIGHBOURS, len(measured)), mode="nearest")
        measured = RELIABILITY * measured + (1 - RELIABILITY) * usual
    return initial, initial + measured / 1000, measured


def _inside(at: IntArray, values_g: FloatArray, rate_hz: float, stride_s: float, running: BoolArray) -> IntArray:
    """Impacts in the running parts, with room for the impact before and for a toe-off after them."""
    last = len(values_g) - 1 - int(CONTACT_SHARE_OF_STRIDE[0] * stride_s * rate_hz) - round(IMPACT_AFTER_S * rate_hz)
    return at[running[at] & (at >= round(IMPACT_BEFORE_S * rate_hz)) & (at <= last)]


def _onset(values_g: FloatArray, rate_hz: float, at: IntArray) -> FloatArray:
    """Time in s at which the magnitude has risen by `ONSET_SHARE` of the impact, on a grid of about 2 ms."""
    before, after = round(IMPACT_BEFORE_S * rate_hz), round(IMPACT_AFTER_S * rate_hz)
    smooth = low_passed(values_g, rate_hz, min(IMPACT_LOW_PASS_HZ, 0.42 * rate_hz))
    factor = max(1, round(500 / rate_hz))
    axes = [refined(around(column, at, before, after), factor) for column in smooth.T]
    size = np.sqrt(sum(axis * axis for axis in axes))
    fine, column = rate_hz * factor, np.arange(size.shape[1])
    highest = size.argmax(axis=1)
    row = np.arange(len(at))
    peak = size[row, highest]
    lead = (column <= highest[:, None]) & (column >= highest[:, None] - 0.07 * fine)
    base = np.where(lead, size, np.inf).min(axis=1)
    first = (lead & (size >= (base + PEAK_SHARE * (peak - base))[:, None])).argmax(axis=1)
    level = base + ONSET_SHARE * (peak - base)
    below = (column <= first[:, None]) & (size < level[:, None])
    found = below.any(axis=1)
    under = size.shape[1] - 1 - below[:, ::-1].argmax(axis=1)
    under = np.where(found, under, 0)
    low, high = size[row, under], size[row, np.minimum(under + 1, size.shape[1] - 1)]
    share = np.clip((level - low) / np.maximum(high - low, 1e-9), 0, 1)
    return np.where(found, (at - before) / rate_hz + (under + share) / fine, np.nan)


def _toe_off(values_g: FloatArray, rate_hz: float, at: IntArray, stride_s: float, running: BoolArray) -> FloatArray:
    """Time in s of the lowest axial acceleration in the later stance."""
    # Over whole strides the shank's mean acceleration is gravity plus the pull of its swing: both along its axis.
    mean = mean_where(values_g, running)
    axial = along(values_g, mean / max(float(np.linalg.norm(mean)), 1e-9))
    smooth = low_passed(axial, rate_hz, min(TOE_OFF_LOW_PASS_HZ, 0.42 * rate_hz))
    low, high = (round(share * stride_s * rate_hz) for share in CONTACT_SHARE_OF_STRIDE)
    snippets = around(smooth, at, -low, high)
    lowest = snippets.argmin(axis=1)
    last = len(values_g) - 1 - round(TOE_OFF_AFTER_S * rate_hz)
    inside = (lowest > 0) & (lowest < snippets.shape[1] - 1) & (at + low + lowest <= last)
    return np.where(inside, (at + low + vertex(snippets, lowest)) / rate_hz, np.nan)
