"""OGC API Features against a real pygeoapi: pages, the box, and its refusals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.twin.services.geo_api import LAT, LON, TREES, geo_api
from tests.twin.services.map_proxy import WsgiServer
from tests.twin.services.test_kinds import features, fetch  # noqa: F401 - a fixture
from twin.services.client import ServiceError

pytest.importorskip("pygeoapi", reason="pygeoapi is not installed")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WsgiServer]:
    with pytest.MonkeyPatch.context() as patch:
        made = geo_api(tmp_path_factory.mktemp("api"), patch)
        yield made
        made.close()


def test_every_tree_of_the_area_comes_once(api: WsgiServer, fetch) -> None:  # noqa: F811
    made = fetch("ogc_features", f"{api.url}/collections/trees/items")
    found = features(made)
    assert sorted(f["properties"]["code"] for f in found) == sorted(f"t{n}" for n in range(TREES))
    assert found[0]["geometry"]["coordinates"] == pytest.approx([LON, LAT])


def test_a_collection_that_is_not_there(api: WsgiServer, fetch) -> None:  # noqa: F811
    with pytest.raises(ServiceError) as caught:
        fetch("ogc_features", f"{api.url}/collections/castles/items")
    assert caught.value.problem.key == "service.status"
    assert caught.value.problem.values["status"] == 404
