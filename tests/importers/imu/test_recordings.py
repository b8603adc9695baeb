"""What is made of a table: mappings, units, times, gaps, and tables that are written carelessly."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.io
from hypothesis import given
from hypothesis import strategies as st

from stridelab import importers
from stridelab.activity import Activity
from stridelab.errors import NotRecognisedError, ReadError, UsageError
from stridelab.importers.imu.resample import at_constant_rate

G = 9.80665
N = 300
TIME = np.arange(N) / 100
VALUES = np.column_stack([0.3 * np.sin(9 * TIME), 0.2 * np.cos(7 * TIME), 1 + 0.8 * np.sin(16 * TIME)])

MIDNIGHT = [f"23:59:{58 + t:06.3f}" if t < 1.995 else f"00:00:{t - 2 + 1e-9:06.3f}" for t in TIME]


def read(data: bytes | str, name: str = "run.csv", **options: Any) -> Activity:
    return importers.read_activity(data.encode() if isinstance(data, str) else data, name=name, **options)


def lines(*, time: np.ndarray | list[str] | None = None, scale: float = 1.0, separator: str = ",") -> list[str]:
    moments = TIME if time is None else time
    return [
        separator.join([str(t), *(f"{v * scale:.6f}" for v in row)]) for t, row in zip(moments, VALUES, strict=True)
    ]


def text(header: str = "t (s),acc_x (g),acc_y (g),acc_z (g)", **options: Any) -> str:
    return "\n".join([header, *lines(**options)]) + "\n"


def codes(run: Activity) -> set[str]:
    return {str(issue.code) for issue in run.issues} - {"no-date"}


def same(run: Activity, expected: np.ndarray = VALUES * G) -> None:
    np.testing.assert_allclose(run.imu[0].acceleration_mps2, expected, atol=2e-5)


# ---------------------------------------------------------------- tables written in many ways


@pytest.mark.parametrize(
    "content",
    [
        text(),
        text("time_s;accX[g];accY[g];accZ[g]", separator=";"),
        text("time_s;accX[g];accY[g];accZ[g]", separator=";").replace(".", ","),
        text("time_s\tax_g\tay_g\taz_g", separator="\t").replace(".", ","),
        text("time(s)   a_x(g)   a_y(g)   a_z(g)", separator="    "),
        text("t,acc_x,acc_y,acc_z\ns,g,g,g"),
        "# device: A\n# rate: unknown\n\n" + text(),
        "Recorder,1.2\nOwner,me\n" + text(),
        text().replace("\n", ",\n"),
        text('"t (s)","acc_x (g)","acc_y (g)","acc_z (g)"'),
        text("t (ms),acc_x (mg),acc_y (mg),acc_z (mg)", time=TIME * 1000, scale=1000),
        text("timestamp_us,acc_x (m/s²),acc_y (m/s²),acc_z (m/s²)", time=(TIME * 1e6).astype(int), scale=G),  # type: ignore[arg-type]
        text("time,acc_x (m/s^2),acc_y (m/s^2),acc_z (m/s^2)", time=(TIME * 1000).round().astype(int), scale=G),
        text("Time(s),ax(g),ay(g),az(g)", time=MIDNIGHT),
        text().replace(",", ", "),
        text().replace("\n", "\r"),
        "\n".join(f"{i},{row}" for i, row in enumerate(text().splitlines())) + "\n",
        "Sampling Rate: 100 Hz\nDevice,IMU\n" + text("Sample,acc_x (g),acc_y (g),acc_z (g)", time=np.arange(N)),
        text("timestamp,x-axis (g),y-axis (g),z-axis (g)"),
    ],
    ids=[
        *("commas", "semicolons", "decimal commas", "tabs and decimal commas", "spaces", "a line of units", "comments"),
        *("metadata", "separators at the ends", "quotes", "ms and mg", "us and m/s²", "a time without a unit"),
        *(
            "a clock over midnight",
            "spaces behind commas",
            "CR",
            "numbered rows",
            "a told rate",
            "half a logger's header",
        ),
    ],
)
def test_a_table_is_read_however_it_is_written(content: str) -> None:
    run = read(content)
    same(run)
    assert run.imu[0].sampling_rate_hz == pytest.approx(100, rel=1e-6)
    assert codes(run) == set()


@pytest.mark.parametrize("scale", [1, 1e3, 1e6, 1e9], ids=["s", "ms", "us", "ns"])
def test_times_since_1970_are_recognised_in_every_unit(scale: float) -> None:
    begin = int(1_777_879_800 * scale)
    time = [str(begin + round(t * scale)) if scale > 1 else f"{1_777_879_800 + t:.3f}" for t in TIME]
    run = read(text("timestamp,acc_x (g),acc_y (g),acc_z (g)", time=time))
    assert abs(run.start_time - datetime(2026, 5, 4, 7, 30, tzinfo=UTC)) < timedelta(milliseconds=1)
    same(run)


@pytest.mark.parametrize(
    ("pattern", "offset_s"),
    [("%Y-%m-%dT%H:%M:%S.%fZ", None), ("%Y-%m-%d %H:%M:%S.%f", 0), ("%d.%m.%Y %H:%M:%S.%f", 0)],
)
def test_times_as_text(pattern: str, offset_s: int | None) -> None:
    begin = datetime(2026, 5, 4, 7, 30)  # noqa: DTZ001
    time = [(begin + timedelta(seconds=float(t))).strftime(pattern) for t in TIME]
    run = read(text("time,acc_x (g),acc_y (g),acc_z (g)", time=time))
    assert run.start_time == begin.replace(tzinfo=UTC)
    assert run.utc_offset_s == offset_s
    same(run)


def test_a_date_beside_a_clock_is_found() -> None:
    content = text("Datum;Time;ax(g);ay(g);az(g)", separator=";", time=[f"04.05.2026;07:30:{t:06.3f}" for t in TIME])
    run = read(content)
    assert run.start_time == datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
    same(run)


def test_days_and_months_that_may_be_either_are_said() -> None:
    run = read(text("time,ax (g),ay (g),az (g)", time=[f"05/04/2026 07:30:{t:06.3f}" for t in TIME]))
    assert run.start_time == datetime(2026, 4, 5, 7, 30, tzinfo=UTC)
    assert "day/month" in run.provenance["timestamp"]


def test_a_recording_that_runs_backwards_starts_with_its_earliest_sample() -> None:
    head, *rows = text("time,ax (g),ay (g),az (g)", time=[f"2026-05-04T07:30:{t:06.3f}Z" for t in TIME]).splitlines()
    run = read("\n".join([head, *rows[::-1]]) + "\n")
    assert run.start_time == run.imu[0].start_time == datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
    same(run)


def test_a_date_and_a_clock_in_two_columns() -> None:
    content = text("date,clock,ax (g),ay (g),az (g)", time=[f"2026-05-04,07:30:{t:06.3f}" for t in TIME])
    run = read(content, mapping={"time": ["date", "clock"], "timezone": "Europe/Zurich"})
    assert run.start_time == datetime(2026, 5, 4, 5, 30, tzinfo=UTC)
    assert (run.utc_offset_s, run.timezone) == (7200, "Europe/Zurich")
    same(run)


def test_words_among_numbers_are_missing_values_and_odd_lines_are_counted() -> None:
    rows = text().splitlines()
    rows[50] = "0.49,NaN,NaN,NaN"
    rows[80] = "0.79,error,,"
    rows.insert(200, "0,1")
    run = read("\n".join(rows) + "\n")
    assert codes(run) == {"bad-rows", "resampled"}
    same(run, run.imu[0].acceleration_mps2)
    assert np.isfinite(run.imu[0].acceleration_mps2).all()
    np.testing.assert_allclose(run.imu[0].acceleration_mps2, VALUES * G, atol=0.15)


def test_times_that_repeat_and_run_backwards() -> None:
    rows = text().splitlines()
    rows[100], rows[101] = rows[101], rows[100]
    rows.insert(151, rows[150])
    run = read("\n".join(rows) + "\n")
    assert codes(run) == {"time-backwards", "duplicate-time"}
    same(run)


def test_packets_under_one_time_are_spread() -> None:
    run = read(text(time=np.floor(TIME * 10) / 10))
    assert run.imu[0].sampling_rate_hz == pytest.approx(100, rel=1e-6)
    same(run)


def test_a_row_that_is_cut_is_left_out() -> None:
    run = read(text()[:-12])
    assert codes(run) == {"truncated"}
    assert len(run.imu[0].acceleration_mps2) == N - 1
    with pytest.raises(ReadError, match="last row"):
        read(text()[:-12], policy="strict")


# ---------------------------------------------------------------- rates and gaps


def test_a_gap_stays_empty_and_is_reported() -> None:
    rows = text().splitlines()
    del rows[101:151]
    run = read("\n".join(rows) + "\n")
    stream = run.imu[0]
    assert codes(run) == {"gap", "resampled"}
    missing = np.isnan(stream.acceleration_mps2).all(axis=1)
    assert np.flatnonzero(missing).tolist() == list(range(100, 150))
    np.testing.assert_allclose(stream.acceleration_mps2[~missing], (VALUES * G)[~missing], atol=2e-5)
    assert run.elapsed_time_s == pytest.approx(3)
    assert run.timer_time_s == pytest.approx(2.5)
    assert "1 gaps of 0.51 s" in run.provenance["imu.0"]


def test_one_lost_sample_is_bridged() -> None:
    rows = text().splitlines()
    del rows[101]
    run = read("\n".join(rows) + "\n")
    assert codes(run) == {"resampled"}
    np.testing.assert_allclose(run.imu[0].acceleration_mps2, VALUES * G, atol=0.15)


def test_the_measured_rate_wins_over_the_declared_one() -> None:
    run = read(text(), mapping={"sampling_rate_hz": 128})
    assert run.imu[0].sampling_rate_hz == pytest.approx(100)
    assert codes(run) == {"sampling-rate"}
    declared = read(text("n,ax (g),ay (g),az (g)"), mapping={"rate": 128})
    assert declared.imu[0].sampling_rate_hz == 128
    assert codes(declared) == set()


def test_without_times_and_rate_the_error_says_what_to_declare() -> None:
    with pytest.raises(ReadError, match="sampling_rate_hz"):
        read(text("n,ax (g),ay (g),az (g)"))


@given(
    rate=st.floats(20, 1000),
    jitter=st.floats(0, 0.3),
    begin=st.floats(-1e3, 1e9),
    lost=st.lists(st.integers(1, 198), max_size=20),
)
def test_whatever_is_lost_the_samples_are_at_their_times(
    rate: float, jitter: float, begin: float, lost: list[int]
) -> None:
    generator = np.random.default_rng(len(lost))
    time = begin + (np.arange(200) + generator.uniform(-jitter, jitter, 200)) / rate
    slope = (time - time[0])[:, None] * [1.0, -2.0, 0.5]
    keep = np.setdiff1d(np.arange(200), lost)
    found = at_constant_rate(time[keep], slope[keep])
    assert found is not None
    made = found.begin_s + np.arange(len(found.values)) / found.rate_hz
    assert found.rate_hz == pytest.approx(rate, rel=0.1)
    # A straight line is interpolated exactly; even samples are off by their jitter.
    tolerance = 1e-6 + (0 if found.resampled else 1.1 / rate)
    assert np.nanmax(np.abs(found.values[:, 0] - (made - time[0]))) <= tolerance
    assert made[-1] <= time[keep][-1] + 1 / rate
    assert np.isfinite(found.values).all(axis=1).sum() >= 0.5 * len(keep)


# ---------------------------------------------------------------- units


@pytest.mark.parametrize(
    ("scale", "declared", "looks"), [(1, "m/s2", "g"), (G, "g", "m/s2"), (1000, "g", "mg"), (1, "mg", "g")]
)
def test_a_wrong_unit_is_named(scale: float, declared: str, looks: str) -> None:
    run = read(text(f"t (s),acc_x ({declared}),acc_y ({declared}),acc_z ({declared})", scale=scale))
    (message,) = [issue.message for issue in run.issues if issue.code == "unit"]
    assert f"look like {looks} " in message
    assert f"declared {declared}" in message


def test_a_missing_unit_is_judged_by_the_values_and_said() -> None:
    run = read(text("t (s),acc_x,acc_y,acc_z"))
    same(run)
    assert codes(run) == {"unit"}
    with pytest.raises(ReadError, match="acceleration_unit"):
        read(text("t (s),acc_x,acc_y,acc_z", scale=0.01))


def test_turn_rates_without_a_unit_are_taken_only_where_they_can_be_nothing_else() -> None:
    header = "t (s),acc_x (g),acc_y (g),acc_z (g),gyr_x,gyr_y,gyr_z\n"

    def turning(scale: float) -> Activity:
        return read(header + "\n".join(f"{row},{scale * i},0,0" for i, row in enumerate(lines())) + "\n")

    slow, fast = turning(0.01), turning(1)
    assert slow.imu[0].angular_velocity_radps is None
    turned = fast.imu[0].angular_velocity_radps
    assert turned is not None
    assert turned[90, 0] == pytest.approx(np.pi / 2)
    assert codes(slow) == codes(fast) == {"unit"}


# ---------------------------------------------------------------- mappings


MAPPING = """
site = "shank"
side = "left"
acceleration = ["u", "", "w"]
acceleration_unit = "m/s2"
time = "k"
time_unit = "ms"
start_time = 2026-05-04T07:30:00+02:00
sport = "running"
"""


def test_a_sidecar_declares_a_table_that_nobody_would_recognise(tmp_path: Path) -> None:
    content = text("k,u,v,w", time=TIME * 1000, scale=G)
    for name in ("mein Lauf – Zürich.csv", "run.v2.tsv"):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        with pytest.raises(NotRecognisedError):
            importers.read(path)
        path.with_suffix(".toml").write_text(MAPPING, encoding="utf-8")
        run = importers.read_activity(path)
        stream = run.imu[0]
        assert (stream.site, stream.side, run.sport) == ("shank", "left", "running")
        assert run.start_time == datetime(2026, 5, 4, 5, 30, tzinfo=UTC)
        assert run.utc_offset_s == 7200
        np.testing.assert_allclose(stream.acceleration_mps2[:, [0, 2]], (VALUES * G)[:, [0, 2]], atol=2e-5)
        assert np.isnan(stream.acceleration_mps2[:, 1]).all()
        # What is said in the call wins, the rest of the sidecar holds.
        assert importers.read_activity(path, mapping={"side": "right"}).imu[0].side == "right"


def test_several_sensors_of_one_table() -> None:
    values = ",".join(f"{side}_{axis}" for side in "lr" for axis in "xyz")
    content = f"t,{values}\n" + "\n".join(f"{row},{row.split(',', 1)[1]}" for row in lines()) + "\n"
    sensors = [
        {"site": "foot", "side": side, "acceleration": [f"{side[0]}_{axis}" for axis in "xyz"]}
        for side in ("left", "right")
    ]
    run = read(content, mapping={"time": "t", "units": "g", "sensor": sensors})
    assert [(stream.site, stream.side) for stream in run.imu] == [("foot", "left"), ("foot", "right")]
    same(run)


@pytest.mark.parametrize(
    ("mapping", "word"),
    [
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"site": "knee"}, "foot or shank"),
        ({"side": "up"}, "left or right"),
        ({"units": "furlong"}, "unknown unit"),
        ({"acceleration_unit": "deg/s"}, "m/s2"),
        ({"rate": -1}, "above 0"),
        ({"rate": "fast"}, "above 0"),
        ({"acceleration": ["a", "b"]}, "three columns"),
        ({"acceleration": ["a", "b", "c"]}, "no column 'a'"),
        ({"time": "when"}, "no column 'when'"),
        ({"time_unit": "days"}, "datetime"),
        ({"start_time": "noon"}, "2026"),
        ({"timezone": "Mars/Olympus"}, "Europe/Zurich"),
        ({"sensor": 1}, "[[sensor]]"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_with_what_would(mapping: dict[str, Any], word: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(text(), mapping=mapping)
    assert word in str(refused.value)


def test_a_sidecar_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text(text())
    path.with_suffix(".toml").write_text("site = shank")
    with pytest.raises(UsageError, match=r"run\.toml"):
        importers.read(path)


# ---------------------------------------------------------------- arrays


def test_npz_parquet_and_matlab_give_the_same() -> None:
    npz, mat, parquet = io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.savez_compressed(npz, sampling_rate_hz=100.0, left_shank_g=VALUES, speed_kmh=9.5)
    scipy.io.savemat(mat, {"left_shank_g": VALUES.T, "fs": 100.0, "speed_kmh": 9.5})
    names = {f"left_shank_acc_{axis} (g)": VALUES[:, i] for i, axis in enumerate("xyz")}
    moments = np.datetime64("2026-05-04T07:30", "ns") + (TIME * 1e9).astype("timedelta64[ns]")
    pq.write_table(pa.table({"when": pa.array(moments).cast(pa.timestamp("ns", "UTC")), **names}), parquet)
    runs = {name: read(file.getvalue(), name) for name, file in (("npz", npz), ("mat", mat))}
    runs["parquet"] = read(parquet.getvalue(), "parquet", mapping={"time": "when"})
    for name, run in runs.items():
        assert run.source.format == f"imu-{name}"
        assert [(stream.site, stream.side) for stream in run.imu] == [("shank", "left")]
        assert run.imu[0].sampling_rate_hz == pytest.approx(100)
        same(run)
    assert runs["npz"].summary["speed_kmh"] == runs["mat"].summary["speed_kmh"] == 9.5
    assert runs["parquet"].start_time == datetime(2026, 5, 4, 7, 30, tzinfo=UTC)


def test_arrays_that_are_no_recording_are_declined_and_objects_refused() -> None:
    for arrays in ({"weights": np.zeros((4, 5))}, {"objects": np.array([{}, None], dtype=object)}):
        file = io.BytesIO()
        np.savez(file, **arrays)  # type: ignore[arg-type]
        with pytest.raises(ReadError):
            read(file.getvalue(), "model.npz")


def test_a_recording_without_a_date_belongs_to_no_day() -> None:
    run = read(text())
    assert run.start_time < datetime(1998, 7, 5, tzinfo=UTC)
    assert run.imu[0].start_time is None
    assert [str(issue.code) for issue in run.issues] == ["no-date"]


def test_of_several_sensors_each_keeps_the_site_that_its_columns_name() -> None:
    file = io.BytesIO()
    np.savez(file, sampling_rate_hz=100.0, left_hip_g=VALUES, left_ankle_g=VALUES)
    run = read(file.getvalue(), "run.npz", mapping={"site": "foot", "side": "right"})
    assert [(stream.site, stream.side) for stream in run.imu] == [("hip", "left"), ("shank", "left")]


def test_a_mapping_is_for_tables_only_and_a_sidecar_beside_another_format_is_left_alone(tmp_path: Path) -> None:
    point = '<trkpt lat="47" lon="8"><time>2026-05-04T07:30:00Z</time></trkpt>'
    path = tmp_path / "run.gpx"
    path.write_text(f'<gpx version="1.1" creator="me"><trk><trkseg>{point}</trkseg></trk></gpx>')
    path.with_suffix(".toml").write_text('site = "foot"')
    assert importers.read(path).source.format == "gpx"
    with pytest.raises(UsageError, match="GPX"):
        importers.read(path, mapping={"site": "foot"})
