"""The user's thresholds and switches: ``{"rules": {"<rule id>": {"enabled": false, "<threshold>": value}}}``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stridelab.analysis.rules.rule import Rule
from stridelab.errors import UsageError


@dataclass(frozen=True, slots=True)
class Setting:
    """How one rule is to be applied.

    Parameters
    ----------
    enabled
        Whether it is applied at all.
    limits
        The values of its thresholds.
    moved
        Names of those that are not the published or agreed value.
    """

    enabled: bool
    limits: Mapping[str, float]
    moved: tuple[str, ...]


def settings_of(rules: Sequence[Rule], settings: Mapping[str, Any]) -> dict[str, Setting]:
    """How each rule is to be applied, by id.

    Parameters
    ----------
    rules
        All rules.
    settings
        `History.settings`; empty is the published defaults.

    Raises
    ------
    UsageError
        For a rule or a threshold that does not exist, or a value that is none.
    """
    known = {rule.id: rule for rule in rules}
    given = _table(settings.get("rules", {}), "[rules]")
    for name in given:
        if name not in known:
            raise UsageError(f"there is no rule {name!r}", where="[rules]", expected="one of " + ", ".join(known))
    return {rule.id: _setting(rule, _table(given.get(rule.id, {}), f"[rules.{rule.id}]")) for rule in rules}


def _setting(rule: Rule, given: Mapping[str, Any]) -> Setting:
    where = f"[rules.{rule.id}]"
    limits, enabled = rule.defaults, True
    for name, value in given.items():
        if name == "enabled":
            if not isinstance(value, bool):
                raise UsageError(f"enabled = {value!r}", where=where, expected="true or false")
            enabled = value
        elif name not in limits:
            raise UsageError(
                f"{rule.id} has no threshold {name!r}", where=where, expected=", ".join(["enabled", *limits])
            )
        elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise UsageError(f"{name} = {value!r}", where=where, expected="a number")
        else:
            limits[name] = float(value)
    moved = tuple(name for name, value in rule.defaults.items() if limits[name] != value)
    return Setting(enabled, limits, moved)


def _table(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise UsageError(f"{value!r}", where=where, expected="a table of names and values")
    return value
