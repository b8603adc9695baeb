"""Initial and terminal contacts from raw acceleration; the method is chosen by the sensor's site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.analysis.gait import foot, sacrum, shank
from stridelab.analysis.gait.cadence import Cadence, cadence_of
from stridelab.analysis.gait.coefficients import Coefficients
from stridelab.analysis.gait.domain import outside
from stridelab.analysis.gait.fitted import ACCURACY, FITTED
from stridelab.analysis.gait.preparation import (
    checked_axes,
    checked_body,
    directions_of,
    fits_site,
    per_sample,
    regularity,
    within_known,
)
from stridelab.analysis.gait.signals import (
    TRUNK_SITES,
    BoolArray,
    FloatArray,
    Samples,
    checked,
)
from stridelab.errors import UsageError

LOWEST_CONTACT_RATE_HZ: Final = 50.0
"""Below it a sample is a twelfth of a contact and more, and the impact is gone (convention)."""

PLAUSIBLE_CONTACT_MS: Final = (90.0, 450.0)
"""Contact times of running, from sprinting to the slowest jog (convention)."""

LEAST_RANGE_G: Final = 6.0
"""Sensors that clip below it lose more of the impact than those that the error was measured with (8 g)."""

LEAST_FOUND_SHARE: Final = 0.8
"""With fewer of the stances that the cadence asks for, those found are a choice, and no error is claimed for them."""

STANCE_WINDOW_S: Final = 5.0
"""Window in which running is told from the rest when contacts are looked for."""


TRUNK_AXES: Final = {"both": "two axes", "level": "axes found", "vertical": "vertical axis"}


@dataclass(frozen=True, eq=False)
class Contacts:
    """Stances of the instrumented foot, or of both feet for a sensor on the trunk; arrays of shape ``(n_stances,)``.

    Parameters
    ----------
    initial_contact_s, terminal_contact_s
        From the first sample.
    ground_contact_time_ms
        Terminal minus initial contact; NaN where it is outside 90 to 450 ms.
    flight_time_ms
        Until the next initial contact of either foot. With a sensor on one leg the other foot is not seen: half the
        stride minus the contact, as if both steps were alike. NaN at gaps and negative where a step has no flight.
    side
        ``left``, ``right``, or ``unknown`` where the sensor cannot tell.
    method
        How the contacts were found.
    bias_ms
        Mean error of contact time against a force plate, where this method was measured; NaN elsewhere.
    limits_ms
        95 % limits of agreement, low and high; NaN elsewhere.
    issues
        Keys of `stridelab.analysis.gait.domain.ISSUES`: what was noticed, and why bias and limits are not known.
    """

    initial_contact_s: FloatArray
    terminal_contact_s: FloatArray
    ground_contact_time_ms: FloatArray
    flight_time_ms: FloatArray
    side: npt.NDArray[np.str_]
    method: str
    bias_ms: float
    limits_ms: tuple[float, float]
    issues: tuple[str, ...]


@dataclass
class _Found:
    """What a site's method gives to be finished."""

    method: str
    initial_s: FloatArray
    terminal_s: FloatArray
    contact_ms: FloatArray
    period_s: float
    side: npt.NDArray[np.str_] | None = None
    issues: list[str] = field(default_factory=list)


