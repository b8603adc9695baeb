"""An estimate is wider the less is known, and never a measurement."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.analysis.gait import contact_time_from_sacral_summary, estimate_contact_time


@given(st.floats(1.5, 9.0), st.floats(120, 260))
def test_bounds_hold_the_value(speed: float, cadence: float) -> None:
    found = estimate_contact_time(speed, cadence)
    assert found.low_ms < found.value_ms < found.high_ms
    assert isinstance(found.value_ms, float)
    assert found.in_domain == (3.8 <= speed <= 5.4 and 161 <= cadence <= 242)


def test_wider_outside() -> None:
    def width(speed: float) -> float:
        found = estimate_contact_time(speed, 180)
        return float(found.high_ms - found.low_ms)

    inside = width(4.5)
    assert 36 < inside < 48
    assert inside < width(3.3) < width(2.8) < width(2.2)
    assert width(6.5) > inside


def test_faster_and_quicker_is_shorter() -> None:
    speeds = estimate_contact_time(np.linspace(2, 6, 9), 180.0).value_ms
    steps = estimate_contact_time(4.5, np.linspace(150, 220, 9)).value_ms
    assert (np.diff(speeds) < 0).all()
    assert (np.diff(steps) < 0).all()


@pytest.mark.parametrize(("speed", "cadence"), [(np.nan, 180), (4, np.nan), (0, 0), (1.0, 180), (4, 90), (16, 180)])
def test_nothing_from_nothing(speed: float, cadence: float) -> None:
    found = estimate_contact_time(speed, cadence, height_m=1.8)
    assert np.isnan([found.value_ms, found.low_ms, found.high_ms]).all()
    assert found.in_domain is False


def test_a_summary_with_a_hole_is_nan() -> None:
    found = contact_time_from_sacral_summary([3.8, 0.0, 3.8], 3.0, [2.9, 2.9, np.nan], 0.35)
    assert np.isfinite(found).tolist() == [True, False, False]
