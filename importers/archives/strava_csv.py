"""Strava's bulk export: ``activities.csv``, one line an activity, of which most have a file beside it.

The table has about a hundred columns that change with the years and the account's language. Five headers stand in it
twice; the second is the precise one (seconds, metres).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from stridelab.activity import GEAR_ACTIVITY_COLUMNS, SERVICE_GEAR_COLUMNS, Activity, ReadResult, Source
from stridelab.importers.archives.csvfiles import amount, cell, header_of, rows_of, seconds, time_of
from stridelab.importers.archives.sports import sport_of
from stridelab.importers.archives.summaries import summaries_result, summary_activity
from stridelab.sports import family

_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("activity id", "aktivitäts-id", "id de l'activité", "id. de actividad", "id attività"),
    "date": ("activity date", "aktivitätsdatum", "date de l'activité", "fecha de la actividad", "data dell'attività"),
    "title": ("activity name", "name der aktivität", "nom de l'activité", "nombre de la actividad"),
    "sport": ("activity type", "aktivitätsart", "type d'activité", "tipo de actividad", "tipo di attività"),
    "file": ("filename", "dateiname", "nom du fichier", "nombre de archivo", "nome file"),
    "gear": ("activity gear", "aktivität – ausrüstung", "ausrüstung für aktivität", "équipement de l'activité"),
    "elapsed": ("elapsed time", "verstrichene zeit", "temps écoulé", "tiempo transcurrido", "tempo trascorso"),
    "moving": ("moving time", "bewegungszeit", "durée de déplacement", "tiempo en movimiento"),
    "distance": ("distance", "distanz", "distancia", "distanza"),
    "heart_rate": ("average heart rate", "durchschnittliche herzfrequenz", "fréquence cardiaque moyenne"),
    "max_heart_rate": ("max heart rate", "max. herzfrequenz", "fréquence cardiaque max."),
    "calories": ("calories", "kalorien", "calorías"),
    "ascent": ("elevation gain", "höhenzunahme", "dénivelé positif"),
    "descent": ("elevation loss", "höhenunterschied", "dénivelé négatif"),
    "rpe": ("perceived exertion", "wahrgenommene anstrengung", "effort perçu"),
}
_PER_KM: Final = 1000.0
_GEAR_KIND: Final = {"run": "shoes", "walk": "shoes", "bike": "bike"}


def is_strava_table(header: Sequence[str]) -> bool:
    """Whether these are the headers of an ``activities.csv``."""
    return {"id", "date", "sport", "distance"} <= _places(header).keys()


def read_strava_table(data: bytes, source: Source) -> ReadResult:
    """The activities of an ``activities.csv``, and the gear that it names."""
    places = _places(header_of(data))
    rows = [row for row in rows_of(data) if any(value.strip() for value in row)]
    found: list[Activity] = []
    kinds: dict[str, str] = {}
    used: list[dict[str, str]] = []
    for position, row in enumerate(rows):
        activity = _activity(row, places, source, position)
        if activity is None:
            continue
        found.append(activity)
        if name := _first(row, places, "gear"):
            kinds.setdefault(name, _GEAR_KIND.get(activity.family, "other"))
            used.append({"gear_id": f"strava-{name}", "service_id": f"strava:{_first(row, places, 'id')}"})
    pieces = [
        {"gear_id": f"strava-{name}", "kind": kind, "name": name, "since": None, "retired": None}
        for name, kind in kinds.items()
    ]
    return summaries_result(
        source,
        found,
        skipped=len(rows) - len(found),
        gear=_table(pieces, SERVICE_GEAR_COLUMNS),
        gear_activities=_table(used, GEAR_ACTIVITY_COLUMNS),
    )


def _places(header: Sequence[str]) -> dict[str, list[int]]:
    """Every column of each name."""
    names = [name.lower().strip() for name in header]
    found: dict[str, list[int]] = {}
    for key, spellings in _HEADERS.items():
        places = [place for place, name in enumerate(names) if name in spellings]
        if places:
            found[key] = places
    return found


def _first(row: Sequence[str], places: Mapping[str, list[int]], key: str) -> str:
    return next((value for place in places.get(key, ()) if (value := cell(row, place))), "")


def _precise(row: Sequence[str], places: Mapping[str, list[int]], key: str) -> float:
    """The number of the last column of this name that holds one."""
    numbers = (_amount(cell(row, place)) for place in reversed(places.get(key, [])))
    return next((value for value in numbers if math.isfinite(value)), math.nan)


def _amount(written: str) -> float:
    """Precise columns have points (``10020.5``); those of a localised table may have a comma."""
    return seconds(written) if ":" in written else amount(written, decimal="." if "." in written else "")


def _metres(row: Sequence[str], places: Mapping[str, list[int]]) -> float:
    """The precise distance; where the table has only one, it is in kilometres, but for swims, as the site shows it."""
    columns = places["distance"]
    shown, precise = _amount(cell(row, columns[0])), _precise(row, {"distance": columns[1:]}, "distance")
    return precise if math.isfinite(precise) else shown * _PER_KM


def _activity(row: Sequence[str], places: Mapping[str, list[int]], source: Source, position: int) -> Activity | None:
    start = time_of(_first(row, places, "date"))
    if start is None:
        return None
    sport = sport_of(_first(row, places, "sport"))
    elapsed_s, moving_s = _precise(row, places, "elapsed"), _precise(row, places, "moving")
    timer_s = moving_s if math.isfinite(moving_s) else elapsed_s
    identity = _first(row, places, "id")
    provenance = {"timer_time_s": "Strava's moving time"} if math.isfinite(moving_s) else {}
    if len(places["distance"]) == 1 and family(*sport) != "swim":
        provenance["distance_m"] = "taken as kilometres: the table does not name its unit"
    return summary_activity(
        source,
        position,
        start,
        sport=sport,
        title=_first(row, places, "title"),
        service_id=f"strava:{identity}" if identity else "",
        numbers={
            "timer_time_s": timer_s,
            "elapsed_time_s": elapsed_s,
            "distance_m": _metres(row, places),
            "ascent_m": _precise(row, places, "ascent"),
            "descent_m": _precise(row, places, "descent"),
        },
        summary={
            "avg_heart_rate": _precise(row, places, "heart_rate"),
            "max_heart_rate": _precise(row, places, "max_heart_rate"),
            "total_calories": _precise(row, places, "calories"),
            "workout_rpe": _precise(row, places, "rpe") * 10,
            "file": _first(row, places, "file"),
        },
        provenance=provenance,
    )


def _table(rows: list[dict[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=dtype) for name, dtype in columns.items()})
