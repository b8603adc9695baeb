from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from stridelab.store import Store, schema
from stridelab.store.links import find_links

START = pd.Timestamp("2026-05-04", tz="UTC")


def table(*activities: dict[str, Any]) -> pd.DataFrame:
    rows = [
        {
            "activity_id": chr(97 + i),
            "start_time": START + pd.Timedelta(seconds=activity.get("start_s", 0)),
            "elapsed_time_s": activity.get("elapsed_s", 3600.0),
            "family": activity.get("family", "run"),
            "sha256": activity.get("file", f"file {i}"),
            "channels": activity.get("channels", 3),
            "samples": activity.get("samples", 3600),
        }
        for i, activity in enumerate(activities)
    ]
    return pd.DataFrame(rows)


def manual(*pairs: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["activity_id", "other_id", "kind"])


@pytest.mark.parametrize(
    ("other", "linked"),
    [
        ({}, True),
        ({"start_s": 120, "elapsed_s": 3660}, True),
        ({"start_s": -120, "elapsed_s": 3540}, True),
        ({"start_s": 121}, False),
        ({"start_s": -120.001}, False),
        ({"elapsed_s": 3661}, False),
        ({"family": "bike"}, False),
        ({"file": "file 0"}, False),
        ({"elapsed_s": float("nan")}, False),
    ],
)
def test_the_rule(other: dict[str, Any], linked: bool) -> None:
    assert find_links(table({}, other | {"channels": 1})) == ({"b": "a"} if linked else {})


def test_the_richest_is_primary() -> None:
    assert find_links(table({"channels": 2}, {"channels": 3})) == {"a": "b"}
    assert find_links(table({"samples": 100}, {"samples": 200})) == {"a": "b"}
    assert find_links(table({}, {})) == {"b": "a"}


def test_a_copy_of_a_copy_only_is_no_copy() -> None:
    chain = table({"start_s": 0, "channels": 5}, {"start_s": 100, "channels": 4}, {"start_s": 200, "channels": 3})
    assert find_links(chain) == {"b": "a"}


def test_a_warm_up_is_not_its_run() -> None:
    assert find_links(table({"elapsed_s": 600}, {"start_s": 100, "elapsed_s": 3600})) == {}


def test_legs_of_one_file_never_meet() -> None:
    legs = table({"file": "x", "channels": 5}, {"file": "y", "channels": 4}, {"file": "x", "channels": 3})
    assert find_links(legs) == {"b": "a"}


def test_the_athlete_has_the_last_word() -> None:
    pair = table({"channels": 4}, {})
    assert find_links(pair, manual(("a", "b", "unlink"))) == {}
    far = table(
        {"channels": 4}, {"start_s": 5000, "family": "bike"}, {"start_s": 5010, "family": "bike", "channels": 1}
    )
    assert find_links(far, manual(("a", "b", "link"))) == {"b": "a", "c": "a"}
    assert find_links(pair, manual(("a", "gone", "unlink"), ("gone", "x", "link"))) == {"b": "a"}


def test_what_was_parted_does_not_meet_through_a_third() -> None:
    three = table({"channels": 5}, {"channels": 4}, {"channels": 3})
    assert find_links(three, manual(("b", "c", "unlink"))) == {"b": "a"}


def test_nothing_and_one() -> None:
    assert find_links(table({}).iloc[:0]) == {}
    assert find_links(table({})) == {}


def test_many_days_are_compared_with_their_neighbours_only() -> None:
    many = table({"start_s": 0})
    many = pd.concat([many] * 20_000, ignore_index=True)
    many["activity_id"] = [f"{i:05}" for i in range(len(many))]
    many["sha256"] = many["activity_id"]
    many["start_time"] = START + pd.to_timedelta(pd.Series(range(len(many))) // 2 * 3600, unit="s")
    links = find_links(many)  # every pair of all of them would be 200 million
    assert len(links) == 10_000


ACTIVITIES = st.lists(
    st.fixed_dictionaries(
        {
            "start_s": st.integers(0, 8).map(lambda n: n * 60),
            "elapsed_s": st.sampled_from([600.0, 640.0, 700.0, float("nan")]),
            "family": st.sampled_from(["run", "bike"]),
            "file": st.sampled_from("pqrstuv"),
            "channels": st.integers(1, 3),
        }
    ),
    max_size=9,
)
PAIRS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("efgh"), st.sampled_from(["link", "unlink"])), max_size=3
)


@given(activities=ACTIVITIES, pairs=PAIRS, seed=st.integers())
@settings(deadline=None)
def test_order_does_not_matter_and_links_are_stars(
    activities: list[dict[str, Any]], pairs: list[tuple[str, str, str]], seed: int
) -> None:
    known = table(*activities)
    links = find_links(known, manual(*pairs))
    order = list(range(len(known)))
    random.Random(seed).shuffle(order)
    assert find_links(known.iloc[order], manual(*pairs)) == links
    assert not set(links) & set(links.values())
    if not pairs and len(known):
        by_id = known.set_index("activity_id")
        for other, primary in links.items():
            a, b = by_id.loc[other], by_id.loc[primary]
            assert abs((a["start_time"] - b["start_time"]).total_seconds()) <= 120
            assert abs(a["elapsed_time_s"] - b["elapsed_time_s"]) <= 60
            assert (a["family"], a["sha256"] == b["sha256"]) == (b["family"], False)


@pytest.mark.usefixtures("fake_readers")
def test_the_store_has_the_same_links_whatever_the_order(tmp_path: Path, recording: Callable[..., bytes]) -> None:
    contents = [{"start_s": s, "channels": c} for s, c in ((0, 1), (50, 3), (100, 2), (150, 3), (200, 1), (9000, 1))]
    found = set()
    for seed in range(4):
        (folder := tmp_path / str(seed)).mkdir()
        paths = [folder / f"{i}.fit" for i in range(len(contents))]
        for path, spec in zip(paths, contents, strict=True):
            path.write_bytes(recording(spec))
        random.Random(seed).shuffle(paths)
        store = Store.open(folder / "s")
        for path in paths[:3]:
            store.import_([path])
        store.import_(paths[3:])
        with store.database.reading() as connection:
            found.add(tuple(sorted(tuple(row) for row in connection.execute(sa.select(schema.links)))))
        assert int((~store.activities()["is_primary"]).sum()) == len(next(iter(found)))
    assert len(found) == 1
    assert len(next(iter(found))) == 3


@pytest.mark.usefixtures("fake_readers")
def test_an_import_that_was_killed_leaves_no_run_counted_twice(tmp_path: Path, recording: Callable[..., bytes]) -> None:
    (tmp_path / "1.fit").write_bytes(recording({}))
    (tmp_path / "2.fit").write_bytes(recording({"start_s": 5, "channels": 1}))
    store = Store.open(tmp_path / "s")
    store.import_([tmp_path / "1.fit", tmp_path / "2.fit"])
    with store.database.writing() as connection:  # as if killed before the links were written
        connection.execute(sa.delete(schema.links))
        connection.execute(sa.update(schema.imports).values(finished=None))
    assert store.activities()["is_primary"].tolist() == [True, False]
    pair = sorted(store.activities()["activity_id"])
    with store.database.writing() as connection:
        connection.execute(
            sa.insert(schema.manual_links).values(
                athlete="me", activity_id=pair[0], other_id=pair[1], kind="unlink", made=datetime.now(UTC)
            )
        )
    assert store.activities()["is_primary"].all()
