"""Lines: ribbons of a width on the screen, or tubes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Lines, Mesh, Role
from twin.render.parts.mesh import PULL, parts_of_mesh
from twin.render.parts.part import Array, Part, Spread, bytes_of, look_of
from twin.render.shaders.kind import Kind

SIDES = 7
TWO = np.array([[0, 1, 2], [2, 1, 3]], np.int32)
SEGMENTS_A_PART = 20_000
TUBE_REACH_PX = 5.0
Float32 = NDArray[np.float32]


def parts_of_lines(lines: Lines) -> Iterator[Part]:
    """Yield the parts of lines. Pure arrays."""
    if lines.radius_m is not None:
        more = {"course": _course_of_rings(lines)} if lines.flow_column else None
        mesh = _tubes(lines, lines.radius_m)
        reach = _reach_of_tubes(lines) if lines.readable_radius_m else None
        for part in parts_of_mesh(mesh, more=more, flow_column=lines.flow_column):
            part.attributes["look"][:, 2:] = lines.radius_m, lines.readable_radius_m
            yield replace(part, kind=replace(part.kind, shape="TUBE"), spread=reach)
            reach = None  # once for all of them
        return
    start, end, line = segments(lines)
    for first in range(0, len(start), SEGMENTS_A_PART):
        chosen = slice(first, first + SEGMENTS_A_PART)
        yield _ribbons(lines, start[chosen], end[chosen], line[chosen])


def segments(
    lines: Lines,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return for each segment its first and second vertex and its line."""
    sizes = np.diff(lines.offsets)
    line_of_vertex = np.repeat(np.arange(len(sizes)), sizes)
    start = np.flatnonzero(line_of_vertex[:-1] == line_of_vertex[1:])
    return start, start + 1, line_of_vertex[start]


def _row_of_line(lines: Lines) -> NDArray[np.int32]:
    if lines.row_of_line is None:
        return np.full(len(lines.offsets) - 1, -1, np.int32)
    return lines.row_of_line.astype(np.int32)


def _ribbons(
    lines: Lines, start: NDArray[np.intp], end: NDArray[np.intp], line: NDArray[np.intp]
) -> Part:
    a, b = lines.xyz_in_scene[start], lines.xyz_in_scene[end]
    count = len(a)
    xyz = np.stack([a, a, b, b], axis=1).reshape(-1, 3)
    other = np.stack([b, b, a, a], axis=1).reshape(-1, 3)
    side = np.tile(np.array([1, -1, -1, 1], np.float32), count)
    rows = np.repeat(_row_of_line(lines)[line], 4)
    look = look_of(rows)
    look[:, 2] = lines.width_px
    attributes: dict[str, Array] = {"look": look, "span": np.column_stack([other, side])}
    if lines.flow_column:
        along = along_m(lines)
        there = np.stack([along[start], along[start], along[end], along[end]], axis=1).ravel()
        across = np.tile(np.array([1, -1, 1, -1], np.float32), count)
        attributes["course"] = np.column_stack([there, across]).astype(np.float32)
    if not lines.styled or bool((rows < 0).any()):
        attributes["colour"] = bytes_of(lines.rgba, len(rows))
    corner = np.arange(count, dtype=np.int32)[:, None] * 4
    triangles = np.concatenate([corner + TWO[0], corner + TWO[1]]).astype(np.int32)
    kind = Kind(
        body="line",
        styled=lines.styled,
        own_colour="colour" in attributes,
        flow=lines.flow_column is not None,
        shape="LINE",
        pull=2.0 if lines.role is Role.DECAL else PULL.get(lines.role, 0.5),
    )
    return Part(
        xyz=xyz,
        triangles=triangles,
        attributes=attributes,
        kind=kind,
        role=lines.role,
        rows=rows if lines.pickable else None,
        flow_column=lines.flow_column,
        spread=Spread(start=a, end=b, row=rows[::4], reach_px=max(lines.width_px, 6.0)),
    )


