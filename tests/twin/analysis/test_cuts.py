"""Faces that planes and boxes cut, against shapely and trimesh."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import trimesh

from tests.twin.analysis.toy import FRAME
from twin.analysis import cuts
from twin.analysis.town import Body, Town
from twin.drawables import Lines, Mesh, Role
from twin.model.ground import FlatGround
from twin.progress import Unattended


def town(*solids: trimesh.Trimesh, lines: Lines | None = None) -> Town:
    drawables: list[object] = []
    for row, solid in enumerate(solids):
        drawables.append(
            Mesh(
                xyz_in_scene=np.asarray(solid.vertices, np.float32),
                triangles=np.asarray(solid.faces, np.int32),
                row_of_vertex=np.full(len(solid.vertices), row, np.int32),
            )
        )
    if lines is not None:
        drawables.append(lines)
    ids = np.array([f"b{i}" for i in range(max(len(solids), 1))], object)
    body = Body(
        layer_id="houses",
        drawables=tuple(drawables),
        feature_ids=ids,
        rows=np.ones(len(ids), bool),
    )
    return Town(frame=FRAME, ground=FlatGround(), bodies=(body,))


def block(x: float, y: float, size: tuple[float, float, float]) -> trimesh.Trimesh:
    made = trimesh.creation.box(size)
    made.apply_translation([x, y, size[2] / 2])
    return made


def faces(place: Town, plane: cuts.Plane, part: str, **more: object) -> list[cuts.Cut]:
    return [c for c in cuts.faces(place, plane, Unattended(), **more) if c.part == part]


WEST_EAST = cuts.through(np.array([-50.0, 0.0, 0.0]), np.array([50.0, 0.0, 0.0]))


def test_the_normal_points_away_from_who_looks() -> None:
    np.testing.assert_allclose(WEST_EAST.normal, [0.0, 1.0, 0.0])
    np.testing.assert_allclose(WEST_EAST.flipped().normal, [0.0, -1.0, 0.0])
    np.testing.assert_allclose(cuts.level(7.0).equation, [0.0, 0.0, -1.0, -7.0])


def test_a_house_is_cut_to_its_outline() -> None:
    (cut,) = faces(town(block(10.0, 0.0, (8.0, 6.0, 12.0))), WEST_EAST, cuts.BUILT)
    assert cut.feature == "b0"
    expected = shapely.box(50 + 6, 0, 50 + 14, 12)
    assert cut.shape.symmetric_difference(expected).area < 0.01


def test_a_house_without_a_floor_is_filled_down_to_its_foot() -> None:
    walls = block(10.0, 0.0, (8.0, 6.0, 12.0))
    walls.update_faces(walls.face_normals[:, 2] > -0.5)
    (cut,) = faces(town(walls), WEST_EAST, cuts.BUILT)
    assert cut.shape.symmetric_difference(shapely.box(56, 0, 64, 12)).area < 0.01


def test_a_hollow_solid_has_a_hole_and_agrees_with_trimesh() -> None:
    ring = trimesh.creation.annulus(r_min=4.0, r_max=10.0, height=20.0, sections=48)
    ring.apply_translation([0.0, 0.0, 10.0])
    plane = cuts.level(9.3)
    (cut,) = faces(town(ring), plane, cuts.BUILT)
    section = ring.section(plane_origin=[0, 0, 9.3], plane_normal=[0, 0, 1])
    assert cut.shape.length == pytest.approx(section.length, rel=1e-3)
    assert cut.shape.area == pytest.approx(24 * np.sin(2 * np.pi / 48) * (100.0 - 16.0), rel=1e-3)
    assert len(cut.shape.interiors) == 1
    side = cuts.through(np.array([-30.0, 0.3, 0.0]), np.array([30.0, 0.3, 0.0]))
    (two,) = faces(town(ring), side, cuts.BUILT)
    assert len(shapely.get_parts(two.shape)) == 2


def test_a_slanting_plane_cuts_any_solid_as_trimesh_does() -> None:
    ball = trimesh.creation.icosphere(subdivisions=3, radius=9.0)
    up = np.array([0.3, 0.1, 1.0]) / np.linalg.norm([0.3, 0.1, 1.0])
    along = np.cross(up, [0.0, 1.0, 0.0])
    along /= np.linalg.norm(along)
    plane = cuts.Plane(origin=np.array([1.0, 2.0, 0.5]), along=along, up=np.cross(along, up))
    (cut,) = faces(town(ball), plane, cuts.BUILT)
    section = ball.section(plane_origin=plane.origin, plane_normal=plane.normal)
    assert cut.shape.area == pytest.approx(section.to_2D()[0].area, rel=2e-3)


def test_what_is_hidden_and_what_lies_beyond_the_ends_is_not_cut() -> None:
    place = town(block(10.0, 0.0, (8.0, 6.0, 12.0)), block(80.0, 0.0, (8.0, 6.0, 12.0)))
    assert [c.feature for c in faces(place, WEST_EAST, cuts.BUILT)] == ["b0"]
    place.bodies[0].rows[0] = False
    assert faces(place, WEST_EAST, cuts.BUILT) == []


def test_the_faces_of_a_box_end_at_its_edges() -> None:
    sides = cuts.box(np.array([-5.0, -5.0, 0.0]), np.array([5.0, 5.0, 10.0]))
    place = town(block(0.0, 0.0, (40.0, 40.0, 30.0)))
    areas = []
    for i, side in enumerate(sides):
        others = [*sides[:i], *sides[i + 1 :]]
        (cut,) = faces(place, side, cuts.BUILT, others=others)
        areas.append(cut.shape.area)
    assert areas == pytest.approx([100.0] * 5, rel=1e-3)


def test_the_ground_is_filled_and_a_pipe_is_a_circle() -> None:
    pipe = Lines(
        xyz_in_scene=np.array([[20.0, -9.0, -2.0], [20.0, 9.0, -2.0]], np.float32),
        offsets=np.array([0, 2], np.int32),
        row_of_line=np.zeros(1, np.int32),
        radius_m=0.5,
        role=Role.UNDERGROUND,
    )
    place = town(lines=pipe)
    (ground,) = faces(place, WEST_EAST, cuts.GROUND)
    assert ground.shape.bounds == pytest.approx((0.0, -cuts.DEPTH_M, 100.0, 0.0))
    (circle,) = faces(place, WEST_EAST, cuts.NETWORK)
    np.testing.assert_allclose(circle.shape.centroid.coords[0], [70.0, -2.0], atol=1e-3)
    assert circle.shape.area == pytest.approx(np.pi * 0.25, rel=0.05)
