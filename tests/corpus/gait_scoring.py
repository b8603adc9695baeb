"""Scores of the gait methods, each on runners or conditions that were left out of its calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache

import gait_fit
import gait_recordings as recordings
import numpy as np
from gait_recordings import Array, Trial
from scipy.signal import resample_poly
from scipy.spatial.transform import Rotation

from stridelab.analysis.gait.cadence import cadence
from stridelab.analysis.gait.coefficients import Coefficients
from stridelab.analysis.gait.contacts import contacts_of
from stridelab.analysis.gait.estimate import estimated
from stridelab.analysis.gait.fitted import FITTED
from stridelab.analysis.gait.signals import checked

EDGE_S = 0.4
RESAMPLES = 2000


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors (found minus true) with the group each belongs to; true events in all, found ones, and extra ones."""

    value: Array
    group: Array
    true: int = 0
    extra: int = 0
    initial: Array | None = None
    terminal: Array | None = None

    @property
    def bias(self) -> float:
        return float(self.value.mean())

    @property
    def mae(self) -> float:
        return float(np.abs(self.value).mean())

    @property
    def rmse(self) -> float:
        return float(np.sqrt(np.mean(self.value**2)))

    @property
    def limits(self) -> tuple[float, float]:
        spread = 1.96 * float(self.value.std(ddof=1))
        return self.bias - spread, self.bias + spread

    def interval(self, of: Callable[[Array], float]) -> tuple[float, float]:
        """95 % bootstrap interval over the groups."""
        names = np.unique(self.group)
        by_group = [self.value[self.group == name] for name in names]
        draw = np.random.default_rng(6).integers(0, len(names), (RESAMPLES, len(names)))
        low, high = np.quantile([of(np.concatenate([by_group[i] for i in row])) for row in draw], [0.025, 0.975])
        return float(low), float(high)


def mean_of(values: Array) -> float:
    return float(values.mean())


def mae_of(values: Array) -> float:
    return float(np.abs(values).mean())


def rmse_of(values: Array) -> float:
    return float(np.sqrt(np.mean(values**2)))


# ---------------------------------------------------------------- contacts

Change = Callable[[Trial], Trial]


def as_it_is(trial: Trial) -> Trial:
    return trial


def turned_and_noisy(trial: Trial) -> Trial:
    """Turned at random, with 0.1 g of noise on every axis."""
    seed = sum(map(ord, trial.name))
    turn = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
    noise = 0.1 * recordings.G * np.random.default_rng(seed).standard_normal(trial.acceleration_mps2.shape)
    return replace(trial, acceleration_mps2=trial.acceleration_mps2 @ turn.T + noise)


def at_100_hz(trial: Trial) -> Trial:
    """142.857 Hz is 1000/7 Hz."""
    return replace(
        trial, acceleration_mps2=resample_poly(trial.acceleration_mps2, 7, 10, axis=0, padtype="line"), rate_hz=100.0
    )


def at_71_hz(trial: Trial) -> Trial:
    return replace(trial, acceleration_mps2=trial.acceleration_mps2[::2], rate_hz=trial.rate_hz / 2)


@cache
def shank_trials() -> tuple[Trial, ...]:
    return tuple(recordings.shank())


@cache
def sacral_trials() -> tuple[Trial, ...]:
    return tuple(recordings.sacrum())


@cache
def _shank_without(runner: str) -> Coefficients:
    rest = [trial for trial in shank_trials() if trial.running and trial.runner != runner]
    return replace(FITTED, shank=gait_fit.fit_shank(rest))


@cache
def _sacrum_without(condition: str) -> Coefficients:
    models, offsets = gait_fit.fit_sacrum([trial for trial in sacral_trials() if trial.condition != condition])
    return replace(FITTED, sacrum=models, strike_offset_ms=offsets)


def _errors(parts: Iterable[tuple[str, Array, Array, Array, int, int]]) -> Errors:
    group, value, initial, terminal, true, extra = zip(*parts, strict=True)
    return Errors(
        np.concatenate(value),
        np.repeat(group, [len(part) for part in value]),
        sum(true),
        sum(extra),
        np.concatenate(initial),
        np.concatenate(terminal),
    )


