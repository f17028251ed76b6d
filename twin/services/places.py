"""Finding a place by its name: French communes with their outline, any place on Earth by a geocoder."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import shapely

from twin.problems import Problem
from twin.progress import Progress
from twin.services.area import Area, projected_crs
from twin.services.asked import json_of
from twin.services.catalogue import Dataset
from twin.services.client import HttpClient, ServiceError, shown

LARGEST_KM = 60.0
"""What is larger is a region: it is not fetched whole."""


def find_place(
    name: str, places: Sequence[Dataset], http: HttpClient, progress: Progress
) -> tuple[Area, str]:
    """Return a place and the code of its country, from the first service that knows it.

    Raises
    ------
    ServiceError
        None of the services knows it, or several places have the name.
    """
    failed: list[Problem] = []
    for service in places:
        try:
            found = FINDERS[service.kind](name, service, http)
        except ServiceError as error:
            if error.problem.key == "service.ambiguous":
                raise
            failed.append(error.problem)
            continue
        for problem in failed:
            progress.report(problem)
        return found
    unknown = ServiceError("service.no_place", name)
    unknown.others = tuple(failed)
    raise unknown


def _commune(name: str, service: Dataset, http: HttpClient) -> tuple[Area, str]:
    """The national register of communes (geo.api.gouv.fr); a name, or an INSEE code of five characters."""
    code = name.strip().upper()
    is_code = len(code) == 5 and code[0].isdigit() and code[2:].isdigit()
    asked = {"code": code} if is_code else {"nom": name, "boost": "population", "limit": 20}
    answer = http.get(service.url, {**asked, "fields": "nom,code,departement,contour"})
    rows = json_of(answer, http)
    rows = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    same = rows if is_code else [row for row in rows if _bare(row.get("nom")) == _bare(name)]
    if not same:
        raise ServiceError("service.unknown_place", shown(service.url), name=name)
    if len(same) > 1:
        known = ", ".join(f"{row.get('nom')} ({row.get('code')})" for row in same[:8])
        raise ServiceError("service.ambiguous", name, known=known)
    row = same[0]
    return _area(str(row["nom"]), row.get("contour"), service, code=str(row["code"])), "fr"


def _geocoded(name: str, service: Dataset, http: HttpClient) -> tuple[Area, str]:
    """A Nominatim: the best match with its outline."""
    asked = {
        "q": name,
        "format": "jsonv2",
        "polygon_geojson": 1,
        "addressdetails": 1,
        "limit": 1,
    }
    rows = json_of(http.get(service.url, asked), http)
    row = rows[0] if isinstance(rows, list) and rows else None
    if not isinstance(row, Mapping):
        raise ServiceError("service.unknown_place", shown(service.url), name=name)
    address = row.get("address")
    country = str(address.get("country_code", "")) if isinstance(address, Mapping) else ""
    label = str(row.get("name") or row.get("display_name") or name)
    outline = row.get("geojson")
    if not isinstance(outline, Mapping) or "olygon" not in str(outline.get("type")):
        outline = _box(row.get("boundingbox"), service)
    return _area(label, outline, service), country.lower()


FINDERS = {"communes": _commune, "nominatim": _geocoded}


def _area(name: str, outline: Any, service: Dataset, code: str = "") -> Area:
    import json

    try:
        shape = shapely.make_valid(shapely.from_geojson(json.dumps(outline)))
    except (shapely.errors.GEOSException, TypeError, ValueError) as error:
        raise ServiceError(
            "service.bad_outline", shown(service.url), reason=str(error)[:120]
        ) from error
    if shape.is_empty or "Polygon" not in shape.geom_type:
        raise ServiceError("service.bad_outline", shown(service.url), reason="no polygon")
    area = Area(name=name, outline=shape, code=code, crs=projected_crs(shape))
    x0, y0, x1, y1 = area.bounds
    if max(x1 - x0, y1 - y0) > LARGEST_KM * 1000.0:
        raise ServiceError("service.place_too_large", name, limit=LARGEST_KM)
    return area


def _box(found: Any, service: Dataset) -> dict[str, Any]:
    try:
        south, north, west, east = (float(value) for value in found)
    except (TypeError, ValueError) as error:
        raise ServiceError("service.bad_outline", shown(service.url), reason="no box") from error
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _bare(name: object) -> str:
    """A name without accents, case, hyphens and apostrophes."""
    letters = unicodedata.normalize("NFKD", str(name)).casefold()
    return "".join(c for c in letters if c.isalnum())
