"""Addresses and cadastral parcels, looked up by services when the user asks for one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from twin.progress import Progress
from twin.services.asked import json_of
from twin.services.catalogue import EVERYWHERE, Dataset
from twin.services.client import HttpClient, ServiceError

MOST = 8
MOST_BYTES = 5_000_000
FRANCE = (-5.5, 41.0, 9.7, 51.5)
"""Degrees: west, south, east, north of metropolitan France, in which French services are asked first."""

PARCEL = re.compile(
    r"^\s*(?P<commune>\d[\dAB]\d{3})[\s-]*(?P<before>\d{3})?[\s-]*"
    r"(?P<section>[0-9]?[A-Z]{1,2})[\s-]*(?P<number>\d{1,4})\s*$",
    re.IGNORECASE,
)
"""A French parcel: INSEE code of the commune, the code of an absorbed one, section, number."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A place that a service knows.

    Parameters
    ----------
    lon, lat : float
        WGS 84, degrees.
    outline : shapely geometry or None
        WGS 84, longitude first; of parcels.
    about : str
        What it is, in the words of the service, and who says so.
    """

    title: str
    about: str
    lon: float
    lat: float
    outline: Any = None


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """The reference of a French cadastral parcel."""

    commune: str
    section: str
    number: str
    before: str = "000"

    @property
    def name(self) -> str:
        """The identifier of 14 characters."""
        return f"{self.commune}{self.before}{self.section}{self.number}"


def parcel_of(text: str) -> Parcel | None:
    """Return the parcel that a text names (``92040 AB 123``, ``92040000AB0123``), None where it names none."""
    found = PARCEL.match(text)
    if found is None:
        return None
    return Parcel(
        commune=found["commune"].upper(),
        section=found["section"].upper().rjust(2, "0"),
        number=found["number"].rjust(4, "0"),
        before=found["before"] or "000",
    )


def look_up(
    text: str,
    finders: Sequence[Dataset],
    http: HttpClient,
    progress: Progress,
    *,
    near: tuple[float, float],
) -> list[Found]:
    """Return the places of a name, those of the first service that knows any.

    Parameters
    ----------
    near : tuple of 2 float
        Longitude and latitude of the scene: what is near comes first.

    Raises
    ------
    ServiceError
        Every service that was asked failed; a place that nobody knows is an empty list.
    """
    failed: list[ServiceError] = []
    asked = 0
    for finder in finders:
        fits = finder.where == EVERYWHERE or _in_france(near)
        if not fits or finder.kind not in _KINDS:
            continue
        progress.check_cancelled()
        try:
            found = _KINDS[finder.kind](text, finder, http, near)
        except ServiceError as error:
            failed.append(error)
            continue
        asked += found is not None
        if found:
            return found[:MOST]
    if failed and not asked:
        raise failed[0]
    return []


def _in_france(place: tuple[float, float]) -> bool:
    west, south, east, north = FRANCE
    return west <= place[0] <= east and south <= place[1] <= north


def _parcels(
    text: str, finder: Dataset, http: HttpClient, _near: tuple[float, float]
) -> list[Found] | None:
    """API Carto of IGN, module cadastre."""
    parcel = parcel_of(text)
    if parcel is None:
        return None
    asked = {
        "code_insee": parcel.commune,
        "section": parcel.section,
        "numero": parcel.number,
        "com_abs": parcel.before,
        "source_ign": "PCI",
        "_limit": MOST,
    }
    found = []
    for feature in _features(http.get(finder.url, asked, most_bytes=MOST_BYTES), http):
        outline = _geometry(feature)
        if outline is None or outline.is_empty:
            continue
        told = _told(feature)
        middle = outline.representative_point()
        commune = str(told.get("nom_com") or parcel.commune)[:80]
        found.append(
            Found(
                title=str(told.get("idu") or parcel.name)[:40],
                about=f"{commune}, {finder.source}",
                lon=middle.x,
                lat=middle.y,
                outline=outline,
            )
        )
    return found


def _addresses(
    text: str, finder: Dataset, http: HttpClient, near: tuple[float, float]
) -> list[Found] | None:
    """The geocoder of the Géoplateforme, over the national addresses."""
    if len(text.strip()) < 3:
        return None
    asked = {
        "q": text.strip()[:200],
        "index": "address",
        "limit": MOST,
        "lon": f"{near[0]:.5f}",
        "lat": f"{near[1]:.5f}",
    }
    found = []
    for feature in _features(http.get(finder.url, asked, most_bytes=MOST_BYTES), http):
        place, told = _geometry(feature), _told(feature)
        if place is None or place.geom_type != "Point" or place.is_empty:
            continue
        about = f"{str(told.get('context') or told.get('city') or '')[:120]}, {finder.source}"
        title = str(told.get("label") or text)[:160]
        found.append(Found(title=title, about=about.lstrip(", "), lon=place.x, lat=place.y))
    return found


def _nominatim(
    text: str, finder: Dataset, http: HttpClient, _near: tuple[float, float]
) -> list[Found] | None:
    asked = {"q": text.strip()[:200], "format": "jsonv2", "limit": MOST}
    rows = json_of(http.get(finder.url, asked, most_bytes=MOST_BYTES), http)
    found = []
    for row in rows if isinstance(rows, list) else []:
        try:
            lon, lat = float(row["lon"]), float(row["lat"])
            whole = str(row["display_name"])
        except (KeyError, TypeError, ValueError):
            continue
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            continue
        title, _, rest = whole.partition(", ")
        about = ", ".join(part for part in (rest[:120], finder.source) if part)
        found.append(Found(title=title[:160], about=about, lon=lon, lat=lat))
    return found


_Finder = Callable[[str, Dataset, HttpClient, tuple[float, float]], list[Found] | None]
_KINDS: Mapping[str, _Finder] = {
    "parcels": _parcels,
    "geoplateforme": _addresses,
    "nominatim": _nominatim,
}


def _features(answer: Any, http: HttpClient) -> list[Mapping[str, Any]]:
    data = json_of(answer, http)
    rows = data.get("features") if isinstance(data, Mapping) else None
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _told(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    told = feature.get("properties")
    return told if isinstance(told, Mapping) else {}


def _geometry(feature: Mapping[str, Any]) -> Any:
    """Return the geometry of a feature, None where it has none that lies on Earth."""
    try:
        made = shapely.from_geojson(json.dumps(feature.get("geometry")))
    except (shapely.errors.GEOSException, TypeError, ValueError):
        return None
    if made.is_empty:
        return made
    west, south, east, north = made.bounds
    return made if west >= -180 and east <= 180 and south >= -90 and north <= 90 else None
