"""Pace: slope and its cost, best efforts, critical speed, race prediction, efficiency, zones."""

from stridelab.analysis.critical import CriticalFit
from stridelab.analysis.pace.best_efforts import DISTANCES_M, DURATIONS_S, BestEfforts, all_time, best_efforts
from stridelab.analysis.pace.critical_speed import critical_speed, d_prime_balance_m
from stridelab.analysis.pace.efficiency import decoupling_pct, efficiency_factor
from stridelab.analysis.pace.grade import (
    grade_along,
    grade_factor,
    graded_speed_mps,
    running_cost_j_per_kg_m,
    walking_cost_j_per_kg_m,
)
from stridelab.analysis.pace.prediction import RacePrediction, predict_from_critical_speed, predict_race
from stridelab.analysis.pace.zones import ZONE_MODELS, TimeInZones, ZoneModel, time_in_zones

__all__ = [
    "DISTANCES_M",
    "DURATIONS_S",
    "ZONE_MODELS",
    "BestEfforts",
    "CriticalFit",
    "RacePrediction",
    "TimeInZones",
    "ZoneModel",
    "all_time",
    "best_efforts",
    "critical_speed",
    "d_prime_balance_m",
    "decoupling_pct",
    "efficiency_factor",
    "grade_along",
    "grade_factor",
    "graded_speed_mps",
    "predict_from_critical_speed",
    "predict_race",
    "running_cost_j_per_kg_m",
    "time_in_zones",
    "walking_cost_j_per_kg_m",
]
