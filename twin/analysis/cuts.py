"""Sections through a town: planes and boxes, the faces that they cut, and the drawing of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.analysis.town import Body, Town
from twin.drawables import Lines, Mesh, Role
from twin.progress import Progress

Float64 = NDArray[np.float64]
GROUND, BUILT, NETWORK = "ground", "built", "network"
PARTS = (GROUND, BUILT, NETWORK)
BEYOND = "beyond"
"""Part of what is not cut, but seen behind the plane: :mod:`twin.analysis.elevation`."""

DEPTH_M = 12.0
"""How much of the ground below its lowest point a section shows."""

STEP_M = 1.0
MOST_STEPS = 4_000
LEAST_M2 = 1e-4
MM = 1e-3
THINNEST_M = 0.15
"""Radius that a pipe or cable is cut with where its own is smaller or not known."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Plane:
    """A plane in the scene; what lies on the side that its normal points to stays.

    Parameters
    ----------
    origin : (3,) float64
        A point of it: where the drawing begins.
    along : (3,) float64
        Unit vector in the plane: to the right in the drawing.
    up : (3,) float64
        Unit vector in the plane: upwards in the drawing.
    length_m : float or None
        The drawing ends there; None: it has no ends.
    """

    origin: Float64
    along: Float64
    up: Float64
    length_m: float | None = None

    @property
    def normal(self) -> Float64:
        """(3,) unit vector into what stays: away from who looks at the drawing."""
        return np.cross(self.up, self.along)

    @property
    def equation(self) -> Float64:
        """(4,) normal and distance, as :meth:`twin.render.Stage.set_cut` takes them."""
        return np.array([*self.normal, float(self.normal @ self.origin)])

    @property
    def upright(self) -> bool:
        """Whether heights can be read off the drawing."""
        return bool(abs(self.up[2]) > 0.999)

    def moved(self, distance_m: float) -> Plane:
        """Return the plane farther in, by metres along its normal."""
        return Plane(
            origin=self.origin + distance_m * self.normal,
            along=self.along,
            up=self.up,
            length_m=self.length_m,
        )

    def flipped(self) -> Plane:
        """Return the plane seen from its other side."""
        length = self.length_m or 0.0
        return Plane(
            origin=self.origin + self.along * length,
            along=-self.along,
            up=self.up,
            length_m=self.length_m,
        )

    def in_plane(self, xyz: Float64) -> Float64:
        """Return (n, 2) metres to the right and upwards of points (n, 3)."""
        away = xyz - self.origin
        return np.column_stack([away @ self.along, away @ self.up])

    def in_scene(self, uv: Float64) -> Float64:
        """Return (n, 3) of places (n, 2) in the drawing."""
        return self.origin + uv[:, :1] * self.along + uv[:, 1:] * self.up


@dataclass(frozen=True, eq=False, kw_only=True)
class Cut:
    """A face that a plane cuts: polygon in the drawing, what it is part of, layer and feature."""

    shape: Any
    part: str
    layer: str = ""
    feature: str = ""


def through(first: Float64, second: Float64) -> Plane:
    """Return the upright plane through two places (3,), seen so that the first is on the left."""
    way = (second - first)[:2]
    length = float(np.hypot(*way))
    along = np.array([*(way / max(length, 1e-9)), 0.0])
    origin = np.array([first[0], first[1], 0.0])
    return Plane(origin=origin, along=along, up=np.array([0.0, 0.0, 1.0]), length_m=length)


def level(z_m: float) -> Plane:
    """Return the level plane at a height of the scene; what lies below it stays."""
    origin = np.array([0.0, 0.0, z_m])
    return Plane(origin=origin, along=np.array([1.0, 0.0, 0.0]), up=np.array([0.0, 1.0, 0.0]))


def box(low: Float64, high: Float64) -> tuple[Plane, ...]:
    """Return the four upright sides and the lid of a box; what lies inside stays."""
    x0, y0, x1, y1 = (float(v) for v in (*low[:2], *high[:2]))
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    sides = []
    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        sides.append(through(np.array([*a, 0.0]), np.array([*b, 0.0])))
    return (*sides, level(float(high[2])))


