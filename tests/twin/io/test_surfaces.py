"""Triangulation of surfaces in space: the area stays, the side stays."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.io.surfaces import SurfaceList, triangulate
from twin.progress import Unattended


def star(rng: np.random.Generator, corners: int, radius: float) -> np.ndarray:
    """A ring around the origin that may be hollow but never crosses itself."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners)) + np.arange(corners) * 1e-3
    return (
        np.column_stack([np.cos(angle), np.sin(angle)])
        * rng.uniform(0.5, 1.0, (corners, 1))
        * radius
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(3, 12), min_size=1, max_size=5), st.booleans())
def test_area_and_side_are_kept(seed: int, sizes: list[int], holed: bool) -> None:
    rng = np.random.default_rng(seed)
    surfaces, points, area = SurfaceList(), [], 0.0
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    for number, size in enumerate(sizes):
        ring = star(rng, size, 10.0)
        outline = shapely.Polygon(ring)
        if not outline.is_valid or outline.area < 1.0 or not outline.exterior.is_ccw:
            continue
        rings, inner = [ring], []
        hole = star(rng, 5, 0.5)[::-1]
        if (
            holed
            and shapely.Polygon(hole).is_valid
            and outline.contains(shapely.Polygon(hole).buffer(0.1))
        ):
            inner = [hole]
        rings += inner
        area += shapely.Polygon(ring, inner).area
        first = sum(map(len, points))
        indices = []
        for one in rings:
            indices.append(list(range(first, first + len(one))))
            first += len(one)
            points.append(np.column_stack([one + 100 * number, np.zeros(len(one))]))
        surfaces.add(indices)
    if not points:
        return
    xyz = np.concatenate(points) @ turn.T + [650_000, 6_860_000, 50]
    found = triangulate(surfaces, xyz, Unattended())
    assert (found.dropped, found.fanned) == (0, 0)
    a, b, c = (xyz[found.triangles[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a) / 2
    expected = turn @ [0, 0, 1] * np.linalg.det(turn)
    assert (normals @ expected > 0).all()
    assert np.linalg.norm(normals, axis=1).sum() == pytest.approx(area, rel=1e-6)


def test_a_surface_that_crosses_itself_is_still_drawn() -> None:
    surfaces = SurfaceList()
    surfaces.add([[0, 1, 2, 3, 4]])
    xyz = np.array([[0, 0, 0], [4, 4, 0], [4, 0, 0], [0, 4, 0], [-1, 2, 0]], float)
    found = triangulate(surfaces, xyz, Unattended())
    assert found.fanned == 1
    assert len(found.triangles) == 3


def test_a_surface_without_area_is_dropped() -> None:
    surfaces = SurfaceList()
    surfaces.add([[0, 1, 2]])
    surfaces.add([[0, 1, 3]])
    xyz = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 0]], float)
    found = triangulate(surfaces, xyz, Unattended())
    assert found.dropped == 1
    assert found.surface_of_triangle.tolist() == [1]


def test_nothing_gives_nothing() -> None:
    found = triangulate(SurfaceList(), np.empty((0, 3)), Unattended())
    assert found.triangles.shape == (0, 3)
