"""Meshes: cut into tiles, coloured by row in the shader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Mesh, Role
from twin.render.faces import with_faces
from twin.render.parts.part import Array, Part, bytes_of, edge_m, look_of
from twin.render.shaders.kind import Kind
from twin.render.tiles import TRIANGLES_A_TILE, above_foot, anchors, tiles_of

PULL = {Role.DECAL: 1.0, Role.WATER: 0.6}
"""How strongly what lies on the ground is drawn as if nearer, so that it does not fight with it."""

LARGE_PICTURE_PX = 1_000_000
"""Larger pictures are cut into those of the tiles, so that none takes long to upload."""
MARGIN_PX = 8
"""Around the picture of a tile, for its smaller copies that are seen from afar."""

SHADOWS = frozenset({Role.SOLID, Role.VEGETATION, Role.GROUND})


def parts_of_mesh(
    mesh: Mesh,
    *,
    more: Mapping[str, Array] | None = None,
    flow_column: str | None = None,
    triangles_a_part: int = TRIANGLES_A_TILE,
) -> Iterator[Part]:
    """Yield the parts of a mesh.

    Parameters
    ----------
    more : mapping, optional
        Further vertex attributes.
    flow_column : str, optional
        Column with the speed of arrows; ``more`` then has ``course``.
    triangles_a_part : int
        About so many.
    """
    if not len(mesh.triangles):
        return
    attributes = {**_attributes(mesh), **(more or {})}
    kind = replace(_kind(mesh, own_colour="colour" in attributes), flow=flow_column is not None)
    texture = None if mesh.texture is None else np.ascontiguousarray(mesh.texture[::-1])
    rows_of_mesh = _rows(mesh)
    big = texture is not None and texture.shape[0] * texture.shape[1] > LARGE_PICTURE_PX
    kind = replace(kind, faced=kind.can_be_distant and not kind.smooth)
    for tile in tiles_of(mesh.xyz_in_scene, mesh.triangles, triangles_a_part):
        vertices, triangles, faces = tile.vertices, tile.triangles, {}
        if kind.faced:
            of, triangles, face = with_faces(mesh.xyz_in_scene.take(vertices, axis=0), triangles)
            vertices, faces = vertices.take(of), {"face": face}
        of_tile = {name: values.take(vertices, axis=0) for name, values in attributes.items()}
        picture = texture
        if big and texture is not None:
            picture, of_tile["uvMC"] = _cut(texture, of_tile["uvMC"])
        xyz = mesh.xyz_in_scene.take(vertices, axis=0)
        yield Part(
            xyz=xyz,
            triangles=triangles,
            attributes={**of_tile, **faces},
            kind=kind,
            role=mesh.role,
            cull=mesh.closed,
            casts_shadow=mesh.role in SHADOWS,
            texture=picture,
            rows=rows_of_mesh.take(vertices) if mesh.pickable else None,
            flow_column=flow_column,
            edge_m=edge_m(xyz, triangles),
        )


def _cut(texture: Array, uv: Array) -> tuple[Array, Array]:
    """Return the part of a picture that a tile shows, and its coordinates there."""
    size = np.array(texture.shape[1::-1])
    low = np.maximum(np.floor(uv.min(axis=0) * size).astype(int) - MARGIN_PX, 0)
    high = np.minimum(np.ceil(uv.max(axis=0) * size).astype(int) + MARGIN_PX, size)
    part = np.ascontiguousarray(texture[low[1] : high[1], low[0] : high[0]])
    return part, ((uv * size - low) / (high - low)).astype(np.float32)


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
    """Whether windows are drawn."""
    solid = mesh.role is Role.SOLID and mesh.texture is None
    return mesh.facades and solid and mesh.row_of_vertex is not None


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
