"""Every row of the reference tables of recovery, and the worked examples of the same definitions.

The tables lie beside the real recordings; the worked examples run without them.
"""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from stridelab.analysis import recovery

FloatArray = npt.NDArray[np.float64]


def clean_intervals() -> FloatArray:
    """The reference series, from the formula in the head of its table."""
    i = np.arange(600)
    return np.round(850 + 40 * np.sin(2 * np.pi * i / 7) + 25 * np.cos(2 * np.pi * i / 23) + 3 * ((37 * i % 11) - 5))


def series(folder: Path, name: str) -> FloatArray:
    return np.loadtxt(folder / f"{name}.csv", comments="#")


def test_worked_examples() -> None:
    rr = clean_intervals()
    assert recovery.rmssd_ms(rr) == pytest.approx(29.63464, abs=5e-6)
    assert recovery.sdnn_ms(rr) == pytest.approx(34.75115, abs=5e-6)
    assert recovery.pnn50_pct(rr) == pytest.approx(3.83973, abs=5e-6)
    assert recovery.pnn50_pct(rr, denominator="intervals") == pytest.approx(3.83333, abs=5e-6)
    assert recovery.dfa_alpha1(rr) == pytest.approx(0.85708, abs=5e-6)


def test_clean_series_is_that_of_its_formula(load_reference: Path) -> None:
    np.testing.assert_array_equal(series(load_reference, "rr_clean_600"), clean_intervals())


def test_variability_of_every_package(load_reference: Path) -> None:
    rr = series(load_reference, "rr_clean_600")
    change, rate = np.diff(rr), 60_000 / rr
    summary = recovery.heart_rate_variability(rr)
    own = {
        "mean_rr": summary.mean_rr_ms,
        "sdnn_ddof1": recovery.sdnn_ms(rr),
        "sdnn_ddof0": recovery.sdnn_ms(rr, ddof=0),
        "rmssd": summary.rmssd_ms,
        "ln_rmssd": summary.ln_rmssd,
        "sdsd_ddof1": change.std(ddof=1),
        "nn50": summary.pnn50_pct * len(change) / 100,
        "pnn50_over_ndiff": recovery.pnn50_pct(rr),
        "pnn50_over_n": recovery.pnn50_pct(rr, denominator="intervals"),
        "mean_hr_60000_over_meanRR": 60_000 / summary.mean_rr_ms,
        "mean_of_inst_hr": rate.mean(),
    }
    neurokit = {
        "HRV_MeanNN": own["mean_rr"],
        "HRV_SDNN": own["sdnn_ddof1"],
        "HRV_RMSSD": own["rmssd"],
        "HRV_SDSD": own["sdsd_ddof1"],
        "HRV_pNN50": own["pnn50_over_n"],
        "HRV_pNN20": recovery.pnn50_pct(rr, denominator="intervals", threshold_ms=20),
        "HRV_CVNN": summary.sdnn_ms / summary.mean_rr_ms,
    }
    packages = {
        "own": own,
        "hrv-analysis 1.0.5": {
            "mean_nni": own["mean_rr"],
            "sdnn": own["sdnn_ddof1"],
            "sdsd": change.std(),
            "rmssd": own["rmssd"],
            "nni_50": own["nn50"],
            "pnni_50": own["pnn50_over_ndiff"],
            "mean_hr": rate.mean(),
            "cvsd": summary.rmssd_ms / summary.mean_rr_ms,
            "cvnni": summary.sdnn_ms / summary.mean_rr_ms,
            "median_nni": np.median(rr),
            "range_nni": np.ptp(rr),
        },
        "neurokit2 0.2.13 (RRI input)": neurokit,
        "neurokit2 0.2.13 (peaks input)": neurokit,
        "pyhrv 0.5.0": {
            "rmssd": own["rmssd"],
            "sdnn": own["sdnn_ddof1"],
            "nn50": own["nn50"],
            "pnn50": own["pnn50_over_ndiff"],
        },
    }
    # Geometric measures, which depend on the width of bins, are not computed here.
    left_out = {"HRV_HTI", "HRV_TINN"}
    rows = pd.read_csv(load_reference / "hrv_reference.csv", comment="#")
    assert len(rows) == 47
    for row in rows.to_dict("records"):
        name, metric = row["implementation"], row["metric"]
        if "DFA" not in metric and metric not in left_out:
            assert packages[name][metric] == pytest.approx(row["value"], abs=6e-7), (name, metric)


