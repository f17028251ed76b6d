"""Roofs over outlines of any form have planes of one slope, level eaves, ridges that meet in valleys, and no hole."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.shapes.solids import geometries, open_edges, solid, with_floor
from twin.shapes import Part, Triangles, roofs
from twin.shapes.skeleton import MOST_CORNERS, skeletons

L = [(0, 0), (24, 0), (24, 8), (8, 8), (8, 20), (0, 20)]
T = [(0, 0), (30, 0), (30, 8), (19, 8), (19, 25), (11, 25), (11, 8), (0, 8)]
U = [(0, 0), (30, 0), (30, 20), (22, 20), (22, 8), (8, 8), (8, 20), (0, 20)]
PLUS = [
    (8, 0),
    (16, 0),
    (16, 8),
    (24, 8),
    (24, 16),
    (16, 16),
    (16, 24),
    (8, 24),
    (8, 16),
    (0, 16),
    (0, 8),
    (8, 8),
]
CROOKED = [(0, 0), (20, 1), (19, 9), (9, 7.5), (8, 20), (0, 18)]
Z = [(0, 0), (14, 0), (14, 6), (26, 6), (26, 13), (7, 13), (7, 7), (0, 7)]
COURT = shapely.Polygon(
    [(0, 0), (40, 0), (40, 36), (0, 36)], [[(8, 8), (8, 28), (32, 28), (32, 8)]]
)
SIMPLE = {"L": L, "T": T, "U": U, "plus": PLUS, "crooked": CROOKED, "Z": Z}
OUTLINES = {
    **{name: shapely.Polygon(ring) for name, ring in SIMPLE.items()},
    "court": COURT,
    "turned": shapely.affinity.rotate(shapely.Polygon(U), 33),
}  # fmt: skip


def build(shape: shapely.Geometry, kind: str) -> Triangles:
    return roofs(geometries(shape), [0], z_eaves=[6.0], rise_m=[3.0], shape=[kind], z_bottom=[0.0])


def slopes(made: Triangles) -> np.ndarray:
    roof = made.corners[made.part_of_vertex[made.triangles[:, 0]] == Part.ROOF]
    normal = np.cross(roof[:, 1] - roof[:, 0], roof[:, 2] - roof[:, 0])
    seen = normal[:, 2] > 1e-6
    return np.hypot(normal[seen, 0], normal[seen, 1]) / normal[seen, 2]


@pytest.mark.parametrize("kind", ["hipped", "gabled"])
@pytest.mark.parametrize("name", OUTLINES)
def test_every_plane_has_the_same_slope(name: str, kind: str) -> None:
    found = slopes(build(OUTLINES[name], kind))
    assert found == pytest.approx(np.full(len(found), np.median(found)), rel=1e-5)


@pytest.mark.parametrize("kind", ["hipped", "gabled", "mansard", "gambrel"])
@pytest.mark.parametrize("name", OUTLINES)
def test_eaves_are_level_the_ridge_is_as_high_as_told_and_nothing_is_open(
    name: str, kind: str
) -> None:
    made = build(OUTLINES[name], kind)
    roof = made.xyz[made.part_of_vertex == Part.ROOF]
    corners = shapely.points(shapely.get_coordinates(OUTLINES[name]))
    at_corners = roof[
        shapely.distance(shapely.points(roof[:, :2]), shapely.union_all(corners)) < 1e-6
    ]
    assert len(at_corners)
    assert at_corners[:, 2] == pytest.approx(6.0)
    assert roof[:, 2].max() == pytest.approx(9.0)
    assert (open_edges(made)[..., 2] == 0.0).all()
    assert solid(made).is_winding_consistent
    if kind in {"hipped", "mansard"}:  # a gable has a corner at its foot that the floor has not
        assert with_floor(made, geometries(OUTLINES[name]), 0.0).is_watertight


@pytest.mark.parametrize(("name", "ends"), [("L", 2), ("T", 3), ("U", 2), ("plus", 4), ("Z", 2)])
def test_wings_end_in_gables(name: str, ends: int) -> None:
    gabled, hipped = build(OUTLINES[name], "gabled"), build(OUTLINES[name], "hipped")
    outline = OUTLINES[name].exterior

    def on_the_wall(made: Triangles) -> int:
        high = np.unique(made.xyz[made.xyz[:, 2] > 6.5].round(6), axis=0)
        return int((shapely.distance(shapely.points(high[:, :2]), outline) < 1e-6).sum())

    assert on_the_wall(gabled) == ends
    assert on_the_wall(hipped) == 0


def test_the_volume_under_an_l_of_equal_wings() -> None:
    # 45 degrees over wings of 8: the roof is the distance to the nearest side, 4 at the ridge.
    made = roofs(
        geometries(OUTLINES["L"]),
        [0],
        z_eaves=[0.0],
        rise_m=[4.0],
        shape=["hipped"],
        z_bottom=[0.0],
    )
    grid = np.stack(np.meshgrid(np.arange(0.05, 24, 0.1), np.arange(0.05, 20, 0.1)), -1).reshape(
        -1, 2
    )
    inside = shapely.contains_xy(OUTLINES["L"], grid[:, 0], grid[:, 1])
    x, y = grid[inside].T
    across = np.minimum.reduce([x, y, 24 - x, 8 - y])
    upright = np.minimum.reduce([x, y, 8 - x, 20 - y])
    expected = np.maximum(across, upright).sum() * 0.01
    closed = with_floor(made, geometries(OUTLINES["L"]), 0.0)
    assert closed.volume == pytest.approx(expected, rel=2e-3)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.integers(0, 400)] * 2, *[st.integers(30, 200)] * 2),
        min_size=2,
        max_size=5,
    )
)
def test_any_union_of_blocks_is_covered(blocks: list[tuple[int, int, int, int]]) -> None:
    boxes = [shapely.box(x / 10, y / 10, (x + a) / 10, (y + b) / 10) for x, y, a, b in blocks]
    shape = shapely.union_all(boxes)
    for part in shapely.get_parts(shape):
        made = build(part, "gabled")
        assert (open_edges(made)[..., 2] == 0.0).all()
        roof = made.corners[made.part_of_vertex[made.triangles[:, 0]] == Part.ROOF]
        up = np.cross(roof[:, 1] - roof[:, 0], roof[:, 2] - roof[:, 0])[:, 2] / 2
        assert up.sum() == pytest.approx(part.area)
        assert made.xyz[:, 2].max() <= 9.0 + 1e-9


def test_outlines_with_very_many_corners_are_given_back() -> None:
    angle = np.linspace(0, 2 * np.pi, 2 * MOST_CORNERS, endpoint=False)
    radius = np.where(np.arange(len(angle)) % 2, 10.0, 8.0)
    star = shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    many = np.array([star, shapely.Polygon(L)], object)
    assert list(skeletons(many).done) == [False, True]
    assert build(star, "hipped").xyz[:, 2].max() == pytest.approx(9.0), "a hip along its outline"


@pytest.mark.shared_data
def test_the_roofs_of_a_city_centre(shared_data) -> None:  # type: ignore[no-untyped-def]
    pyogrio = pytest.importorskip("pyogrio")
    frame = pyogrio.read_dataframe(
        shared_data / "nantes_pack" / "nantes_bdtopo35.gpkg", layer="batiment", max_features=2000
    )
    shapes = shapely.force_2d(shapely.get_parts(frame.geometry.to_numpy()))
    shapes = shapes[shapely.is_valid(shapes)]
    few = shapely.get_num_coordinates(shapes) < MOST_CORNERS
    assert skeletons(shapes[few]).done.mean() > 0.995
