"""What every routine does first with raw samples: look whether they are what they are said to be.

A wrong unit, a stuck sensor or a gap would otherwise become a confident wrong number further on.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from scipy.signal import butter, resample_poly, sosfiltfilt

from stridelab.errors import UsageError

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

GRAVITY_MPS2: Final = 9.80665
"""Standard gravity (CGPM 1901), by which m/s² become g here."""

SITES: Final = ("foot", "ankle", "shank", "sacrum", "hip", "chest", "wrist", "unknown")
"""Where a sensor may sit; ``ankle`` is one just above the joint, ``foot`` one on the shoe."""

TRUNK_SITES: Final = frozenset({"sacrum", "hip", "chest"})

LOWEST_RATE_HZ: Final = 25.0
"""Below it the second harmonic of a fast step is gone (convention: watches record at 25 Hz or more)."""

WORKING_RATE_HZ: Final = 30.0
"""The spectrum of gait that tells its period ends below 12 Hz, so faster signals are thinned to 30 to 60 Hz."""

HIGHEST_RATE_HZ: Final = 20_000.0

IMPOSSIBLE_MPS2: Final = 2000.0
"""Beyond what accelerometers for the body measure (±200 g): a glitch, or the logger's mark for nothing."""

GLITCH_SHARE: Final = 0.01
"""With more of such samples than this the unit is another one, and the mean will tell."""

CLIP_SHARE: Final = 0.002
"""More samples than this at one extreme value mean a range that was too small (convention)."""

# Mean acceleration of a whole recording, by unit: a body that stays on earth is held by 1 g on average, and the mean
# of a sensor on a swinging limb can reach 2.2 g (measured on a shoe clip).
_UNITS: Final = (
    (0.5, 3.0, "g", "Multiply by 9.80665."),
    (500.0, 3000.0, "mg (thousandths of g)", "Multiply by 0.00980665."),
)
_PLAUSIBLE_MEAN_MPS2: Final = (3.0, 30.0)


@dataclass(frozen=True, eq=False)
class Samples:
    """Checked samples of one sensor: acceleration in g, shape ``(n, axes)``, gaps filled, and where they were.

    ``kinds`` names what was noticed: ``gaps``, ``glitches``, ``axis_missing``, ``clipped``, ``flat``, ``no_gravity``.
    ``given`` says of each column as it was given whether it is among the axes.
    """

    acceleration_g: FloatArray
    rate_hz: float
    missing: BoolArray | None
    kinds: tuple[str, ...]
    given: tuple[bool, ...]

    @cached_property
    def thinned(self) -> tuple[FloatArray, float, int]:
        """The samples at 30 to 60 Hz, enough for the period of gait: values, rate, and every how many-th they are."""
        return decimated(self.acceleration_g, self.rate_hz, WORKING_RATE_HZ)


def numbers(value: Any, name: str) -> FloatArray:
    """The value as an array of floats, or a refusal that names the argument.

    Raises
    ------
    UsageError
        Where it holds anything but numbers.
    """
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise UsageError(f"{name} {value!r:.60}", expected="a number, or an array of numbers") from None


def number(value: Any, name: str) -> float:
    """The value as one float, or a refusal that names the argument."""
    found = numbers(value, name)
    if found.ndim:
        raise UsageError(f"{name} of shape {found.shape}", expected="one number")
    return float(found)


def mean_where(values: FloatArray, chosen: BoolArray) -> FloatArray:
    """Mean of the chosen rows, shape ``(columns,)``, without a copy of them."""
    total = np.einsum("n,na->a", chosen.astype(np.float64), values)
    return np.asarray(total / max(int(np.count_nonzero(chosen)), 1), dtype=np.float64)


def along(values: FloatArray, direction: FloatArray) -> FloatArray:
    """Component of each row in a direction.

    Not by ``@``: for so thin a product the threads of a linear-algebra library cost more than they save.
    """
    return np.asarray(np.einsum("na,a->n", values, direction), dtype=np.float64)


