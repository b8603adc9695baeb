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


@pytest.fixture(scope="session")
def gait_recordings(_own_modules: None) -> ModuleType:
    """Raw recordings with their truth."""
    return importlib.import_module("gait_recordings")


@pytest.fixture(scope="session")
def gait_fit(_own_modules: None) -> ModuleType:
    """The calibration of the gait methods."""
    return importlib.import_module("gait_fit")


@pytest.fixture(scope="session")
def gait_scoring(_own_modules: None) -> ModuleType:
    """Scores of the gait methods."""
    return importlib.import_module("gait_scoring")


@pytest.fixture(scope="session")
def gait_accuracy(_own_modules: None) -> ModuleType:
    """The accuracy page."""
    return importlib.import_module("gait_accuracy")
