"""Footprints raised to buildings that stand on the ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.buildings import columns, heights, tints
from layers.buildings.options import BuildingsParams
from twin import api
from twin.api import shapes

Float64 = NDArray[np.float64]
Rows = NDArray[np.int32]
SINK_M = 0.4
"""How far walls go below the lowest ground under them, so that no light shows under a wall."""
AGREES_M = 5.0
"""Ground altitudes of the data are believed up to this far from the terrain."""
ROOF_TONE, WALL_TONE = 0.87, 1.0
AREAL = (
    shapely.GeometryType.POLYGON,
    shapely.GeometryType.MULTIPOLYGON,
    shapely.GeometryType.GEOMETRYCOLLECTION,
)


def has_surfaces(table: api.FeatureTable) -> NDArray[np.bool_]:
    """Return for each row whether the table's mesh has surfaces of it."""
    has = np.zeros(len(table), bool)
    if table.mesh is not None:
        has[table.mesh.row_of_triangle] = True
    return has


def footprints(table: api.FeatureTable) -> tuple[NDArray[Any], Rows]:
    """Return the polygons to raise, in the CRS, and their rows; rows with surfaces are left out."""
    geometry = np.asarray(table.frame.geometry.array, dtype=object)
    areal = np.isin(shapely.get_type_id(geometry), AREAL) & ~shapely.is_empty(geometry)
    rows = np.flatnonzero(areal & ~has_surfaces(table))
    return geometry[rows], rows.astype(np.int32)


def resolve(
    table: api.FeatureTable, found: Mapping[str, str], params: BuildingsParams
) -> heights.Heights:
    """Work out all heights under the parameters."""
    return heights.resolve(
        table,
        found,
        storey_height_m=params.storey_height_m,
        default_height_m=params.default_height_m,
    )


def raised(table: api.FeatureTable, params: BuildingsParams, view: api.ViewQuery) -> list[api.Mesh]:
    """Return all footprints as one mesh, and those with colours of their own as another."""
    polygons, rows = footprints(table)
    if not len(polygons):
        return []
    found = columns.find(table, params.chosen())
    resolved = _as_loaded(resolve(table, found, params), table)
    drawn = ~_made_of_parts(polygons, columns.texts(table, found.get("part"))[rows])
    polygons, rows = polygons[drawn], rows[drawn]
    under = _lowest_ground(polygons, view)
    base = _base(under, resolved.ground_m[rows], view, params.place)
    lowest = resolved.min_height_m[rows]
    above = lowest > 0
    bottom = np.where(above, base + lowest, np.minimum(under, base) - SINK_M)
    roof = _roofs(table, found, resolved, polygons, rows) if params.roofs else None
    if roof is None:
        roof = _flat(resolved.top_m[rows])
    made = _solids(polygons, rows, roof, base=base, bottom=bottom, above=above)
    if not len(made):
        return []
    is_roof = made.part_of_vertex == shapes.Part.ROOF
    tone = np.where(is_roof, ROOF_TONE, WALL_TONE)
    whole = api.Mesh(
        xyz_in_scene=(made.xyz - (*view.frame.origin[:2], 0.0)).astype(np.float32),
        triangles=made.triangles,
        row_of_vertex=made.row_of_vertex,
        shade_of_vertex=tone.astype(np.float32) if params.facades else None,
        facades=params.facades,
        closed=True,
    )
    return tints.split(whole, table, found, is_roof) if params.file_colours else [whole]


def _as_loaded(resolved: heights.Heights, table: api.FeatureTable) -> heights.Heights:
    """The heights that the table shows are the ones that are drawn."""
    shown = table.frame["height_m"].to_numpy(np.float64)
    return replace(resolved, top_m=np.where(np.isfinite(shown), shown, resolved.top_m))


def _made_of_parts(polygons: NDArray[Any], part: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which outlines are drawn by their parts instead (OpenStreetMap, Simple 3D Buildings)."""
    is_part = (part != "") & (part != "no")
    covered = np.zeros(len(polygons))
    if is_part.any():
        tree = shapely.STRtree(polygons)
        inside = shapely.point_on_surface(polygons[is_part])
        piece, outline = tree.query(inside, predicate="within")
        np.add.at(covered, outline, shapely.area(polygons[is_part])[piece])
    return np.asarray(~is_part & (covered > 0.5 * shapely.area(polygons)))


def _lowest_ground(polygons: NDArray[Any], view: api.ViewQuery) -> Float64:
    """Lowest ground under the vertices of each polygon."""
    if not np.isfinite(view.ground.cell_m):
        return np.full(len(polygons), float(view.ground.height_m([[0.0, 0.0]])[0]))
    xy, index = shapely.get_coordinates(polygons, return_index=True)
    starts = np.flatnonzero(np.append(True, index[1:] != index[:-1]))
    return np.asarray(np.minimum.reduceat(view.ground.height_m(xy - view.frame.origin[:2]), starts))


def _base(under: Float64, told_m: Float64, view: api.ViewQuery, place: str) -> Float64:
    """Z in the scene from which heights count."""
    told = told_m - view.frame.origin[2]
    if place == "own":
        return np.where(np.isfinite(told), told, under)
    if place == "ground" or not np.isfinite(view.ground.cell_m):
        return under
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(told - under) <= AGREES_M, told, under)


def _flat(top_m: Float64) -> heights.Roofs:
    n = len(top_m)
    return heights.Roofs(
        eaves_m=top_m, rise_m=np.zeros(n), shape=np.full(n, "flat", dtype=object),
        faces_deg=np.full(n, np.nan), across=np.zeros(n, bool),
    )  # fmt: skip


def _roofs(
    table: api.FeatureTable,
    found: Mapping[str, str],
    resolved: heights.Heights,
    polygons: NDArray[Any],
    rows: Rows,
) -> heights.Roofs | None:
    measured = heights.MEASURED_FORM in table.frame.columns
    if not measured and "roof_shape" not in found and "ridge" not in found:
        return None
    half_width = np.zeros(len(table))
    half_width[rows] = shapely.area(polygons) / np.maximum(shapely.length(polygons), 1e-9)
    # area / perimeter is half the width of a long strip and a quarter of a square's: correct towards the latter.
    half_width[rows] *= 1.35
    return heights.roofs(table, found, resolved, half_width).of(rows)


def _solids(
    polygons: NDArray[Any],
    rows: Rows,
    roof: heights.Roofs,
    *,
    base: Float64,
    bottom: Float64,
    above: NDArray[np.bool_],
) -> shapes.Triangles:
    flat = (roof.shape == "flat") | ~(roof.rise_m > 0)
    eaves = base + roof.eaves_m
    pieces = [
        # What begins above the ground can be seen from below.
        shapes.extrude(
            polygons[mask], rows[mask], z_bottom=bottom[mask], z_top=eaves[mask], floor=floor
        )
        for mask, floor in ((flat & ~above, False), (flat & above, True))
    ]
    pitched = ~flat
    pieces.append(
        shapes.roofs(
            polygons[pitched],
            rows[pitched],
            z_eaves=eaves[pitched],
            rise_m=roof.rise_m[pitched],
            shape=list(roof.shape[pitched]),
            z_bottom=bottom[pitched],
            faces_deg=roof.faces_deg[pitched],
            across=roof.across[pitched],
        )
    )
    return shapes.joined(pieces)
