"""Pitched roofs over footprints, closed whatever the footprint looks like.

Near-rectangular footprints carry the shape in the frame of their smallest turned rectangle (quadrilaterals in
the frame of their own corners), convex ones carry cones and domes about their centre, and all others get
wings of one pitch that meet in valleys; the few that have too many corners for it get a hip of constant width
along their outline. Every roof is a triangulated height field over its whole footprint,
and walls rise to it from the outline, so no shape can leave a hole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from twin.shapes.parts import (
    Float64,
    Geometries,
    Int32,
    Part,
    Triangles,
    clean_polygons,
    joined,
    no_triangles,
    rings_of,
    weld,
)
from twin.shapes.roof_profiles import FRAMED, RADIAL, Outline, roof_kind
from twin.shapes.triangulate import FlatMesh, boundary_edges, flat_mesh
from twin.shapes.wings import wings

Indices = NDArray[np.intp]
ONE_WAY = frozenset({"skillion", "saltbox"})
"""Roofs that are higher at one side: positive ``v`` of their frame."""
RUNNING = frozenset({"sawtooth", "butterfly"})
"""Roofs that fall inwards or in a row: no slope of theirs begins at the outline."""
RECTANGULAR = 0.82
"""Share of its turned rectangle that a footprint must fill to carry a framed roof."""


@dataclass(frozen=True, eq=False)
class _Field:
    """A height field: ``height`` is 0 at the eaves and 1 at the ridge."""

    xy: Float64
    height: Float64
    triangles: Indices
    polygon_of: Indices


def roofs(
    polygons: ArrayLike, rows: ArrayLike, *, z_eaves: ArrayLike, rise_m: ArrayLike, shape: Sequence[str],
    z_bottom: ArrayLike | None = None, faces_deg: ArrayLike = np.nan, across: ArrayLike = False,
) -> Triangles:  # fmt: skip
    """Make roofs, and with ``z_bottom`` whole buildings: outward, walls meet the roof vertex by vertex.

    Parameters
    ----------
    polygons, rows : (k,) object array of Polygon or MultiPolygon, (k,) int
        Footprints in scene metres, and the row of the feature table of each.
    z_eaves, rise_m : (k,) float64
        Height of the eaves in the scene, and from there to the ridge; 0 or less, or NaN, makes a flat roof.
    shape : (k,) sequence of str
        Words that :func:`~twin.shapes.roof_profiles.roof_kind` knows; anything else is flat.
    z_bottom : (k,) float64, optional
        Foot of the walls. Without it walls stand only between the eaves and a roof that is higher there (gables).
    faces_deg : (k,) float64
        Where the roof slopes down to, degrees clockwise from the north (``roof:direction``); NaN: not known.
    across : (k,) bool
        The ridge runs across the longer side (``roof:orientation=across``).
    """
    clean = clean_polygons(polygons)
    if not len(clean):
        return no_triangles(clean.dropped)
    size = len(np.atleast_1d(np.asarray(polygons, dtype=object)))

    def of_polygon(values: ArrayLike) -> Float64:
        return np.broadcast_to(np.asarray(values, np.float64), size)[clean.origin]

    eaves, rise = of_polygon(z_eaves), of_polygon(rise_m)
    kind = np.array([roof_kind(name) for name in shape])[clean.origin]
    kind = np.where(rise > 0, kind, "flat")
    bottom = eaves if z_bottom is None else of_polygon(z_bottom)
    row = np.asarray(rows, np.int32)[clean.origin]
    fields = _fields(clean.geometry, kind, of_polygon(faces_deg), of_polygon(across) > 0)
    rise = np.nan_to_num(rise)
    made = joined(
        [_solid(field, eaves=eaves, rise=rise, bottom=bottom, row=row) for field in fields]
    )
    return replace(made, dropped=clean.dropped)


def _fields(
    polygons: Geometries, kind: NDArray[np.str_], faces_deg: Float64, across: NDArray[np.bool_]
) -> list[_Field]:
    """Sort the polygons by the way their roof is made, and make all of one way together."""
    corners, is_quad = _frames(polygons)
    corners = _turned(corners, kind, faces_deg, across)
    box = _frame_area(corners)
    whole = shapely.get_num_interior_rings(polygons) == 0
    fills = (shapely.area(polygons) >= RECTANGULAR * box) & whole & np.isfinite(box)
    framed = np.isin(kind, list(FRAMED)) & np.isfinite(box) & (fills | (kind == "skillion"))
    radial = np.isin(kind, list(RADIAL)) & _star_shaped(polygons)
    fields: list[_Field] = []
    for name in sorted(FRAMED):
        chosen = np.flatnonzero(framed & (kind == name))
        if len(chosen):
            fields.append(_framed(polygons, chosen, corners, is_quad, name))
    for name in sorted(RADIAL):
        chosen = np.flatnonzero(radial & (kind == name))
        if len(chosen):
            fields.append(_radial(polygons, chosen, name))
    pitched, left_over = _pitched(polygons, kind, (kind != "flat") & ~framed & ~radial)
    chosen = np.concatenate([np.flatnonzero(kind == "flat"), left_over])
    return [*fields, *pitched, *([_level(polygons, np.sort(chosen))] if len(chosen) else [])]


def _pitched(
    polygons: Geometries, kind: NDArray[np.str_], wanted: NDArray[np.bool_]
) -> tuple[list[_Field], Indices]:
    """Wings where a roof has them, a sloping band for the rest; polygons too thin for both are given back."""
    fields: list[_Field] = []
    rest = wanted.copy()
    winged = np.flatnonzero(wanted & ~np.isin(kind, list(RUNNING)))
    if len(winged):
        made = wings(polygons[winged], kind[winged])
        fields.append(_Field(made.xy, made.height, made.triangles, winged[made.polygon_of]))
        rest[winged[made.done]] = False
    chosen = np.flatnonzero(rest)
    if not len(chosen):
        return fields, chosen
    inset, left_over = _inset(polygons, chosen)
    return [*fields, *inset], left_over


def _level(polygons: Geometries, chosen: Indices) -> _Field:
    mesh = flat_mesh(polygons[chosen])
    return _Field(mesh.xy, np.zeros(len(mesh.xy)), mesh.triangles, chosen[mesh.polygon_of_vertex])


def _frames(polygons: Geometries) -> tuple[Float64, NDArray[np.bool_]]:
    """Corners (k, 4, 2) of each polygon's frame, anticlockwise, a long side first; NaN where it has none."""
    is_quad = (shapely.get_num_coordinates(polygons) == 5) & (
        shapely.get_num_interior_rings(polygons) == 0
    )
    corners = np.full((len(polygons), 4, 2), np.nan)
    boxes = polygons.copy()
    boxes[~is_quad] = shapely.oriented_envelope(polygons[~is_quad])
    good = shapely.get_type_id(boxes) == shapely.GeometryType.POLYGON
    good &= shapely.get_num_coordinates(boxes) == 5
    coords = shapely.get_coordinates(shapely.orient_polygons(boxes[good])).reshape(-1, 5, 2)[:, :4]
    ahead = np.roll(coords, -1, axis=1) - coords
    turn = ahead[..., 0] * np.roll(ahead[..., 1], -1, axis=1) - ahead[..., 1] * np.roll(
        ahead[..., 0], -1, axis=1
    )
    side = np.hypot(ahead[..., 0], ahead[..., 1])
    shift = (side[:, 0] + side[:, 2] < side[:, 1] + side[:, 3]).astype(int)
    corners[good] = np.take_along_axis(
        coords, ((np.arange(4) + shift[:, None]) % 4)[..., None], axis=1
    )
    bent = np.zeros(len(polygons), bool)
    bent[good] = (turn <= 1e-6 * side * np.roll(side, -1, axis=1)).any(axis=1)
    corners[bent & is_quad] = np.nan  # an arrow or a triangle: no frame of its own
    return corners, is_quad & ~bent


