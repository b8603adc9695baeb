"""FIT's checksum against the bit by bit definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stridelab.checksum import crc16


def bit_by_bit(data: bytes) -> int:
    register = 0
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0xA001 if register & 1 else 0)
    return register


@given(st.binary(max_size=600))
def test_crc_equals_its_definition(data: bytes) -> None:
    assert crc16(data) == bit_by_bit(data)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4095, 4096, 4097])
def test_crc_at_the_edges_of_its_folding(size: int) -> None:
    data = bytes((7 * i + 3) % 256 for i in range(size))
    assert crc16(data) == bit_by_bit(data)


def test_the_checksum_of_a_message_with_its_checksum_is_zero() -> None:
    data = b"a FIT file"
    assert crc16(data + crc16(data).to_bytes(2, "little")) == 0