def test_fractal_exponent_of_every_variant(load_reference: Path) -> None:
    rr = series(load_reference, "rr_clean_600")
    noise = np.random.default_rng(0).standard_normal(20_000)
    # Intervals are positive; where the series lies does not matter.
    white, brown = noise + 1000, np.cumsum(noise) + 1e5
    rows = pd.read_csv(load_reference / "hrv_reference.csv", comment="#")
    value = rows.loc[rows["metric"].str.contains("DFA"), "value"].to_list()
    assert len(value) == 7
    found = [recovery.dfa_alpha1(rr), recovery.dfa_alpha1(rr, variant="overlapping"), recovery.dfa_alpha1(rr)]
    assert found == pytest.approx(value[:3], abs=6e-7)
    assert [recovery.dfa_alpha1(white), recovery.dfa_alpha1(brown)] == pytest.approx(value[4:6], abs=6e-7)
    # neurokit2 places overlapping boxes, and those of the noise, in a way of its own.
    assert found[1] == pytest.approx(value[3], abs=3e-3)
    assert recovery.dfa_alpha1(white) == pytest.approx(value[6], abs=2e-4)


def test_artefacts_and_their_correction(load_reference: Path) -> None:
    clean, raw = series(load_reference, "rr_clean_600"), series(load_reference, "rr_artefacts")
    value = pd.read_csv(load_reference / "artefact_reference.csv", comment="#").set_index("quantity")["value"]
    assert len(value) == 11
    kind = recovery.find_artefacts(raw)
    for name in recovery.KINDS:
        # The table counts beats: interval i ends with beat i + 1.
        expected = ast.literal_eval(value[f"{name.replace('_', '')}_indices(single pass)"])
        assert (np.flatnonzero(kind == name) + 1).tolist() == expected, name
    assert (recovery.find_artefacts(clean) == "").all()
    once, again = recovery.correct_artefacts(raw, iterate=False), recovery.correct_artefacts(raw)
    lengths = [len(clean), len(raw), len(once.rr_ms)]
    assert lengths == [int(value[name]) for name in ("n_clean", "n_raw", "n_corrected")]
    assert recovery.rmssd_ms(clean) == pytest.approx(float(value["rmssd_clean"]), abs=6e-6)
    assert recovery.rmssd_ms(raw) == pytest.approx(float(value["rmssd_raw_with_artefacts"]), abs=6e-6)
    # neurokit2 cuts corrected beats to whole milliseconds, which is not in the paper.
    for found, name in ((once, "single_pass"), (again, "iterative")):
        assert recovery.rmssd_ms(found.rr_ms) == pytest.approx(float(value[f"rmssd_corrected_{name}"]), rel=1e-3)
        assert found.artefact_share == pytest.approx(9 / 599)


def test_smallest_worthwhile_change_of_every_day(load_reference: Path) -> None:
    rows = pd.read_csv(load_reference / "hrv_daily_swc.csv", comment="#")
    assert len(rows) == 60
    days = recovery.rolling_baseline(rows["ln_rmssd"])
    columns = ["week_mean", "week_cv_pct", "baseline_mean", "baseline_sd", "lower", "upper"]
    np.testing.assert_allclose(days[columns], rows.iloc[:, 3:9], rtol=1e-6, atol=6e-7)
    assert days["status"].tolist() == rows["status"].fillna("").tolist()
    np.testing.assert_allclose(np.exp(rows["ln_rmssd"]), rows["rmssd_ms"], atol=6e-5)