def checked(acceleration_mps2: Any, sampling_rate_hz: float, site: str) -> Samples:
    """The samples in g, or a refusal that names what is wrong with them.

    Parameters
    ----------
    acceleration_mps2
        Shape ``(n,)`` or ``(n, 1 to 3)``, gravity included. A column without a number is left out. A sample with a NaN
        on any other axis is missing; it is bridged by a straight line for the filters, and kept in ``missing``.
    sampling_rate_hz
        Constant rate of the samples.
    site
        One of `SITES`.

    Raises
    ------
    UsageError
        On a shape, rate, site or unit that cannot be right.
    """
    if not isinstance(site, str) or site not in SITES:
        raise UsageError(f"site {site!r}", expected="one of " + ", ".join(SITES))
    rate = checked_rate(sampling_rate_hz)
    values = np.asarray(acceleration_mps2)
    if values.dtype.kind == "O":
        with suppress(TypeError, ValueError):
            values = values.astype(np.float64)
    if values.dtype.kind not in "fiu":
        raise UsageError(f"acceleration of type {values.dtype}", expected="real numbers in m/s²")
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2 or not 1 <= values.shape[1] <= 3:
        raise UsageError(
            f"acceleration of shape {values.shape}",
            expected="(n_samples,) or (n_samples, 1 to 3)",
            advice="One row a sample, one column an axis: transpose it if it lies on its side.",
        )
    kinds: list[str] = []
    # Column by column: numpy reduces over a short last axis slowly.
    finite = [np.isfinite(column) for column in values.T]
    given = tuple(bool(part.any()) for part in finite)
    if any(given) and not all(given):
        kinds.append("axis_missing")
        values, finite = values[:, given], [part for part, there in zip(finite, given, strict=True) if there]
    values = values.astype(np.float64)
    glitch = np.logical_or.reduce([np.abs(column) > IMPOSSIBLE_MPS2 for column in values.T])
    known = np.logical_and.reduce(finite)
    if 0 < np.count_nonzero(glitch & known) < GLITCH_SHARE * len(values):
        kinds.append("glitches")
        known &= ~glitch
    values *= 1.0 / GRAVITY_MPS2
    missing = None if known.all() else ~known
    if missing is not None:
        kinds.append("gaps")
        if missing.all():
            return Samples(np.zeros_like(values), rate, missing, ("gaps",), given)
        values = _bridged(values, missing)
    if len(values):
        kinds += _checked_unit(values)
        if _clipped(values):
            kinds.append("clipped")
        if len(values) > 1 and not any(np.ptp(column) for column in values.T):
            kinds.append("flat")
    return Samples(values, rate, missing, tuple(kinds), given)


def checked_rate(sampling_rate_hz: float) -> float:
    """The rate, or a refusal where it cannot hold steps.

    Raises
    ------
    UsageError
        Below `LOWEST_RATE_HZ`, above `HIGHEST_RATE_HZ`, or not a number.
    """
    rate = number(sampling_rate_hz, "sampling rate")
    if not LOWEST_RATE_HZ <= rate <= HIGHEST_RATE_HZ:
        raise UsageError(
            f"sampling rate {sampling_rate_hz!r} Hz",
            expected=f"{LOWEST_RATE_HZ:g} to {HIGHEST_RATE_HZ:g} Hz",
            advice="Steps cannot be told from a slower signal." if rate < LOWEST_RATE_HZ else "Give samples a second.",
        )
    return rate


def _checked_unit(values_g: FloatArray) -> list[str]:
    """``no_gravity`` where the mean is about 0; a refusal where the mean tells of another unit."""
    mean = float(np.linalg.norm([column.mean() for column in values_g.T])) * GRAVITY_MPS2
    low, high = _PLAUSIBLE_MEAN_MPS2
    if low <= mean <= high:
        return []
    for lowest, highest, unit, advice in _UNITS:
        # What swings by several m/s² around a small mean has had its gravity taken out; in g it would be a crash test.
        if lowest <= mean < highest and float(values_g.std(axis=0).max()) * GRAVITY_MPS2 < 4 * highest:
            raise UsageError(
                f"a mean acceleration of {mean:.3g}, which looks like {unit}",
                expected="m/s² with gravity, so a mean near 9.81",
                advice=advice,
            )
    if mean < low:
        return ["no_gravity"]
    raise UsageError(
        f"a mean acceleration of {mean:.3g} m/s²",
        expected="a mean near 9.81, as of every sensor that stays on earth",
        advice="Check the unit and the scale of the columns.",
    )


