"""Heights of single points by the altimetry service of IGN (Géoplateforme): a profile, or a coarse grid.

Source: the documentation of the service. At most 5,000 points a request and five requests a second; GET breaks at some
hundred points, so all is posted; -99999 stands for no height.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.model.geoframe import transformer
from twin.services.area import LONLAT
from twin.services.asked import Asked, Fetched, json_of
from twin.services.client import Answer, HttpClient, ServiceError, shown
from twin.services.tiles import LOWEST_M, Grid, write

MOST_POINTS = 5000
RESOURCE = "ign_rge_alti_wld"
SEPARATOR = "|"


def heights_at(
    lonlat: ArrayLike, http: HttpClient, url: str, *, resource: str = RESOURCE
) -> tuple[NDArray[np.float64], datetime]:
    """Return the heights (n,) of points in metres above the sea, NaN where the service has none, and their age.

    Parameters
    ----------
    lonlat : (n, 2) float64
        Longitude and latitude.
    url : str
        Address of ``elevation.json``.

    Raises
    ------
    ServiceError
        The service refuses, or answers with another number of heights than points.
    """
    points = np.asarray(lonlat, np.float64).reshape(-1, 2)
    found, at = np.full(len(points), np.nan), datetime.fromtimestamp(0, UTC)
    for first in range(0, len(points), MOST_POINTS):
        part = points[first : first + MOST_POINTS]
        answer, rows = _asked(url, http, {**_places(part), "resource": resource, "zonly": "true"})
        if len(rows) != len(part):
            said = f"{len(rows)} / {len(part)}"
            raise ServiceError("service.no_features", answer.url, said=said)
        found[first : first + MOST_POINTS] = rows
        at = max(at, answer.at)
    return found, at


def profile(
    lonlat: ArrayLike, http: HttpClient, url: str, *, samples: int = 200, resource: str = RESOURCE
) -> NDArray[np.float64]:
    """Return (samples, 3) longitude, latitude and height along a line.

    Parameters
    ----------
    url : str
        Address of ``elevationLine.json``.
    """
    params = {"resource": resource, "sampling": str(samples), "profile_mode": "simple"}
    answer = _post(url, http, {**_places(np.asarray(lonlat, np.float64)), **params})
    rows = _rows(answer, http)
    try:
        return np.array([[float(r[name]) for name in ("lon", "lat", "z")] for r in rows])
    except (KeyError, TypeError, ValueError) as error:
        raise ServiceError("service.no_features", answer.url, said=str(rows)[:160]) from error


def fetch(asked: Asked) -> Fetched:
    """Write heights over the area as a GeoTIFF in the project's CRS. Option: ``cell_m``, 50 by default.

    For places where nothing better answers: a grid of points, five thousand a request.
    """
    x0, y0, x1, y1 = asked.area.bounds
    most = int(asked.option("points", 4 * MOST_POINTS))
    cell = max(float(asked.option("cell_m", 50.0)), math.sqrt((x1 - x0) * (y1 - y0) / most))
    rows, columns = math.ceil((y1 - y0) / cell), math.ceil((x1 - x0) / cell)
    x, y = np.meshgrid(x0 + (np.arange(columns) + 0.5) * cell, y1 - (np.arange(rows) + 0.5) * cell)
    lon, lat = transformer(asked.area.crs, LONLAT).transform(x.ravel(), y.ravel())
    found, at = heights_at(
        np.column_stack([lon, lat]), asked.http, asked.url,
        resource=str(asked.option("resource", RESOURCE)),
    )  # fmt: skip
    if not np.isfinite(found).any():
        raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)
    values = found.reshape(1, rows, columns).astype(np.float32)
    path = write(asked.path(".tif"), values, Grid(x0, y1, cell, rows, columns), asked.area.crs)
    return Fetched(path=path, count=values.size, address=shown(asked.url), at=at)


def _places(points: NDArray[np.float64]) -> dict[str, str]:
    lon, lat = (SEPARATOR.join(f"{v:.7f}" for v in points[:, axis]) for axis in (0, 1))
    return {"lon": lon, "lat": lat, "delimiter": SEPARATOR}


def _asked(url: str, http: HttpClient, body: dict[str, str]) -> tuple[Answer, NDArray[np.float64]]:
    answer = _post(url, http, body)
    try:
        heights = np.array([float(value) for value in _rows(answer, http)])
    except (TypeError, ValueError) as error:
        raise ServiceError("service.no_features", answer.url, said="elevations") from error
    return answer, np.where(heights < LOWEST_M, np.nan, heights)


def _post(url: str, http: HttpClient, body: dict[str, str]) -> Answer:
    # All values are texts: the service refuses numbers.
    sent = json.dumps(body).encode()
    return http.post(url, sent, headers={"Content-Type": "application/json"})


def _rows(answer: Answer, http: HttpClient) -> Sequence[Any]:
    data = json_of(answer, http)
    rows = data.get("elevations") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise ServiceError("service.no_features", answer.url, said=str(data)[:160])
    return rows
