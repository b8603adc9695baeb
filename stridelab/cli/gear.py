"""``stridelab gear``: shoes and what else wears out, and how far each has gone."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from stridelab.cli.options import (
    AthleteOption,
    CsvOption,
    JsonOption,
    StoreOption,
    Units,
    UnitsOption,
    a_date,
    open_store,
)
from stridelab.cli.output import put_table, say

app = typer.Typer(
    rich_markup_mode=None,
    help="List, add, assign and retire shoes and other gear; that of an imported export is in already.",
    epilog="Example: stridelab gear list",
)
GearArgument = Annotated[str, typer.Argument(metavar="GEAR", help="Its name or its id.")]


@app.callback(invoke_without_command=True)
def gear(
    context: typer.Context, store: StoreOption = None, athlete: AthleteOption = "me", as_json: JsonOption = False
) -> None:
    """List, add, assign and retire shoes and other gear; that of an imported export is in already."""
    if context.invoked_subcommand is None:
        list_(as_json=as_json, store=store, athlete=athlete)


@app.command("list", short_help="List the gear.", epilog="Example: stridelab gear list --json")
def list_(
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    units: UnitsOption = Units.km,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """List the gear with how far it has gone."""
    found = open_store(store).history(athlete).gear
    found = found.assign(since=found["since"].dt.date, retired=found["retired"].dt.date)
    if not (as_json or as_csv):
        unit = 1000.0 if units is Units.km else 1609.344
        found[f"distance_{units.value}"] = (found.pop("distance_m") / unit).round(1)
    put_table(found, as_json=as_json, as_csv=as_csv)


@app.command("add", short_help="Add gear.", epilog='Example: stridelab gear add "Blue pair" --since 2026-03-01')
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    kind: Annotated[str, typer.Option("--kind", help="shoes, bike ...")] = "shoes",
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="First day.")] = None,
    km: Annotated[float, typer.Option("--km", min=0, help="How far it had gone before.")] = 0.0,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Add a piece of gear."""
    from stridelab.store import editing

    opened, first = open_store(store, create=True), a_date(since, "--since")
    gear_id = editing.add_gear(opened, name, athlete=athlete, kind=kind, since=first, distance_m=1000 * km)
    say(f"Added: {name} ({gear_id}).")


@app.command(
    "assign", short_help="Assign gear to an activity.", epilog='Example: stridelab gear assign "Blue pair" 1f0c'
)
def assign(
    piece: GearArgument,
    activities: Annotated[list[str], typer.Argument(metavar="ID...", help="Activities.")],
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Assign gear to activities, in the place of other gear of its kind."""
    from stridelab.store import editing

    opened = open_store(store)
    for activity in activities:
        name = editing.assign_gear(opened, piece, activity, athlete=athlete)
        say(f"{activity}: {name}.")


@app.command("retire", short_help="Retire gear.", epilog='Example: stridelab gear retire "Blue pair" --on 2026-11-01')
def retire(
    piece: GearArgument,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="From when (default: today).")] = None,
    back: Annotated[bool, typer.Option("--back", help="Put it back to use instead.")] = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Retire gear, or put it back to use."""
    from stridelab.store import editing

    day = None if back else a_date(on, "--on") or date.today()  # noqa: DTZ011 - the athlete's own calendar
    name = editing.retire_gear(open_store(store), piece, day, athlete=athlete)
    say(f"{name}: " + ("in use." if day is None else f"retired on {day}."))
