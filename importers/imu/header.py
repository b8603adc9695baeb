"""What a column's name says by itself: a quantity, an axis, a unit, perhaps a site and a side.

``left_hip_acc_x (g)``, ``AccX [m/s²]``, ``gyro_y_dps`` and ``vertical_g`` are understood; a name that holds any word
besides is not, so that a table of features or of totals is no recording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from stridelab.importers.imu.layout import AXES, Layout, Sensor
from stridelab.importers.imu.units import ACCELERATION, ANGULAR_VELOCITY, TIME, unit_of

_SITES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("foot", "shoe", "heel", "instep", "toe", "forefoot"), "foot"),
    **dict.fromkeys(("shank", "shin", "tibia", "tibial", "ankle"), "shank"),
    **dict.fromkeys(("sacrum", "sacral", "pelvis", "lumbar", "l5"), "sacrum"),
    **dict.fromkeys(("hip", "waist"), "hip"),
    **dict.fromkeys(("wrist",), "wrist"),
    **dict.fromkeys(("chest", "sternum"), "chest"),
}
_SIDES: Final[Mapping[str, str]] = {"left": "left", "right": "right"}
_AXIS_WORDS: Final[Mapping[str, str]] = {
    **{axis: axis for axis in AXES},
    **dict.fromkeys(("anteroposterior", "ap"), "x"),
    **dict.fromkeys(("mediolateral", "ml"), "y"),
    **dict.fromkeys(("vertical", "vert"), "z"),
}
_QUANTITIES: Final[Mapping[tuple[str, ...], str]] = {
    **dict.fromkeys((("acceleration",), ("accelerometer",), ("accel",), ("acc",), ("a",)), "acceleration"),
    **dict.fromkeys(
        (
            *(("gyroscope",), ("gyro",), ("gyr",), ("omega",), ("g",), ("w",)),
            *(("angular", "velocity"), ("angular", "rate"), ("rotation", "rate"), ("angvel",)),
        ),
        "angular_velocity",
    ),
}
_WITHOUT_GRAVITY: Final = frozenset({"linear", "lin", "user", "free"})
_IGNORED: Final = frozenset({"imu", "sensor", "raw", "cal", "calibrated", "axis", "data", "total", "measured"})
_TIMES: Final = frozenset(
    {
        *(("time",), ("t",), ("timestamp",), ("elapsed",), ("time", "elapsed"), ("elapsed", "time"), ("epoch",)),
        *(("seconds", "elapsed"), ("datetime",), ("date", "time"), ("unix", "timestamp"), ("unix", "time"), ("ts",)),
        *(("epoch", "time"), ("time", "stamp"), ("sample", "time")),
    }
)

_IN_BRACKETS: Final = re.compile(r"[\[({](?P<unit>.+)[\])}]\s*$")
_SUFFIX: Final = re.compile(r"^(?P<rest>.*[A-Za-z0-9])[_ .:,-](?P<unit>[A-Za-zµμ°/²^0-9-]+)$")
_COMPOUND: Final = re.compile(r"^(accelerometer|acceleration|accel|acc|gyroscope|gyro|gyr|omega|a|g|w)([xyz])$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name says.

    Parameters
    ----------
    quantity
        ``acceleration``, ``angular_velocity`` or ``time``.
    axis
        ``x``, ``y`` or ``z``; empty for an array that holds all three.
    unit
        As `units` names it; empty where the name has none.
    site, side
        Where the sensor is worn; ``unknown`` and None where the name does not say.
    gravity_included
        False for an acceleration without gravity.
    """

    quantity: str
    axis: str = ""
    unit: str = ""
    site: str = "unknown"
    side: str | None = None
    gravity_included: bool = True


def meaning(name: str) -> Meaning | None:
    """What a column's name says; None where it is not wholly understood.

    Examples
    --------
    >>> meaning("left_hip_acc_x (g)")
    Meaning(quantity='acceleration', axis='x', unit='g', site='hip', side='left', gravity_included=True)
    >>> meaning("timestamp_us").quantity, meaning("mean acc x (g)"), meaning("speed_ms")
    ('time', None, None)
    """
    text, unit = _unit(name.strip().strip("\"'"))
    words = _words(text)
    if tuple(words) in _TIMES:
        return Meaning("time", unit=unit) if unit in (*TIME, "") else None
    site = next((_SITES[word] for word in words if word in _SITES), "unknown")
    side = next((_SIDES[word] for word in words if word in _SIDES), None)
    gravity = not any(word in _WITHOUT_GRAVITY for word in words)
    known = _SITES.keys() | _SIDES.keys() | _WITHOUT_GRAVITY | _IGNORED
    left = [word for word in words if word not in known and not word.isdigit()]
    axis = ""
    if left and left[-1] in _AXIS_WORDS:
        axis = _AXIS_WORDS[left.pop()]
    elif left and left[0] in _AXIS_WORDS:
        axis = _AXIS_WORDS[left.pop(0)]
    quantity = _QUANTITIES.get(tuple(left), "")
    if not left:
        quantity = "acceleration" if unit in ACCELERATION else "angular_velocity" if unit in ANGULAR_VELOCITY else ""
    if not quantity or (not axis and not unit) or (unit and unit not in _UNITS_OF[quantity]):
        return None
    return Meaning(quantity, axis, unit, site, side, gravity)


