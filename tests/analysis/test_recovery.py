"""Variability, baselines and the quality of a heart rate: invariants, faults put in on purpose, and bad input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stridelab.activity import WELLNESS_COLUMNS, empty_table
from stridelab.analysis import recovery

FloatArray = npt.NDArray[np.float64]
NAN = float("nan")
RMSSD_LIKE: dict[str, Callable[[FloatArray], float]] = {
    "rmssd": recovery.rmssd_ms,
    "sdnn": recovery.sdnn_ms,
    "pnn50": recovery.pnn50_pct,
    "alpha1": recovery.dfa_alpha1,
    "ln": recovery.ln_rmssd,
}
SEEDS = st.integers(0, 2**32 - 1)


def beats(seed: int = 0, n: int = 300) -> FloatArray:
    """Intervals near 800 ms that breathe, without an artefact."""
    noise = np.random.default_rng(seed).standard_normal(n)
    return 800 + 30 * np.sin(np.arange(n) / 2) + 5 * noise


def plain_artefacts(rr: FloatArray) -> list[str]:
    """The decisions of the paper one beat after the other, in the order of its figure."""

    def threshold(values: FloatArray) -> FloatArray:
        around = pd.Series(np.abs(values)).rolling(91, center=True, min_periods=1)
        return np.maximum(5.2 * (around.quantile(0.75) - around.quantile(0.25)).to_numpy() / 2, 1)

    change = np.diff(rr, prepend=np.median(rr[:11]))
    change = change / threshold(change)
    median = pd.Series(rr).rolling(11, center=True, min_periods=1).median().to_numpy()
    deviation = np.where(rr < median, 2, 1) * (rr - median)
    limit = threshold(deviation)
    kind, n, i = [""] * len(rr), len(rr), 0
    while i < n - 2:
        d = change[i]
        beside = [change[abs(i - 1)], change[i + 1]]
        if abs(d) <= 1:
            i += 1
        elif (d > 1 and max(beside) < -0.13 * d - 0.17) or (d < -1 and min(beside) > -0.13 * d + 0.17):
            kind[i] = "ectopic"
            i += 1
        else:
            both = abs(change[i + 1]) < abs(change[i + 2])
            for j in [i, i + 1] if both else [i]:
                after = [change[j + 1], change[j + 2] if j + 2 < n else change[n - 2]]
                long, short = change[j] > 1 and min(after) < -1, change[j] < -1 and max(after) > 1
                if short and abs(rr[j] + rr[j + 1] - median[j]) < limit[j]:
                    kind[j] = "extra"
                elif long and abs(rr[j] / 2 - median[j]) < limit[j]:
                    kind[j] = "missed"
                elif long or short or abs(deviation[j] / limit[j]) > 3:
                    kind[j] = "long_short"
                i += 1
    return kind


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_artefacts_are_those_of_the_plain_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rr = beats(seed, 150)
    # Many, also side by side, at both ends, and of every kind.
    at = rng.choice(150, rng.integers(1, 40), replace=False)
    rr[at] *= rng.choice([0.4, 0.5, 0.7, 1.4, 2.0, 3.0], len(at))
    assert recovery.find_artefacts(rr).tolist() == plain_artefacts(rr)


@pytest.mark.parametrize("name", RMSSD_LIKE)
@given(seed=SEEDS, shift=st.integers(-300, 2000))
@settings(max_examples=15, deadline=None)
def test_a_constant_shift_and_reversed_time_change_no_variability(name: str, seed: int, shift: int) -> None:
    rr, function = beats(seed), RMSSD_LIKE[name]
    assert function(rr + shift) == pytest.approx(function(rr), rel=1e-6)
    if name != "alpha1":  # whose boxes leave out the end
        assert function(rr[::-1]) == pytest.approx(function(rr), rel=1e-9)


@given(seed=SEEDS, scale=st.floats(0.5, 4))
@settings(max_examples=25, deadline=None)
def test_scaling_of_clean_intervals(seed: int, scale: float) -> None:
    rr = beats(seed)
    for function in (recovery.rmssd_ms, recovery.sdnn_ms):
        assert function(scale * rr) == pytest.approx(scale * function(rr), rel=1e-9)
    assert recovery.ln_rmssd(scale * rr) == pytest.approx(recovery.ln_rmssd(rr) + np.log(scale), abs=1e-9)
    assert recovery.dfa_alpha1(scale * rr) == pytest.approx(recovery.dfa_alpha1(rr), rel=1e-9)
    assert recovery.find_artefacts(scale * rr).tolist() == recovery.find_artefacts(rr).tolist()


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_order_matters_to_differences_only(seed: int) -> None:
    rr = beats(seed)
    mixed = np.random.default_rng(seed).permutation(rr)
    assert recovery.sdnn_ms(mixed) == pytest.approx(recovery.sdnn_ms(rr), rel=1e-9)
    assert recovery.rmssd_ms(np.sort(rr)) < recovery.rmssd_ms(rr)


@given(seed=SEEDS, iterate=st.booleans())
@settings(max_examples=25, deadline=None)
def test_correction_keeps_time_and_gaps(seed: int, iterate: bool) -> None:
    rng = np.random.default_rng(seed)
    rr = beats(seed)
    rr[rng.choice(300, 10, replace=False)] *= rng.choice([0.5, 1.5, 2.0])
    whole = recovery.correct_artefacts(rr, iterate=iterate)
    known = np.isfinite(whole.rr_ms)
    # Nothing is lost but what stands at the end, where there is no neighbour.
    assert whole.rr_ms[known].sum() == pytest.approx(rr.sum()) or not known.all()
    assert (whole.rr_ms[known] > 0).all()
    assert len(whole.origin) == len(whole.rr_ms)
    assert (np.diff(whole.origin) >= 0).all()
    rr[100:103] = np.nan
    gap = recovery.correct_artefacts(rr, iterate=iterate)
    assert np.isnan(gap.rr_ms).sum() >= 3
    assert gap.artefact_share >= 3 / 300


def test_clean_intervals_stay_as_they_are() -> None:
    rr = beats()
    found = recovery.correct_artefacts(rr)
    np.testing.assert_array_equal(found.rr_ms, rr)
    assert found.artefact_share == 0
    steady = np.full(200, 800.0)
    steady[100] = 1600
    assert recovery.find_artefacts(steady)[100] != ""


def test_nothing_is_taken_across_a_gap() -> None:
    assert recovery.rmssd_ms([800, NAN, 900]) is not None
    assert np.isnan(recovery.rmssd_ms([800, NAN, 900]))
    assert recovery.rmssd_ms([800, 810, NAN, 1200, 1210]) == pytest.approx(10)
    assert recovery.sdnn_ms([790, NAN, 810]) == pytest.approx(np.sqrt(200))
    rr = beats(n=640)
    holes = rr.copy()
    holes[320:336] = np.nan
    assert recovery.dfa_alpha1(holes) == pytest.approx(recovery.dfa_alpha1(rr), abs=0.1)


@pytest.mark.parametrize("rr", [[], [NAN], [800.0], [NAN] * 200, [-1.0, 0.0, np.inf], [0.0] * 100])
def test_too_little_gives_no_number(rr: list[float]) -> None:
    for function in RMSSD_LIKE.values():
        assert np.isnan(function(np.array(rr)))
    assert recovery.heart_rate_variability(rr).intervals == (1 if rr == [800.0] else 0)
    corrected = recovery.correct_artefacts(rr)
    assert len(corrected.rr_ms) == len(rr)
    assert recovery.dfa_alpha1_over_time(rr).empty


def test_equal_intervals_have_no_exponent() -> None:
    assert recovery.rmssd_ms(np.full(200, 800.0)) == 0
    assert np.isnan(recovery.ln_rmssd(np.full(200, 800.0)))
    assert np.isnan(recovery.dfa_alpha1(np.full(200, 800.1)))


def test_wrong_arguments_say_what_is_needed() -> None:
    with pytest.raises(ValueError, match="differences"):
        recovery.pnn50_pct([800, 900], denominator="beats")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="non_overlapping"):
        recovery.dfa_alpha1([800], variant="kubios")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one row"):
        recovery.rmssd_ms([[800, 900]])
    with pytest.raises(ValueError, match="one each"):
        recovery.dfa_alpha1_over_time([800, 900], [1])
    with pytest.raises(ValueError, match="backwards"):
        recovery.dfa_alpha1_over_time([800, 900], [2, 1])
    with pytest.raises(ValueError, match="above 0"):
        recovery.dfa_alpha1_over_time([800], window_s=0)
    with pytest.raises(ValueError, match="one each"):
        recovery.threshold_heart_rate([1], [1, 2])
    with pytest.raises(ValueError, match="one a day"):
        recovery.rolling_baseline([1, 2], restart=[True])
    with pytest.raises(ValueError, match="hrv_rmssd_ms"):
        recovery.wellness_baseline(empty_table(WELLNESS_COLUMNS), "steps")
    with pytest.raises(ValueError, match="one a sample"):
        recovery.heart_rate_quality([1, 2], [150])


# ---------------------------------------------------------------- exponent during exercise


def test_windows_with_artefacts_have_no_exponent_and_gaps_keep_their_time() -> None:
    rr = np.full(1200, 500.0) + np.random.default_rng(1).standard_normal(1200).cumsum()
    rr[600:800:10] *= 2
    end = np.cumsum(rr) / 1000
    end[900:] += 100  # a pause
    found = recovery.dfa_alpha1_over_time(rr, end)
    spoiled = found["artefact_share"] > recovery.MAX_ARTEFACT_SHARE
    assert spoiled.any()
    assert found.loc[spoiled, "alpha1"].isna().all()
    assert found["alpha1"].notna().any()
    assert found["end_s"].iloc[-1] > np.cumsum(rr)[-1] / 1000


def test_a_threshold_is_never_extrapolated() -> None:
    rate = np.linspace(110, 160, 26)
    alpha1 = 1.05 - (rate - 110) / 100
    first = recovery.threshold_heart_rate(alpha1, rate)
    assert first.heart_rate_bpm == pytest.approx(140)
    assert [first.low_bpm, first.high_bpm] == pytest.approx([140 - 10 - 1.96 * 16, 140 - 10 + 1.96 * 16])
    second = recovery.threshold_heart_rate(alpha1, rate, at_alpha1=recovery.ALPHA1_AT_VT2)
    assert np.isnan(second.heart_rate_bpm)
    assert "seen from 0.55 to 1.05" in second.reason
    assert "windows" in recovery.threshold_heart_rate([NAN, 0.75], [140, 140]).reason
    assert "fall" in recovery.threshold_heart_rate(alpha1[::-1], rate).reason


# ---------------------------------------------------------------- baselines


@given(seed=SEEDS, moved=st.floats(-5, 5))
@settings(max_examples=20, deadline=None)
def test_a_baseline_follows_level_and_unit(seed: int, moved: float) -> None:
    values = np.random.default_rng(seed).normal(50, 5, 70)
    values[np.random.default_rng(seed).random(70) < 0.1] = np.nan
    days, other = recovery.rolling_baseline(values), recovery.rolling_baseline(2 * values + moved)
    clear = (days["week_mean"] - days[["lower", "upper"]].T).abs().min() > 1e-6
    assert (days["status"] == other["status"])[clear].all()
    np.testing.assert_allclose(other["baseline_mean"], 2 * days["baseline_mean"] + moved)
    late = recovery.rolling_baseline(np.append(np.full(9, np.nan), values)).iloc[9:].reset_index(drop=True)
    later = days.index >= 34
    pd.testing.assert_frame_equal(late[later], days[later])


def test_a_baseline_needs_its_days_and_starts_anew() -> None:
    values = np.tile([4.0, 4.2], 40)
    assert recovery.rolling_baseline(values)["status"].ne("").idxmax() == 34
    few = values.copy()
    few[-7:-3] = np.nan
    assert np.isnan(recovery.rolling_baseline(few)["week_mean"].iloc[-1])
    assert recovery.rolling_baseline(few)["week_days"].iloc[-1] == 3
    restart = np.arange(80) == 40
    days = recovery.rolling_baseline(values, restart=restart)
    assert np.isnan(days["week_mean"].iloc[42])
    assert np.isfinite(days["week_mean"].iloc[43])
    assert (days["status"].iloc[40:74] == "").all()
    assert days["status"].iloc[74] == "within"
    assert recovery.rolling_baseline([]).empty


def wellness(values: FloatArray, source: str, start: str = "2026-01-01", context: str = "night") -> pd.DataFrame:
    days = pd.date_range(start, periods=len(values))
    columns = {
        "local_date": days,
        "metric": "hrv_rmssd_ms",
        "value": values,
        "unit": "ms",
        "source": source,
        "context": context,
        "time": days.tz_localize("UTC"),
    }
    return pd.DataFrame(columns).astype(dict(WELLNESS_COLUMNS))


def test_sources_and_contexts_are_never_mixed() -> None:
    table = pd.concat(
        [
            wellness(np.tile([60.0, 64], 25), "garmin fr955"),
            wellness(np.full(50, 20.0), "rr intervals", context="morning"),
            wellness(np.full(9, 90.0), "coros", start="2026-02-20"),
        ]
    )
    days = recovery.wellness_baseline(table, "hrv_rmssd_ms")
    watch = days[days["source"] == "garmin fr955"]
    alone = recovery.wellness_baseline(table[table["source"] == "garmin fr955"], "hrv_rmssd_ms")
    pd.testing.assert_frame_equal(watch.reset_index(drop=True), alone)
    assert watch["week_mean"].iloc[-1] == pytest.approx(np.log([60, 64] * 3 + [64]).mean(), rel=1e-9)
    assert watch["status"].iloc[-1] == "within"
    assert (days.loc[days["source"] == "coros", "status"] == "").all()
    again = recovery.wellness_baseline(table, "hrv_rmssd_ms", restarts=["2026-02-10"])
    assert (again["status"] == "").sum() > (days["status"] == "").sum()
    longer = recovery.wellness_baseline(alone_rows(table), "hrv_rmssd_ms", until="2026-03-31")
    assert longer["week_mean"].isna().iloc[-1]


def alone_rows(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["source"] == "coros"]


def test_implausible_nights_are_left_out() -> None:
    table = wellness(np.array([60.0, 0, 9999, NAN, 62, 61, 63]), "garmin")
    days = recovery.wellness_baseline(table, "hrv_rmssd_ms")
    assert days["week_days"].iloc[-1] == 4
    assert recovery.wellness_baseline(table, "sleep_duration_h").empty


def test_resting_heart_rate_moves_by_three_beats_at_least() -> None:
    values = np.append(np.tile([50.0, 50.4], 20), np.full(7, 52.0))
    margin = recovery.MARGINS["resting_heart_rate_bpm"]
    assert recovery.rolling_baseline(values, margin=margin)["status"].iloc[-1] == "within"
    values[-7:] = 54
    assert recovery.rolling_baseline(values, margin=margin)["status"].iloc[-1] == "above"


def test_two_weeks_of_sleep() -> None:
    nights = np.full(20, 6.5)
    nights[8:12] = np.nan
    mean = recovery.sleep_two_week_mean_h(nights)
    assert np.isnan(mean[:11]).all()
    assert mean[-1] == pytest.approx(6.5)


# ---------------------------------------------------------------- quality of a heart rate


def run(seconds: int = 1800, seed: int = 3) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A run at 1 Hz: time, heart rate that rises and drifts, cadence with two halts."""
    rng = np.random.default_rng(seed)
    time = np.arange(seconds, dtype=np.float64)
    rate = np.round(90 + 55 * (1 - np.exp(-time / 40)) + time / 200 + 2 * np.sin(time / 30))
    steps = np.round(170 + 2 * np.sin(time / 17) + rng.standard_normal(seconds))
    steps[(time % 700 > 600) & (time % 700 < 615)] = 0
    return time, rate, steps


