"""Rows of a table, as Opendatasoft, data-fair and CSV give them: which column is which is guessed by name.

A mapping says it where the guess would be wrong: ``id``, ``time``, ``lon``, ``lat``, ``place``, ``name``
and ``values`` (columns), all optional.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from twin.live.decoded import NO_TIME, Decoded, number
from twin.live.decoders.building import Thing, at_of, listed, mapped, point_of, text_of
from twin.live.plain import is_place
from twin.store.history import Datastream

IDS = (
    *("id_pdc_itinerance", "id_pdc_local", "station_id", "stationcode", "parking_id", "sensor_id"),
    *(
        "device_id",
        "id_station",
        "code_station",
        "number",
        "identifiant",
        "id_compteur",
        "_id",
        "id",
    ),
    *("containerid", "code", "objectid", "recordid", "key"),
)
NAMES = ("name", "nom", "nom_station", "station_name", "libelle", "address", "adresse", "title")
TIMES = (
    *(
        "horodatage",
        "date_et_heure_de_comptage_utc",
        "last_reported",
        "last_updated",
        "last_update",
    ),
    *("duedate", "date_observed", "dateobserved", "phenomenon_time", "timestamp", "datetime"),
    *("date_heure", "fillingratedate", "mise_a_jour", "last_updated_utc", "updated_at", "tbin_utc"),
    *("date", "time", "heure"),
)
PLACES = (
    *("geo_point_2d", "coordonnees_geo", "coordonneesxy", "_geopoint", "geo", "position"),
    *("wgs84", "location", "geolocation", "geo_shape", "geom", "geometry"),
)
LONS = ("lon", "lng", "longitude", "xlong", "consolidated_longitude", "x_wgs84")
LATS = ("lat", "latitude", "ylat", "consolidated_latitude", "y_wgs84")
UNITS = (("km_h", "km/h"), ("percent", "%"), ("pourcent", "%"), ("_m3", "m³"), ("_kwh", "kWh"))
WORDS: Mapping[str, float] = {
    "libre": 1.0,
    "disponible": 1.0,
    "available": 1.0,
    "occupe": 0.0,
    "occupied": 0.0,
    "en_service": 1.0,
    "hors_service": 0.0,
    "charging": 0.0,
    "occupe_en_charge": 0.0,
    "en_maintenance": 0.0,
}
"""Words of availability as numbers: 1 is free or in service."""

WORDED = ("occupation_pdc", "etat_pdc", "statut_pdc", "status", "statut", "etat", "value_status")
PLAIN = re.compile(r"[^a-z0-9]+")
NUMBER = re.compile(r"^[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?$")
NOT_VALUES = re.compile(
    r"(^|_)(code|postal|insee|siret|siren|id|ids|num|phone|telephone|year|annee|x|y|lon|lat|lng)($|_)"
)


def decode(
    rows: Iterable[Any],
    *,
    source: str,
    mapping: Mapping[str, Any] | None = None,
    stale_s: float = 3600.0,
) -> Decoded:
    """Return the numeric columns of rows, one thing a row or a place.

    Parameters
    ----------
    source : str
        Names the things: the dataset.
    """
    decoded = Decoded()
    plainly: list[dict[str, Any]] = []
    for raw in rows:
        if isinstance(raw, dict):
            plainly.append({plain(k): v for k, v in mapped(raw.get("fields", raw)).items()})
        else:
            decoded.puzzled(raw)
    chosen = {"id": _id_column(plainly), **(mapping or {})}
    for index, row in enumerate(plainly):
        _row(decoded, row, chosen, source=source, index=index, stale_s=stale_s)
    return decoded


def _id_column(rows: list[dict[str, Any]]) -> str:
    """Return the first column of a name for ids that every row fills in, else the fullest of them."""
    said = {name: sum(row.get(name) not in (None, "") for row in rows) for name in IDS}
    return max(IDS, key=lambda name: said[name]) if any(said.values()) else ""


def rows_of(document: Any) -> list[Any]:
    """Return the rows of an answer: ``results``, ``records``, features, or a plain list."""
    if isinstance(document, list):
        return document
    found = mapped(document)
    for name in ("results", "records", "rows", "items", "data", "value"):
        if isinstance(found.get(name), list):
            return list(found[name])
    if isinstance(found.get("features"), list):
        return [
            {**mapped(mapped(f).get("properties")), "geometry": mapped(f).get("geometry")}
            for f in listed(found["features"])
        ]
    return []


def plain(name: object) -> str:
    """Return a column's name in lower case, without accents, words joined by ``_``."""
    text = unicodedata.normalize("NFKD", str(name)).encode("ascii", "ignore").decode().lower()
    joined = PLAIN.sub("_", text).strip("_")
    return f"_{joined}" if str(name).startswith("_") else joined


