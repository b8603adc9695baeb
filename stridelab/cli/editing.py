"""``stridelab edit``, ``delete``, ``link`` and ``unlink``: what the athlete corrects and removes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from stridelab.cli.options import AthleteOption, StoreOption, open_store
from stridelab.cli.output import say
from stridelab.errors import UsageError

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of an activity, or its beginning.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def edit(
    activity: IdArgument,
    sport: Annotated[str | None, typer.Option("--sport", help="FIT's name, such as running.")] = None,
    sub_sport: Annotated[str | None, typer.Option("--sub-sport", help="FIT's name, such as trail.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="What to call it.")] = None,
    exclude: Annotated[
        bool | None, typer.Option("--exclude/--include", help="Leave it out of everything, or take it in again.")
    ] = None,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Correct an activity; an empty text takes a correction back. The imported file is not touched."""
    from stridelab.store import editing

    given = {"sport": sport, "sub_sport": sub_sport, "title": title}
    fields = {name: value for name, value in given.items() if value is not None}
    if not fields and exclude is None:
        raise UsageError("nothing to change", expected="--sport, --sub-sport, --title, --exclude or --include")
    editing.edit(open_store(store), activity, athlete=athlete, fields=fields, excluded=exclude)
    said = [f"{name} {value!r}" if value else f"{name} as recorded" for name, value in fields.items()]
    said += [] if exclude is None else ["left out of everything" if exclude else "taken in again"]
    say(f"{activity}: {', '.join(said)}.")


def delete(
    activity: IdArgument,
    yes: YesOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Delete an activity for good, with its samples and the imported file, after asking.

    A file that holds more, such as a page of totals in an account's export, stays as it was imported until the last of
    its activities is deleted: it is known by its bytes. Neither a rebuild nor importing it again brings a deleted
    activity back; `athlete delete` removes everything. To only leave it out: stridelab edit ID --exclude.
    """
    from stridelab.store.editing import known_activity
    from stridelab.store.removing import delete_activity

    opened = open_store(store)
    with opened.database.reading() as connection:
        name = known_activity(connection, athlete, activity)
    one = opened.load(name, athlete)
    what = f"{one.title or one.sport} of {one.start_time:%Y-%m-%d %H:%M} UTC ({name})"
    confirm(f"Delete {what} for good, the imported file included?", yes=yes)
    emptied = delete_activity(opened, name, athlete=athlete)
    rest = f" Its file {one.source.name} holds more, and stays as it was imported, with the line or part of this one."
    say(f"Deleted: {what}." + ("" if emptied else rest))


def link(
    first: Annotated[str, typer.Argument(metavar="ID", help="An activity.")],
    second: Annotated[str, typer.Argument(metavar="ID", help="Another recording of the same.")],
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Say that two activities are one; only the richest recording of them counts."""
    from stridelab.store import editing

    editing.set_link(open_store(store), first, second, athlete=athlete, kind="link")
    say(f"{first} and {second} are one.")


def unlink(
    first: Annotated[str, typer.Argument(metavar="ID", help="An activity.")],
    second: Annotated[str, typer.Argument(metavar="ID", help="One that was taken for a copy of it.")],
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Say that two activities are not one; both count."""
    from stridelab.store import editing

    editing.set_link(open_store(store), first, second, athlete=athlete, kind="unlink")
    say(f"{first} and {second} are two.")


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something that cannot be undone.

    Parameters
    ----------
    question
        What is to be done.
    yes
        Whether the answer was given already.

    Raises
    ------
    UsageError
        Where the answer is no, or nobody is there to give one.
    """
    if yes:
        return
    say(f"{question} [y/N]")
    try:
        answer = sys.stdin.readline()
    except OSError:  # there is no input at all
        answer = ""
    agreed = answer.strip().lower() in ("y", "yes")
    if not agreed:
        raise UsageError("nothing was deleted", advice="Answer y, or give --yes.")
