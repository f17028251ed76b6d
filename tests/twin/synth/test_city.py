"""The demo city is a city: enough of everything, nothing inside anything else, levels that hold."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import shapely
from shapely import STRtree

from twin.synth import fort, geography, streets, terrain


def overlapping(first: np.ndarray, second: np.ndarray) -> float:
    """The largest area that any of the first shares with any of the second."""
    one, other = STRtree(second).query(first, predicate="intersects")
    if not len(one):
        return 0.0
    return float(shapely.area(shapely.intersection(first[one], second[other])).max())


def test_the_commune_has_its_size_and_lies_in_the_model() -> None:
    assert geography.commune().area == pytest.approx(4.25e6, rel=0.01)
    assert geography.model_extent().contains(geography.commune())


def test_there_is_enough_of_everything(demo) -> None:
    assert len(demo.features("buildings.parquet")) >= 6000
    trees = demo.features("trees.parquet")
    assert (~trees["context"]).sum() >= 8000
    assert len(demo.features("sensors.fgb")) >= 300
    assert 8 <= len(demo.document["views"]) <= 16
    size = sum(path.stat().st_size for path in demo.folder.rglob("*") if path.is_file())
    assert size < 8 * 1024 * 1024


@pytest.mark.parametrize("name", ["buildings.parquet", "surroundings.parquet"])
def test_buildings_are_complete(demo, name: str) -> None:
    frame = demo.features(name)
    assert frame["feature_id"].is_unique
    assert frame.crs.to_epsg() == 2154
    assert frame.geometry.is_valid.all()
    assert set(frame["use"]) <= {
        "housing",
        "house",
        "office",
        "shop",
        "school",
        "public",
        "industry",
    }
    shapes = {"flat", "gabled", "hipped", "mansard", "pyramidal"}
    assert set(frame["roof_shape"]) <= shapes
    assert set(frame["energy_label"]) <= set("ABCDEFG")
    assert (frame["height_m"] > frame["roof_height_m"]).all()
    assert ((frame["roof_height_m"] > 0) == (frame["roof_shape"] != "flat")).all()
    assert frame["year"].between(1600, 2024).all()
    assert (frame["valid_from"].dt.year == frame["year"]).all()
    assert (frame["quality"] == "synthetic").all()


def test_no_building_overlaps_another_nor_water_rail_or_street(demo) -> None:
    inside = demo.features("buildings.parquet").geometry.to_numpy()
    everything = np.concatenate([inside, demo.features("surroundings.parquet").geometry.to_numpy()])
    one, other = STRtree(everything).query(everything, predicate="intersects")
    pairs = one < other
    shared = shapely.intersection(everything[one[pairs]], everything[other[pairs]])
    assert shapely.area(shared).sum() == 0.0
    assert overlapping(everything, np.array([geography.river()])) == 0.0
    rails = np.array([p.buffer(-0.1) for p in shapely.get_parts(streets.rail_land())])
    assert overlapping(everything, rails) == 0.0
    assert overlapping(inside, demo.features("roads.parquet").geometry.to_numpy()) < 0.5


def test_no_tree_in_a_wall_a_carriageway_or_water(demo) -> None:
    trees = demo.features("trees.parquet").geometry.to_numpy()
    for name in (
        "buildings.parquet",
        "surroundings.parquet",
        "roads.parquet",
        "structures.parquet",
        "water.fgb",
    ):
        hit, _ = STRtree(demo.features(name).geometry.to_numpy()).query(trees, predicate="within")
        assert not len(hit), name


def test_buildings_stand_on_the_terrain(demo) -> None:
    frame = demo.features("buildings.parquet")
    xy, owner = shapely.get_coordinates(frame.geometry.to_numpy(), return_index=True)
    low = np.full(len(frame), np.inf)
    np.minimum.at(low, owner, terrain.relief().at(xy))
    assert np.abs(frame["ground_m"] - low).max() < 0.06


def test_the_relief_rises_from_the_river_to_the_plateau(demo) -> None:
    with rasterio.open(demo.folder / "data" / "terrain.tif") as source:
        heights = source.read(1)
        assert source.crs.to_epsg() == 2154
        assert source.transform.a == 10.0
    assert np.isfinite(heights).all()
    spots = {
        "river": (5300, 8895),
        "quay": (5560, 8690),
        "centre": (6620, 8470),
        "fort": (6355, 7670),
    }
    at = {name: terrain.relief().at(geography.absolute([xy]))[0] for name, xy in spots.items()}
    assert at["river"] < geography.RIVER_LEVEL_M - 3
    assert geography.RIVER_LEVEL_M + 1 < at["quay"] < 34
    assert at["quay"] + 10 < at["centre"] < at["fort"] - 20
    assert 85 < at["fort"] < 96


def test_the_fort_has_its_numbers(demo) -> None:
    frame = demo.features("buildings.parquet")
    homes = frame[(frame["district"] == "fort") & (frame["use"] == "housing")]
    assert len(homes) == 18
    assert homes["dwellings"].sum() == 1623
    school = frame[(frame["district"] == "fort") & (frame["use"] == "school")]
    assert school["wall_material"].tolist() == ["straw/timber"]
    assert school.geometry.area.iloc[0] * 3 == pytest.approx(5241, rel=0.1)
    assert fort.precinct().area / 1e4 == pytest.approx(12.0, rel=0.1)
    assert len(fort.TIPS_DEG) == 5
    orchard = demo.features("trees.parquet")
    assert (orchard["place"] == "orchard").sum() == 300


def test_the_ditch_is_deep_and_the_walls_reach_above_the_rampart(demo) -> None:
    tip = fort.TIPS_DEG[0]
    radii = [fort.geography.FORT_TIP_RADIUS_M - 16, fort.geography.FORT_TIP_RADIUS_M + 10]
    top, bottom = terrain.relief().at(np.array([fort.polar(r, tip) for r in radii]))
    assert top - bottom > 4.0
    walls = demo.features("structures.parquet").query("kind == 'rampart'")
    assert len(walls) >= 10
    assert (walls["ground_m"] + walls["height_m"] > top).sum() >= 8


def test_bridges_clear_the_water(demo) -> None:
    decks = demo.features("structures.parquet").query("kind == 'deck'")
    over = decks[decks.geometry.within(geography.river().buffer(-25))]
    underside = over["ground_m"] + over["min_height_m"]
    assert len(over) > 20
    assert (underside > geography.RIVER_LEVEL_M + 4.0).all()


def test_the_same_block_is_filled_the_same_way_twice() -> None:
    from twin.synth.buildings import all_buildings, table

    corner = fort.precinct().buffer(80.0)
    first, second = (table(all_buildings(streets.plan(), within=corner)) for _ in range(2))
    assert len(first) > 100
    assert first.equals(second)
