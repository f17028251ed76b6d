"""Columns of one fetched file brought onto the features of another, by keys that both know."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from twin.services.asked import FeatureFile
from twin.services.catalogue import Join


def join(into: Path, source: Path, how: Join) -> tuple[int, int]:
    """Add the columns of a join to a GeoJSON file; return how many features found a partner, and of how many.

    The features keep what they have; of several partners the first one that says something counts.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in _features(source)[1]:
        values = row.get("properties") or {}
        for key in _keys(values.get(how.key)):
            found.setdefault(key, []).append(values)
    crs, features = _features(into)
    matched = 0
    with FeatureFile(into, crs) as file:
        for row in features:
            values = dict(row.get("properties") or {})
            keys = _keys(values.get(how.key_there))
            partners = [partner for key in keys for partner in found.get(key, ())]
            matched += bool(partners)
            for new, old in how.columns.items():
                told = [p.get(old) for p in partners if p.get(old) not in (None, "")]
                values[new] = told[0] if told else values.get(new)
            file.add([{**row, "properties": values}])
        count = file.count
    return matched, count


def _features(path: Path) -> tuple[str, list[dict[str, Any]]]:
    data = json.loads(path.read_text(encoding="utf-8"))
    name = str(((data.get("crs") or {}).get("properties") or {}).get("name", ""))
    code = name.rpartition(":")[2]
    return f"EPSG:{code}" if code.isdigit() else "EPSG:4326", data["features"]


def _keys(value: Any) -> Iterator[str]:
    if value is None:
        return
    for key in str(value).split("/"):
        if key.strip():
            yield key.strip()
