"""Units of acceleration and angular velocity, as files and people spell them, to SI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

STANDARD_GRAVITY_MPS2: Final = 9.80665
"""Standard gravity (3rd CGPM 1901; ISO 80000-3)."""

ACCELERATION: Final[Mapping[str, float]] = {
    "g": STANDARD_GRAVITY_MPS2,
    "mg": STANDARD_GRAVITY_MPS2 / 1000,
    "m/s2": 1.0,
}
"""Factor to m/s², by unit."""

ANGULAR_VELOCITY: Final[Mapping[str, float]] = {
    "deg/s": float(np.pi / 180),
    "mdeg/s": float(np.pi / 180_000),
    "rad/s": 1.0,
}
"""Factor to rad/s, by unit."""

TIME: Final[Mapping[str, float]] = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0}
"""Factor to seconds, by unit."""

_SPELLINGS: Final[Mapping[str, str]] = {
    **{unit: unit for unit in (*ACCELERATION, *ANGULAR_VELOCITY, *TIME)},
    **dict.fromkeys(("gs", "gforce", "standardgravity"), "g"),
    **dict.fromkeys(("milli-g", "millig", "mgs"), "mg"),
    **dict.fromkeys(("m/s/s", "m/(s2)", "mps2", "ms2", "ms-2", "m*s-2", "m/sec2", "m.s-2", "mpss"), "m/s2"),
    # Files whose ² was lost between two encodings.
    **dict.fromkeys(("m/s\ufffd", "m/sâ2", "m/sã2"), "m/s2"),
    **dict.fromkeys(("dps", "d/s", "°/s", "degps", "deg/sec", "degrees/s", "degpersec", "deg.s-1"), "deg/s"),
    **dict.fromkeys(("mdps", "millideg/s"), "mdeg/s"),
    **dict.fromkeys(("radps", "rad/sec", "rad.s-1", "rads", "rads-1"), "rad/s"),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("msec", "millis", "millisec", "milliseconds"), "ms"),
    **dict.fromkeys(("µs", "μs", "usec", "micros", "microsec", "microseconds"), "us"),
    **dict.fromkeys(("nanos", "nanosec", "nanoseconds"), "ns"),
}


def unit_of(text: str) -> str:
    """The unit that a text spells, as `ACCELERATION`, `ANGULAR_VELOCITY` and `TIME` name it; empty for another.

    Examples
    --------
    >>> [unit_of(text) for text in ("m/(s^2)", "m/s²", "G", "dps", "°/s", "uT")]
    ['m/s2', 'm/s2', 'g', 'deg/s', 'deg/s', '']
    """
    return _SPELLINGS.get(text.strip().lower().replace("²", "2").replace("^", "").replace(" ", ""), "")
