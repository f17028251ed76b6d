"""The outline of what is under the pointer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shapely

from tests.twin.render.boxes import RED, boxes, colours, put
from twin.drawables import Lines, Points
from twin.render.camera import Pose
from twin.render.stage import Stage

pytestmark = pytest.mark.render


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage(size=(400, 300))
    made.camera.pose = Pose(target=(0, 0, 0), heading_deg=0, pitch_deg=40, distance_m=200)
    yield made
    made.close()


def test_a_box_is_outlined_by_one_ring_around_its_corners(stage: Stage) -> None:
    put(stage, "a", boxes([(-25.0, 0.0), (25.0, 0.0)]), rgba=colours(RED, RED))
    rings, strokes = stage.outline("a", 1)
    assert strokes == []
    (ring,) = rings
    around = shapely.Polygon(ring)
    corners = [(25 + x, y, z) for x in (-10, 10) for y in (-10, 10) for z in (0, 20)]
    px = [stage.project(np.array(corner)) for corner in corners]
    hull = shapely.MultiPoint(px).convex_hull
    assert around.symmetric_difference(hull).area < 0.08 * hull.area
    other = shapely.Polygon(stage.outline("a", 0)[0][0])
    assert not around.intersects(other)
    hit = stage.pick(*around.centroid.coords[0])
    assert hit is not None
    assert hit.row == 1


def test_lines_and_points_are_strokes(stage: Stage) -> None:
    line = Lines(
        xyz_in_scene=np.array([[-40, 0, 5], [0, 20, 5], [40, 0, 5]], np.float32),
        offsets=np.array([0, 3], np.int32),
        row_of_line=np.zeros(1, np.int32),
        width_px=3.0,
    )
    dot = Points(xyz_in_scene=np.array([[0, 0, 5]], np.float32), row_of_point=np.zeros(1, np.int32))
    put(stage, "line", line, rgba=colours(RED))
    put(stage, "dot", dot, rgba=colours(RED))
    rings, strokes = stage.outline("line", 0)
    assert rings == []
    assert len(strokes) == 2
    assert strokes[0][0] == pytest.approx(stage.project(np.array([-40, 0, 5])), abs=0.01)
    (point,) = stage.outline("dot", 0)[1]
    assert point[0] == pytest.approx(point[1])


def test_what_is_gone_or_behind_the_viewer_has_none(stage: Stage) -> None:
    put(stage, "a", boxes([(0.0, -2000.0)]), rgba=colours(RED))
    assert stage.outline("a", 0) == ([], [])
    assert stage.outline("never", 0) == ([], [])
    assert stage.outline("a", 7) == ([], [])
