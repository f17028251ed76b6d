"""Services that page by links or by an offset: OGC API Features, RNB, data-fair, PostgREST, Opendatasoft.

Sources: OGC 17-069r4 (links with rel=next), RFC 8288 (header Link), and the documentation of each service.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from twin.problems import Problem
from twin.services.asked import (
    MOST_PAGES,
    Asked,
    FeatureFile,
    Fetched,
    feature,
    features_of,
    is_new,
    json_of,
    point,
)
from twin.services.client import Answer, ServiceError, shown

Rows = list[dict[str, Any]]
MOST_AT_ONCE = 10_000


def ogc_features(asked: Asked) -> Fetched:
    """Write the items of a collection of an OGC API Features in the area (longitude and latitude)."""
    west, south, east, north = asked.area.lonlat_bounds
    params = {"bbox": f"{west},{south},{east},{north}", "limit": 1000, "f": "json"}
    return _paged(asked, {**params, **asked.option("params", {})}, features_of)


def rnb(asked: Asked) -> Fetched:
    """Write buildings of the national register: the collection stands inside ``results``."""
    words = asked.area.words()
    box = ",".join(words[name] for name in ("west", "south", "east", "north"))
    params: dict[str, Any] = {"bbox": box, "format": "geojson", "limit": 100}

    def take(data: Any, answer: Answer) -> Rows:
        inside = data.get("results", data) if isinstance(data, Mapping) else data
        return [_flat(row) for row in features_of(inside, answer)]

    return _paged(asked, {**params, **asked.option("params", {})}, take)


def datafair(asked: Asked) -> Fetched:
    """Write the lines of a data-fair dataset, following ``next``."""
    words = asked.area.words()
    box = ",".join(words[name] for name in ("west", "south", "east", "north"))
    params: dict[str, Any] = {"size": 1000, "bbox": box, "count": "exact"}

    def take(data: Any, answer: Answer) -> Rows:
        return [_line(row) for row in _results(data, answer)]

    return _paged(asked, {**params, **asked.option("params", {})}, take)


def postgrest(asked: Asked) -> Fetched:
    """Write the rows of a PostgREST table or function: plain arrays, paged by limit and offset."""
    column, size = asked.option("geometry", "geom"), int(asked.option("page", 300))
    crs = asked.option("crs", "EPSG:4326")
    at, start = datetime.fromtimestamp(0, UTC), 0
    with FeatureFile(asked.path(".geojson"), crs) as file:
        for _page in range(MOST_PAGES):
            params = {**asked.option("params", {}), "limit": size, "offset": start}
            answer = asked.http.get(asked.url, params)
            rows = json_of(answer, asked.http)
            if not isinstance(rows, list):
                raise ServiceError("service.no_features", answer.url, said=str(rows)[:160])
            at = max(at, answer.at)
            file.add(_row(row, column) for row in rows if isinstance(row, dict))
            asked.progress.progress(file.count, None, "features")
            start += len(rows)
            if len(rows) < size:
                break
        _refuse_nothing(asked, file.count)
    return _fetched(asked, file.count, at)


def rows(asked: Asked) -> Fetched:
    """Write a plain array of objects with a geometry column, those of them that touch the area."""
    import shapely

    answer = asked.http.get(asked.url, asked.option("params", {}))
    found = json_of(answer, asked.http)
    if not isinstance(found, list):
        raise ServiceError("service.no_features", answer.url, said=str(found)[:160])
    area, column = shapely.box(*asked.area.lonlat_bounds), asked.option("geometry", "geom")
    made = [_row(row, column) for row in found if isinstance(row, dict)]
    shapes = shapely.from_geojson(
        [json.dumps(row["geometry"]) if row["geometry"] else None for row in made],
        on_invalid="ignore",
    )
    with FeatureFile(asked.path(".geojson")) as file:
        touches = shapely.intersects(area, shapes)
        file.add(row for row, near in zip(made, touches, strict=True) if near)
        _refuse_nothing(asked, file.count)
    return _fetched(asked, file.count, answer.at)


def opendatasoft(asked: Asked) -> Fetched:
    """Write the whole export of an Opendatasoft dataset (v2.1): exports have no wall at 10,000 rows."""
    url = f"{asked.url.rstrip('/')}/exports/geojson"
    answer = asked.http.get(url, {"limit": -1, **asked.option("params", {})})
    return _whole(asked, answer)


def geojson(asked: Asked) -> Fetched:
    """Write a GeoJSON answer that comes in one piece (API Carto, files of data.gouv.fr)."""
    body = asked.option("post")
    if body is None:
        answer = asked.http.get(asked.url, asked.option("params", {}))
    else:
        sent = {**body, **({"geom": _polygon(asked)} if asked.option("send_area") else {})}
        headers = {"Content-Type": "application/json"}
        answer = asked.http.post(asked.url, json.dumps(sent).encode(), headers=headers)
    return _whole(asked, answer)


def _whole(asked: Asked, answer: Answer) -> Fetched:
    data = json_of(answer, asked.http)
    crs = _crs_of(data)
    with FeatureFile(asked.path(".geojson"), crs) as file:
        file.add(features_of(data, answer))
        _refuse_nothing(asked, file.count)
    return _fetched(asked, file.count, answer.at)


def _paged(asked: Asked, params: Mapping[str, Any], take: Callable[[Any, Answer], Rows]) -> Fetched:
    at, total, seen, stuck = datetime.fromtimestamp(0, UTC), None, set[str](), False
    with FeatureFile(asked.path(".geojson")) as file:
        for answer, data in pages(asked, params):
            at = max(at, answer.at)
            rows = take(data, answer)
            new = [row for row in rows if is_new(row, seen)]
            file.add(new)
            total = _total(data, total)
            asked.progress.progress(file.count, total, "features")
            if rows and not new:
                stuck = True  # the same page again: this server knows no pages
                break
        short = total is not None and file.count < total
        if short and not (stuck and _may_grow(params, total)):
            values = {"count": file.count, "matched": total}
            asked.progress.report(Problem("service.truncated", asked.dataset.id, values))
        _refuse_nothing(asked, file.count)
    if short and stuck and _may_grow(params, total):
        return _paged(asked, {**params, "limit": total}, take)
    return _fetched(asked, file.count, at)


def _may_grow(params: Mapping[str, Any], total: int | None) -> bool:
    """Whether all can be asked for at once instead of page by page."""
    return int(params.get("limit", MOST_AT_ONCE)) < (total or 0) <= MOST_AT_ONCE


def pages(asked: Asked, params: Mapping[str, Any]) -> Iterator[tuple[Answer, Any]]:
    """Yield the answers to a question, page by page, as far as their links go on at the same host."""
    url, given, seen = asked.url, dict(params), set[str]()
    for _page in range(MOST_PAGES):
        answer = asked.http.get(url, given)
        data = json_of(answer, asked.http)
        yield answer, data
        following = _next(data, answer)
        if not following:
            return
        url, given = urljoin(url, following), _lost(following, params)
        if urlsplit(url).netloc != urlsplit(asked.url).netloc:
            raise ServiceError("service.other_host", shown(asked.url), host=urlsplit(url).netloc)
        if url in seen:
            return
        seen.add(url)


def _lost(following: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the box that a link to the next page by number forgot: without it that page is of the whole world."""
    query = parse_qs(urlsplit(following).query)
    by_number = "offset" in query or "startindex" in query or "page" in query
    return (
        {"bbox": params["bbox"]} if by_number and "bbox" in params and "bbox" not in query else {}
    )


