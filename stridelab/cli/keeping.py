"""``stridelab doctor``, ``rebuild``, ``export``, ``convert``, ``sql`` and ``watch``: keeping and using a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stridelab.cli.importing import executor_of, progress, summary_lines
from stridelab.cli.options import AthleteOption, CsvOption, JsonOption, StoreOption, open_store
from stridelab.cli.output import PROBLEMS, count, put, put_json, put_table, say


def doctor(
    check: Annotated[bool, typer.Option("--check", help="Only look; repair nothing.")] = False,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Prove that the store is whole, and repair what can be.

    Every original must have its hash, every stream its samples, every row its files. What was derived and is damaged is
    derived anew from the originals. Do not run it while an import is at work. Exit code 1 where something was wrong.
    """
    from stridelab.store.doctor import examine

    with progress("examined") as advance:
        found = examine(open_store(store), repair=not check, progress=advance)
    if as_json:
        put_json(found.to_json())
    else:
        looked = f"{count(found.originals, 'original')}, samples of {count(found.streams, 'activity')} examined"
        lines = [f"{looked}: {'all is well' if found.clean else count(len(found.problems), 'problem')}."]
        if found.leftovers:
            lines.append(
                f"{count(found.leftovers, 'file')} of an interrupted import" + (" found." if check else " removed.")
            )
        lines += [f"{one.what}" + (f" -> {one.repaired}" if one.repaired else "") for one in found.problems]
        put("\n".join(lines))
    if not found.clean:
        raise typer.Exit(PROBLEMS)


def rebuild(
    jobs: Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="Reading processes.")] = 1,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: Annotated[str | None, typer.Option("--athlete", metavar="NAME", help="Only this one's.")] = None,
) -> None:
    """Derive everything anew from the originals, as after an update of stridelab.

    What you wrote (edits, links, log, tags, gear) stays. A file that can no longer be read keeps what it gave, and is
    listed with exit code 1.
    """
    from stridelab.store.rebuilding import rebuild as derive_anew

    with executor_of(jobs) as executor, progress("files") as advance:
        done = derive_anew(open_store(store), athlete=athlete, executor=executor, progress=advance)
    if as_json:
        put_json(done.to_json())
    else:
        lines = [f"{count(done.files, 'file')} derived anew: {count(done.activities, 'activity')}."]
        put("\n".join([*lines, *(f"kept as it was: {name}: {reason}" for name, reason in done.problems)]))
    if done.problems:
        raise typer.Exit(PROBLEMS)


def export(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="ZIP", help="The zip to write.")],
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Write everything of an athlete into one zip of open formats: Parquet, JSON, and the originals as they came."""
    from stridelab.store.conversion import export as write_export

    with progress("activities") as advance:
        number = write_export(open_store(store), output, athlete=athlete, progress=advance)
    say(f"Written: {output} ({count(number, 'activity')})")


def convert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", help="Ends in .parquet, .csv or .gpx, which is the format.")
    ],
) -> None:
    """Write the samples of a recording as Parquet, CSV or GPX; of several activities each into its own file."""
    from stridelab.errors import UsageError
    from stridelab.importers import read
    from stridelab.store.conversion import write_activity

    found = read(file).activities
    if not found:
        raise UsageError(f"{file} holds no activity", expected="a recording")
    for number, activity in enumerate(found, start=1):
        path = output if len(found) == 1 else output.with_stem(f"{output.stem}-{number}")
        write_activity(activity, path)
        say(f"Written: {path} ({count(len(activity.records), 'sample')})")


def sql(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="SQL, as DuckDB has it.")],
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    store: StoreOption = None,
) -> None:
    """Ask the catalogue and the samples in SQL.

    Every table of the catalogue is there (`stridelab sql "SHOW TABLES"`), and records, developer, rr_intervals and imu
    are the samples of all activities with their activity_id. Needs DuckDB: pip install 'stridelab[sql]'.
    """
    from stridelab.store.sql import query as ask

    put_table(ask(open_store(store), query), as_json=as_json, as_csv=as_csv)


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A mounted watch, a folder of downloads.")],
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Import what is in a folder and what appears in it, until Ctrl-C."""
    from stridelab.store.watching import watch as watched

    say(f"Watching {folder}; Ctrl-C ends it.")
    try:
        for done in watched(open_store(store, create=True), folder, athlete=athlete):
            if as_json:
                put_json(done.to_json())
            elif done.files.seen:
                put("\n".join(summary_lines(done)))
    except KeyboardInterrupt:
        say("No longer watching.")
