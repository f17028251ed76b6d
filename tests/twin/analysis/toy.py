"""Small towns of boxes, and the plainest possible caster of rays to check the real one against."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.analysis.town import Body, Soup, Town
from twin.drawables import Mesh
from twin.model.geoframe import GeoFrame
from twin.model.ground import FlatGround, Ground
from twin.shapes import extrude

FRAME = GeoFrame(crs="EPSG:2154", origin=(645_000.0, 6_858_000.0, 0.0))


def town(
    boxes: list[tuple[float, float, float, float, float]], *, ground: Ground | None = None
) -> Town:
    """Return a town of blocks: x_min, y_min, x_max, y_max, height."""
    polygons = np.array([shapely.box(*b[:4]) for b in boxes], object)
    made = extrude(
        polygons,
        np.arange(len(boxes)),
        z_bottom=np.full(len(boxes), -0.4),
        z_top=np.array([b[4] for b in boxes]),
    )
    mesh = Mesh(
        xyz_in_scene=made.xyz.astype(np.float32),
        triangles=made.triangles,
        row_of_vertex=made.row_of_vertex,
        closed=True,
    )
    body = Body(
        layer_id="blocks",
        drawables=(mesh,),
        feature_ids=np.array([f"block-{i}" for i in range(len(boxes))], object),
        rows=np.ones(len(boxes), bool),
    )
    return Town(frame=FRAME, ground=ground or FlatGround(), bodies=(body,))


def naive_blocked(
    soup: Soup, origins: NDArray[np.float64], direction: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return (n,) True where a ray meets any triangle: Möller and Trumbore, one triangle after the other."""
    blocked = np.zeros(len(origins), bool)
    for a, b, c in soup.xyz_in_scene[soup.triangles].astype(np.float64):
        edge, other = b - a, c - a
        p = np.cross(direction, other)
        det = float(edge @ p)
        if abs(det) < 1e-12:
            continue
        t = origins - a
        u = (t @ p) / det
        q = np.cross(t, edge)
        v = (q @ direction) / det
        away = (q @ other) / det
        blocked |= (u >= 0) & (v >= 0) & (u + v <= 1) & (away > 0)
    return blocked
