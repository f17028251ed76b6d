"""From drawables to triangles with attributes: nothing lost, everything in its place. No graphics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.render.boxes import boxes
from twin.drawables import Glyphs, Lines, Mesh, Points, Role
from twin.render.parts.drape import mesh_of_drape
from twin.render.parts.glyphs import parts_of_glyphs
from twin.render.parts.lines import along_m, parts_of_lines, segments
from twin.render.parts.mesh import parts_of_mesh
from twin.render.parts.part import Part
from twin.render.parts.points import parts_of_points
from twin.render.tiles import MOST_TILES, above_foot, anchors, tiles_of


def lines(*parts: Sequence[Sequence[float]], **more: object) -> Lines:
    sizes = [len(part) for part in parts]
    return Lines(
        xyz_in_scene=np.array([p for part in parts for p in part], np.float32).reshape(-1, 3),
        offsets=np.cumsum([0, *sizes]).astype(np.int32),
        row_of_line=np.arange(len(parts), dtype=np.int32),
        **more,  # type: ignore[arg-type]
    )


def area_m2(part: Part) -> float:
    a, b, c = (part.xyz[part.triangles[:, i]].astype(float) for i in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 4000), seed=st.integers(0, 1000))
def test_tiles_hold_every_triangle_once_with_its_corners(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    xyz = random.uniform(-1000, 1000, (count * 3, 3)).astype(np.float32)
    triangles = np.arange(count * 3, dtype=np.int32).reshape(-1, 3)
    tiles = tiles_of(xyz, np.tile(triangles, (6, 1)))
    found = np.concatenate([xyz[tile.vertices][tile.triangles] for tile in tiles])
    wanted = xyz[np.tile(triangles, (6, 1))]
    assert len(tiles) <= 2 * MOST_TILES
    keys = [np.sort(corners.reshape(len(corners), -1), axis=0) for corners in (found, wanted)]
    np.testing.assert_array_equal(*keys)


@pytest.mark.parametrize(
    "size_m", [(2030.0, 2041.0), (2041.0, 2030.0), (900.0, 7000.0), (3.0, 9000.0)]
)
@pytest.mark.parametrize("count", [9_000, 16_000, 60_000])
def test_no_tile_is_a_sliver(size_m: tuple[float, float], count: int) -> None:
    random = np.random.default_rng(5)
    first = random.uniform((0.0, 0.0, 0.0), (*size_m, 9.0), (count, 1, 3))
    xyz = (first + random.uniform(-1.0, 1.0, (count, 3, 3))).reshape(-1, 3).astype(np.float32)
    sizes = [
        len(t.triangles)
        for t in tiles_of(xyz, np.arange(3 * count, dtype=np.int32).reshape(-1, 3), 6_000)
    ]
    assert sum(sizes) == count
    assert min(sizes) > 2_000
    assert max(sizes) < 10_000


def test_a_big_town_becomes_many_small_boxes() -> None:
    mesh = boxes([(x * 30.0, y * 30.0) for x in range(60) for y in range(60)], 5.0)
    parts = list(parts_of_mesh(mesh))
    assert len(parts) > 3
    whole = np.ptp(mesh.xyz_in_scene[:, 0])
    assert max(np.ptp(part.xyz[:, 0]) for part in parts) < 0.75 * whole
    rows = np.concatenate([np.unique(part.rows) for part in parts if part.rows is not None])
    assert set(rows.tolist()) == set(range(3600))


def test_walls_know_how_far_they_are_above_the_foot_of_their_row() -> None:
    low, high = boxes([(0, 0)], 5.0), boxes([(50, 0)], 15.0)
    mesh = replace(
        low,
        xyz_in_scene=np.vstack([low.xyz_in_scene, high.xyz_in_scene]),
        row_of_vertex=np.repeat(np.arange(2, dtype=np.int32), 8),
    )
    above, tall = above_foot(mesh)
    assert above.min() == 0.0
    assert sorted(set(tall.tolist())) == [10.0, 30.0]
    assert above.max() == 30.0


def test_all_vertices_of_a_row_share_one_anchor_nearby() -> None:
    mesh = boxes([(0, 0), (500, 0), (1000, 0)])
    assert mesh.row_of_vertex is not None
    place = anchors(mesh.xyz_in_scene, mesh.row_of_vertex)
    for row in range(3):
        mine = mesh.row_of_vertex == row
        assert len(np.unique(place[mine], axis=0)) == 1
        assert np.abs(mesh.xyz_in_scene[mine, :2] - place[mine]).max() < 60.0


def test_segments_never_join_two_lines() -> None:
    made = lines([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[9, 9, 0]], [[5, 0, 0], [5, 3, 0]])
    start, end, line = segments(made)
    assert list(zip(start, end, line, strict=True)) == [(0, 1, 0), (1, 2, 0), (4, 5, 2)]
    assert along_m(made).tolist() == [0, 1, 2, 0, 0, 3]


def test_tubes_are_closed_and_as_thick_as_asked() -> None:
    (part,) = parts_of_lines(lines([[0, 0, 0], [40, 0, 0]], radius_m=2.0))
    away = np.hypot(part.xyz[:, 1], part.xyz[:, 2])
    np.testing.assert_allclose(away, 2.0, atol=1e-5)
    edges = np.sort(part.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, times = np.unique(edges, axis=0, return_counts=True)
    assert set(times.tolist()) == {2}
    a, b, c = (part.xyz[part.triangles[:, i]].astype(float) for i in range(3))
    volume = np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6
    assert volume == pytest.approx(40 * 3.5 * 4 * np.sin(2 * np.pi / 7), rel=1e-3)


def test_a_vertical_tube_is_no_special_case() -> None:
    (part,) = parts_of_lines(lines([[5, 5, 0], [5, 5, -60]], radius_m=0.5))
    assert np.isfinite(part.xyz).all()
    np.testing.assert_allclose(np.hypot(*(part.xyz[:, :2] - 5).T), 0.5, atol=1e-5)


def test_arrows_know_the_metres_along_their_line() -> None:
    made = lines([[0, 0, 0], [30, 0, 0], [30, 40, 0]], radius_m=1.0, flow_column="speed")
    (part,) = parts_of_lines(made)
    assert part.flow_column == "speed"
    assert part.kind.flow
    assert part.attributes["course"][:, 0].max() == pytest.approx(70.0)


def test_points_become_squares_that_carry_their_row() -> None:
    points = Points(
        xyz_in_scene=np.array([[1, 2, 3], [4, 5, 6]], np.float32),
        row_of_point=np.array([7, 8], np.int32),
        size_px=11.0,
    )
    (part,) = parts_of_points(points)
    assert len(part.xyz) == 8
    assert part.rows is not None
    assert part.rows.tolist() == [7] * 4 + [8] * 4
    assert set(part.attributes["corner"][:, 2].tolist()) == {11.0}


def glyphs(count: int, **more: object) -> Glyphs:
    random = np.random.default_rng(1)
    xyz = np.column_stack([random.uniform(0, 1000, (count, 2)), np.zeros(count)])
    settings: dict[str, object] = {
        "shape": "tree.broadleaf",
        "scale_m": np.tile(np.array([6, 6, 10], np.float32), (count, 1)),
        "row_of_glyph": np.arange(count, dtype=np.int32),
        "role": Role.VEGETATION,
        **more,
    }
    return Glyphs(xyz_in_scene=xyz.astype(np.float32), **settings)  # type: ignore[arg-type]


def test_every_glyph_is_there_once_neighbours_together() -> None:
    parts = list(parts_of_glyphs(glyphs(1000)))
    rows = np.concatenate([np.unique(part.rows) for part in parts if part.rows is not None])
    assert sorted(rows.tolist()) == list(range(1000))
    assert np.mean([np.ptp(part.xyz[:, 0]) for part in parts]) < 700


def test_a_glyph_has_its_size_and_turns_clockwise_from_north() -> None:
    box = glyphs(
        1,
        shape="cube",
        scale_m=np.array([[2, 10, 3]], np.float32),
        heading_deg=np.array([90.0], np.float32),
        role=Role.SOLID,
    )
    (part,) = parts_of_glyphs(box)
    # Ten metres deep towards the north, turned to the east: ten metres wide.
    np.testing.assert_allclose(np.ptp(part.xyz, axis=0), [10, 2, 3], atol=1e-3)


def test_far_plants_are_plainer_and_about_as_large() -> None:
    for part in parts_of_glyphs(glyphs(50)):
        assert part.far is not None
        assert 4 * len(part.far.triangles) < len(part.triangles)
        assert 0.4 < area_m2(part.far) / area_m2(part) < 1.6
        assert part.far.rows is not None
        assert set(part.far.rows.tolist()) == set(part.rows.tolist())  # type: ignore[union-attr]


def test_markers_never_vanish_but_street_furniture_does() -> None:
    (lamp,) = parts_of_glyphs(glyphs(1, shape="lamp", role=Role.SOLID))
    (sensor,) = parts_of_glyphs(glyphs(1, shape="sensor.air", role=Role.MARKER))
    assert lamp.vanishes
    assert not sensor.vanishes


def test_a_drape_follows_the_ground() -> None:
    from twin.drawables import Drape
    from twin.model.ground import GridGround

    z = np.tile(np.arange(5, dtype=np.float32) * 10, (5, 1))
    ground = GridGround(z_in_scene=z, x_first=0.0, y_first=40.0, cell_m=10.0, cell_y_m=10.0)
    image = np.zeros((4, 4, 3), np.uint8)
    mesh = mesh_of_drape(Drape(image=image, extent_in_scene=(0.0, 0.0, 40.0, 40.0)), ground)
    height = ground.height_m(mesh.xyz_in_scene[:, :2])
    np.testing.assert_allclose(mesh.xyz_in_scene[:, 2], height + 0.05, atol=1e-3)


def test_a_large_picture_is_cut_so_that_each_place_keeps_its_colour() -> None:
    side, cells = 1200, 80
    at = np.linspace(0.0, 1.0, cells + 1)
    u, v = np.meshgrid(at, at)
    xyz = np.column_stack([u.ravel() * 1000, v.ravel() * 1000, np.zeros(u.size)])
    corner = np.arange(u.size).reshape(u.shape)
    a, b, c = corner[:-1, :-1].ravel(), corner[:-1, 1:].ravel(), corner[1:, 1:].ravel()
    texture = np.zeros((side, side, 3), np.uint8)
    texture[..., 0] = np.linspace(0, 255, side)[None, :]
    texture[..., 1] = np.linspace(255, 0, side)[:, None]  # row 0 is the top, the north
    mesh = Mesh(
        xyz_in_scene=xyz.astype(np.float32),
        triangles=np.column_stack([a, b, c]).astype(np.int32).repeat(4, axis=0),
        uv=np.column_stack([u.ravel(), v.ravel()]).astype(np.float32),
        texture=texture,
        styled=False,
    )
    parts = list(parts_of_mesh(mesh))
    assert len(parts) > 2
    for part in parts:
        assert part.texture is not None
        height, width, _ = part.texture.shape
        assert height * width < side * side / 2
        uv = part.attributes["uvMC"]
        x = np.clip((uv[:, 0] * width).astype(int), 0, width - 1)
        y = np.clip((uv[:, 1] * height).astype(int), 0, height - 1)
        seen = part.texture[y, x].astype(float)
        np.testing.assert_allclose(seen[:, 0], part.xyz[:, 0] / 1000 * 255, atol=2)
        np.testing.assert_allclose(seen[:, 1], part.xyz[:, 1] / 1000 * 255, atol=2)
