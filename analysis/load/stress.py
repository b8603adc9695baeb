"""Stress scores: time weighted by intensity over threshold, 100 for an hour at threshold."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from stridelab.analysis.counting import FloatArray, usable
from stridelab.analysis.load.trimp import banister_weight_per_min

ROLLING_WINDOW_S: Final = 30
"""Window of the rolling mean in normalised power (Coggan)."""

NormalisedVariant = Literal["full", "growing", "zero_filled"]

NORMALISED_VARIANTS: Final[Mapping[NormalisedVariant, str]] = MappingProxyType(
    {
        "full": "whole windows only, the first ends after 30 s",
        "growing": "windows grow from the start until they hold 30 s (GoldenCheetah's LNP)",
        "zero_filled": "as if 30 s of nothing came before (GoldenCheetah's IsoPower)",
    }
)
"""What is done with the first 30 s; it matters in short recordings only."""


def normalised_mean(values: npt.ArrayLike, duration_s: npt.ArrayLike, *, variant: NormalisedVariant = "full") -> float:
    r"""Normalised power of watts, or normalised graded speed of graded speeds.

    .. math:: \left( \overline{\bar{P}_{30}^{\,4}} \right)^{1/4}

    The rolling mean is taken at every full second of counted time, so 1 s, smart and 0.2 s recordings of the same
    effort give the same number. Pauses and rejected samples are taken out, not filled.

    Parameters
    ----------
    values
        Power or graded speed of each sample, shape ``(n_samples,)``. NaN and values outside 0 to 3000 are rejected.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.
    variant
        A name of `NORMALISED_VARIANTS`.

    Returns
    -------
    float
        In the unit of the values; NaN without any usable sample, and with less than 30 s (``full``) or 1 s.

    Raises
    ------
    KeyError
        For an unknown variant.

    Notes
    -----
    Allen & Coggan, Training and Racing with a Power Meter. Exponent and window are convention for cycling; applied to
    graded speed (McGregor's normalised graded pace, whose algorithm is not published in full) they are an analogy.

    Examples
    --------
    >>> power = np.tile(np.repeat([400.0, 150.0], [60, 120]), 20)
    >>> round(normalised_mean(power, np.ones(power.size)), 2)
    291.56
    """
    NORMALISED_VARIANTS[variant]
    value, duration = usable(values, duration_s, "power_w")
    end = np.append(0.0, np.cumsum(duration))
    done = np.append(0.0, np.cumsum(value * duration))
    # A hair of tolerance: sums of 0.2 s fall just short of whole seconds.
    at = np.arange(1, np.floor(end[-1] + 1e-6) + 1)
    window = np.full(len(at), float(ROLLING_WINDOW_S))
    if variant == "full":
        at, window = at[ROLLING_WINDOW_S - 1 :], window[ROLLING_WINDOW_S - 1 :]
    elif variant == "growing":
        window = np.minimum(window, at)
    if not len(at):
        return float("nan")
    mean = (np.interp(at, end, done) - np.interp(at - window, end, done)) / window
    return float(np.mean(mean**4) ** 0.25)


def stress_score(normalised: float, threshold: float, duration_s: float) -> float:
    """Score of a session from its normalised intensity: 100 · hours · (normalised / threshold)².

    The same formula is TSS (normalised and threshold power), rTSS (graded speeds) and GOVSS (Skiba's running power).

    Parameters
    ----------
    normalised, threshold
        Both in W, or both in m/s. Paces are not speeds: their ratio is upside down.
    duration_s
        Time that was counted.

    Returns
    -------
    float
        NaN for anything negative, unknown, or a threshold that is not positive.

    Notes
    -----
    Allen & Coggan, Training and Racing with a Power Meter; speeds: McGregor's rTSS as TrainingPeaks describes it;
    Skiba 2006, Calculation of power output and quantification of training stress in distance runners.

    Examples
    --------
    >>> round(stress_score(1000 / 300, 1000 / 270, 1800), 1)
    40.5
    """
    if not (normalised >= 0 and threshold > 0 and duration_s > 0 and np.isfinite(normalised * duration_s / threshold)):
        return float("nan")
    return float(duration_s / 36 * (normalised / threshold) ** 2)


def power_tss(
    power_w: npt.ArrayLike,
    duration_s: npt.ArrayLike,
    *,
    threshold_power_w: float,
    variant: NormalisedVariant = "full",
) -> float:
    """Training stress score (TSS) from power, over the time with a power.

    Parameters
    ----------
    power_w, duration_s, variant
        As for `normalised_mean`.
    threshold_power_w
        Functional threshold power, or critical power, which is some percent higher.

    Returns
    -------
    float
        NaN where `normalised_mean` is, or without a threshold.

    Notes
    -----
    TSS = s · NP · IF / (36 · FTP), IF = NP / FTP. Allen & Coggan, Training and Racing with a Power Meter.

    Examples
    --------
    >>> power = np.tile(np.repeat([400.0, 150.0], [60, 120]), 20)
    >>> round(power_tss(power, np.ones(power.size), threshold_power_w=250), 2)
    136.01
    """
    normalised = normalised_mean(power_w, duration_s, variant=variant)
    return stress_score(normalised, threshold_power_w, float(usable(power_w, duration_s, "power_w")[1].sum()))


def running_tss(graded_speed_mps: npt.ArrayLike, duration_s: npt.ArrayLike, *, threshold_speed_mps: float) -> float:
    """Running training stress score (rTSS) from normalised graded speed.

    Parameters
    ----------
    graded_speed_mps
        Speed on the level of the same cost, `stridelab.analysis.pace.graded_speed_mps`, shape ``(n_samples,)``. NaN and
        negative values are rejected.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.
    threshold_speed_mps
        Functional threshold speed (about an hour's race), or critical speed.

    Returns
    -------
    float
        NaN with less than 30 s, or without a threshold.

    Notes
    -----
    100 · hours · (NGS / FTS)², speeds and not paces. As TrainingPeaks describes it.

    Examples
    --------
    >>> round(running_tss(np.full(1800, 1000 / 300), np.ones(1800), threshold_speed_mps=1000 / 270), 1)
    40.5
    """
    speed, duration = usable(graded_speed_mps, duration_s, "speed_mps")
    return stress_score(normalised_mean(speed, duration), threshold_speed_mps, float(duration.sum()))


HeartRateVariant = Literal["trimp", "squared_reserve"]


def heart_rate_tss(
    heart_rate_bpm: npt.ArrayLike,
    duration_s: npt.ArrayLike,
    *,
    resting_heart_rate_bpm: float,
    max_heart_rate_bpm: float,
    threshold_heart_rate_bpm: float,
    sex: str = "unspecified",
    variant: HeartRateVariant = "trimp",
) -> float:
    """Stress score from heart rate (hrTSS): 100 for an hour at threshold heart rate.

    Parameters
    ----------
    heart_rate_bpm
        Shape ``(n_samples,)``. NaN and values outside 25 to 250 are rejected.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.
    resting_heart_rate_bpm, max_heart_rate_bpm, threshold_heart_rate_bpm
        Of the athlete, ascending: rest, threshold, maximum.
    sex
        Chooses Banister's coefficients; see `stridelab.analysis.load.banister_trimp`.
    variant
        ``trimp``: 100 · TRIMP / TRIMP of an hour at threshold (GoldenCheetah). ``squared_reserve``: 100 · hours ·
        (x / x at threshold)², x the share of heart-rate reserve.

    Returns
    -------
    float
        NaN without any usable sample, or where the three heart rates are not in order.

    Raises
    ------
    KeyError
        For an unknown sex or variant.

    Notes
    -----
    TrainingPeaks does not publish its hrTSS; these are two open surrogates, which differ by some percent.

    Examples
    --------
    >>> limits = {"resting_heart_rate_bpm": 45, "max_heart_rate_bpm": 185, "threshold_heart_rate_bpm": 161}
    >>> round(heart_rate_tss([155], [7200], sex="male", **limits), 2)
    174.67
    """
    rest, top, threshold = resting_heart_rate_bpm, max_heart_rate_bpm, threshold_heart_rate_bpm
    rate, duration = usable(heart_rate_bpm, duration_s, "heart_rate_bpm")
    if not len(rate) or not rest < threshold <= top:
        return float("nan")

    def by_trimp(bpm: FloatArray) -> FloatArray:
        return banister_weight_per_min(bpm, resting_heart_rate_bpm=rest, max_heart_rate_bpm=top, sex=sex)

    def by_square(bpm: FloatArray) -> FloatArray:
        return np.maximum((bpm - rest) / (top - rest), 0) ** 2

    weight = {"trimp": by_trimp, "squared_reserve": by_square}[variant]
    return float(100 * (duration @ weight(rate)) / 3600 / weight(np.array([threshold]))[0])


SCORE_EXPONENT: Final = 3.0
"""K of the running power score. Stryd says only that it is above 2; 3 is a convention of this project."""


def running_power_score(
    power_w: npt.ArrayLike,
    duration_s: npt.ArrayLike,
    *,
    critical_power_w: float,
    exponent: float = SCORE_EXPONENT,
) -> float:
    """Running power score: 100 · hours · (power / critical power)^K, sample by sample.

    Parameters
    ----------
    power_w
        Shape ``(n_samples,)``. NaN and negative values are rejected. Running powers of two brands are not one unit.
    duration_s
        Seconds that each sample stands for, shape ``(n_samples,)``.
    critical_power_w
        The athlete's critical power from the same device.
    exponent
        K, at least 1.

    Returns
    -------
    float
        NaN without any usable sample, without a critical power, or for an exponent below 1.

    Notes
    -----
    The form is that of Stryd's Running Stress Score (2017), whose K is not disclosed: the value is not Stryd's. Name K
    beside it.

    Examples
    --------
    >>> round(running_power_score([0.85 * 300], [45 * 60], critical_power_w=300), 2)
    46.06
    """
    power, duration = usable(power_w, duration_s, "power_w")
    if not len(power) or not 0 < critical_power_w < np.inf or not 1 <= exponent < np.inf:
        return float("nan")
    return float(duration @ (power / critical_power_w) ** exponent / 36)
