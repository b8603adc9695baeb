"""``stridelab athlete``: who the athlete is, in dated values that know where they came from."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from stridelab.cli.options import AthleteOption, JsonOption, StoreOption, a_date, open_store
from stridelab.cli.output import put, put_json, say
from stridelab.errors import UsageError

app = typer.Typer(
    rich_markup_mode=None,
    help="Show and set what is known of the athlete: sex, mass, heart rates ...",
    epilog="Example: stridelab athlete show",
)


@app.callback(invoke_without_command=True)
def athlete(
    context: typer.Context, store: StoreOption = None, athlete: AthleteOption = "me", as_json: JsonOption = False
) -> None:
    """Show and set what is known of the athlete: sex, mass, heart rates ..."""
    if context.invoked_subcommand is None:
        show(store, athlete, as_json)


@app.command("show", short_help="Show every value that holds today.", epilog="Example: stridelab athlete show")
def show(store: StoreOption = None, athlete: AthleteOption = "me", as_json: JsonOption = False) -> None:
    """Every value that holds today, with where it came from and since when."""
    from stridelab.athlete import QUANTITIES

    # The history's athlete also holds what was estimated from the recordings.
    person = open_store(store).history(athlete).athlete
    today = date.today()  # noqa: DTZ011 - the athlete's own calendar
    held = {name: found for name in QUANTITIES if (found := person.value(name, today))}
    if as_json:
        put_json(
            {
                name: {"value": value.value, "origin": value.origin, "from": value.valid_from, "note": value.note}
                for name, value in held.items()
            }
        )
        return
    for name in QUANTITIES:
        value = held.get(name)
        if value is None:
            put(f"{name:26} not known")
            continue
        shown = value.value if isinstance(value.value, str) else f"{value.value:g}"
        since = f", from {value.valid_from}" if value.valid_from else ""
        put(f"{name:26} {shown:<12} {value.origin}{since}" + (f" ({value.note})" if value.note else ""))


@app.command(
    "set",
    short_help="Set a value, from a day on.",
    epilog="Example: stridelab athlete set max_heart_rate_bpm 188 --from 2026-01-01",
)
def set_(
    quantity: Annotated[str, typer.Argument(metavar="QUANTITY", help="A name that `athlete show` lists.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="In the unit of the name.")],
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day that it holds.")] = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Say what a value is, from a day on; without a day, from the beginning."""
    from stridelab.athlete import athlete_value

    checked = athlete_value(quantity, value, valid_from=a_date(since, "--from"))
    open_store(store, create=True).set_athlete_value(checked, athlete=athlete)
    say(
        f"{athlete}: {quantity} is {checked.value}" + (f" from {checked.valid_from} on." if checked.valid_from else ".")
    )


@app.command(
    "delete",
    short_help="Delete everything of an athlete.",
    epilog="Example: stridelab athlete delete ann",
)
def delete(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    store: StoreOption = None,
) -> None:
    """Delete everything of an athlete for good, originals included, after asking."""
    from stridelab.cli.editing import confirm
    from stridelab.store.removing import delete_athlete

    opened = open_store(store)
    if name not in opened.athletes():
        raise UsageError(f"there is no athlete {name!r}", advice="`stridelab athlete list` lists them.")
    confirm(f"Delete everything of {name} for good, the imported files included?", yes=yes)
    delete_athlete(opened, name)
    say(f"Deleted: everything of {name}.")


@app.command("list", short_help="List the athletes of the store.", epilog="Example: stridelab athlete list")
def list_(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """The athletes of whom the store holds something."""
    names = open_store(store).athletes()
    if as_json:
        put_json(names)
    elif names:
        put("\n".join(names))
    else:
        raise UsageError("no athlete in this store", advice="Import recordings first: stridelab import PATH")
