"""Overture Maps: GeoParquet behind a STAC catalogue; only the row groups that touch the area are read.

Sources: STAC 1.0 (links, items with bbox and assets), GeoParquet 1.1 (covering by the column ``bbox``), the
schema of Overture Maps. Only about two monthly releases are kept, so the release is looked up each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from twin.services.asked import Asked, FeatureFile, Fetched, feature, json_of
from twin.services.client import ServiceError, shown
from twin.services.ranges import RangeFile

Box = tuple[float, float, float, float]
MOST_ITEMS = 5000


def fetch(asked: Asked) -> Fetched:
    """Write the features of a collection in the area to a GeoJSON file (longitude and latitude).

    Raises
    ------
    ServiceError
        The catalogue has no such collection, or nothing lies in the area.
    """
    box = asked.area.lonlat_bounds
    with FeatureFile(asked.path(".geojson")) as file:
        for url in _files(asked, box):
            file.add(_rows(asked, url, box))
            asked.progress.progress(file.count, None, "features")
        if not file.count and not asked.option("may_be_empty", False):
            raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)
    return Fetched(
        path=asked.path(".geojson"),
        count=file.count,
        address=shown(asked.url),
        at=datetime.now(UTC),
    )


def _files(asked: Asked, box: Box) -> Iterator[str]:
    """Addresses of the Parquet files whose extent meets the area."""
    url = asked.url
    root = _json(asked, url)
    latest = root.get("latest")
    wanted = [str(latest)] if isinstance(latest, str) else []
    for name in (*wanted, *asked.option("path", [])):
        found = [link for link in _links(root, "child") if name in _names(link)]
        if not found:
            raise ServiceError("service.not_in_catalogue", shown(url), name=name)
        url = urljoin(url, str(found[0]["href"]))
        root = _json(asked, url)
    for link in list(_links(root, "item"))[:MOST_ITEMS]:
        place = urljoin(url, str(link["href"]))
        item = _json(asked, place)
        if _meets(item.get("bbox"), box):
            yield from _assets(item, place, asked)


def _json(asked: Asked, url: str) -> Mapping[str, Any]:
    answer = asked.http.get(url)
    data = json_of(answer, asked.http)
    if not isinstance(data, Mapping):
        raise ServiceError("service.no_features", answer.url, said=str(data)[:160])
    return data


def _links(data: Mapping[str, Any], rel: str) -> Iterator[Mapping[str, Any]]:
    links = data.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, Mapping) and link.get("rel") == rel and link.get("href"):
            yield link


def _names(link: Mapping[str, Any]) -> set[str]:
    parts = str(link["href"]).replace("\\", "/").split("/")
    return {str(link.get("title", "")), *parts}


def _meets(found: Any, box: Box) -> bool:
    """Whether a bbox of four or six numbers meets the area; one that is none may."""
    try:
        numbers = [float(value) for value in found]
    except (TypeError, ValueError):
        return True
    if len(numbers) == 6:
        numbers = [numbers[i] for i in (0, 1, 3, 4)]
    if len(numbers) != 4:
        return True
    west, south, east, north = numbers
    return west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1]


def _assets(item: Mapping[str, Any], place: str, asked: Asked) -> Iterator[str]:
    assets = item.get("assets")
    rewrite = asked.option("rewrite", {})
    for asset in assets.values() if isinstance(assets, Mapping) else ():
        href = str(asset.get("href", "")) if isinstance(asset, Mapping) else ""
        for start, instead in rewrite.items():
            if href.startswith(start):
                href = instead + href.removeprefix(start)
        url = urljoin(place, href)
        if url.startswith(("http://", "https://")) and url.endswith(".parquet"):
            yield url
            return  # the others are copies at other hosts


def _rows(asked: Asked, url: str, box: Box) -> Iterator[Mapping[str, Any]]:
    import pyarrow as pa
    import shapely
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(RangeFile(url, asked.http)) as file:
            groups = [g for g in range(file.num_row_groups) if _group_meets(file, g, box)]
            wanted = [*asked.option("columns", []), "id", "geometry", "bbox"]
            names = [n for n in dict.fromkeys(wanted) if n in file.schema_arrow.names]
            for batch in file.iter_batches(row_groups=groups, columns=names):
                asked.progress.check_cancelled()
                for row in batch.to_pylist():
                    inside = row.pop("bbox", None) or {}
                    extent = [inside.get(k) for k in ("xmin", "ymin", "xmax", "ymax")]
                    if _meets(extent, box):
                        shape = shapely.from_wkb(row.pop("geometry"))
                        yield feature(_plain(row), shapely.geometry.mapping(shape))
    except (pa.ArrowException, shapely.errors.GEOSException, KeyError) as error:
        raise ServiceError("service.damaged", shown(url), reason=str(error)[:160]) from error


def _group_meets(file: Any, group: int, box: Box) -> bool:
    """Whether the statistics of a row group leave room for rows in the area."""
    meta, known = file.metadata.row_group(group), {}
    for number in range(meta.num_columns):
        column = meta.column(number)
        if column.path_in_schema.startswith("bbox.") and column.is_stats_set:
            known[column.path_in_schema[5:]] = column.statistics
    try:
        west, south = known["xmin"].min, known["ymin"].min
        east, north = known["xmax"].max, known["ymax"].max
    except KeyError:
        return True
    return _meets([west, south, east, north], box)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as texts and numbers; of the names the first one."""
    values: dict[str, Any] = {}
    for name, value in row.items():
        if name == "names" and isinstance(value, Mapping):
            values["name"] = value.get("primary")
        elif isinstance(value, str | int | float | bool) or value is None:
            values[name] = value
    return values
