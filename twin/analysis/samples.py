"""Points on facades, roofs and the ground at which analyses ask: does the sun reach here, is this seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from twin.analysis.rays import Caster, morton_order
from twin.analysis.town import Kind, Soup, Town
from twin.progress import Progress
from twin.shapes import surface_height
from twin.shapes.terrain import surface_normals

Float64 = NDArray[np.float64]
Spacing = tuple[float, float, float]
OFF_M = 0.05
"""A sample lies this far in front of its surface, so that its own surface does not hide it."""

STEEP = 0.3
"""Surfaces whose normal rises less than this are facades: steeper than 72 degrees."""

ABOVE_GROUND_M = 0.3
"""Facades below that are foundations."""

CANDIDATES = 4_000_000
"""Points of the lattices that are tested at a time: bounds the memory."""


class Surface(IntEnum):
    """What a sample lies on."""

    FACADE = 0
    ROOF = 1
    GROUND = 2


NAMES = ("facade", "roof", "ground")


@dataclass(frozen=True, eq=False, kw_only=True)
class Samples:
    """Sample points, neighbours in space being neighbours in the arrays.

    Parameters
    ----------
    xyz_in_scene : (n, 3) float64
        On the surface.
    normal : (n, 3) float32
        Outward unit normals.
    surface : (n,) uint8
        :class:`Surface`.
    body, row : (n,) int32
        Which body of the town and which row of it; -1 for the ground.
    spacing_m : tuple of 3 float
        By surface: distance between neighbours; each sample stands for its square.
    """

    xyz_in_scene: Float64
    normal: NDArray[np.float32]
    surface: NDArray[np.uint8]
    body: NDArray[np.int32]
    row: NDArray[np.int32]
    spacing_m: Spacing

    def __len__(self) -> int:
        return len(self.xyz_in_scene)

    def origins(self) -> NDArray[np.float32]:
        """Return (n, 3) float32 starts of rays, just in front of the surfaces."""
        return (self.xyz_in_scene + OFF_M * self.normal).astype(np.float32)

    def taken(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Samples:
        """Return some of them."""
        return Samples(
            xyz_in_scene=self.xyz_in_scene[which],
            normal=self.normal[which],
            surface=self.surface[which],
            body=self.body[which],
            row=self.row[which],
            spacing_m=self.spacing_m,
        )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is sampled.

    Parameters
    ----------
    bodies : sequence of int
        Bodies of the town whose facades and roofs count.
    rows : mapping-like of body to (k,) rows, or None
        Only these rows of a body.
    surfaces : sequence of Surface
    spacing_m : float or None
        None: as fine as about ``most`` samples in all allow, a third of them on the ground.
    box : tuple of 4 float or None
        x_min, y_min, x_max, y_max in the scene; None: around the chosen bodies.
    """

    bodies: Sequence[int]
    rows: dict[int, NDArray[np.int32]] | None = None
    surfaces: Sequence[Surface] = tuple(Surface)
    spacing_m: float | None = None
    most: int = 450_000
    box: tuple[float, float, float, float] | None = None


def samples_of(town: Town, caster: Caster, wanted: Wanted, progress: Progress) -> Samples:
    """Return the samples of a town, those inside buildings or below ground left out."""
    soup = caster.soup
    chosen = _chosen(soup, wanted)
    cross = soup.crosses()[chosen]
    kinds = _surfaces(cross)
    box = wanted.box or _box(soup, chosen)
    spacing = _spacings(cross, kinds, box, wanted)
    parts = [
        _on_triangles(soup, chosen[kinds == kind], kind, spacing, progress)
        for kind in (Surface.FACADE, Surface.ROOF)
        if kind in wanted.surfaces
    ]
    if Surface.GROUND in wanted.surfaces:
        parts.append(_on_ground(town, box, spacing))
    found = _joined(parts, spacing)
    progress.check_cancelled()
    if wanted.box is not None:
        x, y = found.xyz_in_scene[:, 0], found.xyz_in_scene[:, 1]
        low_x, low_y, high_x, high_y = wanted.box
        found = found.taken((x >= low_x) & (x <= high_x) & (y >= low_y) & (y <= high_y))
    found = found.taken(_above_ground(town, found))
    found = found.taken(morton_order(found.xyz_in_scene))
    return found.taken(~inside_solids(caster, found.origins()))