def _turned(
    corners: Float64, kind: NDArray[np.str_], faces_deg: Float64, across: NDArray[np.bool_]
) -> Float64:
    """Return frames that begin at the corner from which their roof faces where it is said to face.

    A roof with one slope faces away from its higher side, the others to both sides of their ridge.
    """
    told = np.isfinite(faces_deg) & np.isfinite(corners).all(axis=(1, 2))
    turns = np.where(across & ~told, 1, 0)
    angle = np.radians(np.nan_to_num(faces_deg))
    down = np.column_stack([np.sin(angle), np.cos(angle)])
    agreement = []
    for turn in range(4):
        corner = np.roll(corners, -turn, axis=1)
        side = (
            corner[:, 2] + corner[:, 3] - corner[:, 0] - corner[:, 1]
        )  # to the side of positive v
        side = side / np.maximum(np.hypot(*side.T), 1e-9)[:, None]
        falls = -(side * down).sum(axis=1)
        one_way = np.isin(kind, list(ONE_WAY))
        agreement.append(np.where(one_way, falls, np.where(turn < 2, np.abs(falls), -1.0)))
    turns = np.where(told, np.argmax(agreement, axis=0), turns)
    order = (np.arange(4) + turns[:, None]) % 4
    return np.asarray(np.take_along_axis(corners, order[..., None], axis=1))


