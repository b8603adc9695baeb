"""boot"""

from __future__ import annotations

import gait_scoring as scoring

from stridelab.analysis.gait.coefficients import Accuracy


def measured() -> dict[str, Accuracy]:
    """Error and domain of each method, on what was left out."""
    shank = scoring.shank_errors()
    found = {
        "shank impact onset and axial minimum": Accuracy(
            site="shank",
            bias_ms=shank.bias,
            limits_ms=shank.limits,
            lowest_rate_hz=71.0,
            cadence_spm=(145.0, 175.0),
            contact_ms=(240.0, 345.0),
            speed_mps=(2.1, 2.5),
            slope_pct=(-1.0, 1.0),
            runners=3,
            stances=len(shank.value),
        )
    }
    for axes, forward in (("two axes", True), ("vertical axis", False)):
        for with_speed in (True, False):
            sacral = scoring.sacral_errors(speed=with_speed, forward=forward)
            found[f"sacrum step shape, {axes}" + (" and speed" if with_speed else "")] = Accuracy(
                site="sacrum",
                bias_ms=sacral.bias,
                limits_ms=sacral.limits,
                lowest_rate_hz=100.0,
                cadence_spm=(145.0, 240.0),
                contact_ms=(175.0, 285.0),
                speed_mps=(2.4, 4.3),
                slope_pct=(-18.0, 18.0),
                runners=1,
                stances=len(sacral.value),
            )
    return found
