"""The store: what was imported, what was derived from it and what the athlete wrote, in one directory.

::

    catalogue.sqlite     tables (`stridelab.store.schema`)
    streams/             Parquet, one file an activity and stream (`stridelab.store.streams`)
    originals/           the accepted files as they came, packed (`stridelab.store.originals`)

`Store` is the one door.
"""

from stridelab.store.store import Store
from stridelab.store.summary import FileCounts, ImportSummary, Salvaged, Unreadable

__all__ = ["FileCounts", "ImportSummary", "Salvaged", "Store", "Unreadable"]
