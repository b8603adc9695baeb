"""DataFrames from whole columns, without pandas looking at every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.internals import create_dataframe_from_blocks  # type: ignore[import-not-found]


def frame_of(columns: Mapping[str, npt.NDArray[Any]], index: pd.Index | None = None) -> pd.DataFrame:
    """A DataFrame of these columns, each of the type that it has.

    `pandas.DataFrame` does the same, but looks at each column by itself and at each text and array in it. A file has
    tables of a hundred columns and a few rows, which this makes several times faster.

    Parameters
    ----------
    columns
        Arrays by name, each of shape ``(n_rows,)``, or ``(n_rows, width)``, which becomes a column of arrays. Times
        (``datetime64``) become UTC, but for those named ``local_…``; objects stay as they are; all are copied.
    index
        Of the rows; None counts them.

    Examples
    --------
    >>> frame = frame_of({"rate": np.array([1.5, 2.5]), "name": np.array(["a", None], dtype=object)})
    >>> frame.dtypes.astype(str).tolist()
    ['float64', 'object']
    """
    places: dict[np.dtype[Any], list[int]] = {}
    arrays = list(columns.values())
    blocks: list[tuple[Any, npt.NDArray[np.intp]]] = []
    for place, (name, values) in enumerate(columns.items()):
        if values.ndim > 1:
            arrays[place] = values = _of_arrays(values)
        if values.dtype.kind == "M" and not name.startswith("local_"):
            blocks.append((pd.array(values, dtype=_utc(values.dtype)).reshape(1, -1), np.array([place])))
        else:
            places.setdefault(values.dtype, []).append(place)
    for dtype, alike in places.items():
        block = np.empty((len(alike), len(arrays[alike[0]])), dtype=dtype)
        for row, place in zip(block, alike, strict=True):
            row[:] = arrays[place]
        blocks.append((block, np.array(alike)))
    if index is None:
        index = pd.RangeIndex(len(arrays[0]) if arrays else 0)
    if not arrays:
        return pd.DataFrame(index=index)
    frame: pd.DataFrame = create_dataframe_from_blocks(blocks, index=index, columns=_labels(tuple(columns)).view())
    return frame


@lru_cache(maxsize=1024)
def _labels(names: tuple[str, ...]) -> pd.Index:
    # An index of text is the dearest part of a small table, and the same tables come again and again.
    return pd.Index(list(names), dtype="str")


@lru_cache(maxsize=8)
def _utc(dtype: np.dtype[Any]) -> pd.DatetimeTZDtype:
    unit: Any = np.datetime_data(dtype)[0]
    return pd.DatetimeTZDtype(unit, "UTC")


def _of_arrays(values: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
    """The rows of an array as objects; all rows without any value are one and the same."""
    n = len(values)
    if not n:
        return np.empty(0, dtype=object)
    missing = np.zeros(n, dtype=np.bool_)
    if values.dtype.kind == "f":
        missing = np.isnan(values.reshape(n, -1).T).all(axis=0)
    if not missing.any():
        return np.fromiter(values, dtype=object, count=n)
    nothing = np.full(values.shape[1:], np.nan)
    nothing.flags.writeable = False
    rows = [nothing] * n
    for place in np.flatnonzero(~missing).tolist():
        rows[place] = values[place]
    return np.fromiter(rows, dtype=object, count=n)
