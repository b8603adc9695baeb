"""The modules of this folder that are no tests: the other readers of FIT, and the coverage page made with them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_modules() -> Iterator[None]:
    """Let this folder's modules be imported by their names, as its scripts do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent)
        yield


@pytest.fixture(scope="session")
def fit_peers(_own_modules: None) -> ModuleType:
    """Other readers of FIT behind our tables."""
    return importlib.import_module("fit_peers")


@pytest.fixture(scope="session")
def fit_coverage(_own_modules: None) -> ModuleType:
    """What each reader finds in each file."""
    return importlib.import_module("fit_coverage")
