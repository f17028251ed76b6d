"""The mesh of a city model: surfaces to triangles, parents that their parts replace left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.cityjson_fast import thin
from twin.io.cityjson_model import Model
from twin.io.loaded import Request
from twin.io.surfaces import triangulate
from twin.model.table import FeatureMesh
from twin.problems import Problem, Severity


def mesh_of(model: Model, lod: str, request: Request) -> FeatureMesh | None:
    """Return the mesh of all surfaces, None where no object has any.

    For an inspection the vertices are right and there are no triangles.
    """
    if not len(model.surfaces):
        return None
    if len(model.surfaces.corners) > limits.VERTICES:
        raise ReadError("io.too_large_for_memory", request.where)
    thin(model)
    xyz = model.all_vertices()
    corners = np.asarray(model.surfaces.corners, dtype=np.int64)
    if model.inspecting:
        return _mesh(
            xyz[np.unique(corners)], np.empty((0, 3), np.int64), np.empty(0, np.int64), model
        )
    found = triangulate(model.surfaces, xyz, request.progress)
    for key, count in (
        ("io.surfaces_dropped", found.dropped + model.counts.degenerate),
        ("io.surfaces_fanned", found.fanned),
    ):
        if count:
            request.progress.report(Problem(key, request.where, {"count": count}, Severity.INFO))
    hidden = _hidden_rows(model, lod)
    triangles, surface = found.triangles, found.surface_of_triangle
    if hidden.any():
        keep = ~hidden[np.asarray(model.row_of_surface, dtype=np.int64)[surface]]
        triangles, surface = triangles[keep], surface[keep]
    is_used = np.zeros(len(xyz), bool)
    is_used[triangles] = True
    used = np.flatnonzero(is_used)
    number = np.cumsum(is_used, dtype=np.int32) - 1
    mesh = _mesh(xyz[used], number[triangles], surface, model)
    uv = model.all_uv()
    return mesh if uv is None else _textured(mesh, uv[used], surface, model, request)


def _textured(
    mesh: FeatureMesh,
    uv: NDArray[np.float32],
    surface: NDArray[np.int64],
    model: Model,
    request: Request,
) -> FeatureMesh:
    texture = np.asarray(model.texture_of_surface, dtype=np.int32)[surface]
    return model.pictures.dress(mesh, uv, texture, request)


def _mesh(
    xyz: NDArray[np.float64], triangles: NDArray[Any], surface: NDArray[np.int64], model: Model
) -> FeatureMesh:
    colours = np.asarray(model.rgba_of_surface, dtype=np.uint8).reshape(-1, 4)
    return FeatureMesh(
        xyz_in_crs=xyz,
        triangles=triangles.astype(np.int32, copy=False),
        row_of_triangle=np.asarray(model.row_of_surface, dtype=np.int32)[surface],
        surface_of_triangle=np.asarray(model.semantic_of_surface, dtype=np.uint8)[surface],
        surface_names=tuple(model.semantics),
        lod_of_triangle=np.asarray(model.lod_of_surface, dtype=np.float32)[surface],
        rgba_of_triangle=colours[surface] if colours[:, 3].any() else None,
    )


def _hidden_rows(model: Model, lod: str) -> NDArray[np.bool_]:
    """(rows,) where an object is shown by its parts instead.

    A building may come as a footprint with level 0, and its parts with level 2.2: only one of the two is
    the building at the wanted level.
    """
    hidden = np.zeros(len(model.rows), dtype=bool)
    if lod == "all":
        return hidden
    level = np.full(len(model.rows), -np.inf)
    np.maximum.at(level, np.asarray(model.row_of_surface, dtype=np.int64), model.lod_of_surface)
    row_of_name = {name: row for row, name in enumerate(model.names)}
    for row, values in enumerate(model.rows):
        parent = row_of_name.get(str(values.get("parent_id", "")))
        if parent is None or not str(values["type"]).endswith("Part"):
            continue
        if np.isfinite(level[row]) and np.isfinite(level[parent]):
            worse = _worse(float(level[parent]), float(level[row]), lod)
            hidden[parent] |= worse > 0
            hidden[row] |= worse < 0
    return hidden


def _worse(parent: float, part: float, lod: str) -> float:
    """Return > 0 where the parent is farther from the wanted level than its part."""
    if lod == "highest":
        return max(part - parent, 0.0)
    try:
        wanted = float(lod)
    except ValueError:
        return max(part - parent, 0.0)
    return abs(parent - wanted) - abs(part - wanted)
