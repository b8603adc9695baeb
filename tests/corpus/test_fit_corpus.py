"""The reader on every FIT file of the corpus, against what its index says of each."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from stridelab.activity import ReadResult
from stridelab.channels import CHANNELS
from stridelab.errors import ReadError
from stridelab.importers import read
from stridelab.importers.fit import decode

pytestmark = pytest.mark.corpus

PLANS = {"course", "workout", "segment", "settings"}


@pytest.fixture(scope="module")
def index(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "fit" / "INDEX.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 338
    return [row | {"file": str(corpus / "fit" / row["local_file"])} for row in rows]


@cache
def outcome(file: str) -> ReadResult | ReadError:
    try:
        return read(file)
    except ReadError as error:
        return error


@pytest.mark.slow
def test_every_file_gives_a_result_or_a_reason(index: list[dict[str, str]]) -> None:
    refused = [row["local_file"] for row in index if isinstance(outcome(row["file"]), ReadError)]
    no_fit = [row["local_file"] for row in index if row["crc_or_trunc"] == "no FIT header"]
    # One of the three without a header is a gzip file of a FIT file, one begins with a zero-length chained part.
    assert set(refused) <= set(no_fit)


@pytest.mark.slow
def test_every_undamaged_activity_file_is_an_activity_with_all_its_records(index: list[dict[str, str]]) -> None:
    wrong: list[str] = []
    checked = 0
    for row in index:
        if row["file_type"] != "activity" or row["crc_or_trunc"] or not int(row["n_record"] or 0):
            continue
        result = outcome(row["file"])
        assert isinstance(result, ReadResult), row["local_file"]
        messages = decode(row["file"])
        checked += 1
        timed = "timestamp" in messages.table("record").columns
        if messages.count("record") != int(row["n_record"]) or (timed and not result.activities):
            wrong.append(f"{row['local_file']}: {messages.count('record')} of {row['n_record']}")
    assert checked > 200
    assert wrong == []


@pytest.mark.slow
def test_what_is_no_activity_is_not_made_one(index: list[dict[str, str]]) -> None:
    for row in index:
        result = outcome(row["file"])
        if row["file_type"] in PLANS and isinstance(result, ReadResult):
            assert result.activities == (), row["local_file"]
            assert result.kind == row["file_type"], row["local_file"]


@pytest.mark.slow
def test_every_activity_keeps_the_contract(index: list[dict[str, str]]) -> None:
    ids: set[tuple[str, str]] = set()
    for row in index:
        result = outcome(row["file"])
        for activity in result.activities if isinstance(result, ReadResult) else ():
            where = f"{row['local_file']} {activity.id}"
            assert (result.source.sha256, activity.id) not in ids, where
            ids.add((result.source.sha256, activity.id))
            records = activity.records
            assert str(records.index.dtype) == "datetime64[ms, UTC]", where
            assert records.index.is_monotonic_increasing, where
            assert records.index.is_unique, where
            assert set(records.columns) <= set(CHANNELS), where
            assert (activity.sample_durations_s >= 0).all(), where
            for column in records:
                values = records[column].dropna()
                channel = CHANNELS[str(column)]
                assert len(values), f"{where}: {column} is empty"
                if column != "distance_m":
                    assert values.between(channel.low, channel.high).all(), f"{where}: {column}"
            assert not activity.distance_m > 1_000_000, where


def test_native_and_footpod_contact_times_are_never_mixed(corpus: Path) -> None:
    both = read(corpus / "fit" / "GoldenCheetah__GoldenCheetah" / "Fr955v19.28andStryd.fit").activities[0]
    assert "ground_contact_time_ms" not in both.provenance, "the watch's own field wins"
    assert any(name.startswith("stryd:") for name in both.developer)
    assert np.isfinite(both.records["ground_contact_time_ms"]).sum() > 1000
