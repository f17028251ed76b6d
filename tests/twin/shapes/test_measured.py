"""Roofs built by formula, measured by cells: height, rise and form come back; and those of a real town."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from twin import io
from twin.model.geoframe import GeoFrame
from twin.model.table import Raster
from twin.progress import Unattended
from twin.shapes import measure

LENGTH, WIDTH, EAVES, RISE = 16.0, 9.0, 46.0, 3.5
TURN = np.radians(27.0)
MIDDLE = np.array([50.0, 50.0])


def house() -> shapely.Polygon:
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (LENGTH / 2, WIDTH / 2)
    turn = np.array([[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]])
    return shapely.Polygon(corners @ turn.T + MIDDLE)


def surface(form: str) -> Raster:
    """A surface of half metres: ground at 40 m that rises 1 in 50, a house, a chimney, noise."""
    y, x = 99.75 - np.mgrid[0:200, 0:200][0] * 0.5, np.mgrid[0:200, 0:200][1] * 0.5 + 0.25
    dx, dy = x - MIDDLE[0], y - MIDDLE[1]
    along, across = dx * np.cos(TURN) + dy * np.sin(TURN), dy * np.cos(TURN) - dx * np.sin(TURN)
    half = WIDTH / 2
    down = {
        "flat": np.ones_like(x),
        "skillion": (across + half) / WIDTH,
        "gabled": np.abs(across) / half,
        "hipped": np.maximum(np.abs(across), np.abs(along) - (LENGTH - WIDTH) / 2) / half,
    }[form]
    land = 40.0 + (x - 50.0) / 50.0
    inside = (np.abs(along) <= LENGTH / 2) & (np.abs(across) <= half)
    z = np.where(inside, EAVES + RISE * (1 - down), land)
    z[(np.abs(along - 2) < 0.6) & (np.abs(across - 1) < 0.6)] += 2.0
    z += np.random.default_rng(3).normal(0, 0.05, z.shape)
    return Raster(values=z.astype(np.float32), x_min=0, y_max=100, dx=0.5, dy=0.5, crs="EPSG:2154")


def ground() -> Raster:
    x = np.arange(50) * 2.0 + 1.0
    z = np.tile(40.0 + (x - 50.0) / 50.0, (50, 1)).astype(np.float32)
    return Raster(values=z, x_min=0, y_max=100, dx=2.0, dy=2.0, crs="EPSG:2154")


@pytest.mark.parametrize("form", ["flat", "skillion", "gabled", "hipped"])
@pytest.mark.parametrize("known", [True, False], ids=["ground", "no ground"])
def test_a_roof_is_what_it_was_built_as(form: str, known: bool) -> None:
    found = measure(np.array([house()], object), surface(form), ground() if known else None)
    assert found.form[0] == form
    rise = 0.0 if form == "flat" else RISE
    assert found.rise_m[0] == pytest.approx(rise, abs=0.5)
    assert found.ground_m[0] == pytest.approx(40.0, abs=0.3)
    assert found.ground_m[0] + found.top_m[0] == pytest.approx(EAVES + rise, abs=0.4)


def test_buildings_outside_the_surface_stay_unknown() -> None:
    away = shapely.box(500, 500, 510, 510)
    found = measure(np.array([away, None, shapely.Polygon()], object), surface("flat"), ground())
    assert np.isnan(found.top_m).all()
    assert found.form.tolist() == ["", "", ""]


def test_roofs_below_the_ground_are_not_believed() -> None:
    high = ground()
    high.values[:] = 90.0
    found = measure(np.array([house()], object), surface("gabled"), high)
    assert np.isnan(found.top_m[0])


@pytest.mark.shared_data
def test_heights_of_a_town_that_others_measured(shared_data: Path) -> None:
    folder = shared_data / "dem_misc" / "opengeos" / "elevation"
    frame = GeoFrame(crs="EPSG:26918")

    def read(name: str) -> object:
        return io.read(folder / name, target=frame, progress=Unattended())

    town, dsm, dtm = (read(name) for name in ("buildings.geojson", "dsm.tif", "dtm.tif"))
    footprints = np.asarray(town.frame.geometry.array, dtype=object)  # type: ignore[attr-defined]
    found = measure(footprints, dsm.raster, dtm.raster)  # type: ignore[attr-defined]
    told = town.frame["HEIGHT"].to_numpy(float)  # type: ignore[attr-defined]
    both = np.isfinite(told) & np.isfinite(found.top_m)
    assert both.sum() >= 80
    off = np.abs(found.top_m - told)[both]
    assert np.median(off) < 0.6
    assert np.percentile(off, 80) < 1.5