def along_m(lines: Lines) -> NDArray[np.float32]:
    """Return for each vertex (n,) the metres from the start of its line."""
    xyz = lines.xyz_in_scene.astype(np.float64)
    step = np.zeros(len(xyz))
    step[1:] = np.linalg.norm(np.diff(xyz, axis=0), axis=1)
    total = np.cumsum(step)
    sizes = np.diff(lines.offsets)
    first = np.minimum(lines.offsets[:-1], max(len(xyz) - 1, 0))
    return (total - np.repeat(total[first], sizes)).astype(np.float32)


def _course_of_rings(lines: Lines) -> NDArray[np.float32]:
    """Return (n rings, 2): metres along, and across as seen from above."""
    across = np.tile(np.cos(np.arange(SIDES) * 2 * np.pi / SIDES), len(lines.xyz_in_scene))
    return np.column_stack([np.repeat(along_m(lines), SIDES), across]).astype(np.float32)


def _reach_of_tubes(lines: Lines) -> Spread | None:
    """Return where tubes are hit that are drawn wider than they are: near their axes."""
    if not lines.pickable:
        return None
    start, end, line = segments(lines)
    return Spread(
        start=lines.xyz_in_scene[start],
        end=lines.xyz_in_scene[end],
        row=_row_of_line(lines)[line],
        reach_px=TUBE_REACH_PX,
        reach_m=float(lines.radius_m or 0.0),
    )


def _tubes(lines: Lines, radius_m: float) -> Mesh:
    """Return round tubes with rings that turn halfway at each bend."""
    xyz = lines.xyz_in_scene.astype(np.float64)
    start, end, _ = segments(lines)
    ahead = np.zeros_like(xyz)
    step = xyz[end] - xyz[start]
    step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
    np.add.at(ahead, start, step)
    np.add.at(ahead, end, step)
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    side = np.cross(ahead, [0.0, 0.0, 1.0])
    flat = np.linalg.norm(side, axis=1, keepdims=True)
    side = np.where(flat > 1e-3, side / np.maximum(flat, 1e-9), [1.0, 0.0, 0.0])
    up = np.cross(side, ahead)
    angle = np.arange(SIDES) * 2 * np.pi / SIDES
    normal = (
        np.cos(angle)[None, :, None] * side[:, None] + np.sin(angle)[None, :, None] * up[:, None]
    )
    ring = xyz[:, None] + radius_m * normal
    rows = np.repeat(_row_of_line(lines), np.diff(lines.offsets))
    return Mesh(
        xyz_in_scene=ring.reshape(-1, 3).astype(np.float32),
        triangles=_tube_triangles(start, end, lines.offsets),
        row_of_vertex=np.repeat(rows, SIDES).astype(np.int32),
        rgba=lines.rgba,
        normals_of_vertex=normal.reshape(-1, 3).astype(np.float32),
        styled=lines.styled,
        role=lines.role,
        pickable=lines.pickable,
        closed=True,
    )


def _tube_triangles(
    start: NDArray[np.intp], end: NDArray[np.intp], offsets: NDArray[np.int32]
) -> NDArray[np.int32]:
    k = np.arange(SIDES)
    k1 = (k + 1) % SIDES
    a, b = start[:, None] * SIDES, end[:, None] * SIDES
    walls = np.concatenate(
        [
            np.stack([a + k, b + k1, a + k1], axis=-1).reshape(-1, 3),
            np.stack([a + k, b + k, b + k1], axis=-1).reshape(-1, 3),
        ]
    )
    used = np.diff(offsets) >= 2
    fan = np.stack(
        [np.zeros(SIDES - 2, int), np.arange(1, SIDES - 1), np.arange(2, SIDES)], axis=-1
    )
    first = offsets[:-1][used].astype(np.intp)[:, None, None] * SIDES + fan
    last = (offsets[1:][used].astype(np.intp) - 1)[:, None, None] * SIDES + fan[:, ::-1]
    return np.concatenate([walls, first.reshape(-1, 3), last.reshape(-1, 3)]).astype(np.int32)
