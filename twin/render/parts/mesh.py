"""Meshes: cut into tiles, coloured by row in the shader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Mesh, Role
from twin.render.parts.part import Array, Part, bytes_of, edge_m, look_of
from twin.render.shaders.surface import Kind
from twin.render.tiles import above_foot, anchors, tiles_of

PULL = {Role.DECAL: 1.0, Role.WATER: 0.6}
"""How strongly what lies on the ground is drawn as if nearer, so that it does not fight with it."""

SHADOWS = frozenset({Role.SOLID, Role.VEGETATION, Role.GROUND})


def parts_of_mesh(
    mesh: Mesh, *, more: Mapping[str, Array] | None = None, flow_column: str | None = None
) -> Iterator[Part]:
    """Yield the parts of a mesh.

    Parameters
    ----------
    more : mapping, optional
        Further vertex attributes.
    flow_column : str, optional
        Column with the speed of arrows; ``more`` then has ``course``.
    """
    if not len(mesh.triangles):
        return
    attributes = {**_attributes(mesh), **(more or {})}
    kind = replace(_kind(mesh, own_colour="colour" in attributes), flow=flow_column is not None)
    texture = None if mesh.texture is None else np.ascontiguousarray(mesh.texture[::-1])
    for tile in tiles_of(mesh.xyz_in_scene, mesh.triangles):
        rows = None
        if mesh.pickable:
            rows = _rows(mesh)[tile.vertices]
        xyz = mesh.xyz_in_scene[tile.vertices]
        yield Part(
            xyz=xyz,
            triangles=tile.triangles,
            attributes={name: values[tile.vertices] for name, values in attributes.items()},
            kind=kind,
            role=mesh.role,
            cull=mesh.closed,
            casts_shadow=mesh.role in SHADOWS,
            texture=texture,
            rows=rows,
            flow_column=flow_column,
            edge_m=edge_m(xyz, tile.triangles),
        )


def _rows(mesh: Mesh) -> NDArray[np.int32]:
    if mesh.row_of_vertex is None:
        return np.full(len(mesh.xyz_in_scene), -1, np.int32)
    return mesh.row_of_vertex


def _attributes(mesh: Mesh) -> dict[str, Array]:
    count, rows = len(mesh.xyz_in_scene), _rows(mesh)
    above, tall = above_foot(mesh) if _has_facade(mesh) else (None, None)
    attributes: dict[str, Array] = {"look": look_of(rows, mesh.shade_of_vertex, above, tall)}
    if _has_facade(mesh):
        attributes["anchor"] = anchors(mesh.xyz_in_scene, rows)
    if mesh.rgba_of_vertex is not None:
        attributes["colour"] = mesh.rgba_of_vertex
    elif not mesh.styled or bool((rows < 0).any()):
        attributes["colour"] = bytes_of(mesh.rgba, count)
    if mesh.normals_of_vertex is not None:
        attributes["normalWC"] = mesh.normals_of_vertex.astype(np.float32)
    if mesh.uv is not None and mesh.texture is not None:
        attributes["uvMC"] = mesh.uv.astype(np.float32)
    return attributes


def _has_facade(mesh: Mesh) -> bool:
    """Whether windows are drawn: on solids that tell their walls from their roofs by a shade."""
    return (
        mesh.role is Role.SOLID
        and mesh.shade_of_vertex is not None
        and mesh.texture is None
        and mesh.row_of_vertex is not None
    )


def _kind(mesh: Mesh, *, own_colour: bool) -> Kind:
    bodies = {
        Role.WATER: "water",
        Role.VEGETATION: "vegetation",
        Role.MARKER: "even",
        Role.GROUND: "ground",
        Role.DECAL: "ground",
        Role.UNDERGROUND: "underground",
    }
    body = "solid" if _has_facade(mesh) else bodies.get(mesh.role, "plain")
    return Kind(
        body=body,
        styled=mesh.styled,
        own_colour=own_colour,
        smooth=mesh.normals_of_vertex is not None,
        textured=mesh.uv is not None and mesh.texture is not None,
        pull=PULL.get(mesh.role, 0.0),
    )
