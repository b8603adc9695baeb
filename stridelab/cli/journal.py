"""``stridelab log`` and ``stridelab tag``: what the athlete writes down."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from stridelab.cli.options import AthleteOption, CsvOption, JsonOption, StoreOption, a_date, open_store
from stridelab.cli.output import PROBLEMS, count, put, put_json, put_table, say

log_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Write down pain, effort, sleep, rest, illness ... and list it.",
    epilog="Example: stridelab log pain 3 --site knee --side left --on 2026-11-20",
)
tag_app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Tag days and activities: race, illness, heat, altitude, travel, new_device, exclude.",
    epilog="Example: stridelab tag add race --on 2026-11-22",
)

OnOption = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day (default: today).")]
ActivityOption = Annotated[str | None, typer.Option("--activity", metavar="ID", help="The activity.")]
TagArgument = Annotated[str, typer.Argument(metavar="TAG", help="race, illness, heat, altitude, travel ...")]


SiteOption = Annotated[str | None, typer.Option("--site", help="Where on the body, such as knee.")]
SideOption = Annotated[str | None, typer.Option("--side", help="left, right or both.")]
TextOption = Annotated[str | None, typer.Option("--text", help="Anything else.")]


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
    site: SiteOption = None,
    side: SideOption = None,
    activity: ActivityOption = None,
    text: TextOption = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Add an entry of any kind; without --on it is of today, or of the day of its activity."""
    _write(store, athlete, kind, on=on, value=value, body_site=site, side=side, activity_id=activity, text=text)


@log_app.command("rpe", short_help="How hard it was, 0 to 10.", epilog="Example: stridelab log rpe 7 --activity 1f0c")
def rpe(
    value: Annotated[float, typer.Argument(metavar="VALUE", help="0 nothing at all, 10 as hard as can be.")],
    activity: ActivityOption = None,
    on: OnOption = None,
    text: TextOption = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Note the perceived exertion of a whole session, half an hour after it (CR10 scale)."""
    _write(store, athlete, "rpe", on=on, value=value, activity_id=activity, text=text)


@log_app.command("sleep", short_help="Hours slept.", epilog="Example: stridelab log sleep 7.5 --on 2026-11-20")
def sleep(
    value: Annotated[float, typer.Argument(metavar="HOURS", help="Hours of the night that ended on that day.")],
    on: OnOption = None,
    text: TextOption = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Note the hours slept in the night that ended on that day."""
    _write(store, athlete, "sleep", on=on, value=value, text=text)


@log_app.command(
    "pain", short_help="Pain, 0 to 10.", epilog="Example: stridelab log pain 3 --site knee --side left --on 2026-11-20"
)
def pain(
    value: Annotated[float, typer.Argument(metavar="VALUE", help="0 none, 10 the worst there is.")],
    site: SiteOption = None,
    side: SideOption = None,
    activity: ActivityOption = None,
    on: OnOption = None,
    text: Annotated[
        str | None, typer.Option("--text", help="Signs in words: limp, swelling, locking, night pain ...")
    ] = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Note a pain, where it is, and in words what comes with it."""
    _write(store, athlete, "pain", on=on, value=value, body_site=site, side=side, activity_id=activity, text=text)


@log_app.command(
    "strength",
    short_help="Minutes of strength work.",
    epilog="Example: stridelab log strength 40 --movement leg_press --movement leg_curl",
)
def strength(
    value: Annotated[float, typer.Argument(metavar="MINUTES", help="How long.")],
    movement: Annotated[
        list[str] | None,
        typer.Option("--movement", help="leg_press, deadlift, single_leg_squat, step_up, leg_curl; several are fine."),
    ] = None,
    on: OnOption = None,
    text: TextOption = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Note strength work that no device recorded, and its movements."""
    words = ", ".join([*(name.replace("_", " ") for name in movement or []), *([text] if text else [])])
    _write(store, athlete, "strength", on=on, value=value, text=words or None)


@log_app.command("weight", short_help="Body mass, kg.", epilog="Example: stridelab log weight 61.5")
def weight(
    value: Annotated[float, typer.Argument(metavar="KG", help="Body mass, kg.")],
    on: OnOption = None,
    text: TextOption = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Note the body mass."""
    _write(store, athlete, "weight", on=on, value=value, text=text)


@log_app.command("note", short_help="Words.", epilog='Example: stridelab log note "new insoles" --on 2026-11-20')
def note(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be remembered.")],
    activity: ActivityOption = None,
    on: OnOption = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Note anything in words."""
    _write(store, athlete, "note", on=on, activity_id=activity, text=text)


@log_app.command(
    "import", short_help="Take over a CSV file.", epilog="Example: stridelab log import diary.csv --dry-run"
)
def import_log(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The CSV file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and keep nothing.")] = False,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Take over the entries of a CSV file; those that the log has are skipped, so running it again is safe.

    Columns: date, kind, value, body_site, side, activity_id, text, as `log list --csv` writes them; date and kind are
    needed. A line that makes no sense is left out and listed; then the exit code is 1.
    """
    from stridelab.store import journal
    from stridelab.store.trial import trial

    with trial(store) if dry_run else nullcontext(open_store(store, create=True)) as opened:
        done = journal.import_log(opened, file, athlete=athlete)
    if as_json:
        bad = [{"line": line, "reason": reason} for line, reason in done.bad]
        put_json({"added": done.added, "already": done.already, "bad": bad, "ignored_columns": done.ignored})
    else:
        would = "Dry run, nothing was kept. " if dry_run else ""
        put(f"{would}{count(done.added, 'entry')} new, {done.already} there already, {len(done.bad)} left out.")
        if done.ignored:
            say("Columns that were not read: " + ", ".join(done.ignored))
        for line, reason in done.bad:
            say(f"  line {line}: {reason}")
    if done.bad:
        raise typer.Exit(PROBLEMS)


def _write(store: Path | None, athlete: str, kind: str, *, on: str | None, **given: Any) -> None:
    """Write an entry and say what was written."""
    from stridelab.localtime import today
    from stridelab.store import journal

    opened = open_store(store, create=True)
    day = a_date(on, "--on")
    if day is None and given.get("activity_id"):
        day = journal.day_of_activity(opened, given["activity_id"], athlete=athlete)
    entry = journal.LogEntry(day or today(journal.timezone_of(opened, athlete=athlete)), kind, **given)
    number, new = journal.add_log(opened, entry, athlete=athlete)
    words = kind if entry.value is None else f"{kind} {entry.value:g}"
    say(f"Entry {number} of {entry.date}: {words}." if new else f"Entry {number} says so already: {words}.")


@log_app.command("list", short_help="List the entries.", epilog="Example: stridelab log list --kind pain --csv")
def list_log(
    kind: Annotated[str | None, typer.Option("--kind", help="Only these.")] = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """List the entries of the log by day."""
    from stridelab.store import journal

    found = journal.log_entries(open_store(store), athlete=athlete)
    put_table(found if kind is None else found[found["kind"] == kind], as_json=as_json, as_csv=as_csv)


@log_app.command("remove", short_help="Remove an entry.", epilog="Example: stridelab log remove 7")
def remove(
    number: Annotated[int, typer.Argument(metavar="ENTRY", help="Its number in `log list`.")],
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Remove an entry of the log."""
    from stridelab.store import journal

    journal.remove_log(open_store(store), number, athlete=athlete)
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
    """Tag a day (--on) or an activity (--activity).

    `exclude` leaves the activity, or all of that day, out of every number, rule and report; the recordings stay.
    """
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
