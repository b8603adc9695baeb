"""What contacts need besides the events themselves: checked arguments, directions, a fitting site, regularity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from scipy.ndimage import median_filter

from stridelab.analysis.gait.signals import (
    TRUNK_SITES,
    WORKING_RATE_HZ,
    BoolArray,
    FloatArray,
    Samples,
    along,
    decimated,
    low_passed,
    mean_where,
    number,
    numbers,
)
from stridelab.errors import UsageError

ALIKE_STEPS: Final = 0.5
"""How alike the two steps of a running stride look below 5 Hz, as the ratio of the autocorrelations at half a stride
and at a whole one: 0.72 to 1.0 at sacrum and hip, at most 0.32 at shank and shoe (measured on the corpus)."""

AXES: Final = ("vertical", "anteroposterior", "mediolateral")

CLEAR_SENSE: Final = 0.25
"""Correlation from which the sense of the forward axis is clear: 0.40 to 0.94 at the sacrum (on the corpus)."""

VERTICAL_MEAN_G: Final = (0.6, 1.6)
"""Mean of a true vertical axis over running; 1.03 to 1.26 where what is below 0 was cut off (the corpus)."""


def checked_axes(axes: Sequence[str] | None, given: Sequence[bool]) -> tuple[str, ...] | None:
    """The names of the axes that hold numbers, or a refusal where they do not name them all, the vertical among them.

    Parameters
    ----------
    axes
        A name for every column, or for every one that holds numbers.
    given
        Which columns do.
    """
    if axes is None:
        return None
    try:
        names = (axes,) if isinstance(axes, str) else tuple(map(str, axes))
    except TypeError:
        raise UsageError(f"axes {axes!r:.60}", expected="names of directions, of " + ", ".join(AXES)) from None
    if len(names) == len(given):
        names = tuple(name for name, there in zip(names, given, strict=True) if there or not any(given))
    elif len(names) != sum(given):
        raise UsageError(f"axes {', '.join(names)}", expected=f"one name a column ({len(given)})")
    if len(set(names)) != len(names) or not set(names) <= set(AXES):
        raise UsageError(f"axes {', '.join(names)}", expected="each once, of " + ", ".join(AXES))
    if "vertical" not in names:
        expected = "vertical among them"
        raise UsageError(f"axes {', '.join(names)}", expected=expected, advice="Leave axes away if it is not known.")
    return names


def directions_of(
    values: FloatArray, axes: Sequence[str] | None, rate: float, stride_s: float, running: BoolArray
) -> tuple[dict[str, FloatArray], list[str]]:
    """The columns by the name of their direction, and what was noticed; what is not known is found in what was run."""
    if axes is None:
        return _found_directions(values, rate, stride_s, running), ["orientation_unknown"]
    mean = dict(zip(axes, mean_where(values, running), strict=True))
    named = dict(zip(axes, values.T, strict=True))
    steepest = max(mean, key=lambda name: abs(mean[name]))
    if steepest != "vertical" or not VERTICAL_MEAN_G[0] <= abs(mean["vertical"]) <= VERTICAL_MEAN_G[1]:
        raise UsageError(
            f"a vertical axis with a mean of {mean['vertical']:.2f} g"
            + ("" if steepest == "vertical" else f", and the {steepest} one with {mean[steepest]:.2f} g"),
            expected="about 1 g, as gravity gives it, and less on the others",
            advice="Check the order of the axes, or leave them away: the vertical is then found from gravity.",
        )
    noticed = []
    if mean["vertical"] < 0:
        # A sensor worn upside down is turned about its side-to-side axis, or about the line of travel: which of the
        # two the forward axis tells, and left and right are then not known.
        noticed.append("upside_down")
        named["vertical"] = -named["vertical"]
        named.pop("mediolateral", None)
    if "anteroposterior" in named:
        body, _, ran = _body(np.column_stack([named["vertical"], named["anteroposterior"]]), rate, running)
        sense = _forward_sense(body[:, 0], body[:, 1], ran)
        if sense < -CLEAR_SENSE:
            named["anteroposterior"] = -named["anteroposterior"]
            noticed += [] if noticed else ["backwards"]
    return named, noticed


def _found_directions(values: FloatArray, rate: float, stride_s: float, running: BoolArray) -> dict[str, FloatArray]:
    """Up from gravity, and forwards where both steps of a stride move the body alike, if that is clear enough."""
    up = _unit(mean_where(values, running))
    found = {"vertical": along(values, up)}
    if values.shape[1] == 1:
        return found
    body, body_rate, ran = _body(values, rate, running)
    vertical = along(body, up)
    level = body - vertical[:, None] * up
    # The body swings from side to side once a stride, forwards and back once a step: the mean of two steps keeps that.
    lag = max(1, round(stride_s / 2 * body_rate))
    both = ran[lag:] & ran[:-lag]
    alike = (level[lag:] + level[:-lag])[both]
    alike = alike - alike.mean(axis=0)
    size, vectors = np.linalg.eigh(np.einsum("na,nb->ab", alike, alike))
    forward = vectors[:, -1] - up * float(vectors[:, -1] @ up)
    sense = _forward_sense(vertical, along(level, forward), ran)
    if size[-1] > 0 and abs(sense) >= CLEAR_SENSE:
        found["anteroposterior"] = along(values, np.sign(sense) * _unit(forward))
    return found


def _body(values: FloatArray, rate: float, running: BoolArray) -> tuple[FloatArray, float, BoolArray]:
    """Two minutes about the middle of what was run, below 5 Hz: samples, their rate, and which of them were run."""
    ran = np.flatnonzero(running)
    centre, half = int(ran[len(ran) // 2]), int(60 * rate)
    part = slice(max(0, centre - half), centre + half)
    thin, thin_rate, factor = decimated(values[part], rate, WORKING_RATE_HZ)
    slow = low_passed(thin, thin_rate, 5.0)
    return slow, thin_rate, running[part][::factor][: len(slow)]


def _forward_sense(vertical: FloatArray, forward: FloatArray, ran: BoolArray) -> float:
    """Correlation that is positive where an axis points forwards.

    The body is braked while the force on it rises in the first half of a stance, and pushed while it falls.
    """
    rise = np.gradient(vertical)[ran] if len(vertical) > 1 else np.zeros(0)
    if len(rise) < 2:
        return 0.0
    push = forward[ran] - forward[ran].mean()
    rise = rise - rise.mean()
    size = float(np.sqrt(np.sum(rise**2) * np.sum(push**2)))
    return -float(np.sum(rise * push)) / size if size > 0 else 0.0


def _unit(vector: FloatArray) -> FloatArray:
    size = float(np.linalg.norm(vector))
    return vector / size if size > 1e-9 else np.full(len(vector), 1 / np.sqrt(len(vector)))


def per_sample(value: Any, n: int, name: str, allowed: tuple[float, float]) -> FloatArray | None:
    """One value a sample, None where nothing is known, or a refusal of another shape or an impossible value."""
    if value is None:
        return None
    given = numbers(value, name)
    if given.ndim > 1 or (given.ndim == 1 and len(given) != n):
        raise UsageError(f"{name} of shape {given.shape}", expected=f"one number, or {n} of them")
    if np.any((given < allowed[0]) | (given > allowed[1])):
        worst = given[(given < allowed[0]) | (given > allowed[1])].flat[0] if given.ndim else float(given)
        raise UsageError(f"{name} of {worst:g}", expected=f"{allowed[0]:g} to {allowed[1]:g}")
    if not np.isfinite(given).any():
        return None
    return np.broadcast_to(given, (n,))


def checked_body(value: float | None, name: str, allowed: tuple[float, float]) -> None:
    """Refuse what no body has: a slip of the unit."""
    if value is not None and not allowed[0] <= number(value, name) <= allowed[1]:
        raise UsageError(f"{name} of {float(value):g}", expected=f"{allowed[0]:g} to {allowed[1]:g}")


def fits_site(values: FloatArray, rate: float, stride_s: float, running: BoolArray, site: str) -> bool:
    """Whether the two steps of a stride look as alike, or as different, as they do at this site."""
    slow, thin_rate, ran_here = _body(values, rate, running)
    slow = np.where(ran_here[:, None], slow - slow[ran_here].mean(axis=0), 0.0)
    if len(slow) < 2.5 * stride_s * thin_rate:
        return True

    def alike(lag_s: float) -> float:
        lags = range(int(0.97 * lag_s * thin_rate), int(1.03 * lag_s * thin_rate) + 2)
        return max(float(np.sum(slow[:-lag] * slow[lag:])) / (len(slow) - lag) for lag in lags)

    whole = alike(stride_s)
    return whole <= 0 or (alike(stride_s / 2) / whole > ALIKE_STEPS) == (site in TRUNK_SITES)


def regularity(initial_s: FloatArray, period_s: float) -> tuple[BoolArray, BoolArray]:
    """Which contacts are no doubles (``(n,)``), and which of the intervals between them (``(n - 1,)``) miss one."""
    interval = np.diff(initial_s)
    if len(interval) < 3:
        return np.ones(len(initial_s), dtype=np.bool_), interval > 1.5 * period_s
    usual = median_filter(interval, size=min(11, len(interval)), mode="nearest")
    usual = np.where((usual > 0.7 * period_s) & (usual < 1.4 * period_s), usual, period_s)
    # A contact is one too many where the intervals before and after it make up a single usual one.
    both = np.append(np.append(np.inf, interval[:-1] + interval[1:]), np.inf)
    double = both < 1.25 * np.append(usual, usual[-1])
    double[1:] &= ~double[:-1]
    return ~double, interval > 1.5 * usual


def within_known(initial_s: FloatArray, terminal_s: FloatArray, samples: Samples) -> BoolArray:
    """Which contacts lie nowhere near missing samples, shape ``(n_stances,)``."""
    if samples.missing is None:
        return np.ones(len(initial_s), dtype=np.bool_)
    gone = np.concatenate([[0], np.cumsum(samples.missing)])
    last = len(samples.missing)
    # The filters reach about 50 ms to either side.
    first = np.clip(((initial_s - 0.05) * samples.rate_hz).astype(np.intp), 0, last)
    stop = np.where(np.isfinite(terminal_s), terminal_s, initial_s) + 0.05
    return np.asarray(gone[np.clip((stop * samples.rate_hz).astype(np.intp) + 1, 0, last)] == gone[first])
