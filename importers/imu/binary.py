"""Tables of arrays: npz, Parquet and MATLAB files."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stridelab.errors import ReadError
from stridelab.importers.imu.matlab import variables
from stridelab.importers.imu.tables import Column, Table, since_1970

MAX_UNPACKED_BYTES: Final = 1024 * 2**20
"""More than this from one npz is refused: 20 hours of six columns at 100 Hz take a third of it."""


def read_npz(data: bytes) -> Table:
    """The arrays of an npz file.

    Raises
    ------
    ReadError
        If it is damaged, holds Python objects, or would unpack to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MAX_UNPACKED_BYTES:
            raise ReadError(f"an npz file that unpacks to {size / 2**20:,.0f} MiB", expected="at most 1,024 MiB")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return table_of((name, arrays[name]) for name in arrays.files)
    except ReadError:
        raise
    except Exception as error:  # zipfile, zlib and numpy each have their own for damage
        raise ReadError(f"a damaged npz file ({error})", advice="Write it again with numpy.savez.") from error


def read_mat(data: bytes) -> Table:
    """The numeric variables of a MATLAB file of version 5 to 7.2.

    Raises
    ------
    ReadError
        If it is damaged, or of version 7.3.
    """
    if data.startswith(b"MATLAB 7.3"):
        raise ReadError("a MATLAB file of version 7.3", advice="Save it with `save -v7`, or as CSV.")
    return table_of(variables(data))


def read_parquet(data: bytes) -> Table:
    """The columns of a Parquet file.

    Raises
    ------
    ReadError
        If it is damaged.
    """
    try:
        table = pq.ParquetFile(io.BytesIO(data)).read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ReadError(f"a damaged Parquet file ({error})", advice="Write it again.") from error
    columns: dict[str, Column] = {}
    units: dict[str, str] = {}
    for name in dict.fromkeys(table.column_names):
        column = table.column(table.column_names.index(name))
        kind = column.type
        if pa.types.is_timestamp(kind):
            columns[name] = np.asarray(column.cast(pa.timestamp("ns")).to_numpy())
            if kind.tz is not None:
                columns[name], units[name] = since_1970(columns[name]), "ns"
        elif pa.types.is_floating(kind) or pa.types.is_integer(kind):
            columns[name] = np.asarray(column.to_numpy(), dtype=np.float64 if column.null_count else None)
        elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
            columns[name] = np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
    return Table(columns, units)


def table_of(arrays: Iterable[tuple[str, Any]]) -> Table:
    """Arrays of one length as columns, single values beside them; what has another length is left out.

    Parameters
    ----------
    arrays
        Names and arrays; of shape ``(n,)``, ``(n, 3)`` or ``(3, n)``, or single values.
    """
    columns: dict[str, Column] = {}
    scalars: dict[str, Any] = {}
    for name, value in arrays:
        array = np.asarray(value)
        if array.dtype.kind not in "fiubUM":
            continue
        if array.size == 1:
            scalars[name] = array.reshape(-1)[0].item()
            continue
        array = np.squeeze(array)
        if array.ndim == 2 and array.shape[0] == 3 and array.shape[1] > 3:
            array = array.T
        if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 3):
            columns[name] = array.astype(np.float64) if array.dtype.kind in "fb" else array
    length = _length(columns)
    return Table({name: column for name, column in columns.items() if len(column) == length}, scalars=scalars)


def _length(columns: Mapping[str, Column]) -> int:
    """The length of most columns; of several such the greatest."""
    counts = Counter(len(column) for column in columns.values())
    return max(counts, key=lambda length: (counts[length], length), default=0)
