"""What a session says of form: steps, cadence and contact on level ground, mechanical load, where it was measured."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
import pandas as pd

from stridelab.activity import Activity
from stridelab.analysis.counting import FloatArray
from stridelab.analysis.effort import Samples, channel
from stridelab.analysis.gait import cleaned, estimate_contact_time, mechanical_load, trends
from stridelab.analysis.gait.dynamics import SLOWEST_RUN_MPS

FLAT_GRADE: Final = 0.02
"""Slope up to which form is compared between runs (reference/load-and-rules.md, rule 13)."""

MEASURED_SHARE: Final = 0.5
"""With contact times over less of the running time than this they are all estimated: the two are never mixed."""

FLAT: Final = (
    ("flat_cadence_spm", "cadence_spm"),
    ("flat_ground_contact_time_ms", "ground_contact_time_ms"),
    ("flat_vertical_ratio_pct", "vertical_ratio_pct"),
    ("flat_ground_contact_balance_pct", "ground_contact_balance_pct"),
)

REARFOOT_BELOW: Final = 6.0
"""RunScribe's foot strike types 1 to 5 are rearfoot, 6 to 10 midfoot, 11 to 16 forefoot; against motion capture it
told 78 % of 800 steps right (DeJong & Hertel 2020, J Athl Train 55:1307)."""

_STRIKE_FIELDS: Final = frozenset({"footstriketype", "footstriketype_l", "footstriketype_r", "fs", "fs_l", "fs_r"})
_NO_SERIAL: Final = (None, 0, 2**31 - 1, 2**32 - 1)
_DYNAMICS_SENSORS: Final = ("hrm_run", "hrm4_run", "hrm_tri", "hrm_pro", "hrm_fit", "rd_pod", "running_dynamics")


def form_row(activity: Activity, samples: Samples) -> dict[str, Any]:
    """The columns of form: means over running on the level (all of it where no altitude is known), load, sources.

    Walking and standing are left out as in `stridelab.analysis.gait.cleaned`. Steps are those of every foot sport; the
    rest is of runs.
    """
    records, duration = activity.records, samples.duration_s
    row: dict[str, Any] = {"device": device_text(activity)}
    cadence = channel(activity, "cadence_spm")
    stepping = np.isfinite(cadence) & (cadence > 0)
    if activity.family in ("run", "walk") and stepping.any():
        row["steps"] = float(cadence[stepping] @ duration[stepping] / 60)
    if activity.family != "run" or records.empty:
        return row
    clean = cleaned(records)
    ran = ~(samples.speed_mps < SLOWEST_RUN_MPS)
    if "cadence_spm" in clean:
        ran &= np.isfinite(clean["cadence_spm"].to_numpy())
    level = np.abs(samples.grade) <= FLAT_GRADE if np.isfinite(samples.grade).any() else np.ones(len(ran), np.bool_)
    weight = duration * (ran & level)
    row["flat_speed_mps"] = mean(samples.speed_mps, weight)
    row |= {column: mean(clean[name].to_numpy(), weight) for column, name in FLAT if name in clean}
    row |= _load(samples, clean, ran)
    if "ground_contact_time_ms" in clean:
        row["dynamics_source"] = dynamics_source(activity)
        speeds = pd.DataFrame({"speed_mps": samples.speed_mps[level]})
        contact = pd.DataFrame({"ground_contact_time_ms": clean["ground_contact_time_ms"].to_numpy()[level]})
        drift = trends(speeds, clean=contact).get("ground_contact_time_ms")
        # At another speed a change is no fatigue.
        row["ground_contact_drift_pct"] = drift.change_pct if drift is not None and drift.matched else np.nan
    row["rearfoot_share_pct"] = _rearfoot_share_pct(activity, weight)
    return row


def mean(values: FloatArray, weight: FloatArray) -> float:
    """Weighted mean over the values that are known; NaN where none counts."""
    counted = np.isfinite(values) & (weight > 0)
    total = float(weight[counted].sum())
    return float(values[counted] @ weight[counted] / total) if total > 0 else float("nan")


def _load(samples: Samples, clean: Any, ran: Any) -> dict[str, Any]:
    """Mechanical load from contact times that were measured, else from estimated ones."""
    if "cadence_spm" not in clean:
        return {}
    cadence, duration = clean["cadence_spm"].to_numpy(), samples.duration_s * ran
    nothing = np.full(len(cadence), np.nan)
    contact = clean["ground_contact_time_ms"].to_numpy() if "ground_contact_time_ms" in clean else nothing
    running_s = float(duration[np.isfinite(cadence)].sum())
    measured = float(duration[np.isfinite(contact)].sum()) >= MEASURED_SHARE * running_s > 0
    if not measured:
        contact = np.asarray(estimate_contact_time(samples.speed_mps, cadence).value_ms)
    loads = mechanical_load(duration, cadence, contact, speed_mps=samples.speed_mps, modelled=not measured)
    if not (np.isfinite(loads[0].total) and loads[0].coverage >= MEASURED_SHARE):
        return {}  # a sum over less than half of what was run would pass for a small load
    return {
        **{f"mechanical_load_m{load.exponent:g}": load.total for load in loads},
        "mechanical_load_basis": "measured" if measured else "estimated",
        "mechanical_load_coverage": loads[0].coverage,
    }


def dynamics_source(activity: Activity) -> str | None:
    """What measured the ground contact times, in a few words that stay the same as long as the sensor does."""
    said = activity.provenance.get("ground_contact_time_ms", "")
    if found := re.search(r"footpod fields? ([^:]+):", said):
        return f"footpod {found[1]}"
    for sensor in activity.device.get("sensors") or ():
        product = str(sensor.get("product", "")).lower()
        if product.startswith(_DYNAMICS_SENSORS):
            return " ".join(str(sensor[name]) for name in ("manufacturer", "product") if sensor.get(name))
    return _product(activity) or None


def device_text(activity: Activity) -> str | None:
    """Maker, product and serial number of the recorder; None where the file does not say."""
    serial = activity.device.get("serial_number")
    said = [_product(activity), "" if serial in _NO_SERIAL else f"#{serial}"]
    return " ".join(part for part in said if part) or None


def _product(activity: Activity) -> str:
    said = (activity.device.get(name) for name in ("manufacturer", "product"))
    return " ".join(str(part) for part in said if part not in (None, "", 0, "0"))


def _rearfoot_share_pct(activity: Activity, weight: FloatArray) -> float:
    """Share of the time on the level whose steps landed on the rear of the foot, mean of the feet a pod tells of."""
    shares = []
    for name in activity.developer.columns:
        maker, _, field = str(name).partition(":")
        column = activity.developer[name]
        if maker != "runscribe" or field.strip().lower() not in _STRIKE_FIELDS or column.dtype.kind not in "uif":
            continue
        kind = column.reindex(activity.records.index).to_numpy(dtype=np.float64)
        kind = np.where((kind >= 1) & (kind <= 16), kind, np.nan)
        shares.append(mean(np.where(np.isfinite(kind), 100.0 * (kind < REARFOOT_BELOW), np.nan), weight))
    known = [share for share in shares if np.isfinite(share)]
    return float(np.mean(known)) if known else float("nan")
