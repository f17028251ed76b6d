"""One corner of every triangle knows the plane that it lies in."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import Delaunay

from twin.render.faces import packed, with_faces

BOX = np.array(
    [[0, 1, 5], [0, 5, 4], [1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7], [8, 9, 10], [8, 10, 11]],
    np.int32,
)  # fmt: skip


def box() -> np.ndarray:
    ring = np.array([[0, 0], [4, 0], [4, 3], [0, 3]], np.float32)
    levels = [np.column_stack([ring, np.full(4, z, np.float32)]) for z in (0, 6, 6)]
    return np.vstack(levels).astype(np.float32)


def rough_ground() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    xy = rng.random((400, 2)) * 100
    z = rng.random(400) * 20
    return np.column_stack([xy, z]).astype(np.float32), Delaunay(xy).simplices.astype(np.int32)


def test_a_box_needs_no_further_corner() -> None:
    vertices, triangles, face = with_faces(box(), BOX)
    assert len(vertices) == 12
    assert np.array_equal(face[triangles[:, 2]], packed(box(), BOX).astype(np.float32))


@pytest.mark.parametrize("mesh", [(box(), BOX), rough_ground()], ids=["box", "ground"])
def test_each_triangle_stays_and_finds_its_plane_in_its_last_corner(mesh) -> None:
    xyz, before = mesh
    vertices, after, face = with_faces(xyz, before)
    assert np.array_equal(vertices[: len(xyz)], np.arange(len(xyz)))
    assert np.array_equal(face[after[:, 2]], packed(xyz, before).astype(np.float32))
    was, now = xyz[before], xyz[vertices][after]
    same = np.stack([(np.roll(was, k, axis=1) == now).all(axis=(1, 2)) for k in range(3)])
    assert same.any(axis=0).all(), "turned around, never over"


def test_a_normal_is_told_to_a_tenth_of_a_degree() -> None:
    xyz, triangles = rough_ground()
    code = packed(xyz, triangles)
    assert code.max() < 2**24, "a float holds it exactly"
    up = code % 2
    east, north = np.divmod(code // 2, 2048)
    level = np.stack([east, north], axis=1) / 1023 - 1
    z = np.sqrt(np.maximum(1 - (level**2).sum(axis=1), 0)) * (2 * up - 1)
    a, b, c = (xyz[triangles[:, k]].astype(np.float64) for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    cosine = (normal * np.column_stack([level, z])).sum(axis=1)
    steep = np.abs(normal[:, 2]) < 0.1  # there height follows from the level parts least exactly
    assert np.degrees(np.arccos(np.clip(cosine[~steep], -1, 1))).max() < 0.6
