"""``stridelab log`` and ``stridelab tag``: what the athlete writes down."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from stridelab.cli.options import AthleteOption, CsvOption, JsonOption, StoreOption, a_date, open_store
from stridelab.cli.output import put_table, say

log_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Write down pain, effort, sleep, rest, illness ... and list it.",
    epilog="Example: stridelab log add pain 3 --site knee --side left --on 2026-11-20",
)
tag_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Tag days and activities: race, illness, heat, altitude, travel, new_device, exclude.",
    epilog="Example: stridelab tag add race --on 2026-11-22",
)

OnOption = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day.")]
ActivityOption = Annotated[str | None, typer.Option("--activity", metavar="ID", help="The activity.")]
TagArgument = Annotated[str, typer.Argument(metavar="TAG", help="race, illness, heat, altitude, travel ...")]


@log_app.command("add", short_help="Add an entry.", epilog="Example: stridelab log add pain 3 --site knee --side left")
def add(
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help="pain, rpe, sleep, strength, weight, illness, rest, race, injury or note."),
    ],
    value: Annotated[
        float | None, typer.Argument(metavar="VALUE", help="pain and rpe 0 to 10, sleep h, strength min, weight kg.")
    ] = None,
    on: OnOption = None,
    site: Annotated[str | None, typer.Option("--site", help="Where on the body, such as knee.")] = None,
    side: Annotated[str | None, typer.Option("--side", help="left, right or both.")] = None,
    activity: ActivityOption = None,
    text: Annotated[str | None, typer.Option("--text", help="Anything else.")] = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Add an entry to the log; without --on it is of today."""
    from stridelab.store import editing

    number = editing.add_log(
        open_store(store, create=True),
        a_date(on, "--on") or date.today(),  # noqa: DTZ011 - the athlete's own calendar
        kind,
        athlete=athlete,
        value=value,
        body_site=site,
        side=side,
        activity_id=activity,
        text=text,
    )
    say(f"Entry {number}: {kind}" + (f" {value:g}." if value is not None else "."))


@log_app.command("list", short_help="List the entries.", epilog="Example: stridelab log list --kind pain --csv")
def list_log(
    kind: Annotated[str | None, typer.Option("--kind", help="Only these.")] = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """List the entries of the log by day."""
    from stridelab.store import editing

    found = editing.log_entries(open_store(store), athlete=athlete)
    put_table(found if kind is None else found[found["kind"] == kind], as_json=as_json, as_csv=as_csv)


@log_app.command("remove", short_help="Remove an entry.", epilog="Example: stridelab log remove 7")
def remove(
    number: Annotated[int, typer.Argument(metavar="ENTRY", help="Its number in `log list`.")],
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Remove an entry of the log."""
    from stridelab.store import editing

    editing.remove_log(open_store(store), number, athlete=athlete)
    say(f"Removed: entry {number}.")


@tag_app.command(
    "add", short_help="Tag a day or an activity.", epilog="Example: stridelab tag add heat --on 2026-07-01"
)
def add_tag(
    tag: TagArgument,
    on: OnOption = None,
    activity: ActivityOption = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Tag a day (--on) or an activity (--activity)."""
    from stridelab.store import editing

    opened = open_store(store, create=True)
    editing.add_tag(opened, tag, athlete=athlete, on=a_date(on, "--on"), activity_id=activity)
    say(f"Tagged: {tag}.")


@tag_app.command("remove", short_help="Take a tag off.", epilog="Example: stridelab tag remove heat --on 2026-07-01")
def remove_tag(
    tag: TagArgument,
    on: OnOption = None,
    activity: ActivityOption = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Take a tag off a day or an activity."""
    from stridelab.store import editing

    editing.remove_tag(open_store(store), tag, athlete=athlete, on=a_date(on, "--on"), activity_id=activity)
    say(f"No longer tagged: {tag}.")


@tag_app.command("list", short_help="List the tags.", epilog="Example: stridelab tag list --json")
def list_tags(
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """List the tags of days and activities."""
    found = open_store(store).history(athlete).tags
    put_table(found.assign(date=found["date"].dt.date), as_json=as_json, as_csv=as_csv)