def faces(
    town: Town, plane: Plane, progress: Progress, *, others: Sequence[Plane] = ()
) -> list[Cut]:
    """Return what a plane cuts of a town, as polygons in its drawing.

    Closed solids become filled outlines; an open surface encloses nothing and is left out. Pipes and cables become
    the circles that they are. ``others`` bound the faces: the other sides of a box.
    """
    window = window_of(plane, others)
    found: list[Cut] = []
    for body in town.bodies:
        progress.check_cancelled()
        for drawable in body.drawables:
            if isinstance(drawable, Mesh) and drawable.role is Role.SOLID:
                found += _of_mesh(body, drawable, plane)
            elif isinstance(drawable, Lines):
                found += _of_lines(body, drawable, plane)
    if plane.upright:
        found += _of_ground(town, plane, window)
    clipped = [(cut, shapely.intersection(cut.shape, window)) for cut in found]
    return [
        Cut(shape=shape, part=cut.part, layer=cut.layer, feature=cut.feature)
        for cut, shape in clipped
        if shape.area > LEAST_M2
    ]


def window_of(plane: Plane, others: Sequence[Plane] = ()) -> Any:
    """Return the part of the plane that is drawn."""
    reach = 1e5
    end = plane.length_m
    window: Any = shapely.box(0.0 if end is not None else -reach, -reach, end or reach, reach)
    for other in others:
        # Where the other side keeps a half of this plane: n . (o + u a + v b) >= d.
        normal, distance = other.normal, float(other.normal @ other.origin)
        a, b = float(normal @ plane.along), float(normal @ plane.up)
        if math.hypot(a, b) < 1e-9:
            continue
        rest = (distance - float(normal @ plane.origin)) / math.hypot(a, b)
        out = np.array([a, b]) / math.hypot(a, b)
        side = np.array([-out[1], out[0]])
        near, far = out * rest, out * (rest + 4 * reach)
        half = [near - side * 4 * reach, near + side * 4 * reach]
        half += [far + side * 4 * reach, far - side * 4 * reach]
        window = shapely.intersection(window, shapely.Polygon(half))
    return window


def _of_mesh(body: Body, mesh: Mesh, plane: Plane) -> list[Cut]:
    segments, rows = sliced(mesh, plane)
    if not len(segments):
        return []
    shown = rows < 0
    shown[rows >= 0] = body.rows[rows[rows >= 0]]
    segments, rows = segments[shown], rows[shown]
    found = []
    for row in np.unique(rows):
        strokes = segments[rows == row]
        shape = filled(closed(strokes) if plane.upright else strokes)
        if shape.area > LEAST_M2:
            name = str(body.feature_ids[row]) if row >= 0 else ""
            found.append(Cut(shape=shape, part=BUILT, layer=body.layer_id, feature=name))
    return found


def sliced(mesh: Mesh, plane: Plane) -> tuple[Float64, NDArray[np.int32]]:
    """Return the strokes (k, 2, 2) that a plane leaves of a mesh, in its drawing, and the row of each."""
    none = np.zeros((0, 2, 2)), np.zeros(0, np.int32)
    if not len(mesh.triangles):
        return none
    xyz = mesh.xyz_in_scene.astype(np.float64)
    away = (xyz - plane.origin) @ plane.normal
    away[away == 0.0] = 1e-9  # a corner in the plane belongs to one of its sides
    above = away[mesh.triangles] > 0
    count = above.sum(axis=1)
    hit = np.flatnonzero((count == 1) | (count == 2))
    if not len(hit):
        return none
    # The corner that is alone on its side first: the plane meets the two edges at it.
    lone = np.argmax(above[hit] == (count[hit] == 1)[:, None], axis=1)
    corners = mesh.triangles[hit]
    order = (lone[:, None] + np.arange(3)) % 3
    a, b, c = (corners[np.arange(len(hit)), order[:, i]] for i in range(3))
    ends = []
    for other in (b, c):
        share = away[a] / (away[a] - away[other])
        ends.append(plane.in_plane(xyz[a] + share[:, None] * (xyz[other] - xyz[a])))
    segments = np.stack(ends, axis=1)
    row = mesh.row_of_vertex
    rows = row[corners[:, 0]] if row is not None else np.full(len(hit), -1, np.int32)
    return segments, rows