def _next(data: Any, answer: Answer) -> str:
    if isinstance(data, Mapping):
        if isinstance(data.get("next"), str):
            return str(data["next"])
        links = data.get("links")
        for link in links if isinstance(links, list) else ():
            if isinstance(link, Mapping) and link.get("rel") == "next":
                return str(link.get("href", ""))
    for part in answer.headers.get("link", "").split(","):
        target, _, rest = part.partition(";")
        if 'rel="next"' in rest or "rel=next" in rest:
            return target.strip().strip("<>")
    return ""


def _total(data: Any, otherwise: int | None) -> int | None:
    for name in ("numberMatched", "total", "total_count"):
        value = data.get(name) if isinstance(data, Mapping) else None
        if isinstance(value, int):
            return value
    return otherwise


def _results(data: Any, answer: Answer) -> Rows:
    rows = data.get("results") if isinstance(data, Mapping) else None
    if not isinstance(rows, list):
        raise ServiceError("service.no_features", answer.url, said=str(data)[:160])
    return [row for row in rows if isinstance(row, dict)]


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line of data-fair: the place is ``"lat,lon"``, or a geometry that is a text of JSON."""
    place: Any = row.get("geometry")
    if isinstance(place, str):
        try:
            place = json.loads(place)
        except ValueError:
            place = None
    if not isinstance(place, dict):
        lat, _, lon = str(row.get("_geopoint", "")).partition(",")
        place = point(lon, lat)
    values = {k: v for k, v in row.items() if not k.startswith("_") and k != "geometry"}
    return feature(values, place)


def _row(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    place = row.get(column)
    values = {k: v for k, v in row.items() if k != column}
    return feature(values, place if isinstance(place, dict) else None)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Ids of other registers become columns: ``ext_ids: [{source, id}]`` gives ``id_bdtopo`` and so on."""
    values = dict(row.get("properties") or {})
    if "id" in row:
        values.setdefault("rnb_id", row["id"])
    for other in values.pop("ext_ids", None) or ():
        if isinstance(other, Mapping) and other.get("source"):
            name = f"id_{other['source']}"
            known = values.get(name)
            values[name] = f"{known}/{other.get('id')}" if known else other.get("id")
    plain = {k: json.dumps(v) if isinstance(v, list | dict) else v for k, v in values.items()}
    return feature(plain, row.get("geometry"))


def _polygon(asked: Asked) -> Any:
    import shapely

    return json.loads(shapely.to_geojson(asked.area.outline.simplify(0.0005)))


def _crs_of(data: Any) -> str:
    """CRS that an old GeoJSON names, else longitude and latitude."""
    try:
        name = str(data["crs"]["properties"]["name"])
    except (KeyError, TypeError):
        return "EPSG:4326"
    code = name.rpartition(":")[2]
    return f"EPSG:{code}" if "EPSG" in name and code.isdigit() else "EPSG:4326"


def _refuse_nothing(asked: Asked, count: int) -> None:
    # Nothing at all is a suspicious answer for a town: it is said, and a stand-in is tried.
    if not count and not asked.option("may_be_empty", False):
        raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)


def _fetched(asked: Asked, count: int, at: datetime) -> Fetched:
    return Fetched(path=asked.path(".geojson"), count=count, address=shown(asked.url), at=at)
