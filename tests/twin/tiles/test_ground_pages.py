"""A picture too large for one texture: its pages have its own pixels where one is near, and none are made far away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio.transform import Affine

from layers.terrain import pages
from layers.terrain.layer import Terrain, TerrainParams
from tests.layers.context import NOON, Context, File
from tests.twin.io.made import X, Y, raster
from tests.twin.tiles.settled import settled
from twin import api
from twin.drawables import Mesh
from twin.errors import ReadError
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.tiles import ground_pages
from twin.tiles.decode import TileContent
from twin.tiles.ground_pages import PAGE_PX, GroundPages
from twin.tiles.select import Look
from twin.tiles.stream import TileStream
from twin.work.session import Session
from ui.cli.projects import registry

SIDE = 4_608
CELL_M, SHEET_CELL_M = 0.25, 0.125
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


@pytest.mark.parametrize(
    ("crs", "corner", "cell", "side_m"),
    [
        ("EPSG:2154", (X, Y), 0.25, 0.25),
        ("EPSG:3857", (252_000.0, 6_244_000.0), 0.2986, 0.1966),
        ("EPSG:4326", (2.26, 48.82), 1e-5, 0.734),
    ],
)
def test_a_pixel_is_as_large_as_it_is_on_the_earth(
    tmp_path: Path, crs: str, corner: tuple[float, float], cell: float, side_m: float
) -> None:
    place = Affine(cell, 0, corner[0], 0, -cell, corner[1])
    path = raster(tmp_path / "a.tif", np.zeros((3, 9, 9), np.uint8), crs=crs, transform=place)
    assert api.tilesets.pixel_m(path) == pytest.approx(side_m, rel=0.005)


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


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The photo in four sheets, of which the one in the south-east is missing."""
    folder = tmp_path_factory.mktemp("sheets")
    half = 4_096
    stripes = np.where(np.arange(half) % 2 == 0, 40, 220).astype(np.uint8)
    pixels = np.broadcast_to(stripes, (3, half, half))
    made = []
    for name, column, row in (("nw", 0, 0), ("ne", 1, 0), ("sw", 0, 1)):
        corner = Affine(
            SHEET_CELL_M,
            0,
            X + column * half * SHEET_CELL_M,
            0,
            -SHEET_CELL_M,
            Y - row * half * SHEET_CELL_M,
        )
        made.append(
            raster(folder / f"{name}.tif", pixels, transform=corner, tiled=True, compress="deflate")
        )
    return made


def joined(paths: list[Path]) -> api.Tileset:
    sources = {
        "elevation" if number == 1 else f"elevation_{number}": Source(path=str(path))
        for number, path in enumerate(paths, 1)
    }
    spec = LayerSpec(id="map", type="belvedere.terrain", title={"en": "m"}, sources=sources)
    session = Session(
        Project(title={"en": "t"}, frame=FRAME, layers=(spec,)), paths[0].parent, registry()
    )
    try:
        session.start()
        session.wait(30)
        (found,) = [d for d in session.layer("map").drawables if isinstance(d, api.Tileset)]
        return found
    finally:
        session.close()


def test_joined_sheets_are_as_sharp_as_one_picture(sheets: list[Path]) -> None:
    near = drawn(joined(sheets), 60.0)
    assert near
    sheets_seen = set()
    for mesh in near:
        assert mesh.texture is not None
        x_min, y_min = mesh.xyz_in_scene[:, :2].min(axis=0)
        x_max, _ = mesh.xyz_in_scene[:, :2].max(axis=0)
        rows = mesh.texture[mesh.texture.shape[0] // 4, :, 0].astype(int)
        sheets_seen.add(bool(x_min > 11))  # the edge of two sheets is at 12
        if y_min > -12 or x_max < 12:
            assert np.abs(np.diff(rows)).mean() > 100, (x_min, y_min)
            assert (x_max - x_min) / mesh.texture.shape[1] == pytest.approx(SHEET_CELL_M, rel=0.05)
    assert sheets_seen == {True, False}


def test_where_no_sheet_is_there_is_no_page(sheets: list[Path]) -> None:
    files = GroundPages(str(sheets[0]), FRAME, joined(sheets).options or {})
    level = 6
    assert files.read(f"{level}-{2**level - 1}-0.glb") == ground_pages.NOTHING
    assert files.read(f"{level}-0-0.glb") != ground_pages.NOTHING
