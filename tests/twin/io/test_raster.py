"""Grids and pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from tests.twin.io.made import X, Y, errors, keys, one, raster
from twin import io
from twin.errors import ReadError
from twin.io import limits
from twin.model.geoframe import GeoFrame, transformer
from twin.model.table import Raster
from twin.progress import Unattended


def read(path: Path, **options: object) -> tuple[Raster, Unattended]:
    progress = Unattended()
    table = io.read(path, progress=progress, **options)  # type: ignore[arg-type]
    assert table.raster is not None
    return table.raster, progress


def slope(rows: int = 30, columns: int = 40) -> np.ndarray:
    return (np.arange(rows)[:, None] + 100.0 * np.arange(columns)).astype(np.float32)


def test_heights_stand_where_they_are(tmp_path: Path) -> None:
    path = raster(tmp_path / "dem.tif", slope())
    grid, progress = read(path)
    assert (grid.x_min, grid.y_max, grid.dx, grid.dy, grid.crs) == (X, Y, 5.0, 5.0, "EPSG:2154")
    np.testing.assert_array_equal(grid.values, slope())
    assert not progress.problems
    layer = io.inspect(path).layers[0]
    assert (layer.kind, layer.count, layer.crs) == ("raster", 1200, "EPSG:2154")
    assert layer.extent == (X, Y - 150, X + 200, Y)
    assert layer.z_range == (0.0, 3929.0)
    assert layer.details["width"] == 40


@pytest.mark.parametrize("sentinel", [-9999.0, -32768.0, -99999.0, -3.4e38, np.nan, np.inf])
def test_undeclared_sentinels_are_no_heights(tmp_path: Path, sentinel: float) -> None:
    values = slope()
    values[3, 4] = sentinel
    grid, _ = read(raster(tmp_path / "dem.tif", values))
    assert np.isnan(grid.values[3, 4])
    assert np.isfinite(grid.values).sum() == values.size - 1


def test_declared_no_data_scale_and_offset(tmp_path: Path) -> None:
    path = tmp_path / "dem.tif"
    raster(path, np.array([[0, 100], [255, 250]], np.uint8), nodata=255)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.5,), (10.0,)
    grid, _ = read(path)
    np.testing.assert_array_equal(grid.values, np.array([[10, 60], [np.nan, 135]], np.float32))


def test_zero_is_a_height(tmp_path: Path) -> None:
    grid, _ = read(raster(tmp_path / "dem.tif", np.zeros((4, 4), np.int16)))
    assert (grid.values == 0).all()


def test_a_raster_of_nothing(tmp_path: Path) -> None:
    _, progress = read(raster(tmp_path / "dem.tif", np.full((4, 4), -9999, np.float32)))
    assert "io.raster_no_values" in keys(progress)


def test_more_cells_than_the_budget_are_thinned(tmp_path: Path) -> None:
    path = raster(tmp_path / "dem.tif", slope(400, 400), nodata=-9999)
    grid, progress = read(path, options={"cells": 10_000})
    assert grid.values.shape == (100, 100)
    assert (grid.dx, grid.dy) == (20.0, 20.0)
    assert grid.extent == (X, Y - 2000, X + 2000, Y)
    assert grid.values[0, 0] == pytest.approx(slope(4, 4).mean(), abs=0.5)
    assert not progress.problems


def test_thinning_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RASTER_CELLS", 400)
    _, progress = read(raster(tmp_path / "dem.tif", slope(40, 40)))
    assert one(progress, "io.raster_thinned").values["shown_width"] == 20


def test_a_picture(tmp_path: Path) -> None:
    values = np.zeros((3, 6, 8), np.uint8)
    values[0, :3] = 200
    grid, _ = read(raster(tmp_path / "ortho.tif", values, photometric="RGB"))
    assert grid.values.shape == (6, 8, 3)
    assert grid.values[0, 0].tolist() == [200, 0, 0]
    heights, _ = read(tmp_path / "ortho.tif", options={"as": "heights"})
    assert heights.values.shape == (6, 8)


def test_a_palette(tmp_path: Path) -> None:
    path = tmp_path / "plan.tif"
    raster(path, np.array([[0, 1], [1, 0]], np.uint8), photometric="palette")
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {0: (10, 20, 30, 255), 1: (200, 100, 50, 255)})
    grid, _ = read(path)
    assert grid.values[0, 1].tolist() == [200, 100, 50, 255]


def test_sixteen_bit_pictures_are_stretched(tmp_path: Path) -> None:
    values = np.stack([np.arange(100, dtype=np.uint16).reshape(10, 10) * 40] * 3)
    grid, _ = read(raster(tmp_path / "ortho.tif", values, photometric="RGB"))
    assert grid.values.dtype == np.uint8
    assert (grid.values.min(), grid.values.max()) == (0, 255)


def test_south_up_is_turned(tmp_path: Path) -> None:
    path = tmp_path / "south.tif"
    raster(path, slope(), transform=Affine(5, 0, X, 0, 5, Y))
    grid, _ = read(path)
    assert grid.y_max == Y + 150
    np.testing.assert_array_equal(grid.values, slope()[::-1])


def test_a_turned_raster_is_straightened(tmp_path: Path) -> None:
    turned = Affine.translation(X, Y) @ Affine.rotation(30) @ Affine.scale(5, -5)
    values = slope()
    path = raster(tmp_path / "turned.tif", values, transform=turned)
    grid, progress = read(path)
    assert "io.raster_rotated" in keys(progress)
    x, y = turned @ (20.5, 10.5)
    column, row = int((x - grid.x_min) / grid.dx), int((grid.y_max - y) / grid.dy)
    assert grid.values[row, column] == pytest.approx(values[10, 20], abs=120)
    assert np.isnan(grid.values[0, 0])


@pytest.mark.parametrize("target", ["EPSG:4326", "EPSG:32631"])
def test_values_stay_in_place_in_another_crs(tmp_path: Path, target: str) -> None:
    path = raster(tmp_path / "dem.tif", slope(200, 200))
    grid, _ = read(path, target=GeoFrame(crs=target))
    assert grid.crs == target
    x, y = transformer("EPSG:2154", target).transform(X + 502.5, Y - 702.5)
    column, row = int((x - grid.x_min) / grid.dx), int((grid.y_max - y) / grid.dy)
    assert grid.values[row, column] == pytest.approx(100 * 100 + 140, abs=110)


def test_a_raster_without_position(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        rasterio.open(path, "w", driver="PNG", width=4, height=4, count=3, dtype="uint8") as file,
    ):
        file.write(np.zeros((3, 4, 4), np.uint8))
    assert "io.raster_no_position" in keys(io.inspect(path))
    with pytest.raises(ReadError) as raised:
        read(path, target=GeoFrame(crs="EPSG:2154"))
    assert raised.value.problem.key == "io.crs_unplaceable"


def test_an_esri_grid(tmp_path: Path) -> None:
    path = tmp_path / "mnt.asc"
    path.write_text(
        f"ncols 3\nnrows 2\nxllcorner {X}\nyllcorner {Y}\ncellsize 10\nNODATA_value -9999\n1 2 3\n4 -9999 6\n"
    )
    grid, progress = read(path, target=GeoFrame(crs="EPSG:2154"))
    np.testing.assert_array_equal(grid.values, np.array([[1, 2, 3], [4, np.nan, 6]], np.float32))
    assert grid.extent == (X, Y, X + 30, Y + 20)
    assert "io.crs_assumed" in keys(progress)


def test_a_header_that_promises_nine_gigabytes(tmp_path: Path) -> None:
    """Width and height of a small file are raised in its header to 48,000 by 48,000 cells in one strip."""
    path = raster(tmp_path / "lie.tif", slope(), compress=None, tiled=False, blockysize=30)
    content = bytearray(path.read_bytes())
    count = int.from_bytes(content[8:10], "little")
    for entry in range(count):
        tag = int.from_bytes(content[10 + 12 * entry : 12 + 12 * entry], "little")
        if tag in {256, 257, 278}:  # ImageWidth, ImageLength, RowsPerStrip
            content[12 + 12 * entry : 14 + 12 * entry] = (4).to_bytes(2, "little")
            content[18 + 12 * entry : 22 + 12 * entry] = (48_000).to_bytes(4, "little")
    path.write_bytes(content)
    found = io.inspect(path)
    assert not found.shown
    assert errors(found) & {"io.raster_too_large", "io.damaged"}
    assert one(found, next(iter(errors(found)))).where == "lie.tif"


def test_a_broken_off_raster_shows_what_is_there(tmp_path: Path) -> None:
    path = raster(tmp_path / "cut.tif", slope(2000, 1500), compress=None, blockysize=16)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    grid, progress = read(path)
    assert 0.2 < np.isfinite(grid.values).mean() < 0.8
    assert 0 < int(str(one(progress, "io.raster_truncated").values["percent"])) < 100


def test_a_band_that_is_not_there(tmp_path: Path) -> None:
    path = raster(tmp_path / "dem.tif", slope())
    with pytest.raises(ReadError) as raised:
        read(path, options={"band": 3})
    assert raised.value.problem.key == "io.raster_no_band"


def test_several_bands_that_make_no_picture(tmp_path: Path) -> None:
    values = np.stack([slope(), slope() + 1, slope() + 2, slope(), slope()])
    path = raster(tmp_path / "many.tif", values)
    grid, progress = read(path)
    np.testing.assert_array_equal(grid.values, slope())
    assert one(progress, "io.raster_first_band").values["bands"] == 5
    assert read(path, options={"band": 2})[0].values[0, 0] == 1.0


def test_reading_writes_nothing_beside_the_file(tmp_path: Path) -> None:
    raster(tmp_path / "dem.tif", slope())
    io.inspect(tmp_path / "dem.tif")
    read(tmp_path / "dem.tif")
    assert [entry.name for entry in tmp_path.iterdir()] == ["dem.tif"]


@pytest.mark.parametrize("crs", ["EPSG:2154", "EPSG:4326"])
def test_only_the_wanted_part_is_read(tmp_path: Path, crs: str) -> None:
    path = raster(tmp_path / "dem.tif", slope(300, 400))
    box = np.array([X + 400, Y - 800, X + 600, Y - 600])
    lon, lat = transformer("EPSG:2154", crs).transform(box[[0, 2]], box[[1, 3]])
    window = (lon[0], lat[0], lon[1], lat[1])
    grid, _ = read(path, options={"window": window, "window_crs": crs})
    assert grid.values.size < 60 * 60
    x_min, y_min, x_max, y_max = grid.extent
    assert (x_min, y_min) <= (box[0], box[1])
    assert (x_max, y_max) >= (box[2], box[3])
    row, column = int((Y - grid.y_max) / 5), int((grid.x_min - X) / 5)
    assert grid.values[0, 0] == slope(300, 400)[row, column]


def test_a_raster_that_does_not_reach_the_window_says_so(tmp_path: Path) -> None:
    path = raster(tmp_path / "dem.tif", slope())
    with pytest.raises(ReadError, match=r"io\.raster_elsewhere"):
        read(path, options={"window": (0, 0, 100, 100), "window_crs": "EPSG:2154"})


def test_a_part_of_a_raster_beyond_the_budget_of_cells_keeps_its_detail(tmp_path: Path) -> None:
    path = raster(tmp_path / "dem.tif", slope(300, 400))
    window = (X + 400, Y - 800, X + 600, Y - 600)
    grid, _ = read(path, options={"window": window, "window_crs": "EPSG:2154", "cells": 4000})
    assert grid.dx == 5.0
