"""Every row of the reference tables of load and pace, at the tolerance that its rounding allows.

The tables lie beside the real recordings; the worked examples in the other tests of this folder run without them.
"""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stridelab.analysis import load, pace
from stridelab.analysis.critical import BALANCE_VARIANTS, fit_critical


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", comment="#")


def assert_column(found: object, expected: pd.Series, decimals: int = 6) -> None:
    """Equal to the last digit that is given, and unknown in the same rows."""
    np.testing.assert_allclose(
        np.asarray(found, dtype=float), expected.to_numpy(dtype=float), rtol=1e-6, atol=0.6 * 10.0**-decimals
    )


def test_trimp_of_every_variant(load_reference: Path) -> None:
    rows = table(load_reference, "trimp_banister")
    assert len(rows) == 6
    own = {name: name.split("(")[0].split("_")[1:] for name in rows.columns[6:]}
    for row in rows.to_dict("records"):
        limits = {"resting_heart_rate_bpm": row["hr_rest"], "max_heart_rate_bpm": row["hr_max"]}
        given = ([row["mean_hr"]], [row["minutes"] * 60])
        for name, (a, b) in own.items():
            # The inputs have five decimals, so the load of an hour is known to some 1e-5.
            found = load.individual_trimp(*given, a=float(a), b=float(b), **limits)
            assert found == pytest.approx(row[name], rel=1e-6, abs=1e-5), name
        for sex, column in (("male", 6), ("female", 7), ("unspecified", 10)):
            found = load.banister_trimp(*given, sex=sex, **limits)
            assert found == pytest.approx(row[rows.columns[column]], rel=1e-6, abs=1e-5)


def test_trimp_by_sample_and_by_mean(load_reference: Path) -> None:
    row = table(load_reference, "trimp_samplewise_vs_mean").iloc[0]
    limits = {"resting_heart_rate_bpm": 50, "max_heart_rate_bpm": 190, "sex": "male"}
    assert load.banister_trimp([180, 120] * 10, [120] * 20, **limits) == pytest.approx(row["samplewise"], abs=6e-5)
    assert load.banister_trimp([150], [2400], **limits) == pytest.approx(row["mean_hr"], abs=6e-5)


def test_zones_and_exertion(load_reference: Path) -> None:
    result = table(load_reference, "trimp_zones")["result"].to_list()
    five = np.array([12, 20, 15, 8, 5]) * 60
    rates, max_rate = np.array([110, 130, 150, 170, 190]), {"max_heart_rate_bpm": 200}
    found = [
        load.edwards_trimp(rates, five, **max_rate),
        load.lucia_trimp([120, 150, 180], [2400, 900, 300], vt1_bpm=140, vt2_bpm=165),
        load.edwards_trimp(rates, five, variant="goldencheetah", **max_rate),
        load.session_rpe_load(3600, 6),
        load.session_rpe_load(2700, 8),
    ]
    assert found == pytest.approx(result, rel=1e-9)


def test_individual_trimp(load_reference: Path) -> None:
    value = table(load_reference, "itrimp").set_index("quantity")["value"]
    x, lactate = (np.array(value[name].split(), dtype=float) for name in ("points_x", "points_lactate"))
    a, b = load.fit_lactate_weighting(x, lactate)
    assert (a, b) == pytest.approx((float(value["A (loglinear OLS)"]), float(value["b"])), abs=6e-7)
    minutes, rates = np.array(ast.literal_eval(value["segments (min,bpm) rest50 max190"])).T
    limits = {"resting_heart_rate_bpm": 50, "max_heart_rate_bpm": 190}
    assert load.individual_trimp(rates, minutes * 60, a=a, b=b, **limits) == pytest.approx(
        float(value["iTRIMP"]), abs=6e-5
    )


