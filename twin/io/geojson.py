"""GeoJSON that GDAL gives up on: broken off, with a bad feature, with numbers that are none.

Each feature is cut out and read on its own, so that a bad one costs only itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from twin.errors import ReadError
from twin.io.cityjson_crs import crs_text
from twin.io.columns import as_objects, cell, columns_of_rows
from twin.io.jsonstream import Document, Span, load_bytes, object_of, parse, scan
from twin.io.loaded import Declared, Loaded, Request
from twin.problems import Problem


def load_pieces(request: Request) -> Loaded:
    """Read what can be read of a damaged file.

    Raises
    ------
    ReadError
        No feature in it can be read.
    """
    data = load_bytes(Path(request.opened), request.progress)
    document = scan(data, depth=3, progress=request.progress)
    rows: list[dict[str, Any]] = []
    geometries: list[Any] = []
    bad = 0
    for number, span in enumerate(_feature_spans(document)):
        if number % 256 == 0:
            request.progress.check_cancelled()
            request.progress.progress(number, None, "features")
        value = object_of(document, span)
        bad += value is None
        if value is not None and _is_feature(value):
            geometry, understood = _geometry(value.get("geometry"))
            bad += not understood
            rows.append(_row(value))
            geometries.append(geometry)
    if not rows:
        if document.complete and not bad:
            raise ReadError("io.not_read_json", request.where, format="JSON")
        raise ReadError("io.json_damaged", request.where, at=0, reason="{ }")
    _report(request, document, len(rows), bad)
    text = _crs(document)
    return Loaded(
        name=request.stem,
        count=len(rows),
        crs=Declared(text=text or "EPSG:4326", by_default=not text),
        columns=columns_of_rows(rows),
        geometry=as_objects(geometries),
    )


def _report(request: Request, document: Document, rows: int, bad: int) -> None:
    if not document.complete:
        request.progress.report(Problem("io.json_truncated", request.where, {"count": rows}))
    if bad:
        request.progress.report(Problem("io.json_bad_features", request.where, {"count": bad}))


def _feature_spans(document: Document) -> Iterator[Span]:
    """Yield what may be features: members of ``features``, of an array at the root, or the roots."""
    roots = document.spans(1)
    if len(roots) > 1:
        yield from roots
        return
    for root in roots:
        if document.data[root.start : root.start + 1] == b"[":
            yield from document.children(root)
            continue
        for child in document.children(root):
            before = document.data[max(root.start, child.start - 64) : child.start]
            if before.rstrip().rstrip(b":").rstrip().endswith(b'"features"'):
                yield from document.children(child)


def _is_feature(value: Mapping[str, Any]) -> bool:
    """A feature, or a record of a portal that has its geometry beside its fields."""
    return value.get("type") == "Feature" or (
        isinstance(value.get("geometry"), Mapping) and isinstance(value.get("fields"), Mapping)
    )


def _geometry(value: Any) -> tuple[Any, bool]:
    """Return the geometry and whether it was understood; null is understood."""
    if value is None:
        return None, True
    try:
        found = shape(value)
        shapely.get_coordinates(found)
    except Exception:  # noqa: BLE001 - whatever is in there; counted as a bad feature
        return None, False
    return found, True


def _row(feature: Mapping[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties", feature.get("fields"))
    row = (
        {str(key): cell(value) for key, value in properties.items()}
        if isinstance(properties, Mapping)
        else {}
    )
    if "id" in feature and "id" not in row:
        row["id"] = cell(feature["id"])
    return row


def _crs(document: Document) -> str:
    """Return the CRS of the member that RFC 7946 dropped and that many files still have."""
    for root in document.spans(1)[:1]:
        for child in document.children(root):
            before = document.data[max(root.start, child.start - 32) : child.start]
            if before.rstrip().rstrip(b":").rstrip().endswith(b'"crs"') and child.closed:
                try:
                    name = parse(document.text(child))["properties"]["name"]
                except (ValueError, KeyError, TypeError):
                    return ""
                text = crs_text({"referenceSystem": name})
                return "" if "CRS84" in text else text
    return ""
