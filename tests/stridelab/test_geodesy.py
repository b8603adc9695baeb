from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.geodesy import step_distances_m


def step(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    return float(step_distances_m(np.array([latitude, to_latitude]), np.array([longitude, to_longitude]))[0])


@pytest.mark.parametrize(
    ("positions", "metres"),
    [
        # Length of a degree on WGS 84 (National Geospatial-Intelligence Agency's tables).
        ((-0.5, 0, 0.5, 0), 110_574.3),
        ((44.5, 0, 45.5, 0), 111_131.8),
        ((59.5, 0, 60.5, 0), 111_412.2),
        ((0, 0, 0, 1), 111_319.5),
        ((45, 10, 45, 11), 78_846.8),
        ((60, -170, 60, -171), 55_800.0),
    ],
)
def test_a_degree_is_as_long_as_the_tables_say(positions: tuple[float, float, float, float], metres: float) -> None:
    assert step(*positions) == pytest.approx(metres, rel=1e-4)


def test_the_way_across_the_date_line_is_the_short_one() -> None:
    assert step(0, 179.9995, 0, -179.9995) == pytest.approx(111.3195, abs=1e-3)


def test_a_long_step_is_a_great_circle() -> None:
    assert step(0, 0, 0, 90) == pytest.approx(10_007_557, rel=1e-6)


def test_missing_positions_give_missing_steps_and_none_gives_none() -> None:
    assert np.isnan(step(47, 8, np.nan, 8))
    assert step_distances_m(np.array([47.0]), np.array([8.0])).shape == (0,)


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))
def test_it_is_the_same_there_and_back(latitude: float, longitude: float, north: float, east: float) -> None:
    there = step(latitude, longitude, latitude + north, longitude + east)
    assert there == pytest.approx(step(latitude + north, longitude + east, latitude, longitude), rel=1e-9, abs=1e-9)
    assert there >= 0
