"""``stridelab import``: files, folders and archives into the store."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stridelab.cli.options import AthleteOption, JsonOption, StoreOption, a_date, open_store
from stridelab.cli.output import PROBLEMS, count, on_terminal, put, put_json, say

if TYPE_CHECKING:
    from stridelab.store import ImportSummary

LINE_EVERY_S = 5.0
"""How often an import that nobody watches says where it is."""

WORTH_WORKERS_BYTES = 64 * 2**20
"""Below this, unpacked, worker processes save less than the seconds they take to start."""

_PACKED = 4
"""How much larger than an archive its files are, roughly."""


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", exists=True, help="Files, folders and archives (zip, gz), in any mixture."),
    ],
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, metavar="N", help="Reading processes (default: the cores, if it is much)."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and keep nothing.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse damaged files instead of saving what can be saved.")
    ] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Leave out files that end before this day.")
    ] = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Import recordings into the store; what it has already is skipped, so running it again is safe.

    Damaged files give what can be saved of them. Files that are no recordings are counted and left alone. Exit code 1
    where a file was damaged or unreadable, or none was found; each is listed with its reason.
    """
    from stridelab.store.trial import trial

    first = a_date(since, "--since")
    with (
        trial(store) if dry_run else nullcontext(open_store(store, create=True)) as opened,
        executor_of(jobs if jobs is not None else _default_jobs(paths)) as executor,
        progress("files", count_all=lambda: _number_of_files(paths)) as advance,
    ):
        try:
            done = opened.import_(
                paths, executor=executor, progress=advance, athlete=athlete, since=first, strict=strict
            )
        except KeyboardInterrupt:
            say("Stopped. What was finished is kept; the same command goes on from there.")
            raise
    if as_json:
        put_json(done.to_json())
    else:
        put("\n".join(summary_lines(done, dry_run=dry_run)))
    if done.unreadable or done.salvaged or not done.files.seen:
        raise typer.Exit(PROBLEMS)


def summary_lines(done: ImportSummary, *, dry_run: bool = False) -> list[str]:
    """What an import did, in words: the five outcomes, which add up, then every problem.

    Parameters
    ----------
    done
        What it did.
    dry_run
        Whether it only would have.
    """
    from stridelab.dashboards.report.wording import issue as issue_text

    files = done.files
    if not files.seen:
        return ["No files were found there: nothing to import."]
    by_count = sorted(done.not_of_interest.items(), key=lambda item: -item[1])
    kinds = ", ".join(f"{number} {_kind(kind)}" for kind, number in by_count)
    lines = [
        ("Dry run, nothing was kept. " if dry_run else "")
        + f"{count(files.seen, 'file')} seen in {done.seconds:.1f} s: {count(done.activities, 'activity')}"
        + (f" and {count(done.wellness_days, 'day')} of wellness values" if done.wellness_days else "")
        + (" would be new." if dry_run else " new."),
        f"  imported          {files.imported:6}"
        + (f"   {len(done.salvaged)} of them damaged" if done.salvaged else ""),
        f"  already imported  {files.already_imported:6}",
        f"  duplicate         {files.duplicate:6}",
        f"  not of interest   {files.not_of_interest:6}" + (f"   {kinds}" if kinds else ""),
        f"  unreadable        {files.unreadable:6}",
    ]
    for salvaged in done.salvaged:
        more = f" (and {len(salvaged.issues) - 1} more)" if len(salvaged.issues) > 1 else ""
        lines.append(f"damaged: {salvaged.name}: {issue_text(salvaged.issues[0])}{more}")
    for unreadable in done.unreadable:
        reason = unreadable.reason.removeprefix(f"{unreadable.name}: ")
        lines.append(f"unreadable: {unreadable.name}: {reason}")
    return lines


@contextmanager
def progress(
    what: str, *, count_all: Callable[[], int] | None = None
) -> Iterator[Callable[[int, int | None, str], None]]:
    """A callback that shows how far something is: a bar on a terminal, a plain line now and then elsewhere.

    Parameters
    ----------
    what
        What is counted.
    count_all
        Finds out how many there are, while the work has begun already; asked only where the bar can show it.
    """
    if not on_terminal():
        said = time.monotonic()

        def line(done: int, total: int | None, name: str) -> None:
            nonlocal said
            if time.monotonic() - said >= LINE_EVERY_S:
                said = time.monotonic()
                say(f"{done}{f' of {total}' if total else ''} {what} ...")

        yield line
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    columns = (
        BarColumn(bar_width=20),
        TextColumn("{task.completed} {task.fields[of]}" + what),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis")),
    )
    began = time.monotonic()
    known: list[int] = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, of="", rate="", left="")

        def count() -> None:
            known.append(count_all() if count_all else 0)
            bar.update(task, total=known[0] or None, of=f"of {known[0]} " if known[0] else "")

        if count_all is not None:
            threading.Thread(target=count, daemon=True).start()

        def advance(done: int, total: int | None, name: str) -> None:
            total = total or (known[0] if known else None)
            rate = done / max(time.monotonic() - began, 1e-3)
            left = "" if not total or done >= total else f"{_clock((total - done) / rate)} left"
            bar.update(
                task,
                completed=done,
                total=total,
                description=escape(name[-60:]),
                of=f"of {total} " if total else "",
                rate=f"{rate:.0f}/s",
                left=left,
            )

        yield advance


def _clock(seconds: float) -> str:
    """Minutes and seconds, as ``3:05``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _number_of_files(paths: list[Path]) -> int:
    """How many files an import of these will see; reads the lists of archives only."""
    from stridelab.importers.archives import members

    return sum(1 for _ in members(paths))


@contextmanager
def executor_of(jobs: int) -> Iterator[Executor | None]:
    """Worker processes, or None where this process does the work itself.

    Parameters
    ----------
    jobs
        How many; 1 is this process alone.
    """
    if jobs == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_all_start_methods, get_context

    # Not forked from here, which would copy the threads of a progress bar, but from a process that has loaded what they
    # need, once for all of them.
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    context.set_forkserver_preload(["stridelab.store.process", "stridelab.importers.fit"])
    pool = ProcessPoolExecutor(jobs, context, _begin_worker)
    try:
        yield pool
    except BaseException:
        # At once: what they write is beside its place until it is whole, and nothing of it is committed yet.
        for worker in list((getattr(pool, "_processes", None) or {}).values()):
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin_worker() -> None:
    """Leave Ctrl-C to the process that imports, and end with it: killed, it cannot tell its workers to."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()

    def follow() -> None:
        assert parent is not None
        wait([parent.sentinel])
        os._exit(1)

    if parent is not None:
        threading.Thread(target=follow, daemon=True).start()


def _default_jobs(paths: list[Path]) -> int:
    """All cores where there is much to read, else 1."""
    size = 0
    for path in paths:
        for file in path.rglob("*") if path.is_dir() else (path,):
            packed = _PACKED if file.suffix.lower() in (".zip", ".gz") else 1
            size += packed * file.stat().st_size if file.is_file() else 0
            if size >= WORTH_WORKERS_BYTES:
                return os.cpu_count() or 1
    return 1


def _kind(kind: str) -> str:
    """A kind of file in words; one that only has a number keeps it."""
    return f"of type {kind}" if kind.isdigit() else kind.replace("_", " ")
