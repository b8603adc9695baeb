"""Each logger's own way to write the same run: the header as the logger writes it, the values known."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from stridelab import importers
from stridelab.activity import Activity
from stridelab.errors import NotRecognisedError
from stridelab.importers.imu.loggers import LOGGERS

G = 9.80665
N = 200
RATE = 100.0
START = datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
TIME = np.arange(N) / RATE
ACCELERATION_G = np.column_stack([0.3 * np.sin(9 * TIME), 0.2 * np.cos(7 * TIME), 1 + 0.8 * np.sin(16 * TIME)])
TURNING_DEG = np.column_stack([80 * np.sin(9 * TIME), 200 * np.cos(9 * TIME), 30 * np.sin(5 * TIME)])

Field = Callable[[int], str]


def number(value: float) -> str:
    return f"{value:.6f}"


def acceleration(factor: float = 1.0) -> list[Field]:
    return [lambda i, a=axis: number(ACCELERATION_G[i, a] * factor) for axis in range(3)]  # type: ignore[misc]


def turning(factor: float = 1.0) -> list[Field]:
    return [lambda i, a=axis: number(TURNING_DEG[i, a] * factor) for axis in range(3)]  # type: ignore[misc]


def moment(pattern: str) -> Field:
    def text(i: int) -> str:
        when = START + timedelta(seconds=float(TIME[i]))
        return when.strftime(pattern).replace("<ms>", f"{when.microsecond // 1000:03}")

    return text


def since_1970(scale: float) -> Field:
    return lambda i: str(int(START.timestamp() * scale) + round(TIME[i] * scale))


def elapsed(scale: float = 1.0, begin: float = 0.0) -> Field:
    return lambda i: f"{(TIME[i] + begin) * scale:.10g}"


def table(header: str, fields: Sequence[Field], *, separator: str = ",", end: str = "") -> str:
    rows = [separator.join(field(i) for field in fields) + end for i in range(N)]
    return "\n".join([header, *rows]) + "\n"


RAD = float(np.pi / 180)
CLOCK = moment("%Y-%m-%d %H:%M:%S.<ms>")
SHIMMER = [
    f"S_Left_{name}_CAL"
    for name in ("Timestamp_Unix", *(f"Accel_WR_{a}" for a in "XYZ"), *(f"Gyro_{a}" for a in "XYZ"))
]
DOT_LINES = (
    "sep=,\nDeviceTag:,2\nFirmwareVersion:,3.0.0\nAppVersion:,2023.6.0\nSyncStatus:,Synced\nOutputRate:,100Hz\n"
    "FilterProfile:,General\nMeasurement Mode:,Custom mode 5\nStartTime: ,2026-05-04_07:30:00_000 UTC\n"
    "© Movella Technologies B. V. 2005-2023\n\n"
)
ACTIGRAPH_LINES = (
    "------------ Data File Created By ActiGraph GT3X+ ActiLife v6.13.3 Firmware v2.5.0 date format M/d/yyyy at 100 Hz"
    "  Filter Normal -----------\nSerial Number: CLE2B20130000\nStart Time 07:30:00\nStart Date 5/4/2026\n"
    "Epoch Period (hh:mm:ss) 00:00:00\nDownload Time 10:31:05\nDownload Date 5/20/2026\nCurrent Memory Address: 0\n"
    "Current Battery Voltage: 4.07     Mode = 12\n--------------------------------------------------\n"
)

# Logger: name of the file, its text, whether it has turn rates, whether its times have a date.
SAMPLES: dict[str, tuple[str, str, bool, bool]] = {
    "Axivity": (
        "ax6.csv",
        table(
            "Time,Accel-X (g), Accel-Y (g), Accel-Z (g), Gyro-X (d/s), Gyro-Y (d/s), Gyro-Z (d/s)",
            [CLOCK, *acceleration(), *turning()],
        ),
        True,
        True,
    ),
    "Shimmer (wide range accelerometer)": (
        "session1_Calibrated_SD.csv",
        '"sep=,"\n'
        + table(
            ",".join(SHIMMER) + ",\nms,m/(s^2),m/(s^2),m/(s^2),deg/s,deg/s,deg/s,",
            [since_1970(1e3), *acceleration(G), *turning()],
            end=",",
        ),
        True,
        True,
    ),
    "Shimmer (low noise accelerometer)": (
        "session1_Calibrated_PC.csv",
        "sep=\t\n"
        + table(
            "\t".join(
                f"Shimmer_8665_{n}_CAL" for n in ("TimestampSync_FormattedUnix", *(f"Accel_LN_{a}" for a in "XYZ"))
            )
            + "\t\nyyyy/mm/dd hh:mm:ss.000\tm/(s^2)\tm/(s^2)\tm/(s^2)\t",
            [moment("%Y/%m/%d %H:%M:%S.<ms>"), *acceleration(G)],
            separator="\t",
            end="\t",
        ),
        False,
        True,
    ),
    "Xsens MT": (
        "MT_0080003F51_004-000.txt",
        "// Start Time: Unknown\n// Update Rate: 100.0Hz\n// Filter Profile: human (46.1)\n"
        + table(
            "PacketCounter\tSampleTimeFine\tAcc_X\tAcc_Y\tAcc_Z\tGyr_X\tGyr_Y\tGyr_Z",
            [lambda i: str(27626 + i), lambda i: "", *acceleration(G), *turning(RAD)],
            separator="\t",
        ),
        True,
        False,
    ),
    "Movella DOT": (
        "2_20260504_073000.csv",
        DOT_LINES
        + table(
            "PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z",
            [lambda i: str(i + 1), elapsed(1e6, 2268.972329), *acceleration(G), *turning()],
        ),
        True,
        True,
    ),
    "Movella DOT (free acceleration)": (
        "2_20260504_073000.csv",
        DOT_LINES
        + table(
            "PacketCounter,SampleTimeFine,Euler_X,Euler_Y,Euler_Z,FreeAcc_X,FreeAcc_Y,FreeAcc_Z,Status",
            [lambda i: str(i + 1), elapsed(1e6, 2268.972329), *turning(), *acceleration(G), lambda i: "0"],
        ),
        False,
        True,
    ),
    "Blue Trident": (
        "R1_TS-02092_2026-05-04-07-30-00_lowg.csv",
        table(
            "unix_timestamp_microsec,time_s,ax_m/s/s,ay_m/s/s,az_m/s/s,gx_deg/s,gy_deg/s,gz_deg/s",
            [since_1970(1e6), elapsed(), *acceleration(G), *turning()],
        ),
        True,
        True,
    ),
    "phyphox": (
        "Raw Data.csv",
        table(
            '"Time (s)";"Acceleration x (m/s^2)";"Acceleration y (m/s^2)";"Acceleration z (m/s^2)";'
            '"Absolute acceleration (m/s^2)"',
            [elapsed(1, 0.012), *acceleration(G), lambda i: "9.8"],
            separator=";",
        ).replace(".", ","),
        False,
        False,
    ),
    "phyphox (without g)": (
        "Raw Data.csv",
        table(
            "\t".join(['"Time (s)"', *(f'"Linear Acceleration {axis} (m/s^2)"' for axis in "xyz")]),
            [elapsed(), *acceleration(G)],
            separator="\t",
        ),
        False,
        False,
    ),
    "Sensor Logger (watch)": (
        "WristMotion.csv",
        table(
            "time,seconds_elapsed,rotationRateX,rotationRateY,rotationRateZ,accelerationX,accelerationY,accelerationZ",
            [since_1970(1e9), elapsed(), *turning(RAD), *acceleration()],
        ),
        True,
        True,
    ),
    "Sensor Logger": (
        "TotalAcceleration.csv",
        table("time,seconds_elapsed,z,y,x", [since_1970(1e9), elapsed(), *acceleration(G)[::-1]]),
        False,
        True,
    ),
    "SensorLog": (
        "2026-05-04_07_30_00_Apple Watch.csv",
        table(
            "loggingTime(txt),locationSpeed(m/s),accelerometerTimestamp_sinceReboot(s),accelerometerAccelerationX(G),"
            "accelerometerAccelerationY(G),accelerometerAccelerationZ(G),gyroRotationX(rad/s),gyroRotationY(rad/s),"
            "gyroRotationZ(rad/s),label(N)",
            [
                moment("%Y-%m-%d %H:%M:%S.<ms> +0000"),
                lambda i: "",
                elapsed(1, 62608.01),
                *acceleration(),
                *turning(RAD),
                lambda i: "0",
            ],
        ),
        True,
        True,
    ),
    "SensorLog (user acceleration)": (
        "sensorlog.csv",
        table(
            "loggingTime(txt),motionTimestamp_sinceReboot(s),motionUserAccelerationX(G),motionUserAccelerationY(G),"
            "motionUserAccelerationZ(G)",
            [moment("%Y-%m-%dT%H:%M:%S.<ms>+00:00"), elapsed(1, 62608.01), *acceleration()],
        ),
        False,
        True,
    ),
    "Physics Toolbox": (
        "2026-05-04.csv",
        table(
            "time;gFx;gFy;gFz;TgF;wx;wy;wz;",
            [elapsed(), *acceleration(), lambda i: "1.0", *turning(RAD)],
            separator=";",
            end=";",
        ).replace(".", ","),
        True,
        False,
    ),
    "AndroSensor": (
        "Sensor_record_20260504_073000_AndroSensor.csv",
        "sep=;\n"
        + table(
            "ACCELEROMETER X (m/s²);ACCELEROMETER Y (m/s²);ACCELEROMETER Z (m/s²);GYROSCOPE X (rad/s);"
            "GYROSCOPE Y (rad/s);GYROSCOPE Z (rad/s);Time since start in ms ;YYYY-MO-DD HH-MI-SS_SSS",
            [*acceleration(G), *turning(RAD), elapsed(1e3), moment("%Y-%m-%d %H:%M:%S:<ms>")],
            separator=";",
        ),
        True,
        True,
    ),
    "MbientLab": (
        "MetaWear_Accelerometer.csv",
        table(
            "epoc (ms),timestamp (+0200),elapsed (s),x-axis (g),y-axis (g),z-axis (g)",
            [since_1970(1e3), moment("%Y-%m-%dT%H.%M.%S.<ms>"), elapsed(), *acceleration()],
        ),
        False,
        True,
    ),
    "ActiGraph": (
        "subject RAW.csv",
        ACTIGRAPH_LINES + table("Accelerometer X,Accelerometer Y,Accelerometer Z", acceleration()),
        False,
        True,
    ),
}

WITHOUT_GRAVITY = {logger.name for logger in LOGGERS if not logger.gravity_included} - {"Sensor Logger"}


def read(data: bytes | str, name: str = "run.csv", **options: object) -> Activity:
    content = data.encode() if isinstance(data, str) else data
    return importers.read_activity(content, name=name, **options)  # type: ignore[arg-type]


def test_there_is_a_sample_of_every_logger() -> None:
    assert SAMPLES.keys() == {logger.name for logger in LOGGERS}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_logger_is_recognised_and_its_units_and_times_are_right(name: str) -> None:
    file, text, turns, dated = SAMPLES[name]
    run = read(text, file)
    (stream,) = run.imu
    assert run.device["logger"] == name
    np.testing.assert_allclose(stream.acceleration_mps2, ACCELERATION_G * G, atol=2e-5)
    assert stream.sampling_rate_hz == pytest.approx(RATE, rel=1e-6)
    assert (stream.angular_velocity_radps is not None) is turns
    if stream.angular_velocity_radps is not None:
        np.testing.assert_allclose(stream.angular_velocity_radps, TURNING_DEG * RAD, atol=2e-5)
    assert (stream.start_time is not None) is dated
    if dated:
        assert abs(run.start_time - START) < timedelta(milliseconds=1)
        assert stream.start_time == run.start_time
    assert stream.gravity_included is (name not in WITHOUT_GRAVITY)
    expected = {"no-gravity"} if name in WITHOUT_GRAVITY else set()
    assert {str(issue.code) for issue in run.issues} == expected | (set() if dated else {"no-date"})


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: gzip.compress(text.encode()),
        lambda text: text.encode("cp1252"),
        lambda text: text.rstrip("\n").encode(),
    ],
    ids=["byte order mark", "utf-16", "CR LF", "gzip", "cp1252", "no last line end"],
)
@pytest.mark.parametrize("name", ["AndroSensor", "Shimmer (wide range accelerometer)", "phyphox"])
def test_encodings_and_line_ends_make_no_difference(name: str, change: Callable[[str], bytes]) -> None:
    file, text, _, _ = SAMPLES[name]
    run = read(change(text), file)
    assert run.device["logger"] == name
    np.testing.assert_allclose(run.imu[0].acceleration_mps2, ACCELERATION_G * G, atol=2e-5)


def test_a_file_of_sensor_logger_is_what_its_name_says() -> None:
    _, text, _, _ = SAMPLES["Sensor Logger"]
    assert read(text, "Accelerometer.csv").imu[0].gravity_included is False
    assert read(text, "AccelerometerUncalibrated.csv").imu[0].gravity_included is True
    for name in ("Gyroscope.csv", "Gravity.csv", "run.csv"):
        with pytest.raises(NotRecognisedError, match="Sensor Logger"):
            read(text, name)


def test_axivity_without_a_header() -> None:
    _, text, _, _ = SAMPLES["Axivity"]
    run = read(text.split("\n", 1)[1])
    assert run.device["logger"] == "Axivity"
    assert run.imu[0].angular_velocity_radps is not None
    np.testing.assert_allclose(run.imu[0].acceleration_mps2, ACCELERATION_G * G, atol=2e-5)


@pytest.mark.parametrize(
    "text",
    [
        "Activity Type,Date,Title,Distance,Time,Avg HR\nRunning,2026-05-04 07:30:00,A,5.01,00:25:00,150\n",
        'Activity ID,Activity Date,Activity Name,Elapsed Time,Distance\n1,"May 4, 2026",Run,1500,5.0\n',
        "time,x,y,z\n0.00,1,2,3\n0.01,1,2,3\n",
        "name,value\na,1\nb,2\n",
        "mean acc x (g),std acc y (g),max acc z (g)\n1,2,3\n1,2,3\n",
    ],
)
def test_other_tables_are_declined(text: str) -> None:
    with pytest.raises(NotRecognisedError):
        read(text)