def inside_solids(caster: Caster, origins: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return (n,) True for points inside a closed solid: what is above them is a roof seen from below."""
    soup = caster.soup
    up = np.tile(np.array([[0, 0, 1]], np.float32), (len(origins), 1))
    hit = caster.first(origins, up).triangle
    met = hit >= 0
    inside = np.zeros(len(origins), bool)
    triangle = hit[met]
    a, b, c = (soup.xyz_in_scene[soup.triangles[triangle, i]] for i in range(3))
    rises = np.cross(b - a, c - a)[:, 2] > 0
    solid = soup.closed_of_triangle[triangle] & (soup.kind_of_triangle[triangle] == Kind.BUILT)
    inside[met] = rises & solid
    return inside


def _chosen(soup: Soup, wanted: Wanted) -> NDArray[np.intp]:
    built = (soup.kind_of_triangle == Kind.BUILT) & (soup.row_of_triangle >= 0)
    keep = built & np.isin(soup.body_of_triangle, np.asarray(wanted.bodies, np.int32))
    for body, rows in (wanted.rows or {}).items():
        keep &= (soup.body_of_triangle != body) | np.isin(soup.row_of_triangle, rows)
    found = np.flatnonzero(keep)
    if wanted.box is None:
        return found
    corners = soup.xyz_in_scene[soup.triangles[found]][..., :2]
    low, high = np.array(wanted.box[:2]), np.array(wanted.box[2:])
    outside = (corners.max(axis=1) < low) | (corners.min(axis=1) > high)
    kept: NDArray[np.intp] = found[~outside.any(axis=1)]
    return kept


def _surfaces(cross: Float64) -> NDArray[np.int8]:
    """Return for each triangle what it is, -1 for undersides and for those without an area."""
    double_area = np.linalg.norm(cross, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rise = cross[:, 2] / double_area
    kind = np.where(rise > STEEP, Surface.ROOF, np.where(rise >= -STEEP, Surface.FACADE, -1))
    return np.where(double_area > 1e-6, kind, -1).astype(np.int8)


def _box(soup: Soup, chosen: NDArray[np.intp]) -> tuple[float, float, float, float]:
    if not len(chosen):
        return (0.0, 0.0, 0.0, 0.0)
    xy = soup.xyz_in_scene[np.unique(soup.triangles[chosen])][:, :2]
    (x_min, y_min), (x_max, y_max) = xy.min(axis=0), xy.max(axis=0)
    return (float(x_min), float(y_min), float(x_max), float(y_max))


def _spacings(
    cross: Float64,
    kinds: NDArray[np.int8],
    box: tuple[float, float, float, float],
    wanted: Wanted,
) -> Spacing:
    """Return the spacing by surface: as wanted, else in half metres, at least one metre."""
    if wanted.spacing_m is not None:
        return (wanted.spacing_m,) * 3
    solid = np.isin(kinds, [k for k in wanted.surfaces if k is not Surface.GROUND])
    area = 0.5 * float(np.linalg.norm(cross[solid], axis=1).sum())
    x_min, y_min, x_max, y_max = box
    on_ground = Surface.GROUND in wanted.surfaces
    third = wanted.most / 3 if on_ground else 0.0
    near = _halves(area / max(wanted.most - third, 1.0))
    return (near, near, _halves((x_max - x_min) * (y_max - y_min) / max(third, 1.0)))


def _halves(area_each_m2: float) -> float:
    return float(max(1.0, np.ceil(2.0 * np.sqrt(area_each_m2)) / 2.0))


def _on_triangles(
    soup: Soup,
    chosen: NDArray[np.intp],
    kind: Surface,
    spacing: Spacing,
    progress: Progress,
) -> Samples:
    """Put a lattice into the plane of every triangle; coplanar neighbours share one lattice."""
    corners = soup.xyz_in_scene[soup.triangles[chosen]].astype(np.float64)
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    uv = _plane(corners, cross, kind, _base(soup, chosen, corners))
    which, weights = _lattice(uv, spacing[kind], progress)
    which, weights = _with_lone(soup, chosen, cross, which, weights)
    xyz = np.einsum("nk,nkd->nd", weights, corners[which])
    normal = cross[which] / np.linalg.norm(cross[which], axis=1, keepdims=True)
    triangle = chosen[which]
    return Samples(
        xyz_in_scene=xyz,
        normal=normal.astype(np.float32),
        surface=np.full(len(xyz), kind, np.uint8),
        body=soup.body_of_triangle[triangle],
        row=soup.row_of_triangle[triangle],
        spacing_m=spacing,
    )


def _feature(soup: Soup, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return a number (m,) for each body and row."""
    body, row = soup.body_of_triangle[chosen].astype(np.int64), soup.row_of_triangle[chosen]
    _, number = np.unique(body * 2**31 + row, return_inverse=True)
    return np.asarray(number.reshape(-1), np.intp)


def _base(soup: Soup, chosen: NDArray[np.intp], corners: Float64) -> Float64:
    """Return the foot (m,) of the feature of each triangle: storeys count from there."""
    feature = _feature(soup, chosen)
    low = np.full(feature.max() + 1 if len(feature) else 0, np.inf)
    np.minimum.at(low, feature, corners[..., 2].min(axis=1))
    return low[feature]


def _plane(corners: Float64, cross: Float64, kind: Surface, base: Float64) -> Float64:
    """Return (m, 3, 2): along the facade and up from its foot, or the plan of a roof."""
    if kind is Surface.ROOF:
        return corners[..., :2]
    level = np.hypot(cross[:, 0], cross[:, 1])
    along = np.column_stack([-cross[:, 1], cross[:, 0]]) / level[:, None]
    u = np.einsum("mkd,md->mk", corners[..., :2], along)
    return np.stack([u, corners[..., 2] - base[:, None]], axis=-1)


def _lattice(uv: Float64, spacing: float, progress: Progress) -> tuple[NDArray[np.intp], Float64]:
    """Return the triangle and the barycentric weights (n, 3) of every lattice point in (m, 3, 2) triangles."""
    # Just off the middle along u, so that no point lies on the diagonal of a square wall.
    shift = np.array([0.4871, 0.5]) * spacing
    first = np.ceil((uv.min(axis=1) - shift) / spacing).astype(np.int64)
    last = np.floor((uv.max(axis=1) - shift) / spacing).astype(np.int64)
    size = np.maximum(last - first + 1, 0)
    count = size[:, 0] * size[:, 1]
    ends = np.cumsum(count)
    found: list[NDArray[np.intp]] = []
    weights: list[Float64] = []
    start = 0
    while start < len(uv):
        progress.check_cancelled()
        before = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, before + CANDIDATES)), start + 1)
        part = slice(start, stop)
        which = np.repeat(np.arange(start, min(stop, len(uv))), count[part])
        nth = np.arange(len(which)) - np.repeat(ends[part] - count[part] - before, count[part])
        column, row = nth % size[which, 0], nth // size[which, 0]
        point = (first[which] + np.column_stack([column, row])) * spacing + shift
        w = _barycentric(uv[which], point)
        inside = (w >= 0).all(axis=1)
        found.append(which[inside])
        weights.append(w[inside])
        start = stop
    if not found:
        return np.zeros(0, np.intp), np.zeros((0, 3))
    return np.concatenate(found), np.concatenate(weights)


