"""What is laid on the ground follows the ground that is drawn."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.twin.shapes.solids import COURTYARD, geometries
from twin.model.ground import FlatGround, GridGround
from twin.shapes import (
    Triangles,
    drape_lines,
    drape_polygons,
    ground_mesh,
    own_lines,
    own_polygons,
    ribbon,
    surface_height,
    surface_normals,
)


def hilly(rows: int = 41, columns: int = 51, cell_m: float = 5.0) -> GridGround:
    y, x = np.mgrid[0:rows, 0:columns]
    z = 6 * np.sin(x / 5.0) * np.cos(y / 4.0) + 0.1 * x
    return GridGround(
        z_in_scene=z.astype(np.float32),
        x_first=-20.0,
        y_first=180.0,
        cell_m=cell_m,
        cell_y_m=cell_m,
    )


def area_seen_from_above(made: Triangles) -> float:
    corner = made.corners
    cross = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    assert (cross[:, 2] > -1e-9).all()
    return float(cross[:, 2].sum() / 2)


def inside_of(made: Triangles) -> np.ndarray:
    """Points inside the triangles, three each."""
    weights = np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [1 / 3, 1 / 3, 1 / 3]])
    return np.einsum("sk,mkd->msd", weights, made.corners).reshape(-1, 3)


def test_a_draped_polygon_is_parallel_to_the_ground_everywhere() -> None:
    ground = hilly()
    made = drape_polygons(
        geometries(shapely.Point(90, 90).buffer(60)), [4], ground=ground, lift_m=0.1
    )
    points = inside_of(made)
    above = points[:, 2] - surface_height(ground, points[:, :2])
    assert above.min() > 0.05
    assert above.max() < 0.15
    assert area_seen_from_above(made) == pytest.approx(shapely.Point(90, 90).buffer(60).area)
    assert set(made.row_of_vertex) == {4}


def test_a_plane_needs_no_cuts() -> None:
    slope = GridGround(
        z_in_scene=np.tile(np.arange(60, dtype=np.float32), (60, 1)),
        x_first=0.0,
        y_first=59.0,
        cell_m=1.0,
        cell_y_m=1.0,
    )
    made = drape_polygons(geometries(shapely.box(20, 20, 24, 24)), [0], ground=slope, lift_m=0.1)
    assert len(made) <= 8
    flat = drape_polygons(geometries(COURTYARD), [0], ground=FlatGround(3.0), lift_m=0.1)
    assert len(flat) == 8
    assert (flat.xyz[:, 2] == 3.1).all()


def test_a_polygon_over_the_edge_of_the_grid_stays_whole() -> None:
    shape = shapely.box(-200, -200, 400, 400)
    made = drape_polygons(geometries(shape), [0], ground=hilly(), lift_m=0.1)
    assert area_seen_from_above(made) == pytest.approx(shape.area)


def test_the_surface_is_that_of_the_drawn_triangles() -> None:
    ground = hilly(6, 7)
    mesh = ground_mesh(ground)
    corner = mesh.xyz[mesh.triangles]
    weights = np.random.default_rng(1).dirichlet([1, 1, 1], size=len(corner))
    points = np.einsum("mk,mkd->md", weights, corner)
    assert np.allclose(surface_height(ground, points[:, :2]), points[:, 2], atol=1e-5)


def test_draped_surfaces_are_shaded_like_the_ground() -> None:
    ground = hilly()
    mesh = ground_mesh(ground)
    assert np.allclose(surface_normals(ground, mesh.xyz[:, :2]), mesh.normals)
    between = surface_normals(ground, [[33.3, 71.7], [-500.0, 90.0]])
    assert np.allclose(np.linalg.norm(between, axis=1), 1.0)
    assert surface_normals(FlatGround(), [[1.0, 2.0]]).tolist() == [[0.0, 0.0, 1.0]]


def test_a_ribbon_has_its_width_and_lies_on_the_ground() -> None:
    line = shapely.LineString([(0, 0), (100, 0)])
    made = ribbon(geometries(line), [0], width_m=[6.0], ground=FlatGround(), lift_m=0.1)
    assert np.ptp(made.xyz[:, 1]) == pytest.approx(6.0)
    assert area_seen_from_above(made) == pytest.approx(100 * 6 + np.pi * 9, rel=0.03)


def test_ribbons_without_a_width_are_left_out() -> None:
    line = shapely.LineString([(0, 0), (10, 0)])
    made = ribbon(
        geometries(line, line, line), [0, 1, 2], width_m=[0.0, np.nan, 2.0], ground=FlatGround()
    )
    assert set(made.row_of_vertex) == {2}


def test_lines_follow_the_ground_between_their_vertices() -> None:
    ground = hilly()
    lines = geometries(
        shapely.LineString([(0, 0), (150, 120)]),
        shapely.MultiLineString([[(0, 0), (10, 0)], [(20, 0), (30, 0)]]),
    )
    xyz, offsets, rows = drape_lines(lines, [5, 6], ground=ground, lift_m=0.2)
    assert rows.tolist() == [5, 6, 6]
    assert offsets[0] == 0
    assert offsets[-1] == len(xyz)
    assert np.allclose(xyz[:, 2] - surface_height(ground, xyz[:, :2]), 0.2)
    first = xyz[: offsets[1]]
    assert np.hypot(*np.diff(first[:, :2], axis=0).T).max() <= ground.cell_m / 2 + 1e-9


def test_depth_is_measured_downwards_from_the_ground() -> None:
    ground = hilly()
    line = geometries(shapely.LineString([(0, 0), (150, 120)]))
    xyz, _, _ = drape_lines(line, [0], ground=ground, depth_m=[1.5])
    assert np.allclose(xyz[:, 2] - surface_height(ground, xyz[:, :2]), -1.5)


def test_lines_keep_their_own_heights() -> None:
    line = shapely.LineString([(0, 0, 10), (5, 0, 12)])
    flat = shapely.LineString([(0, 0), (5, 0)])
    xyz, offsets, rows = own_lines(geometries(line, flat), [0, 1], missing_z=-1.0)
    assert xyz[:, 2].tolist() == [10, 12, -1, -1]
    assert offsets.tolist() == [0, 2, 4]
    assert rows.tolist() == [0, 1]


def test_polygons_keep_their_own_heights() -> None:
    shape = shapely.Polygon([(0, 0, 1), (4, 0, 2), (4, 4, 3), (0, 4, 4)])
    bare = shapely.box(10, 10, 12, 12)
    made = own_polygons(geometries(shape, bare), [0, 1], ground=FlatGround(7.0))
    heights = {tuple(xyz[:2]): xyz[2] for xyz in made.xyz[made.row_of_vertex == 0]}
    assert heights == {(0, 0): 1, (4, 0): 2, (4, 4): 3, (0, 4): 4}
    assert (made.xyz[made.row_of_vertex == 1][:, 2] == 7.0).all()


@pytest.mark.parametrize("empty", [geometries(), geometries(None), geometries(shapely.Point(0, 0))])
def test_nothing_to_drape(empty: np.ndarray) -> None:
    rows = np.zeros(len(empty), int)
    assert len(drape_polygons(empty, rows, ground=hilly())) == 0
    assert len(ribbon(empty[:0], rows[:0], width_m=1.0, ground=hilly())) == 0
    xyz, offsets, _ = drape_lines(empty, rows, ground=hilly())
    assert len(xyz) == 0
    assert offsets.tolist() == [0]
