"""CTL, ATL and TSB in the three published variants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from stridelab.analysis.load import VARIANTS, fitness_fatigue

# Load of the first days of a reference series, and what each tool gives there.
LOAD = [60.0, 0.0, 45.0, 80.0, 0.0]
EXPECTED = {
    "exponential": (
        [1.411699, 1.378484, 2.404825, 4.230508, 4.130971],
        [7.987326, 6.924036, 11.992789, 21.046051, 18.244357],
    ),
    "reciprocal": (
        [1.428571, 1.394558, 2.432783, 4.279621, 4.177725],
        [8.571429, 7.346939, 12.725948, 22.336526, 19.145594],
    ),
    "span": ([2.790698, 2.660898, 4.630158, 8.135732, 7.757326], [15.0, 11.25, 19.6875, 34.765625, 26.074219]),
}


@pytest.mark.parametrize("variant", list(EXPECTED))
def test_each_variant_equals_its_tool(variant: str) -> None:
    ctl, atl = EXPECTED[variant]
    found = fitness_fatigue(LOAD, variant=variant)
    np.testing.assert_allclose(found["ctl"], ctl, atol=1e-6)
    np.testing.assert_allclose(found["atl"], atl, atol=1e-6)


def test_runalyze_unit_test_integers() -> None:
    found = fitness_fatigue([150.0, 50.0, 40.0, 0.0, 0.0, 60.0, 30.0, 100.0], variant="span")
    assert found["ctl"].round().astype(int).tolist() == [7, 9, 10, 10, 9, 12, 13, 17]
    assert found["atl"].round().astype(int).tolist() == [38, 41, 40, 30, 23, 32, 32, 49]


def test_form_is_yesterdays_by_default_and_todays_for_span() -> None:
    default, span = fitness_fatigue(LOAD), fitness_fatigue(LOAD, variant="span")
    np.testing.assert_allclose(default["tsb"], [0.0, -6.575627, -5.545552, -9.587964, -16.815543], atol=1e-6)
    np.testing.assert_allclose(span["tsb"], span["ctl"] - span["atl"])


def test_a_constant_load_becomes_fitness_and_fatigue() -> None:
    last = fitness_fatigue(np.full(1000, 50.0)).iloc[-1]
    assert last[["ctl", "atl"]].tolist() == pytest.approx([50.0, 50.0], abs=1e-6)


def test_an_unknown_load_adds_nothing() -> None:
    pd.testing.assert_frame_equal(fitness_fatigue([60.0, np.nan, 45.0]), fitness_fatigue([60.0, 0.0, 45.0]))


@pytest.mark.parametrize("variant", list(VARIANTS))
def test_no_day_gives_no_day(variant: str) -> None:
    assert fitness_fatigue([], variant=variant).shape == (0, 3)


def test_the_index_of_the_load_is_kept() -> None:
    load = pd.Series(LOAD, index=pd.date_range("2026-01-01", periods=5))
    assert fitness_fatigue(load).index.equals(load.index)
