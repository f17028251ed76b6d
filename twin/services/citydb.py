"""Buildings of 3DCityDB 4 as CityJSONSeq: attributes and the surfaces of the highest level of detail, by one cursor.

Tables: 3D City Database 4 (citydb.building, cityobject, thematic_surface, surface_geometry, objectclass).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twin.progress import Progress

SURFACES = {33: "RoofSurface", 34: "WallSurface", 35: "GroundSurface", 36: "ClosureSurface"}
"""Object classes of the thematic surfaces of buildings."""
SQL = """
SELECT co.id, coalesce(co.gmlid, co.id::text) AS gmlid, b.function, b.usage, b.roof_type,
       b.measured_height::float8 AS measured_height, b.storeys_above_ground::int4 AS storeys_above_ground,
       b.year_of_construction::text AS year_of_construction,
       coalesce(ts.objectclass_id, 0)::int4 AS kind, {level} AS level,
       ST_AsGeoJSON(sg.geometry, 3) AS surface
FROM citydb.building b
JOIN citydb.cityobject co ON co.id = b.id
{join}
JOIN citydb.surface_geometry sg ON sg.root_id = {root} AND sg.geometry IS NOT NULL
"""
THEMATIC = "JOIN citydb.thematic_surface ts ON ts.building_id = b.id"
NO_THEMATIC = "LEFT JOIN citydb.thematic_surface ts ON false"
TEXTS = ("function", "usage", "roof_type", "year_of_construction")


def write_buildings(connection: Any, folder: Path, progress: Progress) -> Path:
    """Write the buildings of a database; return the file."""
    path = folder / "buildings.city.jsonl"
    parts = [
        SQL.format(level=level, join=THEMATIC, root=f"ts.lod{level}_multi_surface_id")
        for level in (4, 3, 2)
    ]
    parts += [
        SQL.format(level=level, join=NO_THEMATIC, root=f"b.lod{level}_{kind}_id")
        for level in (3, 2, 1)
        for kind in ("solid", "multi_surface")
    ]
    sql = " UNION ALL ".join(parts) + " ORDER BY id, level DESC, kind DESC"
    with connection.cursor() as cursor:
        cursor.execute("SELECT srid FROM citydb.database_srs LIMIT 1")
        row = cursor.fetchone()
    crs = f"https://www.opengis.net/def/crs/EPSG/0/{int(row[0])}" if row and row[0] else ""
    header: dict[str, Any] = {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.001] * 3, "translate": [0.0] * 3},
        "CityObjects": {},
        "vertices": [],
    }
    if crs:
        header["metadata"] = {"referenceSystem": crs}
    with path.open("w", encoding="utf-8") as file, connection.cursor() as cursor:
        file.write(json.dumps(header) + "\n")
        cursor.execute(sql)
        held: list[dict[str, Any]] = []
        done = 0
        for batch in cursor.fetch_record_batch():
            progress.check_cancelled()
            for entry in batch.to_pylist():
                if held and held[0]["id"] != entry["id"]:
                    file.write(_feature(held) + "\n")
                    done += 1
                    held = []
                held.append(entry)
            progress.progress(done, None, "buildings")
        if held:
            file.write(_feature(held) + "\n")
    return path


def _feature(rows: list[dict[str, Any]]) -> str:
    """Return a building as one CityJSONFeature: the surfaces of its highest level, thematic ones before others."""
    level = rows[0]["level"]
    chosen = [row for row in rows if row["level"] == level]
    if any(row["kind"] for row in chosen):
        chosen = [row for row in chosen if row["kind"]]
    vertices: list[list[int]] = []
    boundaries, values = [], []
    kinds = sorted({SURFACES.get(row["kind"], "") for row in chosen} - {""})
    for row in chosen:
        shape = json.loads(row["surface"])
        polygons = (
            shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        )
        for polygon in polygons:
            surface = []
            for ring in polygon:
                first = len(vertices)
                vertices += [[round(1000 * c) for c in point[:3]] for point in ring[:-1]]
                surface.append(list(range(first, len(vertices))))
            boundaries.append(surface)
            name = SURFACES.get(row["kind"], "")
            values.append(kinds.index(name) if name else None)
    first_row = rows[0]
    attributes = {name: first_row[name] for name in TEXTS if first_row[name]}
    if first_row["measured_height"] is not None:
        attributes["measuredHeight"] = first_row["measured_height"]
    if first_row["storeys_above_ground"] is not None:
        attributes["storeysAboveGround"] = first_row["storeys_above_ground"]
    geometry: dict[str, Any] = {"type": "MultiSurface", "lod": str(level), "boundaries": boundaries}
    if kinds:
        geometry["semantics"] = {"surfaces": [{"type": k} for k in kinds], "values": values}
    name = str(first_row["gmlid"])
    building = {"type": "Building", "attributes": attributes, "geometry": [geometry]}
    feature = {
        "type": "CityJSONFeature",
        "id": name,
        "CityObjects": {name: building},
        "vertices": vertices,
    }
    return json.dumps(feature)
