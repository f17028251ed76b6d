"""Parts of glTF scenes gathered into rows, columns and one mesh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.io.columns import cell, columns_of_rows
from twin.io.gltf_error import GltfError
from twin.io.gltf_file import Gltf, extension
from twin.io.gltf_scene import Part, Scene
from twin.io.gltf_tables import property_table
from twin.io.loaded import Request
from twin.io.pictures import Pictures
from twin.model.table import FEATURE_ID, FeatureMesh

Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
GEOCENTRIC = "EPSG:4978"
_NAMING = (FEATURE_ID, "id", "name")
"""Columns that name a feature, the surest first."""


@dataclass
class Collected:
    """Rows and triangles of one asset, or of several placed beside each other."""

    pictures: Pictures
    crs: str = ""
    names: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    triangles: int = 0
    _row_of: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _xyz: list[NDArray[np.float64]] = field(default_factory=list)
    _triangles: list[NDArray[np.int64]] = field(default_factory=list)
    _row: list[NDArray[np.int64]] = field(default_factory=list)
    _rgba: list[NDArray[np.uint8]] = field(default_factory=list)
    _uv: list[NDArray[np.float32]] = field(default_factory=list)
    _picture: list[NDArray[np.int32]] = field(default_factory=list)
    _shapes: dict[int, list[Any]] = field(default_factory=dict)
    _vertices: int = 0

    def row(self, key: tuple[Any, ...], name: str, values: Mapping[str, Any]) -> int:
        """Return the row of a key, a new one where it is new."""
        if key not in self._row_of:
            self._row_of[key] = len(self.rows)
            self.names.append(name)
            self.rows.append({str(k): cell(v) for k, v in values.items()})
        return self._row_of[key]

    def add(
        self,
        part: Part,
        row_of_vertex: NDArray[np.int64],
        xyz: NDArray[np.float64],
        *,
        first_picture: int = 0,
    ) -> None:
        """Add a part whose vertices are ``xyz`` in the CRS; lines and points become geometries of their rows."""
        if part.cells.shape[1] != 3:
            self._add_shapes(part, row_of_vertex, xyz)
            return
        cells = part.cells
        self.triangles += len(cells)
        self._xyz.append(xyz)
        self._triangles.append(cells + self._vertices)
        self._vertices += len(xyz)
        self._row.append(row_of_vertex[cells[:, 0]])
        self._rgba.append(_rgba_of_cells(part, cells))
        dressed = part.uv is not None and part.picture >= 0
        uv = part.uv if part.uv is not None else np.zeros((len(xyz), 2), np.float32)
        self._uv.append(uv)
        number = part.picture + first_picture if dressed else -1
        self._picture.append(np.full(len(cells), number, np.int32))

    def _add_shapes(
        self, part: Part, row_of_vertex: NDArray[np.int64], xyz: NDArray[np.float64]
    ) -> None:
        corners = part.cells
        rows = row_of_vertex[corners[:, 0]]
        for row in np.unique(rows).tolist():
            mine = xyz[corners[rows == row]]
            if corners.shape[1] == 1:
                shape: Any = shapely.MultiPoint(mine[:, 0])
            else:
                shape = shapely.multilinestrings(shapely.linestrings(mine))
            self._shapes.setdefault(row, []).append(shape)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the attributes."""
        return columns_of_rows(self.rows)

    def geometry(self) -> NDArray[Any] | None:
        """Return points and lines of the rows that have such; None where none has."""
        if not self._shapes:
            return None
        found = np.full(len(self.rows), None, dtype=object)
        for row, shapes in self._shapes.items():
            found[row] = shapes[0] if len(shapes) == 1 else shapely.geometrycollections(shapes)
        return found

    def mesh(self, request: Request) -> FeatureMesh | None:
        """Return all triangles with their colours and pictures; None where there are none."""
        if not self._xyz:
            return None
        triangles = np.concatenate(self._triangles).astype(np.int32)
        rgba = np.concatenate(self._rgba)
        made = FeatureMesh(
            xyz_in_crs=np.concatenate(self._xyz),
            triangles=triangles,
            row_of_triangle=np.concatenate(self._row).astype(np.int32),
            surface_of_triangle=np.zeros(len(triangles), np.uint8),
            rgba_of_triangle=rgba if rgba[:, 3].any() else None,
        )
        picture = np.concatenate(self._picture)
        if request.inspecting or not (picture >= 0).any():
            return made
        return self.pictures.dress(made, np.concatenate(self._uv), picture, request)


