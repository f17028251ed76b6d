"""What Simple 3D Buildings says of single buildings: colours, and which way a roof faces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from layers.buildings.heights import directions
from layers.buildings.layer import Buildings
from layers.buildings.options import BuildingsParams
from layers.buildings.tints import rgba
from tests.layers.context import Context, checked, table, view
from twin import api

BOXES = [shapely.box(40 * i, 0, 40 * i + 20, 10) for i in range(3)]


def meshes(params: BuildingsParams | None = None, **columns: Any) -> list[api.Mesh]:
    used = params or BuildingsParams()
    features = Buildings().load(Context({"buildings": table(BOXES, **columns)}, used))
    return checked(Buildings().build(features, used, view()))


def test_buildings_with_colours_have_them_and_the_others_take_the_style() -> None:
    columns = {
        "height": [9.0, 9.0, 9.0],
        "building:colour": ["#a04030", None, None],
        "roof:colour": [None, "navy", None],
    }
    plain, own = meshes(**columns)
    assert plain.styled
    assert set(plain.row_of_vertex.tolist()) == {2}
    assert not own.styled
    top = own.xyz_in_scene[:, 2] > 8.9
    first, second = own.row_of_vertex == 0, own.row_of_vertex == 1
    assert (own.rgba_of_vertex[first] == (160, 64, 48, 255)).all()
    blue = (own.rgba_of_vertex == (0, 0, 128, 255)).all(axis=1)
    assert blue[second].any()
    assert top[blue].all()
    assert not blue[first].any()


def test_colours_can_be_left_to_the_style() -> None:
    (mesh,) = meshes(BuildingsParams(file_colours=False), **{"building:colour": ["red"] * 3})
    assert mesh.styled


@pytest.mark.parametrize(
    ("word", "expected"),
    [("#fff", (255, 255, 255, 255)), ("Light Grey", (211, 211, 211, 255)), ("RAL 3000", (0, 0, 0, 0)),
     ("", (0, 0, 0, 0)), ("#12345", (0, 0, 0, 0)), ("0000ff", (0, 0, 255, 255))],
)  # fmt: skip
def test_words_of_colours(word: str, expected: tuple[int, int, int, int]) -> None:
    assert rgba(word) == expected


def test_words_of_directions() -> None:
    words = np.array(["N", "SSW", "135", "90.5°", "north-west", "-45", "up", ""], object)
    found = directions(words)
    assert found[:6].tolist() == [0.0, 202.5, 135.0, 90.5, 315.0, 315.0]
    assert np.isnan(found[6:]).all()


def test_a_roof_faces_where_its_tag_says() -> None:
    columns = {"height": [9.0] * 3, "roof:shape": ["skillion", "gabled", "gabled"], "roof:height": [3.0] * 3,
               "roof:direction": ["S", None, None], "roof:orientation": [None, "across", None]}  # fmt: skip
    (mesh,) = meshes(**columns)
    top = [
        mesh.xyz_in_scene[(mesh.row_of_vertex == r) & (mesh.xyz_in_scene[:, 2] > 8.99)]
        for r in range(3)
    ]
    assert np.ptp(top[0][:, 1]) < 0.01  # the high side is the north wall
    assert top[0][0, 1] == pytest.approx(max(top[2][:, 1].max(), top[0][0, 1]))
    assert np.ptp(top[1][:, 0]) < 0.01  # across: the ridge keeps its x
    assert np.ptp(top[2][:, 1]) < 0.01  # along: it keeps its y
