"""Who may import whom: each floor only what is below it, and nothing reaches around the rule inside a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

# room: the rooms that it may import, besides itself
MAY_IMPORT = {
    "core": set(),
    "importers": {"core"},
    "analysis": {"core"},
    "fixtures": {"core", "analysis"},
    "store": {"core", "importers", "analysis"},
    # Figures and reports are given a History; what they share with the other dashboards (units, theme) is theirs too.
    "figures": {"core", "analysis", "dashboards"},
    "dashboards": {"core", "importers", "analysis", "store", "figures"},
    "front": {"core", "importers", "analysis", "fixtures", "store", "figures", "dashboards"},
}

# Analysis takes arrays and gives numbers; it reads no file, no database and no network.
OUTSIDE = {"io", "os", "pathlib", "shutil", "socket", "sqlite3", "sqlalchemy", "subprocess", "tempfile", "urllib"}
BARE = {"importers", "analysis", "dashboards", "fixtures"}


def room(module: str) -> str:
    """Room of a module by its import name."""
    parts = module.split(".")
    if len(parts) == 1 or parts[1] in ("cli", "__main__"):
        return "front"
    if parts[1] in ("store", "pipeline"):
        return "store"
    if parts[1] == "dashboards" and len(parts) > 2 and parts[2] in ("figures", "report"):
        return "figures"
    return parts[1] if parts[1] in MAY_IMPORT else "core"


def imports(source: str, known: set[str]) -> Iterator[str]:
    """Every module that a source imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in known else base
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module":
            if node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def broken_rules(module: str, source: str, known: set[str]) -> list[str]:
    """What a module imports, or does, against the rules of the house."""
    own = room(module)
    problems = []
    for name in imports(source, known):
        top = name.split(".")[0]
        if name.startswith("."):
            problems.append(f"{module}: relative import {name}")
        elif top in BARE:
            problems.append(f"{module}: bare import {name}")
        elif top == "stridelab" and room(name) not in MAY_IMPORT[own] | {own}:
            problems.append(f"{module} ({own}) imports {name} ({room(name)})")
        elif own == "analysis" and top in OUTSIDE:
            problems.append(f"{module}: analysis imports {name}")
    if own == "analysis":
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called in ("open", "read_text", "read_bytes") or called.startswith(("read_csv", "read_parquet")):
                    problems.append(f"{module}: analysis calls {called}()")
    return problems


def test_every_module_imports_only_what_is_below_it(modules: dict[str, Path]) -> None:
    known = set(modules)
    problems = [line for name, path in modules.items() for line in broken_rules(name, path.read_text(), known)]
    assert problems == []


def test_tests_never_import_the_folders_by_their_bare_names(root: Path, modules: dict[str, Path]) -> None:
    problems = [
        f"{path.relative_to(root)}: {name}"
        for path in (root / "tests").rglob("*.py")
        for name in imports(path.read_text(), set(modules))
        if name.split(".")[0] in BARE
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("stridelab.samples", "from stridelab.analysis import load"),
        ("stridelab.importers.gpx", "def f():\n    import stridelab.analysis.load"),
        ("stridelab.analysis.load", "from stridelab.importers.fit import decode"),
        ("stridelab.analysis.load", "from pathlib import Path"),
        ("stridelab.analysis.load", "def f(p):\n    return p.open()"),
        ("stridelab.analysis.load", "import pandas as pd\npd.read_csv('x')"),
        ("stridelab.analysis.load", "from . import weeks"),
        ("stridelab.analysis.load", "from analysis import weeks"),
        ("stridelab.fixtures.season", "import stridelab.store"),
        ("stridelab.store", "import stridelab.dashboards.static"),
        ("stridelab.dashboards.figures.load", "from stridelab.store import Store"),
        ("stridelab.dashboards.report", "def f():\n    from stridelab import Store"),
        ("stridelab.importers", "import importlib\nimportlib.import_module('stridelab.store')"),
        ("stridelab.dashboards.static", "import stridelab.cli.app"),
    ],
)
def test_a_broken_rule_is_found(module: str, source: str, modules: dict[str, Path]) -> None:
    assert broken_rules(module, source, set(modules))


def test_the_allowed_is_allowed(modules: dict[str, Path]) -> None:
    source = "import numpy as np\nfrom stridelab.analysis import history\nfrom stridelab import errors"
    assert broken_rules("stridelab.analysis.load", source, set(modules)) == []
