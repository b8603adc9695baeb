"""Samples of activities: Parquet, one file an activity and stream.

``<id>.parquet`` holds the records; where they exist ``<id>.developer.parquet``, ``<id>.rr.parquet`` and
``<id>.imu-<n>.parquet`` hold the footpod's own fields, the beat-to-beat intervals and the inertial sensors. A file is
written beside its place and then renamed, so it is there whole or not at all. What it holds follows from the bytes of
the recording alone: whoever writes it again writes the same.
"""

from __future__ import annotations

import io
import os
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from stridelab.activity import RR_COLUMNS, Activity, ImuStream, empty_records, empty_table
from stridelab.errors import StoreError
from stridelab.store import frames

UNFINISHED: Final = ".part"
"""Ending of a file that is being written."""

IMU: Final = "imu-"
_STALE_AFTER_S: Final = 3600.0
_AXES: Final = ("x", "y", "z")


def write_streams(folder: Path, activity: Activity) -> list[Path]:
    """Write every stream of an activity; one without a sample and a column has none.

    They are whole at once, but on the disk for good only after `make_durable`.

    Raises
    ------
    StoreError
        Where the disk does not take them.
    """
    written = []
    if len(activity.records.columns) or len(activity.records):
        written.append(_write(folder / f"{activity.id}.parquet", frames.to_table(activity.records)))
    for name in beside_records(activity):
        if name == "developer":
            table = frames.to_table(activity.developer)
        elif name == "rr":
            table = frames.to_table(activity.rr_intervals)
        else:
            table = _imu_table(activity.imu[int(name.removeprefix(IMU))])
        written.append(_write(folder / f"{activity.id}.{name}.parquet", table))
    return written


def beside_records(activity: Activity) -> list[str]:
    """Names of an activity's streams other than its records: ``developer``, ``rr``, ``imu-<n>``."""
    found = ["developer"] if len(activity.developer.columns) else []
    found += [] if activity.rr_intervals.empty else ["rr"]
    return [*found, *(f"{IMU}{number}" for number in range(len(activity.imu)))]


def write_table(table: pa.Table, where: Path | BinaryIO) -> None:
    """Write a table as Parquet.

    Numbers have bytes of equal weight beside each other, and times are kept as steps: samples of sensors get smaller,
    and are written faster.
    """
    encodings = {field.name: _encoding(field.type) for field in table.schema}
    rest: Any = [name for name, encoding in encodings.items() if not encoding] or False
    chosen: Any = {name: encoding for name, encoding in encodings.items() if encoding} or None
    pq.write_table(table, where, compression="zstd", use_dictionary=rest, column_encoding=chosen)


def _encoding(kind: pa.DataType) -> str:
    """How Parquet is to store values of a kind; empty for its own way, a dictionary."""
    if pa.types.is_floating(kind):
        return "BYTE_STREAM_SPLIT"
    return "DELTA_BINARY_PACKED" if pa.types.is_timestamp(kind) else ""


def make_durable(folder: Path, paths: Iterable[Path]) -> None:
    """Wait until streams are on the disk: what the catalogue names must outlast a power cut.

    Raises
    ------
    StoreError
        Where the disk does not take them.
    """
    try:
        for path in paths:
            with path.open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(folder)
    except OSError as error:
        raise _not_written(folder, error) from error


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and renaming is durable without
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_streams(folder: Path, activity_id: str, *, samples: int) -> dict[str, Any]:
    """The fields of `Activity` that are streams.

    Parameters
    ----------
    folder, activity_id
        Where they lie, and whose they are.
    samples
        How many records there should be; without any they may have no file.

    Raises
    ------
    StoreError
        Where the records are gone or damaged.
    """
    records = _read(folder / f"{activity_id}.parquet")
    if records is None and samples:
        raise StoreError(
            "its samples are gone",
            expected=f"the file {activity_id}.parquet",
            where=str(folder),
            advice="`stridelab doctor --repair` makes them anew from the original.",
        )
    developer = _read(folder / f"{activity_id}.developer.parquet")
    rr = _read(folder / f"{activity_id}.rr.parquet")
    imu: list[ImuStream] = []
    while (table := _read(folder / f"{activity_id}.imu-{len(imu)}.parquet")) is not None:
        imu.append(_imu_stream(table))
    return {
        "records": empty_records() if records is None else frames.from_table(records),
        "developer": empty_records() if developer is None else frames.from_table(developer),
        "rr_intervals": empty_table(RR_COLUMNS) if rr is None else frames.from_table(rr),
        "imu": tuple(imu),
    }


def files_of(folder: Path, activity_id: str) -> list[Path]:
    """Every stream of an activity that is there."""
    return sorted(folder.glob(f"{activity_id}.*parquet"))


def activity_of(path: Path) -> str:
    """The activity that a stream belongs to."""
    return path.name.partition(".")[0]


def remove_unfinished(folder: Path) -> None:
    """Remove what writers that were killed left behind; a young file may belong to one at work."""
    oldest = time.time() - _STALE_AFTER_S
    for path in folder.glob(f"*{UNFINISHED}"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:
            continue  # its writer renamed it just now


def _write(path: Path, table: pa.Table) -> Path:
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}{UNFINISHED}")
    content = io.BytesIO()  # Arrow's own way into a file costs as much again as making it
    try:
        write_table(table, content)
        unfinished.write_bytes(content.getbuffer())
        unfinished.replace(path)
        return path
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"samples cannot be written ({error.strerror or error})",
        where=str(path),
        advice="Check the disk's space and the permissions, and import again: what was finished is kept.",
    )


def _read(path: Path) -> pa.Table | None:
    try:
        return pq.ParquetFile(path).read()
    except FileNotFoundError:
        return None
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"samples cannot be read ({error})", where=str(path)) from error


def _imu_table(stream: ImuStream) -> pa.Table:
    columns = {f"acceleration_{axis}_mps2": stream.acceleration_mps2[:, i] for i, axis in enumerate(_AXES)}
    turning = stream.angular_velocity_radps
    if turning is not None:
        columns |= {f"angular_velocity_{axis}_radps": turning[:, i] for i, axis in enumerate(_AXES)}
    about = {
        "site": stream.site,
        "sampling_rate_hz": stream.sampling_rate_hz,
        "start_time": stream.start_time,
        "side": stream.side,
        "gravity_included": stream.gravity_included,
    }
    return frames.to_table(pd.DataFrame(columns), extra=about)


def _imu_stream(table: pa.Table) -> ImuStream:
    def axes(quantity: str, unit: str) -> frames.FloatArray:
        return np.column_stack([table[f"{quantity}_{axis}_{unit}"].to_numpy() for axis in _AXES])

    turning = "angular_velocity_x_radps" in table.column_names
    return ImuStream(
        acceleration_mps2=axes("acceleration", "mps2"),
        angular_velocity_radps=axes("angular_velocity", "radps") if turning else None,
        **frames.extra_of(table),
    )
