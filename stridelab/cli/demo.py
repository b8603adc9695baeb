"""``stridelab demo``: the whole of stridelab on a simulated season."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stridelab.cli.importing import progress, summary_lines
from stridelab.cli.options import Units, UnitsOption
from stridelab.cli.output import put, say
from stridelab.errors import UsageError


def demo(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where the season, its store and its page go.")
    ] = Path("stridelab-demo"),
    scenario: Annotated[str, typer.Option("--scenario", help="overload hides a block of too much, normal none.")] = (
        "overload"
    ),
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same season.")] = 1,
    units: UnitsOption = Units.km,
) -> None:
    """Simulate a runner's season, import it, report its last week and write the dashboard.

    Needs no network and touches nothing outside its folder. The last line printed is the path of the page.
    """
    from stridelab.analysis.rules import evaluate
    from stridelab.dashboards.report import weekly_report
    from stridelab.dashboards.static import MAX_ACTIVITIES, write_dashboard
    from stridelab.fixtures import Runner, write_season
    from stridelab.fixtures.season import scenario_of
    from stridelab.store import Store

    season = scenario_of(scenario)
    recordings = _recordings(output, f"{scenario}-{seed}")
    say(f"Simulating {season.weeks} weeks of a runner ({scenario}, seed {seed}) ...")
    write_season(recordings, scenario, seed)
    store = Store.open(output / "store")
    for value in Runner().athlete().values:
        store.set_athlete_value(value)
    with progress("files") as advance:
        done = store.import_([recordings], progress=advance)
    put("\n".join(summary_lines(done)))
    history = store.history(until=season.last_day)
    findings = evaluate(history)
    put("\n" + weekly_report(history, findings, units=units.value).to_text())
    latest = [store.load(name) for name in history.activities["activity_id"].iloc[-MAX_ACTIVITIES:]]
    page = write_dashboard(history, latest, output / "dashboard.html", findings=findings, units=units.value)
    say("The dashboard is a page for any browser:")
    put(str(page.resolve()))


def _recordings(folder: Path, season: str) -> Path:
    """Folder of the season's files; a store of another season must not be mixed with it."""
    others = [path.name for path in folder.glob("season-*") if path.name != f"season-{season}"]
    if others:
        raise UsageError(
            f"{folder} holds another season ({others[0]})",
            advice="Name another folder with -o, or delete this one.",
        )
    recordings = folder / f"season-{season}"
    try:
        recordings.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be made ({error.strerror})", advice="Name another folder with -o."
        ) from error
    return recordings