def _barycentric(uv: Float64, point: Float64) -> Float64:
    a, b, c = uv[:, 0], uv[:, 1], uv[:, 2]
    ab, ac, ap = b - a, c - a, point - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        v = (ap[:, 0] * ac[:, 1] - ap[:, 1] * ac[:, 0]) / area
        w = (ab[:, 0] * ap[:, 1] - ab[:, 1] * ap[:, 0]) / area
    return np.column_stack([1.0 - v - w, v, w])


def _with_lone(
    soup: Soup,
    chosen: NDArray[np.intp],
    cross: Float64,
    which: NDArray[np.intp],
    weights: Float64,
) -> tuple[NDArray[np.intp], Float64]:
    """Give features between the points of the lattice one sample in the middle of their largest triangle."""
    if not len(chosen):
        return which, weights
    feature = _feature(soup, chosen)
    without = np.ones(feature.max() + 1, bool)
    without[feature[which]] = False
    order = np.argsort(-np.linalg.norm(cross, axis=1), kind="stable")
    _, largest = np.unique(feature[order], return_index=True)
    lone = order[largest][without]
    middle = np.full((len(lone), 3), 1.0 / 3.0)
    return np.concatenate([which, lone]), np.concatenate([weights, middle])


def _on_ground(town: Town, box: tuple[float, float, float, float], spacing: Spacing) -> Samples:
    x_min, y_min, x_max, y_max = box
    each = spacing[Surface.GROUND]
    x = np.arange(x_min + each / 2, x_max, each)
    y = np.arange(y_min + each / 2, y_max, each)
    xy = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    xyz = np.column_stack([xy, surface_height(town.ground, xy)])
    if np.isfinite(town.ground.cell_m) and len(xy):
        normal = surface_normals(town.ground, xy)
    else:
        normal = np.tile([0.0, 0.0, 1.0], (len(xy), 1))
    none = np.full(len(xy), -1, np.int32)
    return Samples(
        xyz_in_scene=xyz,
        normal=normal.astype(np.float32),
        surface=np.full(len(xy), Surface.GROUND, np.uint8),
        body=none,
        row=none,
        spacing_m=spacing,
    )


def _above_ground(town: Town, samples: Samples) -> NDArray[np.bool_]:
    above = np.ones(len(samples), bool)
    solid = samples.surface != Surface.GROUND
    xyz = samples.xyz_in_scene[solid]
    if len(xyz) and np.isfinite(town.ground.cell_m):
        above[solid] = xyz[:, 2] > surface_height(town.ground, xyz[:, :2]) + ABOVE_GROUND_M
    return above


def _joined(parts: Sequence[Samples], spacing: Spacing) -> Samples:
    return Samples(
        xyz_in_scene=np.concatenate([p.xyz_in_scene for p in parts] or [np.zeros((0, 3))]),
        normal=np.concatenate([p.normal for p in parts] or [np.zeros((0, 3), np.float32)]),
        surface=np.concatenate([p.surface for p in parts] or [np.zeros(0, np.uint8)]),
        body=np.concatenate([p.body for p in parts] or [np.zeros(0, np.int32)]),
        row=np.concatenate([p.row for p in parts] or [np.zeros(0, np.int32)]),
        spacing_m=spacing,
    )
