"""What the drawing modules need to know of a table: kinds of geometry, numbers, places in the scene."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.vector.options import VectorParams
from twin import api
from twin.api import shapes

Float64 = NDArray[np.float64]
Rows = NDArray[np.int32]
AT_ONCE = 2_000
"""Geometries that are moved in one call: meanwhile it holds the interpreter's lock, and the window waits."""

POINT, LINE, AREA = 0, 1, 2
OTHER = -1
_KIND_OF_TYPE = np.array([POINT, LINE, LINE, AREA, POINT, LINE, AREA, OTHER])
"""By the number that shapely has for a type, collections last."""


@dataclass(frozen=True, eq=False)
class Parts:
    """Simple geometries of one kind in scene coordinates and the rows they belong to."""

    geometry: NDArray[Any]
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, keep: NDArray[np.bool_]) -> Parts:
        """Return some of the parts."""
        return Parts(self.geometry[keep], self.rows[keep])


@dataclass(frozen=True, eq=False)
class Places:
    """Positions (n, 3) in the scene and the rows they belong to; z is NaN where the data has none."""

    xyz: Float64
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, keep: NDArray[Any]) -> Places:
        """Return some of the places."""
        return Places(self.xyz[keep], self.rows[keep])

    def and_those_of(self, points: NDArray[Any], rows: Rows) -> Places:
        """Return these places and those of points in the scene."""
        return Places(
            np.concatenate([self.xyz, _coordinates(points)]), np.concatenate([self.rows, rows])
        )


@dataclass(frozen=True, eq=False)
class Job:
    """One build: the table, the parameters, the view."""

    table: api.FeatureTable
    params: VectorParams
    view: api.ViewQuery

    @cached_property
    def points(self) -> Places:
        """Where the points are: there may be very many, and none becomes a geometry again."""
        points = self._in_crs[POINT]
        return Places(_coordinates(points.geometry) - self.view.frame.origin, points.rows)

    @cached_property
    def parts(self) -> dict[int, Parts]:
        """The lines and areas."""
        origin_xyz = np.asarray(self.view.frame.origin)
        found = {kind: self._in_crs[kind] for kind in (LINE, AREA)}
        return {k: Parts(_to_scene(p.geometry, origin_xyz), p.rows) for k, p in found.items()}

    @cached_property
    def _in_crs(self) -> dict[int, Parts]:
        """The geometries taken apart into points, lines and areas."""
        geometry = np.asarray(self.table.frame.geometry.array, dtype=object)
        parts, origin = shapes.explode(geometry)
        kinds = _KIND_OF_TYPE[shapely.get_type_id(parts)]
        return {
            kind: Parts(parts[kinds == kind], origin[kinds == kind].astype(np.int32))
            for kind in (POINT, LINE, AREA)
        }

    def numbers(self, name: str) -> Float64:
        """Return (n_rows,) float64 of a column, NaN where it has no number or there is no such column."""
        frame = self.table.frame
        if not name or name not in frame.columns:
            return np.full(len(frame), np.nan)
        import pandas as pd

        return np.asarray(pd.to_numeric(frame[name], errors="coerce"), dtype=np.float64)

    def either(self, column: str, constant: float) -> Float64:
        """Return a positive number for each row: the column's, else the constant; NaN where neither is set."""
        values = self.numbers(column)
        fallback = constant if constant > 0 else np.nan
        with np.errstate(invalid="ignore"):
            return np.where(values > 0, values, fallback)

    def texts(self, name: str) -> NDArray[np.object_]:
        """Return (n_rows,) str of a column, empty where it is missing."""
        frame = self.table.frame
        if not name or name not in frame.columns:
            return np.full(len(frame), "", dtype=object)
        values = frame[name]
        return np.where(values.isna(), "", values.astype(str)).astype(object)

    @cached_property
    def z_mode(self) -> str:
        """``ground``, ``own`` or ``depth``, never ``auto``."""
        p = self.params
        if p.z_mode != "auto":
            return p.z_mode
        return "depth" if p.depth_m > 0 or p.depth_column else "ground"

    @cached_property
    def depth(self) -> Float64:
        """(n_rows,) metres below the ground, positive down; a negative number in the data counts as down too."""
        told = np.abs(self.numbers(self.params.depth_column))
        return np.where(np.isfinite(told), told, self.params.depth_m)

    @cached_property
    def height(self) -> Float64:
        """(n_rows,) metres to extrude, NaN where nothing is to be extruded."""
        return self.either(self.params.height_column, self.params.height_m)

    def role(self, usual: api.Role) -> api.Role:
        """The role that was set, else underground for what lies below, else the usual one."""
        if self.params.role != "auto":
            return api.Role(self.params.role)
        return api.Role.UNDERGROUND if self.z_mode == "depth" else usual

    def foot(self, xy: Float64, rows: Rows, own_z: Float64) -> Float64:
        """Z in the scene of positions: on the ground, at a depth, or their own."""
        if self.z_mode == "own":
            ground = shapes.surface_height(self.view.ground, xy)
            return np.where(np.isfinite(own_z), own_z, ground)
        z = shapes.surface_height(self.view.ground, xy)
        return z - self.depth[rows] if self.z_mode == "depth" else z


def kinds_in(table: api.FeatureTable) -> frozenset[int]:
    """Return which kinds of geometry a table has."""
    types = shapely.get_type_id(np.asarray(table.frame.geometry.array, dtype=object))
    return frozenset(_KIND_OF_TYPE[np.unique(types[types >= 0])].tolist())


def _to_scene(geometry: NDArray[Any], origin: Float64) -> NDArray[Any]:
    """Shift from the CRS to the scene; z too where there is one."""
    moved = geometry.copy()
    for start in range(0, len(geometry), AT_ONCE):
        piece = moved[start : start + AT_ONCE]
        has_z = shapely.has_z(piece)
        piece[~has_z] = shapely.transform(piece[~has_z], lambda c: c - origin[:2])
        piece[has_z] = shapely.transform(piece[has_z], lambda c: c - origin, include_z=True)
    return moved


def _coordinates(points: NDArray[Any]) -> Float64:
    """Return x, y, z of points, a few thousand in one call, as :data:`AT_ONCE` says."""
    xyz = np.empty((len(points), 3))
    for start in range(0, len(points), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        xyz[some] = shapely.get_coordinates(points[some], include_z=True)
    return xyz


def mesh_of(
    made: shapes.Triangles,
    role: api.Role,
    *,
    closed: bool = False,
    ground: api.Ground | None = None,
) -> list[api.Drawable]:
    """Return a mesh of triangles, or nothing if there are none; with a ground it is shaded like it."""
    if not len(made):
        return []
    normals = None
    if ground is not None and np.isfinite(ground.cell_m):
        normals = shapes.surface_normals(ground, made.xyz[:, :2]).astype(np.float32)
    return [
        api.Mesh(
            xyz_in_scene=made.xyz.astype(np.float32),
            triangles=made.triangles,
            row_of_vertex=made.row_of_vertex,
            normals_of_vertex=normals,
            closed=closed,
            role=role,
        )
    ]
