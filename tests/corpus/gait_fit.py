"""Writes analysis/gait/fitted.py: the calibration of the gait methods on the recordings beside the project.

    python tests/corpus/gait_fit.py

Every function takes the recordings to fit on, so that `gait_accuracy.py` can leave some out.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import gait_recordings as recordings
import numpy as np
from gait_recordings import Array, Trial
from scipy.optimize import linprog

from stridelab.analysis.gait import sacrum as steps
from stridelab.analysis.gait.cadence import cadence_of
from stridelab.analysis.gait.coefficients import Accuracy, Coefficients, Linear, Offsets, SpeedModel
from stridelab.analysis.gait.contacts import STANCE_WINDOW_S, contacts_of
from stridelab.analysis.gait.preparation import directions_of
from stridelab.analysis.gait.signals import checked

TARGET = recordings.ROOT / "analysis" / "gait" / "fitted.py"
MATCH_S = 0.12
RIDGE = 0.01
UNFITTED = Offsets(0.0, 0.0)

HEAD = '''"""Calibration of the gait methods; written by ``python tests/corpus/gait_fit.py``, do not edit.

Fitted on force-plate recordings: Bach, Dominici & Daffertshofer 2022, Front Sports Act Living 4:1037438 (shank);
Alcantara, Edwards, Millet & Grabowski 2022, PeerJ 10:e12752 (sacrum); Alcantara et al. 2021, PeerJ 9:e11199 (runners).
"""

from typing import Final

from stridelab.analysis.gait.coefficients import Accuracy, Coefficients, Linear, Offsets, SpeedModel

'''


def matched(found_s: Array, true_s: Array, within_s: float = MATCH_S) -> tuple[Array, Array]:
    """Index of found and of true events that belong together: the nearest, each once."""
    if not len(found_s) or not len(true_s):
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    nearest = np.abs(found_s[:, None] - true_s[None, :])
    pairs = [
        (i, j) for j, i in enumerate(nearest.argmin(axis=0)) if nearest[i, j] <= within_s and nearest[i].argmin() == j
    ]
    found, true = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(found, dtype=int), np.array(true, dtype=int)


def fit_shank(trials: Sequence[Trial]) -> Offsets:
    """Mean lateness of both marks, every runner counting the same."""
    lateness: dict[str, list[tuple[float, float]]] = {}
    for trial in trials:
        found = contacts_of(
            checked(trial.acceleration_mps2, trial.rate_hz, "shank"), "shank", coefficients=_only_shank(UNFITTED)
        )
        # Without offsets the marks come about 20 ms late, so the match is a little wider.
        i, j = matched(found.initial_contact_s, trial.initial_s, MATCH_S + 0.03)
        lateness.setdefault(trial.runner, []).extend(
            zip(
                (found.initial_contact_s[i] - trial.initial_s[j]) * 1000,
                (found.terminal_contact_s[i] - trial.terminal_s[j]) * 1000,
                strict=True,
            )
        )
    initial, terminal = np.mean([np.mean(values, axis=0) for values in lateness.values()], axis=0)
    return Offsets(float(initial), float(terminal))


def _only_shank(offsets: Offsets) -> Coefficients:
    from stridelab.analysis.gait.fitted import FITTED

    return Coefficients(offsets, FITTED.sacrum, FITTED.strike_offset_ms, FITTED.speed, FITTED.summary)


def ridge(names: Sequence[str], columns: Array, target: Array, weight: Array, penalty: float = RIDGE) -> Linear:
    """Ridge regression on standardised columns, weights adding up to 1."""
    weight = weight / weight.sum()
    mean, middle = weight @ columns, float(weight @ target)
    scale = np.sqrt(weight @ (columns - mean) ** 2)
    z = (columns - mean) / scale
    slope = np.linalg.solve(
        (z * weight[:, None]).T @ z + penalty * np.eye(len(names)), (z.T * weight) @ (target - middle)
    )
    slope = slope / scale
    return Linear(float(middle - slope @ mean), dict(zip(names, map(float, slope), strict=True)))


def least_absolute(names: Sequence[str], columns: Array, target: Array, weight: Array) -> Linear:
    """Linear model with the least weighted sum of absolute errors: a single odd runner does not pull it aside."""
    mean, scale = columns.mean(axis=0), columns.std(axis=0)
    z = np.column_stack([np.ones(len(target)), (columns - mean) / scale])
    # Each error is the difference of two parts that are not negative, and their sum is made small.
    found = linprog(
        np.concatenate([np.zeros(z.shape[1]), weight, weight]),
        A_eq=np.hstack([z, np.eye(len(target)), -np.eye(len(target))]),
        b_eq=target,
        bounds=[(None, None)] * z.shape[1] + [(0, None)] * (2 * len(target)),
    )
    if not found.success:
        raise RuntimeError(found.message)
    slope = found.x[1 : z.shape[1]] / scale
    return Linear(float(found.x[0] - slope @ mean), dict(zip(names, map(float, slope), strict=True)))


def step_table(trial: Trial, *, level: bool = False) -> dict[str, Array]:
    """Features of every step of a sacral trial that has a true stance, that stance, and its time.

    ``level`` finds up and forwards in the signal instead of taking the sensor's axes for them.
    """
    samples = checked(trial.acceleration_mps2, trial.rate_hz, "sacrum")
    step_s = 60 / float(np.median(cadence_of(samples, "sacrum", window_s=STANCE_WINDOW_S).cadence_spm))
    axes = None if level else ("vertical", "anteroposterior")
    everywhere = np.ones(len(samples.acceleration_g), dtype=bool)
    directions, _ = directions_of(samples.acceleration_g, axes, trial.rate_hz, 2 * step_s, everywhere)
    vertical, forward = directions["vertical"], directions["anteroposterior"]
    middle = steps.mid_flights(vertical, trial.rate_hz, step_s)
    long = np.diff(middle) / trial.rate_hz / step_s
    kept = (long > 0.6) & (long < 1.5)
    begin, end = middle[:-1][kept], middle[1:][kept]
    found = steps.step_features(vertical, forward, trial.rate_hz, begin, end)
    i, j = matched(found["strike_s"], trial.initial_s)
    names = sorted({*steps.FEATURES, *steps.VERTICAL_FEATURES})
    shape = steps.steadied(np.column_stack([found[name] for name in names]), np.flatnonzero(kept))[i]
    return {
        **dict(zip(names, shape.T, strict=True)),
        "speed_mps": np.full(len(i), trial.speed_mps),
        "contact_ms": trial.contact_ms[j],
        "strike_late_ms": (found["strike_s"][i] - trial.initial_s[j]) * 1000,
        "rise_late_ms": (found["rise_s"][i] - trial.initial_s[j]) * 1000,
        "weight": np.full(len(i), 1 / max(len(i), 1)),
    }


def fit_sacrum(trials: Sequence[Trial]) -> tuple[dict[str, Linear], dict[str, float]]:
    """The models and the offsets of the strike by the axes that are known, every trial counting the same."""
    models, offsets = {}, {}
    for axes, features, mark in (
        ("both", steps.FEATURES, "strike_late_ms"),
        ("level", steps.LEVEL_FEATURES, "rise_late_ms"),
        ("vertical", steps.VERTICAL_FEATURES, "rise_late_ms"),
    ):
        tables = [step_table(trial, level=axes == "level") for trial in trials]
        joined = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
        for suffix, names in (("", features), ("_with_speed", (*features, "speed_mps"))):
            columns = np.column_stack([joined[name] for name in names])
            models[axes + suffix] = ridge(names, columns, joined["contact_ms"], joined["weight"])
        offsets[axes] = float(np.average(joined[mark], weights=joined["weight"]))
    return models, offsets


def _runner_weight(runner: Array) -> Array:
    _, index, count = np.unique(runner, return_inverse=True, return_counts=True)
    return 1.0 / count[index]


SPEED_COLUMNS = ("inverse_speed_s_per_m", "step_time_ms")
SUMMARY_COLUMNS = (*SPEED_COLUMNS, "peak_bw", "impulse_bws")


def fit_speed(table: dict[str, Array], *, half_width_ms: float | None = None) -> SpeedModel:
    """Contact time from speed and step time; the half width is a quantile over runners left out one by one."""
    weight = _runner_weight(table["runner"])

    def linear(names: Sequence[str]) -> Linear:
        return ridge(names, np.column_stack([table[name] for name in names]), table["contact_ms"], weight, penalty=0.0)

    columns = np.column_stack([table[name] for name in SPEED_COLUMNS])
    share = weight / weight.sum()
    mean = share @ columns
    inverse = np.linalg.inv(((columns - mean) * share[:, None]).T @ (columns - mean))
    cadence = 60_000 / table["step_time_ms"]
    model = SpeedModel(
        main=linear(SPEED_COLUMNS),
        other=linear(("speed_mps", "step_time_ms")),
        half_width_ms=half_width_ms or 0.0,
        mean=(float(mean[0]), float(mean[1])),
        inverse_covariance=tuple(tuple(map(float, row)) for row in inverse),  # type: ignore[arg-type]
        runners=len(np.unique(table["runner"])),
        speed_mps=(float(table["speed_mps"].min()), float(table["speed_mps"].max())),
        # With 5 % of room: the interval widens with the distance from the data anyway.
        cadence_spm=(float(np.floor(0.95 * cadence.min())), float(np.ceil(1.05 * cadence.max()))),
    )
    if half_width_ms is not None:
        return model
    errors = []
    for runner in np.unique(table["runner"]):
        out = table["runner"] == runner
        less = fit_speed({name: column[~out] for name, column in table.items()}, half_width_ms=1.0)
        away = columns[out] - np.array(less.mean)
        leverage = np.einsum("ri,ij,rj->r", away, np.array(less.inverse_covariance), away) / less.runners
        error = less.main.of({name: table[name][out] for name in SPEED_COLUMNS}) - table["contact_ms"][out]
        errors.append(np.abs(error) / np.sqrt(1 + 1 / less.runners + leverage))
    # Conformal prediction for a new runner: it is runners that are exchangeable, not their rows, so every runner weighs
    # the same and one more may be worse than all of them (Lee, Barber & Willett 2023, arXiv:2306.06342).
    size, share = np.concatenate(errors), np.concatenate([np.full(len(part), 1 / len(part)) for part in errors])
    order = np.argsort(size)
    enough = np.cumsum(share[order]) >= 0.95 * (len(errors) + 1)
    return fit_speed(table, half_width_ms=float(size[order][enough][0]))


def fit_summary(table: dict[str, Array]) -> Linear:
    """Contact time from a sacral sensor's summary of a run."""
    columns = np.column_stack([table[name] for name in SUMMARY_COLUMNS])
    return least_absolute(SUMMARY_COLUMNS, columns, table["contact_ms"], _runner_weight(table["runner"]))


