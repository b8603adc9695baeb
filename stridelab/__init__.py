"""stridelab: training load, running form and recovery from the files of watches and footpods.

>>> import stridelab as sl
>>> sl.errors.ReadError.__bases__
(<class 'stridelab.errors.StridelabError'>, <class 'ValueError'>)

Everything named here is loaded on first use, so that ``import stridelab`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stridelab import analysis as analysis
    from stridelab import dashboards as dashboards
    from stridelab import errors as errors
    from stridelab import fixtures as fixtures
    from stridelab import importers as importers
    from stridelab.activity import Activity as Activity
    from stridelab.activity import ReadResult as ReadResult
    from stridelab.analysis.history import History as History
    from stridelab.athlete import Athlete as Athlete
    from stridelab.importers import read as read
    from stridelab.importers import read_activity as read_activity
    from stridelab.store import ImportSummary as ImportSummary
    from stridelab.store import Store as Store

__version__ = "0.1.0"

_ROOMS = ("analysis", "dashboards", "errors", "fixtures", "importers")
_NAMES = {
    "Activity": "activity",
    "Athlete": "athlete",
    "History": "analysis.history",
    "ImportSummary": "store",
    "ReadResult": "activity",
    "Store": "store",
    "read": "importers",
    "read_activity": "importers",
}
__all__ = [*_NAMES, *_ROOMS, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"stridelab.{name}")
    if name in _NAMES:
        value = getattr(import_module(f"stridelab.{_NAMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'stridelab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
