"""The commands, and what their exit codes mean: 0 done, 1 done with problems, 2 wrong usage, 3 failed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from stridelab import __version__
from stridelab.cli import (
    athlete,
    dashboard,
    demo,
    editing,
    explain,
    flags,
    gait,
    gear,
    importing,
    journal,
    keeping,
    lists,
    physio,
    plan,
    report,
    show,
)
from stridelab.cli.output import DONE, FAILED, WRONG_USAGE, say
from stridelab.errors import StridelabError, UsageError


class _Commands(TyperGroup):
    """The group of all commands; a reader that closes the pipe early (``| head``) is no failure."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            # What is left in the buffer has nowhere to go; without this Python would complain when it exits.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(DONE) from None


app = typer.Typer(
    name="stridelab",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: readable anywhere, and fast
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: stridelab demo",
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"stridelab {__version__}")
        raise typer.Exit(DONE)


@app.callback()
def _stridelab(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", envvar="STRIDELAB_DEBUG", help="Show the traceback of a failure.")
    ] = False,
) -> None:
    """Training load, running form and recovery from the files of watches and footpods.

    Everything stays on this machine. Each command explains itself: stridelab COMMAND --help.
    """


# Options that most commands share, and whether a value follows.
_COMMON = {"--store": True, "--athlete": True, "--units": True, "--json": False}

_COMMANDS = (
    ("import", importing.import_, "Import files, folders and archives.", "import ~/Downloads/export.zip ~/watch"),
    ("show", show.show, "Show what one file holds.", "show run.fit"),
    ("activities", lists.activities, "List the activities.", "activities --family run --since 2026-01-01 --csv"),
    ("days", lists.days, "List the days.", "days --columns local_date,state,sessions --csv"),
    ("edit", editing.edit, "Correct an activity.", 'edit 1f0c --title "Long run" --sub-sport trail'),
    ("delete", editing.delete, "Delete an activity for good.", "delete 1f0c"),
    ("link", editing.link, "Say that two activities are one.", "link 1f0c 77ab"),
    ("unlink", editing.unlink, "Say that two activities are two.", "unlink 1f0c 77ab"),
    ("report", report.report, "Report a week.", "report --week 2026-W47 --format html -o week.html"),
    ("flags", flags.flags, "Print the flags of a day.", "flags --on 2026-11-20"),
    ("snooze", flags.snooze, "Put a rule to sleep.", 'snooze session_spike --days 7 --why "planned with my coach"'),
    ("explain", explain.explain, "Explain a metric or a rule.", "explain trimp_banister"),
    ("plan", plan.plan, "Ranges for the coming week.", "plan --run 18km@5:30"),
    ("physio", physio.physio, "One page for a physiotherapist or coach.", "physio -o summary.html"),
    (
        "gait",
        gait.gait,
        "Measure the gait in one recording.",
        "gait shank.csv --site shank --rate 100 --units g -o gait.html",
    ),
    ("dashboard", dashboard.dashboard, "Write the charts as one page.", "dashboard --html dashboard.html"),
    ("convert", keeping.convert, "Write a recording as Parquet, CSV or GPX.", "convert run.fit -o run.gpx"),
    ("export", keeping.export, "Write everything as an open zip.", "export -o everything.zip"),
    ("sql", keeping.sql, "Ask in SQL.", 'sql "SELECT sport, count(*) FROM activities GROUP BY sport"'),
    ("doctor", keeping.doctor, "Prove that the store is whole.", "doctor"),
    ("rebuild", keeping.rebuild, "Derive everything anew.", "rebuild"),
    ("watch", keeping.watch, "Import what appears in a folder.", "watch ~/Downloads"),
    ("demo", demo.demo, "See it all on a simulated season.", "demo -o my-demo"),
)
for _name, _command, _short_help, _example in _COMMANDS:
    app.command(_name, short_help=_short_help, epilog=f"Example: stridelab {_example}")(_command)
app.add_typer(athlete.app, name="athlete", short_help="Show and set what is known of the athlete.")
app.add_typer(journal.log_app, name="log", short_help="Write down pain, effort, sleep, rest ...")
app.add_typer(journal.tag_app, name="tag", short_help="Tag days and activities.")
app.add_typer(gear.app, name="gear", short_help="List, add, assign and retire shoes.")


def with_common_options_last(given: Sequence[str]) -> list[str]:
    """The arguments with common options that stand before the command moved behind it, where commands take them.

    Examples
    --------
    >>> with_common_options_last(["--store", "run", "--json", "import", "export.zip"])
    ['import', 'export.zip', '--store', 'run', '--json']
    """
    common: list[str] = []
    rest = list(given)
    while rest and rest[0].split("=")[0] in _COMMON:
        takes_value = _COMMON[rest[0].split("=")[0]] and "=" not in rest[0]
        count = 2 if takes_value else 1
        common, rest = [*common, *rest[:count]], rest[count:]
    return [*rest, *common] if rest else common


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit; a failure is one or two lines on standard error, never a traceback.

    Parameters
    ----------
    arguments
        Instead of those of the process.
    """
    given = with_common_options_last(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given or os.environ.get("STRIDELAB_DEBUG", "") not in ("", "0")
    try:
        app(given, prog_name="stridelab")
    except StridelabError as error:
        if debug:
            raise
        say(f"stridelab: {error}")
        sys.exit(WRONG_USAGE if isinstance(error, UsageError) else FAILED)
    except Exception as error:
        if debug:
            raise
        say(f"stridelab: unexpected failure: {type(error).__name__}: {error}")
        say("This should not happen. `stridelab --debug ...` shows where it did; nothing was left half written.")
        sys.exit(FAILED)
    sys.exit(DONE)
