"""Which recordings are of the same run: a pure function of all activities of one athlete.

Two activities are copies when they start within 120 s of each other, last within 60 s of each other (elapsed time), are
of the same family and come from different files; one without a date is a copy of none. A window of 10 minutes would
merge a warm-up with its run. Of copies the richest is the primary: most channels, then most samples. It takes every
copy of itself, then the next richest that is left does; so each copy is one of its primary, never only of another copy.

The totals of an account's export are no recordings: each belongs to the recording that starts nearest to it, within
120 s, whatever the two say of length and sport, which the athlete may have corrected in one of them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.analysis.days import FIRST_REAL_DATE
from stridelab.importers.archives import SUMMARY_KINDS, WALL_CLOCK_SUMMARIES

START_WITHIN_S: Final = 120.0
DURATION_WITHIN_S: Final = 60.0
MIN_PARTS: Final = 2
SPLIT_SHARE: Final = 0.9
"""Parts that last together at least this share of a whole are the same run in pieces (a convention of this project)."""

IntArray = npt.NDArray[np.intp]


def find_links(activities: pd.DataFrame, manual: pd.DataFrame | None = None) -> dict[str, str]:
    """Primary of every activity that is a copy of another.

    Parameters
    ----------
    activities
        Columns ``activity_id``, ``start_time``, ``elapsed_time_s``, ``family``, ``sha256`` (of the file), ``channels``,
        ``samples``; in any order, which does not matter. One whose duration is not known is no copy of any. With
        ``kind`` (of the file) and ``utc_offset_s``, totals of exports are joined to recordings.
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
    is_summary = _is_summary(ranked)
    for a, b in zip(*_copies(ranked), strict=True):
        if group_of[a] != group_of[b] and not (is_summary[a] or is_summary[b]):
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
    links |= _split(ranked, is_summary, links, group_of, {frozenset(pair) for pair in unlinked})
    if is_summary.any():
        links |= _joined(ranked, is_summary, links, {frozenset(pair) for pair in unlinked})
    names = ranked["activity_id"].tolist()
    return {names[copy]: names[primary] for copy, primary in links.items()}


def _split(
    ranked: pd.DataFrame,
    is_summary: npt.NDArray[np.bool_],
    links: Mapping[int, int],
    group_of: list[int],
    apart: set[frozenset[int]],
) -> dict[int, int]:
    """Whole of each recording that is a part of it: several files of one run beside one file of all of it.

    The parts are of the same family, lie within the whole, do not overlap, and together last nearly as long. One
    recording within another alone is none: the rule of copies has decided on that.
    """
    start = ranked["start_time"].to_numpy(dtype="datetime64[ms]").astype(np.int64) / 1000
    elapsed = ranked["elapsed_time_s"].to_numpy(dtype=np.float64)
    family, file = ranked["family"].tolist(), ranked["sha256"].tolist()
    heads = np.asarray(
        [row for row in range(len(ranked)) if row not in links and not is_summary[row] and elapsed[row] > 0],
        dtype=np.intp,
    )
    heads = heads[np.argsort(start[heads], kind="stable")]
    begins = start[heads]
    first = np.searchsorted(begins, begins - START_WITHIN_S)
    last = np.searchsorted(begins, begins + elapsed[heads])
    found: dict[int, int] = {}
    for at in np.flatnonzero(last - first > MIN_PARTS):  # the whole itself is among them
        whole = int(heads[at])
        end = start[whole] + elapsed[whole] + START_WITHIN_S
        parts = [
            row
            for row in heads[first[at] : last[at]].tolist()
            if row != whole
            and family[row] == family[whole]
            and file[row] != file[whole]
            and start[row] + elapsed[row] <= end
            and group_of[row] != group_of[whole]
            and frozenset((row, whole)) not in apart
        ]
        if len(parts) < MIN_PARTS or len({file[row] for row in parts}) < len(parts):
            continue
        gaps = start[parts[1:]] - (start[parts[:-1]] + elapsed[parts[:-1]])
        if (gaps >= -DURATION_WITHIN_S).all() and elapsed[parts].sum() >= SPLIT_SHARE * elapsed[whole]:
            found |= {row: whole for row in parts if whole not in found}
    return found


def _is_summary(ranked: pd.DataFrame) -> npt.NDArray[np.bool_]:
    if "kind" not in ranked.columns:
        return np.zeros(len(ranked), dtype=np.bool_)
    return np.asarray(ranked["kind"].isin(SUMMARY_KINDS), dtype=np.bool_)


def _joined(
    ranked: pd.DataFrame, is_summary: npt.NDArray[np.bool_], links: Mapping[int, int], apart: set[frozenset[int]]
) -> dict[int, int]:
    """Primary of each row of totals: the recording that starts nearest, else other totals of the same run.

    Times of a table without a zone are compared on the wall clock of each recording.
    """
    utc = ranked["start_time"].to_numpy(dtype="datetime64[ms]").astype(np.int64) / 1000
    wall = utc + np.nan_to_num(ranked["utc_offset_s"].to_numpy(dtype=np.float64))
    zoneless = (ranked["kind"] == WALL_CLOCK_SUMMARIES).to_numpy()
    pending = np.asarray([row for row in np.flatnonzero(is_summary) if row not in links], dtype=np.intp)
    found: dict[int, int] = {}
    recorded = np.flatnonzero(~is_summary)
    for clock, chosen in ((utc, pending[~zoneless[pending]]), (wall, pending[zoneless[pending]])):
        nearest, distance_s = _nearest(clock[recorded], clock[chosen])
        for row, place, away in zip(chosen.tolist(), nearest.tolist(), distance_s.tolist(), strict=True):
            if away <= START_WITHIN_S:
                target = int(recorded[place])
                if frozenset((row, target)) not in apart:
                    found[row] = links.get(target, target)
    family = ranked["family"].tolist()
    # What has no recording: the first of a run stands for the others, those that know their zone first.
    alone = sorted((row for row in pending.tolist() if row not in found), key=lambda row: (zoneless[row], row))
    heads: tuple[list[tuple[float, int]], list[tuple[float, int]]] = ([], [])
    for row in alone:
        clock, known = (wall, heads[1]) if zoneless[row] else (utc, heads[0])
        first = bisect_left(known, (clock[row] - START_WITHIN_S, -1))
        last = bisect_left(known, (clock[row] + START_WITHIN_S, len(ranked)))
        same = [head for _, head in known[first:last] if family[head] == family[row]]
        if same:
            found[row] = same[0]
            continue
        insort(heads[1], (float(wall[row]), row))
        if not zoneless[row]:
            insort(heads[0], (float(utc[row]), row))
    return found


def _nearest(
    axis: npt.NDArray[np.float64], values: npt.NDArray[np.float64]
) -> tuple[IntArray, npt.NDArray[np.float64]]:
    """Place of the nearest element of an axis in any order, and how far it is; infinite on an empty one."""
    if not len(axis):
        return np.zeros(len(values), dtype=np.intp), np.full(len(values), np.inf)
    order = np.argsort(axis, kind="stable")
    ordered = axis[order]
    right = np.clip(np.searchsorted(ordered, values), 0, len(axis) - 1)
    left = np.maximum(right - 1, 0)
    near = np.where(np.abs(ordered[left] - values) <= np.abs(ordered[right] - values), left, right)
    return order[near], np.abs(ordered[near] - values)


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
