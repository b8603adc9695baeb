"""Every inertial recording of the corpus, with the sites that its README tells."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stridelab import importers
from stridelab.errors import NotRecognisedError

G = 9.80665
ANKLE = {"site": "shank", "acceleration_unit": "m/s2", "sampling_rate_hz": 128}
MAPPINGS: dict[str, dict[str, Any] | None] = {
    "shank_bach2022": {"site": "shank"},
    "sacrum_alcantara2022": {"site": "sacrum"},
    "hip_ankle_adept": None,
}
NO_RECORDINGS = ("sacrum_alcantara2021/runners.csv", "force_dryft/custom_drift_S001runT25.csv", "README.md")

pytestmark = pytest.mark.corpus


def test_every_recording_is_read(corpus: Path) -> None:
    read: Counter[str] = Counter()
    for folder, mapping in MAPPINGS.items():
        for path in sorted((corpus / "imu" / folder).glob("*.npz")):
            (run,) = importers.read(path, mapping=mapping).activities
            assert [issue.code for issue in run.issues] == ["no-date"], path.name
            for stream in run.imu:
                read[stream.site] += 1
                assert np.isfinite(stream.acceleration_mps2).any(axis=1).all()
    for axis in range(3):
        columns = ["", "", ""]
        columns[axis] = f"acc{'XYZ'[axis]}"
        path = corpus / "imu" / "ankle_khandelwal" / f"{columns[axis]}.mat"
        (stream,) = importers.read_activity(path, mapping=ANKLE | {"acceleration": columns}).imu
        assert np.isfinite(stream.acceleration_mps2).any(axis=0).tolist() == [i == axis for i in range(3)]
        read["one axis"] += 1
    assert read == {"shank": 14 + 1, "sacrum": 24, "hip": 1, "one axis": 3}


def test_values_and_rate_are_those_of_the_file(corpus: Path) -> None:
    path = corpus / "imu" / "hip_ankle_adept" / "first_1000s.npz"
    run = importers.read_activity(path)
    assert [(s.site, s.side, s.sampling_rate_hz) for s in run.imu] == [("hip", "left", 100), ("shank", "left", 100)]
    with np.load(path) as arrays:
        for stream, name in zip(run.imu, ("left_hip_g", "left_ankle_g"), strict=True):
            np.testing.assert_allclose(stream.acceleration_mps2, arrays[name] * G, rtol=1e-6)
    sacrum = importers.read_activity(corpus / "imu" / "sacrum_alcantara2022" / "trial_00.npz")
    assert sacrum.summary["slope_deg"] == 10
    assert np.isnan(sacrum.imu[0].acceleration_mps2[:, 1]).all()


@pytest.mark.parametrize("name", NO_RECORDINGS)
def test_what_is_no_recording_is_declined(corpus: Path, name: str) -> None:
    with pytest.raises(NotRecognisedError):
        importers.read(corpus / "imu" / name)
