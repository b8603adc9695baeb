"""GPX and TCX share this: bytes to a tree of elements and a table of points, quickly where the file is regular.

`read_document` is the way in. The points, nearly all of such a file, are read by `regular` with numpy; what is left of
the file, and every point that is not as regular as its neighbours, is read by `parser`, the reference for both.
"""

from __future__ import annotations

from stridelab.importers.markup.document import Document, Node, read_document
from stridelab.importers.markup.points import PointTable
from stridelab.importers.markup.times import NO_TIME, parse_time

__all__ = ["NO_TIME", "Document", "Node", "PointTable", "parse_time", "read_document"]
