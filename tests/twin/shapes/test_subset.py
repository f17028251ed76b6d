"""The part of drawables that belongs to some rows."""

from __future__ import annotations

import numpy as np

from twin.drawables import Glyphs, Lines, Mesh, Points
from twin.shapes.subset import of_rows

XYZ = np.arange(18, dtype=np.float32).reshape(6, 3)
TWO = np.array([[0, 1, 2], [3, 4, 5]], np.int32)
ROWS = np.array([7, 7, 7, 9, 9, 9], np.int32)


def test_triangles_of_a_row_keep_their_corners() -> None:
    whole = Mesh(xyz_in_scene=XYZ, triangles=TWO, row_of_vertex=ROWS, shade_of_vertex=XYZ[:, 0])
    (part,) = of_rows([whole], np.array([9]))
    np.testing.assert_array_equal(part.xyz_in_scene[part.triangles[0]], XYZ[3:])
    np.testing.assert_array_equal(part.shade_of_vertex, XYZ[3:, 0])
    assert len(part.xyz_in_scene) == 3


def test_lines_points_and_glyphs_of_a_row() -> None:
    lines = Lines(
        xyz_in_scene=XYZ, offsets=np.array([0, 2, 6], np.int32), row_of_line=np.array([1, 2])
    )
    points = Points(xyz_in_scene=XYZ, row_of_point=np.array([2, 1, 1, 1, 1, 1]))
    glyphs = Glyphs(
        xyz_in_scene=XYZ, shape="tree", scale_m=XYZ, row_of_glyph=np.array([1, 1, 2, 1, 1, 1])
    )
    line, point, glyph = of_rows([lines, points, glyphs], np.array([2]))
    np.testing.assert_array_equal(line.xyz_in_scene, XYZ[2:])
    np.testing.assert_array_equal(line.offsets, [0, 4])
    np.testing.assert_array_equal(point.xyz_in_scene, XYZ[:1])
    np.testing.assert_array_equal(glyph.scale_m, XYZ[2:3])


def test_what_has_no_rows_is_left_out() -> None:
    ground = Mesh(xyz_in_scene=XYZ, triangles=TWO)
    other = Mesh(xyz_in_scene=XYZ, triangles=TWO, row_of_vertex=ROWS)
    assert of_rows([ground, other], np.array([1])) == []
