"""FIT messages to tables: types, sentinels, scales, names, arrays, components, developer fields, times."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.fixtures import FitEncoder, WireField, encode_fit
from stridelab.importers.fit import decode

RECORD, UNKNOWN = 20, 65280
START = 1_100_000_000
UTC_START = pd.Timestamp("1989-12-31", tz="UTC") + pd.Timedelta(seconds=START)


def encoded(*writes: tuple[int, list[WireField], list[Any]], **options: Any) -> bytes:
    encoder = FitEncoder()
    for i, (message, fields, columns) in enumerate(writes):
        encoder.define(i, message, fields, **options)
        encoder.write(i, columns)
    return encoder.to_bytes()


INTEGERS = {
    "uint8": (0, 254), "sint8": (-128, 126), "uint16": (0, 65534), "sint16": (-32768, 32766),
    "uint32": (0, 2**32 - 2), "sint32": (-(2**31), 2**31 - 2), "uint8z": (1, 255), "uint16z": (1, 65535),
    "uint32z": (1, 2**32 - 1), "sint64": (-(2**63), 2**63 - 2), "uint64": (0, 2**64 - 2), "uint64z": (1, 2**64 - 1),
}  # fmt: skip


@given(data=st.data(), base=st.sampled_from(sorted(INTEGERS)), big=st.booleans(), count=st.integers(1, 3))
def test_whatever_integers_are_written_are_read(data: st.DataObject, base: str, big: bool, count: int) -> None:
    low, high = INTEGERS[base]
    rows = data.draw(st.lists(st.lists(st.integers(low, high), min_size=count, max_size=count), min_size=1, max_size=5))
    written = np.array(rows, dtype=f"{'u' if base.startswith('u') else 'i'}8")
    field = WireField(7, base, count)
    table = decode(encoded((UNKNOWN, [field], [written[:, 0] if count == 1 else written]), big_endian=big)).table(
        f"unknown_{UNKNOWN}"
    )
    read = table.columns["unknown_7"]
    assert read.dtype.kind in "ui"
    assert read.tolist() == (written[:, 0] if count == 1 else written).tolist()


@given(values=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_whatever_floats_are_written_are_read(values: list[float]) -> None:
    table = decode(encoded((UNKNOWN, [WireField(1, "float32")], [values]))).table(f"unknown_{UNKNOWN}")
    assert table.columns["unknown_1"].tolist() == values


def test_an_invalid_value_is_nan_before_it_is_scaled() -> None:
    data = encoded((RECORD, [WireField(6, "uint16"), WireField(3, "uint8")], [[2500, 65535], [140, 255]]))
    frame = decode(data)["record"]
    np.testing.assert_array_equal(frame["speed"], [2.5, np.nan])
    np.testing.assert_array_equal(frame["enhanced_speed"], [2.5, np.nan])
    np.testing.assert_array_equal(frame["heart_rate"], [140, np.nan])
    assert frame.attrs["units"]["speed"] == "m/s"


def test_integers_without_a_gap_stay_integers() -> None:
    table = decode(encoded((RECORD, [WireField(3, "uint8")], [[140, 141]]))).table("record")
    assert table.columns["heart_rate"].dtype == np.uint8


def test_scale_offset_and_positions() -> None:
    data = encode_fit([("record", [{"altitude": 412.4, "position_lat": 47.376, "position_long": -8.541}])])
    row = decode(data)["record"].iloc[0]
    assert row["altitude"] == pytest.approx(412.4, abs=0.1)
    assert row["position_lat"] == pytest.approx(47.376, abs=1e-7)
    assert row["position_long"] == pytest.approx(-8.541, abs=1e-7)


def test_enumerations_by_name_unknown_ones_by_digits_and_raw_as_numbers() -> None:
    data = encoded((18, [WireField(5, "enum")], [[1, 200, 255]]))
    assert decode(data)["session"]["sport"].tolist() == ["running", "200", None]
    raw = decode(data, raw=True)["session"]["sport"]
    np.testing.assert_array_equal(raw, [1, 200, np.nan])


def test_times_are_utc_and_local_times_have_no_zone() -> None:
    data = encoded((34, [WireField(253, "uint32"), WireField(5, "uint32")], [[START, 0xFFFFFFFF], [START + 7200] * 2]))
    frame = decode(data)["activity"]
    assert frame["timestamp"].tolist()[0] == UTC_START
    assert frame["timestamp"].isna().tolist() == [False, True]
    assert str(frame["local_timestamp"].dtype) == "datetime64[ms]"
    assert decode(data).table("activity").columns["timestamp"].dtype == "datetime64[ms]"


def test_strings_end_at_nul_and_survive_bad_utf8() -> None:
    data = encoded((0, [WireField(8, "string", 8)], [[b"Stryd\0xx", b"\xff\xfepod\0", b"\0\0\0\0\0\0\0\0"]]))
    assert decode(data)["file_id"]["product_name"].tolist() == ["Stryd", "\ufffd\ufffdpod", None]


def test_several_definitions_become_one_table_in_file_order() -> None:
    encoder = FitEncoder()
    encoder.define(0, RECORD, [WireField(253, "uint32"), WireField(3, "uint8")])
    encoder.define(1, RECORD, [WireField(253, "uint32"), WireField(4, "uint8")], big_endian=True)
    for i in range(4):
        encoder.write(i % 2, [[START + i], [100 + i]])
    frame = decode(encoder.to_bytes())["record"]
    np.testing.assert_array_equal(frame["heart_rate"], [100, np.nan, 102, np.nan])
    np.testing.assert_array_equal(frame["cadence"], [np.nan, 101, np.nan, 103])
    assert frame["timestamp"].is_monotonic_increasing


def test_compressed_timestamps_roll_over() -> None:
    encoder = FitEncoder()
    encoder.define(0, RECORD, [WireField(253, "uint32"), WireField(3, "uint8")])
    encoder.define(1, RECORD, [WireField(3, "uint8")])
    encoder.write(0, [[START], [90]])
    seconds = np.array([1, 5, 20, 31, 33, 60, 61, 90])
    encoder.write(1, [90 + seconds], compressed_offset_s=(START + seconds) & 31)
    frame = decode(encoder.to_bytes())["record"]
    assert ((frame["timestamp"] - UTC_START) / pd.Timedelta(seconds=1)).tolist() == [0, *seconds]


def test_compressed_timestamps_before_any_full_one_are_missing() -> None:
    encoder = FitEncoder()
    encoder.define(0, RECORD, [WireField(3, "uint8")])
    encoder.write(0, [[90, 91]], compressed_offset_s=[3, 4])
    assert decode(encoder.to_bytes())["record"]["timestamp"].isna().all()


def test_speed_and_accumulated_distance_are_unpacked() -> None:
    speed, distance = np.array([300, 310, 0xFFF]), np.array([4000, 4090, 20])
    packed = (speed | distance << 12)[:, None] >> np.array([0, 8, 16]) & 0xFF
    frame = decode(encoded((RECORD, [WireField(8, "byte", 3)], [packed])))["record"]
    np.testing.assert_allclose(frame["speed"], [3.0, 3.1, np.nan])
    np.testing.assert_allclose(frame["enhanced_speed"], [3.0, 3.1, np.nan])
    np.testing.assert_allclose(frame["distance"], np.array([4000, 4090, 4116]) / 16)


def test_a_sub_field_is_named_where_its_reference_says_so() -> None:
    fields = [WireField(0, "enum"), WireField(3, "uint32")]
    frame = decode(encoded((21, fields, [[0, 42], [1, 0x01020304]])))["event"]
    assert frame["timer_trigger"].tolist() == ["auto", None]
    assert frame["data"].tolist() == [1, 0x01020304]


def described(position: str) -> bytes:
    encoder = FitEncoder()

    def describe() -> None:
        encoder.define(5, 207, [WireField(1, "byte", 16), WireField(3, "uint8")])
        encoder.write(5, [np.array([list(bytes.fromhex("18fb2cf01a4b430dad66988c847421f4"))]), [0]])
        fields = [WireField(0, "uint8"), WireField(1, "uint8"), WireField(2, "uint8")]
        encoder.define(6, 206, [*fields, WireField(3, "string", 16), WireField(8, "string", 16)])
        encoder.write(6, [[0], [8], [0x84], [b"Ground Time"], [b"Milliseconds"]])

    if position == "before":
        describe()
    encoder.define(0, RECORD, [WireField(253, "uint32"), WireField(8, "uint16", developer_index=0)])
    encoder.write(0, [[START, START + 1], [250, 65535]])
    if position == "after":
        describe()
    return encoder.to_bytes()


@pytest.mark.parametrize("position", ["before", "after"])
def test_developer_fields_have_name_unit_and_origin_wherever_they_are_described(position: str) -> None:
    frame = decode(described(position))["record"]
    np.testing.assert_array_equal(frame["developer:Ground Time"], [250, np.nan])
    assert frame.attrs["units"]["developer:Ground Time"] == "Milliseconds"
    assert frame.attrs["developer"]["developer:Ground Time"]["application"] == "stryd"


def test_an_undescribed_developer_field_is_kept_under_its_number() -> None:
    frame = decode(described("never"))["record"]
    np.testing.assert_array_equal(frame["developer:unknown_0_8"], [250, np.nan])


def test_only_the_messages_asked_for_are_there() -> None:
    data = encode_fit([("file_id", [{"type": "activity"}]), ("record", [{"heart_rate": 100}])])
    assert list(decode(data)) == ["file_id", "record"]
    assert list(decode(data, only={"record"})) == ["record"]
    with pytest.raises(KeyError):
        decode(data, only={"record"})["file_id"]


def test_a_field_repeated_in_a_message_gives_its_last_valid_value() -> None:
    fields = [WireField(3, "uint8"), WireField(3, "uint8")]
    frame = decode(encoded((RECORD, fields, [[120, 110], [121, 255]])))["record"]
    assert frame["heart_rate"].tolist() == [121, 110]


def test_a_type_wider_than_its_field_is_read_by_its_size() -> None:
    encoder = FitEncoder()
    encoder.raw(bytes([0x40, 0, 0, RECORD, 0, 1, 3, 1, 0x86]) + bytes([0, 140]) + bytes([0, 255]))
    frame = decode(encoder.to_bytes())["record"]
    np.testing.assert_array_equal(frame["heart_rate"], [140, np.nan])


def test_a_scaled_quantity_with_named_values_is_a_number_and_its_names_are_missing() -> None:
    frame = decode(encoded((30, [WireField(0, "uint16")], [[7580, 65534]])))["weight_scale"]
    np.testing.assert_array_equal(frame["weight"], [75.8, np.nan])


def test_an_index_stays_a_number() -> None:
    frame = decode(encoded((19, [WireField(71, "uint16")], [[0, 3]])))["lap"]
    assert frame["wkt_step_index"].tolist() == [0, 3]


def test_a_sub_field_unpacks_its_own_components() -> None:
    fields = [WireField(0, "enum"), WireField(3, "uint32")]
    frame = decode(encoded((21, fields, [[43], [0x02_35_03_15]])))["event"]
    assert frame[["rear_gear_num", "rear_gear", "front_gear_num", "front_gear"]].iloc[0].tolist() == [21, 3, 53, 2]


def test_a_strap_clock_goes_on_from_its_last_full_time_over_all_messages() -> None:
    encoder = FitEncoder()
    encoder.define(0, 132, [WireField(9, "uint32")])
    encoder.define(1, 132, [WireField(10, "byte", 3)])
    encoder.write(0, [[10 * 1024]])
    for first, second in ((11 * 1024, 12 * 1024), (14 * 1024, 15 * 1024)):
        low, high = first & 0xFFF, second & 0xFFF
        packed = low | high << 12
        encoder.write(1, [[[packed & 255, packed >> 8 & 255, packed >> 16]]])
    times = decode(encoder.to_bytes()).table("hr").columns["event_timestamp"]
    assert times[0] == 10.0
    assert [list(row) for row in times[1:]] == [[11.0, 12.0], [14.0, 15.0]]


def test_a_counter_goes_on_over_several_definitions_of_its_message() -> None:
    encoder = FitEncoder()
    encoder.define(0, RECORD, [WireField(18, "uint8")])
    encoder.define(1, RECORD, [WireField(18, "uint8"), WireField(3, "uint8")])
    for i, cycles in enumerate((250, 253, 0, 3)):
        encoder.write(i % 2, [[cycles]] if i % 2 == 0 else [[cycles], [140]])
    frame = decode(encoder.to_bytes())["record"]
    assert frame["total_cycles"].tolist() == [250, 253, 256, 259]


def test_types_without_their_endian_bit_are_known() -> None:
    encoder = FitEncoder()
    encoder.raw(bytes([0x40, 0, 0, RECORD, 0, 1, 5, 4, 0x06]) + bytes([0]) + (123400).to_bytes(4, "little"))
    assert decode(encoder.to_bytes())["record"]["distance"].tolist() == [1234.0]


def test_the_description_in_force_names_a_developer_field() -> None:
    encoder = FitEncoder()
    fields = [WireField(0, "uint8"), WireField(1, "uint8"), WireField(2, "uint8"), WireField(3, "string", 12)]
    layout = [WireField(253, "uint32"), WireField(0, "uint8", developer_index=0)]
    for i, name in enumerate((b"Swolf", b"Power")):
        encoder.define(6, 206, fields)
        encoder.write(6, [[0], [0], [2], [name]])
        encoder.define(0, RECORD, layout)
        encoder.write(0, [[START + i], [100 + i]])
    frame = decode(encoder.to_bytes())["record"]
    np.testing.assert_array_equal(frame["developer:Swolf"], [100, np.nan])
    np.testing.assert_array_equal(frame["developer:Power"], [np.nan, 101])


def test_numbers_where_a_name_should_be_are_no_name() -> None:
    encoder = FitEncoder()
    encoder.define(6, 206, [WireField(0, "uint8"), WireField(1, "uint8"), WireField(3, "uint16", 3)])
    encoder.write(6, [[0], [8], [[1, 2, 3]]])
    encoder.define(0, RECORD, [WireField(8, "uint8", developer_index=0)])
    encoder.write(0, [[7]])
    assert decode(encoder.to_bytes())["record"]["developer:unknown_0_8"].tolist() == [7]
