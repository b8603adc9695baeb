"""``stridelab plan``: within which ranges the coming week raises no rule, and what a planned run would raise."""

from __future__ import annotations

import re
import textwrap
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stridelab.cli.options import AthleteOption, JsonOption, StoreOption, Units, UnitsOption, a_date, open_store
from stridelab.cli.output import put, put_json, say
from stridelab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stridelab.analysis.history import History
    from stridelab.analysis.plan import Planner

_RUN = re.compile(r"(\d+(?:\.\d+)?)\s*(km|mi)(?:\s*@\s*(\d{1,2}):([0-5]\d))?", re.IGNORECASE)
_METRES = {"km": 1000.0, "mi": 1609.344}
WIDTH, PAD = 98, "    "
FASTEST_MPS, SLOWEST_MPS, LONGEST_M = 8.0, 1.0, 300_000.0


def plan(
    run: Annotated[
        str | None, typer.Option("--run", metavar="18km@5:30", help="A run that is thought of: what would it raise?")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="Its day (default: the first).")] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="DAY", help="First day of the week (default: today, after a session tomorrow)."),
    ] = None,
    units: UnitsOption = Units.km,
    as_json: JsonOption = False,
    store: StoreOption = None,
    athlete: AthleteOption = "me",
) -> None:
    """Print within which ranges the coming week would raise no flag, and which rule binds each.

    The longest run, the distance and load of the week, the earliest day for a hard session, the day of rest at the
    latest. The rules themselves are asked about planned days behind your history. Where data are missing, a range is
    not evaluated. With --run: what that session would raise.
    """
    from stridelab.analysis.plan import Planner

    wanted, day = _parsed(run), a_date(on, "--on")
    if day is not None and wanted is None:
        raise UsageError("--on without --run", expected="--run, such as --run 18km@5:30")
    history, first = _history(store, athlete, a_date(since, "--from"))
    if history.days.empty:
        say("No activity yet: there is nothing to plan from.")
        if as_json:
            put_json({"first": first, "evaluated": False})
        return
    planner = Planner(history, first)
    if wanted is not None:
        _put_run(planner, *wanted, day or first, units, as_json)
    else:
        _put_week(planner, units, as_json)


def _history(store: Any, athlete: str, since: date | None) -> tuple[History, date]:
    """The past up to the day before the week, and the week's first day."""
    opened = open_store(store)
    whole = opened.history(athlete)
    if since is None:
        if whole.days.empty:
            return whole, date.today()  # noqa: DTZ011 - the athlete's own calendar
        today = whole.days.index[-1].date()
        since = today if whole.days["sessions"].iloc[-1] == 0 else today + timedelta(days=1)
    return opened.history(athlete, until=since - timedelta(days=1)), since


def _parsed(text: str | None) -> tuple[float, float | None] | None:
    """Metres and metres a second of ``18km@5:30``; without a pace the speed is None."""
    if text is None:
        return None
    found = _RUN.fullmatch(text.strip())
    expected = "a distance and perhaps a pace, such as 18km@5:30, 11mi@8:50 or 12.5km"
    if found is None:
        raise UsageError(f"--run {text!r}", expected=expected)
    unit = _METRES[found[2].lower()]
    metres = float(found[1]) * unit
    speed = None if found[3] is None else unit / max(60 * int(found[3]) + int(found[4]), 1)
    if not 0 < metres <= LONGEST_M or (speed is not None and not SLOWEST_MPS <= speed <= FASTEST_MPS):
        raise UsageError(f"--run {text!r}: nobody runs that", expected=expected)
    return metres, speed


def _put_run(planner: Planner, metres: float, speed: float | None, day: date, units: Units, as_json: bool) -> None:
    from dataclasses import asdict

    from stridelab.analysis.hypothetical import Planned
    from stridelab.dashboards.report import planning

    if not planner.first <= day <= planner.last:
        raise UsageError(f"--on {day}", expected=f"a day from {planner.first} to {planner.last}, or another --from")
    speed = speed or planner.usual.speed_mps
    if speed != speed:
        raise UsageError("--run without a pace, and no run lately to take it from", expected="such as 18km@5:30")
    one = Planned(day, metres, speed)
    trial = planner.trial([one])
    gaps = planning.sentences_of(trial.gaps)
    if as_json:
        raised, kept = ([asdict(item) for item in group] for group in (trial.raised, trial.kept))
        put_json({"run": asdict(one), "would_raise": raised, "would_keep_open": kept, "not_evaluated": gaps})
        return
    put(planning.run_heading(one, units.value))
    _put_open(planner)
    for heading, text in planning.run_lines(trial, units.value):
        put("\n".join([heading, *_wrapped(text)]))
    if not trial.flags:
        put("No flag would be raised or kept open by the rules that could be evaluated.")
    _put_list("Not evaluated", gaps)
    put("\n".join(["", *_wrapped(planning.CAUTION, "")]))


def _put_week(planner: Planner, units: Units, as_json: bool) -> None:
    from stridelab.dashboards.report import planning
    from stridelab.dashboards.units import date_text

    week = planner.week()
    if as_json:
        put_json(planning.data(week))
        return
    first, last = (date_text(day, weekday=True) for day in (week.first, week.last))
    put(f"{first} to {last}: no flag would be raised or kept open within")
    _put_open(planner)
    for what, how_far, why in planning.rows(week, units.value):
        put("\n".join([f"  {what}: {how_far}", *textwrap.wrap(why, WIDTH, initial_indent=PAD, subsequent_indent=PAD)]))
    _put_list("Not evaluated", planning.gap_lines(week))
    _put_list("What this rests on", planning.assumptions(week, units.value))


def _put_open(planner: Planner) -> None:
    """What is open already."""
    from stridelab.dashboards.report import planning

    for line in planning.open_lines(planner.open):
        put("\n".join(_wrapped(line)))


def _put_list(heading: str, said: list[str]) -> None:
    if said:
        put("\n".join(["", heading, *(line for one in said for line in _wrapped(one, "- "))]))


def _wrapped(text: str, first: str = "  ") -> Iterator[str]:
    yield from textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent="  " if first else "")
