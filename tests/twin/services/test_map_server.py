"""Against a real server of others: what it sends is what the connectors must bear."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.twin.services.map_server import PROGRAM, MapServer
from tests.twin.services.test_kinds import features, fetch  # noqa: F401 - a fixture
from twin.services.client import ServiceError

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="MapServer is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MapServer]:
    made = MapServer(tmp_path_factory.mktemp("map"))
    yield made
    made.close()


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_every_feature_comes_once(server: MapServer, fetch, version: str) -> None:  # noqa: F811
    made = fetch("wfs", server.url, typename="houses", version=version, format="geojson")
    found = features(made)
    assert sorted(f["properties"]["code"] for f in found) == sorted(f"h{n}" for n in range(100))
    x, y = found[0]["geometry"]["coordinates"][0][0]
    assert 643_000 < x < 646_000
    assert 6_857_000 < y < 6_860_000


def test_an_address_keeps_what_it_asks_itself(server: MapServer, fetch) -> None:  # noqa: F811
    made = fetch(
        "wfs", f"{server.url}?OUTPUTFORMAT=geojson&COUNT=7", typename="houses", format="geojson"
    )
    assert len(features(made)) == 100


def test_ogc_features_come_page_by_page(server: MapServer, fetch) -> None:  # noqa: F811
    made = fetch("ogc_features", server.features_url, params={"limit": 30})
    found = features(made)
    assert sorted(f["properties"]["code"] for f in found) == sorted(f"h{n}" for n in range(100))
    lon, lat = found[0]["geometry"]["coordinates"][0][0]
    assert (round(lon), round(lat)) == (2, 49)


def test_a_collection_that_is_not_there(server: MapServer, fetch) -> None:  # noqa: F811
    with pytest.raises(ServiceError) as caught:
        fetch("ogc_features", server.features_url.replace("houses", "castles"))
    assert caught.value.problem.key == "service.status"
    assert caught.value.problem.values["status"] == 404


def test_heights_are_those_of_the_raster(server: MapServer, fetch) -> None:  # noqa: F811
    import rasterio

    made = fetch("wms_heights", server.url, layer="heights", format="floats", cell_m=10.0)
    with rasterio.open(made.path) as source:
        got = [v[0] for v in source.sample([(644_000.0, 6_858_500.0), (644_800.0, 6_858_500.0)])]
    wanted = np.interp([50.0, 130.0], np.arange(200) + 0.5, np.linspace(30.0, 40.0, 200))
    np.testing.assert_allclose(got, wanted, atol=0.1)


def test_a_picture_shows_the_houses(server: MapServer, fetch) -> None:  # noqa: F811
    import rasterio

    made = fetch("wms_picture", server.url, layer="houses", format="image/png", cell_m=5.0)
    with rasterio.open(made.path) as source:
        inside = next(source.sample([(644_020.0, 6_858_020.0)]))
        between = next(source.sample([(644_065.0, 6_858_065.0)]))
    assert tuple(inside) == (200, 30, 30)
    assert tuple(between) != (200, 30, 30)


def test_its_exceptions_are_told(server: MapServer, fetch) -> None:  # noqa: F811
    with pytest.raises(ServiceError) as caught:
        fetch("wfs", server.url, typename="castles", format="geojson")
    assert caught.value.problem.key in {"service.exception", "service.status"}
    assert "castles" in str(caught.value.problem.values["said"])
