"""Tables and values as bytes, and back exactly: dtypes, order, times, missing text."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

FloatArray = npt.NDArray[np.float64]

_META: Final = b"stridelab"
FLOAT: Final = np.dtype(np.float64)
_UTC_MS: Final = pd.DatetimeTZDtype("ms", "UTC")
_AS_NUMBERS: Final = ("float64", "int64", "bool")
_ARROW_STREAM: Final = b"\xff\xff\xff\xff"


def to_table(frame: pd.DataFrame, extra: Mapping[str, Any] | None = None) -> pa.Table:
    """A frame as an Arrow table; a named index becomes the first column.

    Columns of objects are stored as text where they hold text, lists or the like, and as JSON where they are mixed.
    """
    named_index = frame.index.name
    columns: dict[str, Any] = {} if named_index is None else {str(named_index): frame.index}
    columns |= _columns(frame)
    arrays, as_json = [], []
    for name, values in columns.items():
        try:
            arrays.append(_array(values))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            # What pyarrow raises for values of several types in one column, which JSON can hold.
            as_json.append(name)
            arrays.append(pa.array([json.dumps(to_json(value)) for value in values], pa.string()))
    meta = {
        "index": named_index,
        "rows": len(frame),
        "dtypes": {name: str(values.dtype) for name, values in columns.items()},
        "json": as_json,
        "extra": to_json(extra or {}),
    }
    return pa.table(arrays, names=list(columns)).replace_schema_metadata({_META: json.dumps(meta)})


def _columns(frame: pd.DataFrame) -> dict[str, Any]:
    """The columns by name; of numbers as arrays, because taking columns out of a frame is slow."""
    if set(frame.dtypes.tolist()) == {FLOAT}:
        return dict(zip(map(str, frame.columns), frame.to_numpy().T, strict=True))
    return {str(name): values for name, values in frame.items()}


def _array(values: Any) -> pa.Array:
    """A column as an Arrow array, NaN as null; numbers and times past pandas' own way, which is slow for short ones."""
    dtype = values.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "fiub":
        return pa.array(np.asarray(values), from_pandas=True)
    if dtype == _UTC_MS:
        return pa.array(values.to_numpy(dtype="datetime64[ms]"), pa.timestamp("ms", "UTC"))
    return pa.Array.from_pandas(values)


def from_table(table: pa.Table) -> pd.DataFrame:
    """The frame of `to_table`."""
    meta = json.loads(table.schema.metadata[_META])
    columns = {name: _column(table[name], dtype, name in meta["json"]) for name, dtype in meta["dtypes"].items()}
    index: pd.Index[Any] = pd.RangeIndex(meta["rows"])
    if meta["index"] is not None:
        index = pd.Index(columns.pop(meta["index"]), name=meta["index"])
    return pd.DataFrame({name: values.set_axis(index) for name, values in columns.items()}, index=index)


def extra_of(table: pa.Table) -> dict[str, Any]:
    """What `to_table` was given beside the frame."""
    found: dict[str, Any] = from_json(json.loads(table.schema.metadata[_META])["extra"])
    return found


def _column(values: pa.ChunkedArray, dtype: str, is_json: bool) -> pd.Series[Any]:
    if is_json:
        return pd.Series([from_json(json.loads(text)) for text in values.to_pylist()], dtype="object")
    if dtype == "object":
        return pd.Series(list(values.to_numpy(zero_copy_only=False)), dtype="object")
    column: Any = values.to_pandas()
    restored: pd.Series[Any] = column.astype(dtype)
    return restored


def to_bytes(frame: pd.DataFrame) -> bytes:
    """A small frame as packed JSON, a column at a time: Arrow takes ten times as long for a table of some rows."""
    columns = {str(name): [str(values.dtype), _plain(values)] for name, values in frame.items()}
    return zlib.compress(json.dumps({"rows": len(frame), "columns": columns}).encode(), 1)


def from_bytes(content: bytes) -> pd.DataFrame:
    """The frame of `to_bytes`; also as earlier versions wrote it, by Arrow, packed or not."""
    if not content.startswith(_ARROW_STREAM):
        content = zlib.decompress(content)
    if content.startswith(_ARROW_STREAM):
        with pa.ipc.open_stream(content) as reader:
            return from_table(reader.read_all())
    table = json.loads(content)
    columns = {name: _restored(dtype, values) for name, (dtype, values) in table["columns"].items()}
    return pd.DataFrame(columns, index=pd.RangeIndex(table["rows"]))


def _plain(values: pd.Series[Any]) -> list[Any]:
    """A column as JSON takes it: numbers, times as milliseconds, everything else by `to_json`."""
    if values.dtype == _UTC_MS:
        milliseconds: list[Any] = np.asarray(values.array, dtype="datetime64[ms]").astype(np.int64).tolist()
        return milliseconds
    if str(values.dtype) in _AS_NUMBERS:
        return values.tolist()
    return [to_json(value) for value in values.tolist()]


def _restored(dtype: Any, values: list[Any]) -> pd.Series[Any]:
    if dtype == str(_UTC_MS):
        return pd.Series(np.array(values, dtype=np.int64).astype("datetime64[ms]")).dt.tz_localize("UTC")
    if dtype not in _AS_NUMBERS:
        values = [from_json(value) for value in values]
    column: pd.Series[Any] = pd.Series(values, dtype="object").astype(dtype)
    return column


def pack(values: npt.ArrayLike) -> bytes:
    """Numbers as packed little-endian float64: exact, and a few hundred bytes for a histogram."""
    return zlib.compress(np.ascontiguousarray(values, dtype="<f8").tobytes())


def unpack(content: bytes) -> FloatArray:
    """The numbers of `pack`, in an array that may be written to."""
    return np.frombuffer(zlib.decompress(content), dtype="<f8").astype(np.float64)


def to_json(value: Any) -> Any:
    """A value in what JSON knows, from which `from_json` gives it back; what it does not know becomes text."""
    if value is None or isinstance(value, bool | int | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, float | np.floating):
        number = float(value)
        return number if math.isfinite(number) else {"$float": str(number)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return {"$tuple": [to_json(item) for item in value]}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, np.ndarray):
        return {"$array": [to_json(item) for item in value.tolist()]}
    if isinstance(value, np.integer | np.bool_):
        return value.item()
    if value is pd.NaT:
        return None
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    return str(value)


def from_json(value: Any) -> Any:
    """The value of `to_json`."""
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(tag, content)] = value.items()
        if tag in _TAGGED:
            return _TAGGED[tag](content)
    return {key: from_json(item) for key, item in value.items()}


_TAGGED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "$float": float,
    "$tuple": lambda items: tuple(from_json(item) for item in items),
    "$array": lambda items: np.asarray([from_json(item) for item in items]),
    "$time": datetime.fromisoformat,
    "$date": date.fromisoformat,
}
