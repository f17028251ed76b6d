from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.twin.services.town_hall import TownHall, X, Y, building
from twin.progress import Unattended
from twin.services.area import Area
from twin.services.asked import Asked, Fetched
from twin.services.catalogue import Dataset
from twin.services.client import HttpClient, ServiceError
from twin.services.kinds import connector

OUTLINE = shapely.box(2.2370, 48.8170, 2.2500, 48.8300)
AREA = Area(name="Bourg-le-Test", code="92999", outline=OUTLINE)


@pytest.fixture
def fetch(tmp_path: Path, http: HttpClient, told: Unattended):
    def run(kind: str, url: str, area: Area = AREA, **options: Any) -> Fetched:
        dataset = Dataset(id="it", kind=kind, url=url, title={"en": "It"}, options=options)
        asked = Asked(
            dataset=dataset, area=area, folder=tmp_path / "data", http=http, progress=told
        )
        return connector(kind)(asked)

    return run


def features(fetched: Fetched) -> list[dict[str, Any]]:
    return json.loads(fetched.path.read_text(encoding="utf-8"))["features"]


def test_wfs_reads_page_after_page_and_names_its_crs(town_hall: TownHall, fetch) -> None:
    made = fetch("wfs", f"{town_hall.url}/wfs", typename="batiment")
    assert made.count == 120
    assert len({f["id"] for f in features(made)}) == 120
    assert "EPSG::2154" in made.path.read_text(encoding="utf-8")[:200]


def test_a_wfs_without_pages_is_asked_in_quarters(fetch, told: Unattended) -> None:
    server = TownHall(buildings=900, cap=100, knows_pages=False)
    try:
        made = fetch("wfs", f"{server.url}/wfs", typename="batiment")
    finally:
        server.close()
    assert made.count == 900
    assert told.problems == []


def test_what_a_wfs_keeps_back_is_told(fetch, told: Unattended) -> None:
    # Twenty houses on one spot, five an answer: no quarter is small enough.
    server = TownHall(buildings=20, cap=5, knows_pages=False)
    here = building(0)["geometry"]

    def stacked(number: int) -> dict[str, object]:
        return {**building(number), "geometry": here}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.twin.services.town_hall.building", stacked)
        try:
            made = fetch("wfs", f"{server.url}/wfs", typename="batiment")
        finally:
            server.close()
    assert made.count == 5
    assert {p.key for p in told.problems} == {"service.truncated"}


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("exception", "service.exception"),
        ("empty", "service.empty"),
        ("streaming_error", "service.not_json"),
        ("nowhere", "service.status"),
    ],
)
def test_what_is_no_data_is_refused_and_leaves_no_file(
    town_hall: TownHall, fetch, tmp_path: Path, path: str, key: str
) -> None:
    with pytest.raises(ServiceError) as caught:
        fetch("wfs", f"{town_hall.url}/{path}", typename="x")
    assert caught.value.problem.key == key
    assert list((tmp_path / "data").iterdir()) == []


def test_a_wfs_with_exchanged_axes_is_asked_and_read_the_other_way(
    town_hall: TownHall, fetch, told: Unattended
) -> None:
    made = fetch("wfs", f"{town_hall.url}/backwards", typename="well", crs="EPSG:4326")
    assert town_hall.asked["backwards"] == 2  # nothing came for longitude first
    places = [f["geometry"]["coordinates"][0] for f in features(made)]
    assert places[3] == pytest.approx([2.2403, 48.8203, 35.0])
    assert [p.key for p in told.problems] == ["service.axes_exchanged"]


def test_the_register_of_buildings_gives_the_ids_of_the_others(town_hall: TownHall, fetch) -> None:
    made = fetch("rnb", f"{town_hall.url}/rnb")
    assert made.count == 60
    first = features(made)[0]["properties"]
    assert (first["rnb_id"], first["id_bdtopo"]) == ("RNB0", "BATIMENT000000")


def test_datafair_lines_become_points(town_hall: TownHall, fetch) -> None:
    made = fetch("datafair", f"{town_hall.url}/lines")
    assert made.count == 7
    first = features(made)[0]
    assert first["geometry"]["coordinates"] == [2.24, 48.82]
    assert first["properties"] == {"nom": "poste 0"}


def test_a_next_page_at_another_host_is_not_followed(town_hall: TownHall, fetch) -> None:
    with pytest.raises(ServiceError) as caught:
        fetch("datafair", f"{town_hall.url}/elsewhere")
    assert caught.value.problem.key == "service.other_host"


def test_postgrest_pages_by_offset(town_hall: TownHall, fetch) -> None:
    assert fetch("postgrest", f"{town_hall.url}/energy", page=25).count == 30


def test_float_heights_become_a_raster_that_lies_right(town_hall: TownHall, fetch) -> None:
    import rasterio

    made = fetch("wms_heights", f"{town_hall.url}/wms", format="image/x-bil;bits=32", cell_m=20.0)
    with rasterio.open(made.path) as source:
        assert source.crs.to_epsg() == 2154
        x, y = X + 350.0, Y + 400.0
        height = next(source.sample([(x, y)]))[0]
        values = source.read(1)
    assert height == pytest.approx(40.0 + (x - X) / 100.0, abs=0.11)
    assert np.isnan(values[0, :2]).all()  # both sentinels are no heights
    assert values[1:].min() > 30.0


def test_an_exception_in_place_of_a_picture(town_hall: TownHall, fetch) -> None:
    with pytest.raises(ServiceError) as caught:
        fetch("wms_picture", f"{town_hall.url}/exception")
    assert caught.value.problem.key == "service.exception"
