"""OGC Web Feature Service 2.0 and 1.1, page by page.

Servers cut answers off silently at a limit of their own: every page is compared with ``numberMatched``.
Source: OGC 09-025r2 (WFS 2.0), paging by COUNT and STARTINDEX; 04-094 (WFS 1.1), MAXFEATURES.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from twin.problems import Problem, Severity
from twin.services import axes
from twin.services.asked import (
    MOST_PAGES,
    Asked,
    FeatureFile,
    Fetched,
    features_of,
    is_new,
    json_of,
)
from twin.services.client import Answer, ServiceError, shown

PAGE = 5000
MOST_SPLITS = 5
Box = tuple[float, float, float, float]


def fetch(asked: Asked) -> Fetched:
    """Write every feature of a type in the area to a GeoJSON file in the CRS of the project.

    Where a server neither gives a whole answer nor the next page of it, the area is asked for in quarters.

    Raises
    ------
    ServiceError
        The service refuses, answers with an exception, or has nothing where it should.
    """
    crs = asked.option("crs", asked.area.crs)
    with FeatureFile(asked.path(".geojson"), crs) as file:
        reading = _Reading(asked, crs, file)
        box = asked.area.bounds if crs == asked.area.crs else asked.area.lonlat_bounds
        reading.take(box, splits=0)
        if not file.count and crs != asked.area.crs:
            reading.turn()  # degrees: some servers want latitude first, whatever the standard says
            reading.take(box, splits=0)
        if reading.lost:
            values = {"count": file.count, "matched": file.count + reading.lost}
            asked.progress.report(Problem("service.truncated", asked.dataset.id, values))
        if not file.count and not asked.option("may_be_empty", False):
            raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)
    return Fetched(
        path=asked.path(".geojson"), count=file.count, address=shown(asked.url), at=reading.at
    )


class _Reading:
    """A type being read: what was seen, how old it is, what could not be had."""

    def __init__(self, asked: Asked, crs: str, file: FeatureFile) -> None:
        self._asked, self._crs, self._file = asked, crs, file
        self._seen: set[str] = set()
        self.at = datetime.fromtimestamp(0, UTC)
        self.lost = 0
        self._latitude_first = bool(asked.option("latitude_first", False))
        self._exchanged: bool | None = None

    def turn(self) -> None:
        """Ask with the axes of the box in the other order."""
        self._latitude_first = not self._latitude_first

    def take(self, box: Box, *, splits: int) -> None:
        """Write the features of a box that were not seen before."""
        missing = self._pages(box)
        if missing <= 0:
            return
        if splits >= MOST_SPLITS:
            self.lost += missing
            return
        x0, y0, x1, y1 = box
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        for quarter in ((x0, y0, x, y), (x, y0, x1, y), (x0, y, x, y1), (x, y, x1, y1)):
            self.take(quarter, splits=splits + 1)

    def _pages(self, box: Box) -> int:
        """Read page after page; return how many features the server has and does not give."""
        start, matched = 0, None
        for page in range(MOST_PAGES):
            bounds = _bounds(self._asked, self._crs, box, latitude_first=self._latitude_first)
            answer, data = _page_from(self._asked, self._crs, bounds, start)
            self.at = max(self.at, answer.at)
            features = self._placed(features_of(data, answer), box)
            matched = _number(data, "numberMatched", _number(data, "totalFeatures", matched))
            new = [f for f in features if is_new(f, self._seen)]
            self._file.add(new)
            self._asked.progress.progress(self._file.count, matched, "features")
            if page and not new and _named(features):
                break  # the first page again: this server knows no pages
            start += len(features)
            whole = matched is not None and start >= matched
            if not features or whole or (matched is None and len(features) < PAGE):
                break
        return (matched or 0) - start

    def _placed(self, features: list[dict[str, Any]], box: Box) -> list[dict[str, Any]]:
        """Return features with their axes in the order of GeoJSON, whatever the server makes of it."""
        if self._exchanged is None and features:
            self._exchanged = axes.exchanged(features, box)
            if self._exchanged:
                problem = Problem(
                    "service.axes_exchanged", self._asked.dataset.id, {}, Severity.INFO
                )
                self._asked.progress.report(problem)
        return [axes.put_right(f) for f in features] if self._exchanged else features


def _page_from(asked: Asked, crs: str, bounds: str, start: int) -> tuple[Answer, Any]:
    version = asked.option("version", "2.0.0")
    names = ("TYPENAMES", "COUNT") if version.startswith("2") else ("TYPENAME", "MAXFEATURES")
    params = {
        "SERVICE": "WFS",
        "VERSION": version,
        "REQUEST": "GetFeature",
        names[0]: asked.option("typename", ""),
        "OUTPUTFORMAT": asked.option("format", "application/json"),
        "SRSNAME": crs,
        # With the CRS as suffix, and a projected one: servers disagree on the order of degrees.
        "BBOX": bounds,
        names[1]: PAGE,
        "STARTINDEX": start,
        **dict(asked.option("params", {})),
    }
    answer = asked.http.get(asked.url, params)
    return answer, json_of(answer, asked.http)


def _bounds(asked: Asked, crs: str, box: Box, *, latitude_first: bool) -> str:
    corners = [f"{value:.6f}".rstrip("0").rstrip(".") for value in box]
    if crs != asked.area.crs and latitude_first:
        corners = [corners[i] for i in (1, 0, 3, 2)]
    return ",".join([*corners, asked.option("bbox_crs", crs)])


def _named(features: list[dict[str, Any]]) -> bool:
    return any(isinstance(feature.get("id"), str | int) for feature in features)


def _number(data: Any, name: str, otherwise: int | None) -> int | None:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