def fit(shank: Sequence[Trial], sacrum: Sequence[Trial], table: dict[str, Array]) -> Coefficients:
    """Everything."""
    models, offsets = fit_sacrum(sacrum)
    return Coefficients(
        fit_shank([trial for trial in shank if trial.running]), models, offsets, fit_speed(table), fit_summary(table)
    )


def accuracy() -> dict[str, Accuracy]:
    """Error of each method that has a truth, on what was left out."""
    import gait_accuracy

    return gait_accuracy.measured()


def text(fitted: Coefficients, measured: dict[str, Accuracy]) -> str:
    """The module."""
    return f"{HEAD}FITTED: Final = {_rounded(fitted)}\n\nACCURACY: Final = {_rounded(measured)}\n"


def _rounded(value: object) -> str:
    """Source of a value, numbers to seven digits."""
    if isinstance(value, float):
        return repr(float(f"{value:.7g}"))
    if isinstance(value, tuple):
        return f"({', '.join(map(_rounded, value))})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_rounded(part)}" for key, part in value.items()) + "}"
    if isinstance(value, str | int):
        return repr(value)
    names = value.__dataclass_fields__  # type: ignore[attr-defined]
    return f"{type(value).__name__}({', '.join(f'{name}={_rounded(getattr(value, name))}' for name in names)})"


def write() -> None:
    """Fit, write, and put into the house's style."""
    shank, sacrum, table = recordings.shank(), recordings.sacrum(), recordings.table()
    TARGET.write_text(text(fit(shank, sacrum, table), accuracy()), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", str(TARGET)], check=True)


if __name__ == "__main__":
    write()
