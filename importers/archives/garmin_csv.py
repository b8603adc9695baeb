"""Garmin Connect's ``Activities.csv``: one line an activity, its headers and numbers in the account's language.

Its times are those of the wall clock, without a zone, and its distances in the account's units, which it does not name:
kilometres are taken, and said to be, unless stride length and cadence prove miles.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from stridelab.activity import Activity, ReadResult, Source
from stridelab.importers.archives.csvfiles import amount, cell, decimal_mark, header_of, rows_of, seconds, time_of
from stridelab.importers.archives.sports import sport_of
from stridelab.importers.archives.summaries import WALL_CLOCK_SUMMARIES, summaries_result, summary_activity
from stridelab.sports import family

METRES_PER_MILE: Final = 1609.344

# Header in several languages, lower case, first match wins.
_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "sport": (
        "activity type",
        "aktivitätstyp",
        "type d'activité",
        "tipo de actividad",
        "tipo di attività",
        "tipo de atividade",
        "activiteittype",
    ),
    "date": ("date", "datum", "fecha", "data"),
    "title": ("title", "titel", "titre", "título", "titolo"),
    "distance": ("distance", "distanz", "distancia", "distanza", "distância", "afstand"),
    "calories": ("calories", "kalorien", "calorías", "calorie", "calorias", "calorieën"),
    "time": ("time", "zeit", "durée", "tiempo", "tempo", "tijd", "heure"),
    "elapsed": (
        "elapsed time",
        "verstrichene zeit",
        "temps écoulé",
        "tiempo transcurrido",
        "tempo trascorso",
        "tempo decorrido",
    ),
    "heart_rate": (
        "avg hr",
        "ø herzfrequenz",
        "durchschnittliche herzfrequenz",
        "fréquence cardiaque moyenne",
        "frecuencia cardiaca media",
        "fc media",
    ),
    "max_heart_rate": (
        "max hr",
        "maximale herzfrequenz",
        "max. hf",
        "fréquence cardiaque maximale",
        "fc máxima",
        "fc max",
    ),
    "cadence": (
        "avg run cadence",
        "avg cadence",
        "ø schrittfrequenz (laufen)",
        "ø laufschrittfrequenz",
        "cadence de course moyenne",
        "cadencia de carrera media",
        "cadenza di corsa media",
    ),
    "stride": (
        "avg stride length",
        "ø schrittlänge",
        "durchschnittliche schrittlänge",
        "longueur moyenne des foulées",
        "longitud media de zancada",
        "lunghezza media falcata",
    ),
    "ascent": (
        "total ascent",
        "elev gain",
        "anstieg gesamt",
        "ascension totale",
        "ascenso total",
        "ascesa totale",
        "gesamtanstieg",
    ),
    "descent": ("total descent", "elev loss", "abstieg gesamt", "descente totale", "descenso total", "discesa totale"),
    "training_effect": ("aerobic te", "aerober te", "te aérobie", "te aeróbico", "te aerobico"),
}
_TOTALS: Final = (
    ("heart_rate", "avg_heart_rate", 1.0),
    ("max_heart_rate", "max_heart_rate", 1.0),
    ("calories", "total_calories", 1.0),
    ("cadence", "avg_steps_per_minute", 1.0),
    ("training_effect", "total_training_effect", 1.0),
)


def is_garmin_table(header: Sequence[str]) -> bool:
    """Whether these are the headers of an ``Activities.csv``."""
    places = _places(header)
    return {"sport", "date", "distance", "time"} <= places.keys() and len(header) >= 8


def read_garmin_table(data: bytes, source: Source) -> ReadResult:
    """The activities of an ``Activities.csv``, by the wall clock."""
    places = _places(header_of(data))
    rows = [row for row in rows_of(data) if any(value.strip() for value in row)]
    mark = decimal_mark(cell(row, places["distance"]) for row in rows)
    day_first = any(_day_above_12(cell(row, places["date"])) for row in rows)
    miles = _in_miles(rows, places, mark)
    found: list[Activity] = []
    for position, row in enumerate(rows):
        activity = _activity(row, places, source, position, mark=mark, day_first=day_first, miles=miles)
        if activity is not None:
            found.append(activity)
    return summaries_result(source, found, kind=WALL_CLOCK_SUMMARIES, skipped=len(rows) - len(found))


def _places(header: Sequence[str]) -> dict[str, int]:
    names = [name.lower().replace("®", "").strip() for name in header]
    found: dict[str, int] = {}
    for key, spellings in _HEADERS.items():
        place = next((names.index(spelling) for spelling in spellings if spelling in names), None)
        if place is not None:
            found[key] = place
    return found


def _day_above_12(written: str) -> bool:
    first = written.split("/")[0].strip()
    return first.isdigit() and 12 < int(first) <= 31


def _in_miles(rows: Sequence[Sequence[str]], places: Mapping[str, int], mark: str) -> bool:
    """Whether stride length (m) times steps gives about 1.6 km a unit of distance in most runs."""
    ratios = []
    for row in rows:
        stride, cadence = (amount(cell(row, places.get(name)), decimal=mark) for name in ("stride", "cadence"))
        distance, time_s = amount(cell(row, places["distance"]), decimal=mark), seconds(cell(row, places["time"]))
        metres = stride * cadence * time_s / 60
        if family(*sport_of(cell(row, places["sport"]))) == "run" and metres > 500 and distance > 0:
            ratios.append(metres / distance)
    # In accounts with miles the stride may be in feet; 1.6 km in feet and a kilometre in feet are as far apart.
    return len(ratios) >= 3 and any(low <= median(ratios) <= high for low, high in ((1450, 1770), (4750, 5800)))


def _activity(
    row: Sequence[str],
    places: Mapping[str, int],
    source: Source,
    position: int,
    *,
    mark: str,
    day_first: bool,
    miles: bool,
) -> Activity | None:
    start = time_of(cell(row, places["date"]), day_first=day_first)
    if start is None:
        return None
    sport = sport_of(cell(row, places["sport"]))
    if sport[0] == "multisport":
        return None
    read = {name: amount(cell(row, places.get(name)), decimal=mark) for name in _HEADERS}
    timer_s, elapsed_s = seconds(cell(row, places["time"])), seconds(cell(row, places.get("elapsed")))
    # Pool swims are in metres or yards, which cannot be told apart either.
    unit_m, unit = (METRES_PER_MILE, "miles") if miles else (1000.0, "kilometres")
    if family(*sport) == "swim":
        unit_m, unit = 1.0, "metres"
    totals = {name: read[key] * factor for key, name, factor in _TOTALS}
    return summary_activity(
        source,
        position,
        start,
        sport=sport,
        title=cell(row, places.get("title")),
        numbers={
            "timer_time_s": timer_s,
            "elapsed_time_s": elapsed_s if math.isfinite(elapsed_s) else timer_s,
            "distance_m": read["distance"] * unit_m,
            "ascent_m": math.nan if miles else read["ascent"],
            "descent_m": math.nan if miles else read["descent"],
        },
        summary=totals,
        provenance={
            "distance_m": f"taken as {unit}: the table does not name its unit",
            "start_time": "the wall clock's: the table does not name its zone",
        },
    )
