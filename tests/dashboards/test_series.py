from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stridelab.dashboards.figures.series import drawn


def test_a_long_series_is_thinned_but_keeps_its_extremes() -> None:
    time = np.arange(100_000.0)
    values = np.sin(time / 500)
    values[41_234], values[77_777] = 9.0, -9.0

    shown_time, shown = drawn(time, values, points=2000)

    assert 1500 <= len(shown) <= 2010
    assert (shown.max(), shown.min()) == (9.0, -9.0)
    assert shown_time[shown.argmax()] == 41_234


def test_a_gap_stays_open_after_thinning() -> None:
    time = np.concatenate([np.arange(0.0, 20_000), np.arange(30_000.0, 50_000)])

    shown_time, shown = drawn(time, np.ones(len(time)), points=500)

    assert np.isnan(shown).sum() == 1
    edge = int(np.flatnonzero(np.isnan(shown))[0])
    assert shown_time[edge - 1] == 19_999
    assert shown_time[edge + 1] == 30_000


def test_a_channel_recorded_every_five_seconds_is_one_line() -> None:
    time = np.arange(600.0)
    values = np.where(time % 5 == 0, 140.0, np.nan)

    assert not np.isnan(drawn(time, values)[1]).any()


def test_nothing_valid_gives_nothing() -> None:
    assert len(drawn(np.arange(5.0), np.full(5, np.nan))[1]) == 0
    assert len(drawn(np.array([]), np.array([]))[1]) == 0


@given(st.lists(st.tuples(st.floats(0.5, 100), st.floats(-1e3, 1e3) | st.just(float("nan"))), max_size=300))
def test_every_point_drawn_is_a_point_of_the_data(steps: list[tuple[float, float]]) -> None:
    time = np.cumsum([step for step, _ in steps]) if steps else np.array([])
    values = np.array([value for _, value in steps], dtype=np.float64)

    shown_time, shown = drawn(time, values, points=50)

    assert (np.diff(shown_time) > 0).all()
    real = np.isfinite(shown)
    known = dict(zip(time.tolist(), values.tolist(), strict=True))
    assert all(known[t] == v for t, v in zip(shown_time[real].tolist(), shown[real].tolist(), strict=True))
