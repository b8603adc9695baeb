"""``stridelab.toml``: what the user changes about the rules. It lies in the store's directory and is copied with it.

::

    [rules.sleep_short]
    enabled = false

    [rules.session_spike]
    watch_ratio = 1.2
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stridelab.analysis.rules import RULES, Rule
from stridelab.errors import UsageError
from stridelab.store.location import SETTINGS


def read_settings(folder: Path) -> Mapping[str, Any]:
    """The settings of a store: ``{"rules": {rule: {"enabled": bool, threshold: number}}}``, empty without a file.

    Parameters
    ----------
    folder
        The store's directory.

    Raises
    ------
    UsageError
        Where the file cannot be read, is no TOML, or has a key or value that means nothing. A slip is never passed
        over: a rule that somebody believes to be switched off must not go on in silence, nor the other way round.
    """
    path = folder / SETTINGS
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"no TOML ({error})", where=str(path), advice="`stridelab explain RULE` shows how.") from None
    return checked_settings(given, where=str(path))


def checked_settings(given: Mapping[str, Any], *, where: str = SETTINGS) -> Mapping[str, Any]:
    """Settings in which every key and value means something.

    Parameters
    ----------
    given
        As TOML gives them.
    where
        The file, for the message.

    Raises
    ------
    UsageError
        Names the file and the key.

    Examples
    --------
    >>> checked_settings({"rules": {"session_spike": {"enabled": False}}})
    {'rules': {'session_spike': {'enabled': False}}}
    """
    for key, value in given.items():
        if key != "rules":
            raise _slip(where, key, "a key that means nothing", "rules")
        if not isinstance(value, Mapping):
            raise _slip(where, key, f"{value!r}", "tables such as [rules.session_spike]")
    rules = {rule.id: rule for rule in RULES}
    for name, values in given.get("rules", {}).items():
        key = f"rules.{name}"
        if name not in rules:
            raise _slip(where, key, "there is no such rule", "one of " + ", ".join(rules))
        if not isinstance(values, Mapping):
            raise _slip(where, key, f"{values!r}", f"a table [{key}]")
        for field, value in values.items():
            _check(rules[name], field, value, where)
    return given


def _check(rule: Rule, field: str, value: Any, where: str) -> None:
    key = f"rules.{rule.id}.{field}"
    if field == "enabled":
        if not isinstance(value, bool):
            raise _slip(where, key, f"{value!r}", "true or false")
        return
    if field not in rule.thresholds:
        raise _slip(where, key, "a key that means nothing", "one of " + ", ".join(["enabled", *rule.thresholds]))
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _slip(where, key, f"{value!r}", "a number")


def _slip(where: str, key: str, found: str, expected: str) -> UsageError:
    return UsageError(f"{key}: {found}", expected=expected, where=where)
