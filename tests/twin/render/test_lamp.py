"""Depth maps: what the sun and the sky see of the scene."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from vtkmodules.vtkRenderingCore import vtkProperty

from tests.twin.render.boxes import boxes
from twin.drawables import Glyphs, Role
from twin.model.ground import FlatGround
from twin.render.lamp import Aim, Lamp, around, as_bytes, box_blur
from twin.render.material import Materials
from twin.render.parts.glyphs import parts_of_glyphs
from twin.render.parts.mesh import parts_of_mesh
from twin.render.parts.part import box_of
from twin.render.piece import Piece, Pieces
from twin.render.rows import FlowTable, RowTable
from twin.render.window import offscreen_window

DOWN = Aim(
    toward=np.array([0.0, 0.0, 1.0]), centre=np.array([0.0, 0.0, 25.0]), half_m=100.0, reach_m=25.0
)


@pytest.fixture
def lamp() -> Iterator[Lamp]:
    window = offscreen_window((60, 40))
    materials = Materials()
    materials.set("uUnseen", 0.0)
    made = Lamp(window, materials, 128)
    yield made
    made.close()
    assert window.GetSize() == (60, 40)
    window.Finalize()


@pytest.fixture
def rows() -> Iterator[RowTable]:
    made = RowTable()
    made.set_colours(np.full((2, 4), 200, np.uint8))
    yield made
    made.release()


def pieces_of(rows: RowTable) -> Pieces:
    surface = vtkProperty()
    surface.SetTexture("rowTable", rows.texture)
    parts = parts_of_mesh(boxes([(-50.0, 0.0), (50.0, 0.0)]))
    return Pieces(Piece(part=part, surface=surface, box=box_of(part.xyz)) for part in parts)


@pytest.mark.render
def test_a_map_from_above_knows_the_height_of_each_place(lamp: Lamp, rows: RowTable) -> None:
    seen = lamp.cast(pieces_of(rows), DOWN)
    top = DOWN.centre[2] + DOWN.reach_m
    for xyz, height in (((-50, 0, 0), 20.0), ((50, 0, 0), 20.0)):
        u, v, _ = (seen.uv_from_scene @ [*xyz, 1.0])[:3]
        depth = seen.depth[int(v * 128), int(u * 128)]
        assert top - depth * 2 * DOWN.reach_m == pytest.approx(height, abs=0.1)
    assert seen.depth[64, 64] == 1.0


@pytest.mark.render
def test_hidden_rows_cast_nothing(lamp: Lamp, rows: RowTable) -> None:
    rows.set_visible(np.array([True, False]))
    depth = lamp.cast(pieces_of(rows), DOWN).depth
    assert depth[64, 32] < 1.0
    assert depth[64, 96] == 1.0


@pytest.mark.render
def test_a_street_sees_less_sky_than_a_field(lamp: Lamp, rows: RowTable) -> None:
    narrow = Aim(toward=DOWN.toward, centre=DOWN.centre, half_m=150.0, reach_m=25.0)
    surface = vtkProperty()
    surface.SetTexture("rowTable", rows.texture)
    walls = boxes(
        [(-14.0, y * 20.0) for y in range(-3, 4)] + [(14.0, y * 20.0) for y in range(-3, 4)]
    )
    parts = parts_of_mesh(walls)
    pieces = Pieces(Piece(part=part, surface=surface, box=box_of(part.xyz)) for part in parts)
    found = around(lamp.cast(pieces, narrow), FlatGround())
    middle = len(found.open_ground) // 2
    assert found.open_ground[middle, middle] < 180
    assert found.open_ground[middle, -4] == 255


def test_depths_survive_as_bytes() -> None:
    depth = np.random.default_rng(0).uniform(0, 1, (8, 8)).astype(np.float32)
    parts = as_bytes(depth.copy())[..., :3].astype(float) / 255.0
    decoded = parts @ np.array([255.0, 65280.0, 16711680.0]) / 16777215.0
    np.testing.assert_allclose(decoded, depth, atol=2e-7)


def test_a_blur_keeps_the_mean_of_a_plain_and_spreads_a_point() -> None:
    plain = np.full((9, 9), 3.0, np.float32)
    np.testing.assert_allclose(box_blur(plain, 2), 3.0)
    point = np.zeros((9, 9), np.float32)
    point[4, 4] = 25.0
    spread = box_blur(point, 2)
    np.testing.assert_allclose(spread[2:7, 2:7], 1.0)
    assert spread[0, 0] == 0.0


@pytest.mark.render
def test_small_looking_things_are_drawn_plainer_or_not_at_all() -> None:
    glyphs = Glyphs(
        xyz_in_scene=np.zeros((1, 3), np.float32),
        shape="tree.broadleaf",
        scale_m=np.array([[6, 6, 10]], np.float32),
        role=Role.VEGETATION,
    )
    (part,) = parts_of_glyphs(glyphs)
    assert part.far is not None
    surface, box = vtkProperty(), box_of(part.xyz)
    far = Piece(part=part.far, surface=surface, box=box)
    piece = Piece(part=part, surface=surface, box=box, stand_in=far)
    assert piece.near_or_far(0.05, "moving") is piece  # 200 pixels high
    assert piece.near_or_far(1.0, "moving") is far  # 10 pixels
    assert piece.near_or_far(20.0, "moving") is None  # half a pixel
    assert piece.near_or_far(0.5, "best") is piece


def test_rows_keep_their_state_when_the_table_grows() -> None:
    rows = RowTable()
    rows.set_colours(np.full((3, 4), 9, np.uint8))
    rows.set_visible(np.array([True, False, True]))
    rows.set_colours(np.full((5000, 4), 9, np.uint8))
    assert rows.shown(np.array([0, 1, 2, 4999, -1, 9999])).tolist() == [
        True, False, True, True, True, True,
    ]  # fmt: skip
    rows.release()


def test_what_does_not_flow_does_not_move() -> None:
    flow = FlowTable()
    assert not flow.moves
    flow.set(np.array([0.0, np.nan, 0.0]))
    assert not flow.moves
    flow.set(np.array([0.0, -0.4]))
    assert flow.moves
