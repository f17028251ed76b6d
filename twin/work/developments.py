"""Planned buildings as changes: made of an outline and storeys, pushed, moved, turned, taken from files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.model import plans
from twin.model.project import Delta, Project
from twin.work import solids

if TYPE_CHECKING:
    from twin.model.geoframe import GeoFrame
    from twin.work.session import Session

Float64 = NDArray[np.float64]
MOST_IMPORTED = 5_000
LEAST_M2 = 1.0
USUAL_STOREY_M = 3.0


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


def of_existing(frame_row: Mapping[str, Any], place: tuple[str, str, str]) -> Delta:
    """Return the change of a building that stands: as it is, to be reshaped. ``frame_row`` is its row."""
    import shapely

    variant, phase, layer = place
    shape = shapely.force_2d(frame_row["geometry"])
    values: dict[str, Any] = {"geometry": str(shapely.to_wkt(shape, rounding_precision=3))}
    for name in ("height_m", "storeys", "dwellings"):
        value = frame_row.get(name)
        if value is not None and value == value:  # noqa: PLR0124 - NaN
            values[name] = float(value)
    name = plans.feature_of(str(frame_row["feature_id"]))
    return Delta(
        variant=variant, phase=phase, layer=layer, feature_id=name, op=plans.MODIFY, values=values
    )


def outline_of(delta: Delta) -> Any:
    """Return the outline of a building in the CRS. Raises BelvedereError ``plan.bad_geometry``."""
    import shapely

    told = str(delta.values.get("geometry", ""))
    shape: Any = shapely.from_wkt(told, on_invalid="ignore")
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise BelvedereError("plan.bad_geometry", delta.feature_id, feature=delta.feature_id)
    return shape


def moved(delta: Delta, dx_m: float, dy_m: float) -> Delta:
    """Return a change whose outline and model are moved by metres to the east and north."""
    return _transformed(delta, np.eye(2), np.array([dx_m, dy_m]))


def turned(delta: Delta, angle_deg: float) -> Delta:
    """Return a change whose outline and model are turned about their middle, anticlockwise."""
    angle = math.radians(angle_deg)
    spin = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    made = _transformed(delta, spin, np.zeros(2))
    if solids.MODEL not in made.values:
        return made
    turn = float(made.values.get(solids.TURN, 0.0)) + angle_deg
    return replace(made, values={**made.values, solids.TURN: round(turn % 360.0, 6)})


def scaled(delta: Delta, factor: float) -> Delta:
    """Return a change whose outline and model are larger or smaller about their middle."""
    if not (math.isfinite(factor) and 0.01 <= factor <= 100.0):
        raise BelvedereError("plan.bad_number", f"{factor:g}")
    made = counted(_transformed(delta, np.eye(2) * factor, np.zeros(2)), delta)
    if solids.MODEL not in made.values:
        return made
    scale = float(made.values.get(solids.SCALE, 1.0)) * factor
    return replace(made, values={**made.values, solids.SCALE: round(scale, 9)})


def raised(delta: Delta, height_m: float) -> Delta:
    """Return a change whose building is so high, with as many of its storeys as there is room for."""
    if not (math.isfinite(height_m) and 0.1 <= height_m <= 2_000.0):
        raise BelvedereError("plan.bad_number", f"{height_m:g} m")
    before = float(delta.values.get("height_m") or 0.0)
    values = {**delta.values, "height_m": round(height_m, 3)}
    if solids.MODEL in values and before > 0:
        rise = float(values.get(solids.RISE, 1.0)) * height_m / before
        values[solids.RISE] = round(rise, 9)
    each = storey_of(delta)
    roof = float(delta.values.get("roof_height_m") or 0.0)
    if "storeys" in values:
        storeys = max(1, math.floor((height_m - roof) / each + 1e-6))
        known = float(delta.values.get("storeys") or 0.0)
        values |= {"storeys": storeys, "storey_m": round(each, 3)}
        if "dwellings" in values and known > 0:
            values["dwellings"] = round(float(values["dwellings"]) * storeys / known)
    return replace(delta, values=values)


def pushed(delta: Delta, storeys: int) -> Delta:
    """Return a change whose building has so many storeys, each as high as before."""
    roof = float(delta.values.get("roof_height_m") or 0.0)
    known = replace(delta, values={"storeys": 0, **delta.values})
    return raised(known, round(storeys * storey_of(delta) + roof, 3))


def storey_of(delta: Delta) -> float:
    """Return the height of a storey of a building, in metres."""
    told = float(delta.values.get("storey_m") or 0.0)
    known = float(delta.values.get("storeys") or 0.0)
    body = float(delta.values.get("height_m") or 0.0)
    body -= float(delta.values.get("roof_height_m") or 0.0)
    return told or (body / known if known > 0 and body > 0 else USUAL_STOREY_M)


def counted(delta: Delta, before: Delta) -> Delta:
    """Return a change whose dwellings grow with its outline."""
    if "dwellings" not in delta.values:
        return delta
    share = outline_of(delta).area / max(outline_of(before).area, 1e-9)
    count = round(float(before.values["dwellings"]) * share)
    return replace(delta, values={**delta.values, "dwellings": count})


def _transformed(delta: Delta, matrix: Float64, shift: Float64) -> Delta:
    """Turn or scale outline and anchor about the middle of the outline, and move them."""
    import shapely

    shape = outline_of(delta)
    centre = np.array(shape.centroid.coords[0])
    made = shapely.transform(shape, lambda xy: (xy - centre) @ matrix.T + centre + shift)
    values = {**delta.values, "geometry": str(shapely.to_wkt(made, rounding_precision=3))}
    if solids.AT in values:
        x, y, z = (float(v) for v in values[solids.AT])
        xy = matrix @ (np.array([x, y]) - centre) + centre + shift
        values[solids.AT] = [round(float(xy[0]), 3), round(float(xy[1]), 3), z]
    return replace(delta, values=values)


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
