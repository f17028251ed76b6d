"""Planned buildings as changes: made of an outline and storeys, pushed, moved, turned, taken from files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.model import plans
from twin.model.project import Delta, Project
from twin.problems import Problem

if TYPE_CHECKING:
    from twin.model.geoframe import GeoFrame
    from twin.progress import Progress
    from twin.work.session import Session

Float64 = NDArray[np.float64]
MOST_IMPORTED = 5_000
LEAST_M2 = 1.0


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A volume as it is sketched.

    Parameters
    ----------
    setback_m : float
        How far the building keeps from its outline.
    roof : str
        ``flat``, ``gabled``, ``hipped`` or another shape of the buildings layer.
    roof_m : float
        Rise of the roof, above the storeys.
    """

    storeys: int = 4
    storey_m: float = 3.0
    setback_m: float = 0.0
    roof: str = "flat"
    roof_m: float = 0.0
    use: str = "housing"
    material: str = ""

    @property
    def height_m(self) -> float:
        """From the ground to the ridge."""
        return round(
            self.storeys * self.storey_m + (self.roof_m if self.roof != "flat" else 0.0), 2
        )


def outline_in_crs(frame: GeoFrame, ring_in_scene: Float64, setback_m: float = 0.0) -> str:
    """Return the outline of a ring as WKT in the CRS, set back from its edge.

    Raises
    ------
    BelvedereError
        ``plan.no_room``: nothing is left.
    """
    import shapely

    xy = np.asarray(ring_in_scene, np.float64)[:, :2] + np.asarray(frame.origin[:2])
    shape: Any = shapely.Polygon(xy) if len(xy) >= 3 else shapely.Polygon()
    return set_back(shape, setback_m)


def set_back(shape: Any, setback_m: float) -> str:
    """Return a polygon in the CRS as WKT, set back from its edge. Raises BelvedereError ``plan.no_room``."""
    import shapely

    whole = shapely.make_valid(shape)
    if setback_m > 0:
        whole = shapely.buffer(whole, -setback_m, join_style="mitre")
    parts = [p for p in shapely.get_parts(whole) if p.geom_type in ("Polygon", "MultiPolygon")]
    largest = max(parts, key=lambda p: p.area, default=None)
    if largest is None or largest.area < LEAST_M2:
        raise BelvedereError("plan.no_room", f"{setback_m:g} m")
    return str(shapely.to_wkt(largest, rounding_precision=3))


