"""The reference engine: the same activities through the same mapping, and what it does with damage."""

from __future__ import annotations

import pandas as pd
import pytest

from stridelab.errors import ReadError, UsageError
from stridelab.fixtures import encode_fit, simulate_activities, write_fit
from stridelab.importers import read
from stridelab.importers.fit import decode, fitparse_engine
from stridelab.importers.fit.compare import differences, tables_of
from stridelab.importers.fit.reference import column_of
from stridelab.issues import IssueCode


@pytest.fixture(scope="module")
def run() -> bytes:
    return write_fit(next(one for one in simulate_activities("overload", 1) if one.family == "run"))


def test_both_engines_give_the_same_activity(run: bytes) -> None:
    ours, reference = read(run), read(run, engine="fitparse")
    assert (ours.source.engine, reference.source.engine) == ("vectorised", "fitparse")
    assert ours.kind == reference.kind == "activity"
    (a,), (b,) = ours.activities, reference.activities
    assert a.id == b.id
    assert (a.timer_time_s, a.distance_m, a.timezone_source) == (b.timer_time_s, b.distance_m, b.timezone_source)
    pd.testing.assert_frame_equal(a.records, b.records, rtol=1e-9)
    # The profile of 2019 has no name for some intensities.
    pd.testing.assert_frame_equal(a.laps.drop(columns="intensity"), b.laps.drop(columns="intensity"), rtol=1e-9)
    pd.testing.assert_frame_equal(a.events, b.events)


def test_an_engine_that_is_not_there_is_named(run: bytes) -> None:
    with pytest.raises(UsageError, match="vectorised or fitparse"):
        read(run, engine="magic")


def test_the_developer_fields_of_one_file_do_not_describe_another(run: bytes) -> None:
    described = encode_fit(
        [
            ("developer_data_id", [{"developer_data_index": 0, "application_id": list(range(16))}]),
            ("field_description", [{"developer_data_index": 0, "field_definition_number": 0, "field_name": "Power"}]),
        ]
    )
    fitparse_engine.decode(described)
    fitparse_engine.decode(run)
    assert fitparse_engine.fitparse_records.DEV_TYPES == {}


def test_what_fitparse_read_before_damage_is_kept(run: bytes) -> None:
    cut = fitparse_engine.decode(run[: len(run) // 2])
    assert 0 < cut.count("record") < fitparse_engine.decode(run).count("record")
    assert [issue.code for issue in cut.issues] == [IssueCode.TRUNCATED]
    changed = bytearray(run)
    changed[-1] ^= 0xFF
    assert [issue.code for issue in fitparse_engine.decode(bytes(changed)).issues] == [IssueCode.BAD_CRC]


def test_what_is_no_fit_file_is_refused() -> None:
    with pytest.raises(ReadError, match="HTML"):
        fitparse_engine.decode(b"<html>sign in</html>")


def test_a_difference_names_place_and_reason(run: bytes) -> None:
    ours, theirs = tables_of(decode(run)), tables_of(fitparse_engine.decode(run))
    assert [one for one in differences(ours, theirs) if not one.reason] == []
    changed = {name: table for name, table in theirs.items() if name != "session"}
    changed["record"].columns["heart_rate"] = changed["record"].columns["heart_rate"] + (
        1,
        *[0] * (len(theirs["record"]) - 1),
    )
    found = [(one.message, one.column, one.kind, one.count, one.row) for one in differences(ours, changed)]
    assert ("session", "", "table", 1, -1) in found
    assert ("record", "heart_rate", "value", 1, 0) in found


def test_columns_of_single_values_have_the_types_of_our_tables() -> None:
    assert column_of([1, 2]).dtype.kind == "i"
    assert column_of([1, None]).dtype.kind == "f"
    assert column_of([None, "a"]).tolist() == [None, "a"]
    assert column_of([(1, 2), None]).shape == (2, 2)
    assert column_of([(1, 2), (1,)]).dtype.kind == "O"
    assert column_of([2**64 - 2]).tolist() == [2**64 - 2]
