"""Where a project made of files lies: its CRS, the zero of its scene, and what is too far from that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.errors import CrsError
from twin.io import LayerInfo
from twin.model.geoframe import GeoFrame, is_metric, parse_crs, transformer
from twin.problems import Problem

LONLAT = "EPSG:4326"
FAR_M = 100_000.0
"""Beyond that a file is taken to be of another place: a town and its surroundings are smaller."""

WIDE_M = 300_000.0
"""A layer wider than that keeps no millimetres in the float32 of the scene, and shows as specks."""

FRANCE = (-5.5, 41.0, 10.0, 51.5)
"""West, south, east, north in degrees; its neighbours there keep the same time, the British Isles apart."""


def frame_for(layers: Sequence[LayerInfo], crs: str) -> GeoFrame:
    """Return a frame in the wanted CRS whose origin is the middle of the data, in whole metres.

    Raises
    ------
    CrsError
        The wanted CRS is unknown or not projected in metres.
    """
    known = [layer for layer in layers if layer.crs and layer.extent]
    if not crs:
        projected = [layer.crs for layer in known if is_metric(layer.crs)]
        crs = projected[0] if projected else _utm_of(known)
    crs = _horizontal(crs) if crs else ""
    if crs and not is_metric(crs):
        raise CrsError("crs.not_metric", crs)
    # Heights and pictures reach far beyond the town that is looked at: they decide only where nothing else does.
    ordered = sorted(layers, key=lambda layer: layer.kind == "raster")
    middles = [_grid(layer, crs)[4] for layer in ordered if layer.extent is not None]
    x, y = next((m for m in middles if np.isfinite(m).all()), (0.0, 0.0))
    z = _plane_m(layers)
    return GeoFrame(crs=crs or "EPSG:3857", origin=(round(float(x)), round(float(y)), z))


def _plane_m(layers: Sequence[LayerInfo]) -> float:
    """Return the altitude of the scene's zero: that of the sea where a relief gives heights.

    Without a relief all stands on a plane at zero. It lies where the ground of the data is, so that what has
    altitudes of its own (models, point clouds, tilesets) neither floats over it nor sinks.
    """
    if any(layer.kind == "raster" and not layer.details.get("picture") for layer in layers):
        return 0.0
    told = [float(layer.details["ground_m"]) for layer in layers if "ground_m" in layer.details]
    return float(round(told[0])) if told else 0.0


def time_zone_of(frame: GeoFrame) -> str:
    """Return the IANA time zone in which a place is shown: that of France there, else by its longitude.

    Nautical zones (``Etc/GMT+7`` is seven hours behind UTC) know no summer time; the project can say better.
    """
    ((lon, lat),) = frame.lonlat_from_scene([(0.0, 0.0)])
    if not np.isfinite(lon):
        return "Etc/UTC"
    west, south, east, north = FRANCE
    if west <= lon <= east and south <= lat <= north:
        return "Europe/Paris"
    hours = round(float(lon) / 15.0)
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


def far_problems(layer: LayerInfo, frame: GeoFrame, where: str) -> list[Problem]:
    """Say that a layer lies far from the origin of a frame, or reaches over more than any town."""
    if layer.extent is None or not layer.crs:
        return []
    try:
        xy = _grid(layer, frame.crs)
    except CrsError:
        return []  # reported when it is read
    xy = xy[np.isfinite(xy).all(axis=1)] - frame.origin[:2]
    if not len(xy):
        return []
    low, high = xy.min(axis=0), xy.max(axis=0)
    away_m = float(np.hypot(*np.maximum(np.maximum(low, -high), 0.0)))
    if away_m > FAR_M:
        return [Problem("assemble.far_away", where, {"km": round(away_m / 1000)})]
    wide_m = float(np.hypot(*(high - low)))
    if wide_m > WIDE_M and layer.kind != "raster":  # of a raster the surroundings are cut out
        return [Problem("assemble.very_wide", where, {"km": round(wide_m / 1000)})]
    return []


def bounds_in(layer: LayerInfo, crs: str) -> tuple[float, float, float, float] | None:
    """Return x_min, y_min, x_max, y_max of a layer in a CRS, None where it has no extent or no way there."""
    if layer.extent is None:
        return None
    try:
        xy = _grid(layer, crs)
    except CrsError:
        return None
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return None
    (x_min, y_min), (x_max, y_max) = xy.min(axis=0), xy.max(axis=0)
    return (float(x_min), float(y_min), float(x_max), float(y_max))


def _grid(layer: LayerInfo, crs: str) -> NDArray[np.float64]:
    """Return (9, 2) positions in a CRS of the corners, sides and middle (index 4) of a layer's extent."""
    x_min, y_min, x_max, y_max = layer.extent or (0.0, 0.0, 0.0, 0.0)
    source = _horizontal(layer.crs) if layer.crs else ""
    if source and parse_crs(source).is_geocentric:
        lon, lat = _lonlat_of_geocentric(layer)
        return np.tile(_moved(LONLAT, crs, np.array([lon]), np.array([lat])), (9, 1))
    if source and parse_crs(source).is_geographic and x_max - x_min > 180:
        # Both sides of the antimeridian: the middle is there, not on the other side of the Earth.
        x_min, x_max = x_max, x_min + 360
    x, y = np.meshgrid(np.linspace(x_min, x_max, 3), np.linspace(y_min, y_max, 3))
    return _moved(source, crs, x.ravel(), y.ravel())


def _moved(
    source: str, target: str, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    if source and target:
        x, y = transformer(source, target).transform(x, y)
    return np.column_stack([x, y])


def _lonlat_of_geocentric(layer: LayerInfo) -> tuple[float, float]:
    x_min, y_min, x_max, y_max = layer.extent or (0.0, 0.0, 0.0, 0.0)
    z = sum(layer.z_range or (0.0, 0.0)) / 2
    geodetic = transformer(layer.crs, "EPSG:4979")
    lon, lat, _ = geodetic.transform((x_min + x_max) / 2, (y_min + y_max) / 2, z)
    return float(lon), float(lat)


def _horizontal(crs: str) -> str:
    parsed = parse_crs(crs)
    if parsed.is_compound:
        part = parsed.sub_crs_list[0]
        code = part.to_epsg()
        return f"EPSG:{code}" if code else str(part.to_wkt())
    return crs


def _utm_of(layers: Sequence[LayerInfo]) -> str:
    """Return the UTM zone of the first layer that has a place on Earth, empty where none has."""
    for layer in layers:
        lon, lat = _grid(layer, LONLAT)[4]
        if np.isfinite(lon) and np.isfinite(lat):
            zone = int((lon + 180) % 360 // 6) + 1
            return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"
    return ""
