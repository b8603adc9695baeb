"""GPX and TCX reading against other readers: ratios measured side by side, printed as Markdown tables.

`make benchmark` runs it. Nothing is judged by the clock: only that every reader that is installed read every file.
From a file's bytes to a DataFrame of time, position, altitude, heart rate and cadence; CPU time, best of five runs
(the readers that make an object of every point: one to three). fastgpx knows no heart rate and no cadence and needs
Python 3.12: it is measured by such an interpreter, ``STRIDELAB_FASTGPX_PYTHON`` or one of this machine that has it.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stridelab.importers import read
from stridelab.importers.markup import read_document

pytestmark = [pytest.mark.benchmark, pytest.mark.corpus]

LARGER_THAN_BYTES = 300_000
LARGE_BYTES = 21_000_000
COLUMNS = ("lat", "lon", "ele", "time", "hr", "cad")
Reading = Callable[[bytes], pd.DataFrame]


# ---------------------------------------------------------------- what is measured


def ours(data: bytes) -> pd.DataFrame:
    """The points, as they stand in the file."""
    kind = "Trackpoint" if b"<TrainingCenterDatabase" in data[:2000] else "trkpt"
    points = read_document(data, where="", point_names=(kind,), vectorised=True).points[kind]
    columns = {path.rpartition("/")[2]: values for path, values in points.numbers.items()}
    return pd.DataFrame({"time": points.time_us.view("datetime64[us]"), **columns})


def ours_whole(data: bytes) -> pd.DataFrame:
    """The whole activity: cleaned, with distance, speed, ascent, zone and all."""
    result = read(data)
    return result.activities[0].records if result.activities else pd.DataFrame()


def with_gpxpy(data: bytes) -> pd.DataFrame:
    import gpxpy

    rows = []
    for track in gpxpy.parse(data.decode()).tracks:
        for segment in track.segments:
            for point in segment.points:
                sensors = {}
                for extension in point.extensions:
                    for element in extension.iter():
                        name = str(element.tag).rpartition("}")[2]
                        if name in ("hr", "cad") and element.text:
                            sensors[name] = float(element.text)
                rows.append(
                    (
                        point.latitude,
                        point.longitude,
                        point.elevation,
                        point.time,
                        sensors.get("hr"),
                        sensors.get("cad"),
                    )
                )
    return pd.DataFrame(rows, columns=COLUMNS)


NAMES = {
    "ele": "ele", "time": "time", "hr": "hr", "cad": "cad", "LatitudeDegrees": "lat", "LongitudeDegrees": "lon",
    "AltitudeMeters": "ele", "Time": "time", "Value": "hr", "RunCadence": "cad", "Cadence": "cad",
}  # fmt: skip


def with_lxml(data: bytes) -> pd.DataFrame:
    from lxml import etree

    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    root = etree.fromstring(data)
    for point in (*root.iter("{*}trkpt"), *root.iter("{*}Trackpoint")):
        found: dict[str, Any] = {"lat": point.get("lat"), "lon": point.get("lon")}
        for element in point.iter():
            name = NAMES.get(str(element.tag).rpartition("}")[2])
            if name is not None:
                found[name] = element.text
        for name, values in columns.items():
            values.append(found.get(name))
    frame = pd.DataFrame(columns)
    frame["time"] = pd.to_datetime(frame["time"], format="ISO8601", utc=True)
    numbers = ["lat", "lon", "ele", "hr", "cad"]
    frame[numbers] = frame[numbers].astype(float)
    return frame


def with_tcxreader(data: bytes) -> pd.DataFrame:
    from tcxreader.tcxreader import TCXReader

    with tempfile.NamedTemporaryFile(suffix=".tcx", delete=False) as file:
        file.write(data)
    try:
        exercise = TCXReader().read(file.name, only_gps=False)
    finally:
        Path(file.name).unlink()
    rows = [
        (p.latitude, p.longitude, p.elevation, p.time, p.hr_value, p.tpx_ext.get("RunCadence", p.cadence))
        for p in exercise.trackpoints
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


FASTGPX = """
import gc, json, sys, time
import fastgpx, pandas as pd
def frame(text):
    rows = [(p.latitude, p.longitude, p.elevation, p.time)
            for track in fastgpx.parse(text).tracks for segment in track.segments for p in segment.points]
    return pd.DataFrame(rows, columns=["lat", "lon", "ele", "time"])
