"""Raw inertial recordings: text, npz, Parquet and MATLAB tables of loggers and labs, read as `ImuStream`.

What the columns are is told by the header, if it is one of a known logger (`loggers.LOGGERS`) or says so itself
(`header.meaning`), or by a mapping (`layout.declared`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from stridelab.activity import ReadResult, Source
from stridelab.errors import NotRecognisedError, ReadError, UsageError
from stridelab.importers.imu.header import bare
from stridelab.importers.imu.layout import Declared, Layout, declared, overlaid
from stridelab.importers.imu.loggers import SENSOR_LOGGER_COLUMNS, recognised
from stridelab.importers.imu.tables import Table

__all__ = ["read"]


def read(data: bytes, source: Source, mapping: Declared | None = None) -> ReadResult:
    """The recording that a table holds.

    Parameters
    ----------
    data
        The file, unpacked.
    source
        Its name and checksum.
    mapping
        What its header does not say, or says wrongly: see `layout.declared`.

    Raises
    ------
    NotRecognisedError
        If nothing tells which columns are an acceleration.
    ReadError
        If the file is damaged, or units or rate are missing.
    UsageError
        If the mapping makes no sense, or names a column that is not there.
    """
    from stridelab.importers.imu.recording import activity

    said = declared(mapping)
    try:
        # Damaged files hold every pattern of bits; what comes of them is judged by its value.
        with np.errstate(all="ignore"):
            table = _table(data)
            layout = _layout(table, source, said)
            found = activity(table, layout, source)
    except ReadError as error:
        raise type(error)(
            error.found, expected=error.expected, where=error.where or source.name, advice=error.advice
        ) from error
    return ReadResult(activities=(found,), source=source, issues=found.issues)


def _table(data: bytes) -> Table:
    from stridelab.importers.imu.binary import read_mat, read_npz, read_parquet
    from stridelab.importers.imu.text import read_text

    readers: Mapping[bytes, Callable[[bytes], Table]] = {b"PK": read_npz, b"PAR1": read_parquet, b"MATLAB": read_mat}
    for magic, reader in readers.items():
        if data.startswith(magic):
            return reader(data)
    table = read_text(data)
    if table is None:
        raise NotRecognisedError("no rows of numbers", expected="a table")
    return table


def _layout(table: Table, source: Source, said: Layout) -> Layout:
    names = list(table.columns)
    found = recognised(names, table.metadata, source.name)
    if found is None and said != Layout():
        found = bare(names)
    layout = overlaid(found or Layout(), said)
    if not any(sensor.acceleration for sensor in layout.sensors):
        if set(names) >= SENSOR_LOGGER_COLUMNS:
            raise NotRecognisedError(
                "a file of Sensor Logger whose name does not say that it holds accelerations",
                expected="Accelerometer.csv or TotalAcceleration.csv",
                advice="Keep the app's file names, or declare the columns.",
            )
        raise NotRecognisedError(
            f"columns {shown(names)}",
            expected="columns of acceleration on x, y and z",
            advice="Declare them in a file of the same name that ends in .toml, or by `stridelab gait --columns`.",
        )
    wanted = [
        *layout.time,
        layout.date,
        *(name for s in layout.sensors for name in (*s.acceleration, *s.angular_velocity)),
    ]
    missing = [name for name in wanted if name and name not in table.columns]
    if missing:
        raise UsageError(f"there is no column {missing[0]!r}", expected=f"one of {shown(names, 30)}", where=source.name)
    return _with_dates(table, layout)


def _with_dates(table: Table, layout: Layout) -> Layout:
    """A column of dates, where no name says that it holds times, or one beside a clock that has none."""
    if not layout.time:
        moments = [name for name, column in table.columns.items() if column.dtype.kind == "M"]
        return replace(layout, time=(moments[0],), time_unit="datetime") if moments else layout
    if len(layout.time) == 1 and table.columns[layout.time[0]].dtype.kind == "O":
        days = [name for name in table.columns if name.strip().lower() in ("date", "day", "datum")]
        if days and table.columns[days[0]].dtype.kind == "O":
            return replace(layout, time=(days[0], layout.time[0]), time_unit="datetime")
    return layout


MAX_SHOWN: Final = 8


def shown(names: list[str], most: int = MAX_SHOWN) -> str:
    """The first names of a table, for a message."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(repr(name[:40]) for name in names[:most]) + more