def contacts(
    acceleration_mps2: Any,
    *,
    sampling_rate_hz: float,
    site: str,
    angular_velocity_radps: Any = None,
    axes: Sequence[str] | None = None,
    speed_mps: Any = None,
    slope_pct: Any = None,
    height_m: float | None = None,
    mass_kg: float | None = None,
) -> Contacts:
    """When each foot meets and leaves the ground while running.

    - ``shank``, ``ankle``: initial contact where the magnitude of acceleration has risen by 30 % of the impact,
      terminal contact at the lowest axial acceleration of the later stance (low-passed at 20 Hz), minus constant
      offsets; each contact time is drawn half way to the median of 11 strides. Any orientation.
    - ``sacrum``, ``hip``, ``chest``: steps between mid-flights; contact time by a ridge regression on their shape and,
      where it is given, speed; initial contact at the steepest braking.
    - ``foot``: from angular velocity, the minima of pitch rate after the swing and before it; from acceleration alone
      only initial contacts, for nothing at hand shows toe-off in it.
    - ``wrist``, ``unknown``: refused.

    Walking and standing are left out: the methods are made for running.

    Parameters
    ----------
    acceleration_mps2
        Shape ``(n,)`` or ``(n, 1 to 3)``, gravity included. NaN is missing: no contact is given within or across it.
    sampling_rate_hz
        50 Hz or more.
    site
        Where the sensor sits.
    angular_velocity_radps
        Shape ``(n, 3)``, or None; used at the foot.
    axes
        Names of the columns, of ``vertical`` (up), ``anteroposterior`` (forwards) and ``mediolateral`` (to the left);
        None where the orientation is not known: up is then the mean direction, and forwards where both steps of a
        stride are alike.
    speed_mps, slope_pct
        A number, or one for each sample; None where it is not known.
    height_m, mass_kg
        Not used by the present methods; checked, so that a slip of the unit is not met later.

    Returns
    -------
    Contacts
        Without a stance where nothing was run.

    Raises
    ------
    UsageError
        On an impossible shape, rate, unit, site or axis.

    Notes
    -----
    Methods and offsets are fitted by ``python tests/corpus/gait_fit.py``; their errors on runners and conditions that
    were left out stand in docs/accuracy.md.

    Examples
    --------
    >>> standing = np.tile([0.0, 0.0, 9.81], (1000, 1))
    >>> result = contacts(standing, sampling_rate_hz=100, site="shank")
    >>> len(result.initial_contact_s), result.bias_ms, result.issues
    (0, nan, ('flat', 'no_running'))
    """
    return contacts_of(
        checked(acceleration_mps2, sampling_rate_hz, site),
        site,
        angular_velocity_radps=angular_velocity_radps,
        axes=axes,
        speed_mps=speed_mps,
        slope_pct=slope_pct,
        height_m=height_m,
        mass_kg=mass_kg,
    )


def contacts_of(
    samples: Samples,
    site: str,
    *,
    angular_velocity_radps: Any = None,
    axes: Sequence[str] | None = None,
    speed_mps: Any = None,
    slope_pct: Any = None,
    height_m: float | None = None,
    mass_kg: float | None = None,
    coefficients: Coefficients = FITTED,
) -> Contacts:
    """`contacts` of samples that were checked already, with any coefficients."""
    if site in ("wrist", "unknown"):
        raise UsageError(
            f"contacts from site {site!r}",
            expected="foot, ankle, shank, sacrum, hip or chest",
            advice="An arm's swing holds no contact; cadence works there, and estimate_contact_time needs no sensor.",
        )
    if samples.rate_hz < LOWEST_CONTACT_RATE_HZ:
        raise UsageError(
            f"sampling rate {samples.rate_hz:g} Hz for contacts",
            expected=f"at least {LOWEST_CONTACT_RATE_HZ:g} Hz",
            advice="Cadence works from 25 Hz on; for contact time use estimate_contact_time.",
        )
    n, rate = len(samples.acceleration_g), samples.rate_hz
    speed = per_sample(speed_mps, n, "speed_mps", (0.0, 13.0))
    slope = per_sample(slope_pct, n, "slope_pct", (-60.0, 60.0))
    checked_body(height_m, "height_m", (1.0, 2.5))
    checked_body(mass_kg, "mass_kg", (20.0, 250.0))
    values, issues = samples.acceleration_g, list[str]()
    names = checked_axes(axes, samples.given)

    gait = cadence_of(samples, site, window_s=STANCE_WINDOW_S, step_s=STANCE_WINDOW_S / 2)
    stride_s = _usual_stride(gait)
    running = _running(gait, n, rate)
    if samples.missing is not None:
        running &= ~samples.missing
    if not running.any() or np.isnan(stride_s):
        walked = bool((gait.state == "walking").any())
        return _nothing((*samples.kinds, *issues, "walking" if walked else "no_running"), site)
    if "no_gravity" in samples.kinds and not (site == "foot" and angular_velocity_radps is not None):
        raise UsageError(
            "acceleration without gravity",
            expected="acceleration as the sensor measures it, 9.81 m/s² at rest",
            advice="Export the raw acceleration instead of the linear or user acceleration.",
        )
    if not fits_site(values, rate, stride_s, running, site):
        issues.append("site_mismatch")

    if site in TRUNK_SITES:
        if values.shape[1] == 1 and names is None:
            names = ("vertical",)
        directions, noticed = directions_of(values, names, rate, stride_s, running)
        issues += noticed
        level = names is None and "anteroposterior" in directions
        if names is None and not level:
            issues.append("forwards_unknown")
        found = _trunk(directions, rate, stride_s, running, speed, coefficients, level=level)
    elif site == "foot":
        found = _foot(values, rate, stride_s, running, angular_velocity_radps, coefficients)
    else:
        initial, terminal, contact_ms = shank.events(values, rate, stride_s, running, coefficients.shank)
        found = _Found("shank impact onset and axial minimum", initial, terminal, contact_ms, stride_s)
        found.issues.append("flight_from_symmetry")
        if "clipped" in samples.kinds and max(float(np.abs(column).max()) for column in values.T) < LEAST_RANGE_G:
            found.issues.append("range_too_small")
        if values.shape[1] < 3:
            found.issues.append("axes_outside")
    found.issues = [*samples.kinds, *issues, *found.issues]
    return _finished(found, site, samples, gait, speed, slope)


