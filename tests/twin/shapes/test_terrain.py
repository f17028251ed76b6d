"""Grids of heights become the ground of the scene, from rasters of any CRS, with or without gaps."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.shapes.test_drape import hilly
from twin.model.geoframe import GeoFrame, transformer
from twin.model.table import Raster
from twin.shapes import contours, ground_mesh, raster_from_scene, relief

FRAME = GeoFrame(crs="EPSG:2154", origin=(650_000.0, 6_860_000.0, 10.0))


def slope_raster(rows: int = 40, columns: int = 60, cell: float = 5.0) -> Raster:
    """Height = 100 + 0.1 * metres east of the origin, cell centres on round numbers."""
    x = (np.arange(columns) + 0.5) * cell
    values = np.tile(100 + 0.1 * x, (rows, 1)).astype(np.float32)
    return Raster(
        values=values, x_min=650_000.0, y_max=6_860_200.0, dx=cell, dy=cell, crs="EPSG:2154"
    )


def test_a_raster_within_the_budget_keeps_its_cells() -> None:
    made = relief(slope_raster(), FRAME, max_nodes=10_000)
    assert made.ground.z_in_scene.shape == (40, 60)
    assert made.ground.cell_m == pytest.approx(5.0)
    assert made.valid.all()
    z = made.ground.height_m([[100.0, 50.0], [200.0, 150.0]])
    assert np.allclose(z, [100.0, 110.0], atol=1e-3)  # 100 + 0.1 x, minus the origin's 10


@pytest.mark.parametrize("budget", [1000, 200, 60])
def test_a_smaller_budget_averages_without_shifting(budget: int) -> None:
    made = relief(slope_raster(), FRAME, max_nodes=budget)
    rows, columns = made.ground.z_in_scene.shape
    assert rows * columns < 1.4 * budget
    inner = [[100.0, 50.0], [200.0, 150.0]]
    assert np.allclose(made.ground.height_m(inner), [100.0, 110.0], atol=0.6)


def test_inner_gaps_are_filled_and_outer_ones_cut_away() -> None:
    raster = slope_raster()
    raster.values[10:14, 20:24] = np.nan
    raster.values[:, 50:] = np.nan
    made = relief(raster, FRAME, max_nodes=10_000)
    assert np.isfinite(made.ground.z_in_scene).all()
    assert made.valid[10:14, 20:24].all()
    assert not made.valid[:, 51:].any()
    mesh = ground_mesh(made.ground, valid=made.valid)
    assert mesh.xyz[:, 0].max() < 252.0


def test_degrees_are_brought_to_metres() -> None:
    to_degrees = transformer("EPSG:2154", "EPSG:4326")
    lon, lat = to_degrees.transform(650_000.0, 6_860_000.0)
    step = 0.0003
    columns = rows = 60
    east = lon - 0.009 + (np.arange(columns) + 0.5) * step
    north = lat + 0.009 - (np.arange(rows) + 0.5) * step
    grid_lon, grid_lat = np.meshgrid(east, north)
    x, _ = transformer("EPSG:4326", "EPSG:2154").transform(grid_lon.ravel(), grid_lat.ravel())
    values = (50 + 0.02 * (x - 650_000.0)).reshape(rows, columns).astype(np.float32)
    raster = Raster(
        values=values, x_min=lon - 0.009, y_max=lat + 0.009, dx=step, dy=step, crs="EPSG:4326"
    )
    made = relief(raster, FRAME, max_nodes=10_000)
    z = made.ground.height_m([[0.0, 0.0], [300.0, 100.0], [-250.0, -300.0]]) + 10.0
    assert np.allclose(z, [50.0, 56.0, 45.0], atol=0.05)
    assert 15 < made.ground.cell_m < 35


def test_a_window_cuts_the_raster() -> None:
    made = relief(slope_raster(), FRAME, max_nodes=10_000, window=(50.0, 20.0, 150.0, 100.0))
    rows, columns = made.ground.z_in_scene.shape
    assert made.ground.x_first == pytest.approx(50.0)
    assert made.ground.x_first + (columns - 1) * made.ground.cell_m == pytest.approx(150.0)
    assert made.ground.y_first - (rows - 1) * made.ground.cell_y_m == pytest.approx(20.0)


def test_what_cannot_be_placed_is_refused() -> None:
    empty = slope_raster()
    empty.values[:] = np.nan
    with pytest.raises(ValueError, match="no height"):
        relief(empty, FRAME, max_nodes=100)
    with pytest.raises(ValueError, match="does not reach"):
        relief(slope_raster(), FRAME, max_nodes=100, window=(9000.0, 0.0, 9100.0, 10.0))
    picture = Raster(
        values=np.zeros((4, 4, 3), np.uint8), x_min=0, y_max=1, dx=1, dy=1, crs="EPSG:2154"
    )
    with pytest.raises(ValueError, match="picture"):
        relief(picture, FRAME, max_nodes=100)


@pytest.mark.parametrize("shape", [(1, 1), (1, 8), (8, 1), (2, 2)])
def test_the_smallest_rasters_do_not_break(shape: tuple[int, int]) -> None:
    raster = Raster(
        values=np.full(shape, 30, np.float32),
        x_min=650_000.0,
        y_max=6_860_000.0,
        dx=10.0,
        dy=10.0,
        crs="EPSG:2154",
    )
    made = relief(raster, FRAME, max_nodes=100)
    assert np.allclose(made.ground.height_m([[5.0, -5.0]]), 20.0)
    mesh = ground_mesh(made.ground, skirt_to_z=0.0)
    assert np.isfinite(mesh.normals).all()


def test_the_surface_looks_up_and_its_edge_is_closed() -> None:
    mesh = ground_mesh(hilly(), skirt_to_z=-30.0)
    corner = mesh.xyz[mesh.triangles]
    up = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    assert (up[:, 2] > 0).all()
    assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1.0)
    assert (mesh.normals[:, 2] > 0).all()
    skirt = mesh.skirt_xyz[mesh.skirt_triangles]
    outward = np.cross(skirt[:, 1] - skirt[:, 0], skirt[:, 2] - skirt[:, 0])
    middle = mesh.xyz[:, :2].mean(axis=0)
    assert ((skirt.mean(axis=1)[:, :2] - middle) * outward[:, :2] >= 0).any(axis=1).all()
    assert mesh.skirt_xyz[:, 2].min() == -30.0


def test_normals_point_downhill() -> None:
    mesh = ground_mesh(relief(slope_raster(), FRAME, max_nodes=10_000).ground)
    assert np.allclose(mesh.normals, np.array([-0.1, 0, 1]) / np.hypot(0.1, 1), atol=1e-4)


def test_contours_lie_at_multiples_of_the_interval() -> None:
    ground = relief(slope_raster(), FRAME, max_nodes=10_000).ground
    xyz, level = contours(ground_mesh(ground), 5.0, z_origin=10.0)
    assert len(xyz) == 2 * len(level)
    assert np.allclose(np.repeat(level, 2) * 5.0, xyz[:, 2] + 10.0, atol=1e-3)
    assert set(level) == {21, 22, 23, 24, 25}


def test_the_corners_of_a_raster_are_the_corners_of_its_picture() -> None:
    raster = slope_raster()
    corners = np.array([[0.0, 0.0], [300.0, 200.0], [150.0, 100.0]])
    assert np.allclose(raster_from_scene(raster, FRAME, corners), [[0, 0], [1, 1], [0.5, 0.5]])