def _frame_area(corners: Float64) -> Float64:
    x, y = corners[..., 0], corners[..., 1]
    area = 0.5 * (x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1)
    return np.where(np.isfinite(area), area, np.inf)


def _star_shaped(polygons: Geometries) -> NDArray[np.bool_]:
    """Whether the whole outline can be seen from the centroid."""
    star: NDArray[np.bool_] = shapely.get_num_interior_rings(polygons) == 0
    rings = rings_of(polygons)
    xy, next_of, polygon_of = rings.xy, rings.next_of, rings.polygon_of
    centre = shapely.get_coordinates(shapely.centroid(polygons))[polygon_of]
    a, b = xy - centre, xy[next_of] - centre
    star[polygon_of[a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] <= 1e-9]] = False
    return star


def _framed(
    polygons: Geometries, chosen: Indices, corners: Float64, is_quad: NDArray[np.bool_], name: str
) -> _Field:
    mesh = flat_mesh(polygons[chosen])
    polygon_of = chosen[mesh.polygon_of_vertex]
    frame = corners[polygon_of]
    along = (frame[:, 1] + frame[:, 2] - frame[:, 0] - frame[:, 3]) / 4
    across = (frame[:, 2] + frame[:, 3] - frame[:, 0] - frame[:, 1]) / 4
    half_length, half_width = np.hypot(*along.T), np.hypot(*across.T)
    offset = mesh.xy - frame.mean(axis=1)
    u = (offset * along).sum(axis=1) / half_length
    v = (offset * across).sum(axis=1) / half_width
    # A quadrilateral is its own frame, also when it is no rectangle: its eaves stay level.
    quad = is_quad[polygon_of]
    nearest = np.argmin(np.square(frame - mesh.xy[:, None]).sum(axis=2), axis=1)
    u = np.where(quad, half_length * np.array([-1.0, 1.0, 1.0, -1.0])[nearest], u)
    v = np.where(quad, half_width * np.array([-1.0, -1.0, 1.0, 1.0])[nearest], v)
    outline = Outline(u=u, v=v, half_length=half_length, half_width=half_width)
    carried = np.column_stack([u, v, half_length, half_width, mesh.xy, polygon_of])
    profile = FRAMED[name]
    vertices, triangles = profile.crease(carried, mesh.triangles)
    outline = Outline(
        u=vertices[:, 0], v=vertices[:, 1], half_length=vertices[:, 2], half_width=vertices[:, 3]
    )
    height = np.clip(profile.height(outline), 0.0, 1.0)
    return _Field(vertices[:, 4:6], height, triangles, np.rint(vertices[:, 6]).astype(np.intp))


