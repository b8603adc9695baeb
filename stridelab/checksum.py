"""FIT's checksum (CRC-16/ARC), over whole files at once."""

from __future__ import annotations

from typing import Final

import numpy as np

_REFLECTED_POLYNOMIAL: Final = 0xA001
_REFLECTED_FACTOR: Final = 0xC001
"""x^15 + x + 1: the polynomial is this times x + 1."""

_WORD: Final = 8
_FEW_WORDS: Final = 30


def crc16(data: bytes | memoryview) -> int:
    """CRC-16/ARC of the bytes.

    The polynomial x^16 + x^15 + x^2 + 1 has the factors x + 1 and x^15 + x + 1. Modulo the second, x^(15s) is x^s + 1
    for every power of two s (squaring is linear over GF(2)). So the words in front may be taken away and added again
    15·s and 14·s words further back, until little is left: a few additions of whole arrays. The rest is divided byte by
    byte. Modulo x + 1 a message is its parity, which tells the two remainders apart that are left.

    Examples
    --------
    >>> hex(crc16(b"123456789"))
    '0xbb3d'
    """
    # Zero bytes in front change nothing, because the register starts at zero.
    pad = -len(data) % _WORD
    words = np.zeros((len(data) + pad) // _WORD, dtype="<u8")
    words.view(np.uint8)[pad:] = np.frombuffer(data, dtype=np.uint8)
    parity = _parity(int(np.bitwise_xor.reduce(words)))
    while len(words) > _FEW_WORDS:
        step = 1 << ((len(words) - 1) // 15).bit_length() - 1
        front = words[: min(14 * step, len(words) - 15 * step)]
        words[14 * step :][: len(front)] ^= front
        words[15 * step :][: len(front)] ^= front
        words = words[len(front) :]
    register = _remainder(words.tobytes())
    return register if _parity(register) == parity else register ^ _REFLECTED_FACTOR


def _remainder(data: bytes) -> int:
    """CRC-16/ARC of a few bytes, one after the other."""
    register = 0
    for byte in data:
        register = (register >> 8) ^ _AFTER_BYTE[(register ^ byte) & 0xFF]
    return register


def _after_byte(register: int) -> int:
    for _ in range(8):
        register = (register >> 1) ^ (_REFLECTED_POLYNOMIAL if register & 1 else 0)
    return register


_AFTER_BYTE: Final = tuple(map(_after_byte, range(256)))


def _parity(bits: int) -> int:
    return bits.bit_count() & 1
