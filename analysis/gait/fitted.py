"""Calibration of the gait methods; written by ``python tests/corpus/gait_fit.py``, do not edit.

Fitted on force-plate recordings: Bach, Dominici & Daffertshofer 2022, Front Sports Act Living 4:1037438 (shank);
Alcantara, Edwards, Millet & Grabowski 2022, PeerJ 10:e12752 (sacrum); Alcantara et al. 2021, PeerJ 9:e11199 (runners).
"""

from typing import Final

from stridelab.analysis.gait.coefficients import Accuracy, Coefficients, Linear, Offsets, SpeedModel

FITTED: Final = Coefficients(
    shank=Offsets(initial_ms=22.47852, terminal_ms=22.92373),
    sacrum={
        "both": Linear(
            intercept=95.22962,
            weights={
                "step_time_ms": 0.5866717,
                "body_duration_ms": 0.1390252,
                "strike_to_fall_ms": 1.432489,
                "anteroposterior_spread_g": -56.59945,
                "anteroposterior_mean_g": 34.42723,
                "peak_g": 3.30487,
                "body_peak_g": -76.37168,
                "body_above_1g_ms": -0.3055878,
                "above_half_g_ms": -0.4209642,
            },
        ),
        "both_with_speed": Linear(
            intercept=152.5515,
            weights={
                "step_time_ms": 0.4237871,
                "body_duration_ms": 0.2281489,
                "strike_to_fall_ms": 0.9227217,
                "anteroposterior_spread_g": -23.92649,
                "anteroposterior_mean_g": 23.30658,
                "peak_g": 0.2939277,
                "body_peak_g": -52.57281,
                "body_above_1g_ms": -0.353518,
                "above_half_g_ms": -0.1426434,
                "speed_mps": -14.55385,
            },
        ),
        "vertical": Linear(
            intercept=50.17244,
            weights={
                "step_time_ms": 0.3867547,
                "duration_ms": 0.7140436,
                "peak_g": -6.920514,
                "body_peak_g": -29.66139,
            },
        ),
        "vertical_with_speed": Linear(
            intercept=203.5914,
            weights={
                "step_time_ms": 0.1728479,
                "duration_ms": 0.5743456,
                "peak_g": 0.4372064,
                "body_peak_g": -27.92813,
                "speed_mps": -24.94262,
            },
        ),
    },
    strike_offset_ms={"both": 7.446992, "vertical": 9.709763},
    speed=SpeedModel(
        main=Linear(intercept=-6.127675, weights={"inverse_speed_s_per_m": 343.3841, "step_time_ms": 0.3675172}),
        other=Linear(intercept=149.2612, weights={"speed_mps": -17.45442, "step_time_ms": 0.3704771}),
        half_width_ms=21.35546,
        mean=(0.2325563, 315.1358),
        inverse_covariance=((1361.898, -1.025023), (-1.025023, 0.003296532)),
        runners=27,
        speed_mps=(3.8, 5.4),
        cadence_spm=(161.0, 242.0),
    ),
    summary=Linear(
        intercept=25.72922,
        weights={
            "inverse_speed_s_per_m": 268.4817,
            "step_time_ms": 0.3666541,
            "peak_bw": -18.44732,
            "impulse_bws": 121.4158,
        },
    ),
)

ACCURACY: Final = {
    "shank impact onset and axial minimum": Accuracy(
        site="shank",
        bias_ms=0.9780887,
        limits_ms=(-10.55859, 12.51477),
        lowest_rate_hz=71.0,
        cadence_spm=(145.0, 175.0),
        contact_ms=(240.0, 345.0),
        speed_mps=(2.1, 2.5),
        slope_pct=(-1.0, 1.0),
        runners=3,
        stances=98,
    ),
    "sacrum step shape, two axes and speed": Accuracy(
        site="sacrum",
        bias_ms=0.9014689,
        limits_ms=(-14.75672, 16.55966),
        lowest_rate_hz=100.0,
        cadence_spm=(145.0, 240.0),
        contact_ms=(175.0, 285.0),
        speed_mps=(2.4, 4.3),
        slope_pct=(-18.0, 18.0),
        runners=1,
        stances=294,
    ),
    "sacrum step shape, two axes": Accuracy(
        site="sacrum",
        bias_ms=0.6124119,
        limits_ms=(-15.86831, 17.09313),
        lowest_rate_hz=100.0,
        cadence_spm=(145.0, 240.0),
        contact_ms=(175.0, 285.0),
        speed_mps=(2.4, 4.3),
        slope_pct=(-18.0, 18.0),
        runners=1,
        stances=294,
    ),
    "sacrum step shape, vertical axis and speed": Accuracy(
        site="sacrum",
        bias_ms=1.024747,
        limits_ms=(-17.94231, 19.99181),
        lowest_rate_hz=100.0,
        cadence_spm=(145.0, 240.0),
        contact_ms=(175.0, 285.0),
        speed_mps=(2.4, 4.3),
        slope_pct=(-18.0, 18.0),
        runners=1,
        stances=294,
    ),
    "sacrum step shape, vertical axis": Accuracy(
        site="sacrum",
        bias_ms=1.055896,
        limits_ms=(-29.79981, 31.9116),
        lowest_rate_hz=100.0,
        cadence_spm=(145.0, 240.0),
        contact_ms=(175.0, 285.0),
        speed_mps=(2.4, 4.3),
        slope_pct=(-18.0, 18.0),
        runners=1,
        stances=294,
    ),
}
