"""Numbers of GPX and TCX: one by one, and whole columns at once, to the same last bit."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pyarrow as pa

FloatArray = npt.NDArray[np.float64]


def parse_number(text: str) -> float:
    """The number that a text is, correctly rounded; NaN where it is none or not finite."""
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def parse_numbers(data: bytes, edges: npt.NDArray[np.int32]) -> FloatArray:
    """Numbers of many spans of a file; NaN where a span is no number.

    Arrow's parser rounds correctly, as Python's does, and reads the spans where they lie: they are the even elements
    of a string array, and what lies between them is its odd ones, which are null and so never looked at.

    Parameters
    ----------
    data
        The file.
    edges
        First byte of each span and the byte after it, shape ``(n_points, n_columns, 2)``, ascending.

    Returns
    -------
    ndarray
        Shape ``(n_points, n_columns)``.
    """
    n, columns, _ = edges.shape
    try:
        return _by_arrow(data, edges.reshape(-1)).reshape(n, columns)
    except pa.ArrowInvalid:
        if columns > 1:
            # One column with something else in it does not slow the others.
            return np.column_stack([parse_numbers(data, edges[:, [i]]) for i in range(columns)])
    texts = (data[a:b].decode("utf-8", errors="replace") for a, b in edges[:, 0].tolist())
    return np.array([parse_number(text) for text in texts], dtype=np.float64).reshape(n, 1)


def _by_arrow(data: bytes, edges: npt.NDArray[np.int32]) -> FloatArray:
    """Every other span between these edges, as a number."""
    n = len(edges) - 1
    if n < 1:
        return np.zeros(0)
    every_other = pa.py_buffer(b"\x55" * (n // 8 + 1))
    spans = pa.Array.from_buffers(pa.utf8(), n, [every_other, pa.py_buffer(edges), pa.py_buffer(data)])
    values = spans.cast(pa.float64())
    # The null elements hold nothing of meaning; the others are ours to take where they lie.
    found = np.frombuffer(values.buffers()[1], dtype=np.float64, count=n)[::2].copy()
    found[~np.isfinite(found)] = np.nan
    return found