def _one(trial: Trial, group: str, coefficients: Coefficients, site: str, **known: object) -> tuple[object, ...]:
    samples = checked(trial.acceleration_mps2, trial.rate_hz, site)
    found = contacts_of(samples, site, coefficients=coefficients, **known)  # type: ignore[arg-type]
    i, j = gait_fit.matched(found.initial_contact_s, trial.initial_s)
    length = len(samples.acceleration_g) / trial.rate_hz
    # One that belongs to no true stance and lies where true ones count is extra.
    lone = np.setdiff1d(np.arange(len(found.initial_contact_s)), i)
    within = (found.initial_contact_s[lone] > EDGE_S + 0.02) & (found.terminal_contact_s[lone] < length - EDGE_S - 0.02)
    return (
        group,
        found.ground_contact_time_ms[i] - trial.contact_ms[j],
        (found.initial_contact_s[i] - trial.initial_s[j]) * 1000,
        (found.terminal_contact_s[i] - trial.terminal_s[j]) * 1000,
        len(trial.initial_s),
        int(within.sum()),
    )


@cache
def shank_errors(change: Change = as_it_is) -> Errors:
    """Leave one runner out."""
    return _errors(
        _one(change(trial), trial.runner, _shank_without(trial.runner), "shank")  # type: ignore[misc]
        for trial in shank_trials()
        if trial.running
    )


def shank_null_errors() -> Errors:
    """The others' duty factor times the trial's own true stride time."""
    trials = [trial for trial in shank_trials() if trial.running]
    duty = {trial.name: float(np.mean(trial.contact_ms) / 1000 / stride_s(trial)) for trial in trials}
    runners = sorted({trial.runner for trial in trials})
    by_runner = {r: np.mean([duty[trial.name] for trial in trials if trial.runner == r]) for r in runners}
    parts = []
    for trial in trials:
        share = float(np.mean([by_runner[r] for r in runners if r != trial.runner]))
        error = share * stride_s(trial) * 1000 - trial.contact_ms
        parts.append((trial.runner, error, error, error, len(error), 0))
    return _errors(parts)


def stride_s(trial: Trial) -> float:
    return float(np.median(np.diff(trial.initial_s)))


def _turned_sacrum(trial: Trial) -> Trial:
    """Three axes, turned at random; of the third, from side to side, there is no recording: once a stride, 0.3 g."""
    time = np.arange(len(trial.force)) / trial.rate_hz
    sideways = 0.3 * recordings.G * np.cos(np.pi * time / np.diff(trial.initial_s).mean())
    turn = Rotation.random(rng=np.random.default_rng(sum(map(ord, trial.name)))).as_matrix()
    return replace(trial, acceleration_mps2=np.column_stack([trial.acceleration_mps2, sideways]) @ turn.T)


@cache
def sacral_errors(*, speed: bool, axes: tuple[str, ...] | None = ("vertical", "anteroposterior")) -> Errors:
    """Leave one condition (speed and slope) out; without axes the sensor is turned at random."""
    return _errors(
        _one(  # type: ignore[misc]
            _turned_sacrum(trial)
            if axes is None
            else replace(trial, acceleration_mps2=trial.acceleration_mps2[:, : len(axes)]),
            trial.condition,
            _sacrum_without(trial.condition),
            "sacrum",
            axes=axes,
            **({"speed_mps": trial.speed_mps, "slope_pct": trial.slope_pct} if speed else {}),
        )
        for trial in sacral_trials()
    )


# ---------------------------------------------------------------- cadence


def cadence_errors(trials: Iterable[Trial], site: str, feet: int, window_s: float, *, whole: bool = False) -> Errors:
    """Against the mean interval of the true initial contacts in each window.

    ``feet`` is how many the force saw; ``whole`` leaves out an odd step at the end, so that left and right count alike.
    """
    value, group = [], []
    for trial in trials:
        found = cadence(trial.acceleration_mps2, sampling_rate_hz=trial.rate_hz, site=site, window_s=window_s)
        half = min(window_s, len(trial.force) / trial.rate_hz) / 2
        for middle, steps in zip(found.time_s, found.cadence_spm, strict=True):
            inside = trial.initial_s[np.abs(trial.initial_s - middle) <= half]
            if whole and len(inside) % 2 == 0:
                inside = inside[:-1]
            if len(inside) >= 4:
                value.append(steps - 120 / feet / np.diff(inside).mean())
                group.append(trial.runner if feet == 1 else trial.condition)
    return Errors(np.array(value), np.array(group))


