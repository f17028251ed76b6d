"""Labels: the important ones, in the right language, never one over another, steady while moving."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.twin.render.block_text import BlockText
from twin.drawables import Labels
from twin.render.camera import CameraRig, Pose
from twin.render.label_pictures import Writing, worded
from twin.render.labels import SIGHT_S, LabelLayout, Placed, draw

SIZE = (1600, 900)
EN, FR = Writing(lang="en"), Writing(lang="fr")


def camera() -> CameraRig:
    rig = CameraRig(SIZE)
    rig.pose = Pose(target=(0.0, 0.0, 0.0), heading_deg=0.0, pitch_deg=45.0, distance_m=1000.0)
    return rig


def labels(xy: list[tuple[float, float]], rank: list[int], **more: object) -> Labels:
    xyz = np.array([(x, y, 0.0) for x, y in xy], np.float32)
    texts = tuple({"en": f"place {i}", "fr": f"lieu {i}"} for i in range(len(xy)))
    rows = np.arange(len(xy), dtype=np.int32)
    values = {"texts": texts, "row_of_label": rows} | more
    return Labels(xyz_in_scene=xyz, rank=np.array(rank, np.int32), **values)  # type: ignore[arg-type]


def boxes(placed: tuple[Placed, ...]) -> np.ndarray:
    return np.array(
        [(p.left, p.top, p.left + p.image.width, p.top + p.image.height) for p in placed]
    )


def test_a_label_stands_above_its_anchor() -> None:
    (placed,) = LabelLayout(BlockText()).place([("a", labels([(0, 0)], [0]))], camera(), writing=EN)
    assert placed.layer_id == "a"
    assert placed.row == 0
    assert placed.left + placed.image.width / 2 == pytest.approx(800, abs=1)
    assert placed.top + placed.image.height <= 450
    assert placed.top + placed.image.height > 430


def test_of_two_in_one_place_the_more_important_is_drawn() -> None:
    group = labels([(0, 0), (1, 1)], [5, 1])
    (placed,) = LabelLayout(BlockText()).place([("a", group)], camera(), writing=EN)
    assert placed.row == 1


def test_no_label_touches_another_and_none_leaves_the_picture() -> None:
    rng = np.random.default_rng(3)
    xy = [tuple(p) for p in rng.uniform(-500, 500, (400, 2))]
    group = labels(xy, list(rng.integers(0, 20, 400)))
    placed = LabelLayout(BlockText()).place([("a", group)], camera(), writing=EN)
    assert 10 < len(placed) < 400
    box = boxes(placed)
    assert (box[:, :2] >= 0).all()
    assert (box[:, 2] <= SIZE[0] + 6).all()
    apart_x = (box[:, None, 2] <= box[None, :, 0]) | (box[None, :, 2] <= box[:, None, 0])
    apart_y = (box[:, None, 3] <= box[None, :, 1]) | (box[None, :, 3] <= box[:, None, 1])
    assert (apart_x | apart_y | np.eye(len(box), dtype=bool)).all()


def test_what_was_shown_stays_when_the_view_moves_a_little() -> None:
    group = labels([(0, 0), (30, 3)], [1, 1])
    layout, rig = LabelLayout(BlockText()), camera()
    first = [p.row for p in layout.place([("a", group)], rig, writing=EN)]
    assert len(first) == 1
    rig.orbit(180.0, 0.0)  # now the other one is nearer
    assert [p.row for p in layout.place([("a", group)], rig, writing=EN)] == first
    assert [p.row for p in LabelLayout(BlockText()).place([("a", group)], rig, writing=EN)] != first


def test_hidden_rows_distant_ones_and_kept_out_places_have_no_labels() -> None:
    layout, rig = LabelLayout(BlockText()), camera()
    group = labels([(-300, 0), (300, 0)], [0, 0])
    shown = np.array([False, True])
    assert [p.row for p in layout.place([("a", group)], rig, writing=EN, rows_visible=[shown])] == [
        1
    ]
    near = labels([(0, 0)], [0], max_distance_m=500.0)
    assert layout.place([("a", near)], rig, writing=EN) == ()
    whole = [(0, 0, *SIZE)]
    assert layout.place([("a", group)], rig, writing=EN, keep_out=whole) == ()


def test_what_is_behind_the_viewer_has_no_label() -> None:
    group = labels([(0, -5000)], [0])
    assert LabelLayout(BlockText()).place([("a", group)], camera(), writing=EN) == ()


def test_the_language_decides_the_words() -> None:
    engine = BlockText()
    group = labels([(0, 0)], [0])
    LabelLayout(engine).place([("a", group)], camera(), writing=FR)
    assert engine.written == ["lieu 0"]
    assert worded({"": "Issy", "fr": "Ici"}, "en") == "Issy"
    assert worded({"en": "Here"}, "fr") == "Here"
    assert worded({"ko": "여기"}, "fr") == "여기"
    assert worded({}, "fr") == ""


def test_a_label_is_found_under_its_pixels_and_drawn_there() -> None:
    layout = LabelLayout(BlockText())
    (placed,) = layout.place([("a", labels([(0, 0)], [0]))], camera(), writing=EN)
    assert layout.at(placed.left + 1, placed.top + 1) is placed
    assert layout.at(placed.left - 1, placed.top + 1) is None
    image = np.full((*SIZE[::-1], 3), 200, np.uint8)
    draw(image, [placed])
    assert (image[placed.top + 2, placed.left + 2] < 60).all()
    assert (image[placed.top - 1] == 200).all()


def test_letters_grow_with_the_picture_and_never_get_too_small() -> None:
    sizes = {}
    for height in (300, 1080, 2160):
        rig = camera()
        rig.size_px = (height * 16 // 9, height)
        (placed,) = LabelLayout(BlockText()).place([("a", labels([(0, 0)], [0]))], rig, writing=EN)
        sizes[height] = placed.image.height
    assert sizes[2160] == 2 * sizes[1080]
    assert sizes[300] >= 13


def test_in_a_window_letters_keep_their_size_whatever_its_height() -> None:
    sizes = []
    for height in (500, 1000):
        rig = camera()
        rig.size_px = (height * 16 // 9, height)
        (placed,) = LabelLayout(BlockText()).place(
            [("a", labels([(0, 0)], [0]))], rig, writing=Writing(lang="en", scale=1.0)
        )
        sizes.append(placed.image.height)
    assert sizes[0] == sizes[1]
    assert 13 <= sizes[0] <= 17


def test_values_stand_on_a_card() -> None:
    group = labels([(0, 0)], [0], kind="value")
    (placed,) = LabelLayout(BlockText()).place([("a", group)], camera(), writing=EN)
    middle = placed.image.rgba[placed.image.height // 2]
    assert (middle[1, :3] == 255).all()
    assert middle[1, 3] > 200
    assert (middle[placed.image.width // 2, :3] < 80).all()


def level_camera() -> CameraRig:
    rig = CameraRig(SIZE)
    rig.pose = Pose(target=(0.0, 0.0, 2.0), heading_deg=0.0, pitch_deg=0.0, distance_m=300.0)
    return rig


def test_labels_of_what_is_hidden_are_left_out_at_street_level() -> None:
    group = labels([(-40, 0), (40, 0)], [0, 0])
    asked = []

    def see(xyz: np.ndarray) -> bool:
        asked.append(xyz)
        return bool(xyz[0] > 0)

    layout, rig = LabelLayout(BlockText()), level_camera()
    assert [p.row for p in layout.place([("a", group)], rig, writing=EN, see=see)] == [1]
    assert len(asked) == 2
    assert len(layout.place([("a", group)], rig, writing=EN, see=see)) == 1
    assert len(asked) == 2  # remembered while the viewer stands still
    rig.fly(40.0, 0.0, 0.0)
    layout.place([("a", group)], rig, writing=EN, see=see)
    assert len(asked) == 4


def test_from_above_nothing_hides_a_label() -> None:
    def see(_xyz: np.ndarray) -> bool:
        raise AssertionError("no ray is needed")

    placed = LabelLayout(BlockText()).place(
        [("a", labels([(0, 0)], [0]))], camera(), writing=EN, see=see
    )
    assert len(placed) == 1


def test_what_has_no_room_is_not_even_drawn() -> None:
    text, crowd = BlockText(), labels([(0, 0)] * 40, list(range(40)))
    LabelLayout(text).place([("a", crowd)], camera(), writing=EN)
    assert text.written == ["place 0"]


def test_slow_rays_are_cast_a_few_in_one_frame() -> None:
    xy = [(float(x), 0.0) for x in range(-150, 150, 20) for _ in range(5)]
    asked = []

    def see(xyz: np.ndarray) -> bool:
        asked.append(xyz)
        time.sleep(SIGHT_S / 4)
        return True

    group, layout = labels(xy, [0] * len(xy)), LabelLayout(BlockText())
    group.xyz_in_scene[:, 2] = np.arange(len(xy)) % 5 * 15.0
    layout.place([("a", group)], level_camera(), writing=EN, see=see)
    few = len(asked)
    assert 0 < few <= 4
    thorough = layout.place([("a", group)], level_camera(), writing=EN, see=see, thorough=True)
    assert len(asked) == len(thorough) > few


def test_one_name_does_not_stand_twice_side_by_side_but_a_value_may() -> None:
    same = tuple({"en": "Exhibition centre", "fr": "Parc des Expositions"} for _ in range(3))
    xy = [(0.0, 0.0), (120.0, 60.0), (-480.0, 0.0)]
    group = labels(xy, [1, 1, 1], texts=same)
    placed = LabelLayout(BlockText()).place([("a", group)], camera(), writing=EN)
    assert sorted(p.row for p in placed) in ([0, 2], [1, 2])
    values = labels(xy, [1, 1, 1], texts=same, kind="value")
    assert len(LabelLayout(BlockText()).place([("a", values)], camera(), writing=EN)) == 3


def test_little_time_leaves_labels_for_the_next_frame_and_says_so() -> None:
    group = labels([(-300.0 + 150 * i, 0.0) for i in range(5)], [0, 1, 2, 3, 4])
    layout, rig = LabelLayout(BlockText()), camera()
    first = layout.place([("a", group)], rig, writing=EN, patience_s=0.0)
    assert [p.row for p in first] == [0]  # the most important
    assert layout.lacking
    assert len(layout.place([("a", group)], rig, writing=EN)) == 5
    assert not layout.lacking
