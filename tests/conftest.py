"""What all tests share: the real recordings, a browser, and an honest count of what did not run for want of them.

Both needs are markers (``corpus``, ``browser``); a test that asks for the fixture gets the marker by itself.
A test that was skipped although its need is there makes the run fail, so nothing goes missing in silence.
Benchmarks run when they are asked for only (``-m benchmark``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("stridelab", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("stridelab")

ROOT = Path(__file__).resolve().parents[1]
NEEDS = {"corpus": "corpus", "browser": "chromium_path"}  # marker: fixture
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")


# ---------------------------------------------------------------- fixtures


@pytest.fixture(autouse=True, scope="session")
def _own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test ever touches the store of the person who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRIDELAB_STORE", str(tmp_path_factory.mktemp("default-store")))
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of the real recordings."""
    folder = corpus_folder()
    if not folder.is_dir():
        if "STRIDELAB_CORPUS" in os.environ:
            pytest.fail(f"STRIDELAB_CORPUS names {folder}, which is not a folder", pytrace=False)
        pytest.skip("the real recordings are not here (../shared/corpus, or STRIDELAB_CORPUS)")
    return folder


@pytest.fixture(scope="session")
def load_reference(corpus: Path) -> Path:
    """Folder of the reference tables of load and pace, beside the real recordings."""
    folder = corpus.parent / "reference" / "load"
    if not folder.is_dir():
        pytest.skip(f"the reference tables are not here ({folder})")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of a Chromium that playwright can start with ``executable_path=``."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium found (set STRIDELAB_CHROMIUM, or run `make test`, which installs one)")
    return found


def corpus_folder() -> Path:
    return Path(os.environ.get("STRIDELAB_CORPUS") or ROOT.parent / "shared" / "corpus")


def find_chromium() -> str | None:
    named = os.environ.get("STRIDELAB_CHROMIUM")
    if named:
        return named
    for name in BROWSER_NAMES:
        if (found := shutil.which(name)) and _starts(found):
            return found
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.is_file() and _starts(str(own)) else None


def _starts(browser: str) -> bool:
    """Whether it runs at all: some distributions put a stub under the name."""
    return subprocess.run([browser, "--version"], capture_output=True, check=False).returncode == 0


# ---------------------------------------------------------------- what did not run


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_NotRun(config))


def _needs(item: pytest.Item) -> list[str]:
    return [need for need in NEEDS if item.get_closest_marker(need)]


class _NotRun:
    """Counts the tests that did not run, by what they need; xdist workers hand their part to the first process."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.skipped: dict[str, set[str]] = {need: set() for need in NEEDS}
        self.deselected: dict[str, set[str]] = {need: set() for need in NEEDS}
        self.failures: list[str] = []

    @pytest.hookimpl(tryfirst=True)  # before -m looks at the markers
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            for need, fixture in NEEDS.items():
                if fixture in getattr(item, "fixturenames", ()):
                    item.add_marker(need)
        if "benchmark" not in self.config.option.markexpr:
            timed = [item for item in items if item.get_closest_marker("benchmark")]
            if timed:
                items[:] = [item for item in items if item not in timed]
                self.config.hook.pytest_deselected(items=timed)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        for item in items:
            for need in [] if item.get_closest_marker("benchmark") else _needs(item):
                self.deselected[need].add(item.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        report = yield
        report.needs = _needs(item)  # xdist sends it along with the report
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            for need in getattr(report, "needs", ()):
                self.skipped[need].add(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        for need, ids in getattr(node, "workeroutput", {}).get("deselected", {}).items():
            self.deselected[need].update(ids)

    @pytest.hookimpl(trylast=True)  # after xdist has heard from its workers
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["deselected"] = {need: sorted(ids) for need, ids in self.deselected.items()}
            return
        arguments = [str(argument) for argument in self.config.invocation_params.args]
        asked = any(argument.startswith(("-m", "-k", "--deselect", "--lf", "--sw")) for argument in arguments)
        required = {
            "corpus": corpus_folder().is_dir(),
            "browser": os.environ.get("CI") == "true" or os.environ.get("STRIDELAB_REQUIRE_BROWSER") == "1",
        }
        for need in NEEDS:
            missing = self.skipped[need] | (set() if asked else self.deselected[need])
            if missing and required[need]:
                self.failures.append(f"{len(missing)} {need} tests had to run and did not, for instance {min(missing)}")
        if self.failures and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        counts = {need: len(self.skipped[need] | self.deselected[need]) for need in NEEDS}
        said = ", ".join(f"{count} {need} tests" for need, count in counts.items())
        terminalreporter.write_sep("-", f"did not run: {said}", yellow=any(counts.values()))
        for failure in self.failures:
            terminalreporter.write_line(f"FAILED: {failure}", red=True, bold=True)