@cache
def hip_errors(site: str = "hip") -> Errors:
    """The corpus README's windows: 10 s with at least 10 swings whose intervals vary by less than 8 %."""
    hip, shoe, rate, swings = recordings.hip()
    found = cadence(hip if site == "hip" else shoe, sampling_rate_hz=rate, site=site)
    value = []
    for middle, steps in zip(found.time_s, found.cadence_spm, strict=True):
        interval = np.diff(swings[np.abs(swings - middle) <= 5])
        if len(interval) >= 9 and interval.std() < 0.08 * interval.mean():
            value.append(steps - 120 / interval.mean())
    return Errors(np.array(value), np.zeros(len(value)))


@cache
def walking_states() -> dict[str, int]:
    """How often each state is given in windows that were walked."""
    counts: dict[str, int] = {}
    walked = [(t.acceleration_mps2, t.rate_hz, "shank") for t in shank_trials() if not t.running]
    for acceleration, rate, site in [*walked, (*recordings.walker(), "ankle")]:
        for state in cadence(acceleration, sampling_rate_hz=rate, site=site, window_s=5.0).state:
            counts[str(state)] = counts.get(str(state), 0) + 1
    return counts


# ---------------------------------------------------------------- without raw samples


@cache
def speed_errors() -> tuple[Errors, float]:
    """`estimate_contact_time` on runners left out one by one, and the share that the interval holds.

    The share is the mean over runners of the share of their rows, as in the fit.
    """
    table = recordings.table()
    value, held = np.zeros(len(table["runner"])), np.zeros(len(table["runner"]), dtype=bool)
    for runner in np.unique(table["runner"]):
        out = table["runner"] == runner
        model = gait_fit.fit_speed({name: column[~out] for name, column in table.items()})
        guess = estimated(table["speed_mps"][out], 60_000 / table["step_time_ms"][out], model)
        value[out] = guess.value_ms - table["contact_ms"][out]
        held[out] = (guess.low_ms <= table["contact_ms"][out]) & (guess.high_ms >= table["contact_ms"][out])
    by_runner = [held[table["runner"] == runner].mean() for runner in np.unique(table["runner"])]
    return Errors(value, table["runner"]), float(np.mean(by_runner))


def speed_floor_ms() -> float:
    """Mean absolute error of the same form where it is fitted to the very rows that are scored, and to nothing else."""
    table = recordings.table()
    columns = np.column_stack([table[name] for name in gait_fit.SPEED_COLUMNS])
    model = gait_fit.least_absolute(gait_fit.SPEED_COLUMNS, columns, table["contact_ms"], np.ones(len(columns)))
    return mae_of(model.of(table) - table["contact_ms"])


def speed_elsewhere() -> list[tuple[str, float, float, float, float, float]]:
    """Outside the fit's domain: trial, speed, true contact time, estimate, and its bounds."""
    rows = []
    for trial in [*(t for t in shank_trials() if t.running), *(t for t in sacral_trials() if t.slope_pct == 0)]:
        steps = 120 / stride_s(trial) if trial.runner != "one" else 60 / stride_s(trial)
        guess = estimated(trial.speed_mps, steps, FITTED.speed)
        rows.append(
            (
                f"{trial.runner} {trial.name}",
                trial.speed_mps,
                float(trial.contact_ms.mean()),
                float(guess.value_ms),
                float(guess.low_ms),
                float(guess.high_ms),
            )
        )
    return rows


def summary_errors() -> Errors:
    """Contact time from all columns, runners left out one by one."""
    table = recordings.table()
    value = np.zeros(len(table["runner"]))
    for runner in np.unique(table["runner"]):
        out = table["runner"] == runner
        model = gait_fit.fit_summary({name: column[~out] for name, column in table.items()})
        value[out] = model.of({name: table[name][out] for name in gait_fit.SUMMARY_COLUMNS}) - table["contact_ms"][out]
    return Errors(value, table["runner"])