def test_normalised_power(load_reference: Path) -> None:
    power = {
        "constant250W_3600s": np.full(3600, 250.0),
        "20x(60s@400+120s@150)": np.tile(np.repeat([400.0, 150.0], [60, 120]), 20),
        "linear 100->300W, 1800 samples": np.linspace(100, 300, 1800),
    }
    variants = {"full": "full", "zero-filled": "zero_filled", "growing": "growing"}
    rows = table(load_reference, "np_if_tss")
    assert len(rows) == 9
    for row in rows.to_dict("records"):
        watts, variant = power[row["power_1Hz"]], variants[row["np_variant"].split()[0]]
        seconds = np.ones(len(watts))
        normalised = load.normalised_mean(watts, seconds, variant=variant)
        assert normalised == pytest.approx(row["np_w"], abs=6e-5)
        assert normalised / 250 == pytest.approx(row["IF(FTP250)"], abs=6e-6)
        score = load.power_tss(watts, seconds, threshold_power_w=250, variant=variant)
        assert score == pytest.approx(row["TSS"], abs=6e-5)


def test_running_and_heart_rate_scores(load_reference: Path) -> None:
    value = table(load_reference, "rtss_hrtss")["value"].to_list()
    mile = 1609.344
    limits = {"resting_heart_rate_bpm": 45, "max_heart_rate_bpm": 185, "threshold_heart_rate_bpm": 161}
    found = [
        load.running_tss(np.full(1800, 1000 / 300), np.ones(1800), threshold_speed_mps=1000 / 270),
        load.running_tss(np.full(3600, 1000 / 270), np.ones(3600), threshold_speed_mps=1000 / 270),
        load.running_tss(np.full(3600, mile / 360), np.ones(3600), threshold_speed_mps=mile / 240),
        load.heart_rate_tss([155], [7200], sex="male", **limits),
        load.heart_rate_tss([155], [7200], variant="squared_reserve", **limits),
    ]
    assert found == pytest.approx(value, abs=6e-5)


def test_running_power_score(load_reference: Path) -> None:
    for row in table(load_reference, "rss_like").to_dict("records"):
        given = {"power_w": [row["P_over_CP"] * 280], "duration_s": [row["minutes"] * 60], "critical_power_w": 280}
        assert load.running_power_score(**given, exponent=2) == pytest.approx(row["TSS_K2"], abs=6e-5)
        assert load.running_power_score(**given) == pytest.approx(row["RSSlike_K3"], abs=6e-5)
        # Another runner's fit of Stryd's own scores, an exponential: near K = 3 only between easy and threshold.
        assert 0.82 < load.running_power_score(**given) / row["georgeron_exp_fit"] < 1


def test_running_power(load_reference: Path) -> None:
    rows = table(load_reference, "govss_running_power")
    assert len(rows) == 20
    found = load.running_power_w(rows["speed_m_s"], rows["slope"], body_mass_kg=70, height_m=1.75)
    assert_column(found, rows["watts"], decimals=4)
    # The published example of the score: LNP 229 W at 0.82 of threshold over 4002 s gives 75.
    assert load.stress_score(229, 229 / 0.82, 4002) == pytest.approx(75, abs=0.5)


def test_cost_of_slopes(load_reference: Path) -> None:
    rows = table(load_reference, "minetti_gradient")
    assert len(rows) == 27
    grade = rows["gradient"]
    assert_column(pace.running_cost_j_per_kg_m(grade), rows["C_run_J_kg_m"], decimals=5)
    assert_column(pace.walking_cost_j_per_kg_m(grade), rows["C_walk_J_kg_m"], decimals=5)
    assert_column(pace.grade_factor(grade), rows["factor_vs_level(3.6)"], decimals=5)
    empirical = pace.grade_factor(grade, variant="empirical")
    steep = grade.abs() > 0.4  # held at its ends, which the table gives with three decimals
    assert_column(empirical[~steep], rows.loc[~steep, "GoldenCheetah_strava_fit_factor"], decimals=4)
    assert_column(empirical[steep], rows.loc[steep, "GoldenCheetah_strava_fit_factor"], decimals=3)
    # What was measured: 18.93 ± 1.74, 3.92 ± 0.81, 3.40 ± 0.24, 1.73 ± 0.36.
    measured = rows["minetti_measured_C_run"]
    assert measured.count() == 4
    assert ((rows["C_run_J_kg_m"] - measured).abs().dropna() < 0.6).all()


