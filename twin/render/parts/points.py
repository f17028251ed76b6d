"""Points: discs of a constant size on the screen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.drawables import Points, Role
from twin.render.parts.part import Array, Part, Spread, bytes_of, look_of
from twin.render.shaders.kind import Kind

POINTS_A_PART = 20_000
TWO = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)


def parts_of_points(points: Points) -> Iterator[Part]:
    """Yield the parts of points. Pure arrays."""
    for first in range(0, len(points.xyz_in_scene), POINTS_A_PART):
        yield _discs(points, slice(first, first + POINTS_A_PART))


def _discs(points: Points, chosen: slice) -> Part:
    at = points.xyz_in_scene[chosen]
    at = (at * [0.0, 0.0, 1.0]).astype(np.float32) if points.moving else at
    count = len(at)
    rows = np.full(count, -1, np.int32)
    if points.row_of_point is not None:
        rows = points.row_of_point[chosen].astype(np.int32)
    corner = np.zeros((count * 4, 4), np.float32)
    corner[:, :2] = np.tile(CORNERS, (count, 1))
    corner[:, 2] = points.size_px
    attributes: dict[str, Array] = {"look": look_of(np.repeat(rows, 4)), "corner": corner}
    if points.rgba_of_point is not None:
        attributes["colour"] = np.repeat(points.rgba_of_point[chosen], 4, axis=0)
    elif not points.styled or bool((rows < 0).any()):
        attributes["colour"] = bytes_of(points.rgba, count * 4)
    first = np.arange(count, dtype=np.int32)[:, None] * 4
    measured = points.role is Role.SOLID  # a grain of a scanned surface, not a symbol
    kind = Kind(
        body="grain" if measured else "dot",
        styled=points.styled,
        own_colour="colour" in attributes,
        shape="DOT",
        moving=points.moving,
        # A symbol is hidden by what stands well before it, not cut by what it stands on.
        pull=0.0 if measured else 30.0,
    )
    return Part(
        xyz=np.repeat(at, 4, axis=0),
        triangles=np.concatenate([first + TWO[0], first + TWO[1]]).astype(np.int32),
        attributes=attributes,
        kind=kind,
        role=points.role,
        from_m=points.from_m,
        until_m=points.until_m,
        within=points.within,
        rows=np.repeat(rows, 4) if points.pickable else None,
        spread=Spread(start=at, end=at, row=rows, reach_px=max(points.size_px, 6.0)),
    )
