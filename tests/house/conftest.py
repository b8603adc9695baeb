"""The house as files and as modules, for the tests that hold its rules."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "stridelab": "stridelab",
    "importers": "stridelab.importers",
    "analysis": "stridelab.analysis",
    "dashboards": "stridelab.dashboards",
    "fixtures": "stridelab.fixtures",
}


def module_files() -> dict[str, Path]:
    """Every module of the distribution by its import name."""
    found = {}
    for folder, package in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob("*.py")):  # does not follow the symlinks
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            found[".".join((package, *parts)).removesuffix(".__init__")] = path
    return found


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def folders() -> dict[str, str]:
    return FOLDERS


@pytest.fixture(scope="session")
def modules() -> dict[str, Path]:
    return module_files()


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file that belongs to the project: what git tracks or would, else what lies here."""
    if not (ROOT / ".git").exists():
        return [path for path in ROOT.rglob("*") if path.is_file()]
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "module_name" in metafunc.fixturenames:
        metafunc.parametrize("module_name", sorted(module_files()))
