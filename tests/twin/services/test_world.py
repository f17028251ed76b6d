from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import shapely

from tests.twin.services.test_kinds import features, fetch  # noqa: F401 - a fixture
from tests.twin.services.world import SOUTH, WEST, World
from twin.progress import Unattended
from twin.services.area import Area, projected_crs
from twin.services.catalogue import Dataset
from twin.services.client import HttpClient, ServiceError
from twin.services.places import find_place

OUTLINE = shapely.box(WEST, SOUTH, WEST + 0.01, SOUTH + 0.01)
AREA = Area(name="Port-le-Test", outline=OUTLINE, crs=projected_crs(OUTLINE))
PATH = {"path": ["buildings", "building"], "columns": ["height", "names"]}


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def test_overture_reads_only_what_touches_the_area(world: World, fetch) -> None:  # noqa: F811
    options = {**PATH, "rewrite": {"s3://overturemaps/": f"{world.url}/s3/"}}
    made = fetch("overture", f"{world.url}/stac/catalog.json", AREA, **options)
    found = features(made)
    assert 40 <= made.count <= 60  # every 20 m along a kilometre, and the margin
    assert {f["properties"]["name"] for f in found} >= {"House 2010"}
    assert all(WEST - 0.002 < f["geometry"]["coordinates"][0][0][0] < WEST + 0.012 for f in found)
    assert world.bytes_sent < len(world.houses) / 4


def test_a_server_without_ranges_is_refused(world: World, fetch) -> None:  # noqa: F811
    world.ranges = False
    options = {**PATH, "rewrite": {"s3://overturemaps/": f"{world.url}/s3/"}}
    with pytest.raises(ServiceError) as caught:
        fetch("overture", f"{world.url}/stac/catalog.json", AREA, **options)
    assert caught.value.problem.key in {"service.no_ranges", "service.too_large"}


def test_a_collection_that_is_not_there(world: World, fetch) -> None:  # noqa: F811
    with pytest.raises(ServiceError) as caught:
        fetch("overture", f"{world.url}/stac/catalog.json", AREA, path=["castles"])
    assert caught.value.problem.key == "service.not_in_catalogue"


def test_terrarium_colours_are_heights(world: World, fetch) -> None:  # noqa: F811
    import rasterio

    url = f"{world.url}/terrarium/{{z}}/{{x}}/{{y}}.png"
    made = fetch("terrarium", url, AREA, zoom=12)
    with rasterio.open(made.path) as source:
        assert source.crs.to_epsg() == 3857
        assert source.read(1).min() == source.read(1).max() == 123.5
        left, bottom, right, top = source.bounds
    x, y = 6378137.0 * 3.14159265 / 180 * WEST, 5_423_000.0
    assert left <= x <= right
    assert bottom <= y <= top


def test_openstreetmap_comes_as_it_is(world: World, fetch) -> None:  # noqa: F811
    made = fetch("overpass", f"{world.url}/api", AREA, query='way["building"];')
    assert made.count == 1
    assert json.loads(made.path.read_text())["elements"][0]["tags"]["height"] == "12"


def test_an_overpass_that_gave_up_says_so_with_status_200(world: World, fetch) -> None:  # noqa: F811
    world.remark = 'runtime error: Query timed out in "query" at line 1'
    with pytest.raises(ServiceError) as caught:
        fetch("overpass", f"{world.url}/api", AREA, query='way["building"];')
    assert caught.value.problem.key == "service.exception"


def test_ogc_features_follow_the_links(world: World, fetch) -> None:  # noqa: F811
    made = fetch("ogc_features", f"{world.url}/items", AREA)
    assert [f["properties"]["n"] for f in features(made)] == list(range(25))


def test_a_place_is_found_by_the_next_service_where_the_first_fails(
    world: World, http: HttpClient, told: Unattended
) -> None:
    def service(name: str, url: str) -> Dataset:
        return Dataset(id=name, kind=name, url=url, title={})

    services = [
        service("communes", f"{world.url}/items"),
        service("nominatim", f"{world.url}/search"),
    ]
    area, country = find_place("Port-le-Test", services, http, told)
    assert (area.name, country, area.crs) == ("Port-le-Test", "mc", "EPSG:2154")
    assert [p.key for p in told.problems] == ["service.unknown_place"]
