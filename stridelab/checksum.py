"""FIT's checksum (CRC-16/ARC), over whole files at once."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

_REFLECTED_POLYNOMIAL: Final = 0xA001

Words = npt.NDArray[np.uint16]


def crc16(data: bytes | memoryview) -> int:
    """CRC-16/ARC of the bytes.

    The checksum is linear over GF(2): a word counts for itself times x to the number of bits behind it. So the words
    are folded in halves, the front half multiplied by its distance with one table look-up each: as many look-ups as
    words, all of them vectorised.

    Examples
    --------
    >>> hex(crc16(b"123456789"))
    '0xbb3d'
    """
    odd = len(data) % 2
    size = 1 << max((len(data) // 2 - 1), 0).bit_length()
    words = np.zeros(size, dtype="<u2")
    count = len(data) // 2
    if count:
        # Zero words in front change nothing, because the register starts at zero.
        words[size - count :] = np.frombuffer(data, dtype="<u2", count=count)
    while len(words) > 1:
        half = len(words) // 2
        words = _shifted(half.bit_length() - 1)[words[:half]] ^ words[half:]
    register = int(_shifted(0)[words[0]]) if count else 0
    if odd:
        register = _after_byte(register, data[-1])
    return register


@cache
def _shifted(level: int) -> Words:
    """Every word times x^(16·2^level), modulo the polynomial, shape ``(65536,)``."""
    if level:
        half = _shifted(level - 1)
        return half[half]
    table = np.arange(65536, dtype=np.uint16)
    for _ in range(16):
        table = ((table >> 1) ^ (table & 1) * np.uint16(_REFLECTED_POLYNOMIAL)).astype(np.uint16)
    return table


def _after_byte(register: int, byte: int) -> int:
    register ^= byte
    for _ in range(8):
        register = (register >> 1) ^ (_REFLECTED_POLYNOMIAL if register & 1 else 0)
    return register
