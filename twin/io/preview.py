"""A small picture of a table from above, for dialogs: outlines, lines and points on a plain ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.model.table import FeatureTable

MOST = 60_000
"""Line pieces, triangles or points that are drawn; more tell no more at this size."""
FEW = 2_000
"""Points that are drawn so large that each is seen."""
DOT_PX = 2
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """The colours of a picture; those of a light window where nothing else is said."""

    paper: Colour = (246, 247, 249)
    ink: Colour = (58, 84, 110)
    fill: Colour = (176, 194, 210)


def picture(
    table: FeatureTable, *, width: int = 300, height: int = 200, paint: Paint | None = None
) -> NDArray[np.uint8] | None:
    """Return (height, width, 3) uint8, north up, or None where the table has nothing to draw."""
    from PIL import Image, ImageDraw

    if table.raster is not None:
        return _of_raster(table.raster.values, width, height)
    fills, lines, dots = _shapes(table)
    everything = [part for part in (*fills, *lines, *dots) if len(part)]
    if not everything:
        return None
    stacked = np.concatenate(everything)
    stacked = stacked[np.isfinite(stacked).all(axis=1)]
    if not len(stacked):
        return None
    low, high = np.quantile(stacked, 0.002, axis=0), np.quantile(stacked, 0.998, axis=0)
    span = np.maximum(high - low, 1e-9)
    scale = 0.92 * min(width / span[0], height / span[1])
    middle = (low + high) / 2

    def on_paper(xy: NDArray[np.float64]) -> list[tuple[float, float]]:
        moved = (np.nan_to_num(xy) - middle) * scale * [1, -1] + [width / 2, height / 2]
        return [tuple(point) for point in np.clip(moved, -4 * width, 4 * width).tolist()]

    paint = paint or Paint()
    image = Image.new("RGB", (width, height), paint.paper)
    pen = ImageDraw.Draw(image)
    for ring in fills:
        pen.polygon(on_paper(ring), fill=paint.fill, outline=paint.ink)
    for line in lines:
        pen.line(on_paper(line), fill=paint.ink)
    few = sum(map(len, dots)) <= FEW
    for x, y in (place for cloud in dots for place in on_paper(cloud)):
        if few:
            pen.ellipse((x - DOT_PX, y - DOT_PX, x + DOT_PX, y + DOT_PX), fill=paint.ink)
        else:
            pen.point((x, y), fill=paint.ink)
    return np.asarray(image, dtype=np.uint8)


def _shapes(
    table: FeatureTable,
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    fills: list[NDArray[np.float64]] = []
    lines: list[NDArray[np.float64]] = []
    dots: list[NDArray[np.float64]] = []
    if table.mesh is not None and len(table.mesh.triangles):
        step = max(1, len(table.mesh.triangles) // MOST)
        corners = table.mesh.xyz_in_crs[table.mesh.triangles[::step]][..., :2]
        fills += list(corners)
    if table.points is not None:
        step = max(1, len(table.points.xyz_in_crs) // MOST)
        dots.append(table.points.xyz_in_crs[::step, :2])
    geometry = np.asarray(table.frame.geometry.to_numpy(), dtype=object)
    parts = shapely.get_parts(geometry[~np.asarray(shapely.is_missing(geometry))])
    parts = parts[:: max(1, len(parts) // (MOST // 4))]
    for part in parts:
        if part.geom_type == "Polygon":
            fills.append(shapely.get_coordinates(part.exterior))
        elif part.geom_type in {"LineString", "LinearRing"}:
            lines.append(shapely.get_coordinates(part))
        elif part.geom_type == "Point":
            dots.append(shapely.get_coordinates(part))
    return fills, lines, dots


def _of_raster(values: NDArray[Any], width: int, height: int) -> NDArray[np.uint8]:
    from PIL import Image

    if values.ndim == 3:
        shown = values[..., :3]
    else:
        step = max(1, max(values.shape) // max(width, height))
        coarse = values[::step, ::step]
        known = coarse[np.isfinite(coarse)]
        low, high = np.quantile(known, (0.02, 0.98)) if len(known) else (0.0, 1.0)
        grey = np.nan_to_num((coarse - low) / max(float(high - low), 1e-9), nan=1.0)
        shown = np.repeat((60 + 190 * np.clip(grey, 0, 1))[..., None], 3, axis=2).astype(np.uint8)
    image = Image.fromarray(np.ascontiguousarray(shown))
    image.thumbnail((width, height))
    return np.asarray(image.convert("RGB"), dtype=np.uint8)
