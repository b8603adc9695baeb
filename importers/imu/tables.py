"""A recording as columns, whatever file it lay in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one length, and what the file says besides.

    Parameters
    ----------
    columns
        By name: float64, datetimes or text, shape ``(n_samples,)``, or ``(n_samples, 3)``.
    units
        Units that a line of the file gives, by column.
    metadata
        Lines above the header.
    scalars
        Single values of the file, by name.
    skipped
        Lines that are no row of the table.
    cut
        Whether the file ends in the middle of a row.
    """

    columns: Mapping[str, Column]
    units: Mapping[str, str] = field(default_factory=dict)
    metadata: tuple[str, ...] = ()
    scalars: Mapping[str, Any] = field(default_factory=dict)
    skipped: int = 0
    cut: bool = False


def numbers(column: Column) -> npt.NDArray[np.float64]:
    """A column as numbers; what is none is NaN."""
    if column.dtype.kind in "fiub":
        return column.astype(np.float64)
    import pandas as pd

    return np.asarray(pd.to_numeric(pd.Series(column), errors="coerce"), dtype=np.float64)


def since_1970(moments: Column) -> Column:
    """UTC times as nanoseconds; float64 with NaN where one is missing."""
    count = moments.astype("datetime64[ns]").astype(np.int64)
    missing = np.isnat(moments)
    return np.where(missing, np.nan, count.astype(np.float64)) if missing.any() else count
