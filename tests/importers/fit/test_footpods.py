"""Footpods: whose a developer field is, which channel it stands in for, and that sources are never mixed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.activity import Activity
from stridelab.fixtures import FitEncoder, WireField
from stridelab.importers import read_activity

STRYD = bytes.fromhex("18fb2cf01a4b430dad66988c847421f4")
NOBODY = bytes(range(100, 116))
START_S = 1_100_000_000
RECORD = 20


def run(fields: dict[tuple[str, str], list[float]], application: bytes = NOBODY, **native: list[float]) -> Activity:
    """A run of one sample a second with these developer fields (name and unit) and native fields."""
    n = len(next(iter(fields.values())))
    start = pd.Timestamp("1989-12-31", tz="UTC") + pd.Timedelta(seconds=START_S)
    encoder = FitEncoder()
    encoder.message("file_id", {"type": ["activity"], "manufacturer": ["development"]})
    encoder.message("developer_data_id", {"application_id": np.array([list(application)]), "developer_data_index": [0]})
    for number, (name, unit) in enumerate(fields):
        described = {"developer_data_index": [0], "field_definition_number": [number], "fit_base_type_id": ["float32"]}
        encoder.message("field_description", described | {"field_name": [name], "units": [unit]})
    known = {"stance_time": (41, 10.0), "power": (7, 1.0), "speed": (6, 1000.0)}
    wire = [WireField(253, "uint32"), *(WireField(known[name][0], "uint16") for name in native)]
    wire += [WireField(number, "float32", developer_index=0) for number in range(len(fields))]
    encoder.define(15, RECORD, wire)
    scaled = [np.nan_to_num(np.asarray(v) * known[name][1], nan=65535).astype(np.uint16) for name, v in native.items()]
    encoder.write(15, [np.arange(START_S, START_S + n), *scaled, *fields.values()])
    whole: dict[str, Any] = {"start_time": [start], "timestamp": [start + pd.Timedelta(seconds=n)]}
    encoder.message("session", whole | {"sport": ["running"], "sub_sport": ["generic"], "total_timer_time": [float(n)]})
    return read_activity(encoder.to_bytes())


def test_stryd_stands_in_for_what_the_watch_lacks_and_says_so() -> None:
    found = run(
        {
            ("Ground Time", "Milliseconds"): [240.0, 0.0, 250.0],
            ("Vertical Oscillation", "Centimeters"): [7.5, 0.0, 8.0],
            ("Power", "Watts"): [250.0, 0.0, 260.0],
            ("Cadence", "RPM"): [85.0, 0.0, 86.0],
            ("Form Power", "Watts"): [60.0, 0.0, 61.0],
        },
        STRYD,
    )
    # A footpod writes 0 while it measures nothing.
    np.testing.assert_array_equal(found.records["ground_contact_time_ms"], [240, np.nan, 250])
    np.testing.assert_array_equal(found.records["vertical_oscillation_mm"], [75, np.nan, 80])
    np.testing.assert_array_equal(found.records["power_w"], [250, np.nan, 260])
    np.testing.assert_array_equal(found.records["cadence_spm"], [170, np.nan, 172])
    assert "stryd:Ground Time" in found.provenance["ground_contact_time_ms"]
    assert "doubled" in found.provenance["cadence_spm"]
    assert found.developer["stryd:Form Power"].tolist() == [60, 0, 61]


def test_a_native_channel_wins_for_the_whole_activity() -> None:
    found = run({("Ground Time", "Milliseconds"): [240.0, 241.0, 242.0]}, STRYD, stance_time=[260.0, np.nan, 262.0])
    np.testing.assert_array_equal(found.records["ground_contact_time_ms"], [260, np.nan, 262])
    assert "ground_contact_time_ms" not in found.provenance
    assert found.developer["stryd:Ground Time"].tolist() == [240, 241, 242]


def test_zeros_of_a_missing_sensor_are_no_native_channel() -> None:
    found = run({("Ground Time", "Milliseconds"): [240.0, 241.0]}, STRYD, stance_time=[0.0, 0.0])
    assert found.records["ground_contact_time_ms"].tolist() == [240, 241]


@pytest.mark.parametrize("name", ["ContactTime", "GCT"])
def test_both_feet_of_runscribe_give_their_mean_and_the_left_share(name: str) -> None:
    found = run(
        {
            ("ImpactGs_L", "G"): [8.0, 8.0, 8.0],
            ("BrakingGs_L", "G"): [6.0, 6.0, 6.0],
            (f"{name}_L", "ms"): [240.0, 250.0, 0.0],
            (f"{name}_R", "ms"): [260.0, 250.0, 250.0],
        }
    )
    # Only where both are valid.
    np.testing.assert_array_equal(found.records["ground_contact_time_ms"], [250, 250, np.nan])
    np.testing.assert_allclose(found.records["ground_contact_balance_pct"], [48, 50, np.nan])
    assert f"runscribe:{name}_L" in found.provenance["ground_contact_time_ms"]
    assert f"runscribe:{name}_L" in found.provenance["ground_contact_balance_pct"]


def test_one_foot_alone_is_no_mean_of_both() -> None:
    found = run({("ContactTime_L", "ms"): [240.0, 250.0], ("Form Power", "Watts"): [60.0, 60.0]})
    assert "ground_contact_time_ms" not in found.records
    assert found.developer["unknown:ContactTime_L"].tolist() == [240, 250]


def test_an_application_is_known_by_fields_that_only_its_maker_uses() -> None:
    found = run({("Form Power", "Watts"): [60.0], ("Leg Spring Stiffness", "kN/m"): [10.0]}, bytes(16))
    assert set(found.developer) == {"stryd:Form Power", "stryd:Leg Spring Stiffness"}


def test_power_of_a_stranger_is_not_believed_to_be_the_runners() -> None:
    found = run({("Power", "Watts"): [250.0, 260.0]})
    assert "power_w" not in found.records
    assert found.developer["unknown:Power"].tolist() == [250, 260]


@pytest.mark.parametrize("unit", ["", "seconds", "bananas"])
def test_a_unit_that_is_not_known_is_not_guessed(unit: str) -> None:
    assert "ground_contact_time_ms" not in run({("Ground Time", unit): [240.0, 241.0]}, STRYD).records
