"""Features with their units and provenance: what a reader returns and a layer draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

FEATURE_ID = "feature_id"


class Quality(StrEnum):
    """How a value was obtained."""

    MEASURED = "measured"
    DECLARED = "declared"
    ESTIMATED = "estimated"
    SIMULATED = "simulated"
    REPLAYED = "replayed"
    SYNTHETIC = "synthetic"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where values come from. Dates are ISO texts as the source gives them."""

    source: str = ""
    date: str = ""
    licence: str = ""
    quality: Quality = Quality.UNKNOWN


@dataclass(frozen=True, slots=True)
class Column:
    """What is known of one column: unit as printed, provenance, label by language."""

    unit: str = ""
    provenance: Provenance = Provenance()
    label: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, eq=False, kw_only=True)
class FeatureMesh:
    """Surfaces that belong to the rows of a table.

    Parameters
    ----------
    xyz_in_crs : (n, 3) float64
        Vertices in the CRS of the table, heights orthometric in metres.
    triangles : (m, 3) int32
        Vertex indices.
    row_of_triangle : (m,) int32
        Row of the table.
    surface_of_triangle : (m,) uint8
        Index into ``surface_names``.
    surface_names : tuple of str
        Semantic surface types, for instance ``("", "RoofSurface", "WallSurface")``.
    lod_of_triangle : (m,) float32 or None
        Level of detail of the geometry the triangle comes from.
    rgba_of_triangle : (m, 4) uint8 or None
        Material colours of the file; alpha 0 where it has none.
    uv_of_vertex : (n, 2) float32 or None
        Texture coordinates, v up; what lies outside 0..1 repeats the texture.
    texture_of_triangle : (m,) int32 or None
        Index into ``textures``, -1 for none.
    textures : tuple of (h, w, 3 or 4) uint8
        Pictures, top row first.
    """

    xyz_in_crs: NDArray[np.float64]
    triangles: NDArray[np.int32]
    row_of_triangle: NDArray[np.int32]
    surface_of_triangle: NDArray[np.uint8]
    surface_names: tuple[str, ...] = ("",)
    lod_of_triangle: NDArray[np.float32] | None = None
    rgba_of_triangle: NDArray[np.uint8] | None = None
    uv_of_vertex: NDArray[np.float32] | None = None
    texture_of_triangle: NDArray[np.int32] | None = None
    textures: tuple[NDArray[np.uint8], ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class PointCloud:
    """Measured points. The rows of the table are their classes, or the scans they come from: never single points.

    Parameters
    ----------
    xyz_in_crs : (n, 3) float64
        In the CRS of the table, heights orthometric in metres; any first part of them is spread over the whole.
    row_of_point : (n,) int32
        Row of the table.
    rgba_of_point : (n, 4) uint8 or None
        Colours of the file.
    columns : mapping of str to (n,) array
        What else is known of each point, for instance ``"intensity"``.
    total : int
        Points in the source, of which these may be a part.
    """

    xyz_in_crs: NDArray[np.float64]
    row_of_point: NDArray[np.int32]
    rgba_of_point: NDArray[np.uint8] | None = None
    columns: Mapping[str, NDArray[Any]] = field(default_factory=lambda: MappingProxyType({}))
    total: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Raster:
    """A grid of values, north up.

    Parameters
    ----------
    values : (rows, columns) float32 or (rows, columns, 3 or 4) uint8
        Heights in metres (NaN = no data) or a picture. Row 0 is the north.
    x_min, y_max : float
        Outer corner of the first cell in the CRS.
    dx, dy : float
        Cell size in CRS units, both positive.
    crs : str
        As in ``FeatureTable.crs``.
    """

    values: NDArray[Any]
    x_min: float
    y_max: float
    dx: float
    dy: float
    crs: str
    provenance: Provenance = Provenance()

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """x_min, y_min, x_max, y_max in the CRS."""
        rows, columns = self.values.shape[:2]
        return (self.x_min, self.y_max - rows * self.dy, self.x_min + columns * self.dx, self.y_max)


@dataclass(frozen=True, eq=False, kw_only=True)
class FeatureTable:
    """Features in one CRS, each with a string ``feature_id`` that is unique in the table.

    Parameters
    ----------
    frame : GeoDataFrame
        Has a column ``feature_id`` of str and a geometry column (null geometries allowed); index 0..n-1.
    crs : str
        ``"EPSG:2154"`` or WKT; empty when unknown.
    columns : mapping of str to Column
        Unit and provenance by column name; a column without an entry has unknown ones.
    mesh : FeatureMesh or None
        Surfaces, where the source has 3D geometry.
    raster : Raster or None
        Where the source is a grid (then ``frame`` may be empty).
    points : PointCloud or None
        Where the source is a point cloud.
    tables : mapping of str to DataFrame
        Companion tables without geometry, for instance ``"observations"`` with the columns
        ``feature_id``, ``phenomenon_time`` (UTC) and ``result``.
    provenance : Provenance
        Of the whole, for columns that have none of their own.
    """

    frame: gpd.GeoDataFrame
    crs: str
    name: str = ""
    columns: Mapping[str, Column] = field(default_factory=lambda: MappingProxyType({}))
    mesh: FeatureMesh | None = None
    raster: Raster | None = None
    points: PointCloud | None = None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=lambda: MappingProxyType({}))
    provenance: Provenance = Provenance()

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def feature_ids(self) -> NDArray[Any]:
        """(n,) object array of feature ids."""
        ids: NDArray[Any] = self.frame[FEATURE_ID].to_numpy()
        return ids

    def row_of(self, feature_id: str) -> int:
        """Return the row of a feature, -1 if the table has none of that id."""
        rows = np.flatnonzero(self.feature_ids == feature_id)
        return int(rows[0]) if len(rows) else -1

    def column(self, name: str) -> Column:
        """Return unit and provenance of a column."""
        known = self.columns.get(name, Column())
        if known.provenance == Provenance():
            return replace(known, provenance=self.provenance)
        return known
