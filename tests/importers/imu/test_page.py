"""``docs/inertial-recordings.md``: its table is the one of the source, its examples are read."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from stridelab import importers
from stridelab.importers.imu.layout import SIDES, SITES
from stridelab.importers.imu.loggers import LOGGERS, Logger
from stridelab.importers.imu.resample import MAX_BRIDGED_INTERVALS, MAX_BRIDGED_S

PAGE = (Path(__file__).parents[3] / "docs" / "inertial-recordings.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
TIMES = {"": "told by the file", "datetime": "date and clock", "sample": "counter of samples"}


def row(logger: Logger) -> str:
    told = "told by the file"
    acceleration = (logger.acceleration_unit or told) + ("" if logger.gravity_included else ", without gravity")
    turning = (logger.angular_velocity_unit or told) if logger.angular_velocity else "none"
    return f"| {logger.name} | {acceleration} | {turning} | {TIMES.get(logger.time_unit, logger.time_unit)} |"


def test_the_page_lists_every_logger() -> None:
    listed = PAGE.split("<!-- loggers -->")[1].split("<!-- end of loggers -->")[0].strip().splitlines()[2:]
    assert listed == list({logger.name: row(logger) for logger in reversed(LOGGERS)}.values())[::-1]


@pytest.mark.parametrize(
    ("example", "header", "streams"),
    [(0, "t,ax,ay,az,gx,gy,gz", 1), (1, "l_x,l_y,l_z,r_x,r_y,r_z,n", 2)],
)
def test_the_examples_declare_a_recording(tmp_path: Path, example: int, header: str, streams: int) -> None:
    scale = (1.0, 9.81)[example]
    rows = [f"{10 * i},0,{0.1 * scale},{scale},1,2,3" for i in range(100)]
    if example:
        rows = [f"0,{0.1 * scale},{scale},0,{0.1 * scale},{scale},{i}" for i in range(100)]
    path = tmp_path / "run.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    path.with_suffix(".toml").write_text(EXAMPLES[example], encoding="utf-8")
    run = importers.read_activity(path)
    assert len(run.imu) == streams
    assert not [issue for issue in run.issues if issue.severity != "info"]
    assert np.median(np.linalg.norm(run.imu[0].acceleration_mps2, axis=1)) == pytest.approx(9.86, abs=0.05)


def test_the_page_names_sites_and_limits() -> None:
    for word in (*SITES, *SIDES, f"{MAX_BRIDGED_S} s", f"{MAX_BRIDGED_INTERVALS} intervals"):
        assert word in PAGE
