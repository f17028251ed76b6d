"""What the user says of a file that does not say it: where a model stands, what its heights are and in which unit.

Options of a source: ``place`` (``{"x", "y", "z", "angle_deg", "scale"}`` in the CRS of the project: where the zero of
the model stands, turned anticlockwise), ``heights`` (``"sea"`` or ``"ellipsoid"``), and ``z_unit`` (``"m"``, ``"ft"``,
``"us-ft"``, ``"cm"`` or ``"mm"``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import CrsError, ReadError
from twin.io.crs import GIVEN, Placed
from twin.io.loaded import Loaded, Request
from twin.io.vertical import feet_problem, plane_unit, split
from twin.model.geoframe import parse_crs

UNITS_M: Mapping[str, float] = {
    "m": 1.0,
    "ft": 0.3048,
    "us-ft": 1200 / 3937,
    "cm": 0.01,
    "mm": 0.001,
}
SEA, ELLIPSOID = "sea", "ellipsoid"


@dataclass(frozen=True)
class Place:
    """Where the zero of a model stands in the CRS of the project."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    angle_deg: float = 0.0
    scale: float = 1.0

    def moved(self, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n, 3) points scaled, turned about the vertical, and moved."""
        angle = math.radians(self.angle_deg)
        turn = np.array(
            [
                [math.cos(angle), -math.sin(angle), 0.0],
                [math.sin(angle), math.cos(angle), 0.0],
                [0.0, 0.0, 1.0],
            ]
        )
        return np.asarray((xyz * self.scale) @ turn.T + np.array([self.x, self.y, self.z]))


def place_of(options: Mapping[str, Any], where: str) -> Place | None:
    """Return the place that the options give, None for none.

    Raises
    ------
    ReadError
        It is not made of finite numbers, or the scale is not above zero.
    """
    told = options.get("place")
    if told is None:
        return None
    try:
        values = {name: float(told.get(name, default)) for name, default in vars(Place()).items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise ReadError("io.place_wrong", where) from error
    if not all(map(math.isfinite, values.values())) or values["scale"] <= 0:
        raise ReadError("io.place_wrong", where)
    return Place(**values)


def adjusted(loaded: Loaded, placed: Placed, request: Request, target: str) -> Placed:
    """Apply the options to a layer, in place, and return where it lies then."""
    factor = UNITS_M.get(str(request.options.get("z_unit", "m")), 1.0)
    if factor != 1.0:
        _scale_z(loaded, factor)
    elif target and placed.text and "z_unit" not in request.options:
        _in_metres(loaded, placed.text, request)
    place = place_of(request.options, request.where)
    if place is not None:
        _move(loaded, place)
        placed = Placed(text=target, reason=GIVEN)
    heights = request.options.get("heights")
    if heights in {SEA, ELLIPSOID} and placed.text:
        return replace(placed, text=_with_heights(placed.text, str(heights)))
    return placed


def _with_heights(crs: str, heights: str) -> str:
    try:
        parts = split(crs)
        if parts.geocentric:
            return crs
        if heights == SEA:
            return parts.horizontal
        return str(parse_crs(parts.horizontal).to_3d().to_wkt())
    except CrsError:
        return crs


def _in_metres(loaded: Loaded, crs: str, request: Request) -> None:
    """Shapes whose positions are in feet and move to metres have heights in feet, where nothing else is said."""
    factor, unit = plane_unit(crs)
    shapes = loaded.geometry
    tall = loaded.mesh is not None or (shapes is not None and bool(shapely.has_z(shapes).any()))
    if tall and abs(factor - 1.0) > 1e-9:
        _change(loaded, lambda xyz: xyz * np.array([1.0, 1.0, factor]))
        request.progress.report(feet_problem(request.where, unit))


def _scale_z(loaded: Loaded, factor: float) -> None:
    _change(loaded, lambda xyz: xyz * np.array([1.0, 1.0, factor]))
    if loaded.raster is not None and loaded.raster.values.dtype.kind == "f":
        values = (loaded.raster.values * factor).astype(np.float32)
        loaded.raster = replace(loaded.raster, values=values)


def _move(loaded: Loaded, place: Place) -> None:
    _change(loaded, place.moved)


def _change(loaded: Loaded, change: Any) -> None:
    if loaded.mesh is not None:
        loaded.mesh = replace(loaded.mesh, xyz_in_crs=change(loaded.mesh.xyz_in_crs))
    if loaded.points is not None:
        loaded.points = replace(loaded.points, xyz_in_crs=change(loaded.points.xyz_in_crs))
    if loaded.geometry is not None:
        solid = np.asarray(shapely.has_z(loaded.geometry))
        if solid.any():
            geometry = loaded.geometry.copy()
            geometry[solid] = shapely.transform(geometry[solid], change, include_z=True)
            loaded.geometry = geometry
