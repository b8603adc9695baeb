"""What is derived of a recording, through the store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stridelab import importers
from stridelab.analysis.history import ACTIVITY_COLUMNS, DEPENDENT_COLUMNS
from stridelab.analysis.session import summarise
from stridelab.fixtures import simulate_activities
from stridelab.fixtures.fit_writer import write_fit
from stridelab.store import Store


def test_a_session_comes_back_with_every_column(tmp_path: Path) -> None:
    """What is derived when a file is imported is what a history has, numbers and words alike."""
    activity = next(iter(simulate_activities("normal", 2)))
    store, file = Store.open(tmp_path / "s"), tmp_path / "run.fit"
    file.write_bytes(write_fit(activity))
    store.import_(file)
    read = importers.read(file).activities[0]
    row, session = store.history().activities.iloc[0], summarise(read)
    independent = [name for name in ACTIVITY_COLUMNS if name not in (*DEPENDENT_COLUMNS, "title")]
    assert row[["flat_cadence_spm", "mechanical_load_m4", "load"]].notna().all()
    for name in independent:
        expected = session.row.get(name)
        if isinstance(expected, float) and not np.isnan(expected):
            assert row[name] == pytest.approx(expected), name
        elif isinstance(expected, str):
            assert row[name] == expected, name
    best = store.history().best_efforts[0]
    np.testing.assert_allclose(best[: len(session.best_efforts)], session.best_efforts)
