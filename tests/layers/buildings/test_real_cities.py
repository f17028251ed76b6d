"""Buildings of real cities stand where and as high as their producers say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from layers.buildings.layer import Buildings
from layers.buildings.options import BuildingsParams
from layers.terrain.layer import Terrain, TerrainParams
from tests.layers.context import Context, File, checked, view
from twin import api

pytestmark = pytest.mark.shared_data

NANTES = api.GeoFrame(crs="EPSG:2154", origin=(355_200.0, 6_689_400.0, 0.0))
PARIS = api.GeoFrame(crs="EPSG:2154", origin=(654_500.0, 6_861_800.0, 0.0))


def extremes(mesh: api.Mesh, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest z of each row."""
    low, high = np.full(rows, np.inf), np.full(rows, -np.inf)
    np.minimum.at(low, mesh.row_of_vertex, mesh.xyz_in_scene[:, 2].astype(float))
    np.maximum.at(high, mesh.row_of_vertex, mesh.xyz_in_scene[:, 2].astype(float))
    return low, high


def nantes_ground(folder: Path) -> api.Ground:
    source = File(folder / "nantes_pack" / "nantes_dem5m_ngf_derived.tif")
    ctx = Context({"elevation": source}, TerrainParams(), NANTES)
    return Terrain().ground(Terrain().load(ctx), TerrainParams(), NANTES)


def test_nantes_stands_on_its_terrain(shared_data: Path) -> None:
    params = BuildingsParams(roofs=False)
    source = File(shared_data / "nantes_pack" / "nantes_bdtopo35.gpkg", "batiment")
    ctx = Context({"buildings": source}, params, NANTES)
    features = Buildings().load(ctx)
    assert len(features) == 8639
    quality = features.frame["height_quality"].value_counts()
    assert quality["declared"] == 8565
    ground = nantes_ground(shared_data)
    mesh = checked(Buildings().build(features, params, view(ground, NANTES)))[0]
    assert isinstance(mesh, api.Mesh)
    low, high = extremes(mesh, len(features))
    drawn = np.isfinite(low)
    assert drawn.sum() >= 8630

    # No building floats: the lowest ground under its outline is above its foot.
    outlines = features.frame.geometry.to_numpy()
    xy, index = shapely.get_coordinates(outlines, return_index=True)
    under = np.full(len(features), np.inf)
    np.minimum.at(under, index, ground.height_m(xy - NANTES.origin[:2]))
    assert (low[drawn] < under[drawn]).all()
    assert (low[drawn] > under[drawn] - 6.0).all()

    # Each is as high as BD TOPO says, from the altitude that BD TOPO says or, where that is odd, the terrain.
    hauteur = features.frame["HAUTEUR"].to_numpy(float)
    told = features.frame["Z_MIN_SOL"].to_numpy(float)
    agrees = drawn & (np.abs(told - under) <= 5.0) & np.isfinite(hauteur)
    assert agrees.sum() > 8300
    assert np.abs(high - told - hauteur)[agrees].max() < 0.01
    others = drawn & ~agrees & np.isfinite(hauteur)
    assert np.abs(high - under - hauteur)[others].max() < 0.01


def test_nantes_roofs_end_at_the_ridge(shared_data: Path) -> None:
    source = File(shared_data / "nantes_pack" / "nantes_bdtopo35.gpkg", "batiment")
    ctx = Context({"buildings": source}, BuildingsParams(), NANTES)
    features = Buildings().load(ctx)
    ground = nantes_ground(shared_data)
    mesh = checked(Buildings().build(features, BuildingsParams(), view(ground, NANTES)))[0]
    _, high = extremes(mesh, len(features))
    frame = features.frame
    eaves = frame["Z_MIN_SOL"].to_numpy(float) + frame["HAUTEUR"].to_numpy(float)
    rise = frame["Z_MAX_TOIT"].to_numpy(float) - frame["Z_MIN_TOIT"].to_numpy(float)
    over = high - eaves
    pitched = (over > 0.5) & (over < 15) & np.isfinite(rise)
    assert pitched.sum() > 5000
    above_its_ridge = over[pitched] > rise[pitched] + 0.05
    assert above_its_ridge.mean() < 0.03  # those whose ground altitude is not believed
    exact = np.abs(over - rise)[pitched] < 0.05
    assert exact.mean() > 0.5  # the others were too steep for their width


def test_paris_roofs_meet_an_independent_survey(shared_data: Path) -> None:
    """BD TOPO's roof altitudes against heights of the BDNB, which were made on their own."""
    folder = shared_data / "paris11_bdtopo_bdnb" / "shp" / "paris_11"
    params = BuildingsParams(place="own", roofs=False)
    features = Buildings().load(
        Context({"buildings": File(folder / "paris11_bdnb.shp")}, params, PARIS)
    )
    mesh = checked(Buildings().build(features, params, view(frame=PARIS)))[0]
    _, high = extremes(mesh, len(features))

    survey = Context({"features": File(folder / "bdtopo_paris11.shp")}, None, PARIS).read(
        "features"
    )
    roofs = survey.frame.geometry.to_numpy()
    roof_z = shapely.get_coordinates(
        shapely.get_point(shapely.get_exterior_ring(shapely.get_geometry(roofs, 0)), 0),
        include_z=True,
    )[:, 2]
    inside = shapely.point_on_surface(features.frame.geometry.to_numpy())
    row, roof = shapely.STRtree(roofs).query(inside, predicate="within")
    known = (features.frame["height_quality"].to_numpy() == "declared")[row] & (roof_z[roof] > 0)
    difference = np.abs(high[row[known]] - roof_z[roof[known]])
    assert known.sum() > 4500
    assert (difference < 0.06).mean() > 0.95


def test_storeys_of_openstreetmap_with_their_slips(shared_data: Path) -> None:
    """Levels are text there, and one building has ``brick`` of them."""
    source = File(shared_data / "dem_misc" / "qgis" / "training_data.gpkg", "buildings")
    frame = api.GeoFrame(crs="EPSG:32734", origin=(270_000.0, 6_232_000.0, 0.0))
    ctx = Context({"buildings": source}, BuildingsParams(), frame)
    features = Buildings().load(ctx)
    heights = features.frame["height_m"].to_numpy(float)
    levels = pd.to_numeric(features.frame["building:levels"], errors="coerce")
    assert len(features) == 4708
    assert set(heights[(levels == 2).to_numpy()]) == {6.0}
    assert heights[(levels == 10).to_numpy()].tolist() == [30.0]
    counts = {problem.key: problem.as_dict() for problem in ctx.problems}
    assert counts["buildings.height_from_storeys"]["values"]["count"] >= 4395
    assert 250 < counts["buildings.height_missing"]["values"]["count"] < 310
    mesh = checked(Buildings().build(features, BuildingsParams(), view(frame=frame)))[0]
    assert len(set(mesh.row_of_vertex)) > 4690
