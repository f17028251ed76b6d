"""COPC clouds looked at node by node: every point near, few far away, never more than a node in memory at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.twin.io.copc import HALF_M, town, write
from tests.twin.io.test_las import X, Y
from tests.twin.tiles.settled import settled
from twin import io
from twin.errors import ReadError
from twin.io.copc import CopcFile
from twin.model.geoframe import GeoFrame
from twin.progress import Unattended
from twin.tiles.clouds import CloudFiles
from twin.tiles.decode import TileContent
from twin.tiles.select import Look
from twin.tiles.stream import TileStream

FRAME = GeoFrame(crs="EPSG:2154", origin=(X, Y, 0.0))
COUNT, A_NODE = 20_000, 500


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("cloud") / "town.copc.laz", COUNT, a_node=A_NODE)


def points_of(content: TileContent, _first_row: int) -> np.ndarray[Any, Any]:
    return np.concatenate([d.xyz_in_scene for d in content.drawables])


def looked_at(
    path: Path, position: tuple[float, float, float], **options: Any
) -> np.ndarray[Any, Any]:
    """Stream until nothing is missing, and return all points that are drawn."""
    stream = TileStream(
        str(path), FRAME, prepare=points_of, budget_bytes=1 << 30, error_px=2.0,
        options={"made": "cloud", **options},
    )  # fmt: skip
    look = Look(
        position=np.array(position), px_per_rad=1000.0, sees=lambda boxes: np.ones(len(boxes), bool)
    )
    return np.concatenate(settled(stream, look))


def test_near_the_eye_all_points_come_and_far_away_few(cloud: Path) -> None:
    near, far = looked_at(cloud, (0.0, 0.0, 20.0)), looked_at(cloud, (0.0, 0.0, 30_000.0))
    assert len(far) == A_NODE
    assert len(far) < len(near) <= COUNT
    beside = np.hypot(near[:, 0], near[:, 1]) < 60.0
    there = town(COUNT)[0] - (X, Y, 0.0)
    wanted = there[np.hypot(there[:, 0], there[:, 1]) < 60.0]
    assert np.sort(near[beside][:, 0]) == pytest.approx(np.sort(wanted[:, 0]), abs=0.002)


def test_classes_that_are_left_out_do_not_come(cloud: Path) -> None:
    town_z = town(COUNT)[0][town(COUNT)[1] == 2][:, 2].max()
    ground = looked_at(cloud, (0.0, 0.0, 100.0), left_out=(6,))
    assert ground[:, 2].max() <= town_z + 0.002


def test_nodes_hold_every_point_once_and_lie_in_their_cubes(cloud: Path) -> None:
    file = CopcFile(cloud, FRAME)
    corners = file.corners()
    total = 0
    for node, box in zip(file.nodes, corners, strict=True):
        xyz, columns = file.points(node)
        total += len(xyz)
        assert len(columns["classification"]) == len(xyz) == node.points
        assert (xyz >= box.min(axis=0) - 0.01).all()
        assert (xyz <= box.max(axis=0) + 0.01).all()
    assert total == COUNT
    assert np.ptp(corners[0], axis=0) == pytest.approx([2 * HALF_M] * 3)
    file.close()


def test_a_budget_reads_the_coarse_levels_only(cloud: Path) -> None:
    table = io.read(cloud, progress=Unattended(), options={"points": 4 * A_NODE})
    assert table.points is not None
    assert A_NODE <= len(table.points.xyz_in_crs) <= 4 * A_NODE
    assert np.ptp(table.points.xyz_in_crs[:, 0]) > HALF_M


@pytest.mark.parametrize("cut", [200, 400, 600, 2000])
def test_a_file_that_breaks_off_is_refused(cloud: Path, tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.copc.laz"
    path.write_bytes(cloud.read_bytes()[:cut])
    with pytest.raises(ReadError):
        CloudFiles(str(path), FRAME, {}).read(path.name)


def test_what_is_left_of_the_hierarchy_is_shown(cloud: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.copc.laz"
    path.write_bytes(cloud.read_bytes()[:-100])
    whole, left = CopcFile(cloud, FRAME), CopcFile(path, FRAME)
    assert len(left.nodes) == len(whole.nodes) - 4
    whole.close()
    left.close()


def test_pages_that_name_themselves_end(cloud: Path, tmp_path: Path) -> None:
    data = bytearray(cloud.read_bytes())
    root = int.from_bytes(data[375 + 54 + 40 : 375 + 54 + 48], "little")
    data[root + 16 : root + 24] = root.to_bytes(8, "little")
    data[root + 24 : root + 32] = (64).to_bytes(4, "little") + (-1).to_bytes(
        4, "little", signed=True
    )
    path = tmp_path / "circle.copc.laz"
    path.write_bytes(bytes(data))
    file = CopcFile(path, FRAME)
    assert sum(node.points for node in file.nodes) == COUNT - A_NODE
    file.close()
