"""The catalogue and the streams as one database, for a question in SQL, through DuckDB."""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from stridelab.errors import UsageError
from stridelab.store import schema
from stridelab.store.store import Store

_STREAMS: Final = {
    "records": "????????????????.parquet",
    "developer": "*.developer.parquet",
    "rr_intervals": "*.rr.parquet",
    "imu": "*.imu-*.parquet",
}
"""Views of the samples, and the files of each; every one has the column ``activity_id``."""


def query(store: Store, text: str) -> pd.DataFrame:
    """The answer to a question in SQL.

    ``activities`` is `Store.activities` of all athletes, edits applied and with ``is_primary`` (false for a copy of a
    run) and ``excluded``; every other table of the catalogue is there under its name (`stridelab.store.schema`).
    ``records``, ``developer``, ``rr_intervals`` and ``imu`` are the samples of all activities. Nothing that a statement
    does changes the store.

    Parameters
    ----------
    store
        Which store.
    text
        A statement of DuckDB's SQL.

    Raises
    ------
    UsageError
        Where DuckDB is not installed or does not understand the statement.
    """
    try:
        duckdb: Any = import_module("duckdb")
    except ImportError:
        raise UsageError("DuckDB is not installed", advice="pip install 'stridelab[sql]'") from None
    words = set(re.findall(r"\w+", text.lower()))
    with duckdb.connect(":memory:") as database:
        try:
            database.execute("SET TimeZone = 'UTC'")
            # Only what the question names: nothing is read for the rest.
            for name, table in schema.metadata.tables.items():
                if name in words or words & {"show", "tables", "describe"}:
                    whole = table is schema.activities
                    database.register(name, _activities(store) if whole else _frame(store, table))
            for name, pattern in _STREAMS.items():
                if name in words:
                    _add_streams(database, store, name, pattern)
            found: pd.DataFrame = database.execute(text).df()
        except duckdb.Error as error:
            raise UsageError(
                f"the query failed ({error})",
                advice="The tables are " + ", ".join([*schema.metadata.tables, *_STREAMS]) + ".",
            ) from None
    return found


def _activities(store: Store) -> pd.DataFrame:
    """The activities of all athletes, each with whose it is."""
    found = [store.activities(name).assign(athlete=name) for name in store.athletes()]
    return pd.concat(found, ignore_index=True) if found else store.activities().assign(athlete="")


def _frame(store: Store, table: sa.Table) -> Any:
    with store.database.reading() as connection:
        rows = connection.execute(sa.select(table)).all()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.c)
    kinds = {
        sa.Integer: pa.int64(),
        sa.BigInteger: pa.int64(),
        sa.Double: pa.float64(),
        sa.Date: pa.date32(),
        sa.LargeBinary: pa.binary(),
        schema.UtcTime: pa.timestamp("ms", "UTC"),
    }
    arrays = {}
    for column, values in zip(table.c, columns, strict=True):
        kind = kinds.get(type(column.type), pa.string())
        plain = [_text(value) for value in values] if pa.types.is_string(kind) else list(values)
        arrays[column.name] = pa.array(plain, kind)
    return pa.table(arrays)


def _text(value: Any) -> str | None:
    """Text as it is; what was stored as JSON as JSON, which DuckDB can look into."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def _add_streams(database: Any, store: Store, name: str, pattern: str) -> None:
    files = [str(path) for path in sorted(store.streams.glob(pattern))]
    if name == "records":
        files = [path for path in files if path.count(".parquet") == 1]
    if not files:
        database.execute(f"CREATE VIEW {name} AS SELECT '' AS activity_id LIMIT 0")
        return
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
    database.execute(
        f"CREATE VIEW {name} AS SELECT split_part(parse_filename(filename), '.', 1) AS activity_id, "
        f"* EXCLUDE (filename) FROM read_parquet([{listed}], union_by_name = true, filename = true)"
    )
