"""Answers of analyses as models: coloured points, lines and solids in a GLB."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.analysis.answer import Answer
from twin.model.style import Style
from twin.model.styling import rgba_of_rows
from twin.shapes import extrude


def glb_of_answer(answer: Answer, style: Style) -> bytes:
    """Return an answer as GLB: metres around its first point, y up as glTF wants it, coloured by a style."""
    import trimesh

    library: Any = trimesh  # published without types
    rgba = rgba_of_rows(style, len(answer), answer.columns.get)
    if "geometry" not in answer.columns:
        xyz = np.column_stack([answer.columns[n].astype(float) for n in ("x_m", "y_m", "z_m")])
        made = library.PointCloud(_turned(xyz, xyz[:1]), colors=rgba)
    elif "base_z_m" in answer.columns:
        made = _solids(library, answer, rgba)
    else:
        made = _lines(library, answer, rgba)
    return bytes(library.Scene(made).export(file_type="glb"))


def _turned(xyz: NDArray[np.float64], first: NDArray[np.float64]) -> NDArray[np.float64]:
    local = xyz - (first[0] if len(first) else 0.0)
    return np.column_stack([local[:, 0], local[:, 2], -local[:, 1]])


def _solids(library: Any, answer: Answer, rgba: NDArray[np.uint8]) -> Any:
    """Raise the outlines of what is too high, from the allowed height to its top."""
    parts, row = shapely.get_parts(answer.columns["geometry"], return_index=True)
    bottom = answer.columns["base_z_m"].astype(float)
    height = answer.columns["height_m"].astype(float)
    solid = extrude(parts, row, z_bottom=bottom[row], z_top=(bottom + height)[row], floor=True)
    turned = _turned(solid.xyz.astype(float), solid.xyz[:1].astype(float))
    colours = rgba[solid.row_of_vertex]
    return library.Trimesh(turned, solid.triangles, vertex_colors=colours, process=False)


def _lines(library: Any, answer: Answer, rgba: NDArray[np.uint8]) -> Any:
    lines = answer.columns["geometry"]
    xyz, row = shapely.get_coordinates(lines, include_z=True, return_index=True)
    turned = _turned(xyz, xyz[:1])
    entities = [library.path.entities.Line(np.flatnonzero(row == i)) for i in range(len(lines))]
    return library.path.Path3D(entities=entities, vertices=turned, colors=rgba)
