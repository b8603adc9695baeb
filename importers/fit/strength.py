"""Strength sets, and which exercises of FIT are the five movements of the knee programme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from stridelab.activity import SET_COLUMNS, empty_table
from stridelab.importers.fit.profile import enum_names
from stridelab.importers.fit.tables import Part, Rows, as_objects, plain, table_of

MAX_WEIGHT_KG: Final = 1000.0
"""Nobody lifts more; what is above is a sentinel that was scaled."""


@dataclass(frozen=True, slots=True)
class Movement:
    """Exercises that are one movement.

    Parameters
    ----------
    name
        Of the movement.
    categories
        FIT's categories of exercises.
    exercise
        Pattern that the exercise's name within the category has to contain.
    alone
        Whether the category without an exercise's name is enough.
    """

    name: str
    categories: frozenset[str]
    exercise: str
    alone: bool = False


MOVEMENTS: Final[tuple[Movement, ...]] = (
    Movement("leg_press", frozenset({"squat"}), r"leg_press"),
    Movement("step_up", frozenset({"squat"}), r"step_up"),
    # With or without weight, elevated, partial, on a bench or a ball: one leg carries the body.
    Movement("single_leg_squat", frozenset({"squat"}), r"single_leg|one_legged|pistol"),
    Movement("deadlift", frozenset({"deadlift"}), r"", alone=True),
    Movement("deadlift", frozenset({"banded_exercises"}), r"deadlift"),
    # Good mornings are in FIT's category of leg curls, but bend the hip, not the knee.
    Movement("leg_curl", frozenset({"leg_curl"}), r"leg_curl", alone=True),
    Movement("leg_curl", frozenset({"hip_raise", "banded_exercises"}), r"leg_curl|hamstring_curl"),
)
"""The five movements, the first match wins."""


def movement(category: str | None, exercise: str | None) -> str | None:
    """The movement of the knee programme that an exercise is; None where it is none of the five.

    Examples
    --------
    >>> movement("squat", "weighted_partial_single_leg_squat")
    'single_leg_squat'
    >>> movement("deadlift", None)
    'deadlift'
    >>> movement("leg_curl", "good_morning") is None
    True
    """
    for known in MOVEMENTS:
        if category not in known.categories:
            continue
        if known.alone if exercise is None else re.search(known.exercise, exercise) is not None:
            return known.name
    return None


def sets(part: Part) -> pd.DataFrame:
    """Strength sets (`SET_COLUMNS`), rests among them as ``set_type`` ``rest``.

    A watch may guess several exercises; the first is its best. A weight of 0 means that none was entered: NaN.
    """
    if part is None:
        return empty_table(SET_COLUMNS)
    table, rows = part
    category = _first_of_array(table.columns.get("category"), rows)
    number = _first_of_array(table.columns.get("category_subtype"), rows)
    exercise = [_exercise(*pair) for pair in zip(category, number, strict=True)]
    found = table_of(
        table,
        rows,
        SET_COLUMNS,
        {
            "start_time": "start_time",
            "set_type": "set_type",
            "repetitions": "repetitions",
            "weight_kg": "weight",
            "duration_s": "duration",
        },
    )
    weight = found["weight_kg"]
    found["weight_kg"] = weight.where((weight > 0) & (weight <= MAX_WEIGHT_KG))
    moved = [movement(*pair) for pair in zip(category, exercise, strict=True)]
    for column, values in (("category", category), ("exercise", exercise), ("movement", moved)):
        found[column] = as_objects(values)
    return found


def _exercise(category: str | None, number: Any) -> str | None:
    """Name of an exercise within its category; an unknown number as its digits."""
    if category is None or number is None or pd.isna(number):
        return None
    return enum_names(f"{category}_exercise_name").get(int(number), str(int(number)))


def _first_of_array(column: npt.NDArray[Any] | None, rows: Rows) -> list[Any]:
    if column is None:
        return [None] * len(rows)
    return [plain(np.atleast_1d(value)[0]) if value is not None and np.size(value) else None for value in column[rows]]
