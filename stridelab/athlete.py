"""The athlete: dated values, each of which knows where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.errors import UsageError

Origin = Literal["given", "file", "estimated", "assumed"]

_RANK: Final[dict[str, int]] = {"given": 0, "file": 1, "estimated": 2, "assumed": 3}

QUANTITIES: Final[Mapping[str, tuple[str, float, float]]] = {
    # name: unit, lowest and highest value accepted
    "sex": ("", 0, 0),
    "timezone": ("", 0, 0),
    "mass_kg": ("kg", 20, 300),
    "height_m": ("m", 1.0, 2.5),
    "birth_year": ("", 1900, 2100),
    "resting_heart_rate_bpm": ("bpm", 25, 120),
    "max_heart_rate_bpm": ("bpm", 100, 230),
    "threshold_heart_rate_bpm": ("bpm", 80, 220),
    "first_threshold_heart_rate_bpm": ("bpm", 70, 210),
    "threshold_speed_mps": ("m/s", 1, 8),
    "threshold_power_w": ("W", 50, 700),
    "running_threshold_power_w": ("W", 50, 700),
}
"""What is known of an athlete: unit and accepted range; `sex` is ``female``, ``male`` or ``unspecified``."""

SEXES: Final = ("female", "male", "unspecified")


@dataclass(frozen=True, slots=True)
class AthleteValue:
    """One value of one quantity, from a day on.

    Parameters
    ----------
    quantity
        A name of `QUANTITIES`.
    value
        A number in the unit of the name, or text for ``sex`` and ``timezone``.
    origin
        ``given`` by the athlete, read from a ``file``, ``estimated`` from recordings, or ``assumed`` for want of any.
    valid_from
        First day it holds; None is "from the beginning".
    note
        How it came about, in a few words.
    """

    quantity: str
    value: float | str
    origin: Origin
    valid_from: date | None = None
    note: str = ""

    @property
    def number(self) -> float:
        """The value as a number; NaN for text."""
        return float(self.value) if not isinstance(self.value, str) else float("nan")


def athlete_value(
    quantity: str, value: float | str, *, origin: Origin = "given", valid_from: date | None = None, note: str = ""
) -> AthleteValue:
    """A checked `AthleteValue`.

    Raises
    ------
    UsageError
        For an unknown quantity or a value outside its range.

    Examples
    --------
    >>> athlete_value("max_heart_rate_bpm", 188).number
    188.0
    """
    if quantity not in QUANTITIES:
        raise UsageError(f"unknown quantity {quantity!r}", expected="one of " + ", ".join(QUANTITIES))
    if quantity in ("sex", "timezone"):
        if quantity == "sex" and value not in SEXES:
            raise UsageError(f"sex {value!r}", expected="one of " + ", ".join(SEXES))
        return AthleteValue(quantity, str(value), origin, valid_from, note)
    unit, low, high = QUANTITIES[quantity]
    try:
        number = float(value)
    except ValueError:
        raise UsageError(f"{quantity} {value!r} is no number", expected=f"{low:g} to {high:g} {unit}".strip()) from None
    if not low <= number <= high:
        raise UsageError(f"{quantity} {number:g}", expected=f"{low:g} to {high:g} {unit}".strip())
    return AthleteValue(quantity, number, origin, valid_from, note)


@dataclass(frozen=True)
class Athlete:
    """A person, by key, with every value that was ever given, read or estimated."""

    key: str = "me"
    values: tuple[AthleteValue, ...] = field(default=())

    def value(self, quantity: str, on: date | None = None) -> AthleteValue | None:
        """The value that holds on a day.

        Given beats file beats estimated beats assumed; within one origin the latest that has begun holds, and before
        the first has begun the earliest known one does. Without a day, the latest.
        """
        ranked = self._ranked(quantity)
        begun = [v for v in ranked if on is None or (v.valid_from or date.min) <= on]
        return begun[-1] if begun else next(iter(ranked), None)

    def _ranked(self, quantity: str) -> list[AthleteValue]:
        """The values of the best origin there is, by their first day."""
        candidates = [v for v in self.values if v.quantity == quantity]
        best = min((_RANK[v.origin] for v in candidates), default=0)
        return sorted((v for v in candidates if _RANK[v.origin] == best), key=lambda v: v.valid_from or date.min)

    def number(self, quantity: str, on: date | None = None) -> float:
        """The number that holds on a day; NaN where nothing is known."""
        found = self.value(quantity, on)
        return found.number if found else float("nan")

    def text(self, quantity: str, on: date | None = None) -> str | None:
        """The text that holds on a day; None where nothing is known."""
        found = self.value(quantity, on)
        return str(found.value) if found else None

    def numbers(self, quantity: str, days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.float64]:
        """`number` of many days at once, shape of ``days``."""
        values, place = self._on(quantity, days)
        return np.array([*(v.number for v in values), np.nan])[place]

    def origins(self, quantity: str, days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.str_]:
        """Where the value of each day comes from; empty text where nothing is known."""
        values, place = self._on(quantity, days)
        return np.array([*(v.origin for v in values), ""])[place]

    def _on(self, quantity: str, days: npt.NDArray[np.datetime64]) -> tuple[list[AthleteValue], npt.NDArray[np.intp]]:
        """The values that hold, and the place of that of each day among them; -1 where there are none."""
        values = self._ranked(quantity)
        begin = np.array([v.valid_from or date.min for v in values], dtype="datetime64[D]")
        place = np.searchsorted(begin, days.astype("datetime64[D]"), side="right") - 1
        return values, np.maximum(place, min(0, len(values) - 1))

    def with_values(self, values: Iterable[AthleteValue]) -> Athlete:
        """A copy that also holds these values."""
        return replace(self, values=(*self.values, *values))
