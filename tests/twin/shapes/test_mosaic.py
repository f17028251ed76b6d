"""Sheets joined to one raster, and the ground taken out of a surface."""

from __future__ import annotations

import numpy as np
import pytest

from twin.model.table import Raster
from twin.shapes import bare_ground, mosaic


def sheet(values: np.ndarray, x: float = 0.0, y: float = 100.0, cell: float = 5.0) -> Raster:
    return Raster(values=values, x_min=x, y_max=y, dx=cell, dy=cell, crs="EPSG:2154")


def hills() -> np.ndarray:
    rows, columns = np.mgrid[0:20, 0:30]
    return (rows * 3.0 + np.sin(columns / 3.0) * 7.0).astype(np.float32)


def test_sheets_beside_each_other_are_the_whole_again() -> None:
    whole = hills()
    parts = [
        sheet(whole[:8, :13]), sheet(whole[:8, 13:], x=65.0),
        sheet(whole[8:, :13], y=60.0), sheet(whole[8:, 13:], x=65.0, y=60.0),
    ]  # fmt: skip
    joined = mosaic(parts)
    assert joined.extent == sheet(whole).extent
    np.testing.assert_array_equal(joined.values, whole)


def test_the_finest_sheet_counts_and_gaps_show_the_other() -> None:
    coarse = sheet(np.full((4, 4), 10.0, np.float32), cell=10.0)
    fine = sheet(np.full((4, 4), 20.0, np.float32), cell=5.0)
    fine.values[0, 0] = np.nan
    joined = mosaic([coarse, fine])
    assert joined.values.shape == (8, 8)
    assert joined.values[0, 0] == 10.0
    assert joined.values[3, 3] == 20.0
    assert joined.values[7, 7] == 10.0


def test_what_no_sheet_covers_has_no_height() -> None:
    joined = mosaic(
        [sheet(np.ones((2, 2), np.float32)), sheet(np.ones((2, 2), np.float32), x=30.0)]
    )
    assert np.isnan(joined.values[:, 2:6]).all()
    assert np.isfinite(joined.values).sum() == 8


def test_a_slope_stays_a_slope_between_cells_that_do_not_meet() -> None:
    def slope(x_min: float) -> Raster:
        x = x_min + (np.arange(10) + 0.5) * 5.0
        return sheet(np.tile(x, (4, 1)).astype(np.float32), x=x_min)

    joined = mosaic([slope(0.0), slope(52.0)])
    x = joined.x_min + (np.arange(joined.values.shape[1]) + 0.5) * joined.dx
    assert np.nanmax(np.abs(joined.values[0] - x)) < joined.dx / 2


def test_pictures_are_joined_with_transparent_gaps() -> None:
    red = np.zeros((2, 2, 3), np.uint8)
    red[..., 0] = 255
    joined = mosaic([sheet(red), sheet(red, x=20.0)])
    assert joined.values[0, 0].tolist() == [255, 0, 0, 255]
    assert joined.values[0, 2].tolist() == [0, 0, 0, 0]


def test_a_budget_of_cells_is_kept() -> None:
    parts = [sheet(np.ones((40, 40), np.float32), x=200.0 * i) for i in range(3)]
    joined = mosaic(parts, max_cells=1200)
    assert joined.values.size <= 1400
    assert joined.values[0, 0] == 1.0
    assert joined.extent[0] == 0.0


def test_pictures_and_heights_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="pictures"):
        mosaic([sheet(np.ones((2, 2), np.float32)), sheet(np.ones((2, 2, 3), np.uint8))])


def test_houses_and_trees_are_taken_off_a_slope() -> None:
    rows, columns = np.mgrid[0:120, 0:120]
    land = (columns * 0.1 + rows * 0.05).astype(np.float32)
    surface = land.copy()
    surface[30:50, 40:70] += 12.0
    surface[80:83, 20:23] += 18.0
    ground = bare_ground(sheet(surface, cell=1.0), widest_m=40.0).values
    assert np.abs(ground - land).max() < 2.0
    assert np.abs(ground - land)[60:75].max() < 0.3