def _row(
    decoded: Decoded,
    row: dict[str, Any],
    chosen: Mapping[str, Any],
    *,
    source: str,
    index: int,
    stale_s: float,
) -> None:
    key = _first(row, chosen, "id", IDS)
    time_key = _first(row, chosen, "time", TIMES)
    name_key = _first(row, chosen, "name", NAMES)
    lon, lat, used = place(row, chosen)
    name = text_of(row.get(name_key)) or (str(row[name_key]) if name_key in row else "")
    thing = Thing(
        decoded,
        f"{source}:{row[key] if key else name or index}",
        name=name or row.get(key),
        lon=lon,
        lat=lat,
        ttl_s=stale_s,
        at=_time(row.get(time_key)),
    )
    wanted = [plain(v) for v in listed(chosen.get("values"))]
    before = len(decoded.readings)
    for column, value in row.items():
        if wanted and column not in wanted:
            continue
        if column in {key, time_key, name_key, *used} or (not wanted and _no_value(column)):
            continue
        found = cell(value)
        if found is None and column in WORDED:
            found = WORDS.get(plain(value))
        if found is not None:
            thing.put(column, found, unit=_unit(column))
    if len(decoded.readings) == before:
        stream = _place_of(thing)  # it says nothing now, and is there all the same
        decoded.streams[stream.id] = stream


def _place_of(thing: Thing) -> Datastream:
    """Return a datastream that says no more than where a thing is."""
    return Datastream(
        id=f"{thing.id}:place",
        name=thing.name,
        thing=thing.id,
        thing_name=thing.name,
        lon=math.nan if thing.lon is None else thing.lon,
        lat=math.nan if thing.lat is None else thing.lat,
    )


def place(row: dict[str, Any], chosen: Mapping[str, Any]) -> tuple[Any, Any, set[str]]:
    """Return longitude, latitude, and the columns that say them."""
    lon, lat = _first(row, chosen, "lon", LONS), _first(row, chosen, "lat", LATS)
    if lon and lat and cell(row[lon]) is not None:
        x, y = cell(row[lon]), cell(row[lat])
        return (*_unswapped(x, y), {lon, lat})
    names = [plain(chosen["place"])] if "place" in chosen else [n for n in PLACES if n in row]
    for name in names:
        found = _pair(row.get(name), lat_first=name in ("_geopoint", "coordonnees_geo", "wgs84"))
        if is_place(*found):
            return (*found, set(names))
    return None, None, set(names)


def _pair(value: Any, *, lat_first: bool) -> tuple[float | None, float | None]:
    if isinstance(value, dict):
        lon = value.get("lon", value.get("lng", value.get("longitude")))
        if lon is not None:
            return cell(lon), cell(value.get("lat", value.get("latitude")))
        x, y = point_of(value)
        return cell(x), cell(y)
    if isinstance(value, list) and len(value) == 2:
        first, second = cell(value[0]), cell(value[1])
    elif isinstance(value, str):
        parts = re.findall(r"-?\d+(?:\.\d+)?", value.replace("\xa0", " "))
        if len(parts) != 2:
            return None, None
        first, second = float(parts[0]), float(parts[1])
    else:
        return None, None
    return _unswapped(*((second, first) if lat_first else (first, second)))


def _unswapped(lon: float | None, lat: float | None) -> tuple[float | None, float | None]:
    """Return longitude and latitude, which open data of France often has the wrong way round."""
    if lon is not None and lat is not None and 41.0 <= lon <= 51.5 and -5.5 <= lat <= 9.7:
        return lat, lon
    return lon, lat


def cell(value: Any) -> float | None:
    """Return the number of a cell, written with a point or a comma; None for what is none."""
    found = number(value)
    if found is not None:
        return found
    if isinstance(value, str):
        text = value.replace("\xa0", "").replace("\u202f", "").strip()
        if NUMBER.match(text) and len(text) < 40:
            return number(float(text.replace(",", ".")))
    return None


def _first(
    row: Mapping[str, Any], chosen: Mapping[str, Any], what: str, names: tuple[str, ...]
) -> str:
    if what in chosen:
        name = plain(chosen[what]) if chosen[what] else ""
        return name if row.get(name) not in (None, "") else ""
    return next((n for n in names if n in row and row[n] not in (None, "")), "")


def _time(value: Any) -> int:
    if isinstance(value, str) and re.match(r"^\d{4}-\d\d-\d\d \d\d", value):
        value = value.replace(" ", "T", 1)
    return at_of(value) if value is not None else NO_TIME


def _no_value(column: str) -> bool:
    return bool(NOT_VALUES.search(column)) or column in {*TIMES, *PLACES, *LONS, *LATS, *IDS}


def _unit(column: str) -> str:
    return next((unit for part, unit in UNITS if part in column), "")
