"""Columns of one fetched file brought onto the features of another: by keys that both know, or to what is nearest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from twin.services.asked import FeatureFile
from twin.services.catalogue import Join

Values = Mapping[str, Any]
Feature = dict[str, Any]
LONLAT = "EPSG:4326"


def join(into: Path, source: Path, how: Join) -> tuple[int, int]:
    """Add the columns of a join to a GeoJSON file; return how many features found a partner, and of how many.

    The features keep what they have; of several partners by a key the first one that says something counts, of those
    that lie near the most frequent text and the middle number.
    """
    crs, features = _features(into)
    if how.within_m > 0:
        partners = _near(features, crs, source, how)
    else:
        partners = _by_key(features, source, how)
    matched = 0
    with FeatureFile(into, crs) as file:
        for row, found in zip(features, partners, strict=True):
            values = dict(row.get("properties") or {})
            matched += bool(found)
            for new, old in how.columns.items():
                told = [p.get(old) for p in found if p.get(old) not in (None, "")]
                if told and (how.within_m <= 0 or values.get(new) in (None, "")):
                    values[new] = _typical(told) if how.within_m > 0 else told[0]
                else:
                    values.setdefault(new, None)
            file.add([{**row, "properties": values}])
        count = file.count
    return matched, count


def _by_key(features: Sequence[Feature], source: Path, how: Join) -> list[list[Values]]:
    found: dict[str, list[Values]] = {}
    for row in _features(source)[1]:
        values = row.get("properties") or {}
        for key in _keys(values.get(how.key)):
            found.setdefault(key, []).append(values)
    told = [(row.get("properties") or {}).get(how.key_there) for row in features]
    return [[one for key in _keys(value) for one in found.get(key, ())] for value in told]


def _near(features: Sequence[Feature], crs: str, source: Path, how: Join) -> list[list[Values]]:
    import numpy as np
    import shapely

    there, rows = _features(source)
    rows = _newest([row for row in rows if row.get("geometry")], how)
    partners: list[list[Values]] = [[] for _ in features]
    shapes = _shapes(row.get("geometry") for row in features)
    if not rows or not len(shapes):
        return partners
    points = _moved(shapely.centroid(_shapes(row["geometry"] for row in rows)), there, crs)
    tree = shapely.STRtree(shapes)
    pairs = tree.query_nearest(points, max_distance=how.within_m, all_matches=False)
    for row, feature in np.asarray(pairs).T.tolist():
        partners[feature].append(rows[row].get("properties") or {})
    return partners


def _newest(rows: Sequence[Feature], how: Join) -> list[Feature]:
    """Return one row for each thing that the columns ``each`` name: the one with the last date."""
    if not how.each:
        return list(rows)
    ordered = sorted(rows, key=lambda row: str((row.get("properties") or {}).get(how.latest) or ""))
    newest = {}
    for number, row in enumerate(ordered):
        values = row.get("properties") or {}
        named = tuple(str(values.get(name)) for name in how.each if values.get(name) is not None)
        newest[named or (number,)] = row
    return list(newest.values())


def _typical(values: Sequence[Any]) -> Any:
    """Return the middle of numbers, the most frequent of texts: of equally frequent ones the last in the alphabet."""
    if all(isinstance(value, int | float) for value in values):
        return median(values)
    counts = Counter(map(str, values))
    return max(counts, key=lambda text: (counts[text], text))


def _shapes(geometries: Iterable[Any]) -> Any:
    import shapely

    texts = [json.dumps(geometry) if geometry else None for geometry in geometries]
    return shapely.from_geojson(texts, on_invalid="ignore")


def _moved(points: Any, source: str, target: str) -> Any:
    """Return points in another CRS; in degrees a distance would mean nothing, so the target has metres."""
    import shapely

    from twin.model.geoframe import transformer

    if source == target:
        return points
    x, y = transformer(source, target).transform(shapely.get_x(points), shapely.get_y(points))
    return shapely.points(x, y)


def _features(path: Path) -> tuple[str, list[Feature]]:
    data = json.loads(path.read_text(encoding="utf-8"))
    name = str(((data.get("crs") or {}).get("properties") or {}).get("name", ""))
    code = name.rpartition(":")[2]
    return f"EPSG:{code}" if code.isdigit() else LONLAT, data["features"]


def _keys(value: Any) -> Iterator[str]:
    if value is None:
        return
    for key in str(value).split("/"):
        if key.strip():
            yield key.strip()