def _clipped(values_g: FloatArray) -> bool:
    """Whether an axis stays at one of its own extremes beyond 1.5 g in more than `CLIP_SHARE` of its samples."""
    for column in values_g.T:
        highest, lowest, enough = column.max(), column.min(), max(4, CLIP_SHARE * len(column))
        if abs(highest) > 1.5 and np.count_nonzero(column > highest - 1e-3) > enough:
            return True
        if abs(lowest) > 1.5 and np.count_nonzero(column < lowest + 1e-3) > enough:
            return True
    return False


def _bridged(values: FloatArray, missing: BoolArray) -> FloatArray:
    at, known = np.flatnonzero(missing), np.flatnonzero(~missing)
    for column in values.T:
        column[at] = np.interp(at, known, column[known])
    return values


def low_passed(values: FloatArray, rate_hz: float, cutoff_hz: float, order: int = 2) -> FloatArray:
    """Zero-lag Butterworth low-pass along the first axis; unchanged where the rate cannot hold the cut-off."""
    pad = 3 * (order + 1)
    if cutoff_hz >= 0.45 * rate_hz or len(values) <= pad:
        return values
    sos = butter(order, cutoff_hz, fs=rate_hz, output="sos")
    return np.asarray(sosfiltfilt(sos, values, axis=0, padlen=min(len(values) - 1, 3 * pad)), dtype=np.float64)


def decimated(values: FloatArray, rate_hz: float, lowest_rate_hz: float) -> tuple[FloatArray, float, int]:
    """The samples at the lowest whole fraction of their rate that is at least ``lowest_rate_hz``, zero lag."""
    factor = max(1, int(rate_hz / lowest_rate_hz))
    if factor == 1 or len(values) < 4 * factor:
        return values, rate_hz, 1
    return np.asarray(resample_poly(values, 1, factor, axis=0, padtype="line")), rate_hz / factor, factor


def around(values: FloatArray, centre: IntArray, before: int, after: int) -> FloatArray:
    """Snippets ``values[c - before : c + after + 1]`` of each centre, shape ``(n, length)``; ends repeat."""
    index = centre[:, None] + np.arange(-before, after + 1)
    return np.asarray(values[np.clip(index, 0, len(values) - 1)])


@lru_cache(maxsize=32)
def _spline_matrix(length: int, factor: int) -> FloatArray:
    fine = np.arange((length - 1) * factor + 1) / factor
    return np.asarray(CubicSpline(np.arange(length), np.eye(length))(fine), dtype=np.float64)


def refined(snippets: FloatArray, factor: int) -> FloatArray:
    """Snippets ``(n, length)`` on a grid ``factor`` times as fine, by a cubic spline."""
    if factor == 1 or not len(snippets):
        return snippets
    return np.asarray(np.einsum("np,fp->nf", snippets, _spline_matrix(snippets.shape[1], factor)), dtype=np.float64)


def vertex(values: FloatArray, at: IntArray) -> FloatArray:
    """Where the parabola through each row's sample ``at`` and its neighbours has its vertex, in samples."""
    inside = np.clip(at, 1, values.shape[1] - 2)
    row = np.arange(len(values))
    left, middle, right = values[row, inside - 1], values[row, inside], values[row, inside + 1]
    curvature = left - 2 * middle + right
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(np.abs(curvature) > 1e-12, 0.5 * (left - right) / curvature, 0.0)
    return np.asarray(np.where(at == inside, inside + np.clip(shift, -1, 1), at), dtype=np.float64)