_UNITS_OF: Final[Mapping[str, Mapping[str, float]]] = {
    "acceleration": ACCELERATION,
    "angular_velocity": ANGULAR_VELOCITY,
}


def self_described(names: Sequence[str]) -> Layout | None:
    """The layout that names alone describe; None where no sensor has an acceleration on two axes or as one array.

    Of several accelerations of one sensor that with gravity is taken, then the first.
    """
    meanings = {name: said for name in names if (said := meaning(name)) is not None}
    sensors = []
    places = dict.fromkeys((said.site, said.side) for said in meanings.values() if said.quantity == "acceleration")
    for site, side in places:
        here = {name: said for name, said in meanings.items() if (said.site, said.side) == (site, side)}
        for gravity in (True, False):
            columns, unit = _axes(here, "acceleration", gravity)
            if sum(map(bool, columns)) >= 2 or len(columns) == 1:
                turning, turning_unit = _axes(here, "angular_velocity", True)
                complete = len(turning) == 1 or all(turning)
                sensors.append(Sensor(site, side, columns, unit, turning if complete else (), turning_unit, gravity))
                break
    if not sensors:
        return None
    time, time_unit = time_column(names)
    return Layout(tuple(sensors), "", (time,) if time else (), time_unit)


def bare(names: Sequence[str]) -> Layout:
    """The layout of a table that somebody says is inertial and whose columns are named by their axes alone.

    Two of ``x``, ``y`` and ``z``, or a ``vertical``, are enough; without them it holds the column of times alone.

    Examples
    --------
    >>> bare(["t", "x", "y", "z"]).sensors[0].acceleration, bare(["t", "speed", "x"]).sensors
    (('x', 'y', 'z'), ())
    """
    words = {name: name.strip().strip("\"'").lower() for name in names}
    by_axis = {_AXIS_WORDS[word]: name for name, word in reversed(words.items()) if word in _AXIS_WORDS}
    columns = tuple(by_axis.get(axis, "") for axis in AXES)
    enough = len(by_axis) >= 2 or bool({"vertical", "vert"} & set(words.values()))
    time, time_unit = time_column(names)
    return Layout((Sensor(acceleration=columns),) if enough else (), "", (time,) if time else (), time_unit)


def time_column(names: Iterable[str]) -> tuple[str, str]:
    """The first column that says that it holds times, and its unit; empty where there is none."""
    for name in names:
        if (said := meaning(name)) is not None and said.quantity == "time":
            return name, said.unit
    return "", ""


def _axes(here: Mapping[str, Meaning], quantity: str, gravity: bool) -> tuple[tuple[str, ...], str]:
    own = {n: s for n, s in here.items() if s.quantity == quantity and s.gravity_included == gravity}
    whole = [name for name, said in own.items() if not said.axis]
    by_axis = {said.axis: name for name, said in reversed(own.items()) if said.axis}
    if whole and len(by_axis) < 2:
        return (whole[0],), own[whole[0]].unit
    columns = tuple(by_axis.get(axis, "") for axis in AXES)
    units = [own[name].unit for name in columns if name]
    return columns, units[0] if len(set(units)) == 1 else ""


def _unit(name: str) -> tuple[str, str]:
    """A name without its unit, and the unit."""
    if found := _IN_BRACKETS.search(name):
        unit = unit_of(found["unit"])
        return (name[: found.start()], unit) if unit else (name, "")
    if (found := _SUFFIX.match(name)) and (unit := unit_of(found["unit"])):
        return found["rest"], unit
    return name, ""


def _words(text: str) -> list[str]:
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    words = re.findall(r"[a-z0-9]+", parted.lower())
    split: list[str] = []
    for word in words:
        found = _COMPOUND.match(word)
        # "ax" alone is an axis of an acceleration; among other words it may be anything.
        split += [found[1], found[2]] if found and (len(found[1]) > 1 or len(words) == 1) else [word]
    return split
