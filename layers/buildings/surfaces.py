"""Buildings whose surfaces are given: which level of detail, which parts, which tone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.buildings.options import BuildingsParams
from layers.buildings.uses import USE_GROUP
from twin import api
from twin.api import shapes

Float64 = NDArray[np.float64]
NO_LOD = -1.0
NEAR_PLANE_M = 60.0
SHADES: Mapping[str, float] = {
    "RoofSurface": 0.94,
    "WallSurface": 1.0,
    "GroundSurface": 0.7,
    "ClosureSurface": 0.9,
    "OuterCeilingSurface": 0.8,
    "OuterFloorSurface": 0.8,
    "Window": 0.62,
    "Door": 0.68,
}

ROLES = (api.Role.SOLID, api.Role.WATER, api.Role.VEGETATION, api.Role.SOLID)
_KIND_OF_GROUP = {"water": 1, "vegetation": 2, "road": 3, "land": 3, "structure": 3}


def lod_limit(text: str) -> float:
    """Return the highest level of detail that a text such as ``"highest"``, ``"2"`` or ``"1.2"`` allows."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return np.inf
    return value + 0.99 if value == int(value) and "." not in text else value + 0.001


def chosen_triangles(table: api.FeatureTable, lod: str) -> NDArray[np.intp]:
    """Return the triangles to draw: of each object the best level of detail that is allowed.

    Where nothing of an object is coarse enough its coarsest level is taken. An object whose parts come in a finer
    level than its own is drawn by its parts alone.
    """
    mesh = table.mesh
    if mesh is None:
        return np.zeros(0, np.intp)
    row = mesh.row_of_triangle
    level = mesh.lod_of_triangle
    if level is None:
        return np.arange(len(row))
    level = np.nan_to_num(level.astype(np.float64), nan=0.0)
    allowed = level <= lod_limit(lod)
    best = np.full(len(table), NO_LOD)
    np.maximum.at(best, row[allowed], level[allowed])
    coarsest = np.full(len(table), np.inf)
    np.minimum.at(coarsest, row, level)
    best = np.where(best == NO_LOD, coarsest, best)
    hidden = best < _finest_child(table, best)
    return np.flatnonzero((level == best[row]) & ~hidden[row])


def _finest_child(table: api.FeatureTable, best: Float64) -> Float64:
    finest = np.full(len(table), NO_LOD)
    if "parent_id" not in table.frame.columns:
        return finest
    row_of = {feature: row for row, feature in enumerate(table.feature_ids)}
    for child, parent in enumerate(table.frame["parent_id"].to_numpy()):
        row = row_of.get(parent)
        if row is not None and np.isfinite(best[child]):
            finest[row] = max(finest[row], best[child])
    return finest


def measures(table: api.FeatureTable) -> dict[str, Float64]:
    """Return height, lowest z, footprint and volume of each row with surfaces, NaN for the others.

    The volume is the sum of signed tetrahedra over the finest level; it is NaN for surfaces that enclose nothing.
    """
    mesh = table.mesh
    n = len(table)
    empty = {
        name: np.full(n, np.nan) for name in ("height_m", "ground_m", "footprint_m2", "volume_m3")
    }
    if mesh is None or not len(mesh.triangles):
        return empty
    chosen = chosen_triangles(table, "highest")
    row = mesh.row_of_triangle[chosen]
    corner = mesh.xyz_in_crs[mesh.triangles[chosen]]
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, row, corner[..., 2].min(axis=1))
    np.maximum.at(high, row, corner[..., 2].max(axis=1))
    has = np.isfinite(low)
    start = np.zeros((n, 3))
    start[row] = corner[:, 0]  # one vertex of each object: keeps the products small
    local = corner - start[row][:, None]
    normal = np.cross(local[:, 1] - local[:, 0], local[:, 2] - local[:, 0])
    down = np.bincount(row, weights=np.maximum(-normal[:, 2], 0) / 2, minlength=n)
    up = np.bincount(row, weights=np.maximum(normal[:, 2], 0) / 2, minlength=n)
    signed = np.einsum("ij,ij->i", local[:, 0], np.cross(local[:, 1], local[:, 2])) / 6
    volume = np.bincount(row, weights=signed, minlength=n)
    closed = has & (np.abs(up - down) < 0.02 * np.maximum(up, 1e-9)) & (np.abs(volume) > 0)
    return {
        "height_m": np.where(has, high - low, np.nan),
        "ground_m": np.where(has, low, np.nan),
        "footprint_m2": np.where(has, np.maximum(up, down), np.nan),
        "volume_m3": np.where(closed, np.abs(volume), np.nan),
    }


