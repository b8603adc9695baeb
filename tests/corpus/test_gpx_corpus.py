"""Every GPX and TCX file of the corpus: against other readers, and the engines against each other."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import Activity, ReadResult
from stridelab.channels import CHANNELS
from stridelab.errors import ReadError
from stridelab.importers import read, read_activity
from stridelab.importers.source import unpacked

pytestmark = pytest.mark.corpus

WITHOUT_A_TRACK = {"empty_activity", "waypoints", "course"}


@pytest.fixture(scope="module")
def files(corpus: Path) -> list[Path]:
    found = sorted(path for path in (corpus / "gpx_tcx").glob("*/*") if path.is_file())
    assert len(found) == 125
    return found


@cache
def outcome(path: Path, engine: str = "vectorised") -> ReadResult | ReadError:
    try:
        return read(path, engine=engine)
    except ReadError as error:
        return error


def times_of(result: ReadResult) -> set[int]:
    return {int(time) for found in result.activities for time in pd.DatetimeIndex(found.records.index).asi8}


@pytest.mark.slow
def test_no_other_reader_finds_more(files: list[Path]) -> None:
    peers = importlib.import_module("gpx_peers")
    less = []
    for path in files:
        result = outcome(path)
        assert isinstance(result, ReadResult), path.name
        name, times = peers.best(unpacked(path.read_bytes(), name=path.name))
        missing = times - times_of(result)
        if missing:
            less.append(f"{path.name}: {len(missing)} of {len(times)} that {name} finds")
    assert less == []


@pytest.mark.slow
def test_the_engines_agree_to_the_last_bit(files: list[Path]) -> None:
    for path in files:
        fast, slow = outcome(path), outcome(path, "expat")
        assert isinstance(fast, ReadResult)
        assert isinstance(slow, ReadResult)
        assert fast.kind == slow.kind
        assert fast.issues == slow.issues
        for one, other in zip(fast.activities, slow.activities, strict=True):
            pd.testing.assert_frame_equal(one.records, other.records, check_exact=True)
            pd.testing.assert_frame_equal(one.developer, other.developer, check_exact=True)
            assert (one.id, one.title, one.summary, one.provenance) == (
                other.id, other.title, other.summary, other.provenance,
            )  # fmt: skip


# gpxpy refuses what is not well-formed, has unbound prefixes, points without position or values beyond the schema, …
REFUSED_BY_GPXPY = 7
# … and leaves out all but the last of several extensions with one name.
WITHOUT_EXTENSIONS = {"test__data__Friday-Evening-Run.gpx": 1}


@pytest.mark.slow
def test_gpxpy_agrees_to_the_last_bit_where_it_reads_a_file(files: list[Path]) -> None:
    refused = 0
    for path in files:
        if path.suffix.lower() != ".gpx" or path.stat().st_size > 200_000:
            continue
        ours, theirs = outcome(path), outcome(path, "gpxpy")
        if isinstance(theirs, ReadError):
            refused += 1
            continue
        assert isinstance(ours, ReadResult)
        for one, other in zip(ours.activities, theirs.activities, strict=True):
            columns = list(other.records.columns)
            assert len(one.records.columns) - len(columns) == WITHOUT_EXTENSIONS.get(path.name, 0), path.name
            if path.name not in WITHOUT_EXTENSIONS:
                pd.testing.assert_frame_equal(one.records, other.records, check_exact=True)
            pd.testing.assert_frame_equal(
                one.records[["latitude_deg", "longitude_deg"]] if "latitude_deg" in one.records else one.records,
                other.records[["latitude_deg", "longitude_deg"]] if "latitude_deg" in other.records else other.records,
                check_exact=True,
            )
    assert refused <= REFUSED_BY_GPXPY


def test_every_activity_keeps_the_contract(files: list[Path]) -> None:
    for path in files:
        result = outcome(path)
        assert isinstance(result, ReadResult), path.name
        assert bool(result.activities) == (result.kind not in WITHOUT_A_TRACK), path.name
        for found in result.activities:
            index = pd.DatetimeIndex(found.records.index)
            assert str(index.dtype) == "datetime64[ms, UTC]"
            assert index.is_monotonic_increasing
            assert index.is_unique
            assert set(found.records.columns) <= set(CHANNELS)
            for column in found.records.columns:
                values = found.records[column].dropna()
                channel = CHANNELS[str(column)]
                assert len(values), f"{path.name}: {column}"
                assert values.between(channel.low, channel.high).all(), f"{path.name}: {column}"
            if "distance_m" in found.records:
                assert (np.diff(found.records["distance_m"].dropna()) > -1).all(), path.name


# ---------------------------------------------------------------- one run in three formats


@pytest.fixture(scope="module")
def trio(corpus: Path) -> dict[str, Activity]:
    return {suffix: read_activity(corpus / "trio" / f"6782987395.{suffix}") for suffix in ("fit", "gpx", "tcx")}


# What each format forces: how far a sample may be from FIT's, and how many of FIT's it has no value for.
DIFFERENCES = {
    "gpx": {
        "latitude_deg": (1e-13, 21),  # decimal fractions of FIT's 2^-31 of a half circle; 21 samples left out
        "longitude_deg": (1e-13, 21),
        "altitude_m": (2e-5, 21),  # a 32-bit float
        "heart_rate_bpm": (0, 21),
        "cadence_spm": (1.0, 21),  # whole steps of one foot; FIT has halves
        "temperature_c": (0, 21),
    },
    "tcx": {
        "latitude_deg": (1e-13, 21),
        "longitude_deg": (1e-13, 21),
        "altitude_m": (2e-5, 0),
        "distance_m": (1e-3, 0),  # a 32-bit float
        "speed_mps": (1e-6, 0),
        "heart_rate_bpm": (0, 0),
        "cadence_spm": (1.0, 0),
    },
}


@pytest.mark.parametrize("suffix", ["gpx", "tcx"])
def test_the_same_run_is_the_same_in_every_format(trio: dict[str, Activity], suffix: str) -> None:
    fit, other = trio["fit"], trio[suffix]
    assert other.start_time == fit.start_time
    assert (other.sport, other.timezone, other.utc_offset_s) == (fit.sport, fit.timezone, fit.utc_offset_s)
    assert other.elapsed_time_s == pytest.approx(fit.elapsed_time_s, abs=0.2)
    assert set(other.records.index) <= set(fit.records.index)
    together = fit.records.join(other.records.add_suffix("_other"), how="left")
    for column, (within, missing) in DIFFERENCES[suffix].items():
        own, theirs = together[column], together[f"{column}_other"]
        assert int((own.notna() & theirs.isna()).sum()) <= missing, column
        assert (own - theirs).abs().max() <= within, column


def test_the_totals_of_the_same_run(trio: dict[str, Activity]) -> None:
    fit, gpx, tcx = trio["fit"], trio["gpx"], trio["tcx"]
    assert tcx.distance_m == pytest.approx(fit.distance_m, abs=0.01)
    assert tcx.timer_time_s == pytest.approx(fit.timer_time_s, abs=0.01)
    # GPX has no total; positions zigzag more than the footpod's or the watch's filtered way.
    assert gpx.distance_m == pytest.approx(fit.distance_m, rel=0.012)
    assert gpx.timer_time_s == pytest.approx(fit.timer_time_s, abs=3)
    for other in (gpx, tcx):
        assert other.ascent_m == pytest.approx(fit.ascent_m, rel=0.05)
        assert other.descent_m == pytest.approx(fit.descent_m, rel=0.05)
    assert tcx.laps["distance_m"].tolist() == pytest.approx(fit.laps["distance_m"].tolist(), abs=0.01)
    # The speed that GPX lacks, from its positions, against the device's own.
    both = fit.records[["speed_mps"]].join(gpx.records["speed_mps"].rename("speed_mps_derived")).dropna()
    assert (both["speed_mps"] - both["speed_mps_derived"]).abs().median() < 0.3
