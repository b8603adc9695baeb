"""Charts of real recordings: whatever a device left out, a chart comes out and says what is missing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stridelab.analysis.history import build_history
from stridelab.analysis.session import heart_rate_seconds, session_row
from stridelab.athlete import Athlete
from stridelab.dashboards.figures import activity_chart
from stridelab.dashboards.report import weekly_report
from stridelab.dashboards.static import dashboard_page
from stridelab.errors import ReadError
from stridelab.importers import read

pytestmark = pytest.mark.corpus


def test_a_sample_of_the_corpus_can_be_drawn_and_reported(corpus: Path) -> None:
    files = sorted(path for path in (corpus / "fit").rglob("*.fit") if path.is_file())[::6]
    activities = []
    for path in files:
        try:
            activities += read(path).activities
        except ReadError:
            continue
    assert len(activities) > 30

    for activity in activities:
        chart = activity_chart(activity)
        assert chart.title
        assert len(chart.labels) == len(chart.figure.data)
        assert len(json.dumps(chart.figure.to_plotly_json(), default=str)) > 100
        for trace in chart.figure.data:
            assert np.isfinite(np.asarray(trace.y, dtype=np.float64)).any()

    rows = pd.DataFrame([session_row(activity) for activity in activities])
    history = build_history(Athlete(), rows, np.array([heart_rate_seconds(activity) for activity in activities]))
    page = dashboard_page(history, activities)
    assert len(page) < 8_000_000
    assert weekly_report(history).week is not None