found = {}
for path in sys.argv[1:]:
    data = open(path, "rb").read()
    times = []
    try:
        for reading in (lambda: frame(data.decode()), lambda: fastgpx.parse(data.decode())):
            reading()
            best = 1e9
            for _ in range(5):
                gc.collect()
                start = time.process_time()
                reading()
                best = min(best, time.process_time() - start)
            times.append(best)
    except Exception:
        continue
    found[path] = times
print(json.dumps(found))
"""


# ---------------------------------------------------------------- how


def best_s(reading: Reading, data: bytes, runs: int) -> float:
    """CPU time of the fastest run, in seconds."""
    times = []
    for _ in range(runs):
        gc.collect()
        start = time.process_time()
        reading(data)
        times.append(time.process_time() - start)
    return min(times)


def long_file(data: bytes) -> bytes:
    """A file of more than `LARGE_BYTES`, of the points of this one again and again, each time an own one."""
    closing = b"</trkpt>" if b"</trkpt>" in data else b"</Trackpoint>"
    begin = data.index(closing.replace(b"/", b"")[:-1])
    end = data.index(closing, data.rindex(b"<", 0, data.rindex(closing))) + len(closing)
    points = data[begin:end]
    stamp = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")
    parts = [data[:begin]]
    for i in range(LARGE_BYTES // len(points) + 1):
        days = timedelta(days=i)

        def later(found: re.Match[bytes], days: timedelta = days) -> bytes:
            return f"{datetime.fromisoformat(found[1].decode()) + days:%Y-%m-%dT%H:%M:%S}".encode()

        parts.append(stamp.sub(later, points))
    return b"".join([*parts, data[end:]])


@pytest.fixture(scope="module")
def files(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, bytes]:
    """The larger files of the corpus and a very long one of each kind, smallest first."""
    found = [
        path for path in (*(corpus / "gpx_tcx").glob("*/*"), *(corpus / "trio").glob("*.[gt][pc]x")) if path.is_file()
    ]
    chosen = {path: data for path in found if len(data := path.read_bytes()) > LARGER_THAN_BYTES and data[:1] == b"<"}
    folder = tmp_path_factory.mktemp("long")
    for suffix in ("gpx", "tcx"):
        path = folder / f"long.{suffix}"
        path.write_bytes(long_file((corpus / "trio" / f"6782987395.{suffix}").read_bytes()))
        chosen[path] = path.read_bytes()
    return dict(sorted(chosen.items(), key=lambda item: len(item[1])))


def fastgpx_python() -> str | None:
    """A Python that has fastgpx and pandas."""
    named = os.environ.get("STRIDELAB_FASTGPX_PYTHON")
    for python in filter(None, (named, sys.executable, shutil.which("python3.13"), shutil.which("python3.12"))):
        done = subprocess.run([python, "-c", "import fastgpx, pandas"], capture_output=True, check=False)
        if done.returncode == 0:
            return python
    return None


def fastgpx_times(paths: list[Path]) -> dict[Path, list[float]] | None:
    """Seconds to a DataFrame, and to its own objects, of each file that it reads; None where it is not installed."""
    python = fastgpx_python()
    if python is None:
        return None
    done = subprocess.run([python, "-c", FASTGPX, *map(str, paths)], capture_output=True, text=True, check=True)
    return {Path(path): times for path, times in json.loads(done.stdout).items()}


def rows(files: dict[Path, bytes], suffix: str) -> Iterator[tuple[Path, bytes]]:
    yield from ((path, data) for path, data in files.items() if path.suffix == suffix)


def test_gpx(files: dict[Path, bytes]) -> None:
    gpxpy = pytest.importorskip("gpxpy")
    lxml = pytest.importorskip("lxml.etree")
    fast = fastgpx_times([path for path, _ in rows(files, ".gpx")])
    peers = f"gpxpy {gpxpy.__version__ if hasattr(gpxpy, '__version__') else ''} (with lxml), lxml {lxml.__version__}"
    print(f"\nGPX, file to DataFrame, CPU ms on Python {platform.python_version()}; {peers}")
    print(
        "| MB | points | stridelab, points | stridelab, whole `read` | gpxpy | lxml | fastgpx | fastgpx, no DataFrame |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    against: dict[str, list[float]] = {"gpxpy": [], "lxml": [], "fastgpx": []}
    for path, data in rows(files, ".gpx"):
        frame = ours(data)
        if frame.empty:
            continue  # a route
        own, whole = best_s(ours, data, 5), best_s(ours_whole, data, 3)
        times = {"gpxpy": best_s(with_gpxpy, data, 1), "lxml": best_s(with_lxml, data, 2)}
        others = (fast or {}).get(path)
        if others is not None:
            times["fastgpx"] = others[0]
        for name, value in times.items():
            if name != "fastgpx" or len(data) > 1_000_000:
                against[name].append(value / own)
        told = [times["gpxpy"], times["lxml"], *(others or (np.nan, np.nan))]
        words = [
            "not installed" if fast is None else "–" if np.isnan(t) else f"{t * 1e3:.1f} ({t / own:.1f}×)"
            for t in told[2:]
        ]
        cells = [f"{t * 1e3:.0f} ({t / own:.0f}×)" for t in told[:2]] + words
        print(f"| {len(data) / 1e6:.2f} | {len(frame)} | {own * 1e3:.1f} | {whole * 1e3:.1f} | {' | '.join(cells)} |")
    print(summary(against))


def test_tcx(files: dict[Path, bytes]) -> None:
    pytest.importorskip("tcxreader")
    pytest.importorskip("lxml")
    print(f"\nTCX, file to DataFrame, CPU ms on Python {platform.python_version()}")
    print("| MB | points | stridelab, points | stridelab, whole `read` | tcxreader | lxml |")
    print("|--:|--:|--:|--:|--:|--:|")
    against: dict[str, list[float]] = {"tcxreader": [], "lxml": []}
    for path, data in rows(files, ".tcx"):
        frame = ours(data)
        own, whole = best_s(ours, data, 5), best_s(ours_whole, data, 3)
        times = {"tcxreader": best_s(with_tcxreader, data, 2), "lxml": best_s(with_lxml, data, 2)}
        for name, value in times.items():
            against[name].append(value / own)
        cells = [f"{t * 1e3:.0f} ({t / own:.0f}×)" for t in times.values()]
        print(f"| {len(data) / 1e6:.2f} | {len(frame)} | {own * 1e3:.1f} | {whole * 1e3:.1f} | {' | '.join(cells)} |")
        assert path.exists()
    print(summary(against))


def summary(against: dict[str, list[float]]) -> str:
    """The least, the geometric mean and the greatest ratio against each reader."""
    told = [
        f"{name}: {min(ratios):.1f}× to {max(ratios):.1f}×, geometric mean {np.exp(np.log(ratios).mean()):.1f}×"
        for name, ratios in against.items()
        if ratios
    ]
    return "\nTimes faster: " + "; ".join(told)


MEMORY = """
import json, resource, sys
from pathlib import Path
import pandas, pyarrow.compute, stridelab.importers.gpx, stridelab.importers.tcx
from stridelab.importers import read
from stridelab.importers.markup import read_document
def peak_mb():
    # On Linux the peak of `resource` begins with that of the process that started this one.
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
read(Path(sys.argv[2]).read_bytes())
before = peak_mb()
data = Path(sys.argv[1]).read_bytes()
kept = {reading}
print(json.dumps([before, peak_mb()]))
"""


def test_peak_memory(files: dict[Path, bytes], corpus: Path) -> None:
    print("\nPeak memory while reading the longest files, the file itself included, as a multiple of its size")
    print("| file | MB | points | whole `read` |\n|---|--:|--:|--:|")
    readings = ('read_document(data, where="", point_names=(sys.argv[3],), vectorised=True)', "read(data)")
    for suffix, name in ((".gpx", "trkpt"), (".tcx", "Trackpoint")):
        path, data = list(rows(files, suffix))[-1]
        small = corpus / "trio" / f"6782987395{suffix}"
        cells = []
        for reading in readings:
            code = MEMORY.replace("{reading}", reading)
            arguments = [sys.executable, "-c", code, str(path), str(small), name]
            done = subprocess.run(arguments, capture_output=True, text=True, check=True, env=dict(os.environ))
            before, peak = json.loads(done.stdout)
            cells.append(f"{(peak - before) * 1e6 / len(data):.1f}×")
        print(f"| {suffix} | {len(data) / 1e6:.1f} | {' | '.join(cells)} |")


def test_history(corpus: Path) -> None:
    import zipfile

    with zipfile.ZipFile(corpus / "history" / "runner_gpx_2024_2026.zip") as archive:
        every = [data for name in archive.namelist() if (data := archive.read(name))]
    start = time.process_time()
    found = [activity for data in every for activity in read(data).activities]
    spent = time.process_time() - start
    size = sum(map(len, every)) / 1e6
    assert len(found) == 230
    first, last = min(a.start_time for a in found), max(a.start_time for a in found)
    print(
        f"\n{len(found)} runs of {first:%Y-%m} to {last:%Y-%m}, {size:.0f} MB: "
        f"{spent:.1f} s of CPU, {size / spent:.0f} MB/s"
    )
    assert last < datetime.now(UTC)
