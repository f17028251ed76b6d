"""JSON of portals and services that is a list of records with coordinates among their fields.

Opendatasoft (``records`` of version 1, exports of version 2), data-fair and many interfaces answer so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from twin.errors import ReadError
from twin.io import pages
from twin.io.columns import cell, columns_of_rows
from twin.io.coordinates import points_from_columns
from twin.io.jsonstream import Document, Span, load_bytes, object_of, scan
from twin.io.loaded import Loaded, Request
from twin.problems import Problem

LISTS = frozenset(("records", "results", "data", "rows", "items", "value", "hits"))
"""Members of the root that hold the records."""
_LON, _LAT = ("lon", "lng", "longitude"), ("lat", "latitude")


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a list of records."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read the records. Options: ``x``, ``y``, ``z``, ``wkt`` name the columns of the coordinates."""
    data = load_bytes(Path(request.opened), request.progress)
    document = scan(data, depth=3, progress=request.progress)
    rows: list[dict[str, Any]] = []
    bad = 0
    for number, span in enumerate(_records(document)):
        if number % 256 == 0:
            request.progress.check_cancelled()
            request.progress.progress(number, None, "features")
        row = _row(document, span)
        bad += row is None
        rows += [row] if row else []
    columns = columns_of_rows(rows)
    geometry, declared = points_from_columns(columns, request) if rows else (None, None)
    if geometry is None or declared is None:
        raise ReadError("io.not_read_json", request.where, format="JSON")
    if not document.complete:
        request.progress.report(Problem("io.json_truncated", request.where, {"count": len(rows)}))
    if bad:
        request.progress.report(Problem("io.json_bad_features", request.where, {"count": bad}))
    pages.check_whole(request, len(rows))
    return Loaded(
        name=request.stem, count=len(rows), crs=declared, columns=columns, geometry=geometry
    )


def _records(document: Document) -> Iterator[Span]:
    """Yield the records: of an array at the root, or of a member of the root that is one of :data:`LISTS`."""
    for root in document.spans(1)[:1]:
        if document.data[root.start : root.start + 1] == b"[":
            yield from document.children(root)
            continue
        for name, member in document.members(root).items():
            is_list = (
                isinstance(member, Span) and document.data[member.start : member.start + 1] == b"["
            )
            if is_list and name in LISTS:
                yield from document.children(member)


def _row(document: Document, span: Span) -> dict[str, Any] | None:
    """Return the fields of a record, None where it is damaged; its place becomes two columns."""
    value = object_of(document, span)
    if value is None:
        return None
    fields = value["fields"] if isinstance(value.get("fields"), Mapping) else value
    row = {str(name): cell(item) for name, item in fields.items()}
    for item in fields.values():
        place = _place(item)
        if place is not None:
            return {"longitude": place[0], "latitude": place[1], **row}
    return row


def _place(item: Any) -> tuple[Any, Any] | None:
    if not isinstance(item, Mapping):
        return None
    lon = next((item[name] for name in _LON if name in item), None)
    lat = next((item[name] for name in _LAT if name in item), None)
    return None if lon is None or lat is None else (lon, lat)
