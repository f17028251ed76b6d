"""The files of a GBFS feed to rows: versions 1.0 to 3.0 say the same in different words.

Specification: https://github.com/MobilityData/gbfs (CC BY). 3.0 renamed bikes to vehicles, made texts
lists by language and times RFC 3339; earlier versions have texts and POSIX times.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]


def items(document: Any, *names: str) -> list[Mapping[str, Any]]:
    """Return the rows of a file, under the first of some names that it has."""
    data = document.get("data", {}) if isinstance(document, Mapping) else {}
    for name in names:
        found = data.get(name) if isinstance(data, Mapping) else None
        if isinstance(found, list):
            return [row for row in found if isinstance(row, Mapping)]
    return []


def text(value: object) -> str:
    """Return a text: as it is, or the first of those by language."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return str(value[0].get("text", ""))
    return str(value) if value is not None else ""


def moment(value: object) -> str:
    """Return a time as ISO text in UTC, empty where it is none."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC).isoformat()
        found = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return ""
    return found.astimezone(UTC).isoformat()


def number(row: Mapping[str, Any], *names: str) -> float:
    """Return the first number that a row has under some names, NaN where it has none."""
    for name in names:
        value = row.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return float("nan")


def stations(information: Any, status: Any) -> list[Row]:
    """Return a row a station: what it is, joined with what it has now."""
    now = {str(row.get("station_id")): row for row in items(status, "stations")}
    rows: list[Row] = []
    for row in items(information, "stations"):
        name = str(row.get("station_id", ""))
        state = now.get(name, {})
        rows.append(
            {
                "feature_id": f"station/{name}",
                "kind": "station",
                "name": text(row.get("name")) or name,
                "lon": row.get("lon"),
                "lat": row.get("lat"),
                "capacity": number(row, "capacity"),
                "available": number(state, "num_vehicles_available", "num_bikes_available"),
                "free_places": number(state, "num_docks_available"),
                "renting": _open(state),
                "reported": moment(state.get("last_reported")),
            }
        )
    return rows


def vehicles(status: Any, types: Any) -> list[Row]:
    """Return a row for each vehicle that stands free in the street."""
    kinds = {str(row.get("vehicle_type_id")): row for row in items(types, "vehicle_types")}
    rows: list[Row] = []
    for row in items(status, "vehicles", "bikes"):
        if row.get("lat") is None or row.get("lon") is None:
            continue  # it stands at a station, which counts it
        kind = kinds.get(str(row.get("vehicle_type_id")), {})
        name = str(row.get("vehicle_id") or row.get("bike_id") or len(rows))
        range_m, most_m = number(row, "current_range_meters"), number(kind, "max_range_meters")
        fuel = number(row, "current_fuel_percent")
        rows.append(
            {
                "feature_id": f"vehicle/{name}",
                "kind": "vehicle",
                "name": text(kind.get("name")) or "",
                "lon": row.get("lon"),
                "lat": row.get("lat"),
                "available": 0.0 if row.get("is_reserved") or row.get("is_disabled") else 1.0,
                "electric": "electric" in str(kind.get("propulsion_type", "")),
                "range_km": range_m / 1000.0,
                "charge_percent": 100.0 * range_m / most_m if math.isnan(fuel) else 100.0 * fuel,
                "reported": moment(row.get("last_reported")),
            }
        )
    return rows


def _open(state: Mapping[str, Any]) -> bool | None:
    value = state.get("is_renting")
    return None if value is None else value in (True, 1)
