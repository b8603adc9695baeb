"""Every public thing has a docstring, its parameters are the real ones, and its examples run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest


def public_things(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Public functions, classes and methods that a module itself defines."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(thing) or inspect.isclass(thing):
            yield name, thing
        if inspect.isclass(thing):
            for inner_name, inner in vars(thing).items():
                inner = inner.__func__ if isinstance(inner, classmethod | staticmethod) else inner
                if not inner_name.startswith("_") and inspect.isfunction(inner):
                    yield f"{name}.{inner_name}", inner


def documented_parameters(docstring: str | None) -> list[str] | None:
    """Names in the Parameters section of a numpy docstring; None without the section."""
    lines = inspect.cleandoc(docstring or "").splitlines()
    for start, line in enumerate(lines[:-1]):
        if line == "Parameters" and set(lines[start + 1]) == {"-"}:
            break
    else:
        return None
    names: list[str] = []
    for line, following in zip(lines[start + 2 :], [*lines[start + 3 :], ""], strict=True):
        if following and set(following) == {"-"}:
            break
        if line and not line.startswith(" "):
            names += [name.strip(" *") for name in line.split(" : ")[0].split(",")]
    return names


def real_parameters(thing: Callable[..., Any]) -> list[str]:
    """Parameters that a caller may name."""
    names = inspect.signature(thing).parameters
    return [name for name in names if name not in ("self", "cls") and not name.startswith("_")]


def test_public_things_are_documented(module_name: str) -> None:
    module = importlib.import_module(module_name)
    assert module.__doc__, f"{module_name} has no docstring"
    things = dict(public_things(module))
    assert [name for name, thing in things.items() if not inspect.getdoc(thing)] == []
    wrong = {
        name: (documented, real_parameters(thing))
        for name, thing in things.items()
        if (documented := documented_parameters(thing.__doc__)) is not None
        and sorted(documented) != sorted(real_parameters(thing))
    }
    assert wrong == {}, "documented against real parameters"


def test_examples_run(module_name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(module_name), optionflags=doctest.ELLIPSIS)
    assert failed == 0, "see the captured output"


def test_a_wrong_parameter_would_be_found() -> None:
    docstring = """Sum.

    Parameters
    ----------
    first, second
        Numbers.
    *rest : float
        More.

    Returns
    -------
    float
    """
    assert documented_parameters(docstring) == ["first", "second", "rest"]
    assert documented_parameters("No section.") is None


@pytest.mark.parametrize("word", [r"\bTODO\b", r"\bFIXME\b", r"\bXXX\b"])
def test_nothing_is_left_for_later_in_the_source(word: str, modules: dict[str, Any]) -> None:
    assert [name for name, path in modules.items() if re.search(word, path.read_text())] == []