def collect(
    scene: Scene, gltf: Gltf, pictures: Pictures, *, whole_table: bool = False
) -> Collected:
    """Gather the parts of one asset, in the axes of a map; with ``whole_table`` also rows that nothing draws."""
    found = Collected(pictures)
    if whole_table:
        table = _table(gltf, 0)
        for number in range(max(map(len, table.values()), default=0)):
            _add_row(found, ("", "feature", 0), number, table)
    add_scene(found, scene, gltf, Place())
    return found


@dataclass(frozen=True, eq=False, kw_only=True)
class Place:
    """Where a scene stands and whose it is.

    Parameters
    ----------
    turn : (3, 3) float64
        From the axes of the asset to z up.
    matrix : (4, 4) float64 or None
        Applied after the turn.
    key : str
        Tells apart features of the same number in different assets.
    features : mapping
        Columns of a batch table, by name; they take precedence over tables inside the asset.
    feature : int or None
        The whole scene is this feature (an instance of a model).
    first_picture : int
        Number of the first picture of the asset among all.
    """

    turn: NDArray[np.float64] = field(default_factory=lambda: Z_UP)
    matrix: NDArray[np.float64] | None = None
    key: str = ""
    features: Mapping[str, Any] = field(default_factory=dict)
    feature: int | None = None
    first_picture: int = 0


def add_scene(found: Collected, scene: Scene, gltf: Gltf, place: Place) -> None:
    """Add the parts of a scene."""
    centre = rtc_centre(gltf)
    for part in scene.parts:
        xyz = part.xyz @ place.turn.T + centre
        if place.matrix is not None:
            xyz = xyz @ place.matrix[:3, :3].T + place.matrix[:3, 3]
        if place.feature is not None:
            part = replace(part, feature_of_vertex=np.full(len(xyz), place.feature))  # noqa: PLW2901
        rows = _rows(found, part, gltf, place.key, place.features)
        found.add(part, rows, xyz, first_picture=place.first_picture)


def rtc_centre(gltf: Gltf) -> NDArray[np.float64]:
    """CESIUM_RTC: the centre of an asset in the axes of its tile, zero where it has none."""
    centre = (extension(gltf.json, "CESIUM_RTC") or {}).get("center")
    if isinstance(centre, list) and len(centre) == 3:
        return np.asarray(np.nan_to_num(np.array([float(value) for value in centre])))
    return np.zeros(3)


def _rows(
    found: Collected, part: Part, gltf: Gltf, key: str, features: Mapping[str, Any]
) -> NDArray[np.int64]:
    """Return the row of each vertex: that of its feature, else that of the node."""
    ids = part.feature_of_vertex
    if ids is None:
        values = {"name": part.name, "material": part.material}
        name = f"{key}#{part.name}" if key else part.name
        row = found.row((key, "node", part.node, part.name), name, values)
        return np.full(len(part.xyz), row)
    table: Mapping[str, Any] = features or _table(gltf, part.feature_table)
    distinct, inverse = np.unique(ids, return_inverse=True)
    owner = (key, "feature", part.feature_table)
    rows = [_add_row(found, owner, number, table) for number in distinct.tolist()]
    return np.array(rows, np.int64)[inverse.reshape(-1)]


def _add_row(
    found: Collected, owner: tuple[Any, ...], number: int, table: Mapping[str, Any]
) -> int:
    """Return the row of a feature, named as its table says, or by its number."""
    values = {name: column[number] for name, column in table.items() if number < len(column)}
    named = next((values[name] for name in _NAMING if values.get(name)), "")
    name = str(named) or (f"{owner[0]}#{number}" if owner[0] else str(number))
    return found.row((*owner, number), name, values)


def _table(gltf: Gltf, number: int) -> Mapping[str, Any]:
    try:
        table = property_table(gltf, number)
        return {n: v.tolist() if isinstance(v, np.ndarray) else v for n, v in table.items()}
    except (GltfError, ValueError, KeyError, TypeError, IndexError):
        return {}


def _rgba_of_cells(part: Part, cells: NDArray[np.int64]) -> NDArray[np.uint8]:
    if part.rgba_of_vertex is not None:
        mean = part.rgba_of_vertex[cells].astype(np.float64).mean(axis=1)
        return np.asarray(np.rint(mean).astype(np.uint8))
    return np.tile(np.array(part.rgba, np.uint8), (len(cells), 1))
