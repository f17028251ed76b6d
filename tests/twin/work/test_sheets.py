"""Rasters of one drop that belong together: one ground, the picture on it, the surface over the footprints."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from tests.twin.io.made import cube, write_json
from twin.io import inspect
from twin.model.project import Project
from twin.registry import Registry
from twin.work.assemble import assemble, spec_for
from twin.work.joined_sheets import sheets_of
from twin.work.session import Session
from twin.work.sheets import Sheet, added, sheet_of

LAYERS = Path(__file__).resolve().parents[3] / "layers"
X, Y, CELL = 650_000.0, 6_860_000.0, 2.0


@pytest.fixture(scope="module")
def types() -> Registry:
    return Registry.discover([LAYERS])


def grid(
    path: Path, values: np.ndarray, *, column: int = 0, row: int = 0, cell: float = CELL
) -> Path:
    """Write a raster whose first cell is so many cells east and south of the corner."""
    bands = values if values.ndim == 3 else values[None]
    transform = Affine(cell, 0, X + column * cell, 0, -cell, Y - row * cell)
    with rasterio.open(
        path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=len(bands),
        dtype=bands.dtype, crs="EPSG:2154", transform=transform,
    ) as file:  # fmt: skip
        file.write(bands)
    return path


def land() -> np.ndarray:
    rows, columns = np.mgrid[0:60, 0:80]
    return (35 + rows * 0.1 + columns * 0.05).astype(np.float32)


def footprints(path: Path, *places: tuple[float, float]) -> Path:
    """Write houses of 12 by 8 metres, without any attribute of height."""
    boxes = [shapely.box(X + x, Y - y - 8, X + x + 12, Y - y) for x, y in places]
    gpd.GeoDataFrame({"n": range(len(boxes))}, geometry=boxes, crs="EPSG:2154").to_file(path)
    return path


def four(folder: Path) -> list[Path]:
    whole = land()
    return [
        grid(folder / f"mnt_{i}_{j}.tif", whole[30 * i : 30 * i + 30, 40 * j : 40 * j + 40],
             column=40 * j, row=30 * i)
        for i in (0, 1) for j in (0, 1)
    ]  # fmt: skip


def session_of(project: Project, types: Registry, folder: Path) -> Session:
    session = Session(project, folder, types)
    session.start()
    session.wait()
    return session


def test_sheets_of_heights_are_one_ground(tmp_path: Path, types: Registry) -> None:
    project, _ = assemble(four(tmp_path), types)
    (terrain,) = project.layers
    assert list(terrain.sources) == ["elevation", "elevation_2", "elevation_3", "elevation_4"]
    assert terrain.title["en"] == "mnt"
    session = session_of(project, types, tmp_path)
    assert not [p for runtime in session.layers() for p in runtime.problems]
    x, y, _ = project.frame.origin
    at = np.array([[X + 31.0, Y - 21.0], [X + 111.0, Y - 97.0]])  # middles of cells of two sheets
    expected = [land()[10, 15], land()[48, 55]]
    assert session.ground.height_m(at - (x, y)) == pytest.approx(expected, abs=0.05)
    session.close()


def test_a_sheet_that_is_gone_leaves_the_others(tmp_path: Path, types: Registry) -> None:
    sheets = four(tmp_path)
    project, _ = assemble(sheets, types)
    sheets[3].unlink()
    session = session_of(project, types, tmp_path)
    (runtime,) = session.layers()
    assert {p.key for p in runtime.problems} >= {"io.not_found"}
    assert np.isfinite(session.ground.cell_m)
    session.close()


def test_a_sheet_that_is_added_beside_a_ground_becomes_part_of_it(
    tmp_path: Path, types: Registry
) -> None:
    west, _, south, _ = four(tmp_path)
    project, _ = assemble([west], types)
    session = session_of(project, types, tmp_path)
    raster = session.layers()[0].table.raster  # type: ignore[union-attr]
    shown = {project.layers[0].id: raster}

    def offered(path: Path) -> list[Sheet]:
        (layer,) = (inspection := inspect(path)).layers
        spec = spec_for(inspection, layer, types, taken={project.layers[0].id})
        assert spec is not None
        return [sheet_of(spec, layer, project.frame)]

    (joined,) = added(project.layers, offered(south), shown)
    assert [Path(s.path).name for s in joined.sources.values()] == [west.name, south.name]
    again = added(project.layers, offered(west), shown)
    assert len(again) == 2  # the same place once more is no further sheet
    session.close()


def test_two_models_of_the_same_place_are_two_layers(tmp_path: Path, types: Registry) -> None:
    files = [grid(tmp_path / "a.tif", land()), grid(tmp_path / "b.tif", land() + 1)]
    project, _ = assemble(files, types)
    assert [list(spec.sources) for spec in project.layers] == [["elevation"], ["elevation"]]


def test_a_picture_lies_on_the_heights_it_covers(tmp_path: Path, types: Registry) -> None:
    picture = np.full((3, 60, 80), 120, np.uint8)
    files = [grid(tmp_path / "ortho.tif", picture), grid(tmp_path / "mnt.tif", land())]
    project, _ = assemble(files, types)
    (terrain,) = project.layers
    assert {role: Path(s.path).name for role, s in terrain.sources.items()} == {
        "elevation": "mnt.tif",
        "imagery": "ortho.tif",
    }


def test_bare_footprints_take_heights_from_the_surface(tmp_path: Path, types: Registry) -> None:
    surface = land()
    surface[20:26, 20:28] = 35 + 9.0  # flat-roofed, about 9 m less what the land rises
    files = [
        grid(tmp_path / "mnt.tif", land()),
        grid(tmp_path / "mns.tif", surface),
        footprints(tmp_path / "buildings.gpkg", (42.0, 42.0), (140.0, 20.0)),
    ]
    project, _ = assemble(files, types)
    assert [spec.type for spec in project.layers] == ["belvedere.terrain", "belvedere.buildings"]
    session = session_of(project, types, tmp_path)
    houses = session.layers()[1]
    assert houses.table is not None
    frame = houses.table.frame
    assert frame["height_m"].iloc[0] == pytest.approx(44.0 - land()[21:25, 21:27].min(), abs=0.3)
    assert set(frame["height_quality"]) == {"estimated"}
    assert "buildings.height_measured" in {p.key for p in houses.problems}
    session.close()


def test_a_surface_alone_is_cleared_to_be_the_ground(tmp_path: Path, types: Registry) -> None:
    surface = land()
    surface[20:26, 20:28] += 9.0
    project, _ = assemble([grid(tmp_path / "dsm.tif", surface)], types)
    session = session_of(project, types, tmp_path)
    x, y, _ = project.frame.origin
    at = np.array([[X + 47.0, Y - 45.0]]) - (x, y)
    assert session.ground.height_m(at)[0] == pytest.approx(land()[22, 23], abs=1.0)
    session.close()


def test_the_heights_of_a_country_are_read_around_the_town(tmp_path: Path, types: Registry) -> None:
    rows, _ = np.mgrid[0:400, 0:400]
    country = (100 + rows * 0.5).astype(np.float32)
    file = grid(tmp_path / "country.tif", country, cell=100.0)
    town = footprints(tmp_path / "buildings.gpkg", (20_000.0, 20_000.0), (20_500.0, 20_300.0))
    project, _ = assemble([file, town], types)
    assert project.layers[0].params["radius_m"] == 1500.0
    session = session_of(project, types, tmp_path)
    terrain = session.layers()[0]
    assert terrain.table is not None
    assert terrain.table.raster is not None
    assert max(terrain.table.raster.values.shape) < 40
    assert terrain.table.raster.values.mean() == pytest.approx(200.5, abs=1.0)
    session.close()


def test_models_without_a_relief_stand_on_a_plane_at_their_feet(
    tmp_path: Path, types: Registry
) -> None:
    files = []
    for name, z in (("west", 400.0), ("east", 418.0)):
        moved = {"scale": [0.001] * 3, "translate": [X, Y, z]}
        files.append(write_json(tmp_path / f"{name}.city.json", cube(transform=moved)))
    project, _ = assemble(files, types)
    session = session_of(project, types, tmp_path)
    lowest = [runtime.bounds[2] for runtime in session.layers() if runtime.bounds is not None]
    assert project.frame.origin[2] == pytest.approx(435.0)
    assert lowest == pytest.approx([0.0, 18.0], abs=0.1)  # the plane is at the feet of the first
    session.close()


def test_sources_of_a_role_stand_in_the_order_of_their_numbers() -> None:
    roles = ["elevation_10", "imagery", "elevation", "elevation_2", "elevation_x"]
    assert sheets_of("elevation", roles) == ["elevation", "elevation_2", "elevation_10"]
