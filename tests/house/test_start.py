"""Starting is light: what takes long to import is imported on first use."""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAVY = ("numpy", "pandas", "scipy", "pyarrow", "plotly", "sqlalchemy", "fitdecode", "tzfpy", "jinja2")


def test_every_module_imports(module_name: str) -> None:
    importlib.import_module(module_name)


@pytest.mark.parametrize(
    "arguments", [None, ["--help"], ["--version"], ["import", "--help"], ["report", "--help"], ["demo", "--help"]]
)
def test_nothing_heavy_is_imported_at_the_start(arguments: list[str] | None, root: Path) -> None:
    start = "import stridelab" if arguments is None else f"from stridelab.cli.app import main; main({arguments!r})"
    script = (
        "import sys\n"
        f"try:\n    {start}\n"
        "except SystemExit as stop:\n    assert not stop.code, stop.code\n"
        f"print('loaded:', *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root)
    print(f"{arguments}: {time.perf_counter() - begin:.2f} s")  # reported, not judged: machines differ
    assert done.stdout.splitlines()[-1] == "loaded:"