def values_of(outline_wkt: str, volume: Volume) -> dict[str, Any]:
    """Return the values of a building that is added."""
    import shapely

    area = float(shapely.area(shapely.from_wkt(outline_wkt)))
    values: dict[str, Any] = {
        "geometry": outline_wkt,
        "height_m": volume.height_m,
        "storeys": volume.storeys,
        "storey_m": volume.storey_m,
        "use": volume.use,
        "roof_shape": volume.roof,
        "roof_height_m": volume.roof_m if volume.roof != "flat" else 0.0,
        "quality": "declared",
    }
    if volume.material:
        values["wall_material"] = volume.material
    if volume.use in ("housing", "residential", "house"):
        values["dwellings"] = int(area * volume.storeys // 70.0)
    return values


def new_building(project: Project, place: tuple[str, str, str], values: Mapping[str, Any]) -> Delta:
    """Return the change that adds a building: ``place`` is variant, phase and layer."""
    variant, phase, layer = place
    taken = [d.feature_id for d in project.deltas]
    name = plans.fresh_id("plan", taken)
    return Delta(
        variant=variant,
        phase=phase,
        layer=layer,
        feature_id=name,
        op=plans.ADD,
        values=dict(values),
    )


def moved(delta: Delta, dx_m: float, dy_m: float) -> Delta:
    """Return a change whose outline is moved by metres to the east and north."""
    from shapely import affinity

    return _with_shape(delta, lambda shape: affinity.translate(shape, dx_m, dy_m))


def turned(delta: Delta, angle_deg: float) -> Delta:
    """Return a change whose outline is turned about its middle, anticlockwise."""
    from shapely import affinity

    return _with_shape(delta, lambda shape: affinity.rotate(shape, angle_deg, origin="centroid"))


def scaled(delta: Delta, factor: float) -> Delta:
    """Return a change whose outline is larger or smaller about its middle."""
    from shapely import affinity

    if not (math.isfinite(factor) and 0.01 <= factor <= 100.0):
        raise BelvedereError("plan.bad_number", f"{factor:g}")
    return _with_shape(
        delta, lambda shape: affinity.scale(shape, factor, factor, origin="centroid")
    )


def pushed(delta: Delta, storeys: int) -> Delta:
    """Return a change whose building has so many storeys, each as high as before."""
    before = float(delta.values.get("storey_m") or 0.0)
    known = float(delta.values.get("storeys") or 0.0)
    roof = float(delta.values.get("roof_height_m") or 0.0)
    height = float(delta.values.get("height_m") or 0.0)
    each = before or ((height - roof) / known if known > 0 and height > roof else 3.0)
    values = {
        **delta.values,
        "storeys": storeys,
        "storey_m": round(each, 3),
        "height_m": round(storeys * each + roof, 2),
    }
    if "dwellings" in values and known > 0:
        values["dwellings"] = round(float(values["dwellings"]) * storeys / known)
    return replace(delta, values=values)


def _with_shape(delta: Delta, change: Any) -> Delta:
    import shapely

    shape = shapely.from_wkt(str(delta.values.get("geometry", "")), on_invalid="ignore")
    if shape is None:
        raise BelvedereError("plan.bad_geometry", delta.feature_id, feature=delta.feature_id)
    wkt = str(shapely.to_wkt(change(shape), rounding_precision=3))
    return replace(delta, values={**delta.values, "geometry": wkt})


def demolished(place: tuple[str, str, str], feature_id: str) -> Delta:
    """Return the change that removes a feature in a phase."""
    variant, phase, layer = place
    return Delta(variant=variant, phase=phase, layer=layer, feature_id=feature_id, op=plans.REMOVE)


def earthwork(
    project: Project, place: tuple[str, str, str], outline_wkt: str, level_m: float
) -> Delta:
    """Return the change that brings the ground inside an outline to an altitude."""
    variant, phase, layer = place
    name = plans.fresh_id("ground", [d.feature_id for d in project.deltas])
    values = {"geometry": outline_wkt, "level_m": round(level_m, 3)}
    return Delta(
        variant=variant, phase=phase, layer=layer, feature_id=name, op=plans.MODIFY, values=values
    )


def imported(
    project: Project,
    place: tuple[str, str, str],
    path: Path,
    frame: GeoFrame,
    progress: Progress,
) -> list[Delta]:
    """Return changes that add the buildings of a file.

    Footprints keep their columns (height, storeys, use ...); of surfaces (CityJSON, glTF, IFC ...) each object
    becomes its outline from above with its height.

    Raises
    ------
    BelvedereError
        Nothing in the file is a building.
    """
    from twin import io

    table = io.read(path, target=frame, progress=progress)
    rows = _outlines(table)
    if len(rows) > MOST_IMPORTED:
        values = {"count": len(rows), "most": MOST_IMPORTED}
        progress.report(Problem("plan.too_many", path.name, values))
        rows = rows[:MOST_IMPORTED]
    found: list[Delta] = []
    current = project
    for values in rows:
        delta = new_building(current, place, values)
        current = replace(current, deltas=(*current.deltas, delta))
        found.append(delta)
    if not found:
        raise BelvedereError("plan.nothing_imported", path.name)
    return found


def _outlines(table: Any) -> list[dict[str, Any]]:
    import shapely

    from twin.io.guess import meanings

    frame = table.frame
    found: list[dict[str, Any]] = []
    names = {m: c for m, c in meanings(table).items() if m in ("height", "storeys", "use", "year")}
    solid = _of_mesh(table.mesh) if table.mesh is not None else {}
    for row, shape in enumerate(frame.geometry):
        values: dict[str, Any] = {}
        outline, height = solid.get(row, (None, None))
        if outline is None and shape is not None and shape.geom_type in ("Polygon", "MultiPolygon"):
            outline = shapely.force_2d(shape)
        if outline is None or outline.area < LEAST_M2:
            continue
        for meaning, column in names.items():
            value = frame[column].iloc[row]
            if value is not None and value == value:  # noqa: PLR0124 - NaN
                key = "height_m" if meaning == "height" else meaning
                values[key] = value.item() if hasattr(value, "item") else value
        if height is not None:
            values["height_m"] = round(float(height), 2)
        values["geometry"] = str(shapely.to_wkt(outline, rounding_precision=3))
        found.append(values)
    return found


def _of_mesh(mesh: Any) -> dict[int, tuple[Any, float]]:
    """Return outline from above and height by row of the surfaces of a table."""
    import shapely

    found: dict[int, tuple[Any, float]] = {}
    for row in np.unique(mesh.row_of_triangle):
        corners = mesh.xyz_in_crs[mesh.triangles[mesh.row_of_triangle == row]]
        flat = shapely.polygons(corners[:, [0, 1, 2, 0], :2])
        outline = shapely.union_all(shapely.buffer(flat[shapely.area(flat) > 1e-6], 0.01))
        if not outline.is_empty:
            height = float(np.ptp(corners[..., 2]))
            found[int(row)] = (shapely.simplify(outline, 0.05), height)
    return found


def building_layer(session: Session) -> str:
    """Return the layer that takes planned buildings: the first with footprints and heights, else empty."""
    for runtime in session.layers():
        table = runtime.table
        if table is not None and {"footprint_m2", "height_m"} <= set(map(str, table.frame.columns)):
            return runtime.spec.id
    return ""


def with_all(project: Project, deltas: Sequence[Delta]) -> Project:
    """Return a copy with several changes made."""
    for delta in deltas:
        project = plans.with_delta(project, delta)
    return project
