"""What is packaged against what is there, and nothing of anybody's machine in it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def setuptools_table(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]


def test_packages_are_the_folders_with_modules(setuptools_table: dict[str, Any], modules: dict[str, Path]) -> None:
    there = {name if path.name == "__init__.py" else name.rpartition(".")[0] for name, path in modules.items()}
    assert sorted(setuptools_table["packages"]) == sorted(there)


def test_every_package_has_its_init(modules: dict[str, Path]) -> None:
    assert [str(path.parent) for path in modules.values() if not (path.parent / "__init__.py").is_file()] == []


def test_other_files_in_the_packages_are_declared(
    setuptools_table: dict[str, Any], tracked: list[Path], root: Path, folders: dict[str, str]
) -> None:
    declared = setuptools_table["package-data"]
    forgotten = []
    for path in tracked:
        relative = path.relative_to(root)
        if relative.parts[0] not in folders or path.suffix == ".py" or path.is_symlink():
            continue
        matching = False
        for package, patterns in declared.items():
            top, *inner = package.removeprefix("stridelab.").split(".")
            base = root / top / Path(*inner)
            if path.is_relative_to(base):
                name = path.relative_to(base).as_posix()
                matching |= any(fnmatch(name, pattern) for pattern in patterns)
        if not matching:
            forgotten.append(str(relative))
    assert forgotten == []


def test_symlinks_make_the_source_tree_importable(root: Path, folders: dict[str, str]) -> None:
    links = {path.name: str(path.readlink()) for path in (root / "stridelab").iterdir() if path.is_symlink()}
    assert links == {name: f"../{name}" for name in folders if name != "stridelab"}


# Written so that this file does not find itself.
PRIVATE = {
    "a path of one machine": re.compile(r"(?<![\w.~])/(?:root|work|home|Users)/\w"),
    "a package index": re.compile(r"(?:index-url|find-links|trusted-host)[ =]|pypi[.]org|pythonhosted[.]"),
    "a network address": re.compile(r"(?<![=.\d])(?!127\.0\.0\.1\b|0\.0\.0\.0\b)(?:\d{1,3}\.){3}\d{1,3}\b"),
}


def private_parts(text: str) -> list[str]:
    return [f"{what}: {found.group()}" for what, pattern in PRIVATE.items() if (found := pattern.search(text))]


def test_no_path_of_a_machine_and_no_address_is_tracked(tracked: list[Path], root: Path) -> None:
    problems = []
    for path in tracked:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        problems += [f"{path.relative_to(root)}: {line}" for line in private_parts(text)]
    assert problems == []


@pytest.mark.parametrize("text", ["see /" + "home/ann/x", "pip --index" + "-url x", "at 10.1." + "2.3:80"])
def test_private_parts_are_found(text: str) -> None:
    assert private_parts(text)


def test_what_is_imported_is_declared(modules: dict[str, Path], root: Path) -> None:
    """A library that comes along with another one today may not tomorrow."""
    declared = {_name(line) for line in tomllib.loads((root / "pyproject.toml").read_text())["project"]["dependencies"]}
    distributions = packages_distributions()
    problems = []
    for module, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for top in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"stridelab"}:
                if not declared & {_name(name) for name in distributions.get(top, [top])}:
                    problems.append(f"{module} imports {top}")
    assert problems == []


def _name(requirement: str) -> str:
    """Normalised name of a requirement."""
    return re.split(r"[\[>=<~! ]", requirement.lower())[0].replace("_", "-")


def test_pins_say_nothing_of_where_they_come_from(root: Path) -> None:
    lines = (root / ".ci" / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+( ; [^/]+)?", line)] == []
    declared = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    names = [*declared["dependencies"]]
    for extra in declared["optional-dependencies"].values():
        names += extra
    pinned = {line.split("==")[0] for line in pins}
    assert {_name(name) for name in names} - pinned == set()
