"""WMTS by its capabilities, against a real MapProxy: every matrix set, by parameters and by template."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.twin.services.map_proxy import WsgiServer, map_proxy
from tests.twin.services.map_server import PROGRAM, MapServer
from tests.twin.services.test_kinds import fetch  # noqa: F401 - a fixture
from twin.model.geoframe import transformer
from twin.services.client import ServiceError

pytest.importorskip("mapproxy", reason="MapProxy is not installed")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="MapServer is not installed")

HOUSE, BETWEEN, RED = (644_020.0, 6_858_020.0), (644_065.0, 6_858_065.0), (200, 30, 30)


@pytest.fixture(scope="module")
def wmts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WsgiServer]:
    maps = MapServer(tmp_path_factory.mktemp("map"))
    made = map_proxy(tmp_path_factory.mktemp("tiles"), maps.url)
    yield made
    made.close()
    maps.close()


@pytest.mark.parametrize(
    ("matrix_set", "crs"),
    [("", "EPSG:2154"), ("GLOBAL_WEBMERCATOR", "EPSG:3857"), ("degrees", "EPSG:4326")],
)
@pytest.mark.parametrize("way", ["/service", "/wmts/1.0.0/WMTSCapabilities.xml"])
def test_houses_stand_where_they_are(wmts: WsgiServer, fetch, matrix_set, crs, way) -> None:  # noqa: F811
    import rasterio

    made = fetch("wmts", wmts.url + way, layer="houses", matrix_set=matrix_set, cell_m=8.0)
    with rasterio.open(made.path) as source:
        assert source.crs.to_string() == crs
        assert source.res[0] * (111_320 if crs == "EPSG:4326" else 1.0) < 13.0
        to_map = transformer("EPSG:2154", crs)
        house, between = (
            next(source.sample([to_map.transform(*place)])) for place in (HOUSE, BETWEEN)
        )
    assert tuple(house) == pytest.approx(RED, abs=4)  # a palette rounds
    assert abs(int(between[1]) - RED[1]) > 100


def test_a_layer_that_is_not_there_is_refused(wmts: WsgiServer, fetch) -> None:  # noqa: F811
    with pytest.raises(ServiceError) as caught:
        fetch("wmts", f"{wmts.url}/service", layer="castles")
    assert caught.value.problem.key == "service.no_layer"
    assert "houses" in str(caught.value.problem.values["known"])


def test_a_page_that_is_no_capabilities(town_hall, fetch) -> None:  # noqa: F811
    with pytest.raises(ServiceError) as caught:
        fetch("wmts", f"{town_hall.url}/exception", layer="houses")
    assert caught.value.problem.key == "service.exception"
