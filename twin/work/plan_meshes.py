"""Surfaces of a table under a plan: those of modified rows, and the models that a plan brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.table import FeatureMesh
from twin.work import solids

Placed = tuple[solids.Solid, NDArray[np.float64]]
"""A model, and its vertices (n, 3) in the CRS."""


def with_copies(mesh: FeatureMesh, copies: Sequence[tuple[int, int]]) -> FeatureMesh:
    """Return a mesh in which new rows have the surfaces of others; ``copies`` are (row, the row it comes from)."""
    if not copies:
        return mesh
    found = [np.flatnonzero(mesh.row_of_triangle == source) for _, source in copies]
    which = np.concatenate([np.arange(len(mesh.triangles)), *found])
    rows = [np.full(len(t), row) for t, (row, _) in zip(found, copies, strict=True)]

    def taken(array: NDArray[Any] | None) -> Any:
        return None if array is None else array[which]

    return replace(
        mesh,
        triangles=mesh.triangles[which],
        row_of_triangle=np.concatenate([mesh.row_of_triangle, *rows]).astype(np.int32),
        surface_of_triangle=mesh.surface_of_triangle[which],
        lod_of_triangle=taken(mesh.lod_of_triangle),
        rgba_of_triangle=taken(mesh.rgba_of_triangle),
        texture_of_triangle=taken(mesh.texture_of_triangle),
    )


def with_solids(mesh: FeatureMesh | None, found: Mapping[int, Placed]) -> FeatureMesh | None:
    """Return a mesh with the surfaces of more rows, each a model of its own, with its colours and pictures."""
    if not found:
        return mesh
    own = mesh or _nothing()
    first = np.cumsum([len(own.xyz_in_crs), *(len(xyz) for _, xyz in found.values())])
    models = [solid for solid, _ in found.values()]
    count = sum(len(solid.triangles) for solid in models)
    lod = own.lod_of_triangle
    plain = own.rgba_of_triangle
    if plain is None:
        plain = np.zeros((len(own.triangles), 4), np.uint8)
    moved = [solid.triangles + start for solid, start in zip(models, first, strict=False)]
    rows = [np.full(len(s.triangles), row) for s, row in zip(models, found, strict=True)]
    made = replace(
        own,
        xyz_in_crs=np.concatenate([own.xyz_in_crs, *(xyz for _, xyz in found.values())]),
        triangles=np.concatenate([own.triangles, *moved]).astype(np.int32),
        row_of_triangle=np.concatenate([own.row_of_triangle, *rows]).astype(np.int32),
        surface_of_triangle=np.concatenate([own.surface_of_triangle, np.zeros(count, np.uint8)]),
        rgba_of_triangle=np.concatenate([plain, *(solid.rgba for solid in models)]),
        # The finest of the file, so that a choice of level of detail keeps it.
        lod_of_triangle=None if lod is None else np.append(lod, np.full(count, lod.max(initial=0))),
    )
    return _dressed(made, own, models)


def _nothing() -> FeatureMesh:
    return FeatureMesh(
        xyz_in_crs=np.zeros((0, 3)),
        triangles=np.zeros((0, 3), np.int32),
        row_of_triangle=np.zeros(0, np.int32),
        surface_of_triangle=np.zeros(0, np.uint8),
    )


def _dressed(made: FeatureMesh, own: FeatureMesh, models: Sequence[solids.Solid]) -> FeatureMesh:
    """Return a mesh with the pictures of a file and of the models after each other, packed into few."""
    from twin.io.pictures import packed

    pictures = list(own.textures)
    uv = [_or(own.uv_of_vertex, np.zeros((len(own.xyz_in_crs), 2)))]
    texture = [_or(own.texture_of_triangle, np.full(len(own.triangles), -1))]
    for solid in models:
        skin = solid.skin
        uv.append(skin.uv if skin is not None else np.zeros((len(solid.xyz), 2)))
        number = skin.texture if skin is not None else np.full(len(solid.triangles), -1)
        texture.append(np.where(number >= 0, number + len(pictures), -1))
        pictures += skin.pictures if skin is not None else ()
    if not pictures:
        return made
    images = dict(enumerate(pictures))
    places = np.concatenate(uv).astype(np.float32)
    return packed(made, places, np.concatenate(texture).astype(np.int32), images)


def _or(array: NDArray[Any] | None, other: NDArray[Any]) -> NDArray[Any]:
    return other if array is None else array
