"""The calibration and the accuracy page are what the recordings give, and the targets that are reached stay reached."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from stridelab.analysis.gait.fitted import ACCURACY, FITTED

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for part in value.values() for number in _numbers(part)]
    if isinstance(value, list | tuple):
        return [number for part in value for number in _numbers(part)]
    return [] if isinstance(value, str) else [float(value)]


def _split(page: str) -> tuple[list[str], list[float]]:
    """The words of a page and its numbers."""
    number = re.compile(r"[+−-]?\d+(?:\.\d+)?")
    return number.split(page), [float(text.replace("−", "-")) for text in number.findall(page)]


def test_the_calibration_is_what_the_recordings_give(
    corpus: Path, gait_fit: ModuleType, gait_recordings: ModuleType
) -> None:
    fitted = gait_fit.fit(gait_recordings.shank(), gait_recordings.sacrum(), gait_recordings.table())
    now, then = _numbers(asdict(fitted)), _numbers(asdict(FITTED))
    np.testing.assert_allclose(now, then, rtol=1e-4, atol=1e-6, err_msg="run `python tests/corpus/gait_fit.py`")


def test_the_page_is_what_the_script_writes(corpus: Path, gait_accuracy: ModuleType) -> None:
    measured = gait_accuracy.measured()
    assert measured.keys() == ACCURACY.keys()
    for name, accuracy in measured.items():
        np.testing.assert_allclose(_numbers(asdict(accuracy)), _numbers(asdict(ACCURACY[name])), rtol=1e-3, atol=1e-3)
    (told, told_numbers), (now, numbers) = map(_split, (gait_accuracy.PAGE.read_text("utf-8"), gait_accuracy.page()))
    assert told == now, "run `python tests/corpus/gait_accuracy.py`"
    # Another version of numpy may round the last digit the other way.
    np.testing.assert_allclose(told_numbers, numbers, atol=0.11)


def test_targets_that_are_reached(corpus: Path, gait_scoring: ModuleType) -> None:
    scoring = gait_scoring
    plain = scoring.shank_errors()
    for errors in (plain, scoring.shank_errors(scoring.turned_and_noisy), scoring.shank_errors(scoring.at_100_hz)):
        assert abs(errors.bias) <= 3
        assert errors.mae <= 6
        assert abs(errors.mae - plain.mae) <= 1
        assert errors.limits[0] >= -15
        assert errors.limits[1] <= 15
        assert len(errors.value) >= 0.96 * errors.true
        assert errors.extra <= 1
    assert plain.mae < scoring.shank_null_errors().mae
    assert scoring.sacral_errors(speed=True).mae <= 8
    assert scoring.sacral_errors(speed=False).mae <= 10
    running = [trial for trial in scoring.shank_trials() if trial.running]
    assert scoring.cadence_errors(running, "shank", 1, 5.0).mae <= 0.4
    assert scoring.cadence_errors(scoring.sacral_trials(), "sacrum", 2, 4.0).mae <= 0.4
    hip = scoring.hip_errors()
    assert hip.mae <= 0.7
    assert np.mean(~(np.abs(hip.value) <= 5)) <= 0.01
    assert set(scoring.walking_states()) == {"walking"}
    assert scoring.cadence_errors(scoring.sacral_trials(), "sacrum", 2, 10.0).mae <= 0.4
    assert scoring.summary_errors().rmse <= 6.0
    _, held = scoring.speed_errors()
    assert 0.93 <= held <= 0.97
