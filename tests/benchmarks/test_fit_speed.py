"""FIT reading against other readers: ratios measured side by side in one process, printed as a Markdown table.

`make benchmark` runs it. Nothing is judged by the clock: only that every reader that is installed read every file.
CPU time, best of three runs after a first one (the readers in pure Python: one run, on every tenth file by size).
"""

from __future__ import annotations

import gc
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stridelab.importers import read
from stridelab.importers.fit import decode

pytestmark = [pytest.mark.benchmark, pytest.mark.corpus]

LARGER_THAN_BYTES = 100_000
EVERY = 10
RUNS = 3

Reading = Callable[[bytes], Any]


# ---------------------------------------------------------------- what is measured


def every_column(data: bytes) -> None:
    """Every column of every table, decoded and scaled."""
    messages = decode(data)
    for name in messages:
        for column in messages.table(name).columns.values():
            assert len(column) == messages.count(name)


def every_frame(data: bytes) -> None:
    """Every table as a DataFrame."""
    messages = decode(data)
    for name in messages:
        assert len(messages[name]) == messages.count(name)


def record_frame(data: bytes) -> Any:
    """The records as a DataFrame."""
    messages = decode(data, only={"record"})
    return messages["record"] if messages.count("record") else None


def fitfast_parse(data: bytes) -> Any:
    import fitfast

    return fitfast.parse(data)


def fitfast_records(data: bytes) -> Any:
    import fitfast

    return fitfast.records(data)


def pyfitparsernative(data: bytes) -> Any:
    from pyfitparsernative import parse_fit_bytes

    return parse_fit_bytes(data)


def garmin_fit_sdk(data: bytes) -> Any:
    from garmin_fit_sdk import Decoder, Stream

    return Decoder(Stream.from_byte_array(bytearray(data))).read(merge_heart_rates=False)


def fitdecode(data: bytes) -> None:
    import fitdecode

    with fitdecode.FitReader(data, check_crc=fitdecode.CrcCheck.DISABLED) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                for field in frame.fields:
                    assert field is not None


def fitparse(data: bytes) -> None:
    import fitparse

    for message in fitparse.FitFile(data, check_crc=False).get_messages():
        message.get_values()


@dataclass(frozen=True)
class Duel:
    """One row of the table: what we do against what a peer does."""

    ours: str
    read: Reading
    package: str
    theirs: str
    peer: Reading
    slow: bool = False


DUELS = (
    Duel("`decode`, every column", every_column, "fitfast", "`fitfast.parse`", fitfast_parse),
    Duel("`decode`, every DataFrame", every_frame, "fitfast", "`fitfast.parse`", fitfast_parse),
    Duel('`decode(only={"record"})["record"]`', record_frame, "fitfast", "`fitfast.records`", fitfast_records),
    Duel("`read`, full activity", read, "fitfast", "`fitfast.parse`", fitfast_parse),
    Duel("`decode`, every column", every_column, "pyfitparsernative", "pyfitparsernative", pyfitparsernative),
    Duel("`decode`, every column", every_column, "garmin-fit-sdk", "garmin-fit-sdk", garmin_fit_sdk, slow=True),
    Duel("`decode`, every column", every_column, "fitdecode", "fitdecode", fitdecode, slow=True),
    Duel("`decode`, every column", every_column, "fitparse", "fitparse", fitparse, slow=True),
)


# ---------------------------------------------------------------- how


@pytest.fixture(scope="module")
def files(corpus: Path) -> dict[str, bytes]:
    """The larger FIT files of the corpus, by size."""
    found = sorted((path.stat().st_size, path) for path in (corpus / "fit").glob("*/*.fit"))
    return {str(path.relative_to(corpus)): path.read_bytes() for size, path in found if size > LARGER_THAN_BYTES}


def best_s(reading: Reading, data: bytes, runs: int) -> float:
    """CPU time of the fastest run, in seconds."""
    times = []
    gc.collect()
    for _ in range(runs):
        start = time.process_time()
        reading(data)
        times.append(time.process_time() - start)
    return min(times)


def reads(reading: Reading, data: bytes) -> bool:
    """Whether a reader reads a file at all; what it raises is its own affair."""
    try:
        reading(data)
    except Exception:
        return False
    return True


def version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


@pytest.fixture(scope="module")
def times_s(files: dict[str, bytes]) -> dict[tuple[Reading, str], float]:
    """CPU time of each reader on each file that it is tried on, all readers of a file one after the other."""
    found: dict[tuple[Reading, str], float] = {}
    for i, (name, data) in enumerate(files.items()):
        tried = [duel for duel in DUELS if version(duel.package) and not (duel.slow and i % EVERY)]
        for reading in dict.fromkeys(reading for duel in tried for reading in (duel.read, duel.peer)):
            slow = any(duel.slow and duel.peer is reading for duel in tried)
            if slow or reads(reading, data):
                found[reading, name] = best_s(reading, data, 1 if slow else RUNS)
    return found


