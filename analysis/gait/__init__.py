"""Gait: cadence, contacts and what follows from them, from raw acceleration or from the watch's own numbers."""

from stridelab.analysis.gait.cadence import Cadence, cadence
from stridelab.analysis.gait.contacts import Contacts, contacts
from stridelab.analysis.gait.domain import ISSUES
from stridelab.analysis.gait.dynamics import (
    Balance,
    Drift,
    Trend,
    balance,
    cleaned,
    form_cells,
    matched_change,
    technique_drift,
    trends,
)
from stridelab.analysis.gait.estimate import Estimate, contact_time_from_sacral_summary, estimate_contact_time
from stridelab.analysis.gait.kinetics import Kinetics, kinetics, sacral_peak_force_bw
from stridelab.analysis.gait.posture import FootStrike, TrunkLean, foot_strike, footpod_strike_kind, trunk_lean
from stridelab.analysis.gait.recording import GaitRecording, analyse
from stridelab.analysis.gait.strides import stride_table, window_table
from stridelab.analysis.gait.tissue import (
    CadenceChange,
    MechanicalLoad,
    cadence_change,
    cadence_changes,
    mechanical_load,
    relative_damage_per_km,
)

__all__ = [
    "ISSUES",
    "Balance",
    "Cadence",
    "CadenceChange",
    "Contacts",
    "Drift",
    "Estimate",
    "FootStrike",
    "GaitRecording",
    "Kinetics",
    "MechanicalLoad",
    "Trend",
    "TrunkLean",
    "analyse",
    "balance",
    "cadence",
    "cadence_change",
    "cadence_changes",
    "cleaned",
    "contact_time_from_sacral_summary",
    "contacts",
    "estimate_contact_time",
    "foot_strike",
    "footpod_strike_kind",
    "form_cells",
    "kinetics",
    "matched_change",
    "mechanical_load",
    "relative_damage_per_km",
    "sacral_peak_force_bw",
    "stride_table",
    "technique_drift",
    "trends",
    "trunk_lean",
    "window_table",
]
