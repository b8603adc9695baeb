"""FIT ``record`` messages to the channels of an activity, and developer fields to a table of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import empty_records
from stridelab.channels import CHANNELS
from stridelab.frames import frame_of
from stridelab.importers.cadence import both_feet
from stridelab.importers.fit.columns import is_missing
from stridelab.importers.fit.decode import Table
from stridelab.importers.fit.developer import PREFIX
from stridelab.importers.fit.footpods import add_footpod, makers
from stridelab.importers.fit.tables import times
from stridelab.samples import utc_index
from stridelab.sports import Family, counts_steps

FloatArray = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


def channels(table: Table, rows: Rows, family: Family) -> tuple[pd.DataFrame, dict[str, str]]:
    """The channels that these records hold, as they stand in the file.

    A channel comes from the device's own field; a running-dynamics channel or power that the device lacks is taken from
    a footpod for the whole activity. Channels without any value are left out.

    Returns
    -------
    records, provenance
        Index ``timestamp`` in the order of the file, not yet cleaned; what was done, by column.
    """
    columns: dict[str, FloatArray] = {}
    provenance: dict[str, str] = {}
    for channel in CHANNELS.values():
        if channel.column.startswith("cadence_"):
            continue
        for name in channel.fit:
            values = numeric(table.columns.get(name), rows)
            if values is not None and np.isfinite(values).any():
                columns[channel.column] = values
                break
    _add_cadence(columns, provenance, table, rows, family)
    add_footpod(columns, provenance, table, rows, family)
    ordered = {name: columns[name] for name in CHANNELS if name in columns}
    return frame_of(ordered, index_of(table, rows)), provenance


def developer_fields(table: Table, rows: Rows) -> pd.DataFrame:
    """Every developer field of these records, named ``<application or unknown>:<field>``, in the order of the file."""
    known = makers(table)
    if not known:
        return empty_records()
    said = np.zeros(len(rows), dtype=np.bool_)
    columns: dict[str, npt.NDArray[Any]] = {}
    for name, maker in known.items():
        values = table.columns[name][rows]
        said |= ~is_missing(values)
        label = f"{maker}:{name.removeprefix(PREFIX)}"
        columns[label] = values if values.ndim == 1 else np.fromiter(values.tolist(), dtype=object, count=len(values))
    said &= ~np.isnat(times(table, "timestamp")[rows])
    if not said.all():
        rows, columns = rows[said], {name: values[said] for name, values in columns.items()}
    return frame_of(columns, index_of(table, rows))


def index_of(table: Table, rows: Rows) -> pd.DatetimeIndex:
    """Index ``timestamp`` of these rows; NaT where the file gives no time."""
    return utc_index(times(table, "timestamp")[rows])


def numeric(column: npt.NDArray[Any] | None, rows: Rows) -> FloatArray | None:
    """These rows of a column as numbers; None where there is no such column or it holds none."""
    if column is None or column.ndim != 1 or column.dtype.kind not in "uif":
        return None
    return column[rows].astype(np.float64)


def _add_cadence(
    columns: dict[str, FloatArray], provenance: dict[str, str], table: Table, rows: Rows, family: Family
) -> None:
    cadence = numeric(table.columns.get("cadence"), rows)
    if cadence is None or not np.isfinite(cadence).any():
        return
    fraction = numeric(table.columns.get("fractional_cadence"), rows)
    if fraction is not None:
        cadence = cadence + np.nan_to_num(fraction)
    if not counts_steps(family):
        columns["cadence_rpm"] = cadence
        return
    columns["cadence_spm"], provenance["cadence_spm"] = both_feet(cadence, columns.get("speed_mps"), family)
