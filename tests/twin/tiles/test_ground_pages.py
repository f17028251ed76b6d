"""A picture too large for one texture: its pages have its own pixels where one is near, and none are made far away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layers.terrain import pages
from layers.terrain.layer import Terrain, TerrainParams
from tests.layers.context import NOON, Context, File
from tests.twin.io.made import X, Y, raster
from tests.twin.tiles.settled import settled
from twin import api
from twin.drawables import Mesh
from twin.errors import ReadError
from twin.tiles import ground_pages
from twin.tiles.decode import TileContent
from twin.tiles.ground_pages import PAGE_PX, GroundPages
from twin.tiles.select import Look
from twin.tiles.stream import TileStream

SIDE = 4_608
CELL_M = 0.25
FRAME = api.GeoFrame(crs="EPSG:2154", origin=(X + 500.0, Y - 500.0, 0.0))


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stripes of one pixel each: only a page with every pixel shows them."""
    path = tmp_path_factory.mktemp("photo") / "photo.tif"
    stripes = np.where(np.arange(SIDE) % 2 == 0, 40, 220).astype(np.uint8)
    pixels = np.broadcast_to(stripes, (3, SIDE, SIDE))
    return raster(path, pixels, cell=CELL_M, tiled=True, compress="deflate")


def tileset_of(photo: Path, **more: Any) -> api.Tileset:
    layer, params = Terrain(), TerrainParams()
    context = Context({"elevation": File(photo), **more}, params, FRAME)
    table = layer.load(context)
    view = api.ViewQuery(at=NOON, frame=FRAME, ground=api.FlatGround())
    found = [d for d in layer.build(table, params, view) if isinstance(d, api.Tileset)]
    assert len(found) == 1
    return found[0]


def drawn(tileset: api.Tileset, height_m: float) -> list[Mesh]:
    """Return what is shown from above the middle."""
    stream = TileStream(
        tileset.address, FRAME, prepare=_meshes, budget_bytes=1 << 30,
        error_px=tileset.error_px, options=tileset.options,
    )  # fmt: skip
    look = Look(
        position=np.array([0.0, 0.0, height_m]),
        px_per_rad=1000.0,
        sees=lambda boxes: (np.maximum(boxes[:, :2], -boxes[:, 3:5]) < 100.0).all(axis=1),
    )
    return [mesh for payload in settled(stream, look) for mesh in payload]


def _meshes(content: TileContent, _first_row: int) -> list[Any]:
    return list(content.drawables)


def test_near_the_ground_every_pixel_is_shown(photo: Path) -> None:
    near = drawn(tileset_of(photo), 60.0)
    assert near
    for mesh in near:
        assert mesh.texture is not None
        rows = mesh.texture[mesh.texture.shape[0] // 2, :, 0].astype(int)
        assert np.abs(np.diff(rows)).mean() > 120  # dark and light side by side
        width_m = float(np.ptp(mesh.xyz_in_scene[:, 0]))
        assert width_m / mesh.texture.shape[1] == pytest.approx(CELL_M, rel=0.05)


def test_from_afar_no_page_is_made(photo: Path) -> None:
    assert drawn(tileset_of(photo), 5_000.0) == []


def test_a_small_picture_needs_no_pages(tmp_path: Path) -> None:
    path = raster(tmp_path / "small.tif", np.zeros((3, 50, 50), np.uint8))
    table = Terrain().load(Context({"elevation": File(path)}, TerrainParams(), FRAME))
    assert pages.FILE not in table.tables


def test_a_page_that_is_none_is_refused(photo: Path) -> None:
    files = GroundPages(str(photo), FRAME, tileset_of(photo).options or {})
    with pytest.raises(ReadError):
        files.read("../../secret.glb")
    assert PAGE_PX == 512


def test_pages_of_an_endless_picture_are_described_a_few_levels_at_a_time(photo: Path) -> None:
    wide = {**(tileset_of(photo).options or {}), "extent": (-1e6, -1e6, 1e6, 1e6)}
    files = GroundPages(str(photo), FRAME, wide)
    assert len(files.read(photo.name)) < 400_000
    assert len(files.read("4-3-5.json")) < 400_000


def test_pages_of_a_deeper_tileset_are_shown(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = drawn(tileset_of(photo), 30.0)
    monkeypatch.setattr(ground_pages, "AT_ONCE", 1)
    assert sorted(map(_width, drawn(tileset_of(photo), 30.0))) == sorted(map(_width, usual))


def _width(mesh: Mesh) -> float:
    return round(float(np.ptp(mesh.xyz_in_scene[:, 0])), 2)