def closed(segments: Float64) -> Float64:
    """Return strokes (k, 2, 2) with the foot of a solid that has no floor: its open ends joined, from left to right."""
    ends = np.round(segments.reshape(-1, 2) / MM).astype(np.int64)
    places, count = np.unique(ends, axis=0, return_counts=True)
    open_ends = places[count % 2 == 1] * MM  # sorted by the first column: from left to right
    if not len(open_ends) or len(open_ends) % 2:
        return segments
    return np.concatenate([segments, open_ends.reshape(-1, 2, 2)])


def filled(segments: Float64) -> Any:
    """Return the area that strokes (k, 2, 2) enclose: inside where a ray crosses an odd number of them."""
    rounded = np.round(segments / MM) * MM
    rounded = rounded[(rounded[:, 0] != rounded[:, 1]).any(axis=1)]
    if len(rounded) < 3:
        return shapely.Polygon()
    lines = shapely.union_all(shapely.linestrings(rounded))
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    if not len(cells):
        return shapely.Polygon()
    inside = _odd(shapely.get_coordinates(shapely.point_on_surface(cells)), rounded)
    return shapely.union_all(cells[inside]) if inside.any() else shapely.Polygon()


def _odd(points: Float64, segments: Float64) -> NDArray[np.bool_]:
    """Return (n,) whether a ray to the right of each point crosses an odd number of strokes."""
    a, b = segments[:, 0], segments[:, 1]
    y = points[:, 1:2]
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    return np.asarray((spans & (x > points[:, :1])).sum(axis=1) % 2 == 1)


def _of_lines(body: Body, lines: Lines, plane: Plane) -> list[Cut]:
    """Return the circles of pipes and cables that the plane meets."""
    if lines.row_of_line is None or not len(lines.xyz_in_scene):
        return []
    if lines.role is not Role.UNDERGROUND and lines.radius_m is None:
        return []  # a stroke on the ground is no pipe
    xyz = lines.xyz_in_scene.astype(np.float64)
    away = (xyz - plane.origin) @ plane.normal
    crosses = (away[:-1] > 0) != (away[1:] > 0)
    crosses[lines.offsets[1:-1] - 1] = False  # from the end of a line to the beginning of the next
    first = np.flatnonzero(crosses)
    line = np.searchsorted(lines.offsets, first, side="right") - 1
    found = []
    for i, row in zip(first, lines.row_of_line[line], strict=True):
        if row >= 0 and not body.rows[row]:
            continue
        share = away[i] / (away[i] - away[i + 1])
        at = plane.in_plane((xyz[i] + share * (xyz[i + 1] - xyz[i]))[None])[0]
        shape = shapely.Point(at).buffer(max(lines.radius_m or 0.0, THINNEST_M))
        name = str(body.feature_ids[row]) if row >= 0 else ""
        found.append(Cut(shape=shape, part=NETWORK, layer=body.layer_id, feature=name))
    return found


def _of_ground(town: Town, plane: Plane, window: Any) -> list[Cut]:
    """Return the ground under its profile, down to some metres below its lowest point."""
    start, _, end, _ = window.bounds
    if not math.isfinite(end - start) or end - start > MOST_STEPS * 100:
        start, end = _reach(town, plane)
    steps = int(min(max((end - start) / STEP_M, 2), MOST_STEPS))
    u = np.linspace(start, end, steps + 1)
    xyz = plane.in_scene(np.column_stack([u, np.zeros_like(u)]))
    z = np.asarray(town.ground.height_m(xyz[:, :2]), np.float64)
    z = np.where(np.isfinite(z), z, np.nanmin(z) if np.isfinite(z).any() else 0.0)
    foot = float(z.min()) - DEPTH_M
    ring = [(start, foot), *zip(u, z, strict=True), (end, foot)]
    return [Cut(shape=shapely.Polygon(ring), part=GROUND, layer=town.ground_id)]


def _reach(town: Town, plane: Plane) -> tuple[float, float]:
    """Return from where to where a plane without ends has something to show."""
    solid = [
        d.xyz_in_scene
        for body in town.bodies
        for d in body.drawables
        if isinstance(d, Mesh) and len(d.xyz_in_scene)
    ]
    if not solid:
        return -500.0, 500.0
    u = np.concatenate([(xyz - plane.origin) @ plane.along for xyz in solid])
    return float(u.min()), float(u.max())
