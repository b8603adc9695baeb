"""The README says what the commands say: its console and Python examples are run on the demo."""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
README = Path(__file__).parents[3] / "README.md"


@pytest.fixture
def demo(run: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder in which the tour takes place."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STRIDELAB_STORE", "demo/store")
    assert run("demo", "-o", "demo").code == 0


@pytest.mark.usefixtures("demo")
def test_the_tour_of_the_readme_is_true(run: Callable) -> None:
    blocks = re.findall(r"```console\n\$ stridelab (.+)\n((?:.*\n)*?)```", README.read_text(encoding="utf-8"))
    assert len(blocks) >= 5
    for command, expected in blocks:
        done = run(*shlex.split(command))
        assert done.code == 0, command
        message = f"$ stridelab {command}\n{done.out}"
        assert doctest.OutputChecker().check_output(expected, done.out, OPTIONS), message
    (python,) = re.findall(r"```python\n((?:.*\n)*?)```", README.read_text(encoding="utf-8"))
    test = doctest.DocTestParser().get_doctest(python, {}, "README", str(README), 0)
    said: list[str] = []
    assert doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=said.append).failed == 0, "".join(said)
