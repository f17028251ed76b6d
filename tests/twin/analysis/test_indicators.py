"""Indicators against shapely, trimesh and sums done by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
import trimesh

from twin.analysis.indicator_words import LANGUAGES, WORDING
from twin.analysis.indicators import (
    CO2_KG_KWH,
    HOUSEHOLD,
    POWER_KWH_M2,
    Indicator,
    Scope,
    as_rows,
    indicators,
)
from twin.analysis.stock import Stock, joined, stock_of
from twin.model.table import FeatureTable
from twin.shapes import extrude

OUTLINES = [
    shapely.box(0, 0, 20, 10),
    shapely.box(30, 0, 50, 30).difference(shapely.box(35, 5, 45, 25)),  # a courtyard
    shapely.Point(80, 0).buffer(8),
]
HEIGHTS, STOREYS = [9.0, 15.0, 31.0], [3.0, 5.0, np.nan]


def table(**more: object) -> FeatureTable:
    area = shapely.area(OUTLINES)
    columns = {
        "feature_id": ["a", "b", "c"],
        "height_m": HEIGHTS,
        "storeys": STOREYS,
        "footprint_m2": area,
        "volume_m3": area * HEIGHTS,
        "use_group": ["residential", "commercial", "residential"],
        "dwellings": [9.0, np.nan, np.nan],
        "wall_material": ["Timber", "concrete", None],
        "energy_label": ["A", "C", None],
        **more,
    }
    return FeatureTable(frame=gpd.GeoDataFrame(columns, geometry=OUTLINES), crs="EPSG:2154")


def stock(**more: object) -> Stock:
    return stock_of(table(**more), np.ones(3, bool))


def by_id(found: list[Indicator]) -> dict[str, float | None]:
    return {i.id: i.value for i in found}


def test_areas_are_those_of_shapely() -> None:
    perimeter = shapely.box(-10, -20, 100, 60)
    values = by_id(indicators(stock(), Scope(area_m2=perimeter.area)))
    union = shapely.union_all(OUTLINES)
    assert values["footprint"] == pytest.approx(union.area)
    assert values["open_ground"] == pytest.approx(perimeter.difference(union).area)
    assert values["built_share"] == pytest.approx(100 * union.area / perimeter.area)


def test_volume_is_that_of_the_solids_that_are_drawn() -> None:
    made = extrude(
        np.array(OUTLINES, object), np.arange(3), z_bottom=0.0, z_top=HEIGHTS, floor=True
    )
    solid = trimesh.Trimesh(made.xyz, made.triangles)  # merges the vertices of walls and roofs
    assert solid.is_watertight
    values = by_id(indicators(stock(), Scope()))
    assert values["volume"] == pytest.approx(solid.volume, rel=1e-6)


def test_floors_dwellings_and_people_by_hand() -> None:
    values = by_id(indicators(stock(), Scope()))
    a, b, c = shapely.area(OUTLINES)
    assert values["floor_area.residential"] == pytest.approx(3 * a + 10 * c)  # 31 m: ten storeys
    assert values["floor_area.commercial"] == pytest.approx(5 * b)
    assert values["floor_area"] == pytest.approx(3 * a + 5 * b + 10 * c)
    dwellings = 9 + np.floor(10 * c / 70)
    assert values["dwellings"] == dwellings
    assert values["inhabitants"] == pytest.approx(dwellings * 2.15)
    assert values["height_max"] == 31.0
    assert values["height_mean"] == pytest.approx((9 * a + 15 * b + 31 * c) / (a + b + c))


def test_shares_and_demand_count_only_what_is_known() -> None:
    values = by_id(indicators(stock(), Scope()))
    a, b, _ = shapely.area(OUTLINES)
    assert values["timber_share"] == pytest.approx(100 * 3 * a / (3 * a + 5 * b))
    assert values["heat_demand"] == pytest.approx((3 * a * 50 + 5 * b * 145) / 1000)
    assert values["co2"] == pytest.approx(values["heat_demand"] * 0.227)  # type: ignore[operator]


def test_what_the_data_does_not_say_is_not_zero() -> None:
    values = by_id(indicators(stock(energy_label=None, wall_material=None), Scope()))
    for name in (
        "parking",
        "heat_demand",
        "co2",
        "timber_share",
        "green_area",
        "trees",
        "perimeter",
    ):
        assert values[name] is None, name


def test_every_indicator_says_how_it_is_counted_and_from_what() -> None:
    for lang in ("en", "fr"):
        for row in as_rows(indicators(stock(), Scope(perimeter={"en": "x", "fr": "x"})), lang):
            assert row["formula"], row
            assert row["source"], row


def test_stocks_of_several_layers_are_counted_together() -> None:
    twice = by_id(indicators(joined([stock(), stock()]), Scope()))
    once = by_id(indicators(stock(), Scope()))
    assert twice["floor_area"] == pytest.approx(2 * once["floor_area"])  # type: ignore[operator]


def test_an_empty_city_has_no_numbers_and_no_fault() -> None:
    empty = stock_of(table(), np.zeros(3, bool))
    values = by_id(indicators(empty, Scope(area_m2=100.0)))
    assert values["buildings"] == 0.0
    assert values["height_max"] is None


def test_every_indicator_is_named_and_explained_in_every_language() -> None:
    for one in indicators(stock(), Scope(area_m2=1e4, green_m2=10.0, trees=3)):
        for told in (
            (one.label, one.formula, one.source) if one.source else (one.label, one.formula)
        ):
            assert set(told) == set(LANGUAGES), one.id
            assert all(told.values()), one.id


@pytest.mark.parametrize(
    ("name", "number"),
    [("inhabitants", HOUSEHOLD), ("power_demand", POWER_KWH_M2), ("co2", CO2_KG_KWH)],
)
def test_a_formula_tells_the_number_that_is_reckoned_with(name: str, number: float) -> None:
    for lang, told in WORDING[name].formula.items():
        assert f"{number:g}" in told.replace(",", "."), lang