def _trunk(
    directions: dict[str, FloatArray],
    rate: float,
    stride_s: float,
    running: BoolArray,
    speed: FloatArray | None,
    coefficients: Coefficients,
    *,
    level: bool,
) -> _Found:
    vertical, forward = directions["vertical"], directions.get("anteroposterior")
    middle = sacrum.mid_flights(vertical, rate, stride_s / 2)
    begin, end = middle[:-1], middle[1:]
    long = (end - begin) / rate / (stride_s / 2)
    kept = (long > 0.6) & (long < 1.5) & running[begin] & running[end] & running[(begin + end) // 2]
    begin, end = begin[kept], end[kept]
    features = sacrum.step_features(vertical, forward, rate, begin, end)
    axes = "level" if level else "both" if forward is not None else "vertical"
    at = begin + (end - begin) // 2
    has_speed = speed is not None and bool(np.isfinite(speed[at]).all())
    if has_speed:
        assert speed is not None
        features["speed_mps"] = speed[at]
    model = coefficients.sacrum[f"{axes}_with_speed" if has_speed else axes]
    shape = np.column_stack([features[name] for name in model.weights])
    contact_ms = model.of(dict(zip(model.weights, sacrum.steadied(shape, np.flatnonzero(kept)).T, strict=True)))
    # Braking is sharpest on the axis it was calibrated on; where the axes were found, the vertical is steadier.
    initial = features["rise_s" if level else "strike_s"] - coefficients.strike_offset_ms[axes] / 1000
    method = f"sacrum step shape, {TRUNK_AXES[axes]}"
    found = _Found(
        method + (" and speed" if has_speed else ""), initial, initial + contact_ms / 1000, contact_ms, stride_s / 2
    )
    if "mediolateral" in directions and len(begin):
        found.side = sacrum.sides(directions["mediolateral"], rate, begin, end)
    return found


def _foot(
    values: FloatArray, rate: float, stride_s: float, running: BoolArray, turning: Any, coefficients: Coefficients
) -> _Found:
    if turning is None:
        initial = shank.strikes(values, rate, stride_s, running) - coefficients.shank.initial_ms / 1000
        none = np.full(len(initial), np.nan)
        return _Found("foot impact onset", initial, none, none, stride_s, issues=["no_toe_off"])
    initial, terminal = foot.events(foot.checked_turning(turning, len(values)), rate, stride_s, running)
    found = _Found("foot pitch rate minima", initial, terminal, (terminal - initial) * 1000, stride_s)
    found.issues += ["flight_from_symmetry", "published_only"]
    return found


def _finished(
    found: _Found, site: str, samples: Samples, gait: Cadence, speed: FloatArray | None, slope: FloatArray | None
) -> Contacts:
    """Regularity, flight, plausibility, and what is known of the error."""
    issues, rate = found.issues, samples.rate_hz
    order = np.argsort(found.initial_s, kind="stable")
    order = order[np.isfinite(found.initial_s[order])]
    order = order[within_known(found.initial_s[order], found.terminal_s[order], samples)]
    initial, terminal, contact = (part[order] for part in (found.initial_s, found.terminal_s, found.contact_ms))
    side = np.full(len(initial), "unknown", dtype="<U7") if found.side is None else found.side[order]
    single, missed = regularity(initial, found.period_s)
    if not single.all():
        issues.append("doubled_contacts")
        initial, terminal, contact = (part[single] for part in (initial, terminal, contact))
        side = side[single]
        _, missed = regularity(initial, found.period_s)
    if missed.any():
        issues.append("missing_contacts")
    if len(initial) == 0:
        return _nothing((*issues, "no_running"), site)
    interval = np.append(np.diff(initial), np.nan) * 1000
    interval[np.append(missed, False)] = np.nan
    implausible = (contact < PLAUSIBLE_CONTACT_MS[0]) | (contact > PLAUSIBLE_CONTACT_MS[1])
    if implausible.any():
        issues.append("implausible_contacts")
        contact, terminal = np.where(implausible, np.nan, contact), np.where(implausible, np.nan, terminal)
    ran_s = float((gait.state == "running").mean()) * len(samples.acceleration_g) / rate
    if np.count_nonzero(np.isfinite(contact)) < LEAST_FOUND_SHARE * (ran_s / found.period_s - 2):
        issues.append("few_contacts")
    step = interval if site in TRUNK_SITES else interval / 2
    at = np.clip((np.nan_to_num(initial) * rate).astype(np.intp), 0, None)
    running_cadence = float(np.median(gait.cadence_spm[gait.state == "running"]))
    beyond = outside(
        found.method,
        site,
        rate_hz=rate,
        cadence_spm=running_cadence,
        contact_ms=contact,
        speed_mps=None if speed is None else speed[np.minimum(at, len(speed) - 1)],
        slope_pct=None if slope is None else slope[np.minimum(at, len(slope) - 1)],
    )
    issues += beyond
    unknown = bool(beyond) or bool(
        {
            "site_mismatch",
            "few_contacts",
            "range_too_small",
            "axes_outside",
            "forwards_unknown",
            "no_toe_off",
            "published_only",
        }
        & set(issues)
    )
    accuracy = None if unknown else ACCURACY.get(found.method)
    return Contacts(
        initial,
        terminal,
        contact,
        step - contact,
        side,
        found.method,
        float("nan") if accuracy is None else accuracy.bias_ms,
        (float("nan"), float("nan")) if accuracy is None else accuracy.limits_ms,
        tuple(dict.fromkeys(issues)),
    )


def _running(gait: Cadence, n: int, rate: float) -> BoolArray:
    """Which samples lie nearest to a window that was run."""
    if not len(gait.time_s):
        return np.zeros(n, dtype=np.bool_)
    middle = (gait.time_s[:-1] + gait.time_s[1:]) / 2
    return np.asarray((gait.state == "running")[np.searchsorted(middle, np.arange(n) / rate)], dtype=np.bool_)


def _usual_stride(gait: Cadence) -> float:
    run = gait.cadence_spm[gait.state == "running"]
    return float(120.0 / np.median(run)) if len(run) else float("nan")


def _nothing(issues: Sequence[str], site: str) -> Contacts:
    none, nan = np.zeros(0), float("nan")
    return Contacts(
        none,
        none,
        none,
        none,
        np.zeros(0, dtype="<U7"),
        f"none ({site})",
        nan,
        (nan, nan),
        tuple(dict.fromkeys(issues)),
    )
