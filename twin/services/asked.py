"""What every kind of service is given, and what it gives back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from twin.progress import Progress
from twin.services.area import Area
from twin.services.catalogue import Dataset, filled
from twin.services.client import Answer, HttpClient, ServiceError, said_in

MOST_FEATURES = 5_000_000
MOST_PAGES = 20_000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A dataset wanted for an area.

    Parameters
    ----------
    folder : Path
        Where its files go, named by the id of the dataset.
    """

    dataset: Dataset
    area: Area
    folder: Path
    http: HttpClient
    progress: Progress

    @property
    def url(self) -> str:
        """The address, with the words of the area put in."""
        return str(filled(self.dataset.url, self.area.words()))

    def option(self, name: str, default: Any = None) -> Any:
        """Return an option of the dataset, with the words of the area put in."""
        return filled(self.dataset.options.get(name, default), self.area.words())

    def path(self, suffix: str) -> Path:
        """Return the file of the dataset with a suffix."""
        return self.folder / f"{self.dataset.id}{suffix}"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What came of it.

    Parameters
    ----------
    path : Path
        The file that shows it.
    count : int
        Features, or cells of a raster.
    address : str
        Where it came from, without credentials.
    at : datetime
        When the newest part of it was answered, UTC.
    """

    path: Path
    count: int
    address: str
    at: datetime


def json_of(answer: Answer, http: HttpClient) -> Any:
    """Return an answer as JSON.

    Raises
    ------
    ServiceError
        It is something else: an XML exception with status 200, a page of a proxy, or cut off.
    """
    body = answer.body()
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        http.forget(answer)
        key = "service.exception" if body[:100].lstrip().startswith(b"<") else "service.not_json"
        raise ServiceError(key, answer.url, said=said_in(body)) from error


def features_of(data: Any, answer: Answer) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON answer. Raises ServiceError if it is none."""
    features = data.get("features") if isinstance(data, Mapping) else None
    if not isinstance(features, list):
        raise ServiceError("service.no_features", answer.url, said=str(data)[:160])
    return [feature for feature in features if isinstance(feature, dict)]


def is_new(found: Mapping[str, Any], seen: set[str]) -> bool:
    """Whether a feature was not given before: servers without a stable order repeat some from page to page."""
    name = found.get("id")
    if not isinstance(name, str | int):
        return True
    if str(name) in seen:
        return False
    seen.add(str(name))
    return True


class FeatureFile:
    """A GeoJSON file written page by page; it appears when it is whole.

    Parameters
    ----------
    path : Path
        Ends with ``.geojson``.
    crs : str
        EPSG code of the coordinates; longitude and latitude are not named (RFC 7946), others are named in
        the member ``crs`` of the 2008 format, which readers still honour.
    """

    def __init__(self, path: Path, crs: str = "EPSG:4326") -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._part.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._part.open("w", encoding="utf-8")
        self.count = 0
        self._file.write('{"type":"FeatureCollection",')
        if crs != "EPSG:4326":
            name = f"urn:ogc:def:crs:EPSG::{crs.partition(':')[2]}"
            self._file.write(f'"crs":{{"type":"name","properties":{{"name":"{name}"}}}},')
        self._file.write('"features":[')

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_details: object) -> None:
        if kind is None:
            self._file.write("]}\n")
        self._file.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)

    def add(self, features: Iterable[Mapping[str, Any]]) -> None:
        """Append features. Raises ServiceError past :data:`MOST_FEATURES`."""
        for feature in features:
            if self.count >= MOST_FEATURES:
                raise ServiceError("service.too_many", self._path.stem, limit=MOST_FEATURES)
            self._file.write(",\n" if self.count else "\n")
            json.dump(feature, self._file, ensure_ascii=False)
            self.count += 1


def feature(properties: Mapping[str, Any], geometry: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    return {"type": "Feature", "properties": dict(properties), "geometry": geometry}


def point(lon: object, lat: object) -> dict[str, Any] | None:
    """Return a GeoJSON point, None where the numbers are none."""
    try:
        x, y = float(str(lon)), float(str(lat))
    except ValueError:
        return None
    return {"type": "Point", "coordinates": [x, y]} if abs(x) <= 180 and abs(y) <= 90 else None
