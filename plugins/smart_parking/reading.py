"""Car parks and their occupancy to rows.

- Car parks: schema-stationnement 0.1.5 (BNLS), https://schema.data.gouv.fr; ``hauteur_max`` is in cm or N/A.
- Occupancy: records of an Opendatasoft data set (2.1: ``results``, 1.0: ``records``/``fields``), NGSI-LD
  ``OffStreetParking`` entities, normalized or key-values, or a DATEX II publication of car parks (XML, versions 2
  and 3, CEN/TS 16157-6). Joined by id, else by name, else by place.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twin import api

NEAR_DEGREES = 0.002


def parks(path: Path) -> list[dict[str, Any]]:
    """Return a row a car park."""
    return [_park(row, number) for number, row in enumerate(api.read_rows(path))]


def occupancy(document: Any) -> list[dict[str, Any]]:
    """Return id, name, place, free and total places of whatever the document lists."""
    if isinstance(document, Mapping):
        for name in ("results", "records"):
            if isinstance(document.get(name), list):
                document = document[name]
                break
        else:
            document = [document]
    if not isinstance(document, list):
        return []
    return [_state(row) for row in document if isinstance(row, Mapping)]


def occupancy_of(path: Path) -> list[dict[str, Any]]:
    """Return id, name, place, free and total places of whatever a file lists: JSON, or XML of DATEX II."""
    if path.suffix.lower() == ".xml":
        return [_publication(row) for row in api.live.read_message(path, "datex")]
    return occupancy(api.read_json(path))


def _publication(row: Mapping[str, Any]) -> dict[str, Any]:
    spaces = api.number(row.get("capacity"))
    return {
        "feature_id": str(row["thing"]).removeprefix("datex:"),
        "name": row["name"],
        "lon": row["lon"],
        "lat": row["lat"],
        "spaces": spaces,
        "free": api.number(row.get("vacant", spaces - api.number(row.get("occupied")))),
        "reported": row["reported"],
    }


def joined(parks_: list[dict[str, Any]], states: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the car parks with what is known of them now; states of unknown parks are parks of their own."""
    left = list(states)
    for park in parks_:
        found = _match(park, left)
        if found is not None:
            left.remove(found)
            park |= {k: found[k] for k in ("free", "reported")}
            if math.isnan(park["spaces"]):
                park["spaces"] = found["spaces"]
    return parks_ + [{**_blank(), **state} for state in left if state["lon"] is not None]


def _blank() -> dict[str, Any]:
    nan = float("nan")
    return {
        "feature_id": "",
        "name": "",
        "lon": None,
        "lat": None,
        "spaces": nan,
        "free": nan,
        "spaces_disabled": nan,
        "spaces_electric": nan,
        "height_max_m": nan,
        "price_1h_eur": nan,
        "reported": "",
    }


def _park(row: Mapping[str, str], at: int) -> dict[str, Any]:
    return {
        **_blank(),
        "feature_id": row.get("id") or f"park/{at}",
        "name": row.get("nom") or "",
        "lon": row.get("Xlong"),
        "lat": row.get("Ylat"),
        "spaces": api.number(row.get("nb_places")),
        "spaces_disabled": api.number(row.get("nb_pmr")),
        "spaces_electric": api.number(row.get("nb_voitures_electriques")),
        "height_max_m": api.number(row.get("hauteur_max")) / 100.0,
        "price_1h_eur": api.number(row.get("tarif_1h")),
    }


def _state(row: Mapping[str, Any]) -> dict[str, Any]:
    fields = row.get("fields", row)
    plain = {str(k): _value(v) for k, v in fields.items()} if isinstance(fields, Mapping) else {}
    lon, lat = _place(plain)

    def first(*names: str) -> Any:
        return next((plain[n] for n in names if plain.get(n) is not None), None)

    return {
        "feature_id": str(first("id", "ident", "id_parking") or ""),
        "name": str(first("name", "nom", "nom_parking", "parking_name") or ""),
        "lon": lon,
        "lat": lat,
        "spaces": api.number(first("totalSpotNumber", "total", "capacite", "nb_places_total")),
        "free": api.number(
            first("availableSpotNumber", "free", "disponible", "nb_places_disponibles")
        ),
        "reported": str(first("observationDateTime", "dateModified", "horodatage", "date") or ""),
    }


def _value(value: Any) -> Any:
    """Return the value of an NGSI-LD property, anything else as it is."""
    if isinstance(value, Mapping):
        inner = value.get("value", value.get("object", value))
        return inner.get("@value", inner) if isinstance(inner, Mapping) else inner
    return value


def _place(plain: Mapping[str, Any]) -> tuple[Any, Any]:
    for name in ("location", "geo_point_2d", "geom", "position"):
        found = plain.get(name)
        if isinstance(found, Mapping) and isinstance(found.get("coordinates"), list):
            return tuple(found["coordinates"][:2])  # type: ignore[return-value]
        if isinstance(found, Mapping) and "lon" in found:
            return found["lon"], found["lat"]
        if isinstance(found, list) and len(found) == 2:
            return found[1], found[0]  # Opendatasoft 1.0 says latitude first
    return plain.get("lon"), plain.get("lat")


def _match(park: Mapping[str, Any], states: list[dict[str, Any]]) -> dict[str, Any] | None:
    for state in states:
        if state["feature_id"] and state["feature_id"] == park["feature_id"]:
            return state
    wanted = _plain(park["name"])
    for state in states:
        if wanted and _plain(state["name"]) == wanted:
            return state
    here = np.array([api.number(park["lon"]), api.number(park["lat"])])
    for state in states:
        there = np.array([api.number(state["lon"]), api.number(state["lat"])])
        if np.abs(here - there).max() < NEAR_DEGREES:
            return state
    return None


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in letters if c.isalnum())
