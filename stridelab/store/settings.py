"""``stridelab.toml``: what the user changes about the rules. It lies in the store's directory and is copied with it.

::

    [rules.short_sleep]
    enabled = false

    [rules.session_spike]
    watch_ratio = 1.2
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stridelab.analysis.rules import RULES, settings_of
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
        Where the file cannot be read, is no TOML, or has a key or value that means nothing; it names file and key. A
        slip is never passed over: a rule that somebody believes to be switched off must not go on in silence, nor the
        other way round.
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
    for key in given:
        if key != "rules":
            raise UsageError(f"{key}: a key that means nothing", expected="rules", where=str(path))
    try:
        settings_of(RULES, given)
    except UsageError as error:
        where = f"{path} {error.where}".strip()
        raise UsageError(error.found, expected=error.expected, where=where, advice=error.advice) from None
    return given
