"""Where an IFC model stands: map conversion, rigid operation, property sets of 2x3, or the site. Runs in the worker."""

from __future__ import annotations

import math
from typing import Any

Place = dict[str, Any]


def place_of(model: Any) -> Place:
    """Return how metres of the model become coordinates.

    Keys: ``way`` (``map_conversion``, ``rigid_operation``, ``property_sets``, ``site``, ``none``), ``crs`` as written,
    and for all but the last ``east``, ``north``, ``height``, ``cos``, ``sin``, ``scale`` (x, y, z): a point in metres
    is turned, scaled and moved, in this order. For ``site`` east and north are longitude and latitude.
    """
    unit = _metres_per_unit(model)
    for found in (
        _conversion(model, unit),
        _rigid(model),
        _property_sets(model, unit),
        _site(model, unit),
    ):
        if found is not None:
            return found
    return {"way": "none"}


def _metres_per_unit(model: Any) -> float:
    import ifcopenshell.util.unit as units

    try:
        return float(units.calculate_unit_scale(model))
    except Exception:  # noqa: BLE001 - a project without units is in metres
        return 1.0


def _by_type(model: Any, name: str) -> list[Any]:
    try:
        return list(model.by_type(name))
    except RuntimeError:  # not in this schema
        return []


def _conversion(model: Any, unit: float) -> Place | None:
    for item in _by_type(model, "IfcMapConversion"):
        target = item.TargetCRS
        factors = [
            _number(getattr(item, name, None), 1.0) for name in ("FactorX", "FactorY", "FactorZ")
        ]
        told = {
            "Eastings": item.Eastings,
            "Northings": item.Northings,
            "OrthogonalHeight": item.OrthogonalHeight,
            "XAxisAbscissa": item.XAxisAbscissa,
            "XAxisOrdinate": item.XAxisOrdinate,
            "Scale": item.Scale,
        }
        place = _placed(told, unit, _map_unit(target))
        place["scale"] = [a * b for a, b in zip(place["scale"], factors, strict=True)]
        return {"way": "map_conversion", **place, **_named(target)}
    return None


def _map_unit(target: Any) -> float:
    """Metres for each unit of the map."""
    unit = getattr(target, "MapUnit", None)
    if unit is None:
        return 1.0
    if unit.is_a("IfcConversionBasedUnit"):
        return _number(getattr(unit.ConversionFactor.ValueComponent, "wrappedValue", 1.0), 1.0)
    prefix = {"MILLI": 1e-3, "CENTI": 1e-2, "DECI": 1e-1, "KILO": 1e3}
    return prefix.get(str(getattr(unit, "Prefix", "") or ""), 1.0)


def _placed(told: dict[str, Any], unit: float, map_unit: float) -> Place:
    """A scale that is 1 although the units differ was forgotten: it mixes conversion of units and the grid."""
    scale = _number(told.get("Scale"), 1.0) or 1.0
    factor = scale * map_unit / unit if unit else 1.0
    if not 0.9 < factor < 1.1:
        factor = scale if 0.9 < scale < 1.1 else 1.0
    cos, sin = _number(told.get("XAxisAbscissa"), 1.0), _number(told.get("XAxisOrdinate"), 0.0)
    length = math.hypot(cos, sin) or 1.0
    return {
        "east": _number(told.get("Eastings"), 0.0) * map_unit,
        "north": _number(told.get("Northings"), 0.0) * map_unit,
        "height": _number(told.get("OrthogonalHeight"), 0.0) * map_unit,
        "cos": cos / length,
        "sin": sin / length,
        "scale": [factor, factor, factor],
    }


def _named(target: Any) -> Place:
    if target is None:
        return {"crs": ""}
    texts = [
        str(getattr(target, name, None) or "")
        for name in ("Name", "GeodeticDatum", "VerticalDatum")
    ]
    return {"crs": texts[0], "geodetic_datum": texts[1], "vertical_datum": texts[2]}


