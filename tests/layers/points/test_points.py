"""The point cloud layer: all points near, an eighth from afar; clouds in COPC are left to the picture to stream."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from layers.points.layer import PointClouds, PointsParams
from layers.points.levels import FEW, SHARE, levels
from tests.layers.context import NOON, Context, File
from tests.twin.io import copc
from tests.twin.io.test_las import X, Y, write
from twin import api
from twin.drawables import Drawable

FRAME = api.GeoFrame(crs="EPSG:2154", origin=(X, Y, 0.0))


def drawn(path: Path, **params: object) -> list[Drawable]:
    layer, made = PointClouds(), PointsParams(**params)  # type: ignore[arg-type]
    table = layer.load(Context({"points": File(path)}, made, FRAME))
    view = api.ViewQuery(at=NOON, frame=FRAME, ground=api.FlatGround())
    return list(layer.build(table, made, view))


def test_few_points_are_drawn_from_everywhere(tmp_path: Path) -> None:
    (points,) = drawn(write(tmp_path / "a.laz", count=4000))
    assert isinstance(points, api.Points)
    assert len(points.xyz_in_scene) == 4000
    assert points.from_m == 0.0


def test_many_points_have_a_level_for_afar_and_blocks_for_near() -> None:
    xyz = np.random.default_rng(1).uniform(0, 800, (4 * FEW, 3))
    (coarse, always), *near = levels(xyz)
    assert always == 0.0
    assert len(coarse) == len(xyz) // SHARE
    assert np.ptp(xyz[coarse], axis=0) == pytest.approx([800] * 3, rel=0.01)
    every = np.concatenate([coarse, *(chosen for chosen, _ in near)])
    assert np.sort(every).tolist() == list(range(len(xyz)))  # each point once
    assert all(from_m == pytest.approx(800 / np.sqrt(len(coarse)), rel=0.02) for _, from_m in near)
    assert all(np.ptp(xyz[chosen, 0]) <= 101 for chosen, _ in near)


@pytest.mark.parametrize("by", ["auto", "class", "height", "intensity"])
def test_a_large_copc_is_streamed_in_the_wanted_colours(tmp_path: Path, by: str) -> None:
    path = copc.write(tmp_path / "a.copc.laz", 60_000, a_node=10_000)
    (tiles,) = drawn(path, colour_by=by, size_px=4.0)
    assert isinstance(tiles, api.Tileset)
    assert (tiles.address, tiles.error_px, tiles.point_px) == (str(path), 4.0, 4.0)
    options = dict(tiles.options or {})
    assert options["made"] == "cloud"
    assert options["by"] == ("file" if by == "auto" else by)
    if by == "class":
        assert set(options["classes"]) == {2, 6}


def test_a_small_copc_is_read(tmp_path: Path) -> None:
    (points,) = drawn(copc.write(tmp_path / "a.copc.laz", 3_000, a_node=1_000))
    assert isinstance(points, api.Points)
    assert len(points.xyz_in_scene) == 3_000


@pytest.mark.parametrize(
    ("by", "title", "entries"),
    [("height", "Height", 6), ("intensity", "Intensity", 6), ("file", "", 0)],
)
def test_the_legend_says_what_the_colours_mean(
    tmp_path: Path, by: str, title: str, entries: int
) -> None:
    made = PointsParams(colour_by=by)
    path = copc.write(tmp_path / "a.copc.laz", 60_000, a_node=10_000)
    layer = PointClouds()
    table = layer.load(Context({"points": File(path)}, made, FRAME))
    legend = layer.legend(table, made)
    assert legend is not None
    assert legend.title.get("en", "") == title
    assert len(legend.entries) == entries
    bounds = [entry.low for entry in legend.entries][1:]
    assert bounds == sorted(bounds)  # type: ignore[type-var]
    assert layer.legend(table, PointsParams(colour_by="class")) is None, "the style has the classes"
