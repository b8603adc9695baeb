"""Numeric variables of MATLAB files, version 5 to 7.2.

scipy's reader ends the whole process on some damaged files, which no import may do; so the little that a recording
needs is read here: real, full, numeric matrices (MAT-File Format, MathWorks, "Version 5 MAT-File Format").
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from stridelab.errors import ReadError

HEADER_BYTES: Final = 128
MAX_UNPACKED_BYTES: Final = 1024 * 2**20

_TYPES: Final = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_MATRIX: Final = 14
_COMPRESSED: Final = 15
_NUMERIC_CLASSES: Final = range(6, 16)  # double, single, and the integers
_COMPLEX: Final = 0x0800

Element = tuple[int, bytes]


def variables(data: bytes) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Name and values of each numeric variable; others (text, cells, structures, complex and sparse ones) are left out.

    Parameters
    ----------
    data
        The file.

    Raises
    ------
    ReadError
        If it ends inside a variable or contradicts itself.
    """
    order = {b"IM": "<", b"MI": ">"}.get(data[126:128])
    if order is None:
        raise ReadError("a MATLAB file with a damaged header", expected="'IM' or 'MI' at byte 126")
    for kind, content in _elements(data[HEADER_BYTES:], order):
        if kind == _COMPRESSED:
            kind, content = next(_elements(_unpacked(content), order), (0, b""))
        if kind == _MATRIX and (found := _matrix(content, order)) is not None:
            yield found


def _unpacked(content: bytes) -> bytes:
    engine = zlib.decompressobj()
    try:
        unpacked = engine.decompress(content, MAX_UNPACKED_BYTES)
    except zlib.error as error:
        raise ReadError(f"a MATLAB variable that does not unpack ({error})") from error
    if engine.unconsumed_tail:
        raise ReadError("a MATLAB variable that unpacks to more than 1,024 MiB")
    return unpacked


def _elements(data: bytes, order: str) -> Iterator[Element]:
    """Type and content of each element; a short one has both in its tag."""
    at = 0
    while at + 8 <= len(data):
        first, size = np.frombuffer(data, f"{order}u4", 2, at).tolist()
        if first >> 16:
            kind, size, begin, step = first & 0xFFFF, first >> 16, at + 4, 8
            if size > 4:
                raise ReadError("a MATLAB file that contradicts itself")
        else:
            # Packed elements follow each other without a gap, all others begin at multiples of 8.
            kind, begin = first, at + 8
            step = 8 + (size if kind == _COMPRESSED else -(-size // 8) * 8)
        if begin + size > len(data):
            raise ReadError("a MATLAB file that ends inside a variable")
        yield kind, data[begin : begin + size]
        at += step


def _matrix(content: bytes, order: str) -> tuple[str, npt.NDArray[Any]] | None:
    parts = list(_elements(content, order))
    if len(parts) < 4 or len(parts[0][1]) < 4 or len(parts[1][1]) % 4:
        return None
    flags = int(np.frombuffer(parts[0][1], f"{order}u4", 1)[0])
    shape = np.frombuffer(parts[1][1], f"{order}i4").tolist()
    kind, values = parts[3]
    if flags & 0xFF not in _NUMERIC_CLASSES or flags & _COMPLEX or kind not in _TYPES or len(shape) != 2:
        return None
    dtype = np.dtype(f"{order}{_TYPES[kind]}")
    if min(shape) < 0 or shape[0] * shape[1] * dtype.itemsize != len(values):
        raise ReadError("a MATLAB variable whose size contradicts its content")
    name = parts[2][1].decode("latin-1").strip("\x00")
    array = np.frombuffer(values, dtype).reshape(shape, order="F")
    return name, array.astype(dtype.newbyteorder("="))