def _rigid(model: Any) -> Place | None:
    for item in _by_type(model, "IfcRigidOperation"):
        first, second = item.FirstCoordinate, item.SecondCoordinate
        east, north = (
            _number(getattr(value, "wrappedValue", value), 0.0) for value in (first, second)
        )
        degrees = getattr(first, "is_a", lambda: "")() == "IfcPlaneAngleMeasure"
        return {
            "way": "rigid_operation",
            "east": north if degrees else east,
            "north": east if degrees else north,
            "degrees": degrees,
            "height": _number(item.Height, 0.0),
            "cos": 1.0,
            "sin": 0.0,
            "scale": [1.0, 1.0, 1.0],
            **_named(item.TargetCRS),
        }
    return None


def _property_sets(model: Any, unit: float) -> Place | None:
    """``ePSet_MapConversion`` and ``ePSet_ProjectedCRS``: how IFC 2x3 says what IFC 4 has entities for."""
    from ifcopenshell.util import element

    for kind in ("IfcProject", "IfcSite", "IfcBuilding"):
        for item in _by_type(model, kind):
            found = {name.lower(): values for name, values in _sets(element, item).items()}
            told = found.get("epset_mapconversion")
            if not told:
                continue
            crs = found.get("epset_projectedcrs", {})
            return {
                "way": "property_sets",
                **_placed(told, unit, 1.0),
                "crs": str(crs.get("Name", "") or told.get("TargetCRS", "") or ""),
                "vertical_datum": str(crs.get("VerticalDatum", "") or ""),
            }
    return None


def _sets(element: Any, item: Any) -> dict[str, Any]:
    try:
        return dict(element.get_psets(item))
    except Exception:  # noqa: BLE001 - a broken set says nothing
        return {}


def _site(model: Any, unit: float) -> Place | None:
    for site in _by_type(model, "IfcSite"):
        latitude, longitude = _degrees(site.RefLatitude), _degrees(site.RefLongitude)
        if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
            continue
        x, y, z = _origin(site, unit)
        north_x, north_y = _true_north(model)
        length = math.hypot(north_x, north_y) or 1.0
        return {
            "way": "site",
            "crs": "EPSG:4326",
            "degrees": True,
            "east": longitude,
            "north": latitude,
            "height": _number(site.RefElevation, 0.0) * unit,
            "origin": [x, y, z],
            # The model is turned so that its true north points north.
            "cos": north_y / length,
            "sin": north_x / length,
            "scale": [1.0, 1.0, 1.0],
        }
    return None


def _degrees(parts: Any) -> float | None:
    """Degrees, minutes, seconds and millionths of seconds, all of one sign."""
    if not parts or len(parts) < 3:
        return None
    values = [float(part) for part in parts]
    seconds = values[2] + (values[3] / 1e6 if len(values) > 3 else 0.0)
    return values[0] + values[1] / 60 + seconds / 3600


def _origin(site: Any, unit: float) -> tuple[float, float, float]:
    from ifcopenshell.util import placement

    try:
        matrix = placement.get_local_placement(site.ObjectPlacement)
        return tuple(float(matrix[i][3]) * unit for i in range(3))  # type: ignore[return-value]
    except Exception:  # noqa: BLE001 - a site without placement stands at zero
        return (0.0, 0.0, 0.0)


def _true_north(model: Any) -> tuple[float, float]:
    for context in _by_type(model, "IfcGeometricRepresentationContext"):
        if context.is_a("IfcGeometricRepresentationSubContext"):
            continue
        north = getattr(context, "TrueNorth", None)
        if north is not None and len(north.DirectionRatios) >= 2:
            return float(north.DirectionRatios[0]), float(north.DirectionRatios[1])
    return (0.0, 1.0)


def _number(value: Any, default: float) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return default
    return found if math.isfinite(found) else default
