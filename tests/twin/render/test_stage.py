"""A stage shows what it is given, changes what it is told, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.twin.render.boxes import BLUE, GREEN, RED, boxes, colours, finish, plane, put, share
from twin.drawables import Drape, Glyphs, Lines, Mesh, Points, Role
from twin.model.ground import FlatGround
from twin.render.camera import Pose
from twin.render.stage import Stage

pytestmark = pytest.mark.render

SIZE = (200, 120)
TWO = [(-25.0, 0.0), (25.0, 0.0)]


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage(size=SIZE)
    made.camera.pose = Pose(target=(0, 0, 5), heading_deg=0, pitch_deg=35, distance_m=140)
    made.set_sun(200.0, 50.0)
    yield made
    made.close()


def seen(stage: Stage) -> np.ndarray:
    stage.render()
    return stage.image()


def halves(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return image[:, : SIZE[0] // 2], image[:, SIZE[0] // 2 :]


def test_an_empty_stage_is_sky(stage: Stage) -> None:
    image = seen(stage)
    assert image.shape == (SIZE[1], SIZE[0], 3)
    assert image.mean() > 100
    assert share(image, "red") == 0.0


def test_rows_have_their_colours(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, BLUE))
    left, right = halves(seen(stage))
    assert share(left, "red") > 0.03
    assert share(left, "blue") == 0.0 or share(left, "blue") < share(right, "blue") / 4
    assert share(right, "red") == 0.0


def test_recolouring_changes_the_picture_without_new_geometry(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, BLUE))
    seen(stage)
    stage.recolour("a", colours(GREEN, GREEN))
    assert not stage.upload(0.0)
    image = seen(stage)
    assert share(image, "red") == 0.0
    assert share(image, "green") > 0.05


def test_hidden_rows_are_not_drawn_and_come_back(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, RED))
    stage.set_rows("a", np.array([False, True]))
    left, right = halves(seen(stage))
    assert share(left, "red") == 0.0
    assert share(right, "red") > 0.03
    stage.set_rows("a", np.array([True, True]))
    assert share(halves(seen(stage))[0], "red") > 0.03


def test_hidden_layers_are_not_drawn_and_come_back(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, RED))
    stage.set_visible("a", False)
    assert share(seen(stage), "red") == 0.0
    stage.set_visible("a", True)
    assert share(seen(stage), "red") > 0.03


def test_a_highlighted_row_stands_out_and_only_that(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(BLUE, BLUE))
    before = seen(stage).astype(int)
    stage.highlight({"a": np.array([1])})
    left, right = halves(np.abs(seen(stage) - before))
    assert right.max() > 60
    assert left.max() < 12
    stage.highlight({})
    assert np.abs(seen(stage) - before).max() < 12


def test_a_layer_shines_through_as_told(stage: Stage) -> None:
    put(stage, "ground", plane())
    bare = seen(stage).astype(int)
    put(stage, "a", boxes(TWO), rgba=colours(RED, RED))
    solid = seen(stage).astype(int)
    stage.set_opacity("a", 0.4)
    through = seen(stage).astype(int)
    there = np.abs(solid - bare).sum(axis=2) > 120
    assert there.any()
    towards = np.abs(through - bare)[there].mean() / np.abs(solid - bare)[there].mean()
    assert 0.15 < towards < 0.75
    stage.set_opacity("a", 1.0)
    assert np.abs(seen(stage) - solid).max() < 12


def test_a_removed_layer_is_gone(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, RED))
    stage.remove_layer("a")
    stage.remove_layer("never there")
    assert stage.layer_ids == ()
    assert share(seen(stage), "red") == 0.0


def test_a_layer_set_again_shows_only_the_new(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, RED))
    seen(stage)
    put(stage, "a", boxes([(0.0, 0.0)]), rgba=colours(BLUE))
    image = seen(stage)
    assert share(image, "red") == 0.0
    assert share(image, "blue") > 0.02


def test_the_old_stays_until_the_new_is_there(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, RED))
    seen(stage)
    stage.set_layer("a", [boxes(TWO)], rgba=colours(RED, RED), rows_visible=np.ones(2, dtype=bool))
    assert share(seen(stage), "red") > 0.03
    finish(stage)
    assert share(seen(stage), "red") > 0.03


def test_no_row_is_lost_in_tiles(stage: Stage) -> None:
    side = 60
    places = [(20.0 * x, 20.0 * y) for x in range(side) for y in range(side)]
    rgba = np.tile(np.array([RED], np.uint8), (len(places), 1))
    put(stage, "a", boxes(places, 4.0), rgba=rgba)
    middle = 10.0 * side
    for i in (0, side - 1, side * side // 2 + 7, side * side - 1):
        x, y = places[i]
        stage.camera.pose = Pose(
            target=(x, y, 4.0), heading_deg=0, pitch_deg=90, distance_m=60 + middle * 0
        )
        hit = stage.pick(SIZE[0] / 2, SIZE[1] / 2)
        assert hit is not None
        assert hit.row == i
        assert share(seen(stage), "red") > 0.01


def test_xray_shows_what_lies_below_and_ghosts_what_is_above(stage: Stage) -> None:
    pipe = Lines(
        xyz_in_scene=np.array([[-60, 0, -6], [60, 0, -6]], np.float32),
        offsets=np.array([0, 2], np.int32),
        row_of_line=np.zeros(1, np.int32),
        radius_m=3.0,
        role=Role.UNDERGROUND,
    )
    put(stage, "ground", plane())
    put(stage, "houses", boxes(TWO), rgba=colours(RED, RED))
    put(stage, "pipe", pipe, rgba=colours(BLUE))
    plain = seen(stage)
    assert share(plain, "blue") == 0.0
    stage.set_xray(True)
    ghosts = seen(stage)
    assert share(ghosts, "blue") > 0.02
    assert share(ghosts, "red") < share(plain, "red")
    assert np.abs(ghosts.astype(int) - seen(stage)).max() == 0
    stage.set_xray(False)
    assert share(seen(stage), "blue") == 0.0


@pytest.mark.parametrize(
    "drawable",
    [
        Points(
            xyz_in_scene=np.array([[0, 0, 5]], np.float32),
            row_of_point=np.zeros(1, np.int32),
            size_px=24,
        ),
        Lines(
            xyz_in_scene=np.array([[-40, 0, 5], [0, 20, 5], [40, 0, 5]], np.float32),
            offsets=np.array([0, 3], np.int32),
            row_of_line=np.zeros(1, np.int32),
            width_px=5.0,
        ),
        Lines(
            xyz_in_scene=np.array([[-40, 0, 5], [0, 20, 5], [40, 0, 5]], np.float32),
            offsets=np.array([0, 3], np.int32),
            row_of_line=np.zeros(1, np.int32),
            radius_m=2.0,
        ),
        Glyphs(
            xyz_in_scene=np.array([[0, 0, 0]], np.float32),
            shape="cube",
            scale_m=np.array([[20, 20, 20]], np.float32),
            row_of_glyph=np.zeros(1, np.int32),
        ),
    ],
    ids=["points", "stroke", "tube", "glyph"],
)
def test_every_kind_is_drawn_in_the_colour_of_its_row(stage: Stage, drawable: object) -> None:
    put(stage, "a", drawable, rgba=colours(RED))
    assert share(seen(stage), "red") > 0.002


def test_thin_tubes_stay_visible_from_afar(stage: Stage) -> None:
    pipe = Lines(
        xyz_in_scene=np.array([[-900, 0, 5], [900, 0, 5]], np.float32),
        offsets=np.array([0, 2], np.int32),
        row_of_line=np.zeros(1, np.int32),
        radius_m=0.1,
    )
    put(stage, "a", pipe, rgba=colours(RED))
    stage.camera.pose = Pose(target=(0, 0, 0), heading_deg=0, pitch_deg=40, distance_m=2500)
    assert share(seen(stage), "red") > 0.002


def test_a_drape_lies_on_the_ground_with_north_up(stage: Stage) -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[:10], picture[10:] = RED[:3], BLUE[:3]
    stage.set_ground(FlatGround(0.0), (-100, -100, 0, 100, 100, 20))
    put(stage, "ground", plane())
    put(stage, "picture", Drape(image=picture, extent_in_scene=(-40, -40, 40, 40)))
    stage.camera.pose = Pose(target=(0, 0, 0), heading_deg=0, pitch_deg=90, distance_m=150)
    image = seen(stage)
    upper, lower = image[: SIZE[1] // 2], image[SIZE[1] // 2 :]
    assert share(upper, "red") > 0.1
    assert share(lower, "blue") > 0.1
    assert share(lower, "red") < 0.02


def test_a_textured_mesh_shows_its_picture(stage: Stage) -> None:
    corners = np.array([[-40, -40, 0], [40, -40, 0], [40, 40, 0], [-40, 40, 0]], np.float32)
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:, :4], picture[:, 4:] = RED[:3], GREEN[:3]
    mesh = Mesh(
        xyz_in_scene=corners,
        triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
        uv=np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32),
        texture=picture,
        styled=False,
    )
    put(stage, "a", mesh)
    left, right = halves(seen(stage))
    assert share(left, "red") > 0.05
    assert share(right, "green") > 0.05
    assert share(right, "red") < 0.01


def test_a_finer_picture_has_softer_edges(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, BLUE))
    stage.camera.pose = Pose(target=(0, 0, 5), heading_deg=17, pitch_deg=35, distance_m=140)
    stage.set_quality("moving")
    rough = seen(stage).astype(int)
    stage.set_quality("best")
    fine = seen(stage).astype(int)

    def steepest(image: np.ndarray) -> float:
        return float(np.quantile(np.abs(np.diff(image, axis=1)).sum(axis=2), 0.995))

    assert steepest(fine) < steepest(rough)
    stage.set_quality("still")
    at_once = seen(stage).astype(int)  # before there is time for a second look
    assert steepest(at_once) < 0.9 * steepest(rough)


def test_resizing_gives_pictures_of_that_size(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, RED))
    seen(stage)
    for size in ((333, 77), (64, 200), SIZE):
        stage.resize(*size)
        image = seen(stage)
        assert image.shape == (size[1], size[0], 3)
        assert share(image, "red") > 0.005
        flipped = stage.image_rgba()[::-1, :, :3]
        assert np.array_equal(flipped, stage.image())


def test_bounds_hold_what_is_visible(stage: Stage) -> None:
    put(stage, "a", boxes([(0.0, 0.0)]), rgba=colours(RED))
    put(stage, "b", boxes([(200.0, 0.0)]), rgba=colours(RED))
    assert stage.bounds is not None
    assert stage.bounds[3] == pytest.approx(210.0)
    stage.set_visible("b", False)
    assert stage.bounds is not None
    assert stage.bounds[3] == pytest.approx(10.0)


def test_closing_twice_is_allowed_and_layers_need_not_be_removed() -> None:
    stage = Stage(size=SIZE)
    put(stage, "a", boxes(TWO), rgba=colours(RED, RED))
    stage.render()
    stage.close()
    stage.close()
    assert not stage.layer_ids


def test_two_stages_do_not_disturb_each_other(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, RED))
    other = Stage(size=(90, 60))
    put(other, "a", boxes(TWO), rgba=colours(BLUE, BLUE))
    other.render()
    before = seen(stage)
    other.close()
    assert np.array_equal(seen(stage), before)
    assert share(before, "blue") == 0.0


def test_symbols_have_the_size_that_is_asked_for(stage: Stage) -> None:
    dot = Points(
        xyz_in_scene=np.array([[0, 0, 5]], np.float32),
        row_of_point=np.zeros(1, np.int32),
        size_px=12,
    )
    put(stage, "a", dot, rgba=colours(RED))
    stage.set_text_scale(1.0)
    small = share(seen(stage), "red")
    stage.set_text_scale(3.0)
    assert share(seen(stage), "red") > 4 * small > 0


def test_layers_in_sight_are_those_that_can_be_seen(stage: Stage) -> None:
    pipe = Lines(
        xyz_in_scene=np.array([[-60, 0, -6], [60, 0, -6]], np.float32),
        offsets=np.array([0, 2], np.int32),
        row_of_line=np.zeros(1, np.int32),
        radius_m=3.0,
        role=Role.UNDERGROUND,
    )
    put(stage, "ground", plane())
    put(stage, "houses", boxes(TWO), rgba=colours(RED, RED))
    put(stage, "elsewhere", boxes([(0.0, -900.0)]), rgba=colours(RED))
    put(stage, "pipe", pipe, rgba=colours(BLUE))
    assert stage.layers_in_sight() == {"ground", "houses"}
    stage.set_xray(True)
    assert stage.layers_in_sight() == {"ground", "houses", "pipe"}
    stage.set_visible("houses", False)
    assert stage.layers_in_sight() == {"ground", "pipe"}


def test_xray_keeps_all_of_a_network_and_what_is_selected(stage: Stage) -> None:
    pump = Glyphs(
        xyz_in_scene=np.array([[-25, 0, 0]], np.float32),
        shape="cube",
        scale_m=np.full((1, 3), 12.0, np.float32),
        row_of_glyph=np.zeros(1, np.int32),
    )
    pipe = Lines(
        xyz_in_scene=np.array([[-25, 0, -6], [-20, 0, -6]], np.float32),
        offsets=np.array([0, 2], np.int32),
        row_of_line=np.zeros(1, np.int32),
        radius_m=0.5,
        role=Role.UNDERGROUND,
    )
    put(stage, "ground", plane())
    put(stage, "houses", boxes([(25.0, 0.0)]), rgba=colours(BLUE))
    put(stage, "heat", pump, pipe, rgba=colours(RED))
    stage.set_xray(True)
    left, right = halves(seen(stage))
    assert share(left, "red") > 0.02  # a pump is no ghost
    assert share(right, "red") == 0.0
    x, y = stage.project((-25.0, 0.0, 8.0)) or (0, 0)
    hit = stage.pick(x, y)
    assert hit is not None
    assert hit.layer_id == "heat"
    stage.highlight({"houses": np.array([0])})
    assert share(halves(seen(stage))[1], "red") > 0.02