def test_critical_power_and_speed(load_reference: Path) -> None:
    rows = table(load_reference, "cp_cs_fit")
    trials = np.array([[453, 160], [430, 205], [405, 260], [375, 430], [360, 685]], dtype=float)
    runs = np.array([[1200, 258], [2400, 546], [3600, 840]], dtype=float)
    moritani = np.array([[400, 102], [350, 132], [300, 186], [275, 240]], dtype=float)
    found = [
        load.critical_power(trials[:, 1], trials[:, 0]),
        load.critical_power(trials[:, 1], trials[:, 0], model="total_time"),
        fit_critical(moritani[:, 1] / 60, moritani.prod(axis=1) / 60),  # in minutes, as it was published
        pace.critical_speed(runs[:, 1], runs[:, 0]),
        pace.critical_speed(runs[:, 1], runs[:, 0], model="inverse_time"),
    ]
    assert [fit.critical for fit in found] == pytest.approx(rows["CP_or_CS"].to_list(), rel=1e-6)
    assert [fit.reserve for fit in found] == pytest.approx(rows["Wprime_or_Dprime"].to_list(), rel=1e-6)


def test_reserve_balance(load_reference: Path) -> None:
    rows = table(load_reference, "wbal")
    intervals = np.tile(np.repeat([400.0, 150.0], [60, 90]), 5)
    power = np.concatenate([np.full(300, 200.0), intervals, np.full(300, 180.0)])
    at = rows["t_s(1Hz index)"].to_numpy()
    assert power[at] == pytest.approx(rows["power_w"])
    variants = ["integral", "integral_whole_tau", "differential", "exponential", "instantaneous"]
    assert set(variants) == set(BALANCE_VARIANTS)
    for variant, column in zip(variants, rows.columns[2:], strict=True):
        left = load.w_prime_balance_j(power, np.ones(1350), critical_power_w=250, w_prime_j=20000, variant=variant)
        assert_column(left[at], rows[column], decimals=4)


def test_fitness_and_fatigue(load_reference: Path) -> None:
    rows = table(load_reference, "pmc_daily")
    assert len(rows) == 112
    columns = {"exponential": "exp", "reciprocal": "1_over_tau", "span": "2_over_N1"}
    for variant, name in columns.items():
        found = load.fitness_fatigue(rows["load"], variant=variant)
        assert_column(found["ctl"], rows[f"ctl_{name}"])
        assert_column(found["atl"], rows[f"atl_{name}"])
    found = load.fitness_fatigue(rows["load"])
    assert_column(found["tsb"], rows["tsb_yesterday(TrainingPeaks/GC default)"])
    same_day = load.fitness_fatigue(rows["load"], form_from_previous_day=False)
    assert_column(same_day["tsb"], rows["tsb_same_day(intervals.icu/GC sbToday)"])
    assert_column(load.ramp_rate(found["ctl"]), rows["ramp7_ctl_exp"])


def test_fitness_as_runalyze_rounds_it(load_reference: Path) -> None:
    rows = table(load_reference, "pmc_runalyze_unit_test")
    found = load.fitness_fatigue(rows["trimp"], variant="span")
    assert_column(found["ctl"], rows["ctl_2/43"], decimals=5)
    assert_column(found["atl"], rows["atl_2/8"], decimals=5)
    assert np.floor(found["ctl"] + 0.5).tolist() == rows["published_ctl_int"].to_list()
    assert np.floor(found["atl"] + 0.5).tolist() == rows["published_atl_int"].to_list()