def test_a_good_recording_is_kept() -> None:
    time, rate, steps = run()
    found = recovery.heart_rate_quality(time, rate, cadence_spm=steps)
    assert found.score == 1
    assert found.cadence_checked
    # Near cadence by chance: it does not move with it.
    near = np.round(170 + 2 * np.sin(time / 41))
    assert recovery.heart_rate_quality(time, near, cadence_spm=steps).share["cadence_lock"] == 0


def test_each_fault_is_found_where_it_is() -> None:
    time, rate, steps = run()
    rate[100:105] = 230  # out of reach
    rate[400:420] = NAN
    rate[600:605] = 0
    rate[1000:1150] = 143  # stuck
    smooth = np.convolve(np.where(steps > 0, steps, 171), np.full(5, 0.2), mode="same")
    rate[1300:1600] = np.round(smooth[1300:1600])
    found = recovery.heart_rate_quality(time, rate, cadence_spm=steps)
    assert (found.fault[100:105] == "spike").all()
    assert (found.fault[400:420] == "dropout").all()
    assert (found.fault[600:605] == "dropout").all()
    assert (found.fault[1000:1150] == "stuck").all()
    assert (found.fault[1300:1600] == "cadence_lock").mean() > 0.8
    assert (found.fault[1640:] == "").all()
    assert found.score == pytest.approx(1 - sum(found.share.values()))
    assert found.score == pytest.approx(found.usable.mean())


