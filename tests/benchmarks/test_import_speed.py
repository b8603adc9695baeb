"""A whole Garmin export imported, against fitdecode only decoding its FIT files, both measured in one run.

The exports are simulated (`stridelab.fixtures.export`): zips in a zip, about 290 activities and 2,000 files of days and
nights a year, and the JSON beside them. ``STRIDELAB_EXPORT_YEARS=1,2,10`` says of how many years; 10 take a quarter of
an hour. fitdecode reads a sample of the files, and its time is scaled up by the bytes of each kind of file: all of them
would take it hours. Printed is CPU time; nothing is judged by the clock.
"""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fitdecode
import pytest

import stridelab
from stridelab.fixtures.export import ExportTruth, write_garmin_export

pytestmark = pytest.mark.benchmark

YEARS = [int(number) for number in os.environ.get("STRIDELAB_EXPORT_YEARS", "1,2").split(",")]
ACTIVITY_BYTES = 6_000
"""The simulator's files of days and nights are smaller, its activities larger."""

SAMPLED = {"activities": 12, "days and nights": 60}

IMPORT = """
import json, resource, sys, time
from stridelab.store import Store

def main():
    from stridelab.cli.importing import executor_of
    cpu, wall = time.process_time(), time.perf_counter()
    with executor_of(int(sys.argv[3])) as executor:
        done = Store.open(sys.argv[1]).import_([sys.argv[2]], executor=executor)
    wall = time.perf_counter() - wall
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({
        "cpu_s": time.process_time() - cpu + others.ru_utime + others.ru_stime,
        "wall_s": wall,
        "peak_mib": max(own.ru_maxrss, others.ru_maxrss) / 1024,
        "seen": done.files.seen, "imported": done.files.imported, "activities": done.activities,
        "already": done.files.already_imported, "unreadable": done.files.unreadable,
    }))

if __name__ == "__main__":
    main()
"""


def import_once(script: Path, store: Path, export: Path, jobs: int = 1) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(Path(stridelab.__file__).parents[1])}
    command = [sys.executable, str(script), str(store), str(export), str(jobs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def fit_files(export: Path) -> Iterator[bytes]:
    with zipfile.ZipFile(export) as outer:
        for name in outer.namelist():
            if name.endswith(".zip"):
                with zipfile.ZipFile(io.BytesIO(outer.read(name))) as inner:
                    yield from (inner.read(member) for member in inner.namelist())


@dataclass
class Peer:
    """CPU seconds of fitdecode for all files of a kind, from a sample."""

    files: int = 0
    size_bytes: int = 0
    sampled_bytes: int = 0
    sampled_s: float = 0.0

    @property
    def whole_s(self) -> float:
        return self.sampled_s * self.size_bytes / self.sampled_bytes


def fitdecode_s(export: Path) -> dict[str, Peer]:
    kinds = {name: Peer() for name in SAMPLED}
    chosen: dict[str, list[bytes]] = {name: [] for name in SAMPLED}
    chance = random.Random(1)
    for data in fit_files(export):
        name = "activities" if len(data) > ACTIVITY_BYTES else "days and nights"
        peer = kinds[name]
        peer.files += 1
        peer.size_bytes += len(data)
        if len(chosen[name]) < SAMPLED[name]:
            chosen[name].append(data)
        elif (place := chance.randrange(peer.files)) < SAMPLED[name]:
            chosen[name][place] = data
    for name, files in chosen.items():
        kinds[name].sampled_bytes = sum(map(len, files))
        began = time.process_time()
        for data in files:
            with fitdecode.FitReader(data) as reader:
                for frame in reader:
                    if isinstance(frame, fitdecode.FitDataMessage):
                        for field in frame.fields:
                            assert field.name
        kinds[name].sampled_s = time.process_time() - began
    return kinds


def test_a_whole_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "one_import.py"
    script.write_text(IMPORT)
    lines = [
        "| years | files | activities | import, CPU s | fitdecode, CPU s | ratio | again | peak MiB | 1 job, s | 2 |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for years in YEARS:
        export = tmp_path / f"{years}.zip"
        truth: ExportTruth = write_garmin_export(export, weeks=52 * years)
        peer = fitdecode_s(export)
        first = import_once(script, tmp_path / f"store-{years}", export)
        again = import_once(script, tmp_path / f"store-{years}", export)
        two = import_once(script, tmp_path / f"store-{years}-2", export, jobs=2)
        assert first["seen"] == truth.files
        assert first["activities"] == two["activities"] == truth.activities + truth.manual
        assert first["unreadable"] == 0
        assert again["already"] == first["imported"] == two["imported"]
        whole_s = sum(kind.whole_s for kind in peer.values())
        lines.append(
            f"| {years} | {truth.files:,} | {truth.activities:,} | {first['cpu_s']:.0f} | {whole_s:.0f} "
            f"| {whole_s / first['cpu_s']:.0f} | {again['cpu_s'] / first['cpu_s']:.1%} | {first['peak_mib']:.0f} "
            f"| {first['wall_s']:.0f} | {two['wall_s']:.0f} |"
        )
    sample = ", ".join(f"{number} {name}" for name, number in SAMPLED.items())
    with capsys.disabled():
        print("\n" + "\n".join(lines))
        print(f"\nfitdecode's time is scaled up from a sample of {sample} by the bytes of each kind.")