def test_ratios_monotony_and_redi(load_reference: Path) -> None:
    daily = table(load_reference, "pmc_daily")["load"].to_numpy()
    rows = table(load_reference, "acwr_monotony_redi")
    assert len(rows) == 85
    day = rows["day"].to_numpy()
    for variant, column in zip(("coupled", "uncoupled", "ewma", "ewma_uncoupled"), rows.columns[2:6], strict=True):
        assert_column(load.acute_chronic_ratio(daily, variant=variant)[day], rows[column])
    population, sample = (load.monotony_strain(daily, ddof=ddof).iloc[day] for ddof in (0, 1))
    assert_column(population["monotony"], rows["monotony_ddof0"])
    assert_column(sample["monotony"], rows["monotony_ddof1"])
    assert_column(sample["strain"], rows["strain_ddof1"], decimals=4)
    assert_column(load.redi(daily)[day], rows["redi_lam0.1"])
    holes = daily.copy()
    holes[[20, 21, 50, 51, 52, 90]] = np.nan
    assert_column(load.redi(holes)[day], rows[rows.columns[-1]])


def test_weeks_of_foster(load_reference: Path) -> None:
    for row in table(load_reference, "monotony_unit").to_dict("records"):
        for ddof, name in ((0, "pop"), (1, "samp")):
            found = load.monotony_strain(ast.literal_eval(row["week"]), ddof=ddof).iloc[-1]
            assert found["monotony"] == pytest.approx(row[f"monotony_{name}"], abs=6e-7)
            assert found["strain"] == pytest.approx(row[f"strain_{name}"], rel=1e-6)


def test_impulse_response_of_the_published_season(load_reference: Path) -> None:
    rows = table(load_reference, "banister_ir_clarke_fig8")
    given = table(load_reference, "banister_ir_refit").set_index("param")
    tests = rows["test_power_w"].notna()
    assert tests.sum() == 9
    for column in ("published", "refit"):
        fit = given[column]
        gains = {name: fit[name] for name in ("p0", "k1", "k2")}
        taus = {"tau_fitness_d": fit["tau1"], "tau_fatigue_d": fit["tau2"]}
        response = load.impulse_response(rows["bikescore"], **gains, **taus)
        modelled = response["performance"]
        if column == "published":
            # The gains are given with six decimals.
            known_to = 5e-7 * (1 + response["fitness"] + response["fatigue"])
            assert ((modelled - rows["published_p(t)"]).abs() < known_to).all()
        squares = ((modelled - rows["test_power_w"])[tests] ** 2).sum()
        assert squares == pytest.approx(fit["SSE"], rel=1e-4)
    published = given["published"]
    days = load.influence_days(
        k1=published["k1"],
        k2=published["k2"],
        tau_fitness_d=published["tau1"],
        tau_fatigue_d=published["tau2"],
    )
    assert days == pytest.approx((published["tn"], published["tg"]), abs=1e-3)


def test_fit_with_the_published_time_constants(load_reference: Path) -> None:
    rows = table(load_reference, "banister_ir_clarke_fig8")
    published = table(load_reference, "banister_ir_refit").set_index("param")["published"]
    taus = {"tau_fitness_d": published["tau1"], "tau_fatigue_d": published["tau2"]}
    fit = load.fit_impulse_response(rows["bikescore"], rows["test_power_w"], **taus)
    assert (fit.p0, fit.k1, fit.k2) == pytest.approx(tuple(published[["p0", "k1", "k2"]]), rel=2e-3)
    assert fit.r_squared == pytest.approx(0.97922, abs=1e-5)


def test_decoupling_and_efficiency(load_reference: Path) -> None:
    rows = table(load_reference, "decoupling_ef")
    seconds, speed = np.ones(3600), np.full(3600, 3.5)
    for rate, row in zip((np.linspace(140, 154, 3600), np.full(3600, 145.0)), rows.to_dict("records"), strict=True):
        assert pace.efficiency_factor(speed, rate, seconds) == pytest.approx(row["EF_m_per_min_per_bpm"], abs=6e-7)
        assert pace.decoupling_pct(speed, rate, seconds) == pytest.approx(row["decoupling_%"], abs=6e-7)