def _radial(polygons: Geometries, chosen: Indices, name: str) -> _Field:
    """Rings of the outline shrunk towards its centre, and the centre."""
    profile = RADIAL[name]  # (scale, height) from the eaves inwards, the last one the apex
    outline = rings_of(polygons[chosen])
    xy, next_of, local = outline.xy, outline.next_of, outline.polygon_of
    n, polygon_of = len(xy), chosen[local]
    centre = shapely.get_coordinates(shapely.centroid(polygons[chosen]))
    rings = len(profile) - 1
    points = [centre[local] + (xy - centre[local]) * scale for scale, _ in profile[:-1]]
    heights = [np.full(n, height) for _, height in profile[:-1]]
    here = np.arange(n)
    triangles = []
    for ring in range(rings - 1):
        low, high = ring * n, (ring + 1) * n
        triangles += [
            np.column_stack([low + here, low + next_of, high + next_of]),
            np.column_stack([low + here, high + next_of, high + here]),
        ]
    top = (rings - 1) * n
    triangles.append(np.column_stack([top + here, top + next_of, rings * n + local]))
    return _Field(
        np.concatenate([*points, centre]),
        np.concatenate([*heights, np.full(len(chosen), profile[-1][1])]),
        np.concatenate(triangles),
        np.concatenate([*([polygon_of] * rings), chosen]),
    )


def _inset(polygons: Geometries, chosen: Indices) -> tuple[list[_Field], Indices]:
    """A sloping band along the outline and a flat top; polygons too thin for it are given back."""
    outer = polygons[chosen]
    width = 0.85 * shapely.area(outer) / shapely.length(outer)
    with np.errstate(all="ignore"):  # edges of no length divide by zero inside GEOS, without harm
        inner = shapely.buffer(outer, -width, join_style="mitre", mitre_limit=4.0)
    fits = ~shapely.is_empty(inner) & shapely.is_valid(inner)
    left_over, chosen, outer, inner = chosen[~fits], chosen[fits], outer[fits], inner[fits]
    if not len(chosen):
        return [], left_over
    band = clean_polygons(shapely.difference(outer, inner))
    top = clean_polygons(inner)
    low, high = flat_mesh(band.geometry), flat_mesh(top.geometry)
    return [_two_levels(low, chosen[band.origin], high, chosen[top.origin])], left_over


def _two_levels(
    low: FlatMesh, low_polygon: Indices, high: FlatMesh, high_polygon: Indices
) -> _Field:
    xy = np.concatenate([low.xy, high.xy])
    polygon_of = np.concatenate(
        [low_polygon[low.polygon_of_vertex], high_polygon[high.polygon_of_vertex]]
    )
    first, inverse = weld(
        polygon_of, np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    )
    height = np.zeros(len(first))
    height[inverse[len(low.xy) :]] = 1.0
    triangles = inverse[np.concatenate([low.triangles, high.triangles + len(low.xy)])]
    return _Field(xy[first], height, triangles, polygon_of[first])


def _solid(
    field: _Field, *, eaves: Float64, rise: Float64, bottom: Float64, row: Int32
) -> Triangles:
    """Lift the field to its heights and stand walls under its outline."""
    polygon_of = field.polygon_of
    z = eaves[polygon_of] + rise[polygon_of] * field.height
    n = len(z)
    edges = boundary_edges(field.triangles)
    start, end = edges[:, 0], edges[:, 1]
    foot = bottom[polygon_of]
    used, compact = np.unique(edges, return_inverse=True)
    compact = compact.reshape(-1, 2)
    low, high = n + compact, n + len(used) + compact
    walls = np.concatenate(
        [
            np.column_stack([low[:, 0], low[:, 1], high[:, 1]])[z[end] > foot[end]],
            np.column_stack([low[:, 0], high[:, 1], high[:, 0]])[z[start] > foot[start]],
        ]
    )
    xyz = np.concatenate(
        [
            np.column_stack([field.xy, z]),
            np.column_stack([field.xy[used], foot[used]]),
            np.column_stack([field.xy[used], z[used]]),
        ]
    )
    part = np.full(len(xyz), Part.WALL, np.uint8)
    part[:n] = Part.ROOF
    return Triangles(
        xyz=xyz,
        triangles=np.concatenate([field.triangles, walls]).astype(np.int32),
        row_of_vertex=row[np.concatenate([polygon_of, polygon_of[used], polygon_of[used]])],
        part_of_vertex=part,
    )