def drawables(
    table: api.FeatureTable, params: BuildingsParams, view: api.ViewQuery
) -> list[api.Drawable]:
    """Return the surfaces: one mesh of the buildings, and one each of water, plants and the rest."""
    mesh = table.mesh
    chosen = chosen_triangles(table, params.lod)
    if mesh is None or not len(chosen):
        return []
    kind = _kinds(table)[mesh.row_of_triangle[chosen]]
    corner = mesh.xyz_in_crs[mesh.triangles[chosen]] - view.frame.origin
    shift_m = _shift(corner, mesh.row_of_triangle[chosen], view, params.place)
    made: list[api.Drawable] = []
    for number, role in enumerate(ROLES):
        mine = chosen[kind == number]
        toned = number == 0 and params.facades
        for texture, part in _by_texture(mesh, mine, params):
            drawn = _mesh(
                table, part, params, view, shift_m=shift_m, role=role, tones=toned and texture < 0
            )
            made.append(drawn if texture < 0 else _dressed(drawn, mesh, part, texture))
    return made


def _by_texture(
    mesh: api.FeatureMesh, chosen: NDArray[np.intp], params: BuildingsParams
) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield the triangles of each texture; -1 has those without one."""
    if mesh.texture_of_triangle is None or not params.file_colours:
        if len(chosen):
            yield -1, chosen
        return
    texture = mesh.texture_of_triangle[chosen]
    for number in np.unique(texture).tolist():
        yield number, chosen[texture == number]


def _dressed(
    drawn: api.Mesh, mesh: api.FeatureMesh, chosen: NDArray[np.intp], texture: int
) -> api.Mesh:
    """Return a mesh with its picture; every vertex of a textured surface is its own."""
    assert mesh.uv_of_vertex is not None  # noqa: S101 - comes with textures
    uv = np.zeros((len(drawn.xyz_in_scene), 2), np.float32)
    uv[drawn.triangles.ravel()] = mesh.uv_of_vertex[mesh.triangles[chosen].ravel()]
    return replace(
        drawn,
        uv=uv,
        texture=mesh.textures[texture],
        rgba_of_vertex=None,
        shade_of_vertex=None,
        facades=False,
        rgba=(1.0, 1.0, 1.0, 1.0),
        styled=False,
    )


def _kinds(table: api.FeatureTable) -> NDArray[np.intp]:
    """Index into ``ROLES`` of every row; buildings are 0."""
    if USE_GROUP not in table.frame.columns:
        return np.zeros(len(table), np.intp)
    groups = table.frame[USE_GROUP]
    return np.array([_KIND_OF_GROUP.get(group, 0) for group in groups], np.intp)


def _mesh(
    table: api.FeatureTable,
    chosen: NDArray[np.intp],
    params: BuildingsParams,
    view: api.ViewQuery,
    *,
    shift_m: float,
    role: api.Role,
    tones: bool,
) -> api.Mesh:
    mesh = table.mesh
    assert mesh is not None  # noqa: S101 - the caller has looked
    triangles, row = mesh.triangles[chosen].astype(np.int64), mesh.row_of_triangle[chosen]
    surface = mesh.surface_of_triangle[chosen].astype(np.int64)
    # A vertex for each tone that meets in it, so that a roof's tone does not run down the wall.
    key = (triangles * len(mesh.surface_names) + surface[:, None]) * len(table) + row[:, None]
    distinct, inverse = np.unique(key, return_inverse=True)
    rest, row_of_vertex = np.divmod(distinct, len(table))
    vertex, surface_of_vertex = np.divmod(rest, len(mesh.surface_names))
    xyz = mesh.xyz_in_crs[vertex] - view.frame.origin
    xyz[:, 2] += shift_m
    names = [name.lstrip("+") for name in mesh.surface_names]
    shade = np.array([SHADES.get(name, 0.96) for name in names], np.float32)[surface_of_vertex]
    colours = None
    if params.file_colours:
        colours = _own_colours(mesh, chosen, inverse.reshape(-1, 3), len(distinct))
    return api.Mesh(
        xyz_in_scene=xyz.astype(np.float32),
        triangles=inverse.reshape(-1, 3).astype(np.int32),
        row_of_vertex=row_of_vertex.astype(np.int32),
        shade_of_vertex=shade if tones else None,
        facades=tones,  # what is no building has none
        rgba_of_vertex=colours,
        styled=colours is None,
        role=role,
    )


def points_and_lines(table: api.FeatureTable, view: api.ViewQuery) -> list[api.Drawable]:
    """Return the points and lines that a city model may hold beside its surfaces, at their own height."""
    parts, rows = shapes.explode(np.asarray(table.frame.geometry.array, dtype=object))
    kind = shapely.get_type_id(parts)
    drawables: list[api.Drawable] = []
    dots = kind == shapely.GeometryType.POINT
    if dots.any():
        xyz = shapely.get_coordinates(parts[dots], include_z=True) - view.frame.origin
        ground = shapes.surface_height(view.ground, xyz[:, :2])
        xyz[:, 2] = np.where(np.isfinite(xyz[:, 2]), xyz[:, 2], ground)
        drawables.append(
            api.Points(
                xyz_in_scene=xyz.astype(np.float32), row_of_point=rows[dots].astype(np.int32)
            )
        )
    strokes = kind == shapely.GeometryType.LINESTRING
    if strokes.any():
        xyz, offsets, of = shapes.own_lines(
            parts[strokes], rows[strokes], missing_z=view.frame.origin[2]
        )
        xyz -= view.frame.origin
        drawables.append(
            api.Lines(xyz_in_scene=xyz.astype(np.float32), offsets=offsets, row_of_line=of)
        )
    return drawables


def _own_colours(
    mesh: api.FeatureMesh, chosen: NDArray[np.intp], triangles: NDArray[np.intp], vertices: int
) -> NDArray[np.uint8] | None:
    if mesh.rgba_of_triangle is None:
        return None
    own = mesh.rgba_of_triangle[chosen]
    if not (own[:, 3] > 0).any():
        return None
    rgba = np.tile(np.array([230, 225, 214, 255], np.uint8), (vertices, 1))
    coloured = own[:, 3] > 0
    rgba[triangles[coloured].ravel()] = np.repeat(own[coloured], 3, axis=0)
    return rgba


def _shift(corner: Float64, row: NDArray[np.int32], view: api.ViewQuery, place: str) -> float:
    """Metres by which the model as a whole is raised so that it stands on the ground."""
    if place == "own":
        return 0.0
    rows = int(row.max()) + 1
    low = np.full(rows, np.inf)
    np.minimum.at(low, row, corner[..., 2].min(axis=1))
    has = np.isfinite(low)
    count = np.maximum(np.bincount(row, minlength=rows), 1)
    middle = corner.mean(axis=1)
    x, y = (np.bincount(row, weights=middle[:, axis], minlength=rows) / count for axis in (0, 1))
    gap = view.ground.height_m(np.column_stack([x, y])[has]) - low[has]
    off = float(np.median(gap))
    # Models side by side over a plane keep what their altitudes say of each other, as long as that is near it.
    flat = not np.isfinite(view.ground.cell_m)
    return off if place == "ground" or abs(off) > (NEAR_PLANE_M if flat else 3.0) else 0.0