def test_speed_against_other_readers(files: dict[str, bytes], times_s: dict[tuple[Reading, str], float]) -> None:
    lines = [
        f"FIT files above {LARGER_THAN_BYTES // 1000} kB: {len(files)}, {sum(map(len, files.values())) / 1e6:.1f} MB. "
        f"CPU time on Python {platform.python_version()}; times faster than the peer.",
        "",
        "| stridelab | against | files | geometric mean | worst | best |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for duel in DUELS:
        found = version(duel.package)
        if found is None:
            lines.append(f"| {duel.ours} | {duel.theirs}: not installed | | | | |")
            continue
        chosen = list(files)[:: EVERY if duel.slow else 1]
        both = [name for name in chosen if (duel.read, name) in times_s and (duel.peer, name) in times_s]
        ratios = [times_s[duel.peer, name] / times_s[duel.read, name] for name in both]
        refused = f" ({len(chosen) - len(both)} refused)" if len(both) < len(chosen) else ""
        assert ratios, f"{duel.theirs} read nothing"
        mean = np.exp(np.log(ratios).mean())
        lines.append(
            f"| {duel.ours} | {duel.theirs} {found} | {len(ratios)}{refused} | "
            f"{_times(mean)} | {_times(min(ratios))} | {_times(max(ratios))} |"
        )
    print("\n" + "\n".join(lines))


def test_bytes_a_second(files: dict[str, bytes], times_s: dict[tuple[Reading, str], float]) -> None:
    lines = [f"All {len(files)} files, one after the other.", "", "| reader | MB a second |", "|---|--:|"]
    fast = {**{duel.read: duel.ours for duel in DUELS}, **{duel.peer: duel.theirs for duel in DUELS if not duel.slow}}
    for reading, name in fast.items():
        own = [file for file in files if (reading, file) in times_s]
        if not own:
            lines.append(f"| {name} | not installed |")
            continue
        seconds = sum(times_s[reading, file] for file in own)
        note = "" if len(own) == len(files) else f" ({len(files) - len(own)} refused)"
        lines.append(f"| {name}{note} | {sum(len(files[file]) for file in own) / 1e6 / seconds:.1f} |")
    print("\n" + "\n".join(lines))


MEMORY = """
import json, resource, sys
from pathlib import Path
def peak_mb():
    # On Linux the peak of `resource` begins with that of the process that started this one.
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
data = Path(sys.argv[1]).read_bytes()
{imports}
before = peak_mb()
kept = {reading}
print(json.dumps([before, peak_mb()]))
"""

MEMORY_OF = (
    ("`decode`, every column", "stridelab", "from stridelab.importers.fit import decode",
     "(m := decode(data)) and [m.table(name) for name in m]"),
    ("`decode`, every DataFrame", "stridelab", "from stridelab.importers.fit import decode",
     "(m := decode(data)) and [m[name] for name in m]"),
    ("`read`, full activity", "stridelab", "from stridelab.importers import read", "read(data)"),
    ("`fitfast.parse`", "fitfast", "import fitfast", "fitfast.parse(data)"),
    ("pyfitparsernative", "pyfitparsernative", "import pyfitparsernative as p", "p.parse_fit_bytes(data)"),
    ("garmin-fit-sdk", "garmin-fit-sdk", "from garmin_fit_sdk import Decoder, Stream",
     "Decoder(Stream.from_byte_array(bytearray(data))).read(merge_heart_rates=False)"),
    ("fitparse", "fitparse", "import fitparse", "fitparse.FitFile(data, check_crc=False).messages"),
)  # fmt: skip


def test_peak_memory_on_the_largest_file(corpus: Path) -> None:
    largest = max((corpus / "fit").glob("*/*.fit"), key=lambda path: path.stat().st_size)
    lines = [
        f"Peak memory of a fresh process on the largest file ({largest.stat().st_size / 1e6:.1f} MB).",
        "",
        "| reader | with its imports, MB | while reading, MB more | in all, MB |",
        "|---|--:|--:|--:|",
    ]
    for name, package, imports, reading in MEMORY_OF:
        if package != "stridelab" and version(package) is None:
            lines.append(f"| {name} | not installed | | |")
            continue
        code = MEMORY.format(imports=imports, reading=reading)
        done = subprocess.run(
            [sys.executable, "-c", code, str(largest)], capture_output=True, text=True, check=True, env=dict(os.environ)
        )
        before, peak = json.loads(done.stdout)
        lines.append(f"| {name} | {before:.0f} | {peak - before:.0f} | {peak:.0f} |")
    print("\n" + "\n".join(lines))


def _times(ratio: float) -> str:
    return f"{ratio:.0f}×" if ratio >= 20 else f"{ratio:.1f}×"
