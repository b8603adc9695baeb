"""Which recordings are of the same run: a pure function of all activities of one athlete.

Two activities are copies when they start within 120 s of each other, last within 60 s of each other (elapsed time), are
of the same family and come from different files; one without a date is a copy of none. A window of 10 minutes would
merge a warm-up with its run. Of copies the richest is the primary: most channels, then most samples. It takes every
copy of itself, then the next richest that is left does; so each copy is one of its primary, never only of another copy.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.days import FIRST_REAL_DATE

START_WITHIN_S: Final = 120.0
DURATION_WITHIN_S: Final = 60.0

IntArray = npt.NDArray[np.intp]


def find_links(activities: pd.DataFrame, manual: pd.DataFrame | None = None) -> dict[str, str]:
    """Primary of every activity that is a copy of another.

    Parameters
    ----------
    activities
        Columns ``activity_id``, ``start_time``, ``elapsed_time_s``, ``family``, ``sha256`` (of the file), ``channels``,
        ``samples``; in any order, which does not matter. One whose duration is not known is no copy of any.
    manual
        What the athlete said of pairs: columns ``activity_id``, ``other_id``, ``kind`` (``link`` or ``unlink``). It
        overrides the rule; linked activities are one recording in every respect.

    Returns
    -------
    dict
        Id of the copy to id of its primary; what is no copy is not in it.
    """
    if len(activities) < 2:
        return {}
    ranked = activities.sort_values(
        ["channels", "samples", "activity_id"], ascending=[False, False, True], kind="stable"
    ).reset_index(drop=True)
    place = {activity: i for i, activity in enumerate(ranked["activity_id"])}
    linked, unlinked = _manual_pairs(manual, place)
    group_of, groups = _grouped(linked, len(ranked))

    near: defaultdict[int, set[int]] = defaultdict(set)
    for a, b in zip(*_copies(ranked), strict=True):
        if group_of[a] != group_of[b]:
            near[group_of[a]].add(group_of[b])
            near[group_of[b]].add(group_of[a])
    apart: defaultdict[int, set[int]] = defaultdict(set)
    for a, b in unlinked:
        apart[group_of[a]].add(group_of[b])
        apart[group_of[b]].add(group_of[a])

    files = ranked["sha256"].tolist()
    links: dict[int, int] = {}
    taken: set[int] = set()
    # A group is named by its richest activity, and rank is the order: every step takes the richest that is left.
    for primary in sorted({*near, *(group for group, rows in groups.items() if len(rows) > 1)}):
        if primary in taken:
            continue
        cluster, held = [primary], {files[row] for row in groups[primary]}
        for other in sorted(near[primary]):
            its = {files[row] for row in groups[other]}
            # The legs of one file are different parts of a day, and what the athlete parted stays apart.
            if other not in taken and held.isdisjoint(its) and apart[other].isdisjoint(cluster):
                cluster.append(other)
                held |= its
        taken.update(cluster)
        links |= {row: primary for group in cluster for row in groups[group] if row != primary}
    names = ranked["activity_id"].tolist()
    return {names[copy]: names[primary] for copy, primary in links.items()}


def _copies(ranked: pd.DataFrame) -> tuple[list[int], list[int]]:
    """Pairs of rows that the rule calls copies: only neighbours in start time of one family are compared."""
    start = ranked["start_time"].to_numpy(dtype="datetime64[ms]").astype(np.int64) / 1000
    elapsed = ranked["elapsed_time_s"].to_numpy(dtype=np.float64)
    family, file = (pd.factorize(ranked[name])[0] for name in ("family", "sha256"))
    order = np.lexsort((start, family)).astype(np.intp)
    # One axis for all: families lie further apart than any two starts of one.
    axis = (start + family * (np.ptp(start) + 2 * START_WITHIN_S + 1))[order]
    end = np.searchsorted(axis, axis + START_WITHIN_S, side="right")
    first = np.arange(len(axis))
    count = end - first - 1
    left = np.repeat(first, count)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count)
    a, b = order[left], order[right]
    with np.errstate(invalid="ignore"):
        same = np.abs(elapsed[a] - elapsed[b]) <= DURATION_WITHIN_S
    same &= file[a] != file[b]
    # What has no date begins at no known time, so it is a copy of nothing.
    same &= start[a] >= FIRST_REAL_DATE.timestamp()
    return a[same].tolist(), b[same].tolist()


def _manual_pairs(
    manual: pd.DataFrame | None, place: dict[str, int]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    pairs: dict[str, list[tuple[int, int]]] = {"link": [], "unlink": []}
    if manual is not None:
        for a, b, kind in zip(manual["activity_id"], manual["other_id"], manual["kind"], strict=True):
            if a in place and b in place:
                pairs[kind].append((place[a], place[b]))
    return pairs["link"], pairs["unlink"]


def _grouped(linked: list[tuple[int, int]], n: int) -> tuple[list[int], dict[int, list[int]]]:
    """Group of each row and rows of each group, where linked rows are one group, named by its first row."""
    group_of = list(range(n))

    def first(row: int) -> int:
        while group_of[row] != row:
            row = group_of[row]
        return row

    for a, b in linked:
        low, high = sorted((first(a), first(b)))
        group_of[high] = low
    group_of = [first(row) for row in range(n)]
    groups: dict[int, list[int]] = {}
    for row, group in enumerate(group_of):
        groups.setdefault(group, []).append(row)
    return group_of, groups
