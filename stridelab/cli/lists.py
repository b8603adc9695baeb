"""``stridelab activities`` and ``stridelab days``: the two tables that everything else is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stridelab.cli.options import AthleteOption, CsvOption, JsonOption, StoreOption, a_date, history_of, open_store
from stridelab.cli.output import put_table
from stridelab.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

ACTIVITY_COLUMNS = (
    "activity_id,local_date,sport,timer_time_s,distance_m,average_heart_rate_bpm,trimp_banister,load,load_method,title"
)
RECORDING_COLUMNS = "activity_id,primary_id,excluded,local_date,start_time,sport,elapsed_time_s,distance_m,title,file"
DAY_COLUMNS = "local_date,state,state_basis,sessions,timer_time_s,distance_m,trimp_banister,load,mechanical_load_m4"

ColumnsOption = Annotated[str | None, typer.Option("--columns", metavar="A,B,...", help="Columns to print, or `all`.")]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DATE", help="First day.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Last day.")]


def activities(
    since: SinceOption = None,
    until: UntilOption = None,
    family: Annotated[
        str | None, typer.Option("--family", help="run, walk, bike, swim, strength, machine or other.")
    ] = None,
    copies: Annotated[
        bool, typer.Option("--copies", help="All recordings: also copies, which name their primary, and excluded ones.")
    ] = False,
    columns: ColumnsOption = None,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """List the activities that count, with their loads; or every recording, with what it is a copy of."""
    from stridelab.sports import FAMILIES

    if family is not None and family not in FAMILIES:
        raise UsageError(f"--family {family!r}", expected="one of " + ", ".join(FAMILIES))
    opened = open_store(store)
    table = opened.activities(athlete) if copies else history_of(opened, athlete).activities
    if family is not None:
        table = table[table["family"] == family]
    shown = columns or (RECORDING_COLUMNS if copies else ACTIVITY_COLUMNS)
    put_table(_chosen(table, since, until, shown), as_json=as_json, as_csv=as_csv)


def days(
    since: SinceOption = None,
    until: UntilOption = None,
    columns: ColumnsOption = None,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """List the days, with their state (trained, active_recovery, rest, unknown), sessions, loads and the models."""
    from stridelab.analysis.chronic import chronic_table

    found = history_of(open_store(store), athlete).days
    table = (found.join(chronic_table(found)) if len(found) else found).reset_index()
    put_table(_chosen(table, since, until, columns or DAY_COLUMNS), as_json=as_json, as_csv=as_csv)


def _chosen(table: pd.DataFrame, since: str | None, until: str | None, columns: str) -> pd.DataFrame:
    """The rows between two days and the columns asked for."""
    import pandas as pd

    first, last = a_date(since, "--since"), a_date(until, "--until")
    if first is not None:
        table = table[table["local_date"] >= pd.Timestamp(first)]
    if last is not None:
        table = table[table["local_date"] <= pd.Timestamp(last)]
    names = list(table.columns) if columns == "all" else [name.strip() for name in columns.split(",")]
    unknown = [name for name in names if name not in table.columns]
    if unknown:
        raise UsageError(f"no column {', '.join(unknown)}", expected="some of " + ", ".join(map(str, table.columns)))
    return table[names].assign(local_date=table["local_date"].dt.date) if "local_date" in names else table[names]
