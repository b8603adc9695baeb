"""Channels, sports, errors, local time, athlete."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime

import numpy as np
import pytest

from stridelab.athlete import QUANTITIES, Athlete, AthleteValue, athlete_value
from stridelab.channels import CHANNELS
from stridelab.errors import ReadError, StridelabError, UsageError
from stridelab.issues import SENTENCES, IssueCode
from stridelab.localtime import local_date, offset_s, resolve
from stridelab.sports import FAMILIES, IMPACT, family

# What the documented schema names, in its order.
DOCUMENTED = (
    "latitude_deg longitude_deg altitude_m distance_m speed_mps heart_rate_bpm cadence_spm cadence_rpm power_w"
    " temperature_c vertical_oscillation_mm ground_contact_time_ms ground_contact_balance_pct vertical_ratio_pct"
    " step_length_mm respiration_rate_brpm"
).split()


def test_the_channels_are_the_documented_ones() -> None:
    assert list(CHANNELS) == DOCUMENTED
    assert all(channel.low < channel.high for channel in CHANNELS.values())


def test_every_issue_code_has_a_sentence() -> None:
    assert set(SENTENCES) == set(IssueCode)


@pytest.mark.parametrize(
    ("sport", "sub_sport", "expected"),
    [
        ("running", "trail", "run"), ("walking", None, "walk"), ("hiking", "generic", "walk"),
        ("cycling", "indoor_cycling", "bike"), ("swimming", "open_water", "swim"), ("generic", "treadmill", "run"),
        ("fitness_equipment", "elliptical", "machine"), ("rowing", "indoor_rowing", "machine"),
        ("training", "strength_training", "strength"), ("training", "yoga", "other"), (None, None, "other"),
        ("200", "200", "other"), ("transition", "generic", "other"),
    ],
)  # fmt: skip
def test_families(sport: str | None, sub_sport: str | None, expected: str) -> None:
    assert family(sport, sub_sport) == expected


def test_only_running_is_impact_and_walking_low() -> None:
    assert {name for name in FAMILIES if IMPACT[name] == "impact"} == {"run"}
    assert {name for name in FAMILIES if IMPACT[name] == "low"} == {"walk"}


def test_errors_say_what_was_found_expected_and_to_do_and_survive_a_process_boundary() -> None:
    error = ReadError("a zip archive", expected="a FIT file", where="run.fit", advice="Unpack it.")
    assert str(error) == "run.fit: a zip archive; expected a FIT file. Unpack it."
    assert isinstance(error, ValueError)
    assert isinstance(error, StridelabError)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.advice) == (ReadError, str(error), "Unpack it.")


def test_local_time_takes_the_file_then_the_place_then_the_athlete() -> None:
    summer, winter = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    place = {"latitude_deg": 47.37, "longitude_deg": 8.54}
    by_file = resolve(summer, file_offset_s=-3600, **place, athlete_timezone="Asia/Tokyo")
    assert (by_file.utc_offset_s, by_file.source) == (-3600, "file")
    assert resolve(summer, **place, athlete_timezone="Asia/Tokyo").utc_offset_s == 7200
    assert resolve(winter, **place).utc_offset_s == 3600
    by_athlete = resolve(summer, athlete_timezone="Asia/Tokyo")
    assert (by_athlete.utc_offset_s, by_athlete.source) == (32400, "athlete")
    assert resolve(summer).source == "unknown"
    assert resolve(summer, athlete_timezone="Nowhere/Land").source == "unknown"


def test_a_daylight_saving_night_keeps_the_local_date() -> None:
    before, after = datetime(2026, 10, 24, 22, 30, tzinfo=UTC), datetime(2026, 10, 25, 22, 30, tzinfo=UTC)
    assert local_date(before, offset_s("Europe/Zurich", before)) == date(2026, 10, 25)
    assert local_date(after, offset_s("Europe/Zurich", after)) == date(2026, 10, 25)


def test_given_beats_file_beats_estimated_and_the_day_decides() -> None:
    athlete = Athlete(
        values=(
            athlete_value("max_heart_rate_bpm", 195, origin="file", valid_from=date(2026, 3, 1)),
            athlete_value("max_heart_rate_bpm", 188, valid_from=date(2025, 1, 1)),
            athlete_value("max_heart_rate_bpm", 186, valid_from=date(2026, 1, 1)),
            AthleteValue("resting_heart_rate_bpm", 60.0, "assumed"),
        )
    )
    assert athlete.number("max_heart_rate_bpm", date(2025, 6, 1)) == 188
    assert athlete.number("max_heart_rate_bpm", date(2026, 6, 1)) == 186
    assert athlete.number("max_heart_rate_bpm", date(2024, 1, 1)) == 188, "before the first, the first holds"
    assert athlete.number("max_heart_rate_bpm") == 186
    assert athlete.value("resting_heart_rate_bpm").origin == "assumed"  # type: ignore[union-attr]
    assert np.isnan(athlete.number("mass_kg"))
    assert athlete.value("mass_kg") is None


@pytest.mark.parametrize(
    ("quantity", "value"),
    [("sex", "x"), ("max_heart_rate_bpm", 400), ("mass_kg", 3), ("mass_kg", "heavy"), ("shoe_size", 42)],
)
def test_impossible_values_are_refused_with_the_range(quantity: str, value: float | str) -> None:
    with pytest.raises(UsageError, match="expected"):
        athlete_value(quantity, value)


def test_every_quantity_of_a_number_has_a_range() -> None:
    assert all(low < high for name, (_, low, high) in QUANTITIES.items() if name not in ("sex", "timezone"))