def test_a_wrong_start_is_rejected_and_a_fast_one_kept() -> None:
    time, rate, _ = run()
    wrong = rate.copy()
    wrong[:80] = 178 + np.round(2 * np.sin(time[:80]))
    found = recovery.heart_rate_quality(time, wrong)
    assert not found.usable[:80].any()
    assert found.usable[85:].all()
    fast = np.round(np.where(time < 20, 80, np.minimum(80 + 4 * (time - 20), 140 + np.sin(time))))
    assert recovery.heart_rate_quality(time, fast).score == 1


@given(seed=SEEDS, moved=st.integers(-1_000_000, 1_000_000))
@settings(max_examples=10, deadline=None)
def test_quality_knows_no_clock_and_no_order(seed: int, moved: int) -> None:
    time, rate, steps = run(400, seed)
    rate[200:203] = 40
    found = recovery.heart_rate_quality(time, rate, cadence_spm=steps)
    order = np.random.default_rng(seed).permutation(len(time))
    other = recovery.heart_rate_quality(time[order] + moved, rate[order], cadence_spm=steps[order])
    assert other.fault.tolist() == found.fault[order].tolist()
    assert other.score == pytest.approx(found.score)


def test_quality_of_nothing() -> None:
    empty = recovery.heart_rate_quality([], [])
    assert np.isnan(empty.score)
    assert not empty.cadence_checked
    silent = recovery.heart_rate_quality(np.arange(10), np.full(10, NAN), cadence_spm=np.full(10, 170))
    assert silent.score == 0
    untimed = recovery.heart_rate_quality([NAN, 1, 2], [150, 150, 151])
    assert untimed.fault.tolist() == ["dropout", "", ""]
    assert np.isnan(recovery.heart_rate_quality([1], [150]).score)
    weighted = recovery.heart_rate_quality([0, 1], [150, NAN], duration_s=[3, 1])
    assert weighted.score == pytest.approx(0.75)


def test_recovery_needs_both_moments() -> None:
    time = np.arange(200.0)
    rate = np.where(time <= 100, 170, 170 - 0.5 * (time - 100))
    assert recovery.heart_rate_recovery_bpm(time + 5000, rate, 5100) == pytest.approx(30)
    assert recovery.heart_rate_recovery_bpm(time[::-1], rate[::-1], 100) == pytest.approx(30)
    assert np.isnan(recovery.heart_rate_recovery_bpm(time, rate, 180))
    rate[155:166] = NAN
    assert np.isnan(recovery.heart_rate_recovery_bpm(time, rate, 100))
    assert np.isnan(recovery.heart_rate_recovery_bpm([], [], 0))
