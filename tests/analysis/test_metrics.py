"""The registry of metrics names what exists, and the page says what the registry says."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

from stridelab.analysis import load, pace, recovery
from stridelab.analysis.days import DAY_LOADS, MECHANICAL_LOADS
from stridelab.analysis.history import ACTIVITY_COLUMNS
from stridelab.analysis.metrics import METRICS
from stridelab.analysis.metrics_page import metrics_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_can_be_traced(name: str) -> None:
    variants = METRICS[name]
    assert [variant.default for variant in variants].count(True) == 1
    assert len({variant.variant for variant in variants}) == len(variants)
    for variant in variants:
        module, _, function = variant.function.rpartition(".")
        assert inspect.getdoc(getattr(importlib.import_module(module), function))
        assert variant.formula
        assert variant.source
        assert variant.inputs
        assert (PAGE.parents[1] / variant.reproduce.removeprefix("python -m pytest ")).exists()


def test_every_number_of_sessions_and_days_is_explained() -> None:
    of_the_recording = {"utc_offset_s", "timer_time_s", "elapsed_time_s", "distance_m", "ascent_m"}
    numbers = {name for name, dtype in ACTIVITY_COLUMNS.items() if dtype == "float64"} - of_the_recording
    assert {name for name in numbers if not name.startswith("heart_rate_zone_")} <= set(METRICS)
    assert set(DAY_LOADS) | set(MECHANICAL_LOADS) <= set(METRICS)


def test_every_function_that_gives_a_metric_is_registered() -> None:
    helpers = {
        # Parts of metrics, and what is only counted or fitted on the way to one.
        "all_time",
        "banister_weight_per_min",
        "count_samples",
        "find_artefacts",
        "fit_lactate_weighting",
        "grade_factor",
        "impulse_response",
        "influence_days",
        "stress_score",
        "walking_cost_j_per_kg_m",
        "zonal_load",
        "zone_of",
    }
    named = {variant.function.rpartition(".")[2] for variants in METRICS.values() for variant in variants}
    functions = {
        name
        for module in (load, pace, recovery)
        for name in module.__all__
        if inspect.isfunction(getattr(module, name))
    }
    assert functions - named == helpers


def test_the_page_is_that_of_the_registry() -> None:
    assert PAGE.read_text(encoding="utf-8") == metrics_page(), "run python -m stridelab.analysis.metrics_page"
