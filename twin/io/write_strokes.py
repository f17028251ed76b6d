"""Points and lines of a table as geometries of CityJSON: trees, lamps, roads, which no surface stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.model.table import FeatureTable

_POINTS = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)
_LINES = (
    shapely.GeometryType.LINESTRING,
    shapely.GeometryType.LINEARRING,
    shapely.GeometryType.MULTILINESTRING,
)


@dataclass(eq=False)
class Strokes:
    """Points and lines of rows, on one list of vertices.

    Attributes
    ----------
    xyz : (n, 3) float64
        Vertices in the CRS of the table; without a height they lie at 0.
    lines_of_row : dict of int to list of (k,) int64
        Vertices of each line of a row; of a row of points, one array for all of them.
    points : set of int
        The rows that are points.
    """

    xyz: NDArray[np.float64]
    lines_of_row: dict[int, list[NDArray[np.int64]]] = field(default_factory=dict)
    points: set[int] = field(default_factory=set)

    def vertices(self, row: int) -> NDArray[np.int64]:
        """Return all vertices of a row."""
        lines = self.lines_of_row.get(row)
        return np.concatenate(lines) if lines else np.empty(0, np.int64)

    def geometry(
        self, row: int, first: int, number: NDArray[np.int64] | None
    ) -> dict[str, Any] | None:
        """Return the geometry of a row, None where it has no point and no line.

        Parameters
        ----------
        first : int
            Number of the first vertex among all of the document.
        number : (n,) int64, optional
            Number of each vertex of the document in the feature; None: there are no features.
        """
        lines = [line + first for line in self.lines_of_row.get(row, ())]
        if not lines:
            return None
        boundaries = [(line if number is None else number[line]).tolist() for line in lines]
        if row in self.points:
            return {"type": "MultiPoint", "lod": "0", "boundaries": boundaries[0]}
        return {"type": "MultiLineString", "lod": "0", "boundaries": boundaries}


def strokes_of(table: FeatureTable) -> Strokes:
    """Return the points and lines of a table."""
    geometry = np.asarray(table.frame.geometry.to_numpy(), dtype=object)
    kinds = shapely.get_type_id(geometry)
    rows = np.flatnonzero(np.isin(kinds, [*_POINTS, *_LINES]) & ~shapely.is_empty(geometry))
    parts, part_row = shapely.get_parts(geometry[rows], return_index=True)
    xyz, part = shapely.get_coordinates(parts, include_z=True, return_index=True)
    found = Strokes(
        xyz=np.nan_to_num(xyz), points=set(rows[np.isin(kinds[rows], _POINTS)].tolist())
    )
    ends = np.searchsorted(part, np.arange(len(parts) + 1))
    for number, row in enumerate(rows[part_row].tolist()):
        line = np.arange(ends[number], ends[number + 1])
        found.lines_of_row.setdefault(row, []).append(line)
    for row in found.points:
        found.lines_of_row[row] = [found.vertices(row)]
    return found
