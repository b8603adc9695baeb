"""The wheel, built through the source distribution, installed in an empty environment, used outside the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(root: Path, tracked: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The source distribution, and the wheel built from it; from a copy, so that the working tree stays clean."""
    source, output = tmp_path_factory.mktemp("source") / "stridelab", tmp_path_factory.mktemp("dist")
    for path in tracked:
        target = source / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target, follow_symlinks=False)
    for link in (path for path in (root / "stridelab").iterdir() if path.is_symlink()):
        (source / "stridelab" / link.name).symlink_to(link.readlink())
    # Without an isolated environment the pinned build backend is used, and nothing is fetched.
    _run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(output), str(source)], cwd=source)
    (sdist,), (wheel,) = output.glob("*.tar.gz"), output.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the programs of an environment that holds the wheel and what it declares, nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    constraints = ["-c", str(root / ".ci" / "constraints.txt")]
    # fitparse comes as source only; the pinned backend builds it.
    _run([*pip, *constraints, "setuptools"], cwd=folder)
    _run([*pip, *constraints, "--no-build-isolation", "--use-pep517", str(built[1])], cwd=folder)
    return programs


def test_the_wheel_holds_the_package_and_nothing_else(built: tuple[Path, Path], modules: dict[str, Path]) -> None:
    names = zipfile.ZipFile(built[1]).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"stridelab"}
    inside = {
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in names if name[-3:] == ".py"
    }
    assert inside == set(modules)
    assert "stridelab/py.typed" in names
    assert not [name for name in names if "test" in name or "conftest" in name]


def test_the_source_distribution_is_whole_and_without_links(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as archive:
        members = archive.getmembers()
    assert [member.name for member in members if member.issym() or member.islnk()] == []
    names = {member.name.partition("/")[2] for member in members}
    for expected in ("LICENSE", "README.md", "CHANGELOG.md", "tests/conftest.py", "importers/__init__.py"):
        assert expected in names


def test_everything_imports_outside_the_repository(installed: Path, modules: dict[str, Path], tmp_path: Path) -> None:
    names = sorted(set(modules) - {"stridelab.__main__"})
    script = f"from importlib import import_module as i\nfor name in {names!r}: i(name)\nprint(i('stridelab').__file__)"
    where = _run([str(installed / "python"), "-c", script], cwd=tmp_path)
    assert "site-packages" in where
    for folder in ("importers", "analysis", "dashboards", "fixtures"):
        bare = subprocess.run(
            [installed / "python", "-c", f"import {folder}"], cwd=tmp_path, capture_output=True, check=False
        )
        assert bare.returncode, f"{folder} is importable by its bare name"


def test_the_command_works_outside_the_repository(installed: Path, tmp_path: Path) -> None:
    command = str(installed / "stridelab")
    assert "Usage: stridelab" in _run([command, "--help"], cwd=tmp_path)
    done = _run([command, "demo", "-o", "here"], cwd=tmp_path)
    assert (tmp_path / "here" / "dashboard.html").is_file()
    assert "Session much longer than usual" in done


def _run(command: list[str], *, cwd: Path) -> str:
    """Standard output of a command that has to succeed, in an environment that says nothing of ours."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "STRIDELAB", "VIRTUAL"))
    }
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
